package transfer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"ekuiper-console/core"
)

// DefaultMaxDocument bounds a document unless the Service says otherwise: 64 MiB. While it
// is imported it takes several times as much memory.
const DefaultMaxDocument = 64 << 20

// LargerHint is what to do about a document that is over the limit.
const LargerHint = "import it in parts, or start the console with a larger --max-document"

func (s *Service) maxDocument() int64 {
	if s.MaxDocument > 0 {
		return s.MaxDocument
	}
	return DefaultMaxDocument
}

// readAtOnce is how much of a document is read without a word about it, in bytes. It takes
// room only as it comes, so that who dawdles keeps nobody else out.
const readAtOnce = 4 << 20

// Read returns the document at an address, unpacked where it brings its files. It takes
// an operator.
func (s *Service) Read(ctx context.Context, by core.Caller, address string) (Brought, error) {
	if err := by.Require(core.Operator); err != nil {
		return Brought{}, err
	}
	in := intake{room: s.Room}
	defer in.end()
	data, err := s.read(ctx, address, &in)
	if err != nil {
		return Brought{}, err
	}
	return s.Take(ctx, by, bytes.NewReader(data), int64(len(data)))
}

// read fetches a document; its error is in the engine's words.
func (s *Service) read(ctx context.Context, address string, in *intake) ([]byte, error) {
	body, err := s.Fetch.Open(ctx, address, in.fetched)
	if err != nil {
		return nil, core.WithHint(fmt.Errorf("Fail to read file: %w", err), core.HintOf(err))
	}
	defer body.Close()
	var data bytes.Buffer
	whole := io.LimitReader(body, s.maxDocument()+1)
	_, err = io.CopyN(&data, whole, bytes.MinRead) // from then on it is known how long it is
	if err == nil {
		data.Grow(int(min(max(in.size, 0), s.maxDocument())) + bytes.MinRead)
	}
	for err == nil {
		if err := in.more(ctx); err != nil {
			return nil, err
		}
		_, err = io.CopyN(&data, whole, readAtOnce)
	}
	if err != io.EOF {
		return nil, core.WithHint(fmt.Errorf("Fail to read file: %w", err), core.HintOf(err))
	}
	if int64(data.Len()) > s.maxDocument() {
		return nil, core.WithHint(core.Errorf(core.TooLarge, "the file %s is over the limit of %d bytes", address, s.maxDocument()), LargerHint)
	}
	return data.Bytes(), nil
}

// intake watches a document on its way in. It tells how many bytes of it are done with: those
// that were fetched, and then those that were taken apart.
type intake struct {
	tell func(Progress) // may be nil
	room *Room

	size int64 // of the document; -1 where nobody knows it
	last time.Time
	held int64  // bytes of the room
	over func() // tells that the document is not in memory any more; nil where that was not told
}

// fetched takes note of how much was fetched.
func (in *intake) fetched(read, total int64) {
	in.size = total
	in.say(read)
}

// more takes room for what is about to be read.
func (in *intake) more(ctx context.Context) error {
	if in.room == nil {
		return nil
	}
	if in.over == nil {
		in.over = in.room.told(max(in.size, 0))
	}
	n := int64(readAtOnce)
	if left := in.size - in.held; left > 0 {
		n = min(n, left)
	}
	n = min(n, in.room.largest-in.held)
	wait, cancel := context.WithTimeout(ctx, roomWait)
	defer cancel()
	if in.room.bytes.Acquire(wait, n) != nil {
		return noRoom(ctx)
	}
	in.held += n
	return nil
}

// decoded takes note of how much was taken apart.
func (in *intake) decoded(done int) { in.say(int64(done)) }

func (in *intake) say(done int64) {
	if in.tell == nil || time.Since(in.last) < meterPause {
		return
	}
	in.last = time.Now()
	in.tell(Progress{Stage: Reading, Read: done, Size: max(in.size, 0)})
}

// end says that the document is no longer needed.
func (in *intake) end() {
	if in.over != nil {
		in.over()
		in.room.bytes.Release(in.held)
	}
}

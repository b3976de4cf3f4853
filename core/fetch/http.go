package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"ekuiper-console/core"
)

// patience says how long each part of a fetch over the network may take.
type patience struct {
	connect   time.Duration // to reach the other side
	handshake time.Duration // of TLS
	answer    time.Duration // from the request to the head of the answer
	silence   time.Duration // between two pieces of the content
	all       time.Duration // from the request to the last byte
}

// usual is the patience of a Fetcher that was not given another.
var usual = patience{connect: 30 * time.Second, handshake: 10 * time.Second, answer: time.Minute, silence: 30 * time.Second, all: Timeout}

func (f *Fetcher) waits() patience {
	if f.patience == (patience{}) {
		return usual
	}
	return f.patience
}

// openHTTP sends the request. The answer must be 200.
func (f *Fetcher) openHTTP(ctx context.Context, u *url.URL) (io.ReadCloser, int64, error) {
	client, err := f.shared()
	if err != nil {
		return nil, 0, err
	}
	wait := f.waits()
	ctx, stop := context.WithCancelCause(ctx)
	slow := time.AfterFunc(wait.all, func() { stop(lateError{"the download took longer than %v", wait.all}) })
	end := func() {
		slow.Stop()
		stop(nil)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		end()
		return nil, 0, core.Errorf(core.Invalid, "%v", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		defer end()
		return nil, 0, hinted(core.Errorf(core.Invalid, "%w", because(ctx, err)))
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		end()
		return nil, 0, core.Errorf(core.Invalid, "cannot download the file with status: %s", resp.Status)
	}
	return &answer{body: resp.Body, ctx: ctx, total: resp.ContentLength, silence: wait.silence, stop: stop, end: end}, resp.ContentLength, nil
}

// answer is the body of an answer. Its errors say in plain words what became of it.
type answer struct {
	body        io.ReadCloser
	ctx         context.Context
	read, total int64
	silence     time.Duration
	stop        context.CancelCauseFunc
	end         func()
}

// Read reads on. It fails when nothing comes for too long, or when the content ends
// before the end that was announced.
func (a *answer) Read(p []byte) (int, error) {
	alarm := time.AfterFunc(a.silence, func() { a.stop(lateError{"no data came for %v", a.silence}) })
	n, err := a.body.Read(p)
	alarm.Stop()
	a.read += int64(n)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case errors.Is(err, io.ErrUnexpectedEOF) && a.total >= 0:
		return n, core.Errorf(core.Invalid, "the download was cut off after %d of %d bytes", a.read, a.total)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, core.Errorf(core.Invalid, "the download was cut off after %d bytes", a.read)
	}
	return n, core.Errorf(core.Invalid, "%w", because(a.ctx, err))
}

// Close ends the request.
func (a *answer) Close() error {
	defer a.end()
	return a.body.Close()
}

// lateError says that we did not wait any longer.
type lateError struct {
	format string
	wait   time.Duration
}

// Error returns the message.
func (e lateError) Error() string { return fmt.Sprintf(e.format, e.wait) }

// because returns our own reason for ending a request, where there is one, in place of
// what the request made of it.
func because(ctx context.Context, err error) error {
	if late, ok := errors.AsType[lateError](context.Cause(ctx)); ok {
		return late
	}
	return err
}

// hinted adds the remedy to an error that is one of our refusals.
func hinted(err error) error {
	if errors.Is(err, errPrivate) {
		return core.WithHint(err, "the console reads from private networks only with --allow-private-net")
	}
	return err
}

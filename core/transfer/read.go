package transfer

import (
	"bytes"
	"context"
	"fmt"
	"io"

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

// Read returns the document at an address, unpacked where it brings its files. It takes
// an operator.
func (s *Service) Read(ctx context.Context, by core.Caller, address string) (Brought, error) {
	if err := by.Require(core.Operator); err != nil {
		return Brought{}, err
	}
	data, err := s.read(ctx, address)
	if err != nil {
		return Brought{}, err
	}
	return s.Take(ctx, by, bytes.NewReader(data), int64(len(data)))
}

// read fetches a document; its error is in the engine's words.
func (s *Service) read(ctx context.Context, address string) ([]byte, error) {
	body, err := s.Fetch.Open(ctx, address, nil)
	if err != nil {
		return nil, core.WithHint(fmt.Errorf("Fail to read file: %w", err), core.HintOf(err))
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, s.maxDocument()+1))
	if err != nil {
		return nil, core.WithHint(fmt.Errorf("Fail to read file: %w", err), core.HintOf(err))
	}
	if int64(len(data)) > s.maxDocument() {
		return nil, core.WithHint(core.Errorf(core.TooLarge, "the file %s is over the limit of %d bytes", address, s.maxDocument()), LargerHint)
	}
	return data, nil
}

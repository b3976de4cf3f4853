package core

import (
	"errors"
	"fmt"
)

// Code classes an error by what the one who meets it can do about it.
type Code uint8

// The codes. Each surface maps them once: HTTP status, exit code, page.
const (
	Internal        Code = iota // a fault of ours or of the machine
	Invalid                     // the input is wrong
	NotFound                    // what was named is not there
	Conflict                    // the state has moved or does not allow it
	Unauthenticated             // nobody is signed in
	Forbidden                   // the caller's role does not allow it
	Cancelled                   // somebody cancelled it
	TooLarge                    // the input is over a limit
	Busy                        // too much is under way
	Limited                     // too many attempts; the next must wait
	Unwritable                  // the disk is full, read-only or broken; the program goes on once it is not
	Unreachable                 // a node elsewhere does not answer as it should
)

// Error is an error with a code. It is made once, where the trouble is, and told
// once, at the edge.
type Error struct {
	Code Code
	Msg  string // what a person reads; empty to read Err
	Hint string // what to do about it; may be empty
	Err  error  // the cause; may be nil
}

// Error returns the message.
func (e *Error) Error() string {
	if e.Msg == "" && e.Err != nil {
		return e.Err.Error()
	}
	return e.Msg
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error with a code. A %w in the format becomes the cause.
func Errorf(code Code, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Msg: err.Error(), Err: errors.Unwrap(err)}
}

// WithHint returns err with a remedy beside it.
func WithHint(err error, hint string) error {
	return &Error{Code: CodeOf(err), Msg: err.Error(), Hint: hint, Err: err}
}

// CodeOf returns the code of the outermost Error in err's chain, or Internal.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// HintOf returns the first hint in err's chain, or "".
func HintOf(err error) string {
	for e, ok := errors.AsType[*Error](err); ok; e, ok = errors.AsType[*Error](e.Err) {
		if e.Hint != "" {
			return e.Hint
		}
		if e.Err == nil {
			break
		}
	}
	return ""
}

package errand

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ekuiper-console/core"
)

// TestDo waits for what is over soon, and lets go on what is not, once.
func TestDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Runner
		defer r.Close()
		var begun atomic.Int32
		takes := func(d time.Duration, err error) func(context.Context) error {
			return func(context.Context) error {
				begun.Add(1)
				time.Sleep(d)
				return err
			}
		}
		broken := errors.New("broken")
		for _, want := range []error{nil, broken} {
			if done, err := r.Do(t.Context(), "a", time.Second, takes(time.Millisecond, want)); !done || err != want {
				t.Errorf("what is over soon: %v, %v, want %v", done, err, want)
			}
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if done, err := r.Do(gone, "a", time.Second, takes(time.Minute, broken)); done || err != nil {
			t.Errorf("of somebody who has gone: %v, %v", done, err)
		}
		if done, err := r.Do(t.Context(), "a", time.Second, takes(time.Minute, nil)); done || err != nil || begun.Load() != 3 {
			t.Errorf("while it is under way: %v, %v, %d begun", done, err, begun.Load())
		}
		if over, _ := r.Told("a"); !r.Under("a") || r.Under("b") || over {
			t.Error("which is under way is not known")
		}
		r.Wait(t.Context(), "b")
		r.Wait(t.Context(), "a")
		for _, want := range []bool{true, false} {
			if over, err := r.Told("a"); r.Under("a") || over != want || over && err != broken {
				t.Errorf("once it is over: %v, %v", over, err)
			}
		}
		_, _ = r.Do(gone, "c", 0, takes(0, nil))
		time.Sleep(2 * news)
		if over, _ := r.Told("c"); over {
			t.Error("what is over for long is told")
		}
	})
}

// TestFault keeps a fault of an errand from ending the process, and tells of it once.
func TestFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stacks []string
		for _, r := range []*Runner{{}, {Log: func(_ error, stack string) { stacks = append(stacks, stack) }}} {
			done, err := r.Do(t.Context(), "a", time.Second, func(context.Context) error { panic("no such case") })
			if !done || core.CodeOf(err) != core.Internal || err.Error() != "what was asked broke off: no such case" {
				t.Errorf("a fault: %v, %v", done, err)
			}
			r.Close()
		}
		if len(stacks) != 1 || !strings.Contains(stacks[0], "TestFault") {
			t.Errorf("what the log is told: %q", stacks)
		}
	})
}

// TestClose ends what is under way, and takes no more.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Runner
		_, _ = r.Do(t.Context(), "a", 0, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		r.Close()
		if over, err := r.Told("a"); !over || !errors.Is(err, context.Canceled) {
			t.Errorf("what was under way: %v, %v", over, err)
		}
		if _, err := r.Do(t.Context(), "b", 0, func(context.Context) error { return nil }); core.CodeOf(err) != core.Busy {
			t.Errorf("after the end: %v", err)
		}
	})
}

package transfer

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"

	"ekuiper-console/core"
)

// Room is what documents may take of the memory: those that somebody sends, those that are
// read by address, and those of tasks that wait. A nil Room has no bounds.
type Room struct {
	bytes   *semaphore.Weighted
	largest int64                             // bytes of the largest document
	memory  func(document int64) (end func()) // may be nil
}

// NewRoom returns room for two of the largest documents, of so many bytes each. Memory is told
// of each that is in memory, and when it is no longer, unless it is nil.
func NewRoom(largest int64, memory func(document int64) (end func())) *Room {
	return &Room{semaphore.NewWeighted(2 * largest), largest, memory}
}

// roomWait is how long a document that is read by address waits for room. What others hold
// may wait for the one who reads it, so there is an end to that.
const roomWait = 10 * time.Second

// ErrNoRoom tells that there is no room for a document.
var ErrNoRoom = core.WithHint(core.Errorf(core.Busy, "too many documents wait to be imported"), "try again in a moment")

// Take takes room for a document of so many bytes, until the function it returns is called.
// A document of a size below 0 may be the largest, and none counts for more. It waits until
// the time of the context is over, and then returns ErrNoRoom.
func (r *Room) Take(ctx context.Context, size int64) (end func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	size = r.counted(size)
	if r.bytes.Acquire(ctx, size) != nil {
		return nil, noRoom(ctx)
	}
	return r.taken(size), nil
}

// TryTake is like Take, and waits for nothing.
func (r *Room) TryTake(size int64) (end func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	size = r.counted(size)
	if !r.bytes.TryAcquire(size) {
		return nil, ErrNoRoom
	}
	return r.taken(size), nil
}

func (r *Room) counted(size int64) int64 {
	if size < 0 {
		return r.largest
	}
	return min(size, r.largest)
}

func (r *Room) taken(size int64) (end func()) {
	rest := r.told(size)
	return func() {
		r.bytes.Release(size)
		rest()
	}
}

// told tells that a document is in memory, until the function that it returns is called.
func (r *Room) told(size int64) (end func()) {
	if r.memory == nil {
		return func() {}
	}
	return r.memory(size)
}

// noRoom is the error of who waited in vain: that there is no room, or that nobody waits for
// it any more.
func noRoom(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return cancelled(ctx.Err())
	}
	return ErrNoRoom
}

package db_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ekuiper-console/db"
)

// TestDrain: the log is taken time and again, and no more once that has ended.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var taken atomic.Int32
		end := db.Drain(time.Second, func() { taken.Add(1) })
		time.Sleep(3500 * time.Millisecond)
		end()
		if n := taken.Load(); n != 3 {
			t.Errorf("it was taken %d times in three seconds and a half", n)
		}
		time.Sleep(time.Minute)
		if n := taken.Load(); n != 3 {
			t.Errorf("it was taken %d times after the end", n-3)
		}
	})
}

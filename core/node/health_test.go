package node

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	for _, c := range []struct {
		failures int
		random   float64
		want     time.Duration
	}{
		{0, 0, 24 * time.Second}, {0, 0.5, 30 * time.Second}, {0, 1, 36 * time.Second},
		{1, 0.5, time.Minute}, {3, 0.5, 4 * time.Minute}, {5, 0.5, 10 * time.Minute}, {1000, 1, 12 * time.Minute},
	} {
		if got := wait(c.failures, c.random); got.Round(time.Second) != c.want {
			t.Errorf("wait(%d, %v) = %v, want %v", c.failures, c.random, got, c.want)
		}
	}
}

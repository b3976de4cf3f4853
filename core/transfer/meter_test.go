package transfer

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestMeter has what is told of two files: done/total, and read/size in bytes.
func TestMeter(t *testing.T) {
	tests := []struct{ name, steps, want string }{
		{"both tell their length", "a:3/10 b:5/20 a:10/10 a. b:20/20 b.", "0/2 0/0, 0/2 3/0, 0/2 8/30, 0/2 15/30, 1/2 15/30, 1/2 30/30, 2/2 30/30"},
		{"one does not", "a:3/10 b:5/-1 b. a:10/10 a.", "0/2 0/0, 0/2 3/0, 0/2 8/0, 1/2 8/15, 1/2 15/15, 2/2 15/15"},
		{"one fails on the way", "a:3/10 b:5/20 b. a:10/10 a.", "0/2 0/0, 0/2 3/0, 0/2 8/30, 1/2 8/15, 1/2 15/15, 2/2 15/15"},
		{"one is not there", "b. a:3/10 a:10/10 a.", "0/2 0/0, 1/2 0/0, 1/2 3/10, 1/2 10/10, 2/2 10/10"},
		{"too soon to be told of", "a:3/10! a:4/10! b:5/20 a. b.", "0/2 0/0, 0/2 9/30, 1/2 9/24, 2/2 9/9"},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			m := &meter{tell: func(p Progress) {
				if p.Stage != Fetching {
					t.Errorf("the stage is %s", p.Stage)
				}
				told = append(told, fmt.Sprintf("%d/%d %d/%d", p.Done, p.Total, p.Read, p.Size))
			}}
			m.begin(2)
			files := map[byte]*download{'a': m.file(), 'b': m.file()}
			for step := range strings.FieldsSeq(tt.steps) {
				d := files[step[0]]
				if step[1] == '.' {
					d.end()
					continue
				}
				var read, size int64
				if _, err := fmt.Sscanf(step[2:], "%d/%d", &read, &size); err != nil {
					t.Fatal(err)
				}
				if !strings.HasSuffix(step, "!") {
					time.Sleep(meterPause)
				}
				d.moved(read, size)
			}
			if got := strings.Join(told, ", "); got != tt.want {
				t.Errorf("%s, %s:\n got %s\nwant %s", tt.name, tt.steps, got, tt.want)
			}
		})
	}
}

// A meter is told by many at once, and tells five times a second of bytes at most.
func TestMeterAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []Progress
		m := &meter{tell: func(p Progress) { told = append(told, p) }}
		m.begin(4)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				d := m.file()
				defer d.end()
				for i := range int64(1000) {
					time.Sleep(time.Millisecond)
					d.moved(i+1, 1000)
				}
			})
		}
		group.Wait()
		if last := told[len(told)-1]; last != (Progress{Fetching, 4, 4, 4000, 4000}) || len(told) > 11 || len(told) < 8 {
			t.Errorf("told %d times, at last %+v", len(told), last)
		}
	})
}

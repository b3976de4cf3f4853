package transfer_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"ekuiper-console/core"
	"ekuiper-console/core/transfer"
)

// page is a file of so many bytes at any address. It tells its size only if it is asked to.
type page struct {
	size  int64
	tells bool
}

func (p page) Open(_ context.Context, _ string, tell func(read, total int64)) (io.ReadCloser, error) {
	total := int64(-1)
	if p.tells {
		total = p.size
	}
	tell(1, total)
	return io.NopCloser(strings.NewReader("{}" + strings.Repeat(" ", int(p.size)-2))), nil
}

// TestDawdling: a document whose size nobody tells, and which does not come, keeps nobody else
// out.
func TestDawdling(t *testing.T) {
	const largest = 64 << 20
	s := &transfer.Service{MaxDocument: largest, Room: transfer.NewRoom(largest, nil)}
	s.Fetch = dawdler(func() {
		for _, size := range []int64{largest, largest * 3 / 4} {
			end, err := s.Room.TryTake(size)
			if err != nil {
				t.Errorf("there is no room for %d bytes", size)
				return
			}
			defer end()
		}
	})
	if _, err := s.Read(t.Context(), core.Caller{Name: "ada", Role: core.Operator}, "http://x/y.json"); err != nil {
		t.Error(err)
	}
}

// dawdler is a file that has some bytes, and does something before it comes to its end.
type dawdler func()

func (d dawdler) Open(_ context.Context, _ string, tell func(read, total int64)) (io.ReadCloser, error) {
	tell(1, -1)
	return io.NopCloser(io.MultiReader(strings.NewReader("{}"+strings.Repeat(" ", 1000)), d)), nil
}

// Read comes to the end.
func (d dawdler) Read([]byte) (int, error) {
	d()
	return 0, io.EOF
}

// TestRoom: what is read by address takes room as what is sent does, and gives it back.
func TestRoom(t *testing.T) {
	by := core.Caller{Name: "ada", Role: core.Operator}
	for _, c := range []struct {
		name   string
		page   page
		others int64
		want   core.Code // Internal for none
	}{
		{"it fits", page{size: 900, tells: true}, 1100, core.Internal},
		{"it does not", page{size: 901, tells: true}, 1100, core.Busy},
		{"a size that is not told is the largest", page{size: 600}, 1001, core.Busy},
		{"what is over the limit is not read", page{size: 1001, tells: true}, 0, core.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &transfer.Service{Fetch: c.page, MaxDocument: 1000, Room: transfer.NewRoom(1000, nil)}
				var ends []func()
				for left := c.others; left > 0; left -= 1000 {
					end, err := s.Room.Take(t.Context(), min(left, 1000))
					if err != nil {
						t.Fatal(err)
					}
					ends = append(ends, end)
				}
				if _, err := s.Read(t.Context(), by, "http://x/y.json"); (err != nil) != (c.want != core.Internal) || core.CodeOf(err) != c.want {
					t.Fatalf("read with %v, want %v", err, c.want)
				}
				for _, end := range ends {
					end()
				}
				if end, err := s.Room.TryTake(1000); err != nil {
					t.Error("no room was given back")
				} else if end2, err := s.Room.TryTake(-1); err != nil {
					t.Error("not all room was given back")
				} else {
					end()
					end2()
				}
			})
		})
	}
}

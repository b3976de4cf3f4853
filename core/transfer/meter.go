package transfer

import (
	"sync"
	"time"
)

// Progress is how far an import has come.
type Progress struct {
	Stage       Stage
	Done, Total int   // files that are over, entries that are checked, or changes that are written, of all; 0 at the beginning
	Read        int64 // bytes of all files
	Size        int64 // bytes that all files have; 0 until every one has told its length
}

// meterPause is the least time between two reports of bytes.
const meterPause = 200 * time.Millisecond

// meter counts what an import fetches, and tells of it: of every file that is over, and
// some times a second of what was read. The zero meter tells nobody.
type meter struct {
	tell func(Progress) // is called by one at a time; may be nil

	mu      sync.Mutex
	now     Progress
	size    int64 // of the files that have told their length
	unknown int   // how many have not
	last    time.Time
}

// begin starts to count files anew.
func (m *meter) begin(files int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.size, m.unknown = Progress{Stage: Fetching, Total: files}, 0, files
	m.say()
}

// say tells how far it is. The caller holds the lock.
func (m *meter) say() {
	m.now.Size = 0
	if m.unknown == 0 {
		m.now.Size = m.size
	}
	m.last = time.Now()
	if m.tell != nil {
		m.tell(m.now)
	}
}

// download is one file that a meter counts.
type download struct {
	*meter
	read, size int64
	sized      bool
}

// file begins to count a file.
func (m *meter) file() *download { return &download{meter: m} }

// moved counts what was read of the file by now, and remembers its length where that is
// known and not -1.
func (d *download) moved(read, size int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now.Read += read - d.read
	d.read = read
	if !d.sized && size >= 0 {
		d.measure(size)
	}
	if time.Since(d.last) >= meterPause {
		d.say()
	}
}

// measure remembers the length of the file, in place of what was thought before.
func (d *download) measure(size int64) {
	if !d.sized {
		d.sized = true
		d.unknown--
	}
	d.meter.size += size - d.size
	d.size = size
}

// end counts the file as done. It has the length that was read.
func (d *download) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.measure(d.read)
	d.now.Done++
	d.say()
}

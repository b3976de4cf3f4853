package handlers

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"ekuiper-console/core"
)

// Pace is the slowest that a client may be. A client that is slower holds a connection,
// and what its request has taken, for as long as it likes. The zero Pace is DefaultPace.
type Pace struct {
	Grace time.Duration // to begin with, and for each part of an answer
	Rate  int64         // bytes a second on the average, after that
}

// DefaultPace lets a large bundle pass over a slow line.
var DefaultPace = Pace{Grace: 20 * time.Second, Rate: 4 << 10}

// next holds the client of each request to the pace.
func (p Pace) next(next http.Handler) http.Handler {
	if p == (Pace{}) {
		p = DefaultPace
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctrl := http.NewResponseController(w)
		// Where there is no deadline to set, as in tests without a connection, nobody is slow.
		_ = ctrl.SetWriteDeadline(time.Time{})
		body := &pacedBody{ReadCloser: r.Body, pace: p, ctrl: ctrl}
		r.Body = body
		next.ServeHTTP(&pacedWriter{ResponseWriter: w, body: body}, r)
		// For what the server itself still has to read and, after that, to send.
		_ = ctrl.SetReadDeadline(time.Now().Add(p.Grace))
		_ = ctrl.SetWriteDeadline(time.Now().Add(2 * p.Grace))
	})
}

// pacedBody is a body that must not come too slowly. Time counts only while somebody
// reads: what is done between two reads is not the client's fault.
type pacedBody struct {
	io.ReadCloser
	pace Pace
	ctrl *http.ResponseController
	read int64
	took time.Duration
}

var errSlow = &engineError{http.StatusRequestTimeout, numberUndefined, core.WithHint(
	core.Errorf(core.Invalid, "the body comes too slowly"), "send it over a faster line, or name it by its address")}

// Read reads on, if the client keeps the pace.
func (b *pacedBody) Read(p []byte) (int, error) {
	began := time.Now()
	allowed := b.pace.Grace + time.Duration(float64(b.read)/float64(b.pace.Rate)*float64(time.Second))
	_ = b.ctrl.SetReadDeadline(began.Add(allowed - b.took))
	n, err := b.ReadCloser.Read(p)
	b.read, b.took = b.read+int64(n), b.took+time.Since(began)
	// The server watches the connection while the handler works, which may take long.
	_ = b.ctrl.SetReadDeadline(time.Time{})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errSlow
	}
	return n, err
}

// pacedWriter gives up a client that does not take what it asked for.
type pacedWriter struct {
	http.ResponseWriter
	body *pacedBody
}

// Write writes on, if the client keeps the pace.
func (w *pacedWriter) Write(p []byte) (n int, err error) {
	w.within(time.Duration(len(p))*time.Second/time.Duration(w.body.pace.Rate), func() { n, err = w.ResponseWriter.Write(p) })
	return n, err
}

// FlushError sends what was written so far, if the client keeps the pace.
func (w *pacedWriter) FlushError() (err error) {
	w.within(0, func() { err = w.body.ctrl.Flush() })
	return err
}

// within bounds the time of what sends something, which may first read what is left of
// the body.
func (w *pacedWriter) within(longer time.Duration, send func()) {
	ctrl, now, grace := w.body.ctrl, time.Now(), w.body.pace.Grace
	_ = ctrl.SetReadDeadline(now.Add(grace))
	_ = ctrl.SetWriteDeadline(now.Add(2*grace + longer))
	send()
	_ = ctrl.SetReadDeadline(time.Time{})
}

// Unwrap returns what it writes to.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

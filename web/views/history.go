package views

import (
	"context"
	"io"
	"time"

	"ekuiper-console/core/plan"
)

// HistoryPage lists every import and restore. It lives at /ui/history?before=; its form
// leads to /ui/history/diff with from and to, or from and now=1, and its buttons post to
// /ui/history/{n}/restore.
type HistoryPage struct {
	Layout
	Revisions []Entered // the newest first
	Newest    bool      // these are the newest that there are
	Older     int64     // the next page has what is below it; 0 where there is nothing
}

// Render writes the page.
func (p HistoryPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// mark tells whether something was rejected.
func (e Entered) mark() string {
	if e.Rejected > 0 {
		return "warn"
	}
	return "ok"
}

// title says how the revision came to be.
func (e Entered) title(ctx context.Context) string {
	switch {
	case e.Restores > 0:
		return t(ctx, "history.restore.of", "Revision", count(ctx, int(e.Restores)))
	case e.Mode == plan.Full:
		return t(ctx, "mode.full")
	}
	return t(ctx, "history.partial")
}

// daily is the revisions of one day.
type daily struct {
	date      time.Time
	revisions []Entered
}

// days groups the revisions by the days of the server's zone.
func (p HistoryPage) days() []daily {
	var days []daily
	for _, r := range p.Revisions {
		y, m, d := r.Time.Local().Date()
		date := time.Date(y, m, d, 0, 0, 0, 0, time.Local)
		if len(days) == 0 || !days[len(days)-1].date.Equal(date) {
			days = append(days, daily{date: date})
		}
		last := &days[len(days)-1]
		last.revisions = append(last.revisions, r)
	}
	return days
}

// offered reports whether a revision is picked for a comparison unasked: the two newest
// of the page are.
func (p HistoryPage) offered(n int64, place int) bool {
	return len(p.Revisions) > place && p.Revisions[place].Number == n
}

// current reports whether the node is at a revision, so that there is nothing to restore.
func (p HistoryPage) current(n int64) bool { return n == p.Revision }

// short returns as much of a hash as tells documents apart at sight.
func short(hash string) string { return hash[:min(len(hash), 8)] }

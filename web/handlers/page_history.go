package handlers

import (
	"net/http"
	"strconv"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/web/views"
)

// How much a page of the history lists.
const (
	revisionsPerPage = 50
	changesPerPage   = 50
)

// historyPage is GET /ui/history.
func (s *Server) historyPage(w http.ResponseWriter, r *http.Request) error {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	before = max(before, 0)
	revisions, err := s.Transfer.History(r.Context(), callerOf(r), nodeOf(r), before, revisionsPerPage+1)
	if err != nil {
		return err
	}
	p := views.HistoryPage{Layout: s.layout(r)}
	if len(revisions) > revisionsPerPage {
		revisions = revisions[:revisionsPerPage]
		p.Older = revisions[revisionsPerPage-1].Number
	}
	p.Newest = len(revisions) == 0 || revisions[0].Number == p.Layout.Revision
	tasks, err := s.Tasks.List(r.Context(), callerOf(r), nodeOf(r), recentTasks)
	if err != nil {
		return err
	}
	p.Revisions = named(revisions, tasks)
	s.show(w, r, http.StatusOK, p)
	return nil
}

// revisionPage is GET /ui/history/{n}.
func (s *Server) revisionPage(w http.ResponseWriter, r *http.Request) error {
	n, err := revision(param(r, "n"))
	if err != nil {
		return err
	}
	rev, err := s.Transfer.Revision(r.Context(), callerOf(r), nodeOf(r), n)
	if err != nil {
		return err
	}
	l := views.ChangeList{Path: r.URL.Path, Only: shownAction(r), Open: opened(r)}
	l.Counts = [...]int{plan.Create: rev.Created, plan.Replace: rev.Replaced, plan.Delete: rev.Deleted}
	l.Pager = views.NewPager(pageOf(r), l.Listed(), changesPerPage)
	window := plan.Window{Only: l.Only, Offset: l.Pager.Offset(changesPerPage), Limit: changesPerPage}
	if l.Changes, err = s.Transfer.Changes(r.Context(), callerOf(r), nodeOf(r), rev.Number, window); err != nil {
		return err
	}
	tasks, err := s.Tasks.List(r.Context(), callerOf(r), nodeOf(r), recentTasks)
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.RevisionPage{Layout: s.layout(r), Entered: named([]plan.Revision{rev}, tasks)[0], Changes: l})
	return nil
}

// comparePage is GET /ui/history/diff.
func (s *Server) comparePage(w http.ResponseWriter, r *http.Request) error {
	p := views.ComparePage{Layout: s.layout(r)}
	var err error
	if p.From, err = s.side(r, "from", p.Layout.Revision); err != nil {
		return err
	}
	if value(r, "now") != "" {
		http.Redirect(w, r, views.DiffPath(p.From, 0), http.StatusSeeOther)
		return nil
	}
	if p.To, err = s.side(r, "to", p.Layout.Revision); err != nil {
		return err
	}
	p.Now = value(r, "to") == "now"
	all, err := s.Transfer.Diff(r.Context(), callerOf(r), nodeOf(r), p.From, p.To)
	if err != nil {
		return err
	}
	p.Changes = changesOf(r, all)
	p.Changes.Query = []string{"from", value(r, "from"), "to", value(r, "to")}
	s.show(w, r, http.StatusOK, p)
	return nil
}

// side returns one of the two revisions of a comparison. What is not said, and "now", is
// the present one.
func (s *Server) side(r *http.Request, name string, now int64) (int64, error) {
	text := value(r, name)
	if text == "" || text == "now" {
		return now, nil
	}
	n, err := revision(text)
	if err != nil {
		return 0, core.WithHint(err, "pick two on the page of the history")
	}
	return n, nil
}

// changesOf returns the page of a list of changes that a request asks for, its sections
// in the order of a document.
func changesOf(r *http.Request, all []plan.Change) views.ChangeList {
	l := views.ChangeList{Path: r.URL.Path, Only: shownAction(r), Open: opened(r)}
	var sections [core.NumKinds]int
	for i := range all {
		l.Counts[all[i].Action]++
		if l.Only == nil || *l.Only == all[i].Action {
			sections[all[i].Ref.Kind]++
		}
	}
	l.Pager = views.NewPager(pageOf(r), l.Listed(), changesPerPage)
	l.Changes = window(all, l.Only, sections, l.Pager.Offset(changesPerPage))
	return l
}

// window returns the changes of one page, where the sections have so many each. It copies
// no more than those, since there may be very many.
func window(all []plan.Change, only *plan.Action, sections [core.NumKinds]int, from int) []plan.Change {
	var next [core.NumKinds]int // the place of the next change of each section
	total := 0
	for _, k := range core.DocumentOrder() {
		next[k] = total
		total += sections[k]
	}
	page := make([]plan.Change, max(0, min(changesPerPage, total-from)))
	for i := range all {
		c := &all[i]
		if only != nil && *only != c.Action {
			continue
		}
		if at := next[c.Ref.Kind] - from; at >= 0 && at < len(page) {
			page[at] = *c
		}
		next[c.Ref.Kind]++
	}
	return page
}

// shownAction returns the action that a list of changes is to show, nil for all.
func shownAction(r *http.Request) *plan.Action {
	var a plan.Action
	if a.UnmarshalText([]byte(value(r, "show"))) != nil || a > plan.Delete {
		return nil
	}
	return &a
}

// opened returns the place on its page of the change that is to be open, 0 for none.
func opened(r *http.Request) int {
	n, err := strconv.Atoi(value(r, "open"))
	if err != nil {
		return 0
	}
	return n
}

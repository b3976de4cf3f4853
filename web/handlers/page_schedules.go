package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/schedule"
	"ekuiper-console/web/views"
)

// schedulesPage is GET /ui/schedules, with ?node= to change that of a node.
func (s *Server) schedulesPage(w http.ResponseWriter, r *http.Request) error {
	if name := value(r, "node"); name != "" {
		if err := s.Live.Known(r.Context(), name); err != nil {
			return err
		}
	}
	one, err := s.Book.For(r.Context(), callerOf(r), value(r, "node"))
	if err != nil {
		return err
	}
	one.Node = value(r, "node")
	return s.showSchedules(w, r, http.StatusOK, views.FormOfSchedule(one))
}

func (s *Server) showSchedules(w http.ResponseWriter, r *http.Request, status int, form views.ScheduleForm) error {
	p := views.SchedulesPage{Layout: s.layout(r), Form: form}
	var err error
	if p.Schedules, err = s.Book.Overview(r.Context(), callerOf(r)); err != nil {
		return err
	}
	if p.Nodes, err = s.Live.Names(r.Context()); err != nil {
		return err
	}
	s.show(w, r, status, p)
	return nil
}

// writeSchedule is POST /ui/schedules.
func (s *Server) writeSchedule(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	typed := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	form := views.ScheduleForm{
		Node: typed("node"), Zone: typed("zone"), Compare: typed("compare"), Backup: typed("backup"), Keep: typed("keep"), Days: typed("days"),
	}
	one, err := scheduleIn(form)
	if err == nil {
		_, err = s.Book.Put(r.Context(), callerOf(r), one)
	}
	if core.CodeOf(err) == core.Invalid {
		form.Problem, form.Hint = err.Error(), core.HintOf(err)
		return s.showSchedules(w, r, http.StatusBadRequest, form)
	}
	if err != nil {
		return err
	}
	form.Done = true
	return s.showSchedules(w, r, http.StatusOK, form)
}

// removeSchedule is POST /ui/schedules/remove.
func (s *Server) removeSchedule(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	if err := s.Book.Remove(r.Context(), callerOf(r), r.PostForm.Get("node")); err != nil {
		return err
	}
	http.Redirect(w, r, "/ui/schedules", http.StatusSeeOther)
	return nil
}

// scheduleIn returns the schedule that was typed.
func scheduleIn(form views.ScheduleForm) (s schedule.Schedule, err error) {
	s.Node, s.Zone = form.Node, form.Zone
	if s.Compare, err = schedule.ParseRhythm(form.Compare); err != nil {
		return s, err
	}
	if s.Backup, err = schedule.ParseRhythm(form.Backup); err != nil {
		return s, err
	}
	for text, n := range map[*string]*int{&form.Keep: &s.Keep, &form.Days: &s.Days} {
		if *n, err = strconv.Atoi(*text); err != nil {
			return s, core.Errorf(core.Invalid, "%q is not a number", *text)
		}
	}
	return s, nil
}

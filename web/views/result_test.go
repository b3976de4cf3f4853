package views

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
)

// Refused entries are written "a b<a": a, and b that follows from a. Failures are
// written "a(b)".
func TestFailures(t *testing.T) {
	for _, c := range []struct{ refused, want string }{
		{"", ""},
		{"a b", "a b"},
		{"a b<a c<b", "a(b c)"},
		{"b<a c<b a d", "a(b c) d"},
		{"b<gone", "b"},
		{"a<b b<a c<a", "a b c"},
		{"a<a", "a"},
	} {
		o := &plan.Outcome{}
		for _, s := range strings.Fields(c.refused) {
			name, from, follows := strings.Cut(s, "<")
			var cause *core.Ref
			if follows {
				cause = &core.Ref{Kind: core.Rule, Name: from}
			}
			o.Rejected = append(o.Rejected, fix(core.Ref{Kind: core.Rule, Name: name}, "", "m", "", -1, cause))
		}
		var got []string
		for _, f := range failures(o.Rejected) {
			s := f.Ref.Name
			var follows []string
			for _, k := range f.follows {
				follows = append(follows, k.Ref.Name)
			}
			if follows != nil {
				s += "(" + strings.Join(follows, " ") + ")"
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("failures(%s) = %s, want %s", c.refused, strings.Join(got, " "), c.want)
		}
	}
}

func TestTile(t *testing.T) {
	for _, c := range []struct {
		section plan.Section
		written bool
		want    string
	}{
		{plan.Section{}, true, "skipped 0/0 not in the bundle"},
		{plan.Section{Created: 1, Unchanged: 2}, true, "ok 1/3 applied"},
		{plan.Section{Created: 1, Unchanged: 2}, false, "skipped 1/3 not applied"},
		{plan.Section{Deleted: 2}, true, "ok 2/2 deleted"},
		{plan.Section{Deleted: 1, Unchanged: 2}, true, "ok 1/3 deleted"},
		{plan.Section{Created: 1, Deleted: 1, Kept: 1}, true, "ok 2/3 applied"},
		{plan.Section{Kept: 1, Unchanged: 1}, false, "ok 1/2 kept"},
		{plan.Section{Unchanged: 1}, true, "ok 1/1 unchanged"},
		{plan.Section{Replaced: 4, Rejected: 2}, true, "failed 4/6 2 failed"},
		{plan.Section{Replaced: 4, Rejected: 2}, false, "failed 0/6 2 failed"},
		{plan.Section{Replaced: 4, Unchanged: 1, Rejected: 2}, true, "failed 5/7 2 failed"},
	} {
		x := newTile(context.Background(), c.section, c.written)
		if got := fmt.Sprintf("%s %d/%d %s", x.state, x.good, x.all, x.note); got != c.want {
			t.Errorf("newTile(%+v, %v) = %s, want %s", c.section, c.written, got, c.want)
		}
	}
}

func TestTitle(t *testing.T) {
	for _, c := range []struct {
		state     task.State
		created   int
		rejected  int
		written   bool
		atomic    bool
		want      string
		retryable bool
	}{
		{task.Finish, 9, 4, true, false, "9 changes applied, 4 entries failed", false},
		{task.Finish, 1, 1, true, false, "1 change applied, 1 entry failed", false},
		{task.Finish, 9, 0, true, true, "9 changes applied", false},
		{task.Error, 9, 2, false, true, "Nothing was applied: 2 entries failed", true},
		{task.Error, 0, 2, false, true, "Nothing was applied: 2 entries failed", false},
		{task.Error, 0, 2, false, false, "Nothing was applied: 2 entries failed", false},
		{task.Error, 9, 0, false, true, "Nothing was applied", false},
		{task.Cancel, 9, 0, false, true, "Cancelled: nothing was applied", false},
		{task.Finish, 0, 0, false, true, "Already up to date", false},
	} {
		p := TaskPage{Task: task.Task{State: c.state}, Outcome: &plan.Outcome{
			Atomic: c.atomic, Written: c.written, Sections: []plan.Section{{Key: "rules", Created: c.created, Rejected: c.rejected}},
		}}
		if got := p.title(context.Background()); got != c.want || p.retryable() != c.retryable {
			t.Errorf("%+v reads %q, retryable %v", c, got, p.retryable())
		}
	}
}

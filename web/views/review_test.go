package views

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
)

// actions are written by their signs.
var actions = map[byte]plan.Action{'+': plan.Create, '~': plan.Replace, '-': plan.Delete, '=': plan.Unchanged, '^': plan.Kept, '!': plan.Rejected, 'o': plan.LeftOut}

// step returns the step that is written "+rules/a". One that replaces changes some lines
// and a secret.
func step(s string) *plan.Step {
	ref, err := core.ParseRef(s[1:])
	if err != nil {
		panic(err)
	}
	x := &plan.Step{Action: actions[s[0]], Ref: ref}
	old := `{"id":"r","sql":"SELECT a, b FROM demo WHERE temperature > 30","actions":[{"mqtt":{"topic":"hot","password":"hunter2-old"}}]}`
	x.New = strings.NewReplacer("a, b", "a, "+longName, "30", "31", "old", "new").Replace(old)
	switch x.Action {
	case plan.Replace:
		x.Old = old
	case plan.Delete:
		x.Old, x.New = old, ""
	case plan.Unchanged, plan.Kept, plan.LeftOut:
		x.Old = x.New
	case plan.Rejected:
		x.New = "CREATE STREAM press_vibration (\n  device_id STRING,\n  sample_no INT\n) WITH (DATASOURCE=\"t\")"
		x.Findings = fix(ref, x.New, "found \"INT\", expect valid stream field types(BIGINT | FLOAT).", "use BIGINT", strings.Index(x.New, "INT"), nil).Findings
	}
	return x
}

// planOf returns the plan of steps.
func planOf(mode plan.Mode, steps string) *plan.Plan {
	p := &plan.Plan{Mode: mode, Base: plan.State{Revision: 41}, Hash: "3fa9c1d0aa"}
	for _, s := range strings.Fields(steps) {
		p.Steps = append(p.Steps, *step(s))
	}
	return p
}

// somePlan does something of everything. One rule follows from a rejected stream.
func somePlan(mode plan.Mode) *plan.Plan {
	steps := "=streams/alarms_in ^Schema/protobuf_alarm !streams/press_vibration +streams/conveyor_speed ~streams/demo +rules/a !rules/press_vibration_rms ~rules/" + longName + " orules/later =uploads/map.json +sourceConfig/mqtt"
	if mode == plan.Full {
		steps = "-rules/plc_watchdog -rules/energy_peak_guard -streams/torque " + steps
	}
	p := planOf(mode, steps)
	p.Unknown = []string{"dashboards"}
	for i := range p.Steps {
		switch s := &p.Steps[i]; s.Ref.Name {
		case "press_vibration_rms":
			s.Findings = fix(s.Ref, s.New, "fail to get stream press_vibration, please check if stream is created", "", -1, &core.Ref{Kind: core.Stream, Name: "press_vibration"}).Findings
		case "a", "protobuf_alarm":
			s.Findings = []core.Finding{{Severity: core.Warn, Ref: s.Ref, Offset: -1, Message: `read properties {"password":"hunter2-secret"} fail`, Hint: "say nothing"}}
		}
	}
	return p
}

// shown returns the page of a plan as a handler fills it in.
func shown(p ReviewPage) ReviewPage {
	p.Layout, p.Draft, p.Page, p.Pages = signedIn, drafts()[0], max(p.Page, 1), max(p.Pages, 1)
	asked := p.Show.Actions(p.Plan.Mode, p.Query != "")
	for _, k := range core.DocumentOrder() {
		for i := range p.Plan.Steps {
			s := &p.Plan.Steps[i]
			if s.Ref.Kind == k && (asked == nil || strings.Contains(fmt.Sprint(asked), s.Action.String())) {
				p.Steps = append(p.Steps, s)
			}
		}
	}
	p.Found = len(p.Steps)
	return p
}

func review(show Show) ReviewPage {
	return shown(ReviewPage{Plan: somePlan(plan.Partial), Show: show, Files: 2})
}

func reviewFound() ReviewPage {
	return shown(ReviewPage{Plan: somePlan(plan.Full), Query: "press", Choices: plan.Choices{Valid: true}, Pages: 3, Page: 2})
}

func revisions() []plan.Revision {
	at := time.Date(2026, 11, 19, 9, 12, 0, 0, time.UTC)
	return []plan.Revision{{Number: 41, Time: at, By: "ci-deploy", Created: 2, Note: longName}, {Number: 40, Time: at, By: "m.keller", Deleted: 18}}
}

func movedReview() ReviewPage {
	return shown(ReviewPage{Plan: somePlan(plan.Partial), Anew: true, Since: 39, Came: revisions(), Error: Ticked, Moved: map[core.Ref]bool{{Kind: core.Stream, Name: "demo"}: true}})
}

func resetReview() ReviewPage {
	p := somePlan(plan.Full)
	p.Steps = append(p.Steps[:3], planOf(plan.Full, "+rules/a =streams/b").Steps...)
	return shown(ReviewPage{Plan: p, Error: NotConfirmed, Anew: true, Moved: map[core.Ref]bool{{Kind: core.Stream, Name: "torque"}: true}})
}

func restoreReview() ReviewPage {
	p := shown(ReviewPage{Plan: planOf(plan.Full, "-rules/plc_watchdog +rules/a =streams/b"), Undone: revisions(), Error: NoReason})
	p.Draft = Draft{ID: "d3", Name: "revision 12", Restores: 12}
	return p
}

func largeReview() ReviewPage {
	var steps strings.Builder
	for i := range 300 {
		fmt.Fprintf(&steps, " -rules/old%d", i)
	}
	for i := range 60 {
		fmt.Fprintf(&steps, " =rules/same%d +rules/new%d !streams/bad%d", i, i, i)
	}
	return shown(ReviewPage{Plan: planOf(plan.Full, steps.String()), Pages: 4})
}

// What a row says of a change, and what a button does.
func TestWhat(t *testing.T) {
	for s, want := range map[string]string{
		"~rules/r":   "2 lines changed, a secret changed",
		"+rules/r":   "SELECT a, " + longName + " FROM demo WHERE temperature >…",
		"-streams/s": `{"id":"r","sql":"SELECT a, b FROM demo WHERE temperature > 30","actions":[{"mqtt":{"topic":"hot","password":"•…`,
		"!streams/s": "INT is not a field type.",
		"orules/r":   "stays as it is",
	} {
		if got := what(context.Background(), step(s)); got != want {
			t.Errorf("what(%s) = %q, want %q", s, got, want)
		}
	}
}

func TestButton(t *testing.T) {
	for _, c := range []struct {
		steps string
		draft Draft
		want  string
	}{
		{"+rules/a ~rules/b", Draft{}, "Apply 2 changes"},
		{"+rules/a", Draft{}, "Apply 1 change"},
		{"+rules/a -rules/b -rules/c", Draft{}, "Delete 2, apply 1"},
		{"-rules/b", Draft{}, "Delete 1"},
		{"-rules/b +rules/a", Draft{Restores: 3}, "Bring it back, 2 changes"},
	} {
		p := ReviewPage{Draft: c.draft, Plan: planOf(plan.Full, c.steps)}
		p.tally = newTally(p.Plan)
		if got := p.button(context.Background()); got != c.want {
			t.Errorf("%s: the button says %q, want %q", c.steps, got, c.want)
		}
	}
}

func TestPlainly(t *testing.T) {
	for message, want := range map[string]string{
		`Invalid rule json: Parse SQL SELECT a b WHERE c error: found "quality_gate", expected FROM.`: "FROM is missing before quality_gate.",
		`found "EOF", expected FROM.`: "FROM is missing at the end.",
		`fail to download file file:///x/a.zip: stat /x/a.zip: no such file or directory`: "The file is not on this server.",
		`fail to get stream demo, please check if stream is created`:                      "There is no stream or table demo.",
		`found "}", expect comma or rparen.`:                                              "} is out of place. Expected: comma or rparen.",
		`found "EOF", expect stream options.`:                                             "The text ends too early. Expected: stream options.",
		`something that nobody has seen`:                                                  "",
	} {
		if got := plainly(context.Background(), core.Finding{Message: message}); got != want {
			t.Errorf("plainly(%s) = %q, want %q", message, got, want)
		}
	}
}

// staged is a task that runs and is at a stage.
func staged(stage string, done, total int) task.Task {
	x := someTask(task.Running)
	x.Progress = task.Progress{Stage: stage, Done: done, Total: total}
	return x
}

// downloading is a task that fetches files, some bytes of which it has.
func downloading(read, size int64) task.Task {
	x := staged("fetching", 2, 3)
	x.Progress.Bytes, x.Progress.TotalBytes = read, size
	return x
}

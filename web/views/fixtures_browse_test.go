package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
	"ekuiper-console/core/task"
)

// browseFixtures are the pages that show what is there and what was.
func browseFixtures() map[string]templ.Component {
	some := plan.Create
	return map[string]templ.Component{
		"overview":          overviewPage(),
		"overview-empty":    OverviewPage{Layout: signedIn},
		"overview-viewer":   OverviewPage{Layout: viewer, Counts: overviewPage().Counts, Recent: entered(), Pending: true},
		"inventory":         InventoryPage{Layout: signedIn, Counts: overviewPage().Counts},
		"inventory-found":   InventoryPage{Layout: signedIn, Filter: Filter{Query: "demo"}, Entries: entryRows(), Found: 5, Pager: Pager{1, 1}},
		"inventory-unfound": InventoryPage{Layout: signedIn, Filter: Filter{Query: "<none>"}, Pager: Pager{1, 1}},
		"section":           InventoryPage{Layout: signedIn, Section: new(core.Rule), Filter: Filter{Tag: "hall a", Status: "stopped"}, Tags: []string{"hall a", "b"}, Entries: entryRows()[:1], Found: 5000, Pager: Pager{7, 100}},
		"section-empty":     InventoryPage{Layout: viewer, Section: new(core.Script), Pager: Pager{1, 1}},
		"entry":             entryPage(),
		"entry-exact":       EntryPage{Layout: signedIn, Ref: core.Ref{Kind: core.Connection, Name: ".."}, Exact: true, Text: `{"c":{"password":"hunter2","server":"x"}}`, Pending: true},
		"entry-file": EntryPage{Layout: signedIn, Ref: core.Ref{Kind: core.PortablePlugin, Name: "cam"}, Text: `{"name":"cam","file":"https://h/cam.zip"}`, Artifact: &plan.Artifact{
			Address: "https://h/" + longName + ".zip", SHA256: strings.Repeat("9f2c41d7", 8), Size: 123456789, Provides: core.Provides{Sources: []string{"video"}, Functions: []string{"blur", "sharpen"}},
			Contents: []byte(`{"files":3,"version":"1.0.0","language":"go","platform":"linux/arm64","notes":["it runs on arm64 only"]}`),
		}},
		"entry-broken":  EntryPage{Layout: signedIn, Ref: core.Ref{Kind: core.Upload, Name: "a/b c"}, Text: strings.Repeat("line\n", 2*maxTextLines)},
		"history":       HistoryPage{Layout: signedIn, Revisions: entered(), Older: 38},
		"history-one":   HistoryPage{Layout: viewer, Revisions: entered()[3:], Newest: true},
		"history-empty": HistoryPage{Layout: signedIn, Newest: true},
		"revision":      RevisionPage{Layout: signedIn, Entered: entered()[1], Changes: changesFixture()},
		"revision-same": RevisionPage{Layout: signedIn, Entered: Entered{Revision: plan.Revision{Number: 41}}, Changes: ChangeList{Pager: Pager{1, 1}}},
		"diff":          ComparePage{Layout: signedIn, From: 38, To: 41, Now: true, Changes: changesFixture()},
		"diff-same":     ComparePage{Layout: viewer, From: 3, To: 3, Changes: ChangeList{Pager: Pager{1, 1}}},
		"diff-created":  ComparePage{Layout: signedIn, From: 38, To: 40, Changes: ChangeList{Path: "/ui/history/diff", Query: []string{"from", "38", "to", "40"}, Only: &some, Counts: [3]int{120, 1, 0}, Pager: Pager{2, 3}, Changes: changesFixture().Changes[:1]}},
	}
}

func overviewPage() OverviewPage {
	report := &bundle.Bundle{}
	for i := range shownErrors + 2 {
		report.Set(core.Ref{Kind: core.Rule, Name: fmt.Sprint("rule", i)}, `Parse SQL error: "password":"hunter2"`)
	}
	running := someTask(task.Running)
	return OverviewPage{
		Layout:  signedIn,
		Counts:  [core.NumKinds]int{core.Stream: 10, core.Rule: 100_016, core.Table: 4},
		Lacking: [core.NumKinds]int{core.Stream: 1, core.Rule: 30},
		Running: []task.Task{running, {ID: "7c1f", By: "ci"}},
		Recent:  entered(), Report: report,
		Broken: []deps.Gap{
			{Need: resource.Need{Why: resource.ReadsFrom, Name: "plc_heartbeat"}, From: deps.Part{Ref: core.Ref{Kind: core.Rule, Name: longName}}},
			{Need: resource.Need{Why: resource.SourceKey, Name: "mqtt", Key: "hall_b"}, From: deps.Part{Ref: core.Ref{Kind: core.Stream, Name: "alarms/in"}}},
		},
		Gaps: 31,
	}
}

// entered are the newest ones, over two days.
func entered() []Entered {
	at := time.Date(2026, 11, 19, 14, 33, 2, 0, time.UTC)
	r := func(n int64, before time.Duration, mode plan.Mode, created, rejected int) plan.Revision {
		return plan.Revision{Node: "local", Number: n, Time: at.Add(-before), By: "m.keller", Via: "page", Mode: mode, Document: strings.Repeat("9f2c41d7", 8), Created: created, Replaced: 1, Rejected: rejected}
	}
	all := []Entered{
		{r(41, 0, plan.Partial, 5, 4), longName + ".json"}, {r(40, time.Hour, plan.Full, 0, 0), ""},
		{r(39, 30*time.Hour, plan.Partial, 100_000, 0), "nightly.json"}, {r(38, 31*time.Hour, plan.Full, 11, 0), "sample.json"},
	}
	all[1].Restores, all[1].Note, all[1].Task = 38, "Vibration rule flooded\nthe historian", "7c1e"
	return all
}

func entryRows() []EntryRow {
	return []EntryRow{
		{core.Ref{Kind: core.Rule, Name: longName}, `{"id":"r","sql":"SELECT * FROM demo WHERE ` + strings.Repeat("temperature > 30 AND ", 20) + `true"}`},
		{core.Ref{Kind: core.Stream, Name: "a/b c?d#e%"}, "CREATE STREAM demo ()\n  WITH (DATASOURCE=\"x\")"},
		{core.Ref{Kind: core.Connection, Name: "mqtt"}, `{"b":{"password":"hunter2"},"a":{}}`},
		{core.Ref{Kind: core.Upload, Name: ".."}, `{"name":"..","content":"hello"}`},
		{core.Ref{Kind: core.SinkConfig, Name: ""}, `not json "password":"hunter2"`},
	}
}

func entryPage() EntryPage {
	rule, demo := core.Ref{Kind: core.Rule, Name: longName}, core.Ref{Kind: core.Stream, Name: "demo"}
	p := EntryPage{
		Layout: signedIn, Ref: rule,
		Text:    `{"id":"r","version":"5","triggered":false,"tags":["hall a"],"name":"Overheat","sql":"SELECT temperature, avg(h) FROM demo WHERE a > 1","actions":[{"mqtt":{"password":"hunter2","server":"tcp://u:hunter2@h"}}]}`,
		History: []plan.Touch{{Action: plan.Replace, Revision: 41, By: "m.keller", Note: "Topic"}, {Action: plan.Replace, Revision: 40, By: "ci", Restores: 38}, {Action: plan.Create, Revision: 12, By: "ci"}},
		Needs: []deps.Link{
			{Need: resource.Need{Why: resource.ReadsFrom, Name: "demo"}, From: deps.Part{Ref: rule}, To: deps.Part{Ref: demo}},
			{Need: resource.Need{Why: resource.SinkKey, Name: "mqtt", Key: "k"}, From: deps.Part{Ref: rule}},
		},
		UsedBy: []deps.Link{{Need: resource.Need{Why: resource.Fed, Name: "t"}, From: deps.Part{Ref: core.Ref{Kind: core.Stream, Name: "fed"}}, To: deps.Part{Ref: rule}}},
		Users:  99,
	}
	warn := core.Finding{Severity: core.Warn, Ref: rule, Message: "the function avg is not known", Hint: "bring the plugin", Offset: -1}
	p.Findings = []core.Finding{warn.At(p.Text, strings.Index(p.Text, "avg")), {Severity: core.Fault, Ref: rule, Message: `"password":"hunter2" is wrong`, Offset: -1}}
	return p
}

// changesFixture has one change of each sort: created, replaced, replaced by the same,
// deleted, and one that is too large to be compared unasked.
func changesFixture() ChangeList {
	ref := func(name string) core.Ref { return core.Ref{Kind: core.Rule, Name: name} }
	large := `{"a":"` + strings.Repeat("x", inlined) + `"}`
	return ChangeList{
		Path: "/ui/history/40", Counts: [3]int{1, 3, 1}, Pager: Pager{1, 1},
		Changes: []plan.Change{
			{Action: plan.Create, Ref: core.Ref{Kind: core.Stream, Name: longName}, New: "CREATE STREAM x (a BIGINT) WITH (DATASOURCE=\"x\")"},
			{Action: plan.Replace, Ref: ref("hot"), Old: `{"id":"hot","sql":"SELECT a FROM s","password":"hunter2"}`, New: `{"id":"hot","sql":"SELECT a, b FROM s","password":"hunter22","x":1}`},
			{Action: plan.Replace, Ref: ref("same"), Old: `{"id":"same","a":1.0}`, New: `{"a":1,"id":"same"}`},
			{Action: plan.Replace, Ref: ref("large"), Old: `{}`, New: large},
			{Action: plan.Delete, Ref: core.Ref{Kind: core.Stream, Name: "gone"}, Old: "CREATE STREAM gone () WITH ()"},
		},
	}
}

package views

import (
	"fmt"
	"maps"
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

const longName = "forward_quality_measurements_to_historian_with_retry_and_deduplication"

var (
	signedIn = Layout{
		Node: "local", Revision: 41, User: "m.keller", Role: core.Operator,
		Path: "/ui/import", Server: "https://edge-gw-07.plant.local", Version: "1.0.0",
	}
	nobody = Layout{Server: "https://edge-gw-07.plant.local", Version: "1.0.0"}
	viewer = Layout{Node: longName, User: strings.Repeat("long", 20), Role: core.Viewer, Theme: Dark}
)

// fixtures are the pages in states that differ, by name.
func fixtures() map[string]templ.Component {
	all := map[string]templ.Component{
		"signin":          SignInPage{Layout: nobody, Next: "/ui/import"},
		"signin-wrong":    SignInPage{Layout: nobody, Name: "m.keller", Error: WrongPassword},
		"signin-busy":     SignInPage{Layout: nobody, Name: "m.keller", Error: BusySignIn},
		"signin-noroom":   SignInPage{Layout: nobody, Name: "m.keller", Error: NoRoomToSignIn},
		"signin-wait":     SignInPage{Layout: nobody, Name: "m.keller", Error: TooManyAttempts, Wait: 64 * time.Second},
		"setup":           SetUpPage{Layout: nobody, Token: "t0"},
		"setup-short":     SetUpPage{Layout: nobody, Name: "admin", Error: PasswordShort},
		"api":             APIPage{Layout: signedIn, Groups: []APIGroup{{"data", "Bundles in and out", []APIOperation{{Method: "POST", Path: "/data/export", Summary: "Export rules", Description: "With all they need.", Body: `["rule1"]`, Parameters: []APIParameter{{"secrets", "query", "masked", false}, {"from", "query", "a revision", true}}, Responses: []APIResponse{{"200", "The document"}}}}}}},
		"import":          ImportPage{Layout: signedIn, Waiting: drafts()},
		"import-empty":    ImportPage{Layout: signedIn, Empty: true},
		"import-paste":    ImportPage{Layout: signedIn, From: FromPaste, Text: "{}", Error: NothingBrought},
		"import-address":  ImportPage{Layout: signedIn, From: FromAddress, Address: "ftp://x/y", Problem: NewProblem("", 0, 0, "unsupported url scheme ftp", "use https:, http: or file:")},
		"draft":           draftPage(),
		"draft-full":      fullDraft(),
		"draft-same":      DraftPage{Layout: signedIn, Draft: drafts()[0], Text: "{}", Partial: Consequence{Unchanged: 4}, Full: Consequence{Unchanged: 4}, Rows: []SectionRow{{core.Rule, 4, 4}}},
		"draft-large":     DraftPage{Layout: signedIn, Draft: Draft{ID: "d", Name: longName + ".json", Size: 123456789, SHA256: strings.Repeat("9f2c41d7", 8)}, Rows: []SectionRow{{core.Rule, 100000, 0}}, Partial: Consequence{Create: 100000}, Full: Consequence{Create: 100000}},
		"draft-broken":    brokenDraft(),
		"review":          review(""),
		"review-created":  review("create"),
		"review-found":    reviewFound(),
		"review-unfound":  ReviewPage{Layout: signedIn, Draft: drafts()[0], Plan: somePlan(plan.Partial), Query: "quality of service", Page: 1, Pages: 1},
		"review-moved":    movedReview(),
		"review-reset":    resetReview(),
		"review-same":     ReviewPage{Layout: signedIn, Draft: drafts()[0], Plan: &plan.Plan{Steps: somePlan(plan.Partial).Steps[:2]}, Page: 1, Pages: 1},
		"review-restore":  restoreReview(),
		"review-large":    largeReview(),
		"diff":            DiffPage{Layout: signedIn, Draft: drafts()[0], Step: step("~rules/" + longName)},
		"diff-new":        DiffPage{Layout: signedIn, Draft: drafts()[0], Step: step("+sourceConfig/mqtt")},
		"diff-rejected":   DiffPage{Layout: signedIn, Draft: drafts()[0], Step: step("!streams/press_vibration")},
		"task-queued":     TaskPage{Layout: signedIn, Task: someTask(task.Register)},
		"task-running":    TaskPage{Layout: signedIn, Task: someTask(task.Running)},
		"task-fetching":   TaskPage{Layout: signedIn, Task: staged("fetching", 2, 3)},
		"task-bytes":      TaskPage{Layout: signedIn, Task: downloading(14_300_000, 0)},
		"task-sized":      TaskPage{Layout: signedIn, Task: downloading(14_300_000, 40_000_000)},
		"task-committing": TaskPage{Layout: signedIn, Task: staged("committing", 0, 0)},
		"task-moved":      TaskPage{Layout: signedIn, Task: ended(task.Error, "err:local has moved since the plan was made"), Again: "/ui/import/d1/review?since=41"},
		"task-cancelled":  TaskPage{Layout: signedIn, Task: someTask(task.Cancel)},
		"task-unreadable": TaskPage{Layout: signedIn, Task: ended(task.Error, `configuration unmarshal with error invalid character '}' looking for beginning of object key string`)},
		"result":          TaskPage{Layout: signedIn, Task: someTask(task.Finish), Outcome: outcome(true, false)},
		"result-refused":  TaskPage{Layout: signedIn, Task: someTask(task.Error), Outcome: outcome(false, true)},
		"result-good":     TaskPage{Layout: signedIn, Task: someTask(task.Finish), Outcome: goodOutcome()},
		"result-restore":  TaskPage{Layout: signedIn, Task: someTask(task.Finish), Outcome: goodOutcome(), Restores: 40, Note: "the ovens were too hot"},
		"result-same":     TaskPage{Layout: signedIn, Task: someTask(task.Finish), Outcome: sameOutcome()},
		"export":          exportPage(),
		"export-none":     ExportPage{Layout: signedIn},
		"export-unpicked": ExportPage{Layout: signedIn, Rules: rules()[:3], Page: 1, Pages: 1, Found: 3, Total: 3},
		"export-unfound":  unfound(),
		"export-unknown":  ExportPage{Layout: signedIn, Rules: rules()[:3], Page: 1, Pages: 1, Found: 3, Total: 3, Unknown: []string{"gone<1>", longName}},
		"export-many":     manyPage(),
		"error-404":       ErrorPage{Layout: signedIn, Status: 404, Message: "there is no task 7c1e", Hint: "tasks are kept for 30 days"},
		"error-403":       ErrorPage{Layout: viewer, Status: 403, Message: "m.keller is viewer, this takes operator", Hint: "ask an administrator for the role"},
		"error-500":       ErrorPage{Layout: nobody, Status: 500},
	}
	maps.Copy(all, adminFixtures())
	maps.Copy(all, rolloutFixtures())
	maps.Copy(all, keepingFixtures())
	maps.Copy(all, browseFixtures())
	return all
}

func drafts() []Draft {
	return []Draft{
		{"d1", "line3-2026-11.json", 48200, "9f2c41d7a86e0b53c7f41e9d2a6b80e4f1735d9c0a4be2867cfd1109b3e5e41a", 0},
		{"d 2", longName + "-hall-b-energy.json", 12400, "", 0},
		{"d3", "revision 40", 0, "", 40},
	}
}

// draftPage is a bundle as people bring it, with a warning, errors and a secret.
func draftPage() DraftPage {
	return DraftPage{
		Layout: signedIn, Draft: drafts()[0], Waiting: drafts()[1:],
		Text: string(bundle.Sample) + strings.Repeat("\n", 2),
		Rows: []SectionRow{
			{core.Stream, 7, 9}, {core.Table, 2, 3}, {core.Rule, 11, 14}, {core.NativePlugin, 3, 2}, {core.PortablePlugin, 0, 1},
			{core.SourceConfig, 3, 4}, {core.SinkConfig, 2, 3}, {core.Connection, 1, 2}, {core.Schema, 1, 2}, {core.Upload, 1, 3}, {core.Script, 1, 2},
		},
		Unknown: []string{"dashboards"}, Rejected: 3,
		Partial: Consequence{Create: 6, Replace: 4, Unchanged: 19, Rejected: 3},
		Full:    Consequence{Create: 6, Replace: 4, Delete: 17, Unchanged: 19, Rejected: 3},
	}
}

func fullDraft() DraftPage {
	p := draftPage()
	p.Mode, p.Edit, p.Missing = plan.Full, true, []core.Ref{{Kind: core.Upload, Name: "huge.json"}}
	p.Waiting = append(append(drafts(), drafts()...), drafts()...)
	return p
}

func brokenDraft() DraftPage {
	text := `{
  "streams": {
    "demo": "CREATE STREAM demo () WITH (DATASOURCE=\"users\", FORMAT=\"JSON\")"
  },
  "sourceConfig": {
    "mqtt": "{\"td\":{\"password\":\"hunter2-secret\",\"qos\":1}}",
  },
  "rules": {
    "rule1": "{\"id\": \"rule1\",\"sql\": \"SELECT * FROM demo\",\"actions\": [{\"log\": {}}]}"
  }
}`
	return DraftPage{Layout: signedIn, Draft: drafts()[0], Text: text,
		Problem: NewProblem(text, 7, 3, "invalid character '}' looking for beginning of object key string", "delete the comma at the end of line 6")}
}

func someTask(state task.State) task.Task {
	at := time.Date(2026, 11, 19, 14, 32, 58, 0, time.UTC)
	return task.Task{ID: "7c1e", Node: "local", By: "m.keller", Title: "line3-2026-11.json", State: state, Created: at, Updated: at.Add(1800 * time.Millisecond)}
}

func ended(state task.State, message string) task.Task {
	x := someTask(state)
	x.Message = message
	return x
}

func fix(ref core.Ref, text, message, hint string, at int, cause *core.Ref) plan.Refused {
	f := core.Finding{Severity: core.Fault, Ref: ref, Message: message, Hint: hint, Offset: -1, Cause: cause}
	if at >= 0 {
		f = f.At(text, at)
	}
	return plan.Refused{Ref: ref, Text: text, Findings: []core.Finding{f}}
}

// outcome is an import with four failures of every sort.
func outcome(written, atomic bool) *plan.Outcome {
	stream := "CREATE STREAM press_vibration (\n  device_id STRING,\n  sample_no INT,\n  rms FLOAT\n) WITH (DATASOURCE=\"hall-a/press/+/vib\", TYPE=\"mqtt\", CONF_KEY=\"td\")"
	rule := `{"id":"r","name":"` + longName + `","options":{"qos":1},"mqtt":{"password":"hunter2-secret","server":"tcp://broker:1883"},"sql":"SELECT part_id, deviation, station quality_gate WHERE deviation > 0.05","actions":[{"mqtt":{"token":"hunter2-secret"}}]}`
	root := core.Ref{Kind: core.Stream, Name: "press_vibration"}
	o := &plan.Outcome{
		Mode: plan.Partial, Atomic: atomic, Written: written, Base: 41, Revision: 42,
		Rejected: []plan.Refused{
			fix(core.Ref{Kind: core.NativePlugin, Name: "sinks_tdengine"}, "{}", "fail to download file file:///root/ekuiper-jran/_plugins/ubuntu/sinks/tdengine_amd64.zip: stat /root/ekuiper-jran/_plugins/ubuntu/sinks/tdengine_amd64.zip: no such file or directory", "copy the archive to that path, or give an https: address in file", -1, nil),
			fix(root, stream, `found "INT", expect valid stream field types(BIGINT | FLOAT | STRING | DATETIME | BOOLEAN | BYTEA | ARRAY | STRUCT).`, "sample_no BIGINT: eKuiper has one integer type", strings.Index(stream, "INT,"), nil),
			fix(core.Ref{Kind: core.Rule, Name: longName}, rule, `Invalid rule json: Parse SQL SELECT part_id, deviation, station quality_gate WHERE deviation > 0.05 error: found "quality_gate", expected FROM.`, "FROM quality_gate", strings.Index(rule, "quality_gate WHERE"), nil),
			fix(core.Ref{Kind: core.Rule, Name: "press_vibration_rms"}, "{}", "fail to get stream press_vibration, please check if stream is created", "", -1, &root),
		},
		Applied: []plan.Done{
			{Action: plan.Create, Ref: core.Ref{Kind: core.Stream, Name: "conveyor_speed"}}, {Action: plan.Replace, Ref: core.Ref{Kind: core.Stream, Name: "demo"}},
			{Action: plan.Create, Ref: core.Ref{Kind: core.Rule, Name: longName + "_2"}}, {Action: plan.Replace, Ref: core.Ref{Kind: core.Rule, Name: "rule2"}},
			{Action: plan.Delete, Ref: core.Ref{Kind: core.Rule, Name: "rule9"}}, {Action: plan.Create, Ref: core.Ref{Kind: core.Table, Name: "shift_calendar"}},
		},
		Warnings: []core.Finding{{Ref: core.Ref{Kind: core.Rule, Name: "rule2"}, Message: "the function area is not known", Hint: "bring the plugin that serves it"}},
		Unknown:  []string{"dashboards"},
		Sections: []plan.Section{
			{Key: "streams", Created: 1, Replaced: 1, Rejected: 1}, {Key: "tables", Created: 1}, {Key: "rules", Created: 2, Replaced: 2, Rejected: 2},
			{Key: "nativePlugins", Rejected: 1}, {Key: "portablePlugins"}, {Key: "sourceConfig", Created: 1, Replaced: 1}, {Key: "sinkConfig", Unchanged: 2},
			{Key: "connectionConfig", Unchanged: 1}, {Key: "Service"}, {Key: "Schema", Kept: 1}, {Key: "uploads", Unchanged: 1}, {Key: "scripts", Unchanged: 1},
		},
	}
	if !written {
		o.Revision = o.Base
	}
	return o
}

func goodOutcome() *plan.Outcome {
	o := outcome(true, true)
	o.Rejected, o.Warnings, o.Unknown = nil, nil, nil
	for i := range o.Sections {
		o.Sections[i].Rejected = 0
	}
	o.Sections[2].Created += 1000
	o.Sections[2].LeftOut, o.LeftOut = 1, []core.Ref{{Kind: core.Rule, Name: "oven_overheat_alarm"}}
	return o
}

func sameOutcome() *plan.Outcome {
	o := outcome(false, true)
	o.Rejected, o.Warnings, o.Unknown, o.Applied = nil, nil, nil, nil
	for i := range o.Sections {
		o.Sections[i] = plan.Section{Key: o.Sections[i].Key, Unchanged: i % 3}
	}
	return o
}

func rules() []RuleRow {
	var rows []RuleRow
	for i, id := range []string{"alarm_forwarder", "conveyor_stall_detect", "energy_15min_rollup", "oven_batch_report", "oven_overheat_alarm", "plc_watchdog", "rule1", "rule2", longName} {
		rows = append(rows, RuleRow{ID: id, SQL: "SELECT * FROM demo WHERE temperature > 30 AND station = '<b>'", Tags: []string{"hall-a"}, Stopped: i%3 == 2})
	}
	rows[4].Name, rows[4].Tags = "Alarm when an oven of hall A overheats", []string{"hall-a", "alarms", longName}
	return rows
}

// unfound is a table whose filter nothing matches.
func unfound() ExportPage {
	p := ExportPage{Layout: signedIn, Filter: RuleFilter{Text: "quality of service", Tag: "none"}, Page: 1, Pages: 1, Total: 12}
	p.Choose([]string{"a b", "rule1"}, []string{"a b", "rule1"}, nil, nil)
	return p
}

// manyPage has more picked than can be drawn, by a filter and not by name.
func manyPage() ExportPage {
	p := exportPage()
	p.Filter, p.Options, p.Curl = RuleFilter{Tag: "hall-a", Status: "stopped"}, ExportOptions{Plain: true, AllConnections: true, YAML: true}, ""
	set := exportSet()
	var picked []string
	for i := range 300 {
		ref := core.Ref{Kind: core.Rule, Name: fmt.Sprintf("r%03d", i)}
		picked = append(picked, ref.Name)
		set.Items = append(set.Items, deps.Item{Part: deps.Part{Ref: ref}})
		set.Bundle.Set(ref, "{}")
	}
	p.Closure = NewClosure(set)
	p.Choose(picked, nil, []string{"tag=hall-a"}, []string{"plc_watchdog", "on_page_two"})
	return p
}

func exportSet() *deps.Set {
	part := func(kind core.Kind, name, key string) deps.Part {
		return deps.Part{Ref: core.Ref{Kind: kind, Name: name}, Key: key}
	}
	set := &deps.Set{Bundle: &bundle.Bundle{}}
	rule2, watchdog, demo := part(core.Rule, "rule2", ""), part(core.Rule, "plc_watchdog", ""), part(core.Stream, "demo", "")
	set.Items = []deps.Item{
		{Part: part(core.Script, "area", ""), Why: resource.Calls, From: rule2},
		{Part: part(core.SourceConfig, "mqtt", "td"), Why: resource.SourceKey, From: demo},
		{Part: part(core.SinkConfig, "edgex", longName), Why: resource.SinkKey, From: rule2},
		{Part: demo, Why: resource.ReadsFrom, From: rule2}, {Part: rule2}, {Part: watchdog},
	}
	for i := range 60 {
		set.Items = append(set.Items, deps.Item{Part: part(core.Upload, fmt.Sprintf("machines%d.json", i), ""), Why: resource.Mentions, From: demo})
	}
	for _, i := range set.Items {
		set.Bundle.Set(i.Ref, "{}")
	}
	set.Missing = []deps.Gap{{Need: resource.Need{Why: resource.ReadsFrom, Name: "plc_heartbeat"}, From: watchdog}}
	for _, i := range set.Items {
		if i.Why != "" {
			set.Links = append(set.Links, deps.Link{Need: resource.Need{Why: i.Why, Name: i.Ref.Name, Key: i.Key}, From: i.From, To: i.Part})
		}
	}
	set.Links = append(set.Links, deps.Link{Need: set.Missing[0].Need, From: watchdog})
	return set
}

func exportPage() ExportPage {
	p := ExportPage{
		Layout: signedIn, Tags: []string{"alarms", "hall-a"}, Rules: rules(), Page: 1, Pages: 3, Found: 27, Total: 27,
		Closure: NewClosure(exportSet()), Size: 3100, Secrets: 2, Connections: 3, Preview: "{\n  \"streams\": {\n    \"demo\": \"CREATE STREAM demo ()\"\n  }\n}\n",
		Curl: `curl -H "Authorization: Bearer $TOKEN" -d '["on_page_two","plc_watchdog","rule2"]' https://edge-gw-07.plant.local/data/export`,
	}
	picked := []string{"on_page_two", "plc_watchdog", "rule2"}
	p.Choose(picked, picked, nil, nil)
	return p
}

package transfer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db/dbtest"
)

var (
	ctx      = context.Background()
	operator = core.Caller{Name: "ops", Role: core.Operator, Via: "test"}
	viewer   = core.Caller{Name: "eye", Role: core.Viewer, Via: "test"}
)

// shelf answers the addresses it has.
type shelf map[string]string

func (s shelf) Open(_ context.Context, address string, _ func(read, total int64)) (io.ReadCloser, error) {
	content, ok := s[address]
	if !ok {
		path := strings.TrimPrefix(address, "file://")
		return nil, core.Errorf(core.Invalid, "stat %s: no such file or directory", path)
	}
	return io.NopCloser(strings.NewReader(content)), nil
}

func service(t testing.TB) *transfer.Service {
	db := dbtest.Open(t)
	return &transfer.Service{Nodes: db, Journal: db, Fetch: shelf{"https://h/a.zip": "zip"}}
}

// document builds a document from lines of the form "section/name = text".
func document(t testing.TB, lines string) []byte {
	t.Helper()
	b := &bundle.Bundle{}
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, text, _ := strings.Cut(line, " = ")
		ref, err := core.ParseRef(name)
		if err != nil {
			t.Fatal(err)
		}
		b.Set(ref, text)
	}
	data, err := b.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// run imports lines and returns the result.
func run(t testing.TB, s *transfer.Service, mode plan.Mode, lines string) *transfer.Result {
	t.Helper()
	res, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: document(t, lines), Mode: mode})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// messages prints a report as "section/name: message" lines.
func messages(report *bundle.Bundle) string {
	var out []string
	for ref, msg := range report.All() {
		out = append(out, ref.String()+": "+msg)
	}
	return strings.Join(out, "\n")
}

// held prints what the node holds.
func held(t testing.TB, s *transfer.Service) string {
	t.Helper()
	snapshot, err := s.Export(ctx, viewer, transfer.Local)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for ref, text := range snapshot.Bundle.All() {
		out = append(out, ref.String()+" = "+text)
	}
	return strings.Join(out, "\n")
}

const (
	demo    = `streams/demo = CREATE STREAM demo () WITH (DATASOURCE="users")`
	onDemo  = `rules/r = {"id":"r","sql":"SELECT * FROM demo","actions":[{"log":{}}]}`
	anArea  = `scripts/area = {"id":"area","script":"function area(x){return x}"}`
	useArea = `rules/a = {"id":"a","sql":"SELECT area(x) FROM demo","actions":[{"log":{}}]}`
)

func lines(all ...string) string { return strings.Join(all, "\n") }

// TestMessages has what a full and a partial import into an empty node say.
func TestMessages(t *testing.T) {
	tests := []struct{ name, bundle, full, partial string }{
		{"all is well", lines(demo, onDemo, anArea, useArea), "", ""},
		{"stream missing", onDemo, "",
			"rules/r: fail to get stream demo, please check if stream is created"},
		{"function missing", lines(demo, useArea),
			"rules/a: Parse SQL SELECT area(x) FROM demo error: function area not found.",
			"rules/a: Invalid rule json: Parse SQL SELECT area(x) FROM demo error: function area not found."},
		{"bad statement", `streams/demo = CREATE STWREAM demo`,
			`streams/demo: found "STWREAM", expected keyword stream or table.`,
			`streams/demo: found "STWREAM", expected keyword stream or table.`},
		{"null rule", `rules/r = null`,
			"rules/r: Parse rule null error : the text is null",
			"rules/r: Invalid rule json: Parse rule null error : the text is null"},
		{"plugin whose file is missing", `nativePlugins/sinks_tdengine = {"name":"tdengine","file":"file:///x/tdengine.zip"}`,
			"nativePlugins/sinks_tdengine: fail to download file file:///x/tdengine.zip: stat /x/tdengine.zip: no such file or directory",
			"nativePlugins/sinks_tdengine: fail to download file file:///x/tdengine.zip: stat /x/tdengine.zip: no such file or directory"},
		{"schema and upload whose file is missing", lines(`Schema/protobuf_s = {"type":"protobuf","name":"s","file":"file:///x/s.proto"}`, `uploads/u = {"name":"u","file":"file:///x/u"}`),
			"uploads/u: stat /x/u: no such file or directory\nSchema/protobuf_s: stat /x/s.proto: no such file or directory",
			"uploads/u: stat /x/u: no such file or directory\nSchema/protobuf_s: stat /x/s.proto: no such file or directory"},
		{"a plugin's function", lines(demo, `nativePlugins/functions_area = {"name":"area","file":"https://h/a.zip"}`, useArea), "", ""},
		{"a service may have the function", lines(demo, `Service/geo = {"name":"geo","file":"https://h/a.zip"}`, useArea), "", ""},
		{"one name for a stream and a table", lines(demo, `tables/demo = CREATE TABLE demo () WITH (DATASOURCE="x")`),
			"tables/demo: there is a stream demo already: streams and tables share one name space",
			"tables/demo: there is a stream demo already: streams and tables share one name space"},
		{"no name", `uploads/ = {"name":"u","content":"x"}`, "uploads/: the upload has no name", "uploads/: the upload has no name"},
		{"lookup table of a type that nobody serves", `tables/t = CREATE TABLE t () WITH (DATASOURCE="x", TYPE="sql", KIND="lookup")`,
			"tables/t: Replace table fails: lookup source type sql not found.",
			"tables/t: Replace table fails: lookup source type sql not found."},
	}
	for _, tt := range tests {
		for mode, want := range map[plan.Mode]string{plan.Full: tt.full, plan.Partial: tt.partial} {
			s := service(t)
			res := run(t, s, mode, tt.bundle)
			if got := messages(res.Report); got != want {
				t.Errorf("%s, %v import:\n got %s\nwant %s", tt.name, mode, got, want)
			}
			status, err := s.Status(ctx, viewer, transfer.Local)
			if err != nil || !status.Equal(res.Report) {
				t.Errorf("%s, %v import: status %s, %v, want the report", tt.name, mode, messages(status), err)
			}
		}
	}
}

// TestPartial has what becomes of entries that are there already.
func TestPartial(t *testing.T) {
	tests := []struct{ name, before, bundle, after, report string }{
		{"configuration keys are laid over", `sourceConfig/mqtt = {"a":{"qos":1,"server":"x"},"b":{}}`, `sourceConfig/mqtt = {"a":{"qos":2},"c":{}}`,
			`sourceConfig/mqtt = {"a":{"qos":2},"b":{},"c":{}}`, ""},
		{"configurations are kept in the engine's form", "", `sourceConfig/mqtt = {"b":{"z":1,"interval":1000,"big":9007199254740993},"A":{}}`,
			`sourceConfig/mqtt = {"A":{},"b":{"big":9007199254740993,"interval":"1s","z":1}}`, ""},
		{"a plugin stays", `nativePlugins/sources_a = {"name":"a","file":"https://h/a.zip"}`, `nativePlugins/sources_a = {"name":"a","file":"https://h/gone.zip"}`,
			`nativePlugins/sources_a = {"name":"a","file":"https://h/a.zip"}`, ""},
		{"a service stays, and is no error", `Service/a = {"name":"a","file":"https://h/a.zip"}`, `Service/a = {"name":"a","file":"https://h/b.zip"}`,
			`Service/a = {"name":"a","file":"https://h/a.zip"}`, ""},
		{"ten is more than two", `streams/s = CREATE STREAM s () WITH (VERSION="2")`, `streams/s = CREATE STREAM s () WITH (VERSION="10")`,
			`streams/s = CREATE STREAM s () WITH (VERSION="10")`, ""},
		{"a lower version is refused", `streams/s = CREATE STREAM s () WITH (VERSION="2")`, `streams/s = CREATE STREAM s () WITH (VERSION="1")`,
			`streams/s = CREATE STREAM s () WITH (VERSION="2")`, "streams/s: source s already exists with version (2), new version (1) is lower"},
		{"one's own export goes in again", `streams/s = CREATE STREAM s () WITH (VERSION="2")`, `streams/s = CREATE STREAM s () WITH (VERSION="2")`,
			`streams/s = CREATE STREAM s () WITH (VERSION="2")`, ""},
		{"SHARED stays", `streams/s = CREATE STREAM s () WITH (SHARED="true")`, `streams/s = CREATE STREAM s () WITH ()`,
			`streams/s = CREATE STREAM s () WITH (SHARED="true")`, "streams/s: Replace s fails: do not support to change stream SHARED option."},
		{"a lower version of a rule is refused", lines(demo, `rules/r = {"id":"r","version":"v1.2","sql":"SELECT * FROM demo","actions":[{"log":{}}]}`),
			`rules/r = {"id":"r","version":"v1.1","sql":"SELECT * FROM demo","actions":[{"log":{}}]}`,
			lines(demo, `rules/r = {"id":"r","version":"v1.2","sql":"SELECT * FROM demo","actions":[{"log":{}}]}`),
			"rules/r: rule r already exists with version (v1.2), new version (v1.1) is lower"},
		{"the rest goes in", demo, lines(`streams/bad = nonsense`, onDemo), lines(demo, onDemo), "streams/bad: Invalid stream statement: nonsense"},
		{"rule texts are kept to the byte", demo, `rules/r =  { "id":"r" , "z":9007199254740993, "sql":"SELECT * FROM demo","actions":[{"log":{}}] } `,
			lines(demo, `rules/r =  { "id":"r" , "z":9007199254740993, "sql":"SELECT * FROM demo","actions":[{"log":{}}] }`), ""},
	}
	for _, tt := range tests {
		s := service(t)
		run(t, s, plan.Full, tt.before)
		res := run(t, s, plan.Partial, tt.bundle)
		if got := messages(res.Report); got != tt.report {
			t.Errorf("%s: report\n got %s\nwant %s", tt.name, got, tt.report)
		}
		if got := held(t, s); got != tt.after {
			t.Errorf("%s: holds\n got %s\nwant %s", tt.name, got, tt.after)
		}
	}
}

func TestFullReplacesAll(t *testing.T) {
	s := service(t)
	run(t, s, plan.Full, lines(demo, onDemo, `nativePlugins/sources_a = {"name":"a","file":"https://h/a.zip"}`, `Schema/protobuf_x = {"type":"protobuf","name":"x","content":"c"}`))
	run(t, s, plan.Full, lines(anArea, `nativePlugins/sinks_b = {"name":"b","file":"https://h/a.zip"}`, `Schema/protobuf_y = {"type":"protobuf","name":"y","content":"c"}`))
	want := lines(`nativePlugins/sinks_b = {"name":"b","file":"https://h/a.zip"}`, `Schema/protobuf_y = {"type":"protobuf","name":"y","content":"c"}`, anArea)
	if got := held(t, s); got != want {
		t.Errorf("holds\n got %s\nwant %s", got, want)
	}
}

// TestUnreadableChangesNothing: the engine empties the node first.
func TestUnreadableChangesNothing(t *testing.T) {
	for _, mode := range []plan.Mode{plan.Full, plan.Partial} {
		s := service(t)
		run(t, s, plan.Full, lines(demo, onDemo))
		before := held(t, s)
		for doc, want := range map[string]string{
			`not json`:              "streams/(bundle): configuration unmarshal with error invalid character 'o' in literal null (expecting 'u')",
			`[]`:                    "streams/(bundle): configuration unmarshal with error json: cannot unmarshal array into Go value of type server.Configuration",
			`{"rules":{"x":5}}`:     "rules/x: configuration unmarshal with error json: cannot unmarshal number into Go struct field Configuration.rules of type string",
			`{"rules":[]}`:          "rules/(bundle): configuration unmarshal with error json: cannot unmarshal array into Go struct field Configuration.rules of type map[string]string",
			`{"streams":{"a":"b"}`:  "streams/(bundle): configuration unmarshal with error unexpected end of JSON input",
			"{\"streams\":{}}\nxyz": "streams/(bundle): configuration unmarshal with error invalid character 'x' after top-level value",
		} {
			_, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: []byte(doc), Mode: mode})
			if _, ok := errors.AsType[*bundle.SyntaxError](err); !ok || core.CodeOf(err) != core.Invalid {
				t.Errorf("Import(%s) = %v", doc, err)
			}
			if got := held(t, s); got != before {
				t.Errorf("a %v import of %s left %s", mode, doc, got)
			}
			status, _ := s.Status(ctx, viewer, transfer.Local)
			if got := messages(status); got != want {
				t.Errorf("status after %s\n got %s\nwant %s", doc, got, want)
			}
		}
	}
}

func TestAtomic(t *testing.T) {
	s := service(t)
	run(t, s, plan.Full, demo)
	req := transfer.Request{Node: transfer.Local, Document: document(t, lines(onDemo, "streams/bad = x")), Mode: plan.Partial, Atomic: true}
	res, err := s.Import(ctx, operator, req)
	if err != nil || res.Written || !res.Failed() || len(res.Applied) != 0 {
		t.Errorf("Import = %+v, %v", res, err)
	}
	if got := held(t, s); got != demo {
		t.Errorf("holds %s", got)
	}
	if status, _ := s.Status(ctx, viewer, transfer.Local); messages(status) != "streams/bad: Invalid stream statement: x" {
		t.Errorf("status %s", messages(status))
	}
}

func TestUnchangedWritesNothing(t *testing.T) {
	s := service(t)
	if res := run(t, s, plan.Full, lines(demo, onDemo)); !res.Written || res.Revision != 1 {
		t.Errorf("first import: %+v", res.Outcome)
	}
	for _, mode := range []plan.Mode{plan.Full, plan.Partial} {
		if res := run(t, s, mode, lines(demo, onDemo)); res.Written || res.Revision != 1 {
			t.Errorf("%v import again: %+v", mode, res.Outcome)
		}
	}
	history, err := s.History(ctx, viewer, transfer.Local, 0, 10)
	if err != nil || len(history) != 1 || history[0].By != "ops" || history[0].Created != 2 {
		t.Errorf("History = %+v, %v", history, err)
	}
}

func TestKnockOn(t *testing.T) {
	s := service(t)
	res := run(t, s, plan.Partial, lines(`streams/demo = CREATE STREAM demo (a INT) WITH ()`, onDemo, `scripts/area = {`, `streams/ok = CREATE STREAM ok () WITH ()`,
		`rules/a = {"id":"a","sql":"SELECT area(x) FROM ok","actions":[{"log":{}}]}`))
	causes := map[string]string{}
	for _, r := range res.Rejected {
		if cause := r.Findings[0].Cause; cause != nil {
			causes[r.Ref.String()] = cause.String()
		}
	}
	if want := "map[rules/a:scripts/area rules/r:streams/demo]"; fmt.Sprint(causes) != want {
		t.Errorf("causes %v, want %s", causes, want)
	}
}

func TestFindingsHaveAPlace(t *testing.T) {
	s := service(t)
	res := run(t, s, plan.Full, lines(`rules/r = {"id":"r","sql":"SELECT \n a b FROM demo","actions":[{"log":{}}]}`))
	f := res.Rejected[0].Findings[0]
	if f.Line != 1 || f.Column != len(`{"id":"r","sql":"SELECT \n a `)+1 {
		t.Errorf("finding %+v", f)
	}
}

func TestRoles(t *testing.T) {
	s := service(t)
	req := transfer.Request{Node: transfer.Local, Document: []byte("{}")}
	if _, err := s.Import(ctx, viewer, req); core.CodeOf(err) != core.Forbidden {
		t.Errorf("Import by a viewer = %v", err)
	}
	if _, err := s.Preview(ctx, viewer, req); core.CodeOf(err) != core.Forbidden {
		t.Errorf("Preview by a viewer = %v", err)
	}
	if _, err := s.Export(ctx, core.Caller{}, transfer.Local); core.CodeOf(err) != core.Unauthenticated {
		t.Errorf("Export by nobody = %v", err)
	}
	if _, err := s.Status(ctx, core.Caller{}, transfer.Local); core.CodeOf(err) != core.Unauthenticated {
		t.Errorf("Status by nobody = %v", err)
	}
	if _, err := s.Export(ctx, viewer, "elsewhere"); core.CodeOf(err) != core.NotFound {
		t.Errorf("Export of an unknown node = %v", err)
	}
}

func TestHoldEndsIt(t *testing.T) {
	s := service(t)
	stop := errors.New("stop")
	_, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: document(t, demo), Hold: func() error { return stop }})
	if !errors.Is(err, stop) || held(t, s) != "" {
		t.Errorf("Import = %v, holds %s", err, held(t, s))
	}
}

// TestConcurrentFullImports: in the engine two of them leave the union.
func TestConcurrentFullImports(t *testing.T) {
	s := service(t)
	docs := make([]string, 4)
	for i := range docs {
		for n := range 50 {
			docs[i] += fmt.Sprintf("streams/s%d_%d = CREATE STREAM s%d_%d () WITH ()\n", i, n, i, n)
		}
	}
	var wg sync.WaitGroup
	for _, doc := range docs {
		wg.Go(func() { run(t, s, plan.Full, doc) })
	}
	wg.Wait()
	snapshot, err := s.Export(ctx, viewer, transfer.Local)
	if err != nil || snapshot.Bundle.Len() != 50 || snapshot.Revision != 4 {
		t.Errorf("the node holds %d entries at revision %d, %v", snapshot.Bundle.Len(), snapshot.Revision, err)
	}
}

// TestAnotherProcess plans anew when somebody else wrote to the file.
func TestAnotherProcess(t *testing.T) {
	s := service(t)
	other := &transfer.Service{Nodes: s.Nodes, Journal: s.Journal, Fetch: s.Fetch}
	once := sync.OnceFunc(func() { run(t, other, plan.Partial, demo) })
	req := transfer.Request{Node: transfer.Local, Document: document(t, anArea), Mode: plan.Full, Hold: func() error { once(); return nil }}
	if _, err := s.Import(ctx, operator, req); err != nil {
		t.Fatal(err)
	}
	if got := held(t, s); got != anArea {
		t.Errorf("holds %s, want what the later full import brought", got)
	}
}

func TestDescribe(t *testing.T) {
	s := service(t)
	run(t, s, plan.Full, `streams/s = CREATE STREAM s (a BIGINT, b ARRAY(STRING), c STRUCT(d FLOAT)) WITH (DATASOURCE="x", FORMAT="JSON", SHARED="true", CONF_KEY="k")`)
	d, err := s.Describe(ctx, viewer, transfer.Local, core.Ref{Kind: core.Stream, Name: "s"})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(d)
	want := `{"Name":"s","StreamFields":[{"Name":"a","FieldType":{"Type":1}},{"Name":"b","FieldType":{"Type":7,"FieldType":{"Type":3}}},` +
		`{"Name":"c","FieldType":{"Type":8,"StreamFields":[{"Name":"d","FieldType":{"Type":2}}]}}],` +
		`"Options":{"confKey":"k","datasource":"x","format":"JSON","shared":true},"StreamType":0,"Statement":null}`
	if string(got) != want {
		t.Errorf("Describe\n got %s\nwant %s", got, want)
	}
}

// counting counts how often each address is opened, and how many are read at once.
type counting struct {
	mu        sync.Mutex
	opened    map[string]int
	now, most int
}

func (c *counting) Open(_ context.Context, address string, _ func(read, total int64)) (io.ReadCloser, error) {
	c.mu.Lock()
	c.opened[address]++
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	return c, nil
}

// Read is the end of a file, after a while.
func (c *counting) Read([]byte) (int, error) {
	time.Sleep(5 * time.Millisecond)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now--
	return 0, io.EOF
}

func (c *counting) Close() error { return nil }

func TestEachAddressIsReadOnce(t *testing.T) {
	db := dbtest.Open(t)
	files := &counting{opened: map[string]int{}}
	s := &transfer.Service{Nodes: db, Journal: db, Fetch: files}
	var doc string
	for i := range 12 {
		doc += fmt.Sprintf(`nativePlugins/sources_p%d = {"name":"p%d","file":"https://h/%d.zip"}`+"\n", i, i, i/2)
	}
	run(t, s, plan.Full, doc)
	for address, n := range files.opened {
		if n != 1 {
			t.Errorf("%s was read %d times", address, n)
		}
	}
	if len(files.opened) != 6 || files.most < 2 || files.most > 4 {
		t.Errorf("%d addresses were read, %d at once", len(files.opened), files.most)
	}
	run(t, s, plan.Full, doc)
	run(t, s, plan.Partial, strings.ReplaceAll(doc, "https://h/", "https://elsewhere/"))
	if len(files.opened) != 6 {
		t.Errorf("files of entries that stay as they are were read: %v", files.opened)
	}
}

package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// keep imports entries given as "section/name" and text in turn, whatever else there is.
func (s *site) keep(t testing.TB, entries ...string) {
	t.Helper()
	b := &bundle.Bundle{}
	for i := 0; i+1 < len(entries); i += 2 {
		ref, err := core.ParseRef(entries[i])
		if err != nil {
			t.Fatal(err)
		}
		b.Set(ref, entries[i+1])
	}
	var doc strings.Builder
	if err := b.Encode(&doc); err != nil {
		t.Fatal(err)
	}
	if a := s.importing(doc.String(), "?partial=1"); a.StatusCode != 200 {
		t.Fatalf("importing %v: %s", entries, a.body)
	}
}

// not fails the test where a page says something.
func (a answer) not(t *testing.T, says ...string) {
	t.Helper()
	for _, text := range says {
		if strings.Contains(a.body, text) {
			t.Errorf("%s says %q", a.Request.URL, text)
		}
	}
}

const (
	aStream = `CREATE STREAM demo () WITH (DATASOURCE="d", TYPE="mqtt", CONF_KEY="away")`
	aRule   = `{"id":"%s","sql":"SELECT * FROM demo","actions":[{"log":{}}],"tags":["hall a"]}`
)

func TestOverview(t *testing.T) {
	s := open(t)
	operator, viewer := s.signedIn(core.Operator), s.signedIn(core.Viewer)
	s.open(operator, "/ui/").at(t, 200, "/ui/", "Nothing here yet", "Load the sample bundle")
	a := s.open(viewer, "/ui")
	a.at(t, 200, "/ui/", "Nothing here yet")
	a.not(t, "Load the sample bundle")

	s.keep(t, "streams/demo", aStream, "rules/ab", fmt.Sprintf(aRule, "ab"))
	a = s.open(operator, "/ui/")
	a.at(t, 200, "/ui/", `href="/ui/inventory/streams/demo"`, "mqtt/<wbr>away", "No such source configuration.", `href="/ui/history/1"`, `action="/ui/history/0/restore"`, "2 entries")
	s.open(viewer, "/ui/").not(t, "/restore", "/ui/import")
	s.importing(`{"rules":{"bad":"x"}}`, "?partial=1")
	s.open(viewer, "/ui/").at(t, 200, "/ui/", "The last import refused 1 entry")
}

func TestInventory(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	s.open(b, "/ui/inventory").at(t, 200, "/ui/inventory", "Source configs")
	s.open(b, "/ui/inventory/rules").at(t, 200, "/ui/inventory/rules", "Nothing in this section yet.")
	s.open(b, "/ui/inventory/gadgets").at(t, 404, "/ui/inventory/gadgets", "there is no section gadgets")

	entries := []string{"streams/demo", aStream, "connectionConfig/mqtt", `{"broker":{"password":"hunter2"}}`}
	for i := range 120 {
		id := fmt.Sprintf("rule%03d", i)
		entries = append(entries, "rules/"+id, fmt.Sprintf(aRule, id))
	}
	entries = append(entries, "rules/stopped", `{"id":"stopped","triggered":false,"sql":"SELECT Needle FROM demo","actions":[{"log":{}}]}`)
	s.keep(t, entries...)
	first := s.open(b, "/ui/inventory/rules")
	first.at(t, 200, "/ui/inventory/rules", "121 entries", "rule000", "rule049", "SELECT * FROM demo", `href="/ui/inventory/rules?page=3"`)
	first.not(t, "rule050")
	s.open(b, "/ui/inventory/rules?page=3").at(t, 200, "/ui/inventory/rules", "rule119", "stopped")
	s.open(b, "/ui/inventory/rules?page=99").at(t, 200, "/ui/inventory/rules", "rule119")
	s.open(b, "/ui/inventory/rules?q=nEEdle").at(t, 200, "/ui/inventory/rules", "1 entry", `href="/ui/inventory/rules/stopped"`)
	s.open(b, "/ui/inventory/rules?status=stopped").at(t, 200, "/ui/inventory/rules", "1 entry", "stopped")
	s.open(b, "/ui/inventory/rules?tag=hall+a&status=started").at(t, 200, "/ui/inventory/rules", "120 entries")
	s.open(b, "/ui/inventory/rules?q=no%3Cthing&tag=x").at(t, 200, "/ui/inventory/rules", "There is no entry containing “no&lt;thing”, tagged x.", "Clear the filter")
	s.open(b, "/ui/inventory?q=demo").at(t, 200, "/ui/inventory", "122 entries", "/ui/inventory/streams/demo")
	masked := s.open(b, "/ui/inventory?q=broker")
	masked.at(t, 200, "/ui/inventory", `href="/ui/inventory/connectionConfig/mqtt"`)
	masked.not(t, "hunter2")
}

// TestEntryNames opens entries with names that mean something in an address.
func TestEntryNames(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	names := []string{"plain", "a/b", "a b", "ü", "50%", "a%2Fb", "a+b", "?q=1", "#x", "..", ".", "a//b", `"<&>'`, "-", "text"}
	var entries []string
	for _, name := range names {
		entries = append(entries, "uploads/"+name, fmt.Sprintf(`{"name":%q,"content":"of %s"}`, "f"+url.QueryEscape(name), url.QueryEscape(name)))
	}
	s.keep(t, entries...)
	list := s.open(b, "/ui/inventory/uploads")
	links := strings.Split(list.body, `<a class="name a" href="`)[1:]
	if len(links) != len(names) {
		t.Fatalf("%d entries are listed, want %d", len(links), len(names))
	}
	seen := map[string]bool{}
	for _, link := range links {
		path, _, _ := strings.Cut(link, `"`)
		path = strings.ReplaceAll(path, "&amp;", "&")
		a := s.open(b, path)
		a.at(t, 200, "/ui/inventory/uploads/")
		_, text, _ := strings.Cut(a.body, "&#34;of ")
		text, _, _ = strings.Cut(text, "&#34;")
		name, err := url.QueryUnescape(text)
		if err != nil || seen[name] {
			t.Errorf("%s shows %q, %v", path, text, err)
		}
		seen[name] = true
	}
	for _, name := range names {
		if !seen[name] {
			t.Errorf("no link leads to %q", name)
		}
	}
}

func TestEntry(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	s.keep(t, "streams/demo", aStream, "rules/hot", fmt.Sprintf(aRule, "hot"), "connectionConfig/mqtt", `{"broker":{"password":"hunter2","server":"x"}}`)
	s.keep(t, "rules/hot", `{"id":"hot","sql":"SELECT * FROM demo","actions":[{"log":{}}],"options":{"qoss":1}}`)
	s.open(b, "/ui/inventory/rules/none").at(t, 404, "", "rule none is not found")
	s.open(b, "/ui/inventory/rules/hot").at(t, 200, "", `href="/ui/inventory/streams/demo"`, "reads it", `href="/ui/export?rule=hot"`, `href="/ui/history/2"`, `href="/ui/history/1"`, "there is no option qoss")
	s.open(b, "/ui/inventory/streams/demo").at(t, 200, "", `href="/ui/inventory/rules/hot"`, "No such source configuration.", "mqtt/<wbr>away")
	for _, view := range []string{"", "?view=exact"} {
		a := s.open(b, "/ui/inventory/connectionConfig/mqtt"+view)
		a.at(t, 200, "", "broker")
		a.not(t, "hunter2")
	}
	text := s.open(b, "/ui/inventory/connectionConfig/mqtt/text")
	text.want(t, 200, `{"broker":{"password":"hunter2","server":"x"}}`)
	if got := text.Header.Get("Content-Disposition"); got != `attachment; filename="connectionConfig-mqtt.json"` {
		t.Errorf("the text comes as %s", got)
	}
	s.open(b, "/ui/inventory/connectionConfig/none/text").at(t, 404, "")
}

func TestHistoryPages(t *testing.T) {
	s := open(t)
	operator, viewer := s.signedIn(core.Operator), s.signedIn(core.Viewer)
	s.open(viewer, "/ui/history").at(t, 200, "/ui/history", "Nothing has happened yet")
	s.keep(t, "streams/demo", aStream, "rules/a", fmt.Sprintf(aRule, "a"))
	s.keep(t, "rules/a", `{"tags":["hall a"],"id":"a","sql":"select * from demo","actions":[{"log":{}}]}`, "rules/b", fmt.Sprintf(aRule, "b"))
	for i := range 55 {
		s.keep(t, "connectionConfig/mqtt", fmt.Sprintf(`{"c":{"password":"hunter%d"}}`, i))
	}
	a := s.open(operator, "/ui/history")
	a.at(t, 200, "/ui/history", `name="from" value="56"`, `formaction="/ui/history/8/restore"`, `href="/ui/history?before=8"`, "token operator")
	a.not(t, `formaction="/ui/history/57/restore"`, `href="/ui/history/7"`)
	s.open(viewer, "/ui/history?before=8").at(t, 200, "/ui/history", `href="/ui/history/7"`)
	s.open(viewer, "/ui/history").not(t, "/restore")

	s.open(viewer, "/ui/history/2").at(t, 200, "", "only its form changes", `href="/ui/inventory/rules/b"`, "created </span>1", `href="/ui/history/2?show=create"`)
	s.open(viewer, "/ui/history/2?show=create").not(t, "only its form changes")
	for _, path := range []string{"/ui/history/99", "/ui/history/0", "/ui/history/99/bundle", "/ui/history/diff?from=1&to=99"} {
		s.open(viewer, path).at(t, 404, "")
	}
	s.open(viewer, "/ui/history/x").at(t, 400, "")
	past := s.open(viewer, "/ui/history/1/bundle")
	if got := exported(t, past); got.Len() != 2 || !strings.Contains(past.Header.Get("Content-Disposition"), "ekuiper-local-revision-1-") {
		t.Errorf("revision 1 has %s as %s", past.body, past.Header.Get("Content-Disposition"))
	}
	secret := s.open(viewer, "/ui/history/56")
	secret.at(t, 200, "", "(changed)")
	secret.not(t, "hunter")
}

func TestDiffPage(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	s.keep(t, "streams/demo", aStream, "rules/a", fmt.Sprintf(aRule, "a"))
	s.keep(t, "rules/a", `{"id":"a","sql":"SELECT temperature FROM demo","actions":[{"log":{}}]}`)
	s.keep(t, "rules/b", fmt.Sprintf(aRule, "b"))
	s.open(b, "/ui/history/diff?from=1&to=3").at(t, 200, "/ui/history/diff", "Revision 1 to 3", "created </span>1", "replaced </span>1", "deleted </span>0", "<ins>", `href="/ui/history/diff?from=3&amp;to=1"`, `action="/ui/history/1/restore"`)
	s.open(b, "/ui/history/diff?from=3&to=1").at(t, 200, "/ui/history/diff", "deleted </span>1", "Revision 3 to 1")
	now := s.open(b, "/ui/history/diff?from=2&to=2&now=1")
	now.at(t, 200, "/ui/history/diff", "Revision 2 to now", "created </span>1")
	now.not(t, `action="/ui/history/3/restore"`)
	s.open(b, "/ui/history/diff?from=0&to=now&show=create").at(t, 200, "/ui/history/diff", "created </span>3")
	s.open(b, "/ui/history/diff?from=2&to=2").at(t, 200, "/ui/history/diff", "Both hold the same entries")
	s.open(b, "/ui/history/diff?from=x&to=2").at(t, 400, "/ui/history/diff", "is not the number of a revision")
}

// BenchmarkPages opens each page over a node of 100,000 rules that all read one stream.
func BenchmarkPages(b *testing.B) {
	s, browser := crowded(b, 100_000)
	for _, page := range []struct{ name, path string }{
		{"overview", "/ui/"}, {"inventory", "/ui/inventory"}, {"search", "/ui/inventory?q=nothing+of+the+kind"},
		{"rules", "/ui/inventory/rules"}, {"last rules", "/ui/inventory/rules?page=2000"}, {"some rules", "/ui/inventory/rules?q=rule99&status=started"},
		{"rule", "/ui/inventory/rules/rule50000"}, {"stream", "/ui/inventory/streams/demo"},
		{"history", "/ui/history"}, {"large revision", "/ui/history/1?page=1999"}, {"revision", "/ui/history/3"},
		{"diff", "/ui/history/diff?from=1&to=now"}, {"large diff", "/ui/history/diff?from=0&to=2&page=1999"},
	} {
		b.Run(page.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if a := s.read(browser.Get(s.URL + page.path)); a.StatusCode != http.StatusOK {
					b.Fatalf("%s: %d\n%s", page.path, a.StatusCode, a.body)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/slowest")
		})
	}
	b.Run("new search", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			s.read(browser.Get(fmt.Sprint(s.URL, "/ui/inventory?q=never", i)))
		}
	})
	b.Run("first after a change", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			s.keep(b, "rules/rule7", fmt.Sprintf(`{"id":"rule7","sql":"SELECT %d FROM demo","actions":[{"log":{}}],"tags":["a"]}`, i))
			b.StartTimer()
			s.read(browser.Get(s.URL + "/ui/inventory/rules"))
		}
	})
}

// crowded is a console with many rules, and a browser in it.
func crowded(b *testing.B, n int) (*site, *http.Client) {
	s := open(b)
	entries := []string{"streams/demo", aStream}
	for i := range n {
		id := fmt.Sprintf("rule%d", i)
		entries = append(entries, "rules/"+id, fmt.Sprintf(aRule, id))
	}
	s.keep(b, entries...)
	s.keep(b, "rules/rule7", `{"id":"rule7","sql":"SELECT a FROM demo","actions":[{"log":{}}]}`, "rules/rule8", `{"id":"rule8","sql":"SELECT a FROM demo","actions":[{"log":{}}]}`)
	s.keep(b, "rules/rule7", `{"id":"rule7","sql":"SELECT b FROM demo","actions":[{"log":{}}]}`)
	return s, s.signedIn(core.Viewer)
}

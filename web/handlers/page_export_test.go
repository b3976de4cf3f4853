package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundlev2"
)

func TestExportPages(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	s.open(b, "/ui/export").at(t, 200, "/ui/export", "There are no rules here")
	s.importing(s.sample(), "")
	s.open(b, "/ui/export").at(t, 200, "/ui/export", "rule1", "rule2", "SELECT * FROM demo")
	s.open(b, "/ui/export?q=RULE1").at(t, 200, "/ui/export", `value="rule1"`)
	s.open(b, "/ui/export?rule=rule1").at(t, 200, "/ui/export", "1 of 2", "reads it", "/data/export?secrets=masked")
	s.form(b, "/ui/export", "rule", "rule1").at(t, 200, "/ui/export", "demo", "1 of 2")
	s.form(b, "/ui/export", "rule", "nope", "rule", "rule1").at(t, 404, "/ui/export", "This rule is not on the node", "nope", "1 of 2")
	s.form(b, "/ui/export", "rule", "nope", "rule", "rule1", "pick", "known").at(t, 200, "/ui/export", "reads it", "1 of 2")
	s.form(b, "/ui/export", "every", "%zz").at(t, 400, "/ui/export")
	s.form(b, "/ui/export/download").at(t, 400, "/ui/export/download", "no rule is picked")
	s.form(b, "/ui/export/download", "rule", "nope", "rule", "rule1").at(t, 404, "/ui/export/download", "rule nope is not found")
}

// TestExportDownloads: what the page downloads is what the API sends.
func TestExportDownloads(t *testing.T) {
	s := open(t)
	s.importing(withSecrets, "")
	b := s.signedIn(core.Viewer)
	tests := []struct {
		fields []string
		api    answer
	}{
		{[]string{"rule", "r"}, s.post("/data/export?secrets=masked", `["r"]`)},
		{[]string{"rule", "r", "secrets", "plain"}, s.post("/data/export", `["r"]`)},
		{[]string{"rule", "r", "secrets", "plain", "connections", "all"}, s.post("/data/export?connections=all", `["r"]`)},
		{[]string{"every", "", "format", "yaml"}, s.post("/v2/data/export?secrets=masked", `["r"]`)},
		{[]string{"all", "1", "secrets", "plain"}, s.get("/data/export")},
		{[]string{"all", "1", "format", "yaml", "rule", "nope"}, s.get("/v2/data/export?secrets=masked")},
	}
	for _, tt := range tests {
		page := s.form(b, "/ui/export/download", tt.fields...)
		if page.StatusCode != 200 || page.body != tt.api.body || !strings.Contains(page.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%v downloads\n%d %s\nthe API\n%s", tt.fields, page.StatusCode, page.body, tt.api.body)
		}
	}
	s.open(b, "/ui/export/download").want(t, 200, s.get("/data/export?secrets=masked").body)
	s.open(b, "/ui/export/download?secrets=plain").want(t, 200, s.get("/data/export").body)
	s.open(b, "/ui/export/download?rule=r").want(t, 200, s.post("/data/export?secrets=masked", `["r"]`).body)
	s.open(b, "/ui/export/download?rule=r&rule=nope").at(t, 404, "/ui/export/download", "rule nope is not found")
}

// TestExportPreview: a page shows no secret, whatever the options are.
func TestExportPreview(t *testing.T) {
	s := open(t)
	s.importing(strings.NewReplacer(`DATASOURCE=\"d\"`, `DATASOURCE=\"tcp://u:hunter@h\"`, "p1", "hunter", "p2", "hunter").Replace(withSecrets), "").want(t, 200, success)
	b := s.signedIn(core.Viewer)
	for _, fields := range [][]string{{}, {"secrets", "plain"}, {"format", "yaml"}, {"format", "yaml", "secrets", "plain", "connections", "all"}} {
		page := s.form(b, "/ui/export", append(fields, "rule", "r")...)
		if page.StatusCode != 200 || strings.Contains(page.body, "hunter") || !strings.Contains(page.body, "CREATE") {
			t.Errorf("%v: %d, hunter at %.200s", fields, page.StatusCode, page.body[max(0, strings.Index(page.body, "hunter")-100):])
		}
	}
}

// numbered is a document of n rules with a stream and a password each ten, of which
// every other is stopped and every third has a tag.
func numbered(n int) string {
	doc := map[string]map[string]string{"streams": {}, "rules": {}, "connectionConfig": {"mqtt": `{"b":{"password":"p1"}}`}}
	for i := range n {
		stream, id := fmt.Sprintf("s%04d", i/10), fmt.Sprintf("r%05d", i)
		doc["streams"][stream] = fmt.Sprintf(`CREATE STREAM %s () WITH (DATASOURCE="d")`, stream)
		doc["rules"][id] = fmt.Sprintf(`{"id":%q,"triggered":%v,"tags":[%q],"sql":"SELECT a%d FROM %s","actions":[{"log":{}}]}`, id, i%2 == 0, []string{"x", "y", "z"}[i%3], i, stream)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(text)
}

// hidden finds the hidden fields of a page, and ticked its boxes that are checked.
var (
	hidden = regexp.MustCompile(`<input type="hidden" name="(rule|every|except|shown)" value="([^"]*)">`)
	ticked = regexp.MustCompile(`<input class="checkbox[^>]*name="(rule)" value="([^"]*)"[^>]* checked>`)
)

// sent returns what a browser sends of the choice that a page shows.
func sent(page answer) []string {
	var fields []string
	for _, m := range append(hidden.FindAllStringSubmatch(page.body, -1), ticked.FindAllStringSubmatch(page.body, -1)...) {
		fields = append(fields, m[1], strings.ReplaceAll(m[2], "&amp;", "&"))
	}
	return fields
}

// without takes a picked rule out of what is sent, as unticking its box does.
func without(fields []string, rule string) []string {
	for i := 0; i < len(fields); i += 2 {
		if fields[i] == "rule" && fields[i+1] == rule {
			return slices.Delete(slices.Clone(fields), i, i+2)
		}
	}
	return fields
}

// TestExportPicking picks over pages and filters, as a browser without scripts does.
func TestExportPicking(t *testing.T) {
	s := open(t)
	s.importing(numbered(120), "").want(t, 200, success)
	b := s.signedIn(core.Viewer)
	page := func(fields ...string) answer { return s.form(b, "/ui/export", fields...) }

	p := page("rule", "r00001")
	p.at(t, 200, "/ui/export", "1 of 120", "Page 1 of 3", "Select all 120")
	p = page(append(sent(p), "page", "2", "rule", "r00003")...)
	p.at(t, 200, "/ui/export", "2 of 120", "Page 2 of 3", `type="hidden" name="rule" value="r00001"`)
	p = page(append(sent(p), "tag", "x", "status", "stopped")...)
	p.at(t, 200, "/ui/export", "2 of 120", "Select all 20 that match")
	p = page(append(sent(p), "tag", "x", "status", "stopped", "pick", "match")...)
	p.at(t, 200, "/ui/export", "21 of 120", `name="every" value="status=stopped&amp;tag=x"`)
	p = page(append(without(sent(p), "r00009"), "page", "1")...)
	p.at(t, 200, "/ui/export", "20 of 120", "Page 1 of 3")
	p = page(append(sent(p), "page", "3")...)
	p.at(t, 200, "/ui/export", "20 of 120", `name="except" value="r00009"`)
	doc := exported(t, s.form(b, "/ui/export/download", sent(p)...))
	if n := doc.Count(core.Rule); n != 20 {
		t.Errorf("the download has %d rules", n)
	}
	if _, there := doc.Get(core.Ref{Kind: core.Rule, Name: "r00009"}); there {
		t.Error("the download has the rule that was left out")
	}
	page(append(sent(p), "pick", "none")...).at(t, 200, "/ui/export", "0 of 120")
	page("page", "99").at(t, 200, "/ui/export", "Page 3 of 3")
	page("q", "SELECT A7 ").at(t, 200, "/ui/export", "r00007")
	page("tag", "none").at(t, 200, "/ui/export", "No rule matches the filter.")
	page("status", "mad").at(t, 200, "/ui/export", "Page 1 of 3")
	yaml := s.form(b, "/ui/export/download", "every", "tag=x", "format", "yaml", "secrets", "plain")
	if read, _, err := bundlev2.Decode([]byte(yaml.body)); err != nil || read.Count(core.Rule) != 40 {
		t.Errorf("as YAML: %v\n%s", err, yaml.body)
	}
}

// BenchmarkExportPage shows the page of a node with 100,000 rules: with three picked, and
// filtered.
func BenchmarkExportPage(b *testing.B) {
	s := open(b)
	if a := s.importing(numbered(100_000), ""); a.StatusCode != 200 {
		b.Fatal(a.body)
	}
	viewer := s.signedIn(core.Viewer)
	for name, form := range map[string]url.Values{
		"picked":   {"rule": {"r00001", "r05000", "r99999"}},
		"filtered": {"q": {"a777"}, "tag": {"x"}, "page": {"2"}},
		"all":      {"every": {""}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				began := time.Now()
				a := s.read(viewer.PostForm(s.URL+"/ui/export", form))
				if a.StatusCode != http.StatusOK {
					b.Fatal(a.body)
				}
				b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "last-ms")
			}
		})
	}
}

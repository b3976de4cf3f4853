package handlers_test

import (
	"strings"
	"testing"
)

const withSecrets = `{"connectionConfig":{"mqtt":"{\"spare\":{\"password\":\"p1\"},\"used\":{\"password\":\"p2\",\"server\":\"tcp://127.0.0.1:1883\"}}"},` +
	`"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"d\")"},` +
	`"rules":{"r":"{\"id\":\"r\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"mqtt\":{\"connectionSelector\":\"used\",\"topic\":\"t\"}}]}"}}`

// TestExportOptions: what the query of an export asks for.
func TestExportOptions(t *testing.T) {
	s := open(t)
	s.importing(withSecrets, "").want(t, 200, success)
	tests := []struct {
		query, rules string
		p1, p2       bool // whether the passwords come
		spare        bool
	}{
		{"", "", true, true, true},
		{"?secrets=masked", "", false, false, true},
		{"", `["r"]`, false, true, false},
		{"?secrets=masked", `["r"]`, false, false, false},
		{"?connections=all", `["r"]`, true, true, true},
		{"?connections=all&secrets=masked", `["r"]`, false, false, true},
		{"?connections=all", `[]`, true, true, true},
		{"?secrets=&connections=", `["r"]`, false, true, false},
	}
	for _, tt := range tests {
		a := s.get("/data/export" + tt.query)
		if tt.rules != "" {
			a = s.post("/data/export"+tt.query, tt.rules)
		}
		if a.StatusCode != 200 || strings.Contains(a.body, "p1") != tt.p1 || strings.Contains(a.body, "p2") != tt.p2 || strings.Contains(a.body, "spare") != tt.spare {
			t.Errorf("export%s %s: %d %s", tt.query, tt.rules, a.StatusCode, a.body)
		}
	}
	for _, query := range []string{"?secrets=mask", "?secrets=1", "?connections=used"} {
		for _, a := range []answer{s.get("/data/export" + query), s.post("/data/export"+query, `["r"]`)} {
			if a.StatusCode != 400 || !strings.Contains(a.message(t), "is not understood") {
				t.Errorf("export%s: %d %s", query, a.StatusCode, a.body)
			}
		}
	}
}

// TestParameters: a parameter that a route does not take would mean another answer, or
// another import, and is refused.
func TestParameters(t *testing.T) {
	s := open(t)
	s.importing(withSecrets, "").want(t, 200, success)
	const elsewhere = "name the node in the path"
	for _, tt := range []struct{ request, message, hint string }{
		{"POST /v2/data/import?dry_run=1", "unknown parameter dry_run", "nothing was changed"},
		{"POST /v2/data/import?node=n1", "unknown parameter node", elsewhere},
		{"POST /ruleset/import?partial=1", "unknown parameter partial", "nothing was changed"},
		{"POST /ruleset/import?dry_run=1&node=n1", "unknown parameter node", elsewhere},
		{"POST /data/import?node=n1", "unknown parameter node", elsewhere},
		{"GET /data/export?node=n1", "unknown parameter node", elsewhere},
		{"GET /data/export?secret=masked", "unknown parameter secret", "there are connections, secrets, self_contained"},
		{"POST /data/export?masked", "unknown parameter masked", "there are connections, secrets, self_contained"},
		{"GET /data/export?secrets=masked&secrets=", "secrets is given 2 times", ""},
		{"GET /data/export?secrets=mask", "secrets=mask is not understood", ""},
		{"GET /v2/data/export?x=1", "unknown parameter x", "there are connections, secrets, self_contained"},
		{"POST /ruleset/export?node=n1", "unknown parameter node", elsewhere},
		{"GET /data/import/status?node=n1", "unknown parameter node", elsewhere},
		{"GET /rules?node=n1", "unknown parameter node", elsewhere},
		{"GET /nodes/local/rules?node=n1", "unknown parameter node", elsewhere},
		{"GET /api/v1/revisions/1/bundle?secret=masked", "unknown parameter secret", "there are secrets"},
		{"GET /api/v1/revisions/1/bundle?secrets=mask", "secrets=mask is not understood", ""},
	} {
		method, path, _ := strings.Cut(tt.request, " ")
		body := ""
		if method == "POST" {
			body = content(`{"streams":{"x":"CREATE STREAM x () WITH (DATASOURCE=\"a\")"}}`)
		}
		if a := s.send(method, path, body); a.StatusCode != 400 || !strings.Contains(a.message(t), tt.message) || !strings.Contains(a.body, tt.hint) {
			t.Errorf("%s\n got %d %s\nwant 400 %s (%s)", tt.request, a.StatusCode, a.body, tt.message, tt.hint)
		}
	}
	s.get("/streams").want(t, 200, `["s"]`)
	s.get("/data/export?secrets=&connections=").want(t, 200, s.get("/data/export").body)
	if a := s.get("/api/v1/revisions/1/bundle?secrets=masked"); a.StatusCode != 200 || a.body != s.get("/data/export?secrets=masked").body {
		t.Errorf("a revision with its secrets masked: %d %s", a.StatusCode, a.body)
	}
	s.get("/api/v1/revisions/1/bundle").want(t, 200, s.get("/data/export").body)
}

// TestMaskedExportComesBack: dots keep what is there, and are refused where nothing is.
func TestMaskedExportComesBack(t *testing.T) {
	s := open(t)
	s.importing(withSecrets, "").want(t, 200, success)
	plain, masked := s.get("/data/export").body, s.get("/data/export?secrets=masked").body
	for _, query := range []string{"", "?partial=1"} {
		s.importing(masked, query).want(t, 200, success)
		s.get("/data/export").want(t, 200, plain)
	}
	a := open(t).importing(masked, "?atomic=1")
	if m := a.message(t); a.StatusCode != 400 || !strings.Contains(m, "spare.password is masked (••••••) and local has no value to keep") {
		t.Errorf("importing dots into an empty node: %d %s", a.StatusCode, a.body)
	}
}

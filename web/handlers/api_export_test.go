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
		{"?unknown=1&secrets=&connections=", `["r"]`, false, true, false},
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

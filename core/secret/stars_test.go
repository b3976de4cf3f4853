package secret

import (
	"strings"
	"testing"

	"ekuiper-console/core"
)

// TestStarred finds what an engine has masked, and nothing that only looks like it.
func TestStarred(t *testing.T) {
	for _, c := range []struct {
		kind          core.Kind
		text, places  string
		other, reveal string
	}{
		{core.Connection, `{"a":{"password":"******","server":"x"}}`, "a.password", `{"a":{"password":"p"}}`, `{"a":{"password":"p","server":"x"}}`},
		{core.Connection, `{"a":{"password":"******"},"b":{"token":"******"}}`, "a.password b.token", `{"b":{"token":"q"}}`, `{"a":{"password":"******"},"b":{"token":"q"}}`},
		{core.Connection, `{"a":{"server":"tcp://u:******@h"}}`, "a.server", `{"a":{"server":"tcp://u:p@h"}}`, `{"a":{"server":"tcp://u:p@h"}}`},
		{core.Rule, `{"actions":[{"rest":{"body":"{\"token\":\"******\"}"}}]}`, "actions[0].rest.body.token", `{"actions":[{"rest":{"body":"{\"token\":\"t\"}"}}]}`, `{"actions":[{"rest":{"body":"{\"token\":\"t\"}"}}]}`},
		{core.Connection, `{"a":{"password":"******"}}`, "a.password", `{"a":{"password":"******"}}`, `{"a":{"password":"******"}}`},
		{core.Connection, `{"a":{"title":"******"}}`, "", `{"a":{"title":"x"}}`, `{"a":{"title":"******"}}`},
		{core.Connection, `{"a":{"password":"******x"}}`, "", `{"a":{"password":"p"}}`, `{"a":{"password":"******x"}}`},
		{core.Stream, `CREATE STREAM s () WITH (DATASOURCE="******")`, "", "", `CREATE STREAM s () WITH (DATASOURCE="******")`},
		{core.Stream, `CREATE STREAM s () WITH (DATASOURCE="tcp://u:******@h")`, "tcp://u", `CREATE STREAM s () WITH (DATASOURCE="tcp://u:p@h")`, `CREATE STREAM s () WITH (DATASOURCE="tcp://u:p@h")`},
		{core.Rule, `not json ******`, "", "x", `not json ******`},
	} {
		if got := strings.Join(Starred(c.kind, c.text), " "); got != c.places {
			t.Errorf("Starred(%s) = %q, want %q", c.text, got, c.places)
		}
		if got := Reveal(c.kind, c.text, c.other); got != c.reveal {
			t.Errorf("Reveal(%s, %s) = %s, want %s", c.text, c.other, got, c.reveal)
		}
	}
}

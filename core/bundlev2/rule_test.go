package bundlev2

import (
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// TestRuleFields has names as JSON rules may spell them.
func TestRuleFields(t *testing.T) {
	for text, want := range map[string]string{
		`{"Triggered":false,"TAGS":["x"],"Sql":"SELECT 1"}`:   "triggered: false|tags:|  - x|sql: SELECT 1",
		`{"ID":"r","mine":1,"Mine":2}`:                        "triggered: true|id: r|mine: 1|Mine: 2",
		`{"triggered":true,"id":"a","Triggered":false}`:       "triggered: false|id: a",
		`{"actions":[{"log":{"Triggered":1}}],"tem\u0070":1}`: "triggered: true|actions:|  - log:|      Triggered: 1|temp: 1",
	} {
		b := &bundle.Bundle{}
		b.Set(core.Ref{Kind: core.Rule, Name: "r"}, text)
		got := encode(t, b)
		if want := "rules:\n  r:\n    " + strings.ReplaceAll(want, "|", "\n    ") + "\n"; !strings.HasSuffix(got, want) {
			t.Errorf("%s reads\n%swant\n%s", text, got, want)
		}
		again, _, err := Decode([]byte(got))
		if err != nil || sameBundle(b, again) != "" {
			t.Errorf("%s: Decode: %v %s", text, err, sameBundle(b, again))
		}
	}
	for _, other := range []string{`{"triggered":true}`, `{"TRIGGERED":false,"x":1}`, `{"Triggered":true,"triggered":false}`} {
		if same := Same(core.Rule, `{"Triggered":true}`, other); same != (other == `{"triggered":true}`) {
			t.Errorf("%s is the same: %v", other, same)
		}
	}
}

package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestKinds(t *testing.T) {
	var install, doc []string
	for i, k := range InstallOrder() {
		install = append(install, k.Key())
		if int(k) != i || k.Label() == "" || k.Noun() == "" {
			t.Errorf("kind %d is %v, %q, %q", i, k, k.Label(), k.Noun())
		}
	}
	for _, k := range DocumentOrder() {
		doc = append(doc, k.Key())
		if got, ok := KindOf(strings.ToUpper(k.Key())); !ok || got != k {
			t.Errorf("KindOf(%s) = %v, %v", strings.ToUpper(k.Key()), got, ok)
		}
	}
	if got := strings.Join(doc, " "); got != "streams tables rules nativePlugins portablePlugins sourceConfig sinkConfig connectionConfig Service Schema uploads scripts" {
		t.Errorf("document order %s", got)
	}
	if got := strings.Join(install, " "); got != "uploads nativePlugins Schema portablePlugins Service scripts sourceConfig sinkConfig connectionConfig streams tables rules" {
		t.Errorf("install order %s", got)
	}
	if _, ok := KindOf("dashboards"); ok {
		t.Error("dashboards is a kind")
	}
}

func TestRef(t *testing.T) {
	ref := Ref{Upload, "a/b.json"}
	text, err := json.Marshal(ref)
	var back Ref
	if err != nil || string(text) != `"uploads/a/b.json"` || json.Unmarshal(text, &back) != nil || back != ref {
		t.Errorf("%v became %s, %v, %v", ref, text, err, back)
	}
	for _, bad := range []string{"", "rules", "nope/x"} {
		if _, err := ParseRef(bad); CodeOf(err) != Invalid {
			t.Errorf("ParseRef(%q) = %v", bad, err)
		}
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("disk is full")
	err := fmt.Errorf("importing: %w", Errorf(NotFound, "reading x: %w", cause))
	if CodeOf(err) != NotFound || !errors.Is(err, cause) || err.Error() != "importing: reading x: disk is full" || HintOf(err) != "" {
		t.Errorf("%v has the code %d and the hint %q", err, CodeOf(err), HintOf(err))
	}
	hinted := fmt.Errorf("again: %w", WithHint(err, "make room"))
	if CodeOf(hinted) != NotFound || HintOf(hinted) != "make room" || !errors.Is(hinted, cause) {
		t.Errorf("%v has the code %d and the hint %q", hinted, CodeOf(hinted), HintOf(hinted))
	}
	if CodeOf(cause) != Internal {
		t.Errorf("a plain error has the code %d", CodeOf(cause))
	}
}

func TestRequire(t *testing.T) {
	tests := []struct {
		has, needs Role
		want       Code
		ok         bool
	}{
		{Admin, Operator, 0, true}, {Viewer, Viewer, 0, true}, {Nobody, Nobody, 0, true},
		{Viewer, Operator, Forbidden, false}, {Nobody, Viewer, Unauthenticated, false},
	}
	for _, tt := range tests {
		err := Caller{Name: "x", Role: tt.has}.Require(tt.needs)
		if (err == nil) != tt.ok || err != nil && CodeOf(err) != tt.want {
			t.Errorf("%v requires %v: %v", tt.has, tt.needs, err)
		}
	}
}

func TestPosition(t *testing.T) {
	const text = "ab\ncdé\nf"
	tests := []struct{ offset, line, column int }{{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {7, 2, 4}, {8, 3, 1}, {99, 3, 2}}
	for _, tt := range tests {
		if l, c := Position(text, tt.offset); l != tt.line || c != tt.column {
			t.Errorf("Position(%d) = %d:%d, want %d:%d", tt.offset, l, c, tt.line, tt.column)
		}
	}
}

// FuzzRef: a reference is read back as it was written.
func FuzzRef(f *testing.F) {
	for _, seed := range []string{"rules/a", "rules/", "/a", "rules", "streams/a/b", "rules/../x", "Rules/a", "rules/\x00", "rules/\xff", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := ParseRef(text)
		if err != nil {
			return
		}
		if again, err := ParseRef(ref.String()); err != nil || again != ref {
			t.Errorf("%q is %v, which is read back as %v, %v", text, ref, again, err)
		}
	})
}

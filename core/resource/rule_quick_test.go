package resource

import (
	"reflect"
	"testing"

	"ekuiper-console/core"
)

// FuzzQuick holds the quick reading of rules to the standard library.
func FuzzQuick(f *testing.F) {
	for _, text := range []string{
		plant, `{}`, `null`, ` [ ] `, `{"id":"r","sql":"SELECT 1 FROM a","actions":[],"tags":[],"options":{}}`,
		`{"ID":"r"}`, `{"id":null}`, `{"id":5}`, `{"id":"a","id":"b"}`, `{"actions":[null]}`, `{"actions":[{"a":1e999}]}`,
		`{"actions":[{"a":{"b":[1,{}]}}],"actions":[{}]}`, `{"tags":[1]}`, `{"tags":null}`, `{"options":{"qos":"x"}}`, `{"options":null}`,
		`{"options":{"qos":1,"QOS":2}}`, `{"temp":true,"triggered":false,"graph":{}}`, `{"other":[1,2,{"id":"x"}],"id":"\u00e9"}`, "{\"\u017fql\":\"x\"}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		blank := Rule{ID: "r", Triggered: true, ref: core.Ref{Kind: core.Rule, Name: "r"}, text: text}
		got, want := blank, blank
		if !got.quick() {
			return
		}
		if got.optionsAt != 0 && got.optionsAt != place(text, "options") {
			t.Errorf("%q: options are at %d, not at %d", text, place(text, "options"), got.optionsAt)
		}
		want.optionsAt = got.optionsAt
		if p := unmarshal(text, &want); p != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s\nis read %+v\nwant    %+v, %v", text, got, want, p)
		}
	})
}

// TestQuickServes: rules of the usual form are read the quick way.
func TestQuickServes(t *testing.T) {
	r := Rule{text: plant}
	if !r.quick() {
		t.Error("a usual rule is not read the quick way")
	}
}

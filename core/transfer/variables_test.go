package transfer

import (
	"strings"
	"testing"

	"ekuiper-console/core/bundle"
)

func TestFill(t *testing.T) {
	values := map[string]string{"site": "north", "site.broker": "tcp://b:1883", "quote": `a"b\c`, "self": "${site}"}
	for _, c := range []struct{ text, want, missing string }{
		{"plain", "plain", ""},
		{"${site}", "north", ""},
		{`{"server":"${site.broker}"}`, `{"server":"tcp://b:1883"}`, ""},
		{"${site}/${site}", "north/north", ""},
		{"$${site}", "${site}", ""},
		{"$$${site}", "$${site}", ""},
		{"$${", "${", ""},
		{"${}", "${}", ""},
		{"${a b}", "${a b}", ""},
		{"$site {site} ${site", "$site {site} ${site", ""},
		{`"${quote}"`, `"a\"b\\c"`, ""},
		{"${self}", "${site}", ""}, // once, and no more
		{"${nope} ${no} ${nope}", "", "nope no"},
		{"{{.temperature}}", "{{.temperature}}", ""},
	} {
		got, missing := fill(c.text, values)
		if strings.Join(missing, " ") != c.missing || c.missing == "" && got != c.want {
			t.Errorf("fill(%q) = %q, %q; want %q, %q", c.text, got, missing, c.want, c.missing)
		}
	}
}

// TestHeld brings what one node runs into another as it stands, and what the embedded one
// holds with the values of the other.
func TestHeld(t *testing.T) {
	const document = `{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"${site}/$${x}\")"},"scripts":{"${f}":"{}"}}`
	for _, c := range []struct {
		from, into string
		missing    bool
	}{{"site1", "site2", false}, {Local, "site2", true}} {
		held, err := Held([]byte(document), c.from, c.into)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := decode(JSON, held, nil)
		if err != nil {
			t.Fatal(err)
		}
		request := Request{Node: c.into}
		full, lost := request.filled(&bundle.Bundle{}, doc.bundle)
		text, err := full.MarshalJSON()
		if (len(lost) > 0) != c.missing || !c.missing && !strings.Contains(string(text), `${site}/$${x}`) || !strings.Contains(string(text), `"${f}"`) || err != nil {
			t.Errorf("from %s into %s: %s, %v, %v", c.from, c.into, text, lost, err)
		}
	}
	if held, err := Held([]byte(document), "site1", Local); err != nil || string(held) != document {
		t.Errorf("into the embedded node: %s, %v", held, err)
	}
}

func FuzzFill(f *testing.F) {
	f.Add("a${b}$${c}")
	f.Fuzz(func(t *testing.T, text string) {
		literal := strings.ReplaceAll(text, "${", "$${")
		if got, missing := fill(literal, nil); len(missing) > 0 || !strings.Contains(text, "$${") && !strings.Contains(text, "$$") && got != text {
			t.Errorf("fill(%q) = %q, %q; want %q", literal, got, missing, text)
		}
	})
}

func TestFilled(t *testing.T) {
	parse := func(text string) *bundle.Bundle {
		b, _, err := bundle.Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	next := parse(`{"scripts":{"held":"${js}","new":"${js}"},"streams":{"s":"${site}"}}`)
	for node, want := range map[string]string{
		"site1": `{"scripts":{"held":"${js}","new":"${js}"},"streams":{"s":"north"}}`,
		Local:   `{"scripts":{"held":"${js}","new":"${js}"},"streams":{"s":"${site}"}}`,
	} {
		r := &Request{Node: node, Variables: map[string]string{"site": "north"}}
		got, lost := r.filled(parse(`{"scripts":{"held":"${js}"}}`), next)
		if !got.Equal(parse(want)) || (len(lost) == 1) != (node != Local) {
			t.Errorf("on %s: %v, %v", node, got, lost)
		}
	}
}

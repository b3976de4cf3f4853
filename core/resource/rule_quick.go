package resource

import (
	"encoding/json"
	"slices"
	"strings"

	"ekuiper-console/core/jsonscan"
)

// quick reads a rule of the usual form into r as json.Unmarshal would, in a third of the
// time, which in a large import is most of it. It gives up on anything unusual, such as a
// value of another type, a name given twice or a graph, and then says so by false; r is
// of no use any more.
func (r *Rule) quick() bool {
	data := []byte(r.text)
	if !jsonscan.Valid(data) {
		return false
	}
	q := quickReader{Scanner: jsonscan.Scanner{Data: data}, rule: r, ok: true}
	if q.Blanks(); q.Type() != "object" {
		return false
	}
	_ = q.Members(q.field)
	return q.ok
}

// quickReader reads a rule field by field for as long as all is usual.
type quickReader struct {
	jsonscan.Scanner
	rule *Rule
	seen []string // the names of fields so far
	ok   bool
}

// quickFields say how each field is read.
var quickFields = map[string]func(*quickReader){
	"id":        func(q *quickReader) { q.text(&q.rule.ID) },
	"name":      func(q *quickReader) { q.text(&q.rule.Name) },
	"version":   func(q *quickReader) { q.text(&q.rule.Version) },
	"sql":       func(q *quickReader) { q.text(&q.rule.SQL) },
	"temp":      func(q *quickReader) { q.flag(&q.rule.Temp) },
	"triggered": func(q *quickReader) { q.flag(&q.rule.Triggered) },
	"actions":   (*quickReader).actions,
	"tags":      (*quickReader).tags,
	"options":   (*quickReader).options,
	"graph":     func(q *quickReader) { q.giveUp() },
}

// field reads the value of a field. A name that differs from that of a field only in its
// case counts as its name, and is unusual.
func (q *quickReader) field(name string) error {
	read, known := quickFields[name]
	switch {
	case !known && foldsToField(name), known && slices.Contains(q.seen, name):
		q.giveUp()
	case !known || !q.ok:
		q.Skip()
	default:
		q.seen = append(q.seen, name)
		read(q)
	}
	return nil
}

func foldsToField(name string) bool {
	for field := range quickFields {
		if strings.EqualFold(field, name) {
			return true
		}
	}
	return false
}

// giveUp passes over a value that is unusual.
func (q *quickReader) giveUp() {
	q.ok = false
	q.Skip()
}

// is reports whether a value of a type begins here, and gives up where it is another.
func (q *quickReader) is(typ string) bool {
	if q.Type() == typ {
		return true
	}
	q.giveUp()
	return false
}

func (q *quickReader) text(into *string) {
	if q.is("string") {
		*into = q.String()
	}
}

func (q *quickReader) flag(into *bool) {
	if q.is("bool") {
		v, _ := q.Value()
		*into = v == true
	}
}

func (q *quickReader) actions() {
	if !q.is("array") {
		return
	}
	q.rule.Actions = []map[string]any{}
	q.Elements(func() {
		if q.is("object") {
			action, fits := q.Object()
			q.rule.Actions, q.ok = append(q.rule.Actions, action), q.ok && fits
		}
	})
}

func (q *quickReader) tags() {
	if !q.is("array") {
		return
	}
	q.rule.Tags = []string{}
	q.Elements(func() {
		var tag string
		q.text(&tag)
		q.rule.Tags = append(q.rule.Tags, tag)
	})
}

func (q *quickReader) options() {
	from := q.Pos
	if !q.is("object") {
		return
	}
	q.Skip()
	q.rule.optionsAt = from
	q.rule.Options = q.rule.repeats.readOptions(string(q.Data[from:q.Pos]))
	q.ok = q.ok && q.rule.Options != nil
}

// readOptions returns nil for what are no options.
func readOptions(text string) *RuleOption {
	o := &RuleOption{}
	if json.Unmarshal([]byte(text), o) != nil {
		return nil
	}
	return o
}

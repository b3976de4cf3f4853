package resource

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

// propType is the type that the engine wants a property to be of.
type propType uint8

// The types of properties. The engine takes no text for a number and no number for a text.
const (
	aText     propType = iota
	aNumber            // a fraction is cut off
	aByte              // a number not below zero
	aFlag              // true or false
	aDuration          // text such as "1s", or milliseconds
	texts              // a list of texts
	anObject           // of anything
	textMap            // an object of texts
	objectMap          // an object of objects
	anything
)

// goTypes are the names of the types in the engine's messages.
var goTypes = map[propType]string{
	aText: "string", aNumber: "int", aByte: "uint8", aFlag: "bool", aDuration: "cast.DurationConf",
}

// prop is a property that an action or node may have.
type prop struct {
	name string
	typ  propType
}

// decoding reads the properties of an object as the engine decodes them: names in any
// case, null for nothing, types not converted.
type decoding struct {
	props map[string]any
	exact bool     // whether no property is a known one in another case
	lines []string // what is wrong, in the engine's words
	first string   // the first property that is of the wrong type
}

// decode checks the types of some properties. It returns "" or the engine's message.
func (d *decoding) decode(wanted []prop) string {
	d.lines = nil
	for _, p := range wanted {
		v, ok := d.lookup(p.name)
		if !ok || v == nil {
			continue
		}
		before := len(d.lines)
		d.check(p.name, p.typ, v)
		if len(d.lines) > before && d.first == "" {
			d.first = p.name
		}
	}
	if len(d.lines) == 0 {
		return ""
	}
	slices.Sort(d.lines)
	return fmt.Sprintf("%d error(s) decoding:\n\n%s", len(d.lines), strings.Join(d.lines, "\n"))
}

// maxFolded is how many properties an object may have for their names to be compared without regard
// to case: each that is looked for is compared with all.
const maxFolded = 1000

// lookup returns a property by its name, else by its name in another case.
func (d *decoding) lookup(name string) (any, bool) {
	v, ok := d.props[name]
	if ok || d.exact || len(d.props) == 0 || len(d.props) > maxFolded {
		return v, ok
	}
	for _, key := range otherCases(d.props, name) {
		return d.props[key], true
	}
	return nil, false
}

// otherCases returns the keys that are a name in another case, the first in alphabetical order.
func otherCases(props map[string]any, name string) []string {
	var keys []string
	for key := range props {
		if len(key) == len(name) && strings.EqualFold(key, name) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// maxLines bounds how much is said about the properties of one object.
const maxLines = 100

func (d *decoding) wrong(format string, args ...any) {
	if len(d.lines) >= maxLines {
		return
	}
	d.lines = append(d.lines, "* "+fmt.Sprintf(format, args...))
}

// short writes a value as the engine does, unless that is so long that nobody would read it.
func short(v any) string {
	const longest = 4096
	text := fmt.Sprint(v)
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

// unconvertible says that a value is of another type than wanted.
func (d *decoding) unconvertible(name string, typ propType, v any) {
	d.wrong("'%s' expected type '%s', got unconvertible type '%s', value: '%s'", name, goTypes[typ], reflect.TypeOf(v), short(v))
}

func (d *decoding) check(name string, typ propType, v any) {
	kind := kindOf(v)
	switch typ {
	case aText, aFlag, aNumber:
		if kind != plainKinds[typ] {
			d.unconvertible(name, typ, v)
		}
	case aByte:
		if f, ok := v.(float64); !ok {
			d.unconvertible(name, typ, v)
		} else if f < 0 {
			d.wrong("cannot parse '%s', %f overflows uint", name, f)
		}
	case aDuration:
		d.duration(name, v)
	case texts:
		d.list(name, v)
	case anObject, textMap, objectMap:
		d.object(name, typ, v)
	}
}

// plainKinds are the kinds of values that the simple types take.
var plainKinds = map[propType]reflect.Kind{aText: reflect.String, aNumber: reflect.Float64, aFlag: reflect.Bool}

func kindOf(v any) reflect.Kind { return reflect.TypeOf(v).Kind() }

func (d *decoding) duration(name string, v any) {
	switch v := v.(type) {
	case string:
		if _, err := time.ParseDuration(v); err != nil {
			d.wrong("error decoding '%s': %v", name, err)
		}
	case float64:
	default:
		d.unconvertible(name, aDuration, v)
	}
}

func (d *decoding) list(name string, v any) {
	list, ok := v.([]any)
	if !ok {
		d.wrong("'%s': source data must be an array or slice, got %s", name, kindOf(v))
		return
	}
	for i, e := range list {
		if _, ok := e.(string); !ok && e != nil && len(d.lines) < maxLines {
			d.check(fmt.Sprintf("%s[%d]", name, i), aText, e)
		}
	}
}

func (d *decoding) object(name string, typ propType, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		d.wrong("'%s' expected a map, got '%s'", name, kindOf(v))
		return
	}
	inner := map[propType]propType{anObject: anything, textMap: aText, objectMap: anObject}[typ]
	for _, key := range sortedKeys(m) {
		if m[key] != nil && len(d.lines) < maxLines {
			d.check(fmt.Sprintf("%s[%s]", name, key), inner, m[key])
		}
	}
}

// The values of properties that were decoded without a fault.

// text returns a text, or def where there is none.
func (d *decoding) text(name, def string) string {
	if v, ok := d.lookup(name); ok {
		if s, ok := v.(string); ok {
			return s
		}
	}
	return def
}

// items returns the elements of a list.
func (d *decoding) items(name string) []any {
	v, _ := d.lookup(name)
	list, _ := v.([]any)
	return list
}

func (d *decoding) flag(name string) bool {
	v, _ := d.lookup(name)
	b, _ := v.(bool)
	return b
}

// number returns a number without its fraction, or def where there is none.
func (d *decoding) number(name string, def int64) int64 {
	if v, ok := d.lookup(name); ok {
		if f, ok := v.(float64); ok {
			return whole(f)
		}
	}
	return def
}

func whole(f float64) int64 {
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// time returns a duration, or def where there is none.
func (d *decoding) time(name string, def time.Duration) time.Duration {
	v, _ := d.lookup(name)
	switch v := v.(type) {
	case string:
		t, _ := time.ParseDuration(v)
		return t
	case float64:
		return time.Duration(whole(v * float64(time.Millisecond)))
	}
	return def
}

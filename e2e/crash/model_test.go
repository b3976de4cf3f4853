package crash

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// entry names one entry of a configuration.
type entry struct{ section, name string }

// String returns the name as the REST API writes it.
func (e entry) String() string { return e.section + "/" + e.name }

// state is a configuration: the text of every entry.
type state map[entry]string

// What a partial import does with what is there already, besides replacing it.
var (
	kept   = map[string]bool{"nativePlugins": true, "portablePlugins": true, "Schema": true}
	merged = map[string]bool{"sourceConfig": true, "sinkConfig": true, "connectionConfig": true}
)

// after returns what an import of a document leaves of a state.
func (d *document) after(s state, partial bool) state {
	next := state{}
	if partial {
		maps.Copy(next, s)
	}
	for e, text := range d.entries {
		old, there := s[e]
		switch {
		case d.refused[e], there && partial && kept[e.section]:
		case there && partial && merged[e.section]:
			next[e] = over(old, text)
		default:
			next[e] = text
		}
	}
	return next
}

// properties are configuration keys with their properties.
type properties map[string]map[string]string

// over lays the configuration keys of a text over those of another.
func over(old, text string) string {
	keys := properties{}
	for _, part := range []string{old, text} {
		if err := json.Unmarshal([]byte(part), &keys); err != nil {
			panic(err) // both were made here
		}
	}
	return marshal(keys)
}

// marshal writes a value as JSON.
func marshal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // whatever is made here can be written
	}
	return string(text)
}

// changes returns what leads from one state to another, as "action section/name", sorted.
func changes(from, to state) []string {
	var all []string
	for e, text := range to {
		switch old, there := from[e]; {
		case !there:
			all = append(all, "create "+e.String())
		case old != text:
			all = append(all, "replace "+e.String())
		}
	}
	for e := range from {
		if _, there := to[e]; !there {
			all = append(all, "delete "+e.String())
		}
	}
	slices.Sort(all)
	return all
}

// count returns how many changes do an action.
func count(all []string, action string) (n int) {
	for _, c := range all {
		if strings.HasPrefix(c, action+" ") {
			n++
		}
	}
	return n
}

// read returns the state that a document of the console holds.
func read(document []byte) (state, error) {
	var sections map[string]map[string]string
	if err := json.Unmarshal(document, &sections); err != nil {
		return nil, err
	}
	s := state{}
	for section, entries := range sections {
		for name, text := range entries {
			s[entry{section, name}] = text
		}
	}
	return s, nil
}

// differ tells two states apart: "" where they are the same.
func differ(got, want state) string {
	if maps.Equal(got, want) {
		return ""
	}
	var lines []string
	for _, c := range changes(want, got) {
		section, name, _ := strings.Cut(strings.SplitN(c, " ", 2)[1], "/")
		e := entry{section, name}
		lines = append(lines, fmt.Sprintf("%v\n\tgot  %.200q\n\twant %.200q", e, got[e], want[e]))
	}
	return strings.Join(lines, "\n")
}

package compare

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ekuiper-console/core"
)

// Alike reports whether a node that was given one text of an entry may show the other. The
// engine writes some texts anew: a rule gets a "triggered", a configuration its durations
// as words, a plugin loses the list of its functions, and large numbers their last digits.
func Alike(ref core.Ref, given, shown string) bool {
	if Same(ref.Kind, given, shown) {
		return true
	}
	a, b := object(given), object(shown)
	if a == nil || b == nil {
		return false
	}
	switch ref.Kind {
	case core.Rule:
		settleRule(a)
		settleRule(b)
	case core.SourceConfig, core.SinkConfig, core.Connection:
		normalise(ref.Name, a)
		normalise(ref.Name, b)
	default:
		lose(ref.Kind, a, b)
		lose(ref.Kind, b, a)
		return sameObject(ref.Kind, a, b)
	}
	return sameObject(ref.Kind, a, b) || sameObject(ref.Kind, rounded(a), b) || sameObject(ref.Kind, a, rounded(b))
}

// sameObject is Same of two objects.
func sameObject(kind core.Kind, a, b any) bool {
	one, err := json.Marshal(a)
	if err != nil {
		return false
	}
	two, err := json.Marshal(b)
	return err == nil && Same(kind, string(one), string(two))
}

// object returns a JSON object, or nil.
func object(text string) map[string]any {
	value, err := decode(text)
	if err != nil {
		return nil
	}
	members, _ := value.(map[string]any)
	return members
}

// settleRule does to a rule what the engine does when it stores one.
func settleRule(rule map[string]any) {
	if _, said := rule["triggered"]; !said {
		rule["triggered"] = true
	}
	actions, _ := rule["actions"].([]any)
	for _, action := range actions {
		sinks, _ := action.(map[string]any)
		for _, kind := range []string{"sql", "kafka"} {
			normalise(kind, map[string]any{kind: sinks[kind]})
		}
	}
}

// written are the members that the engine writes of entries that it writes anew.
var written = map[core.Kind][]string{
	core.NativePlugin: {"name", "file", "shellParas"}, core.PortablePlugin: {"name", "file", "shellParas"}, core.Service: {"name", "file", "shellParas"},
	core.Upload: {"name", "content", "file"}, core.Script: {"id", "description", "script", "isAgg"},
}

// lose takes out of an entry what the engine leaves out, or writes where it was not said,
// and the other one does not have.
func lose(kind core.Kind, entry, other map[string]any) {
	known, anew := written[kind]
	for name, value := range entry {
		if _, there := other[name]; anew && !there && (empty(value) || !slices.Contains(known, name)) {
			delete(entry, name)
		}
	}
}

// empty reports whether a value is what a member is that is not said.
func empty(value any) bool {
	list, isList := value.([]any)
	return value == nil || value == "" || value == false || isList && len(list) == 0
}

// normalise does to the configurations of a type, by key, what the engine does when it
// stores them.
func normalise(kind string, keys map[string]any) {
	for _, value := range keys {
		config, ok := value.(map[string]any)
		if !ok {
			continue
		}
		rename(config, "saslPassword", "password")
		if kind == "sql" {
			rename(config, "url", "dburl")
		}
		inWords(config, "timeout", "expiration", "interval")
		if lookup, ok := config["lookup"].(map[string]any); ok {
			inWords(lookup, "cacheTtl")
		}
	}
}

// inWords writes milliseconds as durations.
func inWords(config map[string]any, names ...string) {
	for _, name := range names {
		if ms, err := strconv.ParseInt(fmt.Sprint(config[name]), 10, 64); err == nil {
			config[name] = (time.Duration(ms) * time.Millisecond).String()
		}
	}
}

func rename(config map[string]any, from, to string) {
	if value, ok := config[from]; ok {
		config[to] = value
		delete(config, from)
	}
}

// rounded returns a value with its numbers as the engine writes them, which reads them with
// 53 bits.
func rounded(value any) any {
	switch value := value.(type) {
	case map[string]any:
		members := make(map[string]any, len(value))
		for name, member := range value {
			members[name] = rounded(member)
		}
		return members
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = rounded(item)
		}
		return items
	case json.Number:
		if f, err := value.Float64(); err == nil {
			return f
		}
	}
	return value
}

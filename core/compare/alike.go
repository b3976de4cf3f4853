package compare

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"ekuiper-console/core"
)

// Alike reports whether a node that was given one text of an entry may show the other. The
// engine writes some texts anew: a rule gets a "triggered", a configuration its durations
// as words, a plugin loses the list of its functions.
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
		for _, rule := range []map[string]any{a, b} {
			if _, said := rule["triggered"]; !said {
				rule["triggered"] = true
			}
		}
	case core.NativePlugin, core.PortablePlugin:
		for _, install := range []map[string]any{a, b} {
			delete(install, "functions")
			if list, ok := install["shellParas"].([]any); ok && len(list) == 0 {
				delete(install, "shellParas")
			}
		}
	case core.SourceConfig, core.SinkConfig, core.Connection:
		normalise(ref.Name, a)
		normalise(ref.Name, b)
	}
	one, err := json.Marshal(a)
	if err != nil {
		return false
	}
	two, err := json.Marshal(b)
	return err == nil && Same(ref.Kind, string(one), string(two))
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
		for _, name := range []string{"timeout", "expiration", "interval"} {
			if ms, err := strconv.ParseInt(fmt.Sprint(config[name]), 10, 64); err == nil {
				config[name] = (time.Duration(ms) * time.Millisecond).String()
			}
		}
	}
}

func rename(config map[string]any, from, to string) {
	if value, ok := config[from]; ok {
		config[to] = value
		delete(config, from)
	}
}

package resource

import (
	"maps"
	"slices"
)

// What the engine serves without a plugin, in its default build.
var (
	sources       = set("mqtt", "httppull", "httppush", "file", "memory", "neuron", "websocket", "simulator", "nexmark", "redisSub")
	lookupSources = set("memory", "httppull", "simulator", "redis")
	sinks         = set("log", "logToMemory", "mqtt", "rest", "nop", "memory", "neuron", "file", "websocket", "sse", "redis", "redisPub")
)

// BuiltinSource reports whether the engine serves a source type, for streams or for
// lookup tables, without a plugin.
func BuiltinSource(name string) bool { return sources[name] || lookupSources[name] }

// BuiltinSink reports whether the engine serves a sink type without a plugin.
func BuiltinSink(name string) bool { return sinks[name] }

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

func names(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

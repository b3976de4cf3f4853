package core

import "strings"

// Kind is one of the twelve kinds of configuration that a bundle carries. Kinds
// are numbered in install order: what comes first is needed by what comes later,
// so that an import creates upward and deletes downward. They are stored and
// spoken of by key, never by number.
type Kind uint8

// The twelve kinds, in install order.
const (
	Upload Kind = iota
	NativePlugin
	Schema
	PortablePlugin
	Service
	Script
	SourceConfig
	SinkConfig
	Connection
	Stream
	Table
	Rule
)

// NumKinds is how many kinds there are.
const NumKinds = 12

// Policy says what a partial import does with an entry that is there already.
type Policy uint8

// The partial-import policies.
const (
	Overwrite Policy = iota // the entry of the bundle takes its place
	Merge                   // its keys are laid over the keys that are there
	Keep                    // what is there stays, installed only if absent
)

// kindTable is the one place that lists the kinds. doc is the place of the
// section in a document, as the engine writes it.
var kindTable = [NumKinds]struct {
	key, label, noun string
	doc              int
	partial          Policy
}{
	Upload:         {"uploads", "Uploads", "upload", 10, Overwrite},
	NativePlugin:   {"nativePlugins", "Native plugins", "native plugin", 3, Keep},
	Schema:         {"Schema", "Schemas", "schema", 9, Keep},
	PortablePlugin: {"portablePlugins", "Portable plugins", "portable plugin", 4, Keep},
	Service:        {"Service", "Services", "service", 8, Keep},
	Script:         {"scripts", "Scripts", "script", 11, Overwrite},
	SourceConfig:   {"sourceConfig", "Source configs", "source config", 5, Merge},
	SinkConfig:     {"sinkConfig", "Sink configs", "sink config", 6, Merge},
	Connection:     {"connectionConfig", "Connections", "connection", 7, Merge},
	Stream:         {"streams", "Streams", "stream", 0, Overwrite},
	Table:          {"tables", "Tables", "table", 1, Overwrite},
	Rule:           {"rules", "Rules", "rule", 2, Overwrite},
}

// Key returns the name of the kind's section in a document, such as "sourceConfig".
func (k Kind) Key() string { return kindTable[k].key }

// Label returns the English name of the section, such as "Source configs".
func (k Kind) Label() string { return kindTable[k].label }

// Noun returns the English name of one entry, such as "source config".
func (k Kind) Noun() string { return kindTable[k].noun }

// Partial returns what a partial import does with an entry of this kind that is
// there already.
func (k Kind) Partial() Policy { return kindTable[k].partial }

// String returns the key.
func (k Kind) String() string { return k.Key() }

// InstallOrder returns the kinds in the order in which they are created.
func InstallOrder() [NumKinds]Kind {
	var ks [NumKinds]Kind
	for i := range ks {
		ks[i] = Kind(i)
	}
	return ks
}

// DocumentOrder returns the kinds in the order of a document's sections.
func DocumentOrder() [NumKinds]Kind {
	var ks [NumKinds]Kind
	for i := range kindTable {
		ks[kindTable[i].doc] = Kind(i)
	}
	return ks
}

// KindOf returns the kind whose section has this key, in any case.
func KindOf(key string) (Kind, bool) {
	for i := range kindTable {
		if strings.EqualFold(kindTable[i].key, key) {
			return Kind(i), true
		}
	}
	return 0, false
}

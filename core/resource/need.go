package resource

import "ekuiper-console/core"

// Why says in what way an entry needs something.
type Why string

// The ways. Each is also the key of its sentence in the catalogues of the pages.
const (
	ReadsFrom  Why = "reads"       // a rule reads a stream or table
	SourceType Why = "source-type" // a stream is of a source type that a plugin serves
	SinkType   Why = "sink-type"   // a rule writes to a sink type that a plugin serves
	Calls      Why = "calls"       // an expression calls a function
	SourceKey  Why = "source-key"  // a stream takes its properties from a configuration key
	SinkKey    Why = "sink-key"    // an action takes its properties from a configuration key
	Connects   Why = "connects"    // properties name a connection
	Decodes    Why = "decodes"     // a format needs a schema
	Mentions   Why = "mentions"    // a property names an uploaded file
	Fed        Why = "fed"         // a memory topic that a rule writes to
)

// Need is something that an entry needs to work. What serves it is found by deps.
type Need struct {
	Why  Why
	Name string // of the stream, type, function, connection, schema ("type_name"), file or topic
	Key  string // the configuration key, for SourceKey and SinkKey
}

// Serving returns the needs that what an archive provides serves.
func Serving(p core.Provides) []Need {
	var needs []Need
	for _, list := range []struct {
		why   Why
		names []string
	}{{SourceType, p.Sources}, {SinkType, p.Sinks}, {Calls, p.Functions}} {
		for _, name := range list.names {
			needs = append(needs, Need{Why: list.why, Name: name})
		}
	}
	return needs
}

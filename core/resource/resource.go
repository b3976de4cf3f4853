package resource

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"ekuiper-console/core"
)

// Resource is a decoded entry: a *Stream, *Rule, *Plugin, *Service, *Schema, *Config,
// *Upload or *Script.
type Resource interface {
	// Needs returns what else the entry needs to work, each thing once.
	Needs() []Need
	// Stored returns the text in the form in which it is kept. Only configurations
	// have one of their own; all other texts are kept as they were given.
	Stored() string
}

// Scope finds what an entry may refer to besides what is built in. The zero scope
// knows nothing.
type Scope struct {
	Function func(name string) bool // a script, or a function of a plugin or service
	Source   func(name string) bool // a source type that a plugin serves
	// Near finds the function most like a name, for hints.
	Near func(name string) string
}

func (s Scope) function(name string) bool { return s.Function != nil && s.Function(name) }
func (s Scope) source(name string) bool   { return s.Source != nil && s.Source(name) }

// Decode reads the text of an entry. What it cannot read is one or more faults, and
// the resource is nil. It needs no knowledge of anything else, so that an entry
// whose plugin is missing can still be looked at.
func Decode(ref core.Ref, text string) (Resource, []core.Finding) {
	return (*Repeats)(nil).Decode(ref, text)
}

// decode is the one place where a kind becomes a type.
func decode(m *Repeats, ref core.Ref, text string) (Resource, *problem) {
	switch ref.Kind {
	case core.Stream, core.Table:
		return as(decodeStream(ref, text))
	case core.Rule:
		return as(decodeRule(m, ref, text))
	case core.NativePlugin, core.PortablePlugin:
		return as(decodePlugin(ref, text))
	case core.Service:
		return as(decodeService(ref, text))
	case core.Schema:
		return as(decodeSchema(ref, text))
	case core.SourceConfig, core.SinkConfig, core.Connection:
		return as(decodeConfig(ref, text))
	case core.Upload:
		return as(decodeUpload(ref, text))
	case core.Script:
		return as(decodeScript(ref, text))
	}
	panic("resource: no decoder for " + ref.String())
}

// as keeps a nil pointer from becoming a Resource that is not nil.
func as[R Resource](r R, err *problem) (Resource, *problem) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// checker is a resource that requires more of its text than that it can be read.
type checker interface {
	check(scope Scope) []core.Finding
}

// preparer is a resource of which a part of the judgement needs nothing but itself.
type preparer interface {
	prepare()
}

// Prepare does beforehand what Judge and Plan can do without knowing anything else, such as
// running a script. Many resources can be prepared at once, but one must not be
// prepared and judged at the same time.
func Prepare(r Resource) {
	if p, ok := r.(preparer); ok {
		p.prepare()
	}
}

// Judge judges a resource as the engine does when it imports it. Findings that are
// faults keep the entry out.
func Judge(r Resource, scope Scope) []core.Finding {
	if c, ok := r.(checker); ok {
		return c.check(scope)
	}
	return nil
}

// Check is Decode and Judge. The resource is nil when the text cannot be read.
func Check(ref core.Ref, text string, scope Scope) (Resource, []core.Finding) {
	r, findings := Decode(ref, text)
	if r == nil {
		return nil, findings
	}
	return r, Judge(r, scope)
}

// problem is why a text cannot be read.
type problem struct {
	msg    string
	hint   string
	offset int // in the text, -1 where there is no place
}

func problemf(format string, args ...any) *problem {
	return &problem{msg: fmt.Sprintf(format, args...), offset: -1}
}

func (p *problem) finding(ref core.Ref, text string) core.Finding {
	f := core.Finding{Severity: core.Fault, Ref: ref, Message: p.msg, Hint: p.hint, Offset: -1}
	if p.offset >= 0 {
		return f.At(text, p.offset)
	}
	return f
}

// engineNames turns the names of our types into those that the engine's messages
// show for its own.
var engineNames = strings.NewReplacer(
	"resource.Rule", "def.Rule",
	"resource.ExpOpts", "def.ExpOpts",
	"resource.PlanOptimizeStrategy", "def.PlanOptimizeStrategy",
	"resource.Qos", "def.Qos",
	"resource.RestartStrategy", "def.RestartStrategy",
	"resource.DatetimeRange", "schedule.DatetimeRange",
	"resource.YamlConfigurations", "meta.YamlConfigurations",
	"resource.IOPlugin", "plugin.IOPlugin",
	"resource.FuncPlugin", "plugin.FuncPlugin",
	"resource.Script", "js.Script",
	"resource.Service", "service.ServiceCreationRequest", "struct field Service.", "struct field ServiceCreationRequest.",
	"resource.Schema", "schema.Info", "struct field Schema.", "struct field Info.",
	"resource.Upload", "server.fileContent", "struct field Upload.", "struct field fileContent.",
)

// unmarshal reads a JSON text as encoding/json does. The problem is in the engine's
// words, without what stands before them in its messages.
func unmarshal(text string, into any) *problem {
	err := json.Unmarshal([]byte(text), into)
	if err == nil {
		return nil
	}
	p := problemf("%s", engineNames.Replace(err.Error()))
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		p.offset = max(int(e.Offset)-1, 0)
		p.hint = "the text must be one JSON value"
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		p.offset = typeErrorOffset(text, e)
	}
	return p
}

// typeErrorOffset returns where the value of the wrong type begins. The standard
// library tells where it ends, or for objects and arrays where they begin.
func typeErrorOffset(text string, e *json.UnmarshalTypeError) int {
	at := min(int(e.Offset), len(text)) - 1
	if at < 0 {
		return 0
	}
	if e.Value == "object" || e.Value == "array" {
		return at
	}
	for at > 0 && !strings.ContainsRune(":,[{ \t\r\n", rune(text[at-1])) {
		at--
	}
	return at
}

// isNull reports whether a text is the JSON value null, which decodes into anything
// and means nothing.
func isNull(text string) bool { return strings.TrimSpace(text) == "null" }

// nullProblem is what a text that is null answers.
func nullProblem(prefix string) *problem {
	p := problemf("%sthe text is null", prefix)
	p.hint, p.offset = "give a JSON object", 0
	return p
}

// fault makes a finding that keeps an entry out and has no place.
func fault(ref core.Ref, format string, args ...any) core.Finding {
	return core.Finding{Severity: core.Fault, Ref: ref, Message: fmt.Sprintf(format, args...), Offset: -1}
}

// warning makes a finding that keeps nothing out and has no place.
func warning(ref core.Ref, hint, format string, args ...any) core.Finding {
	return core.Finding{Severity: core.Warn, Ref: ref, Message: fmt.Sprintf(format, args...), Hint: hint, Offset: -1}
}

// unique returns the needs without repetitions, in order.
func unique(needs []Need) []Need {
	seen := make(map[Need]bool, len(needs))
	kept := needs[:0]
	for _, n := range needs {
		if !seen[n] {
			seen[n] = true
			kept = append(kept, n)
		}
	}
	return kept
}

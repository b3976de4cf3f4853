package plan

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"ekuiper-console/core"
)

// Restart is what of a plan comes into use on a node that runs elsewhere only when that
// restarts, and whether it is to.
type Restart struct {
	Entries []core.Ref `json:"entries"` // in the order of the steps
	Chosen  bool       `json:"chosen"`
}

// Late returns the entries of which an engine goes on using what it had before until it
// restarts: a native plugin stays loaded, and a connection open. An engine takes what is
// new of either at once.
func (p *Plan) Late() []core.Ref {
	var late []core.Ref
	for i := range p.Steps {
		s := &p.Steps[i]
		held := s.Action == Replace || s.Action == Delete
		if held && (s.Ref.Kind == core.NativePlugin || s.Ref.Kind == core.Connection && disconnects(s)) {
			late = append(late, s.Ref)
		}
	}
	return late
}

// disconnects reports whether a step changes a connection that there is, or takes one out.
func disconnects(s *Step) bool {
	var old, next map[string]any
	if s.Action == Delete || json.Unmarshal([]byte(s.Old), &old) != nil || json.Unmarshal([]byte(s.New), &next) != nil {
		return true
	}
	for id, was := range old {
		if is, stays := next[id]; !stays || !reflect.DeepEqual(was, is) {
			return true
		}
	}
	return false
}

// maxNamed bounds the entries that a notice of a restart names.
const maxNamed = 5

// notice says what the restart is for, or what is missing without it.
func (r *Restart) notice() core.Finding {
	var names []string
	for _, ref := range r.Entries[:min(maxNamed, len(r.Entries))] {
		names = append(names, ref.String())
	}
	if len(r.Entries) > maxNamed {
		names = append(names, "…")
	}
	list := strings.Join(names, ", ")
	f := core.Finding{Severity: core.Warn, Offset: -1}
	if r.Chosen {
		f.Message = fmt.Sprintf("the node restarts, and its rules stand still meanwhile: %d entries come into use only then (%s)", len(r.Entries), list)
		return f
	}
	f.Message = fmt.Sprintf("without a restart of the node the import does not take whole effect: %d entries come into use only then (%s)", len(r.Entries), list)
	f.Hint = "choose the restart, or restart the node yourself"
	return f
}

package resource

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/jsonscan"
	"ekuiper-console/core/streamsql"
)

// Rule is the JSON of a rule. The fields are the engine's, and so are the names of
// the types, since its messages show them.
type Rule struct {
	ID        string                   `json:"id"`
	Name      string                   `json:"name"`
	Version   string                   `json:"version"`
	Temp      bool                     `json:"temp"`
	Triggered bool                     `json:"triggered"`
	SQL       string                   `json:"sql"`
	Graph     *RuleGraph               `json:"graph"`
	Actions   []map[string]interface{} `json:"actions"`
	Options   *RuleOption              `json:"options"`
	Tags      []string                 `json:"tags"`

	ref       core.Ref
	text      string
	repeats   *Repeats
	optionsAt int               // where in the text the options are; 0 if that is not known
	stmt      *streamsql.Select // nil without SQL

	prepared bool
	notes    []core.Finding // warnings about the text itself
	staged   []staged       // what was found about actions and the graph
}

// decodeRule reads a rule as far as can be without knowing which functions there are.
func decodeRule(m *Repeats, ref core.Ref, text string) (*Rule, *problem) {
	if isNull(text) {
		return nil, nullProblem(fmt.Sprintf("Parse rule %s error : ", text))
	}
	r, p := readRule(m, ref, text)
	if p != nil {
		p.msg = fmt.Sprintf("Parse rule %s error : %s.", text, p.msg)
		return nil, p
	}
	switch {
	case r.ID == "":
		return nil, problemf("Missing rule id.")
	case ref.Name == "":
		p := problemf("the rule has no name in the bundle")
		p.hint = fmt.Sprintf("give it the name %q", r.ID)
		return nil, p
	case r.ID != ref.Name:
		return nil, r.problem("RuleId is not consistent with rule id.", fmt.Sprintf("the name in the bundle is %q", ref.Name), "id")
	}
	if msg := checkID(r.ID); msg != "" {
		return nil, r.problem(msg, "rename the rule, and what refers to it", "id")
	}
	return r, r.parse()
}

// readRule reads the JSON of a rule.
func readRule(m *Repeats, ref core.Ref, text string) (*Rule, *problem) {
	blank := Rule{ID: ref.Name, Triggered: true, ref: ref, text: text, repeats: m}
	r := blank
	if r.quick() {
		return &r, nil
	}
	r = blank
	return &r, unmarshal(text, &r)
}

// problem makes a problem at the value of one of the rule's fields.
func (r *Rule) problem(msg, hint, field string) *problem {
	p := problemf("%s", msg)
	p.hint = hint
	if at, ok := jsonscan.Find(r.text, field); ok {
		p.offset = at
	}
	return p
}

// parse reads the SQL.
func (r *Rule) parse() *problem {
	if r.SQL == "" || r.Graph != nil {
		return nil
	}
	stmt, err := streamsql.ParseSelect(r.SQL)
	if err == nil && stmt == nil || errors.Is(err, streamsql.ErrNotSelect) {
		return r.problem(fmt.Sprintf("SQL %s is not a select statement.", r.SQL), "a rule takes one SELECT", "sql")
	}
	if err != nil {
		return r.sqlProblem(err)
	}
	r.stmt = stmt
	return nil
}

// prepare judges what of the plan needs nothing but the rule.
func (r *Rule) prepare() {
	if r.prepared {
		return
	}
	r.prepared = true
	r.notes = slices.Concat(r.lint(), r.unknownOptions(), r.large())
	if r.Graph != nil {
		r.staged = r.planGraph()
		return
	}
	r.staged = r.planActions()
}

// sqlProblem words an error in the SQL and places it in the text of the rule.
func (r *Rule) sqlProblem(err error) *problem {
	p := problemf("Parse SQL %s error: %s.", r.SQL, err)
	e, ok := err.(*streamsql.Error)
	if !ok {
		return p
	}
	p.hint, p.offset = e.Hint, r.sqlOffset(e.Pos)
	return p
}

// check judges the rule as the engine does at import, in its order.
func (r *Rule) check(scope Scope) []core.Finding {
	if p := r.judge(scope); p != nil {
		return []core.Finding{p.finding(r.ref, r.text)}
	}
	r.prepare()
	findings := slices.Clip(r.notes)
	if r.Temp {
		findings = append(findings, warning(r.ref, "leave out temp to have it run on an engine", "the rule is temporary: it is kept here, but an engine drops it on import"))
	}
	return findings
}

// lint warns of SQL that the engine takes for something else than it seems.
func (r *Rule) lint() []core.Finding {
	if r.stmt == nil {
		return nil
	}
	var findings []core.Finding
	for _, e := range streamsql.Lint(r.SQL, r.stmt) {
		findings = append(findings, warning(r.ref, e.Hint, "%s", e.Msg).At(r.text, r.sqlOffset(e.Pos)))
	}
	return findings
}

// sqlOffset returns where in the text of the rule a byte of its SQL stands.
func (r *Rule) sqlOffset(pos int) int {
	at, ok := jsonscan.Find(r.text, "sql")
	if !ok {
		return -1
	}
	return jsonscan.Inside([]byte(r.text), at, pos)
}

func (r *Rule) judge(scope Scope) *problem {
	if r.SQL != "" && r.Graph != nil {
		return r.problem(fmt.Sprintf("Rule %s has both sql and graph.", r.ID), "leave one of them out", "graph")
	}
	if r.stmt != nil {
		if errs := streamsql.CheckCalls(r.stmt, scope.function); len(errs) > 0 {
			return r.callProblem(errs[0], scope)
		}
		if len(r.Actions) == 0 {
			return r.problem("Missing rule actions.", `give it at least one, such as {"log":{}}`, "actions")
		}
	}
	if r.SQL == "" && r.Graph == nil {
		return r.problem(fmt.Sprintf("Rule %s has neither sql nor graph.", r.ID), "give it one of them", "sql")
	}
	if lines := r.Options.faults(); len(lines) > 0 {
		return r.problem(fmt.Sprintf("Rule %s has invalid options: %s.", r.ID, strings.Join(lines, "\n")), "", "options")
	}
	return nil
}

// callProblem words an error about a call. What it hints at may be a function that is not built in.
func (r *Rule) callProblem(e *streamsql.Error, scope Scope) *problem {
	p := r.sqlProblem(e)
	name, ok := strings.CutPrefix(strings.TrimSuffix(e.Msg, " not found"), "function ")
	if ok && p.hint == "" && scope.Near != nil && strings.HasSuffix(e.Msg, " not found") {
		if near := scope.Near(name); near != "" {
			p.hint = fmt.Sprintf("did you mean %s?", near)
		}
	}
	return p
}

// Select returns the parsed SQL, or nil for a rule that is a graph.
func (r *Rule) Select() *streamsql.Select { return r.stmt }

// Stored returns the rule as it was given.
func (r *Rule) Stored() string { return r.text }

// Needs returns the streams, tables and functions of the SQL or of the graph, and
// what the actions refer to.
func (r *Rule) Needs() []Need {
	var needs []Need
	if r.stmt != nil {
		for _, name := range r.Reads() {
			needs = append(needs, Need{ReadsFrom, name, ""})
		}
		needs = append(needs, callNeeds(r.stmt)...)
	}
	if r.Graph != nil {
		needs = append(needs, r.Graph.needs()...)
	}
	for _, action := range r.Actions {
		for _, typ := range sortedKeys(action) {
			props, _ := action[typ].(map[string]any)
			needs = append(needs, sinkNeeds(typ, props)...)
		}
	}
	return unique(needs)
}

// Reads returns the names of the streams and tables that the SQL reads, in its order.
func (r *Rule) Reads() []string {
	if r.stmt == nil {
		return nil
	}
	var names []string
	for _, s := range r.stmt.Sources() {
		names = append(names, s.Name)
	}
	return names
}

// Topics returns the memory topics that the rule writes to.
func (r *Rule) Topics() []string {
	var topics []string
	add := func(typ string, props map[string]any) {
		if topic, ok := props["topic"].(string); ok && typ == "memory" {
			topics = append(topics, topic)
		}
	}
	for _, action := range r.Actions {
		for typ, v := range action {
			props, _ := v.(map[string]any)
			add(typ, props)
		}
	}
	if r.Graph != nil {
		for _, n := range r.Graph.Nodes {
			if n != nil && n.Type == "sink" {
				add(n.NodeType, n.Props)
			}
		}
	}
	return topics
}

// callNeeds returns the functions called that are not built in.
func callNeeds(n streamsql.Node) []Need {
	var needs []Need
	for call := range streamsql.Calls(n) {
		if _, ok := streamsql.Builtin(call.Name); !ok {
			needs = append(needs, Need{Calls, call.Name, ""})
		}
	}
	return needs
}

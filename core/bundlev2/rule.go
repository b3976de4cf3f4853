package bundlev2

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// ruleFields are the fields of a rule. In JSON an engine takes their names in any case, in
// YAML only so.
var ruleFields = []string{"id", "name", "version", "temp", "triggered", "sql", "graph", "actions", "options", "tags"}

// fieldName returns the name of a member of a rule as an engine spells it.
func fieldName(name string) string {
	i := slices.IndexFunc(ruleFields, func(field string) bool { return strings.EqualFold(field, name) })
	if i < 0 {
		return name
	}
	return ruleFields[i]
}

// settleRule spells the fields of a rule as an engine does, and writes out that the rule is
// triggered, unless it says anything about that. Of a field that is there twice the last
// value counts.
func settleRule(rule *yaml.Node) {
	members := rule.Content
	rule.Content = make([]*yaml.Node, 0, len(members)+2)
	places := map[string]int{}
	for i := 0; i < len(members); i += 2 {
		name := fieldName(members[i].Value)
		if at, twice := places[name]; twice {
			rule.Content[at] = members[i+1]
			continue
		}
		add(rule, name, members[i+1])
		places[name] = len(rule.Content) - 1
	}
	if _, said := places["triggered"]; !said {
		yes := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
		rule.Content = append([]*yaml.Node{str("triggered"), yes}, rule.Content...)
	}
}

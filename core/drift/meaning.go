package drift

import (
	"encoding/json"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
)

// Meant returns those of the changes from a baseline to what a node holds that mean
// something. Order and white space do not, nor does what an engine writes anew, whether a
// rule was started, and a secret that either side masks. The texts of what was replaced are
// without these differences, so that a comparison of them shows only the others.
func Meant(changes []plan.Change) []plan.Change {
	var meant []plan.Change
	for _, c := range changes {
		if c.Action == plan.Replace {
			c.Old, c.New = shared(c.Ref.Kind, c.Old, c.New)
			if compare.Alike(c.Ref, c.Old, c.New) {
				continue
			}
		}
		meant = append(meant, c)
	}
	return meant
}

// shared returns two texts of an entry without what is not compared.
func shared(kind core.Kind, old, new string) (string, string) {
	old, new = secret.Dotted(kind, old), secret.Dotted(kind, new)
	full, _ := secret.Restore(kind, old, new)
	new, _ = secret.Restore(kind, new, old)
	if kind == core.Rule {
		return still(full), still(new)
	}
	return full, new
}

// runState is the member of a rule that says whether it was started.
const runState = "triggered"

// still is a rule without what says whether it was started.
func still(rule string) string {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(rule), &members) != nil {
		return rule
	}
	if _, said := members[runState]; !said {
		return rule
	}
	delete(members, runState)
	text, err := json.Marshal(members)
	if err != nil {
		return rule
	}
	return string(text)
}

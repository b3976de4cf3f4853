package views

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"ekuiper-console/core/node"
)

// runState is how a page tells of what a rule does.
type runState struct {
	mark string
	text Key // of how many do it, and of one that does
	one  Key
}

// runStates are what rules do, by the beginning of what the engine says.
var runStates = []struct {
	begins string
	runState
}{
	{"running", runState{"ok", "runs.running", "run.running"}},
	{"stopped by error", runState{"failed", "runs.failed", "run.failed"}},
	{"error", runState{"failed", "runs.failed", "run.failed"}},
	{"stopped", runState{"skipped", "runs.stopped", "run.stopped"}},
	{"scheduled stop", runState{"skipped", "runs.scheduled", "run.scheduled"}},
	{"", runState{"queued", "runs.between", "run.between"}},
}

// stateOf returns how to tell of what a rule does.
func stateOf(r node.Running) runState {
	for _, s := range runStates {
		if strings.HasPrefix(strings.ToLower(r.Status), s.begins) {
			return s.runState
		}
	}
	return runState{}
}

// runText says what a rule does, and what the engine adds to it.
func runText(ctx context.Context, r node.Running) string {
	text := t(ctx, stateOf(r).one)
	if r.Message != "" {
		text += ": " + masked(r.Message)
	}
	return text
}

// runsText counts what the rules of a node do.
func runsText(ctx context.Context, all node.Runs) string {
	counts := map[Key]int{}
	for _, r := range all.Rules {
		counts[stateOf(r).text]++
	}
	var words []string
	for _, s := range runStates {
		if n := counts[s.text]; n > 0 {
			words = append(words, tn(ctx, s.text, n))
			delete(counts, s.text)
		}
	}
	if len(words) == 0 {
		return tn(ctx, "runs.running", 0)
	}
	return strings.Join(words, t(ctx, "runs.and"))
}

// failing returns the rules that stopped by an error, by id.
func failing(all node.Runs) []node.Running {
	var list []node.Running
	for r := range maps.Values(all.Rules) {
		if stateOf(r).mark == "failed" {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b node.Running) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

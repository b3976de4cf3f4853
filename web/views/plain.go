package views

import (
	"context"
	"regexp"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// plainWords say in plain words what the engine says in its own. The first that matches
// counts; what it catches fills in A and B.
var plainWords = []struct {
	message *regexp.Regexp
	text    Key
}{
	{regexp.MustCompile(`found "(\w+)", expect valid stream field types`), "cause.fieldtype"},
	{regexp.MustCompile(`found "(?:EOF)?", expected FROM`), "cause.nofrom"},
	{regexp.MustCompile(`found "([^"\n]*)", expected FROM`), "cause.from"},
	{regexp.MustCompile(`fail to get stream (\S+), please check`), "cause.stream"},
	{regexp.MustCompile(`function (\S+) not found`), "cause.function"},
	{regexp.MustCompile(`source type (\S+) not found`), "cause.source"},
	{regexp.MustCompile(`schema type \S+ id (\S+) not found`), "cause.schema"},
	{regexp.MustCompile(`no such file or directory`), "cause.nofile"},
	{regexp.MustCompile(`ip (\S+) is in internal network`), "cause.internal"},
	{regexp.MustCompile(`file access denied`), "cause.denied"},
	{regexp.MustCompile(`fail to download file (\S+):`), "cause.download"},
	{regexp.MustCompile(`Invalid (?:stream|table) statement`), "cause.statement"},
	{regexp.MustCompile(`failed to interprete script: SyntaxError`), "cause.script"},
	{regexp.MustCompile(`found "(EOF)?", expect(?:ed)? ([\w() =/]{2,40}?)[.\n]`), "cause.ends"},
	{regexp.MustCompile(`found "([^"\n]{1,40})", expect(?:ed)? ([\w() =/]{2,40}?)[.\n]`), "cause.found"},
}

// plainly says a finding in plain words, or nothing where there are none.
func plainly(ctx context.Context, f core.Finding) string {
	if f.Cause != nil {
		return t(ctx, "row.follows", "Kind", noun(ctx, f.Cause.Kind), "Name", f.Cause.Name)
	}
	message := masked(f.Message)
	for _, w := range plainWords {
		if m := w.message.FindStringSubmatch(message); m != nil {
			m = append(m, "", "")
			return t(ctx, w.text, "A", m[1], "B", m[2])
		}
	}
	return ""
}

// followsText says what an entry that follows from another failure lacks.
func followsText(ctx context.Context, r plan.Refused) string {
	if c := fault(r).Cause; c != nil {
		return t(ctx, "result.needs", "Kind", noun(ctx, r.Ref.Kind), "Cause", noun(ctx, c.Kind))
	}
	return t(ctx, "result.follows")
}

package views

import (
	"context"

	"github.com/a-h/templ"

	"ekuiper-console/core/plan"
)

// chipped counts the steps of a chip.
func (p ReviewPage) chipped(c chip) (n int) {
	for _, a := range c.actions {
		n += p.tally.all[a]
	}
	return n
}

// taken says how many of the changes are included.
func (p ReviewPage) taken(ctx context.Context) string {
	left := p.tally.all[plan.LeftOut]
	all := p.changes() + p.rejected() + left
	if left == 0 {
		return tn(ctx, "bulk.included", all)
	}
	return tn(ctx, "bulk.some", all, "Taken", count(ctx, all-left))
}

// touch says what else hangs on a step.
func (p ReviewPage) touch(ctx context.Context, s *plan.Step) string {
	if n := p.tally.takes[s.Ref]; n > 0 && s.Action == plan.Rejected {
		return tn(ctx, "row.takes", n)
	}
	var parts []string
	if d := p.Disturbs[s.Ref]; d.Total > 0 {
		parts = append(parts, usersText(ctx, s.Action, d.Total))
	}
	if n := len(s.Findings); n > 0 && s.Action.Changes() {
		parts = append(parts, tn(ctx, "row.warned", n))
	}
	return listed(ctx, parts)
}

// usersText says how many entries use one that is replaced or deleted.
func usersText(ctx context.Context, a plan.Action, n int) string {
	if a == plan.Delete {
		return tn(ctx, "row.loses", n)
	}
	return tn(ctx, "row.used", n)
}

// idle says why there is nothing to apply.
func (p ReviewPage) idle(ctx context.Context) string {
	if n := p.rejected(); n > 0 {
		return tn(ctx, "review.fix", n)
	}
	return t(ctx, "review.allout")
}

// validText says what applying the valid entries comes to.
func (p ReviewPage) validText(ctx context.Context) string {
	changes := tn(ctx, "review.changes", p.changes())
	if n := p.rejected(); n > 0 {
		return t(ctx, "review.valid", "Changes", changes, "Out", tn(ctx, "retry.out", n))
	}
	return t(ctx, "strict.valid.what")
}

// invalid marks the field that an error is about.
func (p ReviewPage) invalid(about Key) templ.Attributes {
	if p.Error != about {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true"}
}

// planMarks are the marks of what would be done.
var planMarks = [plan.NumActions]string{
	plan.Create: "create", plan.Replace: "replace", plan.Delete: "delete",
	plan.Unchanged: "unchanged", plan.Kept: "unchanged", plan.Rejected: "rejected", plan.LeftOut: "left",
}

// planWords are what a screen reader says of these marks.
var planWords = [plan.NumActions]Key{
	plan.Create: "chip.create", plan.Replace: "chip.replace", plan.Delete: "chip.delete",
	plan.Unchanged: "chip.unchanged", plan.Kept: "chip.kept", plan.Rejected: "chip.rejected", plan.LeftOut: "chip.left",
}

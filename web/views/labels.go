package views

import (
	"context"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// words are the catalogue keys of a kind: its section, one entry of it, and what it is
// about.
type words struct{ label, noun, about Key }

// kindWords spells the kinds; the keys of the catalogue carry the section's key.
var kindWords = func() (all [core.NumKinds]words) {
	for _, k := range core.InstallOrder() {
		all[k] = words{Key("kind." + k.Key()), Key("noun." + k.Key()), Key("about." + k.Key())}
	}
	return all
}()

// label returns the name of a section.
func label(ctx context.Context, k core.Kind) string { return t(ctx, kindWords[k].label) }

// noun returns what one entry of a kind is called.
func noun(ctx context.Context, k core.Kind) string { return t(ctx, kindWords[k].noun) }

// roleText names a role.
func roleText(ctx context.Context, r core.Role) string { return t(ctx, Key("role."+r.String())) }

// vias say where an act came from.
var vias = map[string]Key{"page": "via.page", "api": "via.api", "cli": "via.cli", "task": "via.task"}

// viaText says where an act came from; what is not known stands as it is.
func viaText(ctx context.Context, via string) string {
	if key, ok := vias[via]; ok {
		return t(ctx, key)
	}
	return via
}

// listed joins the parts of a list.
func listed(ctx context.Context, parts []string) string {
	return strings.Join(parts, t(ctx, "list.comma"))
}

// actionMarks are the marks of what was done.
var actionMarks = [plan.NumActions]string{
	plan.Create: "create", plan.Replace: "replace", plan.Delete: "delete",
	plan.Unchanged: "unchanged", plan.Kept: "unchanged", plan.Rejected: "rejected",
}

// markWords are what a screen reader says of a mark that stands alone.
var markWords = map[string]Key{
	"create": "mark.create", "replace": "mark.replace", "delete": "mark.delete",
	"rejected": "mark.rejected", "ok": "mark.ok", "failed": "mark.failed", "skipped": "mark.skipped",
	"unchanged": "mark.unchanged", "queued": "mark.queued", "running": "mark.running", "warn": "mark.warn", "missing": "mark.missing",
}

// strictText names what an import does when entries have errors.
func strictText(ctx context.Context, o *plan.Outcome) string {
	mode := Key("mode.partial")
	if o.Mode == plan.Full {
		mode = "mode.full"
	}
	strict := Key("result.mode.valid")
	if o.Atomic {
		strict = "result.mode.atomic"
	}
	return t(ctx, strict, "Mode", t(ctx, mode))
}

// size writes a number of bytes with a unit a person reads.
func size(ctx context.Context, bytes int) string {
	units := []Key{"size.kb", "size.mb", "size.gb"}
	if bytes < 1000 {
		return tn(ctx, "size.b", bytes)
	}
	value := float64(bytes) / 1000
	for value >= 999.95 && len(units) > 1 {
		value, units = value/1000, units[1:]
	}
	return t(ctx, units[0], "Size", decimal(ctx, value))
}

// moment writes a point in time, in the zone of the server.
func moment(ctx context.Context, at time.Time) string {
	return at.Local().Format(t(ctx, "time.layout"))
}

// minute writes a point in time to the minute, in the zone of the server.
func minute(ctx context.Context, at time.Time) string {
	return at.Local().Format(t(ctx, "time.minute"))
}

// age writes how long ago something was, roughly.
func age(ctx context.Context, at time.Time) string {
	switch d := time.Since(at); {
	case d < time.Minute:
		return tn(ctx, "time.seconds", max(0, int(d.Seconds())))
	case d < time.Hour:
		return tn(ctx, "time.minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return tn(ctx, "time.hours", int(d.Hours()))
	default:
		return tn(ctx, "time.days", int(d.Hours())/24)
	}
}

// day writes the day of a point in time, in the zone of the server.
func day(ctx context.Context, at time.Time) string { return at.Local().Format(t(ctx, "time.day")) }

// clock writes the time of day of a point in time, and date its day.
func clock(ctx context.Context, at time.Time) string {
	return at.Local().Format(t(ctx, "time.clock"))
}

func date(ctx context.Context, at time.Time) string { return at.Local().Format(t(ctx, "time.date")) }

// took writes a duration in seconds, a short one in milliseconds.
func took(ctx context.Context, d time.Duration) string {
	if d < time.Second {
		return tn(ctx, "time.ms", int(d.Milliseconds()))
	}
	return t(ctx, "time.s", "Seconds", decimal(ctx, d.Seconds()))
}

package resource

import (
	"cmp"
	"strings"

	"ekuiper-console/core"
)

// Supersede judges whether an entry may take the place of the one that is there, in
// a partial import. It returns nothing where it may.
func Supersede(old, next Resource) []core.Finding {
	switch next := next.(type) {
	case *Rule:
		if old, ok := old.(*Rule); ok && !newer(old.Version, next.Version) {
			return []core.Finding{lower(next.ref, "rule", old.Version, next.Version)}
		}
	case *Stream:
		if old, ok := old.(*Stream); ok {
			return next.supersede(old)
		}
	}
	return nil
}

func (s *Stream) supersede(old *Stream) []core.Finding {
	was, is := &old.Create.Options, &s.Create.Options
	if was.Shared != is.Shared {
		f := fault(s.Ref, "Replace %s fails: do not support to change stream SHARED option.", s.Ref.Name)
		f.Hint = "a full import may change it"
		return []core.Finding{f}
	}
	if !newer(was.Version, is.Version) {
		return []core.Finding{lower(s.Ref, "source", was.Version, is.Version)}
	}
	return nil
}

func lower(ref core.Ref, noun, old, next string) core.Finding {
	f := fault(ref, "%s %s already exists with version (%s), new version (%s) is lower", noun, ref.Name, old, next)
	f.Hint = "give it a higher version"
	return f
}

// newer reports whether a version may replace another: both are empty, or the next
// one is higher.
func newer(old, next string) bool {
	return old == "" && next == "" || CompareVersions(old, next) < 0
}

// CompareVersions orders two versions: as numbers between dots where both are of
// that form, with or without a leading v, else as strings. So 10 is higher than 2
// and 1.0 equals 1.
func CompareVersions(a, b string) int {
	x, ok1 := dotted(a)
	y, ok2 := dotted(b)
	if !ok1 || !ok2 {
		return cmp.Compare(a, b)
	}
	for i := range max(len(x), len(y)) {
		if c := compareDigits(part(x, i), part(y, i)); c != 0 {
			return c
		}
	}
	return 0
}

// dotted splits a version into its numbers, each without leading zeros.
func dotted(version string) ([]string, bool) {
	parts := strings.Split(strings.TrimPrefix(strings.ToLower(version), "v"), ".")
	for i, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" {
			return nil, false
		}
		parts[i] = strings.TrimLeft(p, "0")
	}
	return parts, true
}

func part(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return ""
}

// compareDigits orders two numbers without leading zeros.
func compareDigits(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

package schedule

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseRhythm(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"off", "off"}, {" every 90m ", "every 1h30m"}, {"every 60m", "every 1h"}, {"every 1m", "every 1m"}, {"every 90s", "every 1m30s"},
		{"every 24h", "every 24h"}, {"daily 02:00", "daily 02:00"}, {"daily  23:59", "daily 23:59"}, {"daily 2:05", "daily 02:05"},
		{"", ""}, {"every", ""}, {"every 59s", ""}, {"every 745h", ""}, {"every -1h", ""}, {"every day", ""}, {"daily", ""}, {"daily 24:00", ""},
		{"daily 12:60", ""}, {"daily noon", ""}, {"off 3h", ""}, {"hourly", ""},
	} {
		r, err := ParseRhythm(c.text)
		got := r.String()
		if err != nil {
			got = ""
		}
		if got != c.want {
			t.Errorf("ParseRhythm(%q) = %q, %v, want %q", c.text, got, err, c.want)
		}
	}
}

// TestNext says when it is time next, at the ends of days and where clocks are put on and
// back.
func TestNext(t *testing.T) {
	for _, c := range []struct{ rhythm, zone, after, want string }{
		{"off", "UTC", "2026-01-01T00:00:00Z", ""},
		{"every 90m", "UTC", "2026-01-01T23:00:00Z", "2026-01-02T00:30:00Z"},
		{"daily 02:00", "UTC", "2026-01-01T01:59:59Z", "2026-01-01T02:00:00Z"},
		{"daily 02:00", "UTC", "2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z"},
		{"daily 23:59", "UTC", "2026-12-31T23:59:30Z", "2027-01-01T23:59:00Z"},
		{"daily 00:00", "UTC", "2026-02-28T12:00:00Z", "2026-03-01T00:00:00Z"},
		{"daily 00:30", "Asia/Shanghai", "2026-05-01T16:00:00Z", "2026-05-01T16:30:00Z"},
		{"daily 02:30", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"}, // there is no 02:30: 03:30 in summer
		{"daily 02:30", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-30T00:30:00Z"},
		{"daily 02:30", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"}, // the first of two
		{"daily 02:30", "Europe/Berlin", "2026-10-25T00:45:00Z", "2026-10-26T01:30:00Z"},
		{"daily 00:00", "Africa/Cairo", "2026-04-23T12:00:00Z", "2026-04-23T22:00:00Z"}, // midnight is 01:00
		{"daily 00:00", "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
	} {
		r, err := ParseRhythm(c.rhythm)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if next := r.Next(instant(t, c.after), zoneOf(t, c.zone)); !next.IsZero() {
			got = next.UTC().Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s in %s after %s: %s, want %s", c.rhythm, c.zone, c.after, got, c.want)
		}
	}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestEveryDay holds that a daily rhythm comes once on every day of a zone, whatever its
// clocks do.
func TestEveryDay(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana"}
	rapid.Check(t, func(r *rapid.T) {
		zone := zoneOf(t, rapid.SampledFrom(zones).Draw(r, "zone"))
		rhythm := Rhythm{Daily: true, At: time.Duration(rapid.IntRange(0, 24*60-1).Draw(r, "minute")) * time.Minute}
		at := time.Date(rapid.IntRange(2000, 2030).Draw(r, "year"), 1, 1, 0, 0, 0, 0, zone).Add(-time.Second)
		for day := time.Date(at.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == at.Year()+1 || at.YearDay() > 300; day = day.AddDate(0, 0, 1) {
			at = rhythm.Next(at, zone)
			if y, m, d := at.Date(); y != day.Year() || m != day.Month() || d != day.Day() {
				r.Fatalf("%v in %v comes at %v, want on %v", rhythm, zone, at, day.Format(time.DateOnly))
			}
			if day.Month() == time.December && day.Day() == 31 {
				return
			}
		}
	})
}

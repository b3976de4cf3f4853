// Package schedule says when what is done to nodes by itself: how often they are compared
// with their baselines, how often they are backed up, and how long the backups stay.
package schedule

import (
	"fmt"
	"strings"
	"time"

	"ekuiper-console/core"
)

// Rhythm is how often something is done: never, in intervals, or at one time of every day.
// The zero Rhythm is never. It is written as off, every 90m, or daily 02:00.
type Rhythm struct {
	Every time.Duration // between two times; 0 for no interval
	Daily bool          // at a time of every day
	At    time.Duration // of a daily one: the time of day, in whole minutes
}

// The bounds of an interval.
const (
	leastEvery = time.Minute
	mostEvery  = 31 * 24 * time.Hour
)

// clock is the form of a time of day.
const clock = "15:04"

// rhythmHint says how a rhythm is written.
const rhythmHint = "write off, every 90m, or daily 02:00"

// ParseRhythm reads what String writes, or returns an Invalid error.
func ParseRhythm(text string) (Rhythm, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	rest = strings.TrimSpace(rest)
	switch {
	case word == "off" && rest == "":
		return Rhythm{}, nil
	case word == "every":
		d, err := time.ParseDuration(rest)
		if err == nil && d >= leastEvery && d <= mostEvery {
			return Rhythm{Every: d.Truncate(time.Second)}, nil
		}
	case word == "daily":
		at, err := time.Parse(clock, rest)
		if err == nil {
			return Rhythm{Daily: true, At: timeOfDay(at)}, nil
		}
	}
	return Rhythm{}, core.WithHint(core.Errorf(core.Invalid, "%q does not say how often: an interval is from %s to %s", text, short(leastEvery), short(mostEvery)), rhythmHint)
}

// String writes the rhythm.
func (r Rhythm) String() string {
	word, when := r.Words()
	return strings.TrimSpace(word + " " + when)
}

// Words returns the word of the rhythm, which is off, every or daily, and the interval or
// the time of day behind it.
func (r Rhythm) Words() (word, when string) {
	switch {
	case r.Daily:
		return "daily", fmt.Sprintf("%02d:%02d", r.At/time.Hour, r.At%time.Hour/time.Minute)
	case r.Every > 0:
		return "every", short(r.Every)
	}
	return "off", ""
}

// short writes a duration without the units of which it has none.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText writes what String does.
func (r Rhythm) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what ParseRhythm reads.
func (r *Rhythm) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRhythm(string(text))
	return err
}

// Next returns the first time after another at which it is time, where the day is that of
// a zone; the zero time for never. A time of day that a day does not have, because the
// clocks are put forward, is as much later; one that it has twice counts the first time.
func (r Rhythm) Next(after time.Time, zone *time.Location) time.Time {
	switch {
	case r.Every > 0:
		return after.Add(r.Every)
	case !r.Daily:
		return time.Time{}
	}
	year, month, day := after.In(zone).Date()
	for ; ; day++ {
		if next := r.on(year, month, day, zone); next.After(after) {
			return next
		}
	}
}

// on returns the time on a day.
func (r Rhythm) on(year int, month time.Month, day int, zone *time.Location) time.Time {
	minute := int(r.At / time.Minute)
	at := time.Date(year, month, day, 0, minute, 0, 0, zone)
	// By the clock of some hours earlier, a time in a gap comes behind the gap, and of two
	// times it is the first.
	name, offset := at.Add(-6 * time.Hour).Zone()
	before := time.Date(year, month, day, 0, minute, 0, 0, time.FixedZone(name, offset)).In(zone)
	if timeOfDay(at) != r.At || timeOfDay(before) == r.At {
		return before
	}
	return at
}

// timeOfDay returns what the clock shows, to a minute.
func timeOfDay(at time.Time) time.Duration {
	hour, minute, _ := at.Clock()
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

package transfer

import (
	"fmt"
	"strings"
	"testing"
)

// FuzzNeedle holds the search to the standard library.
func FuzzNeedle(f *testing.F) {
	for _, s := range [][2]string{
		{"", ""}, {"a", ""}, {"", "a"}, {"abc", "abcd"}, {"aXbXc", "XC"}, {"SELECT x", "select X"}, {"ÄÖ", "äö"}, {"Kelvin", "\u212aelvin"},
		{"zzzzZq", "zQ"}, {"...Z", "z"}, {"aZ", "z"}, {"qzqZqzx", "qzx"}, {"\xff\xfe", "\xfe"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, s, text string) {
		n := newNeedle(text)
		want := strings.Contains(strings.ToLower(s), strings.ToLower(text))
		if !ascii(s) && ascii(text) {
			return // folding may make ASCII of what is none, which is not looked for
		}
		if got := n.in(s); got != want {
			t.Fatalf("%q in %q = %v, want %v", text, s, got, want)
		}
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// BenchmarkNeedle searches 120,000 texts of 600 bytes for what is in none, on one core.
func BenchmarkNeedle(b *testing.B) {
	texts := make([]string, 120_000)
	for i := range texts {
		texts[i] = fmt.Sprintf(`{"id":"rule_%06d","sql":"SELECT device_id, avg(temperature) AS avg_temp, max(pressure) AS max_pressure FROM line_%d_telemetry WHERE temperature > 20 GROUP BY device_id, TUMBLINGWINDOW(ss, 10)","actions":[{"mqtt":{"server":"tcp://broker.plant.local:1883","topic":"alarms/line%d"}}]}`, i, i, i) + strings.Repeat("x", 250)
	}
	for _, text := range []string{"alarms/line999999", "temperature of", "no such thing", "selection"} {
		n := newNeedle(text)
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				for _, s := range texts {
					if n.in(s) {
						b.Fatal("it is there")
					}
				}
			}
		})
	}
}

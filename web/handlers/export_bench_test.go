package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"ekuiper-console/core"
)

// BenchmarkExport picks rules on the export page of a node of 100,000 rules and the 20,000
// streams that they read.
func BenchmarkExport(b *testing.B) {
	const n = 100_000
	s := open(b)
	if a := s.importing(factory(b, n, 1), ""); a.StatusCode != http.StatusOK {
		b.Fatal(a.body)
	}
	browser := s.signedIn(core.Viewer)
	for _, c := range []struct {
		name   string
		fields func(i int) []string
	}{
		{"one rule", func(i int) []string { return []string{"rule", fmt.Sprint("rule", i%n)} }},
		{"all rules", func(i int) []string { return []string{"every", "", "page", fmt.Sprint(1 + i)} }},
		{"all rules but one", func(i int) []string { return []string{"every", "", "except", fmt.Sprint("rule", i%n)} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				began := time.Now()
				if a := s.form(browser, "/ui/export", c.fields(i)...); a.StatusCode != http.StatusOK {
					b.Fatalf("%d\n%s", a.StatusCode, a.body)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/slowest")
		})
	}
}

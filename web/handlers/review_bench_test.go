package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// factory is a bundle of n rules and the n/5 streams that they read.
func factory(tb testing.TB, n, version int) string {
	b := &bundle.Bundle{}
	for i := range n / 5 {
		b.Set(core.Ref{Kind: core.Stream, Name: fmt.Sprintf("line%d", i)},
			fmt.Sprintf(`CREATE STREAM line%d (temp FLOAT, v%d FLOAT) WITH (DATASOURCE="t", FORMAT="JSON")`, i, version))
	}
	for i := range n {
		id := fmt.Sprintf("rule%d", i)
		b.Set(core.Ref{Kind: core.Rule, Name: id},
			fmt.Sprintf(`{"id":%q,"sql":"SELECT temp FROM line%d WHERE temp > %d","actions":[{"log":{}}]}`, id, i%(n/5), version))
	}
	doc, err := json.Marshal(b)
	if err != nil {
		tb.Fatal(err)
	}
	return string(doc)
}

// BenchmarkReview ticks boxes in the review of 120,000 entries, each of which the node has
// with another text. A round is a form that is sent, and the page that it leads to.
func BenchmarkReview(b *testing.B) {
	const n = 100_000
	for _, mode := range []string{"partial", "full"} {
		s := open(b)
		if a := s.importing(factory(b, n, 1), ""); a.StatusCode != http.StatusOK {
			b.Fatal(a.body)
		}
		browser := s.signedIn(core.Operator)
		a := s.drop(browser, "factory.json", factory(b, n, 2))
		draft := a.Request.URL.Path
		review := draft + "/review"
		s.form(browser, draft, "action", "review", "mode", mode)
		for _, c := range []struct {
			name   string
			fields func(i int) []string
		}{
			{"look", func(int) []string { return nil }},
			{"tick a rule", func(i int) []string { return []string{"shown", fmt.Sprint("rules/rule", i%n)} }},
			{"tick a stream", func(i int) []string { return []string{"shown", fmt.Sprint("streams/line", i%(n/5))} }},
			{"leave a tenth", func(i int) []string { return []string{"action", "found", "q", fmt.Sprint("rule", i%10)} }},
			{"leave all rules", func(int) []string { return []string{"action", "found", "q", "rule"} }},
			{"tick when all are left", func(i int) []string { return []string{"take", fmt.Sprint("rules/rule", i%n)} }},
			{"take all back", func(int) []string { return []string{"action", "all"} }},
		} {
			b.Run(mode+"/"+c.name, func(b *testing.B) {
				var took []time.Duration
				for i := 0; b.Loop(); i++ {
					began := time.Now()
					var a answer
					if fields := c.fields(i); fields != nil {
						a = s.form(browser, review, fields...)
					} else {
						a = s.open(browser, review)
					}
					if a.StatusCode != http.StatusOK {
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
}

package deps

import (
	"fmt"
	"runtime"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// plant is a bundle of n rules over n/5 streams.
func plant(n int) *bundle.Bundle {
	b := &bundle.Bundle{}
	b.Set(core.Ref{Kind: core.SourceConfig, Name: "mqtt"}, `{"hall_a":{"connectionSelector":"broker"}}`)
	b.Set(core.Ref{Kind: core.Connection, Name: "mqtt"}, `{"broker":{"server":"tcp://broker.plant.local:1883"}}`)
	for i := range n / 5 {
		name := fmt.Sprintf("line_%d", i)
		b.Set(core.Ref{Kind: core.Stream, Name: name}, fmt.Sprintf(
			`CREATE STREAM %s (device STRING, temperature FLOAT, ts BIGINT) WITH (DATASOURCE="plant/line%d/+", CONF_KEY="hall_a")`, name, i))
	}
	for i := range n {
		b.Set(rule(fmt.Sprintf("rule_%06d", i)), plantRule(i, n))
	}
	return b
}

func plantRule(i, n int) string {
	return fmt.Sprintf(`{"id":"rule_%06d","sql":"SELECT device, avg(temperature) AS t FROM line_%d WHERE temperature > %d GROUP BY device, TUMBLINGWINDOW(ss, 10)",`+
		`"actions":[{"mqtt":{"server":"tcp://broker.plant.local:1883","topic":"alarms/line%d","sendSingle":true}},{"log":{}}]}`, i, i%(n/5), i%90, i)
}

const plantRules = 100_000

func BenchmarkComplete(b *testing.B) {
	state := plant(plantRules)
	before := heap()
	g := Complete(state, nil, nil)
	complete := heap() - before
	g.UsedBy(rule("rule_000000"))
	used := heap() - before
	runtime.KeepAlive(g)
	runtime.KeepAlive(state)
	for b.Loop() {
		Complete(state, nil, nil)
	}
	b.ReportMetric(float64(complete)/plantRules, "B/rule")
	b.ReportMetric(float64(used)/plantRules, "B/rule-with-uses")
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkCompleteAfterOneChange(b *testing.B) {
	state := plant(plantRules)
	previous := Complete(state, nil, nil)
	state = state.Clone()
	state.Set(rule("rule_000007"), plantRule(8, plantRules))
	for b.Loop() {
		Complete(state, nil, previous)
	}
}

func BenchmarkUses(b *testing.B) {
	g := Complete(plant(plantRules), nil, nil)
	for b.Loop() {
		g.readUses()
	}
}

func BenchmarkUsedBy(b *testing.B) {
	g := Complete(plant(plantRules), nil, nil)
	stream := core.Ref{Kind: core.Stream, Name: "line_7"}
	g.UsedBy(stream)
	for b.Loop() {
		g.UsedBy(stream)
	}
}

func BenchmarkClosureOf1000(b *testing.B) {
	g := Complete(plant(plantRules), nil, nil)
	var roots []core.Ref
	for i := range 1000 {
		roots = append(roots, rule(fmt.Sprintf("rule_%06d", i*97)))
	}
	for b.Loop() {
		if _, err := g.Closure(roots); err != nil {
			b.Fatal(err)
		}
	}
}

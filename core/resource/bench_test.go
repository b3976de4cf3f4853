package resource

import (
	"testing"

	"ekuiper-console/core"
)

// plant is a rule as the benchmark of imports has it.
const plant = `{"id":"r","name":"overheating of line 7","sql":"SELECT device_id, avg(temperature) AS avg_temp, max(pressure) AS max_pressure, count(*) AS n FROM line WHERE temperature > 30 AND device_id != \"test\" GROUP BY device_id, TUMBLINGWINDOW(ss, 10) HAVING avg(temperature) > 30",` +
	`"actions":[{"mqtt":{"server":"tcp://broker.plant.local:1883","topic":"alarms/line7","qos":1,"sendSingle":true,"dataTemplate":"{\"device\":\"{{.device_id}}\"}"}},{"log":{}}],"options":{"qos":1,"checkpointInterval":"60s"},"tags":["line7","temperature"]}`

// BenchmarkPlan has what each part of the judgement of a rule takes.
func BenchmarkPlan(b *testing.B) {
	ref := core.Ref{Kind: core.Rule, Name: "r"}
	w := sourceTexts{"line": `CREATE STREAM line (device_id STRING, temperature FLOAT, pressure FLOAT, ts BIGINT) WITH (DATASOURCE="x")`}.world(b)
	decoded := func() *Rule {
		r, findings := Decode(ref, plant)
		if findings != nil {
			b.Fatal(told(findings))
		}
		return r.(*Rule)
	}
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decoded()
		}
	})
	r := decoded()
	b.Run("prepare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.prepared = false
			Prepare(r)
		}
	})
	b.Run("judge", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Judge(r, Scope{})
		}
	})
	b.Run("plan", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if f := r.Plan(w); f != nil {
				b.Fatal(told(f))
			}
		}
	})
}

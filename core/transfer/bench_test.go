package transfer_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// plant is a document of n rules over n/5 streams, about 600 bytes a rule.
func plant(tb testing.TB, n int) []byte {
	b := &bundle.Bundle{}
	for i := range max(n/5, 1) {
		name := fmt.Sprintf("line_%d_telemetry", i)
		b.Set(core.Ref{Kind: core.Stream, Name: name}, fmt.Sprintf(
			`CREATE STREAM %s (device_id STRING, temperature FLOAT, pressure FLOAT, ts BIGINT) WITH (DATASOURCE="plant/line%d/+/telemetry", FORMAT="JSON", TYPE="mqtt", CONF_KEY="hall_a")`, name, i))
	}
	for i := range n {
		id := fmt.Sprintf("rule_%06d", i)
		b.Set(core.Ref{Kind: core.Rule, Name: id}, fmt.Sprintf(
			`{"id":%q,"name":"overheating of line %d","sql":"SELECT device_id, avg(temperature) AS avg_temp, max(pressure) AS max_pressure, count(*) AS n FROM line_%d_telemetry WHERE temperature > %d AND device_id != \"test\" GROUP BY device_id, TUMBLINGWINDOW(ss, 10) HAVING avg(temperature) > 30",`+
				`"actions":[{"mqtt":{"server":"tcp://broker.plant.local:1883","topic":"alarms/line%d","qos":1,"sendSingle":true,"dataTemplate":"{\"device\":\"{{.device_id}}\"}"}},{"log":{}}],"options":{"qos":1,"checkpointInterval":"60s"},"tags":["line%d","temperature"]}`,
			id, i, i%max(n/5, 1), i%90, i, i%7))
	}
	data, err := b.MarshalJSON()
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// floor decodes the document with the standard library and inserts its rows with one
// prepared statement in one durable transaction, into a new file.
func floor(tb testing.TB, doc []byte) time.Duration {
	ctx := context.Background()
	file, err := sql.Open("sqlite", "file:"+filepath.Join(tb.TempDir(), "floor.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-65536)")
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	if _, err := file.ExecContext(ctx, "create table entries (kind text, name text, text text, primary key (kind, name)) strict, without rowid"); err != nil {
		tb.Fatal(err)
	}
	began := time.Now()
	var sections map[string]map[string]string
	if err := json.Unmarshal(doc, &sections); err != nil {
		tb.Fatal(err)
	}
	t, err := file.BeginTx(ctx, nil)
	if err != nil {
		tb.Fatal(err)
	}
	insert, err := t.PrepareContext(ctx, "insert into entries (kind, name, text) values (?, ?, ?)")
	if err != nil {
		tb.Fatal(err)
	}
	for kind, section := range sections {
		for name, text := range section {
			if _, err := insert.ExecContext(ctx, kind, name, text); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := t.Commit(); err != nil {
		tb.Fatal(err)
	}
	return time.Since(began)
}

// BenchmarkImport imports documents of growing size in full into an empty node. It
// reports entries a second, and the time as a multiple of the floor, which is
// measured beside every round.
func BenchmarkImport(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		doc := plant(b, n)
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			var imported, least time.Duration
			for b.Loop() {
				b.StopTimer()
				s := service(b)
				least += floor(b, doc)
				b.StartTimer()
				began := time.Now()
				res, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: doc, Mode: plan.Full})
				if err != nil || res.Failed() {
					b.Fatalf("%v, %d rejected", err, len(res.Rejected))
				}
				imported += time.Since(began)
			}
			b.ReportMetric(float64(n+n/5)*float64(b.N)/imported.Seconds(), "entries/s")
			b.ReportMetric(imported.Seconds()/least.Seconds(), "x-floor")
		})
	}
}

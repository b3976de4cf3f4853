package streamsql

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// plant returns the statements of n rules and of the streams they read, those of the benchmark
// of imports in core/transfer.
func plant(n int) (rules, streams []string) {
	lines := max(n/5, 1)
	for i := range lines {
		streams = append(streams, fmt.Sprintf(
			`CREATE STREAM line_%d_telemetry (device_id STRING, temperature FLOAT, pressure FLOAT, ts BIGINT) WITH (DATASOURCE="plant/line%d/+/telemetry", FORMAT="JSON", TYPE="mqtt", CONF_KEY="hall_a")`, i, i))
	}
	for i := range n {
		rules = append(rules, fmt.Sprintf(
			`SELECT device_id, avg(temperature) AS avg_temp, max(pressure) AS max_pressure, count(*) AS n FROM line_%d_telemetry WHERE temperature > %d AND device_id != "test" GROUP BY device_id, TUMBLINGWINDOW(ss, 10) HAVING avg(temperature) > 30`,
			i%lines, i%90))
	}
	return rules, streams
}

// scan reads every token of a text.
func scan(text string) {
	l := lexer{text: text}
	for l.next().kind != eof {
	}
}

// measure reads the statements in batches, and beside each batch scans the tokens of the same statements.
// It reports the lowest decile of the batches for one statement, and how many times that of scanning it is:
// what a core does that is not shared with other work.
func measure(b *testing.B, statements []string, read func(string) error) {
	const batch = 50
	b.ReportAllocs()
	var reads, scans []time.Duration
	for i := 0; b.Loop(); i++ {
		if i%batch > 0 {
			continue // a loop is one statement, so that the allocations are those of one
		}
		part := statements[i%len(statements):][:batch]
		began := time.Now()
		for _, text := range part {
			if err := read(text); err != nil {
				b.Fatal(err)
			}
		}
		read := time.Now()
		reads = append(reads, read.Sub(began))
		b.StopTimer()
		for _, text := range part {
			scan(text)
		}
		scans = append(scans, time.Since(read))
		b.StartTimer()
	}
	b.ReportMetric(float64(decile(reads).Nanoseconds())/batch, "decile-ns")
	b.ReportMetric(decile(reads).Seconds()/decile(scans).Seconds(), "x-scan")
}

func decile(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/10]
}

func BenchmarkParse(b *testing.B) {
	rules, _ := plant(1000)
	measure(b, rules, func(text string) error {
		_, err := ParseSelect(text)
		return err
	})
}

// BenchmarkCheck parses a rule and checks its calls on the way.
func BenchmarkCheck(b *testing.B) {
	rules, _ := plant(1000)
	measure(b, rules, func(text string) error {
		_, err := Check(text, nil)
		return err
	})
}

// BenchmarkJudge does all that the import of a rule does with its SQL.
func BenchmarkJudge(b *testing.B) {
	rules, _ := plant(1000)
	measure(b, rules, func(text string) error {
		s, err := ParseSelect(text)
		if err != nil {
			return err
		}
		if found := append(CheckCalls(s, nil), Lint(text, s)...); len(found) > 0 {
			return found[0]
		}
		return nil
	})
}

func BenchmarkParseStatement(b *testing.B) {
	_, streams := plant(1000)
	measure(b, streams, func(text string) error {
		_, err := ParseStatement(text)
		return err
	})
}

// BenchmarkPrint writes parsed rules.
func BenchmarkPrint(b *testing.B) {
	rules, _ := plant(1000)
	var all []*Select
	for _, text := range rules {
		s, err := ParseSelect(text)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, s)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		Print(all[i%len(all)])
		i++
	}
}

// BenchmarkScan reads the tokens of a rule.
func BenchmarkScan(b *testing.B) {
	rules, _ := plant(1000)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		scan(rules[i%len(rules)])
		i++
	}
}

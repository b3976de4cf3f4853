package rollout_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ekuiper-console/core/bundle"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/transfer"
)

var (
	benchNodes   = flag.Int("nodes", 500, "nodes of BenchmarkRollout")
	benchEntries = flag.Int("entries", 1000, "entries of its bundle")
)

// benchParallel is how many nodes are applied to at once.
const benchParallel = 32

// largeBundle is a bundle of so many entries: a stream, and rules on it.
func largeBundle(entries int) string {
	var b strings.Builder
	b.WriteString(`{"streams":{"t":"CREATE STREAM t () WITH (DATASOURCE=\"b\")"},"rules":{`)
	for i := 1; i < entries; i++ {
		if i > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"rule%d":"{\"id\":\"rule%d\",\"sql\":\"SELECT temperature, humidity FROM t WHERE temperature > %d\",\"actions\":[{\"mqtt\":{\"server\":\"tcp://broker:1883\",\"topic\":\"out/%d\"}}]}"`, i, i, i, i)
	}
	b.WriteString("}}")
	return b.String()
}

// BenchmarkRollout rolls a large bundle out to many nodes. Its floor is the same imports,
// as many at once, by nobody who plans, tells or remembers anything.
func BenchmarkRollout(b *testing.B) {
	document := largeBundle(*benchEntries)
	for b.Loop() {
		w := open(b, *benchNodes)
		w.live.Times = node.Times{}
		memory := watchMemory()
		begun := time.Now()
		r, err := w.Plan(ctx, operator, rollout.Request{Document: []byte(document), Mode: plan.Partial, Nodes: w.all(), Strategy: rollout.Strategy{Parallel: benchParallel}})
		if err != nil {
			b.Fatal(err)
		}
		w.Wait(ctx, r.ID)
		planned := time.Since(begun)
		begun = time.Now()
		if _, err := w.Start(ctx, operator, r.ID); err != nil {
			b.Fatal(err)
		}
		longest, last := time.Duration(0), time.Now()
		if err := w.Watch(ctx, viewer, r.ID, func(rollout.Rollout) error {
			longest, last = max(longest, time.Since(last)), time.Now()
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		applied := time.Since(begun)
		if done, _ := w.Rollout(ctx, viewer, r.ID); done.Tally[rollout.Verified] != *benchNodes {
			b.Fatalf("it ended with %v: %s", done.Tally, w.reasons(r.ID))
		}
		peak, engines := memory(), w.held()
		floor := floorOf(b, document)
		b.ReportMetric(planned.Seconds(), "s/plan")
		b.ReportMetric(applied.Seconds(), "s/apply")
		b.ReportMetric(floor.Seconds(), "s/floor")
		b.ReportMetric(applied.Seconds()/floor.Seconds(), "of-floor")
		b.ReportMetric(longest.Seconds(), "s/longest-silence")
		b.ReportMetric(float64(peak-min(peak, engines))/(1<<20), "MB/peak")
	}
}

// held takes from the engines what they hold, and returns how much memory that was.
func (w *world) held() uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, e := range w.engines {
		e.Do(func(e *nodetest.Engine) { e.Holds, e.Calls = &bundle.Bundle{}, nil })
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	return before.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
}

// floorOf returns how long the imports take by themselves.
func floorOf(b *testing.B, document string) time.Duration {
	w := open(b, *benchNodes)
	w.live.Times = node.Times{}
	imports := &transfer.Service{Nodes: w.live, Live: w.live, Journal: w.db}
	defer imports.Close()
	slots := make(chan struct{}, benchParallel)
	var wg sync.WaitGroup
	begun := time.Now()
	for _, name := range w.all() {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if _, err := imports.Import(ctx, operator, transfer.Request{Node: name, Document: []byte(document), Mode: plan.Partial}); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	took := time.Since(begun)
	for _, e := range w.engines {
		e.Close()
	}
	return took
}

// watchMemory samples how much of the heap is in use, the engines included. The function that it returns ends that, and returns the most that was.
func watchMemory() (end func() uint64) {
	ctx, cancel := context.WithCancel(context.Background())
	peak := make(chan uint64)
	go func() {
		most := uint64(0)
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-tick.C:
			case <-ctx.Done():
				tick.Stop()
				peak <- most
				return
			}
		}
	}()
	return func() uint64 {
		cancel()
		return <-peak
	}
}

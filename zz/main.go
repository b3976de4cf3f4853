package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/fetch"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
)

func main() {
	debug.SetMemoryLimit(768 << 20)
	path := os.Args[1]
	t := time.Now()
	lap := func(what string) { fmt.Println(what, time.Since(t)); t = time.Now() }
	f := &fetch.Fetcher{Roots: []string{filepath.Dir(path)}, MaxBytes: 2 << 30}
	f.Prepare()
	body, err := f.Open(context.Background(), "file://"+path, nil)
	if err != nil {
		panic(err)
	}
	data, _ := io.ReadAll(io.LimitReader(body, 2<<30))
	lap("read")
	sha256.Sum256(data)
	lap("sha")
	b, _, err := bundle.Decode(data)
	lap("decode")
	b.Settle()
	lap("settle")
	store, err := db.Open(context.Background(), os.Args[2])
	if err != nil {
		panic(err)
	}
	s := &transfer.Service{Nodes: store, Journal: store, Fetch: f, MaxDocument: 2 << 30}
	lap("open")
	last := ""
	n := 0
	seen := time.Now()
	_, err = s.Import(context.Background(), core.Caller{Name: "x", Role: core.Operator}, transfer.Request{Node: "local", Document: data, Mode: plan.Full, Progress: func(p transfer.Progress) {
		now := fmt.Sprint(p.Stage, p.Done)
		if d := time.Since(seen); d > 500*time.Millisecond {
			fmt.Println("   still", d, last, "->", now)
		}
		last, seen = now, time.Now()
		n++
	}})
	fmt.Println("   end", time.Since(seen), last, err)
	lap("import")
}

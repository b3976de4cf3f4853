package transfer_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/artifact/artifacttest"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/fetch"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db/dbtest"
)

// BenchmarkPlugins imports 100 plugins of 1 MB each from a server on this machine, and
// reports the time as a multiple of fetching them alone: with one client, one after the
// other, each into a file that is on the disk before the next one is asked for.
func BenchmarkPlugins(b *testing.B) {
	const plugins = 100
	ballast := make([]byte, 1<<20)
	if _, err := rand.Read(ballast); err != nil {
		b.Fatal(err)
	}
	archives := map[string][]byte{}
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(archives[r.URL.Path])
	}))
	defer home.Close()
	doc := &bundle.Bundle{}
	for i := range plugins {
		name := fmt.Sprintf("p%d", i)
		archives["/"+name+".zip"] = artifacttest.Zip(name+".so", artifacttest.Library(), "data/ballast", string(ballast))
		doc.Set(core.Ref{Kind: core.NativePlugin, Name: "functions_" + name}, fmt.Sprintf(`{"name":%q,"file":"%s/%s.zip"}`, name, home.URL, name))
	}
	text, err := doc.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	var alone, imported time.Duration
	for b.Loop() {
		folder := b.TempDir()
		began := time.Now()
		for i := range plugins {
			download(b, fmt.Sprintf("%s/p%d.zip", home.URL, i), filepath.Join(folder, fmt.Sprint(i)))
		}
		alone += time.Since(began)
		db := dbtest.Open(b)
		kept, err := depot.New(filepath.Join(b.TempDir(), "artifacts"))
		if err != nil {
			b.Fatal(err)
		}
		s := &transfer.Service{Nodes: db, Journal: db, Fetch: &fetch.Fetcher{AllowPrivate: true}, Depot: kept}
		began = time.Now()
		res, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: text, Mode: plan.Full, Atomic: true})
		if err != nil || !res.Written {
			b.Fatalf("%+v, %v", res, err)
		}
		imported += time.Since(began)
		s.Close()
	}
	b.ReportMetric(imported.Seconds()/alone.Seconds(), "x-alone")
}

func download(b *testing.B, address, name string) {
	resp, err := http.Get(address)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	f, err := os.Create(name)
	if err == nil {
		_, err = io.Copy(f, resp.Body)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil || f.Close() != nil {
		b.Fatal(err)
	}
}

package transfer_test

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync"
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

// The plugins of the benchmark: 100 of 1 MB.
const benchPlugins = 100

// pluginHome serves plugins whose content cannot be compressed, and returns a document
// that names them.
func pluginHome(b *testing.B) (address string, doc []byte) {
	ballast := make([]byte, 1<<20)
	if _, err := rand.Read(ballast); err != nil {
		b.Fatal(err)
	}
	archives, all := map[string][]byte{}, &bundle.Bundle{}
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(archives[r.URL.Path])
	}))
	b.Cleanup(home.Close)
	for i := range benchPlugins {
		name := fmt.Sprintf("p%d", i)
		archives["/"+name+".zip"] = artifacttest.Zip(name+".so", artifacttest.Library(), "data/ballast", string(ballast))
		all.Set(core.Ref{Kind: core.NativePlugin, Name: "functions_" + name}, fmt.Sprintf(`{"name":%q,"file":"%s/%s.zip"}`, name, home.URL, name))
	}
	doc, err := all.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	return home.URL, doc
}

// BenchmarkPlugins imports 100 plugins of 1 MB each from a server on this machine. It
// reports the time as a multiple of fetching them alone: with one client, one after the
// other, each into memory. Beside it stand the times of what an import must do besides, each on
// all cores: to hash as many bytes, and to bring as many files to the disk. TMPDIR says
// to which disk.
func BenchmarkPlugins(b *testing.B) {
	address, doc := pluginHome(b)
	var alone, imported, hashed, written time.Duration
	for b.Loop() {
		alone += timed(b, func() error { return fetchAlone(address) })
		hashed += timed(b, func() error { return onAllCores(hash) })
		folder := b.TempDir()
		written += timed(b, func() error {
			return onAllCores(func(i int) error { return write(filepath.Join(folder, fmt.Sprint(i))) })
		})
		db := dbtest.Open(b)
		kept, err := depot.New(filepath.Join(b.TempDir(), "artifacts"))
		if err != nil {
			b.Fatal(err)
		}
		s := &transfer.Service{Nodes: db, Journal: db, Fetch: &fetch.Fetcher{AllowPrivate: true}, Depot: kept}
		imported += timed(b, func() error {
			res, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: doc, Mode: plan.Full, Atomic: true})
			if err == nil && !res.Written {
				err = fmt.Errorf("rejected: %v", res.Rejected)
			}
			return err
		})
		s.Close()
	}
	b.ReportMetric(imported.Seconds()/alone.Seconds(), "x-alone")
	for name, took := range map[string]time.Duration{"alone": alone, "import": imported, "hash": hashed, "disk": written} {
		b.ReportMetric(float64(took.Milliseconds())/float64(b.N), name+"-ms")
	}
}

// timed returns how long something takes.
func timed(b *testing.B, do func() error) time.Duration {
	runtime.GC() // what was before is not its fault
	began := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// fetchAlone fetches the plugins, and does nothing with them.
func fetchAlone(address string) error {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for i := range benchPlugins {
		resp, err := client.Get(fmt.Sprintf("%s/p%d.zip", address, i))
		if err != nil {
			return err
		}
		_, err = io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return err
		}
	}
	return nil
}

// onAllCores does something for each plugin, for 16 of them at once.
func onAllCores(do func(i int) error) error {
	errs := make([]error, benchPlugins)
	var group sync.WaitGroup
	for worker := range 16 {
		group.Go(func() {
			for i := worker; i < benchPlugins; i += 16 {
				errs[i] = do(i)
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// megabyte is what has to be hashed and written for each plugin.
var megabyte = make([]byte, 1<<20)

func hash(int) error {
	sha256.Sum256(megabyte)
	return nil
}

// write writes a file that survives a loss of power.
func write(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(megabyte)
	return errors.Join(err, f.Sync(), f.Close())
}

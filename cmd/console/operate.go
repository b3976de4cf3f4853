package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	"ekuiper-console/core"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
	"ekuiper-console/web/handlers"
	"ekuiper-console/web/metrics"
)

// cidr is a range of addresses as the command line takes it; one address is a range too.
type cidr struct{ netip.Prefix }

// UnmarshalText reads a range.
func (c *cidr) UnmarshalText(text []byte) (err error) {
	if one, err := netip.ParseAddr(string(text)); err == nil {
		c.Prefix = netip.PrefixFrom(one, one.BitLen())
		return nil
	}
	c.Prefix, err = netip.ParsePrefix(string(text))
	if err != nil {
		return core.Errorf(core.Invalid, "%q is no range of addresses: write 10.0.0.0/8, or one address", text)
	}
	return nil
}

func prefixes(all []cidr) []netip.Prefix {
	var out []netip.Prefix
	for _, c := range all {
		out = append(out, c.Prefix)
	}
	return out
}

// minSpace is how much must be free on the disk for the console to count as ready and
// well, in bytes: an import of a large bundle needs a multiple of its size.
const minSpace = 64 << 20

// probes returns what /readyz asks. What they say may be read by everybody, so it names
// no path.
func (c *serveCmd) probes(store *db.DB) []handlers.Probe {
	return []handlers.Probe{
		{Name: "store", Check: store.Probe},
		{Name: "migrations", Check: store.Migrated},
		{Name: "artifacts", Check: func(context.Context) error { return c.writable() }},
		{Name: "space", Check: func(context.Context) error { return c.roomy() }},
	}
}

// artifacts returns the folder of the files that entries name.
func (f *dataFlags) artifacts() string { return filepath.Join(f.Data, "artifacts") }

// writable reports why no artifact could be kept, if that is so. Their folder is made
// with the first of them.
func (f *dataFlags) writable() error {
	dir := f.artifacts()
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		dir = f.Data
	}
	// It has one name, so that consoles that are killed do not leave one each.
	probe, err := os.OpenFile(filepath.Join(dir, ".probe"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		err = probe.Close()
		if gone := os.Remove(probe.Name()); !errors.Is(gone, fs.ErrNotExist) { // another probe is quicker
			err = errors.Join(err, gone)
		}
	}
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	if err != nil {
		return fmt.Errorf("the folder of artifacts cannot be written to: %w", err)
	}
	return nil
}

// roomy reports how little space is left, if it is too little.
func (f *dataFlags) roomy() error {
	free, err := freeSpace(f.Data)
	if err != nil {
		return fmt.Errorf("asking how much space is free: %w", err)
	}
	if free < minSpace {
		return fmt.Errorf("%d MiB are free on the disk, %d are the least", free>>20, minSpace>>20)
	}
	return nil
}

// measure gives the server metrics, unless they are off.
func (c *serveCmd) measure(server *handlers.Server, store *db.DB, keep keeping, local bool) {
	doors := map[string]handlers.MetricsDoor{"open": handlers.MetricsOpen, "token": handlers.MetricsByToken, "off": handlers.MetricsOff}
	if local {
		doors["auto"] = handlers.MetricsOpen
	}
	server.MetricsDoor = doors[c.Metrics]
	if server.MetricsDoor == handlers.MetricsOff {
		return
	}
	server.Metrics = metrics.New(version, metrics.Now{
		Entries: func(ctx context.Context) (map[string]int, error) { return entries(ctx, store) },
		Tasks:   store.TaskCounts,
		Drift:   keep.drift,
		Backups: keep.ages,
		Size:    c.storeSize,
	})
	server.Transfer.Observe, server.Audit.Seen = server.Metrics.Import, server.Metrics.Event
}

// entries returns how many entries each section has.
func entries(ctx context.Context, store *db.DB) (map[string]int, error) {
	counts := map[string]int{}
	now, err := store.Snapshot(ctx, transfer.Local)
	if err != nil {
		return nil, err
	}
	for _, k := range core.InstallOrder() {
		counts[k.Key()] = len(now.Bundle.Names(k))
	}
	return counts, nil
}

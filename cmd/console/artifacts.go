package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"ekuiper-console/core/depot"
	"ekuiper-console/core/disk"
	"ekuiper-console/db"
)

// keySize is how many bytes the key of links has.
const keySize = 32

// linkKey returns the secret that addresses of artifacts are signed with. It is made at
// the first start, and anew where it is not whole.
func (f *dataFlags) linkKey() ([]byte, error) {
	name := filepath.Join(f.Data, "links.key")
	key, err := os.ReadFile(name)
	if err == nil && len(key) == keySize || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key = make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("making the key of links: %w", err)
	}
	const half = ".half" // a key that was cut off would be one that anybody can guess
	if err := os.WriteFile(name+half, key, 0o600); err != nil {
		return nil, disk.Told("keeping the key of links", err)
	}
	if err := os.Rename(name+half, name); err != nil {
		return nil, disk.Told("keeping the key of links", err)
	}
	return key, nil
}

// How often files that nothing names any more are taken out, and how long they stay: a
// bundle that was brought is applied within a day.
const (
	sweepEvery = time.Hour
	sweepAfter = 25 * time.Hour
)

// sweep takes out the files that nothing names any more, now and every hour, until the
// context ends.
func sweep(ctx context.Context, store *db.DB, artifacts *depot.Store, log *slog.Logger) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := sweepOnce(ctx, store, artifacts); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "artifacts not swept", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func sweepOnce(ctx context.Context, store *db.DB, artifacts *depot.Store) error {
	known, err := store.ArtifactHashes(ctx)
	if err != nil {
		return err
	}
	_, err = artifacts.Sweep(ctx, func(sha string) bool { return known[sha] }, sweepAfter)
	return err
}

package depot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/disk"
)

// Swept is what a sweep has removed.
type Swept struct {
	Files int   // of content that nobody keeps
	Temps int   // what interrupted writers left
	Bytes int64 // of both
}

// silence is how long nothing is written to a file that somebody still writes. Whoever
// reads from a network gives up long before.
const silence = 15 * time.Minute

// Sweep removes the files that keep does not want and that were put longer ago than
// olderThan, and what interrupted writers left. The age must cover the time between Put
// and the moment from which keep knows of the file. Keep may be called by one goroutine
// only, in any order.
func (s *Store) Sweep(ctx context.Context, keep func(sha string) bool, olderThan time.Duration) (Swept, error) {
	return s.sweep(ctx, keep, olderThan, os.Remove)
}

// Stale says what Sweep would remove, and removes nothing.
func (s *Store) Stale(ctx context.Context, keep func(sha string) bool, olderThan time.Duration) (Swept, error) {
	return s.sweep(ctx, keep, olderThan, func(string) error { return nil })
}

// sweep calls remove with the path of each file that is to go.
func (s *Store) sweep(ctx context.Context, keep func(sha string) bool, olderThan time.Duration, remove func(string) error) (Swept, error) {
	now := time.Now()
	var swept Swept
	err := s.walk(ctx, func(path, name string) error {
		temp, age := strings.HasPrefix(name, tempPrefix), olderThan
		if temp {
			age = min(silence, olderThan)
		} else if !s.holds(path, name) || keep(name) {
			return nil
		}
		size, err := s.removeOld(path, now.Add(-age), remove)
		if err != nil || size < 0 {
			return err
		}
		swept.Bytes += size
		if temp {
			swept.Temps++
		} else {
			swept.Files++
		}
		return nil
	})
	return swept, err
}

// removeOld removes a file that was last written before a moment, and returns its size,
// or -1 where it stays.
func (s *Store) removeOld(path string, before time.Time, remove func(string) error) (int64, error) {
	s.sweeping.Lock()
	defer s.sweeping.Unlock()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
		return -1, nil
	}
	if err != nil {
		return -1, disk.Told("sweeping kept files", err)
	}
	if err := remove(path); err != nil {
		return -1, disk.Told("sweeping kept files", err)
	}
	return info.Size(), nil
}

// holds reports whether a path is where the store keeps the file of this name.
func (s *Store) holds(path, name string) bool {
	return sumPattern.MatchString(name) && path == s.path(name)
}

// Damage is a file that is not as it should be.
type Damage struct {
	SHA256 string
	Err    error // NotFound where it is missing, Conflict where it was altered, else it cannot be read
}

// Check reads every file, and names those that are damaged and those of wanted that are
// missing, in the order of their names.
func (s *Store) Check(ctx context.Context, wanted ...string) ([]Damage, error) {
	damaged := map[string]error{}
	for _, sha := range wanted {
		if !s.Has(sha) {
			damaged[sha] = missing(sha)
		}
	}
	err := s.walk(ctx, func(path, name string) error {
		if !s.holds(path, name) {
			return nil
		}
		err := s.Verify(ctx, name)
		if err != nil && ctx.Err() == nil && core.CodeOf(err) != core.NotFound { // swept meanwhile
			damaged[name] = err
		}
		return ctx.Err()
	})
	var list []Damage
	for _, sha := range slices.Sorted(maps.Keys(damaged)) {
		list = append(list, Damage{sha, damaged[sha]})
	}
	return list, err
}

// walk calls do with every regular file of the store.
func (s *Store) walk(ctx context.Context, do func(path, name string) error) error {
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil // removed meanwhile
		case err != nil:
			return err
		case !d.Type().IsRegular():
			return nil
		}
		return do(path, d.Name())
	})
	if err != nil {
		return fmt.Errorf("walking the folder of artifacts: %w", err)
	}
	return nil
}

package db

import (
	"context"
	"fmt"
)

// Copy writes what the store in the file at path holds at this moment to a new file. The
// store may be in use, and is not brought up to date. The copy is compact, and holds
// nothing of what was deleted.
func Copy(ctx context.Context, path, to string) error {
	pool, err := connect(path, 1, []string{"busy_timeout(10000)"})
	if err != nil {
		return fmt.Errorf("opening the store %s: %w", path, err)
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, "vacuum into ?", to)
	return fault(ctx, err, "copying the store")
}

// Package disk words the troubles that a disk may have, with the remedy where there is
// one, so that everybody who writes files tells of them in the same way.
package disk

import (
	"errors"
	"fmt"

	"ekuiper-console/core"
)

// remedy is what to do about an error of the system.
type remedy struct {
	err  error
	hint string
}

// Told says what was being done when err came up. It is Unwritable, with a hint, where
// the disk is full or may not be written to. Else it keeps its code, which is Internal
// where it has none. No error stays none.
func Told(doing string, err error) error {
	if err == nil {
		return nil
	}
	for _, r := range remedies {
		if errors.Is(err, r.err) {
			return core.WithHint(core.Errorf(core.Unwritable, "%s: %w", doing, err), r.hint)
		}
	}
	if _, told := errors.AsType[*core.Error](err); told {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return core.Errorf(core.Internal, "%s: %w", doing, err)
}

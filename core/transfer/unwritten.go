package transfer

import (
	"context"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// Recorder writes down what changes nothing in the store.
type Recorder interface {
	// Record writes an event.
	Record(ctx context.Context, e audit.Event) error
}

// causes say why an import wrote nothing. The error itself is not told: it may quote the
// document or an address, and with them a secret.
var causes = map[core.Code]string{
	core.Internal:  "a fault of the console",
	core.Invalid:   "the document cannot be read",
	core.NotFound:  "what it is of is not there",
	core.Conflict:  "the node has moved, or much would be deleted unasked",
	core.Cancelled: "cancelled",
	core.TooLarge:  "the document is too large",
	core.Busy:      "another process was writing",

	core.Unwritable:  "the disk took nothing",
	core.Unreachable: "the node cannot be reached, or does not answer as it should",
}

// tellUnwritten writes down an import that wrote nothing; one that did is told of in its
// commit.
func (s *Service) tellUnwritten(ctx context.Context, by core.Caller, req Request, result *Result, err error) error {
	if s.Audit == nil || err == nil && (result.Written || !req.Atomic || !result.Failed()) {
		return nil
	}
	action, detail := audit.Import, causes[core.CodeOf(err)]
	if err == nil {
		detail = fmt.Sprintf("all or nothing, %d rejected", len(result.Rejected))
	}
	if req.Restores > 0 {
		action, detail = audit.Restore, fmt.Sprintf("of revision %d; %s", req.Restores, detail)
	}
	return s.Audit.Record(ctx, audit.New(s.now(), by, action, req.Node).Saying(detail).Ending(audit.Failed))
}

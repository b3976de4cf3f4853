package transfer

import (
	"time"

	"ekuiper-console/core/plan"
)

// Observed is an import that is over.
type Observed struct {
	What   string // import or restore
	Mode   string // full or partial
	Result string // applied, unchanged, rejected for some entries, or failed
	Took   time.Duration
}

// observe tells of an import that began at a time.
func (s *Service) observe(began time.Time, req Request, result *Result, err error) {
	if s.Observe == nil {
		return
	}
	o := Observed{What: "import", Mode: req.Mode.String(), Result: "unchanged", Took: s.now().Sub(began)}
	if req.Restores > 0 {
		o.What, o.Mode = "restore", plan.Full.String()
	}
	switch {
	case err != nil:
		o.Result = "failed"
	case result.Failed():
		o.Result = "rejected"
	case result.Written:
		o.Result = "applied"
	}
	s.Observe(o)
}

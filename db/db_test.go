package db_test

import (
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

const node = "local"

// noon is when the tests begin.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var keller = core.Caller{Name: "m.keller", Role: core.Operator, Via: "page"}

// parse reads "rules/a=1 streams/s=1".
func TestSmoke(t *testing.T) {
	s := dbtest.Open(t)
	b, _, err := bundle.Decode(bundle.Sample)
	if err != nil {
		t.Fatal(err)
	}
	importAll(t, s, b)
	snap, err := s.Snapshot(t.Context(), node)
	if err != nil || !snap.Bundle.Equal(b) {
		t.Fatal(err, snap)
	}
}

func importAll(t *testing.T, s *db.DB, next *bundle.Bundle) plan.Revision {
	t.Helper()
	snap, err := s.Snapshot(t.Context(), node)
	if err != nil {
		t.Fatal(err)
	}
	rev, err := s.Commit(t.Context(), &plan.Commit{Node: node, Plan: plan.New(plan.Full, snap, next, nil), By: keller, Time: noon})
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

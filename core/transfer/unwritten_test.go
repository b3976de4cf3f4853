package transfer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db/dbtest"
)

// audited returns a service on an empty node, and the log that it writes.
func audited(t *testing.T) (*transfer.Service, *audit.Log) {
	db := dbtest.Open(t)
	log := &audit.Log{Store: db}
	return &transfer.Service{Nodes: db, Journal: db, Fetch: shelf{}, Audit: log}, log
}

// Every import is told of once: by its commit, or because it wrote nothing.
func TestEveryImportIsTold(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	held := core.Errorf(core.Cancelled, "held")
	for _, tt := range []struct {
		ctx  context.Context
		req  transfer.Request
		want string
	}{
		{t.Context(), transfer.Request{Document: []byte(`{}`)}, "import ok partial, 0 created, 0 replaced, 0 deleted, 0 rejected"},
		{t.Context(), transfer.Request{Document: []byte(`{"streams":{"x":"y"}}`)}, "import ok partial, 0 created, 0 replaced, 0 deleted, 1 rejected"},
		{t.Context(), transfer.Request{Document: []byte(`{"streams":{"x":"y"}}`), Atomic: true}, "import failed all or nothing, 1 rejected"},
		{t.Context(), transfer.Request{Document: []byte(`{"password":"hunter2`)}, "import failed the document cannot be read"},
		{t.Context(), transfer.Request{Document: []byte(`{}`), Hold: func() error { return held }}, "import failed cancelled"},
		{t.Context(), transfer.Request{Document: []byte(`{}`), Plan: "another"}, "import failed the node has moved, or much would be deleted unasked"},
		{t.Context(), transfer.Request{Restores: 7}, "restore failed of revision 7; what it is of is not there"},
		{gone, transfer.Request{Document: []byte(`{}`)}, "import failed cancelled"},
	} {
		s, log := audited(t)
		tt.req.Node = transfer.Local
		_, err := s.Import(tt.ctx, operator, tt.req)
		events, listed := log.List(t.Context(), core.Caller{Name: "root", Role: core.Admin}, audit.Query{})
		if listed != nil || len(events) != 1 {
			t.Errorf("%+v: %v; the log has %v, %v", tt.req, err, events, listed)
			continue
		}
		e := events[0]
		if got := fmt.Sprintf("%s %s %s", e.Action, e.Result, e.Detail); got != tt.want || e.Caller != operator.Name {
			t.Errorf("%s: %v\n got %s by %s\nwant %s by %s", tt.req.Document, err, got, e.Caller, tt.want, operator.Name)
		}
		if strings.Contains(e.Detail, "hunter2") {
			t.Error("a secret is told")
		}
	}
}

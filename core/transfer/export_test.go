package transfer_test

import (
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
	"ekuiper-console/core/transfer"
)

const (
	brokers = `connectionConfig/mqtt = {"spare":{"password":"p1"},"used":{"password":"p2","server":"tcp://h:1883"}}`
	sending = `rules/r = {"id":"r","sql":"SELECT * FROM demo","actions":[{"mqtt":{"connectionSelector":"used","topic":"t"}}]}`
)

// texts prints a bundle as "section/name = text" lines.
func texts(b *bundle.Bundle) string {
	var out []string
	for ref, text := range b.All() {
		out = append(out, ref.String()+" = "+text)
	}
	return strings.Join(out, "\n")
}

func TestCompose(t *testing.T) {
	s := service(t)
	run(t, s, plan.Full, lines(brokers, demo, sending, anArea))
	const (
		used       = `connectionConfig/mqtt = {"used":{"password":"p2","server":"tcp://h:1883"}}`
		usedMasked = `connectionConfig/mqtt = {"used":{"password":"••••••","server":"tcp://h:1883"}}`
		allMasked  = `connectionConfig/mqtt = {"spare":{"password":"••••••"},"used":{"password":"••••••","server":"tcp://h:1883"}}`
	)
	tests := []struct {
		req     transfer.ExportRequest
		want    string
		secrets int
	}{
		{transfer.ExportRequest{}, "", 0},
		{transfer.ExportRequest{Rules: []string{"r"}}, lines(used, demo, sending), 0},
		{transfer.ExportRequest{Rules: []string{"r"}, Masked: true}, lines(usedMasked, demo, sending), 1},
		{transfer.ExportRequest{Rules: []string{"r"}, AllConnections: true}, lines(brokers, demo, sending), 0},
		{transfer.ExportRequest{AllConnections: true, Masked: true}, allMasked, 2},
		{transfer.ExportRequest{All: true}, lines(anArea, brokers, demo, sending), 0},
		{transfer.ExportRequest{All: true, Masked: true, AllConnections: true}, lines(anArea, allMasked, demo, sending), 2},
	}
	for _, tt := range tests {
		tt.req.Node = transfer.Local
		x, err := s.Compose(ctx, viewer, tt.req)
		if err != nil {
			t.Errorf("Compose(%+v): %v", tt.req, err)
			continue
		}
		if got := texts(x.Bundle); got != tt.want || x.Secrets != tt.secrets || x.Connections != 2 || x.Revision != 1 {
			t.Errorf("Compose(%+v)\n got %s\nwith %d secrets, %d connections, revision %d\nwant %s\nwith %d secrets", tt.req, got, x.Secrets, x.Connections, x.Revision, tt.want, tt.secrets)
		}
	}
	now, err := s.Export(ctx, viewer, transfer.Local)
	if err != nil || strings.Contains(texts(now.Bundle), secret.Dots) {
		t.Errorf("exporting masked has masked the node: %v %s", err, texts(now.Bundle))
	}
}

func TestComposeRefuses(t *testing.T) {
	s := service(t)
	run(t, s, plan.Full, lines(demo, onDemo))
	tests := []struct {
		by   core.Caller
		req  transfer.ExportRequest
		code core.Code
		says string
	}{
		{viewer, transfer.ExportRequest{Node: transfer.Local, Rules: []string{"r", "zzz"}}, core.NotFound, "zzz"},
		{viewer, transfer.ExportRequest{Node: transfer.Local, Rules: []string{""}}, core.Invalid, "rule id 1 of 1"},
		{viewer, transfer.ExportRequest{Node: "elsewhere", All: true}, core.NotFound, "elsewhere"},
		{core.Caller{}, transfer.ExportRequest{Node: transfer.Local, All: true}, core.Unauthenticated, "nobody"},
	}
	for _, tt := range tests {
		if _, err := s.Compose(ctx, tt.by, tt.req); core.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("Compose(%+v, %+v) = %v, want code %v and %q", tt.by, tt.req, err, tt.code, tt.says)
		}
	}
}

// TestAlsoKeepsReasons: a connection that a rule uses says so, though all come along.
func TestAlsoKeepsReasons(t *testing.T) {
	s := service(t)
	run(t, s, plan.Full, lines(brokers, demo, sending))
	x, err := s.Compose(ctx, viewer, transfer.ExportRequest{Node: transfer.Local, Rules: []string{"r"}, AllConnections: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, item := range x.Items {
		got = append(got, item.Part.String()+" "+string(item.Why))
	}
	if got, want := strings.Join(got, ", "), "connectionConfig/mqtt/spare , connectionConfig/mqtt/used connects, streams/demo reads, rules/r "; got != want {
		t.Errorf("items are %q, want %q", got, want)
	}
}

package transfer_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// intertwined are entries of which most say another thing about others when they come,
// go or change.
var intertwined = []string{
	`streams/s = CREATE STREAM s () WITH (DATASOURCE="t")`, `streams/s = CREATE STREAM s (a BIGINT) WITH (DATASOURCE="t", TYPE="zmq")`,
	`streams/s = CREATE STREAM s (a BIGINT, a FLOAT) WITH (DATASOURCE="t")`, `streams/s = oops`,
	`streams/t = CREATE STREAM t (b BIGINT) WITH (DATASOURCE="t", FORMAT="protobuf", SCHEMAID="x.M")`,
	`tables/s = CREATE TABLE s () WITH (DATASOURCE="t", TYPE="memory", KIND="lookup", KEY="k")`,
	`tables/t = CREATE TABLE t () WITH (DATASOURCE="t", TYPE="video", KIND="lookup", KEY="k")`,
	`rules/a = {"id":"a","sql":"SELECT * FROM s","actions":[{"log":{}}]}`, `rules/a = {"id":"a","sql":"SELECT a FROM s","actions":[{"log":{}}]}`,
	`rules/b = {"id":"b","sql":"SELECT f(b), g(1) FROM t","actions":[{"mqtt":{"connectionSelector":"c1"}}]}`,
	`rules/c = {"id":"c","sql":"SELECT s.a FROM s INNER JOIN t ON s.a = t.b GROUP BY TUMBLINGWINDOW(ss, 1)","actions":[{"zmq":{"server":"x"}}]}`,
	`rules/d = {"id":"d","sql":"SELECT blur(a) FROM r","actions":[{"log":{}}]}`, `rules/bad = nothing`,
	`scripts/f = {"id":"f","script":"function f(x){return x}"}`, `scripts/f = {"id":"f","script":"function ("}`, `scripts/g = {"id":"g","script":"function g(x){return x}"}`,
	`connectionConfig/mqtt = {"c1":{"server":"tcp://h:1"}}`, `connectionConfig/mqtt = {"c2":{"server":"tcp://h:1"}}`, `connectionConfig/edgex = {"c1":{"server":"h"}}`, `connectionConfig/mqtt = {`,
	`sourceConfig/mqtt = {"k":{"server":"a","connectionSelector":"c1"}}`, `sinkConfig/mqtt = {"l":{"server":"b"}}`,
	`Schema/protobuf_x = {"type":"protobuf","name":"x","content":"message M { required int64 b = 1; }"}`, `Schema/protobuf_x = {"type":"nosuch","name":"x"}`,
	`nativePlugins/sources_zmq = {"name":"zmq","file":"https://h/a.zip"}`, `nativePlugins/sinks_zmq = {"name":"zmq","file":"https://h/a.zip"}`,
	`nativePlugins/functions_f = {"name":"f","file":"https://h/a.zip"}`, `nativePlugins/functions_f = {"name":"f","file":"nowhere"}`, `nativePlugins/functions_f = {`,
	`portablePlugins/cam = {"name":"cam","file":"https://h/cam.zip"}`, `portablePlugins/cam = {`, `Service/v = {"name":"v","file":"https://h/v.zip"}`,
	`uploads/u = {"name":"u","content":"1"}`, `uploads/u = {"name":"../u","content":"1"}`,
}

// crowd are more rules without a stream than there are hints for, some with a hint.
func crowd() (lines []string) {
	for i := range plan.MaxHints + 9 {
		lines = append(lines, fmt.Sprintf(`rules/z%03d = {"id":"z%03d","sql":"SELECT * FROM %c","actions":[{"log":{}}]}`, i, i, "srq"[i%3]))
	}
	return append(lines, `streams/qq = CREATE STREAM qq () WITH (DATASOURCE="t")`, `streams/ss = CREATE STREAM ss () WITH (DATASOURCE="t")`)
}

// Whatever is ticked, one after the other and in either mode, the plan is the one that is
// made of the same from nothing.
func TestReviewsAreThePlansFromScratch(t *testing.T) {
	many := strings.Join(crowd(), "\n")
	rapid.Check(t, func(r *rapid.T) {
		s, d := desk(t)
		pick := func(label string) string {
			lines := strings.Join(rapid.SliceOfN(rapid.SampledFrom(intertwined), 0, 18).Draw(r, label), "\n")
			if rapid.IntRange(0, 9).Draw(r, "crowd") == 0 {
				lines += "\n" + many
			}
			return lines
		}
		run(t, s, plan.Partial, pick("there"))
		body := document(t, pick("bundle"))
		var ids []string
		bring := func() {
			id, err := d.Bring(ctx, operator, transfer.Local, "x.json", transfer.Brought{Text: body})
			if err != nil {
				r.Fatal(err)
			}
			ids = append(ids, id)
		}
		bring()
		if now, _ := s.Export(ctx, viewer, transfer.Local); now.Revision > 0 {
			id, err := d.Revert(ctx, operator, transfer.Local, now.Revision)
			if err != nil {
				r.Fatal(err)
			}
			ids = append(ids, id)
		}
		r.Repeat(map[string]func(*rapid.T){
			"tick":  func(r *rapid.T) { tickSome(r, s, d, rapid.SampledFrom(ids).Draw(r, "draft")) },
			"again": func(r *rapid.T) { sameFromScratch(r, s, d, rapid.SampledFrom(ids).Draw(r, "draft")) },
			"move": func(r *rapid.T) {
				if rapid.IntRange(0, 4).Draw(r, "seldom") == 0 {
					run(t, s, plan.Partial, pick("meanwhile"))
				}
			},
		})
	})
}

// tickSome leaves out some entries of a draft, takes some back, and perhaps changes the mode.
func tickSome(r *rapid.T, s *transfer.Service, d *transfer.Drafts, id string) {
	review, err := d.Review(ctx, operator, transfer.Local, id)
	if err != nil {
		r.Fatal(err)
	}
	c := review.Draft.Choices
	if rapid.IntRange(0, 5).Draw(r, "other mode") == 0 {
		c.Mode = plan.Full - c.Mode
	}
	left := map[core.Ref]bool{}
	for _, ref := range c.Leave {
		left[ref] = true
	}
	for range rapid.IntRange(1, 4).Draw(r, "ticks") {
		if len(review.Plan.Steps) > 0 {
			ref := rapid.SampledFrom(review.Plan.Steps).Draw(r, "step").Ref
			left[ref] = !left[ref]
		}
	}
	c.Leave = nil
	for ref, out := range left {
		if out {
			c.Leave = append(c.Leave, ref)
		}
	}
	if err := d.Choose(ctx, operator, id, c); err != nil {
		r.Fatal(err)
	}
	sameFromScratch(r, s, d, id)
}

// sameFromScratch compares the review of a draft with the plan of the import.
func sameFromScratch(r *rapid.T, s *transfer.Service, d *transfer.Drafts, id string) {
	review, err := d.Review(ctx, operator, transfer.Local, id)
	if err != nil {
		r.Fatal(err)
	}
	_, req, err := d.Request(ctx, operator, id)
	if err != nil {
		r.Fatal(err)
	}
	req.NoFetch = true
	scratch, err := s.Preview(ctx, operator, req)
	if err != nil {
		r.Fatal(err)
	}
	if reflect.DeepEqual(review.Plan, scratch) {
		return
	}
	for i := range min(len(scratch.Steps), len(review.Plan.Steps)) {
		if got, want := review.Plan.Steps[i], scratch.Steps[i]; !reflect.DeepEqual(got, want) {
			r.Fatalf("%v without %v, step %d\n got %+v\nwant %+v", req.Mode, req.Leave, i, got, want)
		}
	}
	r.Fatalf("%v without %v\n got %s, hash %s\nwant %s, hash %s", req.Mode, req.Leave, notate(review.Plan), review.Plan.Hash, notate(scratch), scratch.Hash)
}

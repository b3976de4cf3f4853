package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// fate is what is known of an import.
type fate string

const (
	unknown fate = "unknown" // the connection was cut
	done    fate = "done"    // acknowledged: it must be there
	undone  fate = "undone"  // the console said, or showed, that nothing came of it
)

// act is one import that a client sent.
type act struct {
	note     string
	route    string
	doc      *document // nil for a restore
	restores int64
	partial  bool
	atomic   bool

	fate           fate
	answer         string
	task           string // the id of the task that does it, where the client was told
	number         int64  // the revision that the answer names; 0 where it names none
	sent, answered time.Time

	revision int64 // where it was found
}

// String tells of an act in one line.
func (a *act) String() string {
	return fmt.Sprintf("%s %s partial=%v atomic=%v restores=%d task=%q: %s %.300s", a.note, a.route, a.partial, a.atomic, a.restores, a.task, a.fate, a.answer)
}

// client sends imports, one after the other, until the console is gone.
type client struct {
	*maker
	url    string
	token  string
	http   *http.Client
	data   string
	newest int64 // the newest revision that is known
	acts   []*act
}

// routes are the ways of importing; the name of each is what a failure tells.
var routes = []struct {
	name   string
	weight int
	do     func(c *client, ctx context.Context, a *act) error
}{
	{"/data/import", 4, (*client).data1},
	{"/async/data/import", 3, (*client).async},
	{"/api/v1/import", 3, (*client).v1},
	{"/api/v1/import async", 2, (*client).v1Async},
	{"restore", 2, (*client).restore},
	{"console import", 1, (*client).commandLine},
}

// errCut is the error of a request that was cut off.
var errCut = errors.New("cut off")

// run imports until the console is gone. An answer that no console should give is an
// error.
func (c *client) run(ctx context.Context) error {
	for ctx.Err() == nil {
		a := c.next()
		c.acts = append(c.acts, a)
		err := c.route(a)(c, ctx, a)
		if errors.Is(err, errCut) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%v: %w", a, err)
		}
	}
	return nil
}

// next makes up what to send.
func (c *client) next() *act {
	a := &act{partial: c.IntN(2) == 0, atomic: c.IntN(3) == 0, fate: unknown, sent: time.Now()}
	total := 0
	for _, r := range routes {
		total += r.weight
	}
	at := c.IntN(total)
	for _, r := range routes {
		if at -= r.weight; at < 0 {
			a.route = r.name
			break
		}
	}
	if a.route == "restore" && c.newest > 0 {
		a.restores = 1 + c.Int64N(c.newest)
		c.made++
	} else {
		if a.route == "restore" {
			a.route = routes[0].name
		}
		a.doc = c.document()
	}
	a.note = fmt.Sprintf("%s-%d", c.id, c.made)
	return a
}

// route returns what an act is done by.
func (c *client) route(a *act) func(*client, context.Context, *act) error {
	for _, r := range routes {
		if r.name == a.route {
			return r.do
		}
	}
	panic("there is no route " + a.route)
}

// call sends a request and returns the status and the body. Its error is errCut.
func (c *client) call(ctx context.Context, method, path string, body any) (int, []byte, error) {
	var r io.Reader
	if body != nil {
		r = strings.NewReader(marshal(body))
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, r)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errCut, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errCut, err)
	}
	return resp.StatusCode, answer, nil
}

// settle notes what an answer says of an act.
func (a *act) settle(f fate, answer []byte) {
	a.fate, a.answer, a.answered = f, string(answer), time.Now()
}

// switches writes the query of an act.
func (a *act) switches() string {
	query := "?"
	if a.partial {
		query += "partial=1&"
	}
	if a.atomic {
		query += "atomic=1"
	}
	return query
}

// rejected settles an import that was told to have rejected entries.
func (a *act) rejected(answer []byte) error {
	if a.doc == nil || len(a.doc.refused) == 0 {
		return fmt.Errorf("refused for no reason: %s", answer)
	}
	f := done
	if a.atomic {
		f = undone
	}
	a.settle(f, answer)
	return nil
}

// data1 imports over the engine's route.
func (c *client) data1(ctx context.Context, a *act) error {
	status, answer, err := c.call(ctx, http.MethodPost, "/data/import"+a.switches(), map[string]string{"content": a.doc.text})
	switch {
	case err != nil:
		return err
	case status == http.StatusOK:
		a.settle(done, answer)
		return nil
	case status == http.StatusBadRequest:
		return a.rejected(answer)
	}
	return a.turnedAway(status, answer)
}

// turnedAway settles an import that was not even tried.
func (a *act) turnedAway(status int, answer []byte) error {
	if status != http.StatusConflict && status != http.StatusServiceUnavailable {
		return fmt.Errorf("answered %d: %s", status, answer)
	}
	a.settle(undone, answer)
	return nil
}

// taskAnswer is a task as either route shows it.
type taskAnswer struct {
	ID, Status, State, Message string
	Outcome                    *outcome
}

// outcome is what became of an import.
type outcome struct {
	Written  bool
	Revision int64
}

// async imports in the background, over the engine's route. Now and then it is cancelled.
func (c *client) async(ctx context.Context, a *act) error {
	status, answer, err := c.call(ctx, http.MethodPost, "/async/data/import"+a.switches(), map[string]string{"content": a.doc.text})
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return a.turnedAway(status, answer)
	}
	return c.follow(ctx, a, answer, "/async/task/")
}

// v1Async imports in the background, over our own route.
func (c *client) v1Async(ctx context.Context, a *act) error {
	status, answer, err := c.call(ctx, http.MethodPost, "/api/v1/import", a.body(true))
	if err != nil {
		return err
	}
	if status != http.StatusAccepted {
		return a.turnedAway(status, answer)
	}
	return c.follow(ctx, a, answer, "/api/v1/tasks/")
}

// follow watches a task to its end.
func (c *client) follow(ctx context.Context, a *act, answer []byte, path string) error {
	var t taskAnswer
	if err := json.Unmarshal(answer, &t); err != nil {
		return err
	}
	a.task = t.ID
	cancels := c.IntN(8) == 0
	for ctx.Err() == nil {
		if cancels {
			if _, _, err := c.call(ctx, http.MethodPost, path+a.task+"/cancel", nil); err != nil {
				return err
			}
		}
		status, answer, err := c.call(ctx, http.MethodGet, path+a.task, nil)
		if err != nil {
			return err
		}
		t = taskAnswer{}
		if err := json.Unmarshal(answer, &t); err != nil || status != http.StatusOK {
			return fmt.Errorf("the task is answered with %d: %s", status, answer)
		}
		switch t.Status + t.State {
		case "finish":
			if t.Outcome != nil && !t.Outcome.Written {
				a.settle(undone, answer)
				return nil
			}
			a.settle(done, answer)
			return nil
		case "cancel":
			a.settle(undone, answer)
			return nil
		case "error":
			return a.rejected(answer)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

// body is the body of our own route.
func (a *act) body(async bool) map[string]any {
	mode := "full"
	if a.partial {
		mode = "partial"
	}
	return map[string]any{"content": a.doc.text, "mode": mode, "atomic": a.atomic, "note": a.note, "async": async}
}

// v1 imports over our own route.
func (c *client) v1(ctx context.Context, a *act) error {
	status, answer, err := c.call(ctx, http.MethodPost, "/api/v1/import", a.body(false))
	return a.outcome(status, answer, err)
}

// restore brings a revision back.
func (c *client) restore(ctx context.Context, a *act) error {
	path := "/api/v1/revisions/" + strconv.FormatInt(a.restores, 10) + "/restore"
	status, answer, err := c.call(ctx, http.MethodPost, path, map[string]any{"note": a.note})
	return a.outcome(status, answer, err)
}

// outcome settles an import whose answer says what became of it.
func (a *act) outcome(status int, answer []byte, err error) error {
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return a.turnedAway(status, answer)
	}
	var o outcome
	if err := json.Unmarshal(answer, &o); err != nil {
		return err
	}
	f := undone
	if o.Written {
		f, a.number = done, o.Revision
	}
	a.settle(f, answer)
	return nil
}

// commandLine imports by another process, which is killed with the console.
func (c *client) commandLine(ctx context.Context, a *act) error {
	args := []string{"import", "--data", c.data, "--allow-private-net", "--json", "--note", a.note, "-"}
	if a.partial {
		args = append(args, "--partial")
	}
	if a.atomic {
		args = append(args, "--atomic")
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin = strings.NewReader(a.doc.text)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil
	}
	var told struct{ Outcome *outcome }
	if json.Unmarshal(stdout.Bytes(), &told) != nil || told.Outcome == nil {
		if strings.Contains(stderr.String(), "another process") || strings.Contains(stderr.String(), "has changed meanwhile") {
			a.settle(undone, stderr.Bytes())
			return nil
		}
		return fmt.Errorf("%v: %s%s", err, stdout.Bytes(), stderr.Bytes())
	}
	f := undone
	if told.Outcome.Written {
		f, a.number = done, told.Outcome.Revision
	}
	a.settle(f, stdout.Bytes())
	return nil
}

package node

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/jsonscan"
)

// About is what a node says of itself.
type About struct {
	Version string        `json:"version"`
	OS      string        `json:"os,omitempty"`
	Arch    string        `json:"arch,omitempty"`
	UpTime  time.Duration `json:"-"`
	Clock   time.Duration `json:"-"` // how far its clock is ahead of ours, to a second; 0 where it does not say
	Latency time.Duration `json:"-"`
}

// About asks a node what it is, and whether it takes the credentials.
func (c *Client) About(ctx context.Context) (About, error) {
	about, _, err := c.about(ctx)
	return about, err
}

// about is About, with what the node says of its rules: the first question is answered to
// everybody, and this one is not.
func (c *Client) about(ctx context.Context) (About, []Running, error) {
	about, err := c.greet(ctx)
	if err != nil {
		return about, nil, err
	}
	rules, err := c.Rules(ctx)
	return about, rules, err
}

// greet asks a node what it is.
func (c *Client) greet(ctx context.Context) (About, error) {
	a, err := c.call(ctx, request{c.times.Ask, http.MethodGet, "/", nil})
	if err != nil {
		return About{}, c.strange(err)
	}
	var body struct {
		About
		Seconds int64 `json:"upTimeSeconds"`
	}
	if err := c.read(a, "/", &body); err != nil {
		return About{}, err
	}
	about := body.About
	about.UpTime, about.Latency = time.Duration(body.Seconds)*time.Second, a.took
	if !a.date.IsZero() {
		about.Clock = a.date.Sub(a.sent.Add(a.took / 2)).Round(time.Second)
	}
	return about, c.compatible(about.Version)
}

// strange makes of a refusal that a node's client never meets that this is no eKuiper.
func (c *Client) strange(err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return trouble(c.node.Name, Incompatible, "it answers %d: %s", r.Status, excerpt(r.Message))
	}
	return err
}

// versionPattern are the first two numbers of a version.
var versionPattern = regexp.MustCompile(`^v?(\d+)\.(\d+)`)

// compatible refuses what is no eKuiper, and those without partial imports, which came
// with 1.9. A version that is no number is a build of somebody's own.
func (c *Client) compatible(version string) error {
	if version == "" {
		return trouble(c.node.Name, Incompatible, "it does not say its version")
	}
	if m := versionPattern.FindStringSubmatch(version); m != nil {
		major, _ := strconv.Atoi(m[1]) // digits; a number that is too large is no version
		minor, _ := strconv.Atoi(m[2])
		if major == 1 && minor < 9 || major == 0 && version != "0.0.0" {
			return trouble(c.node.Name, Incompatible, "its version %s has no partial import, which came with 1.9", version)
		}
	}
	return nil
}

// Export returns all that a node holds.
func (c *Client) Export(ctx context.Context) (*bundle.Bundle, error) {
	a, err := c.call(ctx, request{c.times.Export, http.MethodGet, "/data/export", nil})
	if err != nil {
		return nil, c.strange(err)
	}
	b, _, err := bundle.Decode(a.body)
	if err != nil {
		return nil, trouble(c.node.Name, Incompatible, "what it exports is no bundle: %v", err)
	}
	return plain(b, c.links), c.whole(a.body)
}

// always are the sections that the export of every engine has, also where they are empty:
// a server that answers some other object is none, and no engine that is empty.
var always = []core.Kind{core.Stream, core.Table, core.Rule}

// whole refuses an export, which is a bundle, without the sections that are always there.
func (c *Client) whole(export []byte) error {
	scan := jsonscan.Scanner{Data: export}
	var has [core.NumKinds]bool
	if scan.Blanks(); scan.Type() == "object" {
		_ = scan.Members(func(section string) error { // which only tells errors of this function
			if kind, ok := core.KindOf(section); ok {
				has[kind] = true
			}
			scan.Skip()
			return nil
		})
	}
	for _, kind := range always {
		if !has[kind] {
			return trouble(c.node.Name, Incompatible, "what it exports has no section %s, which that of every engine has", kind.Key())
		}
	}
	return nil
}

// Way is how a node is to take a bundle: the query of the import.
type Way string

// The ways.
const (
	Reset Way = ""           // in place of all that is there
	Over  Way = "?partial=1" // over what is there
	Stop  Way = "?stop=1"    // as Reset; then it ends, unless there is an entry that it did not take
)

// Import sends a bundle and returns what the node says of each entry that it did not
// take. A *Refusal means that it refused the bundle as a whole. After any error it is not known what
// the node did.
func (c *Client) Import(ctx context.Context, way Way, b *bundle.Bundle) (*bundle.Bundle, error) {
	content, err := b.MarshalJSON()
	if err != nil {
		return nil, core.Errorf(core.Internal, "writing the bundle: %w", err)
	}
	a, err := c.call(ctx, request{c.times.Import, http.MethodPost, "/data/import" + string(way), map[string]string{"content": string(content)}})
	if r, ok := errors.AsType[*Refusal](err); ok {
		if report, ok := reportIn(r.Message); ok {
			return report, nil
		}
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	var body struct{ ConfigResponse *bundle.Bundle }
	if err := c.read(a, "the import", &body); err != nil {
		return nil, err
	}
	return told(body.ConfigResponse), nil
}

// Running is whether a rule runs, as a node tells it.
type Running struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Message string `json:"message,omitempty"`
}

// Runs reports whether the rule runs.
func (r Running) Runs() bool { return strings.HasPrefix(strings.ToLower(r.Status), "running") }

// Rules returns what a node says of all its rules.
func (c *Client) Rules(ctx context.Context) ([]Running, error) {
	a, err := c.call(ctx, request{c.times.Ask, http.MethodGet, "/rules", nil})
	if err != nil {
		return nil, c.strange(err)
	}
	var rules []Running
	return rules, c.read(a, "/rules", &rules)
}

// Status returns what a node says of one rule, or a *Refusal where it does not say.
func (c *Client) Status(ctx context.Context, id string) (Running, error) {
	a, err := c.call(ctx, request{c.times.Ask, http.MethodGet, "/rules/" + url.PathEscape(id) + "/status", nil})
	if err != nil {
		return Running{}, err
	}
	r := Running{ID: id}
	if err := c.read(a, "the status of a rule", &r); err != nil {
		r.Status = excerpt(string(a.body)) // older engines answer with a sentence
	}
	r.ID = id
	return r, nil
}

// stop ends a node.
func (c *Client) stop(ctx context.Context) error {
	_, err := c.call(ctx, request{c.times.Ask, http.MethodPost, "/stop", nil})
	return err
}

// restart starts a rule anew.
func (c *Client) restart(ctx context.Context, id string) error {
	_, err := c.call(ctx, request{c.times.Ask, http.MethodPost, "/rules/" + url.PathEscape(id) + "/restart", nil})
	return err
}

// dropSchema takes out a schema, whose name in a bundle is <type>_<name>.
func (c *Client) dropSchema(ctx context.Context, key string) error {
	kind, name, ok := strings.Cut(key, "_")
	if !ok {
		return nil
	}
	_, err := c.call(ctx, request{c.times.Ask, http.MethodDelete, "/schemas/" + url.PathEscape(kind) + "/" + url.PathEscape(name), nil})
	return err
}

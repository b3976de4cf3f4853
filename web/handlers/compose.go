package handlers

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
	"ekuiper-console/web/views"
)

// compose fills in what comes along with the picked rules.
func (s *Server) compose(r *http.Request, p *views.ExportPage) error {
	if p.Picked == 0 {
		return nil
	}
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return err
	}
	x, ok := s.composed.find(snapshot.State, p)
	if !ok {
		if x, err = s.composeAnew(r, p); err != nil {
			return err
		}
		s.composed.keep(x)
	}
	p.Closure, p.Secrets, p.Connections, p.Size, p.Preview = x.closure, x.secrets, x.connections, x.size, x.preview
	if len(p.PickedRules) <= maxCurlRules {
		p.Curl = curl(origin(r)+ownPath(r), p.PickedRules, p.Options)
	}
	return nil
}

// composeAnew makes the export that a page tells of.
func (s *Server) composeAnew(r *http.Request, p *views.ExportPage) (composition, error) {
	req, f := exportOf(r, p.Options)
	req.Rules = p.PickedRules
	x, err := s.Transfer.Compose(r.Context(), callerOf(r), req)
	if err != nil {
		return composition{}, err
	}
	var size counter
	if err := f.encode(x.Bundle, &size); err != nil {
		return composition{}, err
	}
	c := composition{state: x.State, picked: p.PickedRules, options: p.Options, closure: views.NewClosure(&x.Set),
		secrets: x.Secrets, connections: x.Connections, size: int(size)}
	c.preview, err = preview(x.Bundle, p.Options.YAML)
	return c, err
}

// composition is what a page tells of an export, which may be of very many rules.
type composition struct {
	state   plan.State
	picked  []string
	options views.ExportOptions

	closure                    *views.Closure
	secrets, connections, size int
	preview                    string
}

// keptCompositions is how many are kept, for whoever turns the pages of the table.
const keptCompositions = 8

// compositions keeps those that were made last.
type compositions struct {
	mu   sync.Mutex
	kept []composition // the newest last
}

// find returns what a page tells of a state.
func (k *compositions) find(state plan.State, p *views.ExportPage) (composition, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.kept, func(c composition) bool {
		return c.state == state && c.options == p.Options && slices.Equal(c.picked, p.PickedRules)
	})
	if i < 0 {
		return composition{}, false
	}
	return k.kept[i], true
}

// keep keeps one more.
func (k *compositions) keep(c composition) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) == keptCompositions {
		k.kept = slices.Delete(k.kept, 0, 1)
	}
	k.kept = append(k.kept, c)
}

// counter counts what is written to it, in bytes.
type counter int

// Write counts.
func (c *counter) Write(data []byte) (int, error) {
	*c += counter(len(data))
	return len(data), nil
}

// preview returns the beginning of a document, laid out to be read and without secrets.
func preview(b *bundle.Bundle, yaml bool) (string, error) {
	beginning := &bundle.Bundle{}
	for _, kind := range core.DocumentOrder() {
		names := b.Names(kind)
		for _, name := range names[:min(len(names), views.PreviewLines)] {
			ref := core.Ref{Kind: kind, Name: name}
			text, _ := b.Get(ref)
			beginning.Set(ref, secret.MaskEntry(kind, text))
		}
	}
	var doc strings.Builder
	if yaml {
		err := asYAML.encode(beginning, &doc)
		return doc.String(), err
	}
	text, err := beginning.Indent()
	return string(text), err
}

package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// Rework makes a draft of the entries that an import has rejected, for a partial import
// of nothing else. Missing names those whose text was too long to be kept, unless the
// draft that was imported, of which from is the id, is there still. It takes an operator.
// An outcome without a rejected entry that is whole is a Conflict error.
func (d *Drafts) Rework(ctx context.Context, by core.Caller, o *plan.Outcome, node, name, from string) (id string, missing []core.Ref, err error) {
	source, files := &bundle.Bundle{}, map[string]string(nil)
	if draft, err := d.Draft(ctx, by, from); err == nil {
		files = draft.Files
		if doc, err := decode(Detect, draft.Body, nil); err == nil {
			source = doc.bundle
		}
	}
	b := &bundle.Bundle{}
	for _, refused := range o.Rejected {
		text, there := source.Get(refused.Ref)
		switch {
		case !refused.Cut:
			b.Set(refused.Ref, refused.Text)
		case there:
			b.Set(refused.Ref, text)
		default:
			missing = append(missing, refused.Ref)
		}
	}
	if b.Len() == 0 {
		return "", missing, core.WithHint(core.Errorf(core.Conflict, "no text of a rejected entry was kept"), "mend the bundle where it comes from, and bring it again")
	}
	body, err := spread(b)
	if err != nil {
		return "", nil, err
	}
	id, err = d.Bring(ctx, by, node, name, Brought{Text: body, Files: files})
	return id, missing, err
}

// spread writes the sections of a bundle that have entries, for a person to edit: an
// entry a line, and characters as they are.
func spread(b *bundle.Bundle) ([]byte, error) {
	var out bytes.Buffer
	before := "{\n  "
	for _, k := range core.DocumentOrder() {
		if b.Count(k) == 0 {
			continue
		}
		fmt.Fprintf(&out, "%s%q: ", before, k.Key())
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("  ", "  ")
		if err := enc.Encode(maps.Collect(b.Section(k))); err != nil {
			return nil, fmt.Errorf("writing the %s: %w", k.Key(), err)
		}
		out.Truncate(out.Len() - 1) // the line break
		before = ",\n  "
	}
	out.WriteString("\n}\n")
	return out.Bytes(), nil
}

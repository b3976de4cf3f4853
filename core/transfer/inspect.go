package transfer

import (
	"context"
	"encoding/json"

	"ekuiper-console/core"
	"ekuiper-console/core/artifact"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// found is what was found in the file of an entry.
type found struct {
	artifact *plan.Artifact // nil where it is refused
	findings []core.Finding
	brings   *core.Provides // also of one that is refused; nil where it could not be read
}

// brings returns what the file of an entry has for others to use, and whether that is known.
func (f *fetches) brings(ref core.Ref) (p core.Provides, known bool) {
	if in := f.found[ref]; in.brings != nil {
		return *in.brings, true
	}
	a, known := f.past[ref]
	return a.Provides, known
}

// inspectAll looks into the file of some entries.
func (f *fetches) inspectAll(ctx context.Context, files []file, item depot.Item, looking turns) []found {
	defer looking.take()()
	all := make([]found, len(files))
	for i, file := range files {
		all[i] = f.inspect(ctx, file, item)
	}
	return all
}

// inspect looks into the file of an entry. Without a place to keep files nobody has. A
// fault of ours refuses the entry and does not end the program.
func (f *fetches) inspect(ctx context.Context, file file, item depot.Item) (what found) {
	defer func() {
		if p := recover(); p != nil {
			what = refused(file.ref, core.WithHint(core.Errorf(core.Internal, "looking into the file broke off: %v", p), "this is a fault of the console; report it with the file"))
		}
	}()
	want, ok := artifact.WantOf(file.ref, file.resource)
	if f.depot == nil || !ok {
		return found{}
	}
	content, err := f.depot.Open(item.SHA256)
	if err != nil {
		return refused(file.ref, err)
	}
	defer content.Close()
	in, err := artifact.Inspect(ctx, content, item.Size, want)
	if err != nil {
		what = refused(file.ref, err)
		if in != nil && len(resource.Serving(core.Provides(in.Provides))) > 0 {
			what.brings = new(core.Provides(in.Provides))
		}
		return what
	}
	text, err := json.Marshal(in)
	if err != nil {
		return refused(file.ref, err)
	}
	a := &plan.Artifact{Address: file.uri, SHA256: item.SHA256, Size: item.Size, Provides: core.Provides(in.Provides), Contents: text}
	return found{a, in.Findings, &a.Provides}
}

// refused is what was found in a file that an engine would not take.
func refused(ref core.Ref, err error) found {
	return found{findings: []core.Finding{{Severity: core.Fault, Ref: ref, Message: err.Error(), Hint: core.HintOf(err), Offset: -1}}}
}

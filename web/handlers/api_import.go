package handlers

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/jsonscan"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// configurationInfo is the body of an import request. It has the engine's name, which
// stands in messages.
type configurationInfo struct {
	Content string `json:"content"`
	File    string `json:"file"`
}

// given is what a request brings: a document, or the address of one.
type given struct {
	document []byte
	address  string
	files    map[string]string // the hashes of the files that came with it, by address
}

// importAnswer is the body of a successful import, and the response in that of a task.
type importAnswer struct {
	ErrorMsg       string         `json:"ErrorMsg"`
	ConfigResponse *bundle.Bundle `json:"ConfigResponse"`
	Warnings       []core.Finding `json:"Warnings,omitempty"`
}

// switches are the query parameters of an import.
type switches struct{ partial, stop, restart, atomic, dryRun bool }

var switchNames = []string{"partial", "stop", "restart", "atomic", "dry_run"}

// readSwitches reads the query. The engine takes partial=true, and any misspelt name,
// for a full import with reset; here all that is not clear is refused.
func readSwitches(r *http.Request) (switches, error) {
	const calm = "nothing was changed"
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return switches{}, core.WithHint(core.Errorf(core.Invalid, "the query cannot be read: %v", err), calm)
	}
	on := map[string]bool{}
	for name, values := range query {
		switch {
		case !slices.Contains(switchNames, name):
			return switches{}, core.WithHint(core.Errorf(core.Invalid, "unknown parameter %s", name), "there are "+strings.Join(switchNames, ", ")+"; "+calm)
		case len(values) > 1:
			return switches{}, core.WithHint(core.Errorf(core.Invalid, "%s is given %d times", name, len(values)), calm)
		case values[0] == "1":
			on[name] = true
		case values[0] != "0" && values[0] != "":
			return switches{}, core.WithHint(core.Errorf(core.Invalid, "%s=%s is not understood: write %s=1 or leave it out", name, values[0], name), calm)
		}
	}
	sw := switches{on["partial"], on["stop"] && !on["partial"], on["restart"], on["atomic"], on["dry_run"]}
	if nodeOf(r) != core.Local { // what asks this console to stop asks that node
		sw.stop, sw.restart = false, sw.restart || sw.stop
	} else if sw.restart {
		return sw, core.WithHint(core.Errorf(core.Invalid, "restart=1 is for nodes that run elsewhere"), "stop=1 ends this console; "+calm)
	}
	return sw, nil
}

func (sw switches) mode() plan.Mode {
	if sw.partial {
		return plan.Partial
	}
	return plan.Full
}

// readBody reads the body of an import request as the engine does: the first JSON
// value counts. A form with a file, which the engine does not take, brings the bundle
// as it is, or with its files.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) (given, error) {
	if isMultipart(r) {
		brought, err := s.readUpload(w, r)
		return given{document: brought.Text, files: brought.Files}, err
	}
	var body bytes.Buffer
	body.Grow(int(min(max(r.ContentLength, 0), s.maxDocument())) + bytes.MinRead)
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, s.maxDocument())); err != nil {
		return given{}, badBody(err)
	}
	if usual(body.Bytes()) {
		return quick(body.Bytes()), nil
	}
	var info configurationInfo
	if err := json.NewDecoder(&body).Decode(&info); err != nil {
		return given{}, badBody(err)
	}
	return given{document: []byte(info.Content), address: info.File}, nil
}

// usual reports whether a body can be read by quick: it is an object that has texts under
// the names of the fields, to the letter, and nothing else.
func usual(body []byte) bool {
	scan := jsonscan.Scanner{Data: body}
	if !jsonscan.Valid(body) {
		return false
	}
	if scan.Blanks(); scan.Type() != "object" {
		return false
	}
	usual := true
	_ = scan.Members(func(name string) error {
		usual = usual && (name == "content" || name == "file") && scan.Type() == "string"
		scan.Skip()
		return nil
	})
	return usual
}

// quick reads a usual body as encoding/json would, in a fraction of the time. The document
// takes the place of the body, so that it is in memory once.
func quick(body []byte) (g given) {
	scan := jsonscan.Scanner{Data: body}
	scan.Blanks()
	_ = scan.Members(func(name string) error {
		if text := scan.Unquote(); name == "file" {
			g.address = string(text)
		} else {
			g.document = text
		}
		return nil
	})
	return g
}

// badBody words an error of reading a JSON body.
func badBody(err error) error {
	if big, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return core.WithHint(core.Errorf(core.TooLarge, "the body is over the limit of %d bytes", big.Limit), transfer.LargerHint)
	}
	if errors.Is(err, errSlow) {
		return errSlow
	}
	return core.Errorf(core.Invalid, "Invalid body: Error decoding json: %s", strings.ReplaceAll(err.Error(), "handlers.", "server."))
}

// checked refuses a request that brings no document, or two.
func (g given) checked() error {
	switch {
	case len(g.document) > 0 && g.address != "":
		return core.Errorf(core.Invalid, "Invalid body: Cannot specify both content and file")
	case len(g.document) == 0 && g.address == "":
		return core.WithHint(core.Errorf(core.Invalid, "Invalid body: must specify content or file"), `send {"content":"…"} or {"file":"file:///…"}`)
	}
	return nil
}

// request returns the import that a body and its switches ask for.
func (g given) request(node string, sw switches) transfer.Request {
	return transfer.Request{
		Node: node, Document: g.document, Address: g.address, Files: g.files, Mode: sw.mode(), Atomic: sw.atomic, Restart: sw.restart,
	}
}

// importData is POST /data/import.
func (s *Server) importData(w http.ResponseWriter, r *http.Request) error {
	sw, err := readSwitches(r)
	if err != nil {
		return err
	}
	what, err := s.readBody(w, r)
	if err != nil {
		return err
	}
	if err := what.checked(); err != nil {
		return err
	}
	if sw.dryRun {
		p, err := s.Transfer.Preview(r.Context(), callerOf(r), what.request(nodeOf(r), sw))
		if err != nil {
			return err
		}
		return ok(w, p.Listing(), nil)
	}
	result, err := s.Transfer.Import(r.Context(), callerOf(r), what.request(nodeOf(r), sw))
	if err != nil {
		return err
	}
	answer, err := answerOf(result)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, answer)
	if sw.stop {
		s.Stop()
	}
	return nil
}

// answerOf returns the success body of an import, or its failures as an error.
func answerOf(result *transfer.Result) (importAnswer, error) {
	warnings := append(slices.Clip(result.Warnings), plan.UnknownSections(result.Unknown)...)
	if !result.Failed() {
		return importAnswer{ConfigResponse: result.Report, Warnings: warnings}, nil
	}
	text, err := result.Report.MarshalJSON()
	if err != nil {
		return importAnswer{}, err
	}
	return importAnswer{"process error", result.Report, warnings}, &failedImport{string(text), faults(result), warnings}
}

// failedImport is the error of an import of which entries were rejected: its message
// is the whole report as JSON.
type failedImport struct {
	report           string
	faults, warnings []core.Finding
}

// maxFaults bounds how many findings of rejected entries an answer carries beside the
// report, which has them all.
const maxFaults = 1000

// faults returns the first findings that kept entries out.
func faults(result *transfer.Result) []core.Finding {
	var all []core.Finding
	for _, r := range result.Rejected {
		for _, f := range r.Findings {
			if f.Severity == core.Fault && len(all) < maxFaults {
				all = append(all, f)
			}
		}
	}
	return all
}

// Error returns the report.
func (f *failedImport) Error() string { return f.report }

// Unwrap gives the error its code.
func (f *failedImport) Unwrap() error { return core.Errorf(core.Invalid, "process error") }

// importStatus is GET /data/import/status.
func (s *Server) importStatus(w http.ResponseWriter, r *http.Request) error {
	report, err := s.Transfer.Status(r.Context(), callerOf(r), nodeOf(r))
	return ok(w, report, err)
}

package handlers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/bundlev2"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

var asYAML = form{"yaml", "application/yaml", bundlev2.Encode, false}

// exportAllV2 is GET /v2/data/export.
func (s *Server) exportAllV2(w http.ResponseWriter, r *http.Request) error {
	req, err := exportRequest(r)
	if err != nil {
		return err
	}
	req.All = true
	return s.export(w, r, req, asYAML)
}

// exportRulesV2 is POST /v2/data/export, which the engine does not have: rules with all
// that they need.
func (s *Server) exportRulesV2(w http.ResponseWriter, r *http.Request) error {
	req, err := exportRequest(r)
	if err != nil {
		return err
	}
	if req.Rules, err = s.readIDs(w, r); err != nil {
		return err
	}
	return s.export(w, r, req, asYAML)
}

// importV2 is POST /v2/data/import. Nothing is reset, as with the engine; but where the
// engine stops at the first entry that fails, and has written those before it and
// deleted the one that failed, nothing is written here. The message is in the engine's
// words and tells of the first entry; the findings tell of all.
func (s *Server) importV2(w http.ResponseWriter, r *http.Request) error {
	req, err := s.readRequestV2(w, r)
	if err != nil {
		return err
	}
	req.Format, req.Mode, req.Atomic = transfer.V2, plan.Partial, true
	result, err := s.Transfer.Import(r.Context(), callerOf(r), req)
	if err != nil {
		return err
	}
	if result.Failed() {
		first := result.Rejected[0]
		msg := fmt.Sprintf("import failed: %s %s %s failed, err:%s", verbsV2[first.Ref.Kind], nounV2(first.Ref.Kind), first.Ref.Name, firstFault(first))
		return &failedImport{msg, faults(result), result.Warnings}
	}
	return writeText(w, "success")
}

// verbsV2 are what the engine calls bringing in an entry; all others it imports.
var verbsV2 = func() (verbs [core.NumKinds]string) {
	for _, kind := range core.InstallOrder() {
		verbs[kind] = "import"
	}
	verbs[core.Stream], verbs[core.Table], verbs[core.Rule] = "replace", "replace", "replace"
	return verbs
}()

// nounV2 is what the engine calls an entry in the errors of this import: also a table is
// a stream there.
func nounV2(kind core.Kind) string {
	if kind == core.Table {
		kind = core.Stream
	}
	return kind.Noun()
}

// firstFault returns the message of what kept an entry out.
func firstFault(refused plan.Refused) string {
	for _, f := range refused.Findings {
		if f.Severity == core.Fault {
			return f.Message
		}
	}
	return ""
}

// readRequestV2 reads the body of an import by the routes that word its errors like
// this. They take no parameters: whoever sends one expects another import.
func (s *Server) readRequestV2(w http.ResponseWriter, r *http.Request) (transfer.Request, error) {
	if _, err := readQuery(r); err != nil {
		return transfer.Request{}, core.WithHint(err, "this route takes none; nothing was changed")
	}
	what, err := s.readBody(w, r)
	if err != nil {
		return transfer.Request{}, err
	}
	if err := what.checked(); err != nil {
		return transfer.Request{}, core.WithHint(core.Errorf(core.Invalid, "%w: bad request", err), core.HintOf(err))
	}
	return what.request(nodeOf(r), switches{}), nil
}

// rulesetKinds are what a ruleset holds.
var rulesetKinds = []core.Kind{core.Stream, core.Table, core.Rule}

// ruleset is the document of rules with what they read from.
type ruleset struct {
	Streams map[string]string `json:"streams"`
	Tables  map[string]string `json:"tables"`
	Rules   map[string]string `json:"rules"`
}

var asRuleset = form{"json", "application/json", encodeRuleset, false}

// encodeRuleset writes what a ruleset holds of a bundle.
func encodeRuleset(b *bundle.Bundle, w io.Writer) error {
	set := ruleset{map[string]string{}, map[string]string{}, map[string]string{}}
	for i, texts := range []map[string]string{set.Streams, set.Tables, set.Rules} {
		for name, text := range b.Section(rulesetKinds[i]) {
			texts[name] = text
		}
	}
	data, err := json.Marshal(set)
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// exportRuleset is POST /ruleset/export.
func (s *Server) exportRuleset(w http.ResponseWriter, r *http.Request) error {
	req, err := exportRequest(r)
	if err != nil {
		return err
	}
	req.All = true
	return s.export(w, r, req, asRuleset)
}

// importRuleset is POST /ruleset/import. The engine answers 200 with the counts of what
// went well, and tells of failures in its log alone. A client that looks at the status
// would take them for a success; so an import with failures is answered as by
// /data/import: 400, and the message has the error of every entry. What was accepted is
// in, in one transaction, and the hint counts it. The counts include what was there
// already.
func (s *Server) importRuleset(w http.ResponseWriter, r *http.Request) error {
	req, err := s.readRequestV2(w, r)
	if err != nil {
		return err
	}
	req.Mode, req.Kinds = plan.Partial, rulesetKinds
	result, err := s.Transfer.Import(r.Context(), callerOf(r), req)
	if err != nil {
		return err
	}
	counts := rulesetCounts(result.Outcome)
	if _, err := answerOf(result); err != nil {
		return core.WithHint(err, counts)
	}
	return writeText(w, counts)
}

// rulesetCounts says what an import has brought, in the engine's words.
func rulesetCounts(o *plan.Outcome) string {
	n := map[string]int{}
	for _, s := range o.Sections {
		n[s.Key] = s.Created + s.Replaced + s.Unchanged + s.Kept
	}
	return fmt.Sprintf("imported %d streams, %d tables and %d rules", n[core.Stream.Key()], n[core.Table.Key()], n[core.Rule.Key()])
}

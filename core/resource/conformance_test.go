package resource

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ekuiper-console/core"
)

// conformance is where the engine's recorded verdicts are, beside the project.
const conformance = "../../../shared/conformance"

// verdict is one entry with what a full import of the engine said of it.
type verdict struct {
	Section string `json:"section"`
	Name    string `json:"name"`
	Text    string `json:"text"`
	OK      *bool  `json:"full_ok"`
	Err     string `json:"full_err"`
	Partial *bool  `json:"partial_ok"`
	PartErr string `json:"partial_err"`
}

// TestConformance compares Check with what a full import of the engine answered; of
// the sections that a full import passes over, with its partial import.
func TestConformance(t *testing.T) {
	f, err := os.Open(filepath.Join(conformance, "entries.jsonl"))
	if err != nil {
		t.Skipf("the engine's recorded verdicts are not here: %v", err)
	}
	defer f.Close()
	var rows, agree, texts, refusals int
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v verdict
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		ok, want := v.OK, v.Err
		if ok == nil {
			ok, want = v.Partial, v.PartErr
		}
		if ok == nil || strings.Contains(want, "download file") || strings.HasPrefix(want, "stat ") {
			continue // the engine died, or a file was missing
		}
		kind, _ := core.KindOf(v.Section)
		got := refusal(core.Ref{Kind: kind, Name: v.Name}, v.Text)
		rows++
		if (got == "") == *ok {
			agree++
		} else {
			t.Logf("%s/%s %.300s\n  got %q\n want %q", v.Section, v.Name, v.Text, got, want)
		}
		if !*ok {
			refusals++
			if got == want {
				texts++
			} else if got != "" && testing.Verbose() {
				t.Logf("text of %s/%s %.200s\n  got %q\n want %q", v.Section, v.Name, v.Text, got, want)
			}
		}
	}
	t.Logf("%d of %d verdicts agree, %d of %d texts of refusals", agree, rows, texts, refusals)
	if agree*1000 < rows*990 {
		t.Errorf("only %d of %d verdicts agree", agree, rows)
	}
}

// refusal returns the message of the first fault, or "".
func refusal(ref core.Ref, text string) string {
	_, findings := Check(ref, text, Scope{})
	for _, f := range findings {
		if f.Severity == core.Fault {
			return f.Message
		}
	}
	return ""
}

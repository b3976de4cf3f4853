package views

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// render returns the document that a page writes in English.
func render(tb testing.TB, page templ.Component) (string, *html.Node) {
	tb.Helper()
	return renderIn(tb, page, "en")
}

// renderIn returns the document that a page writes in a language.
func renderIn(tb testing.TB, page templ.Component, language Language) (string, *html.Node) {
	tb.Helper()
	var b bytes.Buffer
	if err := page.Render(templ.WithNonce(WithLanguage(context.Background(), string(language)), "n0"), &b); err != nil {
		tb.Fatal(err)
	}
	text := b.String()
	doc, err := html.Parse(&b)
	if err != nil {
		tb.Fatal(err)
	}
	return text, doc
}

// elements returns the elements with one of these names, all of them for none.
func elements(doc *html.Node, names ...string) []*html.Node {
	var found []*html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if len(names) == 0 || strings.Contains(" "+strings.Join(names, " ")+" ", " "+n.Data+" ") {
			found = append(found, n)
		}
	}
	return found
}

// attr returns the value of an attribute, or "".
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf returns the text within an element, blanks folded.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// each runs a check on every fixture in every language.
func each(t *testing.T, check func(t *testing.T, doc *html.Node)) {
	for _, l := range languages {
		for name, page := range fixtures() {
			t.Run(string(l.language)+"/"+name, func(t *testing.T) {
				check(t, documentOf(t, page, l.language, name))
			})
		}
	}
}

// documents are the pages that were rendered already, by language and name. Nobody writes
// to them.
var documents = map[string]*html.Node{}

// documentOf returns a page of the fixtures, rendered once for all tests.
func documentOf(t *testing.T, page templ.Component, language Language, name string) *html.Node {
	key := string(language) + "/" + name
	if documents[key] == nil {
		_, documents[key] = renderIn(t, page, language)
	}
	return documents[key]
}

func TestOutline(t *testing.T) {
	each(t, func(t *testing.T, doc *html.Node) {
		for _, name := range []string{"h1", "main", "title"} {
			found := slices.DeleteFunc(elements(doc, name), func(n *html.Node) bool { return within(n, "svg") })
			if len(found) != 1 || textOf(found[0]) == "" {
				t.Errorf("%d elements %s, want one with a text", len(found), name)
			}
		}
		if main := elements(doc, "main"); attr(main[0], "id") != "main" {
			t.Errorf("main has id %q, want main", attr(main[0], "id"))
		}
	})
}

var inlineAddress = regexp.MustCompile(`^(data|javascript):`)

// The policy of the pages allows no inline style, no handler and no data: address.
func TestPolicy(t *testing.T) {
	each(t, func(t *testing.T, doc *html.Node) {
		for _, n := range elements(doc) {
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || inlineAddress.MatchString(a.Val) {
					t.Errorf("<%s %s=%q> is against the policy", n.Data, a.Key, a.Val)
				}
			}
			if n.Data == "style" || n.Data == "script" && (n.FirstChild != nil || attr(n, "nonce") != "n0") {
				t.Errorf("<%s> is inline or has no nonce", n.Data)
			}
		}
	})
}

func TestLabels(t *testing.T) {
	each(t, func(t *testing.T, doc *html.Node) {
		labelled := map[string]bool{}
		for _, l := range elements(doc, "label") {
			labelled[attr(l, "for")] = true
		}
		for _, n := range elements(doc, "input", "select", "textarea") {
			if attr(n, "type") == "hidden" || attr(n, "aria-label") != "" || labelled[attr(n, "id")] && attr(n, "id") != "" || within(n, "label") {
				continue
			}
			t.Errorf("<%s name=%q> has no label", n.Data, attr(n, "name"))
		}
		for _, n := range elements(doc, "button", "a") {
			if textOf(n) == "" && attr(n, "aria-label") == "" {
				t.Errorf("<%s> has no text: %v", n.Data, n.Attr)
			}
		}
	})
}

// within reports whether an element stands in one with this name.
func within(n *html.Node, name string) bool {
	for a := range n.Ancestors() {
		if a.Data == name {
			return true
		}
	}
	return false
}

func TestReferences(t *testing.T) {
	each(t, func(t *testing.T, doc *html.Node) {
		ids := map[string]int{}
		for _, n := range elements(doc) {
			ids[attr(n, "id")]++
		}
		delete(ids, "")
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%d elements have the id %s", n, id)
			}
		}
		for _, n := range elements(doc) {
			for _, a := range n.Attr {
				if !strings.Contains(" for form popovertarget aria-labelledby aria-describedby data-copy ", " "+a.Key+" ") && !(a.Key == "href" && strings.HasPrefix(a.Val, "#")) {
					continue
				}
				for _, id := range strings.Fields(a.Val) {
					if ids[strings.TrimPrefix(id, "#")] == 0 {
						t.Errorf("<%s %s=%q> refers to nothing", n.Data, a.Key, a.Val)
					}
				}
			}
			if n.Data == "form" && within(n, "form") {
				t.Errorf("a form stands in a form")
			}
		}
	})
}

// A text that the catalogue lacks shows as its key, and one that lacks a value says so.
func TestTexts(t *testing.T) {
	keys := usedKeys(t)
	each(t, func(t *testing.T, doc *html.Node) {
		for n := range doc.Descendants() {
			text := strings.TrimSpace(n.Data)
			if n.Type == html.TextNode && !within(n, "textarea") && (keys[text] || strings.ContainsAny(text, "\x00\uFFFD") || strings.Contains(text, "no value")) {
				t.Errorf("a text reads %q", text)
			}
		}
	})
}

func TestSecrets(t *testing.T) {
	each(t, func(t *testing.T, doc *html.Node) {
		for n := range doc.Descendants() {
			if n.Type == html.TextNode && strings.Contains(n.Data, "hunter2") && !within(n, "textarea") {
				t.Errorf("a secret shows in %q", n.Data)
			}
		}
	})
}

// The sprite holds what pages use, and nothing else.
func TestSprite(t *testing.T) {
	used := map[string]bool{}
	for _, page := range fixtures() {
		text, _ := render(t, page)
		for _, m := range regexp.MustCompile(`<use href="#([\w-]+)"`).FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
		}
	}
	for _, m := range regexp.MustCompile(`<symbol id="([\w-]+)"`).FindAllStringSubmatch(sprite, -1) {
		if !used[m[1]] {
			t.Errorf("the sprite has %s, which no page uses", m[1])
		}
	}
}

// What a person reads on each page, in its states.
func TestTells(t *testing.T) {
	tells := map[string][]string{
		"signin":          {"to edge-gw-07.plant.local", `name="next" value="/ui/import"`},
		"signin-wrong":    {"The user name or the password is wrong.", `value="m.keller"`},
		"signin-wait":     {"The next counts in 64 seconds."},
		"setup":           {`name="token" value="t0"`, "At least 12 characters."},
		"import":          {"line3-2026-11.json", "12.4 KB, waits for its turn", `action="/ui/import/d%202"`},
		"import-empty":    {"Nothing here yet", "Load the sample bundle"},
		"import-address":  {"unsupported url scheme ftp", "Suggested fix: use https:, http: or file:"},
		"draft":           {"3 entries have errors.", "Unknown section dashboards is ignored.", "Total, 2 sections are empty", "41 of 45 entries stay as they are", "deletes 17 of 45 entries", "Review the plan", "+created 6~replaced 4−deleted 0"},
		"draft-full":      {"and 6 more that wait", "upload huge.json is not here: its text was too long to be kept.", "revision 40 waits for its turn"},
		"draft-same":      {"Already up to date", "deletes nothing"},
		"draft-large":     {"100,000", "123.5 MB", "too large to be shown here"},
		"draft-broken":    {"Line 7, column 3", "looking for beginning of object key string", `data-findings="[{&#34;line&#34;:7,&#34;column&#34;:3,&#34;message&#34;:&#34;invalid character`, `"/ui/static/editor.`},
		"task-running":    {"Importing line3-2026-11.json", "Cancel the import", `data-hx-get="/ui/tasks/7c1e"`, `data-live="/ui/tasks/7c1e/events"`, `http-equiv="refresh"`},
		"task-fetching":   {"Fetching files, 2 of 3", `value="2" max="3"`, "Cancel the import"},
		"task-bytes":      {">Fetching files, 2 of 3<", `value="2" max="3"`, ">2 of 3<", ">14.3 MB<"},
		"task-sized":      {">Fetching files, 2 of 3<", `value="14300000" max="40000000"`, ">2 of 3<", ">14.3 MB of 40.0 MB<"},
		"task-committing": {"It can no longer be cancelled."},
		"task-moved":      {"The node moved before the import: nothing was applied", `href="/ui/import/d1/review?since=41"`},
		"result-restore":  {"Brings backRevision 40", "Reasonthe ovens were too hot", "1 entry was left out"},
		"review": {"Review line3-2026-11.json", "2 files are fetched when applied", "1 problem rejects 2 entries", "INT is not a field type.", "Line 3, column 13",
			"Follows from it: the rule needs this stream.", "All 11", "Create 3", "Delete 0", "Left out 1", "7 of 8 changes are included", "Leave out the 2 rejected", "takes 1 entry with it",
			"1 unchanged alarms_", "Schemas, Uploads=2", "5 changes, 2 entries stay out", "Apply 5 changes", "Fix the 2 rejected entries, or leave them out.", "Unknown section dashboards"},
		"review-created":  {"Leave out the 3 found"},
		"review-found":    {"Page 2 of 3", `value="valid" checked`},
		"review-unfound":  {"No change matches quality of service."},
		"review-moved":    {"The node moved while you looked.", "Revision 41 came in at", "from ci-deploy.", "Nothing is applied yet: the plan was made anew", `name="since" value="39"`},
		"review-reset":    {"3 entries will be deleted", "Type local to delete 3 entries", "Delete 3, apply 1", "type the node's name, local", `aria-invalid="true"`, "torque new"},
		"review-same":     {"Already up to date", "All 2 entries of the bundle are on local already."},
		"review-restore":  {"Bring back revision 12", "29 revisions are undone", "and 27 more", "give a reason", "Bring it back, 2 changes"},
		"review-large":    {"300 entries will be deleted", "and 100 more", "and 10 more problems", "60 unchanged", "Page 1 of 4"},
		"diff":            {"(changed)", "SELECT"},
		"diff-new":        {"SELECT a,"},
		"diff-rejected":   {"INT is not a field type.", "use BIGINT", "Line 3, column 13"},
		"task-cancelled":  {"Cancelled: nothing was applied"},
		"task-unreadable": {"The import was not made", "configuration unmarshal with error"},
		"result":          {"9 changes applied, 4 entries failed", "local, now revision 42", "Partial, valid entries only", "Follows from it: the rule needs this stream.", "took 1.8 s", `action="/ui/history/41/restore"`, `action="/ui/tasks/7c1e/fix"`, "INT is not a field type.", `href="/ui/tasks/7c1e/report"`},
		"result-refused":  {"Nothing was applied: 4 entries failed", "local, still revision 41", "Partial, all or nothing", `action="/ui/tasks/7c1e/retry"`, "4 entries stay out"},
		"result-good":     {"1,009 changes applied", "and 1,001 more"},
		"result-same":     {"Already up to date"},
		"export":          {"3 of 27 rules selected", "rule2 → demo is configured by it", "1 missing reference.", "No such stream or table.", "Download the 3 rules with all they need", "Page 1 of 3", `type="hidden" name="rule" value="on_page_two"`, "and 40 more", "Select all 27", "1 need is missing: plc_heartbeat.", `class="edge edge-gone"`, "2 become ••••••", "secrets masked", `name="shown" value="rule1"`},
		"export-none":     {"There are no rules here"},
		"export-unpicked": {"0 of 3 rules selected", "No rule is selected.", "disabled"},
		"export-unfound":  {"No rule matches quality of service.", `href="/ui/export?rule=a+b&amp;rule=rule1"`},
		"export-unknown":  {"These 2 rules are not on the node", "rule gone<1>", "Leave them out", `type="hidden" name="rule" value="gone&lt;1&gt;"`},
		"export-many":     {"Select all 27 that match", "More than 200 entries: each box stands for all of its kind.", `name="every" value="tag=hall-a"`, `name="except" value="on_page_two"`, "secrets as they are"},
		"error-404":       {"There is nothing at this address", "there is no task 7c1e", "tasks are kept for 30 days"},
		"error-403":       {"This is not allowed", `data-theme="console-dark"`},
		"error-500":       {"The console made a mistake"},
	}
	for name, wants := range tells {
		text, doc := render(t, fixtures()[name])
		for _, want := range wants {
			if !strings.Contains(textOf(doc), want) && !strings.Contains(text, want) {
				t.Errorf("%s does not tell %q; it reads\n%s", name, want, textOf(doc))
			}
		}
	}
}

// A viewer sees what became of an import, and nothing to press that would change it.
func TestViewer(t *testing.T) {
	for _, name := range []string{"task-running", "result-refused", "result"} {
		page := fixtures()[name].(TaskPage)
		page.Layout = viewer
		text, _ := render(t, page)
		for _, unwanted := range []string{"/cancel", "/retry", "/ui/import"} {
			if strings.Contains(text, unwanted+`"`) {
				t.Errorf("%s offers %s to a viewer", name, unwanted)
			}
		}
	}
}

// Every editor comes with its script, and the script with an editor.
func TestEditorScript(t *testing.T) {
	each(t, func(t *testing.T, doc *html.Node) {
		editors, scripts := 0, 0
		for _, n := range elements(doc, "textarea") {
			if attr(n, "data-editor") != "" {
				editors++
			}
		}
		for _, n := range elements(doc, "script") {
			if strings.HasPrefix(attr(n, "src"), "/ui/static/editor.") {
				scripts++
			}
		}
		if scripts != min(editors, 1) {
			t.Errorf("%d scripts for %d editors", scripts, editors)
		}
	})
}

// The editor and the excerpts know the same words.
func TestEditorWords(t *testing.T) {
	source, err := os.ReadFile("../static/src/editor-languages.js")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, m := range regexp.MustCompile(`'([a-z ]+)'`).FindAllStringSubmatch(string(source), -1) {
		words = append(words, strings.Fields(m[1])...)
	}
	painted := strings.Split(strings.TrimSuffix(strings.TrimPrefix(keyword.String(), "(?i)^("), ")$"), "|")
	slices.Sort(words)
	slices.Sort(painted)
	if !slices.Equal(words, painted) {
		t.Errorf("the editor knows the words\n%s\nwant\n%s", words, painted)
	}
}

package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ekuiper-console/core"
)

// chinese asks for pages in Chinese.
type chinese struct{ http.RoundTripper }

func (c chinese) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
	return c.RoundTripper.RoundTrip(r)
}

// inChinese makes a browser ask for pages in Chinese.
func inChinese(b *http.Client) *http.Client {
	b.Transport = chinese{http.DefaultTransport}
	return b
}

// What a Chinese page may have of Latin letters: quoted values, addresses, values with
// digits or marks of code, words in capitals, which are of SQL or abbreviations, and names.
var (
	values  = regexp.MustCompile(`u-\w+|dataImport-\S+|\b\w+://\S*|\bserver\.\w+|\b\w+-\w+\b|\*\*\*|"[^"]*"|'[^']*'|--\S+|\b(?:file|https?):\S*|/\S+|\b\w*[0-9_.=]\w*\b|\b[A-Z]{3,}s?\b`)
	english = regexp.MustCompile(`[A-Za-z]{3,}`)
	names   = strings.Fields("eKuiper Console English local operator viewer admin abs mqtt topic batchSize protobuf actions zip file http https ftp nothing none test Lines OpenAPI Prometheus")
)

// leftover returns the English words of a page that are no values and no names.
func leftover(t testing.TB, body string) (words []string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, n := range names {
		known[n] = true
	}
	var read func(n *html.Node)
	look := func(text string) {
		for _, w := range english.FindAllString(values.ReplaceAllString(text, " "), -1) {
			if !known[w] {
				words = append(words, w+" in: "+strings.TrimSpace(text))
			}
		}
	}
	read = func(n *html.Node) {
		if n.Type == html.TextNode {
			look(n.Data)
			return
		}
		if n.Type == html.ElementNode {
			if strings.Contains(" script style code pre textarea time svg ", " "+n.Data+" ") {
				return
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "lang" && a.Val == "en", a.Key == "class" && strings.Contains(" "+a.Val+" ", " name ") && !strings.Contains(a.Val, "pre-line"):
					return
				case a.Key == "aria-label", a.Key == "title", a.Key == "placeholder", a.Key == "data-findings":
					if a.Key == "data-findings" {
						a.Val = regexp.MustCompile(`"(?:line|column|severity|message)":|"error"`).ReplaceAllString(a.Val, "")
						a.Val = strings.ReplaceAll(a.Val, `"`, " ")
					}
					look(a.Val)
				}
			}
		}
		for c := range n.ChildNodes() {
			read(c)
		}
	}
	read(doc)
	return words
}

// speaks fails the test where a page has English words.
func (a answer) speaks(t testing.TB, status int, says ...string) answer {
	t.Helper()
	a.at(t, status, "/ui/", append(says, `lang="zh-Hans"`)...)
	for _, w := range leftover(t, a.body) {
		t.Errorf("%s %s has %s", a.Request.Method, a.Request.URL, w)
	}
	return a
}

// settled loads a page again until it does not do so by itself.
func (s *site) settled(b *http.Client, a answer) answer {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); strings.Contains(a.body, "data-hx-trigger=\"live") || strings.Contains(a.body, "every 2s"); {
		if time.Now().After(end) {
			s.t.Fatalf("%s is not settled", a.Request.URL)
		}
		a = s.open(b, a.Request.URL.Path)
	}
	return a
}

// withoutIDs returns what takes the ids of all tokens, which are made of random letters,
// out of a page.
func (s *site) withoutIDs(b *http.Client) *strings.Replacer {
	var pairs []string
	for _, m := range tokenPath.FindAllStringSubmatch(s.open(b, "/ui/tokens").body, -1) {
		pairs = append(pairs, m[1], "0")
	}
	return strings.NewReplacer(pairs...)
}

var tokenPath = regexp.MustCompile(`/ui/tokens/(\w+)/revoke`)

// rejects is a bundle of which most entries are kept out, each for another reason.
const rejects = `{
"streams":{"s1":"CREATE STREAM s1 (a BIGNT) WITH (DATASOURCE=\"d\")","s2":"CREATE STREAM s2 () WITH (DATASOURCE=\"d\", FORMAT=\"json\")"},
"tables":{"t1":"CREATE STREAM t1 () WITH (DATASOURCE=\"d\")"},
"rules":{
"r1":"{\"id\":\"r1\",\"sql\":\"SELECT a FRM s2\",\"actions\":[{\"log\":{}}]}",
"r2":"{\"id\":\"r2\",\"sql\":\"SELECT * FROM s9\",\"actions\":[{\"log\":{}}]}",
"r3":"{\"id\":\"r3\",\"sql\":\"SELECT f9(a) FROM s2\",\"actions\":[{\"log\":{}}]}",
"r4":"{\"id\":\"r4\",\"sql\":\"SELECT abs() FROM s2\",\"actions\":[{\"m9\":{}}]}",
"r5":"{\"id\":\"r5\",\"sql\":\"SELECT a FROM s2 WHERE count(*) > 1\",\"actions\":[]}",
"r6":"{\"id\":\"r6\"",
"r7":"{\"id\":\"r7\",\"sql\":\"SELECT a FROM s2\",\"actions\":[{\"log\":{\"a9\":1}},{\"mqtt\":{\"server\":\"x\"}},{\"log\":{\"batchSize\":-1}}]}",
"r8":"{\"id\":\"r8\",\"sql\":\"SELECT a FROM s1\",\"actions\":[{\"log\":{}}]}"},
"nativePlugins":{"functions_p1":"{\"name\":\"p1\",\"file\":\"file:///none/p1.zip\"}"},
"portablePlugins":{"p2":"{\"name\":\"p2\",\"file\":\"ftp://x/p2.zip\"}"},
"scripts":{"j1":"{\"id\":\"j1\",\"script\":\"function j2() {}\"}"},
"Schema":{"protobuf_m1":"{\"type\":\"protobuf\",\"name\":\"m1\",\"content\":\"nothing\"}"},
"odd":{}}`

// Whatever the console has to say, a Chinese page says in Chinese.
func TestChinese(t *testing.T) {
	s := open(t)
	operator := inChinese(s.signedIn(core.Operator))
	admin := inChinese(s.signedIn(core.Admin))

	draft := s.form(operator, "/ui/import", "text", rejects).speaks(t, 200).Request.URL.Path
	s.form(operator, draft, "action", "review", "mode", "partial").speaks(t, 200, "函数 abs 的参数有误")
	for _, ref := range []string{"rules/r1", "rules/r4", "rules/r7", "streams/s1", "nativePlugins/functions_p1"} {
		s.open(operator, draft+"/review/diff?ref="+ref).speaks(t, 200)
	}
	s.settled(operator, s.apply(operator, draft, "partial", "strict", "valid")).speaks(t, 200, "文件不在此服务器可读取的目录内")

	s.importing(`{"streams":{"s2":"CREATE STREAM s2 () WITH (DATASOURCE=\"d\")"},"rules":{"r1":"{\"id\":\"r1\",\"sql\":\"SELECT a FROM s9\",\"actions\":[{\"log\":{}}]}"}}`, "")
	s.settled(operator, s.open(operator, "/ui/inventory/rules/r1")).speaks(t, 200, "已保存，但不会启动", `lang="en">stored, will not start: fail to get stream s9`)
	for _, path := range []string{"", "inventory/streams/s2", "inventory/rules", "history", "history/1", "history/2", "export", "import", "settings", "nodes", "nodes/local/drift", "backups", "schedules", "rollouts"} {
		s.open(operator, "/ui/"+path).speaks(t, 200)
	}
	// The reference has nothing that is left in English.
	reference := s.open(operator, "/ui/api")
	reference.body = strings.ReplaceAll(reference.body, `lang="en"`, "")
	reference.speaks(t, 200, "导入配置包")
	random := s.withoutIDs(admin)
	for _, path := range []string{"audit", "accounts", "accounts/u-operator", "tokens"} {
		page := s.open(admin, "/ui/"+path)
		page.body = random.Replace(page.body)
		page.speaks(t, 200)
	}
}

// What cannot be done is told in Chinese too.
func TestChineseErrors(t *testing.T) {
	s := open(t)
	operator := inChinese(s.signedIn(core.Operator))
	for _, text := range []string{`{"rules":{"a":"1","a":"2"}}`, `{"rules":{"a":1}}`, `{"rules":`, `{"rules" x}`, "[]", "streams:\n  a: *b\n"} {
		s.form(operator, "/ui/import", "text", text).speaks(t, 200)
	}
	for _, address := range []string{"file:///none/a.json", "ftp://x/y", "file://h9/x", s.write("a.json", "") + "x", "http://127.0.0.1:1/x", "http://h9.invalid/x", "::"} {
		s.form(operator, "/ui/import", "address", address, "from", "address").speaks(t, 400)
	}
	for path, status := range map[string]int{
		"accounts": 403, "none": 404, "inventory/rules/r9": 404, "inventory/none": 404, "tasks/x9": 404, "history/9": 404, "history/x": 400,
		"import/x9": 404, "history/diff?from=x&to=y": 400, "setup": 404, "artifacts/x/y": 400, "inventory/rules?page=x": 200,
	} {
		s.open(operator, "/ui/"+path).speaks(t, status)
	}
	s.form(operator, "/ui/settings", "old", "wrong", "new", "short", "new2", "short").speaks(t, 400)
	s.form(inChinese(s.browser()), "/ui/sign-in", "user", "x9", "password", "wrong").speaks(t, 401)
}

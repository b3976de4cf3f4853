package views

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

// speaking are the folders whose texts reach pages. The command line tells its errors in
// English only, and so cmd/console is none of them.
var speaking = []string{"core", "db", "web/handlers"}

// silent are the files and folders of those whose texts reach no page, with where they
// are read instead.
var silent = map[string]string{
	"core/account/keys.go":        "the REST API tells why a key of the engine's form is refused",
	"core/backup":                 "the command line makes and restores backups",
	"core/compare":                "what cannot be compared is shown as it is",
	"core/node/nodetest":          "an engine for tests",
	"core/kind.go":                "pages name kinds by the catalogue",
	"db/examine.go":               "console doctor says what is damaged",
	"web/handlers/api_read.go":    "the REST API answers as the engine does",
	"web/handlers/api_v2.go":      "the REST API answers as the engine does",
	"web/handlers/v1_admin.go":    "the REST API answers",
	"web/handlers/v1_entries.go":  "the REST API answers",
	"web/handlers/v1_import.go":   "the REST API answers",
	"web/handlers/v1_rollouts.go": "the REST API answers",
	"core/schedule/clock.go":      "the log tells what goes wrong",
}

// others are texts that no person is told, with what they are.
var others = map[string]string{
	"nobody has this password":            "a decoy for unknown users",
	"the store was busy for %v":           "why an event of the audit log waits, for the log",
	"the store took nothing a moment ago": "why an event of the audit log waits, for the log",
	"Call:{ name:%s, args:[%s] }":         "a call as the engine prints it",
	"binaryExpr:{ %s %s %s }":             "an expression as the engine prints it",
	"Bearer %s":                           "a header",
	"404 page not found":                  "how a server answers that has no such address",
	"window function":                     "a kind of functions, for the code",
	"window definition":                   "a kind of functions, for the code",
	"error: %s":                           "a status of the list of rules, for the REST API",
	" %s JOIN %s":                         "a piece of a statement",
	"attachment; filename=\"%s-%s%s\"":    "a header",
	"curl -H \"Authorization: Bearer $TOKEN\" -d %s -OJ %s": "a command",
}

// said is a text of the sources: a format, in which %s stands for what is added to it.
type said struct {
	place  string
	format string
}

// mute are the calls whose literal arguments are no messages.
var mute = regexp.MustCompile(`^(strings|regexp|bytes|time|mime|slog)\.\w+$|^panic$|\.Set$|\.Log\.\w+$|^fmt\.(Fp|Ss)\w+$|^json\.Indent$|^(wordSet|p\.add|p\.optional)$`)

// prose tells a sentence from a word, an address, or a piece of a statement: it has two
// words in a row, or a word beside what is filled in.
var prose = regexp.MustCompile(`(?:[a-z]{2}|\b[aA])['")\]]*[,:;]? ['"(\[]*(?:\pL{2}|[aA] |%)|%[+#]?[a-z]['")]*[,:;]? ['"(]*[a-zA-Z]{2}`)

// statements are texts of SQL and of protobuf.
var statements = regexp.MustCompile(`^\s*(?:(?:SELECT|select|insert|update|delete|create|pragma|with|vacuum|begin|alter|drop|commit|order by|from|where|and|or|syntax) .*)`)

// saidIn returns the texts of a folder of the project and of those in it. It reads them,
// so that the cache of tests knows what they depend on.
func saidIn(t *testing.T, folder string) (all []said) {
	t.Helper()
	const root = "../../"
	err := filepath.WalkDir(root+folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files := gotoken.NewFileSet()
		file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		hear(file, func(at gotoken.Pos, format string) {
			place := strings.TrimPrefix(filepath.ToSlash(name), root)
			all = append(all, said{fmt.Sprintf("%s:%d", place, files.Position(at).Line), format})
		})
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d texts in %s: %v", len(all), folder, err)
	}
	return all
}

// hear reports the texts at a node and below it.
func hear(n ast.Node, found func(gotoken.Pos, string)) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field:
			return false
		case *ast.CallExpr:
			if !mute.MatchString(called(n.Fun)) {
				return true
			}
			for _, arg := range n.Args {
				hearParts(arg, found)
			}
			return false
		case *ast.BinaryExpr:
			if format, ok := sum(n); ok {
				found(n.Pos(), format)
				hearParts(n, found)
				return false
			}
		case *ast.BasicLit:
			if format, ok := sum(n); ok {
				found(n.Pos(), format)
			}
		}
		return true
	})
}

// hearParts reports the texts within the operands of a sum, which are not the literals.
func hearParts(e ast.Expr, found func(gotoken.Pos, string)) {
	for _, operand := range operands(e) {
		if _, ok := operand.(*ast.BasicLit); !ok {
			hear(operand, found)
		}
	}
}

// sum returns the format that a literal or a sum makes, and whether it has a text. A text
// of several lines between backquotes is code.
func sum(e ast.Expr) (format string, ok bool) {
	for _, operand := range operands(e) {
		literal, isLiteral := operand.(*ast.BasicLit)
		if !isLiteral || literal.Kind != gotoken.STRING {
			format += "%s"
			continue
		}
		if strings.HasPrefix(literal.Value, "`") && strings.Contains(literal.Value, "\n") {
			return "", false
		}
		text, _ := strconv.Unquote(literal.Value)
		format, ok = format+text, true
	}
	return format, ok
}

// operands returns what a sum adds; of anything else itself.
func operands(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == gotoken.ADD {
			return append(operands(e.X), operands(e.Y)...)
		}
	case *ast.ParenExpr:
		return operands(e.X)
	}
	return []ast.Expr{e}
}

// called returns the name of a function with what it is selected from.
func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return called(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		return called(e.Fun) + "()"
	}
	return ""
}

// told reports whether a page may tell the text to a person.
func (s said) told() bool {
	if !prose.MatchString(s.format) || statements.MatchString(s.format) || others[s.format] != "" {
		return false
	}
	file, _, _ := strings.Cut(s.place, ":")
	for ; file != "."; file = path.Dir(file) {
		if silent[file] != "" {
			return false
		}
	}
	return true
}

// messagesOf returns the translations of a language by file and format.
func messagesOf(t *testing.T, language Language) map[string]map[string]string {
	t.Helper()
	names, err := fs.Glob(locales, "locales/"+string(language)+"/messages/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no messages in %s: %v", language, err)
	}
	files := map[string]map[string]string{}
	for _, name := range names {
		data, err := locales.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[strings.TrimSuffix(path.Base(name), ".json")] = texts
	}
	return files
}

// systemFile is the catalogue of what Go and the operating system say.
const systemFile = "system"

// Every text that a page may tell has a translation, and every translation is of a text.
func TestMessages(t *testing.T) {
	var all []said
	used := map[string]bool{}
	for _, folder := range speaking {
		for _, s := range saidIn(t, folder) {
			all, used[s.format] = append(all, s), true
		}
	}
	for _, l := range languages[1:] {
		known := map[string]string{}
		for file, texts := range messagesOf(t, l.language) {
			if file == referenceFile {
				continue
			}
			for format := range texts {
				if was, ok := known[format]; ok && file != termsFile && was != termsFile {
					t.Errorf("%q stands in %s and in %s", format, was, file)
				}
				known[format] = file
				if file != systemFile && file != termsFile && !used[format] {
					t.Errorf("%s has %q, which nothing says", file, format)
				}
			}
		}
		for _, s := range all {
			if known[s.format] == "" && s.told() {
				t.Errorf("%s says %q: translate it in locales/%s/messages, into %s if the words are the engine's, else into console", s.place, s.format, l.language, engineFile)
			}
		}
	}
}

// loose finds a blank beside a term, which is Chinese.
var loose = regexp.MustCompile(`\p{Han} %\[\d\]t|%\[\d\]t \p{Han}`)

// A translation fills in all that its text does, and is spelt as doc.go says.
func TestMessageHoles(t *testing.T) {
	for file, texts := range messagesOf(t, "zh") {
		for format, text := range texts {
			if file == termsFile {
				continue
			}
			var used []int
			for _, m := range filled.FindAllStringSubmatch(text, -1) {
				n, _ := strconv.Atoi(m[1])
				used = append(used, n)
			}
			slices.Sort(used)
			for i, n := range slices.Compact(used) {
				if n != i+1 {
					used = nil
				}
			}
			if got, want := len(slices.Compact(used)), len(verbs.FindAllString(format, -1)); got != want {
				t.Errorf("%s: %q fills in %d values, and %q %d", file, text, got, format, want)
			}
			words := filled.ReplaceAllStringFunc(strings.TrimPrefix(text, "%[1]m"), func(hole string) string {
				return map[byte]string{'s': "x", 't': "词", 'm': "词"}[hole[len(hole)-1]]
			})
			if found := lax.FindString(words) + loose.FindString(text); found != "" {
				t.Errorf("%s: %q: spell %q as doc.go says", file, text, found)
			}
		}
	}
}

// The kinds and roles of core are called in messages what pages call them.
func TestTerms(tb *testing.T) {
	zh := WithLanguage(context.Background(), "zh")
	terms := translations()["zh"].terms
	for _, k := range core.InstallOrder() {
		if got, want := terms[k.Noun()], noun(zh, k); got != want {
			tb.Errorf("%s calls %q %q, pages call it %q", termsFile, k.Noun(), got, want)
		}
	}
	for r := core.Nobody; r <= core.Admin; r++ {
		if got, want := terms[r.String()], roleText(zh, r); got != want {
			tb.Errorf("%s calls %q %q, pages call it %q", termsFile, r, got, want)
		}
	}
}

// What is filled in stays as it is, what is a message within another is translated, and
// the words of the engine are at hand.
func TestTranslate(tb *testing.T) {
	zh := WithLanguage(context.Background(), "zh")
	for message, want := range map[string]string{
		`Parse SQL SELECT a FRM demo error: found "FRM", expected FROM..`:                       `解析 SQL SELECT a FRM demo 出错：此处是 "FRM"，应为 FROM [engine]`,
		"fail to download file file:///x.zip: stat /x.zip: no such file or directory":           "无法下载文件 file:///x.zip：访问 /x.zip：没有这个文件或目录 [engine]",
		"fail to parse sink configuration: invalid batchSize -1":                                "无法解析目标配置：batchSize -1 无效 [engine]",
		"portable plugin my plugin is not found":                                                "便携插件 my plugin 不存在",
		"put a.json at the top of the archive, in no folder":                                    "把 a.json 放在压缩包的顶层，不放进文件夹",
		"reading a task: open /x: permission denied":                                            "读取任务：打开 /x：没有权限",
		"id 1, viewer, scope all, expires 2026-01-01T00:00:00Z":                                 "ID 1，查看者，范围：全部操作，2026-01-01T00:00:00Z 到期",
		"Rule r has invalid options: invalidLateTol:lateTol must be greater than 0\nwho knows.": "规则 r 的选项无效：lateTol 必须大于 0\nwho knows [engine]",
		"line 3, column 4":        "第 3 行，第 4 列",
		"line x, column 4":        "line x, column 4",
		"nobody knows: this":      "nobody knows: this",
		"":                        "",
		"ship a is not found":     "ship a is not found",
		"the task was cancelled!": "the task was cancelled!",
	} {
		got := tm(zh, message)
		if engineWords(zh, message) == message && message != "" {
			got += " [engine]"
		}
		if got != want {
			tb.Errorf("%q reads %q, want %q", message, got, want)
		}
		if got := tm(context.Background(), message) + engineWords(context.Background(), message); got != message {
			tb.Errorf("in English %q reads %q", message, got)
		}
	}
}

// A message that fits many patterns in many ways costs no more than a few looks.
func TestTranslateHostile(t *testing.T) {
	m := translations()["zh"]
	for _, piece := range []string{"reading a task: ", "entry a: ", "reading ", "\n", "* ", "%s", "err:", "Parse SQL a error: ", "：\xff"} {
		text := strings.Repeat(piece, maxMessage/len(piece))
		start := time.Now()
		m.translate(text)
		if took := time.Since(start); took > time.Second {
			t.Errorf("%q many times takes %v", piece, took)
		}
	}
}

// BenchmarkTranslate is a message of the engine with another in it.
func BenchmarkTranslate(b *testing.B) {
	m := translations()["zh"]
	for b.Loop() {
		m.translate(`Invalid rule json: Parse SQL SELECT a FRM demo error: found "FRM", expected FROM..`)
	}
}

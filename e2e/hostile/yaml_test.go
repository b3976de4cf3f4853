package hostile

import (
	"fmt"
	"strings"
)

// yaml is an import of a document of the second form.
func yaml(text string) request {
	return post("/v2/data/import", marshal(map[string]string{"content": text}))
}

// laughs is a document of aliases of which each stands for nine of the one before.
func laughs(levels int) string {
	var doc strings.Builder
	doc.WriteString("a0: &a0 lol\n")
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&doc, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	return doc.String()
}

// inYAML are documents that swell, never end, or ask for more than data.
var inYAML = []hostile{
	{"a billion laughs that nobody reads", yaml(laughs(9)), "200"},
	{"a billion laughs in a rule", yaml(laughs(9) + "rules:\n  r: {id: r, x: *a9}\n"), "400"},
	{"an alias of itself", yaml("rules: &a\n  r: *a\n"), "400"},
	{"an alias of itself in a list", yaml("rules:\n  r: &a [*a]\n"), "400"},
	{"an alias of nothing", yaml("rules: *none\n"), "400"},
	{"100,000 aliases of a megabyte", yaml("x: &x " + strings.Repeat("y", 1<<20) + "\nrules:\n  r: [" + strings.Repeat("*x,", 100_000) + "]\n"), "400"},
	{"a merge of itself", yaml("rules: &a\n  <<: *a\n"), "400"},
	{"merges of merges", yaml("a: &a {x: 1}\nb: &b {<<: [" + strings.TrimSuffix(strings.Repeat("*a,", 1000), ",") + "]}\nrules: {<<: [" + strings.TrimSuffix(strings.Repeat("*b,", 1000), ",") + "]}\n"), "400"},
	{"a merge of a number", yaml("rules: {<<: 5}\n"), "400"},
	{"100,000 lists", yaml("rules: " + nested("[", "]", 100_000)), "400"},
	{"100,000 open lists", yaml("rules: " + strings.Repeat("[", 100_000)), "400"},
	{"100,000 objects", yaml("rules: " + nested("{a: ", "}", 100_000)), "400"},
	{"100,000 dashes", yaml("rules:\n  " + strings.Repeat("- ", 100_000) + "x"), "400"},
	{"100,000 question marks", yaml(strings.Repeat("? ", 100_000)), "400"},
	{"2,000 steps to the right", yaml("rules:\n" + steps(2000)), "400"},
	{"a tag of another language", yaml("rules: !!python/object/apply:os.system [\"touch owned\"]\n"), "400"},
	{"a tag of binary data", yaml("rules:\n  r: !!binary ////\n"), "400"},
	{"a tag that lies", yaml("rules:\n  r: !!int abc\n"), "400"},
	{"a tag of its own", yaml("%TAG ! tag:evil.example,2026:\n---\nrules: !x {}\n"), "400|200"},
	{"a version that is none", yaml("%YAML 9.9\n---\nrules: {}\n"), "400|200"},
	{"two documents", yaml("rules: {}\n---\nrules: {a: {}}\n"), "400"},
	{"two sections of a name", yaml("rules: {}\nrules: {}\n"), "400"},
	{"two entries of a name", yaml("rules:\n  a: {}\n  a: {}\n"), "400"},
	{"a key that is a list", yaml("rules:\n  [a, b]: {}\n"), "400"},
	{"a key that is nothing", yaml("rules:\n  ~: {}\n"), "400"},
	{"a number without end", yaml("rules:\n  r: {id: r, x: " + strings.Repeat("9", 1<<20) + "}\n"), "400"},
	{"infinity", yaml("rules:\n  r: {id: r, sql: SELECT * FROM s, actions: [{log: {x: .inf}}]}\n"), "400"},
	{"a tab", yaml("rules:\n\tr: {}\n"), "400"},
	{"a NUL", yaml("rules:\n  r: \x00\n"), "400"},
	{"UTF-16 in YAML", yaml("\ufeffr\x00u\x00"), "400"},
	{"YAML as JSON of two names", yaml(`{"rules":{},"rules":{"a":{}}}`), "400"},
	{"a section that is a list", yaml("rules: [a, b]\n"), "400"},
	{"a text of a thousand escapes that are none", yaml(`rules: {r: "` + strings.Repeat(`\x0`, 1000) + `"}`), "400"},
	{"a block with an indentation that is none", yaml("rules:\n  r: |99\n    x\n"), "400"},
}

// steps is a document that goes one step to the right with every line.
func steps(n int) string {
	var doc strings.Builder
	for i := range n {
		doc.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return doc.String()
}

package hostile

import "strings"

// document is an import of a text as the bundle, all of it or nothing.
func document(text string) request {
	return post("/data/import?atomic=1", marshal(map[string]string{"content": text}))
}

// nested opens something many times, and closes it.
func nested(before, after string, times int) string {
	return strings.Repeat(before, times) + strings.Repeat(after, times)
}

// inJSON are bodies and bundles that readers of JSON take differently, or not at all.
var inJSON = []hostile{
	{"nothing", post("/data/import", ""), "400"},
	{"null", post("/data/import", "null"), "400"},
	{"an array", post("/data/import", `[{"content":"{}"}]`), "400"},
	{"a number", post("/data/import", "1e999999999"), "400"},
	{"a number without end", post("/data/import", `{"content":`+strings.Repeat("9", 1<<20)+"}"), "400"},
	{"a text that never ends", post("/data/import", `{"content":"`), "400"},
	{"content of another type", post("/data/import", `{"content":{"streams":{}}}`), "400"},
	{"content that is true", post("/data/import", `{"content":true}`), "400"},
	{"content and an address", post("/data/import", `{"content":"{}","file":"file:///etc/passwd"}`), "400"},
	{"100,000 arrays in the body", post("/data/import", `{"content":`+nested("[", "]", 100_000)+"}"), "400"},
	{"100,000 arrays in the bundle", document(`{"streams":` + nested("[", "]", 100_000) + "}"), "400"},
	{"100,000 objects in the bundle", document(nested(`{"a":`, "}", 100_000)), "400"},
	{"100,000 open objects", document(strings.Repeat(`{"a":`, 100_000)), "400"},
	{"100,000 arrays in ids", post("/data/export", nested("[", "]", 100_000)), "400"},
	{"100,000 arrays in a ruleset", post("/ruleset/import", `{"content":`+nested("[", "]", 100_000)+"}"), "400"},
	{"100,000 arrays for v1", post("/api/v1/import", `{"mode":"full","leave":`+nested("[", "]", 100_000)+"}"), "400"},
	{"100,000 arrays in a rule", document(`{"rules":{"a":` + marshal(`{"id":"a","sql":"SELECT 1","actions":`+nested("[", "]", 100_000)+"}") + "}}"), "400"},
	{"9,999 arrays in a rule", post("/data/import?partial=1", marshal(map[string]string{"content": `{"rules":{"a":` + marshal(`{"id":"a","sql":"SELECT 1","actions":`+nested("[", "]", 9_990)+"}") + "}}"})), "400"},
	{"two bodies", post("/data/import?dry_run=1", `{"content":"{}"}{"content":"["}`), "200"},
	{"two sections of a name", document(`{"streams":{},"streams":{"s":"no"}}`), "400"},
	{"two entries of a name", document(`{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"a\")","s":"no"}}`), "400"},
	{"two fields of the body", post("/data/import?dry_run=1", `{"content":"[","content":"{}"}`), "200"},
	{"a field in another case", post("/data/import?dry_run=1", `{"CONTENT":"{}"}`), "200"},
	{"a section in another case", post("/data/import?dry_run=1", `{"content":"{\"STREAMS\":{\"x\":\"no\"}}"}`), "200"},
	{"an entry that is an object", document(`{"streams":{"s":{"sql":"x"}}}`), "400"},
	{"an entry that is null", document(`{"streams":{"s":null}}`), "400|200"},
	{"a mark before the bundle", document("\ufeff" + populated), "200"},
	{"a mark before the body", post("/data/import", "\ufeff{\"content\":\"{}\"}"), "400"},
	{"UTF-16", post("/data/import", "\xff\xfe{\x00\"\x00c\x00"), "400"},
	{"bytes that are no text in the bundle", post("/data/import?atomic=1", "{\"content\":\"{\\\"streams\\\":{\\\"a\\\":\\\"\xff\xfe\\\"}}\"}"), "400"},
	{"a lone surrogate", document(`{"streams":{"a":"\ud800"}}`), "400"},
	{"a lone surrogate in a name", document(`{"streams":{"\udc00":"CREATE STREAM x ()"}}`), "400"},
	{"a NUL in a name", document(`{"streams":{"\u0000":"CREATE STREAM x ()"}}`), "400"},
	{"a NUL in the text", document("{\"streams\":{\"a\":\"\x00\"}}"), "400"},
	{"comments", document(`{/* */"streams":{}}`), "400"},
	{"a comma too many", document(`{"streams":{},}`), "400"},
	{"single quotes", document(`{'streams':{}}`), "400"},
	{"not a number", document(`{"streams":NaN}`), "400"},
	{"a prototype", document(`{"__proto__":{"role":"admin"},"constructor":{"prototype":{}}}`).with("X-One: 1"), "400|200"},
	{"a rollout to nobody", post("/api/v1/rollouts", `{"content":"{}","mode":"full","nodes":[]}`), "400"},
	{"a rollout to a path", post("/api/v1/rollouts", `{"content":"{}","mode":"full","nodes":["../local"]}`), "404"},
	{"a rollout to the console itself", post("/api/v1/rollouts", `{"content":"{}","mode":"full","nodes":["local"]}`), "404"},
	{"a rollout of 100,000 arrays", post("/api/v1/rollouts", `{"bundle":`+nested("[", "]", 100_000)+`,"mode":"full","nodes":["a"]}`), "400"},
	{"a rollout to fewer than no nodes", post("/api/v1/rollouts", `{"content":"{}","mode":"full","nodes":["a"],"batch":-1}`), "400"},
	{"a wave of more than 64 bits", post("/api/v1/rollouts/x/rollback", `{"wave":99999999999999999999}`), "400"},
	{"a rollout with two bundles", rolledOut("{}", `{"mode":"full","content":"{}","nodes":["a"]}`), "400"},
	{"a rollout of an archive that is none", rolledOut("PK\x03\x04", `{"mode":"full","nodes":["a"]}`), "400"},
	{"a rollout that is a path", post("/api/v1/rollouts/..%2f..%2fusers/start", ""), "404"},
	{"a mode that is none", post("/api/v1/import", `{"content":"{}","mode":"FULL"}`), "400"},
	{"a field that is not known", post("/api/v1/import", `{"content":"{}","mode":"full","atomic ":true}`), "400"},
	{"a reference that is none", post("/api/v1/import", `{"content":"{}","mode":"full","leave":["../../x"]}`), "400"},
	{"a plan that is none", post("/api/v1/import", `{"content":"{}","mode":"full","plan":"0"}`), "409"},
	{"a note of a megabyte", post("/api/v1/plan", `{"content":"{}","mode":"partial","note":"`+strings.Repeat("n", 1<<20)+`"}`), "200|400"},
	{"a body that says it is packed", post("/data/import", "\x1f\x8b\x08\x00\x00\x00\x00\x00").with("Content-Encoding: gzip"), "400|415"},
	{"a body in another alphabet", post("/data/import?dry_run=1", `{"content":"{}"}`).with("Content-Type: application/json; charset=utf-7"), "200"},
	{"a form for JSON", post("/api/v1/import", "content={}&mode=full").with("Content-Type: application/x-www-form-urlencoded"), "400"},
}

// entry is a partial import of one entry.
func entry(section, name, text string) request {
	return post("/data/import?partial=1", marshal(map[string]string{"content": marshal(map[string]map[string]string{section: {name: text}})}))
}

// rule is a partial import of a rule.
func rule(sql string) request {
	return entry("rules", "a", marshal(map[string]any{"id": "a", "sql": sql, "actions": []any{map[string]any{"log": map[string]any{}}}}))
}

// script is a partial import of a script.
func script(code string) request {
	return entry("scripts", "f", marshal(map[string]any{"id": "f", "script": code}))
}

// schema is a partial import of a schema.
func schema(kind, name, content string) request {
	return entry("Schema", kind+"_"+name, marshal(map[string]any{"name": name, "type": kind, "content": content}))
}

// unchecked is the answer to what is too long to be tried here: it says so.
const unchecked = "200 .*it was not checked"

// doubted is the answer to a schema that the engine takes as well, and cannot use.
const doubted = "200 .*\"Warnings\""

// inEntries are texts of entries that are too much for a parser.
var inEntries = []hostile{
	{"SQL of 100,000 brackets", rule("SELECT " + nested("(", ")", 100_000) + " FROM s"), "400"},
	{"SQL of 100,000 open brackets", rule("SELECT " + strings.Repeat("(", 100_000)), "400"},
	{"SQL of 100,000 signs", rule("SELECT " + strings.Repeat("-", 99_999) + "1 FROM s"), "400|200"},
	{"SQL of 100,000 negations", rule("SELECT " + strings.Repeat("NOT ", 100_000) + "a FROM s"), "400"},
	{"SQL of 100,000 sums", rule("SELECT 1" + strings.Repeat("+1", 100_000) + " FROM s"), "400|200"},
	{"SQL of 100,000 calls", rule("SELECT " + nested("abs(", ")", 100_000) + " FROM s"), "400"},
	{"SQL of 100,000 fields", rule("SELECT a" + strings.Repeat(",a", 100_000) + " FROM s"), "400|200"},
	{"SQL of 100,000 structs", entry("streams", "x", "CREATE STREAM x (a "+nested("STRUCT(a ", ")", 100_000)+") WITH ()"), "400"},
	{"SQL of 100,000 cases", rule("SELECT " + nested("CASE WHEN a THEN ", " END", 100_000) + " FROM s"), "400"},
	{"SQL with a text that never ends", rule(`SELECT "a FROM s`), "400"},
	{"SQL with a comment that never ends", rule("SELECT /* FROM s"), "400"},
	{"SQL with a NUL", rule("SELECT a\x00 FROM s"), "400"},
	{"SQL of two statements", rule("SELECT * FROM s; DROP STREAM s"), "400"},
	{"an expression that takes for ever to match", rule("SELECT regexp_matches(a, \"" + strings.Repeat("(a+)+", 1000) + "$\") FROM s"), "400|200"},
	{"a script without end", script("while(true){}; function f(){}"), "400"},
	{"a script that fills the memory", script("var a=[];while(true){a.push(new Array(1000000).join('x'))}"), "400"},
	{"a script that doubles a text", script("var a='x';for(;;){a+=a}"), "400"},
	{"a script that pads a text", script("var a='x'.repeat(1<<30).repeat(1<<10); function f(){}"), "400"},
	{"a script that calls itself", script("function g(){return g()} g(); function f(){}"), "400"},
	{"a script that sorts without end", script("new Array(4294967295).fill(0).sort(); function f(){}"), "400"},
	{"a script that matches for ever", script("/(a+)+$/.test(new Array(40).join('a')+'b'); /(?=(a+))*b/.test(new Array(60).join('a')); function f(){}"), "400|200"},
	{"a script of 100,000 brackets", script(nested("(", ")", 100_000)), unchecked},
	{"a script of 100,000 blocks", script(nested("{", "}", 100_000)), unchecked},
	{"a script of 10,000 brackets", script(nested("(", ")", 10_000)), "400|" + unchecked},
	{"a script of 10,000 blocks", script(nested("{", "}", 10_000)), "400|" + unchecked},
	{"a script that asks for a file", script("var x = require('fs').readFileSync('/etc/passwd'); function f(){}"), "400"},
	{"a script that makes code", script("function f(){}; new Function('while(true){}')()"), "400"},
	{"a schema of 100,000 messages", schema("protobuf", "a", nested("message M {", "}", 100_000)), unchecked},
	{"a schema of 4,000 messages", schema("protobuf", "b", nested("message M {", "}", 4_000)), doubted},
	{"a schema that imports a file", schema("protobuf", "c", `syntax="proto3"; import "../../../../etc/passwd"; message M {}`), doubted},
	{"a schema that needs itself", schema("protobuf", "d", `syntax="proto3"; import "d.proto"; message M {}`), doubted},
	{"a schema whose number is too large", schema("protobuf", "e", `syntax="proto3"; message M { int32 a = 99999999999999999999; }`), doubted},
	{"a schema that is a program", schema("custom", "f", "\x7fELF"), "200"},
	{"a rule without end", entry("rules", "a", `{"id":"a","sql":"SELECT * FROM s","actions":[`), "400"},
	{"a rule of another name", entry("rules", "a", `{"id":"../b","sql":"SELECT * FROM s","actions":[{"log":{}}]}`), "400|200"},
	{"an option that is too large", entry("rules", "a", `{"id":"a","sql":"SELECT * FROM s","actions":[{"log":{}}],"options":{"bufferLength":1e400}}`), "400"},
	{"a restart that never ends", entry("rules", "a", `{"id":"a","sql":"SELECT * FROM s","actions":[{"log":{}}],"options":{"restartStrategy":{"attempts":-9223372036854775808}}}`), "400|200"},
	{"a template that calls itself", entry("rules", "a", `{"id":"a","sql":"SELECT * FROM s","actions":[{"log":{"dataTemplate":"{{define \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}"}}]}`), "400|200"},
	{"a template of 100,000 blocks", entry("rules", "a", marshal(map[string]any{"id": "a", "sql": "SELECT * FROM s", "actions": []any{map[string]any{"log": map[string]any{"dataTemplate": nested("{{if true}}", "{{end}}", 100_000)}}}})), "400|200"},
}

// inNames are names that lead out of a folder, or out of a page.
var inNames = []hostile{
	{"an upload out of its folder", entry("uploads", "../../owned", `{"name":"../../owned","content":"x"}`), "400"},
	{"an upload to a path", entry("uploads", "{home}/owned", `{"name":"{home}/owned","content":"x"}`), "400"},
	{"an upload into the store", entry("uploads", "../console.db", `{"name":"../console.db","content":"x"}`), "400"},
	{"an upload with backslashes", entry("uploads", `..\..\owned`, `{"name":"..\\..\\owned","content":"x"}`), "400|200"},
	{"an upload that is dots", entry("uploads", "..", `{"name":"..","content":"x"}`), "400"},
	{"an upload without a name", entry("uploads", "", `{"name":"","content":"x"}`), "400"},
	{"a schema out of its folder", entry("Schema", "protobuf_../../owned", `{"name":"../../owned","type":"protobuf","content":"message M {}"}`), "400"},
	{"a script out of its folder", entry("scripts", "../../owned", `{"id":"../../owned","script":"function owned(){}"}`), "400"},
	{"a service out of its folder", entry("Service", "../../owned", `{"name":"../../owned","file":"file://{home}/work/x.zip"}`), "400"},
	{"a plugin out of its folder", entry("nativePlugins", "sources_../../owned", `{"name":"../../owned","file":"file://{home}/work/x.zip"}`), "400"},
	{"a portable plugin out of its folder", entry("portablePlugins", "../../owned", `{"name":"../../owned","file":"file://{home}/work/x.zip"}`), "400"},
	{"a stream of a page", entry("streams", "<script>alert(1)</script>", "CREATE STREAM x () WITH ()"), "400"},
	{"a name of a megabyte", entry("streams", strings.Repeat("n", 1<<20), "CREATE STREAM x () WITH ()"), "400"},
	{"a name that turns the line", entry("streams", "a\u202eb", "CREATE STREAM x () WITH ()"), "400"},
	{"an entry out of its section", get("/api/v1/entries/streams/..%2f..%2frules%2fr"), "404"},
	{"a page of an entry out of its section", page("/ui/inventory/streams/..%2f..%2f..%2fetc%2fpasswd"), "404"},
	{"a section that is none", page("/ui/inventory/..%2faccounts"), "404"},
	{"a task out of its table", get("/api/v1/tasks/..%2fusers"), "404"},
	{"a task that is a line", get("/async/task/x%0d%0aSet-Cookie:%20a=b"), "400"},
	{"an artifact out of its folder", get("/artifacts/..%2f..%2fconsole.db/x"), "40[034]"},
	{"an artifact of another length", get("/artifacts/00/x"), "40[034]"},
	{"an artifact with a forged address", get("/artifacts/" + strings.Repeat("0", 64) + "/x?expires=99999999999&signature=AAAA").without("Authorization"), "403"},
	{"a link to an artifact that is none", post("/api/v1/artifacts/..%2f..%2flinks.key/link", "{}"), "40[04]"},
	{"a draft of nobody", page("/ui/import/..%2faccounts"), "404"},
	{"a user out of the table", call("DELETE", "/api/v1/users/..%2ftokens", payload{}), "404"},
	{"a user of a page", post("/api/v1/users", `{"name":"<img src=x onerror=alert(1)>","role":"viewer","password":"a long passphrase for tests"}`), "400"},
	{"a user with a line feed", post("/api/v1/users", `{"name":"a\nb","role":"viewer","password":"a long passphrase for tests"}`), "400"},
	{"a user of a role that is none", post("/api/v1/users", `{"name":"a","role":"root","password":"a long passphrase for tests"}`), "400"},
	{"a user without a role", post("/api/v1/users", `{"name":"a","password":"a long passphrase for tests"}`), "400"},
	{"a user with more than is known", post("/api/v1/users", `{"name":"a","role":"viewer","password":"a long passphrase for tests","hash":"x"}`), "400"},
	{"the end of the last administrator", call("DELETE", "/api/v1/users/admin", payload{}), "409"},
	{"a token of a role that is none", post("/api/v1/tokens", `{"name":"a","role":"nobody"}`), "400"},
	{"a token that ended in the past", post("/api/v1/tokens", `{"name":"a","role":"viewer","expires":"0001-01-01T00:00:01Z"}`), "400"},
	{"a token of a time that is none", post("/api/v1/tokens", `{"name":"a","role":"viewer","expires":"99999-01-01T00:00:00Z"}`), "400"},
}

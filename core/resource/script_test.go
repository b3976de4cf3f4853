package resource

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

// script is the text of an entry with a script.
func script(body string) string {
	text, err := json.Marshal(map[string]any{"id": "f", "script": body})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestScript(t *testing.T) {
	ref := core.Ref{Kind: core.Script, Name: "f"}
	tests := []struct{ body, want string }{
		{"function f(a) { return a }", ""},
		{"const f = a => a", ""},
		{"var f = class {}", ""},
		{"f = function* () {}", ""},
		{"function g() {}", `error 1:21 cannot find function "f" in script`},
		{"var f = {}", `error 1:21 cannot find function "f" in script`},
		{"// two\nfunction f() {\n  return }}", "error 1:55 failed to interprete script: SyntaxError: SyntaxError: (anonymous): Line 3:11 Unexpected token }"},
		{"null.x", "error 1:26 failed to interprete script: TypeError: Cannot read property 'x' of undefined at <eval>:1:6(1)"},
		{"function f() { f() }; f()", "error 1:20 the script calls functions more than 1000 levels deep"},
		{"var a = [3, 1, 2].sort().map(x => x * 2); var b = new Uint8Array(8); function f() { return a }", ""},
		{"var s = 'ab'.repeat(10).padEnd(30); var c = String.fromCharCode.apply(null, [65]); function f() {}", ""},
	}
	for _, tt := range tests {
		if _, findings := Check(ref, script(tt.body), Scope{}); told(findings) != tt.want {
			t.Errorf("script %s\n got %s\nwant %s", tt.body, told(findings), tt.want)
		}
	}
}

// TestScriptLimits has scripts that would never end, or take all memory.
func TestScriptLimits(t *testing.T) {
	ref := core.Ref{Kind: core.Script, Name: "f"}
	for _, body := range []string{
		"while (true) {}",
		"var s = 'x'; while (true) s += s",
		"var a = []; while (true) a.push([1, 2, 3])",
		"'x'.repeat(1 << 29)",
		"'x'.padStart(1 << 29)",
		"new Array(4294967295).fill(1)",
		"Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1)",
		"Array.from({length: 1e9})",
		"new Uint8Array(8e9)",
		"new ArrayBuffer(8e9)",
		"Math.max.apply(null, {length: 1e9})",
		"Object.defineProperty(globalThis, 'f', {get() { while (true) {} }})",
	} {
		began := time.Now()
		_, findings := Check(ref, script(body), Scope{})
		if len(findings) != 1 || findings[0].Severity != core.Fault {
			t.Errorf("script %s: %s", body, told(findings))
		}
		if d := time.Since(began); d > 10*scriptTime {
			t.Errorf("script %s took %v", body, d)
		}
	}
	if underRace {
		return
	}
	long := script("/*" + strings.Repeat("x", 16<<20) + "*/ function f() {}")
	if _, findings := Check(ref, long, Scope{}); findings != nil {
		t.Errorf("a script of 16 MB: %.200s", fmt.Sprint(findings))
	}
	for _, part := range []string{"(", "[", "!", "a=>", "if(1)", "1+", "`${", "new "} {
		if _, findings := Check(ref, script(strings.Repeat(part, 1<<20)), Scope{}); len(findings) != 1 || findings[0].Severity != core.Warn {
			t.Errorf("a script of a million %s: %.200s", part, fmt.Sprint(findings))
		}
		if _, findings := Check(ref, script(strings.Repeat(part, scriptWords/4)), Scope{}); len(findings) != 1 {
			t.Errorf("a script of many %s: %.200s", part, fmt.Sprint(findings))
		}
	}
}

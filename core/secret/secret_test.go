package secret

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

func TestProperty(t *testing.T) {
	for _, name := range strings.Fields(`password PassWd saslPassword token x-api-key apiKey API_KEY accessKeyId private-key privateKeyRaw secret
		client_secret credentials Authorization passphrase pwd tokens`) {
		if !Property(name) {
			t.Errorf("Property(%s) = false", name)
		}
	}
	for _, name := range strings.Fields(`key keyed monkey username user server privateKeyPath passwordFile pass_through compassword_path ""`) {
		if Property(name) {
			t.Errorf("Property(%s) = true", name)
		}
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"password":"a b","user":"u"}`, `{"password":"••••••","user":"u"}`},
		{`{"PassWd" : "a\"b"}`, `{"PassWd" : "••••••"}`},
		{`{"password":"a\\","x":"y"}`, `{"password":"••••••","x":"y"}`},
		{`"mqtt":"{\"td\":{\"password\":\"a\\\"b\",\"qos\":1}}"`, `"mqtt":"{\"td\":{\"password\":\"••••••\",\"qos\":1}}"`},
		{`{"apiKey":"k","accessKeyId":"k","private_key":"k"}`, `{"apiKey":"••••••","accessKeyId":"••••••","private_key":"••••••"}`},
		{`{"key":"k","keyed":"k","monkey":"k"}`, `{"key":"k","keyed":"k","monkey":"k"}`},
		{`{"token":12345}`, `{"token":••••••}`},
		{`{"token":null,"secret":true}`, `{"token":null,"secret":true}`},
		{`{"tokens":["a","b"],"x":1}`, `{"tokens":[••••••],"x":1}`},
		{`{"secrets":{"password":"a"}}`, `{"secrets":{"password":"••••••"}}`},
		{`{"password":""}`, `{"password":""}`},
		{"{\"password\":\"cut off\n\"x\":1", "{\"password\":\"••••••\n\"x\":1"},
		{`{"token":"\"token\":\"a\""}`, `{"token":"••••••"}`},
		{`dial tcp://ann:p:w@x@host:1883/a@b: refused`, `dial tcp://ann:••••••@host:1883/a@b: refused`},
		{`tcp://a:1@x,tcp://b:2@y`, `tcp://a:••••••@x,tcp://b:••••••@y`},
		{`http://host:80/a@b http://user@host http://u:@host http://h`, `http://host:80/a@b http://user@host http://u:@host http://h`},
		{`"url":"http://u:p\"x@host"`, `"url":"http://u:p\"x@host"`},
		{`{"password":"http://u:p@host"}`, `{"password":"••••••"}`},
	} {
		if got, _ := Mask(c.text, 0); got != c.want {
			t.Errorf("Mask(%s)\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestMaskMoves(t *testing.T) {
	text := `{"token":"abcdefghijkl","sql":"S"}`
	for _, c := range []struct{ place, want string }{{"sql", "sql"}, {"token", "token"}, {"def", Dots}} {
		masked, at := Mask(text, strings.Index(text, c.place))
		if got := masked[at:]; !strings.HasPrefix(got, c.want) {
			t.Errorf("Mask moved %q to %q, want %q", c.place, got, c.want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add(`{"password":"a\"b"}`, 5)
	f.Add(`"x":"{\"token\":[1,2]`, 30)
	f.Add(`tcp://a:b@c`, 7)
	f.Fuzz(func(t *testing.T, text string, at int) {
		at = min(max(at, 0), len(text))
		masked, moved := Mask(text, at)
		if moved < 0 || moved > len(masked) {
			t.Errorf("Mask(%q, %d) moved the offset to %d of %d", text, at, moved, len(masked))
		}
	})
}

// entries are texts and what they are masked.
var entries = []struct {
	ref, text, masked string
}{
	{"sourceConfig/mqtt", `{"td": {"password":"public","qos":1e0, "username":"admin"}}`, `{"td": {"password":"••••••","qos":1e0, "username":"admin"}}`},
	{"sourceConfig/x", `{"b":{"token":12345,"a":1},"a":{"token":null}}`, `{"b":{"token":"••••••","a":1},"a":{"token":null}}`},
	{"sourceConfig/y", `{"k":{"tokens":["a",["b"],{"c":{"d":"e"}},true,""]}}`, `{"k":{"tokens":["••••••",["••••••"],{"c":{"d":"••••••"}},true,""]}}`},
	{"sourceConfig/z", `{"k":{"pass\u0077ord":"a","secrets":{"a":"b"}}}`, `{"k":{"pass\u0077ord":"••••••","secrets":{"a":"b"}}}`},
	{"sinkConfig/sql", `{"db":{"dburl":"mysql:\/\/ann:pw@host/x?a=\u003c"}}`, `{"db":{"dburl":"mysql://ann:••••••@host/x?a=<"}}`},
	{"rules/r", `{"sql":"SELECT 1","actions":[{"log":{}},{"mqtt":{"server":"tcp://u:p@h,tcp://v:q@i","password":"x"}}]}`,
		`{"sql":"SELECT 1","actions":[{"log":{}},{"mqtt":{"server":"tcp://u:••••••@h,tcp://v:••••••@i","password":"••••••"}}]}`},
	{"rules/b", `{"body":" {\"password\":\"a\\\"b\",\"user\":\"u\",\"token\":[1]}"}`, `{"body":" {\"password\":\"••••••\",\"user\":\"u\",\"token\":[\"••••••\"]}"}`},
	{"rules/t", `{"dataTemplate":"{\"password\":\"a\",\"n\":{{.n}}}"}`, `{"dataTemplate":"{\"password\":\"••••••\",\"n\":{{.n}}}"}`},
	{"rules/cut", `{"password":"a", `, `{"password":"••••••", `},
	{"streams/s", `CREATE STREAM s () WITH (DATASOURCE="tcp://u:p@h", EXTRA="{\"token\":\"t\"}")`, `CREATE STREAM s () WITH (DATASOURCE="tcp://u:••••••@h", EXTRA="{\"token\":\"••••••\"}")`},
	{"uploads/u", `"plain"`, `"plain"`},
}

func kindOf(t *testing.T, ref string) core.Kind {
	r, err := core.ParseRef(ref)
	if err != nil {
		t.Fatal(err)
	}
	return r.Kind
}

func TestMaskEntry(t *testing.T) {
	for _, c := range entries {
		kind := kindOf(t, c.ref)
		if got := MaskEntry(kind, c.text); got != c.masked {
			t.Errorf("MaskEntry(%v, %s)\n got %s\nwant %s", kind, c.text, got, c.masked)
		}
		if got, left := Restore(kind, c.masked, c.text); got != c.text || left != nil {
			t.Errorf("Restore(%v, %s)\n got %s, left %v\nwant %s", kind, c.masked, got, left, c.text)
		}
		if got := MaskEntry(kind, c.masked); got != c.masked {
			t.Errorf("MaskEntry(%v, %s)\n got %s", kind, c.masked, got)
		}
	}
}

func TestMaskBundle(t *testing.T) {
	b, _, err := bundle.Decode(bundle.Sample)
	if err != nil {
		t.Fatal(err)
	}
	masked := MaskBundle(b)
	data, err := masked.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if s := string(data); strings.Contains(s, "public") || !strings.Contains(s, Dots) || !strings.Contains(s, "admin") || masked.Len() != b.Len() {
		t.Errorf("MaskBundle(Sample) = %s", s)
	}
}

func TestRestore(t *testing.T) {
	for _, c := range []struct{ masked, old, want, left string }{
		{`{"td":{"password":"••••••","qos":2}}`, `{"td":{"qos":1,"password":"p"}}`, `{"td":{"password":"p","qos":2}}`, ``},
		{`{"td":{"password":"\u2022\u2022\u2022\u2022\u2022\u2022"}}`, `{"td":{"password":"p"}}`, `{"td":{"password":"p"}}`, ``},
		{`{"td":{"password":"new"}}`, `{"td":{"password":"p"}}`, `{"td":{"password":"new"}}`, ``},
		{`{"td":{"password":"••••••x"}}`, `{"td":{"password":"p"}}`, `{"td":{"password":"••••••x"}}`, ``},
		{`{"td":{"password":"••••••"}}`, `{"te":{"password":"p"}}`, `{"td":{"password":"••••••"}}`, `td.password`},
		{`{"td":{"password":"••••••"}}`, `{"td":{"password":"••••••"}}`, `{"td":{"password":"••••••"}}`, `td.password`},
		{`{"td":{"password":"••••••"}}`, `not JSON`, `{"td":{"password":"••••••"}}`, `td.password`},
		{`{"td":{"password":"••••••"}}`, `{"td":{"password":{"a":1}}}`, `{"td":{"password":"••••••"}}`, `td.password`},
		{`[{"a.b":["••••••","••••••"]}]`, `[{"a.b":[1]}]`, `[{"a.b":[1,"••••••"]}]`, `[0]["a.b"][1]`},
		{`{"server":"tcp://u:••••••@new"}`, `{"server":"tcp://u:p@old"}`, `{"server":"tcp://u:p@new"}`, ``},
		{`{"server":"tcp://v:••••••@h"}`, `{"server":"tcp://u:p@h"}`, `{"server":"tcp://v:••••••@h"}`, `server`},
		{`{"body":"{\"password\":\"••••••\",\"b\":1}"}`, `{"body":"{\"password\":\"p\\\"\"}"}`, `{"body":"{\"password\":\"p\\\"\",\"b\":1}"}`, ``},
		{`{"body":"{\"password\":\"••••••\"}"}`, `{"body":5}`, `{"body":"{\"password\":\"••••••\"}"}`, `body.password`},
		{`{"password":"••••••", `, `{"password":"p"}`, `{"password":"p", `, ``},
		{`{"password":"••••••", `, `{}`, `{"password":"••••••", `, `password`},
		{`{ "note" : "see ••••••!" }`, `{}`, `{ "note" : "see ••••••!" }`, ``},
	} {
		got, left := Restore(core.Rule, c.masked, c.old)
		if got != c.want || strings.Join(left, " ") != c.left {
			t.Errorf("Restore(%s, %s)\n got %s, left %v\nwant %s, left %s", c.masked, c.old, got, left, c.want, c.left)
		}
	}
}

// someJSON draws a value with secrets here and there, all of which contain "hush".
func someJSON(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int().AsAny(),
		rapid.SampledFrom([]any{"", "x", "a\"b\n", "<é>", "tcp://u:hush@h", `{"password":"hush","a":"tcp://u:hush@h"}`, "\u2028"}),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	names := rapid.SampledFrom([]string{"a", "b.c", "server", "", "[0]", "ü"})
	hushed := rapid.SampledFrom([]any{"hush", "hush\"\\", []any{"hush", map[string]any{"a": "hush"}}, "{\"a\":\"hush\"}"})
	return rapid.Custom(func(t *rapid.T) any {
		m := rapid.MapOfN(names, someJSON(depth-1), 0, 4).Draw(t, "members")
		if rapid.Bool().Draw(t, "secret") {
			m["saslPassword"] = hushed.Draw(t, "password")
		}
		if rapid.Bool().Draw(t, "list") {
			return []any{m, rapid.OneOf(leaves...).Draw(t, "item")}
		}
		return m
	})
}

func TestMaskRestoreAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data, err := json.Marshal(someJSON(3).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		masked := MaskEntry(core.Rule, string(data))
		if !json.Valid([]byte(masked)) || strings.Contains(masked, "hush") {
			t.Fatalf("MaskEntry(%s) = %s", data, masked)
		}
		if got, left := Restore(core.Rule, masked, string(data)); got != string(data) || left != nil {
			t.Fatalf("Restore(%s)\n got %s, left %v\nwant %s", masked, got, left, data)
		}
	})
}

func FuzzRestore(f *testing.F) {
	for _, c := range entries {
		f.Add(c.masked, c.text)
	}
	f.Fuzz(func(t *testing.T, masked, old string) {
		for _, kind := range []core.Kind{core.Rule, core.Stream} {
			got, left := Restore(kind, masked, old)
			if !strings.Contains(masked, "•") && !strings.Contains(masked, `\u`) && (got != masked || left != nil) {
				t.Errorf("Restore(%q) = %q, %v", masked, got, left)
			}
			if json.Valid([]byte(masked)) && !json.Valid([]byte(got)) && kind == core.Rule {
				t.Errorf("Restore(%q, %q) = %q is no JSON", masked, old, got)
			}
			if m := MaskEntry(kind, got); json.Valid([]byte(got)) && kind == core.Rule && !json.Valid([]byte(m)) {
				t.Errorf("MaskEntry(%q) = %q is no JSON", got, m)
			}
		}
	})
}

// TestLinear masks and restores texts that would take for ever if a byte were looked at
// again for every secret.
func TestLinear(t *testing.T) {
	for _, c := range []string{`"token":"`, `\"token\":\"`, `tcp://a:b@`, `"token":[`, `"token" `, `"\`, `{"password":"p"},`} {
		text := strings.Repeat(c, 1<<20/len(c))
		masked := MaskEntry(core.Rule, "["+strings.TrimSuffix(text, ",")+"]")
		Restore(core.Rule, masked, text)
	}
}

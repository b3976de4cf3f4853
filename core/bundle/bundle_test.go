package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ekuiper-console/core"
)

func ref(s string) core.Ref {
	r, err := core.ParseRef(s)
	if err != nil {
		panic(err)
	}
	return r
}

func TestSample(t *testing.T) {
	b, unknown, err := Decode(Sample)
	if err != nil || unknown != nil {
		t.Fatalf("Decode(Sample) = %v, %v", unknown, err)
	}
	counts := map[string]int{}
	for ref := range b.All() {
		counts[ref.Kind.Key()]++
	}
	want := map[string]int{"streams": 1, "tables": 1, "rules": 2, "nativePlugins": 2, "sourceConfig": 1, "sinkConfig": 1, "scripts": 1}
	if d := cmp.Diff(want, counts); d != "" {
		t.Errorf("entries per section (-want +got):\n%s", d)
	}
	if text, _ := b.Get(ref("streams/demo")); text != `CREATE STREAM demo () WITH (DATASOURCE="users", FORMAT="JSON")` {
		t.Errorf("streams/demo = %s", text)
	}
}

func TestEncode(t *testing.T) {
	b := &Bundle{}
	b.Set(ref("rules/b"), "<b> & \u2028")
	b.Set(ref("rules/a"), "line\nbreak")
	b.Set(ref("streams/é"), "x")
	var out bytes.Buffer
	if err := b.Encode(&out); err != nil {
		t.Fatal(err)
	}
	want := `{"streams":{"é":"x"},"tables":{},"rules":{"a":"line\nbreak","b":"\u003cb\u003e \u0026 \u2028"},"nativePlugins":{},"portablePlugins":{},"sourceConfig":{},"sinkConfig":{},"connectionConfig":{},"Service":{},"Schema":{},"uploads":{},"scripts":{}}`
	if out.String() != want {
		t.Errorf("Encode:\n got %s\nwant %s", out.String(), want)
	}
}

func TestDecodeAccepts(t *testing.T) {
	tests := []struct{ in, want, unknown string }{
		{`null`, ``, ``},
		{`{}`, ``, ``},
		{"\xef\xbb\xbf{}", ``, ``},
		{` { "streams" : { "a" : "x" , "b":"y"} } `, `streams/a=x streams/b=y`, ``},
		{`{"STREAMS":{"a":"x"}}`, `streams/a=x`, ``},
		{`{"service":{"a":"x"}}`, `Service/a=x`, ``},
		{`{"streams":null,"rules":{"r":null}}`, `rules/r=`, ``},
		{`{"streams":{"a":"1"},"streams":{"b":"2"},"Streams":{"c":"3"}}`, `streams/a=1 streams/b=2 streams/c=3`, ``},
		{`{"streams":{"a":"1","a":"2"}}`, `streams/a=2`, ``},
		{`{"dashboards":{"x":[1,{"y":"}"}],"z":-1.5e3},"streams":{"a":"1"},"more":true}`, `streams/a=1`, `dashboards more`},
		{`{"streams":{"a":"\u00e9\ud83d\ude00\ud800\"\\\/\b"}}`, "streams/a=é😀\uFFFD\"\\/\b", ``},
		{"{\"streams\":{\"a\":\"\xff\"}}", "streams/a=\uFFFD", ``},
	}
	for _, tt := range tests {
		b, unknown, err := Decode([]byte(tt.in))
		if err != nil {
			t.Errorf("Decode(%s): %v", tt.in, err)
			continue
		}
		var got []string
		for ref, text := range b.All() {
			got = append(got, ref.String()+"="+text)
		}
		if s := strings.Join(got, " "); s != tt.want || strings.Join(unknown, " ") != tt.unknown {
			t.Errorf("Decode(%s)\n got %s, unknown %v\nwant %s, unknown %s", tt.in, s, unknown, tt.want, tt.unknown)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ in, msg, place string }{
		{``, `unexpected end of JSON input`, `line 1, column 1`},
		{`not json`, `invalid character 'o' in literal null (expecting 'u')`, `line 1, column 2`},
		{`[]`, `json: cannot unmarshal array into Go value of type server.Configuration`, `line 1, column 1`},
		{`{} xx`, `invalid character 'x' after top-level value`, `line 1, column 4`},
		{`{"streams":[]}`, `json: cannot unmarshal array into Go struct field Configuration.streams of type map[string]string`, `line 1, column 12`},
		{`{"Service":5}`, `json: cannot unmarshal number into Go struct field Configuration.Service of type map[string]string`, `line 1, column 12`},
		{`{"streams":{"a":5}}`, `json: cannot unmarshal number into Go struct field Configuration.streams of type string`, `line 1, column 17`},
		{"{\"streams\":{\n\"ä\":{}}}", `json: cannot unmarshal object into Go struct field Configuration.streams of type string`, `line 2, column 5`},
		{"{\n\"streams\":{\"a\":\"b\"", `unexpected end of JSON input`, `line 2, column 19`},
		{strings.Repeat("[", 20000), `invalid character '[' exceeded max depth`, `line 1, column 10001`},
	}
	for _, tt := range tests {
		_, _, err := Decode([]byte(tt.in))
		e, ok := errors.AsType[*SyntaxError](err)
		if !ok || e.Msg != tt.msg || e.Place() != tt.place {
			t.Errorf("Decode(%.40s)\n got %v at %v\nwant %s at %s", tt.in, err, e, tt.msg, tt.place)
		}
	}
}

func TestIndex(t *testing.T) {
	doc := "{\"streams\": {\n  \"demo\": \"CREATE\\nSTREAM \\u00e9X\"\n}, \"rules\": {\"r\": null}}"
	x := NewIndex([]byte(doc))
	b, _, _ := Decode([]byte(doc))
	text, _ := b.Get(ref("streams/demo"))
	tests := []struct {
		ref          string
		offset       int
		line, column int
	}{
		{"streams/demo", -1, 2, 11},
		{"streams/demo", 0, 2, 12},
		{"streams/demo", strings.Index(text, "STREAM"), 2, 20},
		{"streams/demo", strings.Index(text, "X"), 2, 33},
		{"rules/r", 3, 3, 19},
		{"rules/none", 0, 0, 0},
	}
	for _, tt := range tests {
		if l, c := x.Position(ref(tt.ref), tt.offset); l != tt.line || c != tt.column {
			t.Errorf("Position(%s, %d) = %d:%d, want %d:%d", tt.ref, tt.offset, l, c, tt.line, tt.column)
		}
	}
}

// FuzzString holds what Encode writes to the standard library.
func FuzzString(f *testing.F) {
	for _, s := range []string{"", "plain", "<b> & \u2028\u2029", "\x00\x1f\x7f\b\f\n\r\t\"\\/", "\xff\xc3", "é😀\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendString(nil, s); !bytes.Equal(got, want) {
			t.Fatalf("%q is written %s, want %s", s, got, want)
		}
	})
}

// FuzzDecode holds Decode to the standard library: the same documents are accepted,
// with the same entries, and what Encode writes is read back as it was.
func FuzzDecode(f *testing.F) {
	f.Add(Sample)
	for _, s := range []string{`{}`, `null`, `[]`, `{"streams":{"a":"\u00e9\ud83d\ude00\ud800x"}}`, `{"RULES":{"a":null},"x":[{"y":"]"}]}`, "\xef\xbb\xbf{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, err := Decode(data)
		NewIndex(data)
		data = bytes.TrimPrefix(data, byteOrderMark)
		want := map[string]map[string]string{}
		wantErr := decodeReference(data, want)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("Decode(%q) = %v, the reference says %v", data, err, wantErr)
		}
		if err != nil {
			return
		}
		n := 0
		for ref, text := range got.All() {
			n++
			if w, ok := want[ref.Kind.Key()][ref.Name]; !ok || w != text {
				t.Fatalf("Decode(%q): %v = %q, want %q", data, ref, text, w)
			}
		}
		for _, section := range want {
			n -= len(section)
		}
		if n != 0 {
			t.Fatalf("Decode(%q) has %d entries more than the reference", data, n)
		}
		var out bytes.Buffer
		if err := got.Encode(&out); err != nil {
			t.Fatal(err)
		}
		again, _, err := Decode(out.Bytes())
		if err != nil || !again.Equal(got) {
			t.Fatalf("Encode then Decode of %q = %v, %v", data, again, err)
		}
	})
}

// decodeReference reads a document section by section with the standard library.
func decodeReference(data []byte, into map[string]map[string]string) error {
	if err := json.Unmarshal(data, new(*struct{})); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if tok, err := dec.Token(); err != nil || tok == nil {
		return err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		k, ok := core.KindOf(key.(string))
		if !ok {
			continue
		}
		section := into[k.Key()]
		if err := json.Unmarshal(raw, &section); err != nil {
			return err
		}
		if section != nil {
			into[k.Key()] = section
		}
	}
	return nil
}

func BenchmarkDecode(b *testing.B) {
	doc := &Bundle{}
	for i := range 5000 {
		doc.Set(core.Ref{Kind: core.Rule, Name: "rule" + strings.Repeat("x", i%7) + string(rune('a'+i%26))}, strings.Repeat(`{"id":"r"} `, 50))
	}
	data, _ := doc.MarshalJSON()
	b.SetBytes(int64(len(data)))
	b.Run("bundle", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, _, err := Decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var m map[string]map[string]string
			if err := json.Unmarshal(data, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

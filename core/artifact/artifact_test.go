package artifact

import (
	"archive/zip"
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/resource"
)

// wantOf returns what an entry wants of its file, which is the text of a JSON value.
func wantOf(t testing.TB, ref, text string) Want {
	r, err := core.ParseRef(ref)
	if err != nil {
		t.Fatal(err)
	}
	decoded, findings := resource.Decode(r, text)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	want, ok := WantOf(r, decoded)
	if !ok {
		t.Fatalf("%s has no file", ref)
	}
	return want
}

// look returns the contents of a file, or the message of the error.
func look(t testing.TB, want Want, file []byte) (*Contents, string) {
	c, err := Inspect(t.Context(), bytes.NewReader(file), int64(len(file)), want)
	if err == nil {
		return c, ""
	}
	if code := core.CodeOf(err); code != core.Invalid && code != core.TooLarge {
		t.Errorf("the code of %v is %d", err, code)
	}
	return &Contents{}, err.Error()
}

// told returns what contents hold on one line, without the notes.
func told(c *Contents) string {
	c.Notes = nil
	data, err := json.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(string(data), `"`, "")
}

const (
	sink     = "nativePlugins/sinks_tdengine"
	source   = "nativePlugins/sources_random"
	function = "nativePlugins/functions_image"
)

func TestNative(t *testing.T) {
	yaml := "random.yaml=default:\n"
	tests := []struct {
		ref, text string
		parts     []string
		want      string // of the contents, or after ! of the error
	}{
		{sink, `{"name":"tdengine"}`, []string{"tdengine.so=" + library}, "{files:1,bytes:64,platform:linux/amd64,provides:{sinks:[tdengine]}}"},
		{sink, `{"name":"tdengine"}`, []string{"Tdengine@v1.2.0.so=" + library, "tdengine.json={}", "lib/"}, "{files:2,bytes:66,version:v1.2.0,platform:linux/amd64,provides:{sinks:[tdengine]}}"},
		{sink, `{"name":" tdengine "}`, []string{"tdengine.so=" + elfOf(elf.EM_AARCH64, elf.ET_DYN)}, "{files:1,bytes:64,platform:linux/arm64,provides:{sinks:[tdengine]}}"},
		{sink, `{"name":"tdengine"}`, []string{"tdengine.so=" + elfOf(elf.EM_ARM, elf.ET_DYN)}, "{files:1,bytes:64,platform:linux/arm,provides:{sinks:[tdengine]}}"},
		{source, `{"name":"random"}`, []string{"random.so=" + library, yaml}, "{files:2,bytes:73,platform:linux/amd64,provides:{sources:[random]}}"},
		{function, `{"name":"image"}`, []string{"image.so=" + library}, "{files:1,bytes:64,platform:linux/amd64,provides:{functions:[image]}}"},
		{function, `{"name":"image","functions":["resize","thumbnail"]}`, []string{"image.so=" + library}, "{files:1,bytes:64,platform:linux/amd64,provides:{functions:[resize,thumbnail]}}"},
		{"nativePlugins/random", `{"name":"random"}`, []string{"random.so=" + library, yaml}, "{files:2,bytes:73,platform:linux/amd64,provides:{sources:[random]}}"},
		{sink, `{"name":"tdengine","shellParas":["a","b"]}`, []string{"tdengine.so=" + library, "install.sh=#!"}, "{files:2,bytes:66,platform:linux/amd64,provides:{sinks:[tdengine]}}"},
		{sink, `{"name":"tdengine"}`, []string{"tdengine.so=" + library, "tdengine.json={"}, "{files:2,bytes:65,platform:linux/amd64,provides:{sinks:[tdengine]},findings:[{severity:warning,ref:nativePlugins/sinks_tdengine,message:tdengine.json is no JSON: unexpected end of JSON input,hint:engines show the plugin without its properties}]}"},

		{sink, `{"name":"tdengine","shellParas":["a","b"]}`, []string{"tdengine.so=" + library}, "!have shell parameters : [a b] but no install.sh file"},
		{sink, `{"name":"echo"}`, []string{"a.txt=a"}, "!invalid zip file: expectFiles: 1, got filenames:[], zipFiles: [a.txt], yamlFileChecked:false, soFileChecked:false"},
		{source, `{"name":"random"}`, []string{"Random.so=" + library}, "!invalid zip file: expectFiles: 3, got filenames:[plugins/sources/Random.so], zipFiles: [Random.so], yamlFileChecked:false, soFileChecked:true"},
		{source, `{"name":"random"}`, []string{yaml}, "!invalid zip file: expectFiles: 3, got filenames:[etc/sources/random.yaml data/sources/random.yaml], zipFiles: [random.yaml], yamlFileChecked:true, soFileChecked:false"},
		{sink, `{"name":"tdengine"}`, []string{"tdengine2.so=" + library, "lib/tdengine.so=" + library}, "!invalid zip file: expectFiles: 1, got filenames:[], zipFiles: [tdengine2.so lib/tdengine.so], yamlFileChecked:false, soFileChecked:false"},
		{sink, `{"name":"tdengine"}`, []string{"tdengine.so=" + library, "Tdengine.so=" + library}, "!invalid zip file: expectFiles: 1, got filenames:[plugins/sinks/tdengine.so plugins/sinks/Tdengine.so], zipFiles: [tdengine.so Tdengine.so], yamlFileChecked:false, soFileChecked:true"},
		{sink, `{"name":"tdengine"}`, nil, "!invalid zip file: expectFiles: 1, got filenames:[], zipFiles: [], yamlFileChecked:false, soFileChecked:false"},
		{sink, `{"name":"tdengine"}`, []string{"tdengine.so=text"}, "!cannot open tdengine.so: file too short"},
		{sink, `{"name":"tdengine"}`, []string{"tdengine.so=" + strings.Repeat("text", 99)}, "!cannot open tdengine.so: invalid ELF header"},
		{sink, `{"name":"tdengine"}`, []string{"tdengine.so=" + elfOf(elf.EM_X86_64, elf.ET_EXEC)}, "!cannot open tdengine.so: it is no shared library"},
	}
	for _, tt := range tests {
		c, problem := look(t, wantOf(t, tt.ref, tt.text), pack(t, tt.parts...))
		if want, failed := strings.CutPrefix(tt.want, "!"); failed {
			if problem != "fail to install plugin: "+want {
				t.Errorf("%s %s of %.30q: %s\nwant %s", tt.ref, tt.text, tt.parts, problem, want)
			}
		} else if got := told(c); got != want || problem != "" {
			t.Errorf("%s %s of %.30q: %s %s\nwant %s", tt.ref, tt.text, tt.parts, got, problem, want)
		}
	}
}

func TestNotes(t *testing.T) {
	want := wantOf(t, sink, `{"name":"tdengine","shellParas":["a"]}`)
	c, _ := look(t, want, pack(t, "tdengine.so="+elfOf(elf.EM_AARCH64, elf.ET_DYN), "install.sh=#!"))
	if got := strings.Join(c.Notes, "; "); got != "built for linux/arm64; this console cannot know where it will run; an engine runs install.sh when it installs the plugin" {
		t.Error(got)
	}
	many := make([]string, 60)
	for n := range many {
		many[n] = fmt.Sprint(n)
	}
	if _, problem := look(t, want, pack(t, append(many, "install.sh")...)); !strings.Contains(problem, " 48 49 …]") {
		t.Errorf("the message lists all names: %s", problem)
	}
}

// TestBuild looks into a program that Go has built: this one.
func TestBuild(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no ELF file at hand")
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	want := wantOf(t, "portablePlugins/p", `{"name":"p"}`)
	c, problem := look(t, want, pack(t, `p.json={"version":"1","language":"go","executable":"p","functions":["f"]}`, "p="+string(self)))
	if problem != "" || c.Build == nil || c.Build.Go != runtime.Version() || c.Platform != "linux/"+runtime.GOARCH {
		t.Errorf("this program is built by %+v for %s, %s", c.Build, c.Platform, problem)
	}
}

func TestReadProgram(t *testing.T) {
	mach := "\xcf\xfa\xed\xfe\x0c\x00\x00\x01" + strings.Repeat("\x00", 4) + "\x06" + strings.Repeat("\x00", 60)
	pe := "MZ" + strings.Repeat("\x00", 0x3a) + "\x40\x00\x00\x00PE\x00\x00\x64\x86"
	damaged := []byte(library)
	damaged[elf.EI_CLASS] = 9
	tests := []struct {
		data string
		want program
	}{
		{library, program{platform: "linux/amd64", shared: true}},
		{elfOf(elf.EM_RISCV, elf.ET_EXEC), program{platform: "linux/riscv64"}},
		{elfOf(elf.EM_SPARCV9, elf.ET_DYN), program{platform: "linux/sparcv9", shared: true}},
		{elfOf(elf.EM_MIPS, elf.ET_DYN), program{platform: "linux/mipsle", shared: true}},
		{mach, program{platform: "darwin/arm64", shared: true}},
		{pe, program{platform: "windows/amd64"}},
		{"MZ", program{platform: "windows"}},
		{"", program{problem: "file too short"}},
		{elf.ELFMAG, program{problem: "file too short"}},
		{string(damaged), program{problem: "invalid ELF header"}},
		{strings.Repeat("x", 64), program{problem: "invalid ELF header"}},
	}
	for _, tt := range tests {
		if got := readProgram([]byte(tt.data)); !reflect.DeepEqual(*got, tt.want) {
			t.Errorf("readProgram(%.20q) = %+v, want %+v", tt.data, *got, tt.want)
		}
	}
}

func TestPortable(t *testing.T) {
	python := `p.json={"name":"p","version":"v1","language":"python","executable":"p.py","sources":["s1"],"sinks":["k1"],"functions":["f1"]}`
	descriptor := func(fields string) string { return "p.json={" + fields + "}" }
	tests := []struct {
		parts []string
		want  string
	}{
		{[]string{python, "p.py=print()", "sources/s1.yaml=a", "sinks/k1.json={}"}, "{files:4,bytes:128,version:v1,language:python,provides:{sources:[s1],sinks:[k1],functions:[f1]}}"},
		{[]string{descriptor(`"language":"go","executable":"p","functions":["f"]`), "p=" + elfOf(elf.EM_AARCH64, elf.ET_EXEC)}, "{files:2,bytes:116,language:go,platform:linux/arm64,provides:{functions:[f]}}"},
		{[]string{descriptor(`"language":"go","executable":"p","functions":["f"]`), "p=#!/bin/sh", "functions/f.json={"}, "{files:3,bytes:62,language:go,provides:{functions:[f]},findings:[{severity:warning,ref:portablePlugins/p,message:p is no program that this console knows,hint:build it with go build, for the system that the engine runs on},{severity:warning,ref:portablePlugins/p,message:functions/f.json is no JSON: unexpected end of JSON input,hint:engines show the plugin without its properties}]}"},

		{[]string{"a.txt=a"}, "!missing or invalid json file p.json, found 1 files in total"},
		{[]string{"sub/p.json={}", "sub/"}, "!missing or invalid json file p.json, found 2 files in total"},
		{[]string{"p.json={"}, "!unexpected end of JSON input"},
		{[]string{descriptor(`"name":"y"`)}, "!invalid plugin, expect name 'p' but got 'y'"},
		{[]string{descriptor(``)}, "!invalid plugin, missing language"},
		{[]string{descriptor(`"language":"java"`)}, "!invalid plugin, missing executable"},
		{[]string{descriptor(`"language":"java","executable":"p"`)}, "!invalid plugin, must define at lease one source, sink or function"},
		{[]string{descriptor(`"language":"java","executable":"p","sinks":["k"]`)}, "!invalid plugin, language 'java' is not supported"},
		{[]string{python}, "!missing p.py"},
		{[]string{python, "p.py=print()"}, "!missing sources/s1.yaml"},
		{[]string{python, "p.py/", "sources/s1.yaml=a"}, "!missing p.py"},
		{[]string{"p.json=" + fmt.Sprint(rand.Perm(200_000))}, "!entry p.json: it is longer than 1048576 bytes"},
	}
	for _, tt := range tests {
		c, problem := look(t, wantOf(t, "portablePlugins/p", `{"name":"p"}`), pack(t, tt.parts...))
		compare(t, tt.parts, c, problem, "fail to install plugin: ", tt.want)
	}
}

// compare compares what came of an inspection with what was wanted: the contents, or after
// ! the error.
func compare(t *testing.T, parts []string, c *Contents, problem, prefix, want string) {
	t.Helper()
	if message, failed := strings.CutPrefix(want, "!"); failed {
		if !strings.HasPrefix(problem, prefix+message) {
			t.Errorf("%.60q: %s\nwant %s", parts, problem, message)
		}
		return
	}
	if got := told(c); got != want || problem != "" {
		t.Errorf("%.60q: %s %s\nwant %s", parts, got, problem, want)
	}
}

func TestService(t *testing.T) {
	const hwy = `schemas/hwy.proto=syntax = "proto3"; service S { rpc Say (M) returns (M); rpc Get (M) returns (M); } message M { string a = 1; }`
	of := func(fields string) string { return `hwy.json={"interfaces":{"i":{` + fields + `}}}` }
	proto := of(`"address":"tcp://h:1","protocol":"grpc","schemaType":"protobuf","schemaFile":"hwy.proto","functions":[{"name":"say","serviceName":"Say"}]`)
	rest := of(`"address":"http://h","protocol":"rest","schemaType":"protobuf","schemaFile":"hwy.proto"`)
	imports := func(what string) string {
		return `schemas/hwy.proto=syntax = "proto3"; import "` + what + `"; service S { rpc Say (E) returns (E); } message E {}`
	}
	tests := []struct {
		parts []string
		want  string
	}{
		{[]string{proto, hwy, "schemas/"}, "{files:2,bytes:270,provides:{functions:[say,Get]},interfaces:[{name:i,address:tcp://h:1,protocol:grpc,schema:hwy.proto,functions:[say,Get]}]}"},
		{[]string{rest, `schemas/hwy.proto=syntax = "proto3"; import "google/api/annotations.proto"; service S { rpc Say (E) returns (E) { option (google.api.http) = { post: "/v1/a" body: "*" }; } } message E {}`}, "{files:2,bytes:278,provides:{functions:[Say]},interfaces:[{name:i,address:http://h,protocol:rest,schema:hwy.proto,functions:[Say]}]}"},
		{[]string{rest, imports("sub/a.proto"), `schemas/sub/a.proto=syntax = "proto3";`}, "{files:3,bytes:220,provides:{functions:[Say]},interfaces:[{name:i,address:http://h,protocol:rest,schema:hwy.proto,functions:[Say]}]}"},
		{[]string{of(`"protocol":"msgpack-rpc","schemaless":true`)}, "{files:1,bytes:65,provides:{functions:[i]},interfaces:[{name:i,address:,protocol:msgpack-rpc,functions:[i]}]}"},
		{[]string{`hwy.json={"about":{"version":"2"},"interfaces":{"b":{"protocol":"rest"},"a":{"protocol":"rest"}}}`}, "{files:1,bytes:88,version:2,provides:{functions:[a,b]},interfaces:[{name:a,address:,protocol:rest,functions:[a]},{name:b,address:,protocol:rest,functions:[b]}]}"},
		{[]string{`HWY.json={"interfaces":{"i":null}}`}, "{files:1,bytes:25,provides:{functions:[i]},interfaces:[{name:i,address:,protocol:,functions:[i]}],findings:[" +
			"{severity:warning,ref:Service/hwy,message:the descriptor is called HWY.json, which engines on most systems do not find,hint:call it hwy.json}," +
			"{severity:warning,ref:Service/hwy,message:the interface i has the protocol \\\\,hint:its functions will fail; an engine speaks rest, grpc and msgpack-rpc}]}"},
		{[]string{strings.Replace(proto, `"Say"`, `"Nay"`, 1), hwy}, "{files:2,bytes:270,provides:{functions:[Say,Get]},interfaces:[{name:i,address:tcp://h:1,protocol:grpc,schema:hwy.proto,functions:[Say,Get]}],findings:[" +
			"{severity:warning,ref:Service/hwy,message:the function say of the interface i stands for Nay, which hwy.proto does not have,hint:the function will not be there}]}"},

		{[]string{"a.json={}"}, "!cannot find the json descriptor file hwy.json for service"},
		{[]string{"hwy.json={"}, "!parse services file hwy.json failed: unexpected end of JSON input"},
		{[]string{proto}, "!Fail to parse schema file hwy.proto: open schemas/hwy.proto: no such file or directory"},
		{[]string{proto, "hwy.proto=message A {}"}, "!Fail to parse schema file hwy.proto: open schemas/hwy.proto: no such file or directory"},
		{[]string{proto, "schemas/hwy.proto=mess"}, "!Fail to parse schema file hwy.proto: hwy.proto:1:1: syntax error: "},
		{[]string{proto, imports("none.proto")}, "!Fail to parse schema file hwy.proto: hwy.proto:1:27: open schemas/none.proto: no such file or directory"},
		{[]string{of(`"schemaType":"avro","schemaFile":"a"`)}, "!Fail to parse schema file a: unsupported schema avro"},
		{[]string{proto, "schemas/hwy.proto=" + strings.Repeat("// abc123\n", 30_000)}, "!Fail to parse schema file hwy.proto: "},
	}
	for _, tt := range tests {
		c, problem := look(t, wantOf(t, "Service/hwy", `{"name":"hwy"}`), pack(t, tt.parts...))
		compare(t, tt.parts, c, problem, "", tt.want)
	}
}

func TestSchema(t *testing.T) {
	const archive, single, custom = `{"name":"b","type":"protobuf","file":"file:///b.zip"}`, `{"name":"b","type":"protobuf","file":"file:///b.proto"}`, `{"name":"b","type":"custom","file":"file:///b.zip"}`
	warning := func(message string) string {
		return "findings:[{severity:warning,ref:Schema/protobuf_b,message:the content is no protobuf schema: " + message + ",hint:streams and actions that use the schema will not start}]}"
	}
	tests := []struct{ text, file, want string }{
		{archive, string(pack(t, `b.proto=syntax = "proto3"; import "b/c.proto"; message B { C c = 1; }`, `b/c.proto=syntax = "proto3"; message C {}`)), "{files:2,bytes:92,messages:[B]}"},
		{archive, string(pack(t, "b.proto=message")), "{files:1,bytes:7," + warning("b.proto:1:8: syntax error: unexpected $end")},
		{archive, string(pack(t, "c.proto=message C {}")), "!schema file b.proto not found inside the zip"},
		{archive, "message", "!zip: not a valid zip file"},
		{custom, string(pack(t, "b.so="+library)), "{files:1,bytes:64,platform:linux/amd64}"},
		{custom, string(pack(t, "b.proto=")), "!schema file b.so not found inside the zip"},
		{single, "message B { optional int32 a = 1; } message C {}", "{files:1,bytes:48,text:true,messages:[B,C]}"},
		{single, `import "google/protobuf/timestamp.proto"; message B { optional google.protobuf.Timestamp t = 1; }`, "{files:1,bytes:97,text:true,messages:[B]}"},
		{single, "message B { nope }", "{files:1,bytes:18,text:true," + warning("b.proto:1:18: syntax error: unexpected '}'")},
		{single, "", "{files:1,bytes:0,text:true}"},
		{single, strings.Repeat("//\n", 100_000), "{files:1,bytes:300000,text:true,findings:[{severity:warning,ref:Schema/protobuf_b,message:the schema is too long to be compiled here; it was not checked}]}"},
		{`{"name":"b","type":"custom","file":"file:///b.so"}`, "\x7fELF\x00", "{files:1,bytes:5}"},
	}
	for _, tt := range tests {
		c, problem := look(t, wantOf(t, "Schema/protobuf_b", tt.text), []byte(tt.file))
		compare(t, []string{tt.file}, c, problem, "", tt.want)
	}
}

// A bomb that claims to be small is not unpacked beyond that.
func TestBombThatLies(t *testing.T) {
	file := bomb(t, 1<<20)
	r := &counted{ReaderAt: bytes.NewReader(file)}
	z, err := openArchive(io.NewSectionReader(r, 0, int64(len(file))))
	if err != nil {
		t.Fatal(err)
	}
	r.read = 0
	if err := z.verify(t.Context()); err == nil || err.Error() != "entry a.txt: zip: not a valid zip file" || r.read > 1<<20 {
		t.Errorf("verify = %v after %d of %d bytes", err, r.read, len(file))
	}
}

// counted counts what is read.
type counted struct {
	io.ReaderAt
	read int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.read += n
	return n, err
}

func TestUpload(t *testing.T) {
	tests := map[string]string{
		"":                              "{files:1,bytes:0,text:true}",
		"text":                          "{files:1,bytes:4,text:true}",
		strings.Repeat("grüße\n", 9999): "{files:1,bytes:79992,text:true}",
		"a\x00":                         "{files:1,bytes:2}",
		"gr\xfc\xdfe":                   "{files:1,bytes:5}",
		"\uFFFD":                        "{files:1,bytes:3,text:true}",
		"cut \xc3":                      "{files:1,bytes:5}",
	}
	for file, want := range tests {
		c, problem := look(t, wantOf(t, "uploads/a.zip", `{"name":"a.zip"}`), []byte(file))
		compare(t, []string{file}, c, problem, "", want)
	}
}

func TestWantOf(t *testing.T) {
	ref := core.Ref{Kind: core.Script, Name: "s"}
	r, _ := resource.Decode(ref, `{"id":"s","script":"function s() {}"}`)
	if want, ok := WantOf(ref, r); ok {
		t.Errorf("a script wants a file: %+v", want)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	files := map[string][]byte{sink: pack(t, "tdengine.so="+library), "uploads/a": []byte("a"), "Schema/protobuf_tdengine": pack(t, "tdengine.proto=message A {}")}
	for ref, file := range files {
		want := wantOf(t, ref, `{"name":"tdengine","type":"protobuf","file":"a.zip"}`)
		if _, err := Inspect(ctx, bytes.NewReader(file), int64(len(file)), want); !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled inspection of %s: %v", ref, err)
		}
	}
}

// TestHostile has archives that are made to do harm, and such as are damaged.
func TestHostile(t *testing.T) {
	const good = "p.py=print()"
	descriptor := `p.json={"language":"python","executable":"p.py","functions":["f"]}`
	if _, problem := look(t, wantOf(t, "portablePlugins/p", `{"name":"p"}`), damaged(t, func(*zip.FileHeader) {})); problem != "" {
		t.Fatalf("what is not damaged: %s", problem)
	}
	raw := func(set func(*zip.FileHeader)) []byte { return packRaw(t, set, "content") }
	named := func(name string) []byte { return pack(t, descriptor, good, name) }
	many := make([]string, maxEntries+1)
	for i := range many {
		many[i] = fmt.Sprintf("%d", i)
	}
	whole := pack(t, descriptor, good, "a=content")
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "zip: not a valid zip file"},
		{"a page", []byte("<html>not found</html>"), "zip: not a valid zip file"},
		{"cut off", whole[:len(whole)/2], "zip: not a valid zip file"},
		{"altered", damaged(t, func(h *zip.FileHeader) { h.CRC32++ }), "entry a.txt: zip: checksum error"},
		{"longer than it says", damaged(t, func(h *zip.FileHeader) { h.UncompressedSize64 = 1 }), "entry a.txt: zip: not a valid zip file"},
		{"shorter than it says", damaged(t, func(h *zip.FileHeader) { h.UncompressedSize64 = 9 }), "entry a.txt: unexpected EOF"},
		{"packed by nobody knows what", damaged(t, func(h *zip.FileHeader) { h.Method = 99 }), "entry a.txt: zip: unsupported compression algorithm"},
		{"out of it", named("../../etc/passwd"), `entry "../../etc/passwd": its name leads out of the archive`},
		{"out of it later", named("a/../../b"), `entry "a/../../b": its name leads out of the archive`},
		{"absolute", named("/etc/passwd"), `entry "/etc/passwd": its name is an absolute path`},
		{"a drive", named("C:/a"), `entry "C:/a": its name is an absolute path`},
		{"backslash", named(`..\a`), `entry "..\\a": its name has a backslash`},
		{"zero byte", named("a\x00b"), `entry "a\x00b": its name has a control character`},
		{"colours", named("\x1b[31m"), `entry "\x1b[31m": its name has a control character`},
		{"no name", named(""), `entry "": it has no name`},
		{"dot", named("./"), `entry "./": it has no name`},
		{"not UTF-8", named("a\xff"), `entry "a\xff": its name is not UTF-8`},
		{"twice", named("p.py"), "entry p.py: it is there twice"},
		{"twice, hidden", named("./p.py"), "entry ./p.py: it is there twice"},
		{"deep", named(strings.Repeat("a/", 40) + "b"), `entry "` + strings.Repeat("a/", 40) + `b": it lies too deep`},
		{"long", named(strings.Repeat("a", 1001)), `entry "` + strings.Repeat("a", 200)},
		{"link", symlink(t), "entry a.txt: it is no regular file"},
		{"encrypted", raw(func(h *zip.FileHeader) { h.Flags |= 1 }), "entry a.txt: it is encrypted"},
		{"10 GB claimed", raw(func(h *zip.FileHeader) { h.UncompressedSize64 = 10 << 30 }), "entry a.txt: the archive unpacks to more than 2147483648 bytes"},
		{"10 GB, really", bomb(t, 10<<30), "entry a.txt: the archive unpacks to more than 2147483648 bytes"},
		{"10 GB, hardly more than 2 claimed", bomb(t, 2<<30), "entry a.txt: it unpacks to more than 200 times its size"},
		{"2^64 claimed", raw(func(h *zip.FileHeader) { h.UncompressedSize64 = 1<<64 - 1 }), "entry a.txt: the archive unpacks to more than 2147483648 bytes"},
		{"ratio claimed", raw(func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 30 }), "entry a.txt: it unpacks to more than 200 times its size"},
		{"longer than the archive", raw(func(h *zip.FileHeader) { h.CompressedSize64 = 1 << 40 }), "entry a.txt: it is longer than the archive"},
		{"much of nothing", pack(t, "zeros="+strings.Repeat("\x00", 3<<20)), "entry zeros: it unpacks to more than 200 times its size"},
		{"many of nothing", pack(t, zeros(8)...), "the archive unpacks to more than 200 times its size"},
		{"many entries", pack(t, many...), "the archive has more than 10000 entries"},
		{"a long list", longList(t), "the archive has more than 10000 entries"},
		{"a lie about the list", lyingList(t), "unexpected EOF"},
		{"overlapping", overlapping(t), "the entries of the archive overlap"},
	}
	for _, tt := range tests {
		_, problem := look(t, wantOf(t, "portablePlugins/p", `{"name":"p"}`), tt.file)
		if want := "fail to install plugin: " + tt.want; !strings.HasPrefix(problem, want) {
			t.Errorf("%s: %.300s\nwant %s", tt.name, problem, want)
		}
		if _, err := Inspect(t.Context(), bytes.NewReader(tt.file), int64(len(tt.file)), wantOf(t, "Service/p", `{"name":"p"}`)); err == nil || strings.HasPrefix(err.Error(), "fail to install") {
			t.Errorf("%s, as a service: %v", tt.name, err)
		}
	}
}

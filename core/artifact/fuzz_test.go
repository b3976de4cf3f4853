package artifact

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core"
)

// kindsToFuzz are the entries whose files are fuzzed.
var kindsToFuzz = []struct{ ref, text string }{
	{sink, `{"name":"p"}`},
	{source, `{"name":"p","shellParas":["a"]}`},
	{"portablePlugins/p", `{"name":"p"}`},
	{"Service/p", `{"name":"p"}`},
	{"Schema/protobuf_p", `{"name":"p","type":"protobuf","file":"p.zip"}`},
	{"Schema/protobuf_p", `{"name":"p","type":"protobuf","file":"p.proto"}`},
	{"uploads/p", `{"name":"p"}`},
}

// FuzzInspect has files of any content for every kind of entry. None may make trouble:
// either there are contents, which can be stored, or an error for a person to read.
func FuzzInspect(f *testing.F) {
	seeds := [][]byte{
		nil, []byte("<html>"), []byte(`syntax = "proto3"; message A {}`),
		pack(f, "p.so="+library, "p.yaml=a:", "install.sh=#!"),
		pack(f, "p.so="+elfOf(elf.EM_ARM, elf.ET_DYN)),
		pack(f, `p.json={"language":"go","executable":"p","functions":["f"]}`, "p="+library),
		pack(f, `p.json={"interfaces":{"i":{"protocol":"grpc","schemaType":"protobuf","schemaFile":"p.proto"}}}`, "schemas/p.proto=service S {}"),
		pack(f, `p.proto=import "p/a.proto";`, "p/a.proto=message A {}"),
		pack(f, "../a"), pack(f, "zeros="+strings.Repeat("\x00", 3<<20)),
		symlink(f), lyingList(f), overlapping(f),
	}
	for _, seed := range seeds {
		for kind := range kindsToFuzz {
			f.Add(uint8(kind), seed)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, file []byte) {
		entry := kindsToFuzz[int(kind)%len(kindsToFuzz)]
		c, err := Inspect(t.Context(), bytes.NewReader(file), int64(len(file)), wantOf(t, entry.ref, entry.text))
		if err != nil {
			if code := core.CodeOf(err); err.Error() == "" || code != core.Invalid && code != core.TooLarge {
				t.Fatalf("%s: code %d: %v", entry.ref, code, err)
			}
			return
		}
		stored, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Contents
		if err := json.Unmarshal(stored, &back); err != nil {
			t.Fatal(err)
		}
		for i := range c.Findings {
			c.Findings[i].Offset = 0 // which is not stored
		}
		if fmt.Sprintf("%+v", back) != fmt.Sprintf("%+v", *c) && back.Build == nil {
			t.Fatalf("stored %s, it is not what it was: %+v", stored, c)
		}
		if c.Bytes > maxUnpacked || c.Files > maxEntries {
			t.Fatalf("over the limits: %s", stored)
		}
	})
}

// FuzzReadProgram has programs of any content: the fuzzer does not find its way through
// the compression of an archive.
func FuzzReadProgram(f *testing.F) {
	segments := []byte(library)
	segments[54], segments[56], segments[32] = 56, 1, 64 // one segment, right after the head
	segment := make([]byte, 56)
	segment[0], segment[4] = byte(elf.PT_LOAD), byte(elf.PF_R|elf.PF_W)
	segment[8], segment[32] = 120, 64
	f.Add(append(append(segments, segment...), "\xff Go buildinf:\x08\x02aaaaaaaaaaaaaaaa\x08go1.26.0\x00"+strings.Repeat("\x00", 64)...))
	for _, seed := range []string{"", library, elfOf(elf.EM_ARM, elf.ET_DYN), "MZ", "\xcf\xfa\xed\xfe"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if p := readProgram(data); (p.problem == "") == (p.platform == "") {
			t.Fatalf("readProgram = %+v", p)
		}
	})
}

package parcel

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// shelf has contents by hash.
func shelf(texts ...string) func(string) (io.ReadCloser, error) {
	return func(sha string) (io.ReadCloser, error) {
		for _, text := range texts {
			if sum(text) == sha {
				return io.NopCloser(strings.NewReader(text)), nil
			}
		}
		return nil, fmt.Errorf("no %s", sha)
	}
}

func file(address, text string) File {
	return File{Address: address, SHA256: sum(text), Size: int64(len(text)), Entries: []core.Ref{{Kind: core.NativePlugin, Name: "sources_a"}}}
}

// pack writes a parcel of two addresses with one content and another.
func pack(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	m := Manifest{Node: "local", Revision: 7, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Files: []File{file("https://h/a.zip", "one"), file("https://h/b.zip", "one"), file("file:///c.zip", "two")}}
	if err := Write(&b, m, []byte(`{"streams":{}}`), shelf("one", "two")); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	data := pack(t)
	if !Is(data) || Is([]byte(`{"streams":{}}`)) {
		t.Error("a parcel is not told from a document")
	}
	p, err := Open(bytes.NewReader(data), int64(len(data)), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	err = p.Keep(func(r io.Reader) (string, error) {
		text, err := io.ReadAll(r)
		kept = append(kept, string(text))
		return sum(string(text)), err
	})
	if err != nil || strings.Join(kept, " ") != "one two" || string(p.Document) != `{"streams":{}}` || p.Revision != 7 || len(p.Files) != 3 {
		t.Errorf("kept %v of %+v, %v", kept, p, err)
	}
}

func TestWriteNamesWhatIsMissing(t *testing.T) {
	err := Write(io.Discard, Manifest{Files: []File{file("https://h/a.zip", "one")}}, nil, shelf())
	if err == nil || !strings.Contains(err.Error(), "https://h/a.zip") {
		t.Errorf("Write = %v", err)
	}
}

// zipped makes an archive of names and texts in turn.
func zipped(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestRefused(t *testing.T) {
	manifest := `{"format":1,"files":[{"address":"https://h/a.zip","sha256":"` + sum("one") + `","size":3}]}`
	tests := []struct {
		name string
		data []byte
		says string
	}{
		{"no archive", []byte("PK\x03\x04 and nothing"), "no zip archive"},
		{"empty", zipped(), "bundle.json is missing"},
		{"no manifest", zipped("bundle.json", "{}"), "manifest.json is missing"},
		{"bad manifest", zipped("bundle.json", "{}", "manifest.json", "{"), "manifest.json cannot be read"},
		{"another format", zipped("bundle.json", "{}", "manifest.json", `{"format":2}`), "its format is 2, this console reads 1"},
		{"a missing file", zipped("bundle.json", "{}", "manifest.json", manifest), "the file of https://h/a.zip is missing (artifacts/" + sum("one") + ")"},
		{"an altered file", zipped("bundle.json", "{}", "manifest.json", manifest, "artifacts/"+sum("one"), "two"), "the file of https://h/a.zip was altered: its hash is " + sum("two")},
		{"a longer file", zipped("bundle.json", "{}", "manifest.json", manifest, "artifacts/"+sum("one"), "ones"), "the file of https://h/a.zip has 4 bytes, the manifest says 3"},
		{"no hash", zipped("bundle.json", "{}", "manifest.json", `{"format":1,"files":[{"address":"x","sha256":"../../etc","size":1}]}`), `the hash "../../etc" of x is none`},
		{"a stranger", zipped("bundle.json", "{}", "../x", "1"), `"../x" does not belong there`},
		{"a long document", zipped("bundle.json", strings.Repeat(" ", 2000), "manifest.json", manifest), "bundle.json is over the limit of 1000 bytes"},
	}
	for _, tt := range tests {
		p, err := Open(bytes.NewReader(tt.data), int64(len(tt.data)), 1000)
		if err == nil {
			err = p.Keep(func(r io.Reader) (string, error) {
				text, err := io.ReadAll(r)
				return sum(string(text)), err
			})
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) || core.CodeOf(err) == core.Internal {
			t.Errorf("%s: %v, want %q in it", tt.name, err, tt.says)
		}
	}
}

// Every byte of a parcel that changes is noticed, or changes nothing that counts.
func TestAlteredBytes(t *testing.T) {
	data := pack(t)
	for i := range data {
		altered := bytes.Clone(data)
		altered[i] ^= 1
		p, err := Open(bytes.NewReader(altered), int64(len(altered)), 1<<20)
		if err != nil {
			continue
		}
		var kept []string
		err = p.Keep(func(r io.Reader) (string, error) {
			text, err := io.ReadAll(r)
			kept = append(kept, string(text))
			return sum(string(text)), err
		})
		if err == nil && (strings.Join(kept, " ") != "one two" || string(p.Document) != `{"streams":{}}`) {
			t.Fatalf("byte %d altered: kept %v, document %s", i, kept, p.Document)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(pack(f))
	f.Add(zipped("bundle.json", "{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := Open(bytes.NewReader(data), int64(len(data)), 1<<20); err == nil {
			_ = p.Keep(func(r io.Reader) (string, error) {
				_, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20))
				return "", err
			})
		}
	})
}

package e2e

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// quote writes a text as a JSON string.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

// sample returns the sample bundle as it stands on disk.
func sample(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "core", "bundle", "testdata", "seed.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// pluginHome matches the beginning of the addresses of the sample's plugins.
var pluginHome = regexp.MustCompile(`https://[^"\\]+/(functions|sources)/`)

// sampleFrom returns the sample bundle with its plugins at another server.
func sampleFrom(t *testing.T, server string) string {
	t.Helper()
	doc := sample(t)
	moved := pluginHome.ReplaceAllString(doc, server+"/$1/")
	if strings.Count(moved, server) != 2 {
		t.Fatal("the sample bundle no longer has two plugins")
	}
	return moved
}

// refusedSample returns the sample bundle with its plugins where a console that was
// not told otherwise does not read from.
func refusedSample(t *testing.T) string { return sampleFrom(t, "http://127.0.0.1:1") }

// plainSample returns the sample bundle without its plugins: seven entries that need
// no file.
func plainSample(t *testing.T) string {
	t.Helper()
	var doc map[string]map[string]string
	if err := json.Unmarshal([]byte(sample(t)), &doc); err != nil {
		t.Fatal(err)
	}
	clear(doc["nativePlugins"])
	plain, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// plugins serves plugin archives. A request waits until the gate is closed; a nil gate
// is open.
func plugins(t *testing.T, gate <-chan struct{}) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gate != nil {
			select {
			case <-gate:
			case <-r.Context().Done():
				return
			}
		}
		w.Header().Set("Content-Type", "application/zip")
		w.Write(archive())
	}))
	t.Cleanup(func() {
		srv.CloseClientConnections() // or closing waits for the console, which waits at the gate
		srv.Close()
	})
	return srv
}

// archive returns a plugin archive that serves for either plugin of the sample.
func archive() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range map[string][]byte{"image.so": library(), "Video.so": library(), "video.yaml": []byte("default: {}\n")} {
		w, err := z.Create(name)
		if err != nil {
			panic(err) // a buffer takes everything
		}
		w.Write(content)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// library returns the least that passes for a shared library.
func library() []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, elf.Header64{ // does not fail in memory
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Ehsize: 64,
	})
	return b.Bytes()
}

// write puts a text into a file of a folder of the test, and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

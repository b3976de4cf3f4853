package crash

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// serveFiles serves the files that entries name: /kind/name/version.ext. They come in
// pieces, so that a console can be killed while it reads one.
func serveFiles() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, name, version := parts(r.URL.Path)
		content := fileOf(kind, name, version)
		for len(content) > 0 {
			n := min(len(content), 64<<10)
			if _, err := w.Write(content[:n]); err != nil {
				return
			}
			content = content[n:]
			w.(http.Flusher).Flush()
			time.Sleep(time.Millisecond)
		}
	}))
}

func parts(path string) (kind, name, version string) {
	p := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return p[0], p[1], p[2]
}

// fileOf returns a file, always the same under the same address.
func fileOf(kind, name, version string) []byte {
	filler := strings.Repeat(version+" of "+name+". ", 4000)
	switch kind {
	case "portable":
		return archive(name+".json", fmt.Sprintf(`{"name":%q,"version":"1","language":"python","executable":"main.py","functions":[%q]}`, name, "of"+name), "main.py", "# "+filler)
	case "native":
		return archive(name+".so", library(), "README", filler)
	}
	return []byte(filler + filler)
}

// archive returns a zip archive of names and texts in turn.
func archive(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: parts[i], Method: zip.Store})
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// library returns the least that passes for a shared library.
func library() string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, elf.Header64{ // does not fail in memory
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Ehsize: 64,
	})
	return b.String()
}

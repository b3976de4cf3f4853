// Package artifacttest makes small archives that an engine would take, for tests.
package artifacttest

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// Zip returns an archive of names and texts in turn.
func Zip(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		// Neither fails in memory.
		w, _ := z.Create(parts[i])
		_, _ = w.Write([]byte(parts[i+1]))
	}
	_ = z.Close()
	return b.Bytes()
}

// Library returns the least that passes for a shared library, built for amd64.
func Library() string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, elf.Header64{ // does not fail in memory
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Ehsize: 64,
	})
	return b.String()
}

// Native returns the archive of a native plugin, good for a source, sink or function.
func Native(name string) []byte {
	return Zip(name+".so", Library(), name+".yaml", "default: {}\n")
}

// Portable returns the archive of a portable plugin in Python that brings functions.
func Portable(name string, functions ...string) []byte {
	return Zip(name+".json", fmt.Sprintf(`{"name":%q,"version":"1.0.0","language":"python","executable":"main.py","functions":%s}`, name, list(functions)), "main.py", "pass\n")
}

// Service returns the archive of a service over HTTP that has functions.
func Service(name string, functions ...string) []byte {
	var all []string
	for _, f := range functions {
		all = append(all, fmt.Sprintf(`{"name":%q,"serviceName":%q}`, f, f))
	}
	return Zip(name+".json", fmt.Sprintf(`{"about":{},"interfaces":{"main":{"address":"http://127.0.0.1:9","protocol":"rest","functions":[%s]}}}`, strings.Join(all, ",")))
}

// list writes names as a JSON array.
func list(names []string) string {
	quoted := make([]string, 0, len(names))
	for _, name := range names {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

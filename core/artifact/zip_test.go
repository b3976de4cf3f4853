package artifact

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// pack makes an archive. Each part is a name, or a name=content; a name that ends in / is
// a folder. Only contents of nothing are compressed, which takes a while.
func pack(t testing.TB, parts ...string) []byte {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, part := range parts {
		name, content, _ := strings.Cut(part, "=")
		head := &zip.FileHeader{Name: name}
		if strings.HasPrefix(content, "\x00") {
			head.Method = zip.Deflate
		}
		f, err := w.CreateHeader(head)
		if err == nil && content != "" {
			_, err = f.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// packRaw makes an archive of one entry with a head of one's own.
func packRaw(t testing.TB, set func(*zip.FileHeader), content string) []byte {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	head := &zip.FileHeader{Name: "a.txt", CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content))}
	set(head)
	f, err := w.CreateRaw(head)
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// symlink makes an archive with a link.
func symlink(t testing.TB) []byte {
	return packRaw(t, func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }, "/etc/passwd")
}

// elfOf returns the smallest ELF file that can be: its head.
func elfOf(machine elf.Machine, kind elf.Type) string {
	class, size := elf.ELFCLASS64, uint16(64)
	if machine == elf.EM_ARM || machine == elf.EM_386 {
		class, size = elf.ELFCLASS32, 52
	}
	head := make([]byte, 64)
	copy(head, elf.ELFMAG)
	head[elf.EI_CLASS], head[elf.EI_DATA], head[elf.EI_VERSION] = byte(class), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)
	binary.LittleEndian.PutUint16(head[16:], uint16(kind))
	binary.LittleEndian.PutUint16(head[18:], uint16(machine))
	binary.LittleEndian.PutUint32(head[20:], uint32(elf.EV_CURRENT))
	at := 52 // of the head's own size
	if class == elf.ELFCLASS32 {
		at = 40
	}
	binary.LittleEndian.PutUint16(head[at:], size)
	return string(head)
}

// library is a shared library for amd64.
var library = elfOf(elf.EM_X86_64, elf.ET_DYN)

// zeros names n files of one MiB of nothing.
func zeros(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%d=%s", i, strings.Repeat("\x00", 1<<20))
	}
	return names
}

// longList makes an archive whose list of entries is longer than the budget.
func longList(t testing.TB) []byte {
	names := make([]string, 9000)
	for i := range names {
		names[i] = fmt.Sprintf("%d/%s", i, strings.Repeat("a", 990))
	}
	return pack(t, names...)
}

// The marks of the parts of an archive, and where the end has its numbers.
const (
	centralMark = "PK\x01\x02"
	endMark     = "PK\x05\x06"
)

// lyingList makes an archive that claims more entries than it has.
func lyingList(t testing.TB) []byte {
	file := pack(t, "a")
	end := file[bytes.LastIndex(file, []byte(endMark)):]
	binary.LittleEndian.PutUint16(end[8:], 9999)
	binary.LittleEndian.PutUint16(end[10:], 9999)
	return file
}

// overlapping makes an archive with two entries on one content.
func overlapping(t testing.TB) []byte {
	noise := make([]byte, 1000)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	file := packRaw(t, func(*zip.FileHeader) {}, string(noise))
	central, end := bytes.Index(file, []byte(centralMark)), bytes.LastIndex(file, []byte(endMark))
	record := file[central:end]
	twin := bytes.Replace(record, []byte("a.txt"), []byte("b.txt"), 1)
	tail := bytes.Clone(file[end:])
	binary.LittleEndian.PutUint16(tail[8:], 2)
	binary.LittleEndian.PutUint16(tail[10:], 2)
	binary.LittleEndian.PutUint32(tail[12:], uint32(2*len(record)))
	return slices.Concat(file[:end], twin, tail)
}

// damaged makes an archive of a plugin in which one entry is not what its head says.
func damaged(t testing.TB, set func(*zip.FileHeader)) []byte {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for name, content := range map[string]string{"p.json": `{"language":"python","executable":"p.py","functions":["f"]}`, "p.py": "print()"} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(content))
	}
	head := &zip.FileHeader{Name: "a.txt", CompressedSize64: 7, UncompressedSize64: 7, CRC32: crc32.ChecksumIEEE([]byte("content"))}
	set(head)
	f, err := w.CreateRaw(head)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("content"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// bomb makes an archive of one entry that unpacks to 10 GiB of nothing, and claims to have
// some bytes.
func bomb(t testing.TB, claimed uint64) []byte {
	var block bytes.Buffer
	w, err := flate.NewWriter(&block, flate.BestCompression)
	if err == nil {
		_, err = w.Write(make([]byte, 1<<20))
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Repeat(block.String(), 10<<10) + "\x03\x00" // the end, as deflate writes it
	return packRaw(t, func(h *zip.FileHeader) {
		h.Method, h.UncompressedSize64 = zip.Deflate, claimed
	}, content)
}

package artifact

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"encoding/binary"
	"strings"
)

// program is what the beginning of a program or a shared library says.
type program struct {
	platform string // operating system and processor; "" where they are not known
	shared   bool   // whether it is a shared library
	build    *Build // nil where it was not built by Go
	problem  string // why it is no program, in the words of a system's loader
}

// The names of processors as Go has them.
var (
	elfMachines = map[elf.Machine]string{
		elf.EM_386: "386", elf.EM_X86_64: "amd64", elf.EM_ARM: "arm", elf.EM_AARCH64: "arm64", elf.EM_RISCV: "riscv64",
		elf.EM_LOONGARCH: "loong64", elf.EM_PPC64: "ppc64", elf.EM_S390: "s390x", elf.EM_MIPS: "mips",
	}
	machMachines = map[uint32]string{0x01000007: "amd64", 0x0100000c: "arm64"}
	peMachines   = map[uint16]string{0x14c: "386", 0x8664: "amd64", 0xaa64: "arm64"}
)

// readProgram reads the content of a program, and changes it.
func readProgram(data []byte) *program {
	switch {
	case bytes.HasPrefix(data, []byte(elf.ELFMAG)):
		return readELF(data)
	case bytes.HasPrefix(data, []byte("\xcf\xfa\xed\xfe")) && len(data) >= 32:
		return readMach(data)
	case bytes.HasPrefix(data, []byte("MZ")):
		return readPE(data)
	case len(data) < 64:
		return &program{problem: "file too short"}
	}
	return &program{problem: "invalid ELF header"}
}

// maxSegments bounds the segments of a program that is searched for what Go has written
// into it: each may claim to be the whole file once more. Linkers make about ten.
const maxSegments = 64

// readELF reads what Linux and most other systems run. The libraries that do are not made
// for files from strangers: what is compressed is taken out of their sight, and a panic is
// taken for a file that cannot be read.
func readELF(data []byte) (p *program) {
	defer func() {
		if recover() != nil {
			p = &program{problem: "invalid ELF header"}
		}
	}()
	if len(data) < 64 {
		return &program{problem: "file too short"}
	}
	hideSections(data)
	file, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return &program{problem: "invalid ELF header"}
	}
	p = &program{platform: "linux/", shared: file.Type == elf.ET_DYN}
	if len(file.Progs) <= maxSegments {
		p.build = readBuild(data)
	}
	if file.OSABI == elf.ELFOSABI_FREEBSD {
		p.platform = "freebsd/"
	}
	p.platform += elfMachine(file.FileHeader)
	return p
}

// hideSections removes the table of sections from the head of an ELF file. Sections may be
// compressed, into as little as one wants; segments may not.
func hideSections(data []byte) {
	if data[elf.EI_CLASS] == byte(elf.ELFCLASS32) {
		clear(data[0x20:0x24]) // where the table is
		clear(data[0x30:0x34]) // how many sections there are, and which has their names
		return
	}
	clear(data[0x28:0x30])
	clear(data[0x3c:0x40])
}

// elfMachine returns the name of a processor.
func elfMachine(head elf.FileHeader) string {
	name, ok := elfMachines[head.Machine]
	switch {
	case !ok:
		return strings.ToLower(strings.TrimPrefix(head.Machine.String(), "EM_"))
	case head.ByteOrder == binary.LittleEndian && (name == "ppc64" || name == "mips"):
		return name + "le"
	}
	return name
}

// engines are the modules of eKuiper, by its versions.
var engines = []string{"github.com/lf-edge/ekuiper/v2", "github.com/lf-edge/ekuiper"}

// readBuild returns what the Go tools have written into a program, or nil.
func readBuild(data []byte) *Build {
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	build := &Build{Go: info.GoVersion}
	for _, engine := range engines {
		if info.Main.Path == engine {
			build.Engine = info.Main.Version
		}
		for _, dep := range info.Deps {
			if dep.Path == engine {
				build.Engine = dep.Version
			}
		}
	}
	return build
}

// readMach reads the head of what macOS runs.
func readMach(data []byte) *program {
	const dylib, bundle = 6, 8
	kind := binary.LittleEndian.Uint32(data[12:])
	p := &program{platform: "darwin", shared: kind == dylib || kind == bundle}
	if machine, ok := machMachines[binary.LittleEndian.Uint32(data[4:])]; ok {
		p.platform += "/" + machine
	}
	return p
}

// readPE reads the head of what Windows runs.
func readPE(data []byte) *program {
	p := &program{platform: "windows"}
	if len(data) < 0x40 {
		return p
	}
	at := uint64(binary.LittleEndian.Uint32(data[0x3c:]))
	if at+6 > uint64(len(data)) || string(data[at:at+4]) != "PE\x00\x00" {
		return p
	}
	if machine, ok := peMachines[binary.LittleEndian.Uint16(data[at+4:])]; ok {
		p.platform += "/" + machine
	}
	return p
}

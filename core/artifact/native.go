package artifact

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"ekuiper-console/core"
)

// maxTold bounds how many names of entries a message lists.
const maxTold = 50

// installScript is run by an engine when it installs a plugin.
const installScript = "install.sh"

// native looks into the archive of a native plugin: a shared library, for a source its
// configuration too.
func (i *inspection) native() error {
	if len(i.want.ShellParas) > 0 && i.zip.files[installScript] == nil {
		err := core.Errorf(core.Invalid, "have shell parameters : %s but no install.sh file", i.want.ShellParas)
		return core.WithHint(err, `put install.sh into the archive, or leave "shellParas" out`)
	}
	kind := i.nativeKind()
	parts, err := i.parts(kind)
	if err != nil {
		return err
	}
	if err := i.library(parts.library); err != nil {
		return err
	}
	i.Version = parts.version
	switch kind {
	case "sinks":
		i.Provides.Sinks = []string{i.want.Name}
	case "functions":
		if i.Provides.Functions = i.want.Functions; len(i.want.Functions) == 0 {
			i.Provides.Functions = []string{i.want.Name}
		}
	default:
		i.Provides.Sources = []string{i.want.Name}
	}
	i.noteScript()
	return i.checkJSON(i.want.Name + ".json")
}

// nativeKind returns what a native plugin is, by the beginning of its key. An engine
// takes what it does not know for a source.
func (i *inspection) nativeKind() string {
	switch kind, _, _ := strings.Cut(i.want.Ref.Name, "_"); kind {
	case "sinks", "functions":
		return kind
	}
	return "sources"
}

// parts are what the archive of a native plugin must have.
type parts struct {
	library *zip.File
	version string // which the name of the library may carry
}

// parts finds what a native plugin consists of. An engine counts the files that it has
// put in place: the configuration of a source in two places, and one library.
func (i *inspection) parts(kind string) (parts, error) {
	var p parts
	var placed, all []string
	yaml, expected := false, 1
	if kind == "sources" {
		expected = 3
	}
	for _, f := range i.zip.entries {
		all = append(all, f.Name)
		if f.Mode().IsDir() {
			continue
		}
		if kind == "sources" && f.Name == i.want.Name+".yaml" {
			yaml = true
			placed = append(placed, "etc/sources/"+f.Name, "data/sources/"+f.Name)
		} else if version, ok := i.libraryName(f.Name); ok {
			p = parts{f, version}
			placed = append(placed, "plugins/"+kind+"/"+f.Name)
		}
	}
	if len(placed) == expected && p.library != nil {
		return p, nil
	}
	err := core.Errorf(core.Invalid, "invalid zip file: expectFiles: %d, got filenames:%v, zipFiles: %v, yamlFileChecked:%v, soFileChecked:%v",
		expected, placed, some(all), yaml, p.library != nil)
	hint := "the archive must have one " + i.want.Name + ".so"
	if kind == "sources" {
		hint = fmt.Sprintf("the archive must have one %s.so and %s.yaml", i.want.Name, i.want.Name)
	}
	return p, core.WithHint(err, hint)
}

// some returns the first names of a long list.
func some(names []string) []string {
	if len(names) <= maxTold {
		return names
	}
	return append(names[:maxTold:maxTold], "…")
}

// libraryName reports whether a file is the library of the plugin: its name, or its name
// with an upper-case initial, with or without @version, and .so.
func (i *inspection) libraryName(file string) (version string, ok bool) {
	base, ok := strings.CutSuffix(file, ".so")
	if !ok {
		return "", false
	}
	base, version, _ = strings.Cut(base, "@")
	initial, n := utf8.DecodeRuneInString(i.want.Name)
	return version, base == i.want.Name || base == string(unicode.ToUpper(initial))+i.want.Name[n:]
}

// library looks into the shared library of a native plugin. What no engine on any system
// could load is refused.
func (i *inspection) library(f *zip.File) error {
	program, err := i.program(f)
	if err != nil || program == nil {
		return err
	}
	switch {
	case program.problem != "":
		err = core.Errorf(core.Invalid, "cannot open %s: %s", f.Name, program.problem)
	case !program.shared:
		err = core.Errorf(core.Invalid, "cannot open %s: it is no shared library", f.Name)
	default:
		return nil
	}
	return core.WithHint(err, "build it with go build -buildmode=plugin")
}

// program looks into a program, and remembers what it is built for. It returns nil where
// the program is too long to be looked into.
func (i *inspection) program(f *zip.File) (*program, error) {
	if f.UncompressedSize64 > maxProgram {
		i.note(f.Name + " is too long to be looked into")
		return nil, nil
	}
	data, err := i.zip.content(i.ctx, f, maxProgram)
	if err != nil {
		return nil, err
	}
	p := readProgram(data)
	i.Platform, i.Build = p.platform, p.build
	if p.platform != "" {
		i.note("built for " + p.platform + "; this console cannot know where it will run")
	}
	return p, nil
}

// noteScript notes that an engine will run a script.
func (i *inspection) noteScript() {
	if i.zip.files[installScript] != nil {
		i.note("an engine runs install.sh when it installs the plugin")
	}
}

// checkJSON warns of metadata that is there and cannot be read.
func (i *inspection) checkJSON(name string) error {
	f := i.zip.files[name]
	if f == nil {
		return nil
	}
	data, err := i.zip.content(i.ctx, f, maxText)
	if err != nil {
		return err
	}
	var any json.RawMessage
	if err := json.Unmarshal(data, &any); err != nil {
		i.warn("engines show the plugin without its properties", "%s is no JSON: %v", name, err)
	}
	return nil
}

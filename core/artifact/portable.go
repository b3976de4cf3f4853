package artifact

import (
	"encoding/json"

	"ekuiper-console/core"
)

// portableDescriptor is the file that describes a portable plugin.
type portableDescriptor struct {
	Name       string   `json:"name"`
	Version    string   `json:"version"`
	Language   string   `json:"language"`
	Executable string   `json:"executable"`
	Sources    []string `json:"sources"`
	Sinks      []string `json:"sinks"`
	Functions  []string `json:"functions"`
}

// portable looks into the archive of a portable plugin: a descriptor, a program, and files
// for each source, sink and function.
func (i *inspection) portable() error {
	d, err := i.portableDescriptor()
	if err != nil {
		return err
	}
	i.Version, i.Language = d.Version, d.Language
	i.Provides = Provides{d.Sources, d.Sinks, d.Functions}
	if err := d.check(i.want.Name); err != nil {
		return core.WithHint(err, "correct "+i.want.Name+".json in the archive")
	}
	required := []string{d.Executable}
	for _, source := range d.Sources {
		required = append(required, "sources/"+source+".yaml")
	}
	for _, name := range required {
		if i.zip.files[name] == nil {
			return core.WithHint(core.Errorf(core.Invalid, "missing %s", name), "put the file into the archive, under this name")
		}
	}
	i.noteScript()
	if err := i.executable(d); err != nil {
		return err
	}
	for _, part := range []struct {
		folder string
		names  []string
	}{{"sources/", d.Sources}, {"sinks/", d.Sinks}, {"functions/", d.Functions}} {
		for _, name := range part.names {
			if err := i.checkJSON(part.folder + name + ".json"); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *inspection) portableDescriptor() (*portableDescriptor, error) {
	name := i.want.Name + ".json"
	f := i.zip.files[name]
	if f == nil {
		err := core.Errorf(core.Invalid, "missing or invalid json file %s, found %d files in total", name, len(i.zip.entries))
		return nil, core.WithHint(err, "put "+name+" at the top of the archive, in no folder")
	}
	data, err := i.zip.content(i.ctx, f, maxText)
	if err != nil {
		return nil, err
	}
	d := &portableDescriptor{Name: i.want.Name}
	if err := json.Unmarshal(data, d); err != nil {
		return nil, core.WithHint(core.Errorf(core.Invalid, "%w", err), "correct "+name+" in the archive")
	}
	return d, nil
}

// check returns the engine's error for a descriptor that it does not take.
func (d *portableDescriptor) check(name string) error {
	switch {
	case d.Name != name:
		return core.Errorf(core.Invalid, "invalid plugin, expect name '%s' but got '%s'", name, d.Name)
	case d.Language == "":
		return core.Errorf(core.Invalid, "invalid plugin, missing language")
	case d.Executable == "":
		return core.Errorf(core.Invalid, "invalid plugin, missing executable")
	case len(d.Sources)+len(d.Sinks)+len(d.Functions) == 0:
		return core.Errorf(core.Invalid, "invalid plugin, must define at lease one source, sink or function")
	case d.Language != "go" && d.Language != "python":
		return core.Errorf(core.Invalid, "invalid plugin, language '%s' is not supported", d.Language)
	}
	return nil
}

// executable looks into the program of a plugin in Go. One in Python is a text, or runs
// wherever Python does.
func (i *inspection) executable(d *portableDescriptor) error {
	if d.Language != "go" {
		return nil
	}
	p, err := i.program(i.zip.files[d.Executable])
	if err != nil || p == nil {
		return err
	}
	if p.problem != "" {
		i.warn("build it with go build, for the system that the engine runs on", "%s is no program that this console knows", d.Executable)
	}
	return nil
}

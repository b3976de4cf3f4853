package artifact

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/bufbuild/protocompile/linker"

	"ekuiper-console/core"
)

// schemasFolder is where the archive of a service has its schemas.
const schemasFolder = "schemas/"

// serviceDescriptor is the file that describes a service.
type serviceDescriptor struct {
	About struct {
		Version string `json:"version"`
	} `json:"about"`
	Interfaces map[string]*binding `json:"interfaces"`
}

// binding is one interface of a service as its descriptor has it.
type binding struct {
	Address    string `json:"address"`
	Protocol   string `json:"protocol"`
	SchemaType string `json:"schemaType"`
	SchemaFile string `json:"schemaFile"`
	Schemaless bool   `json:"schemaless"`
	Functions  []struct {
		Name        string `json:"name"`
		ServiceName string `json:"serviceName"`
	} `json:"functions"`
}

// protocols are what an engine can speak to a service.
var protocols = map[string]bool{"rest": true, "grpc": true, "msgpack-rpc": true}

// service looks into the archive of a service: a descriptor, and schemas of its interfaces.
func (i *inspection) service() error {
	d, err := i.serviceDescriptor()
	if err != nil {
		return err
	}
	i.Version = d.About.Version
	var all []string
	for _, name := range slices.Sorted(maps.Keys(d.Interfaces)) {
		b := d.Interfaces[name]
		if b == nil {
			b = &binding{} // an engine reads null so
		}
		functions, err := i.functions(name, b)
		if err != nil {
			return core.WithHint(core.Errorf(codeOf(err), "Fail to parse schema file %s: %w", b.SchemaFile, err), "correct the file in the archive, under "+schemasFolder)
		}
		if !protocols[b.Protocol] {
			i.warn("its functions will fail; an engine speaks rest, grpc and msgpack-rpc", "the interface %s has the protocol %q", name, b.Protocol)
		}
		i.Interfaces = append(i.Interfaces, Interface{name, b.Address, b.Protocol, b.SchemaFile, functions})
		all = append(all, functions...)
	}
	i.Provides.Functions = all
	return nil
}

// serviceDescriptor finds the descriptor in the archive, as an engine does: in upper or
// lower case.
func (i *inspection) serviceDescriptor() (*serviceDescriptor, error) {
	name := i.want.Name + ".json"
	for _, f := range i.zip.entries {
		if f.Mode().IsDir() || !strings.EqualFold(f.Name, name) {
			continue
		}
		if f.Name != name {
			i.warn("call it "+name, "the descriptor is called %s, which engines on most systems do not find", f.Name)
		}
		data, err := i.zip.content(i.ctx, f, maxText)
		if err != nil {
			return nil, err
		}
		d := &serviceDescriptor{}
		if err := json.Unmarshal(data, d); err != nil {
			return nil, core.WithHint(core.Errorf(core.Invalid, "parse services file %s failed: %w", name, err), "correct "+name+" in the archive")
		}
		return d, nil
	}
	err := core.Errorf(core.Invalid, "cannot find the json descriptor file %s for service", name)
	return nil, core.WithHint(err, "put "+name+" at the top of the archive, in no folder")
}

// functions returns the functions of an interface: the methods of its schema, under the
// names that the descriptor gives them. Without a schema there is one, called as the
// interface is.
func (i *inspection) functions(name string, b *binding) ([]string, error) {
	switch {
	case b.Schemaless || b.SchemaType == "" && b.SchemaFile == "":
		return []string{name}, nil
	case b.SchemaType != "protobuf":
		return nil, core.Errorf(core.Invalid, "unsupported schema %s", b.SchemaType)
	}
	schema, err := i.compile(schemasFolder, b.SchemaFile)
	if err != nil {
		return nil, err
	}
	alias := map[string]string{}
	for _, f := range b.Functions {
		alias[f.ServiceName] = f.Name
	}
	var functions []string
	for _, method := range methods(schema) {
		if as, ok := alias[method]; ok {
			delete(alias, method)
			method = as
		}
		functions = append(functions, method)
	}
	for _, missing := range slices.Sorted(maps.Keys(alias)) {
		i.warn("the function will not be there", "the function %s of the interface %s stands for %s, which %s does not have", alias[missing], name, missing, b.SchemaFile)
	}
	return functions, nil
}

// methods returns the names of the methods of a schema.
func methods(schema linker.File) []string {
	var names []string
	services := schema.Services()
	for s := range services.Len() {
		all := services.Get(s).Methods()
		for m := range all.Len() {
			names = append(names, string(all.Get(m).Name()))
		}
	}
	return names
}

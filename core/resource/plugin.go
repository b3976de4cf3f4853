package resource

import (
	"net/url"
	"strings"

	"ekuiper-console/core"
)

// IOPlugin is the install text of a native source or sink, or of a portable plugin.
type IOPlugin struct {
	Name       string   `json:"name"`
	File       string   `json:"file"`
	ShellParas []string `json:"shellParas"`
}

// FuncPlugin is the install text of a native function plugin.
type FuncPlugin struct {
	IOPlugin
	Functions []string `json:"functions"`
}

// Plugin is a native or portable plugin.
type Plugin struct {
	Ref  core.Ref
	Text string
	FuncPlugin
}

// The kinds of native plugins, which their keys begin with.
const (
	sourcesPrefix   = "sources_"
	sinksPrefix     = "sinks_"
	functionsPrefix = "functions_"
)

func decodePlugin(ref core.Ref, text string) (*Plugin, *problem) {
	if isNull(text) {
		return nil, nullProblem("")
	}
	plugin := &Plugin{Ref: ref, Text: text}
	var into any = &plugin.IOPlugin
	if ref.Kind == core.NativePlugin && strings.HasPrefix(ref.Name, functionsPrefix) {
		into = &plugin.FuncPlugin
	}
	if p := unmarshal(text, into); p != nil {
		return nil, p
	}
	return plugin, nil
}

func (p *Plugin) check(Scope) []core.Finding {
	switch {
	case strings.TrimSpace(p.Name) == "":
		f := fault(p.Ref, "invalid name %s: should not be empty", p.Name)
		f.Hint = `give the plugin's name under "name"`
		return []core.Finding{f}
	case !validURI(p.File) || !strings.HasSuffix(p.File, ".zip"):
		f := fault(p.Ref, "invalid uri %s", p.File)
		f.Hint = `"file" must be a file:, http: or https: address that ends in .zip`
		return []core.Finding{f}
	}
	if p.Ref.Kind == core.NativePlugin && p.prefix() == "" {
		return []core.Finding{warning(p.Ref, "name it sources_x, sinks_x or functions_x",
			"the name %s does not say what kind of plugin it is; an engine takes it for a source", p.Ref.Name)}
	}
	return nil
}

// prefix returns the beginning of a native plugin's key, or "".
func (p *Plugin) prefix() string {
	for _, prefix := range []string{sourcesPrefix, sinksPrefix, functionsPrefix} {
		if strings.HasPrefix(p.Ref.Name, prefix) {
			return prefix
		}
	}
	return ""
}

// Serves returns the source types, sink types and functions that a native plugin
// brings. What a portable one brings stands in its archive.
func (p *Plugin) Serves() []Need {
	if p.Ref.Kind != core.NativePlugin {
		return nil
	}
	name := strings.TrimSpace(p.Name)
	switch p.prefix() {
	case sinksPrefix:
		return []Need{{SinkType, name, ""}}
	case functionsPrefix:
		if len(p.Functions) == 0 {
			return []Need{{Calls, name, ""}}
		}
		var served []Need
		for _, f := range p.Functions {
			served = append(served, Need{Calls, f, ""})
		}
		return served
	}
	return []Need{{SourceType, name, ""}}
}

// URI returns the address of the archive.
func (p *Plugin) URI() string { return p.File }

// Stored returns the text as it was given.
func (p *Plugin) Stored() string { return p.Text }

// Needs returns nothing.
func (p *Plugin) Needs() []Need { return nil }

// validURI reports whether a text is an absolute address of a scheme that is read.
func validURI(text string) bool {
	u, err := url.ParseRequestURI(text)
	return err == nil && (u.Scheme == "file" || u.Scheme == "http" || u.Scheme == "https")
}

package resource

import (
	"fmt"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/streamsql"
)

// sinkType is what is known about a built-in type of sinks.
type sinkType struct {
	props   []prop
	later   []prop                      // whose types check judges
	bytes   bool                        // what is sent is encoded, so that the format counts
	streams bool                        // it compresses by itself and leaves out the encryption
	check   func(s *stage, d *decoding) // the values, once the types of props are right
}

// known returns all properties of the type's own.
func (t sinkType) known() []prop { return slices.Concat(t.props, t.later) }

// planActions stages what is found about the actions of a rule.
func (r *Rule) planActions() []staged {
	var all []staged
	for i, action := range r.Actions {
		for _, typ := range sortedKeys(action) {
			s := &stage{repeats: r.repeats, path: []any{"actions", i, typ}}
			s.sink(typ, action[typ])
			if all = append(all, s.found...); len(all) >= maxPlanned {
				return all[:maxPlanned]
			}
		}
	}
	return all
}

// sink judges one action, or a sink of a graph.
func (s *stage) sink(typ string, v any) {
	props, ok := v.(map[string]any)
	if !ok {
		s.refuse("", "write the properties as an object, such as {}", "expect map[string]interface{} type for the action properties, but found %s", short(v))
		return
	}
	if !sinks[typ] {
		hint := ""
		if near := streamsql.Nearest(typ, names(sinks)); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		s.need("", Need{SinkType, typ, ""}, hint, "sink %s is not defined", typ)
	}
	d := &decoding{props: props, exact: plainNames(props)}
	if !s.common(d) {
		return
	}
	known, builtin := sinkTypes[typ]
	if len(d.items("fields")) > 0 && len(d.items("excludeFields")) > 0 {
		s.refuse("excludeFields", "leave one of them out", "field and excludeFields cannot both be set")
	}
	s.templates(d)
	if known.bytes {
		s.encoding(d, known.streams)
	}
	if !builtin {
		return
	}
	if s.decoded(d, known.props, "") && known.check != nil {
		known.check(s, d)
	}
	if !d.exact {
		s.misspelt(props, known.known())
	}
}

// decoded judges the types of some properties and reports whether they are right. The prefix stands
// before the message.
func (s *stage) decoded(d *decoding, props []prop, prefix string) bool {
	msg := d.decode(props)
	if msg != "" {
		s.refuse(d.first, "", "%s%s", prefix, msg)
	}
	return msg == ""
}

// plainNames reports whether every property has the name of a known one, letter by letter.
func plainNames(props map[string]any) bool {
	for key := range props {
		if !sinkProps[key] {
			return false
		}
	}
	return true
}

// common judges the properties that all sinks share, and reports whether they are
// in order.
func (s *stage) common(d *decoding) bool {
	before := len(s.found)
	const prefix = "fail to parse sink configuration: "
	if msg := d.decode(commonProps); msg != "" {
		s.refuse(d.first, "", "%sread properties %s fail with error: %s", prefix, short(d.props), msg)
		return false
	}
	if msg := d.decode(cacheProps); msg != "" {
		s.refuse(d.first, "", "%sread properties %s to cache conf fail with error: %s", prefix, short(d.props), msg)
		return false
	}
	if v, ok := d.props["tableDataField"]; ok && d.text("dataField", "") == "" {
		if _, ok := v.(string); !ok {
			s.refuse("tableDataField", "write the name of a field", "%stableDataField must be a text, but is %s", prefix, short(v))
		}
	}
	if n := d.number("batchSize", 0); n < 0 {
		s.refuse("batchSize", "", "%sinvalid batchSize %d", prefix, n)
	}
	if t := d.time("lingerInterval", 0); t < 0 {
		s.refuse("lingerInterval", "", "%sinvalid lingerInterval %v, must be positive", prefix, t)
	}
	if lines := cacheFaults(d); len(lines) > 0 {
		s.refuse("", "", "%sinvalid cache properties: %s", prefix, strings.Join(lines, "\n"))
	}
	if n := d.number("bufferLength", 0); n < 0 {
		s.refuse("bufferLength", "", "bufferLength must not be below zero, but is %d", n)
	}
	s.large(d, "concurrency", "bufferLength")
	return !slices.ContainsFunc(s.found[before:], func(f staged) bool { return f.severity == core.Fault })
}

// large warns of numbers that no machine can serve.
func (s *stage) large(d *decoding, names ...string) {
	const large = 1_000_000
	for _, name := range names {
		if n := d.number(name, 0); n > large {
			s.note(name, "", "%s is %d: that may take all memory", name, n)
		}
	}
}

// cacheFaults returns the engine's lines about the properties of a sink's cache. Each
// line is judged as if those before it had been put right.
func cacheFaults(d *decoding) []string {
	var lines []string
	memory, disk, page := d.number("memoryCacheThreshold", 1024), d.number("maxDiskCache", 1024000), d.number("bufferPageSize", 256)
	if memory < 0 {
		memory = 1024
		lines = append(lines, "memoryCacheThreshold:memoryCacheThreshold must be positive")
	}
	if disk < 0 {
		disk = 1024000
		lines = append(lines, "maxDiskCache:maxDiskCache must be positive")
	}
	if page <= 0 {
		page = 256
		lines = append(lines, "bufferPageSize:bufferPageSize must be positive")
	}
	if d.time("resendInterval", 0) < 0 {
		lines = append(lines, "resendInterval:resendInterval must be positive")
	}
	if page > memory {
		memory = page
		lines = append(lines, "memoryCacheThresholdTooSmall:memoryCacheThreshold must be greater than or equal to bufferPageSize")
	}
	if memory%page != 0 {
		lines = append(lines, "memoryCacheThresholdNotMultiple:memoryCacheThreshold must be a multiple of bufferPageSize")
	}
	if page > disk {
		disk = page
		lines = append(lines, "maxDiskCacheTooSmall:maxDiskCache must be greater than bufferPageSize")
	}
	if disk%page != 0 {
		lines = append(lines, "maxDiskCacheNotMultiple:maxDiskCache must be a multiple of bufferPageSize")
	}
	if p := d.number("resendPriority", 0); p < -1 || p > 1 {
		lines = append(lines, "resendPriority:resendPriority must be -1, 0 or 1")
	}
	return lines
}

// encoding judges what turns data into bytes.
func (s *stage) encoding(d *decoding, streams bool) {
	format := strings.ToLower(d.text("format", ""))
	switch {
	case format == "" || slices.Contains(plainFormats, format):
	case schemaTypes[format]:
		id, _, _ := strings.Cut(d.text("schemaId", ""), ".")
		s.need("schemaId", Need{Decodes, format + "_" + id, ""}, fmt.Sprintf("bring the schema %s_%s", format, id),
			"schema type %s id %s not found in registry", format, id)
	default:
		s.refuse("format", didYouMean(format, append(slices.Clone(plainFormats), names(schemaTypes)...)), "format type %s not supported", format)
	}
	if streams {
		return
	}
	if c := d.text("compression", ""); c != "" && !compressors[c] {
		s.refuse("compression", didYouMean(c, names(compressors)), "get compressor %s fail with error: unsupported compressor: %s", c, c)
	}
	if e := d.text("encryption", ""); e == "aes" {
		s.aes(d)
	} else if e != "" {
		s.refuse("encryption", "write aes", "get encryptor %s fail with error: encryptor '%s' is not supported", e, e)
	}
}

// misspelt warns of properties that a sink does not know but that are like one it
// knows. Others may be of use to another version.
func (s *stage) misspelt(props map[string]any, own []prop) {
	const most = 50
	for _, key := range sortedKeys(props)[:min(most, len(props))] {
		if len(key) == 0 || knownProp(key, own) || knownProp(key, commonProps) || knownProp(key, cacheProps) || passedOn[strings.ToLower(key)] {
			continue
		}
		if near := streamsql.Nearest(key, slices.Concat(propNames(own), propNames(commonProps), propNames(cacheProps))); near != "" {
			s.note(key, fmt.Sprintf("did you mean %s?", near), "there is no property %s; it is ignored", key)
		}
	}
}

func knownProp(name string, list []prop) bool {
	return slices.ContainsFunc(list, func(p prop) bool { return len(p.name) == len(name) && strings.EqualFold(p.name, name) })
}

func propNames(list []prop) []string {
	all := make([]string, len(list))
	for i, p := range list {
		all[i] = p.name
	}
	return all
}

func didYouMean(word string, candidates []string) string {
	if near := streamsql.Nearest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return ""
}

package streamsql

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Options are the options of a CREATE statement. Of one given twice, the last counts.
// Use Has to tell an option that is absent from one that is empty.
type Options struct {
	Span
	DataSource       string
	Format           string // as written; empty means json
	Key              string
	ConfKey          string
	Type             string // as written; empty means mqtt for streams and file for tables
	Timestamp        string
	TimestampFormat  string
	SchemaID         string
	Extra            string // a JSON text
	Version          string // in lower case
	Kind             string // in lower case; lookup makes a lookup table
	Delimiter        string
	Shared           bool
	StrictValidation bool
	Temp             bool
	RetainSize       int
	// Given are the options as they are written, in this order.
	Given []Option
}

// Option is an option as it is written.
type Option struct {
	Span
	Name      string // in upper case
	Value     string
	ValueSpan Span
}

// Has reports whether an option is given. The name is in upper case, such as CONF_KEY.
func (o *Options) Has(name string) bool {
	return slices.ContainsFunc(o.Given, func(g Option) bool { return g.Name == name })
}

// at returns the place of the value of an option, or of all options when it is not given.
func (o *Options) at(name string) Span {
	for _, g := range slices.Backward(o.Given) {
		if g.Name == name {
			return g.ValueSpan
		}
	}
	return o.Span
}

// optionTable has every option, in the order in which the engine lists them, and how to set it.
// A setter returns what is wrong with the value, in the engine's words.
var optionTable = []struct {
	name string
	set  func(o *Options, value string) string
}{
	{"DATASOURCE", text(func(o *Options) *string { return &o.DataSource })},
	{"FORMAT", text(func(o *Options) *string { return &o.Format })},
	{"KEY", text(func(o *Options) *string { return &o.Key })},
	{"CONF_KEY", text(func(o *Options) *string { return &o.ConfKey })},
	{"SHARED", boolean("SHARED", func(o *Options) *bool { return &o.Shared })},
	{"STRICT_VALIDATION", boolean("STRICT_VALIDATION", func(o *Options) *bool { return &o.StrictValidation })},
	{"TYPE", text(func(o *Options) *string { return &o.Type })},
	{"TIMESTAMP", text(func(o *Options) *string { return &o.Timestamp })},
	{"TIMESTAMP_FORMAT", text(func(o *Options) *string { return &o.TimestampFormat })},
	{"RETAIN_SIZE", setRetainSize},
	{"SCHEMAID", text(func(o *Options) *string { return &o.SchemaID })},
	{"EXTRA", setExtra},
	{"VERSION", lower(func(o *Options) *string { return &o.Version })},
	{"TEMP", boolean("TEMP", func(o *Options) *bool { return &o.Temp })},
	{"KIND", lower(func(o *Options) *string { return &o.Kind })},
	{"DELIMITER", text(func(o *Options) *string { return &o.Delimiter })},
}

// formats are the formats a default build of the engine registers.
var formats = []string{"json", "binary", "delimited", "urlencoded", "protobuf"}

// knownFormat reports whether the engine would find a format, in any case. None at all is JSON.
func knownFormat(name string) bool {
	return name == "" || slices.Contains(formats, strings.ToLower(name))
}

// text makes the setter of an option that may have any value.
func text(field func(*Options) *string) func(*Options, string) string {
	return func(o *Options, value string) string {
		*field(o) = value
		return ""
	}
}

// lower makes the setter of an option that is kept in lower case.
func lower(field func(*Options) *string) func(*Options, string) string {
	return func(o *Options, value string) string {
		*field(o) = strings.ToLower(value)
		return ""
	}
}

// boolean makes the setter of an option that is true or false, written in any case, in quotes or not.
func boolean(name string, field func(*Options) *bool) func(*Options, string) string {
	return func(o *Options, value string) string {
		upper := strings.ToUpper(value)
		if upper != "TRUE" && upper != "FALSE" {
			return fmt.Sprintf("found %q, expect TRUE/FALSE value in %s option.", value, name)
		}
		*field(o) = upper == "TRUE"
		return ""
	}
}

// setRetainSize takes any integer, as the engine does, also one below zero.
func setRetainSize(o *Options, value string) string {
	n, err := strconv.Atoi(value)
	if err != nil {
		return fmt.Sprintf("found %q, expect number value in RETAIN_SIZE option.", value)
	}
	o.RetainSize = n
	return ""
}

// setExtra takes any JSON text, be it an object or not.
func setExtra(o *Options, value string) string {
	if !json.Valid([]byte(value)) {
		return "invalid extra option, expect JSON string"
	}
	o.Extra = value
	return ""
}

// optionNames are the names of all options, in the order in which the engine lists them.
func optionNames() []string {
	var names []string
	for _, o := range optionTable {
		names = append(names, o.name)
	}
	return names
}

// options reads the options in parentheses. Commas between them may be left out or repeated.
func (p *parser) options() Options {
	var o Options
	from := p.tok.pos
	p.want("(", "found %q, expect stream options.")
	for !p.got(")") {
		if !p.got(",") {
			p.option(&o)
		}
	}
	o.Span = p.span(from)
	return o
}

// option reads one option and sets it.
func (p *parser) option(o *Options) {
	g := Option{Name: p.word0()}
	from := p.tok.pos
	i := slices.IndexFunc(optionTable, func(row struct {
		name string
		set  func(o *Options, value string) string
	}) bool {
		return row.name == g.Name
	})
	if i < 0 {
		p.failHint(didYouMean(g.Name, optionNames()),
			"found %q, unknown option keys(%s).", p.shown(), strings.Join(optionNames(), "|"))
	}
	p.next()
	p.want("=", "found %q, expect equals(=) in options.")
	if p.tok.kind != doubleQuoted && !p.tok.is("TRUE") && !p.tok.is("FALSE") {
		p.failHint("the value of an option stands in double quotes",
			"found %q, expect string or boolean value in option.", p.tok.lit)
	}
	g.Value, g.ValueSpan = p.tok.lit, Span{p.tok.pos, p.tok.end}
	p.next()
	g.Span = p.span(from)
	if words := optionTable[i].set(o, g.Value); words != "" {
		panic(failure(g.ValueSpan, "%s", words))
	}
	o.Given = append(o.Given, g)
}

package resource

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"strconv"
	"strings"
	"time"

	"ekuiper-console/core"
)

// YamlConfigurations are configuration keys with their properties.
type YamlConfigurations map[string]map[string]any

// Config holds the configuration keys of a source or sink type, or the connections
// of a type.
type Config struct {
	Ref  core.Ref // its name is the type
	Keys YamlConfigurations
}

// decodeConfig reads a configuration and brings it into the form in which the engine
// keeps it. Unlike the engine it leaves big integers as they are.
func decodeConfig(ref core.Ref, text string) (*Config, *problem) {
	var keys YamlConfigurations
	if p := unmarshal(text, &keys); p != nil {
		return nil, p
	}
	clear(keys)
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&keys); err != nil {
		return nil, problemf("%s", engineNames.Replace(err.Error()))
	}
	for _, props := range keys {
		normalise(ref.Name, props)
	}
	return &Config{Ref: ref, Keys: keys}, nil
}

// normalise renames properties of older versions and turns times in milliseconds
// into durations.
func normalise(typ string, props map[string]any) {
	rename(props, "saslPassword", "password")
	if typ == "sql" {
		rename(props, "url", "dburl")
	}
	for _, name := range []string{"timeout", "expiration", "interval"} {
		toDuration(props, name)
	}
	if lookup, ok := props["lookup"].(map[string]any); ok {
		toDuration(lookup, "cacheTtl")
	}
	for key, v := range props {
		props[key] = plainNumbers(v)
	}
}

func rename(props map[string]any, from, to string) {
	if v, ok := props[from]; ok {
		delete(props, from)
		props[to] = v
	}
}

// toDuration rewrites a number of milliseconds, also one in a string.
func toDuration(props map[string]any, name string) {
	var text string
	switch v := props[name].(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	default:
		return
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		props[name] = (time.Duration(ms) * time.Millisecond).String()
	}
}

// plainNumbers writes numbers as encoding/json writes a float64, wherever that does
// not change their value.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		return plainNumber(v)
	case map[string]any:
		for key, e := range v {
			v[key] = plainNumbers(e)
		}
	case []any:
		for i, e := range v {
			v[i] = plainNumbers(e)
		}
	}
	return v
}

// maxDigits bounds the numbers that are looked at closely.
const maxDigits = 40

func plainNumber(n json.Number) any {
	f, err := n.Float64()
	if err != nil || f == 0 || len(n) > maxDigits {
		return n
	}
	text, err := json.Marshal(f)
	if err != nil {
		return n
	}
	given, ok1 := new(big.Rat).SetString(n.String())
	plain, ok2 := new(big.Rat).SetString(string(text))
	if ok1 && ok2 && given.Cmp(plain) == 0 {
		return json.Number(text)
	}
	return n
}

// Stored returns the configuration with its keys sorted, without white space.
func (c *Config) Stored() string {
	if c.Keys == nil {
		return "{}"
	}
	text, err := json.Marshal(c.Keys)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return string(text)
}

// Over returns the configuration laid over an older one, key by key.
func (c *Config) Over(older *Config) *Config {
	keys := maps.Clone(older.Keys)
	if keys == nil {
		keys = YamlConfigurations{}
	}
	maps.Copy(keys, c.Keys)
	return &Config{Ref: c.Ref, Keys: keys}
}

// Only returns the configuration with none but these keys.
func (c *Config) Only(keys []string) *Config {
	kept := YamlConfigurations{}
	for _, key := range keys {
		if props, ok := c.Keys[key]; ok {
			kept[key] = props
		}
	}
	return &Config{Ref: c.Ref, Keys: kept}
}

// Properties returns the JSON of one key's properties, or "" where there is no such
// key.
func (c *Config) Properties(key string) string {
	props, ok := c.Keys[key]
	if !ok {
		return ""
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(props); err != nil {
		panic(err) // it was read from JSON
	}
	return strings.TrimSpace(buf.String())
}

// Needs returns nothing: what a key needs is asked with KeyNeeds.
func (c *Config) Needs() []Need { return nil }

// KeyNeeds returns what the properties of one key refer to.
func (c *Config) KeyNeeds(key string) []Need { return unique(propertyNeeds(c.Keys[key])) }

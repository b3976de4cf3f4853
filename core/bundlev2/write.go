package bundlev2

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxAliased bounds what aliases may add to a document: the bytes of the texts that
// they stand for, and a few for every node. A document of a hundred lines can else
// stand for more than there is memory.
const (
	maxAliased = 4 << 20
	nodeCost   = 16
)

// writer writes nodes as JSON.
type writer struct {
	out     []byte
	marks   []mark
	budget  int // what aliases may still add
	aliases int // how many aliases lead to where the writer is
}

// mark is where in the document a value stands that is written at an offset.
type mark struct{ offset, line, column int }

// reset makes the writer ready for the next text.
func (w *writer) reset() { w.out, w.marks = nil, nil }

// maxChain bounds how many aliases lead from one to the next, which more than any
// document needs do only in a circle.
const maxChain = 100

// follow returns what an alias stands for; any other node itself.
func (w *writer) follow(n *yaml.Node) (*yaml.Node, error) {
	for n.Kind == yaml.AliasNode {
		if w.aliases > maxChain {
			return nil, fail(n, "the anchor %s leads to itself", n.Value)
		}
		if n.Alias == nil {
			return nil, fail(n, "there is no anchor %s", n.Value)
		}
		w.budget -= weight(n.Alias, w.budget)
		if w.budget <= 0 {
			return nil, fail(n, "aliases make the document too large")
		}
		n = n.Alias
	}
	return n, nil
}

// weight returns what a node and all in it cost, or somewhat more than limit. What
// further aliases stand for is not counted; it is when they are followed.
func weight(n *yaml.Node, limit int) int {
	sum := nodeCost + len(n.Value)
	for _, c := range n.Content {
		if sum > limit {
			break
		}
		sum += weight(c, limit-sum)
	}
	return sum
}

// value writes a value.
func (w *writer) value(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode {
		w.aliases++
		defer func() { w.aliases-- }()
	}
	n, err := w.follow(n)
	if err != nil {
		return err
	}
	w.marks = append(w.marks, mark{len(w.out), n.Line, n.Column})
	switch n.Kind {
	case yaml.MappingNode:
		return w.object(n)
	case yaml.SequenceNode:
		return w.array(n)
	}
	return w.scalar(n)
}

func (w *writer) object(n *yaml.Node) error {
	pairs, err := w.pairs(n)
	if err != nil {
		return err
	}
	w.out = append(w.out, '{')
	for i, p := range pairs {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.out = append(appendString(w.out, p.key), ':')
		if err := w.value(p.value); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	return nil
}

func (w *writer) array(n *yaml.Node) error {
	w.out = append(w.out, '[')
	for i, e := range n.Content {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.value(e); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return nil
}

// pair is a member of a mapping.
type pair struct {
	key         string
	name, value *yaml.Node
}

// pairs returns the members of a mapping in their order, and behind them those that it
// merges in and does not have itself.
func (w *writer) pairs(n *yaml.Node) ([]pair, error) {
	seen := map[string]int{} // lines by key
	var pairs []pair
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, err := w.follow(n.Content[i])
		if err != nil {
			return nil, err
		}
		switch line, twice := seen[name.Value]; {
		case name.Kind != yaml.ScalarNode:
			return nil, fail(name, "a name must be a text")
		case name.ShortTag() == "!!merge":
			merges = append(merges, n.Content[i+1])
			continue
		case twice:
			return nil, fail(name, "%s is there already, in line %d", name.Value, line)
		}
		seen[name.Value] = name.Line
		pairs = append(pairs, pair{name.Value, name, n.Content[i+1]})
	}
	for _, m := range merges {
		more, err := w.merged(m)
		if err != nil {
			return nil, err
		}
		for _, p := range more {
			if _, there := seen[p.key]; !there {
				seen[p.key] = p.name.Line
				pairs = append(pairs, p)
			}
		}
	}
	return pairs, nil
}

// merged returns the members of a mapping that is merged in, or of several.
func (w *writer) merged(n *yaml.Node) ([]pair, error) {
	w.aliases++
	defer func() { w.aliases-- }()
	n, err := w.follow(n)
	if err != nil {
		return nil, err
	}
	switch n.Kind {
	case yaml.MappingNode:
		return w.pairs(n)
	case yaml.SequenceNode:
		var all []pair
		for _, e := range n.Content {
			more, err := w.merged(e)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
		return all, nil
	}
	return nil, fail(n, "what is merged in must be a mapping")
}

// scalar writes a string, number, true, false or null.
func (w *writer) scalar(n *yaml.Node) error {
	text, ok := n.Value, true
	if n.Style == 0 && text != "" && (text[0] == '-' || '0' <= text[0] && text[0] <= '9') && json.Valid([]byte(text)) {
		w.out = append(w.out, text...) // also where it is too large for a float, and thus a string to YAML
		return nil
	}
	switch tag := n.ShortTag(); tag {
	case "!!str", "!!timestamp":
		w.out = appendString(w.out, n.Value)
		return nil
	case "!!null":
		text = "null"
	case "!!bool":
		text = strings.ToLower(n.Value)
		ok = text == "true" || text == "false"
	case "!!int", "!!float":
		text, ok = number(n.Value)
	default:
		return fail(n, "the tag %s has no form in JSON", tag)
	}
	if !ok {
		return fail(n, "%s has no form in JSON", n.Value)
	}
	w.out = append(w.out, text...)
	return nil
}

// number returns a YAML number in JSON. One that is a JSON number keeps its digits.
func number(value string) (string, bool) {
	if json.Valid([]byte(value)) {
		return value, true
	}
	value = strings.ReplaceAll(value, "_", "")
	if i, ok := new(big.Int).SetString(value, 0); ok {
		return i.String(), true
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return "", false
	}
	text, err := json.Marshal(f) // infinity and NaN have no form
	return string(text), err == nil
}

// appendString appends a JSON string without the escapes that only HTML needs.
func appendString(dst []byte, s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

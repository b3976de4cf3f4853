package views

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// messages translate what the rest of the program says in English: findings, hints and
// errors. They are found by their patterns, because they arrive with their values filled
// in; the patterns are the formats that the sources have.
type messages struct {
	starts map[string][]*pattern // by their first two bytes
	others []*pattern            // those that begin with a hole, or with one byte
	terms  map[string]string

	reference map[string]string // whole texts of the document of the REST API
}

// pattern is a text with holes, and what it is in another language.
type pattern struct {
	pieces []string  // what stands around the holes, one more than there are
	holes  []byte    // what each takes: d for a whole number, t for a term, 0 for anything
	glue   bool      // the pieces have no word: it joins messages
	engine bool      // its words are the engine's, which people search for
	parts  []stretch // the translation
}

// stretch is a piece of a translation: a text, or what a hole caught.
type stretch struct {
	text string
	hole int  // from 0; -1 for a text
	as   byte // s for a value, which stays as it is; t for a term; m for a message of its own
}

// engineFile is the catalogue of the engine's own words; those of the others are the
// console's, or the system's.
const engineFile = "engine"

// termsFile is the catalogue of single words that fill holes.
const termsFile = "terms"

// referenceFile is the catalogue of what the document of the REST API says.
const referenceFile = "reference"

// readMessages reads the folder messages of every language. It panics on a file that
// cannot be read, because the files are part of the program.
func readMessages(files fs.FS) map[Language]*messages {
	all := make(map[Language]*messages)
	names, err := fs.Glob(files, "locales/*/messages/*.json")
	if err != nil {
		panic(fmt.Errorf("listing the messages: %w", err))
	}
	for _, name := range names {
		language := Language(path.Base(path.Dir(path.Dir(name))))
		if all[language] == nil {
			all[language] = &messages{starts: map[string][]*pattern{}}
		}
		if err := all[language].read(files, name); err != nil {
			panic(fmt.Errorf("reading the messages: %s: %w", name, err))
		}
	}
	return all
}

// read adds the patterns, the terms, or the texts of the reference of one file.
func (m *messages) read(files fs.FS, name string) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		return err
	}
	file := strings.TrimSuffix(path.Base(name), path.Ext(name))
	switch file {
	case termsFile:
		m.terms = texts
		return nil
	case referenceFile:
		m.reference = texts
		return nil
	}
	for _, source := range slices.Sorted(maps.Keys(texts)) {
		m.add(newPattern(source, texts[source], file == engineFile))
	}
	return nil
}

// add files a pattern under how it begins.
func (m *messages) add(p *pattern) {
	if start := p.pieces[0]; len(start) >= 2 {
		m.starts[start[:2]] = append(m.starts[start[:2]], p)
		return
	}
	m.others = append(m.others, p)
}

var (
	verbs  = regexp.MustCompile(`%[+#]?[.0-9]*[a-zA-Z]`)
	filled = regexp.MustCompile(`%\[(\d+)\]([stm])`)
	worded = regexp.MustCompile(`\pL{2}`)
)

// newPattern reads a format of the sources and its translation. A format that ends with
// a blank is the beginning of a message, and what follows it is a message of its own.
func newPattern(source, text string, engine bool) *pattern {
	if strings.HasSuffix(source, " ") {
		n := len(verbs.FindAllString(source, -1))
		source, text = source+"%s", text+fmt.Sprintf("%%[%d]m", n+1)
	}
	source = strings.Trim(source, "\n")
	p := &pattern{engine: engine, glue: !worded.MatchString(verbs.ReplaceAllString(source, ""))}
	from := 0
	for _, at := range verbs.FindAllStringIndex(source, -1) {
		p.pieces = append(p.pieces, unescaped(source[from:at[0]]))
		p.holes = append(p.holes, map[byte]byte{'d': 'd'}[source[at[1]-1]])
		from = at[1]
	}
	p.pieces = append(p.pieces, unescaped(source[from:]))
	p.parts = partsOf(text)
	for _, x := range p.parts {
		if x.as == 't' {
			p.holes[x.hole] = 't'
		}
	}
	return p
}

// unescaped returns a piece of a format as it comes out.
func unescaped(piece string) string { return strings.ReplaceAll(piece, "%%", "%") }

// partsOf cuts a translation at its holes.
func partsOf(text string) (parts []stretch) {
	from := 0
	for _, at := range filled.FindAllStringSubmatchIndex(text, -1) {
		hole, _ := strconv.Atoi(text[at[2]:at[3]])
		parts = append(parts, stretch{text: text[from:at[0]], hole: -1}, stretch{hole: hole - 1, as: text[at[4]]})
		from = at[1]
	}
	return append(parts, stretch{text: text[from:], hole: -1})
}

// rendering is a text in another language.
type rendering struct {
	text   string
	known  bool // it was translated; else the text is as it was
	engine bool // the words of the engine were
	rest   int  // bytes that stand as they were
}

// Bounds of what is translated: how many parts of a message are looked at, and bytes.
const (
	maxLooks   = 64
	maxMessage = 16 << 10
)

// translate returns a text in the language of m. What nobody knows stands as it is; of
// several lines each is looked at by itself where they are not known together.
func (m *messages) translate(text string) rendering {
	looks := maxLooks
	return m.render(text, &looks)
}

func (m *messages) render(text string, looks *int) rendering {
	*looks--
	trimmed := strings.Trim(text, "\n")
	if trimmed == "" || *looks < 0 || len(text) > maxMessage {
		return rendering{text: text, rest: len(text)}
	}
	if best := m.best(trimmed, looks); best.known || !strings.Contains(trimmed, "\n") {
		return best
	}
	var all rendering
	lines := strings.Split(trimmed, "\n")
	for i, line := range lines {
		lines[i] = all.add(m.render(line, looks))
	}
	all.text = strings.Join(lines, "\n")
	return all
}

// add takes over what is known of a part, and returns its text.
func (r *rendering) add(part rendering) string {
	r.known, r.engine, r.rest = r.known || part.known, r.engine || part.engine, r.rest+part.rest
	return part.text
}

// best returns, of all patterns that a text is of, the translation that leaves least of it
// as it was; the text itself where there is none.
func (m *messages) best(text string, looks *int) rendering {
	best := rendering{text: text, rest: len(text) + 1}
	for _, list := range [][]*pattern{m.starts[text[:min(2, len(text))]], m.others} {
		for _, p := range list {
			caught, ok := m.match(p, text)
			if !ok {
				continue
			}
			if r := m.fill(p, caught, looks); r.known && r.rest < best.rest {
				best = r
			}
		}
	}
	return best
}

// match returns what the holes of a pattern catch of a text. Each catches as little as
// it can.
func (m *messages) match(p *pattern, text string) (caught []string, ok bool) {
	last := len(p.pieces) - 1
	if !strings.HasPrefix(text, p.pieces[0]) || !strings.HasSuffix(text, p.pieces[last]) {
		return nil, false
	}
	rest := text[len(p.pieces[0]):]
	for hole := range last {
		at := m.end(p, hole, rest)
		if at < 0 {
			return nil, false
		}
		caught = append(caught, rest[:at])
		rest = rest[at+len(p.pieces[hole+1]):]
	}
	return caught, rest == ""
}

// end returns where a hole ends in the rest of a text: before the next piece of the
// pattern, behind something that the hole takes; -1 where there is no such place.
func (m *messages) end(p *pattern, hole int, rest string) int {
	next := p.pieces[hole+1]
	if hole == len(p.pieces)-2 {
		at := len(rest) - len(next)
		if at < 0 || rest[at:] != next || !m.takes(p, hole, rest[:at]) {
			return -1
		}
		return at
	}
	for at := 0; ; at++ {
		i := strings.Index(rest[at:], next)
		if i < 0 {
			return -1
		}
		if at += i; m.takes(p, hole, rest[:at]) {
			return at
		}
		if at == len(rest) {
			return -1
		}
	}
}

// takes reports whether a hole takes a value: one for a number takes digits, and one for
// a term only terms.
func (m *messages) takes(p *pattern, hole int, value string) bool {
	switch p.holes[hole] {
	case 'd':
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case 't':
		return m.terms[value] != ""
	}
	return true
}

// fill returns the translation of a pattern with what its holes caught. What joins
// messages translates nothing unless the first of them is known.
func (m *messages) fill(p *pattern, caught []string, looks *int) rendering {
	all := rendering{known: !p.glue, engine: p.engine}
	var b strings.Builder
	for _, x := range p.parts {
		switch {
		case x.hole < 0:
			b.WriteString(x.text)
		case x.as == 't':
			b.WriteString(m.terms[caught[x.hole]])
		case x.as == 'm':
			part := m.render(caught[x.hole], looks)
			if p.glue && x.hole == 0 && !part.known {
				return rendering{}
			}
			b.WriteString(all.add(part))
		default:
			b.WriteString(caught[x.hole])
			all.rest += len(caught[x.hole])
		}
	}
	all.text = b.String()
	return all
}

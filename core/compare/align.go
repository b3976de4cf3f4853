package compare

import "strings"

// pair is a row that is not drawn yet: the lines of either side by index.
type pair struct {
	kind     RowKind
	old, new int
}

// align puts the lines of two texts side by side.
func align(a, b []line) []pair {
	w := aligner{a: a, b: b}
	for _, d := range edits(texts(a, line.key), texts(b, line.key)) {
		w.context(d.Start)
		w.replace(match{d.End, d.ReplEnd})
	}
	w.context(len(a))
	return w.pairs
}

// aligner makes pairs of two texts from top to bottom.
type aligner struct {
	a, b  []line
	at    match // what is paired so far
	pairs []pair
}

// add appends the pair of the next line of the old text, of the new one, or of both.
func (w *aligner) add(kind RowKind) {
	w.pairs = append(w.pairs, pair{kind, w.at.old, w.at.new})
	if kind != Added {
		w.at.old++
	}
	if kind != Deleted {
		w.at.new++
	}
}

// context pairs lines that are the same, up to one of the old text.
func (w *aligner) context(old int) {
	for w.at.old < old {
		w.add(Context)
	}
}

// replace pairs lines that differ: those with the same label, and between these as they
// come.
func (w *aligner) replace(to match) {
	from := w.at
	if from.old < to.old && from.new < to.new {
		for _, d := range edits(texts(w.a[from.old:to.old], label), texts(w.b[from.new:to.new], label)) {
			w.labelled(from.old + d.Start)
			w.beside(match{from.old + d.End, from.new + d.ReplEnd})
		}
		w.labelled(to.old)
	}
	w.beside(to)
}

// labelled pairs lines with the same labels, up to one of the old text.
func (w *aligner) labelled(old int) {
	for w.at.old < old {
		w.both()
	}
}

// both pairs the next lines of the texts, which need not differ: the search for
// differences has a limit.
func (w *aligner) both() {
	if w.a[w.at.old].key() == w.b[w.at.new].key() {
		w.add(Context)
	} else {
		w.add(Changed)
	}
}

// beside pairs lines as they come. Members of objects that differ in their keys have
// nothing to do with each other and are not put side by side.
func (w *aligner) beside(to match) {
	n := min(to.old-w.at.old, to.new-w.at.new)
	for i := range n {
		if member(w.a[w.at.old+i]) && member(w.b[w.at.new+i]) {
			n = 0
			break
		}
	}
	for range n {
		w.both()
	}
	for w.at.old < to.old {
		w.add(Deleted)
	}
	for w.at.new < to.new {
		w.add(Added)
	}
}

// texts returns something of every line.
func texts(lines []line, of func(line) string) []string {
	all := make([]string, len(lines))
	for i, l := range lines {
		all[i] = of(l)
	}
	return all
}

// label returns what a line begins with: its margin and its key or first word.
func label(l line) string {
	rest := strings.TrimLeft(l.text, " \t")
	end := strings.IndexAny(rest, " =(")
	if member(l) {
		end = strings.Index(rest, keyEnd)
	}
	if end < 0 {
		return l.text
	}
	return l.text[:len(l.text)-len(rest)+end]
}

// keyEnd is what the key of a member ends with.
const keyEnd = `": `

// member reports whether a line looks like a member of a JSON object.
func member(l line) bool {
	return strings.HasPrefix(strings.TrimLeft(l.text, " \t"), `"`) && strings.Contains(l.text, keyEnd)
}

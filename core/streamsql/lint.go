package streamsql

import (
	"fmt"
	"strings"
)

// Lint returns warnings about a parsed text: what the engine accepts, but reads in a way that is hardly meant.
// There are at most MaxFindings, in about the order of the text.
func Lint(text string, n Node) []*Error {
	l := linter{text: text}
	Walk(n, func(n Node) bool {
		if len(l.found) >= MaxFindings {
			return false
		}
		switch n := n.(type) {
		case *Select:
			l.end(n)
			l.limit(n.Limit)
		case *Source:
			l.source(n)
		case *Binary:
			l.binary(n)
		case *Window:
			l.window(n)
		}
		return true
	})
	return l.found
}

type linter struct {
	text  string
	found []*Error
}

// warn adds a warning.
func (l *linter) warn(at Span, hint, format string, args ...any) {
	l.found = append(l.found, &Error{Pos: at.From, End: at.To, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// end warns of what a semicolon hides from the engine.
func (l *linter) end(s *Select) {
	if !s.Terminated {
		return
	}
	if e := checkClauses(s); e != nil {
		l.warn(Span{e.Pos, e.End}, "the engine does not notice this because of the semicolon at the end", "%s", e.Msg)
	}
	_, rest, _ := strings.Cut(l.text[s.To:], ";")
	if strings.TrimSpace(rest) != "" {
		l.warn(Span{len(l.text) - len(rest), len(l.text)}, "", "the text after the semicolon is ignored")
	}
}

// limit warns of a LIMIT below zero. A sign belongs to the number, so the engine sees an integer and takes it.
func (l *linter) limit(n *Int) {
	if n != nil && n.Value < 0 {
		l.warn(n.Span, "", "no number of rows is below zero")
	}
}

// source warns of a name that is empty, or joined from words of which the last was meant as the alias.
func (l *linter) source(s *Source) {
	if s.Name == "" {
		l.warn(s.Span, "", "the name of the stream is empty")
		return
	}
	written := l.text[s.From:s.NameEnd]
	if len(written) > len(s.Name) && written[0] != '`' && strings.ContainsAny(written, " \t\r\n") {
		l.warn(s.Span, "write AS before an alias", "the engine reads %q as the stream %q", written, s.Name)
	}
}

// binary warns of operators that do not bind or mean what they seem to.
func (l *linter) binary(b *Binary) {
	between := l.text[min(b.X.End(), b.Y.Pos()):b.Y.Pos()]
	switch {
	case b.Op == "=" && strings.Contains(between, "!"):
		l.warn(b.Span, "write != for unequal", "the engine reads ! as =")
	case b.Op.accidental():
		l.warn(b.Span, "write it behind a * of its own", "the engine reads %s as an operator that means nothing", b.Op)
	case b.Op == OpBetween || b.Op == OpNotBetween:
		if y, ok := b.Y.(*Binary); ok {
			l.warn(y.Span, "put the bounds in parentheses", "the engine applies %s to the range and not to its upper bound", y.Op)
		}
	case b.Op == OpArrow || b.Op == OpSubscript:
		if x, ok := b.X.(*Binary); ok && x.Op != OpArrow && x.Op != OpSubscript {
			l.warn(b.Span, "put the path in parentheses", "the engine groups this as %s", grouped(b))
		}
	}
}

// grouped shows how an operator and the one on its left are grouped.
func grouped(b *Binary) string {
	const longest = 200
	if b.To-b.From > longest {
		return "(… " + string(b.X.(*Binary).Op) + " …)" + string(b.Op)
	}
	return Print(&Binary{b.Span, b.Op, &Paren{Span{b.X.Pos(), b.X.End()}, b.X}, b.Y})
}

// window warns of a window without length, which the engine takes when it reads the statement.
func (l *linter) window(w *Window) {
	if w.Name == "countwindow" || len(w.Args) < 2 {
		return
	}
	if n, ok := w.Args[1].(*Int); ok && n.Value <= 0 {
		l.warn(n.Span, "", "a window of %d stops the rule when it starts", n.Value)
	}
}

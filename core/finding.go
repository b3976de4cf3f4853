package core

// Severity says whether a finding keeps an entry out.
type Severity uint8

// The severities.
const (
	Warn  Severity = iota // the entry is stored all the same
	Fault                 // the entry is refused
)

// String returns "warning" or "error".
func (s Severity) String() string {
	if s == Fault {
		return "error"
	}
	return "warning"
}

// MarshalText writes the severity as String does.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) error {
	switch string(text) {
	case Warn.String():
		*s = Warn
	case Fault.String():
		*s = Fault
	default:
		return Errorf(Invalid, "%q is not a severity", text)
	}
	return nil
}

// Finding is one thing that a check has to say about an entry.
type Finding struct {
	Severity Severity `json:"severity"`
	Ref      Ref      `json:"ref,omitzero"`     // zero where the finding is about the whole document
	Message  string   `json:"message"`          // in the engine's words where clients know them
	Hint     string   `json:"hint,omitempty"`   // the remedy
	Offset   int      `json:"-"`                // byte offset in the entry's text, -1 where there is no place
	Line     int      `json:"line,omitempty"`   // 1-based, in the entry's text; 0 where there is no place
	Column   int      `json:"column,omitempty"` // 1-based, in characters
	Cause    *Ref     `json:"cause,omitempty"`  // the entry whose finding this one follows from
}

// At returns the finding placed at a byte offset of the entry's text; without a place
// where the offset is negative.
func (f Finding) At(text string, offset int) Finding {
	f.Offset = offset
	if offset < 0 {
		return f
	}
	f.Line, f.Column = Position(text, offset)
	return f
}

// Position returns the 1-based line and column, in characters, of a byte offset.
// An offset past the end is taken for the end.
func Position(text string, offset int) (line, column int) {
	line, column = 1, 1
	for i, r := range text {
		if i >= offset {
			break
		}
		if r == '\n' {
			line, column = line+1, 1
		} else {
			column++
		}
	}
	return line, column
}

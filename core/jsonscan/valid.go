package jsonscan

// maxDepth is how deep arrays and objects may lie in one another, as in encoding/json.
const maxDepth = 10_000

// Valid reports whether data is one JSON value. It judges as encoding/json does, and is
// several times as fast where most of the data is strings, as in a bundle.
func Valid(data []byte) bool { return ValidTelling(data, nil) }

// TellEvery is after how many bytes those who take long tell how far they have come.
const TellEvery = 1 << 20

// ValidTelling is Valid, and calls tell, unless that is nil, with how many bytes were looked
// at by then, every TellEvery bytes or, if a value is longer, after it.
func ValidTelling(data []byte, tell func(read int)) bool {
	v := validator{data: data}
	v.blanks()
	if !v.value() {
		return false
	}
	for told := 0; len(v.open) > 0; {
		if !v.next() {
			return false
		}
		if tell != nil && v.pos-told >= TellEvery {
			told = v.pos
			tell(told)
		}
	}
	v.blanks()
	return v.pos == len(data)
}

// validator stands at a place in a text that may not be JSON.
type validator struct {
	data []byte
	pos  int
	open []byte // the brackets that close what is open, the innermost last
}

// at returns the byte here, or 0 at the end.
func (v *validator) at() byte {
	if v.pos < len(v.data) {
		return v.data[v.pos]
	}
	return 0
}

func (v *validator) blanks() {
	for v.pos < len(v.data) {
		switch v.data[v.pos] {
		case ' ', '\t', '\n', '\r':
			v.pos++
		default:
			return
		}
	}
}

// value passes over the value here, or over the beginning of an array or object, up to
// its first value or its end.
func (v *validator) value() bool {
	switch c := v.at(); c {
	case '"':
		return v.text()
	case '{', '[':
		return v.begin(c + 2) // the closing brackets stand two behind in ASCII
	case 't':
		return v.word("true")
	case 'f':
		return v.word("false")
	case 'n':
		return v.word("null")
	}
	return v.number()
}

// begin passes over an opening bracket, and over the first name where it is an object's.
func (v *validator) begin(end byte) bool {
	if len(v.open) == maxDepth {
		return false
	}
	v.pos++
	v.blanks()
	if v.at() == end {
		v.pos++
		return true
	}
	v.open = append(v.open, end)
	return v.element()
}

// next passes over what may follow a value in an array or object.
func (v *validator) next() bool {
	v.blanks()
	end := v.open[len(v.open)-1]
	switch v.at() {
	case end:
		v.pos++
		v.open = v.open[:len(v.open)-1]
		return true
	case ',':
		v.pos++
		v.blanks()
		return v.element()
	}
	return false
}

// element passes over an element of the innermost array, or a member of the object.
func (v *validator) element() bool {
	if v.open[len(v.open)-1] == ']' {
		return v.value()
	}
	if v.at() != '"' || !v.text() {
		return false
	}
	v.blanks()
	if v.at() != ':' {
		return false
	}
	v.pos++
	v.blanks()
	return v.value()
}

func (v *validator) word(want string) bool {
	if len(v.data)-v.pos < len(want) || string(v.data[v.pos:v.pos+len(want)]) != want {
		return false
	}
	v.pos += len(want)
	return true
}

// text passes over the string here.
func (v *validator) text() bool {
	for i := v.pos + 1; i < len(v.data); i++ {
		c := v.data[i]
		if !special[c] {
			continue
		}
		switch {
		case c == '"':
			v.pos = i + 1
			return true
		case c == '\\' && i+1 < len(v.data) && simple[v.data[i+1]] != 0:
			i++
		case c == '\\' && i+5 < len(v.data) && v.data[i+1] == 'u' && hexadecimal(v.data[i+2:i+6]):
			i += 5
		default:
			return false
		}
	}
	return false
}

func hexadecimal(digits []byte) bool {
	for _, c := range digits {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

// number passes over the number here.
func (v *validator) number() bool {
	if v.at() == '-' {
		v.pos++
	}
	if v.at() == '0' {
		v.pos++
	} else if !v.digits() {
		return false
	}
	if v.at() == '.' {
		if v.pos++; !v.digits() {
			return false
		}
	}
	if c := v.at(); c != 'e' && c != 'E' {
		return true
	}
	v.pos++
	if c := v.at(); c == '+' || c == '-' {
		v.pos++
	}
	return v.digits()
}

// digits passes over one digit or more.
func (v *validator) digits() bool {
	from := v.pos
	for v.at() >= '0' && v.at() <= '9' {
		v.pos++
	}
	return v.pos > from
}

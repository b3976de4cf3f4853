package streamsql

// windowCounts is how many arguments each window takes, in the engine's words.
var windowCounts = map[string]string{
	"tumblingwindow": "2",
	"hoppingwindow":  "3",
	"sessionwindow":  "3",
	"slidingwindow":  "2 or 3",
	"statewindow":    "1 or 2",
}

// window reads the definition of a window, whose name has been read.
func (p *parser) window(name token, f *Function) Expr {
	w := &Window{Name: f.Name, NameEnd: name.end}
	w.Args = p.args(name, f)
	w.Span = p.span(name.pos)
	if e := checkWindow(w, f); e != nil {
		panic(e)
	}
	if p.tok.is("FILTER") {
		w.Filter = p.filter()
	}
	if p.tok.is("OVER") {
		w.Over = p.windowOver()
	}
	w.Span = p.span(name.pos)
	return w
}

// filter reads FILTER, which has a WHERE of its own in parentheses.
func (p *parser) filter() Expr {
	p.next()
	p.want("(", "Found %q after FILTER, expect parentheses.")
	p.want("WHERE", "Found %q after FILTER(, expect WHERE.")
	e := p.expr()
	p.want(")", "Found %q after FILTER, expect right parentheses.")
	return e
}

// windowOver reads the OVER clause of a window: WHEN, then PARTITION BY. Both may be left out.
func (p *parser) windowOver() *Over {
	o := &Over{}
	from := p.tok.pos
	p.next()
	p.want("(", "Found %q after OVER, expect parentheses.")
	if p.got("WHEN") {
		o.When = p.expr()
	}
	o.PartitionBy = p.partitionBy()
	p.want(")", "Found %q after OVER, expect right parentheses.")
	o.Span = p.span(from)
	return o
}

// checkWindow checks the arguments of a window: a unit of time and integers, except that
// a count window has no unit and a state window takes conditions.
func checkWindow(w *Window, f *Function) *Error {
	if w.Name == "countwindow" {
		return checkCountWindow(w)
	}
	if !f.Takes(len(w.Args)) {
		return failure(w.Span, "The arguments for %s should be %s.\n", w.Name, windowCounts[w.Name])
	}
	if w.Name == "statewindow" {
		return nil
	}
	for i, arg := range w.Args {
		at := Span{arg.Pos(), arg.End()}
		if _, ok := arg.(*TimeUnit); i == 0 && !ok {
			return failure(at, "The 1st argument for %s is expecting timer literal expression. One value of [dd|hh|mi|ss|ms].\n", w.Name)
		}
		if _, ok := arg.(*Int); i > 0 && !ok {
			return failure(at, "The %d argument for %s is expecting interger literal expression. \n", i, w.Name)
		}
	}
	return nil
}

// checkCountWindow wants one integer above zero, or two of which the second is not above the first.
func checkCountWindow(w *Window) *Error {
	if n := len(w.Args); n != 1 && n != 2 {
		return failure(w.Span, "Invalid parameter count.")
	}
	var values []int64
	for _, arg := range w.Args {
		n, ok := arg.(*Int)
		if !ok {
			return failure(Span{arg.Pos(), arg.End()}, "Invalid parameter value %s.", engineStrings(w.Args))
		}
		values = append(values, n.Value)
	}
	if len(values) == 1 && values[0] <= 0 {
		return failure(w.Span, "Invalid parameter value %d.", values[0])
	}
	if len(values) == 2 && values[1] > values[0] {
		return failure(w.Span, "The second parameter value %d should be less than the first parameter %d.", values[1], values[0])
	}
	return nil
}

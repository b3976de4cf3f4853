package views

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"ekuiper-console/core"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/deps/drawing"
)

// The drawing's measures, in pixels. A row is one step; a box stands in the middle of it.
const (
	boxWidth, boxHeight  = 220, 32
	columnStep, rowStep  = 310, 44
	headHeight           = 28 // above the first row
	boxPadding           = 10
	bend                 = 45 // how far a line goes before it turns
	letter, smallLetter  = 7.3, 6.2
	lettersALine         = 27
	maxLinesOfAName      = 2
	oneLine              = 20 // from the upper edge of the box to the foot of the only line
	upperLine, lowerLine = 13, 26
)

// picture is a drawing with its places in pixels.
type picture struct {
	*drawing.Drawing
	width, height int
	boxes         []box
	lines         []stroke
}

// box is a node.
type box struct {
	drawing.Node
	x, y  int // of the upper left corner
	name  []string
	sub   string // what it is; empty where there is no room
	below bool   // sub stands under the name, and not beside it
	title string
}

// stroke is a line.
type stroke struct {
	path string
	gone bool
}

// groupTitles are the heads of the columns.
var groupTitles = map[drawing.Group]Key{
	drawing.Rules: "export.group.rules", drawing.Sources: "export.group.sources",
	drawing.Configs: "export.group.configs", drawing.Helpers: "export.group.helpers",
}

// draw gives a drawing its places and words.
func draw(ctx context.Context, d *drawing.Drawing) picture {
	p := picture{Drawing: d, width: (len(d.Columns)-1)*columnStep + boxWidth + 2, height: headHeight + d.Rows*rowStep}
	for _, n := range d.Nodes {
		p.boxes = append(p.boxes, newBox(ctx, n, d.Summary))
	}
	for _, e := range d.Edges {
		p.lines = append(p.lines, stroke{p.path(e), d.Nodes[e.To].Gone})
	}
	return p
}

// columnX returns where a column begins.
func columnX(column int) int { return 1 + column*columnStep }

// rowY returns the middle of a row.
func rowY(row int) int { return headHeight + row*rowStep + rowStep/2 }

// newBox places a node and its words.
func newBox(ctx context.Context, n drawing.Node, summary bool) box {
	b := box{Node: n, x: columnX(n.Column), y: rowY(n.Row) - boxHeight/2}
	if summary {
		b.name = []string{count(ctx, n.Count)}
		b.sub = label(ctx, n.Kind)
		if n.Gone {
			b.sub = t(ctx, "export.gone.kind", "Kind", b.sub)
		}
		b.title = b.name[0] + " " + b.sub
		return b
	}
	full := partName(n.Part)
	b.sub = noun(ctx, n.Kind)
	if n.Gone {
		full = gapName(deps.Gap{Need: n.Need})
		b.sub = t(ctx, "export.gone.kind", "Kind", b.sub)
	}
	b.title = b.sub + " " + full
	if n.Kind == core.Rule && !n.Gone {
		b.sub = "" // the column says so
	}
	b.fit(full)
	return b
}

// lineY returns where a line of the box stands.
func (b box) lineY(i int) int {
	switch {
	case len(b.name) == 1 && !b.below:
		return b.y + oneLine
	case i == 0:
		return b.y + upperLine
	}
	return b.y + lowerLine
}

// fit puts name and kind into the box: side by side, or one under the other, or the name
// alone, in two lines. A name that is longer than that is cut; the list has it whole.
func (b *box) fit(name string) {
	room := float64(boxWidth-2*boxPadding) - float64(cells(b.sub))*smallLetter - 8
	b.name = wrap(name, lettersALine, maxLinesOfAName)
	switch {
	case len(b.name) > 1:
		b.sub = ""
	case float64(cells(name))*letter > room:
		b.below = b.sub != ""
	}
}

// cells returns how many letters wide a text is; those of the East count as two.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += cell(r)
	}
	return n
}

func cell(r rune) int {
	if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0x1F000 {
		return 2
	}
	return 1
}

// wrap cuts a text into lines, and ends it with an ellipsis where there are too many. It
// breaks after _ / and -, if these stand in the second half of a line.
func wrap(text string, width, most int) []string {
	var lines []string
	for text != "" && len(lines) < most {
		end, used, good := len(text), 0, 0
		for i, r := range text {
			if used += cell(r); used > width {
				end = i
				break
			}
			if strings.ContainsRune("_/-", r) && used > width/2 {
				good = i + 1
			}
		}
		if end < len(text) && good > 0 && len(lines) < most-1 {
			end = good
		}
		lines = append(lines, text[:end])
		text = text[end:]
	}
	if last := len(lines) - 1; text != "" {
		cut := []rune(lines[last])
		for cells(string(cut)) >= width {
			cut = cut[:len(cut)-1]
		}
		lines[last] = string(cut) + "…"
	}
	return lines
}

// path returns the line of an edge: through the free rows of the columns between, or
// round the side of a column to another box of it.
func (p picture) path(e drawing.Edge) string {
	from, to := p.Nodes[e.From], p.Nodes[e.To]
	y, goal := rowY(from.Row), rowY(to.Row)
	switch {
	case from.Column == to.Column:
		x := columnX(from.Column) + boxWidth
		return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x, y, x+bend, y, x+bend, goal, x, goal)
	case from.Column > to.Column:
		x, end := columnX(from.Column), columnX(to.Column)+boxWidth
		return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x, y, x-bend, y, end+bend, goal, end, goal)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", columnX(from.Column)+boxWidth, y)
	for i, row := range append(e.Through[:len(e.Through):len(e.Through)], to.Row) {
		x := columnX(from.Column + i + 1)
		if next := rowY(row); next != y {
			fmt.Fprintf(&b, "C%d %d %d %d %d %d", x-bend, y, x-bend, next, x, next)
			y = next
		} else {
			fmt.Fprintf(&b, "H%d", x)
		}
		if i < len(e.Through) {
			fmt.Fprintf(&b, "H%d", x+boxWidth)
		}
	}
	return b.String()
}

// missingNames names the first of what is missing.
func missingNames(ctx context.Context, gaps []shownGap) string {
	var names []string
	for _, g := range gaps {
		if len(names) == 5 {
			names = append(names, "…")
			break
		}
		names = append(names, gapName(g.Gap))
	}
	return listed(ctx, names)
}

package drawing

import (
	"cmp"
	"math"
	"slices"
)

// rounds is how often the columns are gone through. Rows hardly move after that.
const rounds = 24

// cell is what takes one place of the grid: a node, or a lane, which is where all long
// lines to one node run through a column.
type cell struct {
	row               int
	left, right, same []int // the cells that lines lead to, in that direction
	lane              bool
}

// grid is the cells of a drawing while they find their rows. The first cells are its
// nodes.
type grid struct {
	cells   []cell
	columns [][]int // the cells of a column, from the top
	lanes   [][]int // of every node, one for each column from the first that needs one
}

// setRows gives nodes and long lines their rows, so that lines are short.
func (d *Drawing) setRows() {
	g := &grid{cells: make([]cell, len(d.Nodes)), columns: make([][]int, len(d.Columns)), lanes: make([][]int, len(d.Nodes))}
	for i, n := range d.Nodes {
		g.put(i, n.Column)
	}
	for _, e := range d.Edges {
		g.addLanes(e.To, d.Nodes[e.From].Column+1, d.Nodes[e.To].Column)
	}
	for _, e := range d.Edges {
		g.connect(e, d.Nodes[e.From].Column, d.Nodes[e.To].Column)
	}
	g.settle()
	d.Rows = g.close()
	for i := range d.Nodes {
		d.Nodes[i].Row = g.cells[i].row
	}
	for i := range d.Edges {
		e := &d.Edges[i]
		for _, lane := range g.lanesBetween(e.To, d.Nodes[e.From].Column, d.Nodes[e.To].Column) {
			e.Through = append(e.Through, g.cells[lane].row)
		}
	}
}

// put puts a cell at the foot of a column.
func (g *grid) put(i, column int) {
	g.cells[i].row = len(g.columns[column])
	g.columns[column] = append(g.columns[column], i)
}

// addLanes sees that a node has lanes in the columns from first up to its own.
func (g *grid) addLanes(node, first, own int) {
	for column := own - len(g.lanes[node]) - 1; column >= first; column-- {
		lane := len(g.cells)
		g.cells = append(g.cells, cell{lane: true})
		g.put(lane, column)
		next := node
		if lanes := g.lanes[node]; len(lanes) > 0 {
			next = lanes[0]
		}
		g.lead(lane, next)
		g.lanes[node] = slices.Insert(g.lanes[node], 0, lane)
	}
}

// lanesBetween returns the lanes of a node to the right of a column.
func (g *grid) lanesBetween(node, from, own int) []int {
	lanes := g.lanes[node]
	return lanes[len(lanes)-max(own-from-1, 0):]
}

// connect notes the line of an edge, to the first of its lanes where it has any.
func (g *grid) connect(e Edge, from, to int) {
	switch lanes := g.lanesBetween(e.To, from, to); {
	case len(lanes) > 0:
		g.lead(e.From, lanes[0])
	case from == to:
		g.cells[e.From].same = append(g.cells[e.From].same, e.To)
		g.cells[e.To].same = append(g.cells[e.To].same, e.From)
	case from < to:
		g.lead(e.From, e.To)
	default:
		g.lead(e.To, e.From)
	}
}

// lead notes a line between a cell and one to the right of it.
func (g *grid) lead(left, right int) {
	g.cells[left].right = append(g.cells[left].right, right)
	g.cells[right].left = append(g.cells[right].left, left)
}

// settle moves every cell to where its lines pull it, column by column: to and fro, at
// first by the lines of one side only, then by all. The rows with the shortest lines stay.
func (g *grid) settle() {
	best, shortest := g.rows(), g.length()
	for round := range rounds {
		for i := range g.columns {
			column := i
			if round%2 == 1 {
				column = len(g.columns) - 1 - i
			}
			g.arrange(g.columns[column], round)
		}
		if length := g.length(); length < shortest {
			best, shortest = g.rows(), length
		}
	}
	for i := range g.cells {
		g.cells[i].row = best[i]
	}
}

// pulls returns the lines that count in a round.
func (c *cell) pulls(round int) [][]int {
	switch {
	case round >= rounds/2:
		return [][]int{c.left, c.right, c.same}
	case round%2 == 0:
		return [][]int{c.left}
	}
	return [][]int{c.right}
}

func (g *grid) rows() []int {
	rows := make([]int, len(g.cells))
	for i, c := range g.cells {
		rows[i] = c.row
	}
	return rows
}

// length returns how many rows all lines bridge.
func (g *grid) length() int {
	sum := 0
	for _, c := range g.cells {
		for _, other := range slices.Concat(c.right, c.same) {
			sum += max(c.row-g.cells[other].row, g.cells[other].row-c.row)
		}
	}
	return sum
}

// arrange sorts a column by the mean row of what its cells are pulled by, and moves
// every cell as near to that row as the others let it.
func (g *grid) arrange(column []int, round int) {
	wish := make(map[int]float64, len(column))
	for _, i := range column {
		wish[i] = g.mean(i, g.cells[i].pulls(round))
	}
	slices.SortStableFunc(column, func(a, b int) int {
		return cmp.Or(cmp.Compare(wish[a], wish[b]), cmp.Compare(g.cells[a].row, g.cells[b].row))
	})
	wishes, weights := make([]float64, len(column)), make([]float64, len(column))
	for at, i := range column {
		wishes[at], weights[at] = wish[i], 1
		if g.cells[i].lane {
			weights[at] = 4 // a long line had better be straight
		}
	}
	for at, row := range spread(wishes, weights) {
		g.cells[column[at]].row = row
	}
}

// mean returns the mean row of some cells, or the cell's own where there are none.
func (g *grid) mean(i int, lists [][]int) float64 {
	sum, n := 0, 0
	for _, list := range lists {
		for _, other := range list {
			sum += g.cells[other].row
			n++
		}
	}
	if n == 0 {
		return float64(g.cells[i].row)
	}
	return float64(sum) / float64(n)
}

// spread returns rising rows, each another, that are together as near as can be to
// what is wished for, which rises too: cells that are in each other's way become a
// block, which moves to the mean of what its cells wish.
func spread(wishes, weights []float64) []int {
	type block struct {
		sum, weight float64
		cells       int
	}
	mean := func(b block) float64 { return b.sum / b.weight }
	var blocks []block
	for i, wish := range wishes {
		b := block{(wish - float64(i)) * weights[i], weights[i], 1}
		for len(blocks) > 0 && mean(blocks[len(blocks)-1]) >= mean(b) {
			above := blocks[len(blocks)-1]
			b = block{above.sum + b.sum, above.weight + b.weight, above.cells + b.cells}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	rows := make([]int, 0, len(wishes))
	for _, b := range blocks {
		for range b.cells {
			rows = append(rows, int(math.Round(mean(b)))+len(rows))
		}
	}
	return rows
}

// close takes out the rows that nobody uses and returns how many are left.
func (g *grid) close() int {
	used := g.rows()
	slices.Sort(used)
	used = slices.Compact(used)
	for i := range g.cells {
		g.cells[i].row, _ = slices.BinarySearch(used, g.cells[i].row)
	}
	return len(used)
}

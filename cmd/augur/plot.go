package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// plot draws lines with characters. It needs a width of 30 and a height of 4.
type plot struct {
	width, height int
	// log draws powers of ten at equal distances; what is not above zero has no place then.
	log bool
	// colour tells the lines apart by colour and draws eight dots in a
	// character; without it several lines are told apart by their marks.
	colour bool
	// label writes a place on the horizontal axis.
	label func(x float64) string
}

// plotted is one line: a point for each x, in ascending order.
type plotted struct {
	name   string
	xs, ys []float64
}

// The marks and colours of the lines; after the last the first comes again.
var (
	plotMarks   = []rune("•+x*o#@%&=")
	plotColours = []int{36, 33, 35, 32, 34, 31, 96, 93, 95, 92}
)

// gutter is the width of the labels of the vertical axis.
const gutter = 11

// draw writes the plot with its axes, and returns how many points of each line
// have no place in it: NaN, the infinities, and what a logarithm cannot take.
func (p plot) draw(w io.Writer, lines []plotted) (left []int, err error) {
	left = make([]int, len(lines))
	box := extent{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for i, l := range lines {
		for k, x := range l.xs {
			if y := p.place(l.ys[k]); finite(y) {
				box.add(x, y)
			} else {
				left[i]++
			}
		}
	}
	if box.x0 > box.x1 {
		_, err = fmt.Fprintln(w, "  no point can be drawn")
		return left, err
	}
	if box.y0 == box.y1 { // a flat line runs through the middle
		d := max(math.Abs(box.y0)*0.1, 1e-9)
		box.y0, box.y1 = max(box.y0-d, -math.MaxFloat64), min(box.y1+d, math.MaxFloat64)
	}
	c := newCanvas(p.width-gutter-2, p.height)
	for i, l := range lines {
		p.trace(c, i, l, box)
	}
	return left, p.write(w, c, len(lines), box)
}

// place is where a value stands on the vertical axis; NaN for one that has no place.
func (p plot) place(y float64) float64 {
	if p.log {
		return math.Log10(y) // NaN below zero, -Inf at zero
	}
	return y
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// extent is the part of the plane that is drawn.
type extent struct{ x0, x1, y0, y1 float64 }

func (e *extent) add(x, y float64) {
	e.x0, e.x1 = min(e.x0, x), max(e.x1, x)
	e.y0, e.y1 = min(e.y0, y), max(e.y1, y)
}

// trace joins the points of a line; a point without a place interrupts it.
func (p plot) trace(c *canvas, line int, l plotted, box extent) {
	lastX, lastY, joined := 0, 0, false
	for k, x := range l.xs {
		y := p.place(l.ys[k])
		if !finite(y) {
			joined = false
			continue
		}
		px := scale(x, box.x0, box.x1, 2*c.cols-1)
		py := 4*c.rows - 1 - scale(y, box.y0, box.y1, 4*c.rows-1)
		if joined {
			c.segment(line, lastX, lastY, px, py)
		} else {
			c.dot(line, px, py)
		}
		lastX, lastY, joined = px, py, true
	}
}

// scale maps lo…hi onto 0…most. It takes halves, since the difference of two
// doubles may be infinite.
func scale(v, lo, hi float64, most int) int {
	width := hi/2 - lo/2
	if width == 0 {
		return 0
	}
	return int(math.Round((v/2 - lo/2) / width * float64(most)))
}

// write writes the canvas between its axes.
func (p plot) write(w io.Writer, c *canvas, lines int, box extent) error {
	var b strings.Builder
	for row := range c.rows {
		label := ""
		if row%4 == 0 || row == c.rows-1 {
			at := float64(c.rows-1-row) / float64(c.rows-1)
			y := box.y0*(1-at) + box.y1*at
			if p.log {
				y = math.Pow(10, y)
			}
			label = strconv.FormatFloat(y, 'g', 4, 64)
		}
		_, _ = fmt.Fprintf(&b, "%*s ┤", gutter, label) // a Builder never fails
		b.WriteString(strings.TrimRight(c.row(row, p.colour, lines > 1), " "))
		b.WriteByte('\n')
	}
	from, to := p.label(box.x0), p.label(box.x1)
	_, _ = fmt.Fprintf(&b, "%*s └%s\n", gutter, "", strings.Repeat("─", c.cols))
	_, _ = fmt.Fprintf(&b, "%*s  %s%*s\n", gutter, "", from, max(c.cols-len(from), len(to)+1), to)
	_, err := io.WriteString(w, b.String())
	return err
}

// canvas is a grid of characters of two by four dots. The last line to touch a
// character owns it.
type canvas struct {
	cols, rows int
	dots       []byte
	owner      []int
}

func newCanvas(cols, rows int) *canvas {
	return &canvas{cols: cols, rows: rows, dots: make([]byte, cols*rows), owner: make([]int, cols*rows)}
}

// brailleDots are the bits of a braille character, by column and row.
var brailleDots = [2][4]byte{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

func (c *canvas) dot(line, x, y int) {
	at := y/4*c.cols + x/2
	c.dots[at] |= brailleDots[x%2][y%4]
	c.owner[at] = line
}

// segment draws a straight line by Bresenham's algorithm.
func (c *canvas) segment(line, x0, y0, x1, y1 int) {
	dx, dy := abs(x1-x0), -abs(y1-y0)
	sx, sy := sign(x1-x0), sign(y1-y0)
	for e := dx + dy; ; {
		c.dot(line, x0, y0)
		if x0 == x1 && y0 == y1 {
			return
		}
		twice := 2 * e
		if twice >= dy {
			e, x0 = e+dy, x0+sx
		}
		if twice <= dx {
			e, y0 = e+dx, y0+sy
		}
	}
}

func abs(n int) int { return max(n, -n) }

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// row is one row of characters: marks when several lines must be told apart
// without colours, and braille otherwise.
func (c *canvas) row(row int, colour, several bool) string {
	var b strings.Builder
	for col := range c.cols {
		at := row*c.cols + col
		switch {
		case c.dots[at] == 0:
			b.WriteByte(' ')
		case colour:
			b.WriteString(tint(c.owner[at], string(rune(0x2800)+rune(c.dots[at]))))
		case several:
			b.WriteRune(plotMarks[c.owner[at]%len(plotMarks)])
		default:
			b.WriteRune(rune(0x2800) + rune(c.dots[at]))
		}
	}
	return b.String()
}

// tint gives a text the colour of a line.
func tint(line int, text string) string {
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", plotColours[line%len(plotColours)], text)
}

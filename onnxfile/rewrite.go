package onnxfile

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"augur"
)

// Edit says how to change the ends of a graph. The middle stays as it is.
//
// A carried tensor travels as two: its elements in one dimension, named
// FlatName, and its shape as an int64 vector, named ShapeName. So scalars,
// tensors of unknown rank and element types that a runtime API cannot convert
// have the one form that it can. A sequence travels as the elements of all its
// items behind each other, their shapes behind each other, and where those of
// each item begin and end: int64 vectors named ElementsName and DimsName, with
// one number more than there are items. An optional travels as the value that it
// may have, and a vector of one boolean, named HasName, that says whether it has one.
type Edit struct {
	// Inputs are inputs to carry: tensors, sequences of tensors, and optionals
	// of those. A tensor with a default loses it, so it must be given in every run.
	Inputs []Carried
	// Outputs are outputs to carry: tensors; sequences of tensors, as two
	// sequences of vectors, elements and shapes; and optionals of those.
	Outputs []Carried
	// ZipMaps are removed, each leaving its Input as an output.
	ZipMaps []ZipMap
	// Blank adds an unused input named BlankName, float32[1], for an API that
	// cannot run a graph without inputs.
	Blank bool
}

// Carried is one input or output that travels flat.
type Carried struct {
	Name string
	// As is the element type that it travels in: the declared one, or one that
	// the operator Cast can convert it to and from exactly.
	As augur.DType
}

// The names of what an Edit adds.
const BlankName = "augur/blank"

// FlatName is the name under which the elements of a carried value travel.
func FlatName(name string) string { return "augur/flat/" + name }

// ShapeName is the name under which the shape of a carried value travels.
func ShapeName(name string) string { return "augur/shape/" + name }

// ElementsName is the name under which it travels where the elements of each
// item of a carried sequence begin.
func ElementsName(name string) string { return "augur/elements/" + name }

// DimsName is the same of the dimensions of each item.
func DimsName(name string) string { return "augur/dims/" + name }

// HasName is the name under which the presence of a carried optional travels.
func HasName(name string) string { return "augur/has/" + name }

// Rewritten is a changed model: new bytes and ranges of the original file.
type Rewritten struct {
	r      io.ReaderAt
	pieces []piece
}

type piece struct {
	lit  []byte
	from span
}

// Size is the length of the changed model in bytes.
func (w *Rewritten) Size() (n int64) {
	for _, p := range w.pieces {
		n += int64(len(p.lit)) + p.from.len()
	}
	return n
}

// WriteTo writes the changed model, copying from the original as it goes.
func (w *Rewritten) WriteTo(dst io.Writer) (n int64, err error) {
	for _, p := range w.pieces {
		var src io.Reader = bytes.NewReader(p.lit)
		if p.lit == nil {
			src = io.NewSectionReader(w.r, p.from.start, p.from.len())
		}
		k, err := io.Copy(dst, src)
		n += k
		if err != nil {
			return n, augur.Wrap(augur.Internal, err, "the model cannot be rewritten")
		}
	}
	return n, nil
}

// Opset returns the version of the default operator set, 0 when the file names none.
func (f *File) Opset() int64 { return f.Opsets[defaultDomain] }

// addedOpset is imported when a file uses no default operators of its own.
const addedOpset = 17

// Rewrite plans the changed model. The error is Unimplemented when the file's
// operator set is too old for the change, and Internal when e names what the
// file does not have.
func (f *File) Rewrite(e Edit) (*Rewritten, error) {
	g := &grafter{file: f, opset: f.Opset(), matrices: map[string]bool{}}
	if g.opset == 0 {
		g.opset = addedOpset
	}
	for _, c := range e.Inputs {
		if err := g.input(c); err != nil {
			return nil, err
		}
	}
	for _, c := range e.Outputs {
		if err := g.output(c); err != nil {
			return nil, err
		}
	}
	for _, z := range e.ZipMaps {
		if err := g.zipMap(z); err != nil {
			return nil, err
		}
	}
	if e.Blank {
		g.addField(&g.ends, graphInput, valueInfo(BlankName, vectorType(augur.Float32)))
	}
	if len(e.Inputs)+len(e.Outputs) > 0 {
		all := tensorProto(augur.Int64, []int64{1}, littleInt64(-1))
		g.addField(&g.before, graphNode, nodeProto("Constant", nil, []string{allName}, valueAttr(all)))
	}
	return g.assemble()
}

// grafter collects what changes.
type grafter struct {
	file  *File
	opset int64
	// before are nodes ahead of the file's own, after those behind them, and
	// ends new inputs, outputs and types; all as fields of the graph.
	before, after, ends []byte
	// dropped are the ranges of the file left out.
	dropped []span
	// matrices are the inputs of ZipMaps that became outputs.
	matrices map[string]bool
}

func (g *grafter) addField(to *[]byte, num protowire.Number, body []byte) {
	*to = protowire.AppendTag(*to, num, protowire.BytesType)
	*to = protowire.AppendBytes(*to, body)
}

func (g *grafter) drop(s span) { g.dropped = append(g.dropped, s) }

// need refuses a file whose default operator set is older than v.
func (g *grafter) need(v int64, what string) error {
	if g.opset < v {
		return augur.Errorf(augur.Unimplemented, "%s: operator set %d of the file is too old for it to be carried (at least %d)", what, g.opset, v)
	}
	return nil
}

func (g *grafter) input(c Carried) error {
	i := index(g.file.graph.inputs, c.Name)
	if i < 0 {
		return augur.Errorf(augur.Internal, "no input %q to carry", c.Name)
	}
	in := g.file.graph.inputs[i]
	t, built := in.spec.Type, c.Name
	if t.Kind == augur.KindOptional && t.Elem != nil {
		if err := g.need(OptionalOpset, "input "+c.Name); err != nil {
			return err
		}
		t, built = *t.Elem, FlatName(c.Name)+"/some"
	}
	var nodes [][]byte
	var err error
	switch {
	case t.Kind == augur.KindTensor:
		nodes, err = g.tensor(c, t, built)
	case sequenceOfTensors(t):
		nodes, err = g.sequence(c, t, built)
	default:
		err = augur.Errorf(augur.Internal, "input %q of type %s cannot be carried", c.Name, in.spec.Type)
	}
	if err != nil {
		return err
	}
	g.drop(in.whole)
	if in.spec.Optional {
		g.drop(in.initialWhole)
	}
	if built != c.Name {
		nodes = append(nodes, g.optional(c.Name, t, built))
	}
	for _, n := range nodes {
		g.addField(&g.before, graphNode, n)
	}
	return nil
}

// tensor makes the nodes that build a tensor of type t, named built.
func (g *grafter) tensor(c Carried, t augur.Type, built string) ([][]byte, error) {
	if err := g.need(5, "input "+c.Name); err != nil {
		return nil, err
	}
	g.addField(&g.ends, graphInput, valueInfo(FlatName(c.Name), vectorType(c.As)))
	g.addField(&g.ends, graphInput, valueInfo(ShapeName(c.Name), vectorType(augur.Int64)))
	g.addField(&g.ends, graphValueInfo, valueInfo(built, tensorType(t.DType)))
	var attrs [][]byte
	if g.opset >= 14 { // before, a 0 means "as in the input": see AllowsZero
		attrs = append(attrs, attrInt("allowzero", 1))
	}
	// The Cast comes last, since Reshape does not know every type that Cast knows.
	shaped, last := built, [][]byte{}
	if c.As != t.DType {
		shaped = FlatName(c.Name) + "/shaped"
		last = append(last, nodeProto("Cast", []string{shaped}, []string{built}, attrInt("to", int64(Number(t.DType)))))
	}
	reshape := nodeProto("Reshape", []string{FlatName(c.Name), ShapeName(c.Name)}, []string{shaped}, attrs...)
	return append([][]byte{reshape}, last...), nil
}

// AllowsZero says whether a carried input's shape may have zeros in it. Where
// not, a zero must be sent as -1, and there may be one at most.
func (f *File) AllowsZero() bool { return f.Opset() == 0 || f.Opset() >= 14 }

func (g *grafter) output(c Carried) error {
	i := index(g.file.graph.outputs, c.Name)
	if i < 0 {
		return augur.Errorf(augur.Internal, "no output %q to carry", c.Name)
	}
	out := g.file.graph.outputs[i]
	g.drop(out.whole)
	t := out.spec.Type
	flat, shape := FlatName(c.Name), ShapeName(c.Name)
	switch {
	case t.Kind == augur.KindTensor:
		if err := g.need(5, "output "+c.Name); err != nil {
			return err
		}
		// The shape that the file declares is left out: it may be a lie, and
		// the optimizer would put it in place of the true one.
		g.addField(&g.ends, graphValueInfo, valueInfo(c.Name, tensorType(t.DType)))
		for _, n := range flatten(c.Name, flat, shape, t.DType, c.As) {
			g.addField(&g.after, graphNode, n)
		}
		g.addField(&g.ends, graphOutput, valueInfo(flat, vectorType(c.As)))
		g.addField(&g.ends, graphOutput, valueInfo(shape, vectorType(augur.Int64)))
	case sequenceOfTensors(t):
		if err := g.need(sequenceLoop, "output "+c.Name); err != nil {
			return err
		}
		g.addField(&g.ends, graphValueInfo, valueInfo(c.Name, sequenceType(t.Elem.DType)))
		for _, n := range flattenSequence(c.Name, c.Name, flat, shape, t.Elem.DType, c.As) {
			g.addField(&g.after, graphNode, n)
		}
		g.addField(&g.ends, graphOutput, valueInfo(flat, sequenceType(c.As)))
		g.addField(&g.ends, graphOutput, valueInfo(shape, sequenceType(augur.Int64)))
	case t.Kind == augur.KindOptional && t.Elem != nil && (t.Elem.Kind == augur.KindTensor || sequenceOfTensors(*t.Elem)):
		if err := g.need(OptionalOpset, "output "+c.Name); err != nil {
			return err
		}
		g.optionalOutput(c, *t.Elem)
	default:
		return augur.Errorf(augur.Internal, "output %q of type %s cannot be carried", c.Name, t)
	}
	return nil
}

func (g *grafter) zipMap(z ZipMap) error {
	for i, known := range g.file.ZipMaps {
		if known.Output != z.Output {
			continue
		}
		g.drop(g.file.graph.zipmaps[i])
		g.drop(g.file.graph.outputs[index(g.file.graph.outputs, z.Output)].whole)
		// The matrix may be an output already, on its own account or for
		// another ZipMap.
		if index(g.file.graph.outputs, z.Input) < 0 && !g.matrices[z.Input] {
			g.matrices[z.Input] = true
			g.addField(&g.ends, graphOutput, valueInfo(z.Input, tensorType(augur.Float32)))
		}
		return nil
	}
	return augur.Errorf(augur.Internal, "output %q is no ZipMap that can be removed", z.Output)
}

// assemble puts the pieces in order, with the new length of the graph.
func (g *grafter) assemble() (*Rewritten, error) {
	f := g.file
	body := &Rewritten{r: f.r}
	body.literal(g.before)
	at := f.graph.body.start
	slices.SortFunc(g.dropped, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	for _, d := range g.dropped {
		body.copied(span{at, d.start})
		at = d.end
	}
	body.copied(span{at, f.graph.body.end})
	body.literal(g.after)
	body.literal(g.ends)
	size := body.Size()

	w := &Rewritten{r: f.r}
	w.copied(span{0, f.graph.tag})
	w.literal(protowire.AppendVarint(protowire.AppendTag(nil, 7, protowire.BytesType), uint64(size)))
	w.pieces = append(w.pieces, body.pieces...)
	w.copied(span{f.graph.body.end, f.size})
	if f.Opset() == 0 {
		version := protowire.AppendVarint(protowire.AppendTag(nil, 2, protowire.VarintType), addedOpset)
		w.literal(protowire.AppendBytes(protowire.AppendTag(nil, 8, protowire.BytesType), version))
	}
	if w.Size() > math.MaxInt32 {
		return nil, refuse("%d bytes; the runtime reads at most %d of one file", f.size, math.MaxInt32)
	}
	return w, nil
}

func (w *Rewritten) literal(b []byte) {
	if len(b) > 0 {
		w.pieces = append(w.pieces, piece{lit: b})
	}
}

func (w *Rewritten) copied(s span) {
	if s.len() > 0 {
		w.pieces = append(w.pieces, piece{from: s})
	}
}

func index(ends []end, name string) int {
	for i := range ends {
		if ends[i].spec.Name == name {
			return i
		}
	}
	return -1
}

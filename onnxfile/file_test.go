package onnxfile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"augur"
	"augur/internal/cases"
	"augur/onnxfile"
)

func read(b []byte) (*onnxfile.File, error) {
	return onnxfile.Read(bytes.NewReader(b), int64(len(b)))
}

func mustRead(t *testing.T, m cases.Model) *onnxfile.File {
	t.Helper()
	f, err := read(m.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSignature reads every type of the zoo back as it was written.
func TestSignature(t *testing.T) {
	for _, z := range cases.Zoo() {
		f, err := read(z.Model.Bytes())
		if err != nil {
			t.Errorf("%s: %v", z.Name, err)
			continue
		}
		if !reflect.DeepEqual(f.Signature.Outputs, z.Model.Graph.Outputs) {
			t.Errorf("%s: outputs %+v, want %+v", z.Name, f.Signature.Outputs, z.Model.Graph.Outputs)
		}
		var want []augur.Spec
		for _, in := range z.Model.Graph.Inputs {
			in.Optional = slices.ContainsFunc(z.Model.Graph.Initial, func(i cases.Initial) bool { return i.Name == in.Name })
			if !in.Optional || z.Model.IR == 0 || z.Model.IR >= 4 {
				want = append(want, in)
			}
		}
		if len(want)+len(f.Signature.Inputs) > 0 && !reflect.DeepEqual(f.Signature.Inputs, want) {
			t.Errorf("%s: inputs %+v, want %+v", z.Name, f.Signature.Inputs, want)
		}
	}
}

func TestRank(t *testing.T) {
	f := mustRead(t, cases.Model{Graph: cases.Graph{
		Nodes: []cases.Node{{Op: "Identity", In: []string{"x"}, Out: []string{"y"}}},
		Inputs: []augur.Spec{
			cases.Port("any", cases.AnyRank(augur.Float16)),
			cases.Port("scalar", cases.Tensor(augur.Int64)),
			cases.Port("matrix", cases.Tensor(augur.String, "batch", 4, "?")),
			cases.Port("minus", cases.Tensor(augur.Float32, -5)),
		},
		Outputs: []augur.Spec{cases.Port("y", cases.Sequence(cases.Map(augur.Int64)))},
	}})
	var got []string
	for _, s := range append(f.Signature.Inputs, f.Signature.Outputs...) {
		got = append(got, s.Type.String())
	}
	want := []string{"float16[*]", "int64[]", "string[batch,4,?]", "float32[?]", "seq(map(int64,float32[]))"}
	if !slices.Equal(got, want) {
		t.Errorf("types %q, want %q", got, want)
	}
	if f.Signature.Inputs[0].Type.Shape != nil || f.Signature.Inputs[1].Type.Shape == nil {
		t.Error("an unknown rank must be a nil shape, a scalar an empty one")
	}
}

func TestFacts(t *testing.T) {
	m := cases.Random()
	m.ML = 3
	m.Metadata = [][2]string{{"author", "grün"}, {"", "keyless"}}
	f := mustRead(t, m)
	if f.Producer != "augur-test" || f.IRVersion != 10 || f.Opsets["ai.onnx"] != 21 || f.Opsets["ai.onnx.ml"] != 3 ||
		f.Metadata["author"] != "grün" || len(f.Metadata) != 2 || f.Deterministic() {
		t.Errorf("%+v", f)
	}
	if got := f.Operators; len(got) != 2 || got[0].String() != "Add" || got[1].String() != "RandomNormalLike" {
		t.Errorf("operators %v", got)
	}
	if w := f.Report().Warnings; len(w) != 1 || !strings.Contains(w[0], "random") {
		t.Errorf("warnings %q", w)
	}
}

func TestDeterministic(t *testing.T) {
	node := func(n cases.Node) cases.Model {
		m := cases.SumAndProduct()
		m.Graph.Nodes = append(m.Graph.Nodes, n)
		return m
	}
	random := cases.Graph{Nodes: []cases.Node{{Op: "RandomUniform", Out: []string{"r"}}}}
	for name, c := range map[string]struct {
		m    cases.Model
		want bool
	}{
		"plain":             {cases.SumAndProduct(), true},
		"random":            {cases.Random(), false},
		"in a subgraph":     {node(cases.Node{Op: "If", In: []string{"c"}, Out: []string{"o"}, Attrs: []cases.Attr{cases.Sub("then_branch", random)}}), false},
		"of another domain": {node(cases.Node{Op: "RandomNormal", Domain: "com.example", Out: []string{"o"}}), true},
		"dropout":           {node(cases.Node{Op: "Dropout", In: []string{"a", "ratio"}, Out: []string{"o"}}), true},
		"dropout, training": {node(cases.Node{Op: "Dropout", In: []string{"a", "ratio", "training"}, Out: []string{"o"}}), false},
		"dropout, no input": {node(cases.Node{Op: "Dropout", In: []string{"a", "ratio", ""}, Out: []string{"o"}}), true},
	} {
		if got := mustRead(t, c.m).Deterministic(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestTruncated cuts a model at every byte: no cut may panic or pass.
func TestTruncated(t *testing.T) {
	m := cases.Lookup()
	m.Metadata = [][2]string{{"k", "v"}}
	b := m.Bytes()
	whole, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		f, err := read(b[:n])
		if err == nil {
			// Only a cut between the parts behind the operator sets goes unseen.
			if !reflect.DeepEqual(f.Signature, whole.Signature) {
				t.Errorf("cut at %d of %d: %+v", n, len(b), f.Signature)
			}
			continue
		}
		if augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

func TestCheckExternal(t *testing.T) {
	dir := t.TempDir()
	model := filepath.Join(dir, "model")
	for _, err := range []error{
		os.Mkdir(model, 0o700),
		os.WriteFile(filepath.Join(dir, "secret"), []byte("s"), 0o600),
		os.WriteFile(filepath.Join(model, "weights.bin"), []byte("w"), 0o600),
		os.Symlink("../secret", filepath.Join(model, "link")),
		os.Symlink("weights.bin", filepath.Join(model, "inside")),
		os.Symlink("..", filepath.Join(model, "up")),
		os.Mkdir(filepath.Join(model, "folder"), 0o700),
		os.MkdirAll(filepath.Join(model, "*", "_ORT_MEM_ADDR_"), 0o700),
		os.WriteFile(filepath.Join(model, "*", "_ORT_MEM_ADDR_", "*"), []byte("w"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for location, ok := range map[string]bool{
		"weights.bin": true, "./weights.bin": true, "inside": true, "folder/../weights.bin": true,
		"../secret": false, "/etc/passwd": false, "link": false, "up/secret": false, "folder": false,
		"missing": false, `..\secret`: false, "C:/x": false, "*/_ORT_MEM_ADDR_/*": false,
	} {
		m := cases.SumAndProduct()
		m.Graph.Initial = []cases.Initial{{Name: "w", Tensor: cases.Sample(augur.Float32, 1), External: location}}
		f := mustRead(t, m)
		if err := f.CheckExternal(model); (err == nil) != ok || err != nil && augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("%q: %v", location, err)
		}
		if err := f.CheckSingle(); augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("%q is not single: %v", location, err)
		}
	}
	if err := mustRead(t, cases.SumAndProduct()).CheckSingle(); err != nil {
		t.Error(err)
	}
}

func TestDefault(t *testing.T) {
	for _, d := range augur.DTypes() {
		want := cases.Sample(d, 3)
		m := cases.SumAndProduct()
		m.Graph.Inputs = append(m.Graph.Inputs, cases.Port("w", cases.AnyRank(d)))
		m.Graph.Initial = []cases.Initial{{Name: "w", Tensor: want}}
		f := mustRead(t, m)
		got, err := f.Default("w", 1<<20)
		if err != nil || got == nil {
			t.Errorf("%s: %v, %v", d, got, err)
			continue
		}
		if err := cases.CompareTensors(got, want, cases.Tolerance{}); err != nil {
			t.Errorf("%s: %v", d, err)
		}
		if small, err := f.Default("w", 1); small != nil || err != nil {
			t.Errorf("%s: %v, %v", d, small, err)
		}
	}
}

// gap is a file of any size that is zero but for its head: reading it must not
// touch the middle.
type gap struct {
	head, tail []byte
	size       int64
	read       int
}

func (g *gap) ReadAt(p []byte, off int64) (int, error) {
	g.read += len(p)
	for i := range p {
		switch at := off + int64(i); {
		case at < int64(len(g.head)):
			p[i] = g.head[at]
		case at >= g.size-int64(len(g.tail)) && at < g.size:
			p[i] = g.tail[at-g.size+int64(len(g.tail))]
		case at >= g.size:
			return i, errors.New("past the end")
		default:
			p[i] = 0
		}
	}
	return len(p), nil
}

// TestHuge reads a model with an initializer of 6 GiB.
func TestHuge(t *testing.T) {
	const weights = 6 << 30
	varint := func(v uint64) (b []byte) {
		for ; v >= 0x80; v >>= 7 {
			b = append(b, byte(v)|0x80)
		}
		return append(b, byte(v))
	}
	m := cases.SumAndProduct().Bytes()
	// The fields of the graph of a good model, with an initializer ahead:
	// ir_version and producer_name take 14 bytes, then graph: tag, length, body.
	at := bytes.Index(m, []byte{0x3a})
	length, n := uint64(0), 0
	for shift := 0; ; shift += 7 {
		n++
		length |= uint64(m[at+n]&0x7f) << shift
		if m[at+n] < 0x80 {
			break
		}
	}
	tail := m[at+1+n:]
	tensor := append([]byte{0x10, 1, 0x42, 1, 'w', 0x4a}, varint(weights)...)
	initial := append([]byte{0x2a}, varint(uint64(len(tensor))+weights)...)
	initial = append(initial, tensor...)
	head := append(slices.Clone(m[:at+1]), varint(length+uint64(len(initial))+weights)...)
	head = append(head, initial...)
	g := &gap{head: head, tail: tail, size: int64(len(head)) + weights + int64(len(tail))}
	f, err := onnxfile.Read(g, g.size)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Signature.Outputs) != 2 || g.read > 64<<10 {
		t.Errorf("%d outputs, %d bytes read", len(f.Signature.Outputs), g.read)
	}
	if _, err := f.Rewrite(onnxfile.Edit{Blank: true}); augur.CodeOf(err) != augur.FailedPrecondition {
		t.Errorf("a rewrite of more than 2 GiB: %v", err)
	}
}

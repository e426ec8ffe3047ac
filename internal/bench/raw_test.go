package bench_test

import (
	"encoding/json"
	"testing"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/inference/onnx"
)

// raw is a session of ONNX Runtime through the binding, with the settings that
// are fastest with several runs at one time: one thread each, which does not spin.
type raw struct {
	session *ort.DynamicAdvancedSession
	names   []string // of the columns
}

func rawOpen(t testing.TB, path string, names ...string) *raw {
	t.Helper()
	runtime, err := onnx.New(onnx.Config{}) // holds the environment
	if err != nil {
		t.Fatal(err)
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = options.Destroy() }()
	for _, err := range []error{
		options.SetIntraOpNumThreads(1), options.SetInterOpNumThreads(1),
		options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	session, err := ort.NewDynamicAdvancedSession(path, []string{"x"}, []string{"y"}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Destroy()
		_ = runtime.Close()
	})
	return &raw{session, names}
}

// rowCaller is the least that answers rows of JSON objects with JSON objects:
// the codec of package augur around one run with tensors made for it.
func (r *raw) rowCaller(template string, callers, rows int) func(i int) func() error {
	return func(i int) func() error {
		texts := newTexts(template, i, callers, rows)
		var s augur.Scanner
		return func() error {
			values, err := r.answer(&s, texts.next())
			if err != nil {
				return err
			}
			return answered(values, rows)
		}
	}
}

func (r *raw) answer(s *augur.Scanner, rows []json.RawMessage) ([]json.RawMessage, error) {
	x, err := augur.NewTensor(augur.Float32, int64(len(rows)), int64(len(r.names)))
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		s.Reset(row)
		k := 0
		for more := s.OpenObject(); more; more = s.NextMember() {
			if string(s.Key()) != r.names[k] {
				return nil, augur.Errorf(augur.InvalidArgument, "expected %s", r.names[k])
			}
			if err := x.ScanElement(s, i*len(r.names)+k); err != nil {
				return nil, err
			}
			k++
		}
		if err := s.End(); err != nil {
			return nil, err
		}
	}
	in, err := ort.NewTensor(ort.NewShape(x.Shape...), augur.View[float32](x))
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Destroy() }()
	out := []ort.Value{nil}
	if err := r.session.Run([]ort.Value{in}, out); err != nil {
		return nil, err
	}
	defer func() { _ = out[0].Destroy() }()
	y := augur.TensorOf(augur.Float32, out[0].(*ort.Tensor[float32]).GetData(), int64(len(rows)), 1)
	values := make([]json.RawMessage, len(rows))
	text := make([]byte, 0, 24*len(rows))
	for i := range values {
		start := len(text)
		text = append(augur.AppendQuoted(append(text, '{'), "y"), ':')
		text = append(y.AppendElement(text, i), '}')
		values[i] = text[start:len(text):len(text)]
	}
	return values, nil
}

// tensorCaller runs inputs that were made once, as many rows in turn as there
// are callers of Predict, with an output that is made once.
func (r *raw) tensorCaller(t testing.TB, width int64, shape ...int64) func(i int) func() error {
	return func(i int) func() error {
		values := func(rest ...int64) *ort.Tensor[float32] {
			v, err := ort.NewEmptyTensor[float32](ort.NewShape(append([]int64{shape[0]}, rest...)...))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = v.Destroy() })
			return v
		}
		var in []*ort.Tensor[float32]
		for len(in) == 0 || int64(len(in))*shape[0] < callers {
			in = append(in, values(shape[1:]...))
		}
		out := values(width)
		n := i
		return func() error {
			n++
			mark(in[n%len(in)].GetData(), n)
			return r.session.Run([]ort.Value{in[n%len(in)]}, []ort.Value{out})
		}
	}
}

package inference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"augur"
)

// anyInput draws a signature with features of every form, and n rows of input
// for it as exact tensors.
func anyInput(t *rapid.T) (*augur.Signature, []augur.NamedTensor, int) {
	n := rapid.IntRange(1, 5).Draw(t, "rows")
	dtypes := rapid.SampledFrom([]augur.DType{
		augur.Float32, augur.Float64, augur.Float16, augur.BFloat16, augur.Int8, augur.Int16, augur.Int32, augur.Int64,
		augur.Uint8, augur.Uint16, augur.Uint32, augur.Uint64, augur.Bool, augur.String, augur.Complex64,
	})
	sig := &augur.Signature{Outputs: []augur.Spec{spec("y", augur.Float32, "batch")}}
	var tensors []augur.NamedTensor
	for i := range rapid.IntRange(1, 4).Draw(t, "inputs") {
		name := fmt.Sprintf("in%d", i)
		dtype := dtypes.Draw(t, "dtype")
		shape := []int64{int64(n)}
		whole := augur.Feature{Name: "f" + name, Input: name, Column: augur.Whole, DType: dtype}
		switch rapid.IntRange(0, 4).Draw(t, "form") {
		case 0: // [batch]
			sig.Inputs = append(sig.Inputs, spec(name, dtype, "batch"))
			sig.Features = append(sig.Features, whole)
		case 1: // [batch, 1]
			sig.Inputs = append(sig.Inputs, spec(name, dtype, "batch", 1))
			sig.Features = append(sig.Features, whole)
			shape = append(shape, 1)
		case 2: // columns, in any order
			sig.Inputs = append(sig.Inputs, spec(name, dtype, "batch", 3))
			for _, k := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "columns") {
				sig.Features = append(sig.Features, augur.Feature{Name: fmt.Sprintf("%s.%d", name, k), Input: name, Column: k, DType: dtype})
			}
			shape = append(shape, 3)
		case 3: // lists of lists
			sig.Inputs = append(sig.Inputs, spec(name, dtype, "batch", 2, 2))
			whole.Shape = []augur.Dim{{Size: 2}, {Size: 2}}
			sig.Features = append(sig.Features, whole)
			shape = append(shape, 2, 2)
		default: // lists of free length
			sig.Inputs = append(sig.Inputs, spec(name, dtype, "batch", "len"+name))
			whole.Shape = []augur.Dim{{Size: -1}}
			sig.Features = append(sig.Features, whole)
			shape = append(shape, rapid.Int64Range(0, 3).Draw(t, "len"))
		}
		x, err := augur.NewTensor(dtype, shape...)
		if err != nil {
			t.Fatal(err)
		}
		copy(x.Data, rapid.SliceOfN(rapid.Byte(), len(x.Data), len(x.Data)).Draw(t, "bytes"))
		if dtype == augur.Bool {
			for i := range x.Data {
				x.Data[i] &= 1
			}
		}
		for i := range x.Strings {
			x.Strings[i] = strings.ToValidUTF8(rapid.String().Draw(t, "s"), "")
		}
		tensors = append(tensors, named(name, x))
	}
	return sig, tensors, n
}

// cell writes the value of a feature in row r.
func cell(sig *augur.Signature, tensors []augur.NamedTensor, f *augur.Feature, r int) string {
	i := slices.IndexFunc(tensors, func(nt augur.NamedTensor) bool { return nt.Name == f.Input })
	row := tensors[i].Tensor.Rows(int64(r), int64(r)+1)
	switch {
	case f.Column != augur.Whole:
		return string(row.AppendElement(nil, f.Column))
	case len(f.Shape) > 0:
		return string(augur.AppendJSON(nil, row))
	default:
		return string(row.AppendElement(nil, 0))
	}
}

// Rows, columns and tensors of the same input are the same tensors.
func TestFormsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sig, tensors, n := anyInput(t)
		c, err := newCodec(sig)
		if err != nil {
			t.Fatal(err)
		}
		features := rapid.Permutation(sig.Features).Draw(t, "order")
		byRow := &augur.Request{Data: augur.Data{Rows: make([]json.RawMessage, n)}}
		columns := make([]string, len(features))
		for r := range n {
			cells := make([]string, len(features))
			for i := range features {
				value := cell(sig, tensors, &features[i], r)
				cells[i] = fmt.Sprintf("%q:%s", features[i].Name, value)
				columns[i] += "," + value
			}
			byRow.Data.Rows[r] = json.RawMessage("{" + strings.Join(cells, ",") + "}")
		}
		for i := range columns {
			columns[i] = fmt.Sprintf("%q:[%s]", features[i].Name, columns[i][1:])
		}
		byColumn := &augur.Request{Data: augur.Data{Columns: json.RawMessage("{" + strings.Join(columns, ",") + "}")}}
		exact := &augur.Request{Data: augur.Data{Tensors: rapid.Permutation(tensors).Draw(t, "tensors")}}

		want, err := c.read(exact, upTo(n))
		if err != nil {
			t.Fatal(err)
		}
		for _, req := range []*augur.Request{byRow, byColumn} {
			got, err := c.read(req, upTo(n))
			if err != nil || len(got.errs) > 0 {
				t.Fatal(err, got.errs)
			}
			if show(got.tensors) != show(want.tensors) || got.rows != want.rows || !slices.Equal(got.index, want.index) {
				t.Fatalf("%s%s:\ngot  %s\nwant %s", req.Data.Rows, req.Data.Columns, show(got.tensors), show(want.tensors))
			}
			if keyOf("d", got.tensors, nil) != keyOf("d", want.tensors, nil) && !bytes.Contains([]byte(show(got.tensors)), []byte("NaN")) {
				t.Fatal("another key") // of the many NaNs JSON knows one
			}
		}
	})
}

// fuzzed are the codecs that the fuzz targets read with.
func fuzzed(t testing.TB) []*codec {
	return []*codec{codecOf(t, road()), codecOf(t, iris()), codecOf(t, every())}
}

// sound checks what must hold of whatever read gives back.
func sound(t *testing.T, c *codec, in encoded, err error, n int) {
	t.Helper()
	if err != nil {
		for _, line := range errorLines(err) {
			if !strings.HasPrefix(line, "data.") {
				t.Fatalf("an error without its place: %s", line)
			}
		}
		if augur.CodeOf(err) != augur.InvalidArgument {
			t.Fatal(err)
		}
		return
	}
	bad := map[string]bool{}
	for _, e := range in.errs {
		row := e.Field[2]
		if e.Field[1] == "columns" {
			row = e.Field[3]
		}
		bad[row] = true
	}
	if in.rows != n || len(in.index)+len(bad) != n {
		t.Fatalf("%d rows of %d, %d wrong", len(in.index), n, len(bad))
	}
	for _, r := range in.index {
		if bad[fmt.Sprint(r)] {
			t.Fatalf("row %d is right and wrong", r)
		}
	}
	// What was read is what exact tensors may be: types, shapes, ranges.
	again, err := c.check(in.tensors, upTo(n))
	if err != nil {
		t.Fatalf("%s: %v", show(in.tensors), err)
	}
	if again.rows != len(in.index) {
		t.Fatalf("%d rows, want %d", again.rows, len(in.index))
	}
}

func FuzzRows(f *testing.F) {
	f.Add(0, []byte(roadRow+"\n"+`{"curvature":7.5}`))
	f.Add(1, []byte(`{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":"NaN"}`))
	f.Add(2, []byte(`{"n":7,"pixels":[[0,0.1],[0.2,1]],"words":["a","é"],"mask":[1,2],"a":1,"b":2,"extra":5}`+"\n"+`{"n":7,"words":["a","b"],"mask":"AAAAAAAAAAAAAAAAAAAAAA==","b":2}`))
	f.Fuzz(func(t *testing.T, which int, text []byte) {
		codecs := fuzzed(t)
		c := codecs[uint(which)%uint(len(codecs))]
		req := &augur.Request{Data: augur.Data{Rows: []json.RawMessage{}}}
		for line := range bytes.SplitSeq(text, []byte("\n")) {
			req.Data.Rows = append(req.Data.Rows, line)
		}
		n := len(req.Data.Rows)
		in, err := c.read(req, upTo(n))
		sound(t, c, in, err, n)
		if err == nil && len(in.errs) == 0 { // the same as columns
			columns := map[string][]json.RawMessage{}
			for r, row := range req.Data.Rows {
				var cells map[string]json.RawMessage
				if err := json.Unmarshal(row, &cells); err != nil {
					t.Fatal(err)
				}
				for name, value := range cells {
					for len(columns[name]) < r {
						columns[name] = append(columns[name], json.RawMessage("null"))
					}
					columns[name] = append(columns[name], value)
				}
			}
			for name := range columns {
				for len(columns[name]) < n {
					columns[name] = append(columns[name], json.RawMessage("null"))
				}
			}
			all, err := json.Marshal(columns)
			if err != nil || len(columns) == 0 {
				return
			}
			got, err := c.read(&augur.Request{Data: augur.Data{Columns: all}}, upTo(n))
			if err != nil || show(got.tensors) != show(in.tensors) {
				t.Fatalf("%v: %s gives %s, as rows %s", err, all, show(got.tensors), show(in.tensors))
			}
		}
	})
}

func FuzzColumns(f *testing.F) {
	f.Add(0, []byte(`{"curvature":[0.1,7],"lighting":["dim","day"],"speed_limit":[60,60],"num_lanes":[1,2],"weather":["a","b"],"road_type":["a","b"],"num_reported_accidents":[0,1]}`))
	f.Add(1, []byte(`{"sepal_length":[1],"sepal_width":[2],"petal_length":[3],"petal_width":["NaN"]}`))
	f.Add(2, []byte(`{"n":[7,8],"words":[["a"],["b"]],"mask":[[1],null],"b":[1,2],"a":[null,5]}`))
	f.Fuzz(func(t *testing.T, which int, text []byte) {
		codecs := fuzzed(t)
		c := codecs[uint(which)%uint(len(codecs))]
		in, err := c.read(&augur.Request{Data: augur.Data{Columns: text}}, upTo(1000))
		sound(t, c, in, err, in.rows)
	})
}

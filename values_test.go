package augur_test

import (
	"strings"
	"testing"

	"augur"
)

func dims(sizes ...int64) []augur.Dim {
	out := make([]augur.Dim, len(sizes))
	for i, n := range sizes {
		out[i].Size = n
	}
	return out
}

func floats(shape []int64, f ...float32) augur.Value {
	return augur.TensorValue(augur.TensorOf(augur.Float32, f, shape...))
}

func ints(shape []int64, n ...int64) augur.Value {
	return augur.TensorValue(augur.TensorOf(augur.Int64, n, shape...))
}

func probabilities(items ...[]float32) augur.Value {
	v := augur.Value{Kind: augur.KindSequence}
	for _, f := range items {
		keys := make([]int64, len(f))
		for i := range keys {
			keys[i] = int64(i)
		}
		v.Items = append(v.Items, augur.Value{
			Kind: augur.KindMap,
			Keys: ints([]int64{int64(len(f))}, keys...).Tensor, Values: floats([]int64{int64(len(f))}, f...).Tensor,
		})
	}
	return v
}

func TestValues(t *testing.T) {
	batch := augur.Spec{Name: "in", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32, Shape: dims(-1, 4)}}
	out := func(name string, classes []string, shape ...int64) augur.Spec {
		return augur.Spec{Name: name, Classes: classes, Type: augur.Type{Kind: augur.KindTensor, Shape: dims(shape...)}}
	}
	for _, c := range []struct {
		name    string
		inputs  []augur.Spec
		specs   []augur.Spec
		rows    int
		index   []int
		outputs []augur.Output
		want    string
	}{
		{
			"a scalar for [batch] and [batch, 1], null for a failed row", []augur.Spec{batch},
			[]augur.Spec{out("risk", nil, -1, 1), out("band", nil, -1)}, 3, []int{0, 2},
			[]augur.Output{
				{Name: "risk", Value: floats([]int64{2, 1}, 0.25, 0.5)},
				{Name: "band", Value: augur.TensorValue(augur.StringTensor([]string{"low", "high"}, 2))},
			},
			`{"risk":0.25,"band":"low"} null {"risk":0.5,"band":"high"}`,
		},
		{
			"classes name the columns of probabilities", []augur.Spec{batch},
			[]augur.Spec{out("label", []string{"a", "b"}, -1), out("p", []string{"a", "b"}, -1, 2), out("logits", nil, -1, 2), out("p3", []string{"a"}, -1, 2)}, 1, []int{0},
			[]augur.Output{
				{Name: "label", Value: ints([]int64{1}, 1<<53+1)}, {Name: "p", Value: floats([]int64{1, 2}, 0.25, 0.75)},
				{Name: "logits", Value: floats([]int64{1, 2}, -1, 1)}, {Name: "p3", Value: floats([]int64{1, 2}, -1, 1)},
			},
			`{"label":9007199254740993,"p":{"a":0.25,"b":0.75},"logits":[-1,1],"p3":[-1,1]}`,
		},
		{
			"a sequence of maps", []augur.Spec{batch},
			[]augur.Spec{{Name: "p", Classes: []string{"setosa", "virginica"}}}, 2, []int{0, 1},
			[]augur.Output{{Name: "p", Value: probabilities([]float32{1, 0}, []float32{0.5, 0.25, 0.25})}},
			`{"p":{"setosa":1,"virginica":0}} {"p":{"setosa":0.5,"virginica":0.25,"2":0.25}}`,
		},
		{
			"deeper values nest", []augur.Spec{batch},
			[]augur.Spec{out("box", nil, -1, 2, 2)}, 2, []int{0, 1},
			[]augur.Output{{Name: "box", Value: ints([]int64{2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8)}},
			`{"box":[[1,2],[3,4]]} {"box":[[5,6],[7,8]]}`,
		},
		{
			"what does not follow the batch is whole for one row", []augur.Spec{batch},
			[]augur.Spec{out("boxes", nil, -1, 2), out("n", nil)}, 1, []int{0},
			[]augur.Output{{Name: "boxes", Value: floats([]int64{2, 2}, 1, 2, 3, 4)}, {Name: "n", Value: ints(nil, 7)}, {Name: "none"}},
			`{"boxes":[[1,2],[3,4]],"n":7,"none":null}`,
		},
		{
			"and left out for more", []augur.Spec{batch},
			[]augur.Spec{out("boxes", nil, -1, 2), out("n", nil), out("fixed", nil, 2), out("risk", nil, -1)}, 2, []int{0, 1},
			[]augur.Output{
				{Name: "boxes", Value: floats([]int64{3, 1}, 1, 2, 3)}, {Name: "n", Value: ints(nil, 7)},
				{Name: "fixed", Value: ints([]int64{2}, 1, 2)}, {Name: "risk", Value: floats([]int64{2}, 1, 2)},
			},
			`{"risk":1} {"risk":2}`,
		},
		{
			"a batch that the file fixes", []augur.Spec{{Name: "in", Type: augur.Type{Kind: augur.KindTensor, Shape: dims(2, 4)}}},
			[]augur.Spec{out("risk", nil, 2, 1)}, 2, []int{0, 1},
			[]augur.Output{{Name: "risk", Value: floats([]int64{2, 1}, 1, 2)}},
			`{"risk":1} {"risk":2}`,
		},
		{
			"without rows", nil, []augur.Spec{out("x", nil, -1)}, 0, []int{0},
			[]augur.Output{{Name: "x", Value: ints([]int64{1}, 5)}, {Name: `"`, Value: probabilities([]float32{1})}},
			`{"x":[5],"\"":[{"0":1}]}`,
		},
		{
			"types without a number", []augur.Spec{batch},
			nil, 2, []int{0, 1},
			[]augur.Output{
				{Name: "f8", Value: augur.TensorValue(&augur.Tensor{DType: augur.Float8E5M2, Shape: []int64{2, 3}, Data: []byte{1, 2, 3, 4, 5, 6}})},
				{Name: "i4", Value: augur.TensorValue(&augur.Tensor{DType: augur.Int4, Shape: []int64{2}, Data: []byte{0x21}})},
				{Name: "nan", Value: floats([]int64{2}, float32(nan()), 1)},
			},
			`{"f8":"AQID","nan":"NaN"} {"f8":"BAUG","nan":1}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp := &augur.Response{
				Rows: c.rows, RowIndex: c.index, Outputs: c.outputs,
				Version: &augur.CatalogVersion{Signature: &augur.Signature{Inputs: c.inputs, Outputs: c.specs}},
			}
			var got []string
			for _, v := range resp.Values() {
				got = append(got, string(v))
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

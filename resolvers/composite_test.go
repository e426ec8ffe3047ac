package resolvers_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/cases"
)

// composed takes a sequence, a map and an optional sequence.
func composed(t *testing.T, s *augurtest.Server) {
	t.Helper()
	f := augur.Float32
	register(t, s, "composed", "1.0.0", cases.Model{ML: 1, Opset: 18, IR: 8, Graph: cases.Graph{
		Nodes: []cases.Node{
			{Op: "ConcatFromSequence", In: []string{"s"}, Out: []string{"y"}, Attrs: []cases.Attr{cases.Int("axis", 0)}},
			{Op: "CastMap", Domain: "ai.onnx.ml", In: []string{"m"}, Out: []string{"z"}},
			{Op: "OptionalHasElement", In: []string{"o"}, Out: []string{"has"}},
		},
		Inputs: []augur.Spec{
			cases.Port("s", cases.Sequence(cases.Tensor(f, "n"))), cases.Port("m", cases.Map(augur.Int64)),
			cases.Port("o", cases.Optional(cases.Sequence(cases.AnyRank(augur.String)))),
		},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(f, "k")), cases.Port("z", cases.Tensor(f, 1, "l")), cases.Port("has", cases.Tensor(augur.Bool))},
	}}.Bytes())
}

func vector(dtype string, data ...any) map[string]any {
	return map[string]any{"dtype": dtype, "shape": []int{len(data)}, "data": append([]any{}, data...)}
}

// TestCompositeInputs: sequences, maps and values that may be missing are given
// as such, cached as such and never batched; what is wrong with one is said.
func TestCompositeInputs(t *testing.T) {
	s := augurtest.Start(t)
	composed(t, s)
	sequence := map[string]any{"name": "s", "sequence": []any{vector("FLOAT32", 1, 2), vector("FLOAT32"), vector("FLOAT32", "NaN")}}
	mapping := map[string]any{"name": "m", "map": map[string]any{"keys": vector("INT64", 7, -1), "values": vector("FLOAT32", 1.5, 2.5)}}
	optional := map[string]any{"name": "o", "sequence": []any{}}
	ask := func(tensors ...any) map[string]any {
		t.Helper()
		return predict(t, s, input("composed", map[string]any{"tensors": tensors}))
	}
	for _, c := range []struct {
		tensors []any
		want    map[string]any
	}{
		{[]any{sequence, mapping}, map[string]any{"y": []any{1.0, 2.0, "NaN"}, "z": []any{2.5, 1.5}, "has": []any{false}}},
		{[]any{optional, mapping, sequence}, map[string]any{"y": []any{1.0, 2.0, "NaN"}, "z": []any{2.5, 1.5}, "has": []any{true}}},
	} {
		for _, cache := range []string{"MISS", "MEMORY"} {
			p := ask(c.tensors...)
			if p["prediction"] == nil || augurtest.At(t, p, "prediction.cache") != cache {
				t.Fatalf("%v, want %s", p, cache)
			}
			got := map[string]any{}
			for _, o := range augurtest.At(t, p, "prediction.outputs").([]any) {
				o := o.(map[string]any)
				data, ok := o["data"].([]any)
				if !ok {
					data = []any{o["data"]}
				}
				if nested, ok := data[0].([]any); ok {
					data = nested
				}
				got[o["name"].(string)] = data
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		}
	}
	signature := s.Query(t, `{ modelVersion(model: "composed", version: "live") { signature { inputs { name kind optional } } } }`, nil)
	if diff := cmp.Diff([]any{
		map[string]any{"name": "s", "kind": "SEQUENCE", "optional": false}, map[string]any{"name": "m", "kind": "MAP", "optional": false},
		map[string]any{"name": "o", "kind": "OPTIONAL", "optional": true},
	}, augurtest.At(t, signature, "modelVersion.signature.inputs")); diff != "" {
		t.Error(diff)
	}
	batching := s.Query(t, `{ modelVersion(model: "composed", version: "live") { engine { batching { on why } } } }`, nil)
	if on, why := augurtest.At(t, batching, "modelVersion.engine.batching.on"), augurtest.At(t, batching, "modelVersion.engine.batching.why"); on != false || !strings.Contains(why.(string), "seq(float32[n])") {
		t.Errorf("batching %v: %v", on, why)
	}

	for want, tensors := range map[string][]any{
		`INVALID_ARGUMENT data.tensors.0: input "s": expected exactly one of dtype with shape and data, sequence, and map`: {with(sequence, map[string]any{"dtype": "FLOAT32"}), mapping},
		`INVALID_ARGUMENT data.tensors.0: input "m": expected exactly one of dtype with shape and data, sequence, and map`: {map[string]any{"name": "m"}, sequence},
		`INVALID_ARGUMENT data.tensors.0: input "x": expected exactly one of dtype with shape and data, sequence, and map`: {map[string]any{"name": "x", "shape": []int{1}}},
		`INVALID_ARGUMENT data.tensors.0.sequence: input "s" is seq(float32[n]); expected a sequence`:                      {with(vector("FLOAT32", 1), map[string]any{"name": "s"}), mapping},
		`INVALID_ARGUMENT data.tensors.0.sequence.1.data.0: expected a number (float32), got "x"`:                          {map[string]any{"name": "s", "sequence": []any{vector("FLOAT32", 1), vector("FLOAT32", "x")}}, mapping},
		`INVALID_ARGUMENT data.tensors.0.sequence.1.dtype: item 1: input "s" is float32[n], got int64`:                     {map[string]any{"name": "s", "sequence": []any{vector("FLOAT32", 1), vector("INT64", 1)}}, mapping},
		`INVALID_ARGUMENT data.tensors.1.map.keys: input "m": the key 7 comes twice`:                                       {sequence, map[string]any{"name": "m", "map": map[string]any{"keys": vector("INT64", 7, 7), "values": vector("FLOAT32", 1, 2)}}},
		`INVALID_ARGUMENT data.tensors: input "m" (map(int64,float32[])) is required and missing`:                          {sequence},
		`INVALID_ARGUMENT data.tensors.2.sequence.0.dtype: item 0: input "o" is string[*], got float32`:                    {sequence, mapping, map[string]any{"name": "o", "sequence": []any{vector("FLOAT32", 1)}}},
		`INVALID_ARGUMENT data.tensors.2.sequence: input "o" is optional(seq(string[*])); expected a sequence`:             {sequence, mapping, with(vector("STRING", "a"), map[string]any{"name": "o"})},
		`INVALID_ARGUMENT data.tensors.1.map.values: input "m": 1 keys for 2 values`:                                       {sequence, map[string]any{"name": "m", "map": map[string]any{"keys": vector("INT64", 7), "values": vector("FLOAT32", 1, 2)}}},
	} {
		p := ask(tensors...)
		if p["prediction"] != nil {
			t.Errorf("answered: %v\nwant %s", p, want)
			continue
		}
		if got := mistake(t, augurtest.At(t, p, "userErrors.0")); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

package inference

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
)

func sequence(name string, parts ...*augur.Tensor) augur.NamedTensor {
	v := &augur.Value{Kind: augur.KindSequence}
	for _, t := range parts {
		v.Items = append(v.Items, augur.TensorValue(t))
	}
	return augur.NamedTensor{Name: name, Value: v}
}

func mapping(name string, keys, values *augur.Tensor) augur.NamedTensor {
	return augur.NamedTensor{Name: name, Value: &augur.Value{Kind: augur.KindMap, Keys: keys, Values: values}}
}

// sequenceType is a sequence of float32 tensors of these dimensions.
func sequenceType(dims ...any) augur.Type {
	elem := spec("", augur.Float32, dims...).Type
	return augur.Type{Kind: augur.KindSequence, Elem: &elem}
}

func mapType(key, value augur.DType) augur.Type {
	return augur.Type{Kind: augur.KindMap, Key: key, Elem: &augur.Type{Kind: augur.KindTensor, DType: value, Shape: []augur.Dim{}}}
}

func optionalType(of augur.Type) augur.Type { return augur.Type{Kind: augur.KindOptional, Elem: &of} }

// composed takes a sequence, a map, a map by number and an optional sequence.
func composed() *augur.CatalogVersion {
	return version("composed", "1.0.0", &augur.Signature{
		Inputs: []augur.Spec{
			{Name: "s", Type: sequenceType("n", 2)}, {Name: "m", Type: mapType(augur.String, augur.Float32)},
			{Name: "k", Type: mapType(augur.Int64, augur.Int64)}, {Name: "o", Type: optionalType(sequenceType())}, spec("x", augur.Float32, "n"),
		},
		Outputs: []augur.Spec{spec("y", augur.Float32, "n")},
	})
}

// given is what composed takes.
func given() []augur.NamedTensor {
	return []augur.NamedTensor{
		sequence("s", float4(2, 2), augur.TensorOf(augur.Float32, []float32{5, 6}, 1, 2)),
		mapping("m", augur.StringTensor([]string{"a", "b"}, 2), augur.TensorOf(augur.Float32, []float32{1, 2}, 2)),
		mapping("k", augur.TensorOf(augur.Int64, []int64{1, 2}, 2), augur.TensorOf(augur.Int64, []int64{3, 4}, 2)),
		named("x", float4(4)),
	}
}

func TestCompositeErrors(t *testing.T) {
	c := codecOf(t, composed())
	in, err := c.read(&augur.Request{Data: augur.Data{Tensors: given()}}, upTo(1))
	if err != nil || in.rows != 0 || len(in.tensors) != 4 {
		t.Fatalf("%v, %d rows, %d inputs", err, in.rows, len(in.tensors))
	}
	for _, tc := range []struct {
		at   int
		with augur.NamedTensor
		want string
	}{
		{0, named("s", float4(2, 2)), `data.tensors.0.sequence: input "s" is seq(float32[n,2]); expected a sequence`},
		{0, mapping("s", float4(4), float4(4)), `data.tensors.0.sequence: input "s" is seq(float32[n,2]); expected a sequence`},
		{0, sequence("s", float4(2, 2), float4(4)), `data.tensors.0.sequence.1.shape: item 1: input "s" is float32[n,2], of rank 2, got shape [4], of rank 1`},
		{0, sequence("s", float4(1, 4)), `data.tensors.0.sequence.0.shape: item 0: input "s" is float32[n,2], got shape [1 4]: dimension 1 must be 2`},
		{0, sequence("s", augur.TensorOf(augur.Float64, []float64{1, 2}, 1, 2)), `data.tensors.0.sequence.0.dtype: item 0: input "s" is float32[n,2], got float64`},
		{0, sequence("s", nil), `data.tensors.0.sequence.0.data: item 0: expected a tensor`},
		{0, sequence("s", &augur.Tensor{DType: augur.Float32, Shape: []int64{1, 2}}), `data.tensors.0.sequence.0.data: item 0: shape [1 2] of float32 needs 8 bytes, got 0`},
		{1, sequence("m"), `data.tensors.1.map: input "m" is map(string,float32[]); expected a map`},
		{1, mapping("m", augur.TensorOf(augur.Int64, []int64{1}, 1), float4(4)), `data.tensors.1.map.keys.dtype: input "m" is map(string,float32[]), got keys of int64`},
		{1, mapping("m", augur.StringTensor([]string{"a"}, 1), augur.TensorOf(augur.Int64, []int64{1}, 1)), `data.tensors.1.map.values.dtype: input "m" is map(string,float32[]), got values of int64`},
		{1, mapping("m", augur.StringTensor([]string{"a"}, 1), float4(4)), `data.tensors.1.map.values: input "m": 1 keys for 4 values`},
		{1, mapping("m", augur.StringTensor([]string{"a", "b", "a", "c"}, 4), float4(4)), `data.tensors.1.map.keys: input "m": the key "a" comes twice`},
		{1, mapping("m", augur.StringTensor([]string{"a", "b", "d", "c"}, 4), float4(2, 2)), `data.tensors.1.map.values.shape: input "m": the values of a map are a vector, got shape [2 2]`},
		{1, mapping("m", nil, float4(4)), `data.tensors.1.map.keys: input "m" is map(string,float32[]); its keys are missing`},
		{2, mapping("k", augur.TensorOf(augur.Int64, []int64{-1, -1}, 2), augur.TensorOf(augur.Int64, []int64{3, 4}, 2)), `data.tensors.2.map.keys: input "k": the key -1 comes twice`},
		{3, sequence("x", float4(4)), `data.tensors.3.sequence: input "x" is float32[n], got a sequence`},
		{3, named("o", float4(4)), `data.tensors.3.sequence: input "o" is optional(seq(float32[])); expected a sequence`},
	} {
		tensors := given()
		tensors[tc.at] = tc.with
		if tc.with.Name == "o" {
			tensors = append(tensors, named("x", float4(4)))
		}
		_, err := c.read(&augur.Request{Data: augur.Data{Tensors: tensors}}, upTo(1))
		if diff := cmp.Diff([]string{tc.want}, errorLines(err)); diff != "" {
			t.Error(diff)
		}
	}
	// Each tensor within counts, and so does that it is one.
	if got, want := sizeOf(given()), int64(2*headerBytes+16+8)+int64(2*headerBytes+2*headerBytes+2+8)+int64(2*headerBytes+16+16)+16; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
	if _, err := c.read(&augur.Request{Data: augur.Data{Tensors: given()}}, limits{rows: 1, bytes: sizeOf(given()) - 1}); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error("the limit of bytes does not hold:", err)
	}
}

// A map whose keys no runtime takes is refused, whoever put it into the catalog.
func TestMapOfOtherKeys(t *testing.T) {
	c := codecOf(t, version("m", "1.0.0", &augur.Signature{Inputs: []augur.Spec{{Name: "m", Type: mapType(augur.Float32, augur.Float32)}}}))
	_, err := c.read(&augur.Request{Data: augur.Data{Tensors: []augur.NamedTensor{mapping("m", float4(4), float4(4))}}}, upTo(1))
	if augur.CodeOf(err) != augur.Unimplemented {
		t.Error(err)
	}
}

// The same sequence and map are answered from the cache, others are not.
func TestCompositeIsCached(t *testing.T) {
	h := start(t, Config{}, composed())
	runs := 0
	h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) {
		runs++
		return []augur.Output{{Name: "y", Value: augur.TensorValue(float4(4))}}, nil
	}
	ask := func(change func([]augur.NamedTensor)) augur.CacheStatus {
		t.Helper()
		tensors := given()
		change(tensors)
		resp, err := h.Predict(t.Context(), &augur.Request{Model: "composed", Data: augur.Data{Tensors: tensors}})
		if err != nil {
			t.Fatal(err)
		}
		return resp.Cache
	}
	ask(func([]augur.NamedTensor) {})
	if got := ask(func([]augur.NamedTensor) {}); got != augur.CacheMemory || runs != 1 {
		t.Errorf("the same again: %s after %d runs", got, runs)
	}
	for i, change := range []func([]augur.NamedTensor){
		func(in []augur.NamedTensor) { in[0].Value.Items = in[0].Value.Items[:1] },
		func(in []augur.NamedTensor) { in[1].Value.Keys.Strings[1] = "c" },
		func(in []augur.NamedTensor) { in[2].Value.Values.Data[0]++ },
	} {
		if got := ask(change); got == augur.CacheMemory || runs != i+2 {
			t.Errorf("change %d: %s after %d runs", i, got, runs)
		}
	}
}

// FuzzComposite gives the codec any value for any input: it is taken or refused
// with a place, and what is taken has a key, a size and a form in the log.
func FuzzComposite(f *testing.F) {
	for _, nt := range given() {
		v := nt.Given()
		f.Add(nt.Name, string(augur.AppendValueJSON(nil, v)))
	}
	f.Add("o", `{"kind":"sequence","items":[{"kind":"none"}]}`)
	f.Add("s", `{"kind":"sequence","items":[{"kind":"sequence","items":[]}]}`)
	f.Add("m", `{"kind":"map","keys":{"kind":"tensor","dtype":"string","shape":[],"data":"a"},"values":{"kind":"tensor","dtype":"float32","shape":[],"data":1}}`)
	c := codecOf(f, composed())
	f.Fuzz(func(t *testing.T, name, text string) {
		v, err := augur.DecodeValueJSON([]byte(text))
		if err != nil {
			return
		}
		tensors := given()
		nt := augur.NamedTensor{Name: name, Tensor: v.Tensor}
		if v.Tensor == nil {
			nt.Value = &v
		}
		at := slices.IndexFunc(tensors, func(t augur.NamedTensor) bool { return t.Name == name })
		if at < 0 {
			tensors, at = append(tensors, nt), len(tensors)
		}
		tensors[at] = nt
		in, err := c.read(&augur.Request{Data: augur.Data{Tensors: tensors}}, upTo(1))
		if err != nil {
			if augur.CodeOf(err) != augur.InvalidArgument || len(augur.AsError(err).Field) == 0 && !errors.As(err, new(augur.Errors)) {
				t.Errorf("%s %s: %v", name, text, err)
			}
			return
		}
		once, again := keyOf(someDigest, in.tensors, nil), keyOf(someDigest, in.tensors, nil)
		if once != again || sizeOf(in.tensors) <= 0 {
			t.Errorf("%s %s: keys %x and %x, %d bytes", name, text, once, again, sizeOf(in.tensors))
		}
		back, err := augur.DecodeValueJSON(augur.AppendValueJSON(nil, nt.Given()))
		if err != nil {
			t.Fatalf("%s %s: %v", name, text, err)
		}
		if back.Tensor == nil {
			nt = augur.NamedTensor{Name: name, Value: &back}
		} else {
			nt = augur.NamedTensor{Name: name, Tensor: back.Tensor}
		}
		if k := slices.IndexFunc(in.tensors, func(t augur.NamedTensor) bool { return t.Name == name }); k >= 0 {
			in.tensors[k] = nt
		}
		if keyOf(someDigest, in.tensors, nil) != once {
			t.Errorf("%s %s is another question when it was written and read", name, text)
		}
	})
}

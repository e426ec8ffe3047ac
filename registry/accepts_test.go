package registry

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"augur"
)

// wide is a signature with one of everything that accepts looks at.
func wide() *augur.Signature {
	spec := func(name string, dtype augur.DType, dims ...any) augur.Spec {
		shape := []augur.Dim{}
		for _, d := range dims {
			if n, ok := d.(int); ok {
				shape = append(shape, augur.Dim{Size: int64(n)})
			} else {
				shape = append(shape, augur.Dim{Size: -1, Symbol: d.(string)})
			}
		}
		return augur.Spec{Name: name, Type: augur.Type{Kind: augur.KindTensor, DType: dtype, Shape: shape}}
	}
	s := &augur.Signature{
		Inputs: []augur.Spec{
			spec("curvature", augur.Float32, "batch", 1), spec("lighting", augur.String, "batch", 1),
			spec("lanes", augur.Int64, "batch"), spec("matrix", augur.Float32, "batch", 2),
			spec("ids", augur.Int64, "batch", "len"), spec("mask", augur.Int64, "batch", "len"),
			spec("state", augur.Float32, 2, 8),
		},
		Outputs: []augur.Spec{spec("risk", augur.Float32, "batch", 1), spec("label", augur.Int64, "batch")},
	}
	s.Inputs[6].Optional = true
	s.Outputs[1].Classes = []string{"low", "high"}
	for i, spec := range s.Inputs {
		if spec.Name != "matrix" {
			f := whole(&s.Inputs[i])
			s.Features = append(s.Features, f)
			continue
		}
		s.Features = append(s.Features, columnOf(&s.Inputs[i], "length", 0), columnOf(&s.Inputs[i], "width", 1))
	}
	feature(s, "curvature").Range = &augur.Range{Min: f64(0), Max: f64(1)}
	feature(s, "lighting").OneOf = []any{"day", "night"}
	feature(s, "lanes").Range = &augur.Range{Min: f64(1)}
	feature(s, "length").Default = 1.5
	feature(s, "length").Required = false
	return s
}

func feature(s *augur.Signature, name string) *augur.Feature {
	at := slices.IndexFunc(s.Features, func(f augur.Feature) bool { return f.Name == name })
	return &s.Features[at]
}

func TestAccepts(t *testing.T) {
	type change = func(s *augur.Signature)
	input := func(name string, f func(*augur.Spec)) change {
		return func(s *augur.Signature) { f(s.Input(name)) }
	}
	output := func(name string, f func(*augur.Spec)) change {
		return func(s *augur.Signature) { f(s.Output(name)) }
	}
	with := func(name string, f func(*augur.Feature)) change {
		return func(s *augur.Signature) { f(feature(s, name)) }
	}
	oneOf := func(name string, values ...any) change {
		return with(name, func(f *augur.Feature) { f.OneOf = values })
	}
	between := func(name string, low, high *float64) change {
		return with(name, func(f *augur.Feature) { f.Range = &augur.Range{Min: low, Max: high} })
	}
	free := func(name string) change { return with(name, func(f *augur.Feature) { f.Range, f.OneOf = nil, nil }) }
	dim := func(d int, to augur.Dim) func(*augur.Spec) {
		return func(s *augur.Spec) { s.Type.Shape[d] = to }
	}
	add := func(spec augur.Spec, f func(*augur.Feature)) change {
		return func(s *augur.Signature) {
			s.Inputs = append(s.Inputs, spec)
			added := whole(&spec)
			f(&added)
			s.Features = append(s.Features, added)
		}
	}
	speed := augur.Spec{Name: "speed", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32, Shape: []augur.Dim{{Size: -1, Symbol: "batch"}}}}
	drop := func(name string) change {
		return func(s *augur.Signature) {
			s.Inputs = slices.DeleteFunc(s.Inputs, func(i augur.Spec) bool { return i.Name == name })
			s.Features = slices.DeleteFunc(s.Features, func(f augur.Feature) bool { return f.Input == name })
		}
	}
	many := make([]any, maxOneOf)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, c := range []struct {
		name            string
		wider, narrower change
		want            string // "" when it is accepted
	}{
		{"the same", nil, nil, ""},
		{"descriptions, units and order do not count", func(s *augur.Signature) {
			slices.Reverse(s.Inputs)
			slices.Reverse(s.Outputs)
			slices.Reverse(s.Features)
			feature(s, "curvature").Unit, s.Inputs[0].Description = "m", "text"
		}, nil, ""},

		{"an input less", drop("lanes"), nil, `it has no input "lanes"`},
		{"another dtype", input("lanes", func(s *augur.Spec) { s.Type.DType = augur.Int32 }), nil, `its input "lanes" is int32[batch], not int64[batch]`},
		{"another width", input("matrix", dim(1, augur.Dim{Size: 3})), nil, `its input "matrix" is float32[batch,3], not float32[batch,2]`},
		{"another rank", input("lanes", func(s *augur.Spec) { s.Type.Shape = append(s.Type.Shape, augur.Dim{Size: 1}) }), nil, `its input "lanes" is int64[batch,1], not int64[batch]`},
		{"a free dimension for a fixed one", input("state", dim(0, augur.Dim{Size: -1})), nil, ""},
		{"a fixed dimension for a free one", input("lanes", dim(0, augur.Dim{Size: 1})), nil, `its input "lanes" is int64[1], not int64[batch]`},
		{"any rank", func(s *augur.Signature) { drop("state")(s); s.Inputs = append(s.Inputs, anyRank("state")) }, func(s *augur.Signature) { unnamed("state")(s) }, ""},
		{"a rank for any", unnamed("state"), func(s *augur.Signature) { drop("state")(s); s.Inputs = append(s.Inputs, anyRank("state")) }, `its input "state" is float32[2,8], not float32[*]`},
		{"a sequence", func(s *augur.Signature) { unnamed("state")(s); s.Input("state").Type = sequence(augur.Float32) }, unnamed("state"), `its input "state" is seq(float32[]), not float32[2,8]`},
		{"equal sequences", func(s *augur.Signature) { unnamed("state")(s); s.Input("state").Type = sequence(augur.Float32) }, func(s *augur.Signature) { unnamed("state")(s); s.Input("state").Type = sequence(augur.Float32) }, ""},
		{"sequences of other elements", func(s *augur.Signature) { unnamed("state")(s); s.Input("state").Type = sequence(augur.Float32) }, func(s *augur.Signature) { unnamed("state")(s); s.Input("state").Type = sequence(augur.Int64) }, `not seq(int64[])`},
		{"no longer optional", input("state", func(s *augur.Spec) { s.Optional = false }), nil, `its input "state" may not be left out`},
		{"optional by now", nil, input("state", func(s *augur.Spec) { s.Optional = false }), ""},
		{"optional by its type", func(s *augur.Signature) {
			elem := s.Input("ids").Type
			s.Input("ids").Type = augur.Type{Kind: augur.KindOptional, Elem: &elem}
		}, nil, ""},
		{"no longer optional by its type", nil, func(s *augur.Signature) {
			elem := s.Input("ids").Type
			s.Input("ids").Type = augur.Type{Kind: augur.KindOptional, Elem: &elem}
		}, `its input "ids" is int64[batch,len], not optional(int64[batch,len])`},

		{"equal dimensions that were not", nil, input("mask", dim(1, augur.Dim{Size: -1, Symbol: "other"})), `it wants dimension 1 of the input "ids" and dimension 1 of "mask" to be equal (len)`},
		{"equal dimensions of no name", nil, func(s *augur.Signature) {
			dim(1, augur.Dim{Size: -1})(s.Input("ids"))
			dim(1, augur.Dim{Size: -1})(s.Input("mask"))
		}, `to be equal (len)`},
		{"equal dimensions by another name", nil, func(s *augur.Signature) {
			dim(1, augur.Dim{Size: -1, Symbol: "n"})(s.Input("ids"))
			dim(1, augur.Dim{Size: -1, Symbol: "n"})(s.Input("mask"))
		}, ""},
		{"dimensions that may differ by now", input("mask", dim(1, augur.Dim{Size: -1, Symbol: "other"})), nil, ""},
		{"fixed dimensions that are equal", nil, func(s *augur.Signature) {
			for _, name := range []string{"ids", "mask"} {
				dim(1, augur.Dim{Size: 5})(s.Input(name))
				feature(s, name).Shape = []augur.Dim{{Size: 5}}
			}
		}, ""},
		{"fixed dimensions that are not equal", nil, func(s *augur.Signature) {
			for i, name := range []string{"ids", "mask"} {
				dim(1, augur.Dim{Size: int64(i)})(s.Input(name))
				feature(s, name).Shape = []augur.Dim{{Size: int64(i)}}
			}
		}, `to be equal (len)`},

		{"a feature less", func(s *augur.Signature) { feature(s, "lanes").Name = "num_lanes" }, nil, `it has no feature "lanes"`},
		{"columns the other way round", func(s *augur.Signature) {
			feature(s, "length").Column, feature(s, "width").Column = 1, 0
		}, nil, `its feature "length" is column 1 of the input "matrix", not column 0 of the input "matrix"`},
		{"features of each other's inputs", func(s *augur.Signature) {
			feature(s, "ids").Input, feature(s, "mask").Input = "mask", "ids"
		}, nil, `its feature "ids" is the input "mask", not the input "ids"`},
		{"a list for a number", func(s *augur.Signature) {
			dim(1, augur.Dim{Size: -1})(s.Input("curvature"))
			feature(s, "curvature").Shape = []augur.Dim{{Size: -1}}
		}, nil, `its feature "curvature" is float32[?], not float32[]`},
		{"required by now", func(s *augur.Signature) { feature(s, "length").Default = nil }, nil, `it requires the feature "length"`},
		{"a default by now", func(s *augur.Signature) { feature(s, "width").Default = 2.0 }, nil, ""},
		{"another default", func(s *augur.Signature) { feature(s, "length").Default = 2.0 }, nil, ""},
		{"optional without the default it had", nil, func(s *augur.Signature) { feature(s, "state").Default = []any{} }, `it has no default for the feature "state"`},
		{"required although its input is optional", func(s *augur.Signature) { feature(s, "state").Required = true }, nil, `it requires the feature "state"`},

		{"an input more", add(speed, func(*augur.Feature) {}), nil, `it requires the input "speed" (float32[batch])`},
		{"an input more, with a default", add(speed, func(f *augur.Feature) { f.Default = 50.0 }), nil, ""},
		{"an input more, of one row", func(s *augur.Signature) {
			speed := speed
			speed.Type.Shape = []augur.Dim{{Size: 1}}
			add(speed, func(f *augur.Feature) { f.Default = 50.0 })(s)
		}, nil, `its input "speed" is float32[1], so it takes exactly 1 rows at a time`},
		{"an optional input more", func(s *augur.Signature) {
			speed := speed
			speed.Optional = true
			add(speed, func(*augur.Feature) {})(s)
		}, nil, ""},
		{"an optional input more whose feature is required", func(s *augur.Signature) {
			speed := speed
			speed.Optional = true
			add(speed, func(f *augur.Feature) { f.Required = true })(s)
		}, nil, `it requires the feature "speed"`},

		{"a narrower range", between("curvature", f64(0), f64(0.5)), nil, `its feature "curvature" allows 0 to 0.5, not 0 to 1`},
		{"a wider range", between("curvature", f64(-1), f64(2)), nil, ""},
		{"half a range", between("curvature", nil, f64(1)), nil, ""},
		{"the other half", between("lanes", nil, f64(8)), nil, `its feature "lanes" allows at most 8, not at least 1`},
		{"a range where there was none", nil, free("curvature"), `its feature "curvature" allows 0 to 1, not any number`},
		{"no range where there was one", free("curvature"), nil, ""},
		{"an endless range of floats, without NaN", between("curvature", f64(math.Inf(-1)), nil), free("curvature"), `not any number`},
		{"an endless range of integers", between("lanes", f64(math.Inf(-1)), nil), free("lanes"), ""},
		{"a range for listed values", between("lanes", f64(1), f64(4)), oneOf("lanes", int64(1), int64(2), int64(4)), ""},
		{"a range without a listed value", between("lanes", f64(1), f64(3)), oneOf("lanes", int64(1), int64(2), int64(4)), `its feature "lanes" does not allow 4`},
		{"a range without a value that its own excludes", between("lanes", f64(1), f64(3)), func(s *augur.Signature) {
			oneOf("lanes", int64(1), int64(2), int64(4))(s)
			between("lanes", f64(1), f64(2))(s)
		}, ""},

		{"a value less", oneOf("lighting", "day"), nil, `its feature "lighting" does not allow "night"`},
		{"a value more", oneOf("lighting", "day", "dim", "night"), nil, ""},
		{"any value", free("lighting"), nil, ""},
		{"values where there were none", nil, free("lighting"), `its feature "lighting" allows only ["day","night"]`},
		{"equal numbers", oneOf("lanes", int64(1), int64(math.MaxInt64)), oneOf("lanes", int64(math.MaxInt64)), ""},
		{"numbers that only a float takes for equal", oneOf("lanes", int64(1<<53)), oneOf("lanes", int64(1<<53+1)), `its feature "lanes" does not allow 9007199254740993`},
		{"many values", oneOf("lighting", many...), oneOf("lighting", many...), ""},

		{"an output less", func(s *augur.Signature) { s.Outputs = s.Outputs[:1] }, nil, `it gives no output "label"`},
		{"an output more", nil, func(s *augur.Signature) { s.Outputs = s.Outputs[:1] }, `it gives one output more, "label"`},
		{"an output of another dtype", output("risk", func(s *augur.Spec) { s.Type.DType = augur.Float64 }), nil, `its output "risk" is float64[batch,1], not float32[batch,1]`},
		{"an output of another shape", output("risk", dim(1, augur.Dim{Size: 2})), nil, `its output "risk" is float32[batch,2], not float32[batch,1]`},
		{"an output of any width", output("risk", dim(1, augur.Dim{Size: -1})), nil, `its output "risk" is float32[batch,?], not float32[batch,1]`},
		{"an output of one width", nil, output("risk", dim(1, augur.Dim{Size: -1})), ""},
		{"other classes", output("label", func(s *augur.Spec) { s.Classes = []string{"high", "low"} }), nil, `its output "label" has other classes: ["high","low"], not ["low","high"]`},
		{"no classes", output("label", func(s *augur.Spec) { s.Classes = nil }), nil, `its output "label" has other classes`},
	} {
		t.Run(c.name, func(t *testing.T) {
			wider, narrower := wide(), wide()
			if c.wider != nil {
				c.wider(wider)
			}
			if c.narrower != nil {
				c.narrower(narrower)
			}
			err := accepts(wider, narrower)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || augur.CodeOf(err) != augur.FailedPrecondition || !strings.Contains(augur.AsError(err).Message, c.want)):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// anyRank is an optional input of unknown rank, which no feature names.
func anyRank(name string) augur.Spec {
	return augur.Spec{Name: name, Optional: true, Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32}}
}

// unnamed takes the feature of an input away.
func unnamed(input string) func(*augur.Signature) {
	return func(s *augur.Signature) {
		s.Features = slices.DeleteFunc(s.Features, func(f augur.Feature) bool { return f.Input == input })
	}
}

func sequence(dtype augur.DType) augur.Type {
	return augur.Type{Kind: augur.KindSequence, Elem: &augur.Type{Kind: augur.KindTensor, DType: dtype, Shape: []augur.Dim{}}}
}

package registry

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"

	"augur"
	"augur/inference"

	"pgregory.net/rapid"
)

// pair is an inference.Catalog of two versions, asked for by their models' names.
type pair map[string]*augur.CatalogVersion

func (p pair) Resolve(_ context.Context, model, _ string) (*augur.CatalogVersion, augur.Route, error) {
	return p[model], augur.Route{Reason: augur.RouteExplicit}, nil
}

func (p pair) Fallback(string) *augur.CatalogVersion { return nil }

func (p pair) Rollouts() []*augur.LiveRollout { return nil }

func (p pair) Versions() []*augur.CatalogVersion { return nil }

// nothing is artifacts, a runtime and a session that answers every row with 0.
type nothing struct{}

func (nothing) Open(context.Context, augur.Digest) (string, func(), error) { return "", func() {}, nil }

func (nothing) Load(context.Context, string, *augur.CatalogVersion) (inference.Session, error) {
	return nothing{}, nil
}

func (nothing) Run(_ context.Context, in []augur.NamedTensor, _ []string) ([]augur.Output, error) {
	y, err := augur.NewTensor(augur.Float32, in[0].Tensor.Shape[0])
	return []augur.Output{{Name: "y", Value: augur.TensorValue(y)}}, err
}

func (nothing) Close() error { return nil }

// TestAcceptsWhatTheEngineAccepts holds accepts against the engine: when it says
// that a version can stand in, that version takes every request which the other takes.
func TestAcceptsWhatTheEngineAccepts(t *testing.T) {
	ctx := augur.WithPrincipal(t.Context(), augur.System())
	said := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		narrower := drawSignature(t, "narrower", nil)
		wider := drawSignature(t, "wider", narrower)
		fits := accepts(wider, narrower) == nil
		said[fits]++
		if !fits {
			t.Skip("it does not accept")
		}
		catalog := pair{}
		for name, s := range map[string]*augur.Signature{"narrower": narrower, "wider": wider} {
			catalog[name] = &augur.CatalogVersion{ID: name, Model: name, Version: "1.0.0", Digest: augur.DigestOf(make([]byte, 32)), Format: "onnx", Signature: s, Policy: augur.ServingPolicy{CacheOff: true}}
		}
		engine, err := inference.New(inference.Config{}, inference.Deps{
			Catalog: catalog, Artifacts: nothing{}, Runtimes: map[string]inference.Runtime{"onnx": nothing{}}, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := engine.Start(ctx); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = engine.Stop(context.WithoutCancel(ctx)) }()
		ask := func(model string, data augur.Data) error {
			_, err := engine.Predict(ctx, &augur.Request{Model: model, Data: data, Options: augur.Options{RejectOnRowError: true}})
			return err
		}
		for range 8 {
			data := drawData(t, narrower)
			if ask("narrower", data) == nil {
				if err := ask("wider", data); err != nil {
					t.Fatalf("%v\n%s\nnarrower %+v\nwider %+v", err, data.Rows, narrower, wider)
				}
			}
		}
	})
	if said[true] < 20 || said[false] < 20 {
		t.Errorf("too one-sided: %v", said)
	}
}

// drawSignature draws a signature, mostly with the inputs of like.
func drawSignature(t *rapid.T, label string, like *augur.Signature) *augur.Signature {
	s := &augur.Signature{Outputs: []augur.Spec{{Name: "y", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32, Shape: []augur.Dim{{Size: -1}}}}}}
	rarely := func(what string) bool { return rapid.IntRange(0, 5).Draw(t, label+" "+what) == 0 }
	for _, name := range []string{"a", "b", "c"} {
		if like != nil && like.Input(name) == nil && !rarely(name+" more") || like == nil && name != "a" && rapid.Bool().Draw(t, label+" without "+name) {
			continue
		}
		spec := augur.Spec{Name: name, Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32, Shape: []augur.Dim{{Size: -1, Symbol: "batch"}}}}
		if name == "b" {
			spec.Type.DType = augur.Int64
		}
		if name == "c" {
			spec.Type.DType = augur.String
		}
		was := like != nil && like.Input(name) != nil && !rarely(name+" anew")
		if was {
			spec = *like.Input(name)
			spec.Type.Shape = slices.Clone(spec.Type.Shape)
		} else {
			spec.Optional = name != "a" && rapid.Bool().Draw(t, label+" optional "+name)
			if rapid.Bool().Draw(t, label+" wide "+name) {
				spec.Type.Shape = append(spec.Type.Shape, rapid.SampledFrom([]augur.Dim{{Size: 1}, {Size: 2}, {Size: -1, Symbol: "n"}, {Size: -1}}).Draw(t, label+" width "+name))
			}
		}
		if rarely(name + " batch") {
			spec.Type.Shape[0] = rapid.SampledFrom([]augur.Dim{{Size: -1}, {Size: 1}, {Size: -1, Symbol: "batch"}}).Draw(t, label+" batch of "+name)
		}
		s.Inputs = append(s.Inputs, spec)
		columns := len(spec.Type.Shape) == 2 && spec.Type.Shape[1].Size == 2
		if columns && rapid.Bool().Draw(t, label+" columns of "+name) {
			s.Features = append(s.Features, columnOf(&spec, name+"0", 0), columnOf(&spec, name+"1", 1))
		} else {
			s.Features = append(s.Features, whole(&spec))
		}
	}
	for i := range s.Features {
		f := &s.Features[i]
		if len(f.Shape) > 0 || rapid.Bool().Draw(t, label+" plain "+f.Name) {
			continue
		}
		values := map[augur.DType][]any{augur.Float32: {0.0, 1.0, 2.0}, augur.Int64: {int64(0), int64(1), int64(2)}, augur.String: {"x", "y", "z"}}[f.DType]
		switch rapid.IntRange(0, 3).Draw(t, label+" constraint of "+f.Name) {
		case 0:
			f.Default, f.Required = values[1], false
		case 1:
			f.OneOf = values[:rapid.IntRange(1, 3).Draw(t, label+" values of "+f.Name)]
		case 2:
			f.Required = rapid.Bool().Draw(t, label+" required "+f.Name)
		default:
			if f.DType.Number() {
				f.Range = &augur.Range{Max: f64(float64(rapid.IntRange(0, 2).Draw(t, label+" most of "+f.Name)))}
			}
		}
	}
	return s
}

// drawData draws rows, of which some lack features and some have wrong values.
func drawData(t *rapid.T, s *augur.Signature) augur.Data {
	var data augur.Data
	rows := rapid.IntRange(1, 3).Draw(t, "rows")
	for range rows {
		row := map[string]any{}
		for _, f := range s.Features {
			if rapid.IntRange(0, 4).Draw(t, "without "+f.Name) == 0 {
				continue
			}
			value := func() any {
				i := rapid.IntRange(0, 2).Draw(t, f.Name)
				if f.DType == augur.String {
					return []string{"x", "y", "z"}[i]
				}
				return i
			}
			if len(f.Shape) == 0 {
				row[f.Name] = value()
				continue
			}
			list := []any{}
			for range rapid.IntRange(1, 2).Draw(t, "length of "+f.Name) {
				list = append(list, value())
			}
			row[f.Name] = list
		}
		text, err := json.Marshal(row)
		if err != nil {
			t.Fatal(row, err)
		}
		data.Rows = append(data.Rows, text)
	}
	return data
}

package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strings"

	"augur"
	"augur/client"
)

// sampled is a live version that rows can be made for.
type sampled struct {
	Model    string
	Version  string
	Features []sampleFeature
}

// sampleFeature is a feature as far as a value of it can be made.
type sampleFeature struct {
	Name  string                  `json:"name"`
	DType string                  `json:"dtype"`
	Shape []struct{ Size *int64 } `json:"shape"`
	Range *struct{ Min, Max *float64 }
	OneOf []any `json:"oneOf"`
}

const sampleDocument = `query Sample($after: Cursor) { models(first: 100, after: $after, orderBy: [{field: NAME}]) { pageInfo { hasNextPage endCursor }
  nodes { name liveVersion { version signature { features { name dtype shape { size } range { min max } oneOf } } } } } }`

// samples are the live versions of all models, by name.
func samples(ctx context.Context, api *client.Client) ([]sampled, error) {
	var out []sampled
	for after, more := any(nil), true; more; {
		var page struct {
			Models struct {
				PageInfo struct {
					HasNextPage bool
					EndCursor   any
				}
				Nodes []struct {
					Name        string
					LiveVersion *struct {
						Version   string
						Signature struct{ Features []sampleFeature }
					}
				}
			}
		}
		if err := api.Query(ctx, sampleDocument, map[string]any{"after": after}, &page); err != nil {
			return nil, err
		}
		for _, m := range page.Models.Nodes {
			if m.LiveVersion != nil {
				out = append(out, sampled{Model: m.Name, Version: m.LiveVersion.Version, Features: m.LiveVersion.Signature.Features})
			}
		}
		after, more = page.Models.PageInfo.EndCursor, page.Models.PageInfo.HasNextPage
	}
	return out, nil
}

// find is the version of the model of that name, or the first one that has features.
func find(all []sampled, model string) (*sampled, error) {
	for i := range all {
		if model == all[i].Model || model == "" && len(all[i].Features) > 0 {
			return &all[i], nil
		}
	}
	if model == "" {
		return nil, augur.Errorf(augur.FailedPrecondition, "the server has no live version with features: push one, or name a model")
	}
	return nil, augur.Errorf(augur.NotFound, "model %q has no live version here", model)
}

// row makes a row of values that the signature accepts, numbers at random.
func (s *sampled) row() json.RawMessage {
	row := map[string]any{}
	for _, f := range s.Features {
		n := 1
		for _, d := range f.Shape {
			if d.Size != nil {
				n *= int(max(*d.Size, 1))
			}
		}
		if len(f.Shape) == 0 {
			row[f.Name] = f.value()
			continue
		}
		list := make([]any, n)
		for i := range list {
			list[i] = f.value()
		}
		row[f.Name] = list
	}
	text, _ := json.Marshal(row) // plain values always marshal
	return text
}

func (f *sampleFeature) value() any {
	low, high := 0.0, 1.0
	if f.Range != nil && f.Range.Min != nil {
		low, high = *f.Range.Min, *f.Range.Min+1
	}
	if f.Range != nil && f.Range.Max != nil {
		high = *f.Range.Max
		low = min(low, high)
	}
	switch dtype := strings.ToUpper(f.DType); {
	case len(f.OneOf) > 0:
		return f.OneOf[rand.IntN(len(f.OneOf))]
	case dtype == "BOOL":
		return rand.IntN(2) == 0
	case dtype == "STRING":
		return ""
	case strings.Contains(dtype, "INT"):
		return int64(low) + rand.Int64N(max(int64(high)-int64(low), 0)+1)
	default:
		return low + rand.Float64()*(high-low)
	}
}

package client

import (
	"context"
	"encoding/json"
)

// PredictInput asks for one prediction. Exactly one of Rows and Columns is set.
type PredictInput struct {
	Model string
	// Version is a version, an alias or latest; "" means the live version.
	Version string
	// Rows are JSON objects from feature name to value.
	Rows []json.RawMessage
	// Columns is one JSON object from feature name to the list of its values.
	Columns json.RawMessage
	// Outputs names the outputs that are wanted; empty means all of them.
	Outputs []string
	// Cache is DEFAULT, BYPASS or REFRESH; "" means DEFAULT.
	Cache string
}

// Prediction is the answer of one version.
type Prediction struct {
	ID      string
	Model   string
	Version string
	// Values has one JSON object for each row, null for one that failed.
	Values []json.RawMessage
	// RowErrors say what was wrong with the rows that failed.
	RowErrors []UserError
	// Reason and Ref say which version was chosen, and why.
	Reason, Ref string
	Cache       string
	TotalMS     float64
}

const predictDocument = `mutation Predict($input: PredictInput!) {
  predict(input: $input) {
    prediction {
      id values cache
      modelVersion { version model { name } }
      route { reason ref }
      timing { totalMs }
    }
    userErrors { code message field }
  }
}`

// Predict predicts. Rows that are wrong by themselves stand in RowErrors; the
// error is the first mistake when nothing could be predicted.
func (c *Client) Predict(ctx context.Context, in PredictInput) (*Prediction, error) {
	data := map[string]any{}
	if in.Columns != nil {
		data["columns"] = in.Columns
	} else {
		data["rows"] = in.Rows
	}
	input := map[string]any{"model": in.Model, "data": data}
	if in.Version != "" {
		input["version"] = in.Version
	}
	if len(in.Outputs) > 0 {
		input["outputs"] = in.Outputs
	}
	if in.Cache != "" {
		input["options"] = map[string]any{"cache": in.Cache}
	}
	var out struct {
		Predict struct {
			Prediction *struct {
				ID           string
				Values       []json.RawMessage
				Cache        string
				ModelVersion struct {
					Version string
					Model   struct{ Name string }
				}
				Route  struct{ Reason, Ref string }
				Timing struct{ TotalMS float64 }
			}
			UserErrors []UserError
		}
	}
	if err := c.Query(ctx, predictDocument, map[string]any{"input": input}, &out); err != nil {
		return nil, err
	}
	p := out.Predict.Prediction
	if p == nil {
		return nil, first(out.Predict.UserErrors)
	}
	return &Prediction{
		ID: p.ID, Model: p.ModelVersion.Model.Name, Version: p.ModelVersion.Version,
		Values: p.Values, RowErrors: out.Predict.UserErrors,
		Reason: p.Route.Reason, Ref: p.Route.Ref, Cache: p.Cache, TotalMS: p.Timing.TotalMS,
	}, nil
}

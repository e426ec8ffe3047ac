package client

import (
	"encoding/json"
	"math"
	"time"

	"augur"
)

// ModelCreateInput is a new model; see the schema.
type ModelCreateInput struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Owner       string `json:"owner,omitempty"`
	Tags        []Tag  `json:"tags,omitempty"`
}

// Tag is a key and a value.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// ModelVersionCreateInput is a new version; see the schema.
type ModelVersionCreateInput struct {
	Model       string          `json:"model"`
	Version     string          `json:"version"`
	Digest      augur.Digest    `json:"digest"`
	Description string          `json:"description,omitempty"`
	Framework   string          `json:"framework,omitempty"`
	Lineage     *Lineage        `json:"lineage,omitempty"`
	Tags        []Tag           `json:"tags,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Features    []FeatureInput  `json:"features,omitempty"`
	Classes     []Classes       `json:"classes,omitempty"`
}

// Lineage says where a version comes from.
type Lineage struct {
	RunID         string `json:"runId,omitempty"`
	GitCommit     string `json:"gitCommit,omitempty"`
	DatasetName   string `json:"datasetName,omitempty"`
	DatasetDigest string `json:"datasetDigest,omitempty"`
	Author        string `json:"author,omitempty"`
}

// FeatureInput names a part of an input and constrains it; see the schema.
type FeatureInput struct {
	Name        string          `json:"name"`
	Input       string          `json:"input,omitempty"`
	Column      *int            `json:"column,omitempty"`
	Required    *bool           `json:"required,omitempty"`
	Default     json.RawMessage `json:"default,omitempty"`
	Min         *Double         `json:"min,omitempty"`
	Max         *Double         `json:"max,omitempty"`
	OneOf       []any           `json:"oneOf,omitempty"`
	Unit        string          `json:"unit,omitempty"`
	Description string          `json:"description,omitempty"`
}

// Classes name the classes of an output.
type Classes struct {
	Output  string   `json:"output"`
	Classes []string `json:"classes"`
}

// MetricPoint is one value of one metric.
type MetricPoint struct {
	Name          string     `json:"name"`
	Value         Double     `json:"value"`
	Step          int64      `json:"step"`
	At            *time.Time `json:"at,omitempty"`
	DatasetDigest string     `json:"datasetDigest,omitempty"`
}

// Double is a float64 that JSON writes whatever it is: NaN and the infinities
// as strings.
type Double float64

// MarshalJSON writes a number, "NaN", "Infinity" or "-Infinity".
func (d Double) MarshalJSON() ([]byte, error) {
	switch f := float64(d); {
	case math.IsNaN(f):
		return []byte(`"NaN"`), nil
	case math.IsInf(f, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(f, -1):
		return []byte(`"-Infinity"`), nil
	default:
		return json.Marshal(f)
	}
}

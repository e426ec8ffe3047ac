package client

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"augur"
)

// VersionSeries is the history of metrics of one version.
type VersionSeries struct {
	Model   string         `json:"model"`
	Version string         `json:"version"`
	Series  []MetricSeries `json:"series"`
}

// MetricSeries is the history of one metric as columns of equal length.
type MetricSeries struct {
	Name string `json:"name"`
	// Steps are the training steps.
	Steps []int64 `json:"steps"`
	// Times are in milliseconds since 1970.
	Times  []int64  `json:"times"`
	Values []Double `json:"values"`
	// SampledFrom is how many points there are; the columns have at most as many.
	SampledFrom int `json:"sampledFrom"`
}

// SeriesInput says which history is asked for.
type SeriesInput struct {
	// Refs are models with a version, an alias or latest.
	Refs [][2]string
	// Names are the metrics, all of them when empty.
	Names []string
	// ByTime orders and spreads the points by time rather than by step.
	ByTime bool
	// From and To bound the times, To not included; zero means no bound.
	From, To time.Time
	// MaxPoints is how many points each series has at most.
	MaxPoints int
}

// Series returns the history of metrics of versions, in the order of the
// references, in one request. It fails with NotFound when one is not there.
func (c *Client) Series(ctx context.Context, in SeriesInput) ([]VersionSeries, error) {
	vars := map[string]any{"max": in.MaxPoints, "axis": "STEP"}
	if in.ByTime {
		vars["axis"] = "TIME"
	}
	if len(in.Names) > 0 {
		vars["names"] = in.Names
	}
	for name, t := range map[string]time.Time{"from": in.From, "to": in.To} {
		if !t.IsZero() {
			vars[name] = t.UTC().Format(time.RFC3339Nano)
		}
	}
	var params, fields strings.Builder
	for i, ref := range in.Refs {
		_, _ = fmt.Fprintf(&params, ", $m%d: String!, $v%d: String!", i, i)
		_, _ = fmt.Fprintf(&fields, " r%d: modelVersion(model: $m%d, version: $v%d) { version metricSeries(names: $names, axis: $axis, from: $from, to: $to, maxPoints: $max) { name steps times values sampledFrom } }", i, i, i)
		vars[fmt.Sprintf("m%d", i)], vars[fmt.Sprintf("v%d", i)] = ref[0], ref[1]
	}
	document := "query Series($names: [String!], $axis: Axis, $from: DateTime, $to: DateTime, $max: Int" + params.String() + ") {" + fields.String() + " }"
	var out map[string]*struct {
		Version      string
		MetricSeries []MetricSeries
	}
	if err := c.Query(ctx, document, vars, &out); err != nil {
		return nil, err
	}
	all := make([]VersionSeries, len(in.Refs))
	for i, ref := range in.Refs {
		v := out[fmt.Sprintf("r%d", i)]
		if v == nil {
			return nil, augur.Errorf(augur.NotFound, "model %q has no version or alias %q, or there is no such model", ref[0], ref[1])
		}
		all[i] = VersionSeries{Model: ref[0], Version: v.Version, Series: v.MetricSeries}
	}
	return all, nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Double) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"NaN"`, `"Infinity"`, `"-Infinity"`:
		f, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
		*d = Double(f)
		return err
	}
	return json.Unmarshal(text, (*float64)(d))
}

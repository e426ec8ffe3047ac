package registry

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"augur"
)

// stepKeys are the keys of a row of history that hold its step.
var stepKeys = []string{"step", "iteration", "epoch"}

// pointsOfFile reads the history and the final metrics of a metadata.json. Each
// row is an object from metric to value with its step, or its place in the list
// when it has none; the final metrics without a step stand at the last one. A
// row may say in "at" when it was measured. Final metrics that repeat the last
// row of the history have its key, and so add nothing.
func pointsOfFile(history []map[string]any, final map[string]any, at time.Time) ([]MetricPoint, error) {
	var points []MetricPoint
	var last int64
	for i, row := range history {
		path := "history[" + strconv.Itoa(i) + "]"
		step, found, err := stepOf(row, path)
		if err != nil {
			return nil, err
		}
		if !found {
			step = int64(i) + 1
		}
		last = max(last, step)
		if points, err = appendRow(points, row, path, step, at); err != nil {
			return nil, err
		}
	}
	step, found, err := stepOf(final, "metrics")
	if err != nil {
		return nil, err
	}
	if !found {
		step = last
	}
	return appendRow(points, final, "metrics", step, at)
}

func stepOf(row map[string]any, path string) (step int64, found bool, err error) {
	for _, key := range stepKeys {
		v, there := row[key]
		if !there {
			continue
		}
		n, ok := integer(v)
		step, fits := n.(int64)
		if !ok || !fits {
			return 0, false, augur.Errorf(augur.InvalidArgument, "metadata.json: %s.%s: expected a 64-bit integer, got %s", path, key, show(v))
		}
		return step, true, nil
	}
	return 0, false, nil
}

func appendRow(points []MetricPoint, row map[string]any, path string, step int64, at time.Time) ([]MetricPoint, error) {
	if text, ok := row["at"].(string); ok {
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, augur.Errorf(augur.InvalidArgument, "metadata.json: %s.at: expected a time in RFC 3339, got %q", path, text)
		}
		at = t
	}
	for _, name := range slices.Sorted(maps.Keys(row)) {
		if name == "at" || slices.Contains(stepKeys, name) || row[name] == nil {
			continue
		}
		value, ok := metricValue(row[name])
		if !ok {
			return nil, augur.Errorf(augur.InvalidArgument, "metadata.json: %s.%s: expected a number, got %s", path, name, show(row[name]))
		}
		points = append(points, MetricPoint{Name: name, Step: step, Value: value, At: at})
	}
	return points, nil
}

// metricValue reads a number or the name of what JSON has no number for.
func metricValue(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case string:
		switch v {
		case "NaN":
			return math.NaN(), true
		case "Infinity":
			return math.Inf(1), true
		case "-Infinity":
			return math.Inf(-1), true
		}
	}
	return 0, false
}

// quoteBare puts quotes around NaN, Infinity and -Infinity where they stand for
// a value: Python writes them bare, which is no JSON, and a training run that
// diverged is where one meets them.
func quoteBare(b []byte) []byte {
	out := make([]byte, 0, len(b)+16)
	inText := false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case inText:
			if c == '\\' && i+1 < len(b) {
				out = append(out, c)
				i++
				c = b[i]
			} else if c == '"' {
				inText = false
			}
		case c == '"':
			inText = true
		case c == 'N' || c == 'I' || c == '-':
			if word := bareWord(b[i:]); word != "" {
				out = append(out, '"')
				out = append(out, word...)
				out = append(out, '"')
				i += len(word) - 1
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

func bareWord(b []byte) string {
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if len(b) >= len(word) && string(b[:len(word)]) == word {
			return word
		}
	}
	return ""
}

package inference

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"

	"augur"
)

// TestPredictionLines: failures all get a line, answers only so many in one second.
func TestPredictionLines(t *testing.T) {
	var out bytes.Buffer
	h := startWith(t, Config{LogLines: 2}, Deps{Logger: slog.New(slog.NewJSONHandler(&out, nil))}, road())
	for range 50 {
		if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err != nil {
			t.Fatal(err)
		}
		bad := rows("road-risk", roadRow)
		bad.Outputs = []string{"nowhere"}
		if _, err := h.Predict(t.Context(), bad); err == nil {
			t.Fatal("no error")
		}
	}
	lines := map[string]int{}
	for dec := json.NewDecoder(&out); dec.More(); {
		var line struct{ Msg, Model, Version, Code, Level string }
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.Msg != "prediction" {
			continue
		}
		if line.Model == "" || line.Version == "" || line.Level != "INFO" {
			t.Errorf("got %+v", line)
		}
		lines[line.Code]++
	}
	// The loop may go on into a second second, and more on a busy machine.
	if lines[string(augur.InvalidArgument)] != 50 || lines["OK"] < 2 || lines["OK"] > 25 {
		t.Errorf("got %v", lines)
	}
}

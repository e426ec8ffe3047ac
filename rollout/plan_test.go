package rollout

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"augur"
)

const smallest = `{"kind":"CANARY","salt":"s1","arms":[{"versionId":"ver_1"},{"versionId":"ver_2"}]}`

// TestParseDefaults fills in what a plan leaves out.
func TestParseDefaults(t *testing.T) {
	p, err := Parse([]byte(smallest))
	if err != nil {
		t.Fatal(err)
	}
	want := &augur.Plan{
		Kind: augur.RolloutCanary, Salt: "s1", Subject: augur.SubjectRequest,
		Arms:  []augur.Arm{{Name: "baseline", VersionID: "ver_1"}, {Name: "candidate", VersionID: "ver_2"}},
		Steps: []augur.Step{{Weight: 1_000, Duration: augur.Duration(10 * time.Minute)}, {Weight: 5_000, Duration: augur.Duration(10 * time.Minute)}, {Weight: 10_000}},
		Gates: []augur.Gate{{Measure: augur.MeasureErrors, Compare: augur.CompareDifference, Bound: augur.AtMost, Limit: 0.01, MinRequests: 100, Confidence: 0.95}},
		Grace: augur.Duration(24 * time.Hour), Quiet: augur.MovePause,
	}
	if d := cmp.Diff(want, p); d != "" {
		t.Error(d)
	}
	if p, err = Parse([]byte(`{"kind":"EXPERIMENT","salt":"s1","gates":[],"arms":[{"versionId":"1"},{"versionId":"2"},{"versionId":"3"}]}`)); err != nil {
		t.Fatal(err)
	}
	if len(p.Gates) != 0 || p.Arms[0].Weight != 3_334 || p.Arms[1].Weight != 3_333 || p.Arms[2].Weight != 3_333 || p.Steps[0].Weight != 10_000 {
		t.Errorf("%+v", p)
	}
}

// TestParseRefuses says where and what.
func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``:                             "one JSON object",
		`[]`:                           "expected an object, got a JSON array",
		`{"kind":1}`:                   "kind: expected a text, got a JSON number",
		`{"steps":[{"weight":0.5}]}`:   "steps.weight: expected a whole number, got a JSON number 0.5",
		`{"steps":[{"duration":5}]}`:   "steps.duration: expected a length of time as text, such as \"90s\", got a JSON number",
		`{"steps":[{"duration":"5"}]}`: `"5": expected a length of time`,
		`{"step":[]}`:                  `no field "step"`,
		smallest + smallest:            "nothing after it",
		`null`:                         `kind "": expected one of [CANARY EXPERIMENT SHADOW]`,
		strings.Repeat(" ", maxPlan+1): "1048576 at most",
	} {
		_, err := Parse([]byte(text))
		if augur.CodeOf(err) != augur.InvalidArgument || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

// FuzzParse: what is read is valid, can be written and read again, and every
// step of it can be split and judged.
func FuzzParse(f *testing.F) {
	f.Add([]byte(smallest))
	f.Add([]byte(`{"kind":"EXPERIMENT","salt":"s","subject":"NONE","arms":[{"versionId":"1","weight":9000},{"versionId":"2","weight":1000}],"grace":"1h","quiet":"HOLD","gates":[{"measure":"OUTCOME","outcome":"sold","bound":"AT_LEAST","limit":-1e300}]}`))
	f.Add([]byte(`{"kind":"SHADOW","salt":"s","arms":[{"versionId":"1"},{"versionId":"2"}],"steps":[{"weight":1,"approval":true}],"gates":[{"measure":"P99","limit":1e-300,"compare":"RATIO","confidence":-1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text)
		if err != nil {
			if augur.CodeOf(err) != augur.InvalidArgument {
				t.Fatal(err)
			}
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(again)
		if err != nil || cmp.Diff(p, back) != "" {
			t.Fatalf("%v, %s", err, cmp.Diff(p, back))
		}
		latency := level(2_000, 3)
		figures := augur.Figures{From: began, To: began}
		for range p.Arms {
			figures.Arms = append(figures.Arms, augur.ArmFigures{Requests: 1e6, Errors: 5, Subjects: 1e6, Compared: 1e6, Latency: latency})
		}
		for step := range p.Steps {
			s := augur.RolloutState{Status: augur.RolloutRunning, Step: step, Since: began}
			sum := 0
			for i, w := range split(t, p, s).Weights() {
				if w < 0 {
					t.Fatalf("weight %d", w)
				}
				if p.Kind != augur.RolloutShadow || i == 0 {
					sum += w
				}
			}
			if sum != Buckets {
				t.Fatalf("the weights make %d", sum)
			}
			if _, err := Next(p, s, began, figures); err != nil {
				t.Fatal(err)
			}
		}
	})
}

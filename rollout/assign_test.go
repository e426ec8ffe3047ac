package rollout

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"augur"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vector is one example of Bucket for other languages.
type vector struct {
	Salt    string `json:"salt"`
	Subject string `json:"subject"`
	Bucket  int    `json:"bucket"`
}

const vectorsFile = "testdata/vectors.json"

// TestVectors holds Bucket against the file that other languages check
// themselves with. A difference moves everybody's users: never update it for
// pairs that are there already.
func TestVectors(t *testing.T) {
	if *update {
		var vectors []vector
		for _, salt := range []string{"rol_01J9Z3NDEKTSV4RRFFQ69G5FAV", "a", "checkout-2026.11_b"} {
			for _, subject := range []string{"1", "2", "1000000", "u1", "anna@example.org", "6fa459ea-ee8a-3ca4-894e-db77e160355e", "a:b", " ", "ünïcödé", "日本語", "😀", "nul\x00byte", strings.Repeat("x", 300)} {
				vectors = append(vectors, vector{salt, subject, Bucket(salt, subject)})
			}
		}
		text, err := json.MarshalIndent(vectors, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorsFile, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	vectors := readVectors(t)
	if len(vectors) < 30 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		if got := Bucket(v.Salt, v.Subject); got != v.Bucket {
			t.Errorf("%s:%s is in bucket %d, expected %d", v.Salt, v.Subject, got, v.Bucket)
		}
	}
	// Worked out by hand from the digest: printf %s a:u1 | sha256sum.
	if got := Bucket("a", "u1"); got != int(uint64(0x32247bc8)*10_000>>32) {
		t.Errorf("bucket %d", got)
	}
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

// TestVectorsInJavaScript runs the example of the guide over the vectors.
func TestVectorsInJavaScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no node here")
	}
	guide, err := os.ReadFile("../docs/rollouts.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("(?s)```js\n(.*?)```").FindSubmatch(guide)
	if code == nil {
		t.Fatal("the guide has no example in JavaScript")
	}
	vectors, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	program := fmt.Sprintf("%s\nconst vectors = %s\nfor (const v of vectors) if (bucket(v.salt, v.subject) !== v.bucket) { console.log(v); process.exit(1) }\nconsole.log(vectors.length)", code[1], vectors)
	out, err := exec.CommandContext(t.Context(), node, "--input-type=module", "-e", program).CombinedOutput()
	if want := fmt.Sprintln(len(readVectors(t))); err != nil || string(out) != want {
		t.Errorf("%v: %s", err, out)
	}
}

// subjects are the ids that people really have.
var subjects = map[string]func(i int) string{
	"sequential": func(i int) string { return fmt.Sprint(i) },
	"prefixed":   func(i int) string { return fmt.Sprintf("user-%d", i) },
	"emails": func(i int) string {
		return fmt.Sprintf("%c.%d@example.%s", 'a'+i%26, i, []string{"org", "com", "net"}[i%3])
	},
	"uuids": func(i int) string {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		a, b := r.Uint64(), r.Uint64()
		return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff)
	},
	"times": func(i int) string { return time.Unix(1_700_000_000+int64(i)*60, 0).UTC().Format(time.RFC3339) },
}

// TestUniform puts 200,000 ids of each form into all 10,000 buckets and into 100
// ranges of them. The seeds are fixed, so that the test gives the same every time.
func TestUniform(t *testing.T) {
	const n = 200_000
	for form, id := range subjects {
		var fine [Buckets]float64
		var coarse [100]float64
		for i := range n {
			b := Bucket("rol_01J9Z3NDEKTSV4RRFFQ69G5FAV", id(i))
			fine[b]++
			coarse[b/100]++
		}
		for _, counts := range [][]float64{fine[:], coarse[:]} {
			x, want := 0.0, n/float64(len(counts))
			for _, c := range counts {
				x += (c - want) * (c - want) / want
			}
			// Two-sided: too even would be no random assignment either.
			if p := chiSquared(x, len(counts)-1); p < 0.001 || p > 0.999 {
				t.Errorf("%s: chi squared %.1f in %d parts, p %.6f", form, x, len(counts), p)
			} else {
				t.Logf("%s: chi squared %.1f in %d parts, p %.3f", form, x, len(counts), p)
			}
		}
	}
}

// TestIndependent measures phi, the correlation of being in the candidate of two
// rollouts, for salts that differ as little as possible. FNV over neighbouring
// names, as others use it, has 0.53 here.
func TestIndependent(t *testing.T) {
	const n, pairs = 50_000, 10
	worst := 0.0
	for _, form := range []string{"sequential", "prefixed", "uuids"} {
		for pair := range pairs {
			a, b := fmt.Sprintf("exp-%d", pair), fmt.Sprintf("exp-%d", pair+1)
			var both, inA, inB float64
			for i := range n {
				id := subjects[form](i)
				x, y := Bucket(a, id) < Buckets/2, Bucket(b, id) < Buckets/2
				both, inA, inB = both+indicator(x && y), inA+indicator(x), inB+indicator(y)
			}
			phi := (both*n - inA*inB) / math.Sqrt(inA*(n-inA)*inB*(n-inB))
			worst = max(worst, math.Abs(phi))
		}
	}
	// The noise of phi is 1/sqrt(n) = 0.0045; of 30 values one beyond four times that
	// is a defect.
	t.Logf("worst |phi| %.4f", worst)
	if worst > 4/math.Sqrt(n) {
		t.Errorf("worst |phi| %.4f", worst)
	}
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func canary(steps ...int) *augur.Plan {
	p := augur.Plan{Kind: augur.RolloutCanary, Salt: "s1", Arms: []augur.Arm{{VersionID: "ver_1"}, {VersionID: "ver_2"}}}
	for _, w := range steps {
		p.Steps = append(p.Steps, augur.Step{Weight: w, Duration: augur.Duration(time.Minute)})
	}
	p = p.WithDefaults()
	return &p
}

func split(t interface{ Fatal(...any) }, p *augur.Plan, s augur.RolloutState) *Split {
	out, err := NewSplit(p, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// plans draws valid plans.
func plans(t *rapid.T) *augur.Plan {
	p := augur.Plan{
		Kind:    rapid.SampledFrom(augur.RolloutKinds()).Draw(t, "kind"),
		Salt:    rapid.StringMatching(`[A-Za-z0-9_.-]{1,20}`).Draw(t, "salt"),
		Subject: rapid.SampledFrom(augur.SubjectSources()).Draw(t, "source"),
		Quiet:   rapid.SampledFrom([]augur.RolloutMove{augur.MoveHold, augur.MovePause, augur.MoveAdvance, augur.MoveRollBack}).Draw(t, "quiet"),
		Arms:    []augur.Arm{{VersionID: "ver_0"}, {VersionID: "ver_1"}},
	}
	if p.Kind == augur.RolloutExperiment {
		arms := rapid.IntRange(2, augur.MaxArms).Draw(t, "arms")
		cuts := rapid.SliceOfNDistinct(rapid.IntRange(1, Buckets-1), arms-1, arms-1, rapid.ID).Draw(t, "cuts")
		slices.Sort(cuts)
		p.Arms, cuts = nil, append(cuts, Buckets)
		for i, cut := range cuts {
			before := 0
			if i > 0 {
				before = cuts[i-1]
			}
			p.Arms = append(p.Arms, augur.Arm{VersionID: fmt.Sprint("ver_", i), Weight: cut - before})
		}
	} else {
		weights := rapid.SliceOfNDistinct(rapid.IntRange(1, Buckets-1), 0, 5, rapid.ID).Draw(t, "weights")
		slices.Sort(weights)
		for _, w := range append(weights, Buckets) {
			d := augur.Duration(rapid.IntRange(1, 60).Draw(t, "minutes")) * augur.Duration(time.Minute)
			p.Steps = append(p.Steps, augur.Step{Weight: w, Duration: d, Approval: rapid.IntRange(0, 4).Draw(t, "approval") == 0})
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "gates") {
		p.Gates = append(p.Gates, rapid.SampledFrom([]augur.Gate{
			{Measure: augur.MeasureErrors, Limit: 0.02, Confidence: augur.FigureAlone},
			{Measure: augur.MeasureErrors, Compare: augur.CompareDifference, Limit: 0.01},
			{Measure: augur.MeasureP95, Limit: 50},
			{Measure: augur.MeasureP99, Compare: augur.CompareRatio, Limit: 1.5},
			{Measure: augur.MeasureAgreement, Limit: 0.9},
			{Measure: augur.MeasureOutcome, Outcome: "sold", Compare: augur.CompareDifference, Bound: augur.AtLeast, Limit: -0.01},
		}).Draw(t, "gate"))
	}
	if p.Gates == nil {
		p.Gates = []augur.Gate{}
	}
	p = p.WithDefaults()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	return &p
}

// TestAssignHolds draws plans and subjects: stable, monotone, and every bucket
// has one arm, as many as the weights say.
func TestAssignHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plans(t)
		p.Subject = augur.SubjectRequest
		ids := rapid.SliceOfN(rapid.StringN(1, 20, -1), 1, 20).Draw(t, "ids")
		var before []Assignment
		for step := range p.Steps {
			s := split(t, p, augur.RolloutState{Status: augur.RolloutRunning, Step: step})
			var now []Assignment
			for _, id := range ids {
				a := Assign(s, id, nil)
				if again := Assign(s, id, func() uint64 { t.Fatal("drawn"); return 0 }); again != a || a.Reason != augur.ArmSubject {
					t.Fatalf("%q: %+v, then %+v", id, a, again)
				}
				if a.Bucket != Bucket(p.Salt, id) || p.Kind == augur.RolloutShadow && a.Arm != 0 || p.Kind != augur.RolloutShadow && a.Shadow != 0 {
					t.Fatalf("%q: %+v", id, a)
				}
				now = append(now, a)
			}
			for i := range before { // a step up
				b, a := before[i], now[i]
				if a.Arm != b.Arm && (b.Arm != 0 || a.Arm != 1) || a.Shadow < b.Shadow {
					t.Fatalf("%q moved from %+v to %+v", ids[i], b, a)
				}
			}
			before = now
			whole(t, s)
		}
	})
}

// whole asks every bucket by drawing it, and holds what answers against Weights.
func whole(t *rapid.T, s *Split) {
	counts := make([]int, s.arms)
	for b := range Buckets {
		draw := func() uint64 { return uint64(b)<<32/Buckets<<32 + 1<<33 }
		a := Assign(s, "", draw)
		if a.Bucket != b {
			t.Fatalf("drew %d for %d", a.Bucket, b)
		}
		counts[a.Arm]++
		if a.Shadow > 0 {
			counts[a.Shadow]++
		}
	}
	if d := cmp.Diff(s.Weights(), counts); d != "" {
		t.Fatal(d)
	}
}

// TestWithout takes arms out: their subjects get the baseline, and nobody moves.
func TestWithout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plans(t)
		p.Subject = augur.SubjectRequest
		s := split(t, p, augur.RolloutState{Status: augur.RolloutRunning})
		gone := rapid.IntRange(0, len(p.Arms)-1).Draw(t, "gone")
		w := s.Without(gone)
		whole(t, w)
		for _, id := range rapid.SliceOfN(rapid.String(), 1, 50).Draw(t, "ids") {
			if id == "" {
				continue
			}
			a, b := Assign(s, id, nil), Assign(w, id, nil)
			want := a
			if gone > 0 && a.Arm+a.Shadow == gone {
				want.Arm, want.Shadow, want.Reason = 0, 0, augur.ArmOut
			}
			if b != want {
				t.Fatalf("%q: %+v without %d is %+v", id, a, gone, b)
			}
		}
	})
}

// TestWithoutSubject draws each request, and honours the weights.
func TestWithoutSubject(t *testing.T) {
	const n = 100_000
	r := rand.New(rand.NewPCG(1, 2))
	p := augur.Plan{Kind: augur.RolloutExperiment, Salt: "s", Arms: []augur.Arm{{VersionID: "a", Weight: 5_000}, {VersionID: "b", Weight: 4_990}, {VersionID: "c", Weight: 10}}}.WithDefaults()
	running := augur.RolloutState{Status: augur.RolloutRunning}
	counts := make([]float64, 3)
	s := split(t, &p, running)
	for range n {
		a := Assign(s, "", r.Uint64)
		if a.Reason != augur.ArmDrawn {
			t.Fatalf("%+v", a)
		}
		counts[a.Arm]++
	}
	x := 0.0
	for i, a := range p.Arms {
		want := n * float64(a.Weight) / Buckets
		x += (counts[i] - want) * (counts[i] - want) / want
	}
	if got := chiSquared(x, 2); got < 0.001 {
		t.Errorf("counts %v, p %v", counts, got)
	}
	// A plan without subjects draws whatever the request says.
	p.Subject = augur.SubjectNone
	s = split(t, &p, running)
	if a := Assign(s, "u1", func() uint64 { return 0 }); a != (Assignment{Arm: 1, Reason: augur.ArmDrawn}) {
		t.Errorf("%+v", a)
	}
	if a := Assign(s, "u1", func() uint64 { return math.MaxUint64 }); a != (Assignment{Bucket: Buckets - 1, Reason: augur.ArmDrawn}) {
		t.Errorf("%+v", a)
	}
	if a := Assign(s, "u1", nil); a.Arm != 0 || a.Reason != augur.ArmDrawn {
		t.Errorf("nothing to draw with: %+v", a)
	}
}

// TestOver gives everybody one arm.
func TestOver(t *testing.T) {
	p := canary(1_000, Buckets)
	for state, want := range map[augur.RolloutState]int{
		{Status: augur.RolloutCompleted, Promoted: "candidate"}: 1,
		{Status: augur.RolloutCompleted}:                        0,
		{Status: augur.RolloutRolledBack, Step: 1}:              0,
	} {
		s := split(t, p, state)
		for i := range 100 {
			if a := Assign(s, fmt.Sprint(i), nil); a != (Assignment{Arm: want, Bucket: -1, Reason: augur.ArmOver}) {
				t.Fatalf("%+v: %+v", state, a)
			}
		}
		if w := s.Weights(); w[want] != Buckets || w[1-want] != 0 {
			t.Errorf("%+v: %v", state, w)
		}
	}
	for _, state := range []augur.RolloutState{{}, {Status: "X"}, {Status: augur.RolloutRunning, Step: 2}, {Status: augur.RolloutRunning, Step: -1}, {Status: augur.RolloutCompleted, Promoted: "x"}} {
		if _, err := NewSplit(p, state); augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("%+v: %v", state, err)
		}
	}
}

// TestAssignAllocates nothing for ids of a usual length.
func TestAssignAllocates(t *testing.T) {
	s := split(t, canary(1_000, Buckets), augur.RolloutState{Status: augur.RolloutRunning})
	id := strings.Repeat("x", 200)
	if n := testing.AllocsPerRun(100, func() { Assign(s, id, rand.Uint64); Assign(s, "", rand.Uint64) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAssign(b *testing.B) {
	s := split(b, canary(1_000, Buckets), augur.RolloutState{Status: augur.RolloutRunning})
	for form, id := range map[string]string{"sequential": "1234567", "email": "anna.example@example.org", "uuid": "6fa459ea-ee8a-3ca4-894e-db77e160355e", "none": ""} {
		b.Run(form, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Assign(s, id, rand.Uint64)
			}
		})
	}
}

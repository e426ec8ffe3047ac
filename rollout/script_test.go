package rollout

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"augur"
)

// TestScripts runs testdata/*.rollout, a rollout a file. A script is read line by
// line; # begins a comment. Time stands still but for "after".
//
//	plan JSON                      starts a rollout; arms, salt and so on have defaults here
//	at 10% user u1 -> candidate    the candidate's share is 10 %, and u1 gets the candidate
//	at 10% 5000 requests -> candidate 480..520
//	                               of so many without a subject, that many go there
//	after 5m with errors 2%/100 -> ROLLED_BACK
//	                               so much later, Next with these figures of the step
//	person approves -> RUNNING     pauses, resumes, approves, promotes [ARM], aborts
//
// Figures after "with" are the first candidate's, those after an arm's name that
// arm's: errors P%/REQUESTS, p95 MS (all latencies, as many as requests),
// agreement P%/COMPARED, outcome NAME MEAN/COUNT (variance 1), subjects N;
// "unknown" makes errors unmeasured, "old DURATION" the figures so old, "early" lets
// them begin before the step. After -> stands what is expected: a move, a status, a
// pause's reason, a share, an arm promoted, or "because" and a part of the reason.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.rollout")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".rollout"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sc := &script{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), random: rand.New(rand.NewPCG(1, 1))}
			for i, line := range strings.Split(string(text), "\n") {
				line, _, _ = strings.Cut(line, "#")
				if line = strings.TrimSpace(line); line == "" {
					continue
				}
				if err := sc.run(line); err != nil {
					t.Fatalf("%s:%d: %s\n\t%v", file, i+1, line, err)
				}
			}
			if sc.checks < 3 {
				t.Errorf("%d expectations", sc.checks)
			}
		})
	}
}

// script is a rollout on the way.
type script struct {
	plan   *augur.Plan
	state  augur.RolloutState
	now    time.Time
	random *rand.Rand
	checks int
}

func (s *script) run(line string) error {
	line, want, checked := strings.Cut(line, "->")
	if checked {
		s.checks++
	}
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch verb {
	case "plan":
		p, err := Parse([]byte(`{"salt":"s1","arms":[{"versionId":"ver_1"},{"versionId":"ver_2"}],` + strings.TrimPrefix(rest, "{")))
		if err != nil {
			return err
		}
		s.plan, s.state = p, Start(p, s.now)
		return nil
	case "at":
		return s.at(strings.Fields(rest), strings.Fields(want))
	case "after":
		return s.after(strings.Fields(rest), want)
	case "person":
		action := map[string]augur.RolloutAction{"pauses": augur.ActionPause, "resumes": augur.ActionResume, "approves": augur.ActionApprove, "promotes": augur.ActionPromote, "aborts": augur.ActionAbort}
		words := append(strings.Fields(rest), "")
		next, err := Act(s.plan, s.state, action[words[0]], words[1], s.now)
		if err != nil {
			return s.expect(want, Decision{Move: "REFUSED", Why: err.Error(), State: s.state})
		}
		s.state = next
		return s.expect(want, Decision{State: next})
	default:
		return fmt.Errorf("no verb %q", verb)
	}
}

// share is the candidate's, in basis points.
func (s *script) share() int {
	split, err := NewSplit(s.plan, s.state)
	if err != nil {
		return -1
	}
	return split.Weights()[1]
}

// at holds the assignment: WEIGHT user ID -> ARM, or WEIGHT N requests -> ARM FROM..TO.
func (s *script) at(words, want []string) error {
	if weight := percent(words[0]); weight != float64(s.share())/augur.WholeWeight {
		return fmt.Errorf("the share is %d basis points", s.share())
	}
	split, err := NewSplit(s.plan, s.state)
	if err != nil {
		return err
	}
	arm := func(subject string) string {
		a := Assign(split, subject, s.random.Uint64)
		return s.plan.Arms[a.Arm+a.Shadow].Name
	}
	if words[1] == "user" {
		if got := arm(words[2]); got != want[0] {
			return fmt.Errorf("%s gets %s", words[2], got)
		}
		return nil
	}
	n, _ := strconv.Atoi(words[1])
	got := 0
	for range n {
		if arm("") == want[0] {
			got++
		}
	}
	low, high, _ := strings.Cut(want[1], "..")
	from, _ := strconv.Atoi(low)
	to, _ := strconv.Atoi(high)
	if n == 0 || got < from || got > to {
		return fmt.Errorf("%d of %d get %s", got, n, want[0])
	}
	return nil
}

// level is a sketch of n equal latencies in milliseconds.
func level(n int64, ms float64) *augur.Sketch {
	s := new(augur.Sketch)
	for range n {
		s.Add(time.Duration(ms * float64(time.Millisecond)))
	}
	return s
}

// after calls Next: DURATION [with FIGURES].
func (s *script) after(words []string, want string) error {
	d, err := time.ParseDuration(words[0])
	if err != nil {
		return err
	}
	s.now = s.now.Add(d)
	f := augur.Figures{From: s.state.Since, To: s.now, Arms: make([]augur.ArmFigures, len(s.plan.Arms))}
	arm := 1
	value := func(word string) (v float64, n int64) {
		first, second, _ := strings.Cut(word, "/")
		n, _ = strconv.ParseInt(second, 10, 64)
		return percent(first), n
	}
	for i := 1; i < len(words); i++ {
		a := &f.Arms[arm]
		switch word := words[i]; word {
		case "with":
		case "errors":
			i++
			rate, n := value(words[i])
			a.Requests, a.Errors = n, int64(rate*float64(n)+0.5)
		case "p95":
			i++
			ms, _ := value(words[i])
			a.Latency = level(a.Requests, ms)
		case "agreement":
			i++
			rate, n := value(words[i])
			a.Compared, a.Agreed = n, int64(rate*float64(n)+0.5)
		case "outcome":
			i += 2
			mean, n := value(words[i])
			if a.Outcomes == nil {
				a.Outcomes = map[string]augur.Moments{}
			}
			a.Outcomes[words[i-1]] = augur.Moments{Count: n, Mean: mean, Variance: 1}
		case "subjects":
			i++
			a.Subjects, _ = strconv.ParseInt(words[i], 10, 64)
		case "unknown":
			a.Requests, a.Errors = -1, -1
		case "old":
			i++
			age, err := time.ParseDuration(words[i])
			if err != nil {
				return err
			}
			f.To = f.To.Add(-age)
		case "early":
			f.From = f.From.Add(-time.Second)
		default:
			if arm = s.plan.Arm(word); arm < 0 {
				return fmt.Errorf("no arm or figure %q", word)
			}
		}
	}
	decision, err := Next(s.plan, s.state, s.now, f)
	if err != nil {
		return err
	}
	s.state = decision.State
	return s.expect(want, decision)
}

// expect holds the words after -> against a decision.
func (s *script) expect(want string, d Decision) error {
	want, because, _ := strings.Cut(want, "because ")
	have := []string{string(d.Move), string(d.State.Status), string(d.State.Pause), d.State.Promoted, fmt.Sprintf("%g%%", float64(s.share())/100)}
	for _, word := range strings.Fields(want) {
		if !slices.Contains(have, word) {
			return fmt.Errorf("got %q because %s", have, d.Why)
		}
	}
	if !strings.Contains(d.Why, because) {
		return fmt.Errorf("because %s", d.Why)
	}
	return nil
}

// percent reads "2%" as 0.02, and "2" as 2.
func percent(s string) float64 {
	text, is := strings.CutSuffix(s, "%")
	v, _ := strconv.ParseFloat(text, 64)
	if is {
		v, _ = strconv.ParseFloat(text+"e-2", 64)
	}
	return v
}

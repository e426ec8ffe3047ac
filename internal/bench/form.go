package bench

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// Form is how much is measured.
type Form struct {
	// Full holds the bars. The small form shows that everything runs.
	Full bool
	// Rounds is how often everything that is compared is measured, in turn, and
	// Window for how long each.
	Rounds int
	Window time.Duration
}

// FormOf reads the form from the environment: BENCH is full or small, and
// BENCH_ROUNDS another number of rounds. Where BENCH is not set the test is
// skipped: beside others it would measure those.
func FormOf(t testing.TB) Form {
	t.Helper()
	var f Form
	switch v := os.Getenv("BENCH"); v {
	case "":
		t.Skip("make bench measures this")
	case "full":
		f = Form{Full: true, Rounds: 12, Window: time.Second}
	case "small":
		f = Form{Rounds: 3, Window: 50 * time.Millisecond}
	default:
		t.Fatalf("BENCH is %q: expected full or small", v)
	}
	if v := os.Getenv("BENCH_ROUNDS"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			t.Fatalf("BENCH_ROUNDS is %q: expected a number of rounds", v)
		}
		f.Rounds = n
	}
	return f
}

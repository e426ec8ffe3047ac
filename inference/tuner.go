package inference

import (
	"math"
	"slices"
	"sync/atomic"
	"time"

	"augur"
)

// tuner chooses, from what it measures, how many rows run together and how many
// runs go on at one time. No model of the cost decides it: on the same two
// cores running rows together pays eight times for one network and loses for
// another, and codecs and neighbours want the cores too. So while requests
// queue it tries each way for a moment, keeps the one that answers most rows in
// the time that it is busy, and tries the others again ever more seldom.
//
// Its methods are called with the batcher's mu held.
type tuner struct {
	ways  []way
	tries []try
	now   int // the way in use
	best  int
	since int // counts changes of the load
	fit   fit
	// most is the most rows of one run, by the policy or as the costs suggest.
	most atomic.Int64
	set  int // by the policy, 0 for none

	// The epoch that is being measured.
	skip        int // answers that still belong to the way before
	proved      int // answers while runs were being proved
	epochs      int // that this way has had since it is in use
	peak        float64
	answers     int
	waited      int
	rowsDone    int
	busy, all   time.Duration // all is since the beginning
	inside      int           // tasks in the batcher now
	insideTimes time.Duration
	at          time.Time // up to which busy is counted
}

// way is one way to run.
type way struct {
	runners int
	// together says whether rows of several requests run together.
	together bool
}

// try is what a way was measured to do.
type try struct {
	rate  float64 // rows a second
	load  float64 // mean tasks in the batcher then
	since int     // the tuner's when it was measured
	// wait is how long the batcher is busy before the way is tried again, and
	// again when that will be, of all.
	wait, again time.Duration
}

// init sets the ways that a policy leaves, on so many cores.
func (t *tuner) init(p augur.ServingPolicy, cores int, together bool) {
	free := max(1, cores/max(p.Threads, 1))
	runners := []int{p.MaxConcurrent}
	if p.MaxConcurrent <= 0 {
		runners = runners[:0]
		for n := 1; n < free; n *= 2 {
			runners = append(runners, n)
		}
		runners = append(runners, free)
	}
	if !together || p.MaxBatchRows <= 1 {
		t.ways = append(t.ways, way{runners: runners[len(runners)-1]})
		if p.MaxConcurrent <= 0 && p.MaxQueue > 0 {
			t.ways = append(t.ways, way{runners: crowd * free})
		}
	}
	if together && p.MaxBatchRows != 1 {
		for _, n := range runners {
			t.ways = append(t.ways, way{n, true})
		}
	}
	t.tries = make([]try, len(t.ways))
	t.set = p.MaxBatchRows
	t.suggest()
}

func (t *tuner) runners() int { return t.ways[t.now].runners }

// rows is how many rows may run together now.
func (t *tuner) rows() int {
	if !t.ways[t.now].together {
		return 1
	}
	return int(t.most.Load())
}

// Bounds of an epoch: enough answers to mean something, in enough time.
const (
	epochTime    = 20 * time.Millisecond
	epochAnswers = 32
	epochLong    = 500 * time.Millisecond
	// trialEpochs is how many a way gets when it is tried.
	trialEpochs = 2
	// longestProof is how many answers are not measured while runs are proved:
	// equal requests prove nothing, and nobody shall wait for others.
	longestProof = 512
	// settleTime ends settling, however few were answered.
	settleTime = 30 * time.Millisecond
	// hopeless is the share of the best rate below which one epoch is enough.
	hopeless = 0.6
	// A way is tried again after so much time in which the batcher was busy.
	firstRetry    = time.Second
	hopelessRetry = 4 * time.Second
	lastRetry     = 16 * time.Second
	// crowd is how many short runs at one time keep a core busy: between two of
	// them Go takes tens of microseconds to hand the core from thread to thread.
	crowd = 4
	// better is by how much another way must be to be taken.
	better = 1.05
)

// tick counts the time until now.
func (t *tuner) tick(now time.Time) {
	if d := now.Sub(t.at); d > 0 {
		if t.inside > 0 {
			t.busy += d
			t.all += d
			t.insideTimes += d * time.Duration(t.inside)
		}
		t.at = now
	}
}

// arrive counts a task that comes.
func (t *tuner) arrive(now time.Time) {
	t.tick(now)
	t.inside++
	if t.inside > 1 {
		t.waited++
	}
}

// depart counts tasks that go without an answer.
func (t *tuner) depart(now time.Time, tasks int) {
	t.tick(now)
	t.inside -= tasks
}

// done counts a run that ended. What a way does while its runs are still being
// proved says nothing.
func (t *tuner) done(now time.Time, last answered, proving bool) {
	t.depart(now, last.tasks)
	if len(t.ways) == 1 {
		return
	}
	if proving && t.ways[t.now].together && t.proved < longestProof {
		t.proved += last.tasks
		t.skip = t.settling()
		t.reset()
		return
	}
	if t.skip > 0 {
		if t.skip -= last.tasks; t.skip <= 0 || t.busy >= settleTime {
			t.skip = 0
			t.reset()
		}
		return
	}
	t.answers += last.tasks
	t.rowsDone += last.rows
	enough := t.answers >= epochAnswers && t.busy >= epochTime || t.answers >= 16 && t.busy >= epochLong
	if !enough {
		return
	}
	// Where requests find the batcher free, every way does the same.
	if t.waited*2 >= t.answers {
		t.measured()
	}
	t.reset()
}

func (t *tuner) reset() {
	t.answers, t.waited, t.rowsDone, t.busy, t.insideTimes = 0, 0, 0, 0, 0
}

// measured ends an epoch and chooses the way of the next.
func (t *tuner) measured() {
	rate, load := float64(t.rowsDone)/t.busy.Seconds(), float64(t.insideTimes)/float64(t.busy)
	mine := &t.tries[t.now]
	if t.epochs++; t.now != t.best {
		// A trial counts with its best epoch: settling and noise only slow it.
		if t.peak = max(t.peak, rate); t.epochs < trialEpochs && !(t.known(t.best) && rate < hopeless*t.tries[t.best].rate) {
			return
		}
		rate = t.peak
		mine.rate = 0 // what it did before is long ago
	}
	switch {
	case !t.known(t.now):
		wait := mine.wait
		*mine = try{rate: rate, load: load, since: t.since, wait: wait}
	case t.now == t.best && apart(mine.load, load):
		// What was measured before says nothing about this load.
		t.since++
		*mine = try{rate: rate, load: load, since: t.since}
	default:
		mine.rate += (rate - mine.rate) * 0.4
		mine.load += (load - mine.load) * 0.4
	}
	// The best so far stays unless another is better by enough.
	best := t.now
	if t.known(t.best) {
		best = t.best
	}
	for i := range t.tries {
		if t.known(i) && t.tries[i].rate > better*t.tries[best].rate {
			best = i
		}
	}
	if best != t.now {
		first := firstRetry
		if rate < hopeless*t.tries[best].rate {
			first = hopelessRetry
		}
		mine.wait = min(max(2*mine.wait, first), lastRetry)
		mine.again = t.all + mine.wait
	}
	t.best = best
	use := best
	for i := range t.tries {
		if i != t.now && (!t.known(i) || i != best && t.all > t.tries[i].again) {
			use = i
			break
		}
	}
	if use != t.now {
		t.now, t.skip, t.epochs, t.peak = use, t.settling(), 0, 0
		t.reset()
	}
}

// settling is how many answers a change takes: those under way, and as many
// until their callers have found their places.
func (t *tuner) settling() int { return 2 * max(t.inside, 8) }

// known says whether a way was measured under the present load.
func (t *tuner) known(i int) bool { return t.tries[i].rate > 0 && t.tries[i].since == t.since }

// apart says whether two loads are too different for one measurement to speak
// for the other.
func apart(a, b float64) bool { return a > 2*b || b > 2*a }

// fit is the cost of runs, fixed and for each row, by least squares over the
// last hundreds of them.
type fit struct {
	n, x, y, xx, xy float64
}

const forget = 1 - 1.0/256

func (f *fit) add(rows int, took time.Duration) {
	x, y := float64(rows), float64(took)
	f.n, f.x, f.y = f.n*forget+1, f.x*forget+x, f.y*forget+y
	f.xx, f.xy = f.xx*forget+x*x, f.xy*forget+x*y
}

// costs are the fixed cost of a run and that of each row, in nanoseconds. They
// are not known before runs of different sizes were seen.
func (f *fit) costs() (fixed, row float64, known bool) {
	spread := f.n*f.xx - f.x*f.x
	if f.n < 8 || spread < 0.01*f.x*f.x {
		return 0, 0, false
	}
	row = (f.n*f.xy - f.x*f.y) / spread
	fixed = (f.y - row*f.x) / f.n
	return max(fixed, 0), max(row, 0), true
}

// time is what a run of so many rows is expected to take.
func (f *fit) time(rows int) time.Duration {
	if fixed, row, known := f.costs(); known {
		return time.Duration(fixed + row*float64(rows))
	}
	if f.n == 0 {
		return 0
	}
	return time.Duration(f.y / f.n)
}

// scaled is what a run of so many rows takes, as far as that is known, even where
// all runs so far were of one size.
func (f *fit) scaled(rows int) time.Duration {
	if _, _, known := f.costs(); known || f.n == 0 {
		return f.time(rows)
	}
	return time.Duration(f.y / f.x * float64(rows))
}

const (
	// leastRows and mostRows bound what the costs suggest.
	leastRows, mostRows = 16, 256
	// longRun is how long one run may keep others waiting for the sake of
	// throughput, unless its fixed cost alone is of that order.
	longRun = 50 * time.Millisecond
)

// suggest sets the most rows of a run: so many that the fixed cost is a
// twentieth of it, and not so many that others wait long.
func (t *tuner) suggest() {
	switch {
	case t.set > 1:
		t.most.Store(int64(t.set))
		return
	case t.set == 1:
		t.most.Store(math.MaxInt32)
		return
	}
	rows := int64(mostRows)
	if fixed, row, known := t.fit.costs(); known && row > 0 {
		rows = int64(min(max(20*fixed/row, leastRows), mostRows))
		rows = max(1, min(rows, int64(max(float64(longRun), 4*fixed)/row)))
	}
	t.most.Store(rows)
}

// why says for a person what decides how requests run.
func (t *tuner) why(p *proof) string {
	switch {
	case p.state() == refuted:
		return "requests run one by one: " + p.reason()
	case t.set == 1:
		return "requests run one by one, as the version's settings say"
	case len(t.ways) == 1 && t.ways[0].together:
		return "rows run together, as the version's settings say"
	case !slices.ContainsFunc(t.ways, joins):
		return "requests run one by one, since none may wait"
	case t.tries[t.now].rate == 0:
		return "not measured yet; " + p.reason()
	case t.ways[t.best].together:
		return "rows run together: of the ways that were tried under load, that answered most"
	default:
		return "requests run one by one: of the ways that were tried under load, that answered most"
	}
}

// oneByOne leaves only the ways that run requests one by one.
func (t *tuner) oneByOne() {
	if !slices.ContainsFunc(t.ways, joins) {
		return
	}
	free := t.ways[len(t.ways)-1].runners
	if t.ways = slices.DeleteFunc(t.ways, joins); len(t.ways) == 0 {
		t.ways = []way{{runners: free}}
	}
	t.tries = make([]try, len(t.ways))
	t.now, t.best = 0, 0
	t.reset()
}

// joins says whether a way runs requests together.
func joins(w way) bool { return w.together }

package inference

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"

	"augur"
)

// proof is what is known of whether a version answers each row by itself, so
// that rows of several requests may run together and those of one apart. A
// signature can only rule it out: a model may take any number of rows and still
// subtract their mean. So the first runs of several rows are run again row by
// row or request by request, and compared, and later ones now and then. Until
// then callers get what their request gives alone.
type proof struct {
	doubt func(why string) // called when a trusted version turns out otherwise
	now   atomic.Int32     // a proofState
	// runs counts those of several tasks since it is trusted; at next, one is
	// looked at again.
	runs, next atomic.Uint64

	mu   sync.Mutex // guards what follows
	good int
	why  string
}

type proofState int32

const (
	unproven proofState = iota
	trusted
	refuted
)

// enough is how many comparisons make trust.
const enough = 2

const notRows = "an output does not have one entry for each row"

func newProof(sig *augur.Signature, doubt func(string)) *proof {
	p := &proof{doubt: doubt, why: "not yet seen to answer each row by itself"}
	p.next.Store(16)
	if why := ruledOut(sig); why != "" {
		p.now.Store(int32(refuted))
		p.why = why
	}
	return p
}

// ruledOut says why a signature's rows cannot run together, "" when they may.
func ruledOut(sig *augur.Signature) string {
	symbol, any := "", false
	for i := range sig.Inputs {
		in := &sig.Inputs[i]
		if k := in.Type.Kind; k == augur.KindOptional && in.Type.Elem != nil && in.Type.Elem.Kind != augur.KindTensor {
			return "input " + in.Name + " (" + in.Type.String() + ") has no rows"
		}
		if in.Optional || in.Type.Kind == augur.KindOptional {
			continue
		}
		any = true
		t := in.Type
		switch {
		case t.Kind != augur.KindTensor || len(t.Shape) == 0:
			return "input " + in.Name + " (" + t.String() + ") has no rows"
		case t.Shape[0].Size >= 0:
			return "input " + in.Name + " (" + t.String() + ") has a fixed number of rows"
		case t.DType.Bits()%8 != 0:
			return "input " + in.Name + " has elements smaller than a byte"
		}
		if s := t.Shape[0].Symbol; s != "" {
			if symbol != "" && s != symbol {
				return "its inputs count their rows separately (" + symbol + ", " + s + ")"
			}
			symbol = s
		}
	}
	if !any {
		return "it has no required input"
	}
	if symbol != "" && slices.ContainsFunc(sig.Inputs, func(in augur.Spec) bool {
		return len(in.Type.Shape) > 0 && slices.ContainsFunc(in.Type.Shape[1:], func(d augur.Dim) bool { return d.Symbol == symbol })
	}) {
		return "the number of rows (" + symbol + ") is also another dimension"
	}
	for i := range sig.Outputs {
		out := &sig.Outputs[i]
		t := out.Type
		follows := t.Kind == augur.KindTensor && (t.Shape == nil || len(t.Shape) > 0 && t.Shape[0].Size < 0) ||
			t.Kind == augur.KindSequence && t.Elem != nil && t.Elem.Kind == augur.KindMap
		if !follows {
			return "output " + out.Name + " (" + t.String() + ") does not follow the rows"
		}
	}
	return ""
}

func (p *proof) state() proofState { return proofState(p.now.Load()) }

func (p *proof) reason() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.why
}

// saw notes a comparison that came out equal.
func (p *proof) saw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state() != unproven {
		return
	}
	if p.good++; p.good >= enough {
		p.why = "it answers each row by itself"
		p.now.Store(int32(trusted))
	}
}

// refute ends it.
func (p *proof) refute(why string) {
	p.mu.Lock()
	was := p.state()
	p.why = why
	p.now.Store(int32(refuted))
	p.mu.Unlock()
	if was == trusted {
		p.doubt(why)
	}
}

const mixes = "a row's answer depends on the other rows"

// proveAlone looks at a request of several rows that ran by itself: its last
// row must answer the same alone.
func (b *batcher) proveAlone(t *task, outputs []augur.Output) {
	if b.proof.state() != unproven || sameRow(t.inputs, 0, t.inputs, t.rows-1) {
		return
	}
	if !allFollow(outputs, t.rows) {
		b.proof.refute(notRows)
		return
	}
	last := b.run(t.ctx, rowsOf(t.inputs, t.rows-1, t.rows), t.outputs)
	switch {
	case last.err != nil:
	case same(last.outputs, part(outputs, t.rows-1, t.rows)):
		b.proof.saw()
	default:
		b.proof.refute(mixes)
	}
}

// proveTogether looks at a batch that ran, whose outputs follow their rows. It
// reports false when its answers must not be given.
func (b *batcher) proveTogether(run *batch) bool {
	if b.proof.state() == trusted {
		// Now and then, ever more seldom and when nobody waits: a mistake would
		// be a silent one.
		if n := b.proof.runs.Add(1); n < b.proof.next.Load() || b.queued() > 0 {
			return true
		} else {
			b.proof.next.Store(2 * n)
		}
		t := run.tasks[0]
		alone := b.run(t.ctx, t.inputs, t.outputs)
		if alone.err != nil || same(alone.outputs, part(run.outputs, 0, t.rows)) {
			return true
		}
		b.proof.refute(mixes)
		return false
	}
	b.again(run)
	differ, equal := false, true
	for i, t := range run.tasks {
		differ = differ || i > 0 && !sameRow(t.inputs, 0, run.tasks[0].inputs, 0)
		if run.alone[i].err == nil && !same(run.alone[i].outputs, part(run.outputs, run.first[i], run.first[i+1])) {
			equal = false
		}
	}
	switch {
	case !equal:
		b.proof.refute(mixes)
	case differ:
		b.proof.saw()
	}
	return true
}

// sameRow compares row i of one request with row k of another that is alike.
func sameRow(a []augur.NamedTensor, i int, b []augur.NamedTensor, k int) bool {
	for n := range a {
		one, other := a[n].Tensor.Rows(int64(i), int64(i)+1), b[n].Tensor.Rows(int64(k), int64(k)+1)
		if !bytes.Equal(one.Data, other.Data) || !slices.Equal(one.Strings, other.Strings) {
			return false
		}
	}
	return true
}

package rollout

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"augur"
)

// Buckets is how many equal parts subjects fall into: one for each basis point.
const Buckets = augur.WholeWeight

// Bucket is the part, 0 to 9,999, that a subject falls into:
//
//	text   = salt + ":" + subject, in UTF-8 (a salt has no ':')
//	n      = the first 4 bytes of SHA-256(text), an unsigned number, big-endian
//	bucket = floor(n * 10,000 / 2^32)
//
// Every language has these; testdata/vectors.json holds examples to check
// against. n * 10,000 is less than 2^46, so a double holds it exactly. No bucket
// is more than 3 in a million likelier than another.
//
// It does not allocate for a salt and subject of at most 255 bytes together.
func Bucket(salt, subject string) int {
	var buf [256]byte
	text := append(buf[:0], salt...)
	text = append(text, ':')
	text = append(text, subject...)
	sum := sha256.Sum256(text)
	return int(uint64(binary.BigEndian.Uint32(sum[:4])) * Buckets >> 32)
}

// Split says who gets which arm at one moment of a rollout. The buckets of arms
// 1, 2 … follow each other from bucket 0 on, each as many as its weight, and the
// baseline has the rest: so a larger weight of the only candidate takes buckets
// from the baseline alone.
//
// It never changes, and may be used from any number of goroutines.
type Split struct {
	salt string
	// ends holds, for each arm but the baseline, the bucket after its last.
	ends [augur.MaxArms]int
	out  [augur.MaxArms]bool // arms that take no requests now
	arms int
	// shadow is set when arms but the baseline get copies.
	shadow bool
	// drawn is set when requests have no subject.
	drawn bool
	// over is set when one arm answers everybody: all.
	over bool
	all  int
}

// NewSplit makes the split of a valid plan in a state. It fails with
// FailedPrecondition when they do not fit.
func NewSplit(p *augur.Plan, s augur.RolloutState) (*Split, error) {
	if err := fits(p, s); err != nil {
		return nil, err
	}
	split := &Split{salt: p.Salt, arms: len(p.Arms), shadow: p.Kind == augur.RolloutShadow, drawn: p.Subject == augur.SubjectNone}
	if s.Status.Over() {
		split.over, split.all = true, max(p.Arm(s.Promoted), 0)
		return split, nil
	}
	end := 0
	for i := 1; i < len(p.Arms); i++ {
		if p.Kind == augur.RolloutExperiment {
			end += p.Arms[i].Weight
		} else {
			end += p.Steps[s.Step].Weight
		}
		split.ends[i] = end
	}
	return split, nil
}

// Without returns a split in which an arm takes no requests: its subjects get
// the baseline, and nobody else moves. The baseline itself cannot be taken out.
func (s *Split) Without(arm int) *Split {
	c := *s
	if arm > 0 && arm < s.arms {
		c.out[arm] = true
	}
	return &c
}

// Weights are the shares of all arms in basis points, in the order of the plan.
// Those of a shadow are the shares of copies, and the baseline's is all.
func (s *Split) Weights() []int {
	weights := make([]int, s.arms)
	if s.over {
		weights[s.all] = Buckets
		return weights
	}
	weights[0] = Buckets
	for i, end := 1, 0; i < s.arms; i++ {
		if !s.out[i] {
			weights[i] = s.ends[i] - end
		}
		if end = s.ends[i]; !s.shadow {
			weights[0] -= weights[i]
		}
	}
	return weights
}

// Assignment is what became of one request.
type Assignment struct {
	// Arm is the place in Plan.Arms of the arm that answers.
	Arm int
	// Shadow is the place of the arm that gets a copy, 0 for none.
	Shadow int
	// Bucket is the one that decided, -1 when none did (ArmOver).
	Bucket int
	Reason augur.ArmReason
}

// Assign says which arm answers a request. The same subject gets the same arm
// in every call until the split changes. Without a subject, or when the plan
// wants none, draw decides for this request alone, so that the weights hold over
// many; draw returns 64 random bits (math/rand/v2.Uint64) and is called only
// then. It may be nil, and the baseline then answers what would be drawn.
func Assign(s *Split, subject string, draw func() uint64) Assignment {
	if s.over {
		return Assignment{Arm: s.all, Bucket: -1, Reason: augur.ArmOver}
	}
	a := Assignment{Reason: augur.ArmSubject}
	switch {
	case subject != "" && !s.drawn:
		a.Bucket = Bucket(s.salt, subject)
	case draw != nil:
		a.Reason = augur.ArmDrawn
		hi, _ := bits.Mul64(draw(), Buckets)
		a.Bucket = int(hi)
	default:
		return Assignment{Bucket: Buckets - 1, Reason: augur.ArmDrawn}
	}
	for i := 1; i < s.arms; i++ {
		if a.Bucket >= s.ends[i] {
			continue
		}
		switch {
		case s.out[i]:
			a.Reason = augur.ArmOut
		case s.shadow:
			a.Shadow = i
		default:
			a.Arm = i
		}
		break
	}
	return a
}

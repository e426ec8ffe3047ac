package augur

import "time"

// RolloutKind says what a rollout is for.
type RolloutKind string

// The kinds of rollout.
const (
	// RolloutCanary: the candidate takes more and more of the traffic, and
	// becomes the live version at the end.
	RolloutCanary RolloutKind = "CANARY"
	// RolloutExperiment: two or more arms keep fixed shares while they are
	// compared. It never promotes by itself.
	RolloutExperiment RolloutKind = "EXPERIMENT"
	// RolloutShadow: the baseline answers all; the candidate gets copies of
	// requests, and nobody sees what it answers.
	RolloutShadow RolloutKind = "SHADOW"
)

// RolloutKinds lists every RolloutKind.
func RolloutKinds() []RolloutKind {
	return []RolloutKind{RolloutCanary, RolloutExperiment, RolloutShadow}
}

// RolloutState is where a rollout stands. rollout.Start makes the first one;
// after that rollout.Next and rollout.Act.
type RolloutState struct {
	Status RolloutStatus `json:"status"`
	// Step is the place in Plan.Steps.
	Step int `json:"step"`
	// Since is when the step began. Figures from before do not count.
	Since time.Time `json:"since"`
	// Quiet is when waiting for requests began anew because a person resumed;
	// zero otherwise.
	Quiet time.Time `json:"quiet,omitzero"`
	// Pause says what a paused rollout waits for; "" otherwise.
	Pause PauseReason `json:"pause,omitempty"`
	// Promoted is the arm that became live; "" while running, and when none did.
	Promoted string `json:"promoted,omitempty"`
}

// RolloutStatus says whether a rollout goes on.
type RolloutStatus string

// The statuses.
const (
	// RolloutRunning: time and gates move it.
	RolloutRunning RolloutStatus = "RUNNING"
	// RolloutPaused: shares stay as they are until a person acts; gates can
	// still roll it back.
	RolloutPaused RolloutStatus = "PAUSED"
	// RolloutCompleted: it is over; Promoted answers, or the baseline.
	RolloutCompleted RolloutStatus = "COMPLETED"
	// RolloutRolledBack: it is over; the baseline answers.
	RolloutRolledBack RolloutStatus = "ROLLED_BACK"
)

// RolloutStatuses lists every RolloutStatus.
func RolloutStatuses() []RolloutStatus {
	return []RolloutStatus{RolloutRunning, RolloutPaused, RolloutCompleted, RolloutRolledBack}
}

// Over says whether nothing can happen to the rollout any more.
func (s RolloutStatus) Over() bool { return s == RolloutCompleted || s == RolloutRolledBack }

// PauseReason says what a paused rollout waits for.
type PauseReason string

// The reasons of a pause.
const (
	// PauseApproval: the step asks for a person's approval.
	PauseApproval PauseReason = "APPROVAL"
	// PauseDecision: an experiment has run its time; a person promotes an arm or aborts.
	PauseDecision PauseReason = "DECISION"
	// PausePerson: a person paused it.
	PausePerson PauseReason = "PERSON"
	// PauseUnknown: a gate could not be answered.
	PauseUnknown PauseReason = "UNKNOWN"
	// PauseQuiet: there were not enough requests, even after the grace period.
	PauseQuiet PauseReason = "QUIET"
	// PauseSampleRatio: the arms do not have the shares they should, so that
	// comparing them means nothing.
	PauseSampleRatio PauseReason = "SAMPLE_RATIO"
)

// PauseReasons lists every PauseReason.
func PauseReasons() []PauseReason {
	return []PauseReason{PauseApproval, PauseDecision, PausePerson, PauseUnknown, PauseQuiet, PauseSampleRatio}
}

// RolloutMove is what is decided about a rollout at one moment.
type RolloutMove string

// The moves.
const (
	// MoveHold: it stays as it is.
	MoveHold RolloutMove = "HOLD"
	// MoveAdvance: the next step begins.
	MoveAdvance RolloutMove = "ADVANCE"
	// MovePause: a person is needed.
	MovePause RolloutMove = "PAUSE"
	// MoveRollBack: all traffic goes back to the baseline at once.
	MoveRollBack RolloutMove = "ROLL_BACK"
	// MoveComplete: it has reached its end.
	MoveComplete RolloutMove = "COMPLETE"
)

// RolloutMoves lists every RolloutMove.
func RolloutMoves() []RolloutMove {
	return []RolloutMove{MoveHold, MoveAdvance, MovePause, MoveRollBack, MoveComplete}
}

// RolloutAction is what a person does to a rollout.
type RolloutAction string

// The actions.
const (
	// ActionPause stops the steps; shares stay as they are.
	ActionPause RolloutAction = "PAUSE"
	// ActionResume lets the steps go on.
	ActionResume RolloutAction = "RESUME"
	// ActionApprove begins the next step now, whatever gates and time say.
	ActionApprove RolloutAction = "APPROVE"
	// ActionPromote ends it in favour of an arm, now.
	ActionPromote RolloutAction = "PROMOTE"
	// ActionAbort ends it in favour of the baseline, now.
	ActionAbort RolloutAction = "ABORT"
)

// RolloutActions lists every RolloutAction.
func RolloutActions() []RolloutAction {
	return []RolloutAction{ActionPause, ActionResume, ActionApprove, ActionPromote, ActionAbort}
}

// RolloutAct is one entry of a rollout's history: what was decided or done.
type RolloutAct string

// The entries of a rollout's history.
const (
	// ActStarted: it began.
	ActStarted RolloutAct = "STARTED"
	// ActVerdict: the gates answered otherwise than before, and it went on as it was.
	ActVerdict RolloutAct = "VERDICT"
	// ActAdvanced: the next step began.
	ActAdvanced RolloutAct = "ADVANCED"
	// ActPaused: it waits for a person.
	ActPaused RolloutAct = "PAUSED"
	// ActResumed: a person let it go on.
	ActResumed RolloutAct = "RESUMED"
	// ActApproved: a person began the next step.
	ActApproved RolloutAct = "APPROVED"
	// ActCompleted: it reached its end by itself.
	ActCompleted RolloutAct = "COMPLETED"
	// ActPromoted: a person ended it in favour of an arm.
	ActPromoted RolloutAct = "PROMOTED"
	// ActRolledBack: a gate or a circuit breaker ended it.
	ActRolledBack RolloutAct = "ROLLED_BACK"
	// ActAborted: a person ended it in favour of the baseline.
	ActAborted RolloutAct = "ABORTED"
)

// RolloutActs lists every RolloutAct.
func RolloutActs() []RolloutAct {
	return []RolloutAct{
		ActStarted, ActVerdict, ActAdvanced, ActPaused, ActResumed, ActApproved, ActCompleted, ActPromoted, ActRolledBack, ActAborted,
	}
}

// ArmReason says why a request went to its arm.
type ArmReason string

// The reasons of an arm.
const (
	// ArmSubject: the subject belongs to it.
	ArmSubject ArmReason = "SUBJECT"
	// ArmDrawn: there is no subject, and it was drawn for this request.
	ArmDrawn ArmReason = "DRAWN"
	// ArmOut: the arm that it belongs to, or was drawn for, takes no requests
	// now, and the baseline answers.
	ArmOut ArmReason = "OUT"
	// ArmOver: the rollout is over, and one version answers everybody.
	ArmOver ArmReason = "OVER"
)

// ArmReasons lists every ArmReason.
func ArmReasons() []ArmReason { return []ArmReason{ArmSubject, ArmDrawn, ArmOut, ArmOver} }

// Duration is a length of time that is text in JSON, as Go writes it: "1h30m0s".
type Duration time.Duration

// String writes it as time.Duration does.
func (d Duration) String() string { return time.Duration(d).String() }

// Std is the length of time as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// MarshalText writes it as time.Duration does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what time.ParseDuration does; InvalidArgument otherwise.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return Errorf(InvalidArgument, "%q: expected a length of time, as in \"90s\" or \"1h30m\"", text)
	}
	*d = Duration(v)
	return nil
}

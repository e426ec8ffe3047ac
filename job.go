package augur

import (
	"io"
	"slices"
	"time"
)

// JobState is where a job stands.
//
//	QUEUED ⇄ RUNNING → SUCCEEDED, FAILED
//	QUEUED, RUNNING → CANCELED, EXPIRED
//	FAILED, CANCELED, EXPIRED → QUEUED (retry)
type JobState string

// The states.
const (
	// JobQueued waits for a worker, or for its next attempt.
	JobQueued JobState = "QUEUED"
	// JobRunning is being worked on.
	JobRunning JobState = "RUNNING"
	// JobSucceeded has an answer or an error for each of its rows.
	JobSucceeded JobState = "SUCCEEDED"
	// JobFailed ended with an error; what was done before is kept.
	JobFailed JobState = "FAILED"
	// JobCanceled was ended by somebody.
	JobCanceled JobState = "CANCELED"
	// JobExpired was not done in the time that it was given.
	JobExpired JobState = "EXPIRED"
)

// JobStates lists every JobState.
func JobStates() []JobState {
	return []JobState{JobQueued, JobRunning, JobSucceeded, JobFailed, JobCanceled, JobExpired}
}

// Ended says whether a job in this state is worked on no more, unless somebody
// has it retried.
func (s JobState) Ended() bool { return s != JobQueued && s != JobRunning }

// Next lists the states that may follow.
func (s JobState) Next() []JobState {
	switch s {
	case JobQueued:
		return []JobState{JobRunning, JobFailed, JobCanceled, JobExpired}
	case JobRunning:
		return []JobState{JobQueued, JobSucceeded, JobFailed, JobCanceled, JobExpired}
	case JobFailed, JobCanceled, JobExpired:
		return []JobState{JobQueued}
	default:
		return nil
	}
}

// MayBecome says whether next may follow the state.
func (s JobState) MayBecome(next JobState) bool { return slices.Contains(s.Next(), next) }

// JobPriority says which of several queued jobs is worked on first.
type JobPriority string

// The priorities.
const (
	PriorityHigh   JobPriority = "HIGH"
	PriorityNormal JobPriority = "NORMAL"
	PriorityLow    JobPriority = "LOW"
)

// JobPriorities lists every JobPriority, the first to be served first.
func JobPriorities() []JobPriority { return []JobPriority{PriorityHigh, PriorityNormal, PriorityLow} }

// TableFormat is the format of a file of rows.
type TableFormat string

// The formats.
const (
	// FormatCSV has a line of names first (RFC 4180).
	FormatCSV TableFormat = "CSV"
	// FormatJSONLines has one JSON object a line.
	FormatJSONLines TableFormat = "JSON_LINES"
)

// TableFormats lists every TableFormat.
func TableFormats() []TableFormat { return []TableFormat{FormatCSV, FormatJSONLines} }

// RowError says why one row of a job has no answer.
type RowError struct {
	// Row is its place in the input, from 0 on.
	Row     int64  `json:"row"`
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Field is the path within the row: mostly one feature.
	Field []string `json:"field,omitempty"`
}

// JobProgress is how far a job is.
type JobProgress struct {
	// RowsDone have an answer or an error, and RowsFailed of them an error.
	RowsDone, RowsFailed int64
	// Rows is how many there are, nil while that is not known.
	Rows *int64
	// Fraction is from 0 to 1; of a file, by its bytes.
	Fraction float64
	// RowsPerSecond is the rate while it was worked on, nil before the first.
	RowsPerSecond *float64
	// TimeLeft is nil when it is not known, and when the job has ended.
	TimeLeft *time.Duration
}

// Values lists every state as text.
func (JobState) Values() []string { return texts(JobStates()) }

// MarshalGQL writes the state for the schema.
func (s JobState) MarshalGQL(w io.Writer) { writeWord(w, s) }

// UnmarshalGQL reads what MarshalGQL writes.
func (s *JobState) UnmarshalGQL(v any) error { return readWord(s, v, JobStates()) }

// Values lists every priority as text.
func (JobPriority) Values() []string { return texts(JobPriorities()) }

// MarshalGQL writes the priority for the schema.
func (p JobPriority) MarshalGQL(w io.Writer) { writeWord(w, p) }

// UnmarshalGQL reads what MarshalGQL writes.
func (p *JobPriority) UnmarshalGQL(v any) error { return readWord(p, v, JobPriorities()) }

// Values lists every format as text.
func (TableFormat) Values() []string { return texts(TableFormats()) }

// MarshalGQL writes the format for the schema.
func (f TableFormat) MarshalGQL(w io.Writer) { writeWord(w, f) }

// UnmarshalGQL reads what MarshalGQL writes.
func (f *TableFormat) UnmarshalGQL(v any) error { return readWord(f, v, TableFormats()) }

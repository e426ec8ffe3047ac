package augur

import (
	"context"
	"encoding/json"
	"time"
)

// Predictor answers predictions. It is the one way in for every transport.
type Predictor interface {
	// Predict resolves the version, checks the input against its signature and
	// runs it. It may be called from any number of goroutines, and returns as
	// soon as ctx is done. The error is an *Error or Errors:
	//   - NotFound: no such model, version or alias (or not visible to the principal);
	//   - FailedPrecondition: the model has no live version, or the version is not served;
	//   - InvalidArgument: with Field, relative to Request (["data", "tensors", "0", "shape"]);
	//   - ResourceExhausted, DeadlineExceeded, Canceled, Unavailable, Internal.
	// Where several things are wrong it is Errors, in the order of the request.
	// Rows that are wrong by themselves do not make an error of the whole
	// request unless Options.RejectOnRowError or none is right: they stand in
	// Response.RowErrors.
	Predict(ctx context.Context, req *Request) (*Response, error)
}

// Request asks for one prediction of one or many rows.
type Request struct {
	// Model is the model's name.
	Model string
	// Version is a version, an alias or "latest"; "" means the live version.
	Version string
	Data    Data
	// Outputs names the outputs that are wanted; empty means all of them.
	Outputs []string
	// Subject is who the prediction is for; the unit of stickiness.
	Subject string
	Options Options
}

// Data is the input in one of three forms; exactly one field is set.
type Data struct {
	// Rows are JSON objects from feature name to value. They are kept as text
	// until the signature is known, so that they are read once, straight into
	// the tensors, and 64-bit integers keep their width.
	Rows []json.RawMessage
	// One is set when the caller gave a single row rather than a list of one:
	// it changes only the paths of errors (["data", "row", …]).
	One bool
	// Columns is one JSON object from feature name to the list of its values.
	Columns json.RawMessage
	// Tensors are exact inputs by name, sequences and maps among them.
	Tensors []NamedTensor
}

// NamedTensor is an exact input: a tensor, or for inputs of another kind a value.
type NamedTensor struct {
	Name   string
	Tensor *Tensor
	// Value is a sequence of tensors or a map; Tensor is nil where it is set.
	Value *Value
}

// Size returns roughly how many bytes the input holds.
func (n *NamedTensor) Size() int {
	switch {
	case n.Value != nil:
		return n.Value.Size()
	case n.Tensor != nil:
		return n.Tensor.Size()
	}
	return 0
}

// Given is the input as a value.
func (n *NamedTensor) Given() Value {
	if n.Value != nil {
		return *n.Value
	}
	return TensorValue(n.Tensor)
}

// CacheMode says what the prediction cache may do for a request.
type CacheMode string

// The cache modes.
const (
	// CacheDefault reads and fills the cache where the version allows it.
	CacheDefault CacheMode = "DEFAULT"
	// CacheBypass neither reads nor fills it.
	CacheBypass CacheMode = "BYPASS"
	// CacheRefresh computes anew and fills it.
	CacheRefresh CacheMode = "REFRESH"
)

// Options of one request.
type Options struct {
	// Cache is the cache mode; "" means CacheDefault.
	Cache CacheMode
	// RejectOnRowError refuses the whole request when one row is wrong.
	RejectOnRowError bool
	// Timeout shortens the version's own; zero means no shortening.
	Timeout time.Duration
}

// Response is the answer to one Request. It is shared with the cache and must
// not be changed.
type Response struct {
	// ID names the prediction (and the record that will exist unless sampled out).
	ID      string
	Version *CatalogVersion
	// Outputs are exact, in the order asked for. They hold the rows that
	// succeeded, in order.
	Outputs []Output
	// Rows is how many rows the request had. It is 0 when the inputs have no
	// common first dimension, and the request counts as one row.
	Rows int
	// RowIndex gives, for each row of Outputs, its place in the request.
	RowIndex []int
	// RowErrors are the rows that failed, by Field.
	RowErrors []*Error
	Route     Route
	// Cache is where the answer came from: MEMORY or SHARED only when no row
	// was run for it.
	Cache CacheStatus
	// CachedRows counts the rows of Outputs that came from the cache.
	CachedRows int
	Timing     Timing
	CreatedAt  time.Time
}

// Output is one named output.
type Output struct {
	Name  string
	Value Value
}

// Route says which version answered and why.
type Route struct {
	// Reason is EXPLICIT (a version was named), ALIAS, LIVE, FALLBACK or ROLLOUT.
	Reason RouteReason
	// Ref is the version or alias that was asked for, "live" when none was.
	Ref string
	// Rollout is the id of the rollout that the request took part in, Arm the
	// name of the arm that answered and ArmReason why that one did; "" where the
	// request took part in none.
	Rollout, Arm string
	ArmReason    ArmReason
}

// RouteReason says why a version answered.
type RouteReason string

// The route reasons.
const (
	RouteExplicit RouteReason = "EXPLICIT"
	RouteAlias    RouteReason = "ALIAS"
	RouteLive     RouteReason = "LIVE"
	// RouteFallback: the version that should have answered is left alone, since
	// its circuit breaker is open or it could not be loaded, and the one it falls
	// back to answered.
	RouteFallback RouteReason = "FALLBACK"
	// RouteRollout: nothing was asked for, and a rollout chose among its arms.
	RouteRollout RouteReason = "ROLLOUT"
)

// CacheStatus says whether the answer came from the cache, and from where.
type CacheStatus string

// The cache statuses.
const (
	// CacheMiss: the version ran for this request.
	CacheMiss CacheStatus = "MISS"
	// CacheMemory: the answer was there, or the run of an equal request gave it.
	CacheMemory CacheStatus = "MEMORY"
	// CacheShared: another replica had put it into the shared cache.
	CacheShared CacheStatus = "SHARED"
	// CacheSkipped: the request, the version or the server wants no cache, or
	// the version is so fast and its inputs so seldom equal that it does not pay.
	CacheSkipped CacheStatus = "BYPASSED"
)

// Timing says where the time of a prediction went.
type Timing struct {
	// Total is from the call of Predict to its return; Queue waiting for a
	// place to run; Run in the runtime.
	Total, Queue, Run time.Duration
}

// TotalMs is Total in milliseconds.
func (t Timing) TotalMs() float64 { return float64(t.Total) / float64(time.Millisecond) }

// QueueMs is Queue in milliseconds.
func (t Timing) QueueMs() float64 { return float64(t.Queue) / float64(time.Millisecond) }

// RunMs is Run in milliseconds.
func (t Timing) RunMs() float64 { return float64(t.Run) / float64(time.Millisecond) }

package resolvers

import (
	"context"
	"encoding/json"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/predictionrecord"
	"augur/graph"
	"augur/registry"

	"entgo.io/contrib/entgql"
)

// records finds records of predictions by id; nil for one that is not there or
// may not be seen.
func (l Loaders) records(ctx context.Context, ids []string) ([]*ent.PredictionRecord, []error) {
	rows, err := l.Reader.PredictionRecord.Query().Where(predictionrecord.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, []error{err}
	}
	byID := make(map[string]*ent.PredictionRecord, len(rows))
	for _, p := range rows {
		byID[p.ID] = p
	}
	return arrange(ids, byID), nil
}

// newestFirst is the order of the log.
var newestFirst = ent.WithPredictionRecordOrder(&ent.PredictionRecordOrder{Field: ent.PredictionRecordOrderFieldCreatedAt, Direction: entgql.OrderDirectionDesc})

// recordsOf are the records of a model, when one is named, and of a version of
// it. Its error is NotFound, at ["model"] or ["version"].
func (r *Resolver) recordsOf(ctx context.Context, model, version *string) (*ent.PredictionRecordQuery, error) {
	query := r.Reader.PredictionRecord.Query()
	if model == nil {
		if version != nil {
			return nil, augur.Errorf(augur.InvalidArgument, "a version is one of a model: give model too").At("version")
		}
		return query, nil
	}
	m, err := r.modelByName(ctx, *model)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, augur.Errorf(augur.NotFound, "no model %q", *model).At("model")
	}
	query = query.Where(predictionrecord.ModelID(m.ID))
	if version == nil {
		return query, nil
	}
	v, err := r.versionByRef(ctx, m, *version)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, augur.Errorf(augur.NotFound, "model %q has no version %q", *model, *version).At("version")
	}
	return query.Where(predictionrecord.VersionID(v.ID)), nil
}

// outcomeRecord decodes and writes an outcome.
func (r *Resolver) outcomeRecord(ctx context.Context, in graph.OutcomeRecordInput) error {
	text, err := json.Marshal(in.Outcome)
	if err != nil {
		return augur.Wrap(augur.InvalidArgument, err, "expected a JSON value").At("outcome")
	}
	return r.Registry.OutcomeRecord(ctx, registry.OutcomeRecord{PredictionID: in.PredictionID, Outcome: text, VersionID: deref(in.VersionID)})
}

// routeOf shows the route of a record, nil where it is not known.
func routeOf(p *ent.PredictionRecord) *augur.Route {
	if p.RouteReason == "" {
		return nil
	}
	return &augur.Route{Reason: augur.RouteReason(p.RouteReason), Ref: p.RouteRef, Rollout: deref(p.RolloutID), Arm: p.Arm, ArmReason: augur.ArmReason(deref(p.ArmReason))}
}

// errorOf shows why a prediction has no answer, nil where it has one or nothing
// is known of it.
func errorOf(p *ent.PredictionRecord) *graph.PredictionError {
	if p.Code == augur.OK || p.Code == augur.Unknown {
		return nil
	}
	return &graph.PredictionError{Code: p.Code, Message: p.Message, Field: p.Path}
}

func timingOf(p *ent.PredictionRecord) *augur.Timing {
	length := func(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
	return &augur.Timing{Total: length(p.TotalMs), Queue: length(p.QueueMs), Run: length(p.RunMs)}
}

// keptJSON shows JSON as it was kept, nil where it was not.
func keptJSON(text *string) any {
	if text == nil {
		return nil
	}
	return json.RawMessage(*text)
}

// keptValues shows a list of JSON values as they were kept.
func keptValues(text string) ([]any, error) {
	var values []json.RawMessage
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return nil, err
	}
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out, nil
}

// keptOutputs shows exact outputs as they were kept.
func keptOutputs(text string) ([]*graph.Output, error) {
	var kept []struct {
		Name  string
		Value json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return nil, err
	}
	out := make([]*graph.Output, len(kept))
	for i, k := range kept {
		v, err := augur.DecodeValueJSON(k.Value)
		if err != nil {
			return nil, augur.Wrap(augur.Internal, err, "internal error")
		}
		out[i] = graph.NewOutput(augur.Output{Name: k.Name, Value: v})
	}
	return out, nil
}

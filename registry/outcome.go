package registry

import (
	"context"
	"encoding/json"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/modelversion"
	"augur/ent/predictionrecord"
	"augur/ent/schema"
)

// maxOutcome bounds the JSON of an outcome.
const maxOutcome = 64 << 10

// OutcomeRecord is the truth about an earlier prediction.
type OutcomeRecord struct {
	PredictionID string
	// Outcome is any JSON value but null.
	Outcome json.RawMessage
	// VersionID is the version that predicted; needed where the prediction was
	// sampled out of the log.
	VersionID string
}

// OutcomeRecord keeps the outcome of a prediction beside its record, and
// replaces an earlier one. Where there is no record, it makes one that holds
// the outcome alone, given the version; when the record comes after all, the
// two are one. The error is NotFound when there is neither a record nor a
// version, and InvalidArgument for a version that did not make the prediction.
func (r *Registry) OutcomeRecord(ctx context.Context, in OutcomeRecord) error {
	if kind, _ := augur.IDKind(in.PredictionID); kind != augur.PredictionID {
		return augur.Errorf(augur.InvalidArgument, "expected the id of a prediction, as in prd_01J9Z3NDEKTSV4RRFFQ69G5FAV").At("predictionId")
	}
	if !json.Valid(in.Outcome) || string(in.Outcome) == "null" {
		return augur.Errorf(augur.InvalidArgument, "expected a JSON value other than null").At("outcome")
	}
	if len(in.Outcome) > maxOutcome {
		return augur.Errorf(augur.InvalidArgument, "expected at most %d bytes of JSON, got %d", maxOutcome, len(in.Outcome)).At("outcome")
	}
	known, err := r.store.Reader().PredictionRecord.Query().Where(predictionrecord.ID(in.PredictionID)).Exist(ctx)
	if live := r.live.Load(); err == nil && !known && live != nil {
		// It may be on its way. What fails here fails below too, or does not matter.
		_ = (*live).Sync(ctx)
	}
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		at, outcome := now(), string(in.Outcome)
		c := &change{action: "outcomeRecord", subject: in.PredictionID, after: map[string]any{"outcome": in.Outcome}}
		record, err := tx.PredictionRecord.Query().Where(predictionrecord.ID(in.PredictionID), locked).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			v, err := versionOfOutcome(ctx, tx, in.VersionID)
			if err != nil {
				return nil, err
			}
			made := augur.IDTime(in.PredictionID)
			if made.After(at) || made.Before(at.Add(-10*365*24*time.Hour)) {
				made = at
			}
			c.model = v.Edges.Model.Name
			return c, tx.PredictionRecord.Create().SetID(in.PredictionID).SetCode(augur.Unknown).SetAnswered(false).SetCreatedAt(made).
				SetModelID(v.ModelID).SetVersionID(v.ID).SetOutcome(outcome).SetOutcomeAt(at).Exec(ctx)
		case err != nil:
			return nil, err
		case in.VersionID != "" && in.VersionID != record.VersionID:
			return nil, augur.Errorf(augur.InvalidArgument, "another version made this prediction").At("versionId")
		}
		if record.Outcome != nil {
			if *record.Outcome == outcome {
				return nil, nil
			}
			c.before = map[string]any{"outcome": json.RawMessage(*record.Outcome)}
		}
		// Deleted models have records too.
		m, err := tx.Model.Get(schema.WithDeleted(ctx), record.ModelID)
		if err != nil {
			return nil, err
		}
		c.model = m.Name
		return c, tx.PredictionRecord.UpdateOne(record).SetOutcome(outcome).SetOutcomeAt(at).Exec(ctx)
	})
}

// versionOfOutcome finds the version that an outcome without a record is for.
func versionOfOutcome(ctx context.Context, tx *ent.Tx, id string) (*ent.ModelVersion, error) {
	if id == "" {
		return nil, augur.Errorf(augur.NotFound, "no record of this prediction: it was sampled out, is older than the log, or may not be seen; give versionId to keep its outcome all the same").At("predictionId")
	}
	v, err := tx.ModelVersion.Query().Where(modelversion.ID(id)).WithModel().Only(ctx)
	switch {
	case ent.IsNotFound(err) || err == nil && v.Edges.Model == nil:
		return nil, augur.Errorf(augur.NotFound, "there is no version with the id %q", id).At("versionId")
	case err != nil:
		return nil, err
	}
	return v, nil
}

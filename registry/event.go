package registry

import (
	"encoding/json"
	"path"
	"slices"
	"time"

	"augur"
	"augur/ent"
)

// Event is one change of the record, as its row in the audit trail has it.
type Event struct {
	// ID is that of the row.
	ID string
	// Action is the mutation's name, as in aliasSet.
	Action string
	// SubjectID is the id of what was changed.
	SubjectID string
	// Model is the name of the model concerned, "" when there is none.
	Model     string
	Principal string
	RequestID string
	At        time.Time
	// Before and After are the changed fields.
	Before, After map[string]any
}

// testEvent is the action of WebhookTest.
const testEvent = "webhookTest"

func eventOf(a *ent.AuditEvent) Event {
	return Event{
		ID: a.ID, Action: a.Action, SubjectID: a.SubjectID, Model: a.Model, Principal: a.Principal,
		RequestID: a.RequestID, At: a.CreatedAt, Before: a.Before, After: a.After,
	}
}

// VisibleTo says whether a principal may know of the event: of those of no model
// only administrators do.
func (e *Event) VisibleTo(p *augur.Principal) bool {
	if e.Model == "" {
		return p.Has(augur.ScopeAdmin) && p.AllModels()
	}
	return p.Sees(e.Model)
}

// payload is the body that webhooks get.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func (e *Event) payload() string {
	type data struct {
		ID        string         `json:"id"`
		SubjectID string         `json:"subjectId"`
		Model     string         `json:"model,omitempty"`
		Principal string         `json:"principal"`
		RequestID string         `json:"requestId,omitempty"`
		Before    map[string]any `json:"before"`
		After     map[string]any `json:"after"`
	}
	b, err := json.Marshal(struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      data      `json:"data"`
	}{e.Action, e.At, data{e.ID, e.SubjectID, e.Model, e.Principal, e.RequestID, e.Before, e.After}})
	if err != nil {
		panic(err) // before and after have been stored as JSON
	}
	return string(b)
}

// matches says whether one of the patterns matches, or there are none.
func matches(patterns []string, name string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return err == nil && ok
	})
}

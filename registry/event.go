package registry

import (
	"encoding/json"
	"path"
	"slices"
	"time"

	"augur"
	"augur/ent"
)

// testEvent is the action of WebhookTest.
const testEvent = "webhookTest"

func eventOf(a *ent.AuditEvent) augur.Event {
	return augur.Event{
		ID: a.ID, Action: a.Action, SubjectID: a.SubjectID, Model: a.Model, Principal: a.Principal,
		RequestID: a.RequestID, CreatedAt: a.CreatedAt, Before: a.Before, After: a.After,
	}
}

// payloadOf is the body that webhooks get.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func payloadOf(e *augur.Event) string {
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
	}{e.Action, e.CreatedAt, data{e.ID, e.SubjectID, e.Model, e.Principal, e.RequestID, e.Before, e.After}})
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

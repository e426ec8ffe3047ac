package augur

import "time"

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
	CreatedAt time.Time
	// Before and After are the changed fields; nil where there were none.
	Before, After map[string]any
}

// VisibleTo says whether a principal may know of the event: of those of no model
// only administrators do.
func (e *Event) VisibleTo(p *Principal) bool {
	if e.Model == "" {
		return p.Has(ScopeAdmin) && p.AllModels()
	}
	return p.Sees(e.Model)
}

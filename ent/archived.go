package ent

// This file is written by hand. Archived rows are listed only when the filter
// speaks of archivedAt, at any depth.

func (w *ModelWhereInput) asksForArchived() bool {
	if w == nil {
		return false
	}
	if w.ArchivedAt != nil || w.ArchivedAtNEQ != nil || w.ArchivedAtIn != nil || w.ArchivedAtNotIn != nil ||
		w.ArchivedAtGT != nil || w.ArchivedAtGTE != nil || w.ArchivedAtLT != nil || w.ArchivedAtLTE != nil ||
		w.ArchivedAtIsNil || w.ArchivedAtNotNil || w.Not.asksForArchived() {
		return true
	}
	for _, list := range [][]*ModelWhereInput{w.And, w.Or} {
		for _, part := range list {
			if part.asksForArchived() {
				return true
			}
		}
	}
	return false
}

func (w *ModelVersionWhereInput) asksForArchived() bool {
	if w == nil {
		return false
	}
	if w.ArchivedAt != nil || w.ArchivedAtNEQ != nil || w.ArchivedAtIn != nil || w.ArchivedAtNotIn != nil ||
		w.ArchivedAtGT != nil || w.ArchivedAtGTE != nil || w.ArchivedAtLT != nil || w.ArchivedAtLTE != nil ||
		w.ArchivedAtIsNil || w.ArchivedAtNotNil || w.Not.asksForArchived() {
		return true
	}
	for _, list := range [][]*ModelVersionWhereInput{w.And, w.Or} {
		for _, part := range list {
			if part.asksForArchived() {
				return true
			}
		}
	}
	return false
}

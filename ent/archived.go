package ent

import (
	"augur/ent/model"
	"augur/ent/modelversion"
	"augur/ent/predicate"
)

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

// Listed is the predicate of a filter as With…Where applies it, for lists of what
// belongs to versions: archived versions and those of archived models only when
// the filter asks for them, and deleted ones never.
func (w *ModelVersionWhereInput) Listed() (predicate.ModelVersion, error) {
	if err := checkFilter(w); err != nil {
		return nil, err
	}
	all := []predicate.ModelVersion{modelversion.DeletedAtIsNil()}
	ofModel := []predicate.Model{model.DeletedAtIsNil()}
	if !w.asksForArchived() {
		all, ofModel = append(all, modelversion.ArchivedAtIsNil()), append(ofModel, model.ArchivedAtIsNil())
	}
	all = append(all, modelversion.HasModelWith(ofModel...))
	var own ModelVersionWhereInput
	if w != nil {
		own = *w
	}
	own.Predicates = append(all, own.Predicates...)
	p, err := own.P()
	if err != nil {
		return nil, badFilter(err)
	}
	return p, nil
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

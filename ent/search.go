package ent

import (
	"fmt"
	"strings"

	"augur/ent/model"
	"augur/ent/modelversion"
	"augur/ent/predicate"
	"augur/ent/tag"
)

// This file is written by hand. A search is for people: they type words, and
// mean what has all of them somewhere, whatever their case.

// maxWords bounds a search: each word is a condition of the statement.
const maxWords = 20

func tooManyWords() error { return fmt.Errorf("ent: search: expected at most %d words", maxWords) }

// searchModel is a predicate for each word of a text.
func searchModel(text string) (words []predicate.Model, err error) {
	for word := range strings.FieldsSeq(text) {
		if len(words) == maxWords {
			return nil, tooManyWords()
		}
		words = append(words, model.Or(
			model.NameContainsFold(word), model.DescriptionContainsFold(word), model.HasTagsWith(tagContains(word)),
		))
	}
	return words, nil
}

// searchModelVersion is a predicate for each word of a text.
func searchModelVersion(text string) (words []predicate.ModelVersion, err error) {
	for word := range strings.FieldsSeq(text) {
		if len(words) == maxWords {
			return nil, tooManyWords()
		}
		words = append(words, modelversion.Or(
			modelversion.VersionContainsFold(word), modelversion.DescriptionContainsFold(word),
			modelversion.FrameworkContainsFold(word), modelversion.HasTagsWith(tagContains(word)),
		))
	}
	return words, nil
}

func tagContains(word string) predicate.Tag {
	return tag.Or(tag.KeyContainsFold(word), tag.ValueContainsFold(word))
}

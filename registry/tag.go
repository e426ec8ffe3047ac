package registry

import (
	"context"

	"augur/ent"
	"augur/ent/predicate"
	"augur/ent/tag"
)

// setTags writes checked tags of something that has none; on says of what.
func setTags(ctx context.Context, tx *ent.Tx, tags []Tag, on func(*ent.TagCreate)) error {
	if len(tags) == 0 {
		return nil
	}
	rows := make([]*ent.TagCreate, len(tags))
	for i, t := range tags {
		rows[i] = tx.Tag.Create().SetKey(t.Key).SetValue(t.Value)
		on(rows[i])
	}
	return tx.Tag.CreateBulk(rows...).Exec(ctx)
}

// replaceTags makes checked tags all the tags of something, and records it.
func replaceTags(ctx context.Context, tx *ent.Tx, d *diff, of predicate.Tag, tags []Tag, on func(*ent.TagCreate)) error {
	rows, err := tx.Tag.Query().Where(of).Order(ent.Asc(tag.FieldKey)).All(ctx)
	if err != nil {
		return err
	}
	before := make([]Tag, len(rows))
	for i, t := range rows {
		before[i] = Tag{Key: t.Key, Value: t.Value}
	}
	if !d.addTags(before, tags) {
		return nil
	}
	if _, err := tx.Tag.Delete().Where(of).Exec(ctx); err != nil {
		return err
	}
	return setTags(ctx, tx, tags, on)
}

package schema

import (
	"context"
	"strings"

	"augur"
	gen "augur/ent"
	"augur/ent/intercept"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// The record has exactly two query interceptors, notDeleted and visible. They
// restrict what a query finds, whether it lists, counts, follows an edge or
// asks for one id, and change nothing.

type withDeletedKey struct{}

// WithDeleted returns a context in which deleted rows are found: for restoring
// and for collecting garbage.
func WithDeleted(ctx context.Context) context.Context {
	return context.WithValue(ctx, withDeletedKey{}, true)
}

// notDeleted hides rows whose deleted_at is set.
func notDeleted() ent.Interceptor {
	return intercept.TraverseFunc(func(ctx context.Context, q intercept.Query) error {
		if ctx.Value(withDeletedKey{}) == nil {
			q.WhereP(sql.FieldIsNull("deleted_at"))
		}
		return nil
	})
}

// visible hides the rows of models whose names the principal's patterns do not
// match. Without a principal nothing is visible.
func visible() ent.Interceptor {
	return intercept.TraverseFunc(func(ctx context.Context, q intercept.Query) error {
		p := augur.PrincipalFrom(ctx)
		if p.AllModels() {
			return nil
		}
		q.WhereP(func(s *sql.Selector) {
			if p == nil {
				s.Where(sql.False())
				return
			}
			s.Where(ofVisibleModel(s, q.Type(), p))
		})
		return nil
	})
}

// ofVisibleModel is the predicate on the table that s selects from.
func ofVisibleModel(s *sql.Selector, entity string, p *augur.Principal) *sql.Predicate {
	named := func(column string, dialect string) *sql.Predicate { return matchesAny(column, p.Models, dialect) }
	models := func() *sql.Selector {
		t := sql.Dialect(s.Dialect()).Table("models")
		return sql.Dialect(s.Dialect()).Select(t.C("id")).From(t).Where(named(t.C("name"), s.Dialect()))
	}
	switch entity {
	case gen.TypeModel:
		return named(s.C("name"), s.Dialect())
	case gen.TypeWebhook, gen.TypeWebhookDelivery, gen.TypeAPIKey:
		return sql.False() // they tell of every model, and may open it
	case gen.TypeAuditEvent:
		return named(s.C("model"), s.Dialect())
	case gen.TypeMetricPoint, gen.TypeMetricSummary:
		t := sql.Dialect(s.Dialect()).Table("model_versions")
		return sql.In(s.C("version_id"), sql.Dialect(s.Dialect()).Select(t.C("id")).From(t).Where(sql.In(t.C("model_id"), models())))
	case gen.TypePredictionRecord:
		// In the order of time: SQLite would fetch all that is visible to order it.
		return sql.P(func(b *sql.Builder) {
			if b.Dialect() == dialect.SQLite {
				b.WriteByte('+') // no index
			}
			b.Ident(s.C("model_id")).WriteString(" IN ").Wrap(func(b *sql.Builder) { b.Join(models()) })
		})
	default: // the entities with a model_id
		return sql.In(s.C("model_id"), models())
	}
}

// matchesAny is augur.Principal.Sees as a predicate.
func matchesAny(column string, patterns []string, database string) *sql.Predicate {
	var any []*sql.Predicate
	for _, pattern := range patterns {
		if !augur.PatternValid(pattern) {
			continue
		}
		any = append(any, sql.P(func(b *sql.Builder) {
			b.Ident(column)
			if database == dialect.SQLite {
				b.WriteString(" GLOB ").Arg(pattern) // LIKE ignores case there
			} else {
				b.WriteString(" LIKE ").Arg(likePattern.Replace(pattern))
			}
		}))
	}
	if len(any) == 0 {
		return sql.False()
	}
	return sql.Or(any...)
}

var likePattern = strings.NewReplacer(`%`, `\%`, `_`, `\_`, `*`, `%`, `?`, `_`)

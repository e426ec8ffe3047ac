package resolvers

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/alias"
	"augur/ent/metricsummary"
	"augur/ent/model"
	"augur/ent/modelversion"
	entrollout "augur/ent/rollout"
	"augur/ent/tag"
	"augur/graph"
	"augur/registry"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vikstrous/dataloadgen"
)

// loadWait is how long the first question of a list waits for the others. The
// elements of a list resolve concurrently, so all of them ask within microseconds.
const loadWait = 250 * time.Microsecond

// loaders answer together what the elements of a list ask one by one: one
// statement for a list, whatever its length. They live as long as one
// operation, and so does what they remember.
type loaders struct {
	models      *dataloadgen.Loader[string, *ent.Model]
	versions    *dataloadgen.Loader[string, *ent.ModelVersion]
	aliases     *dataloadgen.Loader[string, []string]
	rollouts    *dataloadgen.Loader[string, *ent.Rollout]
	versionTags *dataloadgen.Loader[string, []*ent.Tag]
	summaries   *dataloadgen.Loader[string, []*ent.MetricSummary]
	series      *dataloadgen.Loader[seriesKey, []*graph.MetricSeries]
	policies    *dataloadgen.Loader[string, *ent.ServingPolicy]
	serving     *dataloadgen.Loader[servingKey, *served]
	records     *dataloadgen.Loader[string, *ent.PredictionRecord]

	aliasesAt     *dataloadgen.Loader[aliasAtKey, *ent.AliasEvent]
	servingSeries *dataloadgen.Loader[servingSeriesKey, *graph.ServingSeries]
}

// seriesKey is one question for series. Times are in microseconds since 1970, 0 for none.
type seriesKey struct {
	version   string
	names     string // joined by names
	from, to  int64
	axis      graph.Axis
	maxPoints int
}

type loadersKey struct{}

// Loaders is the gqlgen extension that gives each operation loaders of its own.
type Loaders struct{ Deps }

var (
	_ graphql.HandlerExtension     = Loaders{}
	_ graphql.OperationInterceptor = Loaders{}
	_ graphql.ResponseInterceptor  = Loaders{}
)

// ExtensionName of Loaders.
func (Loaders) ExtensionName() string { return "Loaders" }

// Validate accepts every schema.
func (Loaders) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation puts fresh loaders into the context.
func (l Loaders) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(l.fresh(ctx))
}

// InterceptResponse gives each event of a subscription loaders of its own: what
// they remember of the event before may have changed since.
func (l Loaders) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	op := graphql.GetOperationContext(ctx).Operation // nil where the document was refused
	if op != nil && op.Operation == ast.Subscription {
		ctx = l.fresh(ctx)
	}
	return next(ctx)
}

// fresh returns a context with new loaders.
func (l Loaders) fresh(ctx context.Context) context.Context {
	wait := dataloadgen.WithWait(loadWait)
	return context.WithValue(ctx, loadersKey{}, &loaders{
		models:      dataloadgen.NewLoader(l.models, wait),
		versions:    dataloadgen.NewLoader(l.versions, wait),
		aliases:     dataloadgen.NewLoader(l.aliases, wait),
		rollouts:    dataloadgen.NewLoader(l.rollouts, wait),
		versionTags: dataloadgen.NewLoader(l.versionTags, wait),
		summaries:   dataloadgen.NewLoader(l.summaries, wait),
		series:      dataloadgen.NewLoader(l.series, wait),
		policies:    dataloadgen.NewLoader(l.policies, wait),
		serving:     dataloadgen.NewLoader(l.serving, wait),
		records:     dataloadgen.NewLoader(l.records, wait),

		aliasesAt:     dataloadgen.NewLoader(l.aliasesAt, wait),
		servingSeries: dataloadgen.NewLoader(l.servingSeries, wait),
	})
}

func load(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) }

// models finds models by id; nil for one that is not there or may not be seen.
func (l Loaders) models(ctx context.Context, ids []string) ([]*ent.Model, []error) {
	rows, err := l.Reader.Model.Query().Where(model.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, []error{err}
	}
	byID := make(map[string]*ent.Model, len(rows))
	for _, m := range rows {
		byID[m.ID] = m
	}
	return arrange(ids, byID), nil
}

// versions finds versions by id; nil for one that is not there or may not be seen.
func (l Loaders) versions(ctx context.Context, ids []string) ([]*ent.ModelVersion, []error) {
	rows, err := l.Reader.ModelVersion.Query().Where(modelversion.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, []error{err}
	}
	byID := make(map[string]*ent.ModelVersion, len(rows))
	for _, v := range rows {
		byID[v.ID] = v
	}
	return arrange(ids, byID), nil
}

// rollouts finds the rollouts of models that go on; nil where none does.
func (l Loaders) rollouts(ctx context.Context, ids []string) ([]*ent.Rollout, []error) {
	rows, err := l.Reader.Rollout.Query().Where(entrollout.ModelIDIn(ids...), entrollout.EndedAtIsNil()).All(ctx)
	if err != nil {
		return nil, []error{err}
	}
	byID := make(map[string]*ent.Rollout, len(rows))
	for _, row := range rows {
		byID[row.ModelID] = row
	}
	return arrange(ids, byID), nil
}

// aliases finds the sorted names of the aliases of versions.
func (l Loaders) aliases(ctx context.Context, ids []string) ([][]string, []error) {
	rows, err := l.Reader.Alias.Query().Where(alias.VersionIDIn(ids...)).Order(ent.Asc(alias.FieldName)).All(ctx)
	if err != nil {
		return nil, []error{err}
	}
	byID := map[string][]string{}
	for _, a := range rows {
		byID[a.VersionID] = append(byID[a.VersionID], a.Name)
	}
	return arrange(ids, byID), nil
}

// versionTags finds the tags of versions.
func (l Loaders) versionTags(ctx context.Context, ids []string) ([][]*ent.Tag, []error) {
	rows, err := l.Reader.Tag.Query().Where(tag.VersionIDIn(ids...)).All(ctx)
	if err != nil {
		return nil, []error{err}
	}
	byID := map[string][]*ent.Tag{}
	for _, t := range rows {
		byID[*t.VersionID] = append(byID[*t.VersionID], t)
	}
	return arrange(ids, byID), nil
}

// summaries finds all metric summaries of versions, by name.
func (l Loaders) summaries(ctx context.Context, ids []string) ([][]*ent.MetricSummary, []error) {
	rows, err := l.Reader.MetricSummary.Query().Where(metricsummary.VersionIDIn(ids...)).Order(ent.Asc(metricsummary.FieldName)).All(ctx)
	if err != nil {
		return nil, []error{err}
	}
	byID := map[string][]*ent.MetricSummary{}
	for _, s := range rows {
		byID[s.VersionID] = append(byID[s.VersionID], s)
	}
	return arrange(ids, byID), nil
}

// series finds series of versions: one statement for all versions that ask the same.
func (l Loaders) series(ctx context.Context, keys []seriesKey) ([][]*graph.MetricSeries, []error) {
	groups := map[seriesKey][]string{}
	for _, key := range keys {
		version := key.version
		key.version = ""
		groups[key] = append(groups[key], version)
	}
	byKey := make(map[seriesKey][]*graph.MetricSeries, len(keys))
	for group, versions := range groups {
		found, err := l.Registry.MetricSeries(ctx, registry.SeriesQuery{
			VersionIDs: versions,
			Names:      splitNames(group.names),
			From:       instant(group.from),
			To:         instant(group.to),
			ByTime:     group.axis == graph.AxisTime,
			MaxPoints:  group.maxPoints,
		})
		if err != nil {
			return nil, []error{err}
		}
		for _, s := range found {
			key := group
			key.version = s.VersionID
			byKey[key] = append(byKey[key], metricSeries(&s))
		}
	}
	for _, list := range byKey {
		slices.SortFunc(list, func(a, b *graph.MetricSeries) int { return cmp.Compare(a.Name, b.Name) })
	}
	return arrange(keys, byKey), nil
}

// arrange puts what was found in the order of the keys.
func arrange[K comparable, V any](keys []K, found map[K]V) []V {
	out := make([]V, len(keys))
	for i, key := range keys {
		out[i] = found[key]
	}
	return out
}

// Metric names hold no control characters, so one can separate them.
const nameSeparator = "\x00"

func joinNames(names []string) string { return strings.Join(names, nameSeparator) }

func splitNames(names string) []string {
	if names == "" {
		return nil
	}
	return strings.Split(names, nameSeparator)
}

func micros(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMicro()
}

func instant(micros int64) *time.Time {
	if micros == 0 {
		return nil
	}
	t := time.UnixMicro(micros).UTC()
	return &t
}

// versionOf shows the version that answered a prediction. The catalog knows the
// id, the version and the model's name; only more than that reads the record.
func (r *Resolver) versionOf(ctx context.Context, v *augur.CatalogVersion) (*ent.ModelVersion, error) {
	if knownToCatalog(ctx) {
		return &ent.ModelVersion{
			ID: v.ID, Version: v.Version, ModelID: v.ModelID,
			Edges: ent.ModelVersionEdges{Model: &ent.Model{ID: v.ModelID, Name: v.Model}},
		}, nil
	}
	return load(ctx).versions.Load(ctx, v.ID)
}

// knownToCatalog says whether the selection asks only for what the catalog knows.
func knownToCatalog(ctx context.Context) bool {
	op := graphql.GetOperationContext(ctx)
	for _, f := range graphql.CollectFieldsCtx(ctx, []string{"ModelVersion", "Node"}) {
		switch f.Name {
		case "id", "version", "__typename":
		case "model":
			for _, g := range graphql.CollectFields(op, f.Selections, []string{"Model", "Node"}) {
				if g.Name != "id" && g.Name != "name" && g.Name != "__typename" {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

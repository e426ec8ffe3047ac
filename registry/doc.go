// Package registry is every write to the record (models, versions, aliases,
// tags, metrics, the audit trail, the log of predictions, serving figures) and
// the catalog of what may be asked for.
//
// It may import augur, ent, store, onnxfile and registry/blob. It does not know
// the engine: inference meets it through inference.Catalog and
// inference.Artifacts, and the trial of a file is the port Prober.
//
// Invariants:
//
//   - One write is one transaction: the change, its row in the audit trail and,
//     last, the catalog's revision when predictions are concerned. Then the
//     catalog is read again before the write returns, so that whoever changed
//     something sees it. write in registry.go is the only place that does this.
//   - A version is written READY or not at all: its file is tried before the
//     transaction. Its number, artifact and signature never change.
//   - An alias points at a READY version of its own model. A version is not
//     deleted while an alias points at it. Every move of an alias is a row that
//     is never changed.
//   - An artifact and what refers to it exclude each other: a version is written or
//     restored, and a file removed, by who holds the artifact's row. A READY version
//     that is not deleted has its file.
//   - Numbers are unique in a model by semantic version ("v1.2.0" is "1.2.0"),
//     among those that are not deleted; so are names of models.
//   - How a version is served (serving.go) is its own setting, else its model's,
//     else the server's. A version in the catalog is the same pointer until
//     something of it changes: the engine goes by that.
//   - A version stands in for another only when it accepts everything that the
//     other accepts and gives the same outputs: accepts.go, held against the
//     engine by a test.
//   - Who changes a model, its versions or its aliases holds the model's row
//     first: changes of one model happen one after the other on both databases.
//   - What is read for a principal goes through ent, whose interceptors hide the
//     models that the principal may not see. Such a model is NotFound here too.
//     MetricSeries, Serving and ServingSeries alone write their own statements,
//     for versions that were filtered before.
//   - The catalog's snapshot is immutable and swapped whole; reading it takes no
//     lock and no database, and a database that fails leaves the last one in place.
//   - The log of predictions and the serving figures are no changes of the
//     registry: LogPredictions and LogServing write no audit row and bump no
//     revision. Both may be called again with the same, and nothing counts twice.
//   - Metrics are append-only, and their summaries exact: they change in the
//     transaction that adds the points.
//
// Start reading at registry.go; then model.go, version.go and alias.go for the
// writes, servingupdate.go for how versions are served, catalog.go, resolve.go
// and fallback.go for what predictions see, features.go for how a person's names
// come to stand for tensors, import.go for a directory of models, rollup.go and
// servingstats.go for serving figures, predictionlog.go for the log of
// predictions, collect.go for artifacts that nothing needs, and sweep.go for what
// is deleted by age.
package registry

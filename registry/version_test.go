package registry

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"augur"
	"augur/ent"
	"augur/ent/auditevent"
	"augur/ent/modelversion"
	"augur/internal/storetest"
	"augur/store"

	"github.com/google/go-cmp/cmp"
)

// create makes a model and returns its id.
func create(t *testing.T, r *Registry, name string) string {
	t.Helper()
	id, err := r.ModelCreate(asAnna(t), ModelCreate{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// upload stores content as an artifact.
func upload(t *testing.T, r *Registry, content string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(content))
	digest := augur.DigestOf(sum[:])
	if _, _, err := r.blobs.Put(t.Context(), digest, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	return string(digest)
}

// register uploads content and makes a version of it.
func register(t *testing.T, r *Registry, model, version, content string) string {
	t.Helper()
	created, err := r.VersionCreate(asAnna(t), VersionCreate{Model: model, Version: version, Digest: upload(t, r, content)})
	if err != nil {
		t.Fatal(err)
	}
	if !created.Created {
		t.Fatalf("%s %s was there already", model, version)
	}
	return created.ID
}

// audited lists the actions of the audit trail, oldest first.
func audited(t *testing.T, r *Registry) []string {
	t.Helper()
	actions, err := r.store.Reader().AuditEvent.Query().Order(ent.Asc(auditevent.FieldCreatedAt, auditevent.FieldID)).Select(auditevent.FieldAction).Strings(asAnna(t))
	if err != nil {
		t.Fatal(err)
	}
	return actions
}

func TestVersionCreate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := augur.WithRequestID(asAnna(t), "req_1")
		create(t, r, "road-risk")
		digest := upload(t, r, "one")
		in := VersionCreate{
			Model: "road-risk", Version: "v1.0.0", Digest: digest, Description: "# Card", Framework: "scikit-learn 1.2.1",
			Lineage: Lineage{RunID: "run 7", GitCommit: "abc", DatasetName: "roads", DatasetDigest: "sha256:1", Author: "anna"},
			Tags:    []Tag{{"stage", "test"}, {"team", ""}}, Metadata: map[string]any{"depth": int64(4)},
			Features: []FeatureInput{{Name: "lighting", OneOf: []any{"day", "night"}}},
		}
		created, err := r.VersionCreate(ctx, in)
		if err != nil || !created.Created {
			t.Fatalf("%+v, %v", created, err)
		}
		v, err := r.store.Reader().ModelVersion.Query().Where(modelversion.ID(created.ID)).WithTags().WithArtifact().WithAliases().Only(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if v.Version != "v1.0.0" || v.Semver != "1.0.0" || v.Ordinal != 1 || v.Status != modelversion.StatusREADY || v.Revision != 1 || !v.Deterministic ||
			v.Framework != in.Framework || v.Description != in.Description || lineageOf(v) != in.Lineage || v.Metadata["depth"] != float64(4) {
			t.Errorf("%+v", v)
		}
		if len(v.Edges.Tags) != 2 || v.Edges.Artifact.Digest != digest || v.Edges.Artifact.Size != 3 {
			t.Errorf("tags %v, artifact %v", v.Edges.Tags, v.Edges.Artifact)
		}
		if len(v.Edges.Aliases) != 1 || v.Edges.Aliases[0].Name != augur.Live {
			t.Errorf("aliases %v", v.Edges.Aliases)
		}
		if f := v.Signature.Features[1]; f.Name != "lighting" || !cmp.Equal(f.OneOf, []any{"day", "night"}) {
			t.Errorf("feature %+v", f)
		}
		event, err := r.store.Reader().AuditEvent.Query().Where(auditevent.Action("modelVersionCreate")).Only(ctx)
		if err != nil || event.SubjectID != v.ID || event.Principal != "anna" || event.RequestID != "req_1" || event.Model != "road-risk" || event.Before != nil || event.After["version"] != "v1.0.0" {
			t.Errorf("audit %+v, %v", event, err)
		}
		moves, err := r.store.Reader().AliasEvent.Query().All(ctx)
		if err != nil || len(moves) != 1 || moves[0].Reason != "first READY version" || moves[0].Principal != "anna" {
			t.Errorf("moves %v, %v", moves, err)
		}

		// The same again, written otherwise: nothing happens, and nothing is tried.
		r.prober = proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
			t.Error("tried again")
			return roadRiskReport(), nil
		})
		in.Version = "1.0.0"
		again, err := r.VersionCreate(ctx, in)
		if err != nil || again.Created || again.ID != created.ID {
			t.Errorf("again: %+v, %v", again, err)
		}
		in.Digest = upload(t, r, "two")
		_, err = r.VersionCreate(ctx, in)
		wantError(t, err, augur.AlreadyExists, "version")
		if got := audited(t, r); len(got) != 2 {
			t.Errorf("audit: %v", got)
		}
	})
}

func TestVersionCreateRefused(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	create(t, r, "road-risk")
	good := VersionCreate{Model: "road-risk", Version: "1.0.0", Digest: upload(t, r, "one")}
	for name, c := range map[string]struct {
		change func(*VersionCreate)
		code   augur.Code
		field  string
	}{
		"no model":     {func(in *VersionCreate) { in.Model = "road-rsik" }, augur.NotFound, "model"},
		"no version":   {func(in *VersionCreate) { in.Version = "one" }, augur.InvalidArgument, "version"},
		"build":        {func(in *VersionCreate) { in.Version = "1.0.0+build" }, augur.InvalidArgument, "version"},
		"no digest":    {func(in *VersionCreate) { in.Digest = "md5:1" }, augur.InvalidArgument, "digest"},
		"not uploaded": {func(in *VersionCreate) { in.Digest = "sha256:" + strings.Repeat("0", 64) }, augur.NotFound, "digest"},
		"tag twice":    {func(in *VersionCreate) { in.Tags = []Tag{{"a", ""}, {"b", ""}, {"a", "1"}} }, augur.InvalidArgument, "tags.2.key"},
		"long tag":     {func(in *VersionCreate) { in.Tags = []Tag{{"a", strings.Repeat("x", 1025)}} }, augur.InvalidArgument, "tags.0.value"},
		"NUL":          {func(in *VersionCreate) { in.Description = "a\x00b" }, augur.InvalidArgument, "description"},
		"NUL deep":     {func(in *VersionCreate) { in.Metadata = map[string]any{"a": []any{"\x00"}} }, augur.InvalidArgument, "metadata"},
		"not UTF-8":    {func(in *VersionCreate) { in.Framework = "\xff" }, augur.InvalidArgument, "framework"},
		"long commit":  {func(in *VersionCreate) { in.Lineage.GitCommit = strings.Repeat("a", 65) }, augur.InvalidArgument, "lineage.gitCommit"},
		"feature":      {func(in *VersionCreate) { in.Features = []FeatureInput{{Name: "lightning"}} }, augur.InvalidArgument, "features.0.name"},
		"feature range": {func(in *VersionCreate) {
			in.Features = []FeatureInput{{Name: "curvature", Range: &augur.Range{Min: f64(1), Max: f64(0)}}}
		}, augur.InvalidArgument, "features.0.max"},
		"classes": {func(in *VersionCreate) { in.Classes = map[string][]string{"x": {"a"}} }, augur.InvalidArgument, "classes"},
	} {
		t.Run(name, func(t *testing.T) {
			in := good
			c.change(&in)
			_, err := r.VersionCreate(asAnna(t), in)
			wantError(t, err, c.code, strings.Split(c.field, ".")...)
		})
	}
	_, err := r.VersionCreate(asAnna(t), VersionCreate{Model: "road-risk", Version: "1.0.0", Digest: "sha256:" + strings.Repeat("0", 64)})
	if err == nil || !strings.Contains(err.Error(), "upload it first: PUT /artifacts/sha256:000") {
		t.Errorf("not uploaded: %v", err)
	}
	r.prober = proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
		return nil, augur.Errorf(augur.FailedPrecondition, "this is no ONNX file")
	})
	_, err = r.VersionCreate(asAnna(t), good)
	wantError(t, err, augur.FailedPrecondition, "digest")

	if _, err := r.VersionCreate(t.Context(), good); augur.CodeOf(err) != augur.NotFound {
		t.Errorf("nobody: %v", err)
	}
	// Nothing of it all is in the record.
	if n, err := r.store.Reader().ModelVersion.Query().Count(asAnna(t)); n != 0 || err != nil {
		t.Errorf("%d versions, %v", n, err)
	}
	if n, err := r.store.Reader().Artifact.Query().Count(asAnna(t)); n != 0 || err != nil {
		t.Errorf("%d artifacts, %v", n, err)
	}
	if got := audited(t, r); len(got) != 1 {
		t.Errorf("audit: %v", got)
	}
}

func TestConcurrentVersionCreate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		create(t, r, "road-risk")
		digests := []string{upload(t, r, "one"), upload(t, r, "two")}
		var created, same, taken atomic.Int32
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				got, err := r.VersionCreate(asAnna(t), VersionCreate{Model: "road-risk", Version: "1.0.0", Digest: digests[i%2]})
				switch {
				case augur.CodeOf(err) == augur.AlreadyExists:
					taken.Add(1)
				case err != nil:
					t.Error(err)
				case got.Created:
					created.Add(1)
				default:
					same.Add(1)
				}
			})
		}
		wg.Wait()
		if created.Load() != 1 || same.Load() != 5 || taken.Load() != 6 {
			t.Errorf("%d created, %d the same, %d taken", created.Load(), same.Load(), taken.Load())
		}
		for i := range 8 { // different numbers get different ordinals
			wg.Go(func() {
				in := VersionCreate{Model: "road-risk", Version: "2.0." + string(rune('0'+i)), Digest: digests[i%2]}
				if _, err := r.VersionCreate(asAnna(t), in); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n, err := r.store.Reader().ModelVersion.Query().Count(asAnna(t))
		if err != nil || n != 9 {
			t.Errorf("%d versions, %v", n, err)
		}
		live, _, err := r.Catalog().Resolve(asAnna(t), "road-risk", "")
		if err != nil || live.Version != "1.0.0" {
			t.Errorf("live is %v, %v", live, err)
		}
	})
}

func TestVersionUpdateArchiveDeleteRestore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		create(t, r, "road-risk")
		first, second := register(t, r, "road-risk", "1.0.0", "one"), register(t, r, "road-risk", "1.1.0", "two")

		update := VersionUpdate{ID: second, IfRevision: ref(1), Description: ref("better"), Tags: &[]Tag{{"a", "1"}}, Metadata: map[string]any{"x": "y"}, Lineage: &Lineage{Author: "anna"}}
		if err := r.VersionUpdate(ctx, update); err != nil {
			t.Fatal(err)
		}
		wantError(t, r.VersionUpdate(ctx, update), augur.Aborted, "ifRevision")
		update.IfRevision = ref(2)
		if err := r.VersionUpdate(ctx, update); err != nil { // changes nothing
			t.Fatal(err)
		}
		update.Tags, update.Metadata = &[]Tag{}, map[string]any{}
		if err := r.VersionUpdate(ctx, update); err != nil {
			t.Fatal(err)
		}
		v, err := r.store.Reader().ModelVersion.Query().Where(modelversion.ID(second)).WithTags().Only(ctx)
		if err != nil || v.Revision != 3 || v.Description != "better" || v.Author != "anna" || len(v.Edges.Tags) != 0 || len(v.Metadata) != 0 {
			t.Errorf("%+v, %v", v, err)
		}
		events, err := r.store.Reader().AuditEvent.Query().Where(auditevent.Action("modelVersionUpdate")).Order(ent.Asc(auditevent.FieldID)).All(ctx)
		if err != nil || len(events) != 2 {
			t.Fatalf("%v, %v", events, err)
		}
		if d := cmp.Diff(map[string]any{"tags": map[string]any{"a": "1"}, "metadata": map[string]any{"x": "y"}}, events[1].Before); d != "" {
			t.Errorf("before: %s", d)
		}

		// An archived version is not the latest, and still answers.
		if err := r.VersionArchive(ctx, second); err != nil {
			t.Fatal(err)
		}
		wantLatest := func(version string) {
			t.Helper()
			if v, _, err := r.Catalog().Resolve(ctx, "road-risk", augur.Latest); err != nil || v.Version != version {
				t.Errorf("latest is %v, %v, want %s", v, err, version)
			}
		}
		wantLatest("1.0.0")
		if _, _, err := r.Catalog().Resolve(ctx, "road-risk", "1.1.0"); err != nil {
			t.Errorf("archived: %v", err)
		}
		if err := r.VersionRestore(ctx, second); err != nil {
			t.Fatal(err)
		}
		wantLatest("1.1.0")

		err = r.VersionDelete(ctx, first)
		if wantError(t, err, augur.FailedPrecondition, "id"); err == nil || !strings.Contains(err.Error(), "live") {
			t.Errorf("the alias is not named: %v", err)
		}
		if err := r.VersionDelete(ctx, second); err != nil {
			t.Fatal(err)
		}
		wantError(t, r.VersionDelete(ctx, second), augur.NotFound, "id")
		wantError(t, r.VersionUpdate(ctx, VersionUpdate{ID: second}), augur.NotFound, "id")
		if _, _, err := r.Catalog().Resolve(ctx, "road-risk", "1.1.0"); augur.CodeOf(err) != augur.NotFound {
			t.Errorf("deleted: %v", err)
		}
		// Its number is free; the ordinal is not given twice.
		third := register(t, r, "road-risk", "v1.1.0", "three")
		wantError(t, r.VersionRestore(ctx, second), augur.AlreadyExists, "id")
		if v, err := r.store.Reader().ModelVersion.Get(ctx, third); err != nil || v.Ordinal != 3 {
			t.Errorf("%+v, %v", v, err)
		}
		if err := r.VersionDelete(ctx, third); err != nil {
			t.Fatal(err)
		}
		if err := r.VersionRestore(ctx, second); err != nil {
			t.Fatal(err)
		}
		wantLatest("1.1.0")
	})
}

// TestProbesAtOneTime has many register at the same time: two files are tried,
// the others wait, and who stops waiting gets its own error.
func TestProbesAtOneTime(t *testing.T) {
	var running, most atomic.Int32
	proceed := make(chan struct{})
	r := newRegistryWith(t, storetest.SQLite(t), proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
		if n := running.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer running.Add(-1)
		<-proceed
		return roadRiskReport(), nil
	}))
	create(t, r, "m")
	var wg sync.WaitGroup
	for i := range 6 {
		in := VersionCreate{Model: "m", Version: fmt.Sprintf("1.%d.0", i), Digest: upload(t, r, fmt.Sprint(i))}
		wg.Go(func() {
			if _, err := r.VersionCreate(asAnna(t), in); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "two probes run", func() bool { return running.Load() == 2 })
	late, cancel := context.WithCancel(asAnna(t))
	digest := upload(t, r, "late")
	wg.Go(func() {
		_, err := r.VersionCreate(late, VersionCreate{Model: "m", Version: "2.0.0", Digest: digest})
		wantError(t, err, augur.Canceled)
		close(proceed)
	})
	cancel()
	wg.Wait()
	if most.Load() != 2 {
		t.Errorf("%d files were tried at one time", most.Load())
	}
}

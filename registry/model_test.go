package registry

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"augur"
	"augur/ent/auditevent"
	"augur/ent/model"
	"augur/ent/modelversion"
	"augur/internal/storetest"
	"augur/store"

	"github.com/google/go-cmp/cmp"
)

func TestModelCreateAndUpdate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		id, err := r.ModelCreate(ctx, ModelCreate{Name: "road-risk", Description: "Risk", Owner: "anna", Tags: []Tag{{"b", "2"}, {"a", "1"}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.ModelCreate(ctx, ModelCreate{Name: "road-risk"})
		wantError(t, err, augur.AlreadyExists, "name")
		other := create(t, r, "other")
		wantError(t, r.ModelUpdate(ctx, ModelUpdate{ID: other, Name: ref("road-risk")}), augur.AlreadyExists, "name")
		wantError(t, r.ModelUpdate(ctx, ModelUpdate{ID: "mdl_none"}), augur.NotFound, "id")

		if err := r.ModelUpdate(ctx, ModelUpdate{ID: id, IfRevision: ref(1), Owner: ref(""), Tags: &[]Tag{{"a", "3"}}}); err != nil {
			t.Fatal(err)
		}
		wantError(t, r.ModelUpdate(ctx, ModelUpdate{ID: id, IfRevision: ref(1), Owner: ref("bob")}), augur.Aborted, "ifRevision")
		if err := r.ModelUpdate(ctx, ModelUpdate{ID: id, Description: ref("Risk")}); err != nil { // changes nothing
			t.Fatal(err)
		}
		m, err := r.store.Reader().Model.Query().Where(model.ID(id)).WithTags().Only(ctx)
		if err != nil || m.Revision != 2 || m.Owner != nil || m.Description != "Risk" || len(m.Edges.Tags) != 1 || m.Edges.Tags[0].Value != "3" {
			t.Errorf("%+v, %v", m, err)
		}
		if got := strings.Join(audited(t, r), " "); got != "modelCreate modelCreate modelUpdate" {
			t.Errorf("audit: %s", got)
		}
		event, err := r.store.Reader().AuditEvent.Query().Where(auditevent.Action("modelUpdate")).Only(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(map[string]any{"owner": "anna", "tags": map[string]any{"a": "1", "b": "2"}}, event.Before); d != "" {
			t.Errorf("before: %s", d)
		}
		if d := cmp.Diff(map[string]any{"owner": "", "tags": map[string]any{"a": "3"}}, event.After); d != "" {
			t.Errorf("after: %s", d)
		}
	})
}

func TestModelRefused(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	for name, c := range map[string]struct {
		in    ModelCreate
		field string
	}{
		"upper case":   {ModelCreate{Name: "Road"}, "name"},
		"empty":        {ModelCreate{}, "name"},
		"long owner":   {ModelCreate{Name: "a", Owner: strings.Repeat("x", 251)}, "owner"},
		"NUL":          {ModelCreate{Name: "a", Description: "\x00"}, "description"},
		"empty key":    {ModelCreate{Name: "a", Tags: []Tag{{"a", ""}, {"", ""}}}, "tags.1.key"},
		"too many":     {ModelCreate{Name: "a", Tags: make([]Tag, 101)}, "tags"},
		"spaced key":   {ModelCreate{Name: "a", Tags: []Tag{{" a", ""}}}, "tags.0.key"},
		"key too long": {ModelCreate{Name: "a", Tags: []Tag{{strings.Repeat("k", 129), ""}}}, "tags.0.key"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := r.ModelCreate(asAnna(t), c.in)
			wantError(t, err, augur.InvalidArgument, strings.Split(c.field, ".")...)
		})
	}
	_, err := r.ModelCreate(t.Context(), ModelCreate{Name: "a"})
	wantError(t, err, augur.Unauthenticated)
}

func TestModelArchiveDeleteRestore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		id := create(t, r, "road-risk")
		kept, gone := register(t, r, "road-risk", "1.0.0", "one"), register(t, r, "road-risk", "1.1.0", "two")
		if err := r.VersionDelete(ctx, gone); err != nil {
			t.Fatal(err)
		}
		wantError(t, r.ModelDelete(ctx, id), augur.FailedPrecondition, "id")
		for range 2 { // the second time changes nothing
			if err := r.ModelArchive(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := r.Catalog().Resolve(ctx, "road-risk", ""); err != nil {
			t.Errorf("an archived model is served: %v", err)
		}
		if err := r.ModelDelete(ctx, id); err != nil {
			t.Fatal(err)
		}
		wantError(t, r.ModelDelete(ctx, id), augur.NotFound, "id")
		wantError(t, r.VersionArchive(ctx, kept), augur.NotFound, "id")
		wantError(t, r.VersionRestore(ctx, kept), augur.FailedPrecondition, "id")
		if _, _, err := r.Catalog().Resolve(ctx, "road-risk", ""); augur.CodeOf(err) != augur.NotFound {
			t.Errorf("a deleted model: %v", err)
		}
		if n, err := r.store.Reader().ModelVersion.Query().Count(ctx); n != 0 || err != nil {
			t.Errorf("%d versions, %v", n, err)
		}
		// Its name is free meanwhile.
		second := create(t, r, "road-risk")
		wantError(t, r.ModelRestore(ctx, id), augur.AlreadyExists, "id")
		if err := r.ModelUpdate(ctx, ModelUpdate{ID: second, Name: ref("road-risk-2")}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := r.ModelRestore(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		v, _, err := r.Catalog().Resolve(ctx, "road-risk", "")
		if err != nil || v.ID != kept {
			t.Errorf("restored: %+v, %v", v, err)
		}
		// The version that was deleted before stays deleted.
		versions, err := r.store.Reader().ModelVersion.Query().Where(modelversion.ModelID(id)).All(ctx)
		if err != nil || len(versions) != 1 {
			t.Errorf("%v, %v", versions, err)
		}
		m, err := r.store.Reader().Model.Get(ctx, id)
		if err != nil || m.ArchivedAt != nil || m.Revision != 4 {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

// TestPatterns: a principal of some models neither finds nor touches the others.
func TestPatterns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		secret, open := create(t, r, "secret"), create(t, r, "road-risk")
		version := register(t, r, "secret", "1.0.0", "one")
		bob := augur.WithPrincipal(t.Context(), &augur.Principal{Name: "bob", Scopes: []augur.Scope{augur.ScopeWrite}, Models: []string{"road-*"}})

		_, err := r.ModelCreate(bob, ModelCreate{Name: "secret"})
		wantError(t, err, augur.PermissionDenied, "name")
		wantError(t, r.ModelUpdate(bob, ModelUpdate{ID: open, Name: ref("secret")}), augur.PermissionDenied, "name")
		wantError(t, r.ModelUpdate(bob, ModelUpdate{ID: secret, Owner: ref("bob")}), augur.NotFound, "id")
		wantError(t, r.ModelArchive(bob, secret), augur.NotFound, "id")
		wantError(t, r.VersionDelete(bob, version), augur.NotFound, "id")
		_, err = r.VersionCreate(bob, VersionCreate{Model: "secret", Version: "2.0.0", Digest: upload(t, r, "two")})
		wantError(t, err, augur.NotFound, "model")
		_, err = r.AliasSet(bob, AliasSet{Model: "secret", Alias: "a", Version: "1.0.0"})
		wantError(t, err, augur.NotFound, "model")
		if err := r.ModelUpdate(bob, ModelUpdate{ID: open, Owner: ref("bob")}); err != nil {
			t.Error(err)
		}
	})
}

func TestConcurrentModelUpdate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		id := create(t, r, "road-risk")
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				err := r.ModelUpdate(asAnna(t), ModelUpdate{ID: id, IfRevision: ref(1), Description: ref(strings.Repeat("x", i+1))})
				switch augur.CodeOf(err) {
				case "":
					won.Add(1)
				case augur.Aborted:
				default:
					t.Error(err)
				}
			})
			wg.Go(func() {
				if _, err := r.ModelCreate(asAnna(t), ModelCreate{Name: "same"}); err != nil && augur.CodeOf(err) != augur.AlreadyExists {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d updates of one revision", won.Load())
		}
		if m, err := r.store.Reader().Model.Get(asAnna(t), id); err != nil || m.Revision != 2 {
			t.Errorf("%+v, %v", m, err)
		}
		if n, err := r.store.Reader().Model.Query().Where(model.Name("same")).Count(asAnna(t)); n != 1 || err != nil {
			t.Errorf("%d models of one name, %v", n, err)
		}
	})
}

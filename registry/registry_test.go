package registry

import (
	"context"
	"crypto/sha256"
	"os"
	"slices"
	"strings"
	"testing"

	"augur"
	"augur/ent"
	"augur/ent/modelversion"
	"augur/internal/storetest"
	"augur/registry/blob"
	"augur/store"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(importDir); dir != "" {
		os.Exit(importAndSay(dir))
	}
	goleak.VerifyTestMain(m)
}

// proberFunc is a prober made of a function.
type proberFunc func(ctx context.Context, path string) (*augur.ProbeReport, error)

func (f proberFunc) Probe(ctx context.Context, path string) (*augur.ProbeReport, error) {
	return f(ctx, path)
}

// newRegistry opens a registry on a record; its prober takes every file for the
// road-risk model.
func newRegistry(t *testing.T, cfg store.Config) *Registry {
	t.Helper()
	return newRegistryWith(t, cfg, proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
		return roadRiskReport(), nil
	}))
}

func newRegistryWith(t *testing.T, cfg store.Config, prober Prober) *Registry {
	t.Helper()
	return newRegistryOn(t, cfg, t.TempDir(), prober)
}

// newRegistryOn opens a registry on a record and a directory of artifacts.
func newRegistryOn(t *testing.T, cfg store.Config, dir string, prober Prober) *Registry {
	t.Helper()
	blobs, err := blob.Open(blob.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Config{}, Deps{Store: storetest.Open(t, cfg), Blobs: blobs, Prober: prober})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

// asAnna is the context of a principal who may do everything.
func asAnna(t *testing.T) context.Context {
	return augur.WithPrincipal(t.Context(), &augur.Principal{Name: "anna", Scopes: []augur.Scope{augur.ScopeAdmin}})
}

// wantError checks an error's code and, when one is given, its field.
func wantError(t *testing.T, err error, code augur.Code, field ...string) {
	t.Helper()
	e := augur.AsError(err)
	if err == nil || e.Code != code || len(field) > 0 && !slices.Equal(e.Field, field) {
		t.Errorf("got %v at %v (%v), want %s at %v", augur.CodeOf(err), fieldOf(e), err, code, field)
	}
}

func fieldOf(e *augur.Error) []string {
	if e == nil {
		return nil
	}
	return e.Field
}

// roadRiskReport is what a probe says of the model of the examples, in short.
func roadRiskReport() *augur.ProbeReport {
	column := func(name string, dtype augur.DType) augur.Spec {
		return augur.Spec{Name: name, Type: augur.Type{Kind: augur.KindTensor, DType: dtype, Shape: []augur.Dim{{Size: -1, Symbol: "batch"}, {Size: 1}}}}
	}
	return &augur.ProbeReport{
		Deterministic: true,
		Signature: &augur.Signature{
			Inputs:  []augur.Spec{column("curvature", augur.Float32), column("lighting", augur.String), column("speed_limit", augur.Int64)},
			Outputs: []augur.Spec{column("accident_risk", augur.Float32)},
		},
	}
}

// newVersion1 writes a model with one version into the record, past the rules,
// and returns the version's id.
func newVersion1(t *testing.T, r *Registry, name, version string) (id string) {
	t.Helper()
	semver, err := augur.ParseSemver(version)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(name + version))
	err = r.store.Tx(asAnna(t), func(ctx context.Context, tx *ent.Tx) error {
		m, err := tx.Model.Create().SetName(name).Save(ctx)
		if err != nil {
			return err
		}
		a, err := tx.Artifact.Create().SetDigest(string(augur.DigestOf(sum[:]))).SetSize(1).Save(ctx)
		if err != nil {
			return err
		}
		v, err := tx.ModelVersion.Create().SetModel(m).SetArtifact(a).SetVersion(version).SetSemver(semver.String()).
			SetSortKey(semver.SortKey()).SetOrdinal(1).SetStatus(modelversion.StatusREADY).
			SetSignature(roadRiskReport().Signature).SetMetadata(map[string]any{}).Save(ctx)
		if err != nil {
			return err
		}
		id = v.ID
		_, err = bump(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.catalog.follow(asAnna(t)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(id, augur.VersionID) {
		t.Fatal(id)
	}
	return id
}

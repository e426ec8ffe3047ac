package registry

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/modelversion"
	"augur/ent/schema"
	"augur/internal/storetest"
	"augur/registry/blob"
	"augur/store"
)

// newCollector opens a registry that keeps artifacts for other lengths of time.
func newCollector(t *testing.T, cfg store.Config, dir string, keep Config) *Registry {
	t.Helper()
	blobs, err := blob.Open(blob.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(keep, Deps{Store: storetest.Open(t, cfg), Blobs: blobs, Prober: proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
		return roadRiskReport(), nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

func digestOf(content string) augur.Digest {
	sum := sha256.Sum256([]byte(content))
	return augur.DigestOf(sum[:])
}

// age makes an artifact look as if it had been uploaded two days ago.
func age(t *testing.T, r *Registry, digest string) {
	t.Helper()
	path, release, err := r.blobs.Open(t.Context(), augur.Digest(digest))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	at := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// deletedAt changes when a version was deleted.
func deletedAt(t *testing.T, r *Registry, id string, at time.Time) {
	t.Helper()
	err := r.store.Tx(schema.WithDeleted(asAnna(t)), func(ctx context.Context, tx *ent.Tx) error {
		return tx.ModelVersion.UpdateOneID(id).SetDeletedAt(at.UTC()).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestArtifactsCollect(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		create(t, r, "road-risk")
		versions := map[string]string{} // what is uploaded, and the version of it
		for i, content := range []string{"live", "deleted lately", "deleted long ago"} {
			versions[content] = register(t, r, "road-risk", fmt.Sprintf("%d.0.0", i+1), content)
		}
		digests := map[string]string{}
		for _, content := range []string{"live", "deleted lately", "deleted long ago", "never used", "uploaded lately"} {
			digests[content] = upload(t, r, content)
			if content != "uploaded lately" {
				age(t, r, digests[content])
			}
		}
		// One artifact of two versions, of which one was deleted.
		shared := register(t, r, "road-risk", "4.0.0", "live")
		age(t, r, digests["live"])
		for id, at := range map[string]time.Time{
			versions["deleted lately"]:   time.Now().Add(-29 * 24 * time.Hour),
			versions["deleted long ago"]: time.Now().Add(-31 * 24 * time.Hour),
			shared:                       time.Now().Add(-31 * 24 * time.Hour),
		} {
			if err := r.VersionDelete(ctx, id); err != nil {
				t.Fatal(err)
			}
			deletedAt(t, r, id, at)
		}
		before := audited(t, r)
		check := func(out ArtifactsCollected, err error) {
			t.Helper()
			if err != nil || out.HasMore || out.Bytes != int64(len("deleted long ago")+len("never used")) || len(out.Artifacts) != 2 {
				t.Fatalf("%+v, %v", out, err)
			}
			for _, g := range out.Artifacts {
				switch {
				case string(g.Digest) == digests["never used"] && g.Size == 10 && len(g.Versions) == 0:
				case string(g.Digest) == digests["deleted long ago"] && slices.Equal(g.Versions, []string{"road-risk@3.0.0"}):
				default:
					t.Errorf("%+v", g)
				}
			}
		}
		check(r.ArtifactsCollect(ctx, ArtifactsCollect{DryRun: true, First: 10}))
		if now := audited(t, r); len(now) != len(before) {
			t.Errorf("a dry run wrote %v", now[len(before):])
		}
		if out, err := r.ArtifactsCollect(ctx, ArtifactsCollect{DryRun: true, First: 1}); err != nil || len(out.Artifacts) != 1 || !out.HasMore {
			t.Errorf("the first: %+v, %v", out, err)
		}
		check(r.ArtifactsCollect(ctx, ArtifactsCollect{First: 2}))
		if now := audited(t, r); !slices.Equal(now[len(before):], []string{"artifactsCollect", "artifactsCollect"}) {
			t.Errorf("audited %v", now[len(before):])
		}
		if out, err := r.ArtifactsCollect(ctx, ArtifactsCollect{First: 10}); err != nil || len(out.Artifacts) != 0 {
			t.Errorf("again: %+v, %v", out, err)
		}
		for content, digest := range digests {
			has, err := r.blobs.Has(ctx, augur.Digest(digest))
			if gone := content == "never used" || content == "deleted long ago"; err != nil || has == gone {
				t.Errorf("%s: has %v, %v", content, has, err)
			}
		}
		// What was deleted comes back: the one at once, the other with its artifact.
		if err := r.VersionRestore(ctx, versions["deleted lately"]); err != nil {
			t.Error(err)
		}
		err := r.VersionRestore(ctx, versions["deleted long ago"])
		if wantError(t, err, augur.FailedPrecondition, "id"); !strings.Contains(err.Error(), "3.0.0 ("+digests["deleted long ago"]) {
			t.Error(err)
		}
		upload(t, r, "deleted long ago")
		if err := r.VersionRestore(ctx, versions["deleted long ago"]); err != nil {
			t.Error(err)
		}
		// A number that was never registered is asked for its artifact again.
		_, err = r.VersionCreate(ctx, VersionCreate{Model: "road-risk", Version: "9.0.0", Digest: digests["never used"]})
		wantError(t, err, augur.NotFound, "digest")

		some := augur.WithPrincipal(t.Context(), &augur.Principal{Name: "ben", Scopes: []augur.Scope{augur.ScopeAdmin}, Models: []string{"road-*"}})
		_, err = r.ArtifactsCollect(some, ArtifactsCollect{First: 1})
		wantError(t, err, augur.PermissionDenied)
		for _, first := range []int{0, maxCollected + 1} {
			_, err = r.ArtifactsCollect(ctx, ArtifactsCollect{First: first})
			wantError(t, err, augur.InvalidArgument, "first")
		}
	})
}

// TestModelRestoreWithoutArtifact: a model comes back with all its versions or
// not at all.
func TestModelRestoreWithoutArtifact(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newCollector(t, cfg, t.TempDir(), Config{KeepDeleted: -1})
		ctx := asAnna(t)
		id := create(t, r, "road-risk")
		register(t, r, "road-risk", "1.0.0", "one")
		register(t, r, "road-risk", "2.0.0", "two")
		if err := r.ModelArchive(ctx, id); err != nil {
			t.Fatal(err)
		}
		if err := r.ModelDelete(ctx, id); err != nil {
			t.Fatal(err)
		}
		age(t, r, string(digestOf("two")))
		if out, err := r.ArtifactsCollect(ctx, ArtifactsCollect{First: 10}); err != nil || len(out.Artifacts) != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
		err := r.ModelRestore(ctx, id)
		if wantError(t, err, augur.FailedPrecondition, "id"); !strings.Contains(err.Error(), "2.0.0 (") || strings.Contains(err.Error(), "1.0.0") {
			t.Error(err)
		}
		upload(t, r, "two")
		if err := r.ModelRestore(ctx, id); err != nil {
			t.Error(err)
		}
	})
}

// TestCollectBesidePushes: versions of a few artifacts are pushed and deleted
// again and again while two servers collect all that is not referred to at that
// very moment. Whatever is READY in the end has its artifact, always.
func TestCollectBesidePushes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		dir, at := t.TempDir(), Config{KeepUnused: 1, KeepDeleted: -1}
		servers := []*Registry{newCollector(t, cfg, dir, at), newCollector(t, cfg, dir, at)}
		const pushers, rounds, artifacts = 4, 25, 20
		ctx := asAnna(t)
		for i := range pushers {
			create(t, servers[0], fmt.Sprintf("model-%d", i))
		}
		var pushing, collecting sync.WaitGroup
		stop := make(chan struct{})
		var collected, missed atomic.Int64
		for _, r := range servers {
			collecting.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					out, err := r.ArtifactsCollect(ctx, ArtifactsCollect{First: 100})
					if err != nil {
						t.Error(err)
						return
					}
					collected.Add(int64(len(out.Artifacts)))
				}
			})
		}
		for i := range pushers {
			pushing.Go(func() {
				r, random := servers[i%2], rand.New(rand.NewPCG(1, uint64(i)))
				for round := range rounds {
					content := fmt.Sprintf("artifact %d", random.IntN(artifacts))
					in := VersionCreate{Model: fmt.Sprintf("model-%d", i), Version: fmt.Sprintf("%d.0.0", round+1), Digest: string(digestOf(content))}
					created, err := VersionCreated{}, error(nil)
					for range 1000 { // as augur push, with more patience
						if _, _, err = r.blobs.Put(ctx, augur.Digest(in.Digest), strings.NewReader(content)); err != nil {
							break
						}
						if created, err = r.VersionCreate(ctx, in); augur.CodeOf(err) != augur.NotFound {
							break
						}
						missed.Add(1)
					}
					if err != nil {
						t.Error(err)
						return
					}
					path, release, err := r.blobs.Open(ctx, augur.Digest(in.Digest))
					if err != nil {
						t.Errorf("%s %s is READY without its artifact: %v", in.Model, in.Version, err)
						return
					}
					if text, err := os.ReadFile(path); err != nil || string(text) != content {
						t.Errorf("%s: %q, %v", content, text, err)
					}
					release()
					if round == 0 || random.IntN(10) == 0 { // the first is live, and a few stay
						continue
					}
					if err := r.VersionDelete(ctx, created.ID); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		pushing.Wait()
		close(stop)
		collecting.Wait()
		ready, err := servers[0].store.Reader().ModelVersion.Query().Where(modelversion.StatusEQ(modelversion.StatusREADY)).WithArtifact().All(ctx)
		if err != nil || len(ready) < pushers {
			t.Fatalf("%d versions, %v", len(ready), err)
		}
		for _, v := range ready {
			if has, err := servers[0].blobs.Has(ctx, augur.Digest(v.Edges.Artifact.Digest)); !has || err != nil {
				t.Errorf("%s has no artifact, %v", v.Version, err)
			}
		}
		t.Logf("%d artifacts collected, %d uploads collected before a version referred to them", collected.Load(), missed.Load())
		if collected.Load() == 0 {
			t.Error("nothing was collected")
		}
	})
}

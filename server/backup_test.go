package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"
)

// TestBackupUnderLoad: a backup that is taken while clients write has everything
// that was acknowledged before it began, and what it has is whole; one of a quiet
// server is restored to the same state.
func TestBackupUnderLoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := augurtest.Start(t, augurtest.WithModels(), augurtest.WithDatabase(cfg.URL.Reveal()))
		model := augurtest.At(t, s.Query(t, `{ model(name: "road-risk") { id version(ref: "latest") { id } } }`, nil), "model")
		variables := map[string]any{"model": augurtest.At(t, model, "id"), "version": augurtest.At(t, model, "version.id")}
		logged := func(step int) bool {
			variables["step"] = step
			r := s.Do(t, `mutation($model: ID!, $version: ID!, $step: Int64!) {
				metricsLog(input: {versionId: $version, points: [{name: "load", step: $step, value: 1}]}) { userErrors { message } }
				modelUpdate(input: {id: $model, description: "changed"}) { userErrors { message } } }`, variables)
			return len(r.Errors) == 0 && len(augurtest.At(t, r.Data, "metricsLog.userErrors").([]any)) == 0
		}
		before := 20
		for i := range before {
			if !logged(i) {
				t.Fatal("a write failed")
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		var load sync.WaitGroup
		load.Go(func() {
			for i := before; ctx.Err() == nil; i++ {
				logged(i)
			}
		})
		var busy bytes.Buffer
		_, err := server.Backup(t.Context(), s.Config, "test", &busy)
		cancel()
		load.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if n := points(t, restored(t, &busy, cfg)); n < before {
			t.Errorf("the backup has %d points, and %d were acknowledged before it", n, before)
		}

		var quiet bytes.Buffer
		counts, err := server.Backup(t.Context(), s.Config, "test", &quiet)
		if err != nil || counts.Artifacts != 4 {
			t.Fatalf("%+v, %v", counts, err)
		}
		// Part of it, and more than it, is refused and changes nothing.
		empty := emptyConfig(t, cfg)
		if _, err := server.RestoreBackup(t.Context(), empty, bytes.NewReader(quiet.Bytes()[:quiet.Len()/2])); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("half a backup: %v", err)
		}
		if _, err := server.RestoreBackup(t.Context(), s.Config, bytes.NewReader(quiet.Bytes())); augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("over a record that is not empty: %v", err)
		}
		if _, err := server.RestoreBackup(t.Context(), empty, bytes.NewReader(quiet.Bytes())); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(registered(t, s), registered(t, started(t, empty))); diff != "" {
			t.Errorf("after the restore (-before +after):\n%s", diff)
		}
	})
}

// emptyConfig is that of a server with nothing in it.
func emptyConfig(t *testing.T, like store.Config) server.Config {
	t.Helper()
	cfg := server.DefaultConfig()
	cfg.HTTP.Listen, cfg.Data.Dir, cfg.Log.Format, cfg.Log.Level = "127.0.0.1:0", t.TempDir(), "text", "debug"
	if strings.HasPrefix(like.URL.Reveal(), "postgres") {
		cfg.Database.URL = storetest.Postgres(t).URL
	}
	return cfg
}

func started(t *testing.T, cfg server.Config) *augurtest.Server {
	t.Helper()
	return augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { *c = cfg }))
}

func restored(t *testing.T, backup *bytes.Buffer, like store.Config) *augurtest.Server {
	t.Helper()
	cfg := emptyConfig(t, like)
	if _, err := server.RestoreBackup(t.Context(), cfg, backup); err != nil {
		t.Fatal(err)
	}
	s := started(t, cfg)
	if answer := augurtest.At(t, s.Query(t, roadRiskQuery, roadRiskRow), "predict.prediction"); answer == nil {
		t.Error("the restored server does not predict")
	}
	return s
}

func points(t *testing.T, s *augurtest.Server) int {
	t.Helper()
	text := augurtest.At(t, s.Query(t, `{ modelVersion(model: "road-risk", version: "latest") { metrics(names: ["load"]) { count } } }`, nil), "modelVersion.metrics.0.count")
	n, err := strconv.Atoi(text.(string))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// registered is what the record says of everything, with ids, times and the trail.
func registered(t *testing.T, s *augurtest.Server) string {
	t.Helper()
	text, err := json.MarshalIndent(s.Query(t, `{
		models { nodes { id name description createdAt revision aliases { name version { id } } aliasHistory { nodes { id createdAt } }
			versions { nodes { id version status createdAt metadata artifact { digest size } metrics { name last min max count } tags { key value } } } } }
		auditEvents(first: 100, where: {actionNEQ: "never"}) { totalCount nodes { id action principal createdAt } } }`, nil), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestBackupKeepsKeys: what is sealed in the record can be opened after a restore.
func TestBackupKeepsKeys(t *testing.T) {
	s := augurtest.Start(t)
	var backup bytes.Buffer
	if _, err := server.Backup(t.Context(), s.Config, "test", &backup); err != nil {
		t.Fatal(err)
	}
	cfg := server.DefaultConfig()
	cfg.Data.Dir = t.TempDir()
	if _, err := server.RestoreBackup(t.Context(), cfg, &backup); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(s.Config.Data.Dir, "webhooks.key"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(cfg.Data.Dir, "webhooks.key")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the key is %q, %v", got, err)
	}
}

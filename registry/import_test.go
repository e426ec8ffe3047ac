package registry

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"augur"
	"augur/ent/alias"
	"augur/ent/aliasevent"
	"augur/ent/auditevent"
	"augur/ent/metricpoint"
	"augur/ent/metricsummary"
	"augur/ent/model"
	"augur/ent/modelversion"
	"augur/internal/storetest"
	"augur/onnxfile"
	"augur/registry/blob"
	"augur/store"
)

// readFile is a prober that reads the file without a runtime.
var readFile = proberFunc(func(_ context.Context, path string) (*augur.ProbeReport, error) {
	f, closer, err := onnxfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }()
	return f.Report(), nil
})

// outcomes are what a report says, a line each: "road-risk 1.0.0 IMPORTED".
func outcomes(t *testing.T, report ImportReport, err error) []string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range report.Versions {
		line := v.Model + " " + v.Version + " " + string(v.Outcome)
		if v.Err != nil {
			line += ": " + v.Err.Error()
		}
		out = append(out, line)
	}
	return out
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestImportExamples(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		var probes atomic.Int32
		r := newRegistryWith(t, cfg, proberFunc(func(ctx context.Context, path string) (*augur.ProbeReport, error) {
			probes.Add(1)
			return readFile(ctx, path)
		}))
		report, err := r.Import(t.Context(), examples)
		wantLines(t, outcomes(t, report, err),
			"digits-mlp v1.0.0 IMPORTED", "iris-random-forest v1.0.0 IMPORTED", "road-risk v1.0.0 IMPORTED", "road-risk v1.1.0 IMPORTED")

		ctx := asAnna(t)
		if m := r.store.Reader().Model.Query().Where(model.Name("road-risk")).OnlyX(ctx); m.Description != "regression: GradientBoostingRegressor" {
			t.Errorf("road-risk's description is %q", m.Description)
		}
		v, route, err := r.Catalog().Resolve(ctx, "road-risk", "")
		if err != nil || v.Version != "v1.1.0" || route.Reason != augur.RouteLive {
			t.Errorf("live is %v by %v, %v", v, route, err)
		}
		v, _, err = r.Catalog().Resolve(ctx, "road-risk", "1.0.0")
		if err != nil || v.Signature.Features[1].Name != "lighting" || len(v.Signature.Features[1].OneOf) != 3 || *v.Signature.Features[0].Range.Max != 1 {
			t.Errorf("1.0.0 is %+v, %v", v, err)
		}
		v, _, err = r.Catalog().Resolve(ctx, "iris-random-forest", "latest")
		if err != nil || len(v.Signature.Features) != 4 || v.Signature.Features[0].Name != "sepal_length" || len(v.Signature.Output("output_probability").Classes) != 3 {
			t.Errorf("iris is %+v, %v", v, err)
		}
		v, _, err = r.Catalog().Resolve(ctx, "digits-mlp", "")
		if err != nil || len(v.Signature.Features) != 1 || v.Signature.Features[0].Name != "pixels" || v.Signature.Features[0].Shape[0].Size != 64 || *v.Signature.Features[0].Range.Max != 1 {
			t.Errorf("digits is %+v, %v", v, err)
		}
		s, err := r.MetricSeries(ctx, SeriesQuery{VersionIDs: []string{v.ID}, Names: []string{"train_loss"}})
		if err != nil || len(s) != 1 || len(s[0].Values) != 40 || s[0].Steps[39] != 40 || s[0].Values[39] != 0.040135045999160235 {
			t.Errorf("digits' train_loss: %+v, %v", s, err)
		}
		moves := r.store.Reader().AliasEvent.Query().Where(aliasevent.Name(augur.Live)).CountX(ctx)
		if moves != 4 { // road-risk's moved on from its first version
			t.Errorf("%d moves of live", moves)
		}

		revision := r.catalog.current.Load().revision
		events := r.store.Reader().AuditEvent.Query().CountX(ctx)
		report, err = r.Import(t.Context(), examples)
		wantLines(t, outcomes(t, report, err),
			"digits-mlp v1.0.0 PRESENT", "iris-random-forest v1.0.0 PRESENT", "road-risk v1.0.0 PRESENT", "road-risk v1.1.0 PRESENT")
		if report.Count(Present) != 4 || probes.Load() != 4 || r.catalog.current.Load().revision != revision || r.store.Reader().AuditEvent.Query().CountX(ctx) != events {
			t.Error("the second import changed something")
		}
	})
}

// TestImportRespects has people change what was imported: another import leaves
// their choices alone.
func TestImportRespects(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		dir := t.TempDir()
		a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
		folder(t, a, "1.0.0", "")
		folder(t, a, "v2.0.0", "")
		folder(t, b, "1.0.0", "")
		writeFile(t, filepath.Join(a, "latest"), "1.0.0\n")
		report, err := r.Import(t.Context(), dir)
		wantLines(t, outcomes(t, report, err), "a 1.0.0 IMPORTED", "a v2.0.0 IMPORTED", "b 1.0.0 IMPORTED")
		live := func() string {
			t.Helper()
			v, _, err := r.Catalog().Resolve(ctx, "a", "")
			if err != nil {
				return err.Error()
			}
			return v.Version
		}
		if live() != "1.0.0" {
			t.Errorf("live is %s", live())
		}
		writeFile(t, filepath.Join(a, "latest"), "v2.0.0")
		if _, err := r.Import(t.Context(), dir); err != nil || live() != "v2.0.0" {
			t.Errorf("live did not follow latest: %s, %v", live(), err)
		}
		if _, err := r.AliasSet(ctx, AliasSet{Model: "a", Alias: augur.Live, Version: "1.0.0"}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Import(t.Context(), dir); err != nil || live() != "1.0.0" {
			t.Errorf("live was taken from anna: %s, %v", live(), err)
		}
		if _, err := r.AliasRemove(ctx, AliasRemove{Model: "a", Alias: augur.Live}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Import(t.Context(), dir); err != nil || !strings.Contains(live(), "no live version") {
			t.Errorf("live was set again: %s, %v", live(), err)
		}

		v, _, err := r.Catalog().Resolve(ctx, "a", "2.0.0")
		if err != nil {
			t.Fatal(err)
		}
		m := r.store.Reader().Model.Query().Where(model.Name("b")).OnlyX(ctx)
		for _, err := range []error{r.VersionDelete(ctx, v.ID), r.ModelArchive(ctx, m.ID), r.ModelDelete(ctx, m.ID)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		report, err = r.Import(t.Context(), dir)
		wantLines(t, outcomes(t, report, err), "a 1.0.0 PRESENT", "a v2.0.0 SKIPPED", "b 1.0.0 SKIPPED")
	})
}

func TestImportReports(t *testing.T) {
	r := newRegistryWith(t, storetest.SQLite(t), proberFunc(func(ctx context.Context, path string) (*augur.ProbeReport, error) {
		if b, err := os.ReadFile(path); err != nil || string(b) != "model" {
			return nil, augur.Errorf(augur.FailedPrecondition, "this is no ONNX file")
		}
		return roadRiskReport(), nil
	}))
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	folder(t, good, "1.0.0", "")
	folder(t, good, "1.1.0", `{"inputs": [{"name": "altitude"}]}`)
	folder(t, good, "1.2.0", `{"sha256": "`+strings.Repeat("0", 64)+`"}`)
	folder(t, good, "next", "")
	writeFile(t, filepath.Join(folder(t, good, "1.3.0", ""), "model.onnx"), "no model")
	if err := os.MkdirAll(filepath.Join(good, "2.0.0"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("3.0.0", filepath.Join(good, "latest")); err != nil {
		t.Fatal(err)
	}
	folder(t, filepath.Join(dir, "No Name"), "1.0.0", "")
	writeFile(t, filepath.Join(dir, "README.md"), "# models")
	for _, other := range []string{"train", ".git/1.0.0", "good/notes"} {
		if err := os.MkdirAll(filepath.Join(dir, other), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	sum := sha256.Sum256([]byte("model"))
	digest := augur.DigestOf(sum[:])
	report, err := r.Import(t.Context(), dir)
	wantLines(t, outcomes(t, report, err),
		`No Name 1.0.0 FAILED: model name "No Name": expected 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning and ending with a letter or digit`,
		`good next FAILED: version "next": expected a semantic version such as 1.4.0 or 1.4.0-rc.1`,
		`good 1.0.0 IMPORTED`,
		`good 1.1.0 FAILED: there is no input "altitude": the file has curvature, lighting, speed_limit`,
		`good 1.2.0 FAILED: model.onnx has `+string(digest)+`, but metadata.json says sha256:`+strings.Repeat("0", 64),
		`good 1.3.0 FAILED: digest: this is no ONNX file`,
		`good 2.0.0 FAILED: there is no model.onnx`,
		`good 3.0.0 FAILED: latest names "3.0.0", which is no version folder`,
	)
	writeFile(t, filepath.Join(good, "1.0.0", "model.onnx"), "another")
	report, err = r.Import(t.Context(), dir)
	if err != nil || report.Versions[2].Outcome != Failed || augur.CodeOf(report.Versions[2].Err) != augur.AlreadyExists {
		t.Errorf("a version whose file has changed: %+v, %v", report.Versions[2], err)
	}
	_, err = r.Import(t.Context(), filepath.Join(dir, "nowhere"))
	wantError(t, err, augur.FailedPrecondition)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = r.Import(ended, dir); err == nil {
		t.Error("an import whose context has ended went on")
	}
}

// TestImportTogether has two replicas import one directory at the same time.
func TestImportTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		dir := t.TempDir()
		const versions = 8
		for i := range versions {
			folder(t, filepath.Join(dir, "m"), fmt.Sprintf("1.%d.0", i), historyOf(50))
		}
		blobs := t.TempDir() // replicas share their artifacts
		prober := proberFunc(func(context.Context, string) (*augur.ProbeReport, error) { return roadRiskReport(), nil })
		replicas := []*Registry{newRegistryOn(t, cfg, blobs, prober), newRegistryOn(t, cfg, blobs, prober)}
		reports := make([]ImportReport, len(replicas))
		var wg sync.WaitGroup
		for i, r := range replicas {
			wg.Go(func() {
				var err error
				if reports[i], err = r.Import(t.Context(), dir); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		imported := 0
		for _, report := range reports {
			imported += report.Count(Imported)
			if n := report.Count(Failed); n > 0 {
				t.Errorf("%d failed: %+v", n, report.Versions)
			}
		}
		if imported != versions {
			t.Errorf("%d imported, want %d", imported, versions)
		}
		checkWhole(t, replicas[0], 50)
	})
}

// historyOf is a metadata.json with two metrics and n steps.
func historyOf(n int) string {
	var b strings.Builder
	b.WriteString(`{"created_at": "2026-01-05T00:00:00Z", "history": [{"step": 0, "a": 0, "b": 0}`)
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, `, {"step": %d, "a": %d, "b": %d}`, i, i, -i)
	}
	return b.String() + "]}"
}

// checkWhole checks that every version has its whole history and its artifact,
// and every alias and artifact row a version.
func checkWhole(t *testing.T, r *Registry, steps int) (versions int) {
	t.Helper()
	ctx := asAnna(t)
	rows := r.store.Reader().ModelVersion.Query().WithArtifact().WithModel().AllX(ctx)
	for _, v := range rows {
		points := r.store.Reader().MetricPoint.Query().Where(metricpoint.VersionID(v.ID)).CountX(ctx)
		counts := r.store.Reader().MetricSummary.Query().Where(metricsummary.VersionID(v.ID)).Select(metricsummary.FieldCount).IntsX(ctx)
		if v.Status != modelversion.StatusREADY || points != 2*steps || !slices.Equal(counts, []int{steps, steps}) {
			t.Errorf("%s is %s with %d points, summaries of %v", v.Version, v.Status, points, counts)
		}
		_, release, err := r.blobs.Open(ctx, augur.Digest(v.Edges.Artifact.Digest))
		if err != nil {
			t.Errorf("%s: %v", v.Version, err)
			continue
		}
		release()
	}
	if n := r.store.Reader().Alias.Query().Where(alias.Name(augur.Live)).CountX(ctx); len(rows) > 0 && n != 1 {
		t.Errorf("%d aliases live", n)
	}
	if n, m := r.store.Reader().AuditEvent.Query().Where(auditevent.Action("modelVersionCreate")).CountX(ctx), len(rows); n != m {
		t.Errorf("%d audit rows for %d versions", n, m)
	}
	return len(rows)
}

// The environment of the child that TestKilledWhileImporting kills.
const (
	importDir      = "AUGUR_IMPORT_TEST_DIR"
	importDatabase = "AUGUR_IMPORT_TEST_DATABASE"
	importBlobs    = "AUGUR_IMPORT_TEST_BLOBS"
)

// importAndSay is that child: it imports, and says a line for each file it tries.
func importAndSay(dir string) int {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{URL: augur.Secret(os.Getenv(importDatabase))})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	blobs, err := blob.Open(blob.Config{Dir: os.Getenv(importBlobs)})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	r, err := New(Config{}, Deps{Store: s, Blobs: blobs, Logger: slog.New(slog.DiscardHandler), Prober: proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
		fmt.Println("trying")
		return roadRiskReport(), nil
	})})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if _, err := r.Import(ctx, dir); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("done")
	return 0
}

// TestKilledWhileImporting kills an import at several moments: what is in the
// record is always whole, and the next import completes it.
func TestKilledWhileImporting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		dir, blobs := t.TempDir(), t.TempDir()
		const versions, steps = 24, 700 // more points than one statement writes
		for i := range versions {
			path := folder(t, filepath.Join(dir, "m"), fmt.Sprintf("1.%d.0", i), historyOf(steps))
			writeFile(t, filepath.Join(path, "model.onnx"), fmt.Sprint("model ", i))
		}
		r := newRegistryOn(t, cfg, blobs, proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
			return roadRiskReport(), nil
		}))
		var seen []int
		for _, lines := range []int{1, 6, 7, 6, 7} {
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), importDir+"="+dir, importDatabase+"="+cfg.URL.Reveal(), importBlobs+"="+blobs)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			said := bufio.NewScanner(out)
			for range lines {
				if !said.Scan() || said.Text() != "trying" {
					t.Fatalf("the child said %q, %v", said.Text(), said.Err())
				}
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait() // it was killed
			seen = append(seen, checkWhole(t, r, steps))
		}
		t.Log("versions after each kill:", seen)
		if last := seen[len(seen)-1]; last == 0 || last == versions {
			t.Errorf("%d of %d versions after the kills: none came in between", last, versions)
		}
		report, err := r.Import(t.Context(), dir)
		if err != nil || report.Count(Failed) > 0 || report.Count(Imported)+report.Count(Present) != versions {
			t.Errorf("the import after the kills: %+v, %v", report, err)
		}
		if n := checkWhole(t, r, steps); n != versions {
			t.Errorf("%d versions, want %d", n, versions)
		}
		report, err = r.Import(t.Context(), dir)
		if err != nil || report.Count(Present) != versions {
			t.Errorf("one more import: %+v, %v", report, err)
		}
	})
}

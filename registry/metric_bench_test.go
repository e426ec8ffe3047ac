package registry

import (
	"context"
	"math"
	"path/filepath"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/registry/blob"
	"augur/store"
)

// benchRegistry opens a registry on SQLite and writes one version.
func benchRegistry(b *testing.B) (*Registry, string) {
	b.Helper()
	ctx := augur.WithPrincipal(b.Context(), augur.System())
	s, err := store.Open(ctx, store.Config{URL: augur.Secret(filepath.Join(b.TempDir(), "augur.db"))})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	blobs, err := blob.Open(blob.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	r, err := New(Config{}, Deps{Store: s, Blobs: blobs, Prober: proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
		return roadRiskReport(), nil
	})})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := r.Import(ctx, exampleOf(b)); err != nil {
		b.Fatal(err)
	}
	return r, s.Reader().ModelVersion.Query().FirstIDX(ctx)
}

// exampleOf makes a directory with one version.
func exampleOf(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	folder(b, filepath.Join(dir, "m"), "1.0.0", "")
	return dir
}

// wave is a history of n points from one step on.
func wave(name string, from, n int) []MetricPoint {
	points := make([]MetricPoint, n)
	for i := range points {
		points[i] = MetricPoint{Name: name, Step: int64(from + i), Value: math.Sin(float64(from+i) / 300), At: day}
	}
	return points
}

// BenchmarkMetricsLog logs 10,000 points a call and prints, as "of-bare", the
// rate as a share of the rate of inserting the same rows, 1,000 a statement,
// into a table with the same key and indexes and nothing around it.
func BenchmarkMetricsLog(b *testing.B) {
	r, version := benchRegistry(b)
	ctx := augur.WithPrincipal(b.Context(), augur.System())
	err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		for _, s := range []string{
			"CREATE TABLE bare (id text NOT NULL PRIMARY KEY, version_id text NOT NULL REFERENCES model_versions (id), name text NOT NULL, step integer NOT NULL, value real, is_nan bool NOT NULL, at datetime NOT NULL, dataset_digest text NOT NULL)",
			"CREATE UNIQUE INDEX bare_key ON bare (version_id, name, step, at, dataset_digest)",
		} {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	bare := func(points []MetricPoint) error {
		for len(points) > 0 {
			part := points[:pointsAtOnce]
			points = points[pointsAtOnce:]
			err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
				args := make([]any, 0, 8*len(part))
				for _, p := range part {
					args = append(args, augur.NewID(augur.MetricID), version, p.Name, p.Step, p.Value, false, p.At, p.DatasetDigest)
				}
				_, err := tx.ExecContext(ctx, "INSERT INTO bare VALUES "+rows(len(part), 8), args...)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	var logged, inserted time.Duration
	for i := 0; b.Loop(); i++ {
		points := wave("loss", i*maxPoints, maxPoints)
		begin := time.Now()
		got, err := r.MetricsLog(ctx, MetricsLog{VersionID: version, Points: points})
		logged += time.Since(begin)
		if err != nil || got.Accepted != maxPoints {
			b.Fatal(got, err)
		}
		b.StopTimer()
		begin = time.Now()
		if err := bare(points); err != nil {
			b.Fatal(err)
		}
		inserted += time.Since(begin)
		b.StartTimer()
	}
	b.ReportMetric(float64(inserted)/float64(logged), "of-bare")
	b.ReportMetric(float64(maxPoints*b.N)/logged.Seconds(), "points/s")
}

// BenchmarkMetricSeries draws a history of 100,000 points in 500.
func BenchmarkMetricSeries(b *testing.B) {
	r, version := benchRegistry(b)
	ctx := augur.WithPrincipal(b.Context(), augur.System())
	const n = 100_000
	for from := 0; from < n; from += maxPoints {
		if _, err := r.MetricsLog(ctx, MetricsLog{VersionID: version, Points: wave("loss", from, maxPoints)}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		got, err := r.MetricSeries(ctx, SeriesQuery{VersionIDs: []string{version}})
		if err != nil || len(got) != 1 || got[0].SampledFrom != n || len(got[0].Values) > 500 {
			b.Fatal(got, err)
		}
	}
}

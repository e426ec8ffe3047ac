package registry

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/internal/bench"
	"augur/internal/storetest"
	"augur/store"

	"entgo.io/ent/dialect"
)

// TestMetricBars logs points, against a bare insert of the same rows, and draws
// a long history, against reading all of it.
func TestMetricBars(t *testing.T) {
	f := bench.FormOf(t)
	total, each := 5_000_000, 100_000
	if !f.Full {
		total, each = 60_000, 10_000
	}
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		version := newVersion1(t, r, "a", "1.0.0")
		ctx := augur.WithPrincipal(t.Context(), augur.System())
		bare := bareTable(t, r)
		base := filepath.Base(t.Name())

		var rates []float64
		from := 0
		log := func() time.Duration {
			began := time.Now()
			for end := from + each; from < end; from += maxPoints {
				if _, err := r.MetricsLog(ctx, MetricsLog{VersionID: version, Points: wave("loss", from, maxPoints)}); err != nil {
					t.Fatal(err)
				}
			}
			return time.Since(began)
		}
		for range min(f.Rounds, 5) {
			first := from
			logged := log()
			began := time.Now()
			for at := first; at < from; at += maxPoints {
				bare(version, wave("loss", at, maxPoints))
			}
			rates = append(rates, float64(time.Since(began))/float64(logged))
		}
		f.AtLeast(t, base+", points logged, rate of a bare insert", bench.SpreadOf(rates), 0.35)

		for from < total {
			log()
		}
		if r.store.Dialect() == dialect.Postgres {
			if _, err := r.store.SQLWriter().ExecContext(ctx, "ANALYZE"); err != nil {
				t.Fatal(err)
			}
		}
		var shares []float64
		for range min(f.Rounds, 3) {
			began := time.Now()
			n := scan(t, r.store, version)
			scanned := time.Since(began)
			began = time.Now()
			got, err := r.MetricSeries(ctx, SeriesQuery{VersionIDs: []string{version}, MaxPoints: 500})
			drawn := time.Since(began)
			if err != nil || len(got) != 1 || got[0].SampledFrom != n || len(got[0].Values) < 400 || len(got[0].Values) > 500 {
				t.Fatal(n, len(got), err)
			}
			shares = append(shares, float64(drawn)/float64(scanned))
		}
		f.AtMost(t, base+", a long history in 500 points, of scanning it", bench.SpreadOf(shares), 0.05)
	})
}

// bareTable makes a table with the key and the indexes of metric_points, and
// returns what inserts into it, as many rows a transaction as MetricsLog does.
func bareTable(t *testing.T, r *Registry) func(version string, points []MetricPoint) {
	t.Helper()
	ctx := augur.WithPrincipal(t.Context(), augur.System())
	kinds := "id text NOT NULL PRIMARY KEY, version_id text NOT NULL REFERENCES model_versions (id), name text NOT NULL, step integer NOT NULL, value real, is_nan bool NOT NULL, at datetime NOT NULL, dataset_digest text NOT NULL"
	if r.store.Dialect() == dialect.Postgres {
		kinds = "id varchar NOT NULL PRIMARY KEY, version_id varchar NOT NULL REFERENCES model_versions (id), name varchar NOT NULL, step bigint NOT NULL, value double precision, is_nan boolean NOT NULL, at timestamptz NOT NULL, dataset_digest varchar NOT NULL"
	}
	for _, s := range []string{"CREATE TABLE bare (" + kinds + ")", "CREATE UNIQUE INDEX bare_key ON bare (version_id, name, step, at, dataset_digest)"} {
		if _, err := r.store.SQLWriter().ExecContext(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	return func(version string, points []MetricPoint) {
		t.Helper()
		for ; len(points) > 0; points = points[pointsAtOnce:] {
			err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
				args := make([]any, 0, 8*pointsAtOnce)
				for _, p := range points[:pointsAtOnce] {
					args = append(args, augur.NewID(augur.MetricID), version, p.Name, p.Step, p.Value, false, p.At, p.DatasetDigest)
				}
				_, err := tx.ExecContext(ctx, bind(r.store.Dialect(), "INSERT INTO bare (id, version_id, name, step, value, is_nan, at, dataset_digest) VALUES "+rows(pointsAtOnce, 8)), args...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// scan reads every point of a history in order, as a drawing without buckets would.
func scan(t *testing.T, s *store.Store, version string) (n int) {
	t.Helper()
	found, err := s.SQLReader().QueryContext(t.Context(), bind(s.Dialect(), "SELECT step, "+timeColumn(s.Dialect(), "at")+
		", value FROM metric_points WHERE version_id = ? AND name = ? ORDER BY step, at, dataset_digest"), version, "loss")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	var at any
	var step int64
	var value sql.NullFloat64
	for ; found.Next(); n++ {
		if err := found.Scan(&step, &at, &value); err != nil {
			t.Fatal(err)
		}
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

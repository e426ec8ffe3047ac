package registry

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"augur"
	"augur/internal/bench"
	"augur/internal/storetest"
	"augur/store"
)

// servingBar is how many milliseconds serving figures may take.
const servingBar = 20

// TestServingBars reads a day of 50 versions, and 30 days of one in 300 points,
// of versions that are asked all the time.
func TestServingBars(t *testing.T) {
	f := bench.FormOf(t)
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		v := catalogVersion(t, r, newVersion1(t, r, "a", "1.0.0"))
		at := time.Date(2026, 3, 3, 14, 27, 43, 0, time.UTC)
		snap := *r.catalog.current.Load()
		snap.versions = map[string]*item{}
		var ids []string
		for i := range 50 {
			copied := *v
			copied.ID = fmt.Sprintf("ver_%03d", i)
			ids = append(ids, copied.ID)
			snap.versions[copied.ID] = &item{CatalogVersion: &copied}
		}
		r.catalog.current.Store(&snap)
		random := rand.New(rand.NewPCG(1, 2))
		log := func(ids []string, from, to, step time.Duration) {
			for age := from; age > to; age -= step {
				var buckets []augur.ServingBucket
				for _, id := range ids {
					f := augur.ServingFigures{}
					for range 200 {
						f.Requests++
						f.Latency.Add(time.Duration(math.Exp(random.NormFloat64()/2) * 1e6))
					}
					buckets = append(buckets, bucketAt(id, at.Add(-age).Truncate(augur.BucketWidth), f))
				}
				if err := r.LogServing(t.Context(), buckets); err != nil {
					t.Fatal(err)
				}
			}
		}
		// As dense as rows can be where they are read, and some in every hour between.
		month := 30 * 24 * time.Hour
		log(ids[:1], month+2*time.Hour, 26*time.Hour, 10*time.Minute)
		log(ids, 26*time.Hour, 24*time.Hour-65*time.Minute, augur.BucketWidth)
		log(ids, 24*time.Hour-65*time.Minute, 65*time.Minute, 10*time.Minute)
		log(ids, 65*time.Minute, 0, augur.BucketWidth)

		ctx := augur.WithPrincipal(t.Context(), augur.System())
		measure := func(name string, read func() error) {
			var ms []float64
			for range 3 * f.Rounds {
				began := time.Now()
				if err := read(); err != nil {
					t.Fatal(err)
				}
				ms = append(ms, float64(time.Since(began).Microseconds())/1000)
			}
			f.AtMost(t, filepath.Base(t.Name())+", "+name+", ms", bench.SpreadOf(ms), servingBar)
		}
		measure("serving of 50 versions over a day", func() error {
			s, err := r.servingAt(ctx, askedVersions{ids: ids}, 24*time.Hour, at)
			if err == nil && len(s.Versions) != len(ids) {
				err = fmt.Errorf("%d versions", len(s.Versions))
			}
			return err
		})
		measure("servingSeries of 30 days in 300 points", func() error {
			from := at.Add(-month)
			s, err := r.servingSeriesAt(ctx, ServingSeriesQuery{VersionIDs: ids[:1], From: &from, To: &at, MaxPoints: 300}, at)
			if err == nil && (len(s) != 1 || len(s[0].Points) < 200) {
				err = fmt.Errorf("%v", s)
			}
			return err
		})
	})
}

package inference

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/internal/storetest"
	"augur/registry"
	"augur/registry/blob"
	"augur/store"
)

// sinkOver is the registry over an open record.
func sinkOver(s *store.Store, dir string) (*registry.Registry, error) {
	blobs, err := blob.Open(blob.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	return registry.New(registry.Config{}, registry.Deps{Store: s, Blobs: blobs, Prober: noProbe{}})
}

type noProbe struct{}

func (noProbe) Probe(context.Context, string) (*augur.ProbeReport, error) {
	return nil, augur.Errorf(augur.Unimplemented, "no probes")
}

// sums are the requests that the figures of each width tell of.
func sums(t *testing.T, db *sql.DB) map[int]int {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT seconds, sum(requests) FROM serving_rollups GROUP BY seconds")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	out := map[int]int{}
	for rows.Next() {
		var seconds, n int
		if err := rows.Scan(&seconds, &n); err != nil {
			t.Fatal(err)
		}
		out[seconds] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func records(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM prediction_records").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// heardSink tells of the first time that it takes no records.
type heardSink struct {
	Sink
	once   sync.Once
	failed chan struct{} // closed then
	why    error         // set before
}

func (s *heardSink) LogPredictions(ctx context.Context, records []augur.PredictionRecord) error {
	err := s.Sink.LogPredictions(ctx, records)
	if err != nil {
		s.once.Do(func() {
			s.why = err
			close(s.failed)
		})
	}
	return err
}

// logWhileFailing: while the record fails, predictions are answered as before;
// what finds no room in the queue is dropped and counted, and when the record is
// back nothing else is missing. A record that does not let anybody wait says so
// at least once before it is healed.
func logWhileFailing(t *testing.T, cfg store.Config, waits bool, fail, heal func(t *testing.T, s *store.Store)) {
	t.Helper()
	const before, during, after, queue = 20, 3000, 30, 500
	s := storetest.Open(t, cfg)
	over, err := sinkOver(s, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sink := &heardSink{Sink: over, failed: make(chan struct{})}
	h, l := startLogged(t, LogConfig{Successes: 1 << 20, InputShare: 1, Queue: queue}, sink, road())
	ask := func(n int) {
		t.Helper()
		for range n {
			if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask(before)
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	fail(t, s)
	ask(during)
	if !waits {
		<-sink.failed
		if !augur.CodeOf(sink.why).Retryable() {
			t.Errorf("the record may take it later, and said %v", sink.why)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	l.turn()
	_ = l.flush(ctx) // what is so small may find room on a full disk
	if err := l.Sync(ctx); err == nil {
		t.Error("the record took records while it failed")
	}
	cancel()
	heal(t, s)
	ask(after)
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	const all = before + during + after
	kept, written, dropped := records(t, s.SQLReader()), counted(t, l.records, "written"), counted(t, l.records, "dropped")
	if kept != written || written+dropped != all || counted(t, l.records, "failed") != 0 || dropped == 0 || written < before+queue {
		t.Errorf("%d records, %d written, %d dropped, of %d", kept, written, dropped, all)
	}
	for seconds, n := range sums(t, s.SQLReader()) {
		if n != all {
			t.Errorf("the figures of %d s tell of %d requests, want %d", seconds, n, all)
		}
	}
}

// TestLogOfARecordThatFails: a file that may not grow, and a database that others
// hold. TestLogOfADiskThatFails has the rest.
func TestLogOfARecordThatFails(t *testing.T) {
	t.Run("no more pages", func(t *testing.T) {
		limit := func(pages string) func(*testing.T, *store.Store) {
			return func(t *testing.T, s *store.Store) {
				t.Helper()
				// The writer is one connection. SQLite gives the error of a full disk.
				err := s.Tx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
					_, err := tx.ExecContext(ctx, "PRAGMA max_page_count = "+pages)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		logWhileFailing(t, storetest.SQLite(t), false, limit("1"), limit("1073741823")) // one page is less than there are: none more
	})
	for name, open := range map[string]func(*testing.T) store.Config{"sqlite held": storetest.SQLite, "postgres held": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			cfg := open(t)
			release, released := make(chan struct{}), make(chan error)
			hold := func(t *testing.T, s *store.Store) {
				t.Helper()
				holder := storetest.Open(t, cfg)
				held := make(chan struct{})
				go func() {
					released <- holder.Tx(context.Background(), func(ctx context.Context, tx *ent.Tx) error {
						if s.Dialect() != "sqlite3" { // there the transaction alone keeps others from writing
							if _, err := tx.ExecContext(ctx, "LOCK TABLE prediction_records, serving_rollups IN EXCLUSIVE MODE"); err != nil {
								return err
							}
						}
						close(held)
						<-release
						return nil
					})
				}()
				<-held
			}
			logWhileFailing(t, cfg, true, hold, func(t *testing.T, _ *store.Store) {
				t.Helper()
				close(release)
				if err := <-released; err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// logChild names the database of the child of TestLogKilled.
const logChild = "INFERENCE_TEST_LOG_CHILD"

// logUntilKilled predicts, and says which predictions and how many requests are
// in the record for good.
func logUntilKilled(url string) {
	die := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	s, err := store.Open(context.Background(), store.Config{URL: augur.Secret(url)})
	die(err)
	sink, err := sinkOver(s, os.Getenv(logChild+"_BLOBS"))
	die(err)
	l, err := NewLog(LogConfig{Successes: 1 << 20, InputShare: 1, Queue: 1 << 16}, sink, slog.New(slog.DiscardHandler), nil)
	die(err)
	die(l.Start(context.Background()))
	v, req := road(), &augur.Request{Model: "road-risk", Data: augur.Data{Rows: []json.RawMessage{json.RawMessage(roadRow)}}}
	out := bufio.NewWriter(os.Stdout)
	for total := 0; ; {
		var ids []string
		for range 50 {
			resp := &augur.Response{ID: augur.NewID(augur.PredictionID), Version: v, Rows: 1, RowIndex: []int{0}}
			l.done(context.Background(), v, augur.Route{}, req, time.Now(), resp, nil)
			ids = append(ids, resp.ID)
			total++
		}
		die(l.Sync(context.Background()))
		_, _ = fmt.Fprintln(out, "records", strings.Join(ids, " "))
		_ = out.Flush()
		l.turn()
		die(l.flush(context.Background()))
		_, _ = fmt.Fprintln(out, "figures", total)
		_ = out.Flush()
	}
}

// TestLogKilled kills a server that logs, at any moment: what it had said to be
// in the record is there, once, and the figures of all widths are the same.
func TestLogKilled(t *testing.T) {
	for name, open := range map[string]func(*testing.T) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			cfg := open(t)
			said, total := map[string]bool{}, 0
			for life := range 3 {
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), logChild+"="+cfg.URL.Reveal(), logChild+"_BLOBS="+t.TempDir())
				pipe, err := child.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := child.Start(); err != nil {
					t.Fatal(err)
				}
				lines := bufio.NewScanner(pipe)
				lines.Buffer(nil, 1<<20)
				figures, kill := 0, sync.OnceFunc(func() { _ = child.Process.Kill() })
				for lines.Scan() { // what it said before its end is read after it too
					kind, rest, _ := strings.Cut(lines.Text(), " ")
					switch kind {
					case "records":
						for id := range strings.SplitSeq(rest, " ") {
							said[id] = true
						}
					case "figures":
						if figures, err = strconv.Atoi(rest); err != nil {
							t.Fatal(err)
						}
					default:
						t.Fatal(lines.Text())
					}
					if figures >= 200*(life+1) {
						go kill() // meanwhile it goes on
					}
				}
				kill()
				_ = child.Wait() // killed, as it says
				total += figures
			}
			s := storetest.Open(t, cfg)
			n := records(t, s.SQLReader())
			for id := range said {
				if _, err := s.Reader().PredictionRecord.Get(augur.WithPrincipal(t.Context(), augur.System()), id); err != nil {
					t.Fatalf("%s: %v", id, err)
				}
			}
			// Of what was in the making when it was killed all or nothing may be there.
			if n < len(said) || n > len(said)+3*50 {
				t.Errorf("%d records, %d of which were said to be there", n, len(said))
			}
			all := sums(t, s.SQLReader())
			if len(all) != 4 {
				t.Errorf("figures of %d widths", len(all))
			}
			for seconds, requests := range all {
				if requests != all[10] || requests < total || requests > total+3*50 {
					t.Errorf("the figures of %d s tell of %d requests, those of 10 s of %d; %d were said to be there", seconds, requests, all[10], total)
				}
			}
		})
	}
}

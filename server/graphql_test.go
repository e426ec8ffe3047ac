package server_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/internal/augurtest"
	"augur/server"
)

// slow is a predictor that waits for its context to end, and says what ended it.
type slow struct{ ended chan error }

func (p slow) Predict(ctx context.Context, _ *augur.Request) (*augur.Response, error) {
	<-ctx.Done()
	p.ended <- context.Cause(ctx)
	return nil, augur.Wrap(augur.DeadlineExceeded, ctx.Err(), "too late")
}

// TestTheTimeoutOfAnOperationReachesTheEngine, and the client is told.
func TestTheTimeoutOfAnOperationReachesTheEngine(t *testing.T) {
	cfg := server.DefaultConfig()
	cfg.HTTP.Listen = "127.0.0.1:0"
	cfg.GraphQL.Timeout = 50 * time.Millisecond
	p := slow{make(chan error, 1)}
	s, err := server.StartWith(t.Context(), cfg, &augurtest.Buffer{}, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	status, text := attack(t, s.URL(), []byte(`{"query":"mutation{predict(input:{model:\"m\",data:{row:{}}}){prediction{id}}}"}`))
	if status != 200 || !strings.Contains(text, "DEADLINE_EXCEEDED") {
		t.Errorf("got %d %s", status, text)
	}
	if err := <-p.ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the engine's context ended with %v", err)
	}
}

// TestDocumentsOfTheConfiguration: a manifest that cannot be read stops the start.
func TestDocumentsOfTheConfiguration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "documents.json")
	if err := os.WriteFile(path, []byte(`{"who": "{viewer{name}}"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) {
		c.GraphQL.TrustedDocuments, c.GraphQL.Documents = "only", path
	}))
	for body, want := range map[string]string{
		`{"documentId":"who"}`:         `{"data":{"viewer":`,
		`{"query":"{viewer{scopes}}"}`: "PERMISSION_DENIED",
	} {
		if _, text := attack(t, s.URL(), []byte(body)); !strings.Contains(text, want) {
			t.Errorf("%s: got %s", body, text)
		}
	}
}

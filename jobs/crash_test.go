package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur/client"
	"augur/internal/augurtest"
	"augur/server"
)

// serveAsChild makes the test binary a server that only a signal ends, when it is
// started with the verb serve and a directory, or serve-models to import the demo
// models too.
func serveAsChild() {
	if len(os.Args) != 3 || os.Args[1] != "serve" && os.Args[1] != "serve-models" {
		return
	}
	cfg := server.DefaultConfig()
	cfg.HTTP.Listen, cfg.Data.Dir = "127.0.0.1:0", os.Args[2]
	cfg.Webhooks.Allow, cfg.Webhooks.RetryDelay = []string{"127.0.0.0/8"}, 20*time.Millisecond
	if os.Args[1] == "serve-models" {
		cfg.Import.Dir = filepath.Join(augurtest.Root(), "examples", "models")
	}
	s, err := server.New(cfg, server.Deps{})
	if err == nil {
		err = s.Start(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.URL())
	select {}
}

// child is a server in a process of its own.
type child struct {
	cmd *exec.Cmd
	api *client.Client
}

func startChild(t *testing.T, verb, dir string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0], verb, dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child did not start: %v", err)
	}
	api, err := client.New(client.Config{URL: strings.TrimSpace(url)})
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, api: api}
	t.Cleanup(c.kill)
	return c
}

// kill ends it with SIGKILL. It may be called more than once.
func (c *child) kill() {
	c.api.Close()
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// TestNothingIsLost kills the server while it makes changes and delivers them,
// three times. Every change that was answered is delivered at least once, and
// nothing that was not made.
func TestNothingIsLost(t *testing.T) {
	r := newReceiver(t)
	r.answer = func(n int, w http.ResponseWriter) {
		if n%3 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	dir, made := t.TempDir(), map[string]bool{}
	first := startChild(t, "serve", dir)
	var created struct {
		WebhookCreate struct{ Secret string }
	}
	err := first.api.Mutate(t.Context(), createHook, map[string]any{"input": map[string]any{"url": r.URL, "events": []string{"modelCreate"}}}, &created)
	if err != nil {
		t.Fatal(err)
	}
	c := first
	for round := range 3 {
		for i := range 20 {
			name := fmt.Sprintf("m-%d-%d", round, i)
			if _, err := c.api.EnsureModel(t.Context(), client.ModelCreateInput{Name: name}); err != nil {
				t.Fatal(err)
			}
			made[name] = true
			if i == 10 {
				<-r.came // deliveries are under way
			}
		}
		c.kill()
		c = startChild(t, "serve", dir)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		r.mu.Lock()
		seen := map[string]bool{}
		for i, d := range r.got {
			if !d.signedWith(created.WebhookCreate.Secret) {
				t.Errorf("the signature of %s is wrong", d.body)
			}
			if (i+1)%3 != 0 { // accepted
				seen[d.payload(t).Data.Model] = true
			}
		}
		r.mu.Unlock()
		if len(seen) == len(made) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d events came", len(seen), len(made))
		}
	}
}

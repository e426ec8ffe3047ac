package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"augur"
	"augur/client"
	"augur/internal/augurtest"
	"augur/internal/storetest"
)

// TestWorkerWorksForServers: what a server without workers queues, a worker of
// its own does; and a predict that was interrupted goes on with its job.
func TestWorkerWorksForServers(t *testing.T) {
	db, dir, program := storetest.Postgres(t), t.TempDir(), augurCommand(t)
	env := []string{"PATH=" + os.Getenv("PATH"), "AUGUR_ONNXRUNTIME_LIB=" + library(t), "AUGUR_DATABASE_URL=" + db.URL.Reveal()}
	var csv strings.Builder
	csv.WriteString("curvature,lighting,speed_limit,num_lanes,weather,road_type,holiday,num_reported_accidents\n")
	const rows = 3000
	for range rows {
		csv.WriteString("0.3,night,60,2,rainy,urban,false,1\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "rows.csv"), []byte(csv.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := startDaemon(t.Fatalf, program, dir, env, "--import.dir", filepath.Join(augurtest.Root(), "examples", "models"), "--jobs.workers", "0")
	t.Cleanup(srv.kill)
	api, err := client.New(client.Config{URL: srv.url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)

	predict := func() (cmd *exec.Cmd, output *bytes.Buffer) {
		cmd, output = exec.Command(program, "predict", "--server", srv.url, "-m", "road-risk", "-f", "rows.csv", "--out", "result.csv"), &bytes.Buffer{}
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env[:2], output, output
		return cmd, output
	}
	cmd, output := predict()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	jobs := func() []client.Job {
		t.Helper()
		all, err := api.Jobs(t.Context(), nil, 10)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	for len(jobs()) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	_ = cmd.Process.Signal(syscall.SIGINT) // Wait tells how it ended
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != exitStatuses[augur.Canceled] {
		t.Fatalf("an interrupted predict exits with %d: %s", got, output)
	}
	if state := jobs()[0].State; state != augur.JobQueued {
		t.Fatalf("without a worker the job is %s", state)
	}
	if exists(filepath.Join(dir, "result.csv")) || exists(filepath.Join(dir, "result.csv.part")) {
		t.Error("an interrupted predict leaves a result")
	}

	worker := startVerb("worker", t.Fatalf, program, dir, env, "--jobs.workers", "0") // the servers' setting, which it takes for 1
	t.Cleanup(worker.kill)
	cmd, output = predict()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s\n%s", err, output, &worker.stderr)
	}
	result, err := os.ReadFile(filepath.Join(dir, "result.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(result, []byte("\n")); got != rows+1 {
		t.Errorf("%d lines", got)
	}
	if all := jobs(); len(all) != 1 || all[0].State != augur.JobSucceeded {
		t.Errorf("%+v", all)
	}
	for path, want := range map[string]int{"/health": 200, "/ready": 200, "/metrics": 200, "/graphql": 404} {
		res, err := http.Get(worker.url + path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body) // it only explains
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("the worker's %s: %d: %s", path, res.StatusCode, text)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := worker.stop(); err != nil {
		t.Errorf("%v\n%s", err, &worker.stderr)
	}
}

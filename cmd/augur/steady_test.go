package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"augur/internal/augurtest"
)

// TestSteady keeps a server under predictions, reads, writes and connections that
// come and go: once it is warm, its memory and its open files do not grow. make
// soak runs it for an hour; SOAK_STEADY says for how long.
func TestSteady(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("SOAK_STEADY"))
	if err != nil {
		t.Skip("make soak sets SOAK_STEADY")
	}
	d := startDaemon(t.Fatalf, augurCommand(t), t.TempDir(), []string{"AUGUR_ONNXRUNTIME_LIB=" + library(t)},
		"--import.dir", filepath.Join(augurtest.Root(), "examples", "models"), "--log.level", "warn", "--log.predictions", "0",
		"--prediction-log.successes", "50", "--inference.cache-size", "8MiB")
	t.Cleanup(d.kill)
	f := &fleet{url: d.url, http: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: posters + getters}}}
	t.Cleanup(f.http.CloseIdleConnections)
	stop := f.load(t)
	defer stop()
	ended := make(chan struct{})
	var visitors sync.WaitGroup
	visitors.Go(func() { // a new connection for each of these
		alone := &fleet{url: d.url, http: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
		for {
			select {
			case <-ended:
				return
			case <-time.After(5 * time.Millisecond):
				f.got.add(alone.get("/graphql?query="+`{models{nodes{name%20liveVersion{version}}}}`, `"road-risk"`))
			}
		}
	})
	defer func() { close(ended); visitors.Wait() }()

	type look struct{ memory, files int64 }
	var looks []look
	for began := time.Now(); time.Since(began) < length; time.Sleep(length / 30) {
		looks = append(looks, look{memory: resident(t, d.cmd.Process.Pid), files: files(t, d.cmd.Process.Pid)})
	}
	if f.posted.failed.Load()+f.got.failed.Load() > 0 {
		t.Errorf("%d predictions and %d queries failed", f.posted.failed.Load(), f.got.failed.Load())
	}
	// The highest of the second third against that of the last: the collector's
	// work goes up and down.
	third := len(looks) / 3
	highest := func(part []look) (most look) {
		for _, l := range part {
			most.memory, most.files = max(most.memory, l.memory), max(most.files, l.files)
		}
		return most
	}
	warm, last := highest(looks[third:2*third]), highest(looks[2*third:])
	t.Logf("%d predictions, %d queries; memory %d MiB, then %d MiB; open files %d, then %d",
		f.posted.answered.Load(), f.got.answered.Load(), warm.memory>>10, last.memory>>10, warm.files, last.files)
	if last.memory > warm.memory+warm.memory/10+16<<10 {
		t.Errorf("memory grew from %d to %d KiB", warm.memory, last.memory)
	}
	if last.files > warm.files+10 {
		t.Errorf("open files grew from %d to %d", warm.files, last.files)
	}
}

// resident is the resident memory of a process in KiB.
func resident(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("there is no procfs here")
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("the process says nothing of its memory")
	return 0
}

// files is how many files a process has open.
func files(t *testing.T, pid int) int64 {
	t.Helper()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return int64(len(open))
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"augur"
	"augur/client"
	"augur/internal/augurtest"
)

// TestDiskFull: while the disk of a server is full, predictions go on, whatever
// must be written is refused with a clear error, and once there is room again
// everything works, without a restart, with all that was acknowledged.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("a small disk cannot be made here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	d := startDaemon(t.Fatalf, augurCommand(t), dir, []string{"AUGUR_ONNXRUNTIME_LIB=" + library(t)},
		"--data.dir", filepath.Join(dir, "data"), "--import.dir", filepath.Join(augurtest.Root(), "examples", "models"))
	t.Cleanup(d.kill)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(d.stderr.String())
		}
	})
	api, err := client.New(client.Config{URL: d.url, Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	create := func(name string) error {
		var out struct {
			ModelCreate struct {
				UserErrors []struct{ Code, Message string }
			}
		}
		err := api.Mutate(t.Context(), `mutation($name: String!, $text: String!) { modelCreate(input: {name: $name, description: $text}) { userErrors { code message } } }`,
			map[string]any{"name": name, "text": strings.Repeat("a long description ", 500)}, &out)
		if err == nil && len(out.ModelCreate.UserErrors) > 0 {
			e := out.ModelCreate.UserErrors[0]
			err = augur.Errorf(augur.Code(e.Code), "%s", e.Message)
		}
		return err
	}
	predict := func() error {
		_, err := api.Predict(t.Context(), client.PredictInput{Model: "road-risk", Rows: []json.RawMessage{json.RawMessage(goodRow)}, Cache: "BYPASS"})
		return err
	}
	upload := func(file []byte) error {
		_, err := api.UploadArtifact(t.Context(), augurtest.Digest(file), int64(len(file)), func(offset int64) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(file[offset:])), nil
		}, nil)
		return err
	}
	if err := create("before"); err != nil {
		t.Fatal(err)
	}

	fill(t, filepath.Join(dir, "filler"))
	refused := 0
	for i := range 100 { // the first may still fit into what the database has
		if err := create(fmt.Sprintf("during-%d", i)); err != nil {
			refused++
			if code := augur.CodeOf(err); code != augur.ResourceExhausted && code != augur.Unavailable {
				t.Fatalf("a write is refused with %s: %v", code, err)
			}
		}
	}
	if refused == 0 {
		t.Error("the disk was not full")
	}
	// Small enough to have been sent whole before the answer comes.
	if err := upload(bytes.Repeat([]byte("no room "), 1<<13)); augur.CodeOf(err) != augur.ResourceExhausted {
		t.Errorf("an upload is refused with %s: %v", augur.CodeOf(err), err)
	}
	for range 20 {
		if err := predict(); err != nil {
			t.Errorf("a prediction: %v", err)
		}
	}

	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err := create("after"); err == nil || augur.CodeOf(err) == augur.AlreadyExists {
			break
		} else if time.Now().After(until) {
			t.Fatalf("with room again: %v", err)
		}
	}
	if err := upload([]byte("there is room")); err != nil {
		t.Errorf("an upload with room again: %v", err)
	}
	if err := predict(); err != nil {
		t.Error(err)
	}
	d.kill()
	d = startDaemon(t.Fatalf, augurCommand(t), dir, []string{"AUGUR_ONNXRUNTIME_LIB=" + library(t)}, "--data.dir", filepath.Join(dir, "data"))
	api.Close()
	if api, err = client.New(client.Config{URL: d.url, Attempts: 1}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"before", "after"} {
		if m, err := api.Model(t.Context(), name); err != nil || m == nil {
			t.Errorf("%s was acknowledged and is not there: %v", name, err)
		}
	}
	if err := d.stop(); err != nil {
		t.Error(err)
	}
}

// fill writes a file until the disk takes no more.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

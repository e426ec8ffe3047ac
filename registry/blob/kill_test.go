package blob_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"augur"
	"augur/registry/blob"

	"go.uber.org/goleak"
)

// childDir, in the environment, makes this test binary a process that begins
// to put an artifact there and never ends.
const childDir = "AUGUR_BLOB_TEST_DIR"

// childAppends makes it append.
const childAppends = "AUGUR_BLOB_TEST_APPEND"

// half is what the child has put when it says so.
var half = bytes.Repeat([]byte("half "), 100_000)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		endlessPut(dir, os.Getenv(childAppends) != "")
	}
	goleak.VerifyTestMain(m)
}

func endlessPut(dir string, appends bool) {
	s, err := blob.Open(blob.Config{Dir: dir})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r, w := io.Pipe()
	go func() {
		_, _ = w.Write(half)
		fmt.Println("halfway") // the first half was read, and the rest never comes
		time.Sleep(time.Hour)  // else the runtime sees a deadlock, and ends the process
	}()
	if appends {
		whole := bytes.Repeat(half, 2)
		_, _, err := s.Append(context.Background(), digestOf(whole), blob.Part{Size: int64(len(whole)), Total: int64(len(whole))}, r)
		fmt.Println("append ended:", err)
		os.Exit(1)
	}
	_, _, err = s.Put(context.Background(), digestOf([]byte("all of it")), r)
	fmt.Println("put ended:", err)
	os.Exit(1)
}

func TestKilledWhilePutting(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "halfway\n" {
		t.Errorf("the child said %q", line)
	}
	temp := func() int {
		found, _ := filepath.Glob(filepath.Join(dir, "tmp", "*"))
		return len(found)
	}
	// While the child lives, its upload is nobody else's to sweep.
	open(t, dir)
	if temp() != 1 {
		t.Errorf("%d temporary files while the child puts, want 1", temp())
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed, as it says
	if temp() != 1 {
		t.Errorf("%d temporary files after the kill, want 1", temp())
	}
	s := open(t, dir)
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("left after the next open: %v", got)
	}
	data := []byte("all of it")
	if _, created, err := s.Put(t.Context(), digestOf(data), bytes.NewReader(data)); err != nil || !created {
		t.Errorf("put again: created %v, %v", created, err)
	}
}

// TestKilledWhileAppending: what was received before the kill is there after it,
// and only the rest is sent again.
func TestKilledWhileAppending(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir, childAppends+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "halfway\n" {
		t.Errorf("the child said %q", line)
	}
	whole := bytes.Repeat(half, 2)
	digest, total := digestOf(whole), int64(len(whole))
	s := open(t, dir)
	before, err := s.Received(digest)
	if err != nil || before == 0 {
		t.Fatalf("%d bytes acknowledged, %v", before, err)
	}
	_, _, err = s.Append(t.Context(), digest, blob.Part{Offset: before, Size: total - before, Total: total}, bytes.NewReader(whole[before:]))
	wantCode(t, err, augur.Unavailable) // the child has it
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed, as it says
	s = open(t, dir)
	after, err := s.Received(digest)
	if err != nil || after < before {
		t.Fatalf("%d bytes after the kill, %d before, %v", after, before, err)
	}
	if _, created, err := s.Append(t.Context(), digest, blob.Part{Offset: after, Size: total - after, Total: total}, bytes.NewReader(whole[after:])); err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	path, release, err := s.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got, _ := os.ReadFile(path); !bytes.Equal(got, whole) {
		t.Error("other bytes")
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("left: %v", got)
	}
}

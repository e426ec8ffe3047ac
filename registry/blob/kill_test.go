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

	"augur/registry/blob"

	"go.uber.org/goleak"
)

// childDir, in the environment, makes this test binary a process that begins
// to put an artifact there and never ends.
const childDir = "AUGUR_BLOB_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		endlessPut(dir)
	}
	goleak.VerifyTestMain(m)
}

func endlessPut(dir string) {
	s, err := blob.Open(blob.Config{Dir: dir})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r, w := io.Pipe()
	go func() {
		_, _ = w.Write(bytes.Repeat([]byte("half "), 100_000))
		fmt.Println("halfway") // the first half was read, and the rest never comes
	}()
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

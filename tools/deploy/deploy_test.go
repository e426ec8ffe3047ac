// Package deploy holds the files of deploy/ against the tools that read them:
// compose's own parser, kustomize and the API types of Kubernetes, nginx and
// Prometheus themselves, and a server that runs and is asked.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// root is the repository.
const root = "../.."

// at is the path of a file of deploy/.
func at(parts ...string) string { return filepath.Join(append([]string{root, "deploy"}, parts...)...) }

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// need is the path of a program that make deps installs.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing: make deps", name)
		}
		t.Skipf("%s is missing: make deps installs it", name)
	}
	return path
}

// augur is the path of the built program.
func augur(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, ".build", "augur"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is missing: make build", path)
	}
	return path
}

// configured asks the program whether it takes these variables.
func configured(t *testing.T, variables map[string]string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), augur(t), "config")
	cmd.Env = []string{"PATH=/usr/bin", "AUGUR_HTTP_LISTEN=127.0.0.1:0"}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the program refuses the configuration: %v\n%s", err, out)
	}
}

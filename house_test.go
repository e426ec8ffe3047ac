package augur_test

import (
	"errors"
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// step is one room on the ladder.
type step struct {
	room string
	rung int
	may  []string
}

// ladder says, for every room of the house, on which rung it stands and which
// rooms it may import besides augur. An import goes only down. The table is the
// one in CONTRIBUTING.md; a new room needs a line in both and a reason there.
var ladder = []step{
	{"cmd/augur", 7, []string{"server", "client"}},
	{"internal/augurtest", 7, []string{"server", "client", "internal/cases"}},
	{"server", 6, []string{"auth", "resolvers", "graph", "graph/transport", "registry", "registry/blob", "inference", "inference/onnx", "inference/rediscache", "jobs", "store", "telemetry", "web"}},
	{"resolvers", 5, []string{"graph", "ent", "registry", "jobs"}},
	{"graph/transport", 5, nil},
	{"jobs", 4, []string{"ent", "store", "registry"}},
	{"registry", 3, []string{"ent", "store", "rollout", "onnxfile", "registry/blob"}},
	{"inference/onnx", 3, []string{"inference", "onnxfile"}},
	{"inference/rediscache", 3, []string{"inference"}},
	{"store", 2, []string{"ent"}},
	{"graph", 2, []string{"ent"}},
	{"inference", 2, []string{"rollout"}},
	{"registry/blob", 2, nil},
	{"auth", 2, nil},
	{"ent", 1, nil},
	{"rollout", 1, nil},
	{"onnxfile", 1, nil},
	{"client", 1, nil},
	{"telemetry", 1, nil},
	{"web", 1, nil},
	{"", 0, nil},
}

// testRooms are imported by tests alone and stand outside the ladder.
var testRooms = []string{"inference/cachetest", "inference/runtimetest", "internal/bench", "internal/cases", "internal/redistest", "internal/s3test", "internal/storetest"}

// module is the module's path, and so the import path of the root room.
const module = "augur"

// room returns the room that an import path of the module belongs to: ent and
// graph keep their generated packages, and ent its schema, inside one room.
func room(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
	if top, _, _ := strings.Cut(path, "/"); top == "ent" {
		return top
	}
	return path
}

func inModule(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

func TestLadder(t *testing.T) {
	found := map[string]bool{}
	for _, dir := range packageDirs(t) {
		pkg, err := build.ImportDir(dir, 0)
		if _, none := errors.AsType[*build.NoGoError](err); none {
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		from := room(module + "/" + filepath.ToSlash(dir))
		if dir == "." {
			from = ""
		}
		i := slices.IndexFunc(ladder, func(l step) bool { return l.room == from })
		if i < 0 {
			if !slices.Contains(testRooms, from) {
				t.Errorf("room %q is not in the ladder: add it with a reason, or move its code", from)
			}
			continue
		}
		found[from] = true
		for _, imp := range pkg.Imports {
			to := room(imp)
			switch {
			case !inModule(imp) || to == "" || to == from:
			case slices.Contains(testRooms, to) && !slices.Contains(ladder[i].may, to):
				t.Errorf("%s imports %s, which is for tests alone", name(from), to)
			case !slices.Contains(ladder[i].may, to):
				t.Errorf("%s imports %s, which the ladder does not allow", name(from), to)
			}
		}
		if from == "" {
			for _, imp := range pkg.Imports {
				if strings.Contains(strings.Split(imp, "/")[0], ".") || inModule(imp) {
					t.Errorf("the root room imports %s; it may import the standard library only", imp)
				}
			}
		}
	}
	for _, l := range ladder {
		if !found[l.room] {
			t.Errorf("the ladder has a room %q that does not exist", l.room)
		}
	}
}

// TestRungs holds the table against itself: an allowed import goes down.
func TestRungs(t *testing.T) {
	rung := map[string]int{}
	for _, l := range ladder {
		rung[l.room] = l.rung
	}
	for _, l := range ladder {
		for _, to := range l.may {
			if r, ok := rung[to]; ok && r >= l.rung {
				t.Errorf("%s (rung %d) may import %s (rung %d): not down", l.room, l.rung, to, r)
			}
		}
	}
}

// TestForbiddenNames keeps out the rooms that become a drawer for everything.
func TestForbiddenNames(t *testing.T) {
	for _, dir := range packageDirs(t) {
		switch base := filepath.Base(dir); base {
		case "util", "utils", "common", "pkg", "models", "types", "core", "service", "manager", "helpers":
			t.Errorf("%s: a room is named after what it holds, not %q", dir, base)
		}
	}
}

// packageDirs lists the folders that hold Go packages of this module.
func packageDirs(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if base := d.Name(); path != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata" || base == "data") {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != "." {
			return filepath.SkipDir
		}
		if goFiles, _ := filepath.Glob(filepath.Join(path, "*.go")); len(goFiles) > 0 {
			dirs = append(dirs, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

func name(room string) string {
	if room == "" {
		return "the root room"
	}
	return room
}

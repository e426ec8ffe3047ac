package cases

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"augur"
)

// Case is one prediction and its expected outcome.
type Case struct {
	ID string
	// Model and Version come from the folder, NAME/VERSION; Path is the file.
	Model, Version, Path string
	Inputs               []augur.NamedTensor
	Want                 []augur.Output
	Tolerance            Tolerance
}

// Tolerance bounds |got − want| of floats by Abs + Rel·|want|.
type Tolerance struct {
	Rel float64 `json:"rtol"`
	Abs float64 `json:"atol"`
}

// Dir returns the folder of models with cases: shared/cases/models beside the
// module, or examples/models inside it. Tests run in their package's folder,
// so the module is the nearest folder above with a go.mod.
func Dir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = above
	}
	places := []string{
		filepath.Join(dir, "..", "shared", "cases", "models"),
		filepath.Join(dir, "shared", "cases", "models"),
		filepath.Join(dir, "examples", "models"),
	}
	for _, p := range places {
		if info, err := os.Stat(p); err == nil && info.IsDir() {
			return p, nil
		}
	}
	return "", fmt.Errorf("no models with cases: looked in %s", strings.Join(places, ", "))
}

// Load reads every cases.jsonl of NAME/VERSION folders under dir, in order.
func Load(dir string) ([]Case, error) {
	var list []Case
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != "cases.jsonl" {
			return err
		}
		read, err := loadFile(path)
		list = append(list, read...)
		return err
	})
	return list, err
}

func loadFile(path string) ([]Case, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(path)
	var list []Case
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		var line struct {
			ID, Model        string
			Inputs, Expected []value
			Tolerance        Tolerance
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		c := Case{
			ID: line.ID, Path: filepath.Join(folder, line.Model), Tolerance: line.Tolerance,
			Model: filepath.Base(filepath.Dir(folder)), Version: filepath.Base(folder),
		}
		for _, in := range line.Inputs {
			v, err := in.value()
			if err != nil {
				return nil, fmt.Errorf("%s:%d: input %q: %w", path, n, in.Name, err)
			}
			if v.Kind != augur.KindTensor {
				return nil, fmt.Errorf("%s:%d: input %q is a %s, expected a tensor", path, n, in.Name, v.Kind)
			}
			c.Inputs = append(c.Inputs, augur.NamedTensor{Name: in.Name, Tensor: v.Tensor})
		}
		for _, want := range line.Expected {
			v, err := want.value()
			if err != nil {
				return nil, fmt.Errorf("%s:%d: output %q: %w", path, n, want.Name, err)
			}
			c.Want = append(c.Want, augur.Output{Name: want.Name, Value: v})
		}
		list = append(list, c)
	}
	return list, lines.Err()
}

// Names lists the outputs that a case expects, in order.
func (c Case) Names() []string {
	names := make([]string, len(c.Want))
	for i, o := range c.Want {
		names[i] = o.Name
	}
	return names
}

// Compare reports why got is not want within tol, nil when it is. The order of
// outputs and of the keys of a map does not matter.
func Compare(got, want []augur.Output, tol Tolerance) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d outputs, want %d", len(got), len(want))
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(o augur.Output) bool { return o.Name == w.Name })
		if i < 0 {
			return fmt.Errorf("output %q is missing", w.Name)
		}
		if err := CompareValues(got[i].Value, w.Value, tol); err != nil {
			return fmt.Errorf("output %q: %w", w.Name, err)
		}
	}
	return nil
}

package augurtest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("golden", false, "write the golden files")

// changing is what differs from run to run: ids, times and durations.
var changing = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`"([a-z]{3})_[0-9A-HJKMNP-TV-Z]{26}"`), `"${1}_…"`},
	{regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`), `"…"`},
	{regexp.MustCompile(`"(totalMs|runMs|queueMs|loadMs)": [0-9.e+-]+`), `"$1": 0`},
}

// Golden compares got, as indented JSON in which ids, times and durations are
// blotted out, with testdata/NAME.json. go test -golden writes the file.
func Golden(t testing.TB, name string, got any) {
	t.Helper()
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changing {
		text = c.pattern.ReplaceAll(text, []byte(c.instead))
	}
	text = append(text, '\n')
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -golden writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

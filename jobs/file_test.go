package jobs_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"augur/client"
	"augur/internal/augurtest"
)

// roadColumns are the columns of a file of roadRow.
var roadColumns = []string{"curvature", "lighting", "speed_limit", "num_lanes", "weather", "road_type", "holiday", "num_reported_accidents"}

// roadFile is a CSV file of n rows.
func roadFile(n int) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(roadColumns) // a buffer takes everything
	for i := range n {
		r, cells := roadRow(i), make([]string, len(roadColumns))
		for c, name := range roadColumns {
			cells[c] = fmt.Sprint(r[name])
		}
		_ = w.Write(cells)
	}
	w.Flush()
	return b.Bytes()
}

// answersOf reads a downloaded CSV: the cells by row. Rows must follow one another.
func answersOf(t *testing.T, body []byte) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(body))
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, cells := range all[1:] {
		if cells[0] != strconv.Itoa(i) {
			t.Fatalf("line %d is of row %s", i, cells[0])
		}
	}
	return all[1:]
}

// TestJobOfAFile: each line of a file has its answer or its error, in its place,
// and both formats give the same.
func TestJobOfAFile(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	const n = 3000
	text := append([]byte("\uFEFF"), roadFile(n)...)
	table := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	table[1+7] = []byte("0.5,day")
	table[1+8] = []byte(`0.5,d"ay,50,2,clear,urban,true,0`)
	table[1+2500] = []byte(`,day,50,2,clear,urban,true,0`)
	table[1+2501] = []byte(`0.25,"day",50,2,"clear",urban,true,0`)
	lines := make([][]byte, n)
	for i := range lines {
		lines[i], _ = json.Marshal(roadRow(i))
	}
	lines[7], lines[8], lines[2500], lines[2501] = []byte(`{"curvature": 0.5,`), []byte("[]"), []byte("{}"), []byte(`{"curvature":0.25,"lighting":"day","speed_limit":50,"num_lanes":2,"weather":"clear","road_type":"urban","holiday":true,"num_reported_accidents":0}`)
	got := map[string][][]string{}
	for format, content := range map[string][]byte{"CSV": bytes.Join(table, []byte("\r\n")), "JSON_LINES": bytes.Join(lines, []byte("\n\n"))} {
		digest := augurtest.Upload(t, s, content)
		made := submit(t, s, map[string]any{"model": "road-risk", "file": map[string]any{"digest": digest, "format": format}})
		if made.Job == nil {
			t.Fatalf("%s: %+v", format, made)
		}
		j := ended(t, s, made.Job.ID)
		if j.State != "SUCCEEDED" || j.Progress.RowsDone != strconv.Itoa(n) || j.Progress.Rows != strconv.Itoa(n) || j.Progress.RowsFailed != "3" || j.Result != nil {
			t.Fatalf("%s: %+v", format, j)
		}
		rows := answersOf(t, s.Send(t, "GET", *j.Download, nil, nil).Body)
		for i, cells := range rows {
			if failed := i == 7 || i == 8 || i == 2500; failed != (cells[1] != "") || failed != (cells[2] == "") {
				t.Errorf("%s: row %d is %q", format, i, cells)
			}
		}
		got[format] = rows
	}
	for i := range n {
		if a, b := got["CSV"][i], got["JSON_LINES"][i]; a[1] == "" && !slices.Equal(a, b) {
			t.Fatalf("row %d: %q and %q", i, a, b)
		}
	}
	rows := []any{roadRow(0), roadRow(1234), roadRow(n - 1)}
	direct := s.Query(t, `mutation($rows: [Row!]!) { predict(input: {model: "road-risk", data: {rows: $rows}}) { prediction { values } } }`, map[string]any{"rows": rows})
	for k, i := range []int{0, 1234, n - 1} {
		want := augurtest.At(t, direct, "predict.prediction.values."+strconv.Itoa(k)).(map[string]any)
		if cells := got["CSV"][i]; cells[2] != fmt.Sprint(want["accident_risk"]) || cells[3] != want["risk_band"] {
			t.Errorf("row %d is %q, and predict says %v", i, cells, want)
		}
	}
}

// TestAKilledJobGoesOn kills the server three times in the middle of a job. The
// result has every row once, and is that of a job that was left alone.
func TestAKilledJobGoesOn(t *testing.T) {
	n := 60_000
	if os.Getenv("SOAK") != "" {
		n = 1_000_000
	}
	content, dir := roadFile(n), t.TempDir()
	c := startChild(t, "serve-models", dir)
	digest := augurtest.Digest(content)
	_, err := c.api.UploadArtifact(t.Context(), digest, int64(len(content)), func(at int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content[at:])), nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]any{"model": "road-risk", "file": map[string]any{"digest": digest, "format": "CSV"}}
	var made struct{ PredictionJobSubmit submitted }
	if err := c.api.Mutate(t.Context(), submitJob, map[string]any{"input": in}, &made); err != nil || made.PredictionJobSubmit.Job == nil {
		t.Fatal(made, err)
	}
	id := made.PredictionJobSubmit.Job.ID
	look := func(api *client.Client) (j jobView) {
		var out struct{ PredictionJob jobView }
		if err := api.Query(t.Context(), showJob, map[string]any{"id": id}, &out); err != nil {
			t.Fatal(err)
		}
		return out.PredictionJob
	}
	killed, before := 0, 0
	deadline := time.Now().Add(2 * time.Minute)
	for {
		j := look(c.api)
		done, _ := strconv.Atoi(j.Progress.RowsDone)
		if done < before {
			t.Fatalf("%d rows were done, and then %d", before, done)
		}
		if j.State == "SUCCEEDED" {
			break
		}
		if killed < 3 && done > before {
			c.kill()
			killed++
			c = startChild(t, "serve-models", dir)
		}
		before = done
		if time.Now().After(deadline) {
			t.Fatalf("%+v", j)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if killed == 0 {
		t.Error("the job was over before the server could be killed")
	}
	res, err := http.Get(c.api.URL() + *look(c.api).Download) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	rows := answersOf(t, body)
	if len(rows) != n {
		t.Fatalf("%d rows of %d", len(rows), n)
	}
	// Rows of equal inputs have equal answers, wherever the server was killed.
	const period = 2 * 3 * 50 * 4 * 5 // the least after which roadRow repeats, twice
	for i := period; i < n; i++ {
		if rows[i][1] != "" || !slices.Equal(rows[i][1:], rows[i%period][1:]) {
			t.Fatalf("rows %d and %d: %q and %q", i, i%period, rows[i], rows[i%period])
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if strings.Contains(string(body), "null") {
		t.Error("an answer is null")
	}
}

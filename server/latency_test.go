package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"augur/inference/onnx"
	"augur/internal/augurtest"

	ort "github.com/yalue/onnxruntime_go"
)

// maxRatio is the bar: the median of a prediction of one row against the median
// of the same run in ONNX Runtime plus that of a bare HTTP round trip.
const maxRatio = 10

// TestPredictLatency measures one row of road-risk over GraphQL against its
// limits, in turns, and prints the ratio. BENCH_ROUNDS is how many rounds
// of 200 requests are measured; the bar holds for the median over the rounds.
func TestPredictLatency(t *testing.T) {
	if testing.Short() {
		t.Skip("timings mean nothing under the race detector")
	}
	rounds := 3
	if n, err := strconv.Atoi(os.Getenv("BENCH_ROUNDS")); err == nil {
		rounds = n
	}
	s := augurtest.Start(t, augurtest.WithModels())
	raw := rawRun(t)
	bare := bareRoundTrip(t)
	predicts := map[string]func(i int) error{}
	for name, cache := range map[string]string{"computed": "BYPASS", "cached": "DEFAULT"} {
		predicts[name] = predictOverHTTP(t, s.URL(), cache)
	}

	ratios := map[string][]float64{}
	var medians [4][]float64
	for range rounds {
		r, b := median(t, func(int) error { return raw() }), median(t, func(int) error { return bare() })
		computed, cached := median(t, predicts["computed"]), median(t, predicts["cached"])
		ratios["computed"] = append(ratios["computed"], computed/(r+b))
		ratios["cached"] = append(ratios["cached"], cached/(r+b))
		for i, v := range []float64{r, b, computed, cached} {
			medians[i] = append(medians[i], v)
		}
	}
	t.Logf("medians in µs: ONNX Runtime %.1f, bare HTTP %.1f, predict computed %.1f, predict cached %.1f",
		middle(medians[0]), middle(medians[1]), middle(medians[2]), middle(medians[3]))
	for _, name := range []string{"computed", "cached"} {
		slices.Sort(ratios[name])
		n := len(ratios[name])
		t.Logf("predict, %s: %.2f times (ONNX Runtime + bare HTTP), rounds %.2f to %.2f; the bar is %d", name, middle(ratios[name]), ratios[name][0], ratios[name][n-1], maxRatio)
	}
	// Noise cannot fail the bar: only when even the best round misses it.
	if best := ratios["computed"][0]; best > maxRatio {
		t.Errorf("the best round took %.1f times the limit, the bar is %d", best, maxRatio)
	}
}

// median runs f 200 times, after a warm-up, and returns the median in µs.
func median(t *testing.T, f func(i int) error) float64 {
	t.Helper()
	times := make([]float64, 200)
	for i := -20; i < len(times); i++ {
		start := time.Now()
		if err := f(i + 20); err != nil {
			t.Fatal(err)
		}
		if i >= 0 {
			times[i] = float64(time.Since(start)) / float64(time.Microsecond)
		}
	}
	return middle(times)
}

func middle(v []float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}

// rawRun is the smallest run of road-risk through the binding, with inputs and
// outputs made once.
func rawRun(t *testing.T) func() error {
	t.Helper()
	// The server's runtime has the environment open already; one more holds it
	// until this session is closed.
	runtime, err := onnx.New(onnx.Config{})
	if err != nil {
		t.Fatal(err)
	}
	one := ort.NewShape(1, 1)
	text := func(s string) ort.Value {
		v, err := ort.NewStringTensor(one)
		if err == nil {
			err = v.SetContents([]string{s})
		}
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	in := []ort.Value{
		number(t, one, float32(0.3)), text("night"), number(t, one, int64(60)), number(t, one, int64(2)),
		text("rainy"), text("urban"), number(t, one, false), number(t, one, int64(1)),
	}
	risk, err := ort.NewEmptyTensor[float32](one)
	if err != nil {
		t.Fatal(err)
	}
	out := []ort.Value{risk, text("")}
	path := filepath.Join(augurtest.Root(), "examples", "models", "road-risk", "v1.1.0", "model.onnx")
	session, err := ort.NewDynamicAdvancedSession(path,
		[]string{"curvature", "lighting", "speed_limit", "num_lanes", "weather", "road_type", "holiday", "num_reported_accidents"},
		[]string{"accident_risk", "risk_band"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Destroy()
		for _, v := range append(in, out...) {
			_ = v.Destroy()
		}
		_ = runtime.Close()
	})
	return func() error { return session.Run(in, out) }
}

func number[T ort.TensorData](t *testing.T, shape ort.Shape, v T) ort.Value {
	t.Helper()
	tensor, err := ort.NewTensor(shape, []T{v})
	if err != nil {
		t.Fatal(err)
	}
	return tensor
}

// bareRoundTrip posts a body as long as a prediction's to a handler that does nothing.
func bareRoundTrip(t *testing.T) func() error {
	t.Helper()
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write([]byte(`{"data":{"predict":{"prediction":{"values":[{"accident_risk":0.5,"risk_band":"high"}]}}}}`))
	}))
	t.Cleanup(ts.Close)
	body := predictBody("BYPASS", 0.3)
	client := ts.Client()
	return func() error { return post(client, ts.URL, body, "risk_band") }
}

func predictBody(cache string, curvature float64) []byte {
	body, _ := json.Marshal(map[string]any{
		"query": `mutation($row: Row!, $cache: CacheMode) { predict(input: {model: "road-risk", data: {row: $row}, options: {cache: $cache}}) {
			prediction { values } userErrors { message } } }`,
		"variables": map[string]any{"cache": cache, "row": map[string]any{
			"curvature": curvature, "lighting": "night", "speed_limit": 60, "num_lanes": 2,
			"weather": "rainy", "road_type": "urban", "holiday": false, "num_reported_accidents": 1,
		}},
	})
	return body
}

func predictOverHTTP(t *testing.T, url, cache string) func(i int) error {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	var bodies [][]byte
	for i := range 16 {
		bodies = append(bodies, predictBody(cache, float64(i)/16))
	}
	return func(i int) error { return post(client, url+"/graphql", bodies[i%len(bodies)], "risk_band") }
}

func post(client *http.Client, url string, body []byte, expect string) error {
	res, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if !bytes.Contains(answer, []byte(expect)) {
		return fmt.Errorf("status %d: %s", res.StatusCode, answer)
	}
	return nil
}

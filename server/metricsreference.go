package server

import (
	"fmt"
	"strings"

	"augur/telemetry"
)

// metricTopics are the chapters of docs/metrics.md, by the longest beginning of a
// metric's name.
var metricTopics = []struct{ prefix, title, text string }{
	{"augur_http_", "HTTP", "Every request, by the pattern of its route. GraphQL says little by its status: see below."},
	{"augur_graphql_", "GraphQL", ""},
	{"augur_prediction", "Predictions", "From the call to the answer, cache and queue included. `model` and `version` are those of the catalog; the series of a version end when it leaves it."},
	{"augur_run", "Runs", "What ONNX Runtime was asked for: a run may serve several requests, and a request that a cache answers has none."},
	{"augur_version_", "Versions", ""},
	{"augur_loaded_", "Versions", ""},
	{"augur_live_", "Versions", ""},
	{"augur_cache_", "Caches", "What the cache did for a request is the label `cache` of `augur_predictions_total`: MEMORY, SHARED, MISS or SKIPPED."},
	{"augur_shared_cache_", "Caches", ""},
	{"augur_redis_", "Caches", ""},
	{"augur_breaker_", "Breakers", ""},
	{"augur_rollout_", "Rollouts", ""},
	{"augur_shadow_", "Rollouts", ""},
	{"augur_serving_", "The record of predictions", ""},
	{"augur_prediction_log_", "The record of predictions", ""},
	{"augur_", "The server", ""},
}

// MetricsReference writes docs/metrics.md from what the rooms have registered.
func (s *Server) MetricsReference() string {
	var b strings.Builder
	b.WriteString(`<!-- Written by "go test ./server -run Reference -update" from what the rooms register. Do not edit. -->
# Metrics

` + "`GET /metrics`" + ` answers in the text formats of Prometheus and OpenMetrics. Labels come from closed lists: route patterns,
codes, and the models and versions of the catalog; no client can grow them. Beside those below there are the usual ones
of the process (` + "`process_cpu_seconds_total`, `process_resident_memory_bytes`, `process_open_fds`" + ` …), of the Go runtime
(` + "`go_*`" + `) and of the pools of connections to the database (` + "`go_sql_*`" + `, by ` + "`db_name`" + `: reader, writer). This build runs models
on the processor alone, so there are none of a GPU.

[deploy/prometheus](../deploy/prometheus) has rules for alerts and [deploy/grafana](../deploy/grafana) dashboards over them;
[runbook.md](runbook.md) says what to do for each alert.
`)
	byTitle := map[string][]telemetry.Instrument{}
	for _, i := range s.metrics.Instruments() {
		title, longest := "", -1
		for _, t := range metricTopics {
			if strings.HasPrefix(i.Name, t.prefix) && len(t.prefix) > longest {
				title, longest = t.title, len(t.prefix)
			}
		}
		if longest >= 0 {
			byTitle[title] = append(byTitle[title], i)
		}
	}
	for _, t := range metricTopics {
		list := byTitle[t.title]
		if len(list) == 0 {
			continue
		}
		delete(byTitle, t.title)
		fmt.Fprintf(&b, "\n## %s\n", t.title)
		if t.text != "" {
			b.WriteString(t.text + "\n")
		}
		b.WriteString("\n| metric | kind | labels | what it says |\n| --- | --- | --- | --- |\n")
		for _, i := range list {
			labels := "–"
			if len(i.Labels) > 0 {
				labels = "`" + strings.Join(i.Labels, "`, `") + "`"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", i.Name, i.Kind, labels, cell(i.Help))
		}
	}
	return b.String()
}

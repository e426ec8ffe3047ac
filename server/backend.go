package server

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"augur/resolvers"
)

// backends tells, when it is asked, whether the parts that the server depends on
// answer, and whether it should get requests.
type backends struct{ ready *readiness }

var (
	readyDesc   = prometheus.NewDesc("augur_ready", "1 while the server should get requests, as /ready says.", nil, nil)
	backendDesc = prometheus.NewDesc("augur_backend_up", "1 while the part answers: database, artifacts, and where they are used shared cache, object storage, import.", []string{"backend"}, nil)
	unloadDesc  = prometheus.NewDesc("augur_live_versions_failed", "Live versions that could not be loaded at start.", nil, nil)
)

// Describe implements prometheus.Collector.
func (b backends) Describe(ch chan<- *prometheus.Desc) {
	ch <- readyDesc
	ch <- backendDesc
	ch <- unloadDesc
}

// Collect implements prometheus.Collector. It takes no longer than the checks of
// /ready do.
func (b backends) Collect(ch chan<- prometheus.Metric) {
	answer := b.ready.answer(context.Background())
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(readyDesc, truth(answer.Ready))
	for name, said := range answer.Checks {
		gauge(backendDesc, truth(said == checkOK), name)
	}
	gauge(unloadDesc, float64(len(answer.Failed)))
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// health is what the graph says of the server: the same as /ready.
func (s *readiness) health(ctx context.Context) resolvers.Health {
	answer := s.answer(ctx)
	out := resolvers.Health{Ready: answer.Ready, Missing: answer.Missing, Failed: answer.Failed}
	for _, c := range s.list() {
		said := answer.Checks[c.name]
		out.Backends = append(out.Backends, resolvers.Backend{Name: c.name, Required: !c.spare, Up: said == checkOK, Problem: said})
	}
	return out
}

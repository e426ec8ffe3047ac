package telemetry

import (
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics holds the registry that every room registers its instruments with,
// and the instruments of HTTP itself.
type Metrics struct {
	registry *prometheus.Registry
	noted    *noted

	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// NewMetrics returns a registry with the collectors of the Go runtime and of
// the process. build is shown as the label of augur_build_info.
func NewMetrics(build string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		noted:    &noted{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_http_requests_total",
			Help: "HTTP requests answered, by route pattern, method and status code.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "augur_http_request_seconds",
			Help: "Time from the first byte of an HTTP request to the last of its answer, by route pattern and method.",
			// A cached prediction takes well under a millisecond, an upload minutes.
			Buckets:                        []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
			NativeHistogramBucketFactor:    1.1,
			NativeHistogramMaxBucketNumber: 100,
		}, []string{"route", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "augur_http_requests_in_flight",
			Help: "HTTP requests being answered now.",
		}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "augur_build_info",
		Help:        "Always 1; the label says which build is running.",
		ConstLabels: prometheus.Labels{"version": build},
	})
	info.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Registerer().MustRegister(m.requests, m.seconds, m.inFlight, info)
	return m
}

// Registerer is where rooms register their instruments.
func (m *Metrics) Registerer() prometheus.Registerer { return noting{m.registry, m.noted} }

// Handler serves the registry in the Prometheus and OpenMetrics text formats.
// A collector that fails is logged, and the others are served.
func (m *Metrics) Handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelError),
		ErrorHandling:     promhttp.ContinueOnError,
		EnableOpenMetrics: true,
	})
}

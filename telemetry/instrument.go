package telemetry

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Instrument is what a metric is called and what it says.
type Instrument struct {
	Name string
	// Kind is counter, gauge or histogram.
	Kind   string
	Labels []string
	Help   string
}

// noted are the collectors that were registered. A registry does not tell of
// which kind its metrics are before they have values.
type noted struct {
	mu  sync.Mutex // guards all
	all []prometheus.Collector
}

// noting is a registerer that notes what it registers.
type noting struct {
	prometheus.Registerer
	to *noted
}

// Register registers c and notes it.
func (n noting) Register(c prometheus.Collector) error {
	if err := n.Registerer.Register(c); err != nil {
		return err
	}
	n.to.mu.Lock()
	defer n.to.mu.Unlock()
	n.to.all = append(n.to.all, c)
	return nil
}

// MustRegister registers them all, or panics.
func (n noting) MustRegister(all ...prometheus.Collector) {
	for _, c := range all {
		if err := n.Register(c); err != nil {
			panic(err)
		}
	}
}

// Instruments lists, by name, the metrics that have been registered, those of
// the Go runtime and of the process aside.
func (m *Metrics) Instruments() []Instrument {
	m.noted.mu.Lock()
	all := slices.Clone(m.noted.all)
	m.noted.mu.Unlock()
	var out []Instrument
	for _, c := range all {
		descs := make(chan *prometheus.Desc)
		go func() {
			defer close(descs)
			c.Describe(descs)
		}()
		for d := range descs {
			out = append(out, instrument(d, c))
		}
	}
	slices.SortFunc(out, func(a, b Instrument) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// instrument reads a description, whose fields show in its text alone.
func instrument(d *prometheus.Desc, c prometheus.Collector) Instrument {
	var i Instrument
	var constant string
	text := d.String()
	if _, err := fmt.Sscanf(text, "Desc{fqName: %q, help: %q,", &i.Name, &i.Help); err != nil {
		panic("telemetry: " + text) // the tests read every description
	}
	_, text, _ = strings.Cut(text, "constLabels: {")
	constant, text, _ = strings.Cut(text, "}, variableLabels: {")
	for pair := range strings.SplitSeq(constant, ",") {
		if name, _, found := strings.Cut(pair, "="); found {
			i.Labels = append(i.Labels, name)
		}
	}
	if variable := strings.TrimSuffix(text, "}}"); variable != "" {
		i.Labels = append(i.Labels, strings.Split(variable, ",")...)
	}
	i.Kind = kind(i.Name, c)
	return i
}

// kind is that of the collector; those of our own hold gauges, and counters
// whose names end as those of counters do.
func kind(name string, c prometheus.Collector) string {
	switch c.(type) {
	case *prometheus.HistogramVec, prometheus.Histogram:
		return "histogram"
	case *prometheus.CounterVec:
		return "counter"
	case *prometheus.GaugeVec, prometheus.Gauge:
		return "gauge"
	}
	if strings.HasSuffix(name, "_total") {
		return "counter"
	}
	return "gauge"
}

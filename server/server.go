package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"augur"
	"augur/telemetry"
)

// Deps are what the server takes from its surroundings.
type Deps struct {
	// Logs is where log lines go; nil means os.Stderr.
	Logs io.Writer
	// Out is where the first lines go, which say what to try; nil means nowhere.
	Out io.Writer
	// Version is the build's version; "" means "dev".
	Version string
	// Probe is the command that tries a new file, to which the arguments of
	// ProbeMain are added; empty means this very program with the verb probe.
	Probe []string
	// Worker has the server work on jobs, and answer nothing but its health and
	// metrics.
	Worker bool
}

// Server is the whole program: every room, joined and started.
type Server struct {
	cfg     Config
	deps    Deps
	log     *slog.Logger
	level   *slog.LevelVar
	metrics *telemetry.Metrics
	ready   *readiness
	// handler answers everything but health and metrics; nil until the parts stand.
	handler atomic.Pointer[http.Handler]

	// standing is closed when handler is set.
	standing chan struct{}

	// stopping ends when the server stops, and with it the streams.
	stopping   context.Context //nolint:containedctx // a signal of the server, not of a request
	endStreams context.CancelFunc

	mu sync.Mutex // guards what follows
	// running are the services, in the order of their start, beside front: the
	// port, which is opened first and closed first.
	running []service
	front   service
	addr    net.Addr
	started bool
	stopped chan struct{} // made by the first Stop, closed when it is done
	stopErr error
}

// service is something that has been started and must be stopped.
type service struct {
	name string
	stop func(context.Context) error
}

// New checks the configuration. Nothing is opened before Start.
func New(cfg Config, deps Deps) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Worker {
		if err := cfg.forWorker(); err != nil {
			return nil, err
		}
	}
	if deps.Logs == nil {
		deps.Logs = os.Stderr
	}
	if deps.Out == nil {
		deps.Out = io.Discard
	}
	if deps.Version == "" {
		deps.Version = "dev"
	}
	if len(deps.Probe) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
		deps.Probe = []string{self, "probe"}
	}
	level := &slog.LevelVar{}
	log, err := telemetry.NewLogger(telemetry.LogConfig{Level: cfg.Log.Level, Format: cfg.Log.Format, Var: level}, deps.Logs)
	if err != nil {
		return nil, err
	}
	stopping, endStreams := context.WithCancel(context.Background())
	s := &Server{
		stopping: stopping, endStreams: endStreams, standing: make(chan struct{}),
		cfg: cfg, deps: deps, log: log, level: level,
		metrics: telemetry.NewMetrics(deps.Version),
		ready:   &readiness{log: log},
	}
	s.metrics.Registerer().MustRegister(backends{s.ready})
	return s, nil
}

// Start opens everything, imports and loads the models, and returns when the
// server is ready. From its first moments on, /health and /ready answer. When
// it fails, what had started has been stopped. ctx bounds the start alone. A
// Server is started once.
func (s *Server) Start(ctx context.Context) (err error) {
	s.mu.Lock()
	if s.started {
		s.mu.Unlock()
		return augur.Errorf(augur.FailedPrecondition, "the server has been started before")
	}
	s.started = true
	s.mu.Unlock()
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
		}
	}()
	clock := newPhases(s.ready)
	tuneMemory(s.cfg.Memory)

	clock.enter("open the port")
	tracing, err := telemetry.NewTracing(ctx, telemetry.TraceConfig{Endpoint: s.cfg.Telemetry.Endpoint, SampleRatio: s.cfg.Telemetry.SampleRatio, Version: s.deps.Version}, s.log)
	if err != nil {
		return err
	}
	s.add("traces", tracing.Stop)
	if err := s.listen(ctx, tracing); err != nil {
		return err
	}

	p, err := s.open(ctx, clock, tracing)
	if err != nil {
		return err
	}
	s.handler.Store(&p.handler)
	close(s.standing)

	if err := p.load(ctx, clock, s.ready, s.log); err != nil {
		return err
	}
	clock.enter("")
	// What the start allocated is not needed again: an idle server is small.
	debug.FreeOSMemory()
	s.log.InfoContext(ctx, "ready", "address", s.URL(), "ms", clock.total().Milliseconds(), "phases", clock)
	s.greet(ctx, p, clock.total())
	return nil
}

// listen opens the port and serves what can be answered already.
func (s *Server) listen(ctx context.Context, tracing *telemetry.Tracing) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.cfg.HTTP.Listen)
	if err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "cannot listen on %s; another program may have the port: --http.listen names another one, and port 0 takes a free one", s.cfg.HTTP.Listen)
	}
	handler, err := s.outer(tracing)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	switch host, _, _ := net.SplitHostPort(s.cfg.HTTP.Listen); {
	case s.cfg.Auth.enabled():
	case loopback(host):
		s.log.Info("there is no authentication: the server listens on loopback only", "address", listener.Addr().String())
	default:
		s.log.Warn("there is no authentication: anybody who reaches the port may do everything", "address", listener.Addr().String())
	}
	base, cancel := context.WithCancel(context.Background())
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: s.cfg.HTTP.HeaderTimeout,
		IdleTimeout:       s.cfg.HTTP.IdleTimeout,
		MaxHeaderBytes:    int(s.cfg.HTTP.MaxHeaderSize),
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), // what clients do wrong below HTTP
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	s.mu.Lock()
	s.addr = listener.Addr()
	s.mu.Unlock()
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the port is no longer served", "error", err)
		}
	}()
	stop := func(ctx context.Context) error {
		s.endStreams()
		ctx, done := context.WithTimeout(ctx, s.cfg.HTTP.DrainTimeout)
		defer done()
		err := srv.Shutdown(ctx)
		cancel() // requests that took longer end now
		if err != nil {
			s.log.Warn("requests were still in flight and have been cut", "after", s.cfg.HTTP.DrainTimeout)
			err = srv.Close()
		}
		<-served
		return err
	}
	s.mu.Lock()
	s.front = service{"http", stop}
	s.mu.Unlock()
	return nil
}

// add notes a service that has started.
func (s *Server) add(name string, stop func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = append(s.running, service{name, stop})
}

// Stop says no on /ready, waits http.drain-delay, lets requests in flight end
// and stops everything in the reverse of its start. It returns when all of it
// has stopped, and may be called more than once and before Start.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	if s.stopped != nil {
		stopped := s.stopped
		s.mu.Unlock()
		<-stopped
		return s.stopErr
	}
	s.started, s.stopped = true, make(chan struct{})
	running := s.running
	if s.front.stop != nil {
		running = append(running, s.front) // its requests need the others
	}
	s.mu.Unlock()
	defer close(s.stopped)

	s.ready.drain()
	if s.handler.Load() != nil {
		select {
		case <-time.After(s.cfg.HTTP.DrainDelay):
		case <-ctx.Done():
		}
	}
	var errs []error
	for i := len(running) - 1; i >= 0; i-- {
		if err := running[i].stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", running[i].name, err))
		}
	}
	s.stopErr = errors.Join(errs...)
	s.log.InfoContext(ctx, "stopped")
	return s.stopErr
}

// Addr is the address that the server listens on, as in 127.0.0.1:8080, "" before Start.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.addr == nil {
		return ""
	}
	return s.addr.String()
}

// URL is where a client on this machine reaches the server, as in http://127.0.0.1:8080.
func (s *Server) URL() string {
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

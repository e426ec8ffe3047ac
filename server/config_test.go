package server

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
)

var update = flag.Bool("update", false, "write the generated documents")

func TestDefaultsAreValid(t *testing.T) {
	cfg := DefaultConfig()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, s := range Settings() {
		if got := cfg.Get(s.Key); got != s.Default {
			t.Errorf("%s: the default %q reads back as %q", s.Key, s.Default, got)
		}
		if s.Help == "" || s.Why == "" {
			t.Errorf("%s: every setting says what it is and why one would change it", s.Key)
		}
	}
}

// TestReferenceIsCurrent holds the generated documents against the code; go
// test ./server -run Reference -update writes them.
func TestReferenceIsCurrent(t *testing.T) {
	for path, want := range map[string]string{
		"../docs/configuration.md":   Reference(),
		"../docs/augur.example.yaml": Example(),
	} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not current: go test ./server -run Reference -update", path)
		}
	}
}

func TestExampleIsTheDefaults(t *testing.T) {
	path := file(t, Example())
	l := NewLayers()
	if err := l.File(path); err != nil {
		t.Fatal(err)
	}
	def := DefaultConfig()
	for _, s := range Settings() {
		if got, want := l.Config.Get(s.Key), def.Get(s.Key); got != want {
			t.Errorf("%s: %q, want %q", s.Key, got, want)
		}
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "augur.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrecedence(t *testing.T) {
	l := NewLayers()
	path := file(t, "http:\n  listen: 127.0.0.1:1\n  idle-timeout: 1m\n  drain-timeout: 1s\n  hosts: [a, b]\ngraphql: {max-depth: 3}\nlog:\n")
	if err := l.File(path); err != nil {
		t.Fatal(err)
	}
	if err := l.Environment([]string{"AUGUR_HTTP_LISTEN=127.0.0.1:2", "AUGUR_HTTP_IDLE_TIMEOUT=2m", "AUGUR_HTTP_DRAIN_TIMEOUT=", "AUGUR_URL=x", "PATH=/"}, []string{"AUGUR_URL"}); err != nil {
		t.Fatal(err)
	}
	l.Flag("http.listen", &Config{HTTP: HTTPConfig{Listen: "127.0.0.1:3"}})
	c := l.Config
	if c.HTTP.Listen != "127.0.0.1:3" || c.HTTP.IdleTimeout != 2*time.Minute || c.HTTP.DrainTimeout != time.Second || len(c.HTTP.Hosts) != 2 || c.GraphQL.MaxDepth != 3 || c.GraphQL.MaxFields != 1000 {
		t.Errorf("got %+v", c.HTTP)
	}
	for key, want := range map[string]string{
		"http.listen": "--http.listen", "http.idle-timeout": "AUGUR_HTTP_IDLE_TIMEOUT",
		"http.drain-timeout": path + ":4", "graphql.max-depth": path + ":6", "graphql.max-fields": "default",
	} {
		if l.Sources[key] != want {
			t.Errorf("%s comes from %q, want %q", key, l.Sources[key], want)
		}
	}
}

func TestWhatIsNotKnownIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"http:\n  lisen: x":                   ":2: unknown key http.lisen, did you mean http.listen?",
		"grahpql:\n  max-depth: 1":            ":1: unknown key grahpql, did you mean graphql?",
		"http: 1":                             ":1: http has settings of its own",
		"http:\n  listen: a:1\n  listen: b:2": "stands there twice",
		"http:\n  idle-timeout: soon":         `http.idle-timeout: "soon": expected a length of time`,
		"log:\n  level: loud":                 "expected one of debug, info, warn, error",
		"memory:\n  limit: lots":              "expected a size",
		"http:\n  listen: {a: b}":             "expected a value",
		"{":                                   "did not find expected",
		"a: 1\n---\nb: 2":                     "more than one YAML document",
	} {
		err := NewLayers().File(file(t, text))
		if augur.CodeOf(err) != augur.InvalidArgument || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	for env, want := range map[string]string{
		"AUGUR_HTTP_LISEN=x":          "unknown variable AUGUR_HTTP_LISEN, did you mean AUGUR_HTTP_LISTEN?",
		"AUGUR_HTTP_PORT=80":          "unknown variable AUGUR_HTTP_PORT",
		"AUGUR_HTTP_IDLE_TIMEOUT=now": `AUGUR_HTTP_IDLE_TIMEOUT: "now": expected a length of time`,
	} {
		err := NewLayers().Environment([]string{env}, nil)
		if augur.CodeOf(err) != augur.InvalidArgument || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", env, err, want)
		}
	}
}

// A service named augur must not keep its own pods from starting.
func TestVariablesOfKubernetesAreIgnored(t *testing.T) {
	err := NewLayers().Environment([]string{
		"AUGUR_SERVICE_HOST=10.0.0.1", "AUGUR_SERVICE_PORT=8080", "AUGUR_SERVICE_PORT_HTTP=8080", "AUGUR_PORT=tcp://10.0.0.1:8080",
		"AUGUR_PORT_8080_TCP=tcp://10.0.0.1:8080", "AUGUR_PORT_8080_TCP_PROTO=tcp", "AUGUR_PORT_8080_TCP_PORT=8080", "AUGUR_PORT_8080_TCP_ADDR=10.0.0.1",
		"AUGUR_HEADLESS_SERVICE_HOST=None", "AUGUR_HEADLESS_PORT=tcp://10.0.0.1:1",
	}, nil)
	if err != nil {
		t.Error(err)
	}
}

func TestListenBeyondLoopbackIsAskedFor(t *testing.T) {
	for listen, ok := range map[string]bool{
		"127.0.0.1:8080": true, "localhost:0": true, "[::1]:80": true, "127.9.9.9:1": true,
		":8080": false, "0.0.0.0:8080": false, "192.0.2.1:80": false, "[::]:80": false, "8080": false, "example.com:80": false,
	} {
		cfg := DefaultConfig()
		cfg.HTTP.Listen = listen
		if err := cfg.Validate(); (err == nil) != ok {
			t.Errorf("%s: %v", listen, err)
		}
		cfg.HTTP.AllowAnonymous = true
		if err := cfg.Validate(); (err == nil) != (listen != "8080") {
			t.Errorf("%s, allowed: %v", listen, err)
		}
	}
}

func TestDatabaseURLHasAScheme(t *testing.T) {
	for url, ok := range map[string]bool{"": true, "sqlite:///a.db": true, "sqlite://a.db": true, "postgres://h/db": true, "postgresql://h/db": true, "host=h password=hunter2": false, "mysql://h": false, "a.db": true} {
		cfg := DefaultConfig()
		cfg.Database.URL = augur.Secret(url)
		if err := cfg.Validate(); (err == nil) != ok || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestPredictionLogIsBounded(t *testing.T) {
	for key, values := range map[string]map[string]bool{
		"prediction-log.input-share": {"0": true, "1": true, "1.5": false, "-0.1": false, "NaN": false},
		"prediction-log.keep":        {"1h": true, "0s": false},
		"prediction-log.max-records": {"1": true, "0": false},
		"prediction-log.successes":   {"0": true, "-1": false},
	} {
		for value, ok := range values {
			cfg := DefaultConfig()
			if err := cfg.Set(key, value); err != nil {
				t.Fatal(err)
			}
			if err := cfg.Validate(); (err == nil) != ok || err != nil && augur.AsError(err).Field[0] != key {
				t.Errorf("%s %s: %v", key, value, err)
			}
		}
	}
	cfg := DefaultConfig()
	cfg.PredictionLog.Successes, cfg.PredictionLog.InputShare = 0, 0
	if log := cfg.predictionLog(); log.WithDefaults().Successes > 0 || log.WithDefaults().InputShare > 0 {
		t.Errorf("0 means none: %+v", log)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	for url, want := range map[string]string{
		"":                           "",
		"postgres://u:p@h/db":        "postgres://u:***@h/db",
		"sqlite:///tmp/a.db":         "sqlite:///tmp/a.db",
		"postgres://h/db?password=p": "***",
		"host=h password=p":          "***",
	} {
		l := NewLayers()
		l.Config.Database.URL = augur.Secret(url)
		if got := l.Config.Get("database.url"); got != want {
			t.Errorf("%q: got %q, want %q", url, got, want)
		}
		if all := l.YAML() + l.JSON(); strings.Contains(all, ":p@") || strings.Contains(all, "password=p") {
			t.Errorf("%q is shown", url)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"0": 0, "512": 512, "64KiB": 65536, "1.5 GiB": 3 << 29, "2GB": 2e9, "3B": 3, "1kB": 1000} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "1e30", "NaN", "1 PiB", "KiB"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as %d", text, s)
		}
	}
}

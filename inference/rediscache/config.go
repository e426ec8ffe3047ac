package rediscache

import (
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.opentelemetry.io/otel/trace"

	"augur"
)

// Config says where Redis is and what is asked of it. Zero fields but URL mean
// their defaults.
type Config struct {
	// URL is one of
	//
	//	redis://user:password@host:6379/0            one server; rediss:// with TLS
	//	unix:///path/to/redis.sock                   one server, on this machine
	//	redis://host-a:6379,host-b:6379              a cluster, by some of its servers
	//	redis+cluster://host:6379                    a cluster, by one; rediss+cluster:// with TLS
	//	redis+sentinel://host-a:26379,host-b/NAME/0  what Sentinel calls NAME; rediss+sentinel:// with TLS
	//
	// With Sentinel, ?sentinel_username= and ?sentinel_password= are its own.
	// With TLS, ?skip_verify=true takes any certificate.
	URL augur.Secret
	// MaxValue is the largest value that is read or put. Zero means 1 MiB.
	MaxValue int
	// DialTimeout bounds a new connection. Zero means 1 s.
	DialTimeout time.Duration
	// Timeout bounds each wait for Redis. Zero means 50 ms.
	Timeout time.Duration
}

// Deps are what the cache calls.
type Deps struct {
	// Logger is told when Redis stops answering and when it answers again. Nil
	// means slog.Default.
	Logger *slog.Logger
	// Registerer gets the instruments; nil means none are exported.
	Registerer prometheus.Registerer
	// Tracer makes spans under what is traced already; nil makes none.
	Tracer trace.Tracer
}

func (c Config) withDefaults() Config {
	if c.MaxValue <= 0 {
		c.MaxValue = 1 << 20
	}
	if c.DialTimeout <= 0 {
		c.DialTimeout = time.Second
	}
	if c.Timeout <= 0 {
		c.Timeout = 50 * time.Millisecond
	}
	return c
}

// CheckURL reports InvalidArgument for a URL that names no Redis. The error
// does not show the URL, which may hold a password.
func CheckURL(url augur.Secret) error {
	_, err := Config{URL: url}.options()
	return err
}

// options reads the URL.
func (c Config) options() (*redis.UniversalOptions, error) {
	refuse := func(what string) error {
		return augur.Errorf(augur.InvalidArgument, "%s: expected redis://user:password@host:6379/0, rediss:// with TLS, host:6379,host:6379 of a cluster, or redis+sentinel://host:26379,host:26379/NAME/0", what)
	}
	scheme, rest, _ := strings.Cut(c.URL.Reveal(), "://")
	base, kind, _ := strings.Cut(scheme, "+")
	if base != "redis" && base != "rediss" && scheme != "unix" || kind != "" && kind != "cluster" && kind != "sentinel" {
		return nil, refuse("not a URL of Redis")
	}
	// The package's own parser knows one host, and a path that is a number.
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	place, tail := rest[:end], rest[end:]
	user, hosts := "", place
	if at := strings.LastIndex(place, "@"); at >= 0 {
		user, hosts = place[:at+1], place[at+1:]
	}
	path, text, _ := strings.Cut(tail, "?")
	query, err := url.ParseQuery(text)
	if err != nil {
		return nil, refuse("what stands after the question mark")
	}
	for name := range query {
		sentinels := kind == "sentinel" && (name == "sentinel_username" || name == "sentinel_password")
		if !sentinels && (base != "rediss" || name != "skip_verify") {
			return nil, refuse("a setting that is not known")
		}
	}
	master := ""
	if kind == "sentinel" {
		master, path, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
		if master == "" {
			return nil, refuse("no name of what Sentinel watches")
		}
		path = "/" + path
	}
	addrs := strings.Split(hosts, ",")
	one := base + "://" + user + addrs[0] + path
	if query.Get("skip_verify") == "true" {
		one += "?skip_verify=true"
	}
	parsed, err := redis.ParseURL(one)
	if err != nil {
		return nil, refuse("a URL that cannot be read")
	}
	o := &redis.UniversalOptions{
		Username: parsed.Username, Password: parsed.Password, DB: parsed.DB, TLSConfig: parsed.TLSConfig,
		MasterName: master, IsClusterMode: kind == "cluster",
		SentinelUsername: query.Get("sentinel_username"), SentinelPassword: query.Get("sentinel_password"),
		// A prediction has no time for a second try, and the breaker no use for one.
		MaxRetries: -1, DialerRetries: 1,
		DialTimeout: c.DialTimeout, ReadTimeout: c.Timeout, WriteTimeout: c.Timeout, PoolTimeout: c.Timeout,
		ContextTimeoutEnabled: true, PoolSize: 16, MaxRedirects: 3,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if scheme == "unix" {
		o.Addrs = []string{parsed.Addr}
		return o, nil
	}
	port := "6379"
	if kind == "sentinel" {
		port = "26379"
	}
	for _, addr := range addrs {
		host, err := url.Parse("//" + addr)
		switch {
		case err != nil || host.Hostname() == "" || host.User != nil:
			return nil, refuse("a host that cannot be read")
		case host.Port() == "":
			addr += ":" + port
		}
		o.Addrs = append(o.Addrs, addr)
	}
	if o.TLSConfig != nil && (len(o.Addrs) > 1 || kind != "") {
		o.TLSConfig.ServerName = "" // each server has its own
	}
	if o.DB != 0 && master == "" && (len(o.Addrs) > 1 || o.IsClusterMode) {
		return nil, refuse("a cluster has no database other than 0")
	}
	return o, nil
}

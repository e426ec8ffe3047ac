package jobs

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"augur"
)

// newClient makes the client of webhooks. It refuses an address when it is about
// to dial it: whatever the name resolved to, now or at the second look-up of an
// attacker's server (DNS rebinding), is what is checked. It takes no proxy, which
// would dial by itself, and follows no redirects.
func newClient(cfg Config) *http.Client {
	dialer := &net.Dialer{
		Timeout: cfg.Timeout,
		ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || network != "tcp4" && network != "tcp6" {
				return augur.Errorf(augur.PermissionDenied, "%s %s is no address for webhooks", network, address)
			}
			return cfg.Allow.Check(to.Addr())
		},
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           32,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
			TLSHandshakeTimeout:    cfg.Timeout,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

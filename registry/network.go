package registry

import (
	"net/netip"

	"augur"
)

// Networks are those that webhooks may be sent to although they are private.
type Networks []netip.Prefix

// ParseNetworks reads addresses (10.1.2.3) and networks (10.0.0.0/8).
func ParseNetworks(texts []string) (Networks, error) {
	var out Networks
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				return nil, augur.Errorf(augur.InvalidArgument, "%q: expected a network such as 10.0.0.0/8, or an address", text)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		out = append(out, prefix.Masked())
	}
	return out, nil
}

// inner are the networks that no stranger can be at: what this server reaches
// there, others may not.
// https://www.iana.org/assignments/iana-ipv4-special-registry and its sibling of IPv6.
var inner = mustNetworks(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	"::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

// carriers are the networks of IPv6 whose addresses hold one of IPv4, and the
// byte at which it begins.
var carriers = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12},   // NAT64
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12}, // NAT64 of one's own
	{netip.MustParsePrefix("2002::/16"), 2},       // 6to4
}

func mustNetworks(texts ...string) Networks {
	n, err := ParseNetworks(texts)
	if err != nil {
		panic(err) // the texts stand above
	}
	return n
}

func (n Networks) contain(addr netip.Addr) bool {
	for _, p := range n {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Check refuses an address that is not public, unless n holds it. The error is
// PermissionDenied.
func (n Networks) Check(addr netip.Addr) error {
	addr = addr.Unmap().WithZone("")
	if n.contain(addr) {
		return nil
	}
	refused := inner.contain(addr)
	if addr.Is6() {
		b := addr.As16()
		for _, c := range carriers {
			if c.prefix.Contains(addr) {
				refused = refused || inner.contain(netip.AddrFrom4([4]byte(b[c.at:c.at+4])))
			}
		}
	}
	if refused || !addr.IsValid() {
		return augur.Errorf(augur.PermissionDenied, "%s is not a public address, and not among webhooks.allow", addr)
	}
	return nil
}

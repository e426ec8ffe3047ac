package registry

import (
	"net/netip"
	"testing"

	"augur"
)

// TestNetworks: what is not public is refused in every form of writing it, and
// what the setting names is let through, itself alone.
func TestNetworks(t *testing.T) {
	for text, public := range map[string]bool{
		"1.1.1.1": true, "172.15.255.255": true, "172.32.0.1": true, "192.169.0.1": true, "2606:4700:4700::1111": true,
		"64:ff9b::101:101": true, "2002:101:101::": true, "::ffff:1.1.1.1": true,
		"0.0.0.0": false, "10.1.2.3": false, "100.64.0.1": false, "127.0.0.1": false, "127.255.255.254": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "192.0.0.170": false,
		"198.18.0.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::127.0.0.1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false,
		"64:ff9b::a01:203": false, "64:ff9b::7f00:1": false, "64:ff9b:1::c0a8:101": false,
		"2002:7f00:1::": false, "2002:a9fe:a9fe::1": false, "2001::1": false,
	} {
		err := Networks(nil).Check(netip.MustParseAddr(text))
		if (err == nil) != public || err != nil && augur.CodeOf(err) != augur.PermissionDenied {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := Networks(nil).Check(netip.Addr{}); err == nil {
		t.Error("no address is no public one")
	}
	allowed, err := ParseNetworks([]string{"10.1.0.0/16", "127.0.0.1", "fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "127.0.0.1": true, "127.0.0.2": false, "fd00::1": true, "fc00::1": false, "169.254.169.254": false,
	} {
		if err := allowed.Check(netip.MustParseAddr(text)); (err == nil) != ok {
			t.Errorf("%s where it is allowed: %v", text, err)
		}
	}
	for _, text := range []string{"", "localhost", "10.0.0.0/33", "10.0.0"} {
		if _, err := ParseNetworks([]string{text}); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%q: %v", text, err)
		}
	}
}

package augur_test

import (
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"augur"
)

func TestParseSemver(t *testing.T) {
	for in, want := range map[string]string{"1.4.0": "1.4.0", "v1.4.0": "1.4.0", "0.0.0": "0.0.0", "1.4.0-rc.1": "1.4.0-rc.1", "1.0.0-0a.-": "1.0.0-0a.-", "999999999.0.0": "999999999.0.0"} {
		if got, err := augur.ParseSemver(in); err != nil || got.String() != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "1", "1.2", "v", "01.0.0", "1.0.0-01", "1.0.0-", "1.0.0-a..b", "1.0.0+build", "1.0.0 ", "1000000000.0.0", "live", "1.0.0-" + strings.Repeat("a", 128)} {
		if got, err := augur.ParseSemver(in); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%q: %s, %v", in, got, err)
		}
	}
}

// The order of the specification's section 11, and the same of the sort keys.
func TestSemverOrder(t *testing.T) {
	order := []string{"0.9.0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "1.10.0", "2.0.0"}
	for i, a := range order {
		for j, b := range order {
			x, y := parse(t, a), parse(t, b)
			if got := x.Compare(y); got != cmp.Compare(i, j) {
				t.Errorf("%s ? %s = %d", a, b, got)
			}
		}
	}
}

func TestSemverSortKeyIsTheOrder(t *testing.T) {
	part := rapid.StringMatching(`0|[1-9][0-9]{0,3}|[0-9]?[a-zA-Z-][0-9a-zA-Z-]{0,2}`)
	gen := rapid.Custom(func(t *rapid.T) augur.Semver {
		n := rapid.Uint32Range(0, 20)
		return augur.Semver{Major: n.Draw(t, "major"), Minor: n.Draw(t, "minor") % 2, Patch: n.Draw(t, "patch") % 2,
			Pre: strings.Join(rapid.SliceOfN(part, 0, 3).Draw(t, "pre"), ".")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		if got, want := cmp.Compare(a.SortKey(), b.SortKey()), a.Compare(b); got != want {
			t.Fatalf("%s ? %s: keys %q and %q say %d, Compare %d", a, b, a.SortKey(), b.SortKey(), got, want)
		}
		if back, err := augur.ParseSemver(a.String()); err != nil || back != a {
			t.Fatalf("%s came back as %s, %v", a, back, err)
		}
	})
}

func parse(t *testing.T, s string) augur.Semver {
	t.Helper()
	v, err := augur.ParseSemver(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

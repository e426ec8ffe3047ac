package augur

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Semver is a semantic version. https://semver.org/spec/v2.0.0.html
// Build metadata is not accepted: two versions must never differ by it alone.
type Semver struct {
	Major, Minor, Patch uint32
	Pre                 string
}

var semver = regexp.MustCompile(`^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$`)

// ParseSemver reads a version with or without a leading v, as in "1.4.0" and
// "v1.4.0-rc.1". It fails with InvalidArgument.
func ParseSemver(s string) (Semver, error) {
	m := semver.FindStringSubmatch(s)
	if m == nil || len(s) > 128 {
		return Semver{}, Errorf(InvalidArgument, "version %q: expected a semantic version such as 1.4.0 or 1.4.0-rc.1", s)
	}
	var n [3]uint32
	for i := range n {
		v, _ := strconv.ParseUint(m[i+1], 10, 32) // nine digits fit
		n[i] = uint32(v)
	}
	return Semver{Major: n[0], Minor: n[1], Patch: n[2], Pre: m[4]}, nil
}

// String writes the version without a leading v: the form that is stored.
func (s Semver) String() string {
	out := fmt.Sprintf("%d.%d.%d", s.Major, s.Minor, s.Patch)
	if s.Pre != "" {
		out += "-" + s.Pre
	}
	return out
}

// Compare orders by precedence (section 11 of the specification).
func (s Semver) Compare(o Semver) int {
	if c := cmp.Or(cmp.Compare(s.Major, o.Major), cmp.Compare(s.Minor, o.Minor), cmp.Compare(s.Patch, o.Patch)); c != 0 {
		return c
	}
	switch {
	case s.Pre == o.Pre:
		return 0
	case s.Pre == "":
		return 1
	case o.Pre == "":
		return -1
	}
	a, b := strings.Split(s.Pre, "."), strings.Split(o.Pre, ".")
	for i := range min(len(a), len(b)) {
		if c := comparePre(a[i], b[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func comparePre(a, b string) int {
	an, aNum := numeric(a)
	bn, bNum := numeric(b)
	switch {
	case aNum && bNum:
		return cmp.Or(cmp.Compare(len(an), len(bn)), cmp.Compare(an, bn))
	case aNum:
		return -1
	case bNum:
		return 1
	default:
		return cmp.Compare(a, b)
	}
}

func numeric(s string) (string, bool) {
	return s, strings.Trim(s, "0123456789") == ""
}

// SortKey writes the version so that plain text comparison of two keys is
// Compare of the versions: what the database orders by.
func (s Semver) SortKey() string {
	key := fmt.Sprintf("%09d.%09d.%09d", s.Major, s.Minor, s.Patch)
	if s.Pre == "" {
		return key + "~" // after every pre-release of the same numbers
	}
	var b strings.Builder
	b.WriteString(key)
	b.WriteByte('-')
	for _, part := range strings.Split(s.Pre, ".") {
		if n, ok := numeric(part); ok {
			fmt.Fprintf(&b, "0%03d%s ", len(n), n) // numbers before names, shorter before longer
		} else {
			b.WriteString("1" + part + " ")
		}
	}
	return b.String()
}

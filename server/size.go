package server

import (
	"fmt"
	"strconv"
	"strings"

	"augur"
)

// Size is a number of bytes, written as in 512, 64KiB, 1.5GiB or 2GB.
type Size int64

var sizeUnits = []struct {
	name  string
	bytes float64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"KB", 1e3}, {"B", 1},
}

// UnmarshalText reads a size. It fails with InvalidArgument.
func (s *Size) UnmarshalText(text []byte) error {
	number, unit := strings.TrimSpace(string(text)), 1.0
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n >= 0) || n*unit >= 1<<63 {
		return augur.Errorf(augur.InvalidArgument, "%q: expected a number of bytes such as 512, 64KiB or 2GB", text)
	}
	*s = Size(n * unit)
	return nil
}

// MarshalText writes the size in the largest binary unit that divides it.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String is MarshalText.
func (s Size) String() string {
	for _, u := range sizeUnits[:4] {
		if n := int64(u.bytes); s >= Size(n) && int64(s)%n == 0 {
			return fmt.Sprintf("%d%s", int64(s)/n, u.name)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

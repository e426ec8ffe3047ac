package inference

import (
	"fmt"
	"strings"
)

// unknown writes the error text for a name that is not among names: the
// nearest one when it is near, otherwise what there is.
func unknown(what, name string, names []string) string {
	text := fmt.Sprintf("unknown %s %q", what, clip(name))
	best, bestDistance := "", len(name)/3+2
	for _, n := range names {
		if d := distance(name, n, bestDistance); d < bestDistance {
			best, bestDistance = n, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("%s: did you mean %q?", text, best)
	case len(names) == 0:
		return fmt.Sprintf("%s: the version has none", text)
	case len(names) > 20:
		return fmt.Sprintf("%s: the version has %s … (%d in all)", text, strings.Join(names[:20], ", "), len(names))
	default:
		return fmt.Sprintf("%s: the version has %s", text, strings.Join(names, ", "))
	}
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// distance is the Levenshtein distance of two names, in bytes and without
// regard to case, or limit when it is no less.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return min(row[len(b)], limit)
}

package inference

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
)

// An optional input given as a column is there for all rows, or its nulls fail
// those that lack it; a column of nulls is no column.
func TestOptionalColumn(t *testing.T) {
	c := codecOf(t, every())
	base := `{"n":[7,8,9],"words":[["a"],["b"],["c"]],"mask":[[1],[2],[3]],"b":[1,2,3]`
	for _, tc := range []struct {
		extra, want string
		index       []int
		errs        []string
	}{
		{``, ``, []int{0, 1, 2}, nil},
		{`,"extra":[null,null,null]`, ``, []int{0, 1, 2}, nil},
		{`,"extra":[1,2,3]`, `extra=[3 1]:[1,2,3]`, []int{0, 1, 2}, nil},
		{`,"extra":[1,null,3]`, `extra=[2 1]:[1,3]`, []int{0, 2}, []string{`data.columns.extra.1: other rows have this feature, so every row must`}},
	} {
		in, err := c.read(&augur.Request{Data: augur.Data{Columns: json.RawMessage(base + tc.extra + `}`)}}, upTo(10))
		if err != nil {
			t.Fatal(err)
		}
		var errs []string
		for _, e := range in.errs {
			errs = append(errs, e.Error())
		}
		if diff := cmp.Diff(tc.errs, errs); diff != "" || !slices.Equal(in.index, tc.index) {
			t.Errorf("%s: index %v, errors %s", tc.extra, in.index, diff)
		}
		if got := show(in.tensors); !strings.HasSuffix(got, tc.want) || strings.Contains(got, "extra") != (tc.want != "") {
			t.Errorf("%s: %s", tc.extra, got)
		}
	}
}

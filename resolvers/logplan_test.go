package resolvers_test

import (
	"strings"
	"testing"
	"time"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/store"

	"github.com/google/go-cmp/cmp"
)

// TestPlansChangeNoAnswer asks the log the same in words that are planned and in
// words that are not, whole and page by page.
func TestPlansChangeNoAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		old := fillLog(t, cfg, 200)
		ask, _ := asking(t, cfg)
		read := func(who *augur.Principal, call string) (ids []any, total any) {
			t.Helper()
			for after := ""; ; {
				data := ask(who, `{ predictions(`+after+`first: 30, `+call+`) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`)
				for _, node := range augurtest.At(t, data, "predictions.nodes").([]any) {
					ids = append(ids, node.(map[string]any)["id"])
				}
				total = augurtest.At(t, data, "predictions.totalCount")
				if augurtest.At(t, data, "predictions.pageInfo.hasNextPage") != true {
					return ids, total
				}
				after = `after: "` + augurtest.At(t, data, "predictions.pageInfo.endCursor").(string) + `", `
			}
		}
		for _, q := range logQuestions {
			call := strings.ReplaceAll(q.call, "$OLD", old.Format(time.RFC3339Nano))
			who, plain := augur.System(), strings.Replace(call, "where: ", "where: {not: {not: ", 1)+"}}"
			if q.models != "" {
				who = &augur.Principal{Name: "eve", Models: []string{q.models}}
				call, plain = "last: null", map[string]string{"qui*": `model: "quiet"`, "b*": `model: "busy"`, "?u*": "last: null"}[q.models]
			} else if !strings.Contains(call, "where: ") {
				continue
			}
			ids, total := read(who, call)
			want, wanted := read(augur.System(), plain)
			if diff := cmp.Diff(want, ids); diff != "" || total != wanted || len(ids) < 20 || float64(len(ids)) != total {
				t.Errorf("%s: %d records, %v in all; without a plan %d, %v: %s", q.name, len(ids), total, len(want), wanted, diff)
			}
		}
	})
}

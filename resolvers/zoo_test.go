package resolvers_test

import (
	"fmt"
	"slices"
	"testing"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/cases"
)

// TestZoo registers every specimen and asks it through GraphQL, with numbers and
// with base64; what no way of running can carry is refused at registration.
func TestZoo(t *testing.T) {
	if testing.Short() {
		t.Skip("each specimen is tried in a process of its own: minutes under the race detector")
	}
	s := augurtest.Start(t)
	passed, refused := 0, 0
	for i, z := range cases.Zoo() {
		model := fmt.Sprintf("zoo-%03d", i)
		digest := augurtest.Upload(t, s, z.Model.Bytes())
		data := s.Query(t, `mutation($m: String!, $d: String!) {
			modelCreate(input: {name: $m}) { userErrors { message } }
			modelVersionCreate(input: {model: $m, version: "1.0.0", digest: $d}) { modelVersion { id } userErrors { code message } }
		}`, map[string]any{"m": model, "d": digest})
		if z.Refused {
			if code := augurtest.At(t, data, "modelVersionCreate.userErrors.0.code"); code != string(augur.Unimplemented) {
				t.Errorf("%s: %v", z.Name, data)
			}
			refused++
			continue
		}
		if augurtest.At(t, data, "modelVersionCreate.modelVersion") == nil {
			t.Errorf("%s: %v", z.Name, data)
			continue
		}
		c := cases.Case{Model: model, Version: "1.0.0", Inputs: z.Inputs, Want: z.Want}
		for _, encoding := range []string{"JSON", "BASE64"} {
			got, failure := send(t, s, c, encoding)
			if failure == "" {
				slices.SortFunc(got, func(a, b augur.Output) int { return slices.Index(c.Names(), a.Name) - slices.Index(c.Names(), b.Name) })
				if err := cases.Compare(got, z.Want, cases.Tolerance{}); err != nil {
					failure = err.Error()
				}
			}
			if failure != "" {
				t.Errorf("%s, %s: %s", z.Name, encoding, failure)
			} else {
				passed++
			}
		}
	}
	t.Logf("%d answers, %d refused", passed, refused)
}

package resolvers_test

import (
	"strings"
	"testing"

	"augur/internal/augurtest"
)

// TestArtifactsCollect: what was uploaded a moment ago is left alone, and a bound
// that cannot be is a userError.
func TestArtifactsCollect(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		digest := augurtest.Upload(t, s, []byte("no model"))
		ask := func(args string) any {
			t.Helper()
			return s.Query(t, `mutation { artifactsCollect`+args+` { artifacts { digest } bytes hasMore userErrors { code message field } } }`, nil)["artifactsCollect"]
		}
		got := ask("")
		if found := augurtest.At(t, got, "artifacts").([]any); len(found) != 0 || augurtest.At(t, got, "bytes") != "0" || augurtest.At(t, got, "hasMore") != false {
			t.Errorf("%v", got)
		}
		if has, err := s.Client.HasArtifact(t.Context(), digest); !has || err != nil {
			t.Errorf("has %v, %v", has, err)
		}
		if got := mistake(t, augurtest.At(t, ask("(first: 0)"), "userErrors.0")); !strings.HasPrefix(got, "INVALID_ARGUMENT first:") {
			t.Error(got)
		}
	})
}

package augur_test

import (
	"testing"

	"augur"
)

func TestScopes(t *testing.T) {
	all := []augur.Scope{augur.ScopePublic, augur.ScopeRead, augur.ScopePredict, augur.ScopeWrite, augur.ScopeAdmin}
	for _, c := range []struct {
		p    *augur.Principal
		want string // one letter for each scope that is held
	}{
		{nil, "P"},
		{&augur.Principal{}, "P"},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopeRead}}, "PR"},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopePredict}}, "PRp"},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopeWrite}}, "PRw"},
		{augur.Anonymous(), "PRpwa"},
		{augur.System(), "PRpwa"},
	} {
		got := ""
		for i, s := range all {
			if c.p.Has(s) {
				got += "PRpwa"[i : i+1]
			}
		}
		if got != c.want {
			t.Errorf("%+v holds %s, want %s", c.p, got, c.want)
		}
	}
}

func TestModelPatterns(t *testing.T) {
	some := &augur.Principal{Models: []string{"road-*", "iris", "["}}
	for model, want := range map[string]bool{"road-risk": true, "iris": true, "iris2": false, "digits": false} {
		if got := some.Sees(model); got != want {
			t.Errorf("Sees(%s) = %v", model, got)
		}
	}
	var nobody *augur.Principal
	if nobody.Sees("iris") || nobody.AllModels() || some.AllModels() || !augur.Anonymous().AllModels() || !augur.Anonymous().Sees("x") {
		t.Error("nobody sees nothing, and no patterns mean everything")
	}
}

func TestPrincipalInContext(t *testing.T) {
	ctx := t.Context()
	if augur.PrincipalFrom(ctx) != nil || augur.RequestIDFrom(ctx) != "" {
		t.Error("an empty context knows nobody")
	}
	p := augur.System()
	ctx = augur.WithRequestID(augur.WithPrincipal(ctx, p), "req_1")
	if augur.PrincipalFrom(ctx) != p || augur.RequestIDFrom(ctx) != "req_1" {
		t.Error("what was put in comes out")
	}
}

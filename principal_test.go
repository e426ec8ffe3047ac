package augur_test

import (
	"testing"

	"augur"
)

func TestScopes(t *testing.T) {
	all := []augur.Scope{augur.ScopePublic, augur.ScopeRead, augur.ScopePredict, augur.ScopeWrite, augur.ScopeRollout, augur.ScopeAdmin}
	for _, c := range []struct {
		p    *augur.Principal
		want string // one letter for each scope that is held
	}{
		{nil, "P"},
		{&augur.Principal{}, "P"},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopeRead}}, "PR"},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopePredict}}, "PRp"},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopeWrite}}, "PRw"},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopeRollout}}, "PRr"},
		{augur.Anonymous(), "PRpwra"},
		{augur.System(), "PRpwra"},
	} {
		got := ""
		for i, s := range all {
			if c.p.Has(s) {
				got += "PRpwra"[i : i+1]
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

func TestScopeWords(t *testing.T) {
	for _, word := range []string{"registry:read", "registry:write", "predict", "rollout", "admin"} {
		scope, err := augur.ParseScope(word)
		if err != nil || scope.Word() != word {
			t.Errorf("%s is %q, which is written %q: %v", word, scope, scope.Word(), err)
		}
	}
	for _, word := range []string{"", "READ", "public", "registry", "Admin"} {
		if scope, err := augur.ParseScope(word); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%q was read as %q: %v", word, scope, err)
		}
	}
	if augur.ScopePublic.Word() != "" {
		t.Error("no key holds PUBLIC")
	}
}

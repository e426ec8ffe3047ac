package registry

import (
	"math"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/auditevent"
	"augur/ent/servingpolicy"
	"augur/internal/storetest"
	"augur/store"

	"github.com/google/go-cmp/cmp"
)

// served changes a policy: the fields that are named, to what p says.
func served(t *testing.T, r *Registry, version string, p ent.ServingPolicy, fields ...string) {
	t.Helper()
	if _, err := r.ServingUpdate(asAnna(t), ServingUpdate{Model: "road-risk", Version: version, Fields: fields, Policy: p}); err != nil {
		t.Fatal(err)
	}
}

// policies are what the prediction path sees, by version.
func policies(r *Registry) map[string]*augur.CatalogVersion {
	out := map[string]*augur.CatalogVersion{}
	for _, v := range r.Catalog().Versions() {
		out[v.Version] = v
	}
	return out
}

// TestServingUpdate sets, inherits, overrides and resets.
func TestServingUpdate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		id := create(t, r, "road-risk")
		first := register(t, r, "road-risk", "1.0.0", "one")
		register(t, r, "road-risk", "1.1.0", "two")
		create(t, r, "other")
		if _, err := r.VersionCreate(ctx, VersionCreate{Model: "other", Version: "3.0.0", Digest: upload(t, r, "three")}); err != nil {
			t.Fatal(err)
		}
		before := policies(r)
		if before["1.0.0"].Policy != (augur.ServingPolicy{}) {
			t.Errorf("nothing is set: %+v", before["1.0.0"].Policy)
		}

		all := ent.ServingPolicy{
			Cache: ref(false), CacheTTL: ref(time.Minute), Threads: ref(2), Instances: ref(3), MaxBatchRows: ref(4), MaxQueue: ref(0),
			Timeout: ref(1500 * time.Millisecond), MaxRows: ref(5), MaxBytes: ref(int64(1 << 40)), BreakerFailures: ref(0), BreakerDelay: ref(time.Second),
			LogSuccesses: ref(0), LogInputShare: ref(0.25), LogRedact: ref("name\nincome"), Fallback: ref("previous"),
		}
		names := strings.Fields("cache cacheTtl threads instances maxBatchRows maxQueue timeout maxRows maxBytes breakerFailures breakerDelay logSuccesses logInputShare logRedact fallback")
		if got := ServingSet(&all); !cmp.Equal(got, names) {
			t.Fatalf("the settings are %v", got)
		}
		served(t, r, "", all, names...)
		want := augur.ServingPolicy{
			CacheOff: true, CacheTTL: time.Minute, Threads: 2, MaxConcurrent: 3, MaxBatchRows: 4, MaxQueue: -1,
			Timeout: 1500 * time.Millisecond, MaxRows: 5, MaxBytes: 1 << 40, BreakerFailures: -1, BreakerDelay: time.Second,
			LogSuccesses: -1, LogInputShare: 0.25, LogRedact: "name\nincome",
		}
		if d := cmp.Diff(want, policies(r)["1.1.0"].Policy); d != "" {
			t.Errorf("of the model: %s", d)
		}
		// A version says some things otherwise; what it does not say is the model's.
		served(t, r, "v1.0.0", ent.ServingPolicy{Cache: ref(true), MaxQueue: ref(7), Timeout: ref(time.Hour)}, "cache", "maxQueue", "timeout")
		over := want
		over.CacheOff, over.MaxQueue, over.Timeout = false, 7, time.Hour
		if d := cmp.Diff(over, policies(r)["1.0.0"].Policy); d != "" {
			t.Errorf("of the version: %s", d)
		}
		// A field that is not named stays, whatever the policy says; one that is
		// named without a value is inherited again.
		served(t, r, "1.0.0", ent.ServingPolicy{Threads: ref(9)}, "cache", "maxQueue")
		over = want
		over.Timeout = time.Hour
		if d := cmp.Diff(over, policies(r)["1.0.0"].Policy); d != "" {
			t.Errorf("partly reset: %s", d)
		}
		served(t, r, "", ent.ServingPolicy{Threads: ref(8)}, names...)
		if d := cmp.Diff(augur.ServingPolicy{Threads: 8, Timeout: time.Hour}, policies(r)["1.0.0"].Policy); d != "" {
			t.Errorf("the model reset: %s", d)
		}
		served(t, r, "", ent.ServingPolicy{}, names...)
		served(t, r, "1.0.0", ent.ServingPolicy{}, names[:14]...)
		// They set nothing any more, and go on counting.
		for _, p := range r.store.Reader().ServingPolicy.Query().AllX(ctx) {
			if len(ServingSet(p)) != 0 || p.Revision < 2 {
				t.Errorf("a policy that was reset: %v", p)
			}
		}
		served(t, r, "", ent.ServingPolicy{}, names...) // changes nothing
		after := policies(r)
		if after["1.0.0"].Policy != (augur.ServingPolicy{}) || after["1.0.0"].Signature != before["1.0.0"].Signature || after["1.0.0"].ID != first {
			t.Errorf("after all: %+v", after["1.0.0"])
		}
		if after["3.0.0"] != before["3.0.0"] {
			t.Error("another model's version was made anew")
		}

		if got := strings.Count(strings.Join(audited(t, r), " "), "modelServingUpdate"); got != 6 {
			t.Errorf("%d audit events", got)
		}
		events, err := r.store.Reader().AuditEvent.Query().Where(auditevent.Action("modelServingUpdate")).
			Order(ent.Asc(auditevent.FieldCreatedAt, auditevent.FieldID)).All(ctx)
		if err != nil || events[0].SubjectID != id || events[1].SubjectID != first || events[1].Model != "road-risk" || events[1].Principal != "anna" {
			t.Fatalf("%v, %v", events, err)
		}
		if d := cmp.Diff(map[string]any{"cache": true, "maxQueue": 7.0, "timeout": "1h0m0s"}, events[1].After); d != "" {
			t.Errorf("after: %s", d)
		}
		if d := cmp.Diff(map[string]any{"cache": true, "maxQueue": 7.0}, events[2].Before); d != "" {
			t.Errorf("before: %s", d)
		}
		if d := cmp.Diff(map[string]any{"cache": nil, "maxQueue": nil}, events[2].After); d != "" {
			t.Errorf("reset: %s", d)
		}
	})
}

// TestServingPointers: the prediction path compares pointers, so a version is
// the same object until something is changed that concerns it.
func TestServingPointers(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	ctx := asAnna(t)
	id := create(t, r, "road-risk")
	register(t, r, "road-risk", "1.0.0", "one")
	register(t, r, "road-risk", "1.1.0", "two")
	changed := func(what string, do func()) (versions string) {
		before := policies(r)
		revision := r.Catalog().current.Load().revision
		do()
		if r.Catalog().current.Load().revision == revision {
			t.Errorf("%s: the catalog was not read", what)
		}
		after := policies(r)
		for _, version := range []string{"1.0.0", "1.1.0"} {
			if before[version] != after[version] {
				versions += version + " "
			}
		}
		return versions
	}
	for _, c := range []struct {
		what string
		do   func()
		want string
	}{
		{"a setting of the model", func() { served(t, r, "", ent.ServingPolicy{MaxRows: ref(5)}, "maxRows") }, "1.0.0 1.1.0 "},
		{"a setting of a version", func() { served(t, r, "1.0.0", ent.ServingPolicy{MaxRows: ref(6)}, "maxRows") }, "1.0.0 "},
		{"what the other version does not inherit", func() { served(t, r, "", ent.ServingPolicy{MaxRows: ref(7)}, "maxRows") }, "1.1.0 "},
		{"a version that says what it inherits", func() { served(t, r, "1.1.0", ent.ServingPolicy{MaxRows: ref(7)}, "maxRows") }, ""},
		{"a fallback", func() { served(t, r, "", ent.ServingPolicy{Fallback: ref("1.0.0")}, "fallback") }, ""},
		{"an alias", func() {
			if _, err := r.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: "live", Version: "1.1.0"}); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"cache on, as it is anyway", func() { served(t, r, "", ent.ServingPolicy{Cache: ref(true)}, "cache") }, ""},
		{"the name", func() {
			if err := r.ModelUpdate(ctx, ModelUpdate{ID: id, Name: ref("road-danger")}); err != nil {
				t.Fatal(err)
			}
		}, "1.0.0 1.1.0 "},
	} {
		if got := changed(c.what, c.do); got != c.want {
			t.Errorf("%s: %q were made anew, want %q", c.what, got, c.want)
		}
	}
	if v := policies(r)["1.0.0"]; v.Policy.MaxRows != 6 || v.Model != "road-danger" {
		t.Errorf("after all: %+v", v)
	}
}

func TestServingRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		create(t, r, "road-risk")
		register(t, r, "road-risk", "1.0.0", "one")
		create(t, r, "secret")
		bob := augur.WithPrincipal(t.Context(), &augur.Principal{Name: "bob", Scopes: []augur.Scope{augur.ScopeWrite}, Models: []string{"road-*"}})
		for name, c := range map[string]struct {
			model, version string
			policy         ent.ServingPolicy
			field          string
			code           augur.Code
			want           string
		}{
			"no model":         {"none", "", ent.ServingPolicy{MaxRows: ref(1)}, "model", augur.NotFound, ""},
			"a hidden model":   {"secret", "", ent.ServingPolicy{MaxRows: ref(1)}, "model", augur.NotFound, ""},
			"no version":       {"road-risk", "9.0.0", ent.ServingPolicy{MaxRows: ref(1)}, "version", augur.NotFound, ""},
			"no alias":         {"road-risk", "champion", ent.ServingPolicy{MaxRows: ref(1)}, "version", augur.NotFound, ""},
			"no rows":          {"road-risk", "", ent.ServingPolicy{MaxRows: ref(0)}, "maxRows", augur.InvalidArgument, "expected 1 to 10000000, got 0"},
			"no bytes":         {"road-risk", "", ent.ServingPolicy{MaxBytes: ref(int64(-1))}, "maxBytes", augur.InvalidArgument, "got -1"},
			"no threads":       {"road-risk", "", ent.ServingPolicy{Threads: ref(0)}, "threads", augur.InvalidArgument, "expected 1 to 1024, got 0"},
			"many instances":   {"road-risk", "", ent.ServingPolicy{Instances: ref(2000)}, "instances", augur.InvalidArgument, "got 2000"},
			"a negative queue": {"road-risk", "1.0.0", ent.ServingPolicy{MaxQueue: ref(-1)}, "maxQueue", augur.InvalidArgument, "expected 0 to 1000000, got -1"},
			"no batch":         {"road-risk", "1.0.0", ent.ServingPolicy{MaxBatchRows: ref(0)}, "maxBatchRows", augur.InvalidArgument, ""},
			"no time":          {"road-risk", "", ent.ServingPolicy{Timeout: ref(time.Duration(0))}, "timeout", augur.InvalidArgument, "expected 1ms to 1h0m0s, got 0s"},
			"much time":        {"road-risk", "", ent.ServingPolicy{Timeout: ref(time.Hour + 1)}, "timeout", augur.InvalidArgument, ""},
			"no ttl":           {"road-risk", "", ent.ServingPolicy{CacheTTL: ref(time.Duration(0))}, "cacheTtl", augur.InvalidArgument, ""},
			"no delay":         {"road-risk", "", ent.ServingPolicy{BreakerDelay: ref(time.Duration(0))}, "breakerDelay", augur.InvalidArgument, ""},
			"minus a failure":  {"road-risk", "", ent.ServingPolicy{BreakerFailures: ref(-1)}, "breakerFailures", augur.InvalidArgument, ""},
			"no name":          {"road-risk", "", ent.ServingPolicy{Fallback: ref("")}, "fallback", augur.InvalidArgument, "expected a version, an alias, latest or previous"},
			"NUL":              {"road-risk", "", ent.ServingPolicy{Fallback: ref("a\x00")}, "fallback", augur.InvalidArgument, ""},
			"no share":         {"road-risk", "", ent.ServingPolicy{LogInputShare: ref(1.5)}, "logInputShare", augur.InvalidArgument, "expected 0 to 1, got 1.5"},
			"NaN":              {"road-risk", "", ent.ServingPolicy{LogInputShare: ref(math.NaN())}, "logInputShare", augur.InvalidArgument, ""},
			"minus a success":  {"road-risk", "", ent.ServingPolicy{LogSuccesses: ref(-1)}, "logSuccesses", augur.InvalidArgument, ""},
			"an empty name":    {"road-risk", "", ent.ServingPolicy{LogRedact: ref("a\n\nb")}, "logRedact", augur.InvalidArgument, "expected names of 1 to 250 bytes"},
			"many names":       {"road-risk", "", ent.ServingPolicy{LogRedact: ref(strings.Repeat("a\n", 200) + "a")}, "logRedact", augur.InvalidArgument, "at most 200 names, got 201"},
			"no such fallback": {"road-risk", "", ent.ServingPolicy{Fallback: ref("champion")}, "fallback", augur.NotFound, "champion"},
			"of a version":     {"road-risk", "1.0.0", ent.ServingPolicy{Fallback: ref("previous")}, "fallback", augur.InvalidArgument, "leave version out"},
		} {
			_, err := r.ServingUpdate(bob, ServingUpdate{Model: c.model, Version: c.version, Fields: ServingSet(&c.policy), Policy: c.policy})
			wantError(t, err, c.code, c.field)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		if n, err := r.store.Reader().ServingPolicy.Query().Count(asAnna(t)); n != 0 || err != nil {
			t.Errorf("%d policies, %v", n, err)
		}
		_, err := r.ServingUpdate(bob, ServingUpdate{Model: "road-risk", Fields: []string{"maxRows"}, Policy: ent.ServingPolicy{MaxRows: ref(5)}})
		if err != nil {
			t.Error(err)
		}
		// What is set of a hidden model is hidden too.
		_, err = r.ServingUpdate(asAnna(t), ServingUpdate{Model: "secret", Fields: []string{"maxRows"}, Policy: ent.ServingPolicy{MaxRows: ref(5)}})
		if err != nil {
			t.Error(err)
		}
		if rows, err := r.store.Reader().ServingPolicy.Query().Where(servingpolicy.MaxRows(5)).WithModel().All(bob); err != nil || len(rows) != 1 || rows[0].Edges.Model.Name != "road-risk" {
			t.Errorf("bob sees %v, %v", rows, err)
		}
	})
}

// TestServingFollows: other replicas serve by the new policy soon, and a policy
// goes and comes back with its model.
func TestServingFollows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		other := replica(t, cfg, r.blobs)
		id := create(t, r, "road-risk")
		register(t, r, "road-risk", "1.0.0", "one")
		served(t, r, "", ent.ServingPolicy{MaxRows: ref(5)}, "maxRows")
		eventually(t, "the other replica has the policy", func() bool {
			v := policies(other)["1.0.0"]
			return v != nil && v.Policy.MaxRows == 5
		})
		for _, err := range []error{r.ModelArchive(asAnna(t), id), r.ModelDelete(asAnna(t), id), r.ModelRestore(asAnna(t), id)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if v := policies(r)["1.0.0"]; v == nil || v.Policy.MaxRows != 5 {
			t.Errorf("restored: %+v", v)
		}
	})
}

// TestServingCache: what is random is cached when somebody says so, and only then.
func TestServingCache(t *testing.T) {
	for _, c := range []struct {
		deterministic  bool
		model, version *bool
		off            bool
	}{
		{true, nil, nil, false}, {true, ref(false), nil, true}, {true, ref(false), ref(true), false}, {true, ref(true), ref(false), true},
		{false, nil, nil, true}, {false, ref(true), nil, false}, {false, nil, ref(true), false}, {false, ref(true), ref(false), true},
	} {
		p := ServingOf(&ent.ServingPolicy{Cache: c.model}, &ent.ServingPolicy{Cache: c.version})
		if got := servingPolicy(p, c.deterministic).CacheOff; got != c.off {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestConcurrentServingUpdate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		create(t, r, "road-risk")
		done := make(chan error)
		fields := []ent.ServingPolicy{{MaxRows: ref(1)}, {Threads: ref(2)}, {Instances: ref(3)}, {MaxQueue: ref(4)}, {Cache: ref(true)}, {Timeout: ref(time.Second)}}
		for _, p := range fields {
			go func() {
				_, err := r.ServingUpdate(asAnna(t), ServingUpdate{Model: "road-risk", Fields: ServingSet(&p), Policy: p})
				done <- err
			}()
		}
		for range fields {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		p, err := r.store.Reader().ServingPolicy.Query().Only(asAnna(t))
		if err != nil || len(ServingSet(p)) != len(fields) {
			t.Errorf("%v, %v", p, err)
		}
	})
}

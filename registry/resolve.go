package registry

import (
	"context"
	"maps"
	"slices"
	"strings"

	"augur"
)

// Resolve finds the version that ref names: an exact version, with or without a
// leading v; an alias; "latest"; or "" for the live version. The error has
// Field ["model"] or ["version"]: NotFound when there is no such model, version
// or alias or the principal in ctx may not see the model, and
// FailedPrecondition when the model has no live version.
func (c *Catalog) Resolve(ctx context.Context, model, ref string) (*augur.CatalogVersion, augur.Route, error) {
	snap := c.current.Load()
	e := snap.models[model]
	if e == nil || !augur.PrincipalFrom(ctx).Sees(model) {
		return nil, augur.Route{}, snap.noModel(ctx, model)
	}
	switch ref {
	case "":
		if v := e.aliases[augur.Live]; v != nil {
			return v.CatalogVersion, augur.Route{Reason: augur.RouteLive, Ref: augur.Live}, nil
		}
		return nil, augur.Route{}, e.noLive()
	case augur.Latest:
		if e.latest != nil {
			return e.latest.CatalogVersion, augur.Route{Reason: augur.RouteAlias, Ref: ref}, nil
		}
		return nil, augur.Route{}, augur.Errorf(augur.NotFound, "model %q has no version yet", model).At("version")
	}
	if v := e.aliases[ref]; v != nil {
		return v.CatalogVersion, augur.Route{Reason: augur.RouteAlias, Ref: ref}, nil
	}
	semver, err := augur.ParseSemver(ref)
	if err != nil {
		if ref == augur.Live {
			return nil, augur.Route{}, e.noLive()
		}
		return nil, augur.Route{}, augur.Errorf(augur.NotFound, "model %q has no version or alias %q%s", model, ref, hint(ref, maps.Keys(e.aliases))).At("version")
	}
	if v := e.versions[semver.String()]; v != nil {
		return v.CatalogVersion, augur.Route{Reason: augur.RouteExplicit, Ref: ref}, nil
	}
	return nil, augur.Route{}, augur.Errorf(augur.NotFound, "model %q has no version %s%s", model, ref, e.knows()).At("version")
}

// find is Resolve for a version that may not be there, nil then.
func (c *Catalog) find(ctx context.Context, model, ref string) *augur.CatalogVersion {
	v, _, err := c.Resolve(ctx, model, ref)
	if err != nil {
		return nil
	}
	return v
}

func (e *entry) noLive() error {
	return augur.Errorf(augur.FailedPrecondition, "model %q has no live version: name a version%s, or set the alias live", e.name, e.knows()).At("version")
}

// knows lists the highest versions for a message.
func (e *entry) knows() string {
	const most = 5
	all := slices.SortedFunc(maps.Values(e.versions), func(v, w *item) int { return w.semver.Compare(v.semver) })
	if len(all) == 0 {
		return ": it has none yet"
	}
	var list []string
	for _, v := range all[:min(most, len(all))] {
		list = append(list, v.Version)
	}
	if len(all) > most {
		list = append(list, "…")
	}
	return " (it has " + strings.Join(list, ", ") + ")"
}

func (s *snapshot) noModel(ctx context.Context, name string) error {
	principal := augur.PrincipalFrom(ctx)
	visible := func(yield func(string) bool) {
		for other := range s.models {
			if principal.Sees(other) && !yield(other) {
				return
			}
		}
	}
	return augur.Errorf(augur.NotFound, "no model %q%s", name, hint(name, visible)).At("model")
}

// hint asks whether the nearest of the known names was meant, "" when none is near.
func hint(name string, known func(yield func(string) bool)) string {
	const longest = 128 // of a name; longer ones are near nothing
	best, least := "", len(name)/3+2
	for other := range known {
		if len(name) > longest || len(other) > longest {
			continue
		}
		if d := distance(name, other, least+1); d < least || d == least && best != "" && other < best {
			best, least = other, d
		}
	}
	if best == "" {
		return ""
	}
	return ": did you mean " + best + "?"
}

// distance is the Levenshtein distance of two texts by bytes, or most when it
// is that much or more.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal, nearest := row[0], i+1
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
			nearest = min(nearest, row[j+1])
		}
		if nearest >= most {
			return most
		}
	}
	return min(row[len(b)], most)
}

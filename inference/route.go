package inference

import (
	"slices"

	"augur"
)

// standIn returns the lane of the version that answers in place of l's, which
// refused with err, and the input for it. It is nil when err is no refusal,
// the caller named the version, or no other version takes its place.
//
// The input has been validated by the signature of the version that was asked,
// and stays as that one took it.
func (e *Engine) standIn(err error, l *lane, route augur.Route, req *augur.Request, in encoded, outputs []string) (*lane, encoded) {
	if err == nil || route.Reason == augur.RouteExplicit || !isRefused(err) {
		return nil, in
	}
	v := e.deps.Catalog.Fallback(l.v.ID)
	if v == nil || v.ID == l.v.ID {
		return nil, in
	}
	other, err := e.laneFor(v)
	if err != nil {
		return nil, in
	}
	for _, name := range outputs {
		if _, ok := other.codec.byOutput[name]; !ok {
			return nil, in
		}
	}
	moved, ok := other.codec.carry(in)
	if !ok {
		moved, ok = other.codec.again(req, in, other.policy)
	}
	if !ok {
		e.deps.Logger.Debug("a fallback does not accept an input", "model", v.Model, "version", l.v.Version, "fallback", v.Version)
		return nil, in
	}
	e.metrics.fallbacks.WithLabelValues(l.v.Model, l.v.Version).Inc()
	return other, moved
}

// carry gives tensors that were made for another version to this one, in the
// order of its own signature. It reports false when they do not fit, as where
// the other has its features in inputs of another form.
func (c *codec) carry(in encoded) (encoded, bool) {
	tensors := make([]augur.NamedTensor, 0, len(in.tensors))
	for k := range c.inputs {
		i := slices.IndexFunc(in.tensors, func(t augur.NamedTensor) bool { return t.Name == c.inputs[k].name })
		switch {
		case i < 0 && c.inputs[k].optional:
		case i < 0, c.inputs[k].accepts(&in.tensors[i]) != nil:
			return in, false
		default:
			tensors = append(tensors, in.tensors[i])
		}
	}
	if len(tensors) != len(in.tensors) {
		return in, false
	}
	in.tensors = tensors
	return in, true
}

// again reads the request anew for this version, and takes the rows of it that
// were right for the version that was asked. It reports false when they are
// not all right for this one.
func (c *codec) again(req *augur.Request, in encoded, policy augur.ServingPolicy) (encoded, bool) {
	if req.Data.Tensors != nil {
		return in, false
	}
	fresh, err := c.read(req, limitsOf(policy))
	if err != nil {
		return in, false
	}
	if !slices.Equal(fresh.index, in.index) {
		places := make([]int, len(in.index)) // of each row among the fresh ones
		for i, r := range in.index {
			at, found := slices.BinarySearch(fresh.index, r)
			if !found {
				return in, false
			}
			places[i] = at
		}
		for i := range fresh.tensors {
			fresh.tensors[i].Tensor = pick(fresh.tensors[i].Tensor, places)
		}
	}
	in.tensors = fresh.tensors
	return c.carry(in)
}

package inference

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"augur"
)

// Warm loads versions, as many at a time as there are cores, and runs each once
// on made-up input, so that the first caller waits for neither. It returns
// every load error, joined. That a version refuses the made-up input is only
// logged: it may rightly do so.
func (e *Engine) Warm(ctx context.Context, versions []*augur.CatalogVersion) error {
	errs := make([]error, len(versions))
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, v := range versions {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			errs[i] = e.warm(ctx, v)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (e *Engine) warm(ctx context.Context, v *augur.CatalogVersion) error {
	l, err := e.lane(v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, l.policy.Timeout)
	defer cancel()
	session, err := l.slot.open(ctx)
	if err != nil {
		return err
	}
	defer l.slot.leave()
	return e.try(ctx, l, session)
}

// try runs a session once on made-up input. The error is that of ctx.
func (e *Engine) try(ctx context.Context, l *lane, session Session) error {
	inputs := l.codec.trial(l.policy.MaxBytes)
	if inputs == nil {
		return nil
	}
	if _, err := e.runSession(ctx, l.v, session, inputs, l.codec.outputs); err != nil && ctx.Err() == nil {
		e.deps.Logger.Info("the trial run of a version failed", "model", l.v.Model, "version", l.v.Version, "error", err)
	}
	return ctx.Err()
}

// trial makes up input of one row that the signature allows, in so many bytes;
// nil when it cannot.
func (c *codec) trial(bytes int64) []augur.NamedTensor {
	inputs := []augur.NamedTensor{}
	for i := range c.inputs {
		in := &c.inputs[i]
		if in.optional {
			continue
		}
		if !in.tensor || in.dims == nil {
			return nil
		}
		shape := make([]int64, len(in.dims))
		for d, dim := range in.dims {
			shape[d] = max(dim.Size, 1)
			if dim.Size == 0 {
				shape[d] = 0
			}
		}
		n, ok := augur.Elements(shape)
		if bytes -= n * max(elementBytes(in.dtype), 1); !ok || bytes < 0 {
			return nil
		}
		t, err := augur.NewTensor(in.dtype, shape...)
		if err != nil {
			return nil
		}
		for _, f := range in.features {
			ft := &c.features[f]
			start, step := 0, 1
			if !in.list && in.per > 1 {
				start, step = ft.column, in.per
			}
			if value := ft.check.example(in.dtype); value != nil {
				for i := start; i < t.Len(); i += step {
					put(t, i, value)
				}
			}
		}
		inputs = append(inputs, augur.NamedTensor{Name: in.name, Tensor: t})
	}
	return inputs
}

// example returns an allowed value as a scalar; nil means that zero will do.
func (c *constraint) example(dtype augur.DType) *augur.Tensor {
	var text []byte
	switch {
	case c.listed && dtype == augur.String:
		text = augur.AppendQuoted(nil, c.oneOf[0].(string))
	case c.listed:
		text = []byte(list(c.oneOf[:1]))
	case c.ranged && dtype.Number():
		zero, err := augur.NewTensor(dtype)
		if err != nil || c.allows(zero, 0) {
			return nil
		}
		bound := c.rng.Min
		if bound == nil || *bound < 0 {
			bound = c.rng.Max
		}
		f := augur.TensorOf(augur.Float64, []float64{*bound})
		text = f.AppendElement(nil, 0)
	default:
		return nil
	}
	t, err := augur.DecodeTensor(dtype, nil, text)
	if err != nil {
		return nil
	}
	return t
}

package resolvers

import (
	"context"
	"strconv"
	"sync"

	"augur"
	"augur/graph"
)

// maxBatch bounds the inputs of one predictBatch.
const maxBatch = 100

// predict decodes, predicts and encodes. Faults are returned as an error.
func (r *Resolver) predict(ctx context.Context, model, version string, in graph.ModelPredictInput) (*graph.PredictPayload, error) {
	req, err := request(model, version, in)
	if err != nil {
		return failed(err)
	}
	res, err := r.Predictor.Predict(ctx, req)
	if err != nil {
		return failed(err)
	}
	payload := &graph.PredictPayload{
		Prediction: &graph.Prediction{Response: res, Base64: in.Options != nil && in.Options.Encoding != nil && *in.Options.Encoding == graph.TensorEncodingBase64},
		UserErrors: append([]*augur.Error{}, res.RowErrors...), // empty, never null
	}
	return payload, nil
}

func failed(err error) (*graph.PredictPayload, error) {
	mistakes, fault := userErrors(err)
	if fault != nil {
		return nil, fault
	}
	return &graph.PredictPayload{UserErrors: mistakes}, nil
}

// predictBatch answers the inputs concurrently; each fails by itself.
func (r *Resolver) predictBatch(ctx context.Context, inputs []*graph.PredictInput) (*graph.PredictBatchPayload, error) {
	if len(inputs) > maxBatch {
		return nil, (&augur.Error{Code: augur.InvalidArgument, Message: "at most " + strconv.Itoa(maxBatch) + " inputs in one call, got " + strconv.Itoa(len(inputs))}).At("inputs")
	}
	out := &graph.PredictBatchPayload{Results: make([]*graph.PredictPayload, len(inputs))}
	var wg sync.WaitGroup
	for i, in := range inputs {
		wg.Go(func() {
			payload, err := r.predict(ctx, in.Model, deref(in.Version), withoutModel(*in))
			if err != nil {
				payload = &graph.PredictPayload{UserErrors: asUserErrors(err)}
			}
			out.Results[i] = payload
		})
	}
	wg.Wait()
	for _, result := range out.Results {
		if result.Prediction != nil {
			out.Succeeded++
		} else {
			out.Failed++
		}
	}
	return out, nil
}

func withoutModel(in graph.PredictInput) graph.ModelPredictInput {
	return graph.ModelPredictInput{Data: in.Data, Outputs: in.Outputs, Subject: in.Subject, Options: in.Options}
}

// request decodes the input of one prediction.
func request(model, version string, in graph.ModelPredictInput) (*augur.Request, error) {
	req := &augur.Request{Model: model, Version: version, Outputs: in.Outputs, Subject: deref(in.Subject)}
	if o := in.Options; o != nil {
		req.Options = augur.Options{
			Cache:            deref(o.Cache),
			RejectOnRowError: o.OnRowError != nil && *o.OnRowError == graph.OnRowErrorReject,
			Timeout:          deref(o.Timeout),
		}
	}
	switch data := in.Data; {
	case data.Row != nil:
		req.Data.Rows, req.Data.One = append(req.Data.Rows, data.Row), true
	case data.Rows != nil:
		req.Data.Rows = data.Rows
	case data.Columns != nil:
		req.Data.Columns = data.Columns
	default:
		tensors, err := decodeTensors(data.Tensors)
		if err != nil {
			return nil, err
		}
		req.Data.Tensors = tensors
	}
	return req, nil
}

// deref returns what p points to, the zero value for nil.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

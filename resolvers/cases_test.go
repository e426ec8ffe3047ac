package resolvers_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/cases"
)

// TestCases sends every case as exact tensors through GraphQL, on both
// databases, once with numbers and once with base64 in both directions.
func TestCases(t *testing.T) {
	dir, err := cases.Dir()
	if err != nil {
		t.Fatal(err)
	}
	list, err := cases.Load(dir)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d cases, %v", len(list), err)
	}
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		registered := map[string]bool{}
		for _, c := range list {
			if name := c.Model + "@" + c.Version; !registered[name] {
				registered[name] = true
				file, err := os.ReadFile(c.Path)
				if err != nil {
					t.Fatal(err)
				}
				register(t, s, c.Model, c.Version, file)
			}
			for _, encoding := range []string{"JSON", "BASE64"} {
				got, err := send(t, s, c, encoding)
				if err == "" {
					if differ := cases.Compare(got, c.Want, c.Tolerance); differ != nil {
						err = differ.Error()
					}
				}
				if err != "" {
					t.Errorf("%s, %s: %s", c.ID, encoding, err)
				}
			}
		}
		t.Logf("%d cases of %d versions passed", len(list), len(registered))
	})
}

// send predicts one case and decodes the outputs; err is what went wrong.
func send(t *testing.T, s *augurtest.Server, c cases.Case, encoding string) (outputs []augur.Output, err string) {
	t.Helper()
	tensors := []map[string]any{}
	for _, in := range c.Inputs {
		tensors = append(tensors, written(in, encoding))
	}
	body, marshalErr := json.Marshal(map[string]any{
		"query": `mutation($input: PredictInput!) { predict(input: $input) {
			prediction { outputs { name kind dtype shape data } } userErrors { code message field } } }`,
		"variables": map[string]any{"input": map[string]any{
			"model": c.Model, "version": c.Version, "data": map[string]any{"tensors": tensors},
			"outputs": c.Names(), "options": map[string]any{"encoding": encoding, "cache": "BYPASS"},
		}},
	})
	if marshalErr != nil {
		t.Fatal(marshalErr)
	}
	r := s.Send(t, http.MethodPost, "/graphql", http.Header{"Content-Type": {"application/json"}}, strings.NewReader(string(body)))
	var answer struct {
		Data struct {
			Predict struct {
				Prediction *struct {
					Outputs []struct {
						Name  string
						Kind  augur.Kind
						DType string
						Shape []int64
						Data  json.RawMessage
					}
				}
			}
		}
	}
	if err := json.Unmarshal(r.Body, &answer); err != nil || answer.Data.Predict.Prediction == nil {
		return nil, string(r.Body)
	}
	for _, o := range answer.Data.Predict.Prediction.Outputs {
		var value augur.Value
		var err error
		if o.Kind == augur.KindTensor {
			var tensor *augur.Tensor
			tensor, err = augur.DecodeTensor(augur.DType(strings.ToLower(o.DType)), o.Shape, o.Data)
			value = augur.TensorValue(tensor)
		} else {
			value, err = cases.DecodeValue(o.Data)
		}
		if err != nil {
			return nil, o.Name + ": " + err.Error()
		}
		outputs = append(outputs, augur.Output{Name: o.Name, Value: value})
	}
	return outputs, ""
}

// written is the TensorInput of in.
func written(in augur.NamedTensor, encoding string) map[string]any {
	item := func(t *augur.Tensor) map[string]any {
		data := json.RawMessage(augur.AppendJSON(nil, t))
		if encoding == "BASE64" && t.DType != augur.String {
			data, _ = json.Marshal(base64.StdEncoding.EncodeToString(t.Data))
		}
		return map[string]any{"dtype": strings.ToUpper(string(t.DType)), "shape": append([]int64{}, t.Shape...), "data": data}
	}
	input := map[string]any{}
	switch {
	case in.Value == nil:
		input = item(in.Tensor)
	case in.Value.Kind == augur.KindMap:
		input["map"] = map[string]any{"keys": item(in.Value.Keys), "values": item(in.Value.Values)}
	default:
		sequence := []any{}
		for _, v := range in.Value.Items {
			sequence = append(sequence, item(v.Tensor))
		}
		input["sequence"] = sequence
	}
	input["name"] = in.Name
	return input
}

package client

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"augur"
)

// Change sends a mutation that takes an input and answers with userErrors, such
// as modelUpdate, and returns what it says of what it changed (outcomes). The
// error is the first of the userErrors, or what came in between.
func (c *Client) Change(ctx context.Context, mutation string, input map[string]any) (json.RawMessage, error) {
	document := fmt.Sprintf(`mutation Change($input: %s!) { %s(input: $input) { %s userErrors { code message field } } }`, inputOf(mutation), mutation, outcomes[mutation])
	var out map[string]map[string]json.RawMessage
	if err := c.Mutate(ctx, document, map[string]any{"input": input}, &out); err != nil {
		return nil, err
	}
	payload := out[mutation]
	var wrong []UserError
	if err := json.Unmarshal(payload["userErrors"], &wrong); err != nil {
		return nil, augur.Wrap(augur.Internal, err, "the server's answer has an unexpected form")
	}
	if err := first(wrong); err != nil {
		return nil, err
	}
	delete(payload, "userErrors")
	text, err := json.Marshal(payload)
	return text, err
}

// What is asked of a mutation besides its userErrors.
const (
	changedModel   = "model { id name revision archivedAt }"
	keyFields      = "id name scopes models createdAt creator expiresAt revokedAt lastUsedAt"
	changedVersion = "modelVersion { id version status revision archivedAt }"
	changedRollout = "rollout { id kind status step revision promoted arms { name weight modelVersion { version } } }"
)

var outcomes = map[string]string{
	"modelCreate": changedModel, "modelUpdate": changedModel, "modelArchive": changedModel, "modelRestore": changedModel, "modelDelete": "deletedId",
	"modelVersionUpdate": changedVersion, "modelVersionArchive": changedVersion, "modelVersionRestore": changedVersion, "modelVersionDelete": "deletedId",
	"aliasSet": "alias { name revision version { id version } }", "aliasRemove": "model { id name }",
	"rolloutStart": changedRollout, "rolloutPause": changedRollout, "rolloutResume": changedRollout, "rolloutApprove": changedRollout, "rolloutPromote": changedRollout, "rolloutAbort": changedRollout,
	"apiKeyCreate": "secret apiKey { " + keyFields + " }", "apiKeyRevoke": "apiKey { " + keyFields + " }",
	"metricsLog":         "accepted duplicates modelVersion { id version }",
	"modelServingUpdate": "model { id name servingPolicy { revision } } modelVersion { id version servingPolicy { revision } }",
}

// inputOf is the name of the type of a mutation's input.
func inputOf(mutation string) string {
	switch mutation {
	case "apiKeyCreate":
		return "APIKeyCreateInput"
	case "apiKeyRevoke":
		return "APIKeyRefInput"
	}
	for _, verb := range []string{"Archive", "Restore", "Delete", "Pause", "Resume", "Approve", "Abort"} {
		if of, ok := strings.CutSuffix(mutation, verb); ok {
			return strings.ToUpper(of[:1]) + of[1:] + "RefInput"
		}
	}
	return strings.ToUpper(mutation[:1]) + mutation[1:] + "Input"
}

// Version is what is asked of one version of a model: selection are fields of
// ModelVersion. version is a version, an alias or latest. It fails with NotFound.
func (c *Client) Version(ctx context.Context, model, version, selection string) (json.RawMessage, error) {
	document := `query Version($model: String!, $version: String!) { modelVersion(model: $model, version: $version) { ` + selection + ` } }`
	var out struct{ ModelVersion json.RawMessage }
	if err := c.Query(ctx, document, map[string]any{"model": model, "version": version}, &out); err != nil {
		return nil, err
	}
	if len(out.ModelVersion) == 0 || string(out.ModelVersion) == "null" {
		return nil, augur.Errorf(augur.NotFound, "model %q has no version or alias %q, or there is no such model", model, version)
	}
	return out.ModelVersion, nil
}

// OfModel is what is asked of one model: selection are fields of Model. It fails
// with NotFound.
func (c *Client) OfModel(ctx context.Context, name, selection string) (json.RawMessage, error) {
	var out struct{ Model json.RawMessage }
	document := `query Model($name: String!) { model(name: $name) { ` + selection + ` } }`
	if err := c.Query(ctx, document, map[string]any{"name": name}, &out); err != nil {
		return nil, err
	}
	if len(out.Model) == 0 || string(out.Model) == "null" {
		return nil, augur.Errorf(augur.NotFound, "model %q: there is none of that name", name)
	}
	return out.Model, nil
}

// Compare is the versionComparison of versions by their ids.
func (c *Client) Compare(ctx context.Context, ids []string) (json.RawMessage, error) {
	var out struct{ VersionComparison json.RawMessage }
	const document = `query Compare($ids: [ID!]!) { versionComparison(ids: $ids) {
  versions { id version model { name } } signature { path values } about { path values } metadata { path values }
  metrics { name summaries { last min max count } } serving { requests errorRate p50Ms p95Ms p99Ms cacheHitRate } } }`
	err := c.Query(ctx, document, map[string]any{"ids": ids}, &out)
	return out.VersionComparison, err
}

// ExactPoint is one exact point of a metric as the record has it.
type ExactPoint struct {
	Step          json.Number `json:"step"`
	Value         any         `json:"value"`
	At            string      `json:"at"`
	DatasetDigest string      `json:"datasetDigest"`
}

// ExactPoints calls each with every point of a metric of a version, by step.
func (c *Client) ExactPoints(ctx context.Context, model, version, name string, each func(ExactPoint) error) error {
	after := any(nil)
	for {
		var out struct {
			ModelVersion *struct {
				MetricPoints struct {
					Nodes    []ExactPoint
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
		}
		const document = `query Points($model: String!, $version: String!, $name: String!, $after: Cursor) { modelVersion(model: $model, version: $version) {
  metricPoints(name: $name, first: 100, after: $after) { nodes { step value at datasetDigest } pageInfo { hasNextPage endCursor } } } }`
		if err := c.Query(ctx, document, map[string]any{"model": model, "version": version, "name": name, "after": after}, &out); err != nil {
			return err
		}
		if out.ModelVersion == nil {
			return augur.Errorf(augur.NotFound, "model %q has no version or alias %q, or there is no such model", model, version)
		}
		for _, p := range out.ModelVersion.MetricPoints.Nodes {
			if err := each(p); err != nil {
				return err
			}
		}
		if !out.ModelVersion.MetricPoints.PageInfo.HasNextPage {
			return nil
		}
		after = out.ModelVersion.MetricPoints.PageInfo.EndCursor
	}
}

package client

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"augur"
)

// Model is a model as the lists show it.
type Model struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Owner       string            `json:"owner"`
	LiveVersion *ModelVersionName `json:"liveVersion"`
	Versions    struct {
		Nodes []ModelVersion `json:"nodes"`
	} `json:"versions"`
}

// ModelVersionName names a version of a model that is known.
type ModelVersionName struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

// ModelVersion is one version of a model.
type ModelVersion struct {
	ID        string    `json:"id"`
	Version   string    `json:"version"`
	Status    string    `json:"status"`
	Framework string    `json:"framework"`
	Aliases   []string  `json:"aliases"`
	CreatedAt time.Time `json:"createdAt"`
	Artifact  *struct {
		Digest augur.Digest `json:"digest"`
		Size   json.Number  `json:"size"`
	} `json:"artifact"`
	Signature struct {
		Inputs   []Spec    `json:"inputs"`
		Outputs  []Spec    `json:"outputs"`
		Features []Feature `json:"features"`
	} `json:"signature"`
	Metrics []struct {
		Name string `json:"name"`
		Last any    `json:"last"`
	} `json:"metrics"`
}

// Spec is one input or output.
type Spec struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Feature is a named part of an input.
type Feature struct {
	Name     string `json:"name"`
	DType    string `json:"dtype"`
	Required bool   `json:"required"`
	Range    *struct {
		Min any `json:"min"`
		Max any `json:"max"`
	} `json:"range"`
	OneOf []any  `json:"oneOf"`
	Unit  string `json:"unit"`
}

const modelFields = `id name description owner liveVersion { id version }
  versions(first: 100, orderBy: [{field: VERSION, direction: DESC}]) { nodes {
    id version status framework aliases createdAt artifact { digest size } %s } }`

const signatureFields = `signature { inputs { name type } outputs { name type } features { name dtype required range { min max } oneOf unit } }
    metrics { name last }`

// Models lists every model by name, with its versions, newest first, without
// their signatures. Archived ones are left out.
func (c *Client) Models(ctx context.Context) ([]Model, error) { return c.ModelsWhere(ctx, nil) }

// ModelsWhere is Models for those that match a ModelWhereInput.
func (c *Client) ModelsWhere(ctx context.Context, where map[string]any) ([]Model, error) {
	var all []Model
	after := any(nil)
	for {
		var page struct {
			Models struct {
				Nodes    []Model
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
		document := `query Models($after: Cursor, $where: ModelWhereInput) { models(first: 20, after: $after, where: $where, orderBy: [{field: NAME}]) { nodes { ` + fmt.Sprintf(modelFields, "") + ` } pageInfo { hasNextPage endCursor } } }`
		if err := c.Query(ctx, document, map[string]any{"after": after, "where": where}, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Models.Nodes...)
		if !page.Models.PageInfo.HasNextPage {
			return all, nil
		}
		after = page.Models.PageInfo.EndCursor
	}
}

// Model returns the model of that name with the signatures and last metrics of
// its versions. It fails with NotFound.
func (c *Client) Model(ctx context.Context, name string) (*Model, error) {
	var out struct{ Model *Model }
	document := `query Model($name: String!) { model(name: $name) { ` + fmt.Sprintf(modelFields, signatureFields) + ` } }`
	if err := c.Query(ctx, document, map[string]any{"name": name}, &out); err != nil {
		return nil, err
	}
	if out.Model == nil {
		return nil, augur.Errorf(augur.NotFound, "model %q: there is none of that name", name)
	}
	return out.Model, nil
}

// EnsureModel creates the model unless it exists. created says which.
func (c *Client) EnsureModel(ctx context.Context, in ModelCreateInput) (created bool, err error) {
	var out struct {
		ModelCreate struct{ UserErrors []UserError }
	}
	const document = `mutation Create($input: ModelCreateInput!) { modelCreate(input: $input) { userErrors { code message field } } }`
	if err := c.Mutate(ctx, document, map[string]any{"input": in}, &out); err != nil {
		return false, err
	}
	for _, u := range out.ModelCreate.UserErrors {
		if u.Code == augur.AlreadyExists {
			return false, nil
		}
	}
	return true, first(out.ModelCreate.UserErrors)
}

// CreateVersion registers a version of an artifact that has been uploaded.
// created is false when this very version was there already.
func (c *Client) CreateVersion(ctx context.Context, in ModelVersionCreateInput) (v *ModelVersion, created bool, err error) {
	var out struct {
		ModelVersionCreate struct {
			ModelVersion *ModelVersion
			Created      bool
			UserErrors   []UserError
		}
	}
	document := `mutation Create($input: ModelVersionCreateInput!) { modelVersionCreate(input: $input) {
  created modelVersion { id version status framework aliases createdAt artifact { digest size } ` + signatureFields + ` } userErrors { code message field } } }`
	if err := c.Mutate(ctx, document, map[string]any{"input": in}, &out); err != nil {
		return nil, false, err
	}
	r := out.ModelVersionCreate
	return r.ModelVersion, r.Created, first(r.UserErrors)
}

// SetAlias points an alias of a model at a version.
func (c *Client) SetAlias(ctx context.Context, model, alias, version, reason string) error {
	var out struct {
		AliasSet struct{ UserErrors []UserError }
	}
	const document = `mutation Set($input: AliasSetInput!) { aliasSet(input: $input) { userErrors { code message field } } }`
	input := map[string]any{"model": model, "alias": alias, "version": version}
	if reason != "" {
		input["reason"] = reason
	}
	if err := c.Mutate(ctx, document, map[string]any{"input": input}, &out); err != nil {
		return err
	}
	return first(out.AliasSet.UserErrors)
}

// LogMetrics logs points of a version, in as many calls as they need. Points
// without At are added again by another call.
func (c *Client) LogMetrics(ctx context.Context, versionID string, points []MetricPoint) (accepted, duplicates int, err error) {
	const most = 5000
	const document = `mutation Log($input: MetricsLogInput!) { metricsLog(input: $input) { accepted duplicates userErrors { code message field } } }`
	for len(points) > 0 {
		n := min(most, len(points))
		var out struct {
			MetricsLog struct {
				Accepted, Duplicates int
				UserErrors           []UserError
			}
		}
		input := map[string]any{"versionId": versionID, "points": points[:n]}
		if err := c.Mutate(ctx, document, map[string]any{"input": input}, &out); err != nil {
			return accepted, duplicates, err
		}
		accepted += out.MetricsLog.Accepted
		duplicates += out.MetricsLog.Duplicates
		if err := first(out.MetricsLog.UserErrors); err != nil {
			return accepted, duplicates, err
		}
		points = points[n:]
	}
	return accepted, duplicates, nil
}

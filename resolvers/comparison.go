package resolvers

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"

	"augur/ent"
	"augur/graph"
)

// compare says what differs between versions: their signatures, what is said of
// them, their metadata and, side by side, their metrics.
func compare(ctx context.Context, versions []*ent.ModelVersion) (*graph.VersionComparison, error) {
	out := &graph.VersionComparison{Metrics: []*graph.MetricComparison{}}
	signatures := make([]map[string]any, len(versions))
	about := make([]map[string]any, len(versions))
	metadata := make([]map[string]any, len(versions))
	ids := versionIDs(versions)
	tags, err := load(ctx).versionTags.LoadAll(ctx, versionIDs(versions))
	if err != nil {
		return nil, err
	}
	for i, v := range versions {
		out.Versions = append(out.Versions, v)
		signatures[i] = signatureParts(v)
		metadata[i] = parts("metadata.", v.Metadata)
		about[i] = aboutParts(v, tags[i])
	}
	out.Signature = differences(signatures)
	out.Metadata = differences(metadata)
	out.About = differences(about)

	summaries, err := load(ctx).summaries.LoadAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	byName := map[string][]*ent.MetricSummary{}
	for i, list := range summaries {
		for _, s := range list {
			if byName[s.Name] == nil {
				byName[s.Name] = make([]*ent.MetricSummary, len(versions))
			}
			byName[s.Name][i] = s
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out.Metrics = append(out.Metrics, &graph.MetricComparison{Name: name, Summaries: byName[name]})
	}
	return out, nil
}

// signatureParts names each input, output and feature of a version, as JSON values.
func signatureParts(v *ent.ModelVersion) map[string]any {
	out := map[string]any{}
	if v.Signature == nil {
		return out
	}
	for _, in := range v.Signature.Inputs {
		out["inputs."+in.Name] = in.Type.String()
	}
	for _, o := range v.Signature.Outputs {
		out["outputs."+o.Name] = o.Type.String()
		if len(o.Classes) > 0 {
			out["classes."+o.Name] = asJSON(o.Classes)
		}
	}
	for _, f := range v.Signature.Features {
		out["features."+f.Name] = asJSON(f)
	}
	return out
}

// aboutParts names what is said of a version, where anything is.
func aboutParts(v *ent.ModelVersion, tags []*ent.Tag) map[string]any {
	out := map[string]any{}
	for path, text := range map[string]string{
		"description": v.Description, "framework": v.Framework, "format": v.Format,
		"lineage.runId": v.RunID, "lineage.gitCommit": v.GitCommit, "lineage.datasetName": v.DatasetName,
		"lineage.datasetDigest": v.DatasetDigest, "lineage.author": v.Author,
	} {
		if text != "" {
			out[path] = text
		}
	}
	for _, t := range tags {
		out["tags."+t.Key] = t.Value
	}
	return out
}

func versionIDs(versions []*ent.ModelVersion) []string {
	ids := make([]string, len(versions))
	for i, v := range versions {
		ids[i] = v.ID
	}
	return ids
}

// comparedServing are the figures of versions side by side.
func comparedServing(ctx context.Context, versions []*ent.ModelVersion, window time.Duration) ([]*graph.ServingStats, error) {
	keys := make([]servingKey, len(versions))
	for i, v := range versions {
		keys[i] = servingKey{version: v.ID, window: window}
	}
	found, err := load(ctx).serving.LoadAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make([]*graph.ServingStats, len(found))
	for i, s := range found {
		out[i] = s.stats()
	}
	return out, nil
}

func parts(prefix string, object map[string]any) map[string]any {
	out := make(map[string]any, len(object))
	for key, value := range object {
		out[prefix+key] = value
	}
	return out
}

func asJSON(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	_ = json.Unmarshal(text, &out) // its own output
	return out
}

// differences lists, by path, what is not equal in all of the objects.
func differences(objects []map[string]any) []*graph.Difference {
	paths := map[string]bool{}
	for _, object := range objects {
		for path := range object {
			paths[path] = true
		}
	}
	out := []*graph.Difference{}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		values := make([]any, len(objects))
		same := true
		for i, object := range objects {
			values[i] = object[path]
			same = same && reflect.DeepEqual(values[i], values[0])
		}
		if !same {
			out = append(out, &graph.Difference{Path: path, Values: values})
		}
	}
	return out
}

package resolvers

import (
	"encoding/json"

	"augur"
	"augur/graph"
	"augur/registry"
)

// outcome turns what a write returned into the parts of a payload: the id to
// re-read ("" when there is none), the userErrors, and a fault.
func outcome(id string, err error) (string, []*augur.Error, error) {
	mistakes, fault := userErrors(err)
	if fault != nil || len(mistakes) > 0 {
		return "", mistakes, fault
	}
	return id, mistakes, nil
}

func tags(in []*graph.TagInput) []registry.Tag {
	if in == nil {
		return nil
	}
	out := make([]registry.Tag, len(in))
	for i, t := range in {
		out[i] = registry.Tag{Key: t.Key, Value: t.Value}
	}
	return out
}

func tagsToSet(in []*graph.TagInput) *[]registry.Tag {
	if in == nil {
		return nil
	}
	out := tags(in)
	return &out
}

func lineage(in *graph.LineageInput) *registry.Lineage {
	if in == nil {
		return nil
	}
	return &registry.Lineage{
		RunID: deref(in.RunID), GitCommit: deref(in.GitCommit), DatasetName: deref(in.DatasetName),
		DatasetDigest: deref(in.DatasetDigest), Author: deref(in.Author),
	}
}

// metadata checks that a JSON argument is an object.
func metadata(in any) (map[string]any, error) {
	if in == nil {
		return nil, nil
	}
	object, ok := in.(map[string]any)
	if !ok {
		return nil, augur.Errorf(augur.InvalidArgument, "expected a JSON object").At("metadata")
	}
	return plainNumbers(object).(map[string]any), nil
}

// plainNumbers turns json.Number into int64 where it fits and float64 otherwise,
// deep inside a JSON value, so that it is stored as the number it is.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	case map[string]any:
		for key, item := range v {
			v[key] = plainNumbers(item)
		}
	case []any:
		for i, item := range v {
			v[i] = plainNumbers(item)
		}
	}
	return v
}

func versionCreate(in graph.ModelVersionCreateInput) (registry.VersionCreate, error) {
	object, err := metadata(in.Metadata)
	if err != nil {
		return registry.VersionCreate{}, err
	}
	out := registry.VersionCreate{
		Model: in.Model, Version: in.Version, Digest: in.Digest, Description: deref(in.Description),
		Framework: deref(in.Framework), Lineage: deref(lineage(in.Lineage)), Tags: tags(in.Tags), Metadata: object,
	}
	for _, f := range in.Features {
		out.Features = append(out.Features, registry.FeatureInput{
			Name: f.Name, Input: deref(f.Input), Column: f.Column, Required: f.Required,
			Default: plainNumbers(f.Default), Range: bounds(f.Min, f.Max), OneOf: plainNumberList(f.OneOf),
			Unit: deref(f.Unit), Description: deref(f.Description),
		})
	}
	for _, c := range in.Classes {
		if out.Classes == nil {
			out.Classes = map[string][]string{}
		}
		out.Classes[c.Output] = c.Classes
	}
	return out, nil
}

func bounds(least, most *float64) *augur.Range {
	if least == nil && most == nil {
		return nil
	}
	return &augur.Range{Min: least, Max: most}
}

func plainNumberList(in []any) []any {
	for i, v := range in {
		in[i] = plainNumbers(v)
	}
	return in
}

func versionUpdate(in graph.ModelVersionUpdateInput) (registry.VersionUpdate, error) {
	object, err := metadata(in.Metadata)
	if err != nil {
		return registry.VersionUpdate{}, err
	}
	return registry.VersionUpdate{
		ID: in.ID, IfRevision: in.IfRevision, Description: in.Description, Framework: in.Framework,
		Lineage: lineage(in.Lineage), Tags: tagsToSet(in.Tags), Metadata: object,
	}, nil
}

func metricPoints(in []*graph.MetricPointInput) []registry.MetricPoint {
	out := make([]registry.MetricPoint, len(in))
	for i, p := range in {
		out[i] = registry.MetricPoint{Name: p.Name, Value: p.Value, Step: deref(p.Step), At: deref(p.At), DatasetDigest: deref(p.DatasetDigest)}
	}
	return out
}

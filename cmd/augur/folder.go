package main

import (
	"encoding/json"
	"maps"
	"slices"

	"augur"
	"augur/client"
	"augur/server"
)

// fromFolder makes of a version's directory the calls that register it, as
// serve --import.dir would.
func fromFolder(path string) (*pushed, error) {
	f, err := server.ReadFolder(path)
	if err != nil {
		e := *augur.AsError(err)
		e.Message = path + ": " + e.Message
		return nil, &e
	}
	v := &pushed{
		file:   f.File,
		stated: f.Digest,
		model:  client.ModelCreateInput{Name: f.Model, Owner: f.Owner},
		create: client.ModelVersionCreateInput{Model: f.Model, Version: f.Version, Description: f.Description, Framework: f.Framework},
	}
	if l := f.Lineage; l != (server.Folder{}).Lineage {
		v.create.Lineage = &client.Lineage{RunID: l.RunID, GitCommit: l.GitCommit, DatasetName: l.DatasetName, DatasetDigest: l.DatasetDigest, Author: l.Author}
	}
	for _, t := range f.Tags {
		v.create.Tags = append(v.create.Tags, client.Tag{Key: t.Key, Value: t.Value})
	}
	if len(f.Metadata) > 0 {
		if v.create.Metadata, err = json.Marshal(f.Metadata); err != nil {
			return nil, augur.Errorf(augur.InvalidArgument, "%s: metadata.json: %w", path, err)
		}
	}
	for _, x := range f.Features {
		in := client.FeatureInput{Name: x.Name, Input: x.Input, Column: x.Column, Required: x.Required, OneOf: x.OneOf, Unit: x.Unit, Description: x.Description}
		if x.Range != nil {
			in.Min, in.Max = double(x.Range.Min), double(x.Range.Max)
		}
		if x.Default != nil {
			if in.Default, err = json.Marshal(x.Default); err != nil {
				return nil, augur.Errorf(augur.InvalidArgument, "%s: metadata.json: the default of %s: %w", path, x.Name, err)
			}
		}
		v.create.Features = append(v.create.Features, in)
	}
	for _, output := range slices.Sorted(maps.Keys(f.Classes)) {
		v.create.Classes = append(v.create.Classes, client.Classes{Output: output, Classes: f.Classes[output]})
	}
	for _, p := range f.Points {
		at := p.At
		v.points = append(v.points, client.MetricPoint{Name: p.Name, Step: p.Step, Value: client.Double(p.Value), At: &at, DatasetDigest: p.DatasetDigest})
	}
	return v, nil
}

func double(f *float64) *client.Double {
	if f == nil {
		return nil
	}
	d := client.Double(*f)
	return &d
}

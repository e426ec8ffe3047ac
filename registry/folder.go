package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"augur"
)

// maxMetadataFile bounds a metadata.json.
const maxMetadataFile = 16 << 20

// Folder is one version as it stands in a directory of models: the folder
// NAME/VERSION with model.onnx and, if there is one, metadata.json.
type Folder struct {
	// Path is the folder and File the path of its model.onnx.
	Path, File string
	// Model and Version are the names of the folder above and of the folder.
	Model, Version string
	// Digest is what metadata.json says the file's digest is, "" when it says nothing.
	Digest augur.Digest
	// Description is the version's card.
	Description, Framework, Owner string
	Lineage                       Lineage
	Tags                          []Tag
	// Metadata is what metadata.json says besides.
	Metadata map[string]any
	// Features and Classes are what it says of inputs and outputs.
	Features []FeatureInput
	Classes  map[string][]string
	// Points are its metric history. Their times come from the file, so that
	// logging them again adds nothing.
	Points []MetricPoint

	inputs, outputs []declared
}

// ReadFolder reads one version's folder. It does not read model.onnx. The error
// is NotFound when the folder or the file is not there, and InvalidArgument for
// names that no model or version may have and for a metadata.json that cannot
// be meant; it names what was wrong, but not the folder.
func ReadFolder(path string) (*Folder, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, augur.Wrap(augur.InvalidArgument, err, "the path cannot be made absolute")
	}
	f := &Folder{Path: path, File: filepath.Join(path, "model.onnx"), Model: filepath.Base(filepath.Dir(abs)), Version: filepath.Base(abs)}
	if err := augur.CheckModelName(f.Model); err != nil {
		return nil, err
	}
	if _, err := augur.ParseSemver(f.Version); err != nil {
		return nil, err
	}
	switch info, err := os.Stat(f.File); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, augur.Errorf(augur.NotFound, "there is no model.onnx")
	case err != nil:
		return nil, augur.Wrap(augur.FailedPrecondition, err, "model.onnx cannot be read")
	case !info.Mode().IsRegular():
		return nil, augur.Errorf(augur.InvalidArgument, "model.onnx is not a file")
	}
	if err := f.readMetadata(filepath.Join(path, "metadata.json")); err != nil {
		return nil, err
	}
	return f, nil
}

// metadataFile is what we know of metadata.json. The keys that are not Metadata
// are absorbed: they stand elsewhere in the record.
type metadataFile struct {
	Name        string           `json:"name"`
	Version     string           `json:"version"`
	ModelFile   string           `json:"model_file"`
	SHA256      string           `json:"sha256"`
	Size        json.Number      `json:"size_bytes"`
	Description string           `json:"description"`
	Framework   string           `json:"framework"`
	Owner       string           `json:"owner"`
	Author      string           `json:"author"`
	RunID       string           `json:"run_id"`
	GitCommit   string           `json:"git_commit"`
	Tags        tagsOfFile       `json:"tags"`
	Inputs      []declared       `json:"inputs"`
	Outputs     []declared       `json:"outputs"`
	Metrics     map[string]any   `json:"metrics"`
	History     []map[string]any `json:"history"`
	Kept        keptMetadata     `json:"-"`
	all         map[string]any
}

// keptMetadata are keys that we read and that also stay in the metadata.
type keptMetadata struct {
	TrainedWith string        `json:"trained_with"`
	CreatedAt   time.Time     `json:"created_at"`
	Dataset     datasetOfFile `json:"dataset"`
}

// absorbed are the keys that do not stay in the metadata.
var absorbed = []string{
	"name", "version", "model_file", "sha256", "size_bytes", "description", "framework", "owner", "author",
	"run_id", "git_commit", "tags", "inputs", "outputs", "metrics", "history",
}

func (f *Folder) readMetadata(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		f.Metadata = map[string]any{}
		return nil
	}
	if err == nil && info.Size() > maxMetadataFile {
		return augur.Errorf(augur.InvalidArgument, "metadata.json has more than %d bytes", maxMetadataFile)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "metadata.json cannot be read")
	}
	m, err := parseMetadata(quoteBare(b))
	if err != nil {
		return err
	}
	if err := f.take(m); err != nil {
		return err
	}
	at := m.Kept.CreatedAt
	if at.IsZero() {
		at = info.ModTime()
	}
	f.Points, err = pointsOfFile(m.History, m.Metrics, at.UTC().Truncate(time.Microsecond))
	return err
}

func parseMetadata(b []byte) (*metadataFile, error) {
	m := &metadataFile{}
	for _, into := range []any{m, &m.Kept, &m.all} {
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		if err := dec.Decode(into); err != nil {
			if e, ok := errors.AsType[*augur.Error](err); ok {
				return nil, e
			}
			return nil, augur.Errorf(augur.InvalidArgument, "metadata.json: %w", err)
		}
	}
	if m.all == nil {
		return nil, augur.Errorf(augur.InvalidArgument, "metadata.json: expected an object, got null")
	}
	return m, nil
}

// take fills the folder from its metadata.
func (f *Folder) take(m *metadataFile) error {
	if m.Name != "" && m.Name != f.Model {
		return augur.Errorf(augur.InvalidArgument, "metadata.json is of the model %q, the folder of %q", m.Name, f.Model)
	}
	if m.Version != "" {
		is, err := augur.ParseSemver(m.Version)
		if want, _ := augur.ParseSemver(f.Version); err != nil || is != want {
			return augur.Errorf(augur.InvalidArgument, "metadata.json is of the version %q, the folder of %q", m.Version, f.Version)
		}
	}
	if m.ModelFile != "" && m.ModelFile != "model.onnx" {
		return augur.Errorf(augur.InvalidArgument, "metadata.json: the model_file is %q, expected model.onnx", m.ModelFile)
	}
	if m.SHA256 != "" {
		digest, err := augur.ParseDigest("sha256:" + strings.TrimPrefix(m.SHA256, "sha256:"))
		if err != nil {
			return augur.Errorf(augur.InvalidArgument, "metadata.json: sha256 %q: expected 64 lower-case hex digits", m.SHA256)
		}
		f.Digest = digest
	}
	f.Description, f.Owner, f.Tags = m.Description, m.Owner, m.Tags
	// "onnx" says what the artifact is, which we know, and not what trained it.
	f.Framework = m.Framework
	if m.Kept.TrainedWith != "" && (m.Framework == "" || m.Framework == "onnx") {
		f.Framework = m.Kept.TrainedWith
	}
	f.Lineage = Lineage{RunID: m.RunID, GitCommit: m.GitCommit, Author: m.Author, DatasetName: m.Kept.Dataset.Name, DatasetDigest: m.Kept.Dataset.Digest}
	f.inputs, f.outputs = m.Inputs, m.Outputs
	f.Metadata = m.all
	for _, key := range absorbed {
		delete(f.Metadata, key)
	}
	for _, d := range m.Outputs {
		if d.Classes != nil {
			if f.Classes == nil {
				f.Classes = map[string][]string{}
			}
			f.Classes[d.Name] = d.Classes
		}
	}
	for _, d := range m.Inputs {
		features, err := d.features()
		if err != nil {
			return err
		}
		f.Features = append(f.Features, features...)
	}
	return nil
}

// datasetOfFile is a name, or an object with name and digest.
type datasetOfFile struct{ Name, Digest string }

// UnmarshalJSON leaves any other form to the metadata.
func (d *datasetOfFile) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &d.Name) == nil {
		return nil
	}
	var object struct{ Name, Digest, SHA256 string }
	if json.Unmarshal(b, &object) == nil {
		d.Name, d.Digest = object.Name, object.Digest
		if d.Digest == "" && object.SHA256 != "" {
			d.Digest = "sha256:" + object.SHA256
		}
	}
	return nil
}

// tagsOfFile is an object from key to value, or a list of keys.
type tagsOfFile []Tag

// UnmarshalJSON reads one of the two forms.
func (t *tagsOfFile) UnmarshalJSON(b []byte) error {
	var keys []string
	if json.Unmarshal(b, &keys) == nil {
		for _, key := range keys {
			*t = append(*t, Tag{Key: key})
		}
		return nil
	}
	var object map[string]string
	if json.Unmarshal(b, &object) != nil {
		return augur.Errorf(augur.InvalidArgument, "metadata.json: tags: expected an object from key to value, or a list of keys")
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		*t = append(*t, Tag{Key: key, Value: object[key]})
	}
	return nil
}

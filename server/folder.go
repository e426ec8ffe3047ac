package server

import (
	"context"

	"augur/registry"
)

// Folder is one version of a directory of models, as the import reads it. The
// command line pushes the same, and so reads it the same way.
type Folder = registry.Folder

// ReadFolder reads NAME/VERSION/metadata.json.
func ReadFolder(path string) (*Folder, error) { return registry.ReadFolder(path) }

// PackModel returns the artifact of a model's file: the file itself, or a
// temporary archive with the files that it names, which remove removes.
func PackModel(ctx context.Context, file string) (artifact string, remove func(), err error) {
	return registry.PackModel(ctx, file)
}

package server

import "augur/registry"

// Folder is one version of a directory of models, as the import reads it. The
// command line pushes the same, and so reads it the same way.
type Folder = registry.Folder

// ReadFolder reads NAME/VERSION/metadata.json.
func ReadFolder(path string) (*Folder, error) { return registry.ReadFolder(path) }

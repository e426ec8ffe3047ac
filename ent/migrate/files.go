// Package migrate holds the record's tables and the versioned steps that make
// them: migrations/DIALECT/*.sql, written by author and applied by store.
package migrate

import (
	"embed"
	"io/fs"
)

//go:embed migrations
var files embed.FS

// Files are the migrations of a dialect ("sqlite3" or "postgres") in goose's
// format, one step a file, up and down.
func Files(dialect string) fs.FS {
	sub, err := fs.Sub(files, "migrations/"+dialect)
	if err != nil {
		panic(err) // the folders are embedded above
	}
	return sub
}

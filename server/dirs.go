package server

import (
	"os"

	"augur"
)

// usable says whether a directory can still be read.
func usable(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return augur.Wrap(augur.Unavailable, err, "the directory cannot be opened")
	}
	return f.Close()
}

//go:build !unix

package blob

import "os"

// lock always succeeds where there are no advisory locks: there a directory
// serves one process.
func lock(*os.File) bool { return true }

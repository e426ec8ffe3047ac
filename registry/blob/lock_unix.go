//go:build unix

package blob

import (
	"os"
	"syscall"
)

// lock takes the lock by which a process shows that it is still writing a
// temporary file; the system lets go of it when the process ends, however it
// ends. It reports false when another holds it.
func lock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

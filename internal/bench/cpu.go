//go:build unix

package bench

import (
	"syscall"
	"testing"
	"time"
)

// MeasureCPU is Measure by the clock of the processors: rows a second of the
// time that the whole process has had, system calls and the work of other
// goroutines among it. It is how many a machine with nothing else to do answers,
// and other processes take none of it.
func (f Form) MeasureCPU(t testing.TB, loads ...Load) []Rates {
	t.Helper()
	return f.measure(t, func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Error(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}, loads)
}

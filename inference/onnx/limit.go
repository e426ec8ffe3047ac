//go:build unix

package onnx

import (
	"os/exec"
	"syscall"
	"time"
)

// limitSelf bounds this process for good. Data counts what is really writable;
// the address space is bounded too, with room for what Go and the libraries
// reserve and do not use, since not every kernel counts data that is mapped.
func limitSelf(memory int64, cpu time.Duration) error {
	set := func(which int, n uint64) error {
		return syscall.Setrlimit(which, &syscall.Rlimit{Cur: n, Max: n})
	}
	if err := set(syscall.RLIMIT_CORE, 0); err != nil {
		return err
	}
	if memory > 0 {
		if err := set(syscall.RLIMIT_DATA, uint64(memory)); err != nil {
			return err
		}
		if err := set(syscall.RLIMIT_AS, uint64(memory)+3<<30); err != nil {
			return err
		}
	}
	if cpu > 0 {
		return set(syscall.RLIMIT_CPU, uint64((cpu+time.Second-1)/time.Second)+1)
	}
	return nil
}

// ownGroup puts the child in a process group of its own, so that it can be
// killed with whatever it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

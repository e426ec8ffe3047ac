package onnx

import (
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
)

// environment is ONNX Runtime's state of the process. The binding keeps it in
// global variables, so this one is global too: it counts the runtimes and
// sessions that need it, and the last to leave closes it.
var environment struct {
	mu   sync.Mutex // guards all below and the binding's own globals
	refs int
	path string
}

// acquire opens the environment with the library at path, or joins it.
func acquire(path string) error {
	e := &environment
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refs > 0 && e.path != path {
		return augur.Errorf(augur.FailedPrecondition, "ONNX Runtime is in use from %s; a process cannot also use %s", e.path, path)
	}
	if e.refs == 0 {
		ort.SetSharedLibraryPath(path)
		// Errors come back as values; the runtime's own log would repeat them
		// on standard error for every bad request.
		if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
			return augur.Wrap(augur.FailedPrecondition, err, "the ONNX Runtime library %s cannot be loaded", path)
		}
		e.path = path
	}
	e.refs++
	return nil
}

// retain joins the environment, which the caller knows to be open.
func retain() {
	environment.mu.Lock()
	defer environment.mu.Unlock()
	environment.refs++
}

// release leaves the environment.
func release() error {
	e := &environment
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refs--; e.refs > 0 {
		return nil
	}
	if err := ort.DestroyEnvironment(); err != nil {
		return augur.Wrap(augur.Internal, err, "ONNX Runtime cannot be closed")
	}
	return nil
}

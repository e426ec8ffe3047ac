package onnx

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/inference"
	"augur/onnxfile"
)

// Runtime loads ONNX files. It implements inference.Runtime.
type Runtime struct {
	mu     sync.Mutex // guards closed
	closed bool
}

var _ inference.Runtime = (*Runtime)(nil)

// New opens ONNX Runtime. Any number of Runtimes may be open at one time, all
// with the same library. The error is FailedPrecondition when the library is
// not there or does not load.
func New(cfg Config) (*Runtime, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := acquire(cfg.LibraryPath); err != nil {
		return nil, err
	}
	return &Runtime{}, nil
}

// Version returns the version of the library that is in use.
func (r *Runtime) Version() string { return ort.GetVersion() }

// Close lets go of the library; sessions that are still open keep it until
// they are closed. It may be called more than once.
func (r *Runtime) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	return release()
}

// Load opens the ONNX file at path. Besides what inference.Runtime says: a
// file that keeps tensors in other files is FailedPrecondition, and v may be
// nil, which means the defaults. Opening cannot be interrupted; ctx is looked
// at before the slow part only.
func (r *Runtime) Load(ctx context.Context, path string, v *augur.CatalogVersion) (inference.Session, error) {
	s, err := r.load(ctx, path, v)
	if err != nil {
		return nil, err // not a nil *Session in an interface
	}
	return s, nil
}

func (r *Runtime) load(ctx context.Context, path string, v *augur.CatalogVersion) (s *Session, err error) {
	defer recovered(&err, "loading the model")
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil, augur.Errorf(augur.Unavailable, "ONNX Runtime is closed")
	}
	retain() // the session's share
	r.mu.Unlock()
	defer func() {
		if s == nil {
			_ = release()
		}
	}()

	file, closer, err := onnxfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }()
	info, err := os.Stat(path)
	if err == nil && info.Size() > math.MaxInt32 {
		return nil, augur.Errorf(augur.FailedPrecondition, "the file has %d bytes; ONNX Runtime reads at most %d of one file", info.Size(), math.MaxInt32)
	}
	// A model of this name has its folder for itself; any other may stand among
	// files that are not its own.
	if filepath.Base(path) == "model.onnx" {
		err = file.CheckExternal(filepath.Dir(path))
	} else {
		err = file.CheckSingle()
	}
	if err != nil {
		return nil, err
	}
	p, err := newPlan(file)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var policy augur.ServingPolicy
	if v != nil {
		policy = v.Policy
	}
	return open(file, path, p, policy)
}

// open makes the session that p plans.
func open(file *onnxfile.File, path string, p *plan, policy augur.ServingPolicy) (_ *Session, err error) {
	threads, limit := max(policy.Threads, 1), policy.MaxBytes
	if limit <= 0 {
		limit = defaultMaxBytes
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "ONNX Runtime gave no session options")
	}
	defer func() { _ = options.Destroy() }()
	for _, set := range []func() error{
		func() error { return options.SetIntraOpNumThreads(threads) },
		func() error { return options.SetInterOpNumThreads(1) },
		// Threads that spin while they wait take the cores of other runs.
		func() error { return options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0") },
		func() error { return options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0") },
	} {
		if err := set(); err != nil {
			return nil, augur.Wrap(augur.Internal, err, "ONNX Runtime refused a session option")
		}
	}
	var raw *ort.DynamicAdvancedSession
	if p.plain() {
		raw, err = ort.NewDynamicAdvancedSession(path, p.inNames, p.outNames, options)
	} else {
		raw, err = openRewritten(file, filepath.Dir(path), p, options)
	}
	if err != nil {
		return nil, loadError(err)
	}
	return newSession(p, raw, limit)
}

// inMemory is the size up to which a rewritten model is handed over as bytes;
// above it goes through a temporary file, so that it is not held twice.
const inMemory = 32 << 20

// openRewritten opens a rewritten model, whose data in other files is in folder.
func openRewritten(file *onnxfile.File, folder string, p *plan, options *ort.SessionOptions) (*ort.DynamicAdvancedSession, error) {
	w, err := file.Rewrite(p.edit)
	if err != nil {
		return nil, err
	}
	if len(file.External) > 0 {
		// Bytes have no folder, in which the runtime would look for them.
		if err := options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder); err != nil {
			return nil, augur.Wrap(augur.Internal, err, "ONNX Runtime refused a session option")
		}
	}
	if w.Size() <= inMemory || len(file.External) > 0 {
		var b bytes.Buffer
		b.Grow(int(w.Size()))
		if _, err := w.WriteTo(&b); err != nil {
			return nil, err
		}
		return ort.NewDynamicAdvancedSessionWithONNXData(b.Bytes(), p.inNames, p.outNames, options)
	}
	// A folder of its own: the runtime may read any file beside a model.
	dir, err := os.MkdirTemp("", "augur-onnx-")
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "no temporary folder for the rewritten model")
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := dir + "/model.onnx"
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "no temporary file for the rewritten model")
	}
	_, err = w.WriteTo(f)
	if closing := f.Close(); err == nil && closing != nil {
		err = augur.Wrap(augur.Internal, closing, "the rewritten model cannot be written")
	}
	if err != nil {
		return nil, err
	}
	return ort.NewDynamicAdvancedSession(path, p.inNames, p.outNames, options)
}

package registry

import (
	"archive/tar"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"augur"
	"augur/onnxfile"
	"augur/registry/blob"
)

// PackModel returns the artifact of a model's file: the file itself or, where it
// names others that hold its tensors, a temporary tar archive of all of them, the
// same bytes each time. remove removes the archive. A file that cannot be read
// as a model is returned as it is: the trial of it says why. The error is
// FailedPrecondition when a model's data is not there or not in its folder.
func PackModel(ctx context.Context, file string) (artifact string, remove func(), err error) {
	model, closer, err := onnxfile.Open(file)
	if err != nil {
		return file, func() {}, nil
	}
	defer func() { _ = closer.Close() }()
	if len(model.External) == 0 {
		return file, func() {}, nil
	}
	folder := filepath.Dir(file)
	if err := model.CheckExternal(folder); err != nil {
		return "", nil, err
	}
	var names []string
	for _, e := range model.External {
		names = append(names, path.Clean(strings.ReplaceAll(e.Location, `\`, "/")))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if slices.Contains(names, blob.ModelFile) {
		return "", nil, augur.Errorf(augur.FailedPrecondition, "its tensors lie in %q, which is the name of the model itself", blob.ModelFile)
	}
	f, err := os.CreateTemp("", "augur-model-*.tar")
	if err != nil {
		return "", nil, augur.Wrap(augur.Internal, err, "no temporary file for the model's archive")
	}
	remove = func() { _ = os.Remove(f.Name()) }
	w := tar.NewWriter(f)
	err = addFile(ctx, w, blob.ModelFile, file)
	for _, name := range names {
		if err == nil {
			err = addFile(ctx, w, name, filepath.Join(folder, filepath.FromSlash(name)))
		}
	}
	for _, closing := range []func() error{w.Close, f.Close} {
		if e := closing(); err == nil {
			err = e
		}
	}
	if err != nil {
		remove()
		return "", nil, augur.Wrap(augur.FailedPrecondition, err, "the model's files cannot be put together: %s", reason(err))
	}
	return f.Name(), remove, nil
}

// addFile adds one file. Nothing of it but its name and bytes is told, so that
// the same model is the same archive everywhere.
func addFile(ctx context.Context, w *tar.Writer, name, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: info.Size(), Mode: 0o644, ModTime: time.Unix(0, 0)}); err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

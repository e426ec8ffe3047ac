package onnxfile

import (
	"os"
	"path/filepath"
	"strings"

	"augur"
)

// External is a tensor whose data lies in another file.
type External struct {
	// Tensor is the tensor's name, often empty inside attributes.
	Tensor string
	// Location is the other file as the model names it, relative to its folder.
	Location string
}

// tensor reads a TensorProto for its reference to another file.
func (m *reader) tensor(body span) error {
	var e External
	found := false
	err := m.each(body, func(fd field) (err error) {
		switch {
		case fd.is(8):
			e.Tensor, err = m.str(fd.body, maxName, "the name of a tensor")
		case fd.num == 14 && fd.typ == 0: // data_location: EXTERNAL
			found = found || fd.val == 1
		case fd.is(13): // external_data
			found = true
			key, value, err := m.pair(fd.body)
			if err != nil {
				return err
			}
			if key == "location" {
				if e.Location != "" { // and who knows which one the runtime takes
					return refuse("%s names its data twice", e.name())
				}
				e.Location = value
			}
		}
		return err
	})
	if err != nil || !found {
		return err
	}
	if m.file.External = append(m.file.External, e); len(m.file.External) > maxExternal {
		return refuse("more than %d of its tensors lie in other files", maxExternal)
	}
	return nil
}

// CheckSingle reports FailedPrecondition when some tensor lies in another
// file, for a model that has none beside it.
func (f *File) CheckSingle() error {
	if len(f.External) == 0 {
		return nil
	}
	e := f.External[0]
	if err := checkLocation(e); err != nil {
		return err
	}
	return refuse("%d of its tensors lie in other files (%s in %q), which did not come with it: push the folder (augur push), upload a tar archive of all of them, or save the model with its data inside",
		len(f.External), e.name(), e.Location)
}

// CheckExternal reports FailedPrecondition when a tensor lies in a file that
// is not inside folder, by its name or through a link, or that is not there.
func (f *File) CheckExternal(folder string) error {
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return augur.Wrap(augur.Internal, err, "the model's folder cannot be read")
	}
	for _, e := range f.External {
		if err := checkLocation(e); err != nil {
			return err
		}
		path, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(e.Location)))
		if err != nil {
			return refuse("%s lies in %q, which is not there", e.name(), e.Location)
		}
		if rel, err := filepath.Rel(root, path); err != nil || !filepath.IsLocal(rel) {
			return refuse("%s lies in %q, which leads out of the model's folder", e.name(), e.Location)
		}
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			return refuse("%s lies in %q, which is not a regular file", e.name(), e.Location)
		}
	}
	return nil
}

// checkLocation refuses a name that points out of the model's folder, whatever
// lies there. Backslashes are separators too, since the runtime may run where
// they are. A name with * may be one by which the runtime means an address in its
// own memory, whatever file there is of that name.
func checkLocation(e External) error {
	slashed := strings.ReplaceAll(e.Location, `\`, "/")
	switch {
	case e.Location == "":
		return refuse("%s lies in another file without a name", e.name())
	case strings.ContainsAny(slashed, "*\x00") || strings.Contains(slashed, "://") || strings.Contains(slashed, ":/"),
		strings.HasPrefix(slashed, "/"), !filepath.IsLocal(filepath.FromSlash(slashed)):
		return refuse("%s names its data by %q: only a name inside the model's own folder is allowed", e.name(), e.Location)
	}
	return nil
}

func (e External) name() string {
	if e.Tensor == "" {
		return "a tensor"
	}
	return "tensor " + e.Tensor
}

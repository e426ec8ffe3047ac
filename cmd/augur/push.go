package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"augur"
	"augur/client"
	"augur/server"
)

// pushCommand registers a version.
type pushCommand struct {
	connection
	Model       string   `name:"model" short:"m" help:"The model; made when there is none of that name. For a directory, what its metadata.json says."`
	Version     string   `name:"version" help:"The version, as in 1.4.0. For a directory, what its metadata.json says."`
	Alias       []string `name:"alias" help:"Point these aliases at the version."`
	Description string   `name:"description" help:"The version's card, in markdown."`
	Framework   string   `name:"framework" help:"What it was trained with."`
	Path        string   `arg:"" help:"An ONNX file, or a directory NAME/VERSION with model.onnx and metadata.json. Files beside it that hold its tensors go with it."`
}

// Run uploads the file unless the server has it, and registers it unless that
// very version is there. Whatever was done before is not done twice, so a push
// that was interrupted is simply repeated.
func (c *pushCommand) Run(t *terminal) error {
	v, err := c.read()
	if err != nil {
		return err
	}
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	if v.create.Digest, v.size, err = digest(v.file); err != nil {
		return err
	}
	if v.stated != "" && v.stated != v.create.Digest {
		return augur.Errorf(augur.InvalidArgument, "%s is not the file that metadata.json speaks of: its digest is %s, not %s", v.file, v.create.Digest, v.stated)
	}
	artifact, remove, err := server.PackModel(t.ctx, v.file)
	if err != nil {
		return err
	}
	defer remove()
	if artifact != v.file { // an archive of the model and its data
		v.file = artifact
		if v.create.Digest, v.size, err = digest(v.file); err != nil {
			return err
		}
	}
	if err := upload(t, api, v, t.stdout); err != nil {
		return err
	}
	if created, err := api.EnsureModel(t.ctx, v.model); err != nil {
		return err
	} else if created {
		_, _ = fmt.Fprintf(t.stdout, "model %s created\n", v.model.Name)
	}
	registered, created, err := register(t, api, v)
	if err != nil {
		return err
	}
	what := "registered"
	if !created {
		what = "is registered already"
	}
	_, _ = fmt.Fprintf(t.stdout, "version %s of %s %s: %s\n", registered.Version, v.model.Name, what, registered.ID)
	if len(v.points) > 0 {
		accepted, _, err := api.LogMetrics(t.ctx, registered.ID, v.points)
		if err != nil {
			return err
		}
		if accepted > 0 {
			_, _ = fmt.Fprintf(t.stdout, "%d metric points logged\n", accepted)
		}
	}
	for _, alias := range c.Alias {
		if err := api.SetAlias(t.ctx, v.model.Name, alias, registered.Version, ""); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(t.stdout, "alias %s set\n", alias)
	}
	_, _ = fmt.Fprintf(t.stdout, "try: augur predict --model %s --version %s --server %s '{…}'\n", v.model.Name, registered.Version, api.URL())
	return nil
}

// register makes the version of the file. A server that had the file may have
// collected it as garbage before the version refers to it: then it is uploaded
// again.
func register(t *terminal, api *client.Client, v *pushed) (registered *client.ModelVersion, created bool, err error) {
	for range 3 {
		registered, created, err = api.CreateVersion(t.ctx, v.create)
		if e := augur.AsError(err); err == nil || e.Code != augur.NotFound || !slices.Contains(e.Field, "digest") {
			break
		}
		if err := upload(t, api, v, t.stdout); err != nil {
			return nil, false, err
		}
	}
	return registered, created, err
}

// pushed is a version on its way.
type pushed struct {
	file string
	size int64
	// stated is what metadata.json says the digest is, "" when it says nothing.
	stated augur.Digest
	model  client.ModelCreateInput
	create client.ModelVersionCreateInput
	points []client.MetricPoint
}

// read finds the file and what is said of it; flags win over metadata.json.
func (c *pushCommand) read() (*pushed, error) {
	info, err := os.Stat(c.Path)
	if err != nil {
		return nil, augur.Errorf(augur.InvalidArgument, "%w", err)
	}
	v := &pushed{file: c.Path}
	if info.IsDir() {
		if v, err = fromFolder(c.Path); err != nil {
			return nil, err
		}
	}
	for _, f := range []struct{ flag, into *string }{
		{&c.Model, &v.create.Model}, {&c.Version, &v.create.Version},
		{&c.Description, &v.create.Description}, {&c.Framework, &v.create.Framework},
	} {
		if *f.flag != "" {
			*f.into = *f.flag
		}
	}
	if v.create.Model == "" || v.create.Version == "" {
		return nil, augur.Errorf(augur.InvalidArgument, "of a file alone nobody knows the model and the version: say --model and --version")
	}
	v.model.Name = v.create.Model
	return v, nil
}

// digest hashes a file at constant memory.
func digest(path string) (augur.Digest, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, augur.Errorf(augur.InvalidArgument, "%w", err)
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return "", 0, augur.Errorf(augur.InvalidArgument, "read %s: %w", path, err)
	}
	return augur.DigestOf(sum.Sum(nil)), n, nil
}

// from opens a file from an offset on.
func from(path string) func(offset int64) (io.ReadCloser, error) {
	return func(offset int64) (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		if _, err := f.Seek(offset, io.SeekStart); err != nil {
			_ = f.Close()
			return nil, err
		}
		return f, nil
	}
}

// upload sends the file, or what the server does not have of it, and says so.
func upload(t *terminal, api *client.Client, v *pushed, say io.Writer) error {
	has, err := api.HasArtifact(t.ctx, v.create.Digest)
	if err != nil || has {
		return err
	}
	p := &progress{w: t.stderr, total: v.size}
	_, err = api.UploadArtifact(t.ctx, v.create.Digest, v.size, from(v.file), p.tell)
	p.end()
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(say, "uploaded %s: %s\n", server.Size(v.size), v.create.Digest)
	return nil
}

// progress rewrites one line of a terminal, a few times a second.
type progress struct {
	w     io.Writer
	total int64
	last  time.Time
	shown bool
}

// tell says how much of a file has been sent.
func (p *progress) tell(sent int64) { p.show(func() string { return bar(sent, p.total) }) }

func (p *progress) show(text func() string) {
	f, ok := p.w.(*os.File)
	if !ok || time.Since(p.last) < 200*time.Millisecond {
		return
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return
	}
	p.last, p.shown = time.Now(), true
	_, _ = fmt.Fprint(f, "\r"+text()+"\033[K")
}

// bar draws how much of a file has been sent.
func bar(done, total int64) string {
	share := min(float64(done)/float64(max(total, 1)), 1)
	return fmt.Sprintf("uploading %s %3.0f %% of %.1f MB", gauge(share), 100*share, float64(total)/1e6)
}

// gauge draws a share, 0 to 1.
func gauge(share float64) string {
	const width = 30
	full := int(min(max(share, 0), 1) * width)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]"
}

func (p *progress) end() {
	if p.shown {
		_, _ = fmt.Fprint(p.w, "\r\033[K")
	}
}

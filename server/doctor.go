package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"augur"
	"augur/inference/onnx"
	"augur/store"
)

// Finding is what Diagnose found of one part.
type Finding struct {
	Name string
	// Detail says what is well; Err what is not, and Advice what to do then.
	Detail string
	Err    error
	Advice string
}

// Text is the one line of a finding.
func (f Finding) Text() string {
	if f.Err == nil {
		return f.Detail
	}
	return augur.AsError(f.Err).Error()
}

// Diagnose checks whether a server with this configuration could start, without
// changing anything.
func Diagnose(ctx context.Context, cfg Config) []Finding {
	return []Finding{
		{Name: "configuration", Detail: "valid", Err: cfg.Validate(), Advice: "augur config shows where each value comes from"},
		diagnoseRuntime(cfg),
		diagnoseDir("data", cfg.Data.Dir, "--data.dir names another directory"),
		diagnoseDir("artifacts", cfg.artifactsDir(), "--artifacts.dir names another directory"),
		diagnoseDatabase(ctx, cfg),
	}
}

func diagnoseRuntime(cfg Config) Finding {
	f := Finding{Name: "onnxruntime", Advice: "make run fetches it; or name an installed libonnxruntime.so with --onnxruntime.lib or AUGUR_ONNXRUNTIME_LIB"}
	c := onnx.Config{LibraryPath: cfg.ONNXRuntime.Lib}.WithDefaults()
	r, err := onnx.New(c)
	if err != nil {
		f.Err = err
		return f
	}
	f.Detail = fmt.Sprintf("%s, from %s", r.Version(), c.LibraryPath)
	f.Err = r.Close()
	return f
}

// diagnoseDir says whether files can be made in dir, or in the nearest
// directory above it that exists.
func diagnoseDir(name, dir, advice string) Finding {
	f := Finding{Name: name, Detail: dir + " can be written", Advice: "give this user the right to write there, or " + advice}
	at := dir
	for {
		info, err := os.Stat(at)
		if err == nil {
			if !info.IsDir() {
				f.Err = augur.Errorf(augur.FailedPrecondition, "%s is not a directory", at)
				return f
			}
			break
		}
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(at) == at {
			f.Err = augur.Errorf(augur.FailedPrecondition, "%w", err)
			return f
		}
		at = filepath.Dir(at)
	}
	if at != dir {
		f.Detail = dir + " will be made"
	}
	trial, err := os.CreateTemp(at, ".augur-doctor-*")
	if err != nil {
		f.Err = augur.Errorf(augur.FailedPrecondition, "%w", err)
		return f
	}
	f.Err = errors.Join(trial.Close(), os.Remove(trial.Name()))
	return f
}

func diagnoseDatabase(ctx context.Context, cfg Config) Finding {
	f := Finding{Name: "database", Advice: "check database.url (AUGUR_DATABASE_URL), and that the database runs"}
	c := cfg.store(nil)
	where := mask(c.URL)
	if path, ok := strings.CutPrefix(where, "sqlite://"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			f.Detail = path + " will be made"
			return f
		}
	}
	c.RefuseMigration = true
	db, err := store.Open(ctx, c)
	switch {
	case err == nil:
		f.Detail = where + " opens"
		f.Err = db.Close()
	case augur.CodeOf(err) == augur.FailedPrecondition && cfg.Database.Migrate && strings.Contains(augur.AsError(err).Message, "lacks the migrations"):
		f.Detail = where + " opens; it will be brought up to date at start"
	default:
		f.Err = err
	}
	return f
}

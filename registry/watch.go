package registry

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"augur"
)

// retryImport is how long a folder that failed for a reason outside of it rests.
const retryImport = time.Minute

// Watcher imports what appears in a directory of models. It looks at the names,
// sizes and times of files, and at nothing else until a folder has stayed the
// same for a while; that works on mounted volumes too, which tell nobody of
// changes.
type Watcher struct {
	registry *Registry
	dir      string
	settle   time.Duration

	// seen and latest are Look's alone: each version's folder and each model's
	// link latest as they were.
	seen   map[string]*seenFolder
	latest map[string]string

	mu    sync.Mutex // guards what follows
	wrong map[string]error
}

// seenFolder is a version's folder as it was when Look saw it last.
type seenFolder struct {
	looks string
	// since is when it began to look like that.
	since time.Time
	// done says that it was imported looking like that, and outcome what came of it.
	done    bool
	outcome Outcome
}

// Watch returns a watcher of a directory as Import reads it. A folder is
// imported when it has looked the same for as long as settle.
func (r *Registry) Watch(dir string, settle time.Duration) *Watcher {
	return &Watcher{registry: r, dir: dir, settle: settle, latest: map[string]string{}, wrong: map[string]error{}}
}

// Look imports the folders that are new or have changed since, and have
// settled at that instant, as Import does; the first Look goes by the times of
// their files. The report has what it imported or could not. A folder that
// failed is tried again when it changes; one without a model.onnx waits. The
// errors are those of Import. Look is called from one goroutine at a time.
func (w *Watcher) Look(ctx context.Context, at time.Time) (ImportReport, error) {
	found, err := findModels(w.dir)
	if err != nil {
		return ImportReport{}, err
	}
	ripe := w.notice(found, at)
	if len(ripe) == 0 && !w.moved(found) {
		return ImportReport{}, nil
	}
	report, err := w.registry.importFound(augur.WithPrincipal(ctx, augur.System()), found)
	if err != nil {
		return ImportReport{}, err
	}
	for _, m := range found {
		w.latest[m.path] = m.latest
		for _, c := range m.candidates {
			if m.latest == c.version && c.outcome == Waiting {
				delete(w.latest, m.path) // and is followed when it has settled
			}
		}
	}
	var told ImportReport
	for _, v := range report.Versions {
		s := ripe[v.Path]
		switch {
		case s == nil && filepath.Base(v.Path) != augur.Latest: // it was not looked at
		case s == nil && w.knows(v): // the link is as wrong as before
		default:
			told.Versions = append(told.Versions, v)
		}
		if s == nil {
			continue
		}
		s.done, s.outcome = true, v.Outcome
		if code := augur.CodeOf(v.Err); v.Outcome == Failed && (code.Retryable() || code == augur.FailedPrecondition || code == augur.Internal) {
			s.done, s.since = false, at.Add(retryImport-w.settle)
		}
	}
	w.note(report, ripe)
	return told, nil
}

// notice compares the folders with what they were, and returns those that are
// to be imported by their paths. It decides for the others, so that they are
// left alone.
func (w *Watcher) notice(found []*modelFolder, at time.Time) map[string]*seenFolder {
	ripe := map[string]*seenFolder{}
	seen := map[string]*seenFolder{}
	for _, m := range found {
		for _, c := range m.candidates {
			looks, newest, whole := looksOf(c.path)
			s := w.seen[c.path]
			if s == nil || s.looks != looks {
				s = &seenFolder{looks: looks, since: at}
				if w.seen == nil && newest.Before(at) {
					s.since = newest
				}
			}
			seen[c.path] = s
			switch {
			case s.done && s.outcome == Imported:
				c.decided = Present
			case s.done:
				c.decided, c.err = s.outcome, nil
			case whole && at.Sub(s.since) >= w.settle:
				ripe[c.path] = s
			default:
				c.decided, c.err = Waiting, nil
			}
		}
	}
	w.seen = seen
	w.forget(found)
	return ripe
}

// moved says whether a link latest names another version than it did.
func (w *Watcher) moved(found []*modelFolder) bool {
	return slices.ContainsFunc(found, func(m *modelFolder) bool {
		was, known := w.latest[m.path]
		at := slices.IndexFunc(m.candidates, func(c *candidate) bool { return c.version == m.latest })
		return (!known || was != m.latest) && (at < 0 || m.candidates[at].decided != Waiting)
	})
}

// knows says whether the same is known to be wrong already.
func (w *Watcher) knows(v ImportedVersion) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.wrong[v.Path]
	return was != nil && v.Err != nil && was.Error() == v.Err.Error()
}

// forget drops what was wrong with folders and models that are gone.
func (w *Watcher) forget(found []*modelFolder) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path := range w.wrong {
		_, there := w.seen[path]
		link := slices.ContainsFunc(found, func(m *modelFolder) bool { return path == filepath.Join(m.path, augur.Latest) })
		if !there && !link {
			delete(w.wrong, path)
		}
	}
}

// note remembers what is wrong with which folder or link, and forgets what has
// been put right: a folder that was read again, a link that was followed.
func (w *Watcher) note(report ImportReport, ripe map[string]*seenFolder) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path := range w.wrong {
		if ripe[path] != nil || filepath.Base(path) == augur.Latest {
			delete(w.wrong, path)
		}
	}
	for _, v := range report.Versions {
		if v.Outcome == Failed && v.Err != nil {
			w.wrong[v.Path] = v.Err
		}
	}
}

// Err says which folders cannot be imported and why; nil when all can.
func (w *Watcher) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.wrong) == 0 {
		return nil
	}
	var lines []string
	for path, err := range w.wrong {
		lines = append(lines, path+": "+augur.AsError(err).Message)
	}
	slices.Sort(lines)
	if more := len(lines) - 10; more > 0 {
		lines = append(lines[:10], fmt.Sprintf("and %d more", more))
	}
	return augur.Errorf(augur.FailedPrecondition, "not imported: %s", strings.Join(lines, "; "))
}

// looksOf says what a folder looks like: the names, sizes and times of what is
// in it. newest is the latest of the times, and whole says that there is a
// model.onnx with something in it.
func looksOf(path string) (looks string, newest time.Time, whole bool) {
	var b strings.Builder
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a walk does not follow the link that it begins with
	}
	_ = filepath.WalkDir(path, func(p string, _ fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // what cannot be read fails when it is imported
		}
		info, err := os.Stat(p) // and not Lstat: mounted volumes are full of links
		if err != nil {
			return nil //nolint:nilerr // it is gone again
		}
		_, _ = fmt.Fprintf(&b, "%s\x00%d\x00%d\n", p, info.Size(), info.ModTime().UnixNano()) // a Builder never fails
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		if p == filepath.Join(path, "model.onnx") {
			whole = info.Size() > 0 || !info.Mode().IsRegular()
		}
		return nil
	})
	return b.String(), newest, whole
}

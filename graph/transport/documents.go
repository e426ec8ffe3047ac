package transport

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// DocumentMode is what is done about trusted documents.
type DocumentMode string

// The modes.
const (
	// DocumentsOff knows none.
	DocumentsOff DocumentMode = "off"
	// DocumentsPrefer knows those of the manifest and takes others too.
	DocumentsPrefer DocumentMode = "prefer"
	// DocumentsOnly takes no others.
	DocumentsOnly DocumentMode = "only"
)

// Documents are what clients may name instead of sending: trusted documents,
// which a manifest lists and limits of shape do not bound, and the queries that
// clients themselves have sent before with their hash (Apollo's automatic
// persisted queries), which are treated as if they were sent again.
type Documents struct {
	mode    DocumentMode
	path    string
	log     *slog.Logger
	trusted atomic.Pointer[manifest]
	checked atomic.Int64 // when the manifest's file was last looked at, in Unix nanoseconds

	max  int
	mu   sync.Mutex // guards what follows
	sent map[string]string
	size int
}

// manifest is one state of the file.
type manifest struct {
	byID   map[string]string
	byText map[string]bool
	time   time.Time
	size   int64
}

// recheck is how often the manifest's file is looked at, when requests come.
const recheck = time.Second

// NewDocuments reads the manifest where the mode asks for one, and keeps at most
// so many bytes of the queries that clients send with their hash; zero keeps
// none. The error is InvalidArgument.
func NewDocuments(mode DocumentMode, path string, maxBytes int, log *slog.Logger) (*Documents, error) {
	d := &Documents{mode: mode, path: path, log: log, max: maxBytes, sent: map[string]string{}}
	if mode == DocumentsOff || mode == "" {
		return d, nil
	}
	m, err := readManifest(path)
	if err != nil {
		return nil, err
	}
	d.trusted.Store(m)
	d.checked.Store(time.Now().UnixNano())
	return d, nil
}

// readManifest reads Apollo's form, {"format": "apollo-persisted-query-manifest",
// "operations": [{"id", "body"}]}, or an object of id and text, as Relay and
// graphql-codegen write it.
func readManifest(path string) (*manifest, error) {
	wrong := func(err error) error {
		return augur.Wrap(augur.InvalidArgument, err, "%s: expected a manifest of documents: {id: text}, or {operations: [{id, body}]}", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, augur.Wrap(augur.InvalidArgument, err, "the manifest of documents cannot be read")
	}
	m := &manifest{byID: map[string]string{}, byText: map[string]bool{}}
	if info, err := os.Stat(path); err == nil {
		m.time, m.size = info.ModTime(), info.Size()
	}
	var apollo struct {
		Format     string
		Operations []struct{ ID, Body string }
	}
	if json.Unmarshal(text, &apollo) == nil && apollo.Operations != nil {
		for _, op := range apollo.Operations {
			m.byID[op.ID] = op.Body
		}
	} else if err := json.Unmarshal(text, &m.byID); err != nil {
		return nil, wrong(err)
	}
	for id, body := range m.byID {
		if id == "" || body == "" {
			return nil, wrong(nil)
		}
		m.byText[body] = true
	}
	return m, nil
}

// current is the manifest, read again when its file has changed. One that cannot
// be read leaves the last one standing.
func (d *Documents) current() *manifest {
	m := d.trusted.Load()
	now, last := time.Now().UnixNano(), d.checked.Load()
	if m == nil || now-last < int64(recheck) || !d.checked.CompareAndSwap(last, now) {
		return m
	}
	info, err := os.Stat(d.path)
	if err != nil || info.ModTime().Equal(m.time) && info.Size() == m.size {
		return m
	}
	read, err := readManifest(d.path)
	if err != nil {
		d.log.Error("the manifest of trusted documents is not read again", "error", err)
		return m
	}
	d.log.Info("trusted documents read again", "documents", len(read.byID))
	d.trusted.Store(read)
	return read
}

// find gives params the text of the document that a request names, and says
// whether it is a trusted one. d may be nil: nothing is known.
func (d *Documents) find(params *graphql.RawParams, documentID string) (trusted bool, refused *gqlerror.Error) {
	hash, refused := hashOf(params.Extensions)
	if refused != nil {
		return false, refused
	}
	if d == nil {
		d = &Documents{}
	}
	m := d.current()
	if m != nil {
		for _, id := range []string{documentID, hash} {
			text, ok := m.byID[id]
			switch {
			case id == "" || !ok:
			case params.Query != "" && params.Query != text:
				return false, refuse(nil, augur.InvalidArgument, "query: not the text of the trusted document that the request names")
			default:
				params.Query = text
				return true, nil
			}
		}
		if m.byText[params.Query] {
			return true, nil
		}
	}
	switch {
	case d.mode == DocumentsOnly:
		return false, refuse(nil, augur.PermissionDenied, "only trusted documents are accepted: graphql.documents lists them")
	case documentID != "":
		return false, refuse(nil, augur.NotFound, "documentId: there is no trusted document of this id")
	case hash == "":
		return false, nil
	case d.max == 0:
		return false, refuse(nil, codeNotSupported, "PersistedQueryNotSupported")
	case params.Query == "":
		if params.Query = d.recall(hash); params.Query == "" {
			return false, refuse(nil, codeNotFound, "PersistedQueryNotFound")
		}
	default:
		if sum := sha256.Sum256([]byte(params.Query)); hex.EncodeToString(sum[:]) != hash {
			return false, refuse(nil, augur.InvalidArgument, "extensions.persistedQuery.sha256Hash: not the hash of query")
		}
		d.keep(hash, params.Query)
	}
	return false, nil
}

// hashOf is the hash that a request names its query by; "" where it does not.
func hashOf(extensions map[string]any) (string, *gqlerror.Error) {
	persisted, ok := extensions["persistedQuery"].(map[string]any)
	if !ok {
		return "", nil
	}
	if version, ok := persisted["version"].(json.Number); !ok || version != "1" {
		return "", refuse(nil, augur.InvalidArgument, "extensions.persistedQuery.version: expected 1")
	}
	hash, ok := persisted["sha256Hash"].(string)
	if !ok || hash == "" {
		return "", refuse(nil, augur.InvalidArgument, "extensions.persistedQuery.sha256Hash: expected a hash")
	}
	return hash, nil
}

func (d *Documents) recall(hash string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sent[hash]
}

// keep keeps a query for its hash. When there is no room, any others go: a
// client that is told NOT_FOUND sends its query once more.
func (d *Documents) keep(hash, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	cost := len(hash) + len(text)
	if _, known := d.sent[hash]; known || cost > d.max {
		return
	}
	for other, text := range d.sent {
		if d.size+cost <= d.max {
			break
		}
		d.size -= len(other) + len(text)
		delete(d.sent, other)
	}
	d.sent[hash] = text
	d.size += cost
}

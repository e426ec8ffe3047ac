package onnxfile

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"augur"
)

// File is what an ONNX file says about its model. It is immutable.
type File struct {
	// Signature has the inputs and outputs in the order of the file, and no
	// features. An input is Optional when the file gives it a default that a
	// caller may override (an initializer, from IR version 4 on).
	Signature *augur.Signature
	IRVersion int64
	// Producer is the program that wrote the file, "skl2onnx 1.14.0".
	Producer string
	// Opsets gives the version of each operator set; the default domain is
	// written "ai.onnx".
	Opsets map[string]int64
	// Domain and Description are the model's own, in reverse-DNS form and prose.
	Domain, Description string
	// Metadata are the free properties of the file (metadata_props).
	Metadata map[string]string
	// Operators are the operators of the graph, its subgraphs and functions,
	// each once, by domain and name.
	Operators []Operator
	// External names the files beside this one that hold some of its tensors.
	External []External
	// ZipMaps are the outputs that a ZipMap makes and nothing else reads.
	ZipMaps []ZipMap

	r      io.ReaderAt
	size   int64
	graph  layout
	random bool
}

// Operator is one kind of operator; the default domain is "ai.onnx".
type Operator struct{ Domain, Type string }

// String writes the operator as ai.onnx.ml:ZipMap, without the default domain.
func (o Operator) String() string {
	if o.Domain == defaultDomain {
		return o.Type
	}
	return o.Domain + ":" + o.Type
}

const defaultDomain = "ai.onnx"

// domain gives the default operator domain its one name.
func domain(s string) string {
	if s == "" {
		return defaultDomain
	}
	return s
}

// Open reads the file at path. The file stays open for Rewrite until Close.
func Open(path string) (f *File, closer io.Closer, err error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, nil, augur.Wrap(augur.Internal, err, "the file cannot be opened")
	}
	info, err := r.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = refuse("not a regular file")
	}
	if err == nil {
		f, err = Read(r, info.Size())
	}
	if err != nil {
		_ = r.Close()
		return nil, nil, err
	}
	return f, r, nil
}

// Read reads what the size bytes of r say about their model; weights are
// skipped. r must stay readable for as long as Rewrite or Default is called on
// the result. The error is FailedPrecondition for anything that is not a
// complete ONNX model: not ONNX at all, truncated, or above the limits of this
// package. That the operators exist and fit together is for the runtime to say.
func Read(r io.ReaderAt, size int64) (*File, error) {
	m := &reader{
		scanner: scanner{r: r, size: size},
		file: &File{
			Signature: &augur.Signature{Inputs: []augur.Spec{}, Outputs: []augur.Spec{}, Features: []augur.Feature{}},
			Opsets:    map[string]int64{}, Metadata: map[string]string{}, r: r, size: size,
		},
		operators: map[Operator]bool{},
		initial:   map[string]field{},
	}
	if err := m.model(); err != nil {
		if _, ok := errors.AsType[*augur.Error](err); !ok { // the bytes do not parse
			err = m.blame(err)
		}
		return nil, err
	}
	f := m.file
	f.Operators = slices.SortedFunc(maps.Keys(m.operators), func(a, b Operator) int {
		return strings.Compare(a.String(), b.String())
	})
	return f, nil
}

// reader is the state of one Read.
type reader struct {
	scanner
	file      *File
	operators map[Operator]bool
	initial   map[string]field // the initializers of the top graph, by name
	last      Operator         // of the node read last, its subgraphs aside
	zipmaps   []ZipMap
	zipspans  []span
	nodes     int
	graphs    int // top graphs seen
	depth     int
}

// model reads the outermost message, ModelProto.
func (m *reader) model() error {
	f := m.file
	var producer, version string
	err := m.each(span{0, m.size}, func(fd field) (err error) {
		switch {
		case fd.num == 1 && fd.typ == 0:
			f.IRVersion = int64(fd.val)
		case fd.is(2):
			producer, err = m.str(fd.body, maxName, "the producer's name")
		case fd.is(3):
			version, err = m.str(fd.body, maxName, "the producer's version")
		case fd.is(4):
			f.Domain, err = m.str(fd.body, maxName, "the model's domain")
		case fd.is(6):
			f.Description, err = m.prose(fd.body, "the description")
		case fd.is(7):
			if m.graphs++; m.graphs > 1 {
				return refuse("it has more than one main graph")
			}
			f.graph.tag, f.graph.body = fd.tag, fd.body
			err = m.top(fd.body)
		case fd.is(8):
			err = m.opset(fd.body)
		case fd.is(14):
			err = m.property(fd.body)
		case fd.is(20): // training_info: its graphs may name external files too
			err = m.each(fd.body, func(g field) error {
				if g.is(1) || g.is(2) {
					return m.nested(g.body)
				}
				return nil
			})
		case fd.is(25):
			err = m.function(fd.body)
		}
		return err
	})
	if err != nil {
		return err
	}
	f.Producer = strings.TrimSpace(producer + " " + version)
	switch {
	case m.graphs == 0:
		return m.blame(errPast)
	case f.IRVersion == 0:
		return refuse("not an ONNX file: it has no IR version")
	case len(f.Opsets) == 0:
		return refuse("truncated or incomplete: it names no operator set (opset_import)")
	}
	return m.ends()
}

func (m *reader) opset(body span) error {
	var name string
	var version int64
	err := m.each(body, func(fd field) (err error) {
		switch {
		case fd.is(1):
			name, err = m.str(fd.body, maxName, "the name of an operator set")
		case fd.num == 2 && fd.typ == 0:
			version = int64(fd.val)
		}
		return err
	})
	m.file.Opsets[domain(name)] = version
	if len(m.file.Opsets) > maxOperators {
		return refuse("it names more than %d operator sets", maxOperators)
	}
	return err
}

func (m *reader) property(body span) error {
	key, value, err := m.pair(body)
	if err != nil {
		return err
	}
	m.file.Metadata[key] = value
	if len(m.file.Metadata) > maxMetadata {
		return refuse("it has more than %d metadata properties", maxMetadata)
	}
	return nil
}

// pair reads a StringStringEntryProto.
func (m *reader) pair(body span) (key, value string, err error) {
	err = m.each(body, func(fd field) (err error) {
		switch {
		case fd.is(1):
			key, err = m.prose(fd.body, "the key of a property")
		case fd.is(2):
			value, err = m.prose(fd.body, "a metadata property")
		}
		return err
	})
	return key, value, err
}

// blame says in a person's words why the bytes are no ONNX model.
func (m *reader) blame(cause error) error {
	if m.size == 0 {
		return refuse("the file is empty")
	}
	head, err := m.peek(0, 64)
	if err != nil {
		return err
	}
	for _, k := range []struct{ magic, is string }{
		{"version https://git-lfs", "it is a Git LFS pointer; fetch the file itself (git lfs pull)"},
		{"PK\x03\x04", "it is a zip archive (a PyTorch or Keras file?); export it to ONNX first"},
		{"\x80\x02", "it is a Python pickle; export it to ONNX first"},
		{"\x80\x03", "it is a Python pickle; export it to ONNX first"},
		{"\x80\x04", "it is a Python pickle; export it to ONNX first"},
		{"\x80\x05", "it is a Python pickle; export it to ONNX first"},
		{"\x89HDF", "it is an HDF5 file (Keras?); export it to ONNX first"},
		{"\x1f\x8b", "it is compressed with gzip; decompress it first"},
		{"{", "it looks like JSON text"},
		{"<", "it looks like HTML or XML text"},
	} {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return refuse("not an ONNX file: %s", k.is)
		}
	}
	if len(head) >= 8 && string(head[4:8]) == "ORTM" {
		return refuse("not an ONNX file: it is in ONNX Runtime's own format (.ort); use the .onnx file that it was made from")
	}
	switch {
	case m.file.IRVersion == 0 || m.file.IRVersion > 1<<16:
		return refuse("not an ONNX file: its bytes are no ONNX model")
	case errors.Is(cause, errPast) && m.graphs == 0:
		return refuse("truncated: its %d bytes end before the graph does", m.size)
	default:
		return refuse("truncated or damaged: %v", cause)
	}
}

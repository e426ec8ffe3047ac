package onnxfile

import (
	"slices"
	"strings"

	"augur"
)

// layout is where the parts of the top graph lie, for Rewrite.
type layout struct {
	tag             int64 // where the graph's field begins
	body            span
	inputs, outputs []end
	zipmaps         []span // nodes with their tags, in the order of File.ZipMaps
}

// end is one input or output of the top graph: a ValueInfoProto.
type end struct {
	spec augur.Spec
	// whole is the field with its tag.
	whole span
	// initial is the initializer of an Optional input, initialWhole with its tag.
	initial, initialWhole span
	sparse                bool // initial is a SparseTensorProto
}

// top reads the main graph.
func (m *reader) top(body span) error {
	g := &m.file.graph
	return m.walk(body, func(fd field) (err error) {
		switch {
		case fd.is(5), fd.is(15): // initializer, sparse_initializer
			name, err := m.tensorName(fd)
			if err != nil {
				return err
			}
			m.initial[name] = fd
			if len(m.initial) > maxNames {
				return refuse("it has more than %d initializers", maxNames)
			}
		case fd.is(1):
			return m.zipMap(fd)
		case fd.is(11):
			g.inputs, err = m.addEnd(g.inputs, fd, "input")
		case fd.is(12):
			g.outputs, err = m.addEnd(g.outputs, fd, "output")
		}
		return err
	})
}

// nested reads a subgraph: only its operators and external files matter.
func (m *reader) nested(body span) error { return m.walk(body, nil) }

// walk reads what matters of a graph at any depth, and hands each of its
// fields to also where that is not nil.
func (m *reader) walk(body span, also func(field) error) error {
	if m.depth++; m.depth > maxNesting {
		return refuse("its graphs are nested more than %d deep", maxNesting)
	}
	defer func() { m.depth-- }()
	return m.each(body, func(fd field) (err error) {
		switch {
		case fd.is(1):
			err = m.node(fd.body)
		case fd.is(5):
			err = m.tensor(fd.body)
		case fd.is(15):
			err = m.sparse(fd.body)
		}
		if err == nil && also != nil {
			err = also(fd)
		}
		return err
	})
}

// function reads a FunctionProto, which is a graph under other field numbers.
func (m *reader) function(body span) error {
	return m.each(body, func(fd field) error {
		switch {
		case fd.is(7):
			return m.node(fd.body)
		case fd.is(11):
			return m.attribute(fd.body)
		}
		return nil
	})
}

// node reads an operator with what its attributes hold.
func (m *reader) node(body span) error {
	if m.nodes++; m.nodes > maxNodes {
		return refuse("it has more than %d nodes", maxNodes)
	}
	op := Operator{Domain: defaultDomain}
	err := m.each(body, func(fd field) (err error) {
		switch {
		case fd.is(4):
			op.Type, err = m.str(fd.body, maxName, "the name of an operator")
		case fd.is(7):
			op.Domain, err = m.str(fd.body, maxName, "the domain of an operator")
			op.Domain = domain(op.Domain)
		case fd.is(5):
			err = m.attribute(fd.body)
		}
		return err
	})
	if err != nil {
		return err
	}
	m.operators[op], m.last = true, op
	if len(m.operators) > maxOperators {
		return refuse("it uses more than %d kinds of operator", maxOperators)
	}
	return m.chance(op, body)
}

// attribute reads an AttributeProto for the tensors and graphs inside it.
func (m *reader) attribute(body span) error {
	return m.fieldsOf(body, true, func(fd field) error {
		switch {
		case fd.is(5), fd.is(10): // t, tensors
			return m.tensor(fd.body)
		case fd.is(6), fd.is(11): // g, graphs
			return m.nested(fd.body)
		case fd.is(22), fd.is(23): // sparse_tensor, sparse_tensors
			return m.sparse(fd.body)
		}
		return nil
	})
}

// sparse reads a SparseTensorProto: two tensors.
func (m *reader) sparse(body span) error {
	return m.each(body, func(fd field) error {
		if fd.is(1) || fd.is(2) {
			return m.tensor(fd.body)
		}
		return nil
	})
}

// tensorName reads the name of an initializer; a sparse one has that of its values.
func (m *reader) tensorName(fd field) (name string, err error) {
	body := fd.body
	if fd.num == 15 {
		err = m.each(fd.body, func(fd field) error {
			if fd.is(1) {
				body = fd.body
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	err = m.each(body, func(fd field) (err error) {
		if fd.is(8) {
			name, err = m.str(fd.body, maxName, "the name of an initializer")
		}
		return err
	})
	return name, err
}

// addEnd reads a ValueInfoProto of the top graph.
func (m *reader) addEnd(ends []end, fd field, what string) ([]end, error) {
	e := end{whole: span{fd.tag, fd.body.end}}
	e.spec.Type.Kind = augur.KindTensor
	err := m.each(fd.body, func(f field) (err error) {
		switch {
		case f.is(1):
			e.spec.Name, err = m.str(f.body, maxName, "the name of an "+what)
		case f.is(2):
			e.spec.Type, err = m.typ(f.body, 0)
		case f.is(3):
			e.spec.Description, err = m.prose(f.body, "the description of an "+what)
		}
		return err
	})
	switch {
	case err != nil:
		return ends, err
	case e.spec.Name == "":
		return ends, refuse("%s %d has no name", what, len(ends))
	case strings.ContainsRune(e.spec.Name, 0):
		return ends, refuse("the name of %s %d has a NUL character in it", what, len(ends))
	case len(ends) >= maxEnds:
		return ends, refuse("it has more than %d %ss", maxEnds, what)
	}
	return append(ends, e), nil
}

// ends settles the signature once the whole graph has been seen, since the
// parts of a message come in any order.
func (m *reader) ends() error {
	f := m.file
	for _, side := range []struct {
		what string
		ends []end
	}{{"input", f.graph.inputs}, {"output", f.graph.outputs}} {
		seen := make(map[string]bool, len(side.ends))
		for _, e := range side.ends {
			if seen[e.spec.Name] {
				return refuse("two of its %ss are named %q", side.what, e.spec.Name)
			}
			seen[e.spec.Name] = true
		}
	}
	for i := range f.graph.inputs {
		e := &f.graph.inputs[i]
		var tensor field
		if tensor, e.spec.Optional = m.initial[e.spec.Name]; e.spec.Optional {
			e.initial, e.initialWhole = tensor.body, span{tensor.tag, tensor.body.end}
			e.sparse = tensor.num == 15
		}
		// Before IR version 4 every initializer had to stand among the inputs
		// too; the runtime takes those as constants, so they are no inputs.
		if !e.spec.Optional || f.IRVersion >= 4 {
			f.Signature.Inputs = append(f.Signature.Inputs, e.spec)
		}
	}
	for _, e := range f.graph.outputs {
		f.Signature.Outputs = append(f.Signature.Outputs, e.spec)
	}
	if len(f.Signature.Outputs) == 0 {
		return refuse("the graph has no outputs, so it cannot answer anything")
	}
	return m.settleZipMaps()
}

// isSource says whether name is an input or an initializer of the top graph.
func (m *reader) isSource(name string) bool {
	_, initial := m.initial[name]
	return initial || slices.ContainsFunc(m.file.graph.inputs, func(e end) bool { return e.spec.Name == name })
}

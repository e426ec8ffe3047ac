package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"augur"

	"github.com/vektah/gqlparser/v2/ast"
)

// body is a request as it stands in JSON. Variables are read when the document
// that says their types is known.
type body struct {
	query, operationName, documentID string
	variables                        json.RawMessage
	extensions                       map[string]any
}

// readBody reads the JSON of a POST. The status is for the error.
func (h HTTP) readBody(w http.ResponseWriter, r *http.Request) (body, int, error) {
	media, args, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != mediaJSON {
		return body{}, http.StatusUnsupportedMediaType, augur.Errorf(augur.InvalidArgument, "Content-Type: expected %s", mediaJSON)
	}
	if charset := args["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return body{}, http.StatusUnsupportedMediaType, augur.Errorf(augur.InvalidArgument, "Content-Type: expected the charset utf-8")
	}
	limit := orDefault(h.MaxBody, 32<<20)
	if r.ContentLength > limit { // no byte of it need be read
		return body{}, http.StatusRequestEntityTooLarge, tooLarge(limit)
	}
	text, err := h.readAll(http.MaxBytesReader(w, r.Body, limit), r.ContentLength)
	switch _, large := errors.AsType[*http.MaxBytesError](err); {
	case large:
		return body{}, http.StatusRequestEntityTooLarge, tooLarge(limit)
	case augur.CodeOf(err) == augur.InvalidArgument:
		return body{}, http.StatusRequestEntityTooLarge, err
	case err != nil:
		return body{}, http.StatusBadRequest, augur.Errorf(augur.InvalidArgument, "the body could not be read")
	}
	b, err := parseBody(text)
	return b, http.StatusBadRequest, err
}

func tooLarge(limit int64) error {
	return augur.Errorf(augur.InvalidArgument, "the body is larger than %d bytes", limit)
}

// readAll reads to the end. A body that begins with a query beyond the limit is
// refused before the rest of it takes memory: only variables may be that large.
func (h HTTP) readAll(r io.Reader, size int64) ([]byte, error) {
	most := int64(orDefault(h.MaxQuery, 64<<10)) * 6 // every byte may be written as \u00XX
	var buf bytes.Buffer
	if size > 0 {
		buf.Grow(int(min(size, most)) + 2*bytes.MinRead)
	}
	if _, err := buf.ReadFrom(io.LimitReader(r, most+1)); err != nil {
		return nil, err
	}
	if int64(buf.Len()) <= most {
		return buf.Bytes(), nil
	}
	if unfinishedQuery(buf.Bytes()) {
		return nil, queryTooLong(int(most / 6))
	}
	if size > 0 {
		buf.Grow(max(int(size)-buf.Len(), 0) + bytes.MinRead)
	}
	_, err := buf.ReadFrom(r)
	return buf.Bytes(), err
}

// unfinishedQuery says whether the text, cut off somewhere, ends within its query.
func unfinishedQuery(text []byte) bool {
	s := augur.NewScanner(text)
	for more := s.OpenObject(); more; more = s.NextMember() {
		if query := string(s.Key()) == "query"; query && s.Kind() == augur.JSONString {
			rest := text[s.Offset()+1:]
			for i := 0; ; i++ {
				if i >= len(rest) {
					return true
				}
				if rest[i] == '\\' {
					i++
				} else if rest[i] == '"' {
					break
				}
			}
		}
		s.Skip()
	}
	return false
}

func queryTooLong(most int) error {
	return augur.Errorf(augur.InvalidArgument, "query: at most %d bytes are accepted; send data as variables", most)
}

// parseBody reads the members of a request.
func parseBody(text []byte) (body, error) {
	var b body
	s := augur.NewScanner(text)
	for more := s.OpenObject(); more; more = s.NextMember() {
		switch key := string(s.Key()); {
		case s.Kind() == augur.JSONNull:
			s.Null()
		case key == "query":
			b.query = s.Text()
		case key == "operationName":
			b.operationName = s.Text()
		case key == "documentId":
			b.documentID = s.Text()
		case key == "variables":
			if s.Kind() != augur.JSONObject {
				return b, malformed()
			}
			b.variables = s.Skip()
		case key == "extensions":
			if s.Kind() != augur.JSONObject {
				return b, malformed()
			}
			b.extensions, _ = anyValue(&s).(map[string]any)
		default:
			s.Skip()
		}
	}
	if s.End() != nil {
		return b, malformed()
	}
	return b, nil
}

func malformed() error {
	return augur.Errorf(augur.InvalidArgument, "a request must be a JSON object with query, and optionally operationName, variables, extensions and documentId")
}

// anyValue reads a value as encoding/json does into an any, numbers as json.Number.
func anyValue(s *augur.Scanner) any {
	switch s.Kind() {
	case augur.JSONObject:
		object := map[string]any{}
		for more := s.OpenObject(); more; more = s.NextMember() {
			key := string(s.Key())
			object[key] = anyValue(s)
		}
		return object
	case augur.JSONArray:
		list := []any{}
		for more := s.OpenArray(); more; more = s.NextElement() {
			list = append(list, anyValue(s))
		}
		return list
	case augur.JSONString:
		return s.Text()
	case augur.JSONNumber:
		return json.Number(s.Skip())
	case augur.JSONBool:
		return s.Bool()
	default:
		s.Null()
		return nil
	}
}

// variables reads the variables of an operation. Where the operation is known,
// values of the scalars that are read as text (raw) are left as they are: a
// tensor is scanned once, into its typed memory, and never becomes a tree.
func (h HTTP) variables(text []byte, op *ast.OperationDefinition) (map[string]any, error) {
	if len(text) == 0 {
		return nil, nil
	}
	s := augur.NewScanner(text)
	out := map[string]any{}
	for more := s.OpenObject(); more; more = s.NextMember() {
		name := string(s.Key())
		var t *ast.Type
		if op != nil {
			if v := op.VariableDefinitions.ForName(name); v != nil {
				t = v.Type
			}
		}
		out[name] = h.typed(&s, t)
	}
	if err := s.End(); err != nil {
		return nil, augur.Errorf(augur.InvalidArgument, "variables: expected a JSON object")
	}
	return out, nil
}

// typed reads a value of a type of the schema, of any when it is nil. What does
// not fit its type is read as it is: gqlparser refuses it with the place.
func (h HTTP) typed(s *augur.Scanner, t *ast.Type) any {
	kind := s.Kind()
	if t == nil || h.Schema == nil || kind == augur.JSONNull {
		return anyValue(s)
	}
	if t.Elem != nil {
		if kind != augur.JSONArray {
			value := h.typed(s, t.Elem)
			if _, text := value.(json.RawMessage); text {
				// A single value stands for a list of one, and gqlparser would take
				// text for a list of bytes.
				return []any{value}
			}
			return value
		}
		list := []any{}
		for more := s.OpenArray(); more; more = s.NextElement() {
			list = append(list, h.typed(s, t.Elem))
		}
		return list
	}
	def := h.Schema.Types[t.NamedType]
	switch {
	case def == nil:
		return anyValue(s)
	case def.Kind == ast.Scalar && h.Raw[def.Name]:
		return json.RawMessage(s.Skip())
	case def.Kind != ast.InputObject || kind != augur.JSONObject:
		return anyValue(s)
	}
	object := make(map[string]any, 4)
	for more := s.OpenObject(); more; more = s.NextMember() {
		name := string(s.Key())
		var of *ast.Type
		if f := def.Fields.ForName(name); f != nil {
			of = f.Type
		}
		object[name] = h.typed(s, of)
	}
	return object
}

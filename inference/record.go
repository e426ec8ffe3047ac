package inference

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"augur"
)

// redacted stands in the log for what may not be kept.
const redacted = "REDACTED"

// logEntry is a record on its way to the log. What it holds besides the record
// becomes part of it off the path of the prediction.
type logEntry struct {
	record augur.PredictionRecord
	v      *augur.CatalogVersion
	// data and resp are nil when inputs and answers are not kept.
	data *augur.Data
	resp *augur.Response
}

// newLogEntry notes a prediction that is to be kept. resp is nil where it failed.
func newLogEntry(ctx context.Context, v *augur.CatalogVersion, route augur.Route, req *augur.Request, began time.Time, took time.Duration, resp *augur.Response, err error) *logEntry {
	p := &logEntry{v: v, record: augur.PredictionRecord{
		VersionID: v.ID, ModelID: v.ModelID, CreatedAt: began, Route: route, Code: augur.OK,
		Timing: augur.Timing{Total: took}, Subject: req.Subject, RequestID: augur.RequestIDFrom(ctx),
	}}
	r := &p.record
	if resp != nil {
		r.ID, r.Route, r.Cache, r.Timing = resp.ID, resp.Route, resp.Cache, resp.Timing
		r.Rows, r.RowErrors = max(resp.Rows, 1), failedRows(resp)
		return p
	}
	r.ID = augur.NewID(augur.PredictionID)
	e := augur.AsError(err)
	r.Code, r.Message, r.Field = string(e.Code), e.Message, e.Field
	r.Rows = max(len(req.Data.Rows), 1)
	if e.Code == augur.Internal { // its text may be anything
		r.Message = "internal error"
	}
	return p
}

// keep adds inputs and answer, when they are not larger than most. The rows are
// copied: their text may belong to the transport's buffer.
func (p *logEntry) keep(data *augur.Data, resp *augur.Response, most int) {
	size := len(data.Columns)
	for _, row := range data.Rows {
		size += len(row)
	}
	for _, in := range data.Tensors {
		size += in.Size()
	}
	if size > most {
		return
	}
	kept := augur.Data{Columns: slices.Clone(data.Columns), Tensors: data.Tensors}
	for _, row := range data.Rows {
		kept.Rows = append(kept.Rows, slices.Clone(row))
	}
	p.data = &kept
	if resp == nil {
		return
	}
	for _, o := range resp.Outputs {
		size += o.Value.Size()
	}
	if size <= most {
		p.resp = resp
	}
}

// finish makes the record. hide are the names of features and outputs whose
// values are not kept. A value that cannot be written costs its record inputs
// and answer, and not the server its life.
func (p *logEntry) finish(hide map[string]bool, log *slog.Logger) (r augur.PredictionRecord) {
	r = p.record
	defer func() {
		if fault := recover(); fault != nil {
			log.Error("a prediction cannot be written to the log as a whole", "prediction", r.ID, "panic", fault, "stack", string(debug.Stack()))
			r.Inputs, r.Values, r.Outputs, r.Message = nil, nil, nil, ""
		}
	}()
	if len(hide) > 0 && r.Message != "" && p.quotes(hide) {
		r.Message = redacted
	}
	if p.data != nil {
		r.Inputs = p.inputs(hide)
	}
	if p.resp != nil {
		values := p.resp.Values()
		if len(hide) > 0 {
			for i, v := range values {
				values[i] = hideIn(v, func(name string) bool { return !hide[name] && p.v.Signature.Output(name) != nil }, hide)
			}
		}
		r.Values, r.Outputs = jsonList(values), p.outputs(hide)
	}
	return r
}

// outputs writes the exact outputs, those left out that are hidden or have what is.
func (p *logEntry) outputs(hide map[string]bool) json.RawMessage {
	var list []json.RawMessage
	for _, o := range p.resp.Outputs {
		if hide[o.Name] || len(hide) > 0 && hidesKey(o.Value, hide) {
			continue
		}
		b := augur.AppendQuoted([]byte(`{"name":`), o.Name)
		b = augur.AppendValueJSON(append(b, `,"value":`...), o.Value)
		list = append(list, append(b, '}'))
	}
	return jsonList(list)
}

// quotes says whether the message may quote a value that is not kept: those of
// mistakes in the input quote what was sent.
func (p *logEntry) quotes(hide map[string]bool) bool {
	if p.record.Code != string(augur.InvalidArgument) {
		return false
	}
	field := p.record.Field
	return len(field) == 0 || field[0] == "data" && !p.shown(hide)(field[len(field)-1])
}

// shown returns what says whether the values of a name may be kept: those of
// the version's features and inputs that are not hidden. A name that it does
// not know may be a hidden one misspelt.
func (p *logEntry) shown(hide map[string]bool) func(string) bool {
	return func(name string) bool {
		if hide[name] {
			return false
		}
		sig := p.v.Signature
		if slices.ContainsFunc(sig.Features, func(f augur.Feature) bool { return f.Name == name }) {
			return true
		}
		return sig.Input(name) != nil &&
			!slices.ContainsFunc(sig.Features, func(f augur.Feature) bool { return f.Input == name && hide[f.Name] })
	}
}

// inputs writes {"rows": […]}, {"columns": {…}} or {"tensors": […]}.
func (p *logEntry) inputs(hide map[string]bool) json.RawMessage {
	shown := func(string) bool { return true }
	if len(hide) > 0 {
		shown = p.shown(hide)
	}
	text := func(v json.RawMessage) json.RawMessage {
		if len(hide) > 0 {
			return hideIn(v, shown, hide)
		}
		if !json.Valid(v) {
			return augur.AppendQuoted(nil, string(v))
		}
		return v
	}
	switch d := p.data; {
	case d.Rows != nil:
		rows := make([]json.RawMessage, len(d.Rows))
		for i, row := range d.Rows {
			rows[i] = text(row)
		}
		return append(append([]byte(`{"rows":`), jsonList(rows)...), '}')
	case d.Columns != nil:
		return append(append([]byte(`{"columns":`), text(d.Columns)...), '}')
	default:
		b := []byte(`{"tensors":[`)
		for i, in := range d.Tensors {
			if i > 0 {
				b = append(b, ',')
			}
			b = augur.AppendQuoted(append(b, `{"name":`...), in.Name)
			b = append(b, `,"value":`...)
			if shown(in.Name) {
				b = augur.AppendValueJSON(b, in.Given())
			} else {
				b = append(b, `"`+redacted+`"`...)
			}
			b = append(b, '}')
		}
		return append(b, `]}`...)
	}
}

// hideIn replaces the values of an object whose names are not shown, and in
// those that are, however deep, what stands under a hidden name; what is no
// object is not shown at all, null aside.
func hideIn(text json.RawMessage, shown func(name string) bool, hide map[string]bool) json.RawMessage {
	if string(text) == "null" {
		return text
	}
	object, ok := asObject(text)
	if !ok {
		return hiddenValue
	}
	for name, value := range object {
		if !shown(name) {
			object[name] = hiddenValue
		} else {
			object[name] = hideWithin(value, hide)
		}
	}
	return asText(object)
}

// hideWithin replaces what stands under a hidden name in objects and lists of
// them, however deep.
func hideWithin(text json.RawMessage, hide map[string]bool) json.RawMessage {
	if !bytes.ContainsRune(text, '{') { // what most values are
		return text
	}
	if object, ok := asObject(text); ok {
		for name, value := range object {
			if hide[name] {
				object[name] = hiddenValue
			} else {
				object[name] = hideWithin(value, hide)
			}
		}
		return asText(object)
	}
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil { // a text with a brace in it
		return text
	}
	for i, value := range list {
		list[i] = hideWithin(value, hide)
	}
	return asText(list)
}

var hiddenValue = json.RawMessage(`"` + redacted + `"`)

func asObject(text json.RawMessage) (object map[string]json.RawMessage, ok bool) {
	return object, json.Unmarshal(text, &object) == nil && object != nil
}

func asText(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil { // not reached: its parts were JSON
		return hiddenValue
	}
	return out
}

// hidesKey says whether a value has a hidden name among the keys of its maps.
func hidesKey(v augur.Value, hide map[string]bool) bool {
	switch v.Kind {
	case augur.KindSequence:
		return slices.ContainsFunc(v.Items, func(item augur.Value) bool { return hidesKey(item, hide) })
	case augur.KindMap:
		return v.Keys != nil && slices.ContainsFunc(v.Keys.Strings, func(key string) bool { return hide[key] })
	}
	return false
}

// jsonList writes a JSON list.
func jsonList(values []json.RawMessage) json.RawMessage {
	b := []byte{'['}
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, v...)
	}
	return append(b, ']')
}

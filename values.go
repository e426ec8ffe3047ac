package augur

import (
	"encoding/json"
	"strconv"
)

// Values returns what a person wants to read: for each row of the request, in
// order, one JSON object from output name to the row's value, and null for a
// row that failed. A request without rows (Rows is 0) has one entry.
//
// A row's value is, for a tensor of shape [batch] or [batch, 1], its element;
// for [batch, n] a list, or an object from class to number where the output's
// Classes name n classes; deeper shapes are nested lists. An item of a sequence
// that has one for each row is that row's value; a map is an object from key to
// value, in which Classes name integer keys.
//
// An output that does not follow the batch dimension stands whole in the entry
// of a request of at most one row, and is left out of the entries of larger
// ones: Outputs has it.
func (r *Response) Values() []json.RawMessage {
	values := make([]json.RawMessage, max(r.Rows, 1))
	good := len(r.RowIndex)
	if r.Rows == 0 {
		good = 1
	}
	var few [4]entry
	entries := r.entries(few[:0])
	buf := make([]byte, 0, good*48*(len(r.Outputs)+1))
	for k := range good {
		start := len(buf)
		buf = append(buf, '{')
		for i := range entries {
			if i > 0 {
				buf = append(buf, ',')
			}
			buf = entries[i].append(buf, k)
		}
		buf = append(buf, '}')
		place := 0
		if k < len(r.RowIndex) {
			place = r.RowIndex[k]
		}
		values[place] = buf[start:len(buf):len(buf)]
	}
	for i, v := range values {
		if v == nil {
			values[i] = json.RawMessage("null")
		}
	}
	return values
}

// entry is an output that stands in the entries of rows.
type entry struct {
	name    string
	value   Value
	classes []string
	// follows says that the value has one part for each good row; otherwise it
	// stands there whole.
	follows bool
}

// entries appends the outputs that stand in the entries of rows to list.
func (r *Response) entries(list []entry) []entry {
	for _, o := range r.Outputs {
		spec := &Spec{}
		if r.Version != nil && r.Version.Signature != nil {
			if found := r.Version.Signature.Output(o.Name); found != nil {
				spec = found
			}
		}
		follows := r.Rows > 0 && r.followsBatch(o.Value, spec.Type)
		if follows || r.Rows <= 1 {
			list = append(list, entry{o.Name, o.Value, spec.Classes, follows})
		}
	}
	return list
}

// append appends what the output says of the k-th good row, with its name.
func (e *entry) append(dst []byte, k int) []byte {
	dst = append(AppendQuoted(dst, e.name), ':')
	switch v := e.value; {
	case !e.follows:
		return appendPlain(dst, v, e.classes)
	case v.Kind == KindSequence:
		return appendPlain(dst, v.Items[k], e.classes)
	default:
		return appendTensorRow(dst, v.Tensor, k, e.classes)
	}
}

// followsBatch says whether v has one entry for each good row. A first
// dimension that the signature fixes is the batch only where it fixes that of
// the inputs too.
func (r *Response) followsBatch(v Value, t Type) bool {
	good := len(r.RowIndex)
	switch {
	case v.Kind == KindSequence:
		return len(v.Items) == good
	case v.Kind != KindTensor || v.Tensor == nil || len(v.Tensor.Shape) == 0 || v.Tensor.Shape[0] != int64(good):
		return false
	case len(t.Shape) > 0 && t.Shape[0].Size >= 0 && good > 1:
		for _, in := range r.Version.Signature.Inputs {
			if len(in.Type.Shape) > 0 && in.Type.Shape[0].Size != t.Shape[0].Size {
				return false
			}
		}
	}
	return v.Tensor.DType.Bits() >= 8 || v.Tensor.DType == String // rows of packed types may share a byte
}

// appendTensorRow appends row k of a tensor that has rows.
func appendTensorRow(dst []byte, t *Tensor, k int, classes []string) []byte {
	if t.DType.Opaque() {
		return AppendBase64(dst, t.Rows(int64(k), int64(k)+1))
	}
	n := t.Len() / int(t.Shape[0])
	switch {
	case len(t.Shape) == 1 || len(t.Shape) == 2 && n == 1:
		return t.AppendElement(dst, k)
	case len(t.Shape) == 2 && n == len(classes):
		for i, class := range classes {
			dst = append(dst, "{,"[min(i, 1)])
			dst = append(AppendQuoted(dst, class), ':')
			dst = t.AppendElement(dst, k*n+i)
		}
		return append(dst, '}')
	default:
		dst, _ = appendNested(dst, t, t.Shape[1:], k*n)
		return dst
	}
}

// appendNested appends the elements from i on as lists nested as shape says,
// and returns the place after them.
func appendNested(dst []byte, t *Tensor, shape []int64, i int) ([]byte, int) {
	if len(shape) == 0 {
		return t.AppendElement(dst, i), i + 1
	}
	dst = append(dst, '[')
	for j := range shape[0] {
		if j > 0 {
			dst = append(dst, ',')
		}
		dst, i = appendNested(dst, t, shape[1:], i)
	}
	return append(dst, ']'), i
}

// appendPlain appends a whole value without its types.
func appendPlain(dst []byte, v Value, classes []string) []byte {
	switch {
	case v.Kind == KindTensor && v.Tensor != nil && v.Tensor.DType.Opaque():
		return AppendBase64(dst, v.Tensor)
	case v.Kind == KindTensor && v.Tensor != nil:
		dst, _ = appendNested(dst, v.Tensor, v.Tensor.Shape, 0)
		return dst
	case v.Kind == KindSequence:
		dst = append(dst, '[')
		for i, item := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendPlain(dst, item, classes)
		}
		return append(dst, ']')
	case v.Kind == KindMap && v.Keys != nil && v.Values != nil:
		return appendMap(dst, v, classes)
	default:
		return append(dst, "null"...)
	}
}

func appendMap(dst []byte, v Value, classes []string) []byte {
	dst = append(dst, '{')
	for i := range min(v.Keys.Len(), v.Values.Len()) {
		if i > 0 {
			dst = append(dst, ',')
		}
		if v.Keys.DType == String {
			dst = AppendQuoted(dst, v.Keys.Strings[i])
		} else {
			var digits [20]byte
			key := v.Keys.AppendElement(digits[:0], i)
			if class, err := strconv.Atoi(string(key)); err == nil && 0 <= class && class < len(classes) {
				dst = AppendQuoted(dst, classes[class])
			} else {
				dst = append(append(append(dst, '"'), key...), '"')
			}
		}
		dst = v.Values.AppendElement(append(dst, ':'), i)
	}
	return append(dst, '}')
}

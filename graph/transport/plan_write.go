package transport

import (
	"io"
	"reflect"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/ast"
)

// plan is how the value of one field is written.
type plan struct {
	of         reflect.Type
	selections ast.SelectionSet // what was selected when it was made
	write      writer
	size       atomic.Int64 // of the largest so far, within reason
}

// most is how much memory is asked for before a value is written, at most.
const most = 64 << 10

func (p *plan) grew(size int) {
	if size := int64(min(size+size/8, most)); size > p.size.Load() {
		p.size.Store(size)
	}
}

// writer appends a value as gqlgen does, and reports false where that is gqlgen's
// to do: what it has appended is dropped then.
type writer func(b []byte, v reflect.Value) ([]byte, bool)

// getter reads a member, and reports false where there is none.
type getter func(v reflect.Value) (reflect.Value, bool)

// member is a selected field of an object. Without a writer its key says all.
type member struct {
	key   string // with what stands before it
	get   getter
	write writer
}

// MarshalGQL writes the text.
func (t written) MarshalGQL(w io.Writer) {
	_, _ = w.Write(t) // into memory
}

package augur_test

import (
	"bytes"
	"testing"

	"augur"
)

// FuzzDecodeValueJSON: what is read is written and read again as the same.
func FuzzDecodeValueJSON(f *testing.F) {
	for _, text := range []string{
		`{"kind":"none"}`, `{"kind":"tensor","dtype":"float32","shape":[2],"data":[1,"NaN"]}`,
		`{"kind":"sequence","items":[{"kind":"tensor","dtype":"string","shape":[],"data":["a"]},{"kind":"none"}]}`,
		`{"kind":"map","keys":{"kind":"tensor","dtype":"int64","shape":[1],"data":[7]},"values":{"kind":"tensor","dtype":"float32","shape":[1],"data":[0.5]}}`,
		`{"kind":"tensor","dtype":"int4","shape":[3],"data_b64":"/wA="}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := augur.DecodeValueJSON(text)
		if err != nil {
			return
		}
		first := augur.AppendValueJSON(nil, v)
		again, err := augur.DecodeValueJSON(first)
		if err != nil {
			t.Fatalf("%s became %s: %v", text, first, err)
		}
		if second := augur.AppendValueJSON(nil, again); !bytes.Equal(first, second) {
			t.Fatalf("%s came back as %s", first, second)
		}
	})
}

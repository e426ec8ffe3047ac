package inference

import (
	"encoding/json"
	"testing"
)

// FuzzHideWithin: whatever JSON is kept, nothing but the mark stands under a
// hidden name, at any depth, and the rest stays JSON.
func FuzzHideWithin(f *testing.F) {
	for _, text := range []string{`{"a":{"ssn":1}}`, `[[{"s\u0073n":[{"ssn":2}]}],"{"]`, `{"ssn":1,"ssn":{"a":2}}`, `{"":{"b":[{"ssn":null}]}}`, `"{"`, `{"a":"{\"ssn\":1}"}`} {
		f.Add(text)
	}
	hide := map[string]bool{"ssn": true}
	var clean func(t *testing.T, v any)
	clean = func(t *testing.T, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, value := range v {
				if hide[name] && value != redacted {
					t.Errorf("%q shows %v", name, value)
				}
				clean(t, value)
			}
		case []any:
			for _, value := range v {
				clean(t, value)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		for _, out := range []json.RawMessage{hideWithin(json.RawMessage(text), hide), hideIn(json.RawMessage(text), func(name string) bool { return !hide[name] }, hide)} {
			var v any
			if err := json.Unmarshal(out, &v); err != nil {
				t.Fatalf("%s became %s: %v", text, out, err)
			}
			clean(t, v)
		}
	})
}

package augur

import "log/slog"

// Secret is a string that prints as *** wherever it is formatted, logged or
// marshalled, so that a configuration can be shown whole. Reveal gives the text.
type Secret string

const masked = "***"

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String returns *** for a secret that is set and "" for one that is not.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// GoString masks %#v.
func (s Secret) GoString() string { return `augur.Secret("` + s.String() + `")` }

// MarshalText masks JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue masks structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

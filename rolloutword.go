package augur

import (
	"io"
	"slices"
	"strconv"
)

// The words of a rollout that stand in the record are enums there and in the
// schema: these methods are what the generated code of both asks for.

// texts are words as plain text.
func texts[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

// readWord is one of the words that stands in v.
func readWord[T ~string](into *T, v any, words []T) error {
	text, ok := v.(string)
	if !ok || !slices.Contains(words, T(text)) {
		return Errorf(InvalidArgument, "expected one of %v, got %v", words, v)
	}
	*into = T(text)
	return nil
}

// writeWord writes a word as a JSON text. A writer that fails is the transport's to find.
func writeWord[T ~string](w io.Writer, word T) { _, _ = io.WriteString(w, strconv.Quote(string(word))) }

// Values lists every kind as text.
func (RolloutKind) Values() []string { return texts(RolloutKinds()) }

// MarshalGQL writes the kind for the schema.
func (r RolloutKind) MarshalGQL(w io.Writer) { writeWord(w, r) }

// UnmarshalGQL reads what MarshalGQL writes.
func (r *RolloutKind) UnmarshalGQL(v any) error { return readWord(r, v, RolloutKinds()) }

// Values lists every status as text.
func (RolloutStatus) Values() []string { return texts(RolloutStatuses()) }

// MarshalGQL writes the status for the schema.
func (s RolloutStatus) MarshalGQL(w io.Writer) { writeWord(w, s) }

// UnmarshalGQL reads what MarshalGQL writes.
func (s *RolloutStatus) UnmarshalGQL(v any) error { return readWord(s, v, RolloutStatuses()) }

// Values lists every reason as text.
func (PauseReason) Values() []string { return texts(PauseReasons()) }

// MarshalGQL writes the reason for the schema.
func (p PauseReason) MarshalGQL(w io.Writer) { writeWord(w, p) }

// UnmarshalGQL reads what MarshalGQL writes.
func (p *PauseReason) UnmarshalGQL(v any) error { return readWord(p, v, PauseReasons()) }

// Values lists every act as text.
func (RolloutAct) Values() []string { return texts(RolloutActs()) }

// MarshalGQL writes the act for the schema.
func (r RolloutAct) MarshalGQL(w io.Writer) { writeWord(w, r) }

// UnmarshalGQL reads what MarshalGQL writes.
func (r *RolloutAct) UnmarshalGQL(v any) error { return readWord(r, v, RolloutActs()) }

package augur

// ProbeReport is what is learnt about a file before it becomes a version: what
// it says of itself, and that the runtime loads it. It travels as JSON from the
// child process that tries the file.
type ProbeReport struct {
	Signature *Signature `json:"signature"`
	// Producer is the program that wrote the file, with its version where it
	// has one: "skl2onnx 1.14.0".
	Producer  string `json:"producer,omitempty"`
	IRVersion int64  `json:"irVersion"`
	// Opsets gives the version of each operator set by its domain; the default
	// domain is "ai.onnx".
	Opsets map[string]int64 `json:"opsets"`
	// Domain and Description are the file's own words about the model.
	Domain      string `json:"domain,omitempty"`
	Description string `json:"description,omitempty"`
	// Metadata are the file's free properties (metadata_props), as text.
	Metadata map[string]string `json:"metadata,omitempty"`
	// Deterministic says that equal inputs give equal outputs, so that answers
	// may be kept: no operator of the file draws random numbers.
	Deterministic bool `json:"deterministic"`
	// Warnings are sentences for the person who registers the file: it loads,
	// but something about it may surprise.
	Warnings []string `json:"warnings,omitempty"`
}

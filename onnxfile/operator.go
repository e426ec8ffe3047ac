package onnxfile

// Deterministic says whether equal inputs give equal outputs: no operator of
// the file, its subgraphs and functions draws random numbers. A seed does not
// help, since the runtime's generator moves on from one run to the next.
func (f *File) Deterministic() bool { return !f.random }

// randomOperators draw random numbers whenever they run.
var randomOperators = map[Operator]bool{
	{defaultDomain, "RandomNormal"}:      true,
	{defaultDomain, "RandomNormalLike"}:  true,
	{defaultDomain, "RandomUniform"}:     true,
	{defaultDomain, "RandomUniformLike"}: true,
	{defaultDomain, "Multinomial"}:       true,
	{defaultDomain, "Bernoulli"}:         true,
	{"com.microsoft", "Sampling"}:        true,
}

// trainingInput is the place of the input training_mode in operators that draw
// random numbers only while training.
var trainingInput = map[Operator]int{
	{defaultDomain, "Dropout"}:          2,
	{"com.microsoft", "BiasDropout"}:    4,
	{"com.microsoft", "BitmaskDropout"}: 2,
}

// chance notes whether the node op at body may draw random numbers. A Dropout
// counts as training as soon as it has the input at all, since its value may
// come from anywhere.
func (m *reader) chance(op Operator, body span) error {
	if randomOperators[op] {
		m.file.random = true
	}
	at, ok := trainingInput[op]
	if !ok || m.file.random {
		return nil
	}
	i := 0
	return m.each(body, func(fd field) error {
		if fd.is(1) {
			if i == at && fd.body.len() > 0 {
				m.file.random = true
			}
			i++
		}
		return nil
	})
}

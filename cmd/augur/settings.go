package main

import (
	"strings"

	"github.com/alecthomas/kong"

	"augur/server"
)

// settings is the configuration of the server as flags, for the verbs that need
// it. The flags are only the uppermost layer: load gives the whole.
type settings struct {
	File          string `name:"config" env:"AUGUR_CONFIG" placeholder:"FILE" help:"A YAML file with settings."`
	server.Config `embed:""`
}

// Validate keeps kong from calling Config.Validate with the flags alone, when
// the file and the environment are still to come. The verbs validate the whole.
func (*settings) Validate() error { return nil }

// load puts the layers together: default < file < environment < flags.
func (s *settings) load(t *terminal, parsed *kong.Context) (*server.Layers, error) {
	l := server.NewLayers()
	if s.File != "" {
		if err := l.File(s.File); err != nil {
			return nil, err
		}
	}
	var others []string
	for _, v := range server.OtherVariables() {
		others = append(others, v[0])
	}
	if err := l.Environment(t.environ, others); err != nil {
		return nil, err
	}
	for _, p := range parsed.Path {
		if p.Flag != nil && strings.Contains(p.Flag.Name, ".") { // a setting, as the sections' dots say
			l.Flag(p.Flag.Name, &s.Config)
		}
	}
	return l, nil
}

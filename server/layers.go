package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"augur"
)

// Source says where the value of a setting came from: "default", a place in
// the file, a variable, a flag.
type Source = string

// SourceDefault is the source of a setting that nobody set.
const SourceDefault Source = "default"

// Layers is a configuration as it is put together, default < file <
// environment < flags, with the source of every value.
type Layers struct {
	Config  Config
	Sources map[string]Source
}

// NewLayers begins with the defaults.
func NewLayers() *Layers {
	l := &Layers{Config: DefaultConfig(), Sources: map[string]Source{}}
	for _, key := range keys() {
		l.Sources[key] = SourceDefault
	}
	return l
}

// File lays a YAML file over what is there. A key that does not exist, or that
// stands there twice, is InvalidArgument with the line and the nearest key.
func (l *Layers) File(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return augur.Errorf(augur.InvalidArgument, "the configuration file cannot be read: %w", err)
	}
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil // an empty file sets nothing
		}
		return augur.Errorf(augur.InvalidArgument, "%s: %w", path, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return augur.Errorf(augur.InvalidArgument, "%s: more than one YAML document", path)
	}
	return l.branch(path, "", doc.Content[0])
}

// branch walks a mapping whose keys stand under prefix.
func (l *Layers) branch(path, prefix string, n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return augur.Errorf(augur.InvalidArgument, "%s:%d: %s has settings of its own: expected a mapping", path, n.Line, strings.TrimSuffix(prefix, "."))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		key := prefix + name.Value
		at := fmt.Sprintf("%s:%d", path, name.Line)
		if slices.ContainsFunc(Sections(), func(s Section) bool { return s.Name == key }) {
			if err := l.branch(path, key+".", value); err != nil {
				return err
			}
			continue
		}
		if _, ok := setting(key); !ok {
			known := keys()
			for _, s := range Sections() {
				known = append(known, s.Name)
			}
			return augur.Errorf(augur.InvalidArgument, "%s: unknown key %s%s", at, key, nearest(key, known))
		}
		if strings.HasPrefix(l.Sources[key], path+":") {
			return augur.Errorf(augur.InvalidArgument, "%s: %s stands there twice, first at %s", at, key, l.Sources[key])
		}
		text, err := scalar(value)
		if err != nil {
			return augur.Errorf(augur.InvalidArgument, "%s: %s: %w", at, key, err)
		}
		if value.Tag == "!!null" {
			continue
		}
		if err := l.Config.Set(key, text); err != nil {
			return augur.Errorf(augur.InvalidArgument, "%s: %w", at, err)
		}
		l.Sources[key] = at
	}
	return nil
}

// scalar writes a YAML value as the text that Config.Set reads.
func scalar(n *yaml.Node) (string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		return n.Value, nil
	case yaml.SequenceNode:
		parts := make([]string, len(n.Content))
		for i, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return "", errors.New("expected a list of plain values")
			}
			parts[i] = item.Value
		}
		return strings.Join(parts, ","), nil
	default:
		return "", errors.New("expected a value or a list of values")
	}
}

// injected are the variables that Kubernetes puts into every pod for a service
// named augur (or augur-anything): they are not meant for us and must not stop
// the server. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
var injected = regexp.MustCompile(`^AUGUR(_[A-Z0-9_]+)?_(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

func fromKubernetes(name, value string) bool {
	return injected.MatchString(name) && (!strings.HasSuffix(name, "_PORT") || strings.Contains(name, "_SERVICE_") || strings.Contains(name, "_TCP_") || strings.Contains(value, "://"))
}

// Environment lays the AUGUR_* variables among environ ("NAME=value") over what
// is there. A variable that is empty counts as not set. One that is neither a
// setting nor among others is InvalidArgument with the nearest name.
func (l *Layers) Environment(environ, others []string) error {
	known := slices.Clone(others)
	byEnv := map[string]Setting{}
	for _, s := range Settings() {
		known = append(known, s.Env)
		byEnv[s.Env] = s
	}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, EnvPrefix) || value == "" {
			continue
		}
		s, ok := byEnv[name]
		switch {
		case ok:
			if err := l.Config.Set(s.Key, value); err != nil {
				e := augur.AsError(err)
				if s.Secret {
					return augur.Errorf(e.Code, "%s: expected a %s", name, s.Form)
				}
				return augur.Errorf(e.Code, "%s: %s", name, e.Message)
			}
			l.Sources[s.Key] = name
		case slices.Contains(others, name) || fromKubernetes(name, value):
		default:
			return augur.Errorf(augur.InvalidArgument, "unknown variable %s%s", name, nearest(name, known))
		}
	}
	return nil
}

// Flag takes one setting from the flags of the command line.
func (l *Layers) Flag(key string, from *Config) {
	l.Config.Copy(key, from)
	l.Sources[key] = "--" + key
}

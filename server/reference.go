package server

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Reference writes docs/configuration.md: every setting with what it is, why
// one would change it, its default, variable and flag.
func Reference() string {
	var b strings.Builder
	b.WriteString(`<!-- Written by "augur config --reference markdown" from server/config.go. Do not edit. -->
# Configuration

Every setting has a default, so an empty configuration runs. A setting is looked for in four places, and the last one
that has it wins: the **default**, the **file** named by ` + "`--config`" + ` or ` + "`AUGUR_CONFIG`" + `, the **environment**, the **flags**.
A key or variable that does not exist is an error that names the nearest one. ` + "`augur config`" + ` shows every value and where
it came from, and [augur.example.yaml](augur.example.yaml) is a file with every default.

Sizes are written as in 512, 64KiB or 2GB; lengths of time as in 500ms, 30s or 1h30m; lists with commas, or as lists in
the file. A flag is the key after two dashes: ` + "`--http.listen :8080`" + `.
`)
	for _, s := range Sections() {
		fmt.Fprintf(&b, "\n## %s\n%s\n\n", s.Name, s.Help)
		b.WriteString("| key | default | what it is | why change it |\n| --- | --- | --- | --- |\n")
		for _, x := range s.Settings {
			def := "–"
			if x.Default != "" {
				def = "`" + x.Default + "`"
			}
			fmt.Fprintf(&b, "| `%s`<br>`%s` | %s | %s (%s) | %s |\n", x.Key, x.Env, def, cell(x.Help), x.Form, cell(x.Why))
		}
	}
	b.WriteString(`
## Variables that are no settings

| variable | what it is |
| --- | --- |
`)
	for _, v := range OtherVariables() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", v[0], v[1])
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// OtherVariables are the AUGUR_* variables that are no settings, with their meaning.
func OtherVariables() [][2]string {
	return [][2]string{
		{"AUGUR_CONFIG", "The configuration file, as `--config`."},
		{"AUGUR_URL", "The server that the command line speaks to, as `--server`."},
		{"AUGUR_TOKEN", "The API key or JWT that the command line shows it, as `--token`."},
	}
}

// Example writes docs/augur.example.yaml: every setting at its default, explained.
func Example() string {
	var b strings.Builder
	b.WriteString("# Written by \"augur config --reference yaml\" from server/config.go. Do not edit.\n" +
		"# Every setting at its default. See configuration.md.\n")
	for _, s := range Sections() {
		fmt.Fprintf(&b, "\n# %s\n%s:\n", s.Help, s.Name)
		for _, x := range s.Settings {
			b.WriteString(comment("  # ", x.Help))
			if x.Why != "" {
				b.WriteString(comment("  # Why change it: ", x.Why))
			}
			_, name, _ := strings.Cut(x.Key, ".")
			fmt.Fprintf(&b, "  %s: %s\n", name, yamlValue(x, x.Default))
		}
	}
	return b.String()
}

// comment wraps a sentence at 110 columns.
func comment(lead, text string) string {
	var b strings.Builder
	line := lead
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 110 {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = "  # "
		}
		line += word + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}

// yamlValue writes the text of a setting as YAML.
func yamlValue(s Setting, text string) string {
	switch s.Form {
	case "true or false", "number":
		return text
	case "list":
		if text == "" {
			return "[]"
		}
		quoted, _ := json.Marshal(strings.Split(text, ",")) // strings always marshal
		return string(quoted)
	default:
		quoted, _ := json.Marshal(text)
		return string(quoted)
	}
}

// YAML writes the tree as a file that File reads, with the source of every
// value that is not a default. Secrets are masked.
func (l *Layers) YAML() string {
	var b strings.Builder
	for i, s := range Sections() {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:\n", s.Name)
		for _, x := range s.Settings {
			_, name, _ := strings.Cut(x.Key, ".")
			line := fmt.Sprintf("  %s: %s", name, yamlValue(x, l.Config.Get(x.Key)))
			if src := l.Sources[x.Key]; src != SourceDefault {
				line += "  # " + src
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// JSON writes the tree as one object from key to {value, source}. Secrets are masked.
func (l *Layers) JSON() string {
	type leaf struct {
		Value  string `json:"value"`
		Source Source `json:"source"`
	}
	out := map[string]leaf{}
	for _, x := range Settings() {
		out[x.Key] = leaf{l.Config.Get(x.Key), l.Sources[x.Key]}
	}
	text, _ := json.MarshalIndent(out, "", "  ") // strings always marshal
	return string(text) + "\n"
}

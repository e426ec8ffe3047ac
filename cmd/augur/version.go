package main

import (
	"fmt"
	"runtime/debug"
)

// buildVersion is set by the linker: -ldflags "-X main.buildVersion=1.2.3".
var buildVersion = ""

// version is the one that was given to the linker, or else the commit that the binary was built from.
func version() string {
	if buildVersion != "" {
		return buildVersion
	}
	commit, dirty := "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value[:min(12, len(s.Value))]
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = "+changes"
			}
		}
	}
	if commit == "" {
		return "dev"
	}
	return commit + dirty
}

// versionCommand prints the version.
type versionCommand struct{}

// Run prints it alone on a line.
func (versionCommand) Run(t *terminal) error {
	_, err := fmt.Fprintln(t.stdout, version())
	return err
}

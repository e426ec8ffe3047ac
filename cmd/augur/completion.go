package main

import (
	"fmt"
)

// completionCommand prints what makes a shell complete our command lines.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help says how each shell reads it.
func (completionCommand) Help() string {
	return `bash: source <(augur completion bash)
zsh: source <(augur completion zsh)
fish: augur completion fish | source

Put that line where your shell starts. Names of models, versions and aliases come from the server that --server or AUGUR_URL names.`
}

// Run prints the script.
func (c *completionCommand) Run(t *terminal) error {
	_, err := fmt.Fprint(t.stdout, completionScripts[c.Shell])
	return err
}

// completionScripts ask augur complete for candidates, by shell.
var completionScripts = map[string]string{
	// Bash also breaks words at @ and =, and replaces only what stands behind
	// them, so what stands before is cut off the candidates.
	"bash": `_augur() {
  local line=${COMP_LINE:0:COMP_POINT} words cur keep value
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  cur=${words[${#words[@]}-1]}
  keep=${cur%"${cur##*[@=:]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    if [[ $value == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("${value#"$keep"}"); done < <(compgen -f -- "$cur")
    else
      COMPREPLY+=("${value#"$keep"}")
    fi
  done < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _augur augur
`,
	"zsh": `#compdef augur
_augur() {
  local -a candidates
  local line value
  for line in "${(@f)$(augur complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      _files
    elif [[ -n $line ]]; then
      value=${line%%$'\t'*}
      candidates+=("${value//:/\\:}:${line#*$'\t'}")
    fi
  done
  (( $#candidates )) && _describe augur candidates
}
if [[ $funcstack[1] == _augur ]]; then
  _augur "$@"
else
  compdef _augur augur
fi
`,
	"fish": `function __augur_complete
  set -l words (commandline -opc)
  for line in (augur complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
    if test "$line" = ":files"
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c augur -f -a '(__augur_complete)'
`,
}

/** Each asks `nodeeni complete -- <words>`, which prints a word, a tab and what it is for a line, and `:<directive>` last. */
export const SCRIPTS = {
  bash: `# bash completion for nodeeni
_nodeeni() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    [[ $line == :* ]] || COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(nodeeni complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _nodeeni nodeeni
`,
  zsh: `#compdef nodeeni
_nodeeni() {
  local line directive
  local -a found
  for line in "\${(@f)$(nodeeni complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :* ]]; then
      directive=$line
    else
      found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  _describe nodeeni found
  [[ $directive == :0 ]] && _files
}
if [[ \${funcstack[1]} == _nodeeni ]]; then _nodeeni "$@"; else compdef _nodeeni nodeeni; fi
`,
  fish: `# fish completion for nodeeni
function __nodeeni_complete
  set --local words (commandline -opc) (commandline -ct)
  for line in (nodeeni complete -- $words[2..] 2>/dev/null)
    switch $line
      case ':0'
        __fish_complete_path $words[-1]
      case ':*'
      case '*'
        echo $line
    end
  end
end
complete --command nodeeni --no-files --arguments '(__nodeeni_complete)'
`,
} as const;

export type Shell = keyof typeof SCRIPTS;

/**
 * The script for bash. That of @bomb.sh/tab needs the package bash-completion, runs what stands on the line while it
 * is being typed (it puts the words through `eval`), and complains when it is read twice (docs/adr/0015). This one
 * hands the words over as they are. It speaks to the same answer, and runs on bash 3.2 too.
 */
export const bashScript = `# bash completion for bitten
_bitten_complete() {
    local word line directive=0 at last words=()
    # Readline splits at = and : as well; to bitten \`--type=tick\` is one word.
    for (( at = 1; at <= COMP_CWORD; at++ )); do
        word=\${COMP_WORDS[at]}
        last=$(( \${#words[@]} - 1 ))
        if (( last >= 0 )) && [[ $word == [=:] || \${words[last]} == --*= || \${words[last]} == *: ]]; then
            words[last]+=$word
        else
            words+=("$word")
        fi
    done
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :[0-9]*) directive=\${line#:} ;;
            ?*) COMPREPLY+=("\${line%%$'\\t'*}") ;;
        esac
    done < <(bitten complete -- "\${words[@]}" 2>/dev/null </dev/null)
    # Where a file may stand, the shell completes it by itself.
    if (( directive & 4 )); then compopt +o default +o bashdefault 2>/dev/null; fi
}
complete -o bashdefault -o default -F _bitten_complete bitten
`;

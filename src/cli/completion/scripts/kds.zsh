#compdef kds
# zsh completion for kds. Install: kds completion zsh > "${fpath[1]}/_kds"
# or put into ~/.zshrc, after compinit: source <(kds completion zsh)

_kds() {
    local -a answer shown
    local line directive value text
    answer=("${(@f)$(kds __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    directive=${answer[-1]#:}
    answer[-1]=()
    if [[ $directive != <-> ]] || ((directive & 1)); then
        return 1
    fi

    # Candidates for --flag=value are values: the flag stays as it is.
    if [[ $PREFIX == -*=* ]]; then
        compset -P 1 '*='
    fi

    if ((directive & 16)); then
        _files -/
        return
    fi
    if ((!${#answer} && !(directive & 4))); then
        _files
        return
    fi

    for line in "${answer[@]}"; do
        value=${line%%$'\t'*}
        text=${value//:/\\:}
        if [[ $line == *$'\t'* ]]; then
            text+=":${line#*$'\t'}"
        fi
        shown+=("$text")
    done
    if ((directive & 2)); then
        _describe -V kds shown -S ''
    else
        _describe -V kds shown
    fi
}

if [[ $funcstack[1] == _kds ]]; then
    _kds "$@"
else
    compdef _kds kds
fi

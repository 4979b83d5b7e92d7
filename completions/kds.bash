# bash completion for kds. Install: kds completion bash > /etc/bash_completion.d/kds
# or put into ~/.bashrc: source <(kds completion bash)

_kds_complete() {
    local line=${COMP_LINE:0:COMP_POINT} own='' value
    local -a words
    local i at=0 word rest
    words=('')
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        rest=${line#"${line%%[![:space:]]*}"}
        if ((i > 0)) && [[ $rest != "$line" ]]; then
            at=$((at + 1))
            words[at]=''
        fi
        if ((i == COMP_CWORD)); then word=$rest; fi
        words[at]+=$word
        own=$word
        line=${rest#"$word"}
    done
    local current=${words[at]}
    if [[ $own == [=:]* ]]; then own=''; fi

    # Quotes and backslashes go, as the shell would take them away.
    for ((i = 0; i <= at; i++)); do
        words[i]=${words[i]//[\\\"\']/}
    done

    local text
    text=$(kds __complete "${words[@]:1:at}" 2>/dev/null)
    local -a answer=()
    while IFS='' read -r word; do
        answer+=("$word")
    done <<<"$text"
    local last=$((${#answer[@]} - 1))
    COMPREPLY=()
    if ((last < 0)); then return; fi
    local directive=${answer[last]#:}
    unset "answer[last]"
    if [[ $directive == *[!0-9]* || -z $directive ]] || ((directive & 1)); then return; fi

    # Readline replaces only what follows the last = or :, so what stands before it is not repeated.
    value=$current
    if [[ $value == -*=* ]]; then value=${value#*=}; fi
    local skip=$((${#value} - ${#own})) prefix=''
    if ((skip < 0)); then
        # This shell does not split at =: the flag is replaced with its value.
        skip=0
        prefix=${current%%=*}=
    fi

    local longest=0
    for word in "${answer[@]}"; do
        word=${word%%$'\t'*}
        if ((${#word} - skip > longest)); then longest=$((${#word} - skip)); fi
    done
    for word in "${answer[@]}"; do
        value=${word%%$'\t'*}
        rest=''
        if [[ $word == *$'\t'* ]]; then rest=${word#*$'\t'}; fi
        value=$prefix${value:skip}
        # Descriptions are shown beside several candidates; where one of them is inserted at once they would be typed, too.
        if ((last > 1)) && [[ -n $rest && $COMP_TYPE != 37 && $COMP_TYPE != 42 ]]; then
            printf -v value '%-*s  (%s)' "$longest" "$value" "$rest"
            value=${value:0:${COLUMNS:-80}}
        fi
        COMPREPLY+=("$value")
    done

    if ((BASH_VERSINFO[0] > 3)); then
        if ((directive & 2)); then compopt -o nospace; fi
        if ((directive & 4)); then compopt +o default; fi
        if ((directive & 16)); then compopt -o dirnames +o default; fi
    fi
    if ((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4))); then compopt -o nosort; fi
}

complete -o default -F _kds_complete kds

# fish completion for kds. Install: kds completion fish > ~/.config/fish/completions/kds.fish

function __kds_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (kds __complete $words[2..-1] "$current" 2>/dev/null)
    set -l directive (string replace -r '^:' '' -- "$answer[-1]")
    set -e answer[-1]
    string match -qr '^[0-9]+$' -- "$directive"; or return
    test (math "$directive % 2") -eq 1; and return

    # Candidates for --flag=value are values: the flag goes before them.
    set -l flag (string match -r -- '^-[^=]*=' "$current")
    set -l value (string replace -- "$flag" '' "$current")

    if test (math "floor($directive / 16) % 2") -eq 1
        set answer (__fish_complete_directories "$value" '')
    else if test (count $answer) -eq 0 -a (math "floor($directive / 4) % 2") -eq 0
        set answer (__fish_complete_path "$value")
    end
    for line in $answer
        printf '%s%s\n' "$flag" "$line"
    end
end

complete -c kds -e
complete -c kds -f -k -a '(__kds_complete)'

# Completion of roomctl in fish. It asks roomctl itself what may stand there.
function __roomctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program complete $words "$current" 2>/dev/null)
        if test "$line" = :files
            set -l option (string match -r -- '^--[^=]+=' "$current")
            for file in (__fish_complete_path (string replace -r -- '^--[^=]+=' '' "$current"))
                echo -- "$option$file"
            end
            return
        end
        echo -- $line
    end
end
complete -c roomctl -f -a '(__roomctl_complete)'

#compdef roomctl
# Completion of roomctl in zsh. It asks roomctl itself what may stand there.
_roomctl() {
	local word about
	local -a candidates
	while IFS=$'\t' read -r word about; do
		if [[ $word == :files ]]; then
			[[ $PREFIX == --*=* ]] && compset -P '*='
			_files
			return
		fi
		candidates+=("${word//:/\\:}:$about")
	done < <("${(Q)words[1]}" complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
	_describe roomctl candidates
}
if [[ ${funcstack[1]} == _roomctl ]]; then
	_roomctl "$@" # the shell has loaded this file as the function
else
	compdef _roomctl roomctl
fi

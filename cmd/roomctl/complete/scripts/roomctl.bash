# Completion of roomctl in bash. It asks roomctl itself what may stand there.
_roomctl() {
	local word
	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		if [[ $word == :files ]]; then
			compopt -o default # bash's own completion of file names
			return
		fi
		COMPREPLY+=("$word")
	done < <("$1" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _roomctl roomctl

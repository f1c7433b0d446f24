# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Completion for bash. Commands and options are those that --help lists.

_sockwake() {
	local cur=${COMP_WORDS[COMP_CWORD]} command=trace word i behind=''
	local words=() name=''
	local program=${COMP_WORDS[0]}

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -- ]] && behind=$i && break
	done
	if [[ -n $behind ]]; then
		# A program and what belongs to it.
		if ((COMP_CWORD == behind + 1)); then
			mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		fi
		return
	fi
	mapfile -t words < <("$program" --help 2>/dev/null |
		sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
	for word in "${words[@]}"; do
		[[ ${COMP_WORDS[1]-} == "$word" ]] && ((COMP_CWORD > 1)) && command=$word
	done
	# --name=value comes as three words.
	if [[ $cur == = ]]; then
		name=${COMP_WORDS[COMP_CWORD - 1]} cur=''
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
		name=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $name in
	--format | --attach | --stacks | --sort)
		# What the value can be is all that its line says, or what stands behind a colon.
		mapfile -t words < <("$program" "$command" --help 2>/dev/null | awk -v name="$name=" '
			/^options:/ { options = 1 }
			substr($0, 1, 28) ~ /[^ ]/ { on = options && index($0, name) }
			on { text = text " " substr($0, 29) }
			END {
				sub(/.*: (by )?/, "", text)
				gsub(/\(the default\)|, | or /, " ", text)
				print text
			}')
		mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$cur")
		return
		;;
	--*)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t words < <("$program" "$command" --help 2>/dev/null |
			sed -n '/^options:/,$s/^  .*\(--[a-z-]*=\{0,1\}\).*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$cur")
		[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
		return
	fi
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _sockwake sockwake

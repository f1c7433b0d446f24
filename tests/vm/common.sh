# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What fetch and run share: the table of kernels and the place where they are kept. Sourced.

# shellcheck disable=SC2034 # read by the scripts that source this file
vm_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vm_cache=${SOCKWAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sockwake}/vm
vm_me=${0##*/}

vm_die() {
	printf '%s: %s\n' "$vm_me" "$*" >&2
	exit 1
}

vm_names() {
	awk '!/^#/ && NF { printf "%s%s", sep, $1; sep = " " }' "$vm_dir/kernels.list"
}

# vm_parts: the files that make up the configuration of a row that is built, in their order.
vm_parts() {
	printf '%s\n' "${row_config//,/$'\n'}" | sed "s|^|$vm_dir/config/|"
}

# vm_row NAME: sets row_suites, row_glob, row_config (empty, unless the kernel is built here),
# row_append, and row_key, the name that the kernel is kept under. Fails when there is no such row.
vm_row() {
	local name when suites glob append

	row_key=$1
	while read -r name when suites glob append; do
		[[ $name == "$1" ]] || continue
		row_suites=$suites row_glob=${glob%:*} row_append=$append row_config=
		if [[ $glob == *:* ]]; then
			row_config=${glob#*:}
			# How it is built is part of what it is.
			row_key+=.$(vm_parts | xargs cat -- "$vm_dir/build.sh" | sha256sum | head -c 12)
		fi
		[[ $suites == =* ]] || return 0
		# The same kernel started differently: all but the command line is the other row's.
		vm_row "${suites#=}" || return 1
		row_append=$append
		return 0
	done < "$vm_dir/kernels.list"
	return 1
}

# vm_kernel KEY: prints "RELEASE PATH" of the kernel kept under KEY, with its modules in a folder
# beside it; fails when there is none.
vm_kernel() {
	local dir

	dir=$(readlink -e -- "$vm_cache/names/$1") && [[ -s $dir/vmlinuz && -d $dir/modules ]] || return 1
	printf '%s %s\n' "$(< "$dir/release")" "$dir/vmlinuz"
}

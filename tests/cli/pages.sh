#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# pages.sh BUILD: man pages and completion agree with what --help says, of each command. TAP.
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/lib.sh
. "$here/lib.sh"
man=$1/man

# PAGE: as a terminal shows it.
text() {
	groff -Kutf8 -man -Tascii -P-cbou "$1" 2>&1
}

# What the top Makefile offers, and what it installs.
root=$here/../..
grep -o '^\.PHONY: all.*' "$root/Makefile" | tr ' ' '\n' | grep -vE '^(\.PHONY:|all|check-.*)$' | sort >"$man/targets"
make -s -C "$root" help | sed -n 's/^make \([a-z_.]\+\) .*/\1/p' | sort >"$man/helped"
comm -13 "$man/helped" "$man/targets" >"$man/diff"
while read -r target; do
	grep -qE "^$target:" "$root/Makefile" "$root"/tests/*/*.mk || echo "$target" >>"$man/diff"
done <"$man/helped"
[ -s "$man/helped" ] && [ ! -s "$man/diff" ]
result $? 'make help names the targets that there are' "$(tr '\n' ' ' <"$man/diff")"
made=$(make -s -C "$root" "O=$(realpath "$1")" compile_commands.json 2>&1 &&
	jq 'map(select(.command and .directory)) | length' "$root/compile_commands.json")
[ "$made" = "$(find "$root/src" -name '*.c' | wc -l)" ]
result $? 'compile_commands.json names each source' "$made"
root_of=(-s -C "$root" "O=$(realpath "$1")" "DESTDIR=$(realpath "$1")/installed" PREFIX=/usr)
make "${root_of[@]}" install >"$man/out" 2>&1 && [ "$(find "$1/installed" -type f | wc -l)" -ge 15 ]
result $? 'make install' "$(cat "$man/out")"
make "${root_of[@]}" uninstall >"$man/out" 2>&1 && [ -z "$(find "$1/installed" -type f)" ]
result $? 'make uninstall leaves nothing' "$(cat "$man/out"; find "$1/installed" -type f)"

"$sockwake" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\)  *\(.*\)/\1 \2/p' >"$man/commands"
[ "$(wc -l <"$man/commands")" -ge 5 ]
result $? 'the commands are listed'
cut -d' ' -f1 "$man/commands" | while read -r command; do echo "sockwake-$command.1"; done >"$man/wanted"
printf '%s\n' sockwake.1 sockwake-format.5 >>"$man/wanted"
(cd "$man" && ls -- *.[15]) | sort | diff - <(sort "$man/wanted") >"$man/diff"
result $? 'a page for each command, and for the format' "$(tr '\n' ' ' <"$man/diff")"

# COMPREPLY for the words of a line.
complete_words() {
	bash -c '. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_sockwake 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' - \
		"$here/../../docs/completion/sockwake.bash" "$@"
}

# What zsh is told to complete in a line: its own part is in the place of _arguments and
# _describe, so what they are given is to be seen.
zsh_completes() {
	zsh -f -c '
		_call_program() { shift; eval "$@" }
		_arguments() { print -rl -- "$@" }
		_describe() { print -rl -- ${(P)4} }
		completion=$1; shift
		words=("$@") CURRENT=$# PREFIX=${@[-1]}
		. $completion' - "$here/../../docs/completion/_sockwake" "$@"
}

while read -r command _; do
	page=$man/sockwake-$command.1
	warnings=$(groff -Kutf8 -man -ww -z "$page" 2>&1 | head -n 1)
	[ -z "$warnings" ]
	result $? "$command: the page has no errors" "$warnings"
	"$sockwake" "$command" --help | grep -oE '^  .{0,6}--[a-z-]+=?' | grep -oE -- '--[a-z-]+=?' |
		sort >"$man/options"
	text "$page" | sed -n '/^OPTIONS/,/^[A-NP-Z]/p' | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+=?' | grep -oE -- '--[a-z-]+=?' | sort >"$man/shown"
	diff "$man/options" "$man/shown" >"$man/diff"
	result $? "$command: the page has its options" "$(tr '\n' ' ' <"$man/diff")"
	complete_words "$sockwake" "$command" - | sort | diff "$man/options" - >"$man/diff"
	result $? "$command: bash completes its options" "$(tr '\n' ' ' <"$man/diff")"
	zsh_completes "$sockwake" "$command" - | grep -oE '^--[a-z-]+=?' | sort |
		diff "$man/options" - >"$man/diff"
	result $? "$command: zsh completes its options" "$(tr '\n' ' ' <"$man/diff")"
done <"$man/commands"
complete_words "$sockwake" '' | sort | diff <(cut -d' ' -f1 "$man/commands" | sort) - >"$man/diff"
result $? 'bash completes commands' "$(tr '\n' ' ' <"$man/diff")"
zsh_completes "$sockwake" '' | cut -d: -f1 | diff <(cut -d' ' -f1 "$man/commands") - >"$man/diff"
result $? 'zsh completes commands' "$(tr '\n' ' ' <"$man/diff")"
# completes NAME WORDS ARGUMENT...
completes() {
	local name=$1 want=$2 got
	shift 2
	got=$(complete_words "$sockwake" "$@" | tr '\n' ' ')
	[ "$got" = "$want " ]
	result $? "bash completes $name" "$got"
}
completes 'what is exported' 'ndjson csv perfetto html' export --format =
completes 'formats of a trace' 'text ndjson csv' trace --format =
completes "doctor's formats" 'text json' doctor --format =
completes 'means to attach' 'auto kprobe fentry tracepoint' record --attach =
completes 'stacks' 'kernel user kernel,user' trace --stacks =
completes 'orders' 'id events first last' report --sort =
for page in "$man"/*.[15]; do
	grep -oE 'sockwake(-[a-z]+)?\\fR\([15]\)' "$page" | sed 's/\\fR(/./; s/)//' | while read -r other; do
		[ -e "$man/$other" ] || echo "$page: $other"
	done
done >"$man/missing"
[ ! -s "$man/missing" ]
result $? 'pages refer to pages that are there' "$(cat "$man/missing")"
finish

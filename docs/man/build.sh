#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# build.sh SOCKWAKE PAGE.scd: the page for man(1), on standard output. A line "@OPTIONS COMMAND@"
# stands for the options that this command's --help lists, so that no option is described twice.
set -eu

sockwake=$1 page=$2

options() {
	"$sockwake" "$1" --help | awk '
		/^options:/ { on = 1; next }
		!on { next }
		# Further lines of a text.
		/^                    / { sub(/^ +/, ""); text = text " " $0; next }
		{
			flush()
			sub(/^ +/, "")
			at = match($0, /  +/)
			left = at ? substr($0, 1, at - 1) : $0
			text = at ? substr($0, at + RLENGTH) : ""
			value = ""
			if ((at = index(left, "="))) {
				value = substr(left, at + 1)
				left = substr(left, 1, at - 1)
			}
			head = "*" left "*" (value == "" ? "" : "=_" value "_")
		}
		END { flush() }
		function flush() {
			if (head != "") {
				sub(/^\.\.\./, "…", text)
				gsub(/[*_\\]/, "\\\\&", text)
				printf "%s\n\t%s\n\n", head, text
			}
			head = ""
		}'
}

while IFS= read -r line; do
	case $line in
	@OPTIONS\ *@)
		command=${line#@OPTIONS }
		options "${command%@}"
		;;
	*) printf '%s\n' "$line" ;;
	esac
done <"$page" | scdoc

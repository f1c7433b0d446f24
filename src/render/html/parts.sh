#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# parts.sh DIRECTORY: html_parts.h, on standard output. The order of scripts is that of scripts.list.
set -eu

dir=$1

hash() { # of standard input, as a Content-Security-Policy has it
	octal=$(sha256sum | awk '{
		for (i = 1; i < 64; i += 2) {
			byte = digit(substr($1, i, 1)) * 16 + digit(substr($1, i + 1, 1))
			printf "\\%03o", byte
		}
	}
	function digit(c) { return index("0123456789abcdef", c) - 1 }')
	# shellcheck disable=SC2059 # the escapes are what it is for
	printf "sha256-%s" "$(printf "$octal" | base64)"
}

part() { # NAME FILE...
	name=$1
	shift
	echo "#define HTML_${name}_FILES \\"
	for file; do
		printf '\t".incbin \\"%s\\"\\n" \\\n' "$file"
	done
	echo '	""'
	echo "#define HTML_${name}_HASH \"$(cat -- "$@" | hash)\""
}

part HEAD "$dir/head.html"
part STYLE "$dir/style.css"
part BODY "$dir/body.html"
# shellcheck disable=SC2046 # words
part SCRIPT $(sed "/^#/d; s|^|$dir/|" "$dir/scripts.list")

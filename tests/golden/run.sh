#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Compares what the driver renders with the *.expected beside this script, and the schema of events'
# lines in docs/schema/ with the rows that they are made from.
#
#   run.sh DRIVER SCHEMA            fails, with a diff, where they differ
#   run.sh --update DRIVER SCHEMA   takes what they print now as expected

set -u
LC_ALL=C.UTF-8
export LC_ALL
dir=$(dirname "$0")
update=
if [ "${1-}" = --update ]; then
	update=1
	shift
fi
driver=${1:?usage: run.sh [--update] DRIVER SCHEMA}
schema=${2:?usage: run.sh [--update] DRIVER SCHEMA}
# The system's: that is the one for which packages bring modules.
python=/usr/bin/python3
[ -x $python ] || python=python3
out=$(mktemp) || exit 1
trap 'rm -f "$out" "$out.text" "$out.json" "$out.data"' EXIT
failed=
n=0

fail() {
	echo "FAIL $1"
	failed=1
}

# Every line is a JSON object of a type: jq -e fails where it is not.
check_ndjson() {
	while IFS= read -r line; do
		printf '%s\n' "$line" | jq -e '.type | strings' >/dev/null || return 1
	done <"$1"
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
}

# Nothing that a stranger wrote reaches the terminal, and only addresses, paths
# and what follows from them make a line longer than the terminal.
check_text() {
	case $2 in
	colour*) sed 's/\x1b\[[0-9;]*m//g' "$1" ;;
	*) cat "$1" ;;
	esac | if grep -n '[[:cntrl:]]'; then return 1; fi
}

check_width() {
	case $2 in
	live-100 | timelines | not-kept | empty* | causes | findings | findings-all | colour) width=100 ;;
	timelines-60) return ;; # too narrow for who caused it
	findings-80) width=80 ;;
	live-120 | causes-120 | moments | colour-moments | sampled | not-judged) width=120 ;;
	live-160 | causes-160) width=160 ;;
	*) return ;;
	esac
	# Not every awk counts characters; these dots are the only one of ours that is not ASCII.
	sed 's/\x1b\[[0-9;]*m//g; s/…/./g' "$1" | awk -v w=$width -v bad=0 '
		length($0) > w && !/2001:db8:ffff/ { print NR ": " length($0) " columns"; bad = 1 }
		END { exit bad }'
}

# Rows end in CR LF, and have as many cells as the first; quotes are paired, and hold
# no control characters.
check_csv() {
	awk '
		!sub(/\r$/, "") || /[[:cntrl:]]/ { bad = 1 }
		{
			gsub(/"([^"]|"")*"/, "x")
			n = gsub(/,/, ",")
			if (NR == 1)
				cells = n
			if (n != cells || /"/)
				bad = 1
		}
		END { exit bad || NR < 2 }' "$1"
}

# Decoded by what Perfetto says of its format, not by what the renderer is built from.
check_perfetto() {
	$python "$dir/../perfetto/check.py" --print "$1" >"$1.text" && mv "$1.text" "$1"
}

# Of a page its data: each block is JSON, with nothing in it that HTML takes for markup.
data_of() {
	sed -n '/^<script type="application\/json"/,/^<\/script>/p' "$1"
}

check_html() {
	sed 's/^<script type="application\/json" id="[a-z-]*">$//; s/^<\/script>$//' "$1" >"$1.json"
	if grep -n '[<>&]' "$1.json"; then return 1; fi
	jq -es 'length == 3' "$1.json" >/dev/null
}

for name in $("$driver"); do
	n=$((n + 1))
	if ! "$driver" "$name" >"$out"; then
		fail "$name: the driver failed"
		continue
	fi
	case $name in
	ndjson*) check_ndjson "$out" || fail "$name: not lines of JSON" ;;
	perfetto*)
		[ "$name" != perfetto-causes ] ||
			$python "$dir/../perfetto/check.py" --self-test "$out" ||
			fail "$name: damage that is not found"
		check_perfetto "$out" || fail "$name: not what must hold of it"
		;;
	csv*) check_csv "$out" || fail "$name: not rows of as many cells" ;;
	html*)
		data_of "$out" >"$out.data" && mv "$out.data" "$out"
		check_html "$out" || fail "$name: not JSON that HTML leaves alone"
		;;
	*)
		check_text "$out" "$name" || fail "$name: control characters"
		check_width "$out" "$name" || fail "$name: too wide"
		;;
	esac
	if [ -n "$update" ]; then
		cp "$out" "$dir/$name.expected" || fail "$name: not written"
	else
		diff -u "$dir/$name.expected" "$out" || fail "$name: not as expected"
	fi
done

# An expectation that nothing is compared with is a test that was lost.
for expected in "$dir"/*.expected; do
	name=$(basename "$expected" .expected)
	"$driver" | grep -qx -- "$name" || fail "$name: no such case any more"
done
described=$dir/../../docs/schema/ndjson.schema.json
if ! "$schema" "$described" >"$out"; then
	fail "the schema: not made"
elif [ -n "$update" ]; then
	cp "$out" "$described" || fail "the schema: not written"
else
	diff -u "$described" "$out" || fail "the schema: not as src/render/members.h has it"
fi
$python "$dir/validate.py" "$described" "$dir"/ndjson*.expected ||
	fail "NDJSON is not what docs/schema says"
[ "$n" -gt 0 ] || fail "no cases"
[ -z "$failed" ] || exit 1
echo "PASSED: $n golden outputs"

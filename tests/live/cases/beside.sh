# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# -D: the program is the process that was started, with its status, and is traced from beside it. It has no
# child that it did not make, and what it was passed is its own.
. "$(dirname "$0")/../lib.sh"

# The other process ends a little later.
summary_comes() {
	waited=0
	until tail -n 1 "$1" 2> /dev/null | grep -q '^{"type":"summary"'; do
		[ $waited -lt 30 ] || fail "no end of $1"
		sleep 1
		waited=$((waited + 1))
	done
}

# shellcheck disable=SC2016 # of the inner shells
sh -c 'echo $$ > "$1"; exec "$2" trace -D --attach="$3" --format=ndjson -o "$4" -- sh -c "echo \$\$ > $1.program
	cat /proc/\$\$/task/\$\$/children > $1.children 2> /dev/null
	$5 chatter $1.mark 300 5; exit \$?"' - "$TMP/started" "$SOCKWAKE" "$ATTACH" "$TMP/trace" "$PROGS/behind"
status=$?
[ $status = 5 ] || fail "exit status $status, not 5"
[ "$(cat "$TMP/started")" = "$(cat "$TMP/started.program")" ] || fail 'the program has another number'
# Of itself there is the cat that looks.
[ "$(wc -w < "$TMP/started.children")" -le 1 ] || fail "children: $(cat "$TMP/started.children")"
summary_comes "$TMP/trace"
ledger "$TMP/trace" || exit 1
n=$(grep -c '"type":"wakeup"' "$TMP/trace")
[ "$n" -gt 10 ] || fail "$n wake-ups"

for beside in '' -D; do
	rm -f "$TMP/trace"
	# shellcheck disable=SC2086 # no option is one
	timeout 120 "$PROGS/behind" pass "$SOCKWAKE" trace $beside --attach="$ATTACH" --format=ndjson -o "$TMP/trace" -- \
		"$PROGS/behind" passed > "$TMP/out" || fail "passed $beside: $(cat "$TMP/out")"
	summary_comes "$TMP/trace"
done

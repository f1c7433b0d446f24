# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# By tracepoints and without naming accept: the scheduler alone tells of waits. Each
# sleep of forty tasks in accept is one wait, and no other call is taken for one.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT
[ "$ATTACH" = tracepoint ] || skip 'only the tracepoint rung does this'
SOCKWAKE_DEFAULTS=1

sockwake_start "$TMP/trace" || exit 1
for program in accept_forty accept_wait accept_ready; do
	"$PROGS/$program" > "$TMP/$program.expected" || fail "$program failed"
done
settle
sockwake_stop || exit 1
ledger "$TMP/trace" || exit 1
[ "$(attached "$TMP/trace" inet_csk_wait_for_connect)" = tracepoint ] || fail 'not attached'

# Waits that the programs made by sleeping, and all that the trace has of them.
expected=$(cat "$TMP"/*.expected | grep '"expect":"wait"' | grep '"waited":true' |
	sed 's/.*"count":\([0-9]*\).*/\1/' | awk '{ n += $1 } END { print n + 0 }')
told=$(members "$TMP/trace" type comm op waited result | awk -F '\t' '
	$1 == "wait" && $2 ~ /^accept_/ && $3 == "accept" && $4 == "true" && $5 == "-" { n++ }
	END { print n + 0 }')
other=$(members "$TMP/trace" type comm waited | awk -F '\t' '
	$1 == "wait" && $2 ~ /^accept_/ && $3 != "true" { n++ } END { print n + 0 }')
echo "$expected sleeps, $told told, $other others"
[ "$expected" -ge 40 ] || fail 'the programs did not sleep'
[ "$told" = "$expected" ] || fail 'not as many'
[ "$other" = 0 ] || fail 'calls that did not sleep'

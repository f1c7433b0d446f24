# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Of connections that lay in an accept queue together each counts; those that found a task in accept(2) do not.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

# count AT_ONCE LATER: prints the findings of the program's listener.
count() {
	sockwake_start "$TMP/trace" -- "$PROGS/late_accepts" "$1" "$2" || exit 1
	wait "$sockwake_pid" || fail "the exit status is $?"
	sockwake_pid=''
	ledger "$TMP/trace" || exit 1
	members "$TMP/trace" type kind count worst tasks | grep '^finding.no-waiter.*late_accepts'
}

got=$(count 5 20)
echo "$got"
[ "$(echo "$got" | cut -f 2-3)" = "$(printf 'no-waiter\t5')" ] || fail 'five came while it slept'
# The last of them waited for the others as well.
[ "$(echo "$got" | cut -f 4)" -ge 370000000 ] || fail 'the last one lay there for 380 ms'
got=$(count 0 20)
[ -z "$got" ] || fail "twenty were accepted at once: $got"

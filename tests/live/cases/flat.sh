# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Memory stays flat as connections come and go: what sockwake has resident after so many, and
# after three times as many, differs by a tenth at most.  Every connection is of two sockets
# with names of their own.  A burst may need more for a while, so where it does differ, as many
# more are tried twice: what grows with each connection does so again.
# SW_FLAT says how many, where that is too many or too few.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT
count=${SW_FLAT:-15000}

resident() {
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$sockwake_pid/status"
}

# more COUNT: so many more connections, and what is resident then.
more() {
	"$PROGS/churn" unix "$1" || fail 'churn failed'
	total=$((total + $1))
	sleep 1
	was=$now now=$(resident)
	echo "$1 more connections: $now kB"
}

# flat NAME
flat() {
	total=0 now=0
	more "$count"
	for _ in 1 2 3; do
		more $((2 * count))
		[ $((now * 10)) -gt $((was * 11)) ] || return 0
	done
	fail "$1: it grows"
}

# saw FILE: the load was traced: of each connection two wake-ups of data and more.  What did
# not fit in the rings counts as well.
saw() {
	hits=$(members "$1" type hits | awk '$1 == "summary" { print $2 }')
	[ "${hits:-0}" -ge $((2 * total)) ] || fail "only $hits hits in $1"
}

mkfifo "$TMP/lines" || exit 1
tail -n 1 "$TMP/lines" > "$TMP/last" &
trace=''
sockwake_run trace --format=ndjson -o "$TMP/lines" --comm=churn || exit 1
flat ndjson
sockwake_stop || exit 1
wait
saw "$TMP/last"

sockwake_record "$TMP/recording" --comm=churn || exit 1
flat record
sockwake_stop || exit 1
"$SOCKWAKE" report --summary --format=ndjson -o "$TMP/summary" "$TMP/recording" || fail 'report failed'
saw "$TMP/summary"

trace=''
sockwake_run trace -o "$TMP/text" --comm=churn || exit 1
flat text
sockwake_stop || exit 1

# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Where descriptors or address space are too few to trace, it ends at once, and says which limit is to be
# raised: with whatever it was that failed for want of them.
. "$(dirname "$0")/../lib.sh"

# refused LIMIT WHAT: whether it could not trace; and then it has named the limit, in one line.
refused() {
	[ ! -s "$TMP/ready" ] || return 1
	[ "$(grep -c . "$TMP/err")" = 1 ] && grep -q "$2" "$TMP/err" && return
	echo "$1: status $status"
	cat "$TMP/err"
	fail 'it does not name the limit'
}

# limited LETTER VALUE WHAT
limited() {
	rm -f "$TMP/ready"
	(
		# shellcheck disable=SC3045 # dash and busybox have them
		ulimit -"$1" "$2" && exec timeout 60 "$SOCKWAKE" trace -q --attach="$ATTACH" --ready-file "$TMP/ready" \
			-d 10ms -o /dev/null
	) 2> "$TMP/err"
	status=$?
	refused "ulimit -$1 $2" "$3"
}

tried=0
for n in 12 16 18 20 21 22 23 24 26 28 30 34 38 42 46 50; do
	limited n $n 'ulimit -n' || break
	tried=$((tried + 1))
done
echo "$tried limits of descriptors were too low"
[ $tried -ge 8 ] || fail 'hardly any'
tried=0
for kilobytes in 24000 28000 32000 36000 40000 44000 48000 52000; do
	limited v $kilobytes 'memory\|ulimit -v' || break
	tried=$((tried + 1))
done
echo "$tried limits of address space were too low"
[ $tried -ge 3 ] || fail 'hardly any'

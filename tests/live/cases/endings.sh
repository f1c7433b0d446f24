# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# SIGINT, SIGTERM and a closed pipe each end it cleanly, with a summary where there
# is somebody to read it.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

for signal in INT TERM; do
	sockwake_start "$TMP/trace" || exit 1
	"$PROGS/udp_recv" > /dev/null
	sockwake_stop $signal || fail "after SIG$signal"
	ledger "$TMP/trace" || fail "after SIG$signal"
done
# The reader takes the header and goes.
{
	timeout 120 "$PROGS/signals" "$SOCKWAKE" trace --attach="$ATTACH" --format=ndjson \
		--ready-file "$TMP/ready2" 2> "$TMP/err"
	echo $? > "$TMP/status"
} | head -n 1 > "$TMP/head" &
while [ ! -e "$TMP/ready2" ]; do
	[ -e "$TMP/status" ] && break
	sleep 1
done
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -e "$TMP/status" ] && break
	"$PROGS/udp_recv" > /dev/null
	sleep 1
done
wait
[ -e "$TMP/status" ] || fail 'it went on when its reader was gone'
status=$(cat "$TMP/status")
# By SIGPIPE, or with a status of its own; not by a crash or a timeout.
case $status in
[0-2] | 141) ;;
*) cat "$TMP/err"; fail "closed pipe: status $status" ;;
esac

# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# shellcheck disable=SC2016 # $2 is awk's
# Each filter lets through what it names and nothing else, and counts the rest.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

status=0

# only NAME MEMBERS AWK OPTION...: with these options, AWK (over the members of each
# event) must be true of all events, and there must be some.
only() {
	name=$1 members=$2 condition=$3
	shift 3
	if ! sockwake_start "$TMP/trace" "$@"; then
		status=1
		return
	fi
	"$PROGS/tcp_recv" > /dev/null
	"$PROGS/udp_recv" > /dev/null
	"$PROGS/unix_stream" > /dev/null
	"$PROGS/ipv6" > /dev/null 2>&1
	settle
	sockwake_stop || status=1
	judge "$name" "$members" "$condition"
}

judge() {
	if ! ledger "$TMP/trace"; then
		echo "$1: as above"
		status=1
	fi
	[ "$(summary "$TMP/trace" filtered)" -gt 0 ] || {
		echo "$1: nothing was filtered"
		status=1
	}
	# shellcheck disable=SC2086 # members, as words
	members "$TMP/trace" type $2 | awk -F '\t' -v name="$1" '
		$1 != "wakeup" && $1 != "wait" { next }
		{ n++ }
		!('"$3"') { bad++; if (bad <= 3) print name ": let through: " $0 }
		END {
			if (!n) print name ": nothing was let through"
			exit bad || !n
		}' || status=1
}

only --family family '$2 == "unix"' --family unix
only --proto proto '$2 == "udp"' --proto udp
only '--proto, two' proto '$2 == "udp" || $2 == "stream"' --proto udp,stream
only --events '' '$1 == "wakeup"' --events readable
only '--events, a function' callback '$2 == "sock_def_readable"' --events sock_def_readable
# Interrupts wake a socket on behalf of whoever was running, so it is the socket's
# owner who counts: its events name the ports of that program.
only --comm family '$2 == "unix"' --comm unix_stream

# The port of a listener that is there already.
for side in port lport rport; do
	port=$((20000 + $$ % 10000))
	if ! sockwake_start "$TMP/trace" --$side $port; then
		status=1
		continue
	fi
	"$PROGS/portuser" $port || status=1
	"$PROGS/udp_recv" > /dev/null
	settle
	sockwake_stop || status=1
	case $side in
	port) judge --port 'local remote' "\$2 ~ /:$port\$/ || \$3 ~ /:$port\$/" ;;
	lport) judge --lport 'local remote' "\$2 ~ /:$port\$/" ;;
	rport) judge --rport 'local remote' "\$3 ~ /:$port\$/" ;;
	esac
done

# A process that is there already: it waits for the end of its input, then works.
mkfifo "$TMP/go"
(
	read -r _ < "$TMP/go"
	exec "$PROGS/unix_stream"
) > /dev/null &
target=$!
if sockwake_start "$TMP/trace" --pid $target; then
	echo > "$TMP/go"
	wait $target
	"$PROGS/tcp_recv" > /dev/null
	settle
	sockwake_stop || status=1
	judge --pid family '$2 == "unix"'
else
	status=1
	echo > "$TMP/go"
fi

# What comes for a connection before its server has asked for any, of a listener that was there
# before the trace, by the hooks that are traced when nothing is said.
port=$((21000 + $$ % 10000))
"$PROGS/napper" $port serve 3 &
server=$!
SOCKWAKE_DEFAULTS=1
if sockwake_start "$TMP/trace" --pid $server; then
	"$PROGS/napper" $port call 3
	wait $server
	settle
	sockwake_stop || status=1
	told=$(members "$TMP/trace" type callback local state | awk -F '\t' -v port=":$port\$" '
		$1 == "wakeup" && $2 == "sock_def_readable" && $3 ~ port && $4 == "ESTABLISHED" { n++ }
		END { print n + 0 }')
	[ "$told" = 3 ] || {
		echo "--pid of a server that naps: 3 connections had data, told are $told"
		status=1
	}
else
	status=1
	kill $server
fi
exit $status

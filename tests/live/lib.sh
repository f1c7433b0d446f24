# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What run.sh and the cases share: starting and stopping sockwake. Sourced; uses
# $SOCKWAKE, $PROGS, $ATTACH, $TMP, $KEPT, where traces are left for the schema's test, and
# $SW_SLOW, how much longer than usual all may take.
: "${SW_SLOW:=1}"

sockwake_pid=''
trace=''

# sockwake_start TRACE [OPTION...]: starts a trace, and returns when it is on.
sockwake_start() {
	trace=$1
	shift
	sockwake_run trace --format=ndjson -o "$trace" "$@"
}

# sockwake_record FILE [OPTION...]: ... a recording.
sockwake_record() {
	trace='' file=$1
	shift
	sockwake_run record -o "$file" "$@"
}

# sockwake_run COMMAND [OPTION...]
sockwake_run() {
	command=$1
	shift
	# By tracepoints, waits in accept are whole only for those who name them.
	[ "$ATTACH" != tracepoint ] || [ -n "${SOCKWAKE_DEFAULTS-}" ] ||
		set -- --events=readable,writable,state,error,async,accept,destroy,woken,run,wait,io "$@"
	# What is kept of an earlier trace must not be written over.
	rm -f "$TMP/ready" "${trace:-$TMP/none}"
	"$PROGS/signals" "$SOCKWAKE" "$command" --attach="$ATTACH" --ready-file "$TMP/ready" "$@" < /dev/null > "$TMP/sockwake.log" 2>&1 &
	sockwake_pid=$!
	waited=0
	until [ -e "$TMP/ready" ]; do
		if ! kill -0 "$sockwake_pid" 2> /dev/null; then
			wait "$sockwake_pid"
			echo "sockwake ended at once, with the status $?:"
			cat "$TMP/sockwake.log"
			sockwake_pid=''
			return 1
		fi
		if [ $waited -ge $((60 * SW_SLOW)) ]; then
			echo "sockwake was not ready after $waited s:"
			cat "$TMP/sockwake.log"
			sockwake_kill
			return 1
		fi
		sleep 1
		waited=$((waited + 1))
	done
}

# The ends of sockets can come late: after a grace period of RCU (netlink), or when
# a deferred softirq had its turn.
settle() {
	sleep 2
}

# sockwake_stop [SIGNAL]: ends it, and waits for that. Its exit status must be 0.
sockwake_stop() {
	kill -"${1:-INT}" "$sockwake_pid"
	# One that doesn't end must not hang the test.
	(sleep $((60 * SW_SLOW)) && kill -KILL "$sockwake_pid") 2> /dev/null &
	watchdog=$!
	wait "$sockwake_pid"
	status=$?
	kill "$watchdog" 2> /dev/null
	wait "$watchdog" 2> /dev/null
	sockwake_pid=''
	[ -z "$trace" ] || ln "$trace" "$KEPT/$$.$(ls "$KEPT" | wc -l)" 2> /dev/null
	[ $status = 0 ] && return
	echo "sockwake's exit status is $status:"
	cat "$TMP/sockwake.log"
	return 1
}

sockwake_kill() {
	[ -z "$sockwake_pid" ] || kill -KILL "$sockwake_pid" 2> /dev/null
	sockwake_pid=''
}

fail() {
	echo "$*"
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# members TRACE MEMBER...: a line each, tab-separated.
members() {
	"$PROGS/events" "$@"
}

# summary TRACE MEMBER: one value of the summary.
summary() {
	members "$1" type "$2" | awk '$1 == "summary" { print $2 }'
}

# lost TRACE: all that was lost.
lost() {
	summary "$1" lost | tr -cs '0-9\n' ' ' | awk '{ for (i = 1; i <= NF; i++) n += $i } END { print n + 0 }'
}

# hook_hits TRACE HOOK
hook_hits() {
	members "$1" type hooks | sed -n 's/^summary\t//p' | tr '{' '\n' |
		sed -n "s/^\"name\":\"$2\",.*\"hits\":\([0-9]*\).*/\1/p"
}

# attached TRACE HOOK: by which means; nothing when it is not there.
attached() {
	members "$1" type hooks | sed -n 's/^header\t//p' | tr '{' '\n' |
		sed -n "s/^\"name\":\"$2\",\"attach\":\"\([a-z]*\)\".*/\1/p"
}

# target TRACE HOOK: ... and to what.
target() {
	members "$1" type hooks | sed -n 's/^header\t//p' | tr '{' '\n' |
		sed -n "s/^\"name\":\"$2\",.*\"target\":\"\([a-z_0-9.]*\)\".*/\1/p"
}

# ledger TRACE: every check of the trace itself.
ledger() {
	"$PROGS/verify" /dev/null "$1"
}

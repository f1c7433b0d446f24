#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracing.sh BUILD: missing privileges, and what is seen only while it traces: outputs that fail, statuses, rates. TAP.
# What needs root, or a kernel that can be traced, skips where that is not to be had.
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/lib.sh
. "$here/lib.sh"

# Privileges: another user cannot read the build folder, so it gets a copy.
cp "$sockwake" "$tmp/sockwake"
if [ "$(id -u)" = 0 ]; then
	mkdir -m 777 "$tmp/theirs"
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	fails 'no root' 2 'CAP_BPF and CAP_PERFMON.*as root' "${nobody[@]}" "$tmp/sockwake" -d 1
	fails 'doctor without root' 1 'CAP_BPF and CAP_PERFMON' "${nobody[@]}" "$tmp/sockwake" doctor
	fails 'one capability missing' 2 'needs CAP_PERFMON,' \
		setpriv --bounding-set=+bpf,-perfmon,-sys_admin "$tmp/sockwake" -d 1
	fails 'no root, with a program' 125 'CAP_BPF' "${nobody[@]}" "$tmp/sockwake" -- true
	fails 'no root, beside a program' 125 'CAP_BPF' "${nobody[@]}" "$tmp/sockwake" -D -- true
	fails 'record without root' 2 'CAP_BPF' "${nobody[@]}" env -C "$tmp/theirs" "$tmp/sockwake" record
	[ -z "$(ls -A "$tmp/theirs")" ]
	result $? 'record without root leaves no file' "$(ls -A "$tmp/theirs")"
else
	fails 'no root' 2 'CAP_BPF and CAP_PERFMON.*as root' "$tmp/sockwake" -d 1
fi

reason=$("$sockwake" doctor 2>&1 >/dev/null)
traceable=$?
[ $traceable = 0 ] || [ $traceable = 1 ] || result 1 'doctor' "status $traceable: $reason"
if [ $traceable = 1 ]; then
	for name in 'full disk' 'closed pipe' 'hook not there' 'exit status' 'lines are as many as can be read' \
		'every line with --all' 'what is loaded and attached' 'doctor as JSON' 'capabilities dropped'; do
		skip "$name" "${reason#sockwake: }"
	done
else
	"$sockwake" -d 100ms >/dev/full 2>"$tmp/err"
	status=$?
	if [ $status = 2 ] && grep -q 'No space left' "$tmp/err"; then
		result 0 'full disk'
	else
		result 1 'full disk' "status $status: $(cat "$tmp/err")"
	fi
	{
		"$sockwake" -d 300ms 2>"$tmp/err"
		echo $? >"$tmp/status"
	} | true
	if [ "$(cat "$tmp/status")" = 2 ] && grep -q 'reader has gone' "$tmp/err"; then
		result 0 'closed pipe'
	else
		result 1 'closed pipe' "status $(cat "$tmp/status"): $(cat "$tmp/err")"
	fi
	if "$sockwake" doctor --format=json | jq -e '.hooks | map(select(.attach == "none")) | length > 0' >/dev/null; then
		hook=$("$sockwake" doctor --format=json | jq -r '[.hooks[] | select(.attach == "none")][0].name')
		fails 'hook not there' 2 'none of the hooks.*doctor' "$sockwake" --events "$hook" -d 1
	else
		skip 'hook not there' 'this kernel has them all'
	fi
	"$sockwake" -o /dev/null -- sh -c 'exit 7'
	s1=$?
	"$sockwake" -o /dev/null -- sh -c 'kill -9 $$'
	s2=$?
	result "$((s1 != 7 || s2 != 137))" 'exit status' "$s1 $s2"
	# What was closed is closed for the program, whatever sockwake has there.
	# shellcheck disable=SC2016 # the shell that is started
	look='for fd in 0 1 2; do [ ! -e /proc/$$/fd/$fd ] || echo $fd; done >"$0"'
	sh -c "$look" "$tmp/without" <&- >&-
	"$sockwake" -o /dev/null -- sh -c "$look" "$tmp/with" <&- >&-
	! grep -q 0 "$tmp/without" && cmp -s "$tmp/without" "$tmp/with"
	result $? 'closed descriptors' "with: $(tr '\n' ' ' <"$tmp/with"), without: $(tr '\n' ' ' <"$tmp/without")"
	unshare --pid --fork "$sockwake" -D -o /dev/null -- sh -c 'exit 7' 2>"$tmp/err"
	s1=$?
	[ $s1 = 7 ] && grep -q 'process 1.*is lost' "$tmp/err"
	result $? 'beside process 1' "$s1 $(cat "$tmp/err")"
	# A burst that nobody can read, on a socket of its own.
	burst=(python3 -c 'import socket
a, b = socket.socketpair()
for i in range(3000):
    a.send(b"x")
    b.recv(1)')
	"$sockwake" -- "${burst[@]}" >"$tmp/out" 2>"$tmp/err"
	[ "$(wc -l <"$tmp/out")" -lt 200 ] && grep -q '… too many to read: .*--all' "$tmp/out" &&
		grep -qE '… [0-9,]+ events not shown' "$tmp/out"
	result $? 'lines are as many as can be read' "$(wc -l <"$tmp/out") lines, $(grep … "$tmp/out")"
	"$sockwake" --all -- "${burst[@]}" >"$tmp/out" 2>"$tmp/err"
	[ "$(grep -c '^ *[0-9.]* *[0-9]*  readable  #' "$tmp/out")" -ge 3000 ] && ! grep -q 'not shown' "$tmp/out"
	result $? 'every line with --all' "$(wc -l <"$tmp/out") lines"
	"$sockwake" -q --hooks -v -d 100ms >"$tmp/out" 2>"$tmp/err"
	grep -qE '^sockwake: loaded: [1-9][0-9]* programs and [1-9][0-9]* maps' "$tmp/err" &&
		grep -q '^sockwake: sock_def_readable: ' "$tmp/err" &&
		grep -qE '^  sock_def_readable +[a-z]+ +[0-9,]+' "$tmp/out"
	result $? 'what is loaded and attached' "$(cat "$tmp/err" "$tmp/out")"
	"$sockwake" doctor --format=json | jq -e '.traceable and (.hooks | length == 18)' >"$tmp/out"
	result $? 'doctor as JSON' "$(cat "$tmp/out")"
	"$sockwake" -o /dev/null --ready-file "$tmp/ready" -d 20 &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		[ -s "$tmp/ready" ] && break
		sleep 0.1
	done
	caps=$(awk '/^CapEff|^CapPrm/ { print $2 }' "/proc/$pid/status" | sort -u)
	kill "$pid"
	wait "$pid"
	if [ "$(id -u)" = 0 ]; then
		# As README says, those two are enough.
		two='-all,+bpf,+perfmon'
		setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=$two --ambient-caps=$two \
			--bounding-set=$two "$tmp/sockwake" -q -d 100ms >"$tmp/out" 2>"$tmp/err" </dev/null
		result $? 'CAP_BPF and CAP_PERFMON alone' "$(cat "$tmp/err")"
		# They do not show the kernel's addresses, unless it shows them to all; and who was woken is told by those.
		hidden=0
		setpriv --reuid=65534 --regid=65534 --clear-groups grep -q '^0*0 ' /proc/kallsyms && hidden=1
		setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=$two --ambient-caps=$two \
			--bounding-set=$two "$tmp/sockwake" doctor >"$tmp/out" 2>&1 </dev/null
		told=$(grep -A 2 '^woken ' "$tmp/out" | grep -c 'hides its addresses; with CAP_SYSLOG')
		noted=$(grep -c 'hides its addresses' "$tmp/err")
		[ "$told$noted" = $hidden$hidden ]
		result $? 'what CAP_SYSLOG is missing for is told' "hidden: $hidden, $(cat "$tmp/out" "$tmp/err")"
	fi
	# CAP_BPF is bit 39
	[ "$caps" = 0000008000000000 ]
	result $? 'capabilities dropped' "left: $caps"
fi
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# live.sh BUILD KERNEL [CASE...]: the live tests in a guest: all programs by kprobe and by fentry (of two kernels
# by one of them), and by kprobe the cases named (else those that depend on the kernel). TAP on standard output;
# a guest that does not come to its end is a failed test like any other.
#
#   SW_TESTS    these programs and cases only, and nothing else
#   SW_RUNG     by this rung only: kprobe, fentry, tracepoint or auto
set -u

(($# >= 2)) || {
	echo 'usage: live.sh BUILD KERNEL [CASE...]' >&2
	exit 2
}
build=$1 kernel=$2
shift 2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT
guest=''
trap '[ -z "$guest" ] || kill "$guest"; exit 143' TERM INT HUP

# Starting sockwake takes seconds under emulation, so what does not differ from kernel to kernel is run on
# one of them only.
cases='counts missed attribution polls schedule unended accept_hook contexts'
# Filters by task need the ends of calls, which fexit tells of where the kernel is not preemptible.
fentry_cases='accept_hook'
[ "$kernel" != 6.12 ] || {
	cases="$cases overload sigkill"
	fentry_cases="$fentry_cases overload filters late_accepts passed"
}
[ "$kernel" != 6.1 ] || cases="$cases btf endings late_accepts manysockets names passed program"
[ "$kernel" != 6.18 ] || cases="$cases beside family"
# The programs again, by a rung that the same kernel with another preemption, or the next one, has as well?
kprobe_programs=all fentry_programs=all
[ "$kernel" != 6.12-full ] || kprobe_programs=''
[ "$kernel" != 6.18 ] || fentry_programs=''
(($# == 0)) || cases=$*
programs=$(cat "$build/live/tests.list")
[ -z "${SW_TESTS-}" ] || {
	programs=''
	cases=$SW_TESTS fentry_cases=$SW_TESTS
}
# Where accept's own function is one of its own, nothing else may stand for it.
own=''
[[ $kernel != *-noinline* ]] || own=inet_csk_wait_for_connect
machine=(--cpus 2 --mem 1G) scale=1
case $kernel in
*-cpus255) machine=(--cpus '8,maxcpus=255' --mem 2G) ;;
*-debug) machine=(--cpus 2 --mem 2G) scale=3 ;;
esac

mkdir -p "$root/tree/live/programs"
cp -r "$here/../live/run.sh" "$here/../live/lib.sh" "$here/../live/cases" "$root/tree/live/"
find "$build/live" -maxdepth 1 -type f \( -perm -u+x -o -name tests.list \) \
	-exec cp -t "$root/tree/live/programs" {} +
fetched=$("$here/fetch" "$kernel") || exit 1
cp -r "$(dirname -- "${fetched##* }")/modules" "$root/tree/modules"
# It cannot be undone, so it comes last.
last=''
[ "$kernel" != 6.12 ] || [ -n "${SW_TESTS-}" ] || {
	install -m 755 "$here/lockdown.sh" "$root/tree/live/"
	last='/live/lockdown.sh || failed=1'
}
# Where tasks are preempted in callbacks, more of these overlap than elsewhere.
bounds=''
[ "$kernel" != 6.12-full ] || [ -n "${SW_TESTS-}" ] || {
	mkdir -p "$root/tree/bounds"
	install -m 755 "$here/../bounds/run.sh" "$build/few/sockwake" "$root/tree/bounds/"
	for rung in kprobe fentry; do
		bounds="$bounds
sh /bounds/run.sh --sockwake /bounds/sockwake --programs /live/programs --attach $rung --few frames || failed=1"
	done
}

# left RUNG TEST...: those of the tests that no guest has passed yet.
left() {
	local rung=$1 name
	shift
	for name; do
		grep -q "^ok [0-9]* - $name ($rung)" "$root/passed" || printf '%s ' "$name"
	done
}

# What the guest runs: what is left to do.
guest_script() {
	local run='sh /live/run.sh --sockwake /bin/sockwake --programs /live/programs' rung tests
	cat <<-GUEST
		#!/bin/sh
		failed=0
		! grep -q jiffies /sys/devices/system/clocksource/clocksource0/current_clocksource || exit 99
		export SW_ACCEPT_HOOK=$own SW_SLOW=$((scale * 3))
		for module in /modules/*.ko; do
			[ ! -e "\$module" ] || insmod "\$module" || echo "# \$module: not loaded"
		done
	GUEST
	# shellcheck disable=SC2016 # the guest's
	[ -n "${SW_TESTS-}" ] || echo 'echo "# doctor $(/bin/sockwake doctor --format=json)"'
	for rung in ${SW_RUNG:-kprobe fentry}; do
		tests="${kprobe_programs:+$programs} $cases"
		[ "$rung" != fentry ] || tests="${fentry_programs:+$programs} $fentry_cases"
		# shellcheck disable=SC2086 # words
		tests=$(left $rung $tests)
		[ -z "$tests" ] || echo "$run --attach=$rung $tests || failed=1"
	done
	cat <<-GUEST
		$bounds
		$last
		# Lockdep stops for good when it has found something, or is out of room.
		if [ -e /proc/lockdep_stats ] && ! grep -q 'debug_locks: *1' /proc/lockdep_stats; then
			echo 'not ok 0 - locks were checked to the end'
			failed=1
		fi
		exit \$failed
	GUEST
}

# With a thread for each processor, emulation now and then hangs or kills a guest while the kernel patches
# its own code, also at boot, when nothing is traced: one processor goes on seeing an int3 that another has
# taken away. (At the entry of a function with a kprobe on ftrace, the kernel then takes it for a kprobe
# that has a copied instruction, and jumps to 0.) One thread for all has no such race, and so tells it from
# a fault of ours.
# boot THREADS LIMIT QUIET: runs it, and ends it after LIMIT seconds, or when it has said nothing for QUIET,
# which is longer than any test takes.
boot() {
	local status
	"$here/run" "${machine[@]}" --threads "$1" --timeout "$2" --log "$root/kernel.log" \
		"$kernel" "$root/initramfs" >"$root/tap" 2>"$root/log" &
	guest=$!
	while kill -0 "$guest" 2>/dev/null; do
		sleep 2
		if (($(date +%s) - $(stat -c %Y "$root/tap") > $3)); then
			kill "$guest"
			wait "$guest"
			guest=''
			echo "run: $kernel: said nothing for $3 s" >>"$root/log"
			return 124
		fi
	done
	wait "$guest"
	status=$?
	guest=''
	return $status
}

# few_failed: those of the tests that the guest's TAP says have failed, a line each, "NAME (RUNG)"; fails if that
# is none or many, or anything else than tests that can be run by themselves.
few_failed() {
	local failed name rung
	failed=$(sed -n 's/^not ok [0-9]* - //p' "$root/tap")
	[ -n "$failed" ] && (($(wc -l <<<"$failed") <= 3)) || return
	while read -r name rung; do
		[[ " ${programs//$'\n'/ } $cases $fentry_cases " == *" $name "* && $rung == \(*\) ]] || return
	done <<<"$failed"
	echo "$failed"
}

# A guest that did not come to its end has passed what it has passed; the next one does the rest.  So does it with
# a few that failed: where a processor goes on with code as it was before a probe was put in or taken out, a hit is
# neither seen nor missed.  What fails with one thread as well has failed.
: >"$root/passed"
for threads in multi single; do
	guest_script >"$root/tree/guest"
	chmod +x "$root/tree/guest"
	"$here/initramfs" "$root/initramfs" "$root/tree" "$build/sockwake" || exit 1
	slower=$scale
	[ "$threads" = multi ] || slower=$((scale * 2))
	# Should it have found no other clock than the timer's ticks (see run), 4 ms are too coarse for any test.
	for ((try = 0, status = 99; status == 99 && try < 3; try++)); do
		boot "$threads" $((slower * 1800)) $((slower * 600))
		status=$?
	done
	[ "$threads" = multi ] || break
	if ((status == 124 || status == 125)); then
		echo "# $kernel: the guest did not come to its end; the rest once more, with one thread"
		{ grep -aE 'Oops|BUG:|RIP:' "$root/log" | head -n 6; tail -n 2 "$root/log"; } | sed 's/^/# /'
	elif ((status == 1)) && failed=$(few_failed); then
		echo "# $kernel: once more, with one thread: ${failed//$'\n'/, }"
		grep -aA 12 '^not ok ' "$root/tap" | grep -av '^# ndjson ' | sed 's/^/# /'
		bounds='' last=''
	else
		break
	fi
	grep -aE '^(ok [0-9]|# ndjson )' "$root/tap" >"$root/passed"
done
cat "$root/passed" "$root/tap" >"$root/all"
mv "$root/all" "$root/tap"
# What the guest left of NDJSON lines, for the schema.
sed -n 's/^# ndjson //p' "$root/tap" >"$root/ndjson"
sed -n 's/^# doctor //p' "$root/tap" | head -n 1 >"$root/doctor"
sed -i '/^# \(ndjson\|doctor\) /d' "$root/tap"
sed "s/^\(\(not \)\?ok [0-9]* - .*\) (\([a-z]*\))/\1 ($kernel, \3)/" "$root/tap"
sed 's/^/# /' "$root/log"
python=/usr/bin/python3
[ -x $python ] || python=python3
if $python -c 'import jsonschema' 2>/dev/null; then
	if $python "$here/../golden/validate.py" --some "$here/../../docs/schema/ndjson.schema.json" "$root/ndjson" >"$root/schema"; then
		echo "ok 0 - schema ($kernel, $(wc -l <"$root/ndjson") different lines)"
	else
		echo "not ok 0 - schema ($kernel)"
		sed 's/^/# /' "$root/schema"
		((status)) || status=1
	fi
fi
# Which rung each hook has is known of these.
if [ -z "${SW_TESTS-}" ] && cut -d ' ' -f 1 "$here/attach.list" | tr , '\n' | grep -qxF -- "$kernel"; then
	"$here/attach.sh" "$kernel" "$root/doctor" || ((status)) || status=1
fi
if ((status == 124 || status == 125)); then
	echo "not ok 0 - the guest comes to its end ($kernel)"
	exit 1
fi
if ((status == 99)); then
	echo "not ok 0 - the guest has a clock ($kernel)"
	exit 1
fi
# What a kernel says of itself, of its locks (lockdep) and of its memory (KASAN) must be nothing. That it
# waited for long is the emulator's doing.
if grep -aE 'WARNING: |BUG: |kernel BUG at|Oops|INFO: trying to register' "$root/kernel.log" | grep -vq 'soft lockup'; then
	echo "not ok 0 - the guest's kernel complains of nothing ($kernel)"
	exit 1
fi
exit "$status"

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# selftest.sh [NAME...]: tests the harness itself with the given kernels of kernels.list (6.1).

# shellcheck disable=SC2317 # check() reaches the other functions
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
temp=$(mktemp -d "${TMPDIR:-/tmp}/sockwake-selftest.XXXXXX")
trap 'rm -rf -- "$temp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
failed=0

check() {
	if "${@:2}"; then
		printf 'ok   %s: %s\n' "$kernel" "$1"
	else
		printf 'FAIL %s: %s\n' "$kernel" "$1"
		failed=1
	fi
}

# boot STATUS [OPTION...]: boots $kernel; whether `run` exits with STATUS. It leaves $temp/out and
# $temp/err.
boot() {
	local status=0

	"$here/run" --log "$temp/log" "${@:2}" "$kernel" "$temp/initramfs" > "$temp/out" 2> "$temp/err" ||
		status=$?
	((status == $1)) && return 0
	printf 'run exited with %s; its stderr:\n' "$status"
	cat "$temp/err"
	return 1
}

says() {
	grep -qE -- "$2" "$temp/$1"
}

# One guest for all: the kernel's command line tells it what to do.
mkdir "$temp/root"
cat > "$temp/root/guest" <<'EOF'
#!/bin/sh
case $(cat /proc/cmdline) in
*selftest=panic*)
	echo c > /proc/sysrq-trigger
	;;
*selftest=hang*)
	echo waiting
	sleep 1000
	;;
*selftest=warn*)
	echo 'WARNING: not a real one' > /dev/kmsg
	;;
*)
	echo "release $(uname -r)"
	echo "preempt $(cat /sys/kernel/debug/sched/preempt 2> /dev/null)"
	echo "btf $(wc -c < /sys/kernel/btf/vmlinux)"
	echo "processors $(nproc)"
	echo "symbols $(grep -vc '^0*  *[A-Za-z] ' /proc/kallsyms)"
	echo "seconds $(cut -d ' ' -f 1 /proc/uptime)"
	echo 'to stderr' >&2
	for path in /sys/kernel/tracing/kprobe_events /sys/kernel/debug/tracing/trace /sys/fs/cgroup/cgroup.procs; do
		[ -e "$path" ] || echo "missing $path"
	done
	grep -q ' /sys/fs/bpf bpf ' /proc/mounts || echo 'missing bpffs'
	ping -c 1 127.0.0.1 > /dev/null && echo "loopback of $(hostname)"
	# A program with shared libraries, where busybox has an applet of the same name.
	/bin/stat --version | head -n 1
	# Empty lines, a byte that a terminal would change, and an open last line.
	printf '1\n\n\n2\r\n\nopen'
	(sleep 1000; echo too late) &
	exit 7
	;;
esac
EOF
chmod +x "$temp/root/guest"
program=$(command -v stat)
kernel=initramfs
"$here/initramfs" "$temp/initramfs" "$temp/root" "$program" 2> /dev/null
"$here/initramfs" "$temp/again" "$temp/root" "$program" 2> "$temp/err"
check 'a program that an applet hides is told' says err 'stat is an applet'
check 'the same input gives the same bytes' cmp "$temp/initramfs" "$temp/again"

# A QEMU whose guest does all but end.
mkdir "$temp/stuck"
cat > "$temp/stuck/qemu-system-x86_64" <<'EOF'
#!/bin/sh
for argument; do
	case $argument in *id=out,path=*) out=${argument#*path=} ;; esac
done
printf 'all said\n\nsockwake-vm: exit 3\n' > "$out"
exec sleep 1000
EOF
chmod +x "$temp/stuck/qemu-system-x86_64"

(($#)) || set -- 6.1
for kernel; do
	check 'exits with the status of the guest' boot 7
	sed 's/^/     | /' "$temp/out"
	release=$("$here/fetch" "$kernel" | cut -d ' ' -f 2)
	check 'runs the kernel that fetch names' says out "^release ${release//+/\\+}\$"
	check 'has BTF' says out '^btf [1-9]'
	check 'has two processors' says out '^processors 2$'
	check 'shows the addresses of symbols' says out '^symbols [1-9]'
	check 'copies stderr as well' says out '^to stderr$'
	check 'has all file systems' eval '! says out ^missing'
	check 'has a loopback device' says out '^loopback of sockwake-vm$'
	check 'runs a program with shared libraries' says out '^stat \(GNU coreutils\)'
	printf '1\n\n\n2\r\n\nopen\n' > "$temp/want"
	check 'copies the output unchanged' cmp "$temp/want" <(tail -n 6 "$temp/out")
	check 'complains of nothing' test ! -s "$temp/err"

	check 'a panic gives 125' boot 125 --append selftest=panic
	check 'a panic is shown' says err 'Kernel panic'
	check 'no time left gives 124' boot 124 --append selftest=hang --timeout 15
	check 'what came before is shown' says out '^waiting$'
	before=$SECONDS
	PATH=$temp/stuck:$PATH check 'a guest that hangs after it told its status has ended' boot 3 --timeout 100
	check 'it is not waited for' test $((SECONDS - before)) -lt 60
	check 'a kernel that warns does not fail' boot 0 --append selftest=warn
	check 'a warning is shown' says err 'WARNING: not a real one'
done
exit "$failed"

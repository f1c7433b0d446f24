#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# lockdown.sh: locks the kernel down, for good, and sees what sockwake says of it. In
# a guest only, and last of all. TAP on standard output.
[ -x /guest ] || {
	echo 'lockdown.sh: only for a guest' >&2
	exit 2
}
lockdown=/sys/kernel/security/lockdown
[ -e $lockdown ] || mount -t securityfs none /sys/kernel/security
echo confidentiality > $lockdown || exit 1

number=0 failed=0
# refuses STATUS COMMAND...: ends so, and names the cause and the remedy in one line.
refuses() {
	expected=$1
	shift
	number=$((number + 1))
	"$@" > /tmp/out 2> /tmp/err
	status=$?
	if [ $status = "$expected" ] && [ "$(grep -c . /tmp/err)" = 1 ] &&
		grep -q 'locked down (confidentiality).*lockdown=integrity' /tmp/err; then
		echo "ok $number - $2 under lockdown (auto)"
	else
		echo "not ok $number - $2 under lockdown (auto)"
		echo "# exit status $status"
		sed 's/^/# /' /tmp/err
		failed=1
	fi
}

refuses 1 /bin/sockwake doctor
refuses 2 /bin/sockwake trace -d 1
exit $failed

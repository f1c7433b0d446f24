# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What the tests of the command line share: sourced with the build folder as the first argument. Sets sockwake and tmp.
# shellcheck disable=SC2034 # for who sources it
sockwake=$1/sockwake
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
n=0 failed=0

result() { # STATUS NAME [DIAGNOSTIC]
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
		echo "# ${3-}"
	fi
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# fails NAME STATUS PATTERN COMMAND...: the status, and exactly one line that matches, none on stdout.
fails() {
	local name=$1 want=$2 pattern=$3 status lines
	shift 3
	timeout 60 "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	lines=$(wc -l <"$tmp/err")
	if [ "$status" = "$want" ] && [ "$lines" = 1 ] && grep -Eq -- "$pattern" "$tmp/err" && [ ! -s "$tmp/out" ]; then
		result 0 "$name"
	else
		result 1 "$name" "status $status (want $want), stderr: $(head -c 400 "$tmp/err" | tr '\n' '|'), stdout: $(head -c 200 "$tmp/out" | tr '\n' '|')"
	fi
}

# The plan, and the status.
finish() {
	echo "1..$n"
	[ $failed = 0 ]
}

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Runs each test program that is named, all of them even when one fails, and
# shows what it prints.  Fails when one failed, or when there was none.

failed=
if [ $# -eq 0 ]; then
	echo "run.sh: no test programs" >&2
	exit 1
fi
for program; do
	echo "# ${program##*/}"
	"$program" 2>&1
	status=$?
	if [ $status -ne 0 ]; then
		echo "# ${program##*/}: exit status $status"
		failed="$failed ${program##*/}"
	fi
done
if [ -n "$failed" ]; then
	echo "FAILED:$failed"
	exit 1
fi
echo "PASSED: $# test programs"

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# check.sh BUILD: every test, each stage's output in BUILD/check/, and a last line that counts.
#
#   SW_KERNELS  the guests' kernels (those of tests/vm/kernels.list that are always tested); empty: none
#   SW_STAGES   which of the stages below are run, but for guests (all); those left out are named at the end
#   SW_LIVE     which of the live tests are run natively (all)
set -u

build=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
logs=$build/check
rm -rf "$logs"
mkdir -p "$logs"
always=$(awk '!/^#/ && $2 == "always" { print $1 }' "$here/vm/kernels.list")
kernels=${SW_KERNELS-$always}
passed=0 failed=0 skipped=0
stages='' left=''

# count STAGE STATUS SECONDS: what the stage's log says it ran. A stage that fails, or runs nothing, without
# saying which test failed is itself a failed test.
count() {
	local log=$logs/$1 p f s
	s=$(grep -Ec '^ok .* # SKIP' "$log")
	p=$(($(grep -Ec '^ok ' "$log") - s))
	f=$(grep -Ec '^not ok ' "$log")
	# cmocka
	p=$((p + $(grep -Ec '^\[       OK \]' "$log")))
	f=$((f + $(grep -Ec '^\[  FAILED  \] [a-z_]+$' "$log")))
	s=$((s + $(grep -Ec '^\[  SKIPPED \] [a-z_]+$' "$log")))
	# the golden outputs
	p=$((p + $(sed -n 's/^PASSED: \([0-9]*\) golden outputs$/\1/p' "$log" | tail -n 1 | grep . || echo 0)))
	if (($2 != 0 && f == 0)) || ((p + f + s == 0)); then
		f=$((f + 1))
		echo "not ok - $1 (status $2; the end of its log follows)"
		tail -n 15 "$log" | sed 's/^/    /'
	else
		grep -A 12 '^not ok ' "$log" | cut -c 1-300 | sed 's/^/    /'
		grep -E '^\[  ERROR   \]|^\[  FAILED  \] [a-z_]+$|: error: Failure!' "$log" | sed 's/^/    /'
	fi
	# What a guest may leave out is known: the kernel is, too.
	if grep -qxF -- "${1#live-}" <<<"$always"; then
		while read -r line; do
			grep -qxF -- "${1#live-} $line" "$here/vm/skips.list" || {
				f=$((f + 1)) s=$((s - 1))
				echo "    not ok - $1: skipped, and tests/vm/skips.list does not say so: $line"
			}
		done < <(sed -nE 's/^ok [0-9]+ - ([a-z0-9_]+) \([^,]*, ([a-z]+)\) # SKIP.*/\1 \2/p' "$log")
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-24s %4d passed, %d failed, %d skipped (%d s)\n' "$1" "$p" "$f" "$s" "$3"
}

stage() { # NAME COMMAND...
	local name=$1 status begun=$SECONDS
	shift
	stages="$stages $name"
	[[ -z ${SW_STAGES+set} || " $SW_STAGES " == *" $name "* ]] || {
		left="$left $name"
		return
	}
	"$@" >"$logs/$name" 2>&1 </dev/null
	status=$?
	count "$name" $status $((SECONDS - begun))
}

# All processors build; the tests come after that.
build_and() {
	make -s -j"$(nproc)" "$@"
}

fuzz() {
	build_and check-fuzz && echo 'ok 1 - the decoder, the reader and all formats under the fuzzer'
}

stage unit build_and check-unit
stage golden build_and check-golden
stage fuzz fuzz
stage layers python3 "$here/layers.py" "$build"
stage arm64 make -s check-arm64
stage shell make -s check-shell
stage tidy make -s check-tidy
stage cli "$here/cli/run.sh" "$build"
stage cli-tracing "$here/cli/tracing.sh" "$build"
stage pages "$here/cli/pages.sh" "$build"
stage html build_and check-html
stage truth-witnesses python3 "$here/truth/selftest.py"
if [[ -n ${SW_STAGES+set} && " $SW_STAGES " != *-native* && " $SW_STAGES " != *' bounds-few '* ]]; then
	left="$left live-native bounds-native bounds-few truth-native"
	stages="$stages live-native bounds-native bounds-few truth-native"
elif "$build/sockwake" doctor >/dev/null 2>&1 || (($? != 1)); then
	# One that crashes is no reason to leave anything out.
	# shellcheck disable=SC2086 # words
	stage live-native "$here/live/run.sh" --sockwake "$build/sockwake" --programs "$build/live" --attach=auto ${SW_LIVE-}
	stage bounds-native "$here/bounds/run.sh" --sockwake "$build/tiny/sockwake" --programs "$build/live"
	stage bounds-few "$here/bounds/run.sh" --sockwake "$build/few/sockwake" --programs "$build/live" --few \
		backlogs peers held
	stage truth-native python3 "$here/truth/run.py" --ci --sockwake "$build/sockwake" --programs "$build/truth"
else
	echo 'this machine itself cannot be traced; its reasons:'
	"$build/sockwake" doctor 2>&1 >/dev/null | sed 's/^/    /'
	stages="$stages live-native bounds-native bounds-few truth-native"
fi
for name in ${SW_STAGES-}; do
	[[ " $stages bare " == *" $name "* ]] || {
		echo "not ok - SW_STAGES: there is no stage '$name'"
		failed=$((failed + 1))
	}
done

# The bare root and the guests, two at a time: a guest has two processors, but mostly uses one, and so does what
# is done in the bare root. Kernels that have to be built first are so beside other guests; all others are there
# before one starts.
built=$(awk '!/^#/ && $4 ~ /:/ { print $1 }' "$here/vm/kernels.list")
fetched=''
for kernel in $kernels; do
	grep -qxF -- "$kernel" <<<"$built" || fetched="$fetched $kernel"
done
# shellcheck disable=SC2086 # words
[ -z "$fetched" ] || "$here/vm/fetch" $fetched >"$logs/fetch" 2>&1 || {
	echo 'not ok - the kernels could not be fetched:'
	tail -n 5 "$logs/fetch" | sed 's/^/    /'
	failed=$((failed + 1))
}
# beside STAGE COMMAND...: in the background, as soon as there is room.
running=0 beside=''
beside() {
	local name=$1
	shift
	if ((running == 2)); then
		wait -n
		running=$((running - 1))
	fi
	(
		begun=$SECONDS
		"$@" >"$logs/$name" 2>&1 </dev/null
		echo "$? $((SECONDS - begun))" >"$logs/$name.status"
	) &
	running=$((running + 1))
	beside="$beside $name"
}

if [[ -z ${SW_STAGES+set} || " $SW_STAGES " == *' bare '* ]]; then
	beside bare "$here/bare/run.sh" "$build"
else
	left="$left bare"
fi
for kernel in $kernels; do
	beside "live-$kernel" "$here/vm/live.sh" "$build" "$kernel"
done
wait
for name in $beside; do
	read -r status took <"$logs/$name.status"
	count "$name" "$status" "$took"
	rm -f "$logs/$name.status"
done

echo
[ -z "$left" ] || echo "left out by SW_STAGES:$left"
echo "total: $passed passed, $failed failed, $skipped skipped"
((failed == 0))

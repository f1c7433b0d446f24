#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run.sh BUILD: the HTML page in headless Chromium: of the golden stories, of hostile names, and of
# 100,000 events. TAP. Screenshots go to BUILD/html/.
set -u

build=$1
here=$(cd "$(dirname "$0")" && pwd)
out=$build/html
mkdir -p "$out"

if ! command -v chromedriver >/dev/null || ! /usr/bin/python3 -c 'import selenium' 2>/dev/null; then
	echo 'ok 1 - the page in Chromium # SKIP chromium-driver or python3-selenium is not installed'
	echo 1..1
	exit 0
fi

make_page() { # NAME TRACE-ARGUMENTS...
	local name=$1
	shift
	"$out/make_trace" "$@" >"$out/$name.swk" &&
		"$build/sockwake" export --format=html -o "$out/$name.html" "$out/$name.swk"
}

{
	"$build/golden/driver" html-causes >"$out/story.html" &&
		"$build/golden/driver" html >"$out/lossy.html" &&
		make_page hostile hostile &&
		make_page big big 100000 &&
		make_page stacks stacks &&
		make_page many many 66000 2>"$out/many.err" &&
		make_page huge big 500100 2>"$out/huge.err"
} || {
	echo 'not ok 1 - pages are made'
	exit 1
}
exec /usr/bin/python3 "$here/test_page.py" "$out"

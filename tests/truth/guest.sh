#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# guest.sh BUILD KERNEL [PROGRAM...]: the battery in a guest, by kprobe and by fentry: the programs named, else
# those of `make check`. TRUTH_RUNGS names one of the two. TAP on standard output; a guest that does not come to its end is a
# failed test.
set -u

(($# >= 2)) || {
	echo 'usage: guest.sh BUILD KERNEL [PROGRAM...]' >&2
	exit 2
}
build=$1 kernel=$2
shift 2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vm=$here/../vm
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT
trap 'exit 143' TERM INT HUP

fetched=$("$vm/fetch" "$kernel") || exit 1
tree=$root/tree
mkdir -p "$tree"/{etc,var/lib,truth,usr/bin}
cp -r "$here"/*.py "$here/programs.list" "$here/programs" "$tree/truth/"
find "$tree/truth" -name __pycache__ -prune -exec rm -r {} +
mkdir "$tree/truth/built"
find "$build/truth" -maxdepth 1 -type f -perm -u+x -exec cp -t "$tree/truth/built" {} +
cp -r "$(dirname -- "${fetched##* }")/modules" "$tree/modules"
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'www-data:x:33:33::/:/bin/false' 'nobody:x:65534:65534::/:/bin/false' >"$tree/etc/passwd"
printf '%s\n' 'root:x:0:' 'www-data:x:33:' 'nogroup:x:65534:' >"$tree/etc/group"

# python3 (what is first in PATH may be a script that looks for it), without what a test does not import.
python=$(python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
lib=$(python3 -c 'import sys; print(sys.prefix)')/lib
mkdir -p "$tree/usr/lib" "$root/bin"
cp -L "$(python3 -c 'import sys; print(sys.executable)')" "$root/bin/python3"
tar -C "$lib" --exclude=__pycache__ --exclude=test --exclude=tests --exclude=idlelib --exclude=lib2to3 --exclude=tkinter \
	--exclude=turtledemo --exclude=ensurepip --exclude=pydoc_data --exclude='config-*' --exclude=dist-packages \
	--exclude=site-packages \
	-cf - "$python" | tar -C "$tree/usr/lib" -xf - || exit 1
# What Python loads by itself is linked with libraries, too; those of what is left out are many.
(cd "$tree/usr/lib/$python/lib-dynload" && rm -f _test* xx* _ssl.* _hashlib.* _sqlite3.* _tkinter.* _curses* readline.* \
	_dbm.* _gdbm.* nis.* _lzma.* _bz2.* _codecs_* _uuid.*)
for object in "$tree/usr/lib/$python/lib-dynload"/*.so; do
	ldd "$object" | sed -n 's/^[[:blank:]]*.* => \(\/.*\) (0x[0-9a-f]*)$/\1/p'
done | sort -u | while read -r library; do
	mkdir -p "$tree${library%/*}"
	cp -L "$library" "$tree$library"
done

bin=("$root/bin/python3")
for name in ip tc nft nginx ab haproxy redis-server redis-benchmark socat iperf3 dnsmasq dig logger setpriv nsenter \
	unshare mptcpize tcpdump ethtool ping ss; do
	path=$(PATH=$PATH:/usr/sbin:/sbin command -v "$name") && bin+=("$path")
done
# Loaded by mptcpize before the program that it runs.
for library in /usr/lib/*/mptcpize/*.so* /usr/libexec/mptcp*/*.so*; do
	[ ! -e "$library" ] || {
		mkdir -p "$tree${library%/*}"
		cp -L "$library" "$tree$library"
	}
done
# The C library's own, by name when users are looked up.
for library in /lib/x86_64-linux-gnu/libnss_files.so.2 /lib/x86_64-linux-gnu/libgcc_s.so.1; do
	[ ! -e "$library" ] || {
		mkdir -p "$tree${library%/*}"
		cp -L "$library" "$tree$library"
	}
done

run='python3 /truth/run.py --sockwake /bin/sockwake --programs /truth/built --witness-kb 8192 --buffer 8M'
names=${*:---ci}
cat >"$tree/guest" <<GUEST
#!/bin/sh
for module in /modules/*.ko; do
	[ ! -e "\$module" ] || insmod "\$module" || echo "# \$module: not loaded"
done
export TRUTH_SLOW=15 TRUTH_LESS=10 PYTHONHOME=/usr PYTHONDONTWRITEBYTECODE=1
failed=0
for rung in ${TRUTH_RUNGS:-kprobe fentry}; do
	$run --attach=\$rung $names || failed=1
done
exit \$failed
GUEST
chmod +x "$tree/guest"

# As tests/vm/live.sh does, and says why.
for threads in multi single; do
	"$vm/initramfs" "$root/initramfs" "$tree" "$build/sockwake" "${bin[@]}" 2>"$root/log" &&
		"$vm/run" --mem 2G --threads "$threads" --timeout 3000 "$kernel" "$root/initramfs" >"$root/tap" 2>>"$root/log"
	status=$?
	((status == 124 || status == 125)) || break
	echo "# $kernel: the guest did not come to its end with threads=$threads"
	tail -n 5 "$root/log" | sed 's/^/# /'
done
sed "s/^\(\(not \)\?ok [0-9]* - .*\) (\([a-z]*\))/\1 ($kernel, \3)/" "$root/tap"
sed 's/^/# /' "$root/log"
if ((status == 124 || status == 125)); then
	echo "not ok 0 - the guest comes to its end ($kernel)"
	exit 1
fi
exit "$status"

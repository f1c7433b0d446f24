# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# A kernel that is built here, from a source package of Debian's: small, and with functions that the
# kernels of distributions have inlined. Sourced by fetch. Takes some five minutes of two processors.
# What it needs is in ../setup.sh. Of fetch's it uses name, package, version and temp, and sets release.

: "${vm_dir:?common.sh comes first}"

# Static functions of this object stay functions, inet_csk_wait_for_connect() among them.
built_object=inet_connection_sock
built_flags='-fno-inline-functions-called-once -fno-inline-functions -fno-inline-small-functions'
built_function=inet_csk_wait_for_connect

# The source tree, unpacked once for all that one fetch builds, and what it was unpacked from.
built_tree='' built_from=''

# build_tree TARBALL: unpacks it, but for what a kernel as small as this never compiles.
build_tree() {
	[[ $built_from != "$version" ]] || return 0
	rm -rf -- "$vm_cache"/tmp.source
	mkdir "$vm_cache/tmp.source"
	tar -C "$vm_cache/tmp.source" --strip-components=1 --anchored \
		--exclude='*/Documentation/*/*' --exclude='*/arch/[a-w]*/*.[chS]' \
		--exclude='*/arch/[a-w]*/boot/dts/*' --exclude='*/drivers/gpu/*.[ch]' \
		--exclude='*/drivers/media/*.[ch]' --exclude='*/sound/*.[ch]' --exclude='*/tools/testing/*' \
		-xf "$1" || vm_die "$name: can't unpack ${1##*/}"
	built_tree=$vm_cache/tmp.source built_from=$version
}

# build_make ARG...: make, in the row's own object tree.
build_make() {
	nice make -C "$built_tree" O="$temp/build" ARCH=x86_64 LOCALVERSION="-${row_config//,/-}" \
		KBUILD_BUILD_USER=sockwake KBUILD_BUILD_HOST=sockwake \
		"CFLAGS_$built_object.o=$built_flags" "$@" >> "$temp/log" 2>&1 || {
		tail -n 30 "$temp/log" >&2
		vm_die "$name: the kernel can't be built (see tests/setup.sh for what that needs)"
	}
}

# build_configure: tinyconfig, and what the parts say; the last one to name an option decides.
build_configure() {
	local line option

	: > "$temp/log"
	build_make tinyconfig
	vm_parts | xargs cat -- >> "$temp/build/.config"
	build_make olddefconfig
	# Of what was asked for, that which did not come to be: its dependencies changed.
	while read -r line; do
		option=${line#\# }
		option=${option%%[= ]*}
		case $line in
		\#*) ! grep -q "^$option=" "$temp/build/.config" ;;
		*) grep -qxF -- "$line" "$temp/build/.config" ;;
		esac || vm_die "$name: the kernel's configuration does not take '$line'"
	done < <(vm_parts | xargs cat -- | awk '
		/^(# )?CONFIG_/ {
			option = $0
			sub(/^# /, "", option)
			sub(/[= ].*/, "", option)
			wanted[option] = $0
		}
		END { for (option in wanted) print wanted[option] }')
}

# build_kernel: makes $temp/kernel from the source package that lies unpacked in $temp/root.
build_kernel() {
	local tarball

	tarball=$(find "$temp/root/usr/src" -name 'linux-source-*.tar.*' -print -quit)
	[[ -n $tarball ]] || vm_die "$name: $package $version has no sources"
	printf '%s: building %s %s (%s), which takes minutes\n' "$vm_me" "$package" "$version" "$row_config" >&2
	build_tree "$tarball"
	mkdir "$temp/build" "$temp/kernel/modules"
	build_configure
	build_make -j"$(nproc)" bzImage
	grep -q " t $built_function\$" "$temp/build/System.map" ||
		vm_die "$name: the compiler inlined $built_function all the same"
	mv -- "$temp/build/arch/x86/boot/bzImage" "$temp/kernel/vmlinuz"
	mv -- "$temp/build/.config" "$temp/kernel/config"
	release=$(< "$temp/build/include/config/kernel.release")
}

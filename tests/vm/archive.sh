# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Debian's archive, read with apt but without touching the machine's own sources and lists. Sourced
# by fetch. Each suite has a private apt folder, so that an error names the suite it is about.
#
# The archive's address is the one that this machine's own sources give, so that mirrors, caches
# and closed networks work. SOCKWAKE_DEBIAN_URI and SOCKWAKE_DEBIAN_SECURITY_URI override it, for a
# machine that runs something else than Debian.

: "${vm_cache:?common.sh comes first}"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Prints "URI SUITE" for each pair that the machine's enabled sources take `main` binaries from.
machine_sources() {
	local file

	for file in /etc/apt/sources.list.d/*.sources; do
		[[ -r $file ]] || continue
		awk '
			function stanza(    u, s, uris, suites, n, m) {
				if (field["enabled"] !~ /^ *(no|false|0|off) *$/ && \
				    field["types"] ~ /(^| )deb( |$)/ && field["components"] ~ /(^| )main( |$)/) {
					n = split(field["uris"], uris, " ")
					m = split(field["suites"], suites, " ")
					for (s = 1; s <= m; s++)
						for (u = 1; u <= n; u++)
							print uris[u], suites[s]
				}
				split("", field)
				key = ""
			}
			/^#/ { next }
			/^[ \t]*$/ { stanza(); next }
			/^[ \t]/ { field[key] = field[key] " " $0; next }
			{
				key = tolower(substr($0, 1, index($0, ":") - 1))
				field[key] = substr($0, index($0, ":") + 1)
				gsub(/\t/, " ", field[key])
			}
			END { stanza() }
		' "$file"
	done
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[[ -r $file ]] || continue
		sed -n 's/#.*//; s/^[[:blank:]]*deb[[:blank:]]\{1,\}\(\[[^]]*\]\)\{0,1\}//p' "$file" |
			awk '{ for (i = 3; i <= NF; i++) if ($i == "main") { print $1, $2; next } }'
	done
}

# archive_uri SUITE: where SUITE is served from.
archive_uri() {
	local suite=$1 own uri override

	if [[ $suite == *-security ]]; then
		own='(-security|/updates)$'
		override=${SOCKWAKE_DEBIAN_SECURITY_URI-}
	else
		# Third parties call their suites after Debian's too (bookworm-pgdg), but not just so.
		own='^(bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)(-updates|-backports)?$'
		override=${SOCKWAKE_DEBIAN_URI-}
	fi
	uri=$override
	[[ -n $uri ]] || uri=$(machine_sources | awk -v own="$own" '$2 ~ own { print $1; exit }')
	[[ -n $uri ]] || vm_die "suite $suite: this machine's apt sources name no Debian archive for it" \
		'(set SOCKWAKE_DEBIAN_URI and SOCKWAKE_DEBIAN_SECURITY_URI)'
	printf '%s\n' "$uri"
}

# suite_apt SUITE COMMAND [ARG...]: an apt command in the suite's private folder.
suite_apt() {
	local suite=$1 command=$2

	shift 2
	"$command" -c "$vm_cache/apt/$suite/apt.conf" "$@"
}

# suite_update SUITE: makes the private folder and reads the suite's list of packages.
suite_update() {
	local suite=$1 dir=$vm_cache/apt/$1 uri options='target=Packages' log

	uri=$(archive_uri "$suite")
	[[ ! -r $keyring ]] || options="signed-by=$keyring $options"
	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	: > "$dir/status"
	printf 'deb [%s] %s %s main\n' "$options" "$uri" "$suite" > "$dir/sources.list"
	# The machine's own apt.conf is read before this: a proxy set there holds here as well. Its
	# hooks, pins and other architectures must not. Without the sandbox's user, the cache may lie in
	# a home that this user can't read.
	cat > "$dir/apt.conf" <<-EOF
		#clear APT::Architectures;
		#clear APT::Update;
		#clear DPkg;
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Sandbox::User "root";
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Dir::Cache "$dir/cache";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::Etc::SourceList "$dir/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::State "$dir/state";
		Dir::State::Status "$dir/status";
	EOF
	log=$dir/update.log
	suite_apt "$suite" apt-get -q update > "$log" 2>&1 && return 0
	# The list of a suite out of support is signed but is not renewed any more.
	if grep -qi 'is expired' "$log" &&
		suite_apt "$suite" apt-get -q -o Acquire::Check-Valid-Until=false update > "$log" 2>&1; then
		return 0
	fi
	grep -E '^(E|W|Err):?' "$log" >&2 || cat "$log" >&2
	vm_die "suite $suite: can't be read from $uri"
}

# suite_packages SUITE GLOB: prints "VERSION PACKAGE" for each kernel, or its sources, that matches.
suite_packages() {
	local suite=$1 glob=$2 name names=()

	while read -r name; do
		case $name in
		*-unsigned | *-dbg | *-rt-*) continue ;;
		esac
		# shellcheck disable=SC2053 # a glob is what is wanted
		[[ $name != $glob ]] || names+=("$name")
	done < <(suite_apt "$suite" apt-cache pkgnames linux-)
	((${#names[@]})) || return 0
	suite_apt "$suite" apt-cache madison "${names[@]}" | awk -F ' *[|] *' '
		/ Packages$/ { sub(/^ */, "", $1); print $2, $1 }'
}

#!/usr/bin/env bash
# other-libc.sh DIR: unpacks the C library of the next Debian into DIR and writes DIR/run, which runs a program under
# it. Needs apt-get and dpkg-deb; changes nothing on the host; fetches once.
set -euo pipefail
dir=$1
[ -x "$dir/run" ] && exec "$dir/run" /bin/true
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || exit 1

# The first line of what a command prints. No `| head`: under pipefail the command's SIGPIPE would count as a failure.
first_line() {
  local all
  all=$("$@")
  printf '%s\n' "${all%%$'\n'*}"
}
mirrors() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n '\|/debian/$|p'; }
mirror=$(first_line mirrors)
if [ -z "$mirror" ]; then
  apt-get -qq update || true
  mirror=$(first_line mirrors)
fi
[ -n "$mirror" ] || { echo "no Debian mirror is known to apt-get" >&2; exit 1; }
rm -rf "$dir"
apt=$dir/apt
mkdir -p "$dir/root" "$apt"/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d}
: >"$apt/status"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] $mirror trixie main" >"$apt/sources.list"
cat >"$apt/apt.conf" <<CONF
Dir::Etc "$apt/etc"; Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "-";
Dir::State "$apt/state"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache";
APT::Install-Recommends "false"; APT::Get::Assume-Yes "true"; Acquire::Languages "none"; Acquire::Retries "3";
APT::Sandbox::User "$(id -un)"; Debug::NoLocking "true";
CONF
# An empty package status: apt resolves libc6 and what it needs, and only downloads.
APT_CONFIG=$apt/apt.conf apt-get -qq update
APT_CONFIG=$apt/apt.conf apt-get -qq --download-only install libc6 libgcc-s1
for deb in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$dir/root"; done
rm -rf "$apt"
found() { find "$dir/root" -name "$1" -print -quit; }
loader=$(found 'ld-linux*.so.*')
libs=$(dirname "$(found libc.so.6)")
gcc_s=$(dirname "$(found libgcc_s.so.1)")
cat >"$dir/run" <<RUN
#!/bin/sh
exec "$loader" --library-path "$libs:$gcc_s" "\$@"
RUN
chmod +x "$dir/run"
echo "host: $(first_line ldd --version); other: $(first_line "$loader" --version)"

#!/usr/bin/env bash
# Installs what the crate `carla` needs to be type-checked: a C++ compiler, OpenSSL's headers and what finds them.
#
#   tests/libcarla.sh       Debian; needs root where something is missing
set -euo pipefail
missing=()
command -v c++ >/dev/null || missing+=(g++)
command -v pkg-config >/dev/null || missing+=(pkg-config)
pkg-config --exists openssl 2>/dev/null || missing+=(libssl-dev)
[ ${#missing[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "missing: apt-get install ${missing[*]}" >&2; exit 1; }
{ apt-get -qq update && apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null; } >&2

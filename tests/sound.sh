#!/usr/bin/env bash
# Installs what the feature `sound` needs: ALSA's headers to build it, and a sound server to test it without a sound card.
#
#   tests/sound.sh          Debian; needs root where something is missing
#   tests/sound.sh headers  only what it is built with
set -euo pipefail
missing=()
command -v pkg-config >/dev/null || missing+=(pkg-config)
pkg-config --exists alsa 2>/dev/null || missing+=(libasound2-dev)
if [ "${1:-}" != headers ]; then
  command -v pulseaudio >/dev/null || missing+=(pulseaudio)
  command -v parec >/dev/null || missing+=(pulseaudio-utils)
  ls /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so >/dev/null 2>&1 || missing+=(libasound2-plugins)
fi
[ ${#missing[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "missing: apt-get install ${missing[*]}" >&2; exit 1; }
{ apt-get -qq update && apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null; } >&2

#!/usr/bin/env bash
# Installs what pictures and windows are tested with where there is no graphics card and no screen: Mesa's Vulkan driver
# for the processor, a virtual screen, what types and takes pictures there, what opens reports, and what reads figures.
#
#   tests/graphics.sh       Debian; needs root where something is missing
set -euo pipefail
missing=()
has() { [ -n "$(ldconfig -p | grep -F "$1" || true)" ]; }
has libvulkan.so.1 || missing+=(libvulkan1)
ls /usr/share/vulkan/icd.d/lvp_icd*.json >/dev/null 2>&1 || missing+=(mesa-vulkan-drivers)
command -v Xvfb >/dev/null || missing+=(xvfb)
command -v xwd >/dev/null || missing+=(x11-apps)
command -v xdotool >/dev/null || missing+=(xdotool)
# What opens a report.
command -v chromium >/dev/null || missing+=(chromium)
# What reads the figures' PDF.
command -v pdftotext >/dev/null || missing+=(poppler-utils)
[ ${#missing[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "missing: apt-get install ${missing[*]}" >&2; exit 1; }
{ apt-get -qq update && apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null; } >&2

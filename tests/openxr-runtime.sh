#!/usr/bin/env bash
# A real OpenXR runtime for the tests: Monado with a software Vulkan driver, from Debian 13, unpacked below target/.
#
#   tests/openxr-runtime.sh install            fetch and unpack; nothing to do when that was done before
#   tests/openxr-runtime.sh start NAME PORT [null|xcb] [HZ]
#                                              start a service; its head and hands are driven over TCP at PORT
#   tests/openxr-runtime.sh stop NAME          end it as one should
#   tests/openxr-runtime.sh kill NAME          end it as a crash would
#   tests/openxr-runtime.sh status NAME        `up` or `down`
#   XR_SERVICE=NAME target/openxr/xr-run PROGRAM ARGUMENTS..    run a program beside that service
#
# Works on a bare Debian 12 (x86-64) as root or not, and changes nothing of it: apt-get only downloads, against an empty
# list of packages, and dpkg-deb only unpacks. XR_ROOT says where to (target/openxr); sockets and settings of services
# lie in a folder of one's own in /tmp, wherever TMPDIR is: a socket's path may not be long, and xr-run, written once,
# must find what every later start makes. The drivers' port answers anybody: test machines only.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
XR_ROOT=${XR_ROOT:-$ROOT/target/openxr}
SUITE=trixie
PACKAGES="monado-service libopenxr1-monado mesa-vulkan-drivers libvulkan1 libopenxr-loader1 libopenxr-utils
  openxr-layer-corevalidation vulkan-validationlayers"
SYSROOT=$XR_ROOT/sysroot
LIBRARIES=$SYSROOT/usr/lib/x86_64-linux-gnu
APT=$XR_ROOT/apt
# What is unpacked knows where it lies: a copy elsewhere is none.
STAMP="$SUITE $(echo $PACKAGES) 2 $XR_ROOT"
SERVICES=/tmp/kerbside-openxr-$(id -u)-$(printf %s "$XR_ROOT" | sha256sum | cut -c1-8)

fail() {
  echo "openxr-runtime.sh: $*" >&2
  exit 1
}

install() {
  [ "$(cat "$XR_ROOT/stamp" 2>/dev/null)" != "$STAMP" ] || return 0
  [ "$(uname -sm)" = "Linux x86_64" ] || fail "the runtime is fetched for Linux on x86-64, this is $(uname -sm)"
  for tool in apt-get dpkg-deb xargs sed flock sha256sum; do
    command -v $tool >/dev/null || fail "$tool is missing: the runtime is fetched with Debian's tools"
  done
  local keys=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -r $keys ] || fail "$keys is missing: install debian-archive-keyring"
  mkdir -p "$XR_ROOT"
  exec 9>"$XR_ROOT/lock"
  flock 9
  [ "$(cat "$XR_ROOT/stamp" 2>/dev/null)" != "$STAMP" ] || return 0
  local mirror
  # The mirror that this machine uses already.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/$' || true)
  [ -n "$mirror" ] || fail "apt knows no mirror of Debian: its address is taken from /etc/apt"
  rm -rf "$SYSROOT" "$APT" "$XR_ROOT/stamp"
  mkdir -p "$SYSROOT" "$APT"/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d}
  : >"$APT/status"
  echo "deb [signed-by=$keys] $mirror $SUITE main" >"$APT/sources.list"
  cat >"$APT/apt.conf" <<END
Dir::Etc "$APT/etc"; Dir::Etc::sourcelist "$APT/sources.list"; Dir::Etc::sourceparts "-";
Dir::State "$APT/state"; Dir::State::status "$APT/status"; Dir::Cache "$APT/cache";
APT::Install-Recommends "false"; APT::Get::Assume-Yes "true"; APT::Architecture "amd64"; APT::Architectures { "amd64"; };
Acquire::Languages "none"; Acquire::Retries "3"; APT::Sandbox::User "$(id -un)"; Debug::NoLocking "true";
END
  local log=$XR_ROOT/install.log
  export APT_CONFIG=$APT/apt.conf
  apt-get -qq update >"$log" 2>&1 || { cat "$log" >&2; fail "cannot read the package lists of $mirror: is \
the network there? are $SUITE's keys known (a newer debian-archive-keyring)?"; }
  # An empty list of packages: apt finds all that is needed, down to libc6, and only downloads it.
  # shellcheck disable=SC2086
  apt-get -qq --download-only install $PACKAGES >"$log" 2>&1 || { tail -20 "$log" >&2; fail "cannot download the runtime"; }
  unset APT_CONFIG
  # Only files are unpacked; no package's scripts run.
  printf '%s\0' "$APT"/cache/archives/*.deb | xargs -0 -P2 -I{} dpkg-deb -x {} "$SYSROOT" 2>"$log" || {
    tail -20 "$log" >&2
    fail "cannot unpack the runtime: it needs some 800 MB below $XR_ROOT"
  }
  for link in bin sbin lib lib64; do [ -e "$SYSROOT/$link" ] || ln -s "usr/$link" "$SYSROOT/$link"; done
  rm -rf "$APT/cache" "$SYSROOT"/usr/share/{doc,man,locale}
  layers
  xr_run
  echo "$STAMP" >"$XR_ROOT/stamp"
  echo "openxr-runtime.sh: $(du -sh "$SYSROOT" | cut -f1) in $SYSROOT" >&2
}

# The validation layers' manifests name their libraries absolutely, or not at all where.
layers() {
  mkdir -p "$XR_ROOT/layers" "$XR_ROOT/vk-layers"
  local file
  for file in "$SYSROOT"/usr/share/openxr/1/api_layers/explicit.d/*.json; do
    sed "s#\"/usr/lib/#\"$SYSROOT/usr/lib/#" "$file" >"$XR_ROOT/layers/$(basename "$file")"
  done
  for file in "$SYSROOT"/usr/share/vulkan/explicit_layer.d/*.json; do
    sed "s#\"library_path\": *\"#&$LIBRARIES/#" "$file" >"$XR_ROOT/vk-layers/$(basename "$file")"
  done
}

# Everything of Debian 13 needs its own libc, the drivers that are loaded into our process too: so does our process.
# What the caller has set stays: a test that wants a missing runtime gets one.
xr_run() {
  cat >"$XR_ROOT/xr-run" <<END
#!/bin/bash
export VK_DRIVER_FILES=\${VK_DRIVER_FILES-$SYSROOT/usr/share/vulkan/icd.d/lvp_icd.json}
export XR_RUNTIME_JSON=\${XR_RUNTIME_JSON-$SYSROOT/usr/share/openxr/1/openxr_monado.json}
export XR_API_LAYER_PATH=\${XR_API_LAYER_PATH-$XR_ROOT/layers}
export XDG_RUNTIME_DIR=$SERVICES/\${XR_SERVICE:-default}/run XDG_CONFIG_HOME=$SERVICES/\${XR_SERVICE:-default}/config
program=\$(command -v "\$1") || { echo "xr-run: no program \$1" >&2; exit 127; }
shift
# XR_LIBRARIES: searched first; a test that wants no loader hides it there.
exec $SYSROOT/usr/lib64/ld-linux-x86-64.so.2 --library-path \
\${XR_LIBRARIES:+\$XR_LIBRARIES:}$LIBRARIES:$LIBRARIES/blas:$LIBRARIES/lapack:$LIBRARIES/pulseaudio:$SYSROOT/usr/lib \
--argv0 "\$program" "\$program" "\$@"
END
  chmod +x "$XR_ROOT/xr-run"
}

service() {
  [ -n "${1:-}" ] || fail "which service? give it a name"
  [[ $1 =~ ^[a-z0-9_-]+$ ]] || fail "a service's name has lower-case letters, digits and hyphens, not \`$1\`"
  HOME_OF_SERVICE=$SERVICES/$1
}
pid() { cat "$HOME_OF_SERVICE/pid" 2>/dev/null; }
# The number alone could be another process's by now.
up() { grep -qa monado-service "/proc/$(pid)/cmdline" 2>/dev/null; }

end() {
  if up; then
    kill "-$1" "$(pid)"
    for _ in $(seq 50); do
      up || break
      sleep 0.1
    done
    ! up || fail "the service does not end: process $(pid)"
  fi
  # SIGTERM leaves the socket behind too.
  rm -f "$HOME_OF_SERVICE"/{pid,run/monado_comp_ipc,run/monado.pid}
}

start() {
  service "${1:-}"
  local name=$1 port=${2:-} compositor=${3:-null} hz=${4:-60}
  [[ $port =~ ^[0-9]+$ ]] || fail "which TCP port? a number after the name"
  [ "$(cat "$XR_ROOT/stamp" 2>/dev/null)" = "$STAMP" ] || fail "no runtime in $XR_ROOT: run \`$0 install\`"
  mkdir -p "$SERVICES"
  [ -O "$SERVICES" ] || fail "$SERVICES belongs to somebody else"
  chmod 700 "$SERVICES"
  mkdir -p -m 700 "$HOME_OF_SERVICE"/{run,config/monado}
  end TERM
  local set=(XRT_NO_STDIN=1 P_OVERRIDE_ACTIVE_CONFIG=remote)
  case $compositor in
    null) set+=(XRT_COMPOSITOR_NULL=1) ;;
    xcb) set+=(XRT_COMPOSITOR_FORCE_XCB=1 "XRT_COMPOSITOR_DEFAULT_FRAMERATE=$hz") ;;
    *) fail "compositor \`$compositor\`: null or xcb" ;;
  esac
  echo "{\"active\":\"remote\",\"remote\":{\"version\":0,\"port\":$port,\"view_count\":2}}" \
    >"$HOME_OF_SERVICE/config/monado/config_v0.json"
  local log=$HOME_OF_SERVICE/log
  env "${set[@]}" XR_SERVICE="$name" setsid "$XR_ROOT/xr-run" "$SYSROOT/usr/bin/monado-service" \
    >"$log" 2>&1 </dev/null 9>&- &
  echo $! >"$HOME_OF_SERVICE/pid"
  # The socket's file is no sign: it may be an older one's.
  for _ in $(seq 300); do
    if grep -q 'The Monado service has started' "$log"; then
      ! grep -qi 'bind' "$log" || { tail -20 "$log" >&2; end TERM; fail "port $port is taken: give another one"; }
      return 0
    fi
    sleep 0.1
    up || break
  done
  tail -20 "$log" >&2
  fail "the service did not start; its log is $log"
}

case ${1:-} in
  install) install ;;
  start) shift; start "$@" ;;
  stop) service "${2:-}"; end TERM; rm -rf "$HOME_OF_SERVICE"; rmdir "$SERVICES" 2>/dev/null || true ;;
  kill) service "${2:-}"; end KILL ;;
  status) service "${2:-}"; up && echo up || { echo down; exit 1; } ;;
  *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2 ;;
esac

#!/usr/bin/env bash
# Everything that can be tested here: format, lints, every test, the README's commands, other C libraries.
#
#   tests/all.sh            on a bare Debian 12 with rustup's stable and gcc; installs what it needs where it may
#   CI=true tests/all.sh    nothing that can be installed may be skipped
#
# Leaves nothing running; what it makes lies below target/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"
# A cold build is faster without what only a next build would use.
export CARGO_INCREMENTAL=0
ROOT=$PWD
WORK=$ROOT/target/all
skipped=()
# What tests leave out by themselves (tests/common/skips.rs).
SKIPS=$ROOT/target/skipped.txt
rm -f "$SKIPS"

say() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }
skip() {
  if [ "${CI:-}" = true ]; then
    echo "FAILED: $* (CI may not skip it)" >&2
    exit 1
  fi
  echo "SKIPPED: $*" >&2
  skipped+=("$*")
}

# What tests need besides Rust is fetched while the compiler works; what came of each stands in a file.
FETCHED=$ROOT/target/fetched
rm -rf "$FETCHED"
mkdir -p "$FETCHED"
fetch() {
  local name=$1
  shift
  if "$@" >"$FETCHED/$name.out" 2>"$FETCHED/$name.log"; then touch "$FETCHED/$name"; fi
}
# The first of what the compiler wants; two of Debian's installations cannot run at once.
fetch sound bash tests/sound.sh headers
{
  fetch peers bash tests/peers.sh
  fetch graphics bash tests/graphics.sh
  fetch openxr bash tests/openxr-runtime.sh install
  fetch r bash tests/r.sh
  fetch libcarla bash tests/libcarla.sh
  fetch carla_rust bash tests/carla-rust.sh fetch
} &
fetching=$!
trap wait EXIT
# Whether it came; if not, why.
fetched() { [ -e "$FETCHED/$1" ] || { tail -30 "$FETCHED/$1.log" >&2; return 1; }; }

say "format"
if cargo fmt --version >/dev/null 2>&1; then cargo fmt --check; else skip "cargo fmt is not installed: rustup component add rustfmt"; fi

say "clippy, warnings denied"
if cargo clippy --version >/dev/null 2>&1; then
  # In the profile of what follows: macros and build scripts are built once. With sound, where it can be compiled: all that
  # the default has, and more.
  features=(--features parquet)
  if [ -e "$FETCHED/sound" ]; then features+=(--features sound); else skip "tests/sound.sh could not install ALSA's headers"; fi
  cargo clippy --release --quiet --all-targets "${features[@]}" -- -D warnings
else
  skip "clippy is not installed: rustup component add clippy"
fi

say "documentation, warnings denied"
RUSTDOCFLAGS="-D warnings" cargo doc --release --quiet --no-deps

say "the programs that maps and statistics are held against; what pictures and headsets are tested with"
wait "$fetching"
if fetched peers; then
  KERBSIDE_PYTHON=$(cat "$FETCHED/peers.out")
  export KERBSIDE_PYTHON
  [ "${CI:-}" != true ] || export KERBSIDE_PEERS=required
else
  skip "tests/peers.sh could not install Python packages from PyPI"
fi
if fetched graphics; then
  [ "${CI:-}" != true ] || export KERBSIDE_VULKAN=required KERBSIDE_WINDOW=required
else
  skip "tests/graphics.sh could not install a software Vulkan driver and Xvfb"
fi
fetched r || skip "tests/r.sh could not install R with the packages that judge statistics"
export XR_ROOT=${XR_ROOT:-$ROOT/target/openxr}
if fetched openxr; then
  [ "${CI:-}" != true ] || export KERBSIDE_OPENXR=required
else
  skip "tests/openxr-runtime.sh could not unpack an OpenXR runtime from Debian"
fi

say "the crate carla behind the same interface, type-checked"
if fetched libcarla && fetched carla_rust; then
  bash tests/carla-rust.sh
else
  skip "tests/libcarla.sh could not install a C++ compiler, or tests/carla-rust.sh could not fetch the crate carla"
fi

DEBUG=$ROOT/target/all-debug/kerbside
KERBSIDE=$ROOT/target/release/kerbside
say "tests, with debug assertions, hardly optimised"
# The dependencies stay as they are: see Cargo.toml.
(
  # Tests make and sync thousands of small files: in memory, where there is room and programs may run; what follows the
  # tests uses the disk.
  shm='' sleeping=''
  if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] 2>/dev/null; then
    shm=$(mktemp -d /dev/shm/kerbside-tests.XXXXXX)
    printf '#!/bin/sh\n' >"$shm/runs" && chmod +x "$shm/runs" && "$shm/runs" 2>/dev/null && export TMPDIR=$shm
  fi
  # Whatever happens, tests end what they started: services and servers.
  finish() {
    if [ -n "$sleeping" ] && kill -0 "$sleeping" 2>/dev/null; then
      echo "waiting for the tests of CARLA or OpenXR to end" >&2
      wait "$sleeping" || true
    fi
    [ -z "$shm" ] || rm -rf "$shm"
  }
  trap finish EXIT
  ended() {
    wait "$sleeping" || { cat "$ROOT/target/$1.out"; exit 1; }
    grep -E '^(running|test result)' "$ROOT/target/$1.out"
  }
  # With Parquet, which the release build is without.
  with=(--features parquet)
  export CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true CARGO_PROFILE_RELEASE_DEBUG=false
  mapfile -t names < <(cd tests && printf '%s\n' *.rs | sed 's/\.rs$//')
  # Those of CARLA and of OpenXR sleep most of their time: the first while the others are compiled, the second beside them.
  carla=() openxr=() others=(--lib --bins)
  for name in "${names[@]}"; do
    case $name in
    carla*) carla+=(--test "$name") ;;
    openxr*) openxr+=(--test "$name") ;;
    *) others+=(--test "$name") ;;
    esac
  done
  # What all run is in its place before the first of them does.
  cargo build --release --quiet "${with[@]}"
  cargo test --release --quiet "${with[@]}" --no-run "${carla[@]}"
  cargo test --release --quiet "${with[@]}" "${carla[@]}" >"$ROOT/target/carla.out" 2>&1 &
  sleeping=$!
  # Two of cargo's builds wait for each other: it must have begun.
  until [ -s "$ROOT/target/carla.out" ] || ! kill -0 "$sleeping" 2>/dev/null; do sleep 0.2; done
  cargo test --release --quiet "${with[@]}" --no-run
  ended carla
  cargo test --release --quiet "${with[@]}" "${openxr[@]}" >"$ROOT/target/openxr.out" 2>&1 &
  sleeping=$!
  cargo test --release --quiet "${with[@]}" "${others[@]}"
  ended openxr
  cargo test --release --quiet "${with[@]}" --doc
)
mkdir -p "$(dirname "$DEBUG")"
cp "$KERBSIDE" "$DEBUG"

say "the release build"
cargo build --release --quiet

say "the demo, as the README says it"
rm -rf "$WORK"
mkdir -p "$WORK"
"$KERBSIDE" demo --out "$WORK/demo" | tee "$WORK/demo.txt"
head=$(awk '$1 == "head" { print $2 }' "$WORK/demo.txt")
bytes=$(du -sb "$WORK/demo" | cut -f1)
[ "$bytes" -lt 200000000 ] || { echo "FAILED: the demo wrote $bytes bytes, 200 MB are allowed" >&2; exit 1; }
"$KERBSIDE" verify "$WORK/demo" --head "$head"
"$KERBSIDE" replay "$WORK/demo" --check
"$KERBSIDE" replay "$WORK/demo" --resimulate

say "the tutorial, as the README says it"
bash tests/tutorial.sh "$KERBSIDE" "$WORK/tutorial"

say "a disk that is full, then read-only"
if bash tests/disk.sh "$KERBSIDE" "$WORK/disk"; then :; else
  # Whether a file system may be mounted is not for this script to decide.
  [ $? = 77 ] || exit 1
  echo "SKIPPED: mounting a small disk is not allowed here" >&2
  skipped+=("a real full disk: mounting is not allowed here")
fi

say "recorded by a debug build, replayed by a release build, and the other way round"
"$DEBUG" demo --participants 2 --out "$WORK/debug" >/dev/null
"$KERBSIDE" replay "$WORK/debug" --check
"$KERBSIDE" replay "$WORK/debug" --resimulate
"$KERBSIDE" demo --participants 2 --out "$WORK/release" >/dev/null
"$DEBUG" replay "$WORK/release" --resimulate
bash tests/same-bytes.sh "$WORK/debug" "$WORK/release"

say "under another C library"
if bash tests/other-libc.sh "$ROOT/target/other-libc"; then
  OTHER=$ROOT/target/other-libc/run
  "$OTHER" "$KERBSIDE" replay "$WORK/release" --check
  "$OTHER" "$KERBSIDE" replay "$WORK/release" --resimulate
  "$OTHER" "$KERBSIDE" demo --participants 2 --out "$WORK/other" >/dev/null
  bash tests/same-bytes.sh "$WORK/release" "$WORK/other"
else
  skip "another C library could not be had from Debian"
fi

say "statistics against R and Python, on the same files"
if fetched r >/dev/null 2>&1; then sh analysis/crosscheck/check.sh; fi
if fetched peers >/dev/null 2>&1; then "$KERBSIDE_PYTHON" analysis/crosscheck/python.py; fi

say "measures recomputed by another program"
if command -v python3 >/dev/null 2>&1 || { [ "$(id -u)" = 0 ] && apt-get -qq update && apt-get -qq install -y python3 >/dev/null; }; then
  python3 analysis/recompute.py "$WORK/demo"
  # A headset that is faster than the world.
  python3 analysis/recompute.py "$WORK/tutorial/data"
  # Vehicles as CARLA moves them.
  python3 analysis/recompute.py "$WORK/tutorial/with-carla"
  python3 tests/recompute_rest.py
else
  skip "python3 is not installed"
fi

say "done"
for what in "${skipped[@]:-}"; do [ -z "$what" ] || echo "SKIPPED: $what"; done
if [ -s "$SKIPS" ]; then
  sort "$SKIPS" | uniq -c | while read -r times why what; do echo "SKIPPED in tests, $times times ($why): $what"; done
  if [ "${CI:-}" = true ] && grep -q '^missing' "$SKIPS"; then
    echo "FAILED: tests left out what could have been installed (CI may not skip it)" >&2
    exit 1
  fi
fi

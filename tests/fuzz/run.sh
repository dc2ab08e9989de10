#!/usr/bin/env bash
# Fuzzes with libFuzzer what comes from outside: no panic, no wrong answer, no input that takes ten seconds or a gigabyte.
#
#   tests/fuzz/run.sh [SECONDS] [map|carla]      default 1,800 and map; ends with 77, loudly, when cargo-fuzz cannot be had
#
# `map` reads maps; what it finds lies in tests/fuzz/artifacts/map: mend it and keep the input as a case of
# tests/map/hostile.rs. `carla` reads what a CARLA server sends: tests/fuzz/artifacts/carla, tests/carla_wire.rs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
SECONDS_IN_ALL=${1:-1800}
TARGET=${2:-map}
export PATH=$PWD/target/fuzzer/bin:$PATH
if ! cargo fuzz --version >/dev/null 2>&1; then
  if ! cargo install --quiet --locked --version 0.13.2 --root target/fuzzer cargo-fuzz; then
    echo "SKIPPED: cargo-fuzz could not be installed; nothing was fuzzed" >&2
    exit 77
  fi
fi
# Stable Rust: coverage without a sanitizer needs no nightly (there is no unsafe code for a sanitizer to watch).
export RUSTC_BOOTSTRAP=1
# The package's own settings for other profiles say nothing here.
BUILD=(--fuzz-dir tests/fuzz --sanitizer none -O -a)
CORPUS=tests/fuzz/corpus/$TARGET
mkdir -p "$CORPUS"
case $TARGET in
map)
  cp maps/alcala_street.xodr tests/fuzz/seeds/*.xodr "$CORPUS"
  OPTIONS=(-max_len=32768 -dict=tests/fuzz/opendrive.dict)
  ;;
carla)
  # The vectors, each behind the byte that chooses the version; frames without their length.
  grep -oE '"(req|resp|hex)": "[0-9a-f]+"' tests/carla/vectors.jsonl | nl -w1 -s' ' | while read -r n kind hex; do
    hex=${hex//\"/}
    [ "$kind" = '"hex":' ] && hex=${hex:8}
    printf "$(sed 's/../\\x&/g' <<<"02$hex")" >"$CORPUS/vector-$n"
  done
  OPTIONS=(-max_len=8192)
  ;;
*)
  echo "$TARGET: nothing of that name is fuzzed; there are map and carla" >&2
  exit 2
  ;;
esac
cargo fuzz run "${BUILD[@]}" "$TARGET" "$CORPUS" -- -max_total_time="$SECONDS_IN_ALL" -timeout=10 -rss_limit_mb=1024 \
  "${OPTIONS[@]}" -print_final_stats=1

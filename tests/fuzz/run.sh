#!/usr/bin/env bash
# Fuzzes the reading of maps with libFuzzer: no panic, no wrong answer, no input that takes ten seconds or a gigabyte.
#
#   tests/fuzz/run.sh [SECONDS]      default 1,800; ends with 77, loudly, when cargo-fuzz cannot be had
#
# What it finds lies in tests/fuzz/artifacts/map; mend it and keep the input as a case of tests/map_hostile.rs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
SECONDS_IN_ALL=${1:-1800}
export PATH=$PWD/target/fuzzer/bin:$PATH
if ! cargo fuzz --version >/dev/null 2>&1; then
  if ! cargo install --quiet --locked --version 0.13.2 --root target/fuzzer cargo-fuzz; then
    echo "SKIPPED: cargo-fuzz could not be installed; maps were not fuzzed" >&2
    exit 77
  fi
fi
# Stable Rust: coverage without a sanitizer needs no nightly (there is no unsafe code for a sanitizer to watch).
export RUSTC_BOOTSTRAP=1
# The package's own settings for other profiles say nothing here.
BUILD=(--fuzz-dir tests/fuzz --sanitizer none -O -a)
CORPUS=tests/fuzz/corpus/map
mkdir -p "$CORPUS"
cp maps/alcala_street.xodr tests/fuzz/seeds/*.xodr "$CORPUS"
cargo fuzz run "${BUILD[@]}" map "$CORPUS" -- -max_total_time="$SECONDS_IN_ALL" -timeout=10 -rss_limit_mb=1024 \
  -max_len=32768 -dict=tests/fuzz/opendrive.dict -print_final_stats=1

#!/usr/bin/env bash
# What takes longer than the ordinary tests: property tests with many more cases. Results are kept in tests/long.md.
#
#   tests/long.sh [CASES [KILLS [FUZZ_SECONDS [CARLA_CASES]]]]
#
# Default: 5,000 cases a property, 4,000 kills, 1,800 seconds of fuzzing each of maps and
# of what CARLA sends; some five quarters of an hour on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PROPTEST_CASES=${1:-5000}
echo "== maps, $PROPTEST_CASES cases a property"
cargo test --release --quiet --test map -- hostile::
for test in logs_hostile instruments_hostile carla_wire; do
  echo "== $test, $PROPTEST_CASES cases a property"
  cargo test --release --quiet --test "$test"
done
echo "== studies, scripts and values"
cargo test --release --quiet --lib -- study table
echo "== benchmarks run once"
cargo bench --quiet -- --test
echo "== 10,000 pictures: memory stays flat"
cargo test --release --quiet --test picture_memory -- --ignored --nocapture
echo "== rates of error and coverage: analysis/error_rates/"
bash tests/r.sh || echo "SKIPPED: R could not be installed; rates are not compared with it" >&2
cargo test --release --quiet --test error_rates -- --ignored --nocapture
if [ -f "${XR_ROOT:-target/openxr}/stamp" ]; then
  echo "== how evenly frames come through a real OpenXR runtime"
  cargo test --release --quiet --test openxr_screen -- --ignored how_evenly --nocapture
else
  echo "SKIPPED: pacing, no runtime: tests/openxr-runtime.sh install" >&2
fi
if bash tests/sound.sh; then
  echo "== sound through a real sound server"
  cargo test --release --quiet --features sound --test sound_live -- --nocapture
else
  echo "SKIPPED: tests/sound.sh could not install ALSA's headers and a sound server" >&2
fi
if bash tests/libcarla.sh; then
  echo "== the crate carla as tests/all.sh checks it, with all that it draws in; without LibCarla nothing can be linked"
  CARLA_VERSION=0.9.16 cargo check --quiet --lib --bins --features carla-rust-unlinked
else
  echo "SKIPPED: tests/libcarla.sh could not install a C++ compiler, pkg-config and OpenSSL's headers" >&2
fi
echo "== ${2:-4000} kills of running sessions"
KERBSIDE_KILLS=${2:-4000} cargo test --release --quiet --test killed -- --nocapture
echo "== sessions on a CARLA server behind a network that fails at ${4:-24} places for each way and harm"
KERBSIDE_CARLA_CASES=${4:-24} cargo test --release --quiet --test carla_faults -- --nocapture connections_harmed
echo "== ${3:-1800} seconds of fuzzing maps"
bash tests/fuzz/run.sh "${3:-1800}" map || { [ $? = 77 ] && echo "SKIPPED: maps were not fuzzed" >&2; }
echo "== ${3:-1800} seconds of fuzzing what CARLA sends"
bash tests/fuzz/run.sh "${3:-1800}" carla || { [ $? = 77 ] && echo "SKIPPED: what CARLA sends was not fuzzed" >&2; }

#!/usr/bin/env bash
# What takes longer than the ordinary tests: property tests with many more cases. Results are kept in tests/long.md.
#
#   tests/long.sh [CASES [KILLS]]      default 5,000 cases a property, 4,000 kills; some fifteen minutes on two cores
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PROPTEST_CASES=${1:-5000}
for test in map_hostile logs_hostile instruments_hostile; do
  echo "== $test, $PROPTEST_CASES cases a property"
  cargo test --quiet --test "$test"
done
echo "== studies, scripts and values"
cargo test --quiet --lib -- study table
echo "== ${2:-4000} kills of running sessions"
KERBSIDE_KILLS=${2:-4000} cargo test --quiet --test killed -- --nocapture

#!/usr/bin/env bash
# tutorial.sh KERBSIDE DIR: types the README's tutorial to the letter, in DIR, with the program KERBSIDE; then its lines
# about CARLA, as a pilot.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$1
dir=$2
rm -rf "$dir"
mkdir -p "$dir/target/release"
cp -r "$root/experiments" "$dir/experiments"
ln -s "$program" "$dir/target/release/kerbside"
{
  echo 'set -euo pipefail; shopt -s expand_aliases'
  # Every shell block of the section, as it stands.
  sed -n '/^## A study of your own/,/^## More to try/p' "$root/README.md" | sed -n '/^```sh$/,/^```$/p' | grep -v '^```'
} >"$dir/typed.sh"
grep -q 'kerbside collect' "$dir/typed.sh" || { echo "the tutorial is not where this script looks for it" >&2; exit 1; }
cd "$dir"
bash typed.sh
for made in data/register.csv data/derived/report.html data/derived/trials_wide.csv; do
  [ -s "$made" ] || { echo "the tutorial made no $made" >&2; exit 1; }
done

"$program" carla-standin --port 0 >standin.txt &
standin=$!
trap 'kill -TERM "$standin" 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q 'stand-in for CARLA' standin.txt && break; sleep 0.1; done
port=$(sed -n 's/^stand-in for CARLA .*:\([0-9]*\), map .*/\1/p' standin.txt)
world="carla://localhost:$port"
# What else a station lacks is none of this script's business.
"$program" check study.toml --data data --world "$world" >check.txt || true
grep -q 'given back, read from the server: actors destroyed, asynchronous' check.txt || { cat check.txt >&2; exit 1; }
"$program" run study.toml --pilot --participant K7Q2MR --data pilot --world "$world"
# README's lines on CARLA, with this server's port, on a copy of the data: what was derived from them stays in step.
cp -r data with-carla
{
  echo 'set -euo pipefail; shopt -s expand_aliases; alias kerbside=$PWD/target/release/kerbside'
  sed -n '/^## CARLA/,/^## /p' "$root/README.md" | sed -n '/^```sh$/,/^```$/p' | grep -v '^```\|carla-standin\|kerbside check' |
    sed "s#carla://localhost:2000#$world#; s#--data data#--data with-carla#"
} >carla.sh
grep -q "$world" carla.sh || { echo "README's lines on CARLA are not where this script looks for them" >&2; exit 1; }
bash carla.sh
"$program" measure with-carla
kill -TERM "$standin"
wait "$standin"
grep -q 'left behind: 0 actors' standin.txt || { echo "the stand-in was left with actors" >&2; exit 1; }

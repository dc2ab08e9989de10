#!/usr/bin/env bash
# tutorial.sh KERBSIDE DIR: types the README's tutorial to the letter, in DIR, with the program KERBSIDE.
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

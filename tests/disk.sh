#!/usr/bin/env bash
# disk.sh KERBSIDE DIR: a real disk runs full in the middle of a session, then is read-only, then has room again.
# Needs the right to mount (root); exits with 77 where it may not.
set -euo pipefail
program=$1
dir=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rm -rf "$dir"
mkdir -p "$dir/disk"
mount -t tmpfs -o size=3m tmpfs "$dir/disk" 2>/dev/null || exit 77
trap 'umount "$dir/disk"' EXIT
study=$root/experiments/minimal.toml
data=$dir/disk/data

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

code=$("$program" enrol "$study" --data "$data" --json | sed -n 's/.*"participant": "\(.*\)".*/\1/p')
run() { "$program" run "$study" --participant "$code" --data "$data" "$@"; }

if run >"$dir/full.txt" 2>&1; then fail "a disk of 3 MB was enough"; fi
grep -q "No space left on device" "$dir/full.txt" || fail "a full disk is not named: $(cat "$dir/full.txt")"
grep -q "cure: free some space" "$dir/full.txt" || fail "no cure: $(cat "$dir/full.txt")"
sealed=$("$program" verify "$data/sessions/$code-1" --json | sed -n 's/.*"trials": \([0-9]*\).*/\1/p')
[ "$sealed" -ge 1 ] || fail "no trial was sealed before the disk was full"

mount -o remount,ro "$dir/disk"
if run >"$dir/read-only.txt" 2>&1; then fail "a read-only disk was written"; fi
grep -q "Read-only file system" "$dir/read-only.txt" || fail "a read-only disk is not named: $(cat "$dir/read-only.txt")"

mount -o remount,rw,size=64m "$dir/disk"
run >"$dir/again.txt" 2>&1 || fail "it did not go on: $(cat "$dir/again.txt")"
"$program" verify "$data" >"$dir/verify.txt" || fail "not whole: $(cat "$dir/verify.txt")"
"$program" replay "$data" >/dev/null
echo "full after $sealed trials, read-only, then whole: $(tail -n +1 "$dir/again.txt" | grep sealed)"

#!/usr/bin/env bash
# Type-checks Kerbside with the feature `carla-rust` against the genuine crates carla and carla-sys of Cargo.lock.
#
#   tests/carla-rust.sh fetch     downloads what Cargo.lock names for it
#   tests/carla-rust.sh           checks; needs the C++ compiler of tests/libcarla.sh
#
# Their features cannot be chosen from here, and most of what they draw in is not used without LibCarla. It would take
# several times as long as all that is checked, so in a copy of the manifest it is left out: what carla-sys would unpack
# and bind LibCarla with, and all formats but PNG of the genuine `image`. Where Kerbside needs more, this fails to compile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
COPY=$PWD/target/carla-rust
HOST=$(rustc -vV | sed -n 's/^host: //p')

# Every package with the feature, as cargo knows it: downloads those that are missing.
packages() { cargo metadata --format-version 1 --locked --features carla-rust-unlinked --filter-platform "$HOST" "$@"; }
if [ "${1:-}" = fetch ]; then
  packages >/dev/null
  exit
fi

# The first version of a crate in the lock file.
locked() { sed -n "/^name = \"$1\"\$/{n;s/^version = \"\(.*\)\"\$/\1/p;q}" Cargo.lock; }

rm -rf "$COPY"
mkdir -p "$COPY"
for part in *; do
  case $part in
  target | Cargo.toml | Cargo.lock) ;;
  *) ln -s "../../$part" "$COPY/$part" ;;
  esac
done
cp Cargo.toml Cargo.lock "$COPY/"
printf '\n[patch.crates-io]\n' >>"$COPY/Cargo.toml"
patch() { echo "$1 = { path = \"without/$1\" }" >>"$COPY/Cargo.toml"; }
for part in autocxx-build carla-src json5 tar ureq zstd; do
  mkdir -p "$COPY/without/$part/src"
  touch "$COPY/without/$part/src/lib.rs"
  printf '[package]\nname = "%s"\nversion = "%s"\n[features]\nzstdmt = []\n' "$part" "$(locked "$part")" \
    >"$COPY/without/$part/Cargo.toml"
  patch "$part"
done
image=$(packages --offline | grep -o '"manifest_path":"[^"]*/image-[0-9.]*/Cargo.toml"' | cut -d'"' -f4)
cp -r "$(dirname "$image")" "$COPY/without/image"
# The features of its default are all between this line and the next bracket.
sed -i '/^default = \[/,/^\]/c default = ["png"]' "$COPY/without/image/Cargo.toml"
patch image

# Macros and build scripts that are run once are not worth optimising.
for part in aquamarine autocxx-macro autocxx-parser cc cxxbridge-macro derivative nalgebra-macros proc-macro-error \
  proc-macro-error-attr "syn@$(locked syn)"; do
  printf '[profile.release.package."%s"]\nopt-level = 0\n' "$part" >>"$COPY/Cargo.toml"
done

# In the profile of all other tests, whose dependencies are there already.
cd "$COPY"
CARLA_VERSION=0.9.16 CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$COPY/..} \
  cargo check --release --offline --lib --bins --features carla-rust-unlinked "${@:---quiet}"

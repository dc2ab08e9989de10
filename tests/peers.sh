#!/usr/bin/env bash
# Installs the programs that maps and statistics are held against into target/peers (a Python virtual environment), and prints its python.
#
#   tests/peers.sh          needs python3 of 3.10 to 3.12 with venv, and PyPI; some 600 MB
#
# carla: the genuine client; its map works without a server, and it judges the stand-in for one. pyxodr: another reader of OpenDRIVE. pyproj: PROJ.
# asam-qc-opendrive: the standard's own checker. eclipse-sumo: netconvert, which makes OpenDRIVE from OpenStreetMap.
# scipy, statsmodels, pandas: statistics beside R (analysis/crosscheck/python.py). pyarrow: another reader of Parquet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PEERS=$PWD/target/peers
PACKAGES="carla==0.9.16 pyxodr==0.1.3 pyproj==3.7.2 asam-qc-opendrive==1.0.0 eclipse-sumo==1.28.0 scipy==1.15.3 statsmodels==0.14.4 pandas==2.3.3 pyarrow==21.0.0"
if [ "$(cat "$PEERS/packages" 2>/dev/null || true)" != "$PACKAGES" ]; then
  rm -rf "$PEERS"
  if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    [ "$(id -u)" = 0 ] || { echo "python3 with venv is missing: apt-get install python3-venv" >&2; exit 1; }
    { apt-get -qq update && apt-get -qq install -y python3 python3-venv; } >&2
  fi
  python3 -m venv "$PEERS" >&2
  # shellcheck disable=SC2086
  "$PEERS/bin/pip" install --quiet --disable-pip-version-check $PACKAGES >&2
  echo "$PACKAGES" >"$PEERS/packages"
fi
echo "$PEERS/bin/python"

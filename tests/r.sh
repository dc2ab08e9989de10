#!/usr/bin/env bash
# Installs R with the packages that judge statistics and analyses: some 300 MB of Debian packages, about a minute.
#
#   tests/r.sh              as root on Debian or Ubuntu; does nothing where all is there
set -euo pipefail
WANTED="survival lme4 lmerTest ordinal afex coin numDeriv emmeans boot"
there() { Rscript -e 'for (p in commandArgs(TRUE)) library(p, character.only = TRUE)' $WANTED >/dev/null 2>&1; }
if ! there; then
  [ "$(id -u)" = 0 ] || { echo "R is missing: apt-get install r-base-core and r-cran-* for: $WANTED" >&2; exit 1; }
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  apt-get -qq install -y --no-install-recommends r-base-core r-cran-survival r-cran-lme4 r-cran-lmertest \
    r-cran-ordinal r-cran-afex r-cran-coin r-cran-numderiv r-cran-emmeans r-cran-boot >/dev/null
  there || { echo "R's packages are installed, but cannot be loaded" >&2; exit 1; }
fi

#!/bin/sh
# Makes the fonts of this folder from Debian's fonts-noto-core 20201225-1 with fontTools 4.68.0 (`pip install fonttools`).
set -eu
noto=${1:-/usr/share/fonts/truetype/noto}
here=$(dirname "$0")
subset() {
    pyftsubset "$noto/$1.ttf" --output-file="$here/$1.subset.ttf" --unicodes="$2" \
        --layout-features='*' --no-hinting --notdef-outline --no-recalc-timestamp --name-IDs='0,1,2,3,4,5,6,13,14'
}
subset NotoSans-Regular 'U+0020-007E,U+00A0-024F,U+02B0-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,U+2070-209F,U+20A0-20BF,U+2100-218F,U+FB00-FB06'
subset NotoSansArabic-Regular 'U+0020,U+00A0,U+0600-06FF,U+200C-200F,U+FDFA,U+FDFC'
subset NotoSansHebrew-Regular 'U+0020,U+00A0,U+0590-05FF,U+200C-200F,U+20AA,U+FB1D-FB4F'
subset NotoSansMath-Regular 'U+2190-2199,U+21D0-21D4,U+2200-2205,U+2208-220B,U+220F-221E,U+2227-222B,U+2248,U+2260-2265,U+2282-2287'
subset NotoSansSymbols2-Regular 'U+25A0,U+25A1,U+25B2,U+25B6,U+25BC,U+25C0,U+25CB,U+25CF,U+2610-2612,U+2713-2718'

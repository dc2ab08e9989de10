#!/bin/sh
# Asks R again and compares with the answers that are kept: within a hundredth of each row's tolerance for closed forms,
# within the tolerance for models (their searches differ between builds of R).
set -eu
cd "$(dirname "$0")"
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
Rscript expected.R > "$fresh"
Rscript - "$fresh" <<'R'
read <- function(file) read.csv(file, comment.char = "#")
kept <- read("expected.csv")
now <- read(commandArgs(TRUE)[1])
stopifnot("rows differ" = identical(kept$name, now$name))
allowed <- kept$tolerance * ifelse(kept$tolerance < 1e-5, 0.01, 1)
moved <- abs(now$value - kept$value) > allowed * abs(kept$value) + 1e-13
if (any(moved)) {
  print(cbind(kept[moved, c("name", "value", "tolerance")], now = now$value[moved]))
  quit(status = 1)
}
cat(nrow(kept), "answers of R are as they were kept\n")
R

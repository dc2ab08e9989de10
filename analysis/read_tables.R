# Reads what `kerbside collect DIR` wrote, with nothing to install:
#   Rscript analysis/read_tables.R kerbside-demo
# Unknown is NA, infinite is Inf (read.csv knows both); the decimal mark is a point.

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) > 0) arguments[1] else "kerbside-demo"
# Codes are text, even where they look like numbers.
read <- function(name) read.csv(file.path(folder, "derived", name), na.strings = "NA", check.names = FALSE,
                                colClasses = c(participant = "character"))

trials <- read("trials_wide.csv")
participants <- read("participants.csv")

# Nothing was lost on the way: each participant's trials are in the table of trials.
stopifnot(sum(participants$trials) == nrow(trials), sum(participants$trials_kept) == sum(trials$kept == 1))
cat(nrow(trials), "trials of", nrow(participants), "participants,", sum(trials$kept == 1), "kept\n")

# What is analysed: kept, and a cell of the design (catch trials are kept too, with kind catch).
main <- subset(trials, kept == 1 & kind == "main")

# Distance at step-off is NA where nobody stepped off: crossing initiation is censored there (column censored).
# The whole design's cell: between-subject levels, if any, and the cell within.
main$cell <- ifelse(is.na(main$group), main$cell_id, paste(main$group, main$cell_id, sep = " | "))
per_cell <- do.call(rbind, lapply(split(main, main$cell), function(cell) data.frame(
  cell = cell$cell[1],
  trials = nrow(cell),
  stepped_off = sum(cell$censored == 0),
  median_distance_to_zone_m = median(cell$distance_to_zone_m, na.rm = TRUE)
)))
print(per_cell, row.names = FALSE)

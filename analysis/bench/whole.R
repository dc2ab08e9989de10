# The same as `kerbside analyze`, in R: reads the logs of every session, derives what the plan asks, then runs the tests.
#
#   Rscript whole.R DATA RESULTS      RESULTS is the folder that `kerbside analyze` wrote; its analysis.R has the tests
#
# By the definitions of `kerbside codebook`, and no more of them than the plan needs: step-off, crossing initiation,
# distance at step-off, whether braking was seen, two answers. Prints seconds of either half and the largest difference
# to Kerbside's own data.csv.
arguments <- commandArgs(TRUE)
began <- proc.time()[["elapsed"]]
quick <- requireNamespace("data.table", quietly = TRUE)
columns_of <- function(path, columns) {
  if (quick) return(as.data.frame(data.table::fread(path, select = columns, na.strings = "NA", showProgress = FALSE, nThread = 2)))
  names <- strsplit(readLines(path, 1), ",")[[1]]
  read.csv(path, na.strings = "NA", colClasses = ifelse(names %in% columns, NA, "NULL"))
}
session_of <- function(folder) {
  table <- function(name, columns) columns_of(file.path(folder, paste0(name, ".csv")), columns)
  trials <- table("trials", c("participant", "session_n", "trial_n", "kind", "cue", "outcome", "marks"))
  frames <- table("frames", c("trial_n", "frame_n", "display_time_ns", "world_time_ns", "ground_site_x_m", "ground_source"))
  frames <- frames[!is.na(frames$world_time_ns), ]
  cars <- table("vehicles", c("trial_n", "frame_n", "vehicle_n", "role", "to_zone_m", "rear_to_zone_end_m"))
  cars <- cars[cars$role == "target", ]
  events <- table("events", c("trial_n", "event", "frame_n", "world_time_ns", "vehicle_n", "display_time_ns"))
  conditions <- table("conditions", c("trial_n", "factor", "level"))
  answers <- table("answers", c("trial_n", "item", "value", "revision_n"))
  rows <- split(seq_len(nrow(frames)), frames$trial_n)
  one <- function(i) {
    n <- trials$trial_n[i]
    f <- frames[rows[[as.character(n)]], ]
    e <- events[which(events$trial_n == n), ]
    # Nanoseconds of either clock fit into doubles: sessions are shorter than 104 days.
    display <- as.numeric(f$display_time_ns)
    time_of <- function(name) {
      at <- which(e$event == name)[1]
      if (is.na(at)) return(NA)
      k <- match(e$frame_n[at], f$frame_n)
      if (is.na(k) || is.na(e$world_time_ns[at])) return(as.numeric(e$display_time_ns[at]))
      display[k] - (as.numeric(f$world_time_ns[k]) - as.numeric(e$world_time_ns[at]))
    }
    x <- f$ground_site_x_m
    entered <- match("zone_entered", e$event)
    settled <- if (is.na(entered)) Inf else as.numeric(e$display_time_ns[entered])
    past <- which(!is.na(x) & x >= ifelse(f$ground_source == "pelvis", 0.15, 0.30))
    back <- which(!is.na(x) & x < 0 & display < settled)
    off <- if (length(back)) past[past > max(back)][1] else past[1]
    cue <- time_of(trials$cue[i])
    braking <- time_of("braking_onset")
    commanded <- any(conditions$trial_n == n & conditions$factor == "braking" & conditions$level != "none")
    car <- if (is.na(off)) NA else match(f$frame_n[off], cars$frame_n)
    distance <- if (is.na(car) || cars$rear_to_zone_end_m[car] < 0) NA else max(cars$to_zone_m[car], 0)
    said <- function(item) {
      a <- answers[which(answers$trial_n == n & answers$item == item), ]
      if (nrow(a)) as.numeric(a$value[which.max(a$revision_n)]) else NA
    }
    data.frame(participant = trials$participant[i], trial_n = n, cit = (display[off] - cue) / 1e9,
               end = (max(display) - cue) / 1e9, distance, before = if (is.na(off) || !commanded) NA else as.integer(is.na(braking) || braking > display[off]),
               felt_safe = said("felt_safe"), intention_clear = said("intention_clear"))
  }
  kept <- which(trials$kind == "main" & is.na(trials$marks) & !trials$outcome %in% c("aborted", "interrupted"))
  do.call(rbind, lapply(kept, one))
}
folders <- list.files(file.path(arguments[1], "sessions"), full.names = TRUE)
derived <- do.call(rbind, lapply(folders, session_of))
logs_s <- proc.time()[["elapsed"]] - began

own <- read.csv(file.path(arguments[2], "data.csv"), na.strings = "NA", colClasses = c(participant = "character"))
trial <- as.integer(sub(".*trial ", "", own$source))
at <- match(paste(own$participant, trial), paste(derived$participant, derived$trial_n))
stopifnot("trials differ" = !anyNA(at) && nrow(own) == nrow(derived))
same <- function(a, b) stopifnot("unknown on one side" = identical(is.na(a), is.na(b))) 
waits <- ifelse(is.na(derived$cit), derived$end, derived$cit)[at]
same(own$distance, derived$distance[at])
same(own$before_manipulation, derived$before[at])
apart <- c(waits - own$crossing_initiation, derived$distance[at] - own$distance, derived$felt_safe[at] - own$felt_safe,
           derived$intention_clear[at] - own$intention_clear, derived$before[at] - own$before_manipulation)
worst <- max(abs(apart), na.rm = TRUE)
stopifnot("measures differ" = worst < 1e-3)

began <- proc.time()[["elapsed"]]
setwd(arguments[2])
status <- system2("Rscript", "analysis.R", stdout = "analysis.R.out", stderr = "analysis.R.err")
tests_s <- proc.time()[["elapsed"]] - began
cat(sprintf("logs_s=%.2f tests_s=%.2f trials=%d worst=%.2g agrees=%d reader=%s\n", logs_s, tests_s, nrow(derived), worst,
            as.integer(status == 0), if (quick) "data.table" else "read.csv"))


# Differences between two sources of participants' means.
sized <- function(name, values) setNames(values, c(name, paste(name, c("low", "high"))))
hedges <- function(df) exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)
tost_of <- function(key, counts, difference, bounds, ...) {
  above <- t.test(..., mu = bounds[1], alternative = "greater")
  below <- t.test(..., mu = bounds[2], alternative = "less")
  interval <- t.test(..., conf.level = 1 - 2 * (1 - level))$conf.int
  nearer <- if (above$p.value >= below$p.value) above else below
  say(key, counts, t = unname(nearer$statistic), df = unname(nearer$parameter), p = nearer$p.value,
      "mean difference" = difference, limits_of("mean difference", interval[1], interval[2]),
      "t above low" = unname(above$statistic), "t below high" = unname(below$statistic))
}
ask_pairs <- function(measure, bounds = NULL) {
  y <- people[people$measure == measure & !is.na(people$real) & !is.na(people$virtual), ]
  counts <- c(people = nrow(y), trials = sum(y$real_trials) + sum(y$virtual_trials))
  d <- y$virtual - y$real
  test <- t.test(d, conf.level = level)
  t <- unname(test$statistic)
  df <- unname(test$parameter)
  tail <- (1 - level) / 2
  dz <- c(t, noncentral(t, df, 1 - tail), noncentral(t, df, tail)) / sqrt(length(d))
  dav <- dz * sd(d) / sqrt((var(y$real) + var(y$virtual)) / 2)
  say(paste0(measure, "/paired_t"), counts, t = t, df = df, p = test$p.value, "mean difference" = mean(d),
      limits_of("mean difference", test$conf.int[1], test$conf.int[2]), sized("d_z", dz), sized("d_av", dav),
      sized("g_av", dav * hedges(df)), "sd of differences" = sd(d))
  if (!is.null(bounds)) tost_of(paste0(measure, "/tost"), counts, mean(d), bounds, d)
  n <- length(d)
  k <- suppressWarnings(qt(c(tail, 1 - tail), df, qnorm(.975) * sqrt(n))) / sqrt(n)
  say(paste0(measure, "/agreement"), low = mean(d) - qnorm(.975) * sd(d), "low low" = mean(d) - k[2] * sd(d),
      "low high" = mean(d) - k[1] * sd(d), high = mean(d) + qnorm(.975) * sd(d), "high low" = mean(d) + k[1] * sd(d),
      "high high" = mean(d) + k[2] * sd(d))
}
ask_groups <- function(measure, bounds = NULL) {
  y <- people[people$measure == measure, ]
  real <- y$real[!is.na(y$real)]
  virtual <- y$virtual[!is.na(y$virtual)]
  counts <- c(people = length(real) + length(virtual), trials = sum(y$real_trials) + sum(y$virtual_trials))
  test <- t.test(virtual, real, conf.level = level)
  difference <- mean(virtual) - mean(real)
  df <- length(real) + length(virtual) - 2
  pooled <- sqrt(((length(real) - 1) * var(real) + (length(virtual) - 1) * var(virtual)) / df)
  per_t <- sqrt(1 / length(real) + 1 / length(virtual))
  t <- difference / pooled / per_t
  tail <- (1 - level) / 2
  ds <- c(t, noncentral(t, df, 1 - tail), noncentral(t, df, tail)) * per_t
  say(paste0(measure, "/welch_t"), counts, t = unname(test$statistic), df = unname(test$parameter), p = test$p.value,
      "mean difference" = difference, limits_of("mean difference", test$conf.int[1], test$conf.int[2]),
      sized("d_s", ds), sized("g_s", ds * hedges(df)))
  if (!is.null(bounds)) tost_of(paste0(measure, "/welch_tost"), counts, difference, bounds, virtual, real)
}

# Levels of factors, compared and taken alone, evenly over the factors that are not named.
asks_several <- function(design, effect) any(lengths(design[effect]) > 2)
# Of two levels the second with the first; of more each with the reference, or all pairs.
pairs_of <- function(levels, how) {
  if (how == "none") return(list())
  if (length(levels) == 2) return(list(rev(levels)))
  if (how == "pairs") combn(levels, 2, rev, simplify = FALSE) else lapply(levels[-1], function(level) c(level, levels[1]))
}
# Each comparison within an effect: its name, and a weight for each level of the effect's factors.
contrasts_of <- function(design, effect, how) {
  all <- list(list(name = NULL, parts = list()))
  for (factor in effect) {
    levels <- design[[factor]]
    all <- do.call(c, lapply(all, function(one) lapply(pairs_of(levels, how), function(pair) list(
      name = c(one$name, if (length(levels) == 2) factor else paste0(factor, "=", pair[1], " vs ", pair[2])),
      parts = c(one$parts, setNames(list((levels == pair[1]) - (levels == pair[2])), factor))))))
  }
  lapply(all, function(one) list(name = paste(one$name, collapse = ":"), parts = one$parts))
}
levels_of <- function(design, effect) {
  all <- list(list(name = NULL, parts = list()))
  for (factor in effect) {
    levels <- design[[factor]]
    all <- do.call(c, lapply(all, function(one) lapply(levels, function(level) list(
      name = c(one$name, level), parts = c(one$parts, setNames(list(as.numeric(levels == level)), factor))))))
  }
  lapply(all, function(one) list(name = paste(one$name, collapse = ", "), parts = one$parts))
}
# Weights of the cells; the last factor changes fastest.
cell_weights <- function(design, parts) {
  weights <- 1
  for (name in names(design)) {
    n <- length(design[[name]])
    weights <- as.vector(outer(if (is.null(parts[[name]])) rep(1 / n, n) else parts[[name]], weights))
  }
  weights
}
# One score per person, and a weighted sum of the groups' means.
grouped <- function(means, groups, within, between) {
  scores <- as.vector(means %*% within)
  cell <- factor(groups, seq_along(between))
  own <- as.vector(tapply(scores, cell, mean))
  df <- length(scores) - length(between)
  variance <- sum((scores - own[as.integer(cell)])^2) / df
  list(scores = scores, estimate = sum(between * own), se = sqrt(variance * sum(between^2 / as.vector(table(cell)))), df = df)
}
say_mean <- function(key, scale, name, estimate, se, df) {
  half <- qt((1 + level) / 2, df) * se
  what <- paste(scale, "of", name)
  say(key, named(what, estimate), limits_of(what, estimate - half, estimate + half), named(paste("se of", name), se))
  if (is.finite(df)) say(key, named(paste("df of", name), df))
}
# Of cell means.
say_cell_levels <- function(prefix, y, means, design, between, effect, how) {
  within <- setdiff(names(design), between)
  of_person <- function(name) y[[name]][match(rownames(means), y$person)]
  groups <- if (length(between)) match(do.call(paste, c(lapply(between, of_person), sep = ", ")), cells_of(design[between])) else rep(1, nrow(means))
  sum_of <- function(parts) grouped(means, groups, cell_weights(design[within], parts), cell_weights(design[between], parts))
  scale <- if (is.null(attr(means, "restricted"))) "mean" else "restricted mean"
  for (one in levels_of(design, effect)) {
    own <- sum_of(one$parts)
    say_mean(key_of(prefix, effect, "anova"), scale, one$name, own$estimate, own$se, own$df)
  }
  if (!asks_several(design, effect)) return(invisible())
  what <- difference_of(means, effect)
  keys <- NULL
  for (one in contrasts_of(design, effect, how)) {
    own <- sum_of(one$parts)
    key <- key_of(prefix, one$name, "anova_contrast")
    keys <- c(keys, key)
    t <- own$estimate / own$se
    half <- qt((1 + level) / 2, own$df) * own$se
    say(key, counted(means), t = t, df = own$df, p = 2 * pt(-abs(t), own$df), named(what, own$estimate),
        limits_of(what, own$estimate - half, own$estimate + half))
    if (length(between) == 0) {
      tail <- (1 - level) / 2
      root <- sqrt(length(own$scores))
      say(key, d_z = t / root, limits_of("d_z", noncentral(t, own$df, 1 - tail) / root, noncentral(t, own$df, tail) / root))
    }
  }
  if (length(keys)) correct("holm", keys, 0)
}
# Which columns of a model belong to an effect.
columns_in <- function(columns, effect) {
  vapply(strsplit(columns, ":", fixed = TRUE), function(parts) setequal(sub("=.*", "", parts), effect), NA)
}
# The right side of a model's formula without an effect.
without <- function(ready, effect) {
  kept <- which(!columns_in(ready$columns, effect))
  paste(if (length(kept)) paste(paste0("v", kept), collapse = " + ") else "1", "+", ready$terms)
}
say_ratio <- function(prefix, effect, test, y, larger, smaller, df) {
  chi2 <- max(0, 2 * (larger - smaller))
  say(key_of(prefix, effect, test), counted_rows(y), chi2 = chi2, df = df, p = pchisq(chi2, df, lower.tail = FALSE))
}
# Of a model: `sum_of` gives estimate, error and degrees of freedom of a weighted sum of its columns.
say_model_levels <- function(prefix, y, design, covariates, test, effects, how, scale, difference, ratio, sum_of) {
  columns_at <- function(parts) {
    cells <- cell_weights(design, parts)
    c(vapply(columns_of(grid_of(design), design), function(column) sum(cells * column), 0), rep(0, length(covariates)))
  }
  for (effect in effects) {
    key <- key_of(prefix, effect, test)
    for (one in levels_of(design, effect)) {
      own <- sum_of(columns_at(one$parts), TRUE)
      say_mean(key, scale, one$name, own[1], own[2], own[3])
      if (test == "glmm") {
        what <- paste("probability of", one$name)
        half <- qnorm((1 + level) / 2) * own[2]
        say(key, named(what, plogis(own[1])), limits_of(what, plogis(own[1] - half), plogis(own[1] + half)))
      }
    }
    if (!asks_several(design, effect)) next
    keys <- NULL
    for (one in contrasts_of(design, effect, how)) {
      own <- sum_of(columns_at(one$parts), FALSE)
      key <- key_of(prefix, one$name, paste0(test, "_contrast"))
      keys <- c(keys, key)
      half <- qt((1 + level) / 2, own[3]) * own[2]
      t <- own[1] / own[2]
      say(key, counted_rows(y), named(if (is.finite(own[3])) "t" else "z", t), p = 2 * pt(-abs(t), own[3]),
          named(difference, own[1]), limits_of(difference, own[1] - half, own[1] + half), se = own[2])
      if (is.finite(own[3])) say(key, df = own[3])
      if (!is.null(ratio)) say(key, named(ratio, exp(own[1])), limits_of(ratio, exp(own[1] - half), exp(own[1] + half)))
    }
    if (length(keys)) correct("holm", keys, 0)
  }
}
# Points and weights of Gauss-Hermite quadrature (Golub and Welsch 1969).
gauss_hermite <- function(n) {
  band <- matrix(0, n, n)
  i <- seq_len(n - 1)
  band[cbind(i, i + 1)] <- band[cbind(i + 1, i)] <- sqrt(i / 2)
  found <- eigen(band, symmetric = TRUE)
  list(x = found$values, w = sqrt(pi) * found$vectors[1, ]^2)
}
# Courses that compete: before the vehicle came, after it, never.
ask_competing <- function(outcome, data, design, covariates, until = Inf) {
  suppressPackageStartupMessages(library(survival))
  value <- data[[outcome]]
  happened <- data[[paste0(outcome, "_happened")]]
  arrival <- data[[paste0(outcome, "_arrival")]]
  known <- !is.na(value) & complete.cases(data[c("participant", names(design), covariates)])
  course <- ifelse(happened == 0, "never", ifelse(is.na(arrival) | value < arrival, "before", "after"))
  course <- factor(course, c("never", "before", "after"))
  cell <- if (length(design)) do.call(paste, c(unname(data[names(design)]), sep = ", ")) else rep("", nrow(data))
  for (one in cells_of(design)) {
    rows <- known & cell == one
    key <- paste0(outcome, "/course ", one)
    say(key, table(course[rows])[c("before", "after", "never")])
    if (!any(rows)) { say(key, "incidence before" = 0, "incidence after" = 0); next }
    steps <- survfit(Surv(value[rows], course[rows]) ~ 1, timefix = FALSE)
    last <- sum(steps$time <= until)
    shares <- if (last > 0) steps$pstate[last, 2:3] else c(0, 0)
    say(key, "incidence before" = shares[1], "incidence after" = shares[2])
  }
}

# Functions first, questions at the end. Packages: survival, lme4, lmerTest, ordinal, afex; only those that are asked for.
options(warn = 1, contrasts = c("contr.treatment", "contr.poly"))
here <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  if (length(file) == 1) dirname(file) else "."
})
table_of <- function(name, ...) read.csv(file.path(here, name), check.names = FALSE, na.strings = "NA", ...)
numbers <- list()
# With --quick no fit for the sensitivity tables is made.
quick <- "--quick" %in% commandArgs(TRUE)
left_off <- character()
leave_off <- function(prefixes) left_off <<- c(left_off, prefixes)
begin <- function(i, of, outcome) {
  cat(i, " of ", of, ": ", outcome, "\n", sep = "")
  flush(stdout())
}
# A test that R finds no answer to is counted, and the others go on.
failed <- list()
tried <- function(prefix, test, call) tryCatch(call, error = function(e) {
  failed[[length(failed) + 1]] <<- c(prefix, test)
  message("R gives no fit: ", prefix, ", ", test, ": ", conditionMessage(e))
})
say <- function(key, ...) {
  values <- c(...)
  for (name in names(values)) numbers[[paste0(key, "/", name)]] <<- as.numeric(values[[name]])
}

# Trials of an outcome: person, value, happened, factors, covariates; what is not known is not in it.
trials_of <- function(data, outcome, design, covariates, censored) {
  y <- data.frame(person = data$participant, value = data[[outcome]], stringsAsFactors = FALSE)
  y$happened <- if (censored) data[[paste0(outcome, "_happened")]] else 1
  for (name in c(names(design), covariates)) y[[name]] <- data[[name]]
  y <- y[complete.cases(y), , drop = FALSE]
  y$cell <- if (length(design)) do.call(paste, c(unname(y[names(design)]), sep = ", ")) else rep("", nrow(y))
  y
}
# Up to when waits are counted where the plan does not say: the earliest end of watching, of the trials as planned.
earliest_end <- function(y) min(y$value[y$happened == 0])
# Waits counted up to that time, the same in every choice of trials.
restricted <- function(y, until) {
  if (any(y$value < until & y$happened == 0)) stop("a wait was cut off before the time up to which waits are counted")
  longer <- sum(y$value > until | y$happened == 0)
  y$value <- pmin(y$value, until)
  attr(y, "restricted") <- c("counted up to" = until, longer = longer)
  y
}
# All cells; the last factor changes fastest.
grid_of <- function(design) {
  grid <- expand.grid(rev(design), stringsAsFactors = FALSE)
  grid[, names(design), drop = FALSE]
}
cells_of <- function(design) if (length(design)) do.call(paste, c(unname(as.list(grid_of(design))), sep = ", ")) else ""
# Each participant's mean in each cell of the factors within participants; those with all cells.
means_of <- function(y, design) {
  cell <- do.call(paste, c(unname(y[names(design)]), sep = ", "))
  means <- tapply(y$value, list(y$person, factor(cell, cells_of(design))), mean)
  means <- means[complete.cases(means), , drop = FALSE]
  attr(means, "trials") <- sum(y$person %in% rownames(means))
  attr(means, "restricted") <- attr(y, "restricted")
  means
}
weights_of <- function(design, effect) {
  grid <- grid_of(design)
  signs <- rep(1, nrow(grid))
  for (name in effect) signs <- signs * ifelse(grid[[name]] == design[[name]][2], 1, -1)
  signs / (nrow(grid) / 2^length(effect))
}
counted <- function(means) c(people = nrow(means), trials = attr(means, "trials"), attr(means, "restricted"))
# Of a main effect the difference of its levels; of an interaction the difference of differences.
difference_of <- function(means, effect) {
  paste0(if (is.null(attr(means, "restricted"))) "" else "restricted ",
         if (length(effect) == 1) "mean difference" else "mean difference of differences")
}
key_of <- function(prefix, effect, test) paste(prefix, paste(effect, collapse = ":"), test, sep = "/")
limits_of <- function(name, low, high) setNames(c(low, high), paste(name, c("low", "high")))
named <- function(name, value) setNames(value, name)

# Limits of partial eta squared by the noncentral F.
eta_limits <- function(f, df, level) {
  limit <- function(p) {
    if (pf(f, df[1], df[2]) <= p) return(0)
    uniroot(function(ncp) pf(f, df[1], df[2], ncp) - p, c(0, 1 + df[1] * f), tol = 1e-12, extendInt = "downX")$root
  }
  ncp <- c(limit(0.5 + 0.5 * level), limit(0.5 - 0.5 * level))
  ncp / (ncp + df[2])
}
# The noncentral t's limits of d_z, and what is d_z in another unit.
noncentral <- function(t, df, p) {
  suppressWarnings(uniroot(function(ncp) pt(t, df, ncp) - p, t + c(-1, 1) * (4 + abs(t)), tol = 1e-13, extendInt = "yes")$root)
}
ask_paired_t <- function(prefix, y, design, effect, unit = "", bounds = NULL) {
  means <- means_of(y, design)
  d <- as.vector(means %*% weights_of(design, effect))
  test <- t.test(d, conf.level = level)
  t <- unname(test$statistic)
  df <- unname(test$parameter)
  tail <- (1 - level) / 2
  dz <- c(t, noncentral(t, df, 1 - tail), noncentral(t, df, tail)) / sqrt(length(d))
  sized <- function(name, values) setNames(values, c(name, paste(name, c("low", "high"))))
  what <- difference_of(means, effect)
  key <- key_of(prefix, effect, "paired_t")
  say(key, counted(means), t = t, df = df, p = test$p.value, named(what, mean(d)),
      limits_of(what, test$conf.int[1], test$conf.int[2]), sized("d_z", dz), "sd of differences" = sd(d))
  if (length(effect) == 1) {
    second <- grid_of(design)[[effect]] == design[[effect]][2]
    high <- rowMeans(means[, second, drop = FALSE])
    low <- rowMeans(means[, !second, drop = FALSE])
    dav <- dz * sd(d) / sqrt((var(high) + var(low)) / 2)
    j <- exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)
    say(key, sized("d_av", dav), sized("g_av", dav * j))
  }
  if (!is.null(bounds)) {
    above <- t.test(d, mu = bounds[1], alternative = "greater")
    below <- t.test(d, mu = bounds[2], alternative = "less")
    interval <- t.test(d, conf.level = 1 - 2 * (1 - level))$conf.int
    nearer <- if (above$p.value >= below$p.value) above else below
    say(key_of(prefix, effect, "tost"), counted(means), t = unname(nearer$statistic), df = df, p = nearer$p.value,
        named(what, mean(d)), limits_of(what, interval[1], interval[2]),
        "t above low" = unname(above$statistic), "t below high" = unname(below$statistic))
  }
}
# All sign patterns: sums of both halves, counted against each other.
ask_permutation <- function(prefix, y, design, effect) {
  means <- means_of(y, design)
  d <- as.vector(means %*% weights_of(design, effect))
  moving <- d[d != 0] / max(abs(d))
  what <- difference_of(means, effect)
  key <- key_of(prefix, effect, "permutation")
  say(key, counted(means), mean = mean(d), named(what, mean(d)))
  if (length(moving) > 36) return(invisible())
  sums <- function(values) Reduce(function(all, value) c(all - value, all + value), values, 0)
  half <- length(moving) %/% 2
  left <- sums(moving[seq_len(half)])
  right <- sort(sums(moving[seq_along(moving) > half]))
  least <- abs(sum(d / max(abs(d)))) - 1e-12 * sum(abs(moving))
  upper <- sum(length(right) - findInterval(least - left, right, left.open = TRUE))
  say(key, p = if (least <= 0) 1 else 2 * upper / (length(left) * length(right)))
}
# By the prior's g, an inverse gamma: the integral of Rouder et al. (2009), equation 1.
ask_bayes_factor <- function(prefix, y, design, effect) {
  means <- means_of(y, design)
  d <- as.vector(means %*% weights_of(design, effect))
  n <- length(d)
  df <- n - 1
  t <- unname(t.test(d)$statistic)
  null <- -(df + 1) / 2 * log1p(t^2 / df)
  log_at <- function(log_g) {
    wide <- 1 + n * exp(log_g)
    -log(wide) / 2 - (df + 1) / 2 * log1p(t^2 / (wide * df)) - null - log_g / 2 - 0.25 / exp(log_g) + log(0.5) / 2 - log(2 * pi) / 2
  }
  top <- max(log_at(seq(-8, 60, 0.01)))
  parts <- vapply(-8:59, function(from) integrate(function(s) exp(log_at(s) - top), from, from + 1, rel.tol = 1e-10)$value, 0)
  say(key_of(prefix, effect, "bayes_factor"), counted(means), BF10 = exp(top) * sum(parts))
}
# Exact with ties: R's wilcox.test is not.
ask_wilcoxon <- function(prefix, y, design, effect) {
  means <- means_of(y, design)
  d <- as.vector(means %*% weights_of(design, effect))
  tolerance <- 1e-10 * max(abs(d))
  kept <- d[abs(d) > tolerance]
  size <- abs(kept)
  order <- order(size)
  group <- cumsum(c(TRUE, diff(size[order]) > tolerance))
  ranks <- numeric(length(kept))
  ranks[order] <- ave(as.numeric(seq_along(order)), group)
  v <- sum(ranks[kept > 0])
  if (length(d) < 50) {
    probability <- 1
    for (rank in round(2 * ranks)) probability <- (c(probability, rep(0, rank)) + c(rep(0, rank), probability)) / 2
    seen <- round(2 * v) + 1
    p <- min(1, 2 * min(sum(probability[seq_len(seen)]), sum(probability[seen:length(probability)])))
  } else {
    off <- v - sum(ranks) / 2
    p <- 2 * pnorm(-abs((off - sign(off) / 2) / sqrt(sum(ranks^2) / 4)))
  }
  walsh <- outer(d, d, "+") / 2
  r <- (2 * v - sum(ranks)) / sum(ranks)
  n <- length(kept)
  half <- qnorm((1 + level) / 2) * sqrt((2 * n^3 + 3 * n^2 + n) / 6) / ((n^2 + n) / 2)
  key <- key_of(prefix, effect, "wilcoxon")
  say(key, counted(means), V = v, p = p, "pseudomedian of differences" = median(walsh[upper.tri(walsh, diag = TRUE)]),
      "rank-biserial r" = r)
  if (abs(r) < 1) say(key, limits_of("rank-biserial r", tanh(atanh(r) - half), tanh(atanh(r) + half)))
}
ask_friedman <- function(prefix, y, design) {
  means <- means_of(y, design)
  test <- friedman.test(unname(means[, , drop = FALSE]))
  chi2 <- unname(test$statistic)
  say(key_of(prefix, "all cells", "friedman"), counted(means), chi2 = chi2, df = unname(test$parameter),
      p = test$p.value, "Kendall's W" = chi2 / (nrow(means) * (ncol(means) - 1)))
}
ask_anova <- function(prefix, y, design, between, effects, contrasts = NULL) {
  within <- setdiff(names(design), between)
  means <- means_of(y, design[within])
  grid <- grid_of(design[within])
  long <- do.call(rbind, lapply(rownames(means), function(one) data.frame(person = one, value = means[one, ], grid, check.names = FALSE)))
  for (name in between) long[[name]] <- y[[name]][match(long$person, y$person)]
  safe <- setNames(paste0("f", seq_along(design)), names(design))
  names(long)[match(names(design), names(long))] <- safe
  for (name in names(design)) long[[safe[name]]] <- factor(long[[safe[name]]], design[[name]])
  model <- suppressWarnings(suppressMessages(afex::aov_ez("person", "value", long, within = unname(safe[within]),
                                                          between = if (length(between)) unname(safe[between]))))
  rows <- summary(model$Anova)$univariate.tests
  if (is.null(rows)) stop("no univariate tests")
  corrections <- summary(model$Anova)$pval.adjustments
  ges <- anova(model, es = "ges", correction = "none")
  pes <- anova(model, es = "pes", correction = "none")
  find <- function(names, effect) {
    names[vapply(strsplit(names, ":"), setequal, NA, y = safe[effect])]
  }
  for (effect in effects) {
    row <- rows[find(rownames(rows), effect), ]
    key <- key_of(prefix, effect, "anova")
    df <- c(row[["num Df"]], row[["den Df"]])
    p <- row[["Pr(>F)"]]
    corrected <- find(as.character(rownames(corrections)), effect)
    # A single contrast has a row of NA there.
    if (length(corrected) == 1 && !is.na(corrections[corrected, "GG eps"])) {
      gg <- corrections[corrected, "GG eps"]
      hf <- min(1, corrections[corrected, "HF eps"])
      say(key, "p uncorrected" = p, "epsilon GG" = gg, "epsilon HF" = hf,
          "p HF" = pf(row[["F value"]], hf * df[1], hf * df[2], lower.tail = FALSE))
      p <- corrections[corrected, "Pr(>F[GG])"]
      df <- gg * df
    }
    say(key, counted(means), F = row[["F value"]], df1 = df[1], df2 = df[2], p = p,
        "generalised eta squared" = ges[find(rownames(ges), effect), "ges"],
        "partial eta squared" = pes[find(rownames(pes), effect), "pes"])
    limits <- eta_limits(row[["F value"]], df, 2 * level - 1)
    say(key, limits_of("partial eta squared", limits[1], limits[2]))
    if (!is.null(contrasts)) say_cell_levels(prefix, y, means, design, between, effect, contrasts)
  }
}
# Columns of models: 1 in a level and 0 elsewhere, less 1 over the number of levels; interactions are products.
columns_of <- function(y, design) {
  columns <- list()
  for (size in seq_along(design)) for (effect in combn(names(design), size, simplify = FALSE)) {
    parts <- list(list(name = NULL, value = rep(1, nrow(y))))
    for (name in effect) {
      levels <- design[[name]]
      parts <- do.call(c, lapply(parts, function(part) lapply(levels[-1], function(level) list(
        name = c(part$name, if (length(levels) == 2) name else paste0(name, "=", level)),
        value = part$value * ((y[[name]] == level) - 1 / length(levels))))))
    }
    for (part in parts) columns[[paste(part$name, collapse = ":")]] <- part$value
  }
  columns
}
# A data frame of columns v1, v2, .. and the right side of its formula.
prepared <- function(y, design, covariates, random, correlated) {
  columns <- columns_of(y, design)
  for (name in covariates) columns[[name]] <- y[[name]] - mean(y[[name]])
  frame <- as.data.frame(setNames(columns, paste0("v", seq_along(columns))))
  frame$person <- factor(y$person)
  frame$value <- y$value
  frame$happened <- y$happened
  fixed <- paste(paste0("v", seq_along(columns)), collapse = " + ")
  slopes <- paste0("v", match(setdiff(random, "intercept"), names(columns)))[seq_along(setdiff(random, "intercept"))]
  terms <- if (correlated || length(slopes) == 0) {
    paste0("(", paste(c("1", slopes), collapse = " + "), " | person)")
  } else {
    paste(c("(1 | person)", paste0("(0 + ", slopes, " | person)")), collapse = " + ")
  }
  list(columns = names(columns), frame = frame, fixed = fixed, formula = paste(fixed, "+", terms), slopes = slopes,
       terms = terms)
}
counted_rows <- function(y) c(people = length(unique(y$person)), trials = nrow(y))
ask_lmm <- function(prefix, y, design, covariates, random, correlated, effects = list(), contrasts = NULL) {
  ready <- prepared(y, design, covariates, random, correlated)
  control <- lme4::lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), check.conv.singular = "ignore")
  model <- suppressMessages(lmerTest::lmer(as.formula(paste("value ~", ready$formula)), ready$frame, control = control))
  table <- coef(summary(model))
  for (i in seq_along(ready$columns)) {
    row <- table[paste0("v", i), ]
    b <- row[["Estimate"]]
    half <- qt((1 + level) / 2, row[["df"]]) * row[["Std. Error"]]
    say(key_of(prefix, ready$columns[i], "lmm"), counted_rows(y), t = row[["t value"]], df = row[["df"]],
        p = row[["Pr(>|t|)"]], difference = b, limits_of("difference", b - half, b + half), se = row[["Std. Error"]])
  }
  for (effect in Filter(function(effect) asks_several(design, effect), effects)) {
    own <- c(FALSE, columns_in(ready$columns, effect))
    test <- lmerTest::contestMD(model, diag(length(own))[own, , drop = FALSE])
    say(key_of(prefix, effect, "lmm"), counted_rows(y), F = test[["F value"]], df1 = test[["NumDF"]], df2 = test[["DenDF"]],
        p = test[["Pr(>F)"]])
  }
  if (!is.null(contrasts)) say_model_levels(prefix, y, design, covariates, "lmm", effects, contrasts, "mean", "difference", NULL,
    function(columns, is_mean) {
      sum <- lmerTest::contest1D(model, c(as.numeric(is_mean), columns))
      c(sum[["Estimate"]], sum[["Std. Error"]], sum[["df"]])
    })
}
# A coefficient with normal limits, and as a ratio.
say_wald <- function(prefix, column, test, y, name, ratio, b, se) {
  half <- qnorm((1 + level) / 2) * se
  key <- key_of(prefix, column, test)
  say(key, counted_rows(y), z = b / se, p = 2 * pnorm(-abs(b / se)), named(name, b), limits_of(name, b - half, b + half), se = se)
  if (!is.null(ratio)) say(key, named(ratio, exp(b)), limits_of(ratio, exp(b - half), exp(b + half)))
}
# The likelihood by Laplace's approximation, written out: the standard errors that clmm prints are differences of a
# likelihood whose inner search stops early, and change in the second digit with its tolerance. Newton steps from clmm's
# estimates, then second derivatives.
laplace <- function(parameters, y, x, z, id, correlated, cdf, pdf, slope, rule = NULL) {
  q <- ncol(z)
  k <- max(y) - 1
  threshold <- c(-Inf, parameters[1:k], Inf)
  beta <- parameters[k + seq_len(ncol(x))]
  rest <- parameters[-seq_len(k + ncol(x))]
  factor <- matrix(0, q, q)
  if (correlated) factor[lower.tri(factor, diag = TRUE)] <- rest else diag(factor) <- rest
  zero <- function(f, at) ifelse(is.infinite(at), 0, f(at))
  sum(sapply(split(seq_along(y), id), function(rows) {
    z <- z[rows, , drop = FALSE] %*% factor
    eta <- x[rows, , drop = FALSE] %*% beta
    u <- rep(0, q)
    for (step in 1:200) {
      at <- as.vector(eta + z %*% u)
      a <- threshold[y[rows]] - at
      b <- threshold[y[rows] + 1] - at
      p <- ifelse(a > 0, cdf(-a) - cdf(-b), cdf(b) - cdf(a))
      first <- (zero(pdf, a) - zero(pdf, b)) / p
      second <- (zero(slope, b) - zero(slope, a)) / p - first^2
      gradient <- u - t(z) %*% first
      curvature <- diag(q) - t(z) %*% (z * second)
      move <- as.vector(solve(curvature, gradient))
      # A whole step may run away from people at the ends of the scale.
      u <- u - move * min(1, 1 / max(abs(move), 1e-300))
      if (max(abs(move)) < 1e-11) break
    }
    found <- sum(u^2) / 2 - sum(log(p)) + log(det(curvature)) / 2
    if (is.null(rule)) return(found)
    # With one random effect: Gauss-Hermite points around the most likely one.
    height <- function(u) {
      at <- as.vector(eta + z %*% u)
      a <- threshold[y[rows]] - at
      b <- threshold[y[rows] + 1] - at
      sum(u^2) / 2 - sum(log(ifelse(a > 0, cdf(-a) - cdf(-b), cdf(b) - cdf(a))))
    }
    heights <- vapply(u + sqrt(2 / curvature[1, 1]) * rule$x, height, 0)
    found - log(sum(rule$w * exp(rule$x^2 + height(u) - heights)) / sqrt(pi))
  }))
}
ask_clmm <- function(prefix, y, design, covariates, random, correlated, link, effects = list(), contrasts = NULL, points = 1) {
  ready <- prepared(y, design, covariates, random, correlated)
  frame <- ready$frame
  frame$value <- factor(frame$value, ordered = TRUE)
  suppressPackageStartupMessages(library(ordinal))
  fit <- function(formula) suppressWarnings(clmm(as.formula(paste("value ~", formula)), frame, link = link, nAGQ = points,
                                                 control = clmm.control(gradTol = 1e-6, innerCtrl = "noWarn")))
  model <- fit(ready$formula)
  slopes <- as.matrix(frame[ready$slopes])
  z <- cbind(rep(1, nrow(frame)), slopes)
  x <- as.matrix(frame[paste0("v", seq_along(ready$columns))])
  spread_of <- function(model) if (correlated || ncol(z) == 1) {
    factor <- t(chol(VarCorr(model)$person))
    factor[lower.tri(factor, diag = TRUE)]
  } else sqrt(vapply(VarCorr(model), function(one) one[1, 1], 0))
  k <- length(model$alpha)
  rule <- if (points > 1) gauss_hermite(points)
  links <- list(logit = list(plogis, dlogis, function(x) dlogis(x) * (1 - 2 * plogis(x))),
                probit = list(pnorm, dnorm, function(x) -x * dnorm(x)))
  f <- links[[link]]
  height_with <- function(x) function(v) {
    laplace(v, as.integer(frame$value), x, z, frame$person, correlated || ncol(z) == 1, f[[1]], f[[2]], f[[3]], rule)
  }
  height <- height_with(x)
  at <- unname(c(coef(model), spread_of(model)))
  at <- suppressWarnings(descended(height, at))
  covariance <- inverse_of(height, at)
  se <- sqrt(diag(covariance))
  name <- if (link == "probit") "latent difference (probit)" else "log odds ratio"
  for (i in seq_along(ready$columns)) {
    say_wald(prefix, ready$columns[i], "clmm", y, name, if (link == "logit") "odds ratio", at[k + i], se[k + i])
  }
  for (effect in Filter(function(effect) asks_several(design, effect), effects)) {
    own <- columns_in(ready$columns, effect)
    smaller <- fit(without(ready, effect))
    less <- height_with(x[, !own, drop = FALSE])
    lowest <- less(suppressWarnings(descended(less, unname(c(coef(smaller), spread_of(smaller))))))
    say_ratio(prefix, effect, "clmm", y, -height(at), -lowest, sum(own))
  }
  if (!is.null(contrasts)) say_model_levels(prefix, y, design, covariates, "clmm", effects, contrasts, "latent mean", name,
    if (link == "logit") "odds ratio", function(columns, is_mean) {
      weights <- c(rep(if (is_mean) -1 / k else 0, k), columns)
      own <- seq_along(weights)
      c(sum(weights * at[own]), sqrt(sum(weights * (covariance[own, own] %*% weights))), Inf)
    })
}
# Differences of a function, and steps of Newton's that never climb, until there is nothing to gain.
moved <- function(at, i, by) { at[i] <- at[i] + by; at }
slope_of <- function(f, at, h = 1e-4) vapply(seq_along(at), function(i) (f(moved(at, i, h)) - f(moved(at, i, -h))) / (2 * h), 0)
curvature_of <- function(f, at, h = 1e-3) {
  n <- length(at)
  all <- matrix(0, n, n)
  middle <- f(at)
  one <- vapply(seq_len(n), function(i) c(f(moved(at, i, h)), f(moved(at, i, -h))), c(0, 0))
  diag(all) <- (one[1, ] + one[2, ] - 2 * middle) / h^2
  for (i in seq_len(n)) for (j in seq_len(i - 1)) {
    both <- f(moved(moved(at, i, h), j, h)) + f(moved(moved(at, i, -h), j, -h))
    all[i, j] <- all[j, i] <- (both - one[1, i] - one[2, i] - one[1, j] - one[2, j] + 2 * middle) / (2 * h^2)
  }
  all
}
# The inverse of the second derivatives, extrapolated to no step.
inverse_of <- function(height, at, h = 4e-3) {
  solve(suppressWarnings((4 * curvature_of(height, at, h / 2) - curvature_of(height, at, h)) / 3))
}
descended <- function(height, at) {
  now <- height(at)
  curvature <- curvature_of(height, at)
  for (step in 1:8) {
    move <- as.vector(solve(curvature, slope_of(height, at)))
    while (!isTRUE(height(at - move) <= now) && max(abs(move)) > 1e-9) move <- move / 2
    if (max(abs(move)) <= 1e-7) break
    at <- at - move
    now <- height(at)
  }
  at
}
ask_glmm <- function(prefix, y, design, covariates, random, correlated, effects = list(), contrasts = NULL, points = 1) {
  ready <- prepared(y, design, covariates, random, correlated)
  control <- lme4::glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), tolPwrss = 1e-13,
                                check.conv.singular = "ignore")
  fit <- function(formula) suppressMessages(lme4::glmer(as.formula(paste("value ~", formula)), ready$frame, binomial,
                                                        nAGQ = points, control = control))
  model <- fit(ready$formula)
  b <- lme4::fixef(model)
  v <- as.matrix(vcov(model))
  # What glmer prints of errors are differences too, right to some 2e-5: the likelihood written out, of two categories.
  # Where a variance is 0 there is no peak, and glmer's own stand.
  x <- as.matrix(ready$frame[paste0("v", seq_along(ready$columns))])
  z <- cbind(rep(1, nrow(x)), as.matrix(ready$frame[ready$slopes]))
  spread <- lme4::VarCorr(model)
  spread <- if (ncol(z) == 1) sqrt(spread$person[1, 1]) else if (correlated) {
    factor <- tryCatch(t(chol(spread$person)), error = function(e) matrix(0, ncol(z), ncol(z)))
    factor[lower.tri(factor, diag = TRUE)]
  } else sqrt(vapply(spread, function(one) one[1, 1], 0))
  rule <- if (points > 1) gauss_hermite(points)
  height <- function(at) laplace(at, ready$frame$value + 1, x, z, ready$frame$person, correlated || ncol(z) == 1, plogis,
                                 dlogis, function(x) dlogis(x) * (1 - 2 * plogis(x)), rule)
  if (all(spread != 0 | correlated) && spread[1] > 1e-4) {
    at <- suppressWarnings(descended(height, unname(c(-b[1], b[-1], spread))))
    own <- seq_along(b)
    sign <- diag(c(-1, rep(1, length(b) - 1)), length(b))
    b <- as.vector(sign %*% at[own])
    v <- sign %*% inverse_of(height, at)[own, own] %*% sign
  }
  for (i in seq_along(ready$columns)) {
    column <- ready$columns[i]
    say_wald(prefix, column, "glmm", y, "log odds ratio", "odds ratio", b[[i + 1]], sqrt(v[i + 1, i + 1]))
    if (column %in% covariates) {
      z <- qnorm((1 + level) / 2)
      j <- c(1, i + 1)
      roots <- polyroot(c(b[[1]]^2 - z^2 * v[1, 1], 2 * (b[[1]] * b[[i + 1]] - z^2 * v[1, i + 1]), b[[i + 1]]^2 - z^2 * v[i + 1, i + 1]))
      centre <- mean(y[[column]])
      limits <- centre + sort(Re(roots))
      say(key_of(prefix, column, "glmm"), "critical value" = centre - b[[1]] / b[[i + 1]],
          limits_of("critical value", limits[1], limits[2]))
    }
  }
  for (effect in Filter(function(effect) asks_several(design, effect), effects)) {
    smaller <- fit(without(ready, effect))
    say_ratio(prefix, effect, "glmm", y, as.numeric(logLik(model)), as.numeric(logLik(smaller)),
              sum(columns_in(ready$columns, effect)))
  }
  if (!is.null(contrasts)) say_model_levels(prefix, y, design, covariates, "glmm", effects, contrasts, "log odds",
    "log odds ratio", "odds ratio", function(columns, is_mean) {
      weights <- c(as.numeric(is_mean), columns)
      c(sum(weights * b), sqrt(sum(weights * (v %*% weights))), Inf)
    })
}
ask_cox <- function(prefix, y, design, covariates) {
  ready <- prepared(y, design, covariates, "intercept", FALSE)
  suppressPackageStartupMessages(library(survival))
  model <- coxph(as.formula(paste("Surv(value, happened) ~", ready$fixed)), ready$frame, cluster = person,
                 control = coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 50, timefix = FALSE))
  for (i in seq_along(ready$columns)) {
    say_wald(prefix, ready$columns[i], "cox", y, "log hazard ratio", "hazard ratio", coef(model)[[i]], sqrt(vcov(model)[i, i]))
    say(key_of(prefix, ready$columns[i], "cox"), events = sum(y$happened))
  }
}
ask_frailty <- function(prefix, y, design, covariates) {
  ready <- prepared(y, design, covariates, "intercept", FALSE)
  suppressPackageStartupMessages(library(survival))
  # A frailty of each person in full (sparse = FALSE): else the errors are approximate.
  control <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100, outer.max = 100, timefix = FALSE)
  fit <- function(more) suppressWarnings(
    coxph(as.formula(paste("Surv(value, happened) ~", ready$fixed, more)), ready$frame, control = control))
  with_gamma <- function(how) fit(paste0("+ frailty(person, distribution = 'gamma', sparse = FALSE, ", how, ")"))
  model <- tryCatch(with_gamma("eps = 1e-13"), error = function(e) {
    # Its own search for the variance gives up now and then.
    height <- function(at) with_gamma(paste0("theta = ", format(exp(at), digits = 17)))$history[[1]]$c.loglik
    found <- optimize(height, log(c(1e-5, 1e3)), maximum = TRUE, tol = 1e-9)$maximum
    with_gamma(paste0("theta = ", format(exp(found), digits = 17)))
  })
  variance <- model$history[[1]]$theta
  if (variance < 1e-4) {
    model <- fit("")
    variance <- 0
  }
  for (i in seq_along(ready$columns)) {
    say_wald(prefix, ready$columns[i], "frailty", y, "log hazard ratio", "hazard ratio", coef(model)[[i]], sqrt(vcov(model)[i, i]))
    say(key_of(prefix, ready$columns[i], "frailty"), events = sum(y$happened), "frailty variance" = variance)
  }
}
ask_log_rank <- function(prefix, y, factor) {
  suppressPackageStartupMessages(library(survival))
  # Times in their order alone, ties where they are equal: survdiff cannot be told so.
  frame <- data.frame(value = match(y$value, sort(unique(y$value))), happened = y$happened, group = y[[factor]], person = y$person)
  test <- survdiff(Surv(value, happened) ~ group + strata(person), frame)
  df <- length(unique(frame$group)) - 1
  say(key_of(prefix, factor, "log_rank"), counted_rows(y), chi2 = test$chisq, df = df,
      p = pchisq(test$chisq, df, lower.tail = FALSE))
}
# What describes each cell.
ask_cells <- function(prefix, y, design, kind, between) {
  cells <- cells_of(design)
  means <- tapply(y$value, list(y$person, factor(y$cell, cells)), mean)
  complete <- means[complete.cases(means), , drop = FALSE]
  own <- complete - rowMeans(complete) + mean(complete)
  k <- ncol(complete)
  half <- qt((1 + level) / 2, max(1, nrow(own) - 1)) * unname(apply(own, 2, sd)) / sqrt(nrow(own)) * sqrt(k / (k - 1))
  for (i in seq_along(cells)) {
    rows <- y[y$cell == cells[i], ]
    key <- paste0(prefix, "/cell ", cells[i])
    say(key, people = length(unique(rows$person)), trials = nrow(rows))
    if (nrow(rows) == 0) next
    if (kind %in% c("continuous", "count")) {
      values <- means[!is.na(means[, i]), i]
      say(key, mean = mean(values), sd = sd(values))
      if (length(between) == 0 && nrow(own) > 1 && k > 1) say(key, low = mean(complete[, i]) - half[i], high = mean(complete[, i]) + half[i])
    } else if (kind == "ordinal") {
      say(key, median = median(rows$value))
      counts <- table(rows$value)
      say(key, setNames(as.vector(counts), paste("answers", names(counts))))
    } else if (kind == "binary") {
      say(key, share = mean(rows$value))
    } else {
      suppressPackageStartupMessages(library(survival))
      steps <- survfit(Surv(value, happened) ~ 1, data = rows, timefix = FALSE)
      reached <- steps$time[steps$surv <= 0.5 + 1e-9]
      say(key, median = if (length(reached)) min(reached) else Inf, happened = sum(rows$happened),
          censored = sum(1 - rows$happened))
    }
  }
}
# Corrects the p-values of a family; questions without an answer count as not found.
correct <- function(method, keys, without_answer) {
  results <- table_of("numbers.csv", colClasses = c(name = "character"))
  p <- vapply(keys, function(key) {
    p <- numbers[[paste0(key, "/p")]]
    # Drawn at random, or without a fit in R: as the results have it.
    if (is.null(p)) results$value[results$name == paste0(key, "/p")] else p
  }, 0)
  corrected <- p.adjust(c(p, rep(1, without_answer)), method)
  for (i in seq_along(keys)) say(keys[i], "p corrected" = corrected[[i]])
}
# The answers of a test once more, as a choice of trials of the sensitivity table.
again <- function(outcome, choice, test) {
  if (list(c(outcome, test)) %in% failed) failed[[length(failed) + 1]] <<- c(paste(outcome, choice, sep = "/"), test)
  for (key in names(numbers)) {
    parts <- strsplit(key, "/", fixed = TRUE)[[1]]
    if (length(parts) == 4 && parts[1] == outcome && parts[3] == test) {
      numbers[[paste(outcome, choice, parts[2], test, parts[4], sep = "/")]] <<- numbers[[key]]
    }
  }
}
# What R found beside what the results say; the end of the script calls it.
compare <- function() {
  results <- table_of("numbers.csv", colClasses = c(name = "character"))
  results$r <- vapply(results$name, function(name) if (is.null(numbers[[name]])) NA_real_ else numbers[[name]], 0)
  results$difference <- ifelse(results$value == results$r, 0, abs(results$value - results$r) / pmax(abs(results$value), 1e-8))
  any_of <- function(list, matches) Reduce(`|`, lapply(list, matches), rep(FALSE, nrow(results)))
  skipped <- any_of(left_off, function(prefix) startsWith(results$name, paste0(prefix, "/")))
  no_fit <- any_of(failed, function(one) {
    rest <- strsplit(substring(results$name, nchar(one[1]) + 2), "/", fixed = TRUE)
    startsWith(results$name, paste0(one[1], "/")) & vapply(rest, function(parts) length(parts) == 3 && parts[2] %in% paste0(one[2], c("", "_contrast")), NA)
  })
  drawn <- is.na(results$tolerance)
  compared <- !drawn & !skipped & !no_fit
  bad <- compared & (is.na(results$r) | is.na(results$difference) | results$difference > results$tolerance)
  write.csv(results, "numbers_r.csv", row.names = FALSE, quote = TRUE)
  cat(sum(compared), "numbers compared with R's,", sum(bad), "differ;", sum(drawn), "are drawn at random and not compared\n")
  if (any(skipped)) cat(sum(skipped & !drawn), "of the sensitivity tables left out by --quick\n")
  if (length(failed)) cat(sum(no_fit & !drawn), "not compared, of", length(failed), "tests: R gives no fit\n")
  if (any(bad)) {
    print(results[bad, c("name", "value", "r", "tolerance")], row.names = FALSE, digits = 10)
    quit(status = 1)
  }
}

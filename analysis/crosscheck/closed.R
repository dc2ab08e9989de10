# Closed forms: distributions, paired tests, effect sizes, families.
say("t_two_sided.far", 2 * pt(-25, 7.5))
say("t_quantile", qt(.975, 9))
say("t_quantile.one", qt(.999, 1))
say("normal_quantile", qnorm(1e-9))
say("f_upper", pf(45.31, 2, 18, lower.tail = FALSE))
say("chi_upper", pchisq(60, 3, lower.tail = FALSE))
say("noncentral.1", pt(2.1, 9, 1.3))
say("noncentral.2", pt(-0.7, 4, -2))
say("noncentral.3", pt(30, 3, 25))
say("noncentral.4", pt(1, 199, 2.5))
say("noncentral.5", pt(0.3, 1, 0.5))
say("noncentral.quantile", qt(.025, 11, 6.789))
say("noncentral.f.1", pf(3.2, 2, 18, 4.5))
say("noncentral.f.2", pf(0.9, 1, 9, 5))
say("noncentral.f.3", pf(12, 3.7, 41.2, 60))
say("noncentral.f.4", pf(1.1, 5, 200, 0.01))
of_f <- function(f, df1, df2, p) if (pf(f, df1, df2) <= p) 0 else uniroot(function(ncp) pf(f, df1, df2, ncp) - p, c(0, 1000), tol = 1e-11)$root
say("noncentral.f.limits", c(of_f(19.08, 2, 18, .95), of_f(19.08, 2, 18, .05)))
say("noncentral.f.low", c(of_f(1.2, 1.3, 11.9, .95), of_f(1.2, 1.3, 11.9, .05)))
say("hedges", gamma(5.5) / sqrt(5.5) / gamma(5))

pairs <- of("pairs")
d <- pairs$a - pairs$b
test <- t.test(pairs$a, pairs$b, paired = TRUE)
say("pairs.t", test$statistic)
say("pairs.p", test$p.value)
say("pairs.interval", test$conf.int)
say("pairs.wilcoxon.v", wilcox.test(pairs$a, pairs$b, paired = TRUE)$statistic)
say("pairs.wilcoxon.exact", coin::pvalue(coin::wilcoxsign_test(round(d, 9) ~ rep(0, 12), distribution = "exact", zero.method = "Wilcoxon")))
say("pairs.wilcoxon.normal", wilcox.test(pairs$a, pairs$b, paired = TRUE, exact = FALSE, correct = FALSE)$p.value)
say("pairs.wilcoxon.corrected", wilcox.test(pairs$a, pairs$b, paired = TRUE, exact = FALSE)$p.value)
walsh <- outer(d, d, "+")[upper.tri(diag(12), diag = TRUE)] / 2
say("pairs.pseudomedian", median(walsh))
signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), 12)))
say("pairs.permutation", mean(abs(signs %*% d) >= abs(sum(d)) - 1e-9))
limit <- function(t, df, p) uniroot(function(ncp) pt(t, df, ncp) - p, c(t - 20, t + 20), tol = 1e-13)$root
t <- unname(test$statistic)
say("pairs.dz", mean(d) / sd(d))
say("pairs.dz.interval", c(limit(t, 11, .975), limit(t, 11, .025)) / sqrt(12))
say("pairs.dav", mean(d) / sqrt((var(pairs$a) + var(pairs$b)) / 2))
say("pairs.dav.interval", c(limit(t, 11, .975), limit(t, 11, .025)) / sqrt(12) * sd(d) / sqrt((var(pairs$a) + var(pairs$b)) / 2))
say("pairs.gz", gamma(5.5) / sqrt(5.5) / gamma(5) * mean(d) / sd(d))
say("pairs.tost.p", max(t.test(d, mu = -0.8, alternative = "greater")$p.value, t.test(d, mu = 0.8, alternative = "less")$p.value))
say("pairs.tost.interval", t.test(d, conf.level = .9)$conf.int)
say("pairs.agreement.high", mean(d) + qnorm(.975) * sd(d))
say("pairs.agreement.high.interval", mean(d) + sd(d) * c(qt(.025, 11, qnorm(.975) * sqrt(12)), qt(.975, 11, qnorm(.975) * sqrt(12))) / sqrt(12))
say("pairs.agreement.low.interval", mean(d) - sd(d) * c(qt(.975, 11, qnorm(.975) * sqrt(12)), qt(.025, 11, qnorm(.975) * sqrt(12))) / sqrt(12))
# Each program draws its own resamples: within what half a million of them leave open.
say("pairs.bca", {
  set.seed(1)
  boot::boot.ci(boot::boot(d, function(d, i) mean(d[i]), 499999), type = "bca", L = d - mean(d))$bca[4:5]
}, 0.01)

# As if a and b were of different people, nine and twelve of them.
a <- pairs$a[1:9]
b <- pairs$b
test <- t.test(a, b)
say("groups.t", test$statistic)
say("groups.df", test$parameter)
say("groups.p", test$p.value)
say("groups.interval", test$conf.int)
pooled <- sqrt((8 * var(a) + 11 * var(b)) / 19)
t <- (mean(a) - mean(b)) / pooled / sqrt(1 / 9 + 1 / 12)
say("groups.ds", (mean(a) - mean(b)) / pooled)
say("groups.ds.interval", c(limit(t, 19, .975), limit(t, 19, .025)) * sqrt(1 / 9 + 1 / 12))
say("groups.gs", gamma(9.5) / sqrt(9.5) / gamma(9) * (mean(a) - mean(b)) / pooled)
say("groups.tost.p", max(t.test(a, b, mu = -0.9, alternative = "greater")$p.value, t.test(a, b, mu = 0.9, alternative = "less")$p.value))
say("groups.tost.interval", t.test(a, b, conf.level = .9)$conf.int)

likert <- of("likert")
d <- likert$a - likert$b
say("likert.v", wilcox.test(likert$a, likert$b, paired = TRUE)$statistic)
say("likert.normal", wilcox.test(likert$a, likert$b, paired = TRUE, correct = FALSE)$p.value)
say("likert.corrected", wilcox.test(likert$a, likert$b, paired = TRUE)$p.value)
exact <- function(d, zero) coin::pvalue(coin::wilcoxsign_test(d ~ rep(0, length(d)), distribution = "exact", zero.method = zero))
say("likert.exact.dropped", exact(d, "Wilcoxon"))
say("likert.exact.pratt", exact(d, "Pratt"))
say("likert.normal.pratt", coin::pvalue(coin::wilcoxsign_test(d ~ rep(0, 15), zero.method = "Pratt")))
nonzero <- d[d != 0]
r <- rank(abs(nonzero))
say("likert.rank_biserial", (sum(r[nonzero > 0]) - sum(r[nonzero < 0])) / sum(r))
m <- length(nonzero)
say("likert.rank_biserial.interval", tanh(atanh((sum(r[nonzero > 0]) - sum(r[nonzero < 0])) / sum(r)) + c(-1, 1) * qnorm(.975) * sqrt((2 * m^3 + 3 * m^2 + m) / 6) / ((m^2 + m) / 2)))

five <- of("five")
say("five.t.p", t.test(five$a, five$b, paired = TRUE)$p.value)
say("five.exact", wilcox.test(five$a, five$b, paired = TRUE)$p.value)
say("five.dz.interval", {t <- unname(t.test(five$a, five$b, paired = TRUE)$statistic); c(limit(t, 4, .975), limit(t, 4, .025)) / sqrt(5)})

within <- of("within")
wide <- with(within, tapply(round(y), list(id, interaction(light, gap)), mean))
test <- friedman.test(wide)
say("friedman.chi", test$statistic)
say("friedman.p", test$p.value)
say("friedman.w", test$statistic / (10 * 5))

wide <- with(within, tapply(y, list(id, gap, light), mean))
dim(wide) <- c(10, 6)
own <- wide - rowMeans(wide) + mean(wide)
say("morey.means", colMeans(wide))
say("morey.low", colMeans(wide) - qt(.975, 9) * apply(own, 2, sd) / sqrt(10) * sqrt(6 / 5))

say("power.half", power.t.test(n = 24, delta = .5, sd = 1, type = "paired", strict = TRUE)$power)
say("power.small", power.t.test(n = 12, delta = .1, sd = 1, sig.level = .01, type = "paired", strict = TRUE)$power)

p <- c(.012, .04, .0003, .3, .04, .9)
say("holm", p.adjust(p, "holm"))
say("bh", p.adjust(p, "BH"))

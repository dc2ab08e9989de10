# Factors of three levels: omnibus tests, contrasts, marginal means: emmeans, of models coded by its own contrasts.
trials <- of("levels")
for (name in c("id", "group", "gap", "light")) trials[[name]] <- factor(trials[[name]])
emm_options(lmer.df = "satterthwaite")
# Rows of emmeans in our order (the last factor fastest), column by column.
ordered_by <- function(frame, by) frame[do.call(order, frame[by]), ]
means_of <- function(key, fit, by, tolerance, ...) {
  frame <- ordered_by(as.data.frame(emmeans(fit, by, ...)), by)
  names(frame)[names(frame) %in% c("asymp.LCL", "lower.CL")] <- "low"
  names(frame)[names(frame) %in% c("asymp.UCL", "upper.CL")] <- "high"
  say(paste0(key, ".means"), frame[[length(by) + 1]], tolerance)
  say(paste0(key, ".se"), frame$SE, tolerance)
  say(paste0(key, ".low"), frame$low, tolerance)
  say(paste0(key, ".high"), frame$high, tolerance)
  if (all(is.finite(frame$df))) say(paste0(key, ".df"), frame$df, tolerance)
}
contrasts_of <- function(key, found, tolerance) {
  plain <- as.data.frame(summary(found, infer = TRUE, adjust = "none"))
  say(paste0(key, ".estimates"), plain$estimate, tolerance)
  say(paste0(key, ".low"), plain[[grep("LCL|lower.CL", names(plain))]], tolerance)
  say(paste0(key, ".high"), plain[[grep("UCL|upper.CL", names(plain))]], tolerance)
  say(paste0(key, ".p"), plain$p.value, tolerance)
  say(paste0(key, ".holm"), as.data.frame(summary(found, adjust = "holm"))$p.value, tolerance)
}
options(contrasts = c("contr.sum", "contr.poly"))

# Cell means within people, and of two groups: afex, multivariate.
within <- suppressMessages(aov_ez("id", "y", trials, within = c("light", "gap")))
means_of("levels.within.light", within, "light", closed, model = "multivariate")
means_of("levels.within.both", within, c("light", "gap"), closed, model = "multivariate")
contrasts_of("levels.within.pairs", contrast(emmeans(within, "light", model = "multivariate"), "revpairwise"), closed)
contrasts_of("levels.within.interaction", contrast(emmeans(within, c("light", "gap"), model = "multivariate"),
                                                   interaction = c("trt.vs.ctrl", "revpairwise")), closed)
mixed <- suppressMessages(aov_ez("id", "y", of("mixed"), within = c("light", "gap"), between = "group"))
means_of("levels.mixed.gap", mixed, "gap", closed, model = "multivariate")
means_of("levels.mixed.group", mixed, "group", closed, model = "multivariate")
contrasts_of("levels.mixed.gap.pairs", contrast(emmeans(mixed, "gap", model = "multivariate"), "revpairwise"), closed)
contrasts_of("levels.mixed.group.pairs", contrast(emmeans(mixed, "group", model = "multivariate"), "revpairwise"), closed)

# A linear mixed model: F of Satterthwaite's kind.
linear <- lmer(y ~ light * gap + (1 | id), trials, control = tight)
table <- anova(linear, type = 3)
for (effect in c("light", "light:gap")) say(paste0("levels.lmm.", sub(":", "_", effect)), unlist(table[effect, c("F value", "NumDF", "DenDF", "Pr(>F)")]), fitted)
# Where people differ in one of the lights, the degrees of freedom of the directions differ.
trials$third <- as.numeric(trials$light == "3")
sloped <- lmer(y ~ light * gap + (1 + third | id), trials, control = tight)
say("levels.sloped", unlist(anova(sloped, type = 3)["light", c("F value", "NumDF", "DenDF", "Pr(>F)")]), fitted)
means_of("levels.lmm.light", linear, "light", fitted)
contrasts_of("levels.lmm.pairs", contrast(emmeans(linear, "light"), "revpairwise"), fitted)

# Models with a link, by quadrature of seven points. The standard errors of clmm are differences of a likelihood whose inner
# search stops early (see README.md), so what rests on them is compared to 1e-3; R's likelihood written out, to 1e-4, in the
# script beside an analysis's results.
rough <- 1e-3
columns <- model.matrix(~ light * gap, trials)[, -1]
colnames(columns) <- paste0("v", seq_len(ncol(columns)))
coded <- cbind(trials[c("id", "rating", "yes")], columns)
coded$rating <- factor(coded$rating, ordered = TRUE)
trials$rating <- factor(trials$rating, ordered = TRUE)
ratio <- function(larger, smaller, df) {
  chi <- 2 * as.numeric(logLik(larger) - logLik(smaller))
  c(chi, df, pchisq(chi, df, lower.tail = FALSE))
}
larger <- clmm(rating ~ v1 + v2 + v3 + v4 + v5 + (1 | id), coded, nAGQ = 7, control = exact)
say("levels.clmm.light", ratio(larger, clmm(rating ~ v3 + v4 + v5 + (1 | id), coded, nAGQ = 7, control = exact), 2), fitted)
ordinal_model <- clmm(rating ~ light * gap + (1 | id), trials, nAGQ = 7, control = exact)
means_of("levels.clmm.light", ordinal_model, "light", rough, mode = "latent")
contrasts_of("levels.clmm.pairs", contrast(emmeans(ordinal_model, "light", mode = "latent"), "revpairwise"), rough)
larger <- glmer(yes ~ v1 + v2 + v3 + v4 + v5 + (1 | id), coded, binomial, nAGQ = 7, control = sharp)
say("levels.glmm.light", ratio(larger, glmer(yes ~ v3 + v4 + v5 + (1 | id), coded, binomial, nAGQ = 7, control = sharp), 2), fitted)
binary_model <- glmer(yes ~ light * gap + (1 | id), trials, binomial, nAGQ = 7, control = sharp)
means_of("levels.glmm.light", binary_model, "light", fitted)
say("levels.glmm.chance", as.data.frame(emmeans(binary_model, "light", type = "response"))$prob, fitted)
contrasts_of("levels.glmm.pairs", contrast(emmeans(binary_model, "light"), "revpairwise"), fitted)
options(contrasts = c("contr.treatment", "contr.poly"))

# Models with random effects: lme4 and lmerTest.
slopes <- of("slopes")
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), check.conv.singular = "ignore")
linear <- function(key, model) {
  table <- coef(summary(model))
  say(paste0(key, ".b"), table[, "Estimate"], fitted)
  say(paste0(key, ".se"), table[, "Std. Error"], fitted)
  say(paste0(key, ".df"), table[, "df"], fitted)
  say(paste0(key, ".p"), table[, "Pr(>|t|)"], fitted)
  say(paste0(key, ".sigma"), sigma(model), fitted)
  say(paste0(key, ".loglik"), logLik(model), fitted)
  covariance <- as.data.frame(VarCorr(model))
  say(paste0(key, ".vcov"), covariance$vcov[covariance$grp != "Residual"], fitted)
}
linear("lmm.intercepts", lmer(y ~ speed + light + (1 | id), slopes, control = tight))
linear("lmm.slopes", lmer(y ~ speed + light + (1 + speed | id), slopes, control = tight))
linear("lmm.independent", lmer(y ~ speed + light + (1 + speed || id), slopes, control = tight))
linear("lmm.ml", lmer(y ~ speed + light + (1 + speed | id), slopes, REML = FALSE, control = tight))
say("lmm.contrast", unlist(contest1D(lmer(y ~ speed + light + (1 + speed | id), slopes, control = tight), c(1, 2.5, 0.5), confint = TRUE)[c("Estimate", "Std. Error", "df", "lower", "upper")]), fitted)
none <- lmer(y ~ x + (1 | id), of("singular"), control = tight)
say("lmm.singular.b", fixef(none), fitted)
say("lmm.singular.se", coef(summary(none))[, "Std. Error"], fitted)
say("lmm.singular.df", coef(summary(none))[, "df"], fitted)

# Ratings: ordinal.
ratings <- of("ratings")
ratings$rating <- factor(ratings$rating, ordered = TRUE)
ratings$id <- factor(ratings$id)
source("laplace.R", local = TRUE)
# Estimates after one more Newton step, and standard errors.
refined <- function(model, slopes) {
  z <- cbind(rep(1, nrow(ratings)), if (slopes) ratings$light)
  x <- with(ratings, cbind(light, yield, light * yield))
  links <- list(logit = list(plogis, dlogis, function(x) dlogis(x) * (1 - 2 * plogis(x))),
                probit = list(pnorm, dnorm, function(x) -x * dnorm(x)))
  f <- links[[model$link]]
  factor <- t(chol(VarCorr(model)$id))
  height <- function(v) laplace(v, as.integer(ratings$rating), x, z, ratings$id, f[[1]], f[[2]], f[[3]])
  at <- c(coef(model), factor[lower.tri(factor, diag = TRUE)])
  at <- at - solve(numDeriv::hessian(height, at), numDeriv::grad(height, at))
  cbind(at, sqrt(diag(solve(numDeriv::hessian(height, at)))))[1:7, ]
}
ordinal <- function(key, model, slopes = FALSE) {
  table <- if (model$nAGQ > 1) coef(summary(model)) else refined(model, slopes)
  say(paste0(key, ".estimates"), table[, 1], fitted)
  say(paste0(key, ".se"), table[, 2], fitted)
  say(paste0(key, ".p"), 2 * pnorm(-abs(tail(table[, 1] / table[, 2], 3))), fitted)
  say(paste0(key, ".loglik"), logLik(model), fitted)
  covariance <- VarCorr(model)$id
  say(paste0(key, ".vcov"), if (slopes) c(covariance[1, 1], covariance[2, 2], covariance[2, 1]) else covariance[1, 1], fitted)
}
exact <- clmm.control(gradTol = 1e-9, innerCtrl = "noWarn")
ordinal("clmm.laplace", clmm(rating ~ light * yield + (1 | id), ratings, control = exact))
ordinal("clmm.adaptive", clmm(rating ~ light * yield + (1 | id), ratings, nAGQ = 10, control = exact))
ordinal("clmm.probit", clmm(rating ~ light * yield + (1 | id), ratings, link = "probit", control = exact))
ordinal("clmm.slopes", clmm(rating ~ light * yield + (1 + light | id), ratings, control = exact), TRUE)

# Crossed or not: lme4.
gaps <- of("gaps")
sharp <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), tolPwrss = 1e-13)
binary <- function(key, model) {
  say(paste0(key, ".b"), fixef(model), fitted)
  say(paste0(key, ".se"), sqrt(diag(as.matrix(vcov(model)))), fitted)
  say(paste0(key, ".variance"), VarCorr(model)$id[1, 1], fitted)
}
laplace <- glmer(crossed ~ gap + (1 | id), gaps, binomial, control = sharp)
binary("glmm.laplace", laplace)
say("glmm.laplace.loglik", logLik(laplace), fitted)
binary("glmm.adaptive", glmer(crossed ~ gap + (1 | id), gaps, binomial, nAGQ = 15, control = sharp))
say("glmm.critical", -fixef(laplace)[1] / fixef(laplace)[2], fitted)
fieller <- function(b, v, z) sort(Re(polyroot(c(b[1]^2 - z^2 * v[1, 1], 2 * (b[1] * b[2] - z^2 * v[1, 2]), b[2]^2 - z^2 * v[2, 2]))))
say("glmm.critical.interval", fieller(fixef(laplace), as.matrix(vcov(laplace)), qnorm(.975)), fitted)

# Waiting times: survfit, survdiff, coxph.
waits <- of("waits")
steps <- survfit(Surv(time, event) ~ 1, data = waits)
say("kaplan.times", sum(steps$n.event > 0))
say("kaplan.shares", 1 - steps$surv[steps$n.event > 0])
say("kaplan.median", quantile(steps, .5)$quantile)
say("logrank.plain", survdiff(Surv(time, event) ~ light, data = waits)$chisq)
say("logrank.expected", survdiff(Surv(time, event) ~ light, data = waits)$exp)
test <- survdiff(Surv(time, event) ~ light + strata(id), data = waits)
say("logrank.stratified", test$chisq)
say("logrank.stratified.p", pchisq(test$chisq, 1, lower.tail = FALSE))
say("logrank.four", survdiff(Surv(time, event) ~ interaction(light, gap) + strata(id), data = waits)$chisq)
for (ties in c("efron", "breslow")) {
  fit <- coxph(Surv(time, event) ~ light + gap + age, data = waits, cluster = id, ties = ties, control = coxph.control(eps = 1e-12, iter.max = 50))
  say(paste0("cox.", ties, ".b"), coef(fit), fitted)
  say(paste0("cox.", ties, ".naive"), sqrt(diag(fit$naive.var)), fitted)
  say(paste0("cox.", ties, ".clustered"), sqrt(diag(vcov(fit))), fitted)
  say(paste0("cox.", ties, ".p"), summary(fit)$coefficients[, "Pr(>|z|)"], fitted)
  say(paste0("cox.", ties, ".loglik"), fit$loglik, fitted)
}
fit <- coxph(Surv(time, event) ~ light + gap + strata(id), data = waits, cluster = id, control = coxph.control(eps = 1e-12, iter.max = 50))
say("cox.stratified.b", coef(fit), fitted)
say("cox.stratified.clustered", sqrt(diag(vcov(fit))), fitted)
# A gamma frailty of each person in full: with sparse = TRUE the errors are approximate.
for (ties in c("efron", "breslow")) {
  fit <- coxph(Surv(time, event) ~ light + gap + age + frailty(id, distribution = "gamma", sparse = FALSE, eps = 1e-13), data = waits, ties = ties, control = coxph.control(eps = 1e-12, iter.max = 100, outer.max = 100))
  say(paste0("frailty.", ties, ".b"), coef(fit)[1:3], fitted)
  say(paste0("frailty.", ties, ".se"), sqrt(diag(vcov(fit)))[1:3], fitted)
  say(paste0("frailty.", ties, ".variance"), fit$history[[1]]$theta, fitted)
  say(paste0("frailty.", ties, ".loglik"), fit$history[[1]]$c.loglik, fitted)
}
# Three outcomes: before (gap 0), after (gap 1), or watching ended.
state <- factor(ifelse(waits$event == 0, "none", ifelse(waits$gap == 0, "before", "after")), c("none", "before", "after"))
steps <- survfit(Surv(waits$time, state) ~ 1)
say("competing.before", steps$pstate[rowSums(steps$n.event) > 0, 2])
say("competing.after", steps$pstate[rowSums(steps$n.event) > 0, 3])

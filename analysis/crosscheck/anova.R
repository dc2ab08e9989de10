# Analysis of variance: afex (type III by car), Greenhouse-Geisser and Huynh-Feldt, Mauchly.
table_of <- function(name, model) {
  effects <- summary(model$Anova)$univariate.tests
  for (effect in rownames(model$anova_table)) {
    key <- paste0(name, ".", gsub(":", "_", effect))
    row <- effects[effect, ]
    say(paste0(key, ".f"), row["F value"])
    say(paste0(key, ".df"), c(row["num Df"], row["den Df"]))
    say(paste0(key, ".ss"), c(row["Sum Sq"], row["Error SS"]))
    say(paste0(key, ".p"), row["Pr(>F)"])
    say(paste0(key, ".ges"), anova(model, es = "ges", correction = "none")[effect, "ges"])
    say(paste0(key, ".pes"), anova(model, es = "pes", correction = "none")[effect, "pes"])
    corrections <- summary(model$Anova)$pval.adjustments
    if (effect %in% rownames(corrections)) {
      say(paste0(key, ".epsilon"), c(corrections[effect, "GG eps"], min(1, corrections[effect, "HF eps"])))
      say(paste0(key, ".corrected"), c(corrections[effect, "Pr(>F[GG])"], pf(row["F value"], row["num Df"] * min(1, corrections[effect, "HF eps"]), row["den Df"] * min(1, corrections[effect, "HF eps"]), lower.tail = FALSE)))
      say(paste0(key, ".mauchly"), summary(model$Anova)$sphericity.tests[effect, ])
    }
  }
}
fit <- function(name, within, between = NULL) {
  data <- of(name)
  for (factor in c(within, between)) data[[factor]] <- factor(data[[factor]])
  suppressMessages(aov_ez("id", "y", data, within = within, between = between))
}
table_of("within", fit("within", c("light", "gap")))
table_of("within3", fit("within3", c("light", "speed", "gap")))
table_of("mixed", fit("mixed", c("light", "gap"), "group"))
within <- of("within")
sums <- with(within, tapply(y, list(id, light), mean))
say("contrast.t", t.test(sums[, 2], sums[, 1], paired = TRUE)$statistic)

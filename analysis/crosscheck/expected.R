# Answers of R to the data of this folder: name, value, tolerance (relative), the call that gave it.
# Run in this folder: Rscript expected.R > expected.csv   (tests/statistics_against_r.rs reads it)
suppressMessages({ library(survival); library(afex); library(lmerTest); library(ordinal); library(emmeans) })
options(digits = 17, warn = -1)

closed <- 1e-6
fitted <- 1e-4
rows <- list()
say <- function(name, expression, tolerance = closed) {
  call <- paste(gsub("\\s+", " ", deparse(substitute(expression), 500)), collapse = " ")
  value <- as.numeric(expression)
  names <- if (length(value) == 1) name else paste0(name, ".", seq_along(value))
  rows[[length(rows) + 1]] <<- data.frame(name = names, value = format(value, digits = 16, trim = TRUE),
                                          tolerance = format(tolerance, digits = 3), call = call)
}
of <- function(name) read.csv(file.path("data", paste0(name, ".csv")))

source("closed.R", local = TRUE)
if (file.exists("anova.R")) source("anova.R", local = TRUE)
if (file.exists("survival.R")) source("survival.R", local = TRUE)
if (file.exists("models.R")) source("models.R", local = TRUE)
if (file.exists("levels.R")) source("levels.R", local = TRUE)

packages <- c("survival", "afex", "car", "lme4", "lmerTest", "ordinal", "emmeans", "boot")
versions <- paste(packages, sapply(packages, function(p) as.character(packageVersion(p))), collapse = ", ")
cat("# ", R.version.string, "; ", versions, "\n", sep = "")
write.csv(do.call(rbind, rows), row.names = FALSE)

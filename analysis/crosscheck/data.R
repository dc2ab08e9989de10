# Makes the data of the cross-check: synthetic, of a known truth, free of anybody's licence.
# Run in this folder: Rscript data.R
set.seed(20260101, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
keep <- function(data, name) write.csv(data, file.path("data", paste0(name, ".csv")), row.names = FALSE, quote = FALSE)

# Crossing initiation times of 12 people in two conditions.
n <- 12
person <- rnorm(n, 0, 0.6)
keep(data.frame(id = 1:n, a = round(3.2 + person + rnorm(n, 0, 0.4), 3), b = round(2.8 + person + rnorm(n, 0, 0.5), 3)),
     "pairs")

# Single Likert items of 15 people: ties and zeros.
keep(data.frame(id = 1:15, a = c(5, 6, 4, 7, 3, 5, 6, 2, 5, 4, 6, 7, 5, 3, 6),
                b = c(4, 6, 3, 5, 4, 5, 3, 1, 5, 2, 5, 4, 6, 3, 4)), "likert")

# Five people.
keep(data.frame(id = 1:5, a = c(1.21, 0.83, 1.94, 2.02, 1.37), b = c(1.02, 0.91, 1.13, 1.66, 0.72)), "five")

# 2 x 3 within, 10 people; people differ in their effects, so that sphericity does not hold.
cells <- expand.grid(light = 1:2, gap = 1:3)
within <- do.call(rbind, lapply(1:10, function(id) {
  u <- rnorm(4, 0, c(0.8, 0.3, 0.4, 0.6))
  y <- 4 + u[1] + (0.4 + u[2]) * (cells$light == 2) + (0.3 + u[3]) * (cells$gap == 2) + (0.9 + u[4]) * (cells$gap == 3) +
    0.3 * (cells$light == 2) * (cells$gap == 3) + rnorm(6, 0, 0.3)
  data.frame(id = id, cells, y = round(y, 3))
}))
keep(within, "within")

# 2 x 2 x 3 within, 9 people.
cells <- expand.grid(light = 1:2, speed = 1:2, gap = 1:3)
keep(do.call(rbind, lapply(1:9, function(id) {
  u <- rnorm(3, 0, c(0.8, 0.4, 0.5))
  y <- 4 + u[1] + (0.3 + u[2]) * (cells$light == 2) - 0.4 * (cells$speed == 2) + u[3] * (cells$gap == 3) +
    0.3 * cells$gap + 0.2 * (cells$light == 2) * (cells$speed == 2) + rnorm(12, 0, 0.4)
  data.frame(id = id, cells, y = round(y, 3))
})), "within3")

# Mixed: three groups of 6, 5 and 8 people, 2 x 3 within.
cells <- expand.grid(light = 1:2, gap = 1:3)
groups <- rep(1:3, c(6, 5, 8))
keep(do.call(rbind, lapply(seq_along(groups), function(id) {
  u <- rnorm(3, 0, c(0.7, 0.3, 0.5))
  y <- 4 + u[1] + 0.4 * (groups[id] == 2) + (0.4 + u[2] + 0.3 * (groups[id] == 3)) * (cells$light == 2) +
    (0.4 + u[3]) * (cells$gap == 3) + rnorm(6, 0, 0.3)
  data.frame(id = id, group = groups[id], cells, y = round(y, 3))
})), "mixed")

# Waiting times, repeated within 20 people, with ties and with trials that ended first.
keep(do.call(rbind, lapply(1:20, function(id) {
  frailty <- exp(rnorm(1, 0, 0.5))
  age <- round(rnorm(1, 0, 1), 2)
  light <- rep(0:1, 4)
  gap <- rep(c(0, 0, 1, 1), 2)
  wait <- rexp(8, 0.25 * frailty * exp(0.6 * light + 0.4 * gap + 0.2 * age))
  limit <- round(runif(8, 2, 9), 1)
  data.frame(id, light, gap, age, time = pmax(pmin(round(wait, 1), limit), 0.1), event = as.integer(wait <= limit))
})), "waits")

# Reaction over six levels of speed, 18 people: random intercepts and slopes; two trials are missing.
slopes <- do.call(rbind, lapply(1:18, function(id) {
  u0 <- rnorm(1, 0, 0.5)
  u1 <- 0.3 * u0 + rnorm(1, 0, 0.15)
  speed <- 0:5
  light <- sample(rep(0:1, 3))
  data.frame(id, speed, light, y = round(2 + u0 + (0.25 + u1) * speed + 0.3 * light + rnorm(6, 0, 0.4), 3))
}))
keep(slopes[-c(17, 50), ], "slopes")

# No variance between people beyond chance: the random intercept is estimated as zero.
keep(data.frame(id = rep(1:8, each = 4), x = rep(0:3, 8),
                y = round(as.vector(apply(matrix(rnorm(32), 4), 2, function(v) v - mean(v))) + rep(0:3, 8) * 0.2, 3)),
     "singular")

# Felt safety on a five-point item, 24 people, 2 x 2, two trials each.
keep(do.call(rbind, lapply(1:24, function(id) {
  u <- rnorm(2, 0, c(1.1, 0.6))
  light <- rep(c(0, 1, 0, 1), 2)
  yield <- rep(c(0, 0, 1, 1), 2)
  latent <- u[1] + (0.8 + u[2]) * light + 0.6 * yield + 0.3 * light * yield + rlogis(8)
  data.frame(id, light, yield, rating = as.integer(cut(latent, c(-Inf, -1.2, 0, 1.3, 2.6, Inf))))
})), "ratings")

# Crossed or not against the gap in seconds, 20 people.
keep(do.call(rbind, lapply(1:20, function(id) {
  u <- rnorm(1, 0, 0.9)
  gap <- rep(seq(2, 6, 0.5), 2)
  data.frame(id, gap, crossed = rbinom(18, 1, plogis(-6 + 1.5 * gap + u)))
})), "gaps")

# Three lights x two gaps within 24 people of two groups, one trial a cell: a measured quantity, a five-point item, yes or no.
cells <- expand.grid(gap = 1:2, light = 1:3)
keep(do.call(rbind, lapply(1:24, function(id) {
  u <- rnorm(2, 0, c(0.8, 0.5))
  shift <- c(0, 0.5, 1.1)[cells$light] + 0.4 * (cells$gap == 2) + 0.3 * (cells$light == 3) * (cells$gap == 2)
  data.frame(id, group = 1 + id %% 2, cells, y = round(3 + u[1] + 0.6 * shift + u[2] * (cells$light == 3) + rnorm(6, 0, 0.4), 3),
             rating = as.integer(cut(1.2 * u[1] + shift + rlogis(6), c(-Inf, -1.2, 0, 1.3, 2.6, Inf))),
             yes = rbinom(6, 1, plogis(-0.6 + u[1] + shift)))
})), "levels")

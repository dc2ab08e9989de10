# The integrated likelihood of a cumulative link mixed model by Laplace's approximation, written out, so that standard
# errors are second derivatives by numDeriv: those that clmm prints are differences of a likelihood whose inner search
# stops early, and change in the second digit with its tolerance. Written apart from the script that `analyze` leaves, which
# says the same: what is expected uses nothing of what is checked.
laplace <- function(parameters, y, x, z, id, cdf, pdf, slope) {
  q <- ncol(z)
  k <- max(y) - 1
  threshold <- c(-Inf, parameters[1:k], Inf)
  beta <- parameters[k + seq_len(ncol(x))]
  factor <- matrix(0, q, q)
  factor[lower.tri(factor, diag = TRUE)] <- parameters[-seq_len(k + ncol(x))]
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
      if (max(abs(gradient)) < 1e-13) break
      u <- u - as.vector(solve(curvature, gradient))
    }
    sum(u^2) / 2 - sum(log(p)) + log(det(curvature)) / 2
  }))
}

# SPDX-License-Identifier: GPL-3.0-or-later
# What R answers to the kinds of stats_draws.py. A case a line on standard input, a kind and its arguments parted by tabs, as
# name=value with hexadecimal doubles parted by blanks; the answers in the same form. Without input: the kinds, a line each.

p_values <- function(test, ...) {
  side <- function(alternative) test(..., alternative = alternative)$p.value
  list(p_two_sided = side("two.sided"), p_less = side("less"), p_greater = side("greater"))
}

wilcoxon <- function(x, y, ...) c(list(U = unname(wilcox.test(x, y, ...)$statistic)), p_values(wilcox.test, x, y, ...))

fences <- function(x, factor) {
  quartiles <- quantile(x, c(0.25, 0.75), names = FALSE)
  quartiles + c(-1, 1) * factor * diff(quartiles)
}

outside <- function(x, ends) which(x < ends[1] | x > ends[2]) - 1

# The larger of a share and the rest has no digits left for their ratio.
odds <- function(share, rest, a) (if (share < rest) share / (1 - share) else (1 - rest) / rest) * a$ty / a$tx

peers <- list(
  a12 = function(a) {
    u <- unname(wilcox.test(a$x, a$y, exact = FALSE)$statistic) / length(a$x) / length(a$y)
    list(a12 = u, cliffs_delta = 2 * u - 1)
  },
  acf = function(a) list(acf = acf(a$x, a$lags, plot = FALSE)$acf[-1]),
  binomial_ci = function(a) {
    exact <- binom.test(a$k, a$n, conf.level = a$conf)$conf.int
    wilson <- prop.test(a$k, a$n, conf.level = a$conf, correct = FALSE)$conf.int
    list(cp_low = exact[1], cp_high = exact[2], wilson_low = wilson[1], wilson_high = wilson[2])
  },
  binomial_tail = function(a) list(sf_ge = pbinom(a$k - 1, a$n, a$p, lower.tail = FALSE)),
  evalue_binomial = function(a) {
    list(log_e = lbeta(a$a + a$x, a$b + a$y) - lbeta(a$a, a$b) - a$x * log(a$p0) - a$y * log1p(-a$p0))
  },
  evalue_poisson = function(a) {
    mixture <- a$shape * log(a$rate) - lgamma(a$shape) + lgamma(a$shape + a$x) - (a$shape + a$x) * log(a$rate + a$exposure)
    list(log_e = mixture - a$x * log(a$lambda0) + a$lambda0 * a$exposure)
  },
  fisher_exact = function(a) p_values(fisher.test, matrix(c(a$a, a$c, a$b, a$d), 2), conf.int = FALSE),
  hist_mann_whitney = function(a) {
    x <- rep(seq_along(a$hx), a$hx)
    y <- rep(seq_along(a$hy), a$hy)
    test <- wilcoxon(x, y, exact = FALSE)
    list(U = test$U, a12 = test$U / length(x) / length(y), p_two_sided = test$p_two_sided, p_greater = test$p_greater)
  },
  hodges_lehmann = function(a) {
    if (a$method != "exact") return(list(estimate = median(outer(a$x, a$y, "-"))))
    test <- wilcox.test(a$x, a$y, conf.int = TRUE, conf.level = a$conf, exact = TRUE)
    k <- max(qwilcox((1 - a$conf) / 2, length(a$x), length(a$y)), 1)
    achieved <- 1 - 2 * pwilcox(k - 1, length(a$x), length(a$y))
    list(estimate = unname(test$estimate), ci_low = test$conf.int[1], ci_high = test$conf.int[2], achieved = achieved)
  },
  hodges_lehmann_one = function(a) {
    sums <- outer(a$x, a$x, "+")
    estimate <- median(sums[upper.tri(sums, diag = TRUE)]) / 2
    if (a$method != "exact") return(list(estimate = estimate))
    test <- wilcox.test(a$x, conf.int = TRUE, conf.level = a$conf, exact = TRUE)
    k <- max(qsignrank((1 - a$conf) / 2, length(a$x)), 1)
    achieved <- 1 - 2 * psignrank(k - 1, length(a$x))
    list(estimate = estimate, ci_low = test$conf.int[1], ci_high = test$conf.int[2], achieved = achieved)
  },
  iqr_outliers = function(a) {
    ends <- fences(a$x, a$factor)
    inner <- quantile(a$x, c(0.01, 0.99), names = FALSE)
    wide <- c(min(ends[1], inner[1]), max(ends[2], inner[2]))
    list(low = ends[1], high = ends[2], outliers = outside(a$x, ends),
         guarded_low = wide[1], guarded_high = wide[2], guarded_outliers = outside(a$x, wide))
  },
  ks_2samp = function(a) {
    test <- ks.test(a$x, a$y, exact = TRUE)
    list(D = unname(test$statistic), p_exact = test$p.value)
  },
  mw_asymptotic = function(a) wilcoxon(a$x, a$y, exact = FALSE, correct = a$continuity == 1),
  mw_exact = function(a) wilcoxon(a$x, a$y, exact = TRUE),
  normal_tail = function(a) list(sf = pnorm(a$z, lower.tail = FALSE), log_sf = pnorm(a$z, lower.tail = FALSE, log.p = TRUE)),
  p_adjust = function(a) {
    adjusted <- function(method) p.adjust(a$p, method)
    list(holm = adjusted("holm"), bh = adjusted("BH"), bonferroni = adjusted("bonferroni"))
  },
  poisson_conditional = function(a) {
    test <- function(...) poisson.test(c(a$x, a$y), c(a$tx, a$ty), a$ratio, ...)
    two_sided <- test()
    list(p_greater = test(alternative = "greater")$p.value, p_less = test(alternative = "less")$p.value,
         rate_ratio = unname(two_sided$estimate), ci95_low = two_sided$conf.int[1], ci95_high = two_sided$conf.int[2])
  },
  poisson_dispersed = function(a) {
    share <- a$ratio * a$tx / (a$ratio * a$tx + a$ty)
    x <- a$x / a$phi
    y <- a$y / a$phi
    list(p_greater = pbeta(share, x, y + 1),
         low = odds(qbeta(a$alpha, x, y + 1), qbeta(a$alpha, y + 1, x, lower.tail = FALSE), a),
         high = odds(qbeta(a$alpha, x + 1, y, lower.tail = FALSE), qbeta(a$alpha, y, x + 1), a))
  },
  quantile7 = function(a) list(q = quantile(a$x, a$q, names = FALSE)),
  t_tail = function(a) list(sf = pt(a$t, a$df, lower.tail = FALSE)),
  welch_t = function(a) {
    test <- t.test(a$x, a$y)
    c(list(t = unname(test$statistic), df = unname(test$parameter)), p_values(t.test, a$x, a$y))
  }
)

read_arguments <- function(fields) {
  parts <- regmatches(fields, regexpr("=", fields), invert = TRUE)
  values <- lapply(parts, function(part) if (grepl("^[a-z]+$", part[2])) part[2] else as.numeric(strsplit(part[2], " ")[[1]]))
  setNames(values, vapply(parts, `[`, "", 1))
}

input <- file("stdin")
lines <- readLines(input)
close(input)
if (length(lines) == 0) cat(names(peers), sep = "\n")
for (line in lines) {
  fields <- strsplit(line, "\t")[[1]]
  answer <- suppressWarnings(peers[[fields[1]]](read_arguments(fields[-1])))
  texts <- vapply(answer, function(values) paste(sprintf("%.17g", values), collapse = " "), "")
  cat(paste(names(answer), texts, sep = "=", collapse = "\t"), "\n", sep = "")
}

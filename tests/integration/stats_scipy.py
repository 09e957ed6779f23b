# SPDX-License-Identifier: GPL-3.0-or-later
"""What SciPy and numpy answer to the kinds of stats_draws: the methods they have by one call, the rest from its definition.
PEERS maps a kind to a function from the arguments to the outputs."""

import itertools
import warnings

import numpy
from scipy import optimize, special, stats

ALTERNATIVES = (("p_two_sided", "two-sided"), ("p_less", "less"), ("p_greater", "greater"))


def rank_sum(x, y, method, continuity):
    tests = {name: stats.mannwhitneyu(x, y, continuity, side, method=method) for name, side in ALTERNATIVES}
    return {"U": tests["p_less"].statistic, **{name: test.pvalue for name, test in tests.items()}}


def mw_asymptotic(x, y, continuity):
    return rank_sum(x, y, "asymptotic", continuity)


def mw_exact(x, y):
    return rank_sum(x, y, "exact", True)


def mw_exact_ties(x, y):
    """All ways to choose which of the pooled values are x; ranks are doubled, so everything is whole."""
    ranks = numpy.rint(2 * stats.rankdata(x + y)).astype(int)
    chosen = numpy.array(list(itertools.combinations(range(len(ranks)), len(x))))
    sums, seen, twice_mean = ranks[chosen].sum(axis=1), ranks[: len(x)].sum(), len(x) * (len(ranks) + 1)
    less, greater = (sums <= seen).mean(), (sums >= seen).mean()
    return {"U": seen / 2 - len(x) * (len(x) + 1) / 2, "p_less": less, "p_greater": greater, "p_two_sided": min(1, 2 * min(less, greater)),
            "p_two_sided_abs": (abs(sums - twice_mean) >= abs(seen - twice_mean)).mean()}


def a12(x, y):
    share = stats.mannwhitneyu(x, y, method="asymptotic").statistic / (len(x) * len(y))
    return {"a12": share, "cliffs_delta": 2 * share - 1}


def hist_mann_whitney(hx, hy):
    x, y = (numpy.repeat(numpy.arange(len(counts)), counts) for counts in (hx, hy))
    tests = rank_sum(x, y, "asymptotic", True)
    return {"U": tests["U"], "a12": tests["U"] / (len(x) * len(y)), "p_two_sided": tests["p_two_sided"], "p_greater": tests["p_greater"]}


def welch_t(x, y):
    tests = {name: stats.ttest_ind(x, y, equal_var=False, alternative=side) for name, side in ALTERNATIVES}
    return {"t": tests["p_less"].statistic, **{name: test.pvalue for name, test in tests.items()}}


def brunner_munzel(x, y):
    """SciPy takes the tail of "less" as 1 less the other one, which loses digits; the sides are swapped instead."""
    ret = {"statistic": stats.brunnermunzel(x, y).statistic}
    for law in ("t", "normal"):
        greater, less = (stats.brunnermunzel(*sides, "greater", law).pvalue for sides in ((x, y), (y, x)))
        ret.update({f"p_{law}_greater": greater, f"p_{law}_less": less, f"p_{law}_two_sided": 2 * min(greater, less)})
    return ret


def ks_2samp(x, y):
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        test = stats.ks_2samp(x, y, mode="exact")
    limit = stats.kstwobign.sf(numpy.sqrt(len(x) * len(y) / (len(x) + len(y))) * test.statistic)
    exact = {} if notes else {"p_exact": test.pvalue}  # SciPy warns when it had to approximate
    return {"D": test.statistic, "p_asymptotic_kolmogorov": limit, **exact}


def hodges_lehmann(x, y, conf, method):
    differences = numpy.sort(numpy.subtract.outer(x, y), axis=None)
    ret = {"estimate": numpy.median(differences)}
    if method == "normal":
        n, m = len(x), len(y)
        k = int(max(1, numpy.floor(n * m / 2 - stats.norm.isf((1 - conf) / 2) * numpy.sqrt(n * m * (n + m + 1) / 12) + 0.5)))
        ret.update(ci_low=differences[k - 1], ci_high=differences[-k])
    return ret


def walsh_averages(x):
    at = numpy.triu_indices(len(x))
    return numpy.sort((numpy.asarray(x)[at[0]] + numpy.asarray(x)[at[1]]) / 2)


def hodges_lehmann_one(x, conf, method):
    averages, n = walsh_averages(x), len(x)
    ret = {"estimate": numpy.median(averages)}
    if method == "normal":
        deviation = numpy.sqrt(n * (n + 1) * (2 * n + 1) / 24)
        k = int(max(1, numpy.floor(n * (n + 1) / 4 - stats.norm.isf((1 - conf) / 2) * deviation + 0.5)))
        ret.update(ci_low=averages[k - 1], ci_high=averages[-k])
    return ret


def quantile7(x, q):
    return {"q": numpy.quantile(x, q)}


def iqr_outliers(x, factor):
    x = numpy.asarray(x)
    q1, q3, p1, p99 = numpy.quantile(x, (0.25, 0.75, 0.01, 0.99))
    low, high = q1 - factor * (q3 - q1), q3 + factor * (q3 - q1)
    wide = min(low, p1), max(high, p99)
    return {"low": low, "high": high, "outliers": numpy.flatnonzero((x < low) | (x > high)),
            "guarded_low": wide[0], "guarded_high": wide[1], "guarded_outliers": numpy.flatnonzero((x < wide[0]) | (x > wide[1]))}


def acf(x, lags):
    z = numpy.asarray(x) - numpy.mean(x)
    return {"acf": [z[k:] @ z[: len(z) - k] / (z @ z) for k in range(1, lags + 1)]}


def autoregression(x, centre):
    """Error of a mean under first-order autocorrelation, which is shrunk towards 0.4."""
    n, z = len(x), numpy.asarray(x) - centre
    raw = z[1:] @ z[:-1] / (z @ z)
    rho = numpy.clip((n * (raw + (1 + 3 * raw) / n) + 6 * 0.4) / (n + 6), 0, 0.95)
    factor = (1 + rho) / (1 - rho) - 2 * rho * (1 - rho**n) / (n * (1 - rho) ** 2)
    variance = z @ z / (n - 1) / max(1 - (factor - 1) / (n - 1), 0.1)
    return {"rho_raw": raw, "rho": rho, "se": numpy.sqrt(variance * factor / n),
            "df": max(n * (1 - rho**2) / (1 + rho**2) - 1, 3), "ess": n * (1 - rho) / (1 + rho)}


def ar1_mean(x):
    return {"mean": numpy.mean(x), **autoregression(x, numpy.mean(x))}


def robust_location(x):
    estimate = numpy.median(walsh_averages(x))
    z = numpy.asarray(x) - estimate
    k = 2.5 * 1.4826 * numpy.median(abs(z))
    influence = autoregression(numpy.clip(z, -k, k) / max((abs(z) <= k).mean(), 0.5), 0)
    return {"estimate": estimate, **{name: influence[name] for name in ("se", "df", "rho")}}


def fisher_exact(a, b, c, d):
    return {name: stats.fisher_exact([[a, b], [c, d]], side)[1] for name, side in ALTERNATIVES}


def rate_limits(x, y, tx, ty, alpha):
    """Clopper and Pearson's limits as rate ratios, from the smaller of share and rest, as the larger one has no digits left."""
    def ratio(share, rest):
        return (share / (1 - share) if share < rest else (1 - rest) / rest) * ty / tx
    return (ratio(stats.beta.ppf(alpha, x, y + 1), stats.beta.isf(alpha, y + 1, x)) if x > 0 else 0,
            ratio(stats.beta.isf(alpha, x + 1, y), stats.beta.ppf(alpha, y, x + 1)))


def poisson_conditional(x, y, tx, ty, ratio):
    share = ratio * tx / (ratio * tx + ty)
    low, high = rate_limits(x, y, tx, ty, 0.025)
    return {"p_greater": stats.binom.sf(x - 1, x + y, share), "p_less": stats.binom.cdf(x, x + y, share), "rate_ratio": x / tx / (y / ty),
            "ci95_low": low, "ci95_high": high}


def poisson_dispersed(x, y, tx, ty, ratio, phi, alpha):
    share, x, y = ratio * tx / (ratio * tx + ty), x / phi, y / phi
    low, high = rate_limits(x, y, tx, ty, alpha)
    return {"p_greater": special.betainc(x, y + 1, share) if x > 0 else 1, "low": low, "high": high}


def binomial_ci(k, n, conf):
    rest, wilson = (1 - conf) / 2, stats.binomtest(k, n).proportion_ci(conf, "wilson")
    return {"cp_low": stats.beta.ppf(rest, k, n - k + 1) if k > 0 else 0, "cp_high": stats.beta.isf(rest, k + 1, n - k) if k < n else 1,
            "wilson_low": wilson.low, "wilson_high": wilson.high}


def binomial_tail(k, n, p):
    return {"sf_ge": stats.binom.sf(k - 1, n, p)}


def normal_tail(z):
    return {"sf": stats.norm.sf(z), "log_sf": stats.norm.logsf(z)}


def t_tail(t, df):
    return {"sf": stats.t.sf(t, df)}


def spent(spending, alpha, t, param):
    if spending == "obf":
        return 2 * stats.norm.sf(stats.norm.isf(alpha / 2) / numpy.sqrt(t))
    if spending == "pocock":
        return alpha * numpy.log1p((numpy.e - 1) * t)
    if spending == "power":
        return alpha * t**param
    return alpha * numpy.expm1(-param * t) / numpy.expm1(-param)


def alpha_spending(spending, alpha, t, param):
    """Two looks: the second boundary is the root of an integral over the paths that did not cross the first."""
    cumulative = [spent(spending, alpha, at, param) for at in t]
    first, share = stats.norm.isf(cumulative[0]), t[0] / t[1]
    nodes, weights = numpy.polynomial.legendre.leggauss(400)
    at = first - 10 + 10 * nodes
    mass = 10 * weights * stats.norm.pdf(at)

    def excess(z):
        return mass @ stats.norm.sf((z - at * numpy.sqrt(share)) / numpy.sqrt(1 - share)) / (cumulative[1] - cumulative[0]) - 1

    second = optimize.brentq(excess, -2, 8.4, xtol=1e-12)
    return {"z": [first, second], "nominal_p": stats.norm.sf([first, second]), "cumulative": cumulative}


def evalue_binomial(x, y, p0, a, b):
    return {"log_e": special.betaln(a + x, b + y) - special.betaln(a, b) - x * numpy.log(p0) - y * numpy.log1p(-p0)}


def evalue_poisson(x, exposure, lambda0, shape, rate):
    mixture = shape * numpy.log(rate) - special.gammaln(shape) + special.gammaln(shape + x) - (shape + x) * numpy.log(rate + exposure)
    return {"log_e": mixture - x * numpy.log(lambda0) + lambda0 * exposure}


PEERS = {function.__name__: function for function in (
    a12, acf, alpha_spending, ar1_mean, binomial_ci, binomial_tail, brunner_munzel, evalue_binomial, evalue_poisson, fisher_exact,
    hist_mann_whitney, hodges_lehmann, hodges_lehmann_one, iqr_outliers, ks_2samp, mw_asymptotic, mw_exact, mw_exact_ties, normal_tail,
    poisson_conditional, poisson_dispersed, quantile7, robust_location, t_tail, welch_t)}


def answers(cases):
    warnings.simplefilter("ignore")
    return [PEERS[kind](**inputs) for kind, inputs in cases]

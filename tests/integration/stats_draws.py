# SPDX-License-Identifier: GPL-3.0-or-later
"""Random inputs for the statistics, by the names that serin-conformance gives their kinds and arguments. The names in DRAWS
are the kinds; every function draws the arguments of one case, with samples of at most `most` values."""

import math


def size(rng, most, least=2):
    """Small sizes are as likely as large ones."""
    return round(math.exp(rng.uniform(math.log(least), math.log(most))))


def scale(rng):
    return 10.0 ** rng.randint(-6, 6)


def continuous(rng, count, shift=0.0, unit=1.0):
    """Values without ties: normal, log-normal or with heavy tails."""
    shape = rng.choice(("normal", "log-normal", "heavy"))
    if shape == "normal":
        return [unit * (shift + rng.gauss(0, 1)) for _ in range(count)]
    if shape == "log-normal":
        return [unit * rng.lognormvariate(shift - 1, 0.5) for _ in range(count)]
    return [unit * (shift + rng.gauss(0, 1) / max(rng.random(), 1e-3)) for _ in range(count)]


def two_samples(rng, most, ties, least=2, unit=1.0):
    """Two samples of one unit, the second one shifted a little."""
    counts = size(rng, most, least), size(rng, most, least)
    shift = rng.uniform(-1, 1) * 2 / math.sqrt(min(counts))
    x, y = continuous(rng, counts[0], 0, unit), continuous(rng, counts[1], shift, unit)
    if ties:
        step = unit * rng.choice((0.01, 0.1, 1.0))
        x, y = ([round(value / step) * step for value in side] for side in (x, y))
        if len({*x, *y}) == 1:  # nothing varies: no peer says anything useful
            x[0] += step
    return {"x": x, "y": y}


def any_two(rng, most, least=2):
    return two_samples(rng, most, rng.random() < 0.5, least, scale(rng))


def mw_asymptotic(rng, most):
    return {**any_two(rng, most), "continuity": rng.random() < 0.5}


def mw_exact(rng, most):
    return two_samples(rng, min(most, 40), False)


def mw_exact_ties(rng, most):
    return two_samples(rng, min(most, 6), True)


def hist_mann_whitney(rng, most):
    buckets = rng.randint(2, 40)
    counts = [[rng.randrange(max(most // buckets, 2)) for _ in range(buckets)] for _ in range(2)]
    for side, at in zip(counts, (0, -1)):  # no side without events, and more than one bucket in use
        side[at] += 1
    return {"hx": counts[0], "hy": counts[1]}


def ks_2samp(rng, most):
    return two_samples(rng, min(most, 150), False, 3)


def welch_t(rng, most):
    return two_samples(rng, most, rng.random() < 0.5, 3, scale(rng))


def brunner_munzel(rng, most):
    return two_samples(rng, most, rng.random() < 0.5, 6, scale(rng))


def hodges_lehmann(rng, most):
    conf = rng.choice((0.8, 0.9, 0.95, 0.98, 0.99, 0.999))
    if rng.random() < 0.5:
        return {**two_samples(rng, min(most, 40), False), "conf": conf, "method": "exact"}
    return {**two_samples(rng, min(most, 500), rng.random() < 0.5), "conf": conf, "method": "normal"}


def hodges_lehmann_one(rng, most):
    drawn = hodges_lehmann(rng, most)
    return {name: drawn[name] for name in ("x", "conf", "method")}


def quantile7(rng, most):
    values = [scale(rng) * rng.lognormvariate(0, 1) for _ in range(size(rng, most))]
    return {"x": values, "q": [0, 1] + [rng.choice((rng.random(), rng.randint(0, 100) / 100)) for _ in range(8)]}


def iqr_outliers(rng, most):
    return {"x": two_samples(rng, most, False)["x"], "factor": rng.choice((1.5, 3.0))}


def time_series(rng, most):
    """A series in which every value leans on the one before."""
    rho, last, values = rng.uniform(-0.3, 0.95), 0.0, []
    for _ in range(size(rng, min(most, 500), 4)):
        last = rho * last + rng.gauss(0, 1)
        values.append(last + (20 if rng.random() < 0.02 else 0))
    return values


def acf(rng, most):
    values = time_series(rng, most)
    return {"x": values, "lags": rng.randint(1, min(len(values) - 1, 10))}


def ar1_mean(rng, most):
    return {"x": time_series(rng, most)}


def fisher_exact(rng, most):
    share = rng.choice((0.5, 0.1, 0.01))
    table = []
    for _ in range(2):
        total = size(rng, 2 * most)
        hits = sum(rng.random() < share for _ in range(total))
        table += [hits, total - hits]
    if rng.random() < 0.2:
        table[0], table[1] = table[1], table[0]  # far apart: small p-values
    return dict(zip("abcd", table))


def exposures(rng, most):
    x, y = rng.choice((0, 1, size(rng, most))), size(rng, most, 1)
    tx = rng.choice((1.0, 60.0, 1e4))
    return {"x": x, "y": y, "tx": tx, "ty": tx * max(y, 1) / max(x, 1) * rng.uniform(0.5, 2), "ratio": rng.choice((1, 1.25, 2, 0.5))}


def poisson_conditional(rng, most):
    return exposures(rng, most)


def poisson_dispersed(rng, most):
    return {**exposures(rng, most), "phi": rng.uniform(1, 5), "alpha": rng.choice((0.05, 0.01, 0.001))}


def trials(rng, most):
    total = size(rng, 20 * most, 1)
    return rng.choice((0, total, rng.randint(0, total), min(total, rng.randint(0, 20)))), total


def binomial_ci(rng, most):
    successes, total = trials(rng, most)
    return {"k": successes, "n": total, "conf": rng.choice((0.8, 0.9, 0.95, 0.99, 0.999))}


def binomial_tail(rng, most):
    successes, total = trials(rng, most)
    share = (successes + 0.5) / (total + 1)
    return {"k": successes, "n": total, "p": min(max(share * rng.uniform(0.7, 1.3), 1e-6), 0.999)}


def normal_tail(rng, most):
    return {"z": rng.choice((rng.uniform(-8, 8), rng.uniform(-1, 1), rng.uniform(8, 37)))}


def t_tail(rng, most):
    return {"t": rng.choice((rng.gauss(0, 2), rng.uniform(0, 40))), "df": rng.choice((size(rng, most, 1), rng.uniform(1, 200)))}


def p_adjust(rng, most):
    values = [rng.random() ** rng.choice((1, 3, 30)) for _ in range(size(rng, min(most, 1000), 1))]
    if rng.random() < 0.5:
        values = [round(value, 2) for value in values]  # ties
    for _ in range(rng.choice((0, 0, 2))):
        values.insert(rng.randint(0, len(values)), math.nan)
    return {"p": values}


def alpha_spending(rng, most):
    first = rng.uniform(0.2, 0.9)
    spending, param = rng.choice((("obf", 0), ("pocock", 0), ("power", rng.uniform(0.5, 4)), ("hsd", rng.uniform(-6, 3))))
    alpha = rng.choice((0.05, 0.025, 0.01, 0.001))
    return {"spending": spending, "param": param, "alpha": alpha, "t": [first, rng.uniform(first + 0.02, 1)]}


def evalue_binomial(rng, most):
    prior = rng.choice((0.5, 1, 10))
    x, y, p0 = rng.randint(0, most), rng.randint(0, most), rng.uniform(0.01, 0.99)
    return {"x": x, "y": y, "p0": p0, "a": prior, "b": prior * rng.uniform(0.5, 2)}


def evalue_poisson(rng, most):
    return {"x": rng.randint(0, most), "exposure": rng.uniform(0.1, 100), "lambda0": rng.uniform(0.1, 10),
            "shape": rng.choice((0.5, 1, 3)), "rate": rng.uniform(0.1, 3)}


DRAWS = {
    "acf": acf, "a12": any_two, "alpha_spending": alpha_spending, "ar1_mean": ar1_mean, "binomial_ci": binomial_ci,
    "binomial_tail": binomial_tail, "brunner_munzel": brunner_munzel, "evalue_binomial": evalue_binomial,
    "evalue_poisson": evalue_poisson, "fisher_exact": fisher_exact, "hist_mann_whitney": hist_mann_whitney,
    "hodges_lehmann": hodges_lehmann, "hodges_lehmann_one": hodges_lehmann_one, "iqr_outliers": iqr_outliers,
    "ks_2samp": ks_2samp, "mw_asymptotic": mw_asymptotic, "mw_exact": mw_exact, "mw_exact_ties": mw_exact_ties,
    "normal_tail": normal_tail, "p_adjust": p_adjust, "poisson_conditional": poisson_conditional,
    "poisson_dispersed": poisson_dispersed, "quantile7": quantile7, "robust_location": ar1_mean, "t_tail": t_tail, "welch_t": welch_t,
}

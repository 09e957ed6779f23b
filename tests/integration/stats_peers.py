#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the statistics against SciPy or R on random inputs.

usage: stats_peers.py [--quick] [--seed N] [--kind KIND]... PROGRAM scipy|r

PROGRAM is serin-conformance. Prints every output that differs by more than the tolerance of its kind, and the seed, which
repeats the run. Exit code 1 when something differs, 77 when the peer is not installed.
"""

import argparse
import json
import math
import pathlib
import random
import shutil
import subprocess
import sys
import time

from stats_draws import DRAWS

SKIPPED = 77
R_SCRIPT = pathlib.Path(__file__).with_suffix(".R")

# Relative and absolute: what the method's definition allows, not what this machine happens to reach.
TOLERANCE = {
    "a12": (1e-14, 1e-15), "acf": (1e-11, 1e-14), "alpha_spending": (2e-7, 1e-12), "ar1_mean": (1e-11, 1e-14),
    "binomial_ci": (1e-9, 1e-14), "binomial_tail": (1e-9, 0), "brunner_munzel": (1e-10, 0), "evalue_binomial": (1e-10, 1e-11),
    "evalue_poisson": (1e-10, 1e-11), "fisher_exact": (1e-9, 0), "hist_mann_whitney": (1e-9, 0), "hodges_lehmann": (1e-12, 1e-12),
    "hodges_lehmann_one": (1e-12, 1e-13), "iqr_outliers": (1e-12, 0), "ks_2samp": (1e-8, 0), "mw_asymptotic": (1e-9, 0),
    "mw_exact": (1e-11, 0), "mw_exact_ties": (1e-11, 0), "normal_tail": (1e-12, 0), "p_adjust": (1e-13, 1e-16),
    "poisson_conditional": (1e-9, 0), "poisson_dispersed": (1e-8, 1e-13), "quantile7": (1e-12, 0), "robust_location": (1e-10, 1e-13),
    "t_tail": (1e-11, 0), "welch_t": (1e-9, 0),
}

LEAST = 1e-300  # smaller ones need not keep that many digits

# Where the peer itself is no better.
LOOSER = {
    ("r", "ks_2samp"): (1e-8, 1e-12),  # both take the upper tail as 1 less the lower one
    ("scipy", "ks_2samp"): (1e-8, 1e-12),
}


def ask_serin(program, cases):
    lines = [json.dumps({"id": i, "kind": "stats." + kind, "inputs": spell(inputs)}) for i, (kind, inputs) in enumerate(cases)]
    run = subprocess.run([program], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    if [answer["id"] for answer in answers] != list(range(len(cases))):
        sys.exit("some cases were not answered")
    return answers


def spell(value):
    """The same with NaN as text, as JSON has none."""
    if isinstance(value, dict):
        return {name: spell(item) for name, item in value.items()}
    if isinstance(value, list):
        return [spell(item) for item in value]
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def r_field(name, value):
    if isinstance(value, str):
        return f"{name}={value}"
    return f"{name}=" + " ".join(float(item).hex() for item in (value if isinstance(value, list) else [value]))


def run_r(lines):
    run = subprocess.run(["Rscript", "--vanilla", R_SCRIPT], input="".join(line + "\n" for line in lines), stdout=subprocess.PIPE,
                         text=True, check=True)
    return run.stdout.splitlines()


def ask_r(cases):
    lines = ["\t".join([kind, *(r_field(*item) for item in inputs.items())]) for kind, inputs in cases]
    fields = ([field.partition("=") for field in line.split("\t")] for line in run_r(lines))
    return [{name: [float(text.replace("NA", "nan")) for text in values.split()] for name, _, values in row} for row in fields]


def find_peer(name):
    """The kinds that a peer knows and how to ask it. Ends the program when it is not installed."""
    if name == "r":
        if shutil.which("Rscript") is None:
            skip("R")
        return run_r([]), ask_r
    try:
        import stats_scipy
    except ImportError:
        skip("SciPy")
    return list(stats_scipy.PEERS), stats_scipy.answers


def skip(name):
    print(f"skipped: {name} is not installed")
    sys.exit(SKIPPED)


def numbers(value):
    """One number or many, of JSON or of numpy, as a list."""
    items = [value] if isinstance(value, (str, bool)) or not hasattr(value, "__iter__") else value
    return [math.nan if item is None else float(item) for item in items]


def near(want, got, tolerance):
    if math.isnan(want) or math.isnan(got) or math.isinf(want):
        return want == got or (math.isnan(want) and math.isnan(got))
    return abs(got - want) <= max(tolerance[0] * max(abs(want), LEAST), tolerance[1])


def differences(want, answer, tolerance):
    """What is wrong with an answer, a line each."""
    if "outputs" not in answer:
        return ["no such kind" if "unsupported" in answer else f"refused: {answer.get('error')}"]
    found = []
    for name, expected in want.items():
        if name not in answer["outputs"]:
            found.append(f"{name} is missing")
            continue
        expected, got = numbers(expected), numbers(answer["outputs"][name])
        if len(expected) != len(got):
            found.append(f"{name} has {len(got)} values instead of {len(expected)}")
        bad = next((pair for pair in zip(expected, got) if not near(*pair, tolerance)), None)
        if bad is not None:
            found.append(f"{name} is {bad[1]!r} instead of {bad[0]!r}")
    return found


def brief(inputs):
    """The arguments of a case on one line; of long lists only the size."""
    long = {name: isinstance(value, list) and len(value) > 8 for name, value in inputs.items()}
    return ", ".join(f"{name} of {len(value)}" if long[name] else f"{name} {value}" for name, value in inputs.items())


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    parser.add_argument("--kind", action="append")
    parser.add_argument("program")
    parser.add_argument("peer", choices=("scipy", "r"))
    options = parser.parse_args()

    kinds, ask = find_peer(options.peer)
    print(f"seed {options.seed}")
    draws, most = (3, 300) if options.quick else (100, 5000)
    cases = []
    for kind in sorted(set(kinds) & set(options.kind or kinds)):
        rng = random.Random(f"{options.seed} {kind}")  # a kind repeats alone, too
        cases += [(kind, DRAWS[kind](rng, most)) for _ in range(draws)]
    bad = 0
    for (kind, inputs), want, answer in zip(cases, ask(cases), ask_serin(options.program, cases)):
        for text in differences(want, answer, LOOSER.get((options.peer, kind), TOLERANCE[kind])):
            bad += 1
            print(f"{kind}: {text} ({brief(inputs)})")
    print(f"{len(cases)} cases of {len({kind for kind, _ in cases})} kinds, {bad} differences")
    sys.exit(1 if bad or not cases else 0)


if __name__ == "__main__":
    main()

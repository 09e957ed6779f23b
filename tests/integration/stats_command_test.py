# SPDX-License-Identifier: GPL-3.0-or-later
"""serin stats: every method's numbers against R, SciPy and exact fractions, and input that people get wrong.

The expected numbers were computed once: with R 4.2 (wilcox.test, t.test, ks.test, acf, quantile, p.adjust, fisher.test, poisson.test,
binom.test, prop.test, beta and binomial distributions), with SciPy 1.10 (Brunner-Munzel, quadrature), by listing all 6435 orderings (ties),
and from the formulas with Python's integers and decimals."""

import json
import math
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from harness import INCONCLUSIVE, PASS, ROOT, SERIN, USAGE, serin, show

TIED = "3 1\n5 2\n2 3\n7 4\n4 2\n3 3\n6 2\n5 NaN\n"
BUCKETS = "5\t15\n20\t30\n40\t20\n10\t5\n"
SLICES = "good total\n100 100\n980 1000\n45 50\n0 0\n1 2\n95 100\n"
BOUNDS = "le count\n0.1 60\n0.2 80\n0.4 96\ninf 100\n"
FILES = {"latency.csv": (ROOT / "fixtures/columns/latency.csv").read_text(), "tied.txt": TIED, "buckets.tsv": BUCKETS}
NATIVE = "index,events\n-1,4\n0,11\n1,25\n2,6\n4,1\n"
FILES |= {"slices.txt": SLICES, "bounds.txt": BOUNDS, "native.csv": NATIVE}
CANARY = ("latency.csv", "--columns", "canary")

ANSWERS = (  # command line, and what the answer must hold
    (
        ("mann-whitney", "latency.csv"),
        {"status": "ok", "variant": "exact, no ties", "u": 41, "a12": 41 / 42, "delta": 20 / 21, "ties": 0, "p.two_sided": 4 / 1716,
         "p.less": 1715 / 1716, "p.greater": 2 / 1716},
    ),
    (
        ("mann-whitney", "tied.txt"),
        {"variant": "exact given the ties", "u": 47, "a12": 47 / 56, "ties": 132, "p.two_sided": 0.029526029526029528,
         "p.less": 0.9926961926961927, "p.greater": 0.014763014763014764, "two_sided_abs": 0.02735042735042735},
    ),
    (
        ("mann-whitney", "tied.txt", "--method", "asymptotic"),
        {"variant": "normal approximation", "p.two_sided": 0.02894060357467174, "p.less": 0.98934269112288409,
         "p.greater": 0.01447030178733587},
    ),
    (("mann-whitney", "tied.txt", "--method=asymptotic", "--continuity=no"), {"p.two_sided": 0.024875565276153311}),
    (("mann-whitney", "latency.csv", "--columns", "baseline,1"), {"u": 1, "p.less": 2 / 1716}),
    (
        ("hodges-lehmann", "latency.csv"),
        {"estimate": 2.45, "low": 1.1, "high": 3.9, "achieved": 0.965034965034965, "variant": "exact limits"},
    ),
    (
        ("brunner-munzel", "latency.csv"),
        {"statistic": -14.142135623730955, "df": 120 / 11, "p_t.two_sided": 2.3259589611969634e-08, "p_t.less": 0.9999999883704052,
         "p_t.greater": 1.1629794805984817e-08, "p_normal.two_sided": 2.0884875837623955e-45, "p_normal.greater": 1.0442437918811978e-45},
    ),
    (
        ("welch", "latency.csv"),
        {"t": 4.692162212324523, "df": 10.660440879907688, "p.two_sided": 7.1651769173048047e-04, "p.greater": 0.00035825884586524023,
         "mean_x": 13.21428571428571352, "mean_y": 10.71666666666666679, "sd_x": 1.12164844674935371, "sd_y": 0.78845841150099116},
    ),
    (
        ("kolmogorov-smirnov", "latency.csv"),
        {"d": 36 / 42, "distance": 36, "p_exact": 14 / 1716, "p_asymptotic": 0.017350981221282979},
    ),
    (
        ("summary", *CANARY, "--quantiles", "0.25,0.5,0.9"),
        {"count": 7, "missing": 0, "mean": 13.21428571428571352, "sd": 1.12164844674935371, "min": 11.8, "max": 15, "outliers": 0,
         "fences.low": 10.55, "fences.high": 15.75, "quantiles.0.value": 12.5, "quantiles.1.value": 13.1, "quantiles.2.value": 14.52},
    ),
    (("summary", "1", "-2", "nan", "1", "1", "50"), {"count": 5, "missing": 1, "mean": 10.2, "outliers": 2, "fences.low": 1}),
    (
        ("location", *CANARY),
        {"estimate": 13.15, "low": 12.1, "high": 14.2, "achieved": 0.953125, "se": 0.4342132447940348, "df": 5.99325015496334,
         "rho": 0.021962794711062755, "student.low": 12.087228336478862, "student.high": 14.212771663521139},
    ),
    (
        ("autocorrelation", *CANARY, "--lags", "3"),
        {"lags.0.r": -0.31020871634043484, "lags.1.r": 0.20263328647128792, "lags.2.lag": 3, "lags.2.r": 0.10135719692873374},
    ),
    (
        ("ar1-mean", *CANARY),
        {"mean": 13.214285714285714, "rho_raw": -0.3102087163404348, "rho": 0.022916372045819422, "se": 0.4337994791027365,
         "df": 5.9926516175689155, "ess": 6.686358320768864, "student.low": 12.152501034929205, "student.high": 14.276070393642222},
    ),
    (
        ("adjust", "0.001", "0.012", "0.03", "0.4", "0.012"),
        {"p_values.2.p": 0.03, "p_values.2.bonferroni": 0.15, "p_values.2.holm": 0.06, "p_values.2.benjamini_hochberg": 0.0375,
         "p_values.4.holm": 0.048, "p_values.4.benjamini_hochberg": 0.02, "p_values.3.bonferroni": 1},
    ),
    (
        ("fisher", "12", "988", "3", "997"),
        {"share_x": 0.012, "share_y": 0.003, "p.two_sided": 0.034491425398052153, "p.less": 0.99641078405174432,
         "p.greater": 0.017245712699026056},
    ),
    (
        ("poisson", "30", "3600", "12", "1800", "--ratio", "1.5"),
        {"rate_ratio": 1.25, "low": 0.62148156753107575, "high": 2.68083424175388307, "p.two_sided": 0.59419852993688183,
         "p.less": 0.35129601650448222, "p.greater": 0.76641014089394344, "mid_p_greater": 0.70755706219473036},
    ),
    (
        ("poisson", "30.5", "3600", "12", "3600", "--phi", "2"),
        {"p.greater": 0.035487413201949126, "p.less": 0.9881119413464059, "p.two_sided": 0.070974826403898252,
         "low": 0.9352342274122728, "high": 7.9785511734588512},
    ),
    (
        ("binomial", "3", "1200", "--p", "0.1%"),
        {"share": 0.0025, "exact.low": 0.00051585713223822915, "exact.high": 0.00728852260949008901,
         "wilson.low": 0.0008505818993887707, "wilson.high": 0.0073244637003324750, "at_least": 0.120426068775882314,
         "at_most": 0.966309135031988564, "mass": 0.086735203807870795},
    ),
    (
        ("histogram", "buckets.tsv"),
        {"u": 3512.5, "a12": 3512.5 / 5250, "p.two_sided": 0.00019010734674682745, "p.less": 0.99990652181848627,
         "p.greater": 9.5053673373413723e-05},
    ),
    (
        ("spending", "--type", "pocock", "--fractions", "0.3,1"),
        {"looks.0.z": 2.311835303805784, "looks.0.nominal_p": 0.010393380546090717, "looks.1.z": 2.1236968011682524,
         "looks.1.nominal_p": 0.01684775252619204, "looks.1.cumulative": 0.025},
    ),
    (("msprt", "200", "0.3", "4", "0.25"), {"log_lr": 0.7819884906111416, "p_always_valid": 0.4574953809456722}),
    (
        ("confidence-sequence", "800", "12.5", "3", "--rho2", "0.01"),
        {"radius_two_sided": 0.32192871374148485, "radius_one_sided": 0.29482673066316467, "low": 12.178071286258515,
         "high": 12.821928713741485},
    ),
    (("evalue", "30", "12", "--p0", "0.4"), {"log_e": 6.730998770469956726666}),
    (("evalue-poisson", "20", "3600", "0.002", "--shape", "2", "--rate", "1000"), {"log_e": 5.1439566103869168812839}),
    (
        ("burn", "144", "10000"),
        {"error_ratio": 0.0144, "sli": 0.9856, "burn_rate": 14.4, "budget_consumed": 0.02, "exhaustion_s": 180000, "allowed_errors": 10},
    ),
    (
        ("budget", "420", "600000", "--rate", "2"),
        {"consumed": 0.7, "remaining": 0.3, "remaining_errors": 180, "remaining_outage_s": 777.6, "exhaustion_s": 388800},
    ),
    (
        ("budget", "420", "600000", "--elapsed", "12d"),
        {"projected_total": 1500000, "remaining_so_far": 0.3, "remaining_projected": 0.72, "elapsed": 0.4, "sustainable_rate": 1.2},
    ),
    (("windows",), {"pairs.0.factor": 14.4, "pairs.1.factor": 6, "pairs.2.factor": 1, "pairs.2.long_s": 259200, "pairs.0.short_s": 300}),
    (
        ("windows", "--period", "28d", "--scheme", "scaled"),
        {"pairs.0.factor": 14, "pairs.0.hold_s": 120, "pairs.3.long_s": 345600, "absent_s": 180, "usable": True},
    ),
    (
        ("significance", "3", "200", "--objective", "99.5"),
        {"rate": 3, "p_value": 0.079839431952977505, "lower": 0.82012266701398262, "upper": 7.66194169971385897, "smallest": 4,
         "verdict": "inconclusive"},
    ),
    (
        ("slices", "slices.txt", "--objective", "95", "--slice-target", "95"),
        {"sli": 0.6, "consumed": 8, "remaining": -7, "bad_slices": 2},
    ),
    (
        ("slices", "slices.txt", "--objective", "95", "--method", "mean", "--empty", "bad"),
        {"sli": 4.33 / 6, "consumed": 1.67 / 0.3},
    ),
    (
        ("threshold", "bounds.txt", "--below", "0.3"),
        {"total": 100, "good": 88, "good_min": 80, "good_max": 96, "error_ratio": 0.12, "exact": False},
    ),
    (("threshold", "bounds.txt", "--below", "0.2"), {"good": 80, "good_max": 80, "exact": True}),
    (
        ("native", "native.csv", "--schema", "0", "--zero-count", "3", "--zero-threshold", "0.001", "--below", "2"),
        {"total": 50, "good": 43, "good_min": 43, "error_ratio": 0.14, "exact": True},
    ),
    (("native", "native.csv", "--schema", "0", "--below", "2.8284271247461903"), {"total": 47, "good": 43, "good_min": 40, "good_max": 46}),
    (
        ("native", "native.csv", "--schema=0", "--below=-1", "--negative-indexes=0,1", "--negative-counts=5,3"),
        {"total": 55, "good": 3, "good_max": 3, "exact": True},
    ),
    (("up", "1", "1", "0", "nan", "0.5", "1"), {"total": 5, "good": 3, "error_ratio": 0.4}),
)

NOTHING_TO_SAY = (  # exit code 4: command line, text of the input, status
    (("mann-whitney",), "", "nodata"),
    (("mann-whitney",), "x,y\n", "nodata"),
    (("mann-whitney",), "1 2\nNaN NaN\n", "ok"),
    (("mann-whitney",), "3 3\n3 3\n", "degenerate"),
    (("welch",), "1 inf\n2 3\n", "nonfinite"),
    (("summary",), "nan\n\n", "nodata"),
    (("ar1-mean",), "5\n5\n", "degenerate"),
    (("histogram",), "1,2\n3,\n", "nonfinite"),
    (("binomial", "0", "0"), "", "nodata"),
    (("fisher", "0", "0", "1", "2"), "", "nodata"),
    (("burn", "0", "0"), "", "nodata"),
    (("up",), "nan\n", "nodata"),
    (("native",), "3 0\n", "nodata"),
    (("significance", "0", "0"), "", "nodata"),
    (("evalue", "0", "0"), "", "nodata"),
)

BAD_TEXT = (  # command line, text of the input, what the message must hold
    (("welch",), "1 2\n3 four\n", 'standard input:2:3: found "four", expected a number'),
    (("welch",), "a,b\n1,2\n\n# so far\n3,0x4\n", 'standard input:5:3: found "0x4", expected a number'),
    (("welch",), "1 two\n3 4\n", 'standard input:1:3: found "two", expected a number'),
    (("welch",), "1 2\n3\n", "standard input:2:2: "),
    (("welch",), "1,2\n3,4,5\n", 'standard input:2:5: found "5", expected the end of the line'),
    (("welch",), "1 2 3\n", "standard input:1: found 3 columns, expected 2; --columns"),
    (("summary",), "1e999\n", 'found "1e999", expected a number'),
    (("summary",), "1\n2 \x01\n", 'standard input:2:3: found "?", expected'),
    (("welch", "--columns", "canary,basline"), "canary,baseline,other\n1,2,3\n", "did you mean baseline"),
    (("welch", "--columns", "1,4"), "1 2 3\n", "no column 4 among its 3"),
    (("welch", "--columns", "1"), "1 2\n", "--columns"),
    (("welch", "a", "b", "c"), "", "at most 2 files, 3 given"),
    (("welch", "-", "-"), "", "once only"),
    (("welch", "absent.csv"), "", "absent.csv"),
    (("summary", "1", "two"), "", "two"),
    (("histogram",), "1,2\n-3,4\n", "negative"),
    (("adjust", "0.5", "1.5"), "", "above 1"),
    (("summary", "--quantiles", "0.5,1.5", "1"), "", "0 to 1"),
    (("fisher", "1", "2", "3"), "", "4 operands expected, 3 given; usage: serin stats fisher A B C D"),
    (("fisher", "1", "2", "3", "4.5"), "", "operand d"),
    (("poisson", "1.5", "2", "3", "4"), "", "--phi"),
    (("binomial", "5", "3"), "", "K is at most N"),
    (("binomial", "3", "5", "--confidence", "100%"), "", "--confidence"),
    (("spending", "--fractions", "0.5,0.4"), "", "--fractions"),
    (("spending", "--looks", "0"), "", "looks"),
    (("spending", "--type", "power", "--parameter", "0"), "", "--parameter"),
    (("burn", "5", "2"), "", "more errors than events"),
    (("burn", "1", "2", "--objective", "100"), "", "--objective"),
    (("native",), "1.5 2\n", "whole number"),
    (("native", "--schema", "9"), "1 2\n", "--schema"),
    (("native", "--negative-counts", "2,3"), "1 2\n", "every bucket needs an index"),
    (("burn", "1", "2", "--window", "soon"), "", "duration"),
    (("budget", "1", "2", "--elapsed", "31d"), "", "--elapsed"),
    (("mann-whitney", "--methd", "exact"), "", "--method"),
    (("mann-whitney", "--method", "fast"), "", "auto|exact|asymptotic"),
    (("mann-whitney", "--method"), "", "needs a value"),
    (("man-whitney",), "", "mann-whitney"),
    (("fisher", "1", "2", "3", "4", "--columns", "a"), "", "--columns"),
)

SAME_TABLE = (  # one table in many spellings
    "x y\n1 4\n2 5\n3 6\n",
    "x,y\r\n1,4\r\n2,5\r\n3,6\r\n",
    '\ufeff"x","y"\n1,4\n2,5\n3,6',
    "# head\n\nx\ty\n1\t4\n  # note\n2\t5\n3\t6\n",
    "x,y,\n1,4,\n2,5,\n3,6,\n",
    " x   y\n  1\t4\n  2   5.0\n 3 0.6e1\n",
    "x,y\n1,4\n,\n2,5\nNA,NaN\n3,6\n",
)


def member(document, path):
    for key in path.split("."):
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def names(key, value):
    """How the text calls a member of the document: rows and columns."""
    if isinstance(value, dict):
        return [f"{key}.{inner}" for inner in value]
    return list(value[0]) if isinstance(value, list) else [key]


class StatsCommandTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)
        for name, text in FILES.items():
            (self.dir / name).write_text(text)

    def stats(self, *args, text=""):
        args = [str(self.dir / arg) if arg in FILES else arg for arg in args]
        done = subprocess.run([SERIN, "stats", *args], cwd=ROOT, input=text.encode(), capture_output=True, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def answer(self, *args, **options):
        result = self.stats(*args, "--output", "json", **options)
        return result, json.loads(result[1])

    def test_every_method__agrees_with_other_programs(self):
        for args, expected in ANSWERS:
            with self.subTest(args):
                result, document = self.answer(*args)
                self.assertEqual(result[0], PASS, show(result))
                for path, value in expected.items():
                    found = member(document, path)
                    if isinstance(value, str) or isinstance(value, bool):
                        self.assertEqual(found, value, path)
                    else:
                        self.assertTrue(math.isclose(found, value, rel_tol=1e-10), f"{path}: found {found!r}, expected {value!r}")

    def test_text__has_the_sentence_and_every_row(self):
        for args, _ in ANSWERS:
            with self.subTest(args):
                code, out, err = self.stats(*args)
                document = self.answer(*args)[1]
                self.assertEqual((code, err), (PASS, ""))
                self.assertIn(document["says"], out)
                for key in document.keys() - {"method", "status", "says", "inputs"}:
                    for name in names(key, document[key]):
                        self.assertIn(name, out)

    def test_every_method__is_listed_helps_and_is_tried_here(self):
        code, out, _ = self.stats()
        methods = {line.split()[0] for line in out.splitlines() if line.startswith("  ")}
        self.assertEqual(code, PASS)
        self.assertEqual(methods, {args[0] for args, _ in ANSWERS})
        for method in methods:
            with self.subTest(method):
                first, second = self.stats(method, "--help"), self.stats("help", method)
                self.assertEqual(first, second)
                self.assertEqual(first[0], PASS)
                example = first[1].split("Example\n  serin stats ")[1].split()
                self.assertEqual(example[0], method)
                if not any("." in word and word.endswith(("csv", "txt")) for word in example):
                    self.assertEqual(self.stats(*example)[0], PASS)
        self.assertEqual(serin("help", "stats")[1], out)

    def test_sentence__names_the_columns_and_the_variant(self):
        out = self.stats("mann-whitney", "latency.csv")[1]
        self.assertIn("canary tends to be larger than baseline: A12 0.976, p 0.00233 (exact, no ties)\n", out)
        self.assertIn("canary 7 values, baseline 6 values and 1 missing", out)

    def test_level__decides_what_the_sentence_calls_a_difference(self):
        out = self.stats("mann-whitney", "latency.csv", "--level", "0.2%")[1]
        self.assertIn("no clear difference between canary and baseline: A12 0.976", out)

    def test_sentences_of_special_answers__are_true(self):
        cases = (
            (("poisson", "0", "1", "0", "1"), "no events on either side"),
            (("budget", "1200", "1e6"), "the budget is overspent by 20%, 200 errors"),
            (("burn", "0", "100"), "lasts for ever"),
            (("fisher", "5", "0", "5", "0"), "nothing varies"),
            (("poisson", "1e6", "1", "10", "1"), "p below 1e-300"),
            (("significance", "30", "200", "--objective", "99"), "the burn rate is certainly above 1: it is 15"),
            (("significance", "1", "20000", "--objective", "99"), "the burn rate is certainly below 1"),
        )
        for args, words in cases:
            with self.subTest(args):
                self.assertIn(words, self.stats(*args)[1])

    def test_names_of_any_kind__are_shown_safely(self):
        names = ("\x1b[31mred", "\u00e9" * 3000)
        result, document = self.answer("welch", text=",".join(names) + "\n1,2\n3,5\n")
        self.assertEqual([i["name"] for i in document["inputs"]], ["?[31mred", names[1]])
        self.assertNotIn("\x1b", result[1] + self.stats("welch", text=",".join(names) + "\n1,2\n3,5\n")[1])

    def test_nothing_to_say__is_told_in_words(self):
        for args, text, status in NOTHING_TO_SAY:
            with self.subTest(args=args, text=text):
                result, document = self.answer(*args, text=text)
                self.assertEqual(result[0], PASS if status == "ok" else INCONCLUSIVE, show(result))
                self.assertEqual(document["status"], status)
                self.assertIn(document["says"], self.stats(*args, text=text)[1])
                self.assertEqual(result[2], "")

    def test_bad_input__is_told_with_its_place(self):
        for args, text, words in BAD_TEXT:
            with self.subTest(args=args, text=text):
                result = self.stats(*args, text=text)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertEqual(result[1], "")
                self.assertIn(words, result[2])

    def test_one_table_in_many_spellings__is_the_same(self):
        for text in SAME_TABLE:
            with self.subTest(text):
                trailing = text.startswith("x,y,")
                columns = ("--columns", "x,y") if trailing else ()
                result, document = self.answer("welch", *columns, text=text)
                self.assertEqual(result[0], PASS, show(result))
                self.assertEqual([i["count"] for i in document["inputs"]], [3, 3])
                self.assertEqual([i["name"] for i in document["inputs"]], ["x", "y"])
                self.assertEqual((document["mean_x"], document["mean_y"]), (2, 5))

    def test_two_files__are_one_column_each(self):
        for name, column in (("a.txt", (12.1, 13.4, 11.8)), ("b.txt", (10.3, 11.2, 9.9, 10.8))):
            (self.dir / name).write_text("\n".join(map(str, column)))
        paths = [str(self.dir / name) for name in ("a.txt", "b.txt")]
        document = self.answer("mann-whitney", *paths)[1]
        self.assertEqual((document["u"], document["p"]["greater"]), (12, 1 / 35))
        (self.dir / "b.txt").unlink()
        document = self.answer("mann-whitney", paths[0], "-", text="latency\n10.3\n11.2\n9.9\n10.8\n")[1]
        self.assertEqual((document["u"], document["inputs"][1]["name"]), (12, "latency"))

    def test_numbers__round_trip_and_ignore_the_locale(self):
        value = 0.1 + 0.2
        done = subprocess.run(
            [SERIN, "stats", "summary", repr(value), "--output", "json"], env={"LC_ALL": "de_DE.UTF-8"}, capture_output=True, timeout=60
        )
        self.assertEqual(json.loads(done.stdout)["mean"], value)
        document = self.answer("summary", "inf", "1")[1]
        self.assertEqual((document["max"], document["mean"]), ("+Inf", "NaN"))

    def test_too_many_for_exact__is_an_error_only_when_asked_for(self):
        text = "".join(f"{i}.5 {i}\n" for i in range(3000))
        result, document = self.answer("mann-whitney", text=text)
        self.assertEqual(document["variant"], "normal approximation", show(result))
        result = self.stats("mann-whitney", "--method", "exact", text=text)
        self.assertEqual(result[0], USAGE)
        self.assertIn("3000 against 3000", result[2])

    def test_examples_in_the_documents__are_true(self):
        count = 0
        for document in ("README.md", "docs/statistics.md"):
            for command, shown in re.findall(r"^\$ serin stats (.+)\n((?:(?!```).*\n)+)", (ROOT / document).read_text(), re.MULTILINE):
                with self.subTest(document=document, command=command):
                    self.assertEqual(self.stats(*shlex.split(command))[1], shown)
                    count += 1
        self.assertGreaterEqual(count, 3)

    def test_random_bytes__never_crash(self):
        generator = random.Random(7)
        letters = b"0123456789.,-+eE \t\n\r#\"naNIinf%\x00\xff\xc3x;"
        for _ in range(150):
            text = bytes(generator.choice(letters) for _ in range(generator.randrange(60)))
            for method in ("welch", "summary"):
                done = subprocess.run([SERIN, "stats", method], input=text, capture_output=True, timeout=60)
                self.assertIn(done.returncode, (PASS, USAGE, INCONCLUSIVE), (text, done.stderr))


if __name__ == "__main__":
    unittest.main()

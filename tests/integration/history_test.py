# SPDX-License-Identifier: GPL-3.0-or-later
"""Calibration and backtest of a real Prometheus that holds two days of a service with a bad hour of its canary."""

import json
import math
import pathlib
import random
import shutil
import tempfile
import unittest

from harness import PASS, UNREACHABLE, USAGE, Prometheus, serin, show

START_S = 1735689600  # 2025-01-01T00:00:00Z
SCRAPES, INTERVAL_S = 2880, 60
TO = "2025-01-03T00:00:00Z"
BAD = range(1800, 1860)  # scrapes: 2025-01-02T06:00Z to 07:00Z
RHO = 0.6
PODS = {"stable": 4, "canary": 2}

CONFIG = """
canary: shop
sources: {prod: {url: URL}}
scopes:
  baseline: {labels: {track: stable}}
  canary: {labels: {track: canary}}
window: {length: 1h, step: 1m, interval: 10m}
guards:
  - {name: traffic, query: 'sum(rate(requests_total{${scope}}[5m]))', min: 1}
metrics:
  - name: errors
    critical: true
    counts: {bad: 'requests_total{code="500",${scope}}', total: 'requests_total{${scope}}'}
    tolerance: {relative: 50%}
  - {name: latency, unit: s, query: 'latency_seconds{${scope}}', tolerance: 15%}
  - {name: queue, query: 'queue_depth{${scope}}', tolerance: 20%}
"""


class Wander:
    """An autoregressive series."""

    def __init__(self, rng, rho, sd):
        self.rng, self.rho, self.sd = rng, rho, sd
        self.value = rng.gauss(0, sd)

    def next(self):
        self.value = self.rho * self.value + math.sqrt(1 - self.rho**2) * self.rng.gauss(0, self.sd)
        return self.value


def series():
    """Samples by series: name, labels, values of all scrapes."""
    rng = random.Random(2)
    load = [600 * math.exp(0.5 * math.sin(2 * math.pi * k / 1440)) for k in range(SCRAPES)]
    for track, count in PODS.items():
        for pod in range(count):
            labels = f'track="{track}",pod="{track}-{pod}"'
            good, bad, latency, own = [0], [0], [], Wander(rng, RHO, 0.08)
            for k in range(SCRAPES):
                errors = sum(rng.random() < 0.02 for _ in range(int(load[k] / 10))) * 10 // 5
                bad.append(bad[-1] + errors)
                good.append(good[-1] + int(load[k]))
                worse = 1.4 if track == "canary" and k in BAD else 1
                latency.append(0.2 * worse * (load[k] / 600) ** 0.2 * math.exp(own.next()))
            yield "requests_total", labels + ',code="200"', good[1:]
            yield "requests_total", labels + ',code="500"', bad[1:]
            yield "latency_seconds", labels, latency
        depth = Wander(rng, 0.3, 0.2)
        yield "queue_depth", f'track="{track}"', [20 * math.exp(depth.next()) for _ in range(SCRAPES)]


def write_history(path):
    kinds = {"requests_total": ("requests", "counter"), "latency_seconds": ("latency_seconds", "gauge"), "queue_depth": ("queue_depth", "gauge")}
    found = sorted(series(), key=lambda s: s[0])
    with open(path, "w") as out:
        last = None
        for name, labels, values in found:
            if name != last:
                out.write("# TYPE {} {}\n".format(*kinds[name]))
                last = name
            for k, value in enumerate(values):
                out.write(f"{name}{{{labels}}} {value:.6g} {START_S + k * INTERVAL_S}\n")
        out.write("# EOF\n")


class HistoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        write_history(cls.dir / "history.om")
        cls.server = cls.enterClassContext(Prometheus(cls.dir / "history.om"))
        cls.config = cls.dir / "shop.yaml"
        cls.config.write_text(CONFIG.replace("URL", cls.server.url))
        cls.priors = cls.dir / "priors.yaml"
        cls.answers = cls.dir / "answers"
        cls.calibrated = cls.calibrate("--write", cls.priors, "--record", cls.answers)

    @classmethod
    def calibrate(cls, *more):
        return serin("calibrate", cls.config, "--end", TO, "--since", "2d", "--windows", 100, "--output", "json", *more)

    def backtest(self, *more):
        return serin("backtest", self.config, "--output", "json", *more)

    def test_calibrate__finds_no_fails_and_the_noise_that_is_there(self):
        self.assertEqual(self.calibrated[0], PASS, show(self.calibrated))
        document = json.loads(self.calibrated[1])
        fails = document["false_fails"]
        self.assertLessEqual(fails["count"], 5, fails)
        self.assertLess(fails["low"], fails["promised"])
        self.assertEqual(document["windows"], {"drawn": 100, "judged": 100, "empty": 0, "apart": 48})
        metrics = {metric["name"]: metric for metric in document["metrics"]}
        self.assertEqual(metrics["errors"]["design"], {"dealt_by": "pod", "dealt": 100, "shifted": 0})
        self.assertEqual(metrics["queue"]["design"]["shifted"], 100)  # one series: itself an hour earlier
        self.assertAlmostEqual(metrics["latency"]["rho"]["median"], RHO, delta=0.1)
        self.assertGreater(metrics["errors"]["phi"]["median"], 1)
        sd = 0.08  # two pods against two: each side's mean varies by it over the root of 2
        self.assertAlmostEqual(metrics["latency"]["sd"]["median"], sd, delta=0.02)

    def test_calibrate__asks_once_for_each_query(self):
        lines = (self.answers / "answers.jsonl").read_text().splitlines()
        asked = [json.loads(line)["expr"] for line in lines]
        self.assertLess(len(asked), 40)  # 4 queries in pieces of half a day, not 100 windows of them
        self.assertFalse([expr for expr in asked if "canary" in expr])

    def test_calibrate__is_the_same_from_recorded_answers(self):
        again = self.calibrate("--source", f"recorded:{self.answers}")
        self.assertEqual(again[1], self.calibrated[1], show(again))
        other = self.calibrate("--source", f"recorded:{self.answers}", "--seed", 2)
        self.assertNotEqual(json.loads(other[1])["metrics"], json.loads(again[1])["metrics"])

    def test_priors__are_used_shown_and_recorded(self):
        config = self.dir / "with-priors.yaml"
        config.write_text(self.config.read_text() + f"judge: {{priors: {self.priors}}}\n")
        run = self.dir / "run"
        result = serin("analyze", config, "--end", "2025-01-02T06:30:00Z", "--output", "json", "--record", run)
        latency = next(m for m in json.loads(result[1])["metrics"] if m["name"] == "latency")
        self.assertEqual(latency["evidence"]["prior"]["from"], "history", show(result))
        self.assertAlmostEqual(latency["evidence"]["prior"]["rho"], RHO, delta=0.1)
        plan = serin("plan", config)
        self.assertRegex(plan[1], r"history: rho 0\.\d+ worth \d+ steps; this window can see changes above \d")
        moved = self.priors.rename(self.dir / "elsewhere.yaml")
        self.addCleanup(moved.rename, self.priors)
        again = serin("replay", run, "--output", "json")
        self.assertEqual(again[1], result[1], show(again))
        self.assertEqual(serin("check", config)[0], USAGE)

    def test_priors__are_part_of_what_names_a_run(self):
        config, priors = self.dir / "named.yaml", self.dir / "named-priors.yaml"
        config.write_text(self.config.read_text() + f"judge: {{priors: {priors}}}\n")
        ids = []
        for text in (self.priors.read_text(), self.priors.read_text(), "# again\n" + self.priors.read_text()):
            priors.write_text(text)
            ids.append(json.loads(serin("analyze", config, "--end", "2025-01-02T06:30:00Z", "--output", "json")[1])["id"])
        self.assertEqual(ids[0], ids[1])
        self.assertNotEqual(ids[0], ids[2])

    def test_backtest__finds_the_bad_hour(self):
        result = self.backtest("--from", "2025-01-02T00:00:00Z", "--to", "2025-01-02T12:00:00Z")
        self.assertEqual(result[0], PASS, show(result))
        windows = json.loads(result[1])["windows"]
        self.assertEqual(len(windows), 12)
        found = [w for w in windows if w["verdict"] == "fail"]
        self.assertEqual([w["start"] for w in found], ["2025-01-02T06:00:00Z"], show(result))
        self.assertEqual((found[0]["metric"], found[0]["outcome"]), ("latency", "detected"))

    def test_backtest__tells_when_the_change_began(self):
        result = self.backtest("--at", "2025-01-02T05:30:00Z,2025-01-01T05:30:00Z")
        bad, good = json.loads(result[1])["windows"]
        self.assertEqual((bad["verdict"], bad["metric"]), ("fail", "latency"), show(result))
        minute = int(bad["since"][14:16]) + 60 * (int(bad["since"][11:13]) - 6)
        self.assertLessEqual(abs(minute), 6, bad)
        self.assertNotEqual(good["verdict"], "fail")

    def test_backtest__says_what_analyze_says(self):
        starts = ["2025-01-01T07:13:00Z", "2025-01-02T05:40:00Z"]
        windows = json.loads(self.backtest("--at", ",".join(starts))[1])["windows"]
        for window, end in zip(windows, ("2025-01-01T08:13:00Z", "2025-01-02T06:40:00Z")):
            result = json.loads(serin("analyze", self.config, "--end", end, "--output", "json")[1])
            same = ("verdict", "score", "reasons", "missing")
            self.assertEqual({key: window[key] for key in same}, {key: result[key] for key in same})
            metrics = {metric["name"]: metric["reason"] for metric in result["metrics"]}
            if window["metric"] is not None:
                self.assertEqual(window["reason"], metrics[window["metric"]])

    def test_backtest__with_looks_fails_early_and_names_the_look(self):
        result = self.backtest("--at", "2025-01-02T06:00:00Z,2025-01-02T04:00:00Z", "--looks")
        bad, good = json.loads(result[1])["windows"]
        self.assertEqual((bad["verdict"], bad["metric"]), ("fail", "latency"), show(result))
        self.assertEqual(bad["looks"]["planned"], 6)
        self.assertLess(bad["detected"], "2025-01-02T06:50:00Z")
        self.assertLess(bad["looks"]["alpha"], 0.01)
        self.assertEqual((good["looks"]["last"], good["detected"]), (6, None), show(result))

    def test_backtest__without_a_server_is_an_error(self):
        config = self.dir / "nowhere.yaml"
        config.write_text(CONFIG.replace("URL", "http://127.0.0.1:9"))
        result = serin("backtest", config, "--at", TO)
        self.assertEqual((result[0], result[1]), (UNREACHABLE, ""), show(result))

    def test_usage__is_told(self):
        cases = [
            (("backtest", self.config), "--from and --to, or --at"),
            (("backtest", self.config, "--from", TO, "--to", TO), "shorter than one window"),
            (("backtest", self.config, "--at", "noon"), "expected a time"),
            (("calibrate", self.config, "--since", "1h", "--end", TO), "at least two windows"),
            (("calibrate", self.config, "--windows", "0"), "from 1 to 10000"),
            (("calibrate", self.config, "--output", "junit"), "text or json"),
        ]
        for arguments, part in cases:
            with self.subTest(arguments):
                result = serin(*arguments)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertIn(part, result[2])


if __name__ == "__main__":
    unittest.main()

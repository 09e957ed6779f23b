# SPDX-License-Identifier: GPL-3.0-or-later
"""Telemetry parity of a real Prometheus whose canaries are scraped, labelled and cut in different ways, and of the fake."""

import json
import pathlib
import shutil
import tempfile
import unittest
import urllib.parse

from fake_prometheus import FakePrometheus, success
from harness import CONFIG, END, INCONCLUSIVE, MARGINAL, PASS, UNREACHABLE, USAGE, Prometheus, serin, show

START_S, LENGTH_S = 1735689600, 2700
BOUNDS = {"0.1": 0.3, "0.5": 0.8, "1": 0.95, "+Inf": 1}

SERVICE = """
canary: shop
sources: {prod: {url: URL}}
scopes:
  baseline: {labels: {track: stable}}
  canary: {labels: {track: TRACK}}
window: {length: 30m, step: 1m}
GUARDS
metrics:
  - {name: latency, unit: s, histogram: 'latency_seconds_bucket{${scope}}', tolerance: 50%}
  - name: errors
    counts: {bad: 'requests_total{code="500",${scope}}', total: 'requests_total{${scope}}'}
    tolerance: 100%
  - {name: memory, unit: bytes, query: 'memory_bytes{${scope}}', tolerance: 20%}
  - {name: share, query: 'sum(rate(requests_total{code="500",${scope}}[5m])) / sum(rate(requests_total{${scope}}[5m]))', tolerance: 100%}
"""

GAUGES = """
canary: gauges
sources: {prod: {url: URL}}
scopes:
  baseline: {labels: {track: quick}}
  canary: {labels: {track: slow}}
window: {length: 30m, step: 2m}
metrics:
  - {name: memory, query: 'memory_bytes{${scope}}'}
  - {name: queue, query: 'avg_over_time(queue_depth{${scope}}[5m])'}
"""


def scrapes(interval_s):
    return range(START_S, START_S + LENGTH_S, interval_s)


def service(track, instance, interval_s, bounds=tuple(BOUNDS), codes=("200", "500"), memory=True):
    """Series of one instance: family, name and labels, and (time, value)."""
    own = f'track="{track}",instance="{instance}"'
    requests = [(at, (at - START_S) * 40 // 1) for at in scrapes(interval_s)]
    for bound in bounds:
        yield "latency_seconds", f'latency_seconds_bucket{{{own},le="{bound}"}}', [(at, int(n * BOUNDS[bound])) for at, n in requests]
    for code in codes:
        share = 0.02 if code == "500" else 0.98
        yield "requests", f'requests_total{{{own},code="{code}"}}', [(at, int(n * share)) for at, n in requests]
    if memory:
        yield "memory_bytes", f"memory_bytes{{{own}}}", [(at, 1000 + at // 15 * 7 % 11) for at in scrapes(interval_s)]
    yield "debug_state", f"debug_state{{{own}}}", [(at, 1) for at in scrapes(interval_s)]
    yield "debug_state", f'debug_state{{{own},part="x"}}', [(at, 1) for at in scrapes(interval_s)]


def gauges(track, interval_s):
    for family in ("memory_bytes", "queue_depth"):
        yield family, f'{family}{{track="{track}",instance="{track}-0"}}', [(at, 5 + at % 3) for at in scrapes(interval_s)]


def series():
    yield from service("stable", "a:1", 15)
    yield from service("stable", "b:1", 15)
    yield from service("alike", "c:1", 15)
    yield from service("late", "d:1", 60)
    yield from service("poor", "e:1", 15, bounds=("0.1", "1", "+Inf"), codes=("200",), memory=False)
    yield from gauges("quick", 41)
    yield from gauges("slow", 80)


def write(path):
    kinds = {"latency_seconds": "histogram", "requests": "counter"}
    last = None
    with open(path, "w") as out:
        for family, name, samples in sorted(series(), key=lambda s: s[0]):
            if family != last:
                out.write(f"# TYPE {family} {kinds.get(family, 'gauge')}\n")
            last = family
            out.writelines(f"{name} {value} {at}\n" for at, value in samples)
        out.write("# EOF\n")


class ParityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        cls.addClassCleanup(shutil.rmtree, made)
        write(made / "made.om")
        cls.server = cls.enterClassContext(Prometheus(made / "made.om"))

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def config(self, text, track="alike", guards=""):
        path = self.dir / "canary.yaml"
        path.write_text(text.replace("URL", self.server.url).replace("TRACK", track).replace("GUARDS", guards))
        return path

    def parity(self, config, *more, code):
        result = serin("parity", config, "--end", END, "--output", "json", *more)
        self.assertEqual(result[0], code, show(result))
        return json.loads(result[1])

    def analyze(self, track, guard, code):
        config = self.config(SERVICE, track, f"guards: [{guard}]")
        result = serin("analyze", config, "--end", END, "--output", "json", "--output", f"text={self.dir}/report.txt",
                       "--output", f"prom={self.dir}/serin.prom")  # fmt: skip
        self.assertEqual(result[0], code, show(result))
        return json.loads(result[1])

    def test_parity__of_sides_that_are_alike_is_100(self):
        document = self.parity(self.config(SERVICE), code=PASS)
        self.assertEqual(document["schema"], "serin.parity/1")
        self.assertEqual(document["parity"], {"score": 100, "metrics": 4, "silent": 0, "silent_metrics": [], "gap_count": 0, "gaps": []})
        self.assertIsNone(document["unused"])
        result = serin("parity", self.config(SERVICE), "--end", END, "--ascii")
        self.assertIn("ALIKE  shop   parity 100/100 (min 90)", result[1], show(result))
        again = serin("report", "-", "--ascii", input=json.dumps(document))
        self.assertEqual(again, result)
        refused = serin("report", "-", "--output", "junit", input=json.dumps(document))
        self.assertEqual(refused[:2], (USAGE, ""), show(refused))
        self.assertIn("text or json, not as junit", refused[2])

    def test_parity__a_score_of_87_ends_with_4_and_the_list_of_gaps(self):
        config = self.config(GAUGES)
        document = self.parity(config, code=INCONCLUSIVE)
        self.assertEqual((document["parity"]["score"], document["parity"]["gap_count"], document["min"]), (87, 2, 90))
        self.assertEqual([(gap["metric"], gap["check"], gap["impact"]) for gap in document["parity"]["gaps"]],
                         [("memory", "interval", 6.5), ("queue", "interval", 6.5)])  # fmt: skip
        result = serin("parity", config, "--end", END, "--top", "1", "--ascii")
        self.assertEqual(result[0], INCONCLUSIVE, show(result))
        for text in ("NOT ALIKE  gauges   parity 87/100 (min 90)", "6.5", "memory (memory_bytes)", "and 1 more",
                     "scraped every 41s on the baseline side, every 1m20s on the canary side"):  # fmt: skip
            self.assertIn(text, result[1])
        self.assertEqual(self.parity(config, "--min", "87", code=PASS)["parity"]["score"], 87)

    def test_parity__what_is_missing_is_named_with_what_both_sides_have(self):
        document = self.parity(self.config(SERVICE, "poor"), code=INCONCLUSIVE)
        gaps = {gap["check"]: gap for gap in document["parity"]["gaps"]}
        self.assertEqual(document["parity"]["gaps"][0], gaps["data"])
        self.assertEqual((gaps["data"]["metric"], gaps["data"]["series"], gaps["data"]["impact"]), ("memory", "memory_bytes", 25))
        self.assertEqual(gaps["data"]["baseline"], {"series": 2, "samples": 2 * 121})
        self.assertEqual(gaps["data"]["canary"], {"series": 0, "samples": 0})
        self.assertEqual(gaps["buckets"]["metric"], "latency")
        self.assertIn("le 0.5 on the baseline side only", gaps["buckets"]["text"])
        self.assertEqual(gaps["values"]["text"], "label code: 500 on the baseline side only")
        self.assertAlmostEqual(sum(gap["impact"] for gap in document["parity"]["gaps"]), 100 - document["parity"]["score"], places=5)

    def test_parity__a_metric_without_any_data_is_named(self):
        text = SERVICE + "  - {name: typo, query: 'memory_byte{${scope}}'}\n"
        parity = self.parity(self.config(text), code=PASS)["parity"]
        self.assertEqual((parity["score"], parity["metrics"], parity["silent"], parity["silent_metrics"]), (100, 4, 1, ["typo"]))
        result = serin("parity", self.config(text), "--end", END)
        self.assertIn("4 metrics compared 1 without data on either side: typo", " ".join(result[1].split()), show(result))
        nothing = serin("parity", self.config(text), "--end", "2025-02-01T00:00:00Z", "--ascii")
        self.assertEqual(nothing[0], INCONCLUSIVE, show(nothing))
        self.assertIn("NO DATA  shop   parity not known (min 90)", nothing[1])

    def test_parity__recorded_answers_give_the_same(self):
        config = self.config(SERVICE, "poor")
        live = serin("parity", config, "--end", END, "--output", "json", "--unused", "--record", self.dir / "kept")
        again = serin("parity", config, "--end", END, "--output", "json", "--unused", "--source", f"recorded:{self.dir}/kept")
        self.assertEqual(live, again, show(live) + show(again))

    def test_parity__unused_series_are_listed_and_cost_nothing(self):
        document = self.parity(self.config(SERVICE), "--unused", code=PASS)
        self.assertEqual(document["unused"], {"names": 4, "series": 9, "unused_names": 1, "unused_series": 2,
                                              "most": [{"name": "debug_state", "series": 2}]})  # fmt: skip
        result = serin("parity", self.config(SERVICE), "--end", END, "--unused")
        self.assertIn("reads 3 of 4 names of the canary scope; 2 of 9 series are never read", " ".join(result[1].split()), show(result))

    def test_analyze__a_guard_keeps_a_verdict_from_counting(self):
        document = self.analyze("alike", "{name: telemetry, parity: 90}", PASS)
        self.assertEqual(document["trust"]["parity"]["score"], 100)
        self.assertAlmostEqual(document["trust"]["load"], 0.5)
        report = " ".join((self.dir / "report.txt").read_text().split())
        for text in ("telemetry: parity 100 of 100 (at least 90) | parity 100/100", "canary load 50% of the baseline's | "):
            self.assertIn(text, report)
        self.assertIn('serin_parity_score{canary="shop"} 100\n', (self.dir / "serin.prom").read_text())
        document = self.analyze("late", "{name: telemetry, parity: 90}", INCONCLUSIVE)
        self.assertLess(document["trust"]["parity"]["score"], 90)
        self.assertEqual([(guard["name"], guard["side"], guard["state"], guard["min"]) for guard in document["guards"]],
                         [("telemetry", "canary", "broken", 90)])  # fmt: skip
        self.assertRegex(document["missing"][0], "guard telemetry: parity 8.* of 100, at least 90 needed; .* scraped every 15s")

    def test_analyze__a_guard_may_merely_weaken_a_pass(self):
        document = self.analyze("late", "{name: telemetry, parity: 90, broken: marginal}", MARGINAL)
        self.assertEqual((document["verdict"], document["guards"][0]["state"]), ("marginal", "caps"))
        self.assertIn("guard telemetry is broken", document["reasons"][-1])

    def test_check__knows_the_guard(self):
        good = serin("check", self.config(SERVICE, guards="guards: [{name: telemetry, parity: 90, broken: marginal}]"))
        self.assertEqual(good[0], PASS, show(good))
        limits = SERVICE[: SERVICE.index("metrics:")] + "metrics: [{name: load, threshold: {query: 'load{${scope}}', max: 1}}]\n"
        for text, told in ((limits, "guards[0].parity: no metric is compared with a baseline"),):
            result = serin("check", self.config(text, guards="guards: [{name: telemetry, parity: 90}]"))
            self.assertEqual(result[0], USAGE, show(result))
            self.assertIn(told, result[1] + result[2])
        alone = serin("parity", self.config(limits))
        self.assertEqual(alone[0], USAGE, show(alone))
        self.assertIn("no metric is compared with a baseline", alone[2])

    def test_parity__options_that_cannot_be_are_refused(self):
        for option, value in (("--min", "101"), ("--min", "x"), ("--top", "0"), ("--top", "-1"), ("--output", "html")):
            result = serin("parity", self.config(SERVICE), option, value)
            self.assertEqual(result[0], USAGE, show(result))


class FakeTest(unittest.TestCase):
    def parity(self, manner):
        with FakePrometheus(manner) as fake:
            return serin("parity", CONFIG, "--var", f"prometheus={fake.url}", "--end", END, "--output", "json", "--deadline", "20s")

    def test_parity__finds_every_selector_of_a_whole_config(self):
        result = self.parity("good")
        self.assertEqual(result[0], PASS, show(result))
        self.assertEqual(json.loads(result[1])["parity"]["score"], 100)

    def test_parity__of_a_server_that_fails_is_no_score(self):
        for manner in ("refuse", "html"):
            result = self.parity(manner)
            self.assertEqual((result[0], result[1]), (UNREACHABLE, ""), show(result))
            self.assertIn("queries failed", result[2])

    def test_parity__one_removed_series_is_named(self):
        def forgets_memory(handler, path, form, tries):
            query = urllib.parse.parse_qs(form)["query"][0]
            if "process_resident_memory_bytes" not in query or "canary" not in query:
                return False
            handler.send(200, "application/json", json.dumps(success("matrix", [])).encode())
            return True

        result = self.parity(forgets_memory)
        self.assertEqual(result[0], INCONCLUSIVE, show(result))
        parity = json.loads(result[1])["parity"]
        self.assertEqual([(gap["metric"], gap["series"], gap["check"]) for gap in parity["gaps"]],
                         [("memory", "process_resident_memory_bytes", "data")])  # fmt: skip


if __name__ == "__main__":
    unittest.main()

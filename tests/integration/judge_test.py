# SPDX-License-Identifier: GPL-3.0-or-later
"""The judges serin and threshold from a server's answers to the verdict, recorded and replayed: every kind of metric, healthy,
broken, and with data that are missing."""

import json
import pathlib
import random
import re
import shutil
import tempfile
import unittest
import urllib.parse

from fake_prometheus import FakePrometheus, success
from harness import FAIL, INCONCLUSIVE, MARGINAL, PASS, USAGE, serin, show

END = "2025-01-01T00:30:00Z"
END_S = 1735691400
STEP_S = 15
STEPS = 80
SHARES = {"0.1": 0.6, "0.2": 0.85, "0.4": 0.95, "0.8": 0.99, "+Inf": 1.0}

CONFIG = """
canary: shop
sources: {{main: {{url: "{url}", protocol: raw, tries: 1}}}}
scopes:
  baseline: {{labels: {{track: stable}}}}
  canary: {{labels: {{track: canary}}}}
window: {{length: 20m, step: 15s}}
{judge}
metrics:
{metrics}
"""

KINDS = {
    "series": "  - {name: m, query: 'gauge{${scope}}'}",
    "counts": "  - {name: m, counts: {bad: 'bad_total{${scope}}', total: 'all_total{${scope}}'}}",
    "classic": "  - {name: m, unit: s, histogram: 'latency_bucket{${scope}}', quantiles: [0.5, 0.9], tolerance: {absolute: 5ms}}",
    "native": "  - {name: m, unit: s, histogram: 'latency{${scope}}'}",
    "threshold": "  - {name: m, threshold: {query: 'gauge{${scope}}', max: 110}}",
}


class World:
    """Answers raw queries of the metrics above; `factor` is how much worse the canary is, `silent` which sides say nothing."""

    def __init__(self, factor=1.0, silent=(), constant=False, split=False):
        self.factor, self.silent, self.constant, self.split = factor, silent, constant, split

    def __call__(self, handler, path, form, _):
        query = urllib.parse.parse_qs(form)["query"][0]
        side = re.search(r'track="(\w+)"', query)[1]
        name = re.match(r"\w+", query)[0]
        result = [] if side in self.silent else list(self.series(name, side))
        body = json.dumps(success("matrix", result)).encode()
        handler.send(200, "application/json", body)
        return True

    def times(self):
        return [END_S + (k - STEPS) * STEP_S for k in range(-4, STEPS + 1)]

    def series(self, name, side):
        worse = self.factor if side == "canary" else 1.0
        for handler in ("/cart", "/pay") if self.split else (None,):
            labels = {} if handler is None else {"handler": handler}
            yield from self.one(name, side, labels, worse if handler != "/cart" else 1.0)

    def one(self, name, side, labels, worse):
        chance = random.Random(f"{name}/{side}/{labels}")
        if name == "gauge":
            level = [100 * worse * (1 if self.constant else chance.gauss(1, 0.02)) for _ in self.times()]
            yield {"metric": labels, "values": [[t, repr(v)] for t, v in zip(self.times(), level)]}
        elif name in ("bad_total", "all_total"):
            rate = 5 * worse if name == "bad_total" else 1000
            total, values = 0, []
            for time in self.times():
                values.append([time, str(total)])
                total += max(0, round(chance.gauss(rate, rate**0.5)))
            yield {"metric": labels, "values": values}
        elif name == "latency_bucket":
            for bound, share in SHARES.items():
                yield {"metric": labels | {"le": bound}, "values": [[t, str(k * self.below(share, worse))] for k, t in enumerate(self.times())]}
        elif name == "latency":
            yield {"metric": labels, "histograms": [[t, self.native(k + 1, worse)] for k, t in enumerate(self.times())]}

    def below(self, share, worse):
        return round(1000 * (share if worse == 1 or share == 1 else share**worse))

    def native(self, many, worse):
        borders, counts, before = [0.0625, 0.125, 0.25, 0.5, 1, 2], [], 0
        for share in SHARES.values():
            counts.append(many * self.below(share, worse) - before)
            before = many * self.below(share, worse)
        buckets = [[0, str(low), str(high), str(count)] for low, high, count in zip(borders, borders[1:], counts)]
        return {"count": str(before), "sum": str(before * 0.2), "buckets": buckets}


class AskedWorld(World):
    """Answers range queries: the asked times alone."""

    def times(self):
        return super().times()[4:]


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def judge(self, metrics, world, judge=""):
        """Exit code and document of an analysis; a replay of its recording must give the same bytes."""
        with FakePrometheus(world) as server:
            config = self.dir / "canary.yaml"
            config.write_text(CONFIG.format(url=server.url, judge=judge, metrics=metrics))
            run = pathlib.Path(tempfile.mkdtemp(dir=self.dir)) / "run"
            live = serin("analyze", config, "--end", END, "--record", run, "--output", "json")
        again = serin("replay", run, "--output", "json")
        self.assertEqual(live[:2], again[:2], show(live))
        return live[0], json.loads(live[1]), show(live)

    def test_every_kind__passes_healthy_and_fails_broken(self):
        for kind, metrics in KINDS.items():
            for factor, code in ((1.0, PASS), (3.0, FAIL)):
                with self.subTest(kind=kind, factor=factor):
                    judge = "judge: {name: threshold}" if kind == "threshold" else ""
                    found, document, text = self.judge(metrics, World(factor), judge)
                    self.assertEqual(found, code, text)
                    metric = document["metrics"][0]
                    self.assertEqual(metric["classification"], "pass" if code == PASS else "high")
                    self.assertEqual(metric["role"], "passes" if code == PASS else "fails")
                    self.assertEqual(sum(m["points"] for m in document["metrics"]), document["score"])

    def test_a_kayenta_config__may_ask_for_the_judge_serin(self):
        query = {"type": "prometheus", "customInlineTemplate": 'PromQL:gauge{track="${scope}"}'}
        metric = {"name": "m", "query": query, "groups": ["g"], "scopeName": "default", "analysisConfigurations": {"canary": {}}}
        config = {"name": "shop", "judge": {"name": "serin"}, "metrics": [metric], "classifier": {"groupWeights": {"g": 100}}}
        (self.dir / "kayenta.json").write_text(json.dumps(config))
        for factor, code in ((1.0, PASS), (1.3, FAIL)):
            with FakePrometheus(AskedWorld(factor)) as server:
                live = serin("analyze", self.dir / "kayenta.json", "--url", server.url, "--baseline", "scope=stable", "--canary", "scope=canary",
                             "--end", END, "--length", "20m", "--step", "15s", "--output", "json")
            self.assertEqual(live[0], code, show(live))
            document = json.loads(live[1])
            self.assertEqual(document["judge"]["name"], "serin")
            self.assertGreater(document["metrics"][0]["evidence"]["n"], 70)

    def test_missing_sides__are_inconclusive(self):
        for kind, metrics in KINDS.items():
            for silent in (("canary",), ("stable", "canary")):
                with self.subTest(kind=kind, silent=silent):
                    judge = "judge: {name: threshold}" if kind == "threshold" else ""
                    code, document, text = self.judge(metrics, World(silent=silent), judge)
                    self.assertEqual(code, INCONCLUSIVE, text)
                    self.assertEqual(document["metrics"][0]["classification"], "nodata")
                    self.assertNotEqual(document["missing"], [])

    def test_must_have_data__fails_without_the_canary_alone(self):
        metrics = "  - {name: m, must_have_data: true, query: 'gauge{${scope}}'}"
        self.assertEqual(self.judge(metrics, World(silent=("canary",)))[0], FAIL)
        self.assertEqual(self.judge(metrics, World(silent=("stable", "canary")))[0], INCONCLUSIVE)

    def test_constant_sides__are_judged_by_their_difference(self):
        for factor, code in ((1.0, PASS), (1.02, PASS), (1.2, FAIL)):
            with self.subTest(factor):
                found, document, text = self.judge(KINDS["series"], World(factor, constant=True))
                self.assertEqual(found, code, text)
                self.assertEqual(document["metrics"][0]["evidence"]["reason"], "identical" if factor == 1 else "constant")

    def test_split_metrics__say_where(self):
        metrics = "  - {name: m, by: [handler], counts: {bad: 'bad_total{${scope}}', total: 'all_total{${scope}}'}}"
        code, document, text = self.judge(metrics, World(4.0, split=True))
        self.assertEqual(code, FAIL, text)
        self.assertEqual(len(document["metrics"]), 2)
        where = document["where"][0]
        self.assertEqual((where["metric"], where["label"], where["value"]), ("m", "handler", "/pay"))
        self.assertGreater(where["share"], 0.8)

    def test_histograms__tell_quantiles(self):
        _, document, _ = self.judge(KINDS["classic"], World(3.0))
        sides = document["metrics"][0]["quantiles"]
        self.assertEqual([q["quantile"] for q in sides["canary"]], [0.5, 0.9])
        self.assertAlmostEqual(sides["baseline"][0]["value"], 0.1 * 0.5 / 0.6, places=6)
        self.assertGreater(sides["canary"][0]["value"], sides["baseline"][0]["value"])

    def test_score__gates_beside_what_is_required(self):
        metrics = KINDS["counts"] + "\n  - {name: extra, required: false, query: 'gauge{${scope}}'}"
        world = World(1.0)
        world.one = lambda name, side, labels, worse: World.one(world, name, side, labels, 1.5 if (name, side) == ("gauge", "canary") else 1.0)
        for judge, code in (("", PASS), ("judge: {pass: 90, marginal: 40}", MARGINAL), ("judge: {pass: 90, marginal: 60}", FAIL)):
            with self.subTest(judge):
                found, document, text = self.judge(metrics, world, judge)
                self.assertEqual(found, code, text)
                self.assertEqual(document["score"], 50)

    def test_one_metric_of_twenty__does_not_hide_in_the_score(self):
        lines = [f"  - {{name: m{n}, query: 'gauge{{n=\"{n}\",${{scope}}}}'}}" for n in range(20)]
        cases = ((World(), PASS, "pass"), (World(1.5), FAIL, "high"), (World(silent=("canary",)), INCONCLUSIVE, "nodata"))
        for judge in ("", "judge: {pass: 85, marginal: 70}"):
            for odd, code, classification in cases:
                with self.subTest(classification, judge=judge):

                    def answer(handler, path, form, more, odd=odd):
                        query = urllib.parse.parse_qs(form)["query"][0]
                        return (odd if 'n="13"' in query else World())(handler, path, form, more)

                    found, document, text = self.judge("\n".join(lines), answer, judge)
                    self.assertEqual(found, code, text)
                    classes = [m["classification"] for m in document["metrics"]]
                    self.assertEqual((classes.pop(13), set(classes)), (classification, {"pass"}))
                    self.assertGreaterEqual(document["score"], 95)

    def test_windows_too_short_for_a_decision__are_refused(self):
        config = self.dir / "short.yaml"
        text = CONFIG.format(url="http://h", judge="", metrics=KINDS["series"])
        config.write_text(text.replace("length: 20m", "length: 90s"))
        result = serin("check", config)
        self.assertEqual(result[0], USAGE, show(result))
        self.assertIn("can never pass nor fail: the window holds 6 steps of 15s and at least 8 are needed", result[2])

    def test_plan__shows_how_metrics_are_judged(self):
        config = self.dir / "plan.yaml"
        config.write_text(CONFIG.format(url="http://h", judge="", metrics=KINDS["counts"]))
        result = serin("plan", config, "--end", END)
        self.assertEqual(result[0], PASS, show(result))
        self.assertIn("m: counts, increase is bad (by default), tolerated 25% and 0.0001 of the ratio, harm 50% (by default), 80 steps of 15s", result[1])


if __name__ == "__main__":
    unittest.main()

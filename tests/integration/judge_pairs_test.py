# SPDX-License-Identifier: GPL-3.0-or-later
"""serin judge on a Kayenta canary config and a metric set pair list."""

import copy
import json
import pathlib
import shutil
import tempfile
import unittest

from harness import FAIL, INCONCLUSIVE, PASS, ROOT, USAGE, serin, show

START = 1735689600000


def metric(name, **canary):
    return {"name": name, "query": {"type": "prometheus", "metricName": name}, "groups": ["service"], "scopeName": "default",
            "analysisConfigurations": {"canary": canary}}


CONFIG = {"name": "shop", "judge": {"name": "NetflixACAJudge-v1.0", "judgeConfigurations": {}},
          "metrics": [metric("latency", direction="increase", critical=True), metric("errors", direction="increase")],
          "classifier": {"groupWeights": {"service": 100}, "scoreThresholds": {"pass": 90, "marginal": 50}}}


def wave(level, shift=0):
    return [level + shift + (7 * i % 11) / 10 for i in range(30)]


def pair(name, control, experiment, **more):
    scope = {"startTimeMillis": START, "startTimeIso": "2025-01-01T00:00:00Z", "stepMillis": 60000}
    return {"name": name, "id": name, "tags": {}, "values": {"control": control, "experiment": experiment},
            "scopes": {"control": scope, "experiment": scope}, "attributes": {}, **more}


GOOD = [pair("errors", wave(3), wave(3)), pair("latency", wave(10), wave(10))]


class JudgePairsTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def judge(self, pairs, *args, config=CONFIG):
        text = pairs if isinstance(pairs, str) else json.dumps(pairs)
        (self.dir / "config.json").write_text(json.dumps(config))
        (self.dir / "pairs.json").write_text(text)
        return serin("judge", "--config", self.dir / "config.json", "--pairs", self.dir / "pairs.json", *args)

    def document(self, pairs, code, *args):
        result = self.judge(pairs, "--output", "json", *args)
        self.assertEqual(result[0], code, show(result))
        return json.loads(result[1])

    def test_equal_sides__pass(self):
        document = self.document(GOOD, PASS)
        self.assertEqual(document["verdict"], "pass")
        self.assertEqual(document["score"], 100)
        self.assertEqual([m["name"] for m in document["metrics"]], ["latency", "errors"])
        self.assertEqual(document["window"]["start"], "2025-01-01T00:00:00Z")
        self.assertEqual(document["window"]["length_s"], 1800)
        self.assertEqual(document["queries"], [])
        self.assertEqual(document["judge"]["name"], "kayenta")

    def test_a_critical_metric__fails_the_canary(self):
        document = self.document([GOOD[0], pair("latency", wave(10), wave(10, 5))], FAIL)
        latency = document["metrics"][0]
        self.assertEqual(latency["classification"], "high")
        self.assertEqual(latency["baseline"]["samples"], 30)
        self.assertAlmostEqual(latency["shift"]["estimate"], 5, delta=0.01)
        report = self.judge([GOOD[0], pair("latency", wave(10), wave(10, 5))])
        self.assertEqual(report[0], FAIL, show(report))
        self.assertIn("latency", report[1])

    def serin(self, control, experiment, code, **canary):
        """The metric of a config that asks for the judge serin."""
        config = {**CONFIG, "judge": {"name": "serin"}, "metrics": [metric("errors", **canary)]}
        result = self.judge([pair("errors", control, experiment)], "--output", "json", config=config)
        self.assertEqual(result[0], code, show(result))
        document = json.loads(result[1])
        self.assertEqual(document["judge"]["name"], "serin")
        return document["metrics"][0]

    def test_the_judge_serin__sees_what_a_baseline_never_has(self):
        found = self.serin([0] * 6, [0, 1, 2, 1, 0, 0], FAIL)
        self.assertEqual(found["classification"], "high")
        part = found["evidence"]["parts"][0]
        self.assertEqual([part[k] for k in ("part", "method", "active", "steps", "silent")], ["appearance", "predictive", 3, 6, 6])
        self.assertAlmostEqual(part["p"], 10 / 1001, delta=1e-15)
        self.assertIn("has a value in 3 of 6 steps, the baseline in none of 6", found["reason"])
        rare = ["NaN", 0.048, "NaN", 0.18, 0.089, "NaN", 0.098, 0.035, "NaN", "NaN"]
        found = self.serin(["NaN"] * 10, rare, FAIL, nanStrategy="replace", direction="increase")
        self.assertEqual(found["classification"], "high")
        self.assertEqual(self.serin(["NaN"] * 10, rare, INCONCLUSIVE)["classification"], "nodata")
        self.assertEqual(self.serin([0] * 6, [0, 1, 2, 0, 0, 0], INCONCLUSIVE)["classification"], "inconclusive")

    def test_the_judge_serin__tolerates_what_the_effect_size_allows(self):
        for allowed, code in ((1.05, FAIL), (1.5, PASS)):
            found = self.serin(wave(10), [v * 1.2 for v in wave(10)], code, direction="increase", effectSize={"allowedIncrease": allowed})
            self.assertAlmostEqual(found["tolerance"]["relative"], allowed - 1)
        self.assertEqual(self.serin(wave(10), [v / 2 for v in wave(10)], FAIL)["classification"], "low")
        for effect, relative in (({"allowedIncrease": 1.3, "allowedDecrease": 0.9}, 0.1), ({"allowedIncrease": 1.3}, 0.3), ({}, 0.05)):
            found = self.serin(wave(10), wave(10), PASS, effectSize=effect)
            self.assertAlmostEqual(found["tolerance"]["relative"], relative)

    def test_one_metric_of_two__is_half_the_score(self):
        pairs = [pair("errors", wave(3), wave(3, 5)), GOOD[1]]
        self.assertEqual(self.document(pairs, 3)["score"], 50)
        self.assertEqual(self.document(pairs, PASS, "--pass", "50")["score"], 50)

    def test_tags__tell_pairs_of_a_metric_apart(self):
        pairs = [pair("errors", wave(3), wave(3), tags={"zone": zone}) for zone in "ab"]
        metrics = self.document(pairs + [GOOD[1]], PASS)["metrics"]
        self.assertEqual([m["tags"] for m in metrics], [{}, {"zone": "a"}, {"zone": "b"}])

    def test_values_that_json_cannot_write__are_texts(self):
        document = self.document([GOOD[0], pair("latency", wave(10) + ["NaN"] * 3, wave(10))], PASS)
        self.assertEqual(document["metrics"][0]["baseline"]["samples"], 30)

    def test_missing_data__are_no_verdict(self):
        document = self.document([GOOD[0], pair("latency", wave(10), [])], INCONCLUSIVE)
        self.assertEqual(document["metrics"][0]["classification"], "nodata")
        self.assertEqual(self.document([pair("latency", [], []), pair("errors", [], [])], INCONCLUSIVE)["verdict"], "inconclusive")

    def test_what_is_no_pair_list__is_named(self):
        no_values = copy.deepcopy(GOOD)
        del no_values[1]["values"]["experiment"]
        mistakes = (  # the list, and what the message must hold
            ("[", "not JSON"),
            ("{}", "list"),
            ([3], "[0]"),
            ([pair("latencies", [], [])], "latencies"),
            ([{**GOOD[0], "name": 3}], "[0].name"),
            (no_values, "[1].values.experiment"),
            ([pair("latency", wave(1), [1, "two"])], "[0].values.experiment[1]"),
            ([pair("latency", wave(1), wave(1), tags=[1])], "[0].tags"),
            ([pair("latency", wave(1), wave(1), tags={"zone": 1})], "[0].tags"),
        )
        for pairs, word in mistakes:
            with self.subTest(word):
                result = self.judge(pairs)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertEqual(result[1], "")
                self.assertIn("pairs.json: ", result[2])
                self.assertIn(word, result[2])

    def test_configs_that_cannot_be_used__are_named(self):
        result = self.judge(GOOD, config={**CONFIG, "metrics": []})
        self.assertEqual(result[0], USAGE, show(result))
        self.assertIn("metrics", result[2])
        native = serin("judge", "--config", ROOT / "fixtures/canaries/checkout.yaml", "--pairs", self.dir / "pairs.json")
        self.assertEqual(native[0], USAGE, show(native))
        self.assertIn("Kayenta", native[2])

    def test_wrong_command_lines__are_usage_errors(self):
        for args in (("--pairs", "x"), ("--config", "x"), ("--pairs", "x", "--config", "y", "--cases", "z"), ("--cases", "x", "--output", "json")):
            with self.subTest(args):
                result = serin("judge", *args)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertEqual(result[1], "")


if __name__ == "__main__":
    unittest.main()

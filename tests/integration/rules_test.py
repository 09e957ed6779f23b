# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of serin rules under promtool: they load, their own tests hold, and they fire as the workbook's rules do."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import PASS, ROOT, USAGE, serin, show

FOLDER = ROOT / "fixtures/rules"
SCENES = {"outage10": "service", "low_traffic": "service", "canary": "canary"}

BARE_TEST = """
rule_files: [bare.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'http_requests_total{job="checkout",code="200",version="stable"}', values: '0+9495x100'}
      - {series: 'http_requests_total{job="checkout",code="500",version="stable"}', values: '0+5x100'}
      - {series: 'http_requests_total{job="checkout",code="200",version="canary"}', values: '_x60 0+450x40'}
      - {series: 'http_requests_total{job="checkout",code="500",version="canary"}', values: '_x60 0+50x40'}
    alert_rule_test:
      - {eval_time: 1h, alertname: SLOCanaryBurn}
      - eval_time: 1h30m
        alertname: SLOErrorBudgetBurn
        exp_alerts: [{exp_labels: {slo: checkout-availability, severity: ticket, tier: ticket_slow, long_window: 3d, short_window: 6h}}]
      - eval_time: 1h30m
        alertname: SLOCanaryBurn
        exp_alerts: [{exp_labels: {slo: checkout-availability, version: canary, severity: page, tier: page_fast}}]
"""


def exported(name, values, **labels):
    pairs = {"job": "serin", "canary": "shop", **labels}
    return "      - {series: '%s{%s}', values: '%s'}\n" % (name, ",".join(f'{key}="{value}"' for key, value in pairs.items()), values)


def firing(name, **labels):
    return "      - {eval_time: 30m, alertname: %s, exp_alerts: [%s]}\n" % (
        name, ", ".join("{exp_labels: {%s}}" % ", ".join(f"{key}: {value}" for key, value in alert.items()) for alert in labels["alerts"]))


SHOP = {"job": "serin", "canary": "shop"}
REGRESSION, TOOL = {"failure_type": "regression"}, {"severity": "ticket", "failure_type": "tool"}
EXPORTED_TEST = """
rule_files: [bare.rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
""" + "".join([
    exported("serin_verdict", "1x40", verdict="fail"), exported("serin_analysis_final", "1x40"),
    exported("serin_verdict", "1x40", verdict="fail", canary="running"), exported("serin_analysis_final", "0x40", canary="running"),
    exported("serin_metric_failing", "1x40", metric="errors"), exported("serin_metric_info", "1x40", metric="errors", criticality="critical"),
    exported("serin_metric_failing", "1x40", metric="latency"), exported("serin_metric_info", "1x40", metric="latency", criticality="normal"),
    exported("serin_metric_failing", "0x40", metric="flaky"), exported("serin_metric_info", "1x40", metric="flaky", criticality="informs"),
    exported("serin_metric_class", "1x40", metric="flaky", **{"class": "high"}),
    exported("serin_metric_class", "1x40", metric="gone", **{"class": "nodata"}),
    exported("serin_release_budget_consumed_ratio", "0.31x40", objective="up", bound="lower"), exported("serin_release_budget_halt_ratio", "0.3x40", objective="up"),
    exported("serin_objective_budget_remaining_ratio", "-0.1x40", objective="up"), exported("serin_verdict", "1x40", verdict="inconclusive", canary="idle"),
    exported("serin_analysis_final", "1x40", canary="idle"), exported("serin_verdict", "1x40", verdict="error", canary="away"),
    exported("serin_analysis_final", "1x40", canary="away"), exported("serin_source_query_failures_total", "0+1x40", source="main", outcome="unreachable"),
    exported("serin_looks_missed_total", "0x40"), exported("serin_evidence_lost_total", "0+1x40"), exported("serin_deliveries_waiting", "3x40", target="publish.webhooks[0]"),
    exported("serin_deliveries_total", "0+1x40", target="publish.webhooks[1]", outcome="refused"),
    exported("serin_deliveries_total", "0+1x40", target="publish.webhooks[2]", outcome="delivered"),
]) + "    alert_rule_test:\n" + "".join([
    firing("SerinCanaryFailed", alerts=[{**SHOP, **REGRESSION, "severity": "page"}]),
    firing("SerinMetricFailed", alerts=[{**SHOP, **REGRESSION, "metric": "errors", "severity": "page"}, {**SHOP, **REGRESSION, "metric": "latency", "severity": "ticket"}]),
    firing("SerinReleaseBudgetHalted", alerts=[{**SHOP, "objective": "up", "severity": "page", "failure_type": "budget"}]),
    firing("SerinBudgetSpent", alerts=[{**SHOP, "objective": "up", "severity": "ticket", "failure_type": "budget"}]),
    firing("SerinCanaryUndecided", alerts=[{**SHOP, "canary": "idle", "severity": "ticket", "failure_type": "no_data"}]),
    firing("SerinMetricNoData", alerts=[{**SHOP, "metric": "gone", "severity": "ticket", "failure_type": "no_data"}]),
    firing("SerinMetricQuarantined", alerts=[{**SHOP, "metric": "flaky", "severity": "ticket", "failure_type": "quarantine"}]),
    firing("SerinAnalysisFailed", alerts=[{**SHOP, "canary": "away", **TOOL}]),
    firing("SerinSourceFailing", alerts=[{"job": "serin", "source": "main", **TOOL}]),
    firing("SerinLooksMissed", alerts=[]),
    firing("SerinEvidenceLost", alerts=[{"job": "serin", **TOOL}]),
    firing("SerinDeliveriesWaiting", alerts=[{"job": "serin", "target": "'publish.webhooks[0]'", **TOOL}]),
    firing("SerinDeliveriesLost", alerts=[{"job": "serin", "target": "'publish.webhooks[1]'", **TOOL}]),
])


def promtool(*args):
    environment = {**os.environ, "GOGC": "800"}  # days of rules make much garbage: a quarter of the time
    return subprocess.run(["promtool", *map(str, args)], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env=environment)


class RulesTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def test_alerts_over_what_is_exported(self):
        code, rules, err = serin("rules")
        self.assertEqual((code, err), (PASS, ""))
        self.assertEqual(serin("rules", "--output", self.dir / "out")[0], PASS)
        self.assertEqual((self.dir / "out/serin.rules.yml").read_text(), rules)
        self.assertNotIn("annotations", serin("rules", "--bare")[1])
        table = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/metrics.md").read_text(), re.M))
        self.assertEqual(set(re.findall(r"serin_\w+", re.sub(r"(?m)^(?!        expr).*", "", rules))) - table, set())
        (self.dir / "serin.rules.yml").write_text(rules)
        (self.dir / "bare.rules.yml").write_text(serin("rules", "--bare")[1])
        (self.dir / "test.yml").write_text(EXPORTED_TEST)
        self.check(promtool("check", "rules", self.dir / "serin.rules.yml"))
        self.check(promtool("test", "rules", self.dir / "test.yml"))

    def make(self, name, config=None):
        result = serin("rules", config or FOLDER / f"{name}.yaml", "--output", self.dir / name)
        self.assertEqual(result[0], PASS, show(result))
        return {path.name.split(".", 1)[1]: path for path in (self.dir / name).iterdir()}

    def check(self, done):
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-4000:])

    def check_all(self, tests):
        """Tests of rules by what they are called, two at a time."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for name, done in zip(tests, pool.map(lambda file: promtool("test", "rules", file), tests.values()), strict=True):
                with self.subTest(name):
                    self.check(done)

    def test_rules__of_every_kind_load_and_pass_their_own_tests(self):
        files = {name: self.make(name) for name in ("kinds", "service", "canary")}
        for name, of in files.items():
            with self.subTest(name):
                self.check(promtool("check", "rules", of["rules.yml"]))
        # promtool evaluates every rule in every test, so the kinds are tested two at a time
        del files["kinds"]
        head, *kinds = re.split(r"(?m)^(?=  - name: )", (FOLDER / "kinds.yaml").read_text())
        self.assertGreater(len(kinds), 5)
        for first in range(0, len(kinds), 2):
            config = self.dir / f"kinds{first}.yaml"
            config.write_text(head + "".join(kinds[first:first + 2]))
            files[config.stem] = self.make(config.stem, config)
        self.check_all({name: of["rules.test.yml"] for name, of in files.items()})

    def test_rules__fire_in_the_scenes_of_the_workbook(self):
        for scene, name in SCENES.items():
            shutil.copy(self.make(name)["rules.yml"], self.dir / f"{name}.rules.yml")
            shutil.copy(FOLDER / f"{scene}.test.yml", self.dir)
        self.check_all({scene: self.dir / f"{scene}.test.yml" for scene in SCENES})

    def test_own_tests__notice_rules_that_were_changed(self):
        changes = (
            ("> 0.0144", ">= 0.0144"),
            ("> 0.006", "> 0.0059"),
            (" and slo_service:error_ratio:rate2h", " or slo_service:error_ratio:rate2h"),
        )
        for old, new in changes:
            with self.subTest(new):
                files = self.make("service")
                text = files["rules.yml"].read_text()
                self.assertIn(old, text)
                files["rules.yml"].write_text(text.replace(old, new))
                self.assertNotEqual(promtool("test", "rules", files["rules.test.yml"]).returncode, 0)

    def test_rules__that_are_bare_have_labels_alone(self):
        result = serin("rules", FOLDER / "canary.yaml", "--bare")
        self.assertEqual(result[0], PASS, show(result))
        (self.dir / "bare.yml").write_text(result[1])
        (self.dir / "bare.test.yml").write_text(BARE_TEST)
        self.check(promtool("test", "rules", self.dir / "bare.test.yml"))

    def test_rules__without_a_folder_go_to_standard_output(self):
        result = serin("rules", FOLDER / "service.yaml")
        self.assertEqual(result[0], PASS, show(result))
        self.assertEqual(result[1], self.make("service")["rules.yml"].read_text())

    def test_rules__of_a_config_without_objectives_are_an_error(self):
        result = serin("rules", "fixtures/canaries/checkout.yaml")
        self.assertEqual((result[0], result[1]), (USAGE, ""), show(result))
        self.assertIn("no objectives", result[2])

    @unittest.skipUnless(shutil.which("amtool"), "amtool is not installed")
    def test_route__is_a_good_alertmanager_config(self):
        for name in ("service", "kinds"):
            with self.subTest(name):
                command = ["amtool", "check-config", self.make(name)["alertmanager.yml"]]
                self.check(subprocess.run(command, capture_output=True, text=True, timeout=60))


if __name__ == "__main__":
    unittest.main()

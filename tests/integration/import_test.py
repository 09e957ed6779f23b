# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenSLO documents as objectives: what comes out passes serin check and serin rules, and what cannot be expressed is named."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import PASS, ROOT, SERIN, USAGE, serin, show

SHOP = "fixtures/openslo/shop.yaml"
HEAD = "canary: shop\nsources: {prod: {url: 'http://127.0.0.1:9090'}}\n"
GOOD = """apiVersion: openslo/v1
kind: SLO
metadata: {name: errors}
spec:
  service: shop
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: bad_total}}}
        total: {metricSource: {type: Prometheus, spec: {query: all_total}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
"""
WINDOW = "[{duration: 30d, isRolling: true}]"
CALENDAR = "[{duration: %s, isRolling: false, calendar: {startTime: '%s', timeZone: %s}}]"
BAD = (  # what replaces what in the good document, line and key of the finding, and a part of it
    ("openslo/v1", "openslo/v1alpha", 1, "apiVersion", "openslo/v1 is"),
    ("kind: SLO", "kind: AlertPolicy", 2, "kind", "is not imported"),
    ("{name: errors}", "{}", 3, "metadata.name", "is missing"),
    ("{name: errors}", "{name: errors, labels: {a-b: x}}", 3, "metadata.labels.a-b", "no name of a label"),
    ("{name: errors}", "{name: errors, labels: {a: [x, y]}}", 3, "metadata.labels.a", "several values"),
    ("service: shop", "servise: shop", 5, "spec.servise", "did you mean service?"),
    ("service: shop", "alertPolicies: [page]", 5, "spec.alertPolicies", "are not imported"),
    ("counter: true", "counter: false", 10, "spec.indicator.spec.ratioMetric.bad.metricSource.spec.query", "is no counter"),
    ("type: Prometheus, spec: {query: bad", "type: Datadog, spec: {query: bad", 10,
     "spec.indicator.spec.ratioMetric.bad.metricSource.type", "Datadog is no source"),
    ("query: bad_total", "query: 'sum by (code) (rate(bad_total[5m]))'", 10, "spec.indicator.spec.ratioMetric.bad.metricSource.spec.query",
     "keeps series apart"),
    ("query: bad_total", "query: 'max(rate(bad_total[5m]))'", 10, "spec.indicator.spec.ratioMetric.bad.metricSource.spec.query",
     "plain selectors"),
    ("query: bad_total", "query: 'bad_total{a=\"${env}\"}'", 10, "spec.indicator.spec.ratioMetric.bad.metricSource.spec.query", "${...}"),
    ("query: bad_total", "sql: select", 10, "spec.indicator.spec.ratioMetric.bad.metricSource.spec.sql", "no key of OpenSLO"),
    (WINDOW, "[{duration: 1M, isRolling: true}]", 12, "spec.timeWindow[0].duration", "no fixed length"),
    (WINDOW, "[]", 12, "spec.timeWindow", "one time window"),
    (WINDOW, CALENDAR % ("1Y", "2024-01-01", "UTC"), 12, "spec.timeWindow[0].duration", "cannot be expressed"),
    (WINDOW, CALENDAR % ("1M", "2024-01-15 00:00:00", "UTC"), 12, "spec.timeWindow[0].calendar.startTime", "months on the first"),
    (WINDOW, CALENDAR % ("1w", "2024-01-02 00:00:00", "UTC"), 12, "spec.timeWindow[0].calendar.startTime", "weeks on Monday"),
    (WINDOW, CALENDAR % ("1M", "2024-01-01 09:30:00", "UTC"), 12, "spec.timeWindow[0].calendar.startTime", "at midnight"),
    (WINDOW, CALENDAR % ("1M", "2024-01-01", "Mars/Base"), 12, "spec.timeWindow[0].calendar.timeZone", "not known here"),
    ("Occurrences", "Averages", 13, "spec.budgetingMethod", "must be Occurrences"),
    ("Occurrences", "Timeslices", 14, "spec.objectives[0].timeSliceWindow", "is missing"),
    ("{target: 0.999}", "{target: 1}", 14, "spec.objectives[0].target", "no budget"),
    ("{target: 0.999}", "{target: 9.99e-1}", 14, "spec.objectives[0].target", "plain decimal"),
    ("{target: 0.999}", "{target: 0.9, targetPercent: 90}", 14, "spec.objectives[0]", "exactly one of target"),
    ("{target: 0.999}", "{target: 0.999999999999999}", 1, "errors", "objectives[0].target"),
    ("{target: 0.999}", "{target: 0.9, indicatorRef: x}", 14, "spec.objectives[0].indicatorRef", "write an SLO for each"),
)
THRESHOLDS = (
    ("op: lte, value: 0.3", "wait_seconds", "a limit of a gauge"),
    ("op: gte, value: 0.5", "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))", "only be kept below"),
    ("op: lte, value: 0.3", "histogram_quantile(0.9, sum by (le, pod) (rate(x_bucket[5m])))", "sum by (le)"),
    ("op: lte, value: 0.3", "histogram_quantile(0.9, sum by (le) (rate(x_bucket[$w])))", "written out"),
    ("op: near, value: 1", "up", "lte, lt, gte or gt"),
    ("op: gt", "up", "expected a number"),
)


class ImportTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def write(self, text, name="slo.yaml"):
        (self.dir / name).write_text(text)
        return self.dir / name

    def test_every_kind__passes_check_and_rules(self):
        result = serin("import", "openslo", SHOP)
        self.assertEqual((result[0], result[1]), (USAGE, ""), show(result))
        self.assertIn(f"{SHOP}:22:1: error: availability: cannot be expressed: objectives[0].labels.tier", result[2])  # a label that alerts have already
        good = (ROOT / SHOP).read_text().replace(", tier: gold", "")
        result = serin("import", "openslo", self.write(good))
        self.assertEqual((result[0], result[2]), (PASS, ""), show(result))
        self.assertEqual(result[1], (ROOT / "fixtures/openslo/shop.objectives.yaml").read_text())
        config = self.write(HEAD + result[1], "canary.yaml")
        checked = serin("check", config)
        self.assertEqual((checked[0], checked[2]), (PASS, ""), show(checked))
        self.assertIn("7 objectives", checked[1])
        rules = serin("rules", config)
        self.assertEqual(rules[0], PASS, show(rules))
        done = subprocess.run(["promtool", "check", "rules", self.write(rules[1], "rules.yml")], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_cannot_be_expressed__is_named_with_its_place(self):
        for old, new, line, key, part in BAD:
            with self.subTest(new):
                self.assertIn(old, GOOD)
                result = serin("import", "openslo", self.write(GOOD.replace(old, new, 1)))
                self.assertEqual((result[0], result[1]), (USAGE, ""), show(result))
                found = [text for text in result[2].splitlines() if f"slo.yaml:{line}:" in text and f" {key}: " in text and part in text]
                self.assertTrue(found, show(result))

    def test_thresholds__that_count_nothing_are_named(self):
        for objective, query, part in THRESHOLDS:
            with self.subTest(query):
                head, _, rest = GOOD.partition("      ratioMetric:\n")
                rest = rest[rest.index("  timeWindow:"):].replace("{target", "{" + objective + ", target")
                text = head + "      thresholdMetric: {metricSource: {spec: {query: '" + query + "'}}}\n" + rest
                result = serin("import", "openslo", self.write(text))
                self.assertEqual((result[0], result[1]), (USAGE, ""), show(result))
                self.assertIn(part, result[2])

    def test_partial__writes_the_rest(self):
        bad = GOOD.replace("errors", "other").replace("30d", "1Y")
        file = self.write(GOOD + "---\n" + bad)
        result = serin("import", "openslo", file, "--partial")
        self.assertEqual(result[0], PASS, show(result))
        self.assertIn("name: 'errors'", result[1])
        self.assertNotIn("other", result[1])
        self.assertIn("slo.yaml:27:27: error: spec.timeWindow[0].duration", result[2])
        self.assertEqual(serin("import", "openslo", self.write(bad), "--partial")[0], USAGE)

    def test_references__reach_over_files_and_standard_input(self):
        head, _, indicator = GOOD.partition("  indicator:\n    spec:\n")
        indicator, rest = indicator[:indicator.index("  timeWindow:")], indicator[indicator.index("  timeWindow:"):]
        sli = "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: e}\nspec:\n" + indicator
        slo = self.write(head + "  indicatorRef: e\n" + rest)
        result = serin("import", "openslo", slo, self.write(sli, "sli.yaml"))
        self.assertEqual(result[0], PASS, show(result))
        self.assertEqual(result[1], serin("import", "openslo", self.write(GOOD, "whole.yaml"))[1])
        self.assertIn("no SLI called e", serin("import", "openslo", slo)[2])
        done = subprocess.run([SERIN, "import", "openslo", "-", slo], input=sli, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (PASS, result[1]))
        twice = serin("import", "openslo", slo, self.dir / "sli.yaml", self.dir / "whole.yaml")
        self.assertEqual(twice[0], USAGE)
        self.assertIn("another SLO of this name", twice[2])

    def test_command_line__says_what_it_wants(self):
        for more in ((), ("openslo",), ("sloth", SHOP), ("openslo", self.dir / "absent.yaml")):
            result = serin("import", *more)
            self.assertEqual((result[0], result[1]), (USAGE, ""), show(result))
        for text in ("", "a: 1", "[]", "kind: SLO", "---\n---\n", "\x00"):
            result = serin("import", "openslo", self.write(text))
            self.assertEqual((result[0], result[1]), (USAGE, ""), show(result))
            self.assertIn("slo.yaml", result[2])


if __name__ == "__main__":
    unittest.main()

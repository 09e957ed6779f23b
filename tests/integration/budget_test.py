# SPDX-License-Identifier: GPL-3.0-or-later
"""Budgets of a real Prometheus with backfilled counters: restarts, missed scrapes, idle hours, a busy bad hour beside a quiet one.

What serin tells is held against numbers made here from the same samples, with increase() as Prometheus 2.42 computes it.
"""

import bisect
import json
import math
import pathlib
import shutil
import tempfile
import unittest
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from harness import FAIL, INCONCLUSIVE, PASS, UNREACHABLE, USAGE, Prometheus, serin, show

GATE = 5
MINUTE, HOUR, DAY = 60, 3600, 86400
BEGIN = int(datetime(2025, 1, 1, tzinfo=timezone.utc).timestamp())
AT = BEGIN + 8 * DAY + 30  # between two scrapes
RELEASE = AT - 2 * HOUR
PERIOD = 7 * DAY
BUDGET = 0.001


def rate_per_minute(t):
    """Requests of the stable version in the minute that ends at t."""
    hour = (t - BEGIN) // HOUR
    if hour % 24 in (2, 3):
        return 0  # idle
    return 600 if hour == 100 else 3 if hour == 101 else 120


def errors_per_minute(t):
    hour = (t - BEGIN) // HOUR
    if hour == 100:
        return 24  # a busy hour at 4 %, and the quiet one after it is fine
    return 1 if (t - BEGIN) // MINUTE % 17 == 0 and rate_per_minute(t) > 0 else 0


class Counter:
    def __init__(self, start, per_minute, restarts=(), missed=(), end=AT):
        self.samples = []
        value = 0
        for t in range(start, end + 1, MINUTE):
            if t in restarts:
                value = 0
            value += per_minute(t)
            if not any(low <= t < high for low, high in missed):
                self.samples.append((t, value))

    def increase(self, low, high):
        """As Prometheus 2.42 does it, from the samples in [low, high]; None for fewer than two."""
        inside = self.samples[bisect.bisect_left(self.samples, (low,)) : bisect.bisect_right(self.samples, (high, math.inf))]
        if len(inside) < 2:
            return None
        grown = inside[-1][1] - inside[0][1] + sum(a[1] for a, b in zip(inside, inside[1:]) if b[1] < a[1])
        covered = inside[-1][0] - inside[0][0]
        step = covered / (len(inside) - 1)
        to_start, to_end = inside[0][0] - low, high - inside[-1][0]
        if grown > 0 and inside[0][1] >= 0:
            to_start = min(to_start, covered * (inside[0][1] / grown))
        reach = covered
        for gap in (to_start, to_end):
            reach += gap if gap < step * 1.1 else step / 2
        return grown * (reach / covered)


RESTARTS = (BEGIN + 50 * HOUR, AT - 30 - 3 * HOUR)
MISSED = ((BEGIN + 60 * HOUR, BEGIN + 60 * HOUR + 17 * MINUTE), (AT - 30 - 20 * MINUTE, AT - 30 - 8 * MINUTE))
SERIES = {
    'requests_total{version="stable",code="200"}': Counter(BEGIN, lambda t: rate_per_minute(t) - errors_per_minute(t), RESTARTS, MISSED),
    'requests_total{version="stable",code="500"}': Counter(BEGIN, errors_per_minute, RESTARTS, MISSED),
    'requests_total{version="canary",code="200"}': Counter(RELEASE + 90, lambda t: 20),
    'requests_total{version="canary",code="500"}': Counter(RELEASE + 30 * MINUTE + 90, lambda t: 1 if t // MINUTE % 10 == 0 else 0),
    'asleep_total{code="200"}': Counter(BEGIN, lambda t: 0),
    'spotless_total{code="200"}': Counter(BEGIN, lambda t: 10),
    'wait_seconds_bucket{le="0.3"}': Counter(BEGIN, lambda t: 57 if t // MINUTE % 100 == 0 else 60),
    'wait_seconds_bucket{le="+Inf"}': Counter(BEGIN, lambda t: 60),
}
SERIES['requests_total{version="sleeping",code="200"}'] = Counter(BEGIN, lambda t: 0)
# Ten requests an hour, the last of which fails.
SERIES['rare_total{code="200"}'] = Counter(BEGIN, lambda t: 1 if t // MINUTE % 6 == 0 and t < AT - 6 * MINUTE else 0)
SERIES['rare_total{code="500"}'] = Counter(BEGIN, lambda t: 1 if AT - 3 * MINUTE <= t < AT - 2 * MINUTE else 0)
LEVELS = ("stable", "canary", "sleeping")
PROBES = [(t, 0 if t // MINUTE % 500 == 0 else 1) for t in range(BEGIN, AT + 1, MINUTE)]


def config(url):
    both = "${scope}"
    return f"""
canary: shop
sources: {{prod: {{url: '{url}'}}}}
scopes:
  baseline: {{labels: {{version: stable}}}}
  canary: {{labels: {{version: canary}}}}
  service: {{matchers: ['version=~"stable|canary"']}}
objectives:
  - name: availability
    target: 99.9%
    period: 7d
    counts: {{bad: 'requests_total{{code="500",{both}}}', total: 'requests_total{{{both}}}'}}
    release_budget: {{halt_at: 30%}}
  - {{name: good, target: 99.9%, period: 7d, counts: {{good: 'requests_total{{code="200",{both}}}', total: 'requests_total{{{both}}}'}}}}
  - {{name: rare, target: 99.9%, period: 7d, counts: {{bad: 'rare_total{{code="500"}}', total: rare_total}}}}
  - name: daily
    target: 99.9%
    period: 1d
    counts: {{bad: 'requests_total{{code="500"}}', total: requests_total}}
    tiers: [{{name: only, severity: page, long: 1h, factor: 6}}]
  - {{name: wait, target: 99%, period: 7d, latency: {{histogram: wait_seconds_bucket, below: 300ms}}}}
  - {{name: probes, target: 99%, period: 7d, up: probe_up}}
  - {{name: spotless, target: 99%, period: 7d, counts: {{bad: 'spotless_total{{code="500"}}', total: spotless_total}}}}
  - {{name: asleep, target: 99%, period: 7d, counts: {{bad: 'asleep_total{{code="500"}}', total: asleep_total}}}}
  - {{name: gone, target: 99%, period: 7d, counts: {{bad: 'gone_total{{code="500"}}', total: gone_total}}}}
  - {{name: swapped, target: 99%, period: 7d, counts: {{bad: requests_total, total: 'requests_total{{code="500"}}'}}}}
  - name: month
    target: 99.9%
    calendar: month
    time_zone: Europe/Berlin
    counts: {{bad: 'requests_total{{code="500"}}', total: requests_total}}
  - name: slices
    target: 99%
    period: 7d
    slices: {{length: 5m, target: 99%}}
    counts: {{bad: 'requests_total{{code="500"}}', total: requests_total}}
"""


def write_metrics(path):
    with open(path, "w", encoding="ascii") as out:
        for name, counter in SERIES.items():
            out.writelines(f"{name} {value} {t}\n" for t, value in counter.samples)
        out.writelines(f"probe_up {value} {t}\n" for t, value in PROBES)
        for version in LEVELS:
            name = f'level{{version="{version}"}}'
            out.writelines(f"{name} {100 + t // MINUTE * 7 % 11} {t}\n" for t in range(RELEASE - HOUR, AT + 1, MINUTE))
        out.write("# EOF\n")


def total_of(low, high, **labels):
    """sum(increase()) of the series of requests_total with these labels."""
    parts = []
    for name, counter in SERIES.items():
        if name.startswith("requests_total") and all(f'{key}="{value}"' in name for key, value in labels.items()):
            parts.append(counter.increase(low, high))
    found = [part for part in parts if part is not None]
    return sum(found) if found else None


def tail(k, n, p, upper):
    """P(X >= k) or, with upper, P(X <= k) of a binomial."""

    def log_mass(i):
        return math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p)

    lower = math.fsum(math.exp(log_mass(i)) for i in range(k + 1 if upper else k))
    return lower if upper else 1 - lower


class BudgetTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        write_metrics(cls.dir / "data.om")
        cls.server = cls.enterClassContext(Prometheus(cls.dir / "data.om"))
        cls.config = cls.dir / "shop.yaml"
        cls.config.write_text(config(cls.server.url))
        cls.result = cls.tell("--release-start", RELEASE, "--record", cls.dir / "run")
        cls.document = json.loads(cls.result[1])
        cls.objectives = {o["name"]: o for o in cls.document["objectives"]}

    @classmethod
    def tell(cls, *more):
        return serin("budget", cls.config, "--at", AT, "--output", "json", *more)

    def counts(self, name):
        return {(c["of"], c["kind"], c["length_s"]): c for c in self.objectives[name]["counts"]}

    def near(self, found, wanted, what=""):
        self.assertIsNotNone(found, what)
        self.assertTrue(math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9), f"{what}: {found} instead of {wanted}")

    def test_counts__equal_increases_by_hand_in_every_window(self):
        labels = {"service": {}, "baseline": {"version": "stable"}, "canary": {"version": "canary"}}
        seen = 0
        for (of, kind, length), count in self.counts("availability").items():
            low = RELEASE if kind == "release" else AT - length
            total = total_of(low, AT, **labels[of])
            errors = total_of(low, AT, code="500", **labels[of])
            with self.subTest(of=of, kind=kind, length=length):
                self.assertEqual(count["state"], "ok")
                self.near(count["total"], total)
                self.near(count["errors"], errors)
                self.near(count["error_ratio"], errors / total)
                self.near(count["burn_rate"], errors / total / BUDGET)
                seen += 1
        self.assertEqual(seen, 3 * 9)

    def test_bounds__are_those_of_clopper_and_pearson(self):
        checked = 0
        for key, count in self.counts("availability").items():
            k, n = round(count["errors"]), round(count["total"])
            if n > 20000 or k == 0:
                continue
            with self.subTest(key):
                self.assertAlmostEqual(tail(k, n, count["burn_rate_lower"] * BUDGET, False), 0.05, delta=1e-8)
                self.assertAlmostEqual(tail(k, n, count["burn_rate_upper"] * BUDGET, True), 0.05, delta=1e-8)
                checked += 1
        self.assertGreater(checked, 8)

    def test_budget__divides_last_over_the_period(self):
        budget = self.objectives["availability"]["budget"]
        errors, total = total_of(AT - PERIOD, AT, code="500"), total_of(AT - PERIOD, AT)
        recent = total_of(AT - 6 * HOUR, AT, code="500") / total_of(AT - 6 * HOUR, AT) / BUDGET
        remaining = 1 - errors / (BUDGET * total)
        self.assertLess(remaining, 0)  # the busy bad hour alone is more than the budget
        self.near(budget["consumed"], errors / (BUDGET * total))
        self.near(budget["remaining"], remaining)
        self.near(budget["remaining_events"], remaining * BUDGET * total)
        self.near(budget["remaining_outage_s"], remaining * BUDGET * PERIOD)
        self.near(budget["recent_burn_rate"], recent)
        self.assertEqual(budget["exhaustion_s"], 0)

    def lasts(self, objective, rate):
        """Second by second in steps of a minute: errors of a week ago leave by the day, new ones come with the traffic of a week ago."""
        history, consumed = objective["history"], objective["budget"]["consumed"]
        errors, totals = sum(history["errors"]), sum(history["totals"])
        for minute in range(PERIOD // MINUTE + 1):
            day, part = divmod(minute, DAY // MINUTE)
            gone = [sum(h[:day]) + (h[day] * part / (DAY // MINUTE) if part else 0) for h in (history["errors"], history["totals"])]
            if consumed * (1 - gone[0] / errors) + rate * gone[1] / totals >= 1:
                return minute * MINUTE
        return math.inf

    def test_forecast__lets_errors_of_a_period_ago_leave(self):
        ends = 0
        for name in ("wait", "probes"):
            with self.subTest(name):
                objective = self.objectives[name]
                budget, recent = objective["budget"], self.counts(name)["service", "window", 6 * HOUR]
                for key, rate in (("", "burn_rate"), ("_soonest", "burn_rate_upper"), ("_latest", "burn_rate_lower")):
                    found, wanted = float(budget[f"exhaustion{key}_s"]), self.lasts(objective, recent[rate])
                    self.assertTrue(found == wanted or wanted - MINUTE <= found <= wanted, f"{key}: {found} instead of {wanted}")
                    ends += wanted < math.inf
                self.assertGreater(float(budget["exhaustion_s"]), 0)
                sustainable = budget["sustainable_burn_rate"]
                self.assertEqual(self.lasts(objective, 0.999 * sustainable), math.inf)
                self.assertLess(self.lasts(objective, 1.001 * sustainable), math.inf)
        self.assertGreater(ends, 0)

    def test_history__holds_the_counts_of_every_day(self):
        history = self.objectives["availability"]["history"]
        self.assertEqual((history["part_s"], len(history["errors"])), (DAY, 7))
        for i, (errors, total) in enumerate(zip(history["errors"], history["totals"], strict=True)):
            end = AT - (6 - i) * DAY
            self.near(errors, total_of(end - DAY, end, code="500"), i)
            self.near(total, total_of(end - DAY, end), i)

    def test_single_error__at_ten_requests_an_hour_pages_nobody(self):
        rare = self.objectives["rare"]
        tiers = {tier["name"]: tier for tier in rare["tiers"]}
        for name in ("page_fast", "page_slow"):
            self.assertTrue(tiers[name]["fires"], name)
            self.assertFalse(tiers[name]["certain"], name)
            self.assertGreaterEqual(tiers[name]["least_errors"], 2)
        self.assertEqual(tiers["page_fast"]["least_requests"], 298)  # a factor of 3.36 over a week
        self.assertEqual((rare["gate"], rare["reasons"]), ("open", []))

    def test_suggest__tells_the_target_that_past_periods_would_have_met(self):
        config = self.only("suggested", ("daily", "gone", "month"))
        result = serin("budget", config, "--at", AT, "--suggest", "--record", self.dir / "suggested", "--output", "json")
        document = {o["name"]: o for o in json.loads(result[1])["objectives"]}
        daily = document["daily"]["suggestion"]
        ratios = []
        for i, past in enumerate(daily["past"]):
            end = AT - i * DAY
            total = total_of(end - DAY, end)
            if total is None:
                self.assertEqual((past["state"], past["met"]), ("absent", None))
                continue
            errors = total_of(end - DAY, end, code="500")
            self.near(past["attainment"], 1 - errors / total)
            self.near(past["consumed"], errors / total / BUDGET)
            self.assertEqual(past["met"], errors / total <= BUDGET)
            ratios.append(errors / total)
        self.assertEqual((daily["periods"], len(daily["past"])), (8, 12))
        ratio = sorted(ratios)[7]  # of eight days nine in ten are all of them
        self.near(daily["attainment"], 1 - ratio)
        self.assertLess(daily["attainment_lower"], daily["attainment"])
        self.near(daily["confidence"], 1 - 0.9**8)
        digits = 10 ** (1 - math.floor(math.log10(ratio)))
        self.near(daily["allowed"], math.ceil(ratio * digits) / digits)
        self.near(daily["target"], 100 - 100 * daily["allowed"])
        self.assertEqual((daily["suggested_met"], daily["met"]), (8, sum(r <= BUDGET for r in ratios)))
        self.near(daily["allowed_outage_s"], daily["allowed"] * DAY)
        self.assertEqual(document["gone"]["suggestion"]["target"], None)
        self.assertEqual(document["month"]["suggestion"]["periods"], 0)  # no month is over
        self.assertEqual(serin("replay", self.dir / "suggested", "--output", "json")[1], result[1])
        text = serin("replay", self.dir / "suggested")[1]
        self.assertIn("would have been met in 8 of 8", " ".join(text.split()))
        self.assertIn("no target can be suggested", " ".join(text.split()))

    def test_kinds__count_the_same_events_by_hand(self):
        for key, count in self.counts("good").items():
            self.near(count["total"], self.counts("availability")[key]["total"], key)
            self.assertAlmostEqual(count["errors"], self.counts("availability")[key]["errors"], delta=1e-6 * count["total"], msg=str(key))
        for length in (HOUR, PERIOD):
            buckets = [SERIES[f'wait_seconds_bucket{{le="{le}"}}'].increase(AT - length, AT) for le in ("0.3", "+Inf")]
            count = self.counts("wait")["service", "window" if length == HOUR else "period", length]
            self.near(count["total"], buckets[1])
            self.assertAlmostEqual(count["errors"], buckets[1] - buckets[0], delta=1e-9 * buckets[1])
            probes = [value for t, value in PROBES if AT - length <= t <= AT]
            count = self.counts("probes")["service", "window" if length == HOUR else "period", length]
            self.assertEqual((count["total"], count["errors"]), (len(probes), probes.count(0)))

    def test_slices__are_counted_whole(self):
        bad = seen = 0
        for end in range(-(-(AT - PERIOD) // 300) * 300, AT + 1, 300):
            total = total_of(end - 300, end)
            if not total:
                continue
            seen += 1
            bad += (total_of(end - 300, end, code="500") or 0) / total > 0.01
        count = self.counts("slices")["service", "period", PERIOD]
        self.assertGreater(bad, 10)
        self.assertEqual((count["errors"], count["total"]), (bad, seen))

    def test_states__are_told_apart(self):
        wanted = {"availability": "ok", "spotless": "no_error_series", "asleep": "no_traffic", "gone": "absent", "swapped": "invalid"}
        for name, state in wanted.items():
            with self.subTest(name):
                count = self.counts(name)["service", "period", PERIOD]
                self.assertEqual(count["state"], state)
                self.assertEqual(count["burn_rate"] is None, state not in ("ok", "no_error_series"))
                self.assertEqual(self.objectives[name]["gate"], {"ok": "closed", "no_error_series": "open"}.get(state, "hold"))

    def test_month__begins_where_the_zone_says(self):
        month, budget = self.objectives["month"], self.objectives["month"]["budget"]
        start = int(datetime(2025, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
        end = int(datetime(2025, 2, 1, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
        self.assertEqual(month["period"]["start"], "2024-12-31T23:00:00Z")
        self.assertEqual(month["period"]["length_s"], end - start)
        errors, total = total_of(start, AT, code="500"), total_of(start, AT)
        elapsed = (AT - start) / (end - start)
        projected = total / elapsed
        remaining = 1 - errors / (BUDGET * projected)
        self.near(budget["elapsed"], elapsed)
        self.near(budget["period_total"], projected)
        self.near(budget["remaining"], remaining)
        self.near(budget["remaining_so_far"], 1 - errors / (BUDGET * total))
        self.near(budget["sustainable_burn_rate"], remaining / (1 - total / projected))

    def test_release__says_what_the_canary_has_cost(self):
        release = self.objectives["availability"]["release"]
        canary = self.counts("availability")["canary", "release", 2 * HOUR]
        errors, total = total_of(RELEASE, AT, code="500", version="canary"), total_of(RELEASE, AT, version="canary")
        stable_errors, stable = total_of(RELEASE, AT, code="500", version="stable"), total_of(RELEASE, AT, version="stable")
        service, period = total_of(RELEASE, AT), total_of(AT - PERIOD, AT)
        self.near(release["share"], errors / (BUDGET * service))
        self.near(release["share_lower"], canary["burn_rate_lower"] * total / service)
        self.near(release["share_upper"], canary["burn_rate_upper"] * total / service)
        self.near(release["period_share"], errors / (BUDGET * period))
        self.near(release["excess_errors"], errors - total * stable_errors / stable)
        self.near(release["share_of_traffic"], total / (total + stable))
        self.near(release["full_burn_rate"], errors / total / BUDGET)
        self.assertLess(release["excess_errors_lower"], release["excess_errors"])
        self.assertGreater(release["excess_errors_upper"], release["excess_errors"])
        self.assertEqual(release["least_requests"], 2995)

    def only(self, file, names):
        """A config with only the objectives of these names."""
        head, *blocks = self.config.read_text().split("\n  - ")
        path = self.dir / f"{file}.yaml"
        path.write_text(head + "".join("\n  - " + block for block in blocks if any(f"name: {name}" in block for name in names)))
        return path

    def test_exit_code__is_the_worst_gate(self):
        self.assertEqual(self.result[0], GATE, show(self.result))
        self.assertEqual(self.document["gate"], "closed")
        only = {"spotless": PASS, "gone": INCONCLUSIVE, "asleep": INCONCLUSIVE, "availability": GATE}
        for name, code in only.items():
            with self.subTest(name):
                result = serin("budget", self.only(name, (name,)), "--at", AT)
                self.assertEqual(result[0], code, show(result))
                self.assertIn(name, result[1])

    def test_replay__gives_the_same_bytes(self):
        again = serin("replay", self.dir / "run", "--output", "json")
        self.assertEqual((again[0], again[1]), (GATE, self.result[1]))
        text = serin("budget", self.config, "--at", AT, "--release-start", RELEASE)
        self.assertEqual(serin("replay", self.dir / "run")[1], text[1])
        self.assertTrue(serin("replay", self.dir / "run", "--ascii")[1].isascii())

    def analyze(self, name, canary, *more):
        """An analysis whose one metric passes, with one objective."""
        head, *blocks = self.config.read_text().split("\n  - ")
        metrics = "window: {length: 2h, step: 1m}\nmetrics:\n  - {name: memory, query: 'level{${scope}}'}\n"
        head = head.replace("objectives:", metrics + "objectives:")
        one = self.dir / f"analyze-{name}.yaml"
        head = head.replace("version: canary", f"version: {canary}")
        one.write_text(head + "".join("\n  - " + block for block in blocks if f"name: {name}" in block))
        return serin("analyze", one, "--end", AT // MINUTE * MINUTE, *more)

    def test_analyze__fails_a_canary_that_burns_whatever_the_metrics_say(self):
        result = self.analyze("availability", "canary", "--output", "json", "--record", self.dir / "analyzed")
        self.assertEqual(result[0], FAIL, show(result))
        document = json.loads(result[1])
        self.assertEqual([m["classification"] for m in document["metrics"]], ["pass"])
        self.assertIn("objective availability: the canary burns", document["reasons"][0])
        release = document["objectives"][0]["release"]
        self.assertEqual((release["gate"], release["start"]), ("closed", "2025-01-08T22:00:00Z"))
        self.assertEqual(sum(q["metric"] == "availability" for q in document["queries"]), 3 * 9 * 2 + 2)
        self.assertEqual(serin("replay", self.dir / "analyzed", "--output", "json")[1], result[1])
        self.assertIn("BUDGET", serin("replay", self.dir / "analyzed")[1])

    def test_analyze__passes_where_sides_cannot_be_told_apart(self):
        result = self.analyze("spotless", "canary")
        self.assertEqual(result[0], PASS, show(result))
        self.assertIn("spotless", result[1])

    def test_analyze__holds_a_canary_without_traffic(self):
        result = self.analyze("availability", "sleeping", "--output", "json")
        self.assertEqual(result[0], INCONCLUSIVE, show(result))
        self.assertIn("no traffic", " ".join(json.loads(result[1])["missing"]))

    def test_source_that_is_gone__is_no_closed_gate(self):
        away = self.dir / "away.yaml"
        away.write_text(config("http://127.0.0.1:1"))
        result = serin("budget", away, "--at", AT, "--deadline", "5s")
        self.assertEqual(result[0], UNREACHABLE, show(result))
        self.assertIn("ERROR", result[1])

    def test_wrong_times__are_usage_errors(self):
        for more in (("--release-start", AT + 1), ("--release-start", "soon"), ("--at", "-1")):
            with self.subTest(more):
                self.assertEqual(self.tell(*more)[0], USAGE)


if __name__ == "__main__":
    unittest.main()

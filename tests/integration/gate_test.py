# SPDX-License-Identifier: GPL-3.0-or-later
"""Gates over a real Prometheus with backfilled data: canaries that cost a known share of the release budget, and one series for every
kind of external check."""

import json
import pathlib
import resource
import shutil
import signal
import tempfile
import unittest
from datetime import datetime, timezone

from harness import FAIL, INCONCLUSIVE, MARGINAL, PASS, UNREACHABLE, USAGE, Prometheus, serin, show

GATE = 5
MINUTE, HOUR, DAY = 60, 3600, 86400
BEGIN = int(datetime(2025, 1, 1, tzinfo=timezone.utc).timestamp())
AT = BEGIN + DAY
RELEASE = AT - 2 * HOUR
BUDGET = 0.01
RATE = 120  # requests a minute of each side
SHARES = {"c29": 0.29, "c31": 0.31, "c60": 0.60}  # of the release budget, that the canary of the name uses
APPROVE = ("--by", "ann", "--reason", "looked at the dashboards")


def instant(t):
    return datetime.fromtimestamp(t, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_metrics(path):
    with open(path, "w", encoding="ascii") as out:
        def write(name, start, value, end=AT):
            out.writelines(f"{name} {value(t)} {t}\n" for t in range(start, end + 1, MINUTE))

        write('requests_total{version="stable",code="200"}', BEGIN, lambda t: RATE * (t - BEGIN) // MINUTE)
        for name, share in SHARES.items():
            errors = share * BUDGET * 2 * RATE
            write(f'requests_total{{version="{name}",code="200"}}', RELEASE, lambda t: (RATE - errors) * (t - RELEASE) / MINUTE)
            write(f'requests_total{{version="{name}",code="500"}}', RELEASE, lambda t: errors * (t - RELEASE) / MINUTE)
        for version in ("stable", "c29"):
            write(f'level{{version="{version}"}}', RELEASE - HOUR, lambda t: 100 + t // MINUTE * 7 % 11)
        write('deploy_success_ratio{site="a"}', RELEASE, lambda t: 0.999)
        write('deploy_success_ratio{site="b"}', RELEASE, lambda t: 0.985)
        write("tests_total", RELEASE, lambda t: 1000)
        write("tests_failed_total", RELEASE, lambda t: 20)
        write("findings", RELEASE, lambda t: 1)
        write("refreshed_seconds", RELEASE, lambda t: AT - 7 * HOUR)
        write("cost_per_day", RELEASE, lambda t: 812.5)
        write("drills_total", RELEASE, lambda t: 10)
        write("drills_good_total", RELEASE, lambda t: 8)
        write("pushed", RELEASE, lambda t: 1, AT - 30 * MINUTE)
        out.write("# EOF\n")


def config(url, canary="c29", gate="{}", metrics=""):
    both = "${scope}"
    return f"""
canary: shop
owner: team-pay
sources: {{prod: {{url: '{url}'}}}}
scopes:
  baseline: {{labels: {{version: stable}}}}
  canary: {{labels: {{version: {canary}}}}}
  service: {{matchers: ['version=~"stable|{canary}"']}}
objectives:
  - name: availability
    target: 99%
    period: 7d
    counts: {{bad: 'requests_total{{code="500",{both}}}', total: 'requests_total{{{both}}}'}}
gate: {gate}
{metrics}"""


METRICS = "window: {length: 1h, step: 1m}\nmetrics:\n  - {name: memory, query: 'level{${scope}}'}\n"


class GateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        cls.addClassCleanup(shutil.rmtree, cls.top)
        write_metrics(cls.top / "data.om")
        cls.server = cls.enterClassContext(Prometheus(cls.top / "data.om"))

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(dir=self.top))
        self.state = self.dir / "state"
        self.state.mkdir()

    def write(self, **how):
        path = self.dir / "shop.yaml"
        path.write_text(config(self.server.url, **how))
        return path

    def ask(self, path, *more, at=AT):
        return serin("gate", path, "--at", at, "--state", self.state, *more)

    def check(self, code, path, *more, at=AT, says=()):
        """Asks for text and for JSON; returns the document."""
        result = self.ask(path, "--output", "text", "--output", f"json={self.dir}/gate.json", *more, at=at)
        self.assertEqual(result[0], code, show(result))
        for part in says:
            self.assertIn(part, " ".join(result[1].split()), show(result))
        if "--advisory" not in more:
            self.assertEqual(serin("report", self.dir / "gate.json"), (code, result[1], ""))
        document = json.loads((self.dir / "gate.json").read_text())
        for item in document["items"]:
            self.assertEqual(item["state"] == "open", item["opens"] is None, item)
        return document

    def freeze(self, *args, code=PASS):
        result = serin("freeze", *args, "--state", self.state)
        self.assertEqual(result[0], code, show(result))
        return result[1]

    def test_release_budget__closes_above_the_limit_and_not_below(self):
        for canary, code, says in (("c29", PASS, "used 29% of the release budget"), ("c31", GATE, "used 31% of the release budget"),
                                   ("c60", GATE, "at least 5")):
            with self.subTest(canary):
                document = self.check(code, self.write(canary=canary, gate="{release_budget: {}}"), "--release-start", RELEASE, says=[says])
                item = next(i for i in document["items"] if i["kind"] == "release_budget")
                self.assertEqual((item["name"], item["state"]), ("availability", "open" if code == PASS else "closed"))
                self.assertEqual(len(document["reasons"]), code == GATE)
        self.check(PASS, self.write(canary="c31", gate="{release_budget: {halt_at: 40%}}"), "--release-start", RELEASE)
        later = self.write(canary="c31", gate="{release_budget: {halt_at: 20%}}")
        self.check(GATE, later, "--release-start", RELEASE)
        self.check(INCONCLUSIVE, later, says=["--release-start TIME"])

    def test_production_budget__closes_below_the_floor(self):
        requests = RATE * (DAY + 2 * HOUR) / MINUTE  # the canary's are there for two hours
        left = 100 * (1 - SHARES["c60"] * BUDGET * 2 * RATE * 120 / (BUDGET * requests))
        self.check(PASS, self.write(canary="c60", gate=f"{{production_budget: {{floor: {left - 1}}}}}"))
        document = self.check(GATE, self.write(canary="c60", gate=f"{{production_budget: {{floor: {left + 1}}}}}"), says=["floor"])
        self.assertIn("production_budget availability", document["reasons"][0])

    def test_checks__each_alone_closes(self):
        checks = {
            "deploys": ("query: deploy_success_ratio, min: 0.99", "query: deploy_success_ratio, min: 0.98", '0.985 of {__name__'),
            "tests": ("query: tests_failed_total / tests_total, max: 0.0099", "query: tests_failed_total / tests_total, max: 0.02", "0.02"),
            "findings": ("query: findings, max: 0", "query: findings, max: 1", "1 of"),
            "data": ("query: refreshed_seconds, max_age: 6h", "query: refreshed_seconds, max_age: 8h", "7h old"),
            "cost": ("query: cost_per_day, max: 800", "query: cost_per_day, max: 900", "812.5"),
            "drills": ("query: drills_good_total / drills_total, min: 0.9", "query: drills_good_total / drills_total, min: 0.8", "0.8"),
        }
        for name, (bad, good, says) in checks.items():
            with self.subTest(name):
                document = self.check(GATE, self.write(gate=f"{{checks: [{{name: {name}, {bad}}}]}}"), says=[says, "CLOSED"])
                self.assertEqual([i["name"] for i in document["items"] if i["state"] != "open"], [name])
                values = {i["name"]: i["value"] for i in document["items"] if i["value"] is not None}
                self.assertEqual(list(values), [name])
                if name in ("deploys", "cost"):
                    self.assertEqual(values[name], float(says.split()[0]))
                self.check(PASS, self.write(gate=f"{{checks: [{{name: {name}, {good}}}]}}"), says=["OPEN"])
                self.check(PASS, self.write(gate=f"{{checks: [{{name: {name}, {bad}, required: false}}]}}"), says=["only informs"])

    def test_checks__without_a_number_cannot_tell(self):
        for query in ("absent_series, max: 1", "'findings / (findings - 1)', max: 1", "pushed, min: 1, fresh: 10m",
                      "'(findings - 1) / (findings - 1)', min: 0", "'refreshed_seconds * 1000', max_age: 8h"):
            with self.subTest(query):
                self.check(INCONCLUSIVE, self.write(gate=f"{{checks: [{{name: x, query: {query}}}]}}"), says=["CANNOT TELL"])
        self.check(PASS, self.write(gate="{checks: [{name: x, query: pushed, min: 1, fresh: 40m}]}"))

    def test_advisory__tells_and_exits_with_0(self):
        path = self.write(gate="{checks: [{name: findings, query: findings, max: 0}]}")
        document = self.check(PASS, path, "--advisory", says=["CLOSED", "advisory"])
        self.assertEqual((document["gate"], document["advisory"], document["exit_code"]), ("closed", True, GATE))

    def test_freeze__closes_until_it_ends(self):
        path = self.write()
        self.freeze("set", "shop", "--until", instant(AT + HOUR), "--at", AT, "--reason", 'incident 7: "down"', "--by", "ann")
        document = self.check(GATE, path, says=['by ann: incident 7: "down"', "serin freeze lift"])
        self.assertEqual([i["kind"] for i in document["items"] if i["state"] != "open"], ["freeze"])
        recorded = ("--source", f"recorded:{self.dir}/run")
        self.ask(path, "--record", self.dir / "run", at=AT + HOUR)
        self.check(PASS, path, *recorded, at=AT + HOUR)
        self.freeze("set", "--scope", "owner=team-pay", "--until", "4h", "--at", AT, "--reason", "sale", "--by", "bob")
        self.freeze("set", "cart", "--until", "4h", "--at", AT, "--reason", "other", "--by", "bob")
        self.check(GATE, path, *recorded, at=AT + HOUR, says=["owner=team-pay is frozen"])
        self.freeze("lift", "--scope", "owner=team-pay", "--reason", "over", "--at", AT)
        self.check(PASS, path, *recorded, at=AT + HOUR)
        audit = [json.loads(line) for line in (self.state / "audit.jsonl").read_text().splitlines()]
        self.assertEqual([line["change"] for line in audit], ["freeze.set"] * 3 + ["freeze.lift"])

    def test_freeze__list_tells_those_that_hold(self):
        self.freeze("set", "shop", "--until", "1h", "--at", AT, "--reason", "first", "--by", "ann")
        self.freeze("set", "--scope", "all", "--until", "3h", "--at", AT, "--reason", "second", "--by", "ann")
        self.assertEqual(len(json.loads(self.freeze("list", "--at", AT, "--output", "json"))["freezes"]), 2)
        self.assertNotIn("first", self.freeze("list", "--at", AT + 2 * HOUR))
        self.assertIn("over", self.freeze("list", "--all", "--at", AT + 2 * HOUR))
        self.assertIn("no freezes", self.freeze("list", "--at", AT + 3 * HOUR))
        for args in (("set", "shop", "--until", "1h"), ("set", "shop", "--reason", "x"), ("set", "--until", "1h", "--reason", "x"),
                     ("set", "shop", "--scope", "all", "--until", "1h", "--reason", "x"), ("lift", "nobody", "--reason", "x"), ("thaw",),
                     ("set", "shop", "--until", "yesterday", "--reason", "x"), ("set", "shop", "--until", "1h", "--reason", "a\nb")):
            with self.subTest(args):
                self.freeze(*args, code=USAGE)

    def test_state__that_cannot_be_read_is_no_open_gate(self):
        path = self.write()
        self.freeze("set", "cart", "--until", "1h", "--reason", "x")
        next((self.state / "freezes").iterdir()).write_text("{")
        self.check(INCONCLUSIVE, path, says=["freeze:"])
        shutil.rmtree(self.state)
        self.check(INCONCLUSIVE, path, says=["no such state directory"])

    def test_state__of_a_change_that_was_cut_short_holds_all_the_others(self):
        self.freeze("set", "cart", "--until", "1h", "--at", AT, "--reason", "x" * 100)
        killed = 0
        for most in range(0, 900, 60):  # bytes a file may have before the system ends the program
            result = serin("freeze", "set", "shop", "--until", "1h", "--at", AT, "--reason", "y" * 50, "--state", self.state,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
            killed += result[0] == -signal.SIGXFSZ
            self.assertIn(result[0], (PASS, USAGE, -signal.SIGXFSZ), show(result))
            document = json.loads(self.freeze("list", "--at", AT, "--output", "json"))
            self.assertEqual(len([f for f in document["freezes"] if f["scope"] == "canary=cart"]), 1)
            if result[0] == PASS:
                break
        self.assertGreater(killed, 2)
        self.freeze("set", "tea", "--until", "1h", "--at", AT, "--reason", "later")
        last = (self.state / "audit.jsonl").read_text().splitlines()[-1]
        self.assertEqual(json.loads(last)["reason"], "later")
        plain = self.dir / "plain"
        plain.write_text("")
        self.assertEqual(serin("freeze", "list", "--state", plain)[0], USAGE)
        self.assertEqual(serin("freeze", "set", "shop", "--until", "1h", "--reason", "x", "--state", plain)[0], USAGE)

    def test_approvals__count_people_and_are_void_for_another_artefact(self):
        path = self.write(gate="{approvals: 2, artefact: 'shop@${digest}'}")
        one, two = ("--digest", "sha256:1"), ("--digest", "sha256:2")
        self.check(MARGINAL, path, *one, says=["APPROVAL NEEDED", "0 of 2", "serin gate approve"])
        for by, given in (("ann", 1), ("ann", 1), ("bob", 2)):
            result = serin("gate", "approve", path, "--at", AT, "--state", self.state, *one, "--by", by, "--reason", "fine")
            self.assertEqual(result[0], PASS, show(result))
            document = self.check(PASS if given == 2 else MARGINAL, path, *one)
            self.assertEqual(document["approvals"], {"needed": 2, "given": given})
        self.check(MARGINAL, path, *two, says=["0 of 2", "3 of another config or artefact"])
        self.check(MARGINAL, path, *one, "--source", "recorded:" + str(self.record(path, one)), at=AT + 25 * HOUR, says=["0 of 2"])
        path.write_text(path.read_text() + "# changed\n")
        self.check(MARGINAL, path, *one, says=["0 of 2"])
        self.assertEqual(self.ask(path)[0], USAGE)  # which artefact?
        self.assertEqual(serin("gate", "approve", path, "--state", self.state, *one, "--by", "ann")[0], USAGE)

    def record(self, path, more):
        self.ask(path, *more, "--record", self.dir / "late", at=AT + 25 * HOUR)
        return self.dir / "late"

    def analyze(self, path, *more):
        out = self.dir / "result.json"
        result = serin("analyze", path, "--end", AT, "--output", f"json={out}", *more)
        self.assertIn(result[0], (PASS, FAIL, MARGINAL, INCONCLUSIVE), show(result))
        return json.loads(out.read_text())

    def test_verdict__counts_for_its_config_time_and_artefact(self):
        path = self.write(gate="{artefact: '${digest}'}", metrics=METRICS)
        digest = ("--var", "digest=sha256:1")
        good = self.analyze(path, *digest)
        self.assertEqual(good["verdict"], "pass", good["reasons"])
        given = self.dir / "given.json"

        def ask(code, *more, at=AT, says=(), **changed):
            given.write_text(json.dumps(good | changed))
            return self.check(code, path, "--result", given, *(more or digest), at=at, says=says)

        self.check(INCONCLUSIVE, path, *digest, says=["no verdict was given"])
        ask(PASS, says=["sha256:1 was judged"])
        ask(GATE, "--digest", "sha256:2", says=["sha256:2 is to be promoted, but sha256:1 was judged"])
        ask(INCONCLUSIVE, says=["does not say what was judged"], variables={})
        ask(GATE, verdict="fail", exit_code=1, reasons=["memory is high"], says=["memory is high"])
        ask(INCONCLUSIVE, verdict="inconclusive", exit_code=4)
        ask(INCONCLUSIVE, verdict="error", exit_code=6)
        ask(INCONCLUSIVE, verdict="fail", exit_code=0)  # says two things
        ask(INCONCLUSIVE, canary="cart", says=["another canary"])
        ask(INCONCLUSIVE, config={"sha256": "0" * 64}, says=["another config"])
        ask(INCONCLUSIVE, window=good["window"] | {"end": instant(AT - HOUR - 1)}, says=["verdict_max_age is 1h"])
        ask(INCONCLUSIVE, window=good["window"] | {"end": instant(AT + HOUR)}, says=["lies ahead"])
        before = good["window"] | {"end": instant(AT - MINUTE)}
        ask(INCONCLUSIVE, *digest, "--release-start", AT - MINUTE, window=before, says=["before the release"])
        ask(INCONCLUSIVE, schema="serin.budget/1")
        ask(MARGINAL, verdict="marginal", exit_code=3, says=["marginal verdict"])
        self.assertEqual(serin("gate", "approve", path, "--at", AT, "--state", self.state, *digest, *APPROVE)[0], PASS)
        ask(PASS, verdict="marginal", exit_code=3, says=["1 of 1"])
        ask(GATE, verdict="fail", exit_code=1)  # no approval helps
        for text in ("", "{", "[]", '{"schema": 1}', '"x"'):
            given.write_text(text)
            result = self.ask(path, "--result", given, *digest)
            self.assertIn(result[0], (USAGE, INCONCLUSIVE), show(result))

    def test_source_that_is_gone__is_an_error_unless_something_is_a_clear_no(self):
        path = self.dir / "away.yaml"
        path.write_text(config("http://127.0.0.1:1", gate="{checks: [{name: x, query: up, min: 1}]}"))
        self.check(UNREACHABLE, path, "--deadline", "3s", says=["ERROR", "source prod"])
        self.freeze("set", "shop", "--until", "1h", "--at", AT, "--reason", "x", "--by", "ann")
        document = self.check(GATE, path, "--deadline", "3s", says=["CLOSED"])
        self.assertEqual([(i["kind"], i["state"]) for i in document["items"]],
                         [("objectives", "error"), ("check", "error"), ("freeze", "closed")])
        for more in (("--release-start", AT + 1), ("--result", self.dir / "absent"), ("--digest", "x")):
            self.assertEqual(self.ask(path, *more)[0], USAGE)

    def test_record__answers_again_the_same(self):
        checks = "[{name: f, query: findings, max: 0}, {name: p, query: pushed, min: 1, fresh: 40m}]"
        path = self.write(gate=f"{{release_budget: {{}}, checks: {checks}}}")
        live = self.ask(path, "--release-start", RELEASE, "--output", "json", "--record", self.dir / "run")
        again = self.ask(path, "--release-start", RELEASE, "--output", "json", "--source", f"recorded:{self.dir}/run")
        self.assertEqual((again[0], again[1]), (GATE, live[1]), show(again))

    def test_prom__tells_state_wait_and_checks(self):
        path = self.write(gate="{artefact: '${digest}', checks: [{name: cost, query: cost_per_day, max: 900}]}", metrics=METRICS)
        digest = ("--var", "digest=sha256:1")
        given = self.dir / "given.json"
        given.write_text(json.dumps(self.analyze(path, *digest)))
        result = self.ask(path, *digest, "--result", given, "--output", "prom", at=AT + 90)
        self.assertEqual(result[0], PASS, show(result))
        lines = [line for line in result[1].splitlines() if not line.startswith("#")]
        wanted = ['serin_gate_open{canary="shop"} 1', 'serin_gate_wait_seconds{canary="shop"} 90']
        self.assertEqual(lines, [*wanted, 'serin_external_check_value{canary="shop",check="cost"} 812.5'])
        self.assertIn('serin_gate_open{canary="shop"} 0\n', self.ask(path, *digest, "--output", "prom")[1])

    def test_output__is_plain_and_short_on_request(self):
        path = self.write(gate="{checks: [{name: f, query: findings, max: 0}]}")
        self.assertTrue(self.ask(path, "--ascii")[1].isascii())
        self.assertEqual(len(self.ask(path, "--quiet")[1].splitlines()), 1)
        self.assertEqual(serin("gate")[0], USAGE)


if __name__ == "__main__":
    unittest.main()

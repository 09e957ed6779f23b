# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployment tools that call the service, played from the cases of fixtures/contracts: hooks of Flagger, its reading back of metrics,
web metrics of Argo Rollouts, clients of the Prometheus API, webhook stages of Spinnaker, http steps of Kargo."""

import http.client
import json
import re
import time
import unittest
import urllib.parse

from fake_prometheus import FakePrometheus
from service import ROOT, Service

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUICK = {"length: 1m, interval: 20s": "length: 1s, interval: 1s"}


def cases(name):
    return json.loads((ROOT / f"fixtures/contracts/{name}.json").read_text())["cases"]


def condition(expression, result):
    """Conditions as the cases write them: a comparison of `result`, or of a member of it."""
    found = re.fullmatch(r'result(?:\.(\w+)|\[(\d+)\])? (==|>=|<) (.+)', expression)
    value = result if found[1] is None and found[2] is None else result[found[1] or int(found[2])]
    wanted = json.loads(found[4])
    return {"==": lambda: value == wanted, ">=": lambda: value >= wanted, "<": lambda: value < wanted}[found[3]]()


def argo_phase(metric, answer):
    if not 200 <= answer.status < 300:
        return "Error"
    result = answer.json
    if "jsonPath" in metric:
        member = metric["jsonPath"][3:-1]
        if member not in result or result[member] is None:
            return "Error"
        result = result[member]
    failed = "failureCondition" in metric and condition(metric["failureCondition"], result)
    passed = "successCondition" in metric and condition(metric["successCondition"], result)
    if failed:
        return "Failed"
    if "successCondition" in metric and not passed:
        return "Inconclusive" if "failureCondition" in metric else "Failed"
    return "Successful"


class PipelinesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.enterClassContext(FakePrometheus("good"))
        cls.broken = cls.enterClassContext(FakePrometheus("broken"))
        cls.service = s = cls.enterClassContext(Service("--config", "serve.yaml"))
        (s.dir / "serve.yaml").write_text("settle: 100ms\n")
        s.config("golden-signals", cls.source.url, 1, **QUICK)
        s.config("broken-release", cls.source.url, 0.1, **QUICK)
        s.config("broken-source", cls.broken.url, 1, **QUICK)
        s.config("long", cls.source.url)
        (s.dir / "source-token").write_text("secret")
        s.config("guarded", "${prom}", **{"vars: {": f"vars: {{prom: \"{cls.broken.url}\", ", "timeout: 5s}": "timeout: 5s, bearer_token_file: source-token}"})
        s.start()

    def hook(self, kind, config, checksum="6c9fb8d7c5", phase="Progressing", name="checkout", **metadata):
        body = {"name": name, "namespace": "shop", "phase": phase, "checksum": checksum, "metadata": {"serin.config": config, **metadata}}
        return self.service.post("/hooks/flagger/" + kind, body)

    def decide(self, *runs):
        """Begins runs, each of a config, checksum and name, and waits until their analyses are decided unless the config is "long"."""
        begun = [(config, self.hook("pre-rollout", config, checksum, name=name)) for config, checksum, name in runs]
        self.assertEqual({answer.status for _, answer in begun}, {200}, begun)
        return [self.service.decided(answer.body.decode().split()[-1]) for config, answer in begun if config != "long"]

    def test_flagger_hooks(self):
        states = {"confirm-rollout-hold": "long", "pre-rollout-ok": "golden-signals", "rollout-pass": "golden-signals",
                  "rollout-fail-with-reason": "broken-release", "confirm-traffic-increase-hold": "long",
                  "confirm-promotion-go": "golden-signals", "rollback-no": "golden-signals", "rollback-yes": "broken-release",
                  "event-normal": "golden-signals", "confirm-rollout-first-ask": "golden-signals"}
        played = [case for case in cases("flagger_webhooks") if case["id"] in states]
        for case in cases("flagger_webhooks"):
            if case["id"] not in states:  # answers that serin must never give
                self.assertIn(case["response"]["status"], (202, 204, 500), case["id"])
        for case in played:
            body = case["request"]["body"]
            body["name"] += "-" + case["id"]  # each case is a canary of its own
            body["metadata"] = {**body.get("metadata", {}), "serin.config": states[case["id"]]}
            body["metadata"].pop("serin.window", None)
        self.decide(*((states[case["id"]], case["request"]["body"]["checksum"], case["request"]["body"]["name"])
                      for case in played if case["id"] != "confirm-rollout-first-ask"))
        for case in played:
            answer = self.service.post("/hooks/flagger/" + case["hook"]["type"], case["request"]["body"])
            with self.subTest(case["id"]):
                self.assertEqual(answer.status, case["response"]["status"], answer)
                self.assertEqual(answer.status <= 202, case["expect"]["accepted"])
                if answer.status > 202:
                    self.assertRegex(answer.body.decode(), r"\w+ \w+")

    def test_flagger_verdicts(self):
        table = {"golden-signals": (200, 200, 200, 403), "broken-release": (409, 403, 403, 200), "long": (409, 403, 403, 403),
                 "broken-source": (409, 403, 403, 403)}
        kinds = ("rollout", "confirm-traffic-increase", "confirm-promotion", "rollback")
        self.decide(*((config, "6c9fb8d7c5", "verdict-" + config) for config in table))
        for config, statuses in table.items():
            self.assertEqual(tuple(self.hook(kind, config, name="verdict-" + config).status for kind in kinds), statuses, config)

    def test_flagger_runs(self):
        first, = self.decide(("golden-signals", "c1", "runs"))
        self.assertEqual(self.hook("pre-rollout", "golden-signals", "c1", name="runs").body.decode().split()[-1], first["id"])
        self.assertEqual(self.hook("rollout", "golden-signals", "c1", name="runs").status, 200)
        again = self.hook("pre-rollout", "golden-signals", "c1", name="runs")  # it had traffic, so it is rolled out again
        self.assertNotEqual(again.body.decode().split()[-1], first["id"])
        self.assertEqual(self.hook("confirm-promotion", "golden-signals", "c1", name="runs").status, 403)
        self.assertEqual(self.hook("post-rollout", "golden-signals", "c1", "Failed", name="runs").status, 200)
        self.assertEqual(self.service.decided(again.body.decode().split()[-1])["state"], "cancelled")
        self.assertEqual(self.hook("rollback", "golden-signals", "c1", "Failed", name="runs").status, 403)
        other = self.hook("pre-rollout", "golden-signals", "c2", name="runs")
        self.assertNotEqual(other.body.decode().split()[-1], again.body.decode().split()[-1])

    def test_flagger_refusals(self):
        self.assertEqual(self.hook("rollout", "nobody").status, 409)
        self.assertEqual(self.hook("confirm-promotion", "nobody").status, 403)
        self.assertEqual(self.hook("unknown", "golden-signals").status, 404)
        misspelt = self.hook("rollout", "golden-signals", **{"serin.windoww": "1m"})
        self.assertEqual((misspelt.status, misspelt.headers["Content-Type"]), (422, "text/plain; charset=utf-8"))
        self.assertIn(b"serin.windoww", misspelt.body)
        frozen = self.service.post("/api/v1/freezes", {"scope": "canary=golden-signals", "for": "1h", "reason": "incident 71"})
        for kind in ("confirm-rollout", "confirm-promotion"):
            refused = self.hook(kind, "golden-signals", name="frozen")
            self.assertEqual((refused.status, b"incident 71" in refused.body), (403, True), refused)
        self.service.post(f"/api/v1/freezes/{frozen.json['id']}/lift", {"reason": "over"})

    def test_flagger_reads_back(self):
        self.decide(("golden-signals", "r1", "read-pass"), ("broken-release", "r1", "read-fail"), ("long", "r1", "read-open"))
        names = {"verdict-pass": "read-pass", "verdict-running-zero-is-ok": "read-open", "verdict-fail": "read-fail",
                 "empty-vector-fails-the-check": "read-nobody", "whitespace-collapsed": "read-pass", "startup-probe": "read-pass"}
        for case in cases("flagger_metric_readback"):
            if case["id"] not in names:  # answers of other servers, and a series that only /metrics has
                continue
            path = case["request"]["url"].removeprefix("http://serin.test").replace("shop%2Fcheckout", "shop%2F" + names[case["id"]])
            answer = self.service.get(path)
            with self.subTest(case["id"]):
                values = [float(item["value"][1]) for item in answer.json["data"]["result"]]
                self.assertEqual(values[-1] if values else None, case["expect"].get("value"), answer)
                self.assertEqual(answer.json["data"]["resultType"], "vector")

    def test_a_run_is_read_back_however_much_was_begun_since(self):
        self.decide(("golden-signals", "b1", "busy"))
        path = "/api/v1/query?query=" + urllib.parse.quote('serin_verdict{run_key="shop/busy"}')
        self.assertEqual([item["value"][1] for item in self.service.get(path).json["data"]["result"]], ["1"])
        url = urllib.parse.urlsplit(self.service.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        body = json.dumps({"canary": "golden-signals", "start": int(time.time()) + 86400})
        for _ in range(510):  # more than a page of the store
            connection.request("POST", "/api/v1/analyses", body, {"Content-Type": "application/json"})
            self.assertEqual(connection.getresponse().read()[:6], b'{"id":')
        connection.close()
        self.assertEqual([item["value"][1] for item in self.service.get(path).json["data"]["result"]], ["1"])

    def test_clients_of_the_prometheus_api(self):
        done = self.service.decided(self.service.begin(canary="golden-signals"))
        created = int(time.time())
        for case in cases("prometheus_api_clients"):
            form = dict(urllib.parse.parse_qsl(case["request"]["body"]))
            form["query"] = form["query"].replace('service="checkout"', 'canary="golden-signals"')
            if "start" in form:
                form["start"], form["end"] = str(created - 600), str(created + 60)
            answer = self.service.post(case["request"]["path"], urllib.parse.urlencode(form).encode(), headers=FORM)
            with self.subTest(case["id"]):
                self.assertEqual(answer.status, 200, answer)
                data = answer.json["data"]
                self.assertEqual(data["resultType"], "matrix" if "start" in form else "vector")
                if "start" in form:
                    self.assertEqual({value for item in data["result"] for _, value in item["values"]}, {"100"})
        answer = self.service.post("/api/v1/query", b"query=serin_verdict&time=%d.5" % created, headers=FORM)
        self.assertIn(done["canary"], {item["metric"]["canary"] for item in answer.json["data"]["result"]})
        for query in (b"query=up", b"query=rate(serin_verdict[5m])", b"query=", b"query=serin_verdict&time=yesterday"):
            refused = self.service.post("/api/v1/query", query, headers=FORM)
            self.assertEqual((refused.status, refused.json["status"], refused.json["errorType"]), (400, "error", "bad_data"), query)

    def verdict(self, canary, version):
        return self.service.post("/api/v1/verdict/" + canary, {"version": version})

    def test_argo_web_metric(self):
        asked = {"verdict-pass": "golden-signals", "verdict-fail": "broken-release", "verdict-neither": "long",
                 "success-only-false-is-failed": "long", "numeric-score": "golden-signals", "boolean": "golden-signals",
                 "whole-body-when-no-jsonpath": "golden-signals", "status-500": "broken-source", "status-404": "nobody"}
        begun = {canary: self.verdict(canary, "7") for canary in sorted(set(asked.values()) - {"nobody"})}
        for canary, first in begun.items():
            self.assertEqual((first.status, first.json["verdict"], first.json["score"]), (200, "running", None), first)
            self.assertEqual(self.verdict(canary, "7").json["id"], first.json["id"])
        for canary, first in begun.items():
            if canary != "long":
                self.service.decided(first.json["id"])
        for case in cases("argo_web_measurement"):
            if case["id"] not in asked:  # answers that serin does not give
                continue
            with self.subTest(case["id"]):
                path = asked[case["id"]]
                answers = [self.verdict(path, "7")] + ([] if path == "nobody" else [self.service.get(f"/api/v1/verdict/{path}?version=7")])
                for answer in answers:
                    self.assertEqual(argo_phase(case["metric"], answer), case["expect"]["phase"], answer)
                    self.assertNotIn(answer.status, (202, 204))
        self.assertEqual(self.verdict("broken-source", "7").status, 502)
        self.assertEqual(self.service.get("/api/v1/verdict/golden-signals?version=unheard").status, 404)

    def test_who_may_do_everything_chooses_servers_too(self):
        begun = self.service.post("/api/v1/verdict/guarded", {"version": "8", "end": int(time.time()) - 120, "vars": {"prom": self.source.url}})
        self.assertEqual((begun.status, self.service.decided(begun.json["id"])["verdict"]), (200, "pass"), begun)
        hooked = self.hook("pre-rollout", "guarded", name="guarded", **{"serin.var.prom": self.source.url})
        self.assertEqual(hooked.status, 200, hooked)

    def test_spinnaker_and_kargo(self):
        states = {"pass": "golden-signals", "fail": "broken-release", "running": "long"}
        begun = {case: self.service.post("/api/v1/analyses", {"canary": canary}) for case, canary in states.items()}
        for name in ("spinnaker_webhook_stage", "kargo_http_step"):
            for case in cases(name):
                if case["id"] not in states:
                    continue
                ident = begun[case["id"]]
                self.assertIn("self", ident.json["links"])
                if case["id"] != "running":
                    self.service.decided(ident.json["id"])
                body = self.service.get(ident.headers["Location"]).json
                with self.subTest(name + " " + case["id"]):
                    self.assertEqual(body["verdict"], case["response"]["body"]["verdict"])
                    self.assertRegex(body["progress"], r"^\d+ of \d+ looks$")


if __name__ == "__main__":
    unittest.main()

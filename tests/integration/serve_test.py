# SPDX-License-Identifier: GPL-3.0-or-later
"""Analyses as a service: accepted, judged, waited for, called off, kept over a restart."""

import json
import re
import resource
import signal
import socket
import threading
import time
import unittest

from fake_prometheus import FakePrometheus
from harness import FAIL, INCONCLUSIVE, PASS, UNREACHABLE, USAGE, serin, show
from service import Service


class ServeTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service())
        self.service.config("good", self.source.url, most=1)
        self.service.config("bad", self.source.url, most=0.1)
        self.service.start()

    def test_life_of_an_analysis(self):
        s = self.service
        created = s.post("/api/v1/analyses", {"canary": "good", "end": int(time.time()) - 120, "version": "1.2", "correlation_id": "pipe-7"})
        self.assertEqual(created.status, 202, created)
        self.assertEqual((created.json["state"], created.json["verdict"]), ("open", "running"))
        self.assertEqual(created.headers["Location"], created.json["links"]["self"])
        done = s.decided(created.json["id"])
        self.assertEqual((done["state"], done["verdict"], done["score"], done["exit_code"]), ("done", "pass", 100, 0))
        self.assertEqual((done["version"], done["correlation_id"], done["looks"], done["progress"]), ("1.2", "pipe-7", 1, "1 of 1 looks"))
        again = s.get(created.headers["Location"])
        self.assertEqual({**again.json, "phase": None}, {**done, "phase": None})
        self.assertEqual(s.get(created.headers["Location"], headers={"If-None-Match": again.headers["ETag"]}).status, 304)
        result = s.get(f"/api/v1/analyses/{done['id']}/result").json
        self.assertEqual((result["schema"], result["verdict"]), ("serin.result/1", "pass"))
        look = s.get(f"/api/v1/analyses/{done['id']}/looks").json["looks"][0]
        self.assertEqual(s.get(look["link"]).json, result)
        self.assertEqual(s.get(f"/api/v1/analyses/{done['id']}/looks/2").status, 404)
        for form, begin in (("text", b"\xe2\x9c\x94 PASS"), ("markdown", b""), ("html", b"<!doctype html>"), ("junit", b"<?xml"), ("json", b"{")):
            report = s.get(f"/api/v1/analyses/{done['id']}/report?format={form}")
            self.assertEqual((report.status, report.body[:len(begin)].lower()), (200, begin.lower()), form)
            self.assertIn(b"good", report.body)
        failed = s.decided(s.begin(canary="bad"))
        self.assertEqual((failed["verdict"], failed["exit_code"]), ("fail", 1))
        self.assertIn("pool", failed["reasons"][0])
        listed = s.get("/api/v1/analyses").json
        self.assertEqual([a["verdict"] for a in listed["analyses"]], ["fail", "pass"])
        first = s.get("/api/v1/analyses?limit=1").json
        second = s.get(f"/api/v1/analyses?limit=1&cursor={first['next']}").json
        self.assertEqual([a["id"] for a in first["analyses"] + second["analyses"]], [a["id"] for a in listed["analyses"]])
        for query, count in (("canary=good", 1), ("verdict=fail", 1), ("version=1.2", 1), ("state=open", 0), ("since=2100-01-01T00:00:00Z", 0)):
            self.assertEqual(len(s.get("/api/v1/analyses?" + query).json["analyses"]), count, query)

    def test_waiting_ends_with_the_verdict(self):
        s = self.service
        start = int(time.time()) - 118  # the window, and the time that late samples have, are over in two seconds
        ident = s.post("/api/v1/analyses", {"canary": "good", "start": start, "looks": "once"}).json["id"]
        self.assertEqual(s.get(f"/api/v1/analyses/{ident}/wait?timeout=0").json["verdict"], "running")
        answers = []
        waiting = [threading.Thread(target=lambda: answers.append(s.decided(ident))) for _ in range(20)]
        begin = time.monotonic()
        for thread in waiting:
            thread.start()
        for thread in waiting:
            thread.join()
        self.assertEqual([a["verdict"] for a in answers], ["pass"] * 20)
        self.assertLess(time.monotonic() - begin, 15)

    def test_waiting_ends_with_its_time_and_with_a_cancel(self):
        s = self.service
        ident = s.post("/api/v1/analyses", {"canary": "good"}).json["id"]
        self.assertEqual(s.get(f"/api/v1/analyses/{ident}/wait?timeout=1").json["state"], "open")
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(s.decided(ident)))
        waiting.start()
        cancelled = s.post(f"/api/v1/analyses/{ident}/cancel", {"reason": "rolled back by hand"})
        waiting.join()
        self.assertEqual((cancelled.status, cancelled.json["state"]), (200, "cancelled"))
        self.assertEqual((answers[0]["state"], answers[0]["verdict"]), ("cancelled", "cancelled"))
        self.assertEqual(s.post(f"/api/v1/analyses/{ident}/cancel").status, 409)
        self.assertEqual(s.get(f"/api/v1/analyses/{ident}/result").status, 404)
        audit = s.get("/api/v1/audit").json["audit"]
        self.assertEqual([(row["who"], row["action"], row["subject"]) for row in audit],
                         [("local", "analysis.cancel", ident), ("local", "analysis.create", ident)])
        self.assertEqual(audit[0]["detail"], "rolled back by hand")

    def test_a_key_is_one_analysis(self):
        s = self.service
        asked = {"canary": "good", "end": int(time.time()) - 120}
        first = s.post("/api/v1/analyses", asked, headers={"Idempotency-Key": "build-1"})
        again = s.post("/api/v1/analyses", {**asked, "idempotency_key": "build-1"})
        other = s.post("/api/v1/analyses", {**asked, "version": "2"}, headers={"Idempotency-Key": "build-1"})
        self.assertEqual((first.status, again.status, again.json["id"]), (202, 200, first.json["id"]))
        self.assertEqual((other.status, other.json["error"]["code"]), (409, "key_reused"))
        self.assertEqual(len(s.get("/api/v1/analyses").json["analyses"]), 1)

    def test_goes_on_after_a_restart(self):
        s = self.service
        done = s.decided(s.begin(canary="bad"))
        ident = s.post("/api/v1/analyses", {"canary": "good", "start": int(time.time()) - 118, "looks": "once"}).json["id"]
        self.assertEqual(s.stop(kill=True), -9)
        s.start()
        self.assertEqual(s.decided(ident)["verdict"], "pass")
        self.assertEqual(s.get(f"/api/v1/analyses/{done['id']}").json, done)
        self.assertEqual(s.stop(), 0)

    def test_what_is_deleted_is_not_shown_from_memory(self):
        s = self.service
        first, last = (s.decided(s.begin(canary="good"))["id"] for _ in range(2))
        s.stop()
        (s.dir / "serve.yaml").write_text("retention: {count: 1}\n")
        s.flags = ("--config", "serve.yaml")
        s.start()  # deletes some time after its start
        deadline = time.monotonic() + 20
        while (answer := s.get(f"/api/v1/analyses/{first}/wait")).status == 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual((answer.status, answer.json["error"]["code"]), (404, "unknown_analysis"))
        self.assertEqual(s.get(f"/api/v1/analyses/{last}").status, 200)

    def test_configs_are_read_again(self):
        s = self.service
        (s.dir / "configs/bad.yaml").write_text("canary: bad\nmetriks: 1\n")
        s.config("new", self.source.url)
        self.assertEqual(s.post("/-/reload").json["configs"], 3)
        listed = s.get("/api/v1/configs").json
        self.assertEqual([(c["name"], c["kept"]) for c in listed["configs"]], [("bad", True), ("good", False), ("new", False)])
        finding = listed["problems"][0]["findings"][0]
        self.assertEqual((finding["line"], finding["key"]), (2, "metriks"))
        self.assertEqual(s.decided(s.begin(canary="bad"))["verdict"], "fail")
        config = s.get("/api/v1/configs/new").json
        self.assertEqual(config["metrics"][0]["name"], "pool")
        self.assertEqual(config["plan"][0]["query"], 'max(pool_in_use{app="shop",track="canary"})')

    def test_a_config_may_come_with_the_request(self):
        s = self.service
        text = s.config("inline", self.source.url)
        done = s.decided(s.begin(config=text, vars={"track": "blue"}))
        self.assertEqual((done["canary"], done["config"], done["verdict"]), ("inline", None, "pass"))
        self.assertTrue(any("blue" in asked for asked in self.source.requests))
        refused = s.post("/api/v1/analyses", {"config": text.replace("metrics:", "metriks:")})
        self.assertEqual((refused.status, refused.json["error"]["code"]), (422, "bad_config"))
        finding = refused.json["error"]["findings"][0]
        self.assertEqual((finding["line"], finding["column"], finding["key"]), (7, 1, "metriks"))
        checked = s.post("/api/v1/configs/check", text.encode(), headers={"Content-Type": "application/yaml"})
        self.assertEqual((checked.json["ok"], checked.json["canary"], checked.json["findings"]), (True, "inline", []))
        self.assertEqual(s.post("/api/v1/analyses", {"canary": "nobody"}).json["error"]["code"], "unknown_canary")

    def test_freezes_and_approvals(self):
        s = self.service
        s.decided(s.begin(canary="good"))
        self.assertEqual(s.get("/api/v1/gate/good").json["exit_code"], 0)
        frozen = s.post("/api/v1/freezes", {"scope": "canary=good", "for": "1h", "reason": "an incident"})
        self.assertEqual(frozen.status, 201, frozen)
        gate = s.post("/api/v1/gate/good", {"vars": {"track": "blue"}}).json
        self.assertEqual((gate["exit_code"], gate["gate"]), (5, "closed"))
        self.assertEqual(len(s.get("/api/v1/freezes").json["freezes"]), 1)
        self.assertEqual(s.post(f"/api/v1/freezes/{frozen.json['id']}/lift", {"reason": "over"}).status, 200)
        self.assertEqual(s.post(f"/api/v1/freezes/{frozen.json['id']}/lift", {"reason": "over"}).status, 404)
        self.assertEqual(s.get("/api/v1/freezes").json["freezes"], [])
        self.assertEqual(len(s.get("/api/v1/freezes?all=true").json["freezes"]), 1)
        approved = s.post("/api/v1/approvals/good", {"reason": "looked at it", "by": "ann"})
        self.assertEqual((approved.status, approved.json["by"]), (201, "ann"))
        self.assertEqual([row["action"] for row in s.get("/api/v1/audit?limit=3").json["audit"]], ["approve", "freeze.lift", "freeze.set"])

    def test_a_source_that_hangs_holds_up_its_own_canary_only(self):
        s = self.service
        with FakePrometheus("slow") as slow:
            s.config("slow", slow.url)
            s.post("/-/reload")
            stuck = [s.begin(canary="slow") for _ in range(40)]
            begin = time.monotonic()
            self.assertEqual(s.decided(s.begin(canary="good"))["verdict"], "pass")
            self.assertLess(time.monotonic() - begin, 5)
            self.assertEqual(s.get(f"/api/v1/analyses/{stuck[0]}").json["verdict"], "running")
            self.assertEqual(s.stop(), 0)

    def test_commands_ask_the_service(self):
        s, end = self.service, int(time.time()) - 120
        for name, code, word in (("good", PASS, "PASS"), ("bad", FAIL, "FAIL")):
            result = serin("analyze", name, "--server", s.url, "--wait", "--end", end)
            self.assertEqual((result[0], word in result[1]), (code, True), show(result))
            local = serin("analyze", s.dir / f"configs/{name}.yaml", "--end", end, "--output", "json")
            sent = serin("analyze", s.dir / f"configs/{name}.yaml", "--end", end, "--server", s.url, "--wait", "--output", "json")
            self.assertEqual((sent[0], json.loads(sent[1])["metrics"]), (local[0], json.loads(local[1])["metrics"]), show(sent))
        begun = serin("analyze", "good", "--server", s.url, "--key", "k", "--release", "3")
        again = serin("analyze", "good", "--server", s.url, "--key", "k", "--release", "3")
        self.assertEqual((begun[0], begun[1]), (PASS, again[1]), show(again))
        ident = begun[1].strip()
        self.assertEqual(s.get(f"/api/v1/analyses/{ident}").json["version"], "3")
        waited = serin("wait", ident, "--server", s.url, "--timeout", "1s")
        self.assertEqual((waited[0], "not decided" in waited[2]), (INCONCLUSIVE, True), show(waited))
        gate = serin("gate", "good", "--server", s.url)
        self.assertEqual((gate[0], "verdict" in gate[1]), (PASS, True), show(gate))
        s.post(f"/api/v1/analyses/{ident}/cancel")
        self.assertEqual(serin("wait", ident, "--server", s.url)[0], INCONCLUSIVE)
        (s.dir / "wrong.yaml").write_text("canary: x\nmetriks: 1\n")
        wrong = serin("analyze", s.dir / "wrong.yaml", "--server", s.url)
        self.assertEqual((wrong[0], "2:1: error: metriks" in wrong[2]), (USAGE, True), show(wrong))
        for refused in (("analyze", "nobody", "--server", s.url), ("wait", "nobody", "--server", s.url), ("gate", "nobody", "--server", s.url),
                        ("analyze", "good", "--server", s.url, "--watch"), ("analyze", "good", "--wait"), ("wait", ident)):
            self.assertEqual(serin(*refused)[0], USAGE, refused)
        url = s.url
        s.stop()
        for away in (("analyze", "good", "--server", url), ("gate", "good", "--server", url)):
            self.assertEqual(serin(*away)[0], UNREACHABLE, away)

    def test_waiting_outlives_a_restart(self):
        s = self.service
        s.listen = s.url.removeprefix("http://")
        ident = s.post("/api/v1/analyses", {"canary": "bad", "start": int(time.time()) - 118, "looks": "once"}).json["id"]
        results = []
        waiting = threading.Thread(target=lambda: results.append(serin("wait", ident, "--server", s.url)))
        waiting.start()
        s.stop(kill=True)
        s.start()
        waiting.join()
        self.assertEqual(results[0][0], FAIL, show(results[0]))

    def test_an_orderly_stop_is_told_to_those_who_wait(self):
        s = self.service
        ident = s.post("/api/v1/analyses", {"canary": "good"}).json["id"]
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(s.get(f"/api/v1/analyses/{ident}/wait?timeout=600", timeout=60)))
        waiting.start()
        deadline = time.monotonic() + 20
        while b"\nserin_http_in_flight 1\n" not in s.get("/metrics").body:  # as of the second before
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.assertEqual(s.stop(), 0)
        waiting.join()
        self.assertEqual((answers[0].status, answers[0].headers["Retry-After"], answers[0].json["error"]["code"]), (503, "5", "stopping"))
        self.assertRegex(s.log(), "level=info event=request .* status=503 error=stopping")

    def test_a_reload_does_not_cut_a_stop_short(self):
        s = self.service
        with socket.create_server(("127.0.0.1", 0)) as receiver:  # which never answers, so that the stop takes its time
            s.config("told", self.source.url, publish={"webhooks": [{"url": "http://127.0.0.1:%d/" % receiver.getsockname()[1]}]})
            self.assertEqual(s.post("/-/reload").status, 200)
            s.decided(s.begin(canary="told"))
            receiver.settimeout(20)
            with receiver.accept()[0]:
                s.process.terminate()
                deadline = time.monotonic() + 10
                while "event=stopping" not in s.log():
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.01)
                s.process.send_signal(signal.SIGHUP)
                self.assertEqual(s.process.wait(30), 0)
        self.assertIn("event=stopped", s.log())

    def test_the_public_url_of_the_command_line_is_checked_as_that_of_a_file(self):
        for wrong in ("nonsense", "ftp://serin.example", "https://"):
            result = serin("serve", "--config-dir", self.service.dir / "configs", "--store", self.service.dir / "other.db", "--public-url", wrong)
            self.assertEqual((result[0], result[2][:20]), (USAGE, "serin: --public-url:"), show(result))
        with Service("--public-url", "https://serin.example/base/") as s:
            s.config("good", self.source.url)
            s.start()
            links = s.post("/api/v1/analyses", {"canary": "good"}).json["links"]
            self.assertTrue(links["self"].startswith("https://serin.example/base/api/"), links)

    def test_a_low_limit_of_descriptors_is_raised(self):
        s, (soft, hard) = self.service, resource.getrlimit(resource.RLIMIT_NOFILE)
        s.stop()
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        try:
            s.start()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        raised = resource.prlimit(s.process.pid, resource.RLIMIT_NOFILE)[0]
        self.assertTrue(raised >= 4096 or (raised == hard and "event=limits" in s.log()), raised)

    def test_metrics(self):
        s = self.service
        s.decided(s.begin(canary="bad"))
        wanted = {'serin_verdict{canary="bad",verdict="fail"} 1', 'serin_analyses_total{canary="bad",verdict="fail"} 1',
                  'serin_http_requests_total{route="POST /api/v1/analyses",code="2xx"} 1', 'serin_looks_total 1'}
        deadline = time.monotonic() + 10
        while wanted - set((page := s.get("/metrics")).body.decode().splitlines()):
            self.assertLess(time.monotonic(), deadline, page)
            time.sleep(0.05)
        self.assertEqual(page.headers["Content-Type"].split(";")[0], "text/plain")
        opened = s.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
        self.assertTrue(opened.body.endswith(b"# EOF\n"))
        s.stop()
        s.start()
        self.assertIn(b'serin_verdict{canary="bad",verdict="fail"} 1', s.get("/metrics").body)

    def test_schedules(self):
        with Service("--config", "serve.yaml") as s:
            blue, green = ({"canary": "good", "every": "7d", "vars": {"track": track}} for track in ("blue", "green"))
            (s.dir / "serve.yaml").write_text(json.dumps({"schedules": [blue, green, green]}))
            s.config("good", self.source.url)
            for _ in range(2):  # the second time the slot's analyses are there
                s.start()
                deadline = time.monotonic() + 10
                while len(begun := s.get("/api/v1/analyses").json["analyses"]) < 2 or s.get("/metrics").body.count(b"_open 2") == 0:
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.05)
                self.assertEqual({(a["canary"], a["created_by"]) for a in begun}, {("good", "schedule")})
                self.assertEqual(sorted(s.get(a["links"]["self"]).json["request"]["vars"]["track"] for a in begun), ["blue", "green"])
                s.stop()

    def test_pages(self):
        s = self.service
        done = s.decided(s.begin(canary="bad", version="<script>alert(1)</script>"))
        for path in ("/", "/canaries/bad", "/analyses/" + done["id"]):
            page = s.get(path)
            self.assertEqual((page.status, page.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
            self.assertNotIn(b"<script>alert", page.body)
            self.assertIn(b"fail", page.body.lower())
            self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])

    def test_pages_of_what_has_no_result(self):
        s = self.service
        running = s.post("/api/v1/analyses", {"canary": "good"}).json["id"]
        page = s.get("/analyses/" + running)
        self.assertEqual((page.status, b"no look yet" in page.body, b"refresh" in page.body), (200, True, True), page)
        s.post(f"/api/v1/analyses/{running}/cancel")
        page = s.get("/analyses/" + running)
        self.assertEqual((page.status, b"called off" in page.body, b"refresh" in page.body), (200, True, False), page)
        self.assertIn("called off", s.get(f"/api/v1/analyses/{running}/result").json["error"]["message"])
        self.assertEqual(s.get("/analyses/" + "0" * 32).status, 404)

    def test_overview_has_every_canary_and_the_worst_first(self):
        s = self.service
        s.config("idle", self.source.url)
        self.assertEqual(s.post("/-/reload").status, 200)
        s.decided(s.begin(canary="bad"))
        s.decided(s.begin(canary="good"))
        shown = re.findall(rb'href="/canaries/([a-z]+)"', s.get("/").body)
        self.assertEqual((shown[0], sorted(shown)), (b"bad", [b"bad", b"good", b"idle"]))

    def test_the_document_tells_every_route(self):
        document = self.service.get("/api/v1/openapi.json").json
        self.assertEqual(document["openapi"][:3], "3.1")
        self.assertIn("post", document["paths"]["/api/v1/analyses"])
        names = set(document["components"]["schemas"])
        used = set(part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:])
        self.assertEqual(used - names, set())


if __name__ == "__main__":
    unittest.main()

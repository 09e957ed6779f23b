# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a running service tells: webhooks through the store's outbox, over restarts and receivers that are down."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
import time
import unittest

from fake_prometheus import FakePrometheus
from harness import SERIN
from publish_test import Receiver, answer
from service import Service

KEY = bytes(range(40))


def until(check, seconds=30):
    """What check() gives, as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not come about in time")
        time.sleep(0.02)
    return found


class CourierTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service())
        secret = self.service.dir / "hook"
        secret.write_text("whsec_" + base64.b64encode(KEY).decode() + "\n")
        secret.chmod(0o600)
        self.secret = str(secret)

    def start(self, most=1, name="good", **publish):
        """A service with a config that tells others."""
        self.service.config(name, self.source.url, most, publish, "owner: team-pay\n")
        if self.service.process is None:
            self.service.start()
        else:
            self.service.post("/-/reload")

    def verify(self, headers, body):
        """An independent reckoning of the signature."""
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        self.assertEqual(headers["webhook-signature"], wanted)

    def test_tells_each_target_what_it_asked_for_once(self):
        s = self.service
        with Receiver({"/gone": answer(410)}) as r:
            words = {"/all": None, "/life": ["started", "verdict", "cancelled"], "/fails": ["fail"], "/more": ["resolved", "pass"]}
            hooks = [{"url": r.url + path, "secret_file": self.secret} | ({"on": on} if on else {}) for path, on in words.items()]
            hooks += [{"url": r.url + "/gone"}, {"url": r.url + "/binary", "format": "cloudevents_binary"}, {"url": r.url + "/cd", "format": "cdevents",
                                                                                                          "on": ["started", "verdict", "cancelled"]}]
            self.start(most=0.1, webhooks=hooks)
            failed = s.decided(s.begin(canary="good", correlation_id="pipe-7", version="1.2"))
            until(lambda: len(r.at("/all")) + len(r.at("/life")) + len(r.at("/gone")) + len(r.at("/fails")) >= 5)
            (s.dir / "configs/good.yaml").write_text((s.dir / "configs/good.yaml").read_text().replace("max: 0.1", "max: 1"))
            s.post("/-/reload")
            passed = s.decided(s.begin(canary="good"))
            open_one = s.post("/api/v1/analyses", {"canary": "good"}).json["id"]
            s.post(f"/api/v1/analyses/{open_one}/cancel")
            until(lambda: len(r.at("/life")) == 6 and len(r.at("/cd")) == 6 and len(r.at("/gone")) == 2 and len(r.at("/all")) == 2)
            for path in words:
                for headers, body, _ in r.at(path):
                    self.verify(headers, body)
            bodies = [json.loads(body) for _, body, _ in r.at("/life")]
            told = [(b["type"], b["data"]["analysis_id"]) for b in bodies]
            self.assertEqual(told, [("serin.analysis.started", failed["id"]), ("serin.verdict.finished", failed["id"]),
                                    ("serin.analysis.started", passed["id"]), ("serin.verdict.finished", passed["id"]),
                                    ("serin.analysis.started", open_one), ("serin.analysis.cancelled", open_one)])
            self.assertEqual([bodies[1]["data"][key] for key in ("verdict", "correlation_id", "version", "owner")], ["fail", "pipe-7", "1.2", "team-pay"])
            self.assertEqual([json.loads(body)["type"] for _, body, _ in r.at("/more")], ["serin.verdict.resolved"])
            self.assertEqual([json.loads(body)["data"]["verdict"] for _, body, _ in r.at("/fails")], ["fail"])
            self.assertEqual([json.loads(body)["subject"]["content"].get("outcome") for _, body, _ in r.at("/cd")],
                             [None, "failure", None, "success", None, "cancel"])
            self.assertEqual(r.at("/binary")[0][0]["ce-type"], "serin.verdict.finished")
            ids = [headers["webhook-id"] for headers, _, _ in r.at("/life") + r.at("/all") + r.at("/fails") + r.at("/more") + r.at("/gone")]
            self.assertEqual(len(set(ids)), len(ids))
            s.decided(s.begin(canary="good"))  # the same config: the receiver that wants nothing more is asked no more
            until(lambda: len(r.at("/all")) == 3)
            self.assertEqual(len(r.at("/gone")), 2)
            counted = until(lambda: re.search(r'serin_notifications_suppressed_total{reason="switched off"} (\d+)', s.get("/metrics").body.decode()))
            self.assertGreaterEqual(int(counted[1]), 1)
            until(lambda: b'serin_deliveries_total{target="publish.webhooks[0]",outcome="delivered"} 3' in s.get("/metrics").body)

    def test_a_source_that_is_away_from_the_start_is_an_error_and_no_failure(self):
        s = self.service
        with Receiver() as r:
            hooks = [{"url": r.url + "/" + word, "on": word} for word in ("look_failed", "error", "fail", "pass")]
            publish = {"webhooks": hooks, "alertmanagers": [{"url": r.url + "/am"}]}
            s.config("good", "http://127.0.0.1:9", publish=publish, **{"interval: 20s": "interval: 1s"})
            s.start()
            self.assertEqual(s.decided(s.begin(canary="good"))["verdict"], "error")
            alerts = json.loads(until(lambda: r.at("/am/api/v2/alerts"))[0][1])
            self.assertEqual([(alert["labels"]["alertname"], alert["labels"]["severity"]) for alert in alerts], [("CanaryUndecided", "ticket")])
            until(lambda: len(r.at("/error")) == 1 and len(r.at("/look_failed")) == 2)
            self.assertIn("cannot connect", json.loads(r.at("/error")[0][1])["data"]["missing"][0])
            page = until(lambda: b'verdict="error"} 1' in (body := s.get("/metrics").body) and body.decode())
            self.assertIn('serin_verdict{canary="good",verdict="fail"} 0', page)
            self.assertEqual(r.at("/fail") + r.at("/pass"), [])

    def test_a_receiver_that_is_down_gets_everything_in_order(self):
        s = self.service
        down = []

        def manner(handler, tries):
            if down:
                return 503, {"Retry-After": "1"}, b"later"
            return 200, {}, b""

        with Receiver({"/hook": manner}) as r:
            self.start(webhooks=[{"url": r.url + "/hook", "secret_file": self.secret}])
            down.append(True)
            idents = [s.decided(s.begin(canary="good"))["id"] for _ in range(3)]
            first = until(lambda: r.at("/hook"))[0][0]["webhook-id"]
            self.assertEqual(s.stop(kill=True), -9)
            down.clear()
            s.start()  # what is due goes on being due: the wait is in the store
            until(lambda: len([1 for headers, _, _ in r.at("/hook") if headers["webhook-id"] != first]) == 2, 60)
            good = [(headers, json.loads(body)) for headers, body, _ in r.at("/hook")]
            last = {headers["webhook-id"]: body["data"]["analysis_id"] for headers, body in good}
            self.assertEqual(list(last.values()), idents)
            for headers, body, _ in r.at("/hook"):
                self.verify(headers, body)

    def test_what_was_refused_can_be_replayed(self):
        s = self.service
        manners = {"/hook": answer(404)}
        with Receiver(manners) as r:
            self.start(webhooks=[{"url": r.url + "/hook", "secret_file": self.secret}])
            s.decided(s.begin(canary="good"))
            until(lambda: "is given up" in s.log())
            store = ["--store", str(s.dir / "store.db")]
            dead = json.loads(subprocess.run([SERIN, "store", "dead", "--output", "json", *store], check=True, capture_output=True).stdout)["dead"]
            self.assertEqual([(d["status"], d["event"], d["attempts"]) for d in dead], [(404, "verdict", 1)])
            self.assertRegex(dead[0]["target"], r"^good/publish.webhooks\[0\]#[0-9a-f]{8}$")
            r.manners.clear()
            subprocess.run([SERIN, "store", "dead", "--replay", dead[0]["id"], *store], check=True, capture_output=True)
            until(lambda: len(r.at("/hook")) == 2)
            self.assertEqual({headers["webhook-id"] for headers, _, _ in r.at("/hook")}, {dead[0]["id"]})
            self.assertNotIn(base64.b64encode(KEY), (s.dir / "store.db").read_bytes() + (s.dir / "store.db-wal").read_bytes())


if __name__ == "__main__":
    unittest.main()

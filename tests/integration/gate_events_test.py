# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a running service tells that a gate has opened or closed: once for each change, whatever restarts between."""

import json
import re
import unittest

from courier_test import until
from fake_prometheus import FakePrometheus
from publish_test import Receiver
from service import Service

GATE = "gate: {checks: [{name: pool, query: 'max(pool_in_use)', max: 1}]}\n"
BOTH = ["gate_opened", "gate_closed"]
FORMATS = ["standard", "cloudevents", "cloudevents_binary", "cdevents", "cdevents_0.4", "slack"]


class GateEventsTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service())
        self.receiver = self.enterContext(Receiver())

    def config(self, hooks, more=GATE):
        publish = {"webhooks": [{"url": f"{self.receiver.url}/{path}", **keys} for path, keys in hooks.items()]}
        self.service.config("shop", self.source.url, publish=publish, more=more)

    def freeze(self, scope="canary=shop"):
        answer = self.service.post("/api/v1/freezes", {"scope": scope, "for": "1h", "reason": "an incident"})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"]

    def lift(self, freeze):
        self.assertEqual(self.service.post(f"/api/v1/freezes/{freeze}/lift", {"reason": "over"}).status, 200)

    def told(self, path, count):
        """The bodies of a target, as soon as there are so many; what a killed service sends again has the same id."""

        def messages():
            return {headers.get("webhook-id", at): json.loads(body) for at, (headers, body, _) in enumerate(self.receiver.at("/" + path))}

        until(lambda: len(messages()) >= count)
        self.assertEqual(len(messages()), count)
        return [*messages().values()]

    def gate_is(self, value):
        return lambda: re.search(rb'serin_gate_open{canary="shop"} %d' % value, self.service.get("/metrics").body)

    def test_each_change_is_told_once_over_restarts(self):
        s = self.service
        self.config({"both": {"on": BOTH}, "closed": {"on": "gate_closed"}, "verdicts": {}})
        s.start()
        ident = s.decided(s.begin(canary="shop", correlation_id="pipe-7", version="1.2"))["id"]
        opened = self.told("both", 1)[0]
        self.assertEqual((opened["type"], opened["data"]["event"], opened["data"]["gate"]), ("serin.gate.opened", "gate_opened", "open"))
        self.assertEqual([opened["data"][key] for key in ("analysis_id", "correlation_id", "version")], [ident, "pipe-7", "1.2"])
        self.assertEqual(s.stop(kill=True), -9)
        s.start()
        freeze = self.freeze()
        closed = self.told("both", 2)[1]  # the opening was not told again
        self.assertEqual((closed["type"], closed["data"]["gate"]), ("serin.gate.closed", "closed"))
        self.assertIn("an incident", closed["data"]["reasons"][0])
        self.lift(freeze)
        self.told("both", 3)
        s.decided(s.begin(canary="shop"))  # it goes on being open
        self.told("verdicts", 2)
        self.freeze()
        types = [body["type"] for body in self.told("both", 4)]
        self.assertEqual(types, ["serin.gate.opened", "serin.gate.closed"] * 2)
        self.told("closed", 2)
        ids = {headers["webhook-id"] for path in ("/both", "/closed", "/verdicts") for headers, _, _ in self.receiver.at(path)}
        self.assertEqual(len(ids), 8)

    def test_every_format_has_words_for_it(self):
        s = self.service
        self.config({form: {"format": form, "on": BOTH} for form in FORMATS})
        s.start()
        s.decided(s.begin(canary="shop"))
        for form in FORMATS:
            self.told(form, 1)
        self.freeze("all")
        bodies = {form: self.told(form, 2)[1] for form in FORMATS}
        self.assertEqual((bodies["cloudevents"]["type"], bodies["cloudevents"]["data"]["gate"]), ("serin.gate.closed", "closed"))
        self.assertEqual(bodies["cloudevents_binary"]["gate"], "closed")
        self.assertEqual(self.receiver.at("/cloudevents_binary")[1][0]["ce-type"], "serin.gate.closed")
        for form in ("cdevents", "cdevents_0.4"):
            self.assertEqual(bodies[form]["context"]["type"], "dev.cdeventsx.serin-gate.closed.0.1.0")
            self.assertEqual(self.receiver.at("/" + form)[1][0]["ce-type"], "dev.cdeventsx.serin-gate.closed.0.1.0")
            self.assertEqual((bodies[form]["subject"]["content"], bodies[form]["customData"]["gate"]), ({"name": "shop"}, "closed"))
        self.assertRegex(bodies["slack"]["text"], r"^shop: gate closed\n.*an incident")

    def test_a_source_that_is_away_neither_opens_nor_closes_a_gate(self):
        s = self.service
        self.config({"both": {"on": BOTH}})
        s.start()
        s.decided(s.begin(canary="shop"))
        self.told("both", 1)
        until(self.gate_is(1))
        self.source.http.shutdown()
        self.source.http.server_close()
        self.freeze("canary=other")  # gates are looked at again
        until(self.gate_is(0))  # nobody can tell that it may be promoted
        freeze = self.freeze()  # which closes it, whatever the source says
        self.told("both", 2)
        self.lift(freeze)
        until(self.gate_is(0))
        self.assertEqual(s.get("/-/healthy").status, 200)
        self.told("both", 2)

    def test_approvals_open(self):
        s = self.service
        self.config({"both": {"on": BOTH}}, "gate: {approvals: 1}\n")
        s.start()
        s.decided(s.begin(canary="shop"))
        until(self.gate_is(0))
        self.assertEqual(self.receiver.at("/both"), [])  # it was never open
        answer = s.post("/api/v1/approvals/shop", {"reason": "looked at it"})
        self.assertEqual(answer.status, 201, answer)
        self.told("both", 1)

    def test_a_quiet_window_is_counted(self):
        s = self.service
        self.config({"both": {"on": BOTH}}, GATE + "notify: {windows: [{from: 2020-01-01T00:00:00Z, to: 2120-01-01T00:00:00Z}]}\n")
        s.start()
        s.decided(s.begin(canary="shop"))
        counted = b'serin_notifications_suppressed_total{reason="window"} '
        until(lambda: counted in s.get("/metrics").body)
        self.assertEqual(self.receiver.at("/both"), [])


if __name__ == "__main__":
    unittest.main()

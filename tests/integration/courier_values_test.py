# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a running service writes its values to by remote write, when they end, and what waits for receivers."""

import re
import time
import unittest
import urllib.parse

from courier_test import until
from fake_prometheus import FakePrometheus
from harness import Prometheus
from publish_test import Receiver, answer
from service import Service, request


class ValuesTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service())

    def start(self, most=1, name="good", **publish):
        """A service with a config that tells others."""
        self.service.config(name, self.source.url, most, publish, "owner: team-pay\n")
        if self.service.process is None:
            self.service.start()
        else:
            self.service.post("/-/reload")

    def test_values_are_written_in_order_once_they_are_taken(self):
        s = self.service
        down = [True]
        manner = lambda handler, tries: (503 if down else 204, {}, b"")  # noqa: E731
        with Receiver({"/write": manner}) as r, Prometheus(None, "--web.enable-remote-write-receiver") as prometheus:
            writes = [{"url": r.url + "/write"}, {"url": prometheus.url + "/api/v1/write", "labels": {"cluster": "eu-1"}}]
            self.start(remote_write=writes)
            for step in range(3):
                s.decided(s.begin(canary="good", end=int(time.time()) - 120 + 5 * step))
            until(lambda: len(r.at("/write")) >= 2)
            first = {body for _, body, _ in r.at("/write")}
            self.assertEqual(len(first), 1)  # what comes later waits for it
            down.clear()
            bodies = until(lambda: len({body for _, body, _ in r.at("/write")}) == 3 and [body for _, body, _ in r.at("/write")])
            self.assertEqual([len(set(bodies[:-2])), len(set(bodies[-3:]))], [1, 3])  # each once, in order
            query = prometheus.url + "/api/v1/query?query=" + urllib.parse.quote('count_over_time(serin_score{cluster="eu-1"}[10m])')

            def values():
                found = request(query).json["data"]["result"]
                return found and int(found[0]["value"][1])

            until(lambda: values() == 3)
            counted = b'serin_deliveries_total{target="publish.remote_write[0]",outcome="delivered"} 3'
            until(lambda: counted in s.get("/metrics").body)

    def test_a_server_that_takes_no_remote_write_2_is_asked_once(self):
        s = self.service
        manners = {"/old": answer(204), "/new": answer(200, {"X-Prometheus-Remote-Write-Samples-Written": "1000"})}
        with Receiver(manners) as r:
            self.start(remote_write=[{"url": r.url + path, "protocol": "auto"} for path in manners])
            for step in range(3):
                s.decided(s.begin(canary="good", end=int(time.time()) - 120 + 5 * step))
            until(lambda: len(r.at("/old")) == 4 and len(r.at("/new")) == 3)
            versions = {path: [headers["X-Prometheus-Remote-Write-Version"] for headers, _, _ in r.at(path)] for path in manners}
            self.assertEqual(versions, {"/old": ["2.0.0"] + 3 * ["0.1.0"], "/new": 3 * ["2.0.0"]})
            self.assertEqual(len({body for _, body, _ in r.at("/old")}), 4)  # the first one twice, in two forms

    def test_values_end_with_their_config(self):
        s = self.service
        with Prometheus(None, "--web.enable-remote-write-receiver") as prometheus:
            query = prometheus.url + "/api/v1/query?query=" + urllib.parse.quote("count by (canary) (serin_verdict)")
            canaries = lambda: {r["metric"]["canary"] for r in request(query).json["data"]["result"]}  # noqa: E731
            for name in ("stays", "goes", "went"):
                self.start(name=name, remote_write=[{"url": prometheus.url + "/api/v1/write"}])
                s.decided(s.begin(canary=name))
            until(lambda: canaries() == {"stays", "goes", "went"})
            (s.dir / "configs/goes.yaml").unlink()
            s.post("/-/reload")
            until(lambda: canaries() == {"stays", "went"})
            s.stop()
            (s.dir / "configs/went.yaml").unlink()
            s.start()
            until(lambda: canaries() == {"stays"})

    def test_what_waits_for_a_receiver_is_counted(self):
        s = self.service
        down = [True]
        manner = lambda handler, tries: (503 if down else 200, {}, b"")  # noqa: E731
        waits = lambda: dict(re.findall(r'serin_deliveries_waiting{target="(.+?)"} (\d+)', s.get("/metrics").body.decode()))  # noqa: E731
        with Receiver({"/hook": manner, "/write": manner, "/up": answer(200)}) as r:
            self.start(webhooks=[{"url": r.url + "/up"}, {"url": r.url + "/hook"}], remote_write=[{"url": r.url + "/write"}])
            for step in range(2):
                s.decided(s.begin(canary="good", end=int(time.time()) - 120 + 5 * step))
            until(lambda: waits() == {"publish.webhooks[0]": "0", "publish.webhooks[1]": "2", "publish.remote_write[0]": "2"})
            down.clear()
            until(lambda: waits() == dict.fromkeys(waits(), "0"), 60)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A running service and two real Alertmanagers in a cluster: one notification of a failure and one of its end, whatever is restarted."""

import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from courier_test import until
from fake_prometheus import FakePrometheus
from publish_test import Receiver, answer
from service import Service, request

CONFIG = """route: {{receiver: hook, group_by: [{group_by}], group_wait: {group_wait}, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: hook, webhook_configs: [{{url: "{url}/notify"}}]}}]
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Alertmanager:
    """One of a cluster; it keeps its data over restarts."""

    def __init__(self, receiver, peers, more="", group_by="canary", group_wait="1s"):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        (self.dir / "config.yml").write_text(CONFIG.format(url=receiver.url, group_by=group_by, group_wait=group_wait) + more)
        self.port, self.cluster = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.peers = [f"--cluster.peer=127.0.0.1:{peer.cluster}" for peer in peers]
        self.start()

    def start(self):
        command = ["prometheus-alertmanager", f"--config.file={self.dir}/config.yml", f"--storage.path={self.dir}/data"]
        command += [f"--web.listen-address=127.0.0.1:{self.port}", f"--cluster.listen-address=127.0.0.1:{self.cluster}", *self.peers]
        command += ["--cluster.settle-timeout=2s", "--cluster.peer-timeout=5s", "--cluster.probe-interval=200ms"]
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self.ready)

    def ready(self):
        try:
            with urllib.request.urlopen(self.url + "/-/ready", timeout=5) as got:
                return got.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def joined(self):
        with urllib.request.urlopen(self.url + "/api/v2/status", timeout=5) as got:
            cluster = json.loads(got.read())["cluster"]
        return cluster["status"] == "ready" and len(cluster["peers"]) == 2

    def alerts(self):
        with urllib.request.urlopen(self.url + "/api/v2/alerts", timeout=5) as got:
            return json.loads(got.read())

    def silence(self, comment, **labels):
        """Returns its id."""
        matchers = [{"name": name, "value": value, "isRegex": False, "isEqual": True} for name, value in labels.items()]
        times = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + s)) for s in (-1, 3600)]
        body = {"matchers": matchers, "startsAt": times[0], "endsAt": times[1], "createdBy": "ann", "comment": comment}
        return request(self.url + "/api/v2/silences", "POST", body).json["silenceID"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)

    def remove(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


class AlertsTest(unittest.TestCase):
    """A service whose canaries fail, pass and tell whom a test names."""

    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service())

    def config(self, most, name="shop", **publish):
        self.service.config(name, self.source.url, most, publish)


class AlertmanagersTest(AlertsTest):
    @unittest.skipUnless(shutil.which("prometheus-alertmanager"), "no Alertmanager")
    def test_a_cluster_notifies_once_of_a_failure_and_once_of_its_end(self):
        s = self.service
        receiver = self.enterContext(Receiver())
        one = Alertmanager(receiver, [])
        self.addCleanup(one.remove)
        two = Alertmanager(receiver, [one])
        self.addCleanup(two.remove)
        one.peers = [f"--cluster.peer=127.0.0.1:{two.cluster}"]  # for its restart
        peers = [{"url": peer.url, "resend": "2s"} for peer in (one, two)]

        def notified(status):
            return [n for n in (json.loads(body) for _, body, _ in receiver.at("/notify")) if n["status"] == status]

        def both_have():
            return all(any(alert["labels"]["alertname"] == "CanaryFailed" for alert in peer.alerts()) for peer in (one, two))

        until(lambda: one.joined() and two.joined())
        self.config(0.1, alertmanagers=peers)
        s.start()
        self.assertEqual(s.decided(s.begin(canary="shop", correlation_id="pipe-7"))["verdict"], "fail")
        fired = until(lambda: notified("firing"))[0]
        names = {alert["labels"]["alertname"] for alert in fired["alerts"]}
        self.assertEqual(names, {"CanaryFailed", "CanaryMetricFailed"})
        self.assertEqual({alert["annotations"]["correlation_id"] for alert in fired["alerts"]}, {"pipe-7"})
        until(both_have)
        s.stop(kill=True)  # what stands is in the store
        two.stop()
        s.start()
        two.start()
        until(lambda: one.joined() and two.joined())
        ends = one.alerts()[0]["endsAt"]
        until(lambda: both_have() and one.alerts()[0]["endsAt"] > ends)  # sent again
        one.stop()
        one.start()
        until(lambda: one.joined() and two.joined() and both_have())
        self.assertEqual((len(notified("firing")), notified("resolved")), (1, []))
        self.config(1, alertmanagers=peers)
        s.post("/-/reload")
        self.assertEqual(s.decided(s.begin(canary="shop"))["verdict"], "pass")
        until(lambda: notified("resolved"))
        begin = time.monotonic()
        until(lambda: time.monotonic() - begin > 3)  # the resolution is repeated meanwhile
        self.assertEqual((len(notified("firing")), len(notified("resolved"))), (1, 1))

    def test_a_peer_that_is_down_is_tried_again_alone(self):
        s = self.service
        down = [True]
        manner = lambda handler, tries: (503 if down else 200, {}, b"")  # noqa: E731
        with Receiver({"/down": manner, "/bad": answer(400)}) as r:
            self.config(0.1, alertmanagers=[{"url": r.url + path, "resend": "1h"} for path in ("/down", "/up", "/bad")])
            s.start()
            s.decided(s.begin(canary="shop"))
            until(lambda: r.at("/down/api/v2/alerts") and r.at("/up/api/v2/alerts"))
            self.assertEqual(len(json.loads(r.at("/up/api/v2/alerts")[0][1])), 2)  # the canary and the metric
            until(lambda: len(r.at("/bad/api/v2/alerts")) == 3)  # the list, then each alone
            down.clear()
            until(lambda: len(r.at("/down/api/v2/alerts")) == 2)
            until(lambda: "alerts are not taken" in s.log())


if __name__ == "__main__":
    unittest.main()

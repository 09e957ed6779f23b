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

INHIBIT = """inhibit_rules:
  - {source_matchers: [alertname="CanaryFailed"], target_matchers: [alertname="CanaryMetricFailed"], equal: [canary]}
"""
CONFIG = """route: {{receiver: hook, group_by: [canary], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: hook, webhook_configs: [{{url: "{url}/notify"}}]}}]
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Alertmanager:
    """One of a cluster; it keeps its data over restarts."""

    def __init__(self, receiver, peers, more=""):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        (self.dir / "config.yml").write_text(CONFIG.format(url=receiver.url) + more)
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


class AlertmanagersTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service())

    def config(self, most, **publish):
        text = self.service.config("shop", self.source.url, most)
        (self.service.dir / "configs/shop.yaml").write_text(text + "publish: " + json.dumps(publish) + "\n")

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

    @unittest.skipUnless(shutil.which("prometheus-alertmanager"), "no Alertmanager")
    def test_silences_and_inhibitions_are_shown_and_change_no_verdict(self):
        s = self.service
        peer = Alertmanager(self.enterContext(Receiver()), [], INHIBIT)
        self.addCleanup(peer.remove)
        self.config(0.1, alertmanagers=[{"url": peer.url, "resend": "1s"}])
        s.start()
        ident = s.decided(s.begin(canary="shop"))["id"]
        silence = peer.silence("<script>alert(1)</script> is\nmended " + "x" * 5000, alertname="CanaryFailed", canary="shop")
        shown = lambda: {a["alert"]: a for a in s.get(f"/api/v1/analyses/{ident}").json["alerts_suppressed"]}  # noqa: E731
        report = lambda form: s.get(f"/api/v1/analyses/{ident}/report?format={form}").body.decode()  # noqa: E731
        until(lambda: len(shown()) == 2)
        found, = shown()["CanaryFailed"]["silenced_by"]
        self.assertEqual((found["id"], found["by"], found["until"][:2], len(found["comment"])), (silence, "ann", "20", 200))
        self.assertTrue(found["comment"].startswith("<script>alert(1)</script> is mended xxx"))
        inhibited = shown()["CanaryMetricFailed"]
        self.assertEqual((inhibited["metric"], inhibited["silenced_by"]), ("pool", []))
        self.assertEqual([by["alert"] for by in inhibited["inhibited_by"]], ["CanaryFailed"])
        self.assertRegex(" ".join(report("text").split()), r"publish\.alertmanagers\[0\]: 1 alert is silenced by ann until 20.*mended xx")
        self.assertIn("1 alert is inhibited by CanaryFailed", " ".join(report("markdown").split()))
        self.assertIn("&lt;script&gt;alert(1)", report("html"))
        self.assertNotIn("<script>alert", report("html"))
        self.assertNotIn("silenced", json.dumps(s.get(f"/api/v1/analyses/{ident}/result").json))
        tag = s.get(f"/api/v1/analyses/{ident}").headers["ETag"]
        self.assertEqual(request(peer.url + f"/api/v2/silence/{silence}", "DELETE").status, 200)
        until(lambda: set(shown()) == {"CanaryMetricFailed"})
        self.assertEqual(s.get(f"/api/v1/analyses/{ident}", headers={"If-None-Match": tag}).status, 200)
        self.assertEqual(s.get(f"/api/v1/analyses/{ident}").json["verdict"], "fail")
        self.config(1, alertmanagers=[{"url": peer.url, "resend": "1s"}])
        s.post("/-/reload")
        s.decided(s.begin(canary="shop"))
        self.assertEqual(shown(), {})  # its alerts do not stand any more

    def test_a_peer_that_answers_nonsense_about_silences_is_borne(self):
        s = self.service
        good = "12345678-1234-1234-1234-123456789abc"
        alerts = [{"labels": {"alertname": 7, "metric": ["x"]}, "status": {"silencedBy": [None, 3, "../../../etc", good], "inhibitedBy": [{}, "f" * 9000]}},
                  None, 5, {"status": []}, {"status": {"silencedBy": {"a": 1}, "inhibitedBy": "x"}, "fingerprint": 2}]
        bodies = {"/list": json.dumps(alerts), "/object": "{}", "/cut": "[{", "/deep": "[" * 100000, "/large": "[" + "1," * 1000000 + "1]"}
        manner = lambda body: lambda handler, tries: (200, {}, body.encode() if handler.command == "GET" else b"")  # noqa: E731
        manners = {f"/list/api/v2/silence/{good}": manner('{"comment": 5, "createdBy": "a\\u0000\\u001b[31mb", "endsAt": null}')}
        with Receiver(manners | {path: manner(body) for path, body in bodies.items()} | {"/refuses": answer(404)}) as r:
            self.config(0.1, alertmanagers=[{"url": r.url + path, "resend": "1h"} for path in [*bodies, "/refuses"]])
            s.start()
            ident = s.decided(s.begin(canary="shop"))["id"]
            found, = until(lambda: s.get(f"/api/v1/analyses/{ident}").json["alerts_suppressed"])
            self.assertEqual((found["target"], len(found["inhibited_by"][1]["fingerprint"])), ("publish.alertmanagers[0]", 100))
            silence, = found["silenced_by"]
            self.assertEqual(silence["id"], good)
            self.assertNotIn("\x1b", silence.get("by", ""))
            until(lambda: len([path for path, *_ in r.requests if "?filter=" in path]) == len(bodies))
            self.assertEqual([path for path, *_ in r.requests if "etc" in path], [])
            self.assertEqual(s.get(f"/api/v1/analyses/{ident}/report?format=html").status, 200)

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

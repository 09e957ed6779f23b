# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real Alertmanager makes of the alerts of a running service: groups, routes, silences and inhibitions, and what is shown of them."""

import json
import re
import shutil
import subprocess
import unittest

from alertmanagers_test import Alertmanager, AlertsTest
from courier_test import until
from harness import ROOT
from publish_test import Receiver, answer
from service import request

INHIBIT = """inhibit_rules:
  - {source_matchers: [alertname="CanaryFailed"], target_matchers: [alertname="CanaryMetricFailed"], equal: [canary]}
"""


class SilencesTest(AlertsTest):
    @unittest.skipUnless(shutil.which("prometheus-alertmanager"), "no Alertmanager")
    def test_canaries_of_a_group_are_one_notification(self):
        s = self.service
        receiver = self.enterContext(Receiver())
        peer = Alertmanager(receiver, [], group_by="group", group_wait="3s")
        self.addCleanup(peer.remove)
        for name in ("shop", "cart"):
            self.config(0.1, name, alertmanagers=[{"url": peer.url, "group": "release-${track}"}])
        s.start()
        for ident in [s.begin(canary=name) for name in ("shop", "cart")]:
            s.decided(ident)
        until(lambda: receiver.at("/notify"))
        notifications = [json.loads(body) for _, body, _ in receiver.at("/notify")]
        self.assertEqual([n["commonLabels"]["group"] for n in notifications], ["release-canary"])
        self.assertEqual({a["labels"]["canary"] for a in notifications[0]["alerts"]}, {"shop", "cart"})

    @unittest.skipUnless(shutil.which("amtool"), "no amtool")
    def test_the_routes_of_the_documentation_reach_whom_they_say(self):
        text, = re.findall(r"```yaml\n(route:\n.*?)```", (ROOT / "docs/publish.md").read_text(), re.S)
        file = self.service.dir / "alertmanager.yml"
        file.write_text(text)
        subprocess.run(["amtool", "check-config", file], check=True, capture_output=True)
        failed = {"alertname": "CanaryFailed", "canary": "shop", "failure_type": "regression"}
        cases = [({**failed, "severity": "page"}, "on-call"), ({**failed, "severity": "page", "owner": "team-pay"}, "on-call,team-pay"),
                 ({"alertname": "CanaryUndecided", "canary": "shop", "severity": "ticket"}, "tickets"), ({"alertname": "Other"}, "nobody")]
        for labels, receivers in cases:
            command = ["amtool", "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receivers}"]
            run = subprocess.run([*command, *[f"{name}={value}" for name, value in labels.items()]], capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, (labels, run.stdout + run.stderr))

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


if __name__ == "__main__":
    unittest.main()

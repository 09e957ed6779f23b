# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the publish block tells a verdict: fake receivers that take, refuse, delay and hang, a real Prometheus and a real Alertmanager."""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from fake_prometheus import FakePrometheus, Server
from harness import FAIL, PASS, ROOT, SERIN, UNREACHABLE, Prometheus, serin, show

KEYS = [bytes(range(32)), bytes(range(64))]
CONFIG = """\
canary: checkout
owner: team-pay
sources: {main: {url: "SOURCE", protocol: raw, tries: 1}}
scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}
window: {length: 10m, step: 15s}
metrics:
  - {name: latency, query: 'latency{${scope}}', tolerance: 10%, critical: true, unit: ms}
  - {name: memory, query: 'memory{${scope}}', tolerance: 10%, unit: bytes}
publish: PUBLISH
"""


def source(factor):
    """A sample each 15 s; the canary's latency is `factor` times the baseline's."""

    def manner(handler, path, form, tries):
        fields = urllib.parse.parse_qs(form)
        query, end = fields["query"][0], float(fields["time"][0])
        window = re.search(r"\[(\d+)([sm])\]", query)
        canary, slow = "canary" in query, factor if "canary" in query and "latency" in query else 1
        first = int(end) - int(window[1]) * (60 if window[2] == "m" else 1)
        values = [[t, str(slow * (100 + (t // 15 + 5 * canary) * 7919 % 13 / 10))] for t in range(first - first % 15 + 15, int(end) + 1, 15)]
        body = {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": values}]}}
        handler.send(200, "application/json", json.dumps(body).encode())
        return True

    return manner


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fake = self.server.fake
        with fake.lock:
            fake.requests.append((self.path, self.headers, self.body, time.monotonic()))
            tries = sum(path == self.path for path, *_ in fake.requests)
        manner = next((m for prefix, m in fake.manners.items() if self.path.startswith(prefix)), None)
        status, headers, body = manner(self, tries) if manner is not None else (200, {}, b"ok")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST


class Receiver:
    """Keeps what comes in; `manners` gives the answer by the beginning of the path: a function of handler and count of tries."""

    def __init__(self, manners=()):
        self.manners = dict(manners)
        self.requests = []
        self.lock = threading.Lock()  # guards requests
        self.stopping = threading.Event()

    def __enter__(self):
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.fake = self
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.http.shutdown()
        self.http.server_close()

    def at(self, path):
        return [(headers, body, when) for at, headers, body, when in self.requests if at == path]


def answer(status, headers=(), body=b""):
    return lambda handler, tries: (status, dict(headers), body)


def hang(handler, tries):
    handler.server.fake.stopping.wait()
    handler.close_connection = True
    return 200, {}, b""


class Analysis(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def secret(self, name, text):
        path = self.dir / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return str(path)

    def write(self, prometheus, publish, metrics=0):
        """A config, with so many metrics more."""
        more = "".join(f"  - {{name: m{i}, query: 'm{i}{{${{scope}}}}', tolerance: 10%}}\n" for i in range(metrics))
        config = self.dir / "canary.yaml"
        config.write_text(CONFIG.replace("SOURCE", prometheus.url).replace("publish: PUBLISH", more + "publish: " + json.dumps(publish)))
        return config

    def analyze(self, publish, factor=2, *more, metrics=0):
        """The run's result and the seconds it took."""
        with FakePrometheus(source(factor)) as prometheus:
            config = self.write(prometheus, publish, metrics)
            begin = time.monotonic()
            result = serin("analyze", config, "--output", "json", *more)
            return result, time.monotonic() - begin


class PublishTest(Analysis):
    def test_webhooks_get_signed_events(self):
        files = [self.secret(f"hook{i}", "whsec_" + base64.b64encode(key).decode()) for i, key in enumerate(KEYS)]
        with Receiver() as receiver:
            hooks = [{"url": receiver.url + "/standard?token=1", "secret_file": files, "headers": {"X-Team": "pay"}}]
            hooks += [{"url": receiver.url + "/cloud", "format": "cloudevents", "bearer_token_file": self.secret("token", "t0ken")}]
            hooks += [{"url_file": self.secret("url", receiver.url + "/slack/secret"), "format": "slack", "on": ["fail"]}]
            hooks += [{"url": receiver.url + "/passes", "on": ["pass", "inconclusive"]}]
            hooks += [{"url": receiver.url + "/binary", "format": "cloudevents_binary", "secret_file": files[:1]}]
            hooks += [{"url": receiver.url + "/cd", "format": "cdevents"}]
            hooks += [{"url": receiver.url + "/template", "format": "slack", "template": "<!here> ${verdict} of ${canary}, ${link}: ${metrics}"}]
            result, _ = self.analyze({"webhooks": hooks, "link": "https://ci.example/7"})
        self.assertEqual((result[0], result[2]), (FAIL, ""), show(result))
        document = json.loads(result[1])
        headers, body, _ = receiver.at("/standard?token=1")[0]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = ["v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in KEYS]
        self.assertEqual(headers["webhook-signature"], " ".join(wanted))
        self.assertLess(abs(time.time() - int(headers["webhook-timestamp"])), 60)
        self.assertEqual((headers["X-Team"], headers["Content-Type"]), ("pay", "application/json"))
        data = json.loads(body)["data"]
        self.assertEqual([data["run_id"], data["verdict"], data["link"]], [document["id"], "fail", "https://ci.example/7"])
        self.assertEqual([(m["name"], m["classification"]) for m in data["metrics"]], [("latency", "high"), ("memory", "pass")])
        headers, body, _ = receiver.at("/cloud")[0]
        self.assertEqual((headers["Content-Type"], headers["Authorization"]), ("application/cloudevents+json", "Bearer t0ken"))
        self.assertEqual(json.loads(body)["data"]["verdict"], "fail")
        headers, body, _ = receiver.at("/slack/secret")[0]
        self.assertIn("checkout: fail", json.loads(body)["text"])
        self.assertIsNone(headers["webhook-id"])
        headers, body, _ = receiver.at("/binary")[0]
        self.assertEqual((headers["Content-Type"], headers["ce-specversion"], headers["ce-subject"]), ("application/json", "1.0", "checkout"))
        self.assertEqual((json.loads(body)["verdict"], headers["webhook-signature"][:3]), ("fail", "v1,"))
        headers, body, _ = receiver.at("/cd")[0]
        self.assertEqual(headers["ce-type"], json.loads(body)["context"]["type"])
        self.assertEqual(json.loads(body)["subject"]["content"]["outcome"], "failure")
        message = json.loads(receiver.at("/template")[0][1])["text"]
        self.assertRegex(message, "^<!here> fail of checkout, https://ci.example/7: • latency: ")
        self.assertEqual(len(receiver.requests), 6)  # nobody is told of a fail who asked for passes

    def test_every_alertmanager_gets_every_alert(self):
        with Receiver() as one, Receiver() as two:
            peers = [{"url": one.url + "/am/", "resend": "1m"}, {"url": two.url, "username": "u", "password_file": self.secret("p", "pw")}]
            fail, _ = self.analyze({"alertmanagers": peers})
            passed, _ = self.analyze({"alertmanagers": peers}, 1)
        self.assertEqual((fail[0], fail[2], passed[0], passed[2]), (FAIL, "", PASS, ""), show(fail) + show(passed))
        first, second = [json.loads(body) for _, body, _ in one.at("/am/api/v2/alerts")]
        self.assertEqual(two.at("/api/v2/alerts")[0][0]["Authorization"], "Basic " + base64.b64encode(b"u:pw").decode())
        self.assertEqual(one.at("/am/api/v2/alerts")[0][0]["Content-Type"], "application/json")
        self.assertEqual(len(json.loads(two.at("/api/v2/alerts")[0][1])), len(first))
        labels = {"alertname": "CanaryMetricFailed", "canary": "checkout", "metric": "latency", "failure_type": "regression", "severity": "page", "owner": "team-pay"}
        self.assertIn(labels, [alert["labels"] for alert in first])
        for alert in first:  # what fired is resolved under the same labels
            self.assertIn(alert["labels"], [other["labels"] for other in second])

    def test_alerts_are_sent_alone_when_the_list_is_refused(self):
        def refuse(handler, tries):
            bad = any(alert["labels"].get("metric") == "latency" for alert in json.loads(handler.body))
            return (400, {}, b'"bad alert"') if bad else (200, {}, b"")

        with Receiver({"/": refuse}) as receiver:
            result, _ = self.analyze({"alertmanagers": [{"url": receiver.url}]})
        self.assertEqual(result[0], FAIL, show(result))
        sizes = [len(json.loads(body)) for _, body, _ in receiver.at("/api/v2/alerts")]
        self.assertEqual(sorted(sizes), [1] * (max(sizes)) + [max(sizes)])
        told = result[2].splitlines()
        self.assertEqual(len(told), 1, show(result))
        self.assertRegex(told[0], r'alertmanagers\[0\], alert CanaryMetricFailed latency: not delivered: answered 400: "bad alert"')

    def test_trouble_never_changes_the_verdict_and_is_bounded(self):
        def mends(handler, tries):
            return (503, {}, b"later") if tries < 3 else (204, {}, b"")

        def patience(handler, tries):
            return (429, {"Retry-After": "1"}, b"") if tries == 1 else (200, {}, b"")

        manners = {"/mends": mends, "/patience": patience, "/hang": hang, "/400": answer(400, body=b"bad\x1b[31m <body>"), "/500": answer(500)}
        manners |= {"/410": answer(410), "/busy": answer(503, {"Retry-After": "60"}), "/big": answer(403, body=b"x" * 3_000_000)}
        with socket.socket() as closed, Receiver(manners) as receiver:
            closed.bind(("127.0.0.1", 0))  # bound, not listening: refused
            names = [*manners, "/fine"]
            hooks = [{"url": receiver.url + name + "/s3cret"} for name in names]
            hooks += [{"url": f"http://127.0.0.1:{closed.getsockname()[1]}/s3cret"}, {"url": receiver.url, "secret_file": "/nowhere/s"}]
            hooks += [{"url": receiver.url, "secret_file": self.secret("weak", "hunter2")}]
            result, took = self.analyze({"deadline": "3s", "webhooks": hooks})
        self.assertEqual(result[0], FAIL, show(result))
        self.assertEqual(json.loads(result[1])["verdict"], "fail")
        self.assertLess(took, 8)
        told = {int(re.search(r"webhooks\[(\d+)\]", line)[1]): line for line in result[2].splitlines()}
        silent = [names.index(name) for name in ("/mends", "/patience", "/fine")]
        self.assertEqual(sorted(told), [i for i in range(len(hooks)) if i not in silent], show(result))
        parts = {"/400": "answered 400", "/500": "answered 500", "/hang": "no answer", "/410": "take it out", "/big": "answered 403"}
        for name, part in (parts | {"/busy": "no time for the wait that is asked for"}).items():
            self.assertIn(part, told[names.index(name)])
        self.assertIn("connection refused", told[len(names)].lower())
        self.assertIn("/nowhere/s", told[len(names) + 1])
        self.assertIn("whsec_", told[len(names) + 2])
        for secret in ("s3cret", "hunter2", "\x1b"):
            self.assertNotIn(secret, result[2])
        counts = {name: len(receiver.at(name + "/s3cret")) for name in names}
        self.assertEqual([counts[name] for name in ("/mends", "/patience", "/400", "/410", "/busy", "/big", "/fine", "/hang")], [3, 2, 1, 1, 1, 1, 1, 1])
        self.assertGreater(counts["/500"], 1)
        self.assertLessEqual(counts["/500"], 6)
        first, second = receiver.at("/patience/s3cret")
        self.assertGreaterEqual(second[2] - first[2], 0.99)  # serin counts whole milliseconds
        self.assertEqual(first[0]["webhook-id"], second[0]["webhook-id"])

    def test_an_interruption_ends_deliveries_and_keeps_the_verdict(self):
        with Receiver({"/": hang}) as receiver, FakePrometheus(source(2)) as prometheus:
            config = self.write(prometheus, {"deadline": "1m", "webhooks": [{"url": receiver.url}]})
            command = [SERIN, "analyze", str(config), "--output", "json"]
            run = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            deadline = time.monotonic() + 30
            while not receiver.requests and time.monotonic() < deadline:
                time.sleep(0.02)
            run.send_signal(signal.SIGTERM)
            out, err = run.communicate(timeout=20)
        self.assertEqual(run.returncode, FAIL, err)
        self.assertEqual(json.loads(out)["verdict"], "fail")
        self.assertIn(b"webhooks[0]: not delivered: interrupted", err)

    def test_a_watch_tells_its_verdict_once(self):
        with Receiver() as receiver, FakePrometheus(source(2)) as prometheus:
            config = self.write(prometheus, {"webhooks": [{"url": receiver.url + "/hook"}]})
            start = int(time.time()) - 60 - 5 * 60  # five minutes of data: a look is due now
            config.write_text(config.read_text().replace("step: 15s}", "step: 15s, interval: 1m}"))
            result = serin("analyze", config, "--watch", "--start", start, "--state", self.dir / "state.json")
        self.assertEqual(result[0], FAIL, show(result))
        self.assertEqual([json.loads(body)["data"]["verdict"] for _, body, _ in receiver.at("/hook")], ["fail"])

    def test_redirects_to_others_and_open_secrets_are_told(self):
        with Receiver() as other, Receiver({"/": answer(307, {"Location": other.url + "/caught"})}) as receiver:
            path = pathlib.Path(self.secret("token", "t0ken"))
            path.chmod(0o644)
            result, _ = self.analyze({"webhooks": [{"url": receiver.url + "/s3cret", "bearer_token_file": str(path)}]})
        self.assertEqual((result[0], other.requests), (FAIL, []), show(result))
        self.assertRegex(result[2], r"token can be read by every user")
        self.assertRegex(result[2], r"webhooks\[0\]: not delivered: .* redirect to .*, which is not followed")
        self.assertNotIn("s3cret", result[2])

    def test_recorded_answers_are_told_to_nobody(self):
        record = self.dir / "record"
        with Receiver() as receiver:
            publish = {"webhooks": [{"url": receiver.url + "/hook"}], "alertmanagers": [{"url": receiver.url}]}
            live, _ = self.analyze(publish, 2, "--record", record)
            self.assertEqual(len(receiver.requests), 2)
            again = serin("replay", record, "--output", "json")
            source_again = serin("analyze", self.dir / "canary.yaml", "--source", f"recorded:{record}", "--end", json.loads(live[1])["window"]["end"])
            self.assertEqual(len(receiver.requests), 2)
        self.assertEqual(again, live, show(again))
        self.assertEqual(source_again[0], FAIL, show(source_again))

    def test_a_source_that_fails_is_told_as_an_error(self):
        with Receiver() as receiver, FakePrometheus("broken") as prometheus:
            publish = {"webhooks": [{"url": receiver.url + "/hook", "on": "error"}], "alertmanagers": [{"url": receiver.url}]}
            result = serin("analyze", self.write(prometheus, publish))
        self.assertEqual(result[0], UNREACHABLE, show(result))
        self.assertEqual(json.loads(receiver.at("/hook")[0][1])["data"]["verdict"], "error")
        names = [alert["labels"]["alertname"] for alert in json.loads(receiver.at("/api/v2/alerts")[0][1])]
        self.assertEqual(names, ["CanaryUndecided"])

    def test_remote_write_is_sent_in_pieces(self):
        with Prometheus(None, "--web.enable-remote-write-receiver") as prometheus, Receiver() as receiver:
            targets = [{"url": prometheus.url + "/api/v1/write"}, {"url": receiver.url + "/write"}]
            result, _ = self.analyze({"remote_write": targets}, 2, "--output", f"prom={self.dir}/metrics", metrics=30)
            form = urllib.parse.urlencode({"query": 'count({__name__=~".+"})', "time": json.loads(result[1])["window"]["end"]}).encode()
            with urllib.request.urlopen(prometheus.url + "/api/v1/query", form, timeout=10) as answered:
                stored = int(json.load(answered)["data"]["result"][0]["value"][1])
        self.assertEqual((result[0], result[2]), (FAIL, ""), show(result))
        lines = (self.dir / "metrics").read_text().splitlines()
        gauges = {line.split()[2] for line in lines if line.startswith("# TYPE") and line.endswith(" gauge")}
        self.assertEqual(stored, sum(re.match(r"\w+", line)[0] in gauges for line in lines if line[0] != "#"))
        pieces = receiver.at("/write")
        self.assertEqual(len(pieces), -(-stored // 500))
        self.assertGreater(len(pieces), 1)
        for headers, body, _ in pieces:
            sent = [headers[name] for name in ("Content-Type", "Content-Encoding", "X-Prometheus-Remote-Write-Version")]
            self.assertEqual(sent, ["application/x-protobuf", "snappy", "0.1.0"])
            self.assertIn("serin/", headers["User-Agent"])

    def test_remote_write_reaches_a_real_prometheus(self):
        with Prometheus(None, "--web.enable-remote-write-receiver") as prometheus:
            target = {"url": prometheus.url + "/api/v1/write", "labels": {"cluster": "eu-1"}}
            result, _ = self.analyze({"remote_write": [target]})
            document = json.loads(result[1])

            def query(expr):
                form = urllib.parse.urlencode({"query": expr, "time": document["window"]["end"]}).encode()
                with urllib.request.urlopen(prometheus.url + "/api/v1/query", form, timeout=10) as answered:
                    return json.load(answered)["data"]["result"]

            self.assertEqual((result[0], result[2]), (FAIL, ""), show(result))
            verdict = query('serin_verdict{canary="checkout"} == 1')
            self.assertEqual([v["metric"]["verdict"] for v in verdict], ["fail"])
            self.assertEqual(verdict[0]["metric"]["cluster"], "eu-1")
            ratio = [m["ratio"] for m in document["metrics"] if m["name"] == "latency"]
            self.assertEqual([float(r["value"][1]) for r in query('serin_metric_ratio{metric="latency"}')], ratio)
            self.assertEqual(query('{__name__=~"serin_.*_total"}'), [])


@unittest.skipUnless(shutil.which("prometheus-alertmanager"), "no Alertmanager here")
class AlertmanagerTest(Analysis):
    def setUp(self):
        super().setUp()
        with socket.socket() as s:  # it does not tell which port it took, so it has to be given one
            s.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{s.getsockname()[1]}"
        self.url = "http://" + address
        (self.dir / "am.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
        command = ["prometheus-alertmanager", f"--config.file={self.dir}/am.yml", f"--storage.path={self.dir}/am"]
        command += [f"--web.listen-address={address}", "--cluster.listen-address="]
        self.log = open(self.dir / "am.log", "wb")
        self.addCleanup(self.log.close)
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.addCleanup(self.stop)
        deadline = time.monotonic() + 30
        while self.get("/-/ready") is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.fail("Alertmanager did not become ready:\n" + (self.dir / "am.log").read_text())
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)

    def get(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answered:
                return answered.read()
        except OSError:
            return None

    def alerts(self):
        return {(a["labels"]["alertname"], a["labels"].get("metric")): a for a in json.loads(self.get("/api/v2/alerts"))}

    def test_a_fail_fires_and_a_pass_resolves(self):
        publish = {"alertmanagers": [{"url": self.url}], "link": "https://ci.example/7"}
        result, _ = self.analyze(publish)
        self.assertEqual((result[0], result[2]), (FAIL, ""), show(result))
        firing = self.alerts()
        self.assertEqual(sorted(firing, key=str), [("CanaryFailed", None), ("CanaryMetricFailed", "latency")])
        alert = firing["CanaryMetricFailed", "latency"]
        self.assertEqual(alert["annotations"]["run_id"], json.loads(result[1])["id"])
        self.assertEqual(alert["generatorURL"], "https://ci.example/7")
        result, _ = self.analyze(publish, 1)
        self.assertEqual((result[0], result[2]), (PASS, ""), show(result))
        self.assertEqual(self.alerts(), {})


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can only send a name and a password gets in with a token: a real browser, which other sites cannot use for that, and a real Prometheus.
And a command shows its certificate to a service that asks for one."""

import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from fake_prometheus import FakePrometheus
from harness import PASS, UNREACHABLE, USAGE, Prometheus, serin, show
from service import Service, request
from tls_test import Authority

BROWSER = shutil.which("chromium")
SCRAPE = """scrape_configs:
  - job_name: serin
    scrape_interval: 1s
    basic_auth: {{username: prometheus, password_file: {file}}}
    static_configs: [{{targets: ["{target}"]}}]
"""
ATTACK = """<!DOCTYPE html><title>attack</title><form method="post" action="{url}/-/reload" enctype="text/plain"><input name="a" value="b"></form>
<img src="{url}/?from=image"><script>onload = () => document.forms[0].submit()</script>"""


class Browser:
    """A headless Chromium with one page, driven through pipes."""

    def __init__(self, test):
        profile = tempfile.mkdtemp(prefix="serin-")
        test.addCleanup(shutil.rmtree, profile, True)
        their_in, self.out = os.pipe()
        self.inn, their_out = os.pipe()

        def pipes():  # the browser wants them as 3 and 4
            ours = os.dup(their_in), os.dup(their_out)
            for number, fd in zip((3, 4), ours):
                os.dup2(fd, number)

        command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
                   "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=pipes, close_fds=False)
        os.close(their_in)
        os.close(their_out)
        self.reader = open(self.inn, "rb")
        test.addCleanup(self.stop)
        self.sent, self.session = 0, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.reader.close()
        os.close(self.out)

    def call(self, method, **parameters):
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": parameters, **({"sessionId": self.session} if self.session else {})}
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            said = b""
            while (byte := self.reader.read(1)) != b"\0":
                if not byte:
                    raise AssertionError("the browser is gone")
                said += byte
            answer = json.loads(said)
            if answer.get("id") == self.sent:
                if "error" in answer:
                    raise AssertionError(answer["error"])
                return answer["result"]

    def text(self):
        done = self.call("Runtime.evaluate", expression="document.readyState + '\\n' + location + '\\n' + document.title + '\\n' + document.body.innerText")
        return done["result"].get("value", "")

    def shows(self, wanted, seconds=20):
        deadline = time.monotonic() + seconds
        while wanted not in (text := self.text()) or not text.startswith("complete"):
            if time.monotonic() > deadline:
                raise AssertionError(f"{wanted} is not shown, but {text}")
            time.sleep(0.05)
        return text

    def open(self, url):
        self.call("Page.navigate", url=url)


class SignInTest(unittest.TestCase):
    def setUp(self):
        source = self.enterContext(FakePrometheus("good"))
        self.service = s = self.enterContext(Service("--token-file", "tokens"))
        s.config("good", source.url)
        self.token, line = serin("token", "ann", "--role", "admin")[1].splitlines()
        (s.dir / "tokens").write_text(line + "\n")
        s.start()
        s.headers = {"Authorization": "Bearer " + self.token}
        self.ident = s.begin(canary="good")
        s.decided(self.ident)
        self.signed = s.url.replace("http://", f"http://any:{self.token}@")

    def attack(self):
        """A page of another site that makes a browser send what it can; where it is."""
        page = ATTACK.format(url=self.service.url).encode()

        class Page(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        return f"http://localhost:{server.server_address[1]}/"

    @unittest.skipIf(BROWSER is None, "chromium is not installed")
    def test_a_browser_signs_in_and_other_sites_gain_nothing_by_it(self):
        browser = Browser(self)
        browser.open(f"{self.signed}/analyses/{self.ident}")
        browser.shows("PASS")
        browser.open(f"{self.service.url}/")  # without name and password: the browser has them now
        self.assertIn("good", browser.shows("good"))
        browser.open(self.attack())
        browser.shows("cross_origin")
        log = self.service.log()
        self.assertNotIn("event=configs", log.split("event=listening", 1)[1])
        self.assertRegex(log, r'path=/-/reload .*status=403 error=cross_origin')
        self.assertNotIn(self.token, log)

    def test_a_prometheus_scrapes_with_it(self):
        file = pathlib.Path(self.service.dir) / "password"
        file.write_text(self.token + "\n")
        target = urllib.parse.urlsplit(self.service.url).netloc
        with Prometheus(None, config=SCRAPE.format(target=target, file=file)) as server:
            deadline, query = time.monotonic() + 30, urllib.parse.urlencode({"query": 'serin_score{canary="good"}'})
            while not (found := json.loads(request(f"{server.url}/api/v1/query?{query}").body)["data"]["result"]):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)
            self.assertEqual(found[0]["value"][1], "100")


class CertificateTest(unittest.TestCase):
    def test_a_command_shows_its_certificate(self):
        source = self.enterContext(FakePrometheus("good"))
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        ours = Authority(folder / "ours")
        (cert, key), client = ours.issue("server", "IP:127.0.0.1"), ours.issue("client", "DNS:client")
        s = self.enterContext(Service("--tls-cert", cert, "--tls-key", key, "--client-ca", ours.cert))
        s.config("good", source.url)
        s.start()
        both = folder / "both.pem"
        both.write_text("".join(file.read_text() for file in client))
        trusted = "--server", s.url, "--ca-file", ours.cert
        asked = "analyze", "good", "--wait", "--end", str(int(time.time()) - 120)
        for shown in (("--cert-file", client[0], "--cert-key", client[1]), ("--cert-file", both)):
            result = serin(*asked, *trusted, *shown)
            self.assertEqual(result[0], PASS, show(result))
        for shown, wanted in (((), s.url), (("--cert-key", client[1]), "--cert-key needs --cert-file")):
            result = serin(*asked, *trusted, *shown)
            self.assertEqual(result[0], USAGE if shown else UNREACHABLE, show(result))
            self.assertIn(wanted, result[2])


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A running `serin serve` on a free port of loopback, and requests to it."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from harness import ROOT, SERIN

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# One metric against a limit: the sources of fake_prometheus give values from 0.4 to 0.5.
CONFIG = """canary: {name}
sources: {{main: {{url: "{url}", tries: 1, timeout: 5s}}}}
scopes: {{canary: {{labels: {{app: shop}}}}}}
vars: {{track: canary}}
window: {{length: 1m, interval: 20s, step: 1s}}
judge: {{name: threshold}}
metrics:
  - name: pool
    threshold: {{query: 'max(pool_in_use{{${{scope}},track="${{track}}"}})', max: {most}}}
"""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {dict(self.headers)} {self.body[:2000]!r}"


def request(url, method="GET", body=None, headers=None, timeout=30):
    headers = dict(headers or {})
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    asked = urllib.request.Request(url, body, headers, method=method)
    try:
        with OPENER.open(asked, timeout=timeout) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return Answer(answer.code, answer.headers, answer.read())


class Service:
    """Use it in a with statement. The folder keeps its store over restarts."""

    def __init__(self, *flags):
        self.flags = flags
        self.listen, self.store = "127.0.0.1:0", "store.db"
        self.process = None
        self.headers = {}

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        (self.dir / "configs").mkdir()
        return self

    def __exit__(self, kind, *_):
        self.stop()
        found = re.search(r"(?s)[^\n]*(?:WARNING: ThreadSanitizer|ERROR: (?:Address|Leak)Sanitizer|runtime error:).*", self.log())
        shutil.rmtree(self.dir, ignore_errors=True)
        if found is not None and kind is None:
            raise AssertionError(found[0][:20000])

    def config(self, name, url, most=1, publish=None, more="", **changes):
        """Writes a config: `changes` are made in the text before `more` and whom it tells are put behind it."""
        text = CONFIG.format(name=name, url=url, most=most)
        for old, new in changes.items():
            text = text.replace(old, new)
        text += more + ("" if publish is None else "publish: " + json.dumps(publish) + "\n")
        (self.dir / f"configs/{name}.yaml").write_text(text)
        return text

    def launch(self):
        """Starts the process without waiting for it; returns where its log begins."""
        command = [SERIN, "serve", "--config-dir", "configs", "--store", self.store, "--state", "state", "--listen", self.listen]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            environment.pop(name, None)
        with open(self.dir / "log", "ab") as log:
            begin = log.tell()
            self.process = subprocess.Popen([*command, *self.flags], cwd=self.dir, env=environment, stdin=subprocess.DEVNULL, stderr=log)
        return begin

    def start(self):
        begin = self.launch()
        deadline = time.monotonic() + 60
        while (found := re.search(rb"event=listening url=(\S+)\n", self.log_from(begin))) is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the service did not start:\n" + self.log())
            time.sleep(0.02)
        self.url = found[1].decode()

    def crash(self, after_s):
        """Kills it after that time, however far it is."""
        try:
            self.process.wait(after_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        else:
            raise RuntimeError(f"the service ended by itself with {self.process.returncode}:\n{self.log()}")
        self.process = None

    def stop(self, kill=False):
        """Returns the exit code."""
        if self.process is None:
            return None
        self.process.kill() if kill else self.process.terminate()
        try:
            code = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process = None
        return code

    def log_from(self, begin):
        with open(self.dir / "log", "rb") as log:
            log.seek(begin)
            return log.read()

    def log(self):
        return self.log_from(0).decode(errors="replace") if (self.dir / "log").exists() else ""

    def ask(self, method, path, body=None, headers=None, timeout=30):
        return request(self.url + path, method, body, {**self.headers, **(headers or {})}, timeout)

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.ask("POST", path, body, **options)

    def begin(self, **members):
        """Starts an analysis, by default of a minute that is over; returns its id."""
        answer = self.post("/api/v1/analyses", {"end": int(time.time()) - 120, **members})
        if answer.status != 202:
            raise AssertionError(answer)
        return answer.json["id"]

    def decided(self, ident, timeout=20):
        answer = self.get(f"/api/v1/analyses/{ident}/wait?timeout={timeout}", timeout=timeout + 10)
        if answer.status != 200 or answer.json["state"] == "open":
            raise AssertionError(f"{answer}\n{self.log()[-20000:]}")
        return answer.json


__all__ = ["ROOT", "CONFIG", "Answer", "Service", "request"]

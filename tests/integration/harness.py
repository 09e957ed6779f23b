# SPDX-License-Identifier: GPL-3.0-or-later
"""What the integration tests share: starting serin, and starting a Prometheus that holds the fixtures' data."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERIN = os.environ["SERIN"]
CONFIG = "fixtures/canaries/checkout.yaml"  # serin runs at the top, so that no recording names this machine's folders
END = "2025-01-01T00:40:00Z"  # the fixtures' data cover 2025-01-01T00:00:00Z to 00:45:00Z

PASS, FAIL, USAGE, MARGINAL, INCONCLUSIVE, UNREACHABLE = 0, 1, 2, 3, 4, 6


def serin(*args, wrapper=(), timeout=120, input="", **options):
    """Runs serin from the checkout's top with that text on standard input; returns code, stdout and stderr (all text)."""
    command = [*wrapper, SERIN, *map(str, args)]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        environment.pop(name, None)
    done = subprocess.run(command, cwd=ROOT, env=environment, input=input.encode(), capture_output=True, timeout=timeout, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def show(result):
    """A run's result as the text of a failed check."""
    code, out, err = result
    return f"exit code {code}\n--- standard output\n{out}\n--- standard error\n{err}"


class RealServer:
    """A server from Debian's packages that runs in a folder of its own, which start() fills. Use it in a with statement."""

    process = None

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Prometheus(RealServer):
    """A real Prometheus on a port that the kernel chose; holds the data of one variant, of a file, or none.

    Flags beyond those that are needed may be given, and a configuration."""

    def __init__(self, variant, *flags, config=""):
        self.variant = variant
        self.flags = flags
        self.config = config
        self.url = None

    def start(self):
        if self.variant is not None:
            source = self.variant if isinstance(self.variant, pathlib.Path) else ROOT / f"fixtures/data/{self.variant}.om"
            # Each block reads the whole file again: days of data in blocks of the usual two hours take a hundred times as long.
            create = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=192h", "openmetrics", source, self.dir / "data"]
            subprocess.run(create, check=True, capture_output=True, timeout=60)
        (self.dir / "prometheus.yml").write_text(self.config)
        command = ["prometheus", f"--config.file={self.dir}/prometheus.yml", f"--storage.tsdb.path={self.dir}/data"]
        command += ["--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:0", *self.flags]
        with open(self.dir / "log", "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Prometheus did not become ready:\n" + (self.dir / "log").read_text())
            time.sleep(0.1)

    def ready(self):
        address = re.search(r'Listening on"? .*address=(127\.0\.0\.1:\d+)', (self.dir / "log").read_text())
        if address is None:
            return False
        self.url = "http://" + address[1]
        try:
            with urllib.request.urlopen(self.url + "/-/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


class VictoriaMetrics(RealServer):
    """A real VictoriaMetrics that holds the data of one variant, or none, and scrapes if it is told to."""

    def __init__(self, variant, config=None):
        self.variant = variant
        self.config = config

    def start(self):
        with socket.socket() as s:  # it does not tell which port it took, so it has to be given one
            s.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{s.getsockname()[1]}"
        command = ["victoria-metrics", f"-storageDataPath={self.dir}/data", "-retentionPeriod=100y", f"-httpListenAddr={address}"]
        if self.config is not None:
            (self.dir / "scrape.yml").write_text(self.config)
            command.append(f"-promscrape.config={self.dir}/scrape.yml")
        with open(self.dir / "log", "wb") as log:
            self.process = subprocess.Popen([*command, "-memory.allowedBytes=200MB"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.url = "http://" + address
        deadline = time.monotonic() + 60
        while not self.answers("/health"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("VictoriaMetrics did not become ready:\n" + (self.dir / "log").read_text())
            time.sleep(0.1)
        if self.variant is None:
            return
        text = (ROOT / f"fixtures/data/{self.variant}.om").read_text()
        samples = re.sub(r" (\d+)$", r" \g<1>000", "\n".join(line for line in text.splitlines() if line[:1] != "#"), flags=re.M)
        self.answers("/api/v1/import/prometheus", samples.encode())
        self.answers("/internal/force_flush")

    def answers(self, path, body=None):
        try:
            with urllib.request.urlopen(self.url + path, body, timeout=10) as answer:
                return answer.status in (200, 204)
        except (urllib.error.URLError, OSError):
            return False

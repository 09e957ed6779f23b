#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""P20 and P25: `serin serve` with 1,000 analyses of 20 metrics on both sides at once, a look a minute for three minutes, against an
nginx on loopback whose answers cover the run. Every analysis has a variable of its own in its selectors, so that no answer is
shared. Prints the looks that were missed, the peak memory, how many verdicts were published within 5 ms of the last answer, and the
processor time of serin a minute. A verdict is published when it is on disk: beside it stands what an fdatasync took there meanwhile, and
with a folder of a tmpfs the time is serin's own. On its way it wakes three threads: beside it stands how late one that does nothing was
woken, and `chrt -f 1` in front of the command keeps other programs out of it. Usage: serve_load.py SERIN [ANALYSES
[FOLDER]]. Skips, and says so, when nginx is missing."""
import datetime
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

METRICS, STEP_S, MINUTES, SETTLE_S = 20, 5, 3, 60
NGINX = """worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; default_type application/json; types {{}} open_file_cache max=10;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; error_page 405 =200 $uri; }} }}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write_inputs(folder, port):
    """Samples from before the first window to after the last one."""
    random.seed(25)
    now = int(time.time())
    values = ",".join(f'[{t},"{random.gauss(100, 2)!r}"]' for t in range(now - 300, now + 240, STEP_S))
    api = folder / "www/api/v1"
    (api / "status").mkdir(parents=True)
    (api / "query").write_text('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"shop"},"values":[' + values + "]}]}}")
    (api / "status/buildinfo").write_text('{"status":"success","data":{"version":"2.42.0"}}')
    (folder / "nginx.conf").write_text(NGINX.format(dir=folder, port=port))
    (folder / "configs").mkdir()
    metrics = "".join(f"  - {{name: m{i}, query: 'm{i}{{${{scope}}}}', tolerance: 10%}}\n" for i in range(METRICS))
    (folder / "configs/shop.yaml").write_text(
        "canary: shop\nvars: {number: '0'}\n"
        f"sources: {{main: {{url: 'http://127.0.0.1:{port}', protocol: raw}}}}\n"
        "scopes:\n  baseline: {labels: {track: stable, number: '${number}'}}\n  canary: {labels: {track: canary, number: '${number}'}}\n"
        f"window: {{length: {MINUTES}m, step: {STEP_S}s, interval: 1m}}\nmetrics:\n{metrics}")
    os.chmod(folder, 0o755)


def started(command, folder):
    log = folder / "log"
    with open(log, "wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stderr=out)
    for _ in range(500):
        found = re.search(r"event=listening url=http://(\S+)\n", log.read_text())
        if found:
            return process, found[1]
        if process.poll() is not None:
            break
        time.sleep(0.02)
    sys.exit("serin did not come up: " + log.read_text())


def status_kib(pid, name):
    return int(re.search(rf"{name}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def counts(address):
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        page = answer.read().decode()
    return {name: float(value) for name, value in re.findall(r"^(serin_(?:looks|publish_delay|analyses_open)\S*) (\S+)$", page, re.M)}


def time_text(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def begin(address, analyses):
    """Spread over the minute before their first look: its data end a minute after the start, and late samples have another one."""
    link, now = http.client.HTTPConnection(address), time.time()
    for i in range(analyses):
        start = now - 60 - SETTLE_S + 5 + 60 * i / analyses
        body = json.dumps({"canary": "shop", "start": time_text(start), "vars": {"number": str(i)}})
        link.request("POST", "/api/v1/analyses", body, {"Content-Type": "application/json"})
        answer = link.getresponse()
        if answer.status != 202:
            sys.exit(f"{answer.status} {answer.read()!r}")
        answer.read()
    return time.time() - now


class Machine:
    """What else the machine does shows in how late short sleeps end, and in how long it takes to have 60 KB on disk."""

    def __init__(self, folder):
        self.late_ms, self.sync_ms, self.file = [], [], open(folder / "sync", "ab", buffering=0)

    def pause(self, seconds):
        end = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < end:
            time.sleep(0.02)
            self.late_ms.append(1000 * (time.perf_counter() - begun - 0.02))
            if len(self.late_ms) % 10 == 0:
                self.sync()

    def sync(self):
        self.file.write(b"x" * 60000)
        begun = time.perf_counter()
        os.fdatasync(self.file.fileno())
        self.sync_ms.append(1000 * (time.perf_counter() - begun))

    def text(self):
        late, sync = (statistics.quantiles(times, n=100) for times in (self.late_ms, self.sync_ms))
        return (f"meanwhile an fdatasync took {sync[49]:.2f} ms, {sync[94]:.2f} once in 20 and {sync[98]:.2f} once in 100 times, and a thread "
                f"was woken {late[98]:.2f} ms late once in 100 times")


def watch(address, process, machine):
    begun = time.monotonic()
    while time.monotonic() < begun + 60 * (MINUTES + 2):
        machine.pause(10)
        now = counts(address)
        print(f"  {time.monotonic() - begun:4.0f} s: {now['serin_looks_total']:.0f} looks, {now['serin_analyses_open']:.0f} open, "
              f"{status_kib(process.pid, 'VmRSS') / 1024:.1f} MiB, {cpu_s(process.pid):.1f} s of CPU", file=sys.stderr)
        if now["serin_analyses_open"] == 0:
            return now
    sys.exit("analyses are still open")


def report(now, process, analyses, empty_kib, took_s, cpu, machine):
    within = now['serin_publish_delay_seconds_bucket{le="0.005"}'] / now["serin_publish_delay_seconds_count"]
    mean_ms = 1000 * now["serin_publish_delay_seconds_sum"] / now["serin_publish_delay_seconds_count"]
    print(f"{analyses} analyses of {METRICS} metrics: {now['serin_looks_total']:.0f} looks, {now['serin_looks_missed_total']:.0f} missed (none may be)")
    print(f"P20: {status_kib(process.pid, 'VmHWM') / 1024:.1f} MiB at most, {empty_kib / 1024:.1f} MiB before (at most 64)")
    print(f"P25: {100 * within:.2f} % of looks published within 5 ms of the last answer (at least 99 %), {mean_ms:.2f} ms on average; "
          f"{machine.text()}")
    print(f"CPU: {60 * cpu / took_s:.2f} s a minute, {1e6 * cpu / now['serin_looks_total'] / METRICS / 2:.0f} us a query with its share of all")


def run(serin, analyses, folder, port):
    process, address = started([serin, "serve", "--config-dir", "configs", "--store", "store.db", "--state", "state",
                                "--listen", "127.0.0.1:0"], folder)
    try:
        empty_kib, begun = status_kib(process.pid, "VmRSS"), time.monotonic()
        print(f"  accepted in {begin(address, analyses):.1f} s, {status_kib(process.pid, 'VmRSS') / 1024:.1f} MiB", file=sys.stderr)
        machine = Machine(folder)
        now = watch(address, process, machine)
        report(now, process, analyses, empty_kib, time.monotonic() - begun, cpu_s(process.pid), machine)
    finally:
        process.terminate()
        process.wait()


def main():
    serin, analyses = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if nginx is None:
        print("skipped: nginx is not installed")
        return
    folder, port = pathlib.Path(tempfile.mkdtemp(prefix="serin-load-", dir=sys.argv[3] if len(sys.argv) > 3 else None)), free_port()
    write_inputs(folder, port)
    server = subprocess.Popen([nginx, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        run(serin, analyses, folder, port)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


main()

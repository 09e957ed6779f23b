#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What fetching costs, against others that fetch the same from the same nginx on loopback; peers take turns, medians are compared.

P14  steady fetch, parse and judge of a query, against `curl -Z` over 2,000 URLs (wall), and against wrk (CPU)
P15  the HTTP loop alone, 1.9 KB bodies on 32 connections: requests a second, against wrk
P16  CPU of fetch, parse and judge, against what the same 40 queries cost a real Prometheus
P21  wall and CPU of 1,000 canaries, 40,000 queries in one run, against wrk for as many requests

Usage: fetch.py FETCH_LOOP [ROUNDS]. Skips what needs nginx, curl, wrk or Prometheus where they are missing, and says so."""
import os
import pathlib
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
os.environ.setdefault("SERIN", "")
from harness import Prometheus  # noqa: E402

START, STEP, POINTS, QUERIES, FLEET = 1735689600, 60, 60, 2000, 40000
NGINX = """worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{}}
http {{ access_log off; keepalive_requests 100000000; default_type application/json; types {{}}
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; error_page 405 =200 $uri; }} }}
"""


def body(seed):
    random.seed(seed)
    values = ",".join(f'[{START + i * STEP},"{random.lognormvariate(-1, 0.5)!r}"]' for i in range(POINTS))
    return '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"checkout"},"values":[' + values + "]}]}}"


class Nginx:
    """Answers every range query of a side with the same body; on one core, its clients on the other one. Use it in a with statement."""

    def __init__(self, program):
        self.program = program

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-fetch-"))
        os.chmod(self.dir, 0o755)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.sides = f"{self.url}/stable,{self.url}/canary"
        for seed, side in enumerate(("stable", "canary")):
            api = self.dir / "www" / side / "api/v1"
            (api / "status").mkdir(parents=True)
            (api / "query_range").write_text(body(seed))
            (api / "status/buildinfo").write_text('{"status":"success","data":{"version":"2.42.0"}}')
        (self.dir / "nginx.conf").write_text(NGINX.format(dir=self.dir, port=port))
        self.process = subprocess.Popen(pinned(0, [self.program, "-c", self.dir / "nginx.conf"]), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            if time.monotonic() > deadline:
                sys.exit("nginx did not come up")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir)


def pinned(core, command):
    """On a core of its own, where there are two and taskset."""
    return ["taskset", "-c", str(core), *command] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else command


def run(command):
    """Wall and CPU seconds of a child, and what it printed."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(pinned(1, command), capture_output=True, text=True)
    took, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def loop(program, mode, url, connections, count):
    """Wall and CPU microseconds of a request, as the loop itself measured them."""
    return [float(number) for number in run([program, mode, url, str(connections), str(count)])[2].split()]


def curl(folder, url):
    listing = folder / "list"
    if not listing.exists():
        target = f"{url}/stable/api/v1/query_range?query=m{{}}&start={START}&end={START + (POINTS - 1) * STEP}&step={STEP}"
        listing.write_text("".join(f'url = "{target.format(i)}"\noutput = "/dev/null"\n' for i in range(QUERIES)))
    wall, cpu, _ = run(["curl", "-q", "-s", "-Z", "--parallel-max", "16", "-K", str(listing)])
    return wall / QUERIES * 1e6, cpu / QUERIES * 1e6


def wrk(url, connections):
    _, cpu, text = run(["wrk", "-t1", f"-c{connections}", "-d1s", f"{url}/stable/api/v1/query_range"])
    lines = {line.split(":")[0].strip(): line.split(":")[1] for line in text.splitlines() if ":" in line}
    requests = float(next(line for line in text.splitlines() if "requests in" in line).split()[0])
    return 1e6 / float(lines["Requests/sec"]), cpu / requests * 1e6


def medians(rounds, peers):
    """Median of each peer's pair of numbers; the peers take turns."""
    seen = {name: [] for name in peers}
    for _ in range(rounds):
        for name, peer in peers.items():
            seen[name].append(peer())
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in seen.items()}


def against_nginx(program, rounds):
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.access(nginx, os.X_OK) or shutil.which("curl") is None:
        print("P14, P15 skipped: nginx and curl are needed")
        return
    has_wrk = shutil.which("wrk") is not None
    with Nginx(nginx) as server:
        peers = {"serin": lambda: loop(program, "judge", server.sides, 16, QUERIES), "curl": lambda: curl(server.dir, server.url)}
        if has_wrk:
            peers["wrk"] = lambda: wrk(server.url, 16)
        got = medians(rounds, peers)
        ours, theirs = got["serin"], got["curl"]
        print(f"P14 wall against curl {ours[0] / theirs[0]:.2f} (must be <= 1.0): {ours[0]:.1f} and {theirs[0]:.1f} us a query")
        if not has_wrk:
            print("P14 CPU, P15, P21 skipped: wrk is needed")
            return
        print(f"P14 CPU against wrk {ours[1] / got['wrk'][1]:.1f} (must be <= 8): {ours[1]:.1f} and {got['wrk'][1]:.1f} us a query")
        target = f"{server.url}/stable/api/v1/query_range"
        got = medians(rounds, {"serin": lambda: loop(program, "http", target, 32, 20000), "wrk": lambda: wrk(server.url, 32)})
        ours, theirs = got["serin"], got["wrk"]
        rates = f"{1e6 / ours[0]:,.0f} and {1e6 / theirs[0]:,.0f} requests/s"
        print(f"P15 rate against wrk {theirs[0] / ours[0]:.2f} (must be >= 0.40): {rates}")
        fleets = {"serin": lambda: loop(program, "fleet", server.sides, 16, FLEET), "wrk": lambda: wrk(server.url, 16)}
        got = medians(min(rounds, 3), fleets)
        wall, cpu = got["serin"]
        seconds = f"{cpu * FLEET / 1e6:.1f} s of a core, {wall * FLEET / 1e6:.1f} s of wall"
        print(f"P21 CPU against wrk {cpu / got['wrk'][1]:.1f} (must be <= 8, or <= 3 s of a core): {seconds}")


def history(path):
    """20 counters on 2 sides of 10 pods, every 15 seconds for as long as the queries look, as a file for promtool."""
    lines = []
    for metric in range(20):
        lines.append(f"# TYPE m{metric} unknown")
        for track in ("stable", "canary"):
            for pod in range(10):
                value = 0
                for k in range(POINTS * STEP // 15 + 40):
                    value += (k * 7919 + pod * 104729 + metric * 31 + k % 7 * (track == "canary")) % 23
                    lines.append(f'm{metric}{{pod="{track}-{pod}",track="{track}"}} {value} {START - 600 + 15 * k}')
    path.write_text("\n".join([*lines, "# EOF", ""]))


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def against_prometheus(program, rounds):
    if shutil.which("prometheus") is None:
        print("P16 skipped: prometheus is needed")
        return
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "history.om"
        history(data)
        measure_prometheus(program, rounds, data)


def measure_prometheus(program, rounds, data):
    with Prometheus(data) as server:
        loop(program, "judge", server.url, 8, 400)
        shares, queries = [], 2000  # 50 times the 40, because Prometheus' CPU is counted in hundredths of a second
        for _ in range(rounds):
            before = cpu_of(server.process.pid)
            _, cpu = loop(program, "judge", server.url, 8, queries)
            theirs = (cpu_of(server.process.pid) - before) / queries * 1e6
            shares.append((cpu / theirs, cpu, theirs))
        share, ours, theirs = statistics.median_low(shares)
        print(f"P16 CPU against Prometheus {share:.1%} (must be <= 15%): {ours:.0f} and {theirs:.0f} us a query")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    against_nginx(program, rounds)
    against_prometheus(program, rounds)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""P12: a cold `serin analyze` of 20 metrics on both sides of 60 points, against `curl -Z --parallel-max 8` that fetches the
same 40 bodies from the same nginx on loopback. The two alternate in one run; the ratio of the medians is printed, and the peak
memory of serin. Usage: cold_run.py SERIN [ROUNDS]. Skips, and says so, when nginx or curl is missing."""
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

METRICS, POINTS, STEP, START = 20, 60, 60, 1735689600
END = START + (POINTS - 1) * STEP
NGINX = """worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{}}
http {{ access_log off; keepalive_requests 1000000; default_type application/json; types {{}}
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; error_page 405 =200 $uri; }} }}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write_inputs(folder, port):
    random.seed(12)
    values = ",".join(f'[{START + i * STEP},"{random.lognormvariate(-1, 0.5)!r}"]' for i in range(POINTS))
    api = folder / "www/api/v1"
    (api / "status").mkdir(parents=True)
    series = '{"metric":{"job":"checkout"},"values":[' + values + "]}"
    (api / "query_range").write_text('{"status":"success","data":{"resultType":"matrix","result":[' + series + "]}}")
    (api / "status/buildinfo").write_text('{"status":"success","data":{"version":"2.42.0"}}')
    (folder / "nginx.conf").write_text(NGINX.format(dir=folder, port=port))
    metrics = "".join(f"  - {{name: m{i}, query: 'sum(rate(m{i}{{${{scope}}}}[5m]))'}}\n" for i in range(METRICS))
    (folder / "canary.yaml").write_text(
        f"canary: cold\nsources: {{prod: {{url: 'http://127.0.0.1:{port}'}}}}\n"
        "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
        f"window: {{length: {(POINTS - 1) * STEP}s, step: {STEP}s}}\njudge: {{name: kayenta}}\nmetrics:\n{metrics}")
    url = f"http://127.0.0.1:{port}/api/v1/query_range?query=m{{}}&start={START}&end={END}&step={STEP}"
    (folder / "list").write_text("".join(f'url = "{url.format(i)}"\noutput = "/dev/null"\n' for i in range(2 * METRICS)))


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit("nginx did not come up")


def timed(command):
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    took = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return took


def peak_kib(command):
    """VmHWM of a child: looked at until it ends, so the last look counts."""
    child, peak = subprocess.Popen(command, stdout=subprocess.DEVNULL), 0
    while child.poll() is None:
        try:
            lines = pathlib.Path(f"/proc/{child.pid}/status").read_text().splitlines()
        except OSError:
            break
        peak = max([peak] + [int(line.split()[1]) for line in lines if line.startswith("VmHWM")])
    child.wait()
    return peak


def main():
    serin, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    nginx, curl = shutil.which("nginx") or "/usr/sbin/nginx", shutil.which("curl")
    if not os.access(nginx, os.X_OK) or curl is None:
        print("P12 skipped: nginx and curl are needed")
        return
    folder, port = pathlib.Path(tempfile.mkdtemp(prefix="serin-cold-")), free_port()
    os.chmod(folder, 0o755)
    write_inputs(folder, port)
    server = subprocess.Popen([nginx, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        ours = [serin, "analyze", folder / "canary.yaml", "--end", str(END)]
        theirs = [curl, "-q", "-s", "-Z", "--parallel-max", "8", "-K", folder / "list"]
        for command in (ours, theirs) * 3:
            timed(command)
        times = [(timed(ours), timed(theirs)) for _ in range(rounds)]
        a, b = (statistics.median(column) for column in zip(*times))
        paired = statistics.median(x / y for x, y in times)
        print(f"P12 ratio {a / b:.3f}, paired {paired:.3f} (must be <= 1.1): serin {a * 1e3:.2f} ms, curl {b * 1e3:.2f} ms, {rounds} rounds")
        print(f"P20 peak memory {max(peak_kib(ours) for _ in range(5)) / 1024:.1f} MiB (must be <= 16)")
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


main()

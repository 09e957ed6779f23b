#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""P18 of the whole service: `serin serve` on core 0 against nginx there, wrk on core 1, 64 kept connections, in turns within one run.
POST of an analysis, which is on the disk before it is answered, against `return 202`: the same body again and again, each time a new
analysis; a key of its own each; one key for all, which finds the first. GET .../wait of one that is decided against `return 200` of
as many bytes. Then 1,000 who wait for one analysis that ends: their memory, and when they have the answer. Prints the medians of the
ratios of requests a second and of CPU time a request.

Where the disk is slow it is what is measured, so that what one fdatasync takes stands beside it; with a FOLDER of a tmpfs the time is
serin's own. Usage: serve_wrk.py SERIN [ROUNDS [FOLDER]]. Skips, and says so, without nginx or wrk."""
import datetime
import http.client
import json
import os
import pathlib
import random
import re
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from listen import compare, free_port, is_missing, start_nginx

METRICS, WAITERS = 20, 1000
NGINX = """worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{}}
http {{ access_log off; keepalive_requests 100000000; open_file_cache max=10; types {{}} default_type application/json;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; error_page 405 =200 $uri;
    location = /api/v1/analyses {{ return 202; }} location = /decided {{ return 200 "{decided}"; }} }} }}
"""
SERVE = "limits: {rate: none, open_analyses: 1000000}\nsettle: 1s\nlog: {level: warn}\n"
LUA = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[%s]]
"""
KEYED = """local count = 0
request = function()
  count = count + 1
  wrk.headers["Idempotency-Key"] = "deploy-" .. os.time() .. "-" .. count
  return wrk.format()
end
"""


def time_text(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def write_inputs(folder, port):
    """Samples that cover the window of the analysis that is decided; the others begin in some days, so that none takes a look."""
    random.seed(18)
    now = int(time.time())
    api = folder / "www/api/v1"
    (api / "status").mkdir(parents=True)
    values = ",".join(f'[{t},"{random.gauss(100, 2)!r}"]' for t in range(now - 900, now, 5))
    (api / "query").write_text('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"shop"},"values":[' + values + "]}]}}")
    (api / "status/buildinfo").write_text('{"status":"success","data":{"version":"2.42.0"}}')
    (folder / "configs").mkdir()
    metrics = "".join(f"  - {{name: m{i}, query: 'm{i}{{${{scope}}}}', tolerance: 10%}}\n" for i in range(METRICS))
    (folder / "configs/shop.yaml").write_text(
        f"canary: shop\nsources: {{main: {{url: 'http://127.0.0.1:{port}', protocol: raw}}}}\n"
        "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
        f"window: {{length: 10m, step: 5s, interval: 1m}}\nmetrics:\n{metrics}")
    (folder / "serve.yaml").write_text(SERVE)
    body = json.dumps({"canary": "shop", "start": time_text(now + 5 * 86400), "version": "1.42.0", "artefact": "registry.example/shop@sha256:" + "a" * 64})
    (folder / "post.lua").write_text(LUA % body)
    (folder / "keyed.lua").write_text(LUA % body + KEYED)
    (folder / "again.lua").write_text(LUA % body + 'wrk.headers["Idempotency-Key"] = "deploy-1"\n')
    os.chmod(folder, 0o755)


def started(serin, folder):
    """Its process and port. Neither server writes down each request."""
    log, port = folder / "log", free_port()
    with open(log, "wb") as out:
        process = subprocess.Popen(["taskset", "-c", "0", serin, "serve", "--config", "serve.yaml", "--config-dir", "configs", "--store", "store.db",
                                    "--state", "state", "--listen", f"127.0.0.1:{port}"], cwd=folder, stdin=subprocess.DEVNULL, stderr=out)
    for _ in range(500):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return process, port
        if process.poll() is not None:
            break
        time.sleep(0.02)
    sys.exit("serin did not come up: " + log.read_text())


def ask(port, method, path, body=None):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"} if body is not None else {})
    answer = link.getresponse()
    text = answer.read()
    link.close()
    if answer.status >= 300:
        sys.exit(f"{method} {path}: {answer.status} {text[:500]!r}")
    return text


def decide(port):
    """The path to wait at for an analysis that is decided, and what it says."""
    now = int(time.time())
    accepted = json.loads(ask(port, "POST", "/api/v1/analyses", {"canary": "shop", "start": time_text(now - 660), "end": time_text(now - 60)}))
    path = f"/api/v1/analyses/{accepted['id']}/wait"
    text = ask(port, "GET", path)
    if json.loads(text)["verdict"] not in ("pass", "fail", "marginal"):
        sys.exit(text.decode())
    return path, text


def count_of(port, name):
    return int(re.search(rf"^{name} (\d+)", ask(port, "GET", "/metrics").decode(), re.M)[1])


def sync_ms(folder):
    """Median time to append 60 KB and have them on disk."""
    times = []
    with open(folder / "sync", "ab", buffering=0) as file:
        for _ in range(51):
            file.write(b"x" * 60000)
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def status(pid, name):
    return int(re.search(rf"{name}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def collect(sockets, begun):
    """When each had its answer, in ms; they are read to where they end."""
    poll, left, times = select.epoll(), {}, []
    for s in sockets:
        poll.register(s, select.EPOLLIN)
        left[s.fileno()] = s
    while left:
        for fd, _ in poll.poll(30) or sys.exit("some who wait have no answer"):
            data = left[fd].recv(65536)
            if b"cancelled" not in data:
                sys.exit(f"{data[:500]!r}")
            times.append(1000 * (time.perf_counter() - begun))
            poll.unregister(fd)
            del left[fd]
    return sorted(times)


def wait_together(process, port):
    analysis = json.loads(ask(port, "POST", "/api/v1/analyses", {"canary": "shop"}))["id"]
    before, threads, sockets = status(process.pid, "VmRSS"), status(process.pid, "Threads"), []
    for _ in range(WAITERS):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(f"GET /api/v1/analyses/{analysis}/wait?timeout=60 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        sockets.append(s)
    while count_of(port, "serin_http_in_flight") < WAITERS:
        time.sleep(0.1)
    grown, more = status(process.pid, "VmRSS") - before, status(process.pid, "Threads") - threads
    begun = time.perf_counter()
    ask(port, "POST", f"/api/v1/analyses/{analysis}/cancel", {})
    told = 1000 * (time.perf_counter() - begun)
    times = collect(sockets, begun)
    print(f"{WAITERS} who wait: {grown / WAITERS:.1f} KiB and {more / WAITERS:.0f} threads each; it ended after {told:.1f} ms, "
          f"half of them had the answer after {times[WAITERS // 2]:.1f} ms, all after {times[-1]:.1f} ms")
    for s in sockets:
        s.close()


def run(serin, rounds, folder, port):
    nginx, worker = start_nginx(folder, NGINX.format(dir=folder, port=port, decided=""))
    process, own = started(serin, folder)
    try:
        path, text = decide(own)
        nginx.terminate()
        nginx.wait()
        nginx, worker = start_nginx(folder, NGINX.format(dir=folder, port=port, decided="d" * len(text)))
        servers = [(process.pid, own), (worker, port)]
        for name, script in ("POST of an analysis", "post.lua"), ("with a key each", "keyed.lua"), ("with one key", "again.lua"):
            before = count_of(own, "serin_store_commits_total")
            compare(name, servers, "/api/v1/analyses", ["-s", folder / script], rounds, (" (at least 0.60)", ""))
            print(f"  {count_of(own, 'serin_store_commits_total') - before} commits", file=sys.stderr)
        compare(f"GET wait, {len(text)} bytes", servers, (path, "/decided"), [], rounds, (" (at least 0.60)", ""))
        wait_together(process, own)
        print(f"peak {status(process.pid, 'VmHWM') / 1024:.1f} MiB with all these analyses open, where fdatasync takes {sync_ms(folder):.2f} ms")
    finally:
        nginx.terminate()
        nginx.wait()
        process.terminate()
        process.wait()


def main():
    if is_missing():
        return
    folder, port = pathlib.Path(tempfile.mkdtemp(prefix="serin-wrk-", dir=sys.argv[3] if len(sys.argv) > 3 else None)), free_port()
    write_inputs(folder, port)
    try:
        run(os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5, folder, port)
    finally:
        shutil.rmtree(folder)


main()

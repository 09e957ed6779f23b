#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""P17 and P18: the listener against nginx, both on core 0, wrk on core 1, 64 kept connections, in turns within one run. A page of
20,000 bytes, and a POST of 200 bytes of JSON that is answered 202 (ours reads the JSON). Prints the medians of the ratios of requests
a second and of CPU time a request. With SERIN also what serve_wrk.py measures of the whole service.
Usage: listen.py SMALL_SERVER [ROUNDS [SERIN [FOLDER]]]. Skips, and says so, without nginx or wrk."""
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

CONFIG = """worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{}}
http {{ access_log off; keepalive_requests 100000000; sendfile on; open_file_cache max=10; types {{}} default_type text/html;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; location /things {{ return 202; }} }} }}
"""
BODY = '{"canary":"checkout","version":"1.42.0","variables":{"cluster":"eu-1","track":"canary"},"artefact":"' + "a" * 90 + '"}'
POST = 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [[' + BODY + "]]\n"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start_nginx(folder, config):
    """Its process, and the pid of its one worker."""
    (folder / "nginx.conf").write_text(config)
    nginx = subprocess.Popen(["taskset", "-c", "0", "nginx", "-c", folder / "nginx.conf"], env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})
    for _ in range(200):
        children = pathlib.Path(f"/proc/{nginx.pid}/task/{nginx.pid}/children").read_text().split()
        if children:
            return nginx, int(children[0])
        time.sleep(0.02)
    sys.exit("nginx did not come up")


def measure(pid, port, path, script):
    """Requests a second, and microseconds of the server's CPU time a request."""
    before = cpu_seconds(pid)
    command = ["taskset", "-c", "1", "wrk", "-t1", "-c64", "-d2s", *script, f"http://127.0.0.1:{port}{path}"]
    out = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    if "Non-2xx" in out:
        sys.exit(out)
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    return float(re.search(r"Requests/sec:\s*([\d.]+)", out).group(1)), 1e6 * (cpu_seconds(pid) - before) / requests


def compare(name, servers, path, script, rounds, bars):
    """Ours first. The path may be one for each."""
    paths = path if isinstance(path, tuple) else (path, path)
    speed, cost = [], []
    for _ in range(rounds):
        (ours, our_cost), (theirs, their_cost) = (measure(pid, port, at, script) for (pid, port), at in zip(servers, paths))
        speed.append(ours / theirs)
        cost.append(our_cost / their_cost)
        print(f"  {name}: {ours:.0f} against {theirs:.0f} requests/s, {our_cost:.1f} against {their_cost:.1f} us of CPU", file=sys.stderr)
    print(f"{name}: {statistics.median(speed):.2f} of nginx's requests a second{bars[0]}, "
          f"{statistics.median(cost):.2f} times its CPU a request{bars[1]}")


def is_missing():
    missing = [tool for tool in ("nginx", "wrk", "taskset") if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin") is None]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
    return missing != []


def main():
    if is_missing():
        return
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    folder = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
    (folder / "www").mkdir()
    (folder / "www/page").write_bytes(b"p" * 20000)
    (folder / "post.lua").write_text(POST)
    port = free_port()
    os.chmod(folder, 0o755)
    nginx, worker = start_nginx(folder, CONFIG.format(dir=folder, port=port))
    ours = subprocess.Popen(["taskset", "-c", "0", sys.argv[1], "--rate", "-1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        servers = [(ours.pid, int(ours.stdout.readline())), (worker, port)]
        compare("GET 20 KB page", servers, "/page", [], rounds, (" (at least 0.85)", ", at most 1.25"))
        compare("POST JSON", servers, "/things", ["-s", folder / "post.lua"], rounds, (" (at least 0.60)", ""))
    finally:
        nginx.terminate()
        nginx.wait()
        ours.stdin.close()
        ours.wait()
        shutil.rmtree(folder)
    if len(sys.argv) > 3:
        subprocess.run([sys.executable, "-B", pathlib.Path(__file__).with_name("serve_wrk.py"), sys.argv[3], str(rounds), *sys.argv[4:]], check=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs programs against a PostgreSQL server of their own, on a socket in a new folder, and stops it.

with_postgresql.py PROGRAM...: each without arguments, with the parameters of the server's address in SERIN_TEST_POSTGRESQL.
"""

import contextlib
import glob
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time


class PostgreSQL:
    """A server that root may start too: it then runs as the user that Debian's package makes."""

    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
        if not found:
            raise FileNotFoundError("no initdb in /usr/lib/postgresql: install the package postgresql")
        self.programs = pathlib.Path(found[-1]).parent
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="serin-postgresql-"))
        self.data, self.process = self.folder / "data", None
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")

    def __enter__(self):
        command = [self.programs / "initdb", "--no-sync", "-A", "trust", "-U", "serin", "-E", "UTF8", "--locale=C", "-D", self.data]
        try:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.user)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """A socket alone listens: no port can be taken. Its path is short, as the system wants them."""
        settings = ("listen_addresses=", "shared_buffers=16MB", "max_connections=120", "max_wal_size=64MB")
        command = [self.programs / "postgres", "-D", self.data, "-k", self.folder]
        for setting in settings:
            command += ["-c", setting]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self.user)
        deadline = time.monotonic() + 20
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def answers(self):
        return subprocess.run([self.programs / "pg_isready", "-q", "-h", self.folder, "-U", "serin", "-d", "postgres"], check=False).returncode == 0

    def stop(self):
        """Its fast shutdown."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
            self.process = None

    def crash(self):
        """All its processes at once, as of a machine that goes off: they have sessions of their own."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.process.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        self.process.wait()
        self.process = None

    @property
    def parameters(self):
        return f"host={self.folder}&user=serin"

    def address(self, database):
        return f"postgresql:///{database}?{self.parameters}"

    def sql(self, text, database="postgres"):
        """What psql says, a line a row."""
        command = [self.programs / "psql", "-X", "-q", "-A", "-t", "-h", self.folder, "-U", "serin", "-d", database, "-c", text]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main(programs):
    with PostgreSQL() as server:
        environment = {**os.environ, "SERIN_TEST_POSTGRESQL": server.parameters}
        return max(subprocess.run([program], env=environment, check=False).returncode != 0 for program in programs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

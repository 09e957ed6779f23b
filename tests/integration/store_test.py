# SPDX-License-Identifier: GPL-3.0-or-later
"""serin store over a store that another process owns and writes to."""

import contextlib
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

from harness import PASS, USAGE, serin, show
from service import Service

MAKER = os.environ["STORE_MAKER"]


@contextlib.contextmanager
def made(dead, pending):
    """A store in use: its folder and its path."""
    with tempfile.TemporaryDirectory(prefix="serin-") as folder:
        path = pathlib.Path(folder) / "store.sqlite"
        maker = subprocess.Popen([MAKER, path, str(dead), str(pending)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        guard = threading.Timer(60, maker.kill)
        guard.start()
        try:
            assert maker.stdout.readline() == b"ready\n"
            yield pathlib.Path(folder), path
            maker.stdin.close()
            assert maker.wait(timeout=30) == 0
        finally:
            guard.cancel()
            maker.kill()
            maker.wait()
            maker.stdout.close()


def dead_of(path, *more):
    result = serin("store", "dead", "--store", path, "--output", "json", *more)
    assert result[0] == PASS, show(result)
    return json.loads(result[1])


class Store(unittest.TestCase):
    def test_check_tells_what_is_in_a_store_in_use(self):
        with made(2, 1) as (_, path):
            result = serin("store", "check", "--store", f"sqlite:{path}")
            self.assertEqual(result[0], PASS, show(result))
            self.assertIn("good", result[1])
            self.assertIn("open 1 | done 1 | cancelled 0", result[1])
            result = serin("store", "check", "--store", path, "--output", "json")
            document = json.loads(result[1])
            self.assertEqual(document["schema"], "serin.store/1")
            counts = document["counts"]
            self.assertEqual((counts["pending"], counts["delivered"], counts["dead"]), (1, 0, 2))

    def test_backup_is_of_one_commit_and_a_store_itself(self):
        with made(1, 0) as (folder, path):
            copy = folder / "copy.sqlite"
            for _ in range(2):  # the second one takes the first one's place
                result = serin("store", "backup", copy, "--store", path)
                self.assertEqual(result[0], PASS, show(result))
                self.assertEqual(copy.stat().st_mode & 0o777, 0o600)
                with contextlib.closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as link:
                    sides = link.execute("SELECT sum(kind = 'left'), sum(kind = 'right') FROM memos").fetchone()
                    self.assertEqual(sides[0], sides[1])
            result = serin("store", "check", "--store", copy)
            self.assertEqual(result[0], PASS, show(result))
            result = serin("store", "backup", path, "--store", path)
            self.assertEqual(result[0], USAGE, show(result))
            self.assertIn("itself; name another", result[2])
            self.assertEqual([p.name for p in folder.glob("*.tmp")], [])

    def test_dead_letters_are_listed_without_bodies_and_replayed(self):
        with made(3, 1) as (_, path):
            document = dead_of(path)
            self.assertEqual([m["id"] for m in document["dead"]], ["m1", "m2", "m3"])
            first = document["dead"][0]
            self.assertEqual((first["attempts"], first["status"], first["given_up"]), (1, 410, "2025-01-01T00:25:12Z"))
            result = serin("store", "dead", "--store", path)
            self.assertIn("3 given up", result[1])
            self.assertIn("the receiver says", result[1])
            self.assertNotIn("\033", result[1])
            self.assertNotIn("secret body", result[1])
            document = dead_of(path, "--replay", "m2")
            self.assertEqual((document["replayed"], [m["id"] for m in document["dead"]]), (1, ["m1", "m3"]))
            result = serin("store", "dead", "--store", path, "--replay", "m2")
            self.assertEqual(result[0], USAGE, show(result))
            self.assertIn("m2: no such dead message", result[2])
            document = dead_of(path, "--replay", "all")
            self.assertEqual((document["replayed"], document["count"], document["dead"]), (2, 0, []))
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as link:
                self.assertEqual(link.execute("SELECT action, subject FROM audits ORDER BY seq").fetchall(), [("replay", "m2"), ("replay", "all")])

    def test_a_service_deletes_all_that_is_too_old(self):
        with Service() as service:
            maker = subprocess.run([MAKER, service.dir / "store.db", "6000", "0"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            self.assertEqual(maker.returncode, 0, maker)
            service.start()
            deadline, gone = time.monotonic() + 30, 0
            while gone < 6000:  # more than one pass of the service deletes
                self.assertLess(time.monotonic(), deadline, service.log())
                time.sleep(0.1)
                gone = sum(map(int, re.findall(r"event=retention .*messages=(\d+)", service.log())))
            self.assertEqual(dead_of(service.dir / "store.db")["count"], 0)
            given_up = service.get("/api/v1/analyses/a2")  # its config cannot be used
            self.assertEqual((given_up.json["state"], given_up.json["verdict"]), ("done", "error"), given_up)
            for path in ("/analyses/a2", "/api/v1/analyses/a2/result", "/api/v1/analyses/a2/report"):
                self.assertIn(b"a2 could not be carried out", service.get(path).body)

    def test_what_is_no_store_is_told(self):
        with tempfile.TemporaryDirectory(prefix="serin-") as folder:
            none, text, other, newer = (pathlib.Path(folder) / name for name in ("none", "text", "other", "newer"))
            text.write_text("canary: checkout-api\n" * 100)
            for path, statement in ((other, "CREATE TABLE songs(name)"), (newer, "PRAGMA application_id=1936028270; PRAGMA user_version=99")):
                with contextlib.closing(sqlite3.connect(path)) as link:
                    link.executescript(statement + "; CREATE TABLE more(name)")
            for path, expected in ((none, "No such file"), (text, "not a store"), (other, "something else"), (newer, "newer serin")):
                for action in (("check",), ("dead",), ("backup", pathlib.Path(folder) / "copy")):
                    result = serin("store", *action, "--store", path)
                    self.assertEqual(result[0], USAGE, show(result))
                    self.assertIn(expected, result[2])
            self.assertFalse((pathlib.Path(folder) / "copy").exists())
            self.assertFalse(none.exists())

    def test_damage_is_found(self):
        with tempfile.TemporaryDirectory(prefix="serin-") as folder:
            broken = pathlib.Path(folder) / "broken.sqlite"
            with made(200, 200) as (_, path):
                result = serin("store", "backup", broken, "--store", path)
                self.assertEqual(result[0], PASS, show(result))
            data = bytearray(broken.read_bytes())
            data[-12288:-8192] = b"\x5a" * 4096
            broken.write_bytes(data)
            result = serin("store", "check", "--store", broken)
            self.assertEqual(result[0], USAGE, show(result))
            self.assertIn("damaged", result[2])
            self.assertIn("backup", result[2])

    def test_command_line_is_checked(self):
        for args, expected in (((), "backup, check or dead"), (("check",), "needs --store"), (("backup", "--store", "x"), "FILE"),
                               (("check", "x", "--store", "x"), "no further name"), (("check", "--store", "x", "--replay", "all"), "store dead")):
            result = serin("store", *args)
            self.assertEqual(result[0], USAGE, show(result))
            self.assertIn(expected, result[2])


if __name__ == "__main__":
    unittest.main()

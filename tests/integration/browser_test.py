# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML reports in a real browser, where one is installed: both colour schemes, paper, and a page full of hostile names."""

import http.server
import json
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import unittest
import zlib

from harness import FAIL, ROOT, serin, show

BROWSER = shutil.which("chromium")
SCHEMES = {"dark": 0, "light": 1}


def unfilter(kind, row, above, step):
    """A row of a PNG as it was before it was filtered; `above` is the one before."""
    for i in range(len(row)):
        left, up, corner = (row[i - step] if i >= step else 0), above[i], (above[i - step] if i >= step else 0)
        if kind == 4:
            near = left + up - corner
            left = min((left, up, corner), key=lambda value: abs(near - value))
        row[i] = (row[i] + (0, left, up, (left + up) // 2, left)[kind]) % 256
    return row


def pixels(png):
    """Rows of (red, green, blue) of a PNG of 8 bits a channel."""
    data, header, at = b"", None, 8
    while at < len(png):
        (length,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        header = struct.unpack(">IIBB", png[at + 8 : at + 18]) if kind == b"IHDR" else header
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    width, height, _, color = header
    step, data, rows = {2: 3, 6: 4}[color], zlib.decompress(data), []
    row = [0] * (width * step)
    for y in range(height):
        line = data[y * (width * step + 1) :][: width * step + 1]
        row = unfilter(line[0], list(line[1:]), row, step)
        rows.append([tuple(row[x : x + 3]) for x in range(0, len(row), step)])
    return rows


def color(style, scheme, name):
    """A colour of the page's own style; the dark scheme stands behind the light one."""
    value = re.findall(rf"--{name}:#(\w+)", style)[scheme == "dark"]
    value = value if len(value) == 6 else "".join(c + c for c in value)
    return tuple(int(value[i : i + 2], 16) for i in (0, 2, 4))


@unittest.skipIf(BROWSER is None, "chromium is not installed")
class BrowserTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir, True)

    def browse(self, url, *flags):
        command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
                   "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--user-data-dir={self.dir}/profile", *flags, url]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[-2000:])
        return done.stdout.decode()

    def test_both_schemes__show_the_page_in_their_colours(self):
        page = self.dir / "canary.html"
        result = serin("replay", "fixtures/runs/broken", "--output", f"html={page}")
        self.assertEqual(result[0], FAIL, show(result))
        for scheme, number in SCHEMES.items():
            with self.subTest(scheme):
                image = self.dir / f"{scheme}.png"
                self.browse(page.as_uri(), f"--blink-settings=preferredColorScheme={number}", "--window-size=800,400", f"--screenshot={image}")
                rows, style = pixels(image.read_bytes()), page.read_text()
                self.assertEqual(rows[2][2], color(style, scheme, "paper"))
                shown = [pixel for row in rows for pixel in row]
                for name, least in (("fail", 1000), ("soft", 10000), ("ink", 200)):
                    self.assertGreater(shown.count(color(style, scheme, name)), least, name)

    def pages(self, pages):
        """Serves these pages by their names; gives the address and a list that what is asked for goes to."""
        asked = []

        class Page(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                asked.append(self.path)
                self.send_response(200 if self.path in pages else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(pages.get(self.path, b""))

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_address[1]}", asked

    def test_any_width__holds_the_page_and_keeps_the_size_of_its_texts(self):
        names = ("hostile", "watch", "error")
        pages = {f"/{name}.html": (ROOT / f"fixtures/reports/{name}.html").read_bytes() for name in names}
        frames = "".join(f'<iframe src="{name}.html" style="width:{width}px;height:600px"></iframe>' for name in names for width in (320, 1600))
        pages["/frames.html"] = f"""<!DOCTYPE html><title>frames</title>{frames}<p id="told"></p><script>
            onload = () => {{ told.textContent = JSON.stringify([...document.querySelectorAll("iframe")].map(frame => {{
                const root = frame.contentDocument.documentElement, text = root.querySelector("svg text");
                return [root.scrollWidth <= root.clientWidth, text === null ? 15 : Math.round(text.getBoundingClientRect().height)]; }})) }}
            </script>""".encode()
        url, _ = self.pages(pages)
        told = json.loads(re.search(r'<p id="told">([^<]*)', self.browse(f"{url}/frames.html", "--dump-dom"))[1])
        self.assertEqual(len(told), 2 * len(names))
        for fits, height in told:
            self.assertTrue(fits, told)
            self.assertIn(height, range(12, 19), told)  # pixels of a line of 12 px

    def test_hostile_names__run_and_load_nothing(self):
        log = self.dir / "net.json"
        url, asked = self.pages({"/report.html": (ROOT / "fixtures/reports/hostile.html").read_bytes()})
        url += "/report.html"
        tree = self.browse(url, f"--log-net-log={log}", "--dump-dom")
        self.assertIn("<title>✖ FAIL shop --&gt;", tree)
        self.assertNotRegex(tree, r"<script|<img|onerror=[^&]*>\s*<")
        self.assertEqual(set(asked) - {"/favicon.ico"}, {"/report.html"})  # the icon is the browser's wish
        wanted = set(re.findall(r'"url":"([^"]*)"', log.read_text()))
        self.assertIn(url, wanted)
        self.assertEqual([other for other in wanted if "evil" in other or "example" in other], [])


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The golden reports as their readers see them: parsed as HTML, XML and lines. That they are what serin writes, report_format says."""

import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None

try:
    import html5lib
except ImportError:
    html5lib = None

REPORTS = pathlib.Path(sys.argv.pop(1))
NAMES = ["pass", "fail", "marginal", "inconclusive", "error", "evidence", "watch", "hostile"]
VOID = {"meta", "br", "hr", "img", "input", "link"}


def read(name, suffix):
    return (REPORTS / f"{name}.{suffix}").read_text(encoding="utf-8")


def document(name):
    return json.loads(read(name, "json"))


def luminance(color):
    """As contrasts are measured by (WCAG 2)."""
    color = color if len(color) == 6 else "".join(c + c for c in color)
    parts = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Page(html.parser.HTMLParser):
    """Collects elements; fails on what a page must not hold."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.ids, self.links, self.problems, self.texts = [], [], set(), [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcset", "xlink:href", "action", "data", "poster"):
                self.problems.append(f"{tag} {name}={value}")
            if name == "style" and not re.fullmatch(r"flex:[0-9.e+-]+ 1 7rem", value):
                self.problems.append(f"{tag} style={value}")
            if name == "id":
                self.ids.add(value)
            if name == "href":
                self.links.append((tag, value))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes another element")

    def handle_data(self, data):
        self.texts.append(data)


class Html(unittest.TestCase):
    def test_tags_are_balanced_and_nothing_is_loaded_or_run(self):
        for name in NAMES:
            text = read(name, "html")
            page = Page(text)
            self.assertEqual(page.problems, [], name)
            self.assertEqual(page.open, [], name)
            self.assertFalse({"script", "iframe", "object", "embed", "link", "img", "base", "form", "foreignobject"} & set(page.elements), name)
            self.assertNotRegex(re.search(r"<style>(.*?)</style>", text, re.S).group(1), r"url\(|@import|expression")
            self.assertIn("default-src 'none'", text)
            self.assertNotIn("javascript:", [value[:11].lower() for _, value in page.links])

    def test_links_lead_to_parts_of_the_page_or_are_anchors_to_the_web(self):
        for name in NAMES:
            page = Page(read(name, "html"))
            for tag, value in page.links:
                self.assertEqual(tag, "a")
                self.assertTrue(value[1:] in page.ids if value.startswith("#") else re.match(r"https?://", value), value)

    def test_the_page_is_well_formed_xml(self):
        for name in NAMES:
            xml.etree.ElementTree.fromstring(read(name, "html"))

    @unittest.skipIf(html5lib is None, "python3-html5lib is not installed")
    def test_the_markup_is_valid(self):
        for name in NAMES:
            html5lib.HTMLParser(strict=True).parse(read(name, "html"))
        with self.assertRaises(html5lib.html5parser.ParseError):
            html5lib.HTMLParser(strict=True).parse(read("pass", "html").replace("</section>", "</div>", 1))

    def test_texts_stand_out_in_both_schemes(self):
        style = re.search(r"<style>(.*?)</style>", read("pass", "html"), re.S).group(1)
        for scheme in re.findall(r":root\{([^}]*)\}", style):
            colors = {name: luminance(value) for name, value in re.findall(r"--(\w+):#(\w{3,6})\b", scheme)}
            for name in ("ink", "dim", "pass", "marginal", "fail", "nodata", "error", "baseline", "canary"):
                for behind in ("paper", "soft"):
                    low, high = sorted([colors[name], colors[behind]])
                    self.assertGreaterEqual((high + 0.05) / (low + 0.05), 4.5, f"{name} on {behind}")

    def test_every_look_of_a_watch_is_told(self):
        history = document("watch")["looks"]["history"]
        rows = re.search(r'<table class="looks">(.*?)</table>', read("watch", "html"), re.S).group(1).split("<tr>")[2:]
        self.assertEqual(len(rows), 1 + len(history["metrics"]))
        for i, row in enumerate(rows):
            words = re.findall(r"<td(?:(?: class=\"muted\")? title=\"(\w+)\")?>", row)
            letters = [(look["verdict"] or "-")[0] if i == 0 else look["classes"][i - 1 : i] or "-" for look in history["looks"][-20:]]
            self.assertEqual([word[:1] or "-" for word in words], letters)
        for name in NAMES:
            self.assertEqual('class="looks"' in read(name, "html"), name == "watch")

    def test_every_metric_is_shown_with_its_charts(self):
        for name in NAMES:
            page, text = Page(read(name, "html")), read(name, "html")
            metrics = document(name)["metrics"]
            self.assertEqual(len([i for i in page.ids if re.fullmatch(r"m\d+", i)]), len(metrics))
            with_data = [m for m in metrics if any(isinstance(v, (int, float)) for side in m["trend"].values() for v in side)]
            self.assertEqual(text.count('class="overlay"'), len(with_data), name)
            self.assertEqual(text.count('class="interval"'), len([m for m in metrics if m["shift"] or m.get("evidence")]), name)
            kinds = re.findall(r"<svg ([^>]*)>(<title>[^<]+</title><desc>[^<]+</desc>)?", text)
            for attributes, words in kinds:  # one for people who cannot see it, the shapes within it, or a copy for the eye alone
                self.assertEqual('role="img"' in attributes, bool(words), attributes)
                self.assertTrue(words or 'preserveAspectRatio="none"' in attributes, attributes)

    def test_hostile_names_come_out_as_text(self):
        shown = "".join(Page(read("hostile", "html")).texts)
        self.assertIn("<script>alert(1)</script>", shown)
        self.assertIn("n" * 1000, shown)
        self.assertIn("漢字 🐤 émile", shown)


class JUnit(unittest.TestCase):
    def test_counts_and_names_agree_with_the_document(self):
        for name in NAMES:
            result, root = document(name), xml.etree.ElementTree.fromstring(read(name, "xml").encode())
            suites = root.findall("testsuite")
            self.assertEqual((root.tag, len(suites)), ("testsuites", 1))
            cases = suites[0].findall("testcase")
            self.assertEqual(len(cases), len(result["metrics"]), name)
            for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                count = len([case for case in cases if case.find(tag) is not None])
                self.assertEqual([suites[0].get(attribute), root.get(attribute)], [str(count)] * 2, name)
            for case, metric in zip(cases, result["metrics"]):
                child = {"pass": None, "high": "failure", "low": "failure", "error": "error"}.get(metric["classification"], "skipped")
                child = "skipped" if (metric["muted"] or metric.get("role") == "informs") and child == "failure" else child
                found = [e.tag for e in case if e.tag != "system-out"]
                self.assertEqual(found, [child] if child else [], metric["name"])
                if child in ("failure", "error") and name != "hostile":
                    self.assertEqual((case.find(child).text, case.find(child).get("message")), (metric["reason"], metric["reason"]))
                    self.assertEqual(case.get("file"), result["config"]["file"])

    def test_verdict_is_a_property(self):
        for name in NAMES:
            root = xml.etree.ElementTree.fromstring(read(name, "xml").encode())
            properties = {p.get("name"): p.get("value") for p in root.iter("property")}
            self.assertEqual(properties["verdict"], document(name)["verdict"])


class Lines(unittest.TestCase):
    def test_every_event_is_an_object_and_the_verdict_is_last(self):
        for name in NAMES:
            events, result = [json.loads(line) for line in read(name, "ndjson").split("\n")[:-1]], document(name)
            self.assertEqual([events[0]["event"], events[-1]["event"]], ["analysis", "verdict"])
            self.assertEqual({e["id"] for e in events}, {result["id"]})
            metrics = [e for e in events if e["event"] == "metric"]
            self.assertEqual([{k: v for k, v in e.items() if k not in ("event", "id")} for e in metrics], result["metrics"])
            self.assertEqual(events[-1]["verdict"], result["verdict"])
            groups = [e for e in events if e["event"] == "group"]
            self.assertEqual([{k: v for k, v in e.items() if k not in ("event", "id")} for e in groups], result["groups"])

    def test_variables_are_what_gitlab_reads(self):
        for name in NAMES:
            text = read(name, "env")
            self.assertLess(len(text), 5000)
            for line in text.split("\n")[:-1]:
                self.assertRegex(line, r"^[A-Za-z0-9_]+=[A-Za-z0-9._:/-]+$")
            self.assertIn(f"SERIN_VERDICT={document(name)['verdict']}\n", text)

    def test_annotations_are_one_command_a_line(self):
        levels = {"pass": "notice", "fail": "error", "error": "error", "marginal": "warning", "inconclusive": "warning"}
        for name in NAMES:
            lines = read(name, "github").split("\n")[:-1]
            self.assertTrue(lines[0].startswith(f"::{levels[document(name)['verdict']]} title=serin%3A "), lines[0])
            self.assertLessEqual(len(lines), 10)
            for line in lines:
                self.assertRegex(line, r"^::(error|warning|notice) title=[^:,]*::[^\r\n]*$")


class Exposition(unittest.TestCase):
    @unittest.skipIf(shutil.which("promtool") is None, "promtool is not installed")
    def test_promtool_has_nothing_to_say(self):
        for name in NAMES:
            done = subprocess.run(["promtool", "check", "metrics"], input=read(name, "prom").encode(), capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""), name)

    @unittest.skipIf(text_string_to_metric_families is None, "python3-prometheus-client is not installed")
    def test_samples_are_those_of_the_document(self):
        for name in NAMES:
            result, samples, series = document(name), {}, set()
            for family in text_string_to_metric_families(read(name, "prom")):
                for sample in family.samples:
                    key = (sample.name, tuple(sorted(sample.labels.items())))
                    self.assertNotIn(key, series)
                    series.add(key)
                    samples.setdefault(sample.name, []).append((sample.labels, sample.value))
            self.assertEqual([l["verdict"] for l, v in samples["serin_verdict"] if v == 1], [result["verdict"]])
            self.assertEqual(len(samples["serin_verdict"]), 5)
            self.assertEqual([v for _, v in samples.get("serin_score", [])], [] if result["score"] is None else [result["score"]])
            self.assertEqual(len(samples["serin_metric_failing"]), len(result["metrics"]))
            classes = {(l["metric"], l.get("tags")): l["class"] for l, v in samples["serin_metric_class"] if v == 1}
            self.assertEqual(list(classes.values()), [m["classification"] for m in result["metrics"]])
            means = [v for l, v in samples.get("serin_metric_location", []) if l["stat"] == "mean" and l["side"] == "canary"]
            self.assertEqual(means, [m["canary"]["mean"] for m in result["metrics"] if m["canary"] and m["canary"]["mean"] is not None])

    @unittest.skipIf(text_string_to_metric_families is None, "python3-prometheus-client is not installed")
    def test_hostile_labels_come_back_as_they_were(self):
        names = {s.labels["metric"] for f in text_string_to_metric_families(read("hostile", "prom")) for s in f.samples if "metric" in s.labels}
        self.assertIn("<script>alert(1)</script>", names)
        self.assertIn('"double" \'single\' &amp; <b>', names)
        self.assertIn("`tick` | pipe \\| ``two``", names)
        self.assertLessEqual(max(map(len, names)), 128)


class Markdown(unittest.TestCase):
    def test_tables_keep_their_columns(self):
        for name in NAMES:
            for line in read(name, "md").split("\n"):
                if line.startswith("|"):
                    self.assertEqual(len(re.findall(r"(?<!\\)\|", line)), 7, line)

    def test_the_first_line_is_the_marker(self):
        for name in NAMES:
            text = read(name, "md")
            self.assertRegex(text.split("\n")[0], r"^<!-- serin:[\w./-]+:[0-9a-f]+ -->$")
            self.assertEqual(re.sub(r"`[^`\n]*`", "", text).count("<!--"), 1)

    def test_the_runbook_is_the_only_link(self):
        for name in NAMES:
            text = re.sub(r"`[^`\n]*`", "", read(name, "md"))
            self.assertEqual(re.sub(r"(?<!\\)\[runbook\]\(https://runbooks\.example/\w+\)", "", text).count("://"), 0, name)
            self.assertEqual(len(re.findall(r"(?<!\\)\](?=\()", text)), int(str(document(name)["runbook"]).startswith("https://")), name)

    def test_details_are_closed(self):
        for name in NAMES:
            text = re.sub(r"`[^`\n]*`", "", read(name, "md"))
            self.assertEqual(len(re.findall("<details>", text)), len(re.findall("</details>", text)))
            self.assertEqual(set(re.findall(r"<[^>]*>", text.split("\n", 1)[1])), {"<details>", "</details>", "<summary>", "</summary>"})


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS with good and bad certificates: what may not be trusted is an error that says why, and nothing is sent there."""

import json
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import unittest

from fake_prometheus import FakePrometheus
from harness import CONFIG, END, PASS, ROOT, UNREACHABLE, serin, show

NAME = "prometheus.example"


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, folder):
        self.dir = folder
        folder.mkdir()
        (folder / "index").write_text("")
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=here\n[here]\ndatabase={folder}/index\nnew_certs_dir={folder}\nrand_serial=yes\ndefault_md=sha256\n"
            "policy=any\ncopy_extensions=copy\nunique_subject=no\n[any]\ncommonName=supplied\n"
        )
        self.cert = folder / "ca.pem"
        self.openssl("req", "-x509", "-nodes", "-days", "2", *self.new_key("ca"), "-out", self.cert, "-subj", "/CN=test authority")

    def openssl(self, *args):
        subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, timeout=60)

    def new_key(self, name):
        return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", self.dir / f"{name}.key"

    def issue(self, name, subject, start="20200101000000Z", end="20491231235959Z"):
        """Certificate and key for a subjectAltName, as two paths."""
        cert, key, request = (self.dir / f"{name}.{kind}" for kind in ("pem", "key", "csr"))
        self.openssl("req", "-nodes", *self.new_key(name), "-out", request, "-subj", f"/CN={name}", "-addext", f"subjectAltName={subject}")
        signing = "-config", self.dir / "ca.cnf", "-cert", self.cert, "-keyfile", self.dir / "ca.key"
        self.openssl("ca", "-batch", "-notext", *signing, "-startdate", start, "-enddate", end, "-in", request, "-out", cert)
        return cert, key


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.ours, cls.theirs = Authority(cls.dir / "ours"), Authority(cls.dir / "theirs")
        cls.by_address = cls.ours.issue("address", "IP:127.0.0.1")
        cls.by_name = cls.ours.issue("name", f"DNS:{NAME}")
        cls.expired = cls.ours.issue("expired", "IP:127.0.0.1", end="20210101000000Z")
        cls.client = cls.ours.issue("client", "DNS:serin")
        cls.stranger = cls.theirs.issue("stranger", "DNS:serin")

    def analyze(self, certificate, settings, client_authority=None, version=ssl.TLSVersion.TLSv1_3):
        """Result of an analysis, and how many queries reached the server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        context.minimum_version = context.maximum_version = version
        if client_authority is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_authority.cert)
        config = self.dir / "canary.yaml"
        text = (ROOT / CONFIG).read_text()
        keys = "".join(f", {key}: {value}" for key, value in settings.items())
        self.assertIn('{url: "${prometheus}"}', text)
        config.write_text(text.replace('{url: "${prometheus}"}', '{url: "${prometheus}", tries: 2, timeout: 5s' + keys + "}"))
        with FakePrometheus("good", context) as fake:
            result = serin("analyze", config, "--var", f"prometheus={fake.url}", "--end", END, "--output", "json")
            return result, len(fake.requests)

    def assert_passes(self, *args):
        result, requests = self.analyze(*args)
        self.assertEqual(result[0], PASS, show(result))
        self.assertGreater(requests, 0)

    def assert_refused(self, reason, *args):
        result, requests = self.analyze(*args)
        self.assertEqual(result[0], UNREACHABLE, show(result))
        errors = [query["error"] for query in json.loads(result[1])["queries"]]
        self.assertRegex(errors[0], r"source prod.*TLS with https://127\.0\.0\.1:\d+ failed: .*" + reason)
        self.assertNotIn(None, errors)
        self.assertEqual(requests, 0)

    def test_right_authority__is_trusted(self):
        self.assert_passes(self.by_address, {"ca_file": self.ours.cert})

    def test_other_authority__is_refused(self):
        self.assert_refused("self-signed certificate|unable to get local issuer", self.by_address, {"ca_file": self.theirs.cert})

    def test_authorities_of_the_system__do_not_know_ours(self):
        self.assert_refused("self-signed certificate|unable to get local issuer", self.by_address, {})

    def test_other_name__is_refused(self):
        self.assert_refused("does not match|no alternative certificate", self.by_name, {"ca_file": self.ours.cert})

    def test_server_name__replaces_the_host(self):
        self.assert_passes(self.by_name, {"ca_file": self.ours.cert, "server_name": NAME})

    def test_server_name__must_be_the_certificates(self):
        self.assert_refused("does not match|no alternative", self.by_address, {"ca_file": self.ours.cert, "server_name": NAME})

    def test_expired_certificate__is_refused(self):
        self.assert_refused("expired", self.expired, {"ca_file": self.ours.cert})

    def test_skipped_verification__takes_anything(self):
        self.assert_passes(self.expired, {"insecure_skip_verify": "true"})

    def test_client_certificate__opens_the_door(self):
        keys = {"ca_file": self.ours.cert, "cert_file": self.client[0], "key_file": self.client[1]}
        self.assert_passes(self.by_address, keys, self.ours)

    def test_client_certificate__is_wanted(self):
        keys = {"ca_file": self.ours.cert}
        self.assert_refused("the server says .* alert handshake failure", self.by_address, keys, self.ours, ssl.TLSVersion.TLSv1_2)
        # Up to 1.2 the handshake fails; in 1.3 it is over, and the server may close before its reason is read.
        result, requests = self.analyze(self.by_address, keys, self.ours)
        self.assertEqual((result[0], requests), (UNREACHABLE, 0), show(result))
        self.assertRegex(result[1], r"alert certificate required|the connection to \S+ was reset|closed the connection")

    def test_client_certificate__of_a_stranger_is_refused(self):
        keys = {"ca_file": self.ours.cert, "cert_file": self.stranger[0], "key_file": self.stranger[1]}
        self.assert_refused("the server says .* alert unknown ca", self.by_address, keys, self.ours, ssl.TLSVersion.TLSv1_2)

    def test_certificate_files__that_cannot_be_read_are_named(self):
        absent = self.dir / "absent.pem"
        self.assert_refused("absent.pem", self.by_address, {"ca_file": absent})
        self.assert_refused("absent.pem", self.by_address, {"ca_file": self.ours.cert, "cert_file": absent, "key_file": self.client[1]})


if __name__ == "__main__":
    unittest.main()

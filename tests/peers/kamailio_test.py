#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""kamailio_test.py - two of our endpoints exchange messages, chunks and REPORTs through Kamailio as their MSRP relay
(RFC 4976), over TCP, IPv6 and TLS. Usage: kamailio_test.py RELAY_ENDPOINT [unittest arguments]"""
import hashlib
import re
import sys

sys.dont_write_bytecode = True
import real_peers  # noqa: E402
from kamailio_relay import Relay  # noqa: E402
from real_peers import Case, free_port  # noqa: E402

KAMAILIO = real_peers.need("kamailio")
SIZES = [1, 100, 2048, 2049, 5000, 20000, 100000]


class KamailioTest(Case):
    def relay(self, host, tls=False):
        """Starts Kamailio. @return its URI, and what to say of its certificate."""
        port = free_port(host)
        self.kamailio = Relay(KAMAILIO, self.top, host, port, tls)
        self.addCleanup(self.stop, self.kamailio.process)
        try:
            self.wait_for_port(host, port, self.kamailio.process)
        except AssertionError:
            if "could not find module <tls>" in self.log():
                self.skipTest("Kamailio's module tls is not installed (kamailio-tls-modules)")
            self.fail(self.log())
        return self.kamailio.uri, self.kamailio.args

    def log(self):
        return self.kamailio.log()

    def endpoint(self, relay, own, peer, *args):
        return self.ours("relay_endpoint", relay, "--user", own, "--own", self.top / own, "--peer", self.top / peer,
                         *args)

    def exchange(self, host, tls=False):
        relay, more = self.relay(host, tls)
        more = [*more, "--password", "walnut"]
        ann = self.endpoint(relay, "ann", "bob", "--active", *more)
        bob = self.endpoint(relay, "bob", "ann", *more)
        said = [self.done(ann), self.done(bob)]
        for (code, out, err), active in zip(said, (False, True)):
            self.assertEqual((code, err), (0, ""), (out, self.log()))
            self.assertIn(f"sent {len(SIZES)}, confirmed {len(SIZES)}, received {len(SIZES)}, refused 0", out)
            wanted = {(str(n), hashlib.sha256(self.body(n, active)).hexdigest()) for n in SIZES}
            self.assertEqual(set(re.findall(r"received (\d+) ([0-9a-f]{64})", out)), wanted)

    @staticmethod
    def body(size, active):
        return bytes((i * 31 + i // 251 + (7 if active else 0)) & 255 for i in range(size))

    def test_tcp(self):
        self.exchange("127.0.0.1")

    def test_ipv6(self):
        self.exchange("::1")

    def test_tls(self):
        self.exchange("127.0.0.1", tls=True)

    def test_tls_and_ipv6(self):
        self.exchange("::1", tls=True)

    def test_another_certificate(self):
        relay, _ = self.relay("127.0.0.1", tls=True)
        another = "sha-256 " + ":".join(["5A"] * 32)
        code, _, err = self.done(self.endpoint(relay, "ann", "bob", "--password", "walnut", "--fingerprint", another))
        self.assertEqual(code, 1)
        self.assertIn("does not match", err)

    def test_wrong_password(self):
        relay, _ = self.relay("127.0.0.1")
        code, _, err = self.done(self.endpoint(relay, "ann", "bob", "--password", "hazel"))
        self.assertEqual(code, 1)
        self.assertIn("not authorized: 401", err)


if __name__ == "__main__":
    real_peers.need("openssl")
    real_peers.main(["relay_endpoint"])

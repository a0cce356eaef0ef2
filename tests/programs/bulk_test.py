#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""bulk_test.py - the load generator: what it counts, its JSON, both sides alone, its errors.
Usage: bulk_test.py PROGRAM [unittest arguments]"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
LIMIT = 120


def bulk(*args, **more):
    return subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, timeout=LIMIT, **more)


class Bulk(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = pathlib.Path(temp.name)

    def result(self, *args):
        done = bulk("--json", "-", *args)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout), done.stderr

    def test_counts(self):
        for tls in ([], ["--tls"]):
            with self.subTest(tls=tls):
                r, table = self.result("--sessions", 7, "--connections", 3, "--count", 1000, "--size", "10,3000,100000",
                                       "--success-report", *tls)
                self.assertEqual((r["transport"], r["messages"], r["failed"]), ("tls" if tls else "tcp", 1000, 0))
                octets = 334 * 10 + 333 * 3000 + 333 * 100000
                self.assertEqual((r["octets"], r["received"]), (octets, {"messages": 1000, "octets": octets,
                                                                         "given_up": 0}))
                self.assertAlmostEqual(r["messages_per_second"] * r["seconds"], 1000, places=3)
                self.assertAlmostEqual(r["mb_per_second"] * r["seconds"] * 1e6, octets, delta=1)
                for what in ("answered", "reported"):
                    p = r["latency_us"][what]
                    self.assertEqual(p["count"], 1000)
                    steps = [p[k] for k in ("p50", "p90", "p99", "p99.9", "max")]
                    self.assertEqual(steps, sorted(steps))
                    self.assertGreater(steps[0], 0)
                self.assertIn("1000 in ", table)

    def test_many_connections_to_one_port(self):
        # More than an endpoint makes to one target in a minute if nobody says so.
        r, _ = self.result("--sessions", 40, "--connections", 20, "--count", 400)
        self.assertEqual((r["messages"], r["failed"]), (400, 0))

    def test_larger_than_memory_is_needed_for(self):
        r, _ = self.result("--count", 2, "--size", 50_000_000)
        self.assertEqual(r["received"]["octets"], 100_000_000)

    def test_rate_beside_a_file(self):
        # Late is whoever has to wait for the machine; early is nobody.
        r, _ = self.result("--rate", 100, "--count", 100, "--file", 10**12)
        self.assertEqual(r["messages"], 100)
        self.assertGreaterEqual(r["seconds"], 0.99)
        self.assertEqual(r["latency_us"]["delivered"]["count"], r["messages"])
        self.assertEqual((r["received"]["given_up"], r["files"]["complete"]), (1, 0))
        self.assertGreater(r["files"]["octets"], 0)

    def test_each_side_alone(self):
        for tls in ([], ["--tls"]):
            with self.subTest(tls=tls):
                ours, theirs = self.dir / f"client{len(tls)}", self.dir / f"server{len(tls)}"
                server = subprocess.Popen([PROGRAM, "--serve", "127.0.0.1:0", "--out", theirs, "--in", ours, "--json",
                                           self.dir / "r.json", *tls], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                r, _ = self.result("--connect", "--out", ours, "--in", theirs, "--sessions", 4, "--connections", 2,
                                   "--count", 500, *tls)
                self.assertEqual(r["messages"], 500)
                said = server.communicate(timeout=LIMIT)
                self.assertEqual(server.returncode, 0, said)
                there = json.loads((self.dir / "r.json").read_text())
                self.assertEqual(there["received"], {"messages": 500, "octets": 30000, "given_up": 0})

    def test_sender_that_is_killed(self):
        for tls in ([], ["--tls"]):
            with self.subTest(tls=tls):
                ours, theirs = self.dir / f"c{len(tls)}", self.dir / f"s{len(tls)}"
                server = subprocess.Popen([PROGRAM, "--serve", "127.0.0.1:0", "--out", theirs, "--in", ours, *tls],
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                sender = subprocess.Popen([PROGRAM, "--connect", "--out", ours, "--in", theirs, "--size", "1000000000000",
                                           *tls, "--seconds", str(LIMIT)], stdout=subprocess.DEVNULL)

                def ticks():  # user and system time: it is busy once the message comes
                    return sum(map(int, pathlib.Path(f"/proc/{server.pid}/stat").read_text().split()[13:15]))
                end = time.monotonic() + LIMIT
                while ticks() < 20 and server.poll() is None and time.monotonic() < end:
                    time.sleep(0.05)
                sender.kill()
                sender.wait()
                out, err = server.communicate(timeout=LIMIT)
                self.assertEqual(server.returncode, 1, out + err)
                self.assertRegex(err, r"^bulk: \d+ messages failed\n$")
                self.assertRegex(out, "received  0 messages, .* [1-9][0-9]* given up")

    def test_the_other_side(self):
        (self.dir / "word").write_text("uri msrp://127.0.0.1:1/abcdefgh;tcp\nsessions 1\n")
        (self.dir / "bad").write_text("uri nonsense\nsessions 1\n")
        out = self.dir / "out"
        for args, word in ((["--in", self.dir / "word"], "could not be opened"),
                           (["--in", self.dir / "bad"], "not what the other side of bulk writes"),
                           (["--in", self.dir / "word", "--tls"], "one side is to use TLS"),
                           (["--in", self.dir / "none", "--timeout", 1], "no word of the other side")):
            with self.subTest(args=args):
                done = bulk("--connect", "--out", out, *args)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done)
                self.assertIn(word, done.stderr)

    def test_usage(self):
        for args, word in ((["--sessions", "0"], "--sessions"), (["--sessions", "2", "--connections", "3"],
                                                                 "--connections"),
                           (["--size", "0"], "--size"), (["--size", "x"], "--size"), (["--rate", "-1"], "--rate"),
                           (["--serve", "nowhere"], "--serve nowhere"), (["--in", "x"], "--in and --out"),
                           (["--serve", "127.0.0.1:0", "--rate", "5"], "--rate is the sending side's"),
                           (["--serve", "127.0.0.1:0", "--connect"], "--connect"),
                           (["--connect", "--json", "-"], "standard output"), (["--more"], "--more"),
                           (["--json", "/", "--seconds", "1000"], "/: cannot be written"),
                           (["--count", "0"], "--count"), (["--count", "99999999999999999999"], "--count"),
                           (["--count", "1", "--seconds", "1"], "--count")):
            with self.subTest(args=args):
                done = bulk(*args)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done)
                self.assertIn(word, done.stderr)
        self.assertEqual(bulk("--help").returncode, 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()

#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""resume_test.py - send_file and receive_file over connections that are cut: a new SDP, only the missing octets.
Usage: resume_test.py FOLDER [unittest arguments]"""
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

from cutting_proxy import CHUNK, Cut, CuttingProxy

BIN = ""
LIMIT = 120  # seconds after which a program counts as hanging
PATIENT = ("--timeout", LIMIT, "--reconnect", LIMIT)  # a busy machine is no reason to give up
MIB = 1 << 20


class Resume(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = pathlib.Path(temp.name)
        (self.dir / "out").mkdir()
        self.running = []
        self.addCleanup(self.end_all)

    def end_all(self):
        for p in self.running:
            if p.poll() is None:
                p.kill()
            p.communicate()

    def start(self, name, *args):
        p = subprocess.Popen([os.path.join(BIN, name), *map(str, args)], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.running.append(p)
        return p

    def make(self, name, size):
        octets = os.urandom(size)
        (self.dir / name).write_bytes(octets)
        return octets

    def transfer(self, files, cuts, *more, end="fin", again=True):
        """@return the programs, their outputs, the proxy"""
        proxy = CuttingProxy(self.dir / "answer-in", self.dir / "answer", cuts, end, again)
        r = self.start("receive_file", "--offer", self.dir / "offer", "--answer", self.dir / "answer-in",
                       "--output", f"{self.dir}/out/", *more)
        s = self.start("send_file", "--offer", self.dir / "offer", "--answer", self.dir / "answer", *more,
                       *[self.dir / f for f in files])
        try:
            out = [p.communicate(timeout=LIMIT) for p in (s, r)]
        finally:
            proxy.stop()
        return s, r, out, proxy

    def arrives(self, files, cuts, *more, end="fin"):
        """Whole, in as many rounds as it was cut and one. @return what the sender said, the proxy"""
        s, r, out, proxy = self.transfer(files, cuts, *PATIENT, *more, end=end)
        self.assertEqual((s.returncode, r.returncode), (0, 0), out)
        self.assertEqual(sorted(os.listdir(self.dir / "out")), sorted(files))
        for name, octets in files.items():
            self.assertEqual(hashlib.sha256((self.dir / "out" / name).read_bytes()).digest(),
                             hashlib.sha256(octets).digest(), name)
            # Both programs saw the whole of it, resumed or not.
            for text in out:
                self.assertIn(hashlib.sha256(octets).hexdigest().encode(), text[0])
        self.assertEqual(len(proxy.rounds), len(cuts) + 1, out)
        return out[0][0].decode(), proxy

    def arrives_once(self, files, cuts, *more, end="fin"):
        """Without TLS: in no round crosses more than what the sender could not know to be there already. How fast anybody
        is makes no difference to that: the proxy counts only reports that the sender has got."""
        said, proxy = self.arrives(files, cuts, "--no-tls", *more, end=end)
        size = sum(map(len, files.values()))
        for n, r in enumerate(proxy.rounds):
            self.assertLessEqual(r.forth, proxy.most_forth(n, size, len(files)), (n, vars(r), said))
        for cut, after in zip(cuts, proxy.rounds[1:]):
            if isinstance(cut, Cut):
                self.assertGreaterEqual(after.known, cut.known)  # else the above said nothing
        return said, proxy

    def as_it_says(self, said, proxy, size, part=1.0):
        """Each round but the first takes no more than the sender says that it lacks. @return what it said was there"""
        there = [[int(n) for n in re.findall(r"^resumed: .*, (\d+) of \d+ octets are there$", text, re.M)] or [0]
                 for text in said.split("once more, with a new SDP\n")[1:]]
        self.assertEqual([len(n) for n in there], [1] * (len(proxy.rounds) - 1), said)
        for (known,), r in zip(there, proxy.rounds[1:]):
            self.assertLessEqual(r.forth, (size - known) * part + 64 * 1024, (known, vars(r), said))
        return [known for known, in there]

    # --- where it is cut ---

    def test_cut_anywhere(self):  # CON-5.4-6
        size = 16 * MIB
        for name, cuts in {"behind the bodiless SEND": [500], "before the first octet": [500, 0],
                           "early": [100_000], "in the middle": [Cut(8 * MIB, known=7 * MIB)],
                           "the last octets": [Cut(size, known=15 * MIB)],
                           "in the middle, whatever is known": [8 * MIB],
                           "several times": [3 * MIB, Cut(4 * MIB, known=3 * MIB), 2 * MIB, 1000, 3 * MIB]}.items():
            with self.subTest(name):
                for f in list(self.dir.glob("*answer*")) + list(self.dir.glob("offer*")) + \
                        list((self.dir / "out").iterdir()):
                    f.unlink()
                said, _ = self.arrives_once({"big": self.make("big", size)}, cuts)
                if any(isinstance(c, Cut) for c in cuts):
                    self.assertIn("resumed: ", said)

    def test_cut_under_tls(self):
        # Of TLS the proxy sees octets only: a response and a report take 400 to 600 with their records, and a handshake
        # 1,000 to 3,000. So what it waits for comes, for the 35 chunks that are whole, and tells of 20 at least.
        size = 16 * MIB
        said, proxy = self.arrives({"big": self.make("big", size)}, [Cut(9 * MIB, back=15_000), 2000, 3 * MIB])
        there = self.as_it_says(said, proxy, size, 1.01)
        self.assertGreaterEqual(there[0], 20 * CHUNK)
        self.assertEqual(there, sorted(there))

    def test_cut_by_reset(self):
        self.arrives_once({"big": self.make("big", 16 * MIB)}, [Cut(9 * MIB, known=8 * MIB), 3 * MIB], end="reset")

    def test_cut_by_reset_at_once(self):
        # What lies in buffers is lost, too: how much is known only to the sender.
        said, proxy = self.arrives({"big": self.make("big", 16 * MIB)}, [9 * MIB, 3 * MIB], "--no-tls", end="abrupt")
        self.as_it_says(said, proxy, 16 * MIB)

    def test_cut_while_several_files_go(self):
        files = {f"f{i}": self.make(f"f{i}", n) for i, n in enumerate((9 * MIB, 0, 5, 4 * MIB, 100_000))}
        self.arrives_once(files, [Cut(6 * MIB, known=4 * MIB), 3 * MIB])

    def test_several_files_under_tls(self):
        files = {f"f{i}": self.make(f"f{i}", n) for i, n in enumerate((9 * MIB, 0, 5, 4 * MIB, 100_000))}
        self.arrives(files, [6 * MIB, 3 * MIB])

    def test_cut_between_two_files(self):
        """Without TLS an end in order looks like that: the receiver waits a moment for the rest."""
        files = {"one": self.make("one", 500), "two": self.make("two", 5000)}
        for end in ("fin", "reset"):
            for cut in (1100, 1200, 1300):  # `one` is whole, and of `two` little has come or nothing
                with self.subTest(end=end, cut=cut):
                    for f in list(self.dir.glob("*answer*")) + list(self.dir.glob("offer*")) + \
                            list((self.dir / "out").iterdir()):
                        f.unlink()
                    self.arrives(files, [cut], "--no-tls", end=end)

    def test_cut_on_ipv6(self):
        self.arrives_once({"big": self.make("big", 4 * MIB)}, [Cut(2 * MIB, known=MIB)], "--listen", "[::1]:0")

    # --- what does not come back ---

    def test_peer_never_comes_back(self):
        self.make("big", 16 * MIB)
        begin = time.monotonic()
        s, r, out, _ = self.transfer(["big"], [8 * MIB], "--no-tls", "--reconnect", "2", again=False)
        self.assertEqual((s.returncode, r.returncode), (1, 1), out)
        self.assertLess(time.monotonic() - begin, 15)
        for _, err in out:
            self.assertEqual(len(err.splitlines()), 1, err)
        self.assertEqual(os.listdir(self.dir / "out"), [])

    def test_reconnect_off(self):
        self.make("big", 16 * MIB)
        s, r, out, proxy = self.transfer(["big"], [8 * MIB], "--no-tls", "--reconnect", "0")
        self.assertEqual((s.returncode, r.returncode), (1, 1), out)
        self.assertEqual(len(proxy.rounds), 1)
        self.assertFalse((self.dir / "offer.2").exists())
        self.assertEqual(os.listdir(self.dir / "out"), [])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: resume_test.py FOLDER [unittest arguments]")
    BIN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)

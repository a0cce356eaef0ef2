#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""peer_test.py - send_file, receive_file and blocking_sockets against a second implementation (msrp_peer.py), which
is a correct peer and a rude one. IDs are those of docs/rfc_map.md. Where a test says `documented`, the RFC leaves it
open and docs/examples.md says it.
Usage: peer_test.py SEND_FILE RECEIVE_FILE BLOCKING_SOCKETS [unittest arguments]"""
import concurrent.futures
import itertools
import os
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import msrp_peer  # noqa: E402
from msrp_peer import LIMIT, Chunk, Peer, read_range  # noqa: E402

PROGRAMS = {}
PLAIN = ("--no-tls", "--no-cema")
SOON = 25  # seconds: less than the programs wait by themselves (30), and time enough on a busy machine
SHORT = 4  # seconds after which the programs give up, where that is what a test waits for; time enough to connect


def text(size, seed=1):
    return random.Random(seed).randbytes(size)


class Case(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.top = pathlib.Path(temp.name)
        self.count = itertools.count(1)

    def at_once(self, cases, one):
        """Cases that mostly wait."""
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            for case, done in [(case, pool.submit(one, case)) for case in cases]:
                with self.subTest(case):
                    done.result()

    def folder(self):
        made = self.top / str(next(self.count))
        made.mkdir()
        return made

    def start(self, name, *args, **more):
        """The program, in a process of its own that the test ends, if nobody else does."""
        if name != "blocking_sockets":  # what a lost connection leads to is tests/programs/resume_test.py's
            args += ("--reconnect", 0)
        p = subprocess.Popen([PROGRAMS[name], *map(str, args)], stdin=more.pop("stdin", subprocess.DEVNULL),
                             stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE)
        self.addCleanup(self.stop, p)
        return p

    def stop(self, p):
        if p.poll() is None:
            p.kill()
        p.communicate()

    def peer(self, *args, **more):
        made = Peer(*args, **more)
        self.addCleanup(made.close)
        return made

    def file(self, path):
        """The text of a file that appears whole."""
        end = time.monotonic() + LIMIT
        while not path.exists():
            self.assertLess(time.monotonic(), end, f"{path} never appeared")
            time.sleep(0.005)
        return path.read_bytes().decode()

    def put(self, path, content):
        part = path.with_name(path.name + ".new")
        part.write_text(content, newline="")
        part.rename(path)

    def ends(self, p, code, *words, limit=SOON):
        """The program ends within the time: with 0 and nothing on standard error, or with the code and one line that
        begins with its name and has the words. @return its standard output."""
        begin = time.monotonic()
        out, err = p.communicate(timeout=LIMIT)
        shown = (p.args, out.decode(errors="replace"), err.decode(errors="replace"))
        self.assertEqual(p.returncode, code, shown)
        self.assertLess(time.monotonic() - begin, limit, shown)
        lines = err.decode(errors="replace").splitlines()
        self.assertEqual(len(lines), 0 if code == 0 else 1, shown)
        for line in lines:
            self.assertTrue(line.startswith(os.path.basename(p.args[0]) + ": "), shown)
            for word in words:
                self.assertIn(word, line)
        return shown[1]

    def receiver(self, *args, timeout=30, setup="active", peer=None, cema=False, connect=True, mode=PLAIN):
        """receive_file as the answerer, and a peer connected to it. @return the process, the peer, the file to come."""
        folder = self.folder()
        peer = peer or self.peer()
        target = folder / "received"
        self.put(folder / "offer", peer.sdp(setup, cema))
        listen = "[::1]:0" if ":" in peer.host else "127.0.0.1:0"
        p = self.start("receive_file", "--offer", folder / "offer", "--answer", folder / "answer", "--output", target,
                       "--timeout", timeout, "--listen", listen, *mode, *args)
        self.answer = self.file(folder / "answer")
        if connect:
            peer.connect(self.answer)
        return p, peer, target

    def sender(self, *contents, timeout=30, peer=None, cema=False, mode=PLAIN, accept=True, print_=None):
        """send_file as the offerer of files with these contents, and a peer that it connected to."""
        folder = self.folder()
        peer = peer or self.peer()
        names = []
        for i, content in enumerate(contents):
            names.append(folder / f"file{i}.txt")
            names[-1].write_bytes(content)
        listen = "[::1]:0" if ":" in peer.host else "127.0.0.1:0"
        p = self.start("send_file", "--offer", folder / "offer", "--answer", folder / "answer", "--timeout", timeout,
                       "--listen", listen, *mode, *names)
        self.offer = offer = self.file(folder / "offer")
        self.put(folder / "answer", peer.sdp("passive", cema, print_))
        if accept:
            peer.accept(offer)
        return p, peer

    def whole(self, p, peer, target, content):
        """The peer hangs up; the program has the file, and says so."""
        peer.sock.close()
        self.ends(p, 0)
        self.assertEqual(target.read_bytes(), content)

    def in_spite_of(self, p, peer, target, content):
        """The same where requests of the peer were refused: the file is there. Whether that counts as `refused`
        (documented: exit status 1) is left to the program."""
        peer.sock.close()
        p.wait(LIMIT)
        if p.returncode:
            self.ends(p, 1, "refused")
        else:
            self.ends(p, 0)
        self.assertEqual(target.read_bytes(), content)

    def delivered(self, p, peer):
        """send_file has its reports: it ends the connection, and says so."""
        self.assertTrue(peer.ended())
        peer.sock.close()
        return self.ends(p, 0)

    def nothing(self, p, target, *words, code=1):
        """The program failed, and there is no file under the name that was asked for."""
        self.ends(p, code, *words)
        self.assertFalse(target.exists())


class CorrectPeer(Case):
    """Both ways: content, responses and reports."""

    def test_receives_in_chunks(self):  # CHK-7.1.1-5, CHK-7.3.1-1, RPT-7.1.3-1, RPT-7.1.2-2
        for host in ("127.0.0.1", "::1"):
            for size, cut in ((0, 2048), (1, 2048), (2048, 2048), (100_001, 2048), (3_000_000, 1_000_003)):
                with self.subTest(host=host, size=size):
                    content = text(size)
                    p, peer, target = self.receiver(peer=self.peer(host))
                    peer.bind()
                    message_id = peer.send(content, cut)
                    covered = 0
                    while covered < size or not peer.reports:  # one at the end, or some on the way
                        peer.until(lambda seen=len(peer.reports): len(peer.reports) > seen)
                        report = peer.reports[-1]
                        start, covered, total = read_range(report.get("Byte-Range"))
                        self.assertEqual(start, 1)
                        self.assertIn(total, (None, size))
                        self.assertEqual(report.get("Message-ID"), message_id)
                        self.assertTrue(report.get("Status").startswith("000 200"))
                        self.assertEqual((report.get("To-Path"), report.get("From-Path")), (peer.uri, peer.remote["path"]))
                        self.assertIsNone(report.get("Success-Report"))  # RPT-7.1.2-1
                        self.assertIsNone(report.get("Failure-Report"))
                    self.assertEqual(covered, size)
                    self.whole(p, peer, target, content)

    def test_sends(self):  # CON-5.4-3, CHK-7.1.1-2, TRX-7.1.1-2
        for host in ("127.0.0.1", "::1"):
            with self.subTest(host=host):
                contents = [b"", b"x", text(2048), text(2_000_000, 2)]
                p, peer = self.sender(*contents, peer=self.peer(host))
                got = peer.serve(len(contents))
                self.delivered(p, peer)
                self.assertEqual(sorted(octets for _, _, octets in got), sorted(contents))
                first = peer.chunks[0]  # the first of the connection binds the session, and has no body
                self.assertEqual((first.method, first.body), ("SEND", None))
                self.assertEqual(read_range(first.get("Byte-Range", "1-0/0")), (1, 0, 0))  # CHK-7.1.1-4
                for c in peer.chunks:
                    if c.method == "SEND" and c.body is not None:
                        start, end, total = read_range(c.get("Byte-Range"))
                        self.assertIn(end, (None, start - 1 + len(c.body)))  # CHK-7.1.1-3
                        self.assertTrue(end is None or len(c.body) <= 2048)  # CHK-5.1-1
                        self.assertEqual(c.headers[-1][0], "Content-Type")  # FRM-7.1-2
                self.assertEqual(len({c.tid for c in peer.chunks}), len(peer.chunks))  # FRM-7.1-1

    def test_interruption_is_continued(self):  # CHK-7.1.1-7, CHK-7.1.1-6, FRM-7.1-6
        contents = [text(4_000_000, 3), text(1000, 4), text(4_000_000, 5)]
        p, peer = self.sender(*contents)
        got = peer.serve(3)
        self.delivered(p, peer)
        self.assertEqual(sorted(len(octets) for _, _, octets in got), [1000, 4_000_000, 4_000_000])
        self.assertEqual({octets for _, _, octets in got}, set(contents))
        self.assertIn("+", [c.flag for c in peer.chunks])
        for c in peer.chunks:
            if c.flag == "+":
                self.assertGreaterEqual(len(c.body), 2048)

    def test_tls_both_ways(self):  # TLS-14.4-1, SDP-8.2-2
        content = text(200_000, 6)
        p, peer = self.sender(content, peer=self.peer(tls=True), mode=("--no-cema",))
        self.assertEqual(peer.serve(1)[0][2], content)
        self.assertIn("fingerprint: matches", self.delivered(p, peer))
        self.assertTrue(peer.remote["path"].startswith("msrps:"))
        p, peer, target = self.receiver(peer=self.peer(tls=True), mode=("--no-cema",))
        peer.bind().send(content, 20_000)
        peer.until(lambda: len(peer.reports) >= 1)
        self.whole(p, peer, target, content)

    def test_cema_over_tls(self):  # CEMA-4.3-3, CEMA-4.2-5, CEMA-4.1-1
        content = text(70_000, 7)
        p, peer, target = self.receiver(peer=self.peer(tls=True), cema=True, mode=())
        self.assertTrue(peer.remote["cema"])
        self.assertEqual(peer.remote["setup"], "passive")
        peer.bind().send(content)
        self.whole(p, peer, target, content)
        p, peer = self.sender(content, peer=self.peer(tls=True), cema=True, mode=())
        self.assertTrue(peer.remote["cema"])
        self.assertEqual(peer.serve(1)[0][2], content)
        self.delivered(p, peer)

    def test_a_false_fingerprint(self):  # T24
        p, peer = self.sender(b"secret", peer=self.peer(tls=True), mode=("--no-cema",), accept=False,
                              print_=":".join(["AB"] * 32))
        try:
            peer.accept(self.offer)
            self.assertIsNone(peer.step())
        except OSError:
            pass
        self.ends(p, 1, "fingerprint")
        self.assertEqual(peer.chunks, [])


class RudeSender(Case):
    """receive_file, and a peer that sends what it should not."""

    def test_octet_by_octet(self):  # FRM: what is under way is no error
        p, peer, target = self.receiver()
        whole = (peer.request("SEND", [("Message-ID", "bind-0001")]).octets()
                 + peer.part("drib-0001", 1, b"one\r\n-------two", fields=[("Success-Report", "yes")],
                             tid="dribble01").octets())
        for i in range(len(whole)):
            peer.raw(whole[i:i + 1])
        self.assertEqual(peer.status_of("dribble01"), 200)
        self.whole(p, peer, target, b"one\r\n-------two")

    def test_order_overlap_repetition(self):  # CHK-7.1.1-5, CHK-7.3.1-3, CHK-5.4-1
        p, peer, target = self.receiver()
        peer.bind()
        yes = [("Success-Report", "yes")]
        parts = [peer.part("mixed-01", 9, b"IJKLM", 13, 13, "$", yes),
                 peer.part("mixed-01", 1, b"abcdef", 6, 13, "+", yes),
                 peer.part("mixed-01", 9, b"IJ", 10, 13, "+", yes),
                 peer.part("mixed-01", 4, b"DEFGHI", 9, 13, "+", yes)]
        for part in parts[:3]:
            self.assertEqual(peer.ask(part), 200)
            self.assertEqual(peer.reports, [])  # not whole yet
        self.assertEqual(peer.ask(parts[3]), 200)
        peer.until(lambda: len(peer.reports) >= 1)
        # What came before in the same transaction, and the whole message once more: a duplicate.
        self.assertEqual(peer.ask(peer.part("mixed-01", 1, b"ZZZZZZZZZZZZZ", 13, 13, "$", yes)), 200)
        peer.until(lambda: len(peer.reports) >= 2)  # acknowledged and reported, and not a second file
        self.assertEqual({r.get("Byte-Range") for r in peer.reports}, {"1-13/13"})
        self.whole(p, peer, target, b"abcDEFGHIJKLM")

    def test_a_false_total_or_end(self):  # CHK-7.3.1-2: what is there counts, whatever was claimed
        for end, total, second_end, second_total in (("*", 7, "*", 7), ("*", 999, "*", 999), (2, 10, 7, 10),
                                                     (9, 10, 10, 10), (77777, 12345678, 12345678, 87654321)):
            with self.subTest(end=end, total=total):
                p, peer, target = self.receiver()
                peer.bind()
                self.assertEqual(peer.ask(peer.part("lies-0001", 1, b"first", end, total, "+")), 200)
                self.assertEqual(peer.ask(peer.part("lies-0001", 6, b"other", second_end, second_total)), 200)
                self.whole(p, peer, target, b"firstother")

    def test_a_senseless_range(self):  # CHK-14.5-1, CHK-7.1.1-2, HDR-9-1
        p, peer, target = self.receiver()
        peer.bind()
        for n, wrong in enumerate(("0-4/5", "5-3/10", "1-5", "a-5/5", "-1-5/5", "1-99999999999999999999999/5", "1 - 5/5",
                                   "1-5/3", "7-*/3", "18446744073709551615-*/*")):
            with self.subTest(wrong):
                bad = peer.request("SEND", [("Message-ID", f"range-{n:04}"), ("Byte-Range", wrong),
                                            ("Content-Type", "text/plain")], b"12345")
                self.assertEqual(peer.ask(bad), 413 if wrong.endswith("-*/*") else 400)
        peer.send(b"and yet")
        self.in_spite_of(p, peer, target, b"and yet")

    def test_octets_behind_the_end(self):  # CHK-7.3.1-2: the chunk with $ fixed the size
        p, peer, target = self.receiver()
        peer.bind()
        self.assertEqual(peer.ask(peer.part("behind-01", 6, b"other")), 200)
        self.assertEqual(peer.ask(peer.part("behind-01", 9, b"too far", flag="+")), 400)
        peer.sock.close()
        self.nothing(p, target)

    def test_too_large(self):  # CHK-14.5-1: by what is claimed, and by what comes
        def one(total):
            p, peer, target = self.receiver("--max-size", 1000)
            peer.bind()
            self.assertEqual(peer.ask(peer.part("large-001", 1, text(1001), "*", total)), 413)
            self.assertEqual(peer.ask(peer.part("large-001", 1, b"again", "*", 5)), 413)  # of that Message-ID
            peer.sock.close()
            self.nothing(p, target)

        self.at_once((1001, 1_000_000_000_000, "*"), one)

    def test_identifiers_used_again(self):  # TRX-7.2-2, CHK-5.4-1
        p, peer, target = self.receiver()
        peer.bind()
        for n in range(3):  # one transaction id, each request answered
            peer.raw(peer.part("twice-001", 1 + 4 * n, b"same", flag="+", tid="sameSame").octets())
            peer.until(lambda: len(peer.responses) >= 2 + n)
            self.assertEqual(peer.responses[-1], ("sameSame", 200))
        self.assertEqual(peer.ask(peer.part("twice-001", 13, b"end")), 200)
        reported = [("Success-Report", "yes")]
        self.assertEqual(peer.ask(peer.part("twice-001", 1, b"the whole again", fields=reported)), 200)
        for other in (b"another text", b"another text, longer"):  # none of its chunks: it ends elsewhere
            self.assertEqual(peer.ask(peer.part("twice-001", 1, other, fields=reported)), 400)
        self.in_spite_of(p, peer, target, b"samesamesameend")

    def test_unknown_methods(self):  # HDR-12-2, FRM-9-2: methods are capitals
        p, peer, target = self.receiver()
        peer.bind()
        for n, method in enumerate(("AUTH", "NICKNAME", "FETCH", "SENDER")):
            self.assertEqual(peer.ask(peer.request(method, [("Message-ID", f"other-{n:03}")])), 501)
        with_body = peer.request("PUT", [("X-Field", "x"), ("Content-Type", "text/plain")], b"body")
        self.assertEqual(peer.ask(with_body), 501)
        peer.send(b"and yet", fields=[("X-Unknown", "is ignored")])  # HDR-12-1
        self.in_spite_of(p, peer, target, b"and yet")

    def test_what_is_to_be_ignored(self):  # RPT-7.1.2-3, RPT-7.1.2-1, T18
        p, peer, target = self.receiver()
        peer.bind()
        peer.raw(peer.request("REPORT", [("Message-ID", "unknown-1"), ("Byte-Range", "1-5/5"),
                                         ("Status", "000 413 no")]).octets())
        peer.raw(peer.request("REPORT", [("Message-ID", "unknown-2"), ("Status", "000 200")], to=peer.uri).octets())
        paths = [("To-Path", peer.remote["path"]), ("From-Path", peer.uri)]
        for status in (200, 413, 481, 506):
            peer.raw(Chunk(f"unknown{status}", "", status, paths).octets())
        peer.send(b"and yet")
        peer.until(lambda: len(peer.reports) >= 1)
        self.assertEqual(len(peer.responses), 2)  # to the two SENDs: nothing for all that
        self.whole(p, peer, target, b"and yet")

    def test_another_session(self):  # CON-7.3-1, CON-5.4-5, TRX-7.1.4-1, URI-6.1-4
        p, peer, target = self.receiver()
        mine = peer.remote["path"]
        wrong = [mine[:-4] + "x;tcp", mine.replace("/", "/x", 3).replace("/x/x", "//", 1), mine + " " + mine,
                 mine.replace(";tcp", ";ws"), mine.split("//")[0] + "//127.0.0.1:1/" + mine.rsplit("/", 1)[1]]
        for bound in (False, True):
            for n, to in enumerate(wrong):
                with self.subTest(to=to, bound=bound):
                    self.assertEqual(peer.ask(peer.part(f"wrong-{n}-{bound}", 1, b"text", to=to)), 481)
            if not bound:
                peer.bind()
        silent = peer.part("wrong-quiet", 1, b"text", to=wrong[0], fields=[("Failure-Report", "no")])
        peer.raw(silent.octets())
        peer.send(b"and yet")
        self.assertNotIn(silent.tid, dict(peer.responses))
        self.in_spite_of(p, peer, target, b"and yet")

    def test_fields_missing_or_repeated(self):  # HDR-9-1
        p, peer, target = self.receiver()
        peer.bind()
        kind = ("Content-Type", "text/plain")
        self.assertEqual(peer.ask(peer.request("SEND", [kind], b"no id")), 400)
        for n, field in enumerate((("Message-ID", "twice-0002"), ("Byte-Range", "1-2/2"), ("Success-Report", "yes"))):
            twice = peer.request("SEND", [("Message-ID", "twice-0001"), ("Byte-Range", "1-2/2"), ("Success-Report", "no"),
                                          field, kind], b"ab")
            self.assertEqual(peer.ask(twice), 400, field)
        peer.send(b"and yet")
        self.in_spite_of(p, peer, target, b"and yet")

    def test_end_lines_in_the_body(self):  # FRM-7.1-8
        near = (b"-------looksLike01$\r\n", b"\r\n------looksLike01$\r\n", b"\r\n-------looksLike01!\r\n",
                b"\r\n-------looksLike01$\r", b"\r\n-------looksLike01$x\r\n", b"\n-------looksLike01$\r\n",
                b"\r\n-------lookslike01$\r\n", b"\r\n\r\n-------looksLike01", b"MSRP looksLike01 200 OK\r\n")
        body = b"text".join(near)
        p, peer, target = self.receiver()
        peer.bind()
        for i in range(0, len(whole := peer.part("near-0001", 1, body, tid="looksLike01").octets()), 7):
            peer.raw(whole[i:i + 7])
        self.assertEqual(peer.status_of("looksLike01"), 200)
        self.whole(p, peer, target, body)

    def test_reports_wanted(self):  # TRX-7.1.1-1, TRX-7.1.4-1, TRX-7.1.4-2, RPT-7.1.3-1
        p, peer, target = self.receiver()
        peer.bind()
        peer.raw(peer.part("quiet-001", 1, b"no", flag="+", fields=[("Failure-Report", "no")], tid="quietNo1").octets())
        peer.raw(peer.part("quiet-002", 1, b"partial", fields=[("Failure-Report", "partial")], tid="quietPa1").octets())
        unknown = peer.request("SEND", [("Message-ID", "quiet-003"), ("Byte-Range", "0-1/1"),
                                        ("Failure-Report", "partial"), ("Content-Type", "text/plain")], b"x")
        self.assertEqual(peer.ask(unknown), 400)  # an error is told
        self.assertEqual(peer.ask(peer.part("quiet-001", 3, b" more")), 200)
        self.assertFalse({"quietNo1", "quietPa1"} & set(dict(peer.responses)))
        self.assertEqual(peer.reports, [])
        peer.sock.close()
        p.wait(LIMIT)
        self.assertEqual(target.read_bytes(), b"no more")  # the first that began
        self.assertEqual(target.with_name("received.2").read_bytes(), b"partial")  # documented: never overwritten

    def test_given_up(self):  # FRM-7.1-6, CHK-7.3.1-4
        p, peer, target = self.receiver()
        peer.bind()
        self.assertEqual(peer.ask(peer.part("abort-001", 1, b"first", flag="+")), 200)
        peer.ask(peer.part("abort-001", 6, b"other", flag="#"))
        peer.sock.close()
        self.nothing(p, target)

    def test_empty_or_no_body(self):  # FRM-7.1-3, FRM-7.1-4, CHK-7.1.1-4
        p, peer, target = self.receiver()
        peer.bind().bind()  # keeps alive, no message
        self.assertEqual(peer.ask(peer.part("empty-001", 1, b"", 0, 0)), 200)
        self.whole(p, peer, target, b"")

    def test_no_msrp(self):  # T10, FRM-7.1-2; documented: --timeout
        start = b"MSRP wrong0001 SEND\r\n"
        response = b"MSRP wrong0001 200 OK\r\nTo-Path: msrp://h:1/a;tcp\r\nFrom-Path: msrp://h:1/b;tcp\r\n"
        wrong = {"HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "zeros": bytes(100), "noise": text(5000, 9),
                 "a TLS hello": b"\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03", "no To-Path": start + b"X: y\r\n",
                 "a huge header": start + b"To-Path: msrp://h:1/" + b"a" * 300_000,
                 "lower case": b"msrp wrong0001 SEND\r\n",
                 "a body in a response": response + b"Content-Type: text/plain\r\n\r\nx\r\n-------wrong0001$\r\n"}  # FRM-9-1

        def one(case):
            name, bound = case
            p, peer, target = self.receiver(timeout=SHORT)
            if bound:
                peer.bind()
            try:
                peer.raw(wrong[name])
                self.assertTrue(peer.ended())  # by the program
            except ConnectionError:
                pass
            peer.sock.close()
            self.nothing(p, target)

        self.at_once([(name, bound) for name in wrong for bound in (False, True)], one)

    def test_silence(self):  # T17; documented: --timeout
        def one(what):
            p, peer, target = self.receiver(timeout=SHORT)
            if what == "half a head":
                peer.raw(b"MSRP half0001 SEND\r\nTo-Path: ")
            elif what == "half a body":
                peer.bind()
                peer.raw(peer.part("half-0001", 1, b"half").octets()[:-5])
            self.nothing(p, target)

        self.at_once(("nothing", "half a head", "half a body"), one)

    def test_two_connections(self):  # CON-5.4-5
        p, first, target = self.receiver()
        second = self.peer()
        second.connect(self.answer)
        first.bind()
        try:  # served by nobody: 506, or the connection is ended
            self.assertEqual(second.ask(second.part("second-01", 1, b"mine", own=first.uri)), 506)
        except ConnectionError:
            pass
        second.sock.close()
        first.send(b"of the first")
        self.in_spite_of(p, first, target, b"of the first")

    def test_a_stranger_first(self):  # CON-5.4-4, T17: who says nothing, or something else, is in nobody's way
        p, _, target = self.receiver(connect=False)
        silent, wrong, right = self.peer(), self.peer(), self.peer()
        silent.connect(self.answer)
        wrong.connect(self.answer)
        elsewhere = wrong.remote["path"].replace(";tcp", "0;tcp")
        self.assertEqual(wrong.ask(wrong.part("stranger1", 1, b"x", to=elsewhere)), 481)
        right.connect(self.answer)
        right.bind().send(b"of the right one")
        silent.sock.close()
        wrong.sock.close()
        self.in_spite_of(p, right, target, b"of the right one")

    def test_half_close(self):
        """Nothing more to say is no reason not to listen: what was whole is there. RFC 4975 has no rule for it."""
        p, peer, target = self.receiver()
        peer.bind()
        peer.raw(peer.part("half-0002", 1, b"all of it", fields=[("Success-Report", "yes")]).octets())
        peer.half_close()
        self.assertTrue(peer.ended())
        self.whole(p, peer, target, b"all of it")


class Cut:
    """A socket that is lost after so many octets, of both directions together."""

    def __init__(self, sock, left, reset):
        self.sock, self.left, self.reset = sock, left, reset

    def use(self, size):
        if self.left == 0:
            if self.reset:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.close()
            raise ConnectionResetError
        size = min(size, self.left)
        self.left -= size
        return size

    def recv(self, size):
        taken = self.use(min(size, 1 << 16))
        piece = self.sock.recv(taken)
        self.left += taken - len(piece)
        return piece

    def sendall(self, octets):
        while octets:
            size = self.use(len(octets))
            self.sock.sendall(octets[:size])
            octets = octets[size:]

    def __getattr__(self, name):
        return getattr(self.sock, name)


class LostConnections(Case):
    """Dropped at many octet positions: the programs end with 1 within --timeout, and what is not whole has no name.
    Documented; CON-5.4-6: the session has failed."""

    def test_of_the_receiver(self):
        def one(at):
            p, peer, target = self.receiver(timeout=SHORT)
            peer.sock = peer.reader.sock = Cut(peer.sock, at, reset=at % 2 == 1)
            said_all = False
            try:
                peer.bind()
                peer.send(b"0123456789" * 30, 100)
                said_all = True
                peer.until(lambda: len(peer.reports) >= 1)
            except ConnectionError:
                pass
            peer.sock.close()
            if target.exists() or said_all:
                self.ends(p, 0)
                self.assertEqual(target.read_bytes(), b"0123456789" * 30)
            else:
                self.nothing(p, target)

        self.at_once([*range(0, 2400, 83), 100_000], one)

    def test_of_the_sender(self):
        def one(at):
            p, peer = self.sender(b"0123456789" * 30, timeout=SHORT)
            peer.sock = peer.reader.sock = Cut(peer.sock, at, reset=at % 2 == 1)
            try:
                peer.serve(1)
            except ConnectionError:
                self.ends(p, 1)
                return
            self.delivered(p, peer)

        self.at_once([*range(0, 1800, 67), 100_000], one)


class RudeReceiver(Case):
    """send_file, and a peer that answers as it should not."""

    def test_refused(self):  # CHK-7.3.1-4; 413, 415, 481, 506 of section 5
        for status in (400, 403, 408, 413, 415, 423, 481, 501, 506, 599):
            with self.subTest(status):
                p, peer = self.sender(bytes(30_000_000), b"the other")
                peer.answer = lambda chunk, status=status: 200 if chunk.body is None else status
                try:
                    peer.ended()
                except ConnectionError:  # it may close while it is still being answered
                    pass
                peer.sock.close()
                self.ends(p, 1)
                flags, octets = {}, 0
                for c in peer.chunks:
                    flags.setdefault(c.get("Message-ID"), []).append(c.flag)
                    octets += len(c.body or b"")
                for of_one in flags.values():  # what was on its way before the refusal came, and perhaps a "#" behind it
                    if len(of_one) > 1:
                        self.assertEqual(set(of_one[:-1]), {"+"}, flags)
                        self.assertIn(of_one[-1], "+#", flags)
                self.assertLess(octets, 30_000_000)

    def test_refused_at_the_first(self):  # CON-5.4-5: the request that binds is answered with an error
        for status in (481, 506, 403):
            with self.subTest(status):
                p, peer = self.sender(b"secret")
                peer.answer = lambda chunk, status=status: status
                peer.ended()
                peer.sock.close()
                self.ends(p, 1)

    def test_failure_report(self):  # RPT-7.1.4-1, RPT-7.3.2-1: as if it were the response
        p, peer = self.sender(b"a text")
        peer.take = lambda chunk: peer.raw(peer.response(chunk, 200).octets())
        peer.until(lambda: any(c.body for c in peer.chunks))
        peer.report(peer.chunks[-1], 1, 6, 6, "000 413 later found too large")
        peer.ended()
        peer.sock.close()
        self.ends(p, 1)

    def answered_by_hand(self, *contents, **more):
        """send_file, and its chunks, of which none was answered but the first."""
        p, peer = self.sender(*contents, **more)
        peer.step()
        peer.take = lambda chunk: None
        peer.until(lambda: len([c for c in peer.chunks if c.body is not None and c.flag == "$"]) >= len(contents))
        return p, peer, [c for c in peer.chunks if c.body is not None]

    def test_late_and_out_of_order(self):  # TRX-7.1.1-2, TRX-7.2-2
        p, peer, chunks = self.answered_by_hand(b"a", b"bb", b"ccc", b"dddd")
        for c in reversed(chunks):  # reports before responses, the last first
            peer.report(c, 1, len(c.body), len(c.body))
        time.sleep(1)
        for c in reversed(chunks):
            peer.raw(peer.response(c, 200).octets())
        self.delivered(p, peer)

    def test_reports_in_pieces(self):  # RPT-7.1.3-2, RPT-7.1.2-3, RPT-7.3.2-1
        p, peer, (chunk,) = self.answered_by_hand(b"0123456789")
        for tid in ("unknown-01", chunk.tid, chunk.tid):  # a response to nothing; the same twice
            peer.raw(peer.response(chunk, 200, tid).octets())
        peer.report(chunk, 1, 10, 10, message_id="never-seen")
        peer.report(chunk, 1, 10, 10, "001 500 of another namespace")
        for start, end in ((8, 10), (1, 3), (2, 5), (8, 9)):
            peer.report(chunk, start, end, 10)
        time.sleep(0.3)
        self.assertIsNone(p.poll())  # 6 and 7 are not confirmed
        peer.report(chunk, 6, 7, 10)
        self.delivered(p, peer)

    def test_octet_by_octet(self):
        p, peer, (chunk,) = self.answered_by_hand(b"0123456789")
        said = []
        peer.raw, write = said.append, peer.raw
        peer.raw(peer.response(chunk, 200).octets())
        peer.report(chunk, 1, 10, 10)
        for octet in b"".join(said):
            write(bytes([octet]))
        self.delivered(p, peer)

    def test_never_answered(self):  # TMR-1; documented: --timeout
        def one(what):
            p, peer = self.sender(b"text", timeout=SHORT, accept=what != "not connected")
            if what == "not the first":
                peer.answer = lambda chunk: None
            elif what == "not the message":
                peer.answer = lambda chunk: 200 if chunk.body is None else None
            elif what == "not by a report":
                peer.take = lambda chunk: peer.raw(peer.response(chunk, 200).octets())
            if peer.sock:
                peer.ended()
                peer.sock.close()
            self.ends(p, 1)

        self.at_once(("not the first", "not the message", "not by a report", "not connected"), one)

    def test_requests_of_the_peer(self):  # CON-7.3-1, HDR-12-2, RPT-7.1.2-1: both sides may send
        p, peer, (chunk,) = self.answered_by_hand(b"0123456789")
        elsewhere = peer.remote["path"].replace(";tcp", "0;tcp")
        self.assertEqual(peer.ask(peer.part("wrong-001", 1, b"x", to=elsewhere)), 481)
        self.assertEqual(peer.ask(peer.request("FETCH", [("Message-ID", "other-001")])), 501)
        peer.raw(peer.response(chunk, 200).octets())
        peer.report(chunk, 1, 10, 10)
        self.delivered(p, peer)

    def test_no_msrp(self):
        wrong = {"HTTP": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "zeros": bytes(100), "noise": text(5000, 9),
                 "a huge header": b"MSRP wrong0001 200 " + b"a" * 300_000, "no status": b"MSRP wrong0001 2000\r\n"}

        def one(name):
            p, peer, _ = self.answered_by_hand(b"0123456789", timeout=SHORT)
            try:
                peer.raw(wrong[name])
                self.assertTrue(peer.ended())
            except ConnectionError:
                pass
            peer.sock.close()
            self.ends(p, 1)

        self.at_once(wrong, one)

    def test_half_close(self):
        """The peer has nothing more to say, all was said: done."""
        p, peer, (chunk,) = self.answered_by_hand(b"0123456789")
        peer.raw(peer.response(chunk, 200).octets())
        peer.report(chunk, 1, 10, 10)
        peer.half_close()
        self.delivered(p, peer)


class Chat(Case):
    """examples/chat.cpp as the answerer: what tests/programs/chat_test.py, where both sides are ours, does not reach."""

    def chat(self):
        folder, peer = self.folder(), self.peer()
        self.put(folder / "offer", peer.sdp("active", False))
        p = self.start("chat", "--as", "answerer", "--offer", folder / "offer", "--answer", folder / "answer", "--folder",
                       folder, *PLAIN, stdin=subprocess.PIPE)
        peer.connect(self.file(folder / "answer"))
        peer.bind()
        return p, peer, folder

    def test_types_of_lines(self):
        p, peer, folder = self.chat()
        for i, kind in enumerate(("text/plain", "TEXT/Plain", "text/plain;charset=utf-8", "text/plainfoo", "text/html")):
            peer.send(f"text {i}".encode(), content_type=kind)
        peer.sock.close()
        out, err = p.communicate(timeout=LIMIT)
        self.assertEqual((p.returncode, err), (0, b""))
        self.assertEqual([l for l in out.decode().splitlines() if l.startswith("peer: ")],
                         [f"peer: text {i}" for i in range(3)])
        self.assertEqual(sorted(f.name for f in folder.iterdir()), ["answer", "file", "file.2", "offer"])

    def test_what_is_not_complete(self):
        p, peer, folder = self.chat()
        peer.ask(peer.part("half" * 5, 1, b"half", 4, 100, "+", content_type="a/b"))
        peer.sock.close()
        out, err = p.communicate(timeout=LIMIT)
        self.assertEqual((p.returncode, err.count(b"\n")), (1, 1), (out, err))
        self.assertIn(b"not complete", err)
        self.assertEqual(sorted(f.name for f in folder.iterdir()), ["answer", "offer"])


class BlockingSockets(Case):
    """examples/blocking_sockets.cpp: with itself, and with the peer. The URIs go by the command line."""

    def free_uri(self):
        with socket.create_server(("127.0.0.1", 0)) as door:
            return f"msrp://127.0.0.1:{door.getsockname()[1]}/{random.getrandbits(80):020x};tcp"

    def test_two_of_them(self):
        listens, connects = self.free_uri(), "msrp://127.0.0.1:9/k3jf93ke02lf;tcp"
        a = self.start("blocking_sockets", "listen", listens, connects)
        for _ in range(200):
            b = self.start("blocking_sockets", "connect", connects, listens, stdin=subprocess.PIPE)
            out, err = b.communicate(b"first\nsecond line\n", timeout=LIMIT)
            if b"refused" not in err:
                break
            time.sleep(0.02)  # it does not listen yet
        self.assertEqual((b.returncode, out, err), (0, b"delivered: first\ndelivered: second line\n", b""))
        self.assertEqual(self.ends(a, 0), "first\nsecond line\n")

    def connected(self, lines):
        peer = self.peer()
        own = "msrp://127.0.0.1:9/k3jf93ke02lf;tcp"
        p = self.start("blocking_sockets", "connect", own, peer.uri, stdin=subprocess.PIPE)
        p.stdin.write(lines)
        p.stdin.close()
        p.stdin = None
        peer.accept(f"m=message 9 TCP/MSRP *\na=path:{own}\n")
        return p, peer

    def test_sends_to_the_peer(self):
        p, peer = self.connected(b"first\nsecond line\n")
        self.assertEqual([octets for _, _, octets in peer.serve(2)], [b"first", b"second line"])
        self.assertEqual(self.ends(p, 0), "delivered: first\ndelivered: second line\n")

    def test_refused_by_the_peer(self):
        for status, first, why in ((481, True, "no such session"), (506, True, "another connection"),
                                   (413, False, "refused by the peer"), (415, False, "refused by the peer")):
            with self.subTest(status):
                p, peer = self.connected(b"first\nsecond line\n")
                peer.answer = lambda chunk, status=status, first=first: status if first or chunk.body else 200
                peer.ended()
                self.ends(p, 1, why)

    def test_reported_as_failed(self):
        p, peer = self.connected(b"first\nsecond line\n")
        chunk = peer.step()
        while not chunk.body:
            chunk = peer.step()
        peer.report(chunk, 1, 5, 5, status="000 500 broken")
        self.ends(p, 1, "reported as failed: first")

    def test_output_that_cannot_be_written(self):
        listens, connects = self.free_uri(), "msrp://127.0.0.1:9/k3jf93ke02lf;tcp"
        with open("/dev/full", "wb") as full:
            a = self.start("blocking_sockets", "listen", listens, connects, stdout=full)
            for _ in range(200):
                b = self.start("blocking_sockets", "connect", connects, listens, stdin=subprocess.PIPE)
                if b"refused" not in b.communicate(b"first\n", timeout=LIMIT)[1]:
                    break
                time.sleep(0.02)
            err = a.communicate(timeout=LIMIT)[1]
        self.assertEqual((a.returncode, err), (2, b"blocking_sockets: the output cannot be written\n"))

    def test_lost(self):
        p, peer = self.connected(b"first\n")
        peer.step()
        peer.sock.close()
        self.ends(p, 1, "gone")

    def test_hears_the_peer(self):
        own = self.free_uri()
        for last, code in (("hang up", 0), ("no MSRP", 1)):
            with self.subTest(last):
                peer = self.peer()
                p = self.start("blocking_sockets", "listen", own, peer.uri)
                for _ in range(200):
                    try:
                        peer.connect(f"m=message 9 TCP/MSRP *\na=path:{own}\n")
                        break
                    except ConnectionRefusedError:
                        time.sleep(0.02)
                peer.bind().send(b"one text, in two chunks", 12)
                if code:
                    peer.raw(b"GET / HTTP/1.1\r\n\r\n")
                    self.assertTrue(peer.ended())
                peer.sock.close()
                self.assertEqual(self.ends(p, code), "one text, in two chunks\n")

    def test_usage(self):
        for args in ((), ("listen",), ("dance", self.free_uri(), self.free_uri()),
                     ("listen", "nonsense", self.free_uri()), ("connect", self.free_uri(), "http://h:1/"),
                     ("listen", self.free_uri().replace("msrp:", "msrps:"), self.free_uri()),
                     ("connect", self.free_uri(), self.free_uri().replace("msrp:", "msrps:"))):
            self.ends(self.start("blocking_sockets", *args), 2)
        nobody = self.start("blocking_sockets", "connect", "msrp://127.0.0.1:9/k3jf93ke02lf;tcp", self.free_uri())
        self.ends(nobody, 1, "refused")


if __name__ == "__main__":
    for name in ("send_file", "receive_file", "blocking_sockets", "chat"):
        PROGRAMS[name] = os.path.abspath(sys.argv.pop(1))
    if not shutil.which("openssl"):
        print("peer_test: skipped, there is no openssl command")
        sys.exit(77)
    unittest.main()

#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""chat_test.py - two chat programs over pipes and a pseudo-terminal. Usage: chat_test.py FOLDER [unittest arguments]"""
import hashlib
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from cutting_proxy import Cut, CuttingProxy

BIN = ""
LIMIT = 120  # seconds after which something counts as hanging
PATIENT = ("--timeout", LIMIT, "--reconnect", LIMIT)  # a busy machine is no reason to give up
MIB = 1 << 20
HUGE = 8 << 30  # octets of a file to be in the middle of: seconds, if nothing else used the machine; no disk full if it hangs


class Chat:
    """A running chat whose output is gathered line by line."""

    def __init__(self, *args, stdin=subprocess.PIPE):
        self.process = subprocess.Popen([os.path.join(BIN, "chat"), *map(str, args)], stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines, self.news = [], threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self.news.notify_all()

    def type(self, *lines):
        for line in lines:
            self.process.stdin.write(line if isinstance(line, bytes) else line.encode() + b"\n")
        self.process.stdin.flush()

    def wait(self, wanted, times=1):
        """Until so many lines match the regular expression as a whole."""
        with self.news:
            found = self.news.wait_for(lambda: len(self.all(wanted)) >= times, LIMIT)
            about = wanted.split(" ")[0]
            assert found, f"no {times} x {wanted!r} in:\n" + "\n".join(
                self.lines[-40:] + [f"-- about {about}:"] + self.all(f"{about}\\b.*"))
        return self.all(wanted)

    def all(self, wanted):
        return [line for line in self.lines if re.fullmatch(wanted, line)]

    def end(self):
        """@return exit code and standard error, at the end of the input"""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        code = self.process.wait(LIMIT)
        self.reader.join(LIMIT)
        return code, self.process.stderr.read().decode()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass


class Chats(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = pathlib.Path(temp.name)
        for name in ("a", "b"):
            (self.dir / name).mkdir()

    def chat(self, *args, **more):
        c = Chat(*args, **more)
        self.addCleanup(c.kill)
        return c

    def pair(self, *more, b_more=(), answer_in="answer"):
        a = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer", "--folder",
                      self.dir / "a", *more)
        b = self.chat("--offer", self.dir / "offer", "--answer", self.dir / answer_in, "--folder",
                      self.dir / "b", "--as", "answerer", *more, *b_more)
        return a, b

    def both_end(self, a, b, tls=True):
        """One says /quit: both end in order. (Without TLS the other one waits for --reconnect, if it is not told.)"""
        a.type("/quit")
        self.assertEqual(a.end(), (0, ""), a.lines)
        if not tls:
            b.type("/quit")
        self.assertEqual(b.end(), (0, ""), b.lines)

    # --- lines ---

    def say_both_ways(self, *more, **kinds):
        a, b = self.pair(*more, **kinds)
        a.type("hello")
        b.wait("peer: hello")
        b.type("hi yourself")
        a.wait("peer: hi yourself")
        for c in (a, b):
            for mark in ("1 \\.", "1 ok", "1 delivered"):
                c.wait(mark)
        self.both_end(a, b)
        return a, b

    def test_lines_and_marks(self):
        a, b = self.say_both_ways()
        order = [l for l in a.lines if l.startswith("1 ")]
        self.assertEqual(order, ["1 .", "1 ok", "1 delivered"])
        self.assertTrue(a.all("tls: TLSv1.*") and a.all("fingerprint: matches.*"))

    def test_no_tls(self):
        a, _ = self.say_both_ways("--no-tls")
        self.assertTrue(a.all("tls: none"))

    def test_no_cema(self):
        self.say_both_ways("--no-cema")

    def test_ipv6(self):
        self.say_both_ways("--listen", "[::1]:0")

    def test_through_the_anchor(self):
        anchor = subprocess.Popen(
            [os.path.join(BIN, "anchor"), "--offer-in", self.dir / "offer", "--offer-out", self.dir / "offer-p",
             "--answer-in", self.dir / "answer", "--answer-out", self.dir / "answer-p"],
            stdout=subprocess.PIPE)
        self.addCleanup(anchor.stdout.close)
        self.addCleanup(anchor.wait)
        self.addCleanup(anchor.terminate)
        a = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer-p")
        b = self.chat("--offer", self.dir / "offer-p", "--answer", self.dir / "answer", "--as", "answerer")
        a.type("hello")
        b.wait("peer: hello")
        a.wait("1 delivered")
        self.both_end(a, b)
        self.assertEqual(anchor.wait(LIMIT), 0)

    def test_lines_before_the_session_wait(self):
        a = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer")
        a.type("early", "bird")
        a.wait("2: bird")
        self.assertEqual(a.all("\\d+ [.o].*"), [])
        b = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer", "--as", "answerer")
        b.wait("peer: bird")
        self.assertEqual(b.all("peer: .*"), ["peer: early", "peer: bird"])
        a.wait("2 delivered")
        self.both_end(a, b)

    def test_what_steers_a_terminal_is_shown_as_question_marks(self):
        a, b = self.pair()
        a.type(b"a\x1b[2Jb\x07 \xc2\x9bc \xe2\x80\xaed \xff \xc3\xa4\n", "x" * 5000)
        b.wait("peer: a\\?\\[2Jb\\? \\?c \\?d \\? \u00e4")
        b.wait("peer: x{5000}")
        a.wait("2 delivered")
        self.both_end(a, b)

    def test_unknown_commands_and_missing_files(self):
        a, b = self.pair()
        a.type("/sned x", "/send /no/such/file", f"/send {self.dir}", "/cancel", "/files", "still here")
        a.wait("/sned: not known here; .*/send FILE.*")
        a.wait("/send /no/such/file: No such file.*")
        a.wait("/send .*: Is a directory")
        a.wait("/cancel: no file is under way")
        a.wait("/files: none")
        b.wait("peer: still here")
        a.wait("1 delivered")
        self.both_end(a, b)

    # --- the input ---

    def test_input_from_a_file(self):
        (self.dir / "said").write_text("one\ntwo\nno line end")
        with open(self.dir / "said") as said:
            a = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer", stdin=said)
        b = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer", "--as", "answerer")
        b.wait("peer: no line end")
        self.assertEqual(a.end(), (0, ""), a.lines)
        self.assertEqual(b.end(), (0, ""), b.lines)
        self.assertEqual(len(a.all("\\d delivered")), 3)
        self.assertEqual(b.all("peer: .*"), ["peer: one", "peer: two", "peer: no line end"])

    def test_input_is_dev_null(self):
        with open(os.devnull) as nothing:
            a = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer", stdin=nothing)
            b = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer", "--as", "answerer",
                          stdin=nothing)
        self.assertEqual(a.end(), (0, ""), a.lines)
        self.assertEqual(b.end(), (0, ""), b.lines)

    def test_both_inputs_end_at_once(self):
        a, b = self.pair()
        for c in (a, b):
            c.type("only this")
            c.process.stdin.close()
        self.assertEqual(a.end(), (0, ""), a.lines)
        self.assertEqual(b.end(), (0, ""), b.lines)
        for c in (a, b):
            self.assertEqual((c.all("peer: .*"), c.all("1 delivered")), (["peer: only this"], ["1 delivered"]))

    # --- files ---

    def test_200_lines_each_way_while_a_file_goes(self):
        octets = os.urandom(50 * MIB)
        (self.dir / "big").write_bytes(octets)
        a, b = self.pair()
        a.type("first")
        b.wait("peer: first")
        lines = [f"line {i} " + "x" * (i * 7 % 300) for i in range(200)]
        a.type(f"/send {self.dir / 'big'}", *lines)  # the first of them in one piece with it
        b.type(*lines)
        a.wait("peer: line 199.*")
        b.wait("peer: line 199.*")
        a.wait("file: .*big, 52428800 octets, sha-256 [0-9a-f]{64}, delivered")
        a.wait("\\d+ delivered", 201)
        b.wait("\\d+ delivered", 200)
        for c in (a, b):
            self.assertEqual([l for l in c.all("peer: line.*")], ["peer: " + l for l in lines])
        # Lines went on meanwhile: they did not wait for the end of the file.
        b.wait("file: .*big, .*, complete")
        self.assertLess(b.lines.index("peer: " + lines[0]), b.lines.index("big: 100 %"))
        self.assertEqual((self.dir / "b" / "big").read_bytes(), octets)
        self.assertTrue(b.all(f"file: .*, sha-256 {hashlib.sha256(octets).hexdigest()}, complete"))
        self.both_end(a, b)

    def big_one_under_way(self, *more):
        with open(self.dir / "big", "wb") as f:
            f.truncate(HUGE)  # sparse: long enough to be in the middle of
        a, b = self.pair(*more)
        a.type(f"/send {self.dir / 'big'}")
        b.wait(f"receiving: big, {HUGE} octets")
        end = time.monotonic() + LIMIT
        while not any(f.stat().st_size > MIB for f in (self.dir / "b").iterdir()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        return a, b

    def test_cancel(self):
        a, b = self.big_one_under_way()
        a.type("/files")
        a.wait(f".*big: \\d+ of {HUGE} octets, under way")
        a.type("/cancel", "and on it goes")
        a.wait("file: .*big, \\d+ octets, .*, not delivered: cancelled")
        b.wait("file: .*big, cancelled by the peer")
        b.wait("peer: and on it goes")
        a.wait("1 delivered")
        self.assertEqual(list((self.dir / "b").iterdir()), [])
        self.both_end(a, b)

    def test_names_never_overwrite(self):
        (self.dir / "note.txt").write_text("new")
        (self.dir / "b" / "note.txt").write_text("old")
        a, b = self.pair()
        a.type(f"/send {self.dir / 'note.txt'}", f"/send {self.dir / 'note.txt'}")
        a.wait("file: .*, delivered", 2)
        self.both_end(a, b)
        self.assertEqual([(self.dir / "b" / n).read_text() for n in ("note.txt", "note.txt.2", "note.txt.3")],
                         ["old", "new", "new"])

    def test_too_large(self):
        (self.dir / "big").write_bytes(os.urandom(2 * MIB))
        a, b = self.pair(b_more=("--max-size", "1000000"))
        a.type(f"/send {self.dir / 'big'}", "small")
        a.wait("file: .*, not delivered: .*413.*")
        b.wait("peer: small")
        a.wait("1 delivered")
        a.type("/quit")
        code, err = a.end()
        self.assertEqual(code, 1)
        self.assertEqual(err, "chat: 1 message not delivered\n")
        self.assertEqual(b.end()[0], 0)

    # --- ends ---

    def test_end_of_input_waits_for_the_file(self):
        octets = os.urandom(20 * MIB)
        (self.dir / "big").write_bytes(octets)
        a, b = self.pair()
        a.type(f"/send {self.dir / 'big'}")
        self.assertEqual(a.end(), (0, ""), a.lines)
        self.assertEqual(b.end(), (0, ""), b.lines)
        self.assertEqual((self.dir / "b" / "big").read_bytes(), octets)

    def test_quit_cancels_files(self):
        a, b = self.big_one_under_way()
        self.both_end(a, b)
        self.assertEqual(list((self.dir / "b").iterdir()), [])

    def test_interrupt(self):
        a, b = self.big_one_under_way()
        a.process.send_signal(signal.SIGINT)
        self.assertEqual(a.end(), (0, ""), a.lines)
        self.assertEqual(b.end(), (0, ""), b.lines)

    def test_quit_before_there_is_a_session(self):
        a = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer", "--timeout", 100 * LIMIT)
        a.wait("---- offer")
        a.type("/quit")
        code, err = a.end()  # long before that
        self.assertEqual((code, len(err.splitlines())), (1, 1), err)

    def test_peer_vanishes(self):
        a, b = self.big_one_under_way("--reconnect", "1", "--timeout", 100 * LIMIT)
        b.process.kill()
        code, err = a.end()
        self.assertEqual((code, len(err.splitlines())), (1, 1), err)
        self.assertIn("1 message not delivered", err)

    def test_usage(self):
        files = ["--offer", self.dir / "offer", "--answer", self.dir / "answer"]
        for args, word in (([], "--offer and --answer"), ([*files, "--folder", "/no/such"], "no such folder"),
                           ([*files, "--listen", "x"], "--listen"), ([*files, "--max-size", "x"], "--max-size"),
                           ([*files, "more"], "more")):
            with self.subTest(args=args):
                c = self.chat(*args)
                code, err = c.end()
                self.assertEqual((code, len(err.splitlines())), (2, 1), err)
                self.assertIn(word, err)

    # --- connections that are lost ---

    def test_lines_survive_lost_connections(self):
        for more in ((), ("--no-tls",)):
            with self.subTest(more=more):
                for f in list(self.dir.glob("answer*")) + list(self.dir.glob("offer*")):
                    f.unlink()
                # Cut often, and in the midst of messages.
                proxy = CuttingProxy(self.dir / "answer-in", self.dir / "answer", [4000, 5001, 6002, 5003])
                self.addCleanup(proxy.stop)
                a, b = self.pair(*PATIENT, *more, answer_in="answer-in")
                b.wait("the session stands")
                lines = [f"line {i}" for i in range(200)]
                for i in range(0, 200, 10):
                    a.type(*lines[i:i + 10])
                    b.type(*lines[i:i + 10])
                    time.sleep(0.02)
                for c in (a, b):
                    c.wait("200 delivered")
                    late = [n for n in range(1, 201) if not c.all(f"{n} delivered")]
                    for n in late:
                        c.wait(f"{n} delivered")
                for c in (a, b):
                    self.assertEqual(sorted(c.all("peer: .*")), sorted("peer: " + l for l in lines))  # none twice
                self.assertEqual(len(proxy.rounds), 5)
                self.both_end(a, b, tls=not more)
                proxy.stop()

    def test_file_survives_lost_connections(self):
        octets = os.urandom(16 * MIB)
        (self.dir / "big").write_bytes(octets)
        proxy = CuttingProxy(self.dir / "answer-in", self.dir / "answer", [Cut(5 * MIB, known=4 * MIB), 3 * MIB])
        self.addCleanup(proxy.stop)
        a, b = self.pair(*PATIENT, "--no-tls", answer_in="answer-in")
        a.type(f"/send {self.dir / 'big'}", "and a line")
        a.wait("file: .*big, .*, delivered")
        a.wait("1 delivered")
        self.assertEqual((self.dir / "b" / "big").read_bytes(), octets)
        self.assertEqual(b.all("peer: .*"), ["peer: and a line"])
        for n, r in enumerate(proxy.rounds):
            self.assertLessEqual(r.forth, proxy.most_forth(n, len(octets) + len("and a line"), 2), (n, vars(r)))
        self.assertGreaterEqual(proxy.rounds[1].known, 4 * MIB)
        self.both_end(a, b, tls=False)

    # --- a terminal ---

    def test_terminal(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        a = subprocess.Popen([os.path.join(BIN, "chat"), "--offer", self.dir / "offer", "--answer", self.dir / "answer"],
                             stdin=theirs, stdout=theirs, stderr=subprocess.PIPE)
        os.close(theirs)
        self.addCleanup(a.stderr.close)
        self.addCleanup(a.wait)
        self.addCleanup(a.kill)
        b = self.chat("--offer", self.dir / "offer", "--answer", self.dir / "answer", "--folder", self.dir / "b",
                      "--as", "answerer")
        seen = b""

        def until(wanted):
            nonlocal seen
            end = time.monotonic() + LIMIT
            while not re.search(wanted, seen):
                self.assertLess(time.monotonic(), end, seen[-2000:])
                seen += os.read(ours, 4096)
        until(b"the session stands")
        os.write(ours, b"half a l\xc3\xa4")
        until(b"> half a l\xc3\xa4")
        b.type("in between")
        # What comes stands in a line of its own, and what is being typed comes back below it.
        until(b"\r\x1b\\[Kpeer: in between\r?\n> half a l\xc3\xa4")
        os.write(ours, b"\x7fine\n")
        b.wait("peer: half a line")
        (self.dir / "big").write_bytes(os.urandom(100 * MIB))
        os.write(ours, f"/send {self.dir / 'big'}\ntyped meanwhile".encode())
        until(b"\r\x1b\\[Kbig \\[#* *\\] \\d+ % > typed meanwhile")
        os.write(ours, b"\n")
        b.wait("peer: typed meanwhile")
        until(b"file: .*big, .*, delivered")
        os.write(ours, b"\x04")  # the end of the input
        end = time.monotonic() + LIMIT
        try:
            while os.read(ours, 4096):
                self.assertLess(time.monotonic(), end)
        except OSError:
            pass  # the other side is closed
        self.assertEqual(a.wait(LIMIT), 0)
        self.assertEqual(b.end(), (0, ""))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: chat_test.py FOLDER [unittest arguments]")
    BIN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)

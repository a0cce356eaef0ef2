#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""check_programs.py - the example programs against bad input and bad peers: one clear line, an exit
status that is not zero, no crash, no hang. Usage: check_programs.py FOLDER [unittest arguments]"""
import hashlib
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BIN = ""
LIMIT = 120  # seconds after which a program counts as hanging
SOON = 25  # seconds: less than the programs wait by themselves (30), and time enough on a busy machine


def program(name, *args, **more):
    return subprocess.Popen([os.path.join(BIN, name), *map(str, args)], stdin=subprocess.PIPE,
                            stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, **more)


class RawPeer:
    """A peer over plain TCP, without TLS and CEMA, that says what the test wants said."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.door.settimeout(LIMIT)
        self.port = self.door.getsockname()[1]
        self.session = "rAw" + "".join(random.choices("abcdefghij", k=20))
        self.uri = f"msrp://127.0.0.1:{self.port}/{self.session};tcp"

    def sdp(self, setup="", port=None):
        return ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                f"m=message {self.port if port is None else port} TCP/MSRP *\r\n"
                f"a=accept-types:*\r\na=path:{self.uri}\r\n{setup}").encode()

    def accept(self):
        connection = self.door.accept()[0]
        connection.settimeout(LIMIT)
        return connection

    def close(self):
        self.door.close()


class Programs(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory()
        self.addCleanup(self.temp.cleanup)
        self.dir = pathlib.Path(self.temp.name)
        (self.dir / "out").mkdir()
        (self.dir / "note.txt").write_bytes(b"hello\n")
        self.running = []
        self.addCleanup(self.end_all)

    def end_all(self):
        for p in self.running:
            if p.poll() is None:
                p.kill()
            p.communicate()

    def start(self, name, *args, **more):
        p = program(name, *args, **more)
        self.running.append(p)
        return p

    def send(self, *args):
        return self.start("send_file", "--offer", self.dir / "offer", "--answer",
                          self.dir / "answer", *args)

    def receive(self, *args):
        return self.start("receive_file", "--offer", self.dir / "offer", "--answer",
                          self.dir / "answer", "--output", f"{self.dir}/out/", *args)

    def put(self, name, octets):
        (self.dir / "part").write_bytes(octets)
        os.rename(self.dir / "part", self.dir / name)

    def wait_for(self, name):
        end = time.monotonic() + LIMIT
        while not (self.dir / name).exists():
            self.assertLess(time.monotonic(), end, f"{name} never appeared")
            time.sleep(0.01)
        return (self.dir / name).read_bytes()

    def fails(self, p, code, *words, limit=LIMIT):
        """The program ends with the code and one line that holds the words."""
        begin = time.monotonic()
        out, err = p.communicate(timeout=LIMIT)
        self.assertLess(time.monotonic() - begin, limit)
        lines = err.decode(errors="replace").splitlines()
        self.assertEqual(p.returncode, code, (out, err))
        self.assertEqual(len(lines), 1, (out, err))
        self.assertTrue(lines[0].startswith(os.path.basename(p.args[0]) + ": "), lines)
        for word in words:
            self.assertIn(word, lines[-1])
        return out.decode(errors="replace")

    def left(self):
        return sorted(os.listdir(self.dir / "out"))

    # --- the command line ---

    def test_help(self):
        for name in ("send_file", "receive_file", "anchor"):
            p = self.start(name, "--help")
            out, err = p.communicate(timeout=LIMIT)
            self.assertEqual((p.returncode, err), (0, b""))
            self.assertIn(b"Exit status", out)

    def test_usage(self):
        note = self.dir / "note.txt"
        os.link(note, self.dir / "link")
        cases = [
            ("send_file", [], "required"),
            ("send_file", ["--no-such-option", note], "no-such-option"),
            ("send_file", [self.dir / "missing"], "missing"),
            ("send_file", [self.dir / "out"], "directory"),
            ("send_file", [note, "--listen", "nonsense"], "--listen"),
            ("send_file", [note, "--listen", "127.0.0.1:99999"], "--listen"),
            ("send_file", [note, "--listen", "0.0.0.0:0"], "--listen"),
            ("send_file", [note, "--listen", "[::1"], "--listen"),
            ("send_file", [note, "--timeout", "0"], "--timeout"),
            ("send_file", [note, "--setup", "holdconn"], "--setup"),
            ("send_file", [note, "--setup", "none"], "--setup"),
            ("send_file", [note, "--offer", "/nowhere/at/all"], "nowhere"),
            ("send_file", [note, "--offer", self.dir / "x", "--answer", self.dir / "x"], "same file"),
            ("send_file", [note, "--offer", "x", "--answer", "./out/../x", "--as", "answerer"], "same file"),
            ("receive_file", [], "--output"),
            ("receive_file", ["--output", self.dir / "o", "--offer", self.dir / "x", "--answer",
                              self.dir / "." / "out" / ".." / "x"], "--offer and --answer are the same file"),
            ("receive_file", ["--output", self.dir / "o", "--offer", self.dir / "note.txt", "--answer",
                              self.dir / "link"], "same file"),
            ("receive_file", ["--output", self.dir / "nowhere" / "x"], "no such folder"),
            ("receive_file", ["--output", "/proc/x"], "nothing can be created"),
            ("receive_file", ["--output", self.dir / "o", "--max-size", "99999999999999999999"], "--max-size"),
            ("anchor", ["--sniff"], "--offer-in"),
            ("anchor", ["--offer-in", "a", "--offer-out", "b", "--answer-in", "c", "--answer-out", "a"],
             "--offer-in and --answer-out are the same file"),
        ]
        for name, args, word in cases:
            with self.subTest(args=args):
                self.fails(self.start(name, *args), 2, word, limit=SOON)

    def test_port_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as door:
            at = f"127.0.0.1:{door.getsockname()[1]}"
            self.fails(self.send("--listen", at, self.dir / "note.txt"), 2, at, "in use")
            self.fails(self.receive("--listen", at), 2, at, "in use")
            self.fails(self.start("anchor", "--listen", at, "--offer-in", "a", "--offer-out", "b",
                                  "--answer-in", "c", "--answer-out", "d"), 2, at, "in use")

    def test_special_files_are_left_alone(self):
        fifo = self.dir / "fifo"
        os.mkfifo(fifo)
        note = self.dir / "note.txt"
        for name, *args in (("receive_file", "--output", fifo),
                            ("receive_file", "--offer", fifo, "--output", self.dir / "x"),
                            ("send_file", "--offer", fifo, note),
                            ("send_file", "--offer", self.dir / "o", "--answer", fifo, note)):
            with self.subTest(args=args):
                self.fails(self.start(name, *args), 2, "fifo", "regular file", limit=SOON)
        self.assertTrue(fifo.is_fifo())

    # --- the SDP ---

    def test_tls_is_not_given_up(self):
        r = self.receive()
        s = self.send("--no-tls", self.dir / "note.txt")
        for p, word in ((s, b"rejected"), (r, b"without TLS")):
            self.assertIn(word, p.communicate(timeout=LIMIT)[1])
            self.assertEqual(p.returncode, 1)
        self.assertEqual(self.left(), [])

    def test_too_large_for_the_receiver(self):
        r = self.receive("--max-size", "5")
        s = self.send(self.dir / "note.txt")
        for p, word in ((s, b"not everything"), (r, b"refused: 1")):
            self.assertIn(word, p.communicate(timeout=LIMIT)[1])
            self.assertEqual(p.returncode, 1)
        self.assertEqual(self.left(), [])

    def test_output_that_cannot_be_written(self):
        for name in ("send_file", "receive_file"):
            for f in ("offer", "answer"):
                (self.dir / f).unlink(missing_ok=True)
            with open("/dev/full", "wb") as full, self.subTest(name):
                common = ["--offer", self.dir / "offer", "--answer", self.dir / "answer"]
                r = self.start("receive_file", *common, "--output", f"{self.dir}/out/",
                               **({"stdout": full} if name == "receive_file" else {}))
                s = self.start("send_file", *common, self.dir / "note.txt",
                               **({"stdout": full} if name == "send_file" else {}))
                for p in (s, r):
                    err = p.communicate(timeout=LIMIT)[1]
                    code = 2 if os.path.basename(p.args[0]) == name else 0
                    self.assertEqual((p.returncode, len(err.splitlines())), (code, code // 2), err)
        self.assertEqual(self.left(), ["note.txt", "note.txt.2"])  # what it could not say was done

    def test_interrupted(self):
        r = self.receive()
        with open(self.dir / "big", "wb") as big:
            big.truncate(1 << 32)
        s = self.send("--reconnect", 0, self.dir / "big")
        end = time.monotonic() + LIMIT
        while not any(name.startswith("big.part") for name in self.left()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        r.send_signal(signal.SIGINT)
        self.fails(r, 1, "interrupted")
        self.assertEqual(self.left(), [])
        self.fails(s, 1, "not everything")

    def test_more_files_than_messages_at_once(self):
        names = [self.dir / f"f{i}" for i in range(100)]
        for i, name in enumerate(names):
            name.write_bytes(bytes(100_000 if i % 2 else 10))
        r, s = self.receive(), self.send(*names)
        self.both_work(s, r)
        self.assertEqual(self.left(), sorted(name.name for name in names))

    def test_long_names(self):
        names = ["n" * 250, "\u65e5\u672c" * 40]  # the second one in 240 octets
        for name in names:
            (self.dir / name).write_bytes(name.encode())
        r, s = self.receive(), self.send(*[self.dir / name for name in names])
        self.both_work(s, r)
        self.assertEqual(self.left(), sorted([names[0][:215], names[1][:71]]))  # at most 215 octets

    def test_bad_offer(self):
        good = RawPeer()
        self.addCleanup(good.close)
        sdp = good.sdp()
        cases = [b"", b"\0" * 100, b"nonsense\r\n", sdp[:60], b"v=0\r\n" + b"a" * 1_000_000,
                 b"v=1\r\n" + sdp[5:], sdp.replace(b"m=message", b"m=audio"),
                 sdp.replace(b"a=path:msrp:", b"a=path:sip:"),
                 sdp.replace(b"TCP/MSRP", b"TCP/TLS/MSRP"),
                 sdp.replace(f"m=message {good.port}".encode(), b"m=message 0"),
                 sdp.replace(f"m=message {good.port}".encode(), b"m=message 70000")]
        for offer in cases:
            with self.subTest(offer=offer[:80]):
                for name in ("offer", "answer"):
                    (self.dir / name).unlink(missing_ok=True)
                self.put("offer", offer)
                self.fails(self.receive(), 1)
        self.assertEqual(self.left(), [])

    def test_bad_answer(self):
        for answer in (b"", b"v=0\r\n", os.urandom(3000), b"a=b\r\n" * 20000):
            with self.subTest(answer=answer[:40]):
                for name in ("offer", "answer"):
                    (self.dir / name).unlink(missing_ok=True)
                p = self.send(self.dir / "note.txt")
                self.wait_for("offer")
                self.put("answer", answer)
                self.fails(p, 1)

    def test_no_answer(self):
        self.fails(self.send("--timeout", 1, self.dir / "note.txt"), 1, "no answer", limit=SOON)
        (self.dir / "offer").unlink()
        self.fails(self.receive("--timeout", 1), 1, "no offer", limit=SOON)

    def test_standard_input_ends(self):
        p = self.start("receive_file", "--output", self.dir / "out")
        p.stdin.close()
        p.stdin = None
        self.fails(p, 1, "standard input", limit=SOON)

    def test_anchor_refuses_an_offer_without_cema(self):
        p = self.start("anchor", "--offer-in", self.dir / "o1", "--offer-out", self.dir / "o2",
                       "--answer-in", self.dir / "a1", "--answer-out", self.dir / "a2")
        s = self.start("send_file", "--no-cema", "--offer", self.dir / "o1", "--answer",
                       self.dir / "a2", self.dir / "note.txt")
        self.fails(p, 1, "no B2BUA")
        self.fails(s, 1, "rejected")
        self.assertFalse((self.dir / "o2").exists())
        self.assertIn(b"m=message 0 ", (self.dir / "a2").read_bytes())

    # --- it works at all: pipes, folders, empty files, IPv6 ---

    def both_work(self, s, r):
        out = [p.communicate(timeout=LIMIT) for p in (s, r)]
        self.assertEqual((s.returncode, r.returncode), (0, 0), out)

    def test_files_of_all_kinds(self):
        (self.dir / "empty").write_bytes(b"")
        big = os.urandom(3_000_000)
        (self.dir / "big").write_bytes(big)
        odd = os.fsdecode(os.fsencode(self.dir) + b"/no\xffutf8")
        with open(odd, "wb"):
            pass
        (self.dir / "out" / "note.txt").write_bytes(b"was there before")
        for more in ([], ["--no-tls"], ["--listen", "[::1]:0"]):
            with self.subTest(more=more):
                for name in ("offer", "answer"):
                    (self.dir / name).unlink(missing_ok=True)
                r = self.receive(*more)
                s = self.send(*more, self.dir / "note.txt", self.dir / "empty", self.dir / "big",
                              odd)
                self.both_work(s, r)
        self.assertEqual((self.dir / "out" / "note.txt").read_bytes(), b"was there before")
        self.assertEqual((self.dir / "out" / "note.txt.2").read_bytes(), b"hello\n")
        self.assertEqual((self.dir / "out" / "empty").read_bytes(), b"")
        self.assertTrue((self.dir / "out" / "no_utf8").exists())
        self.assertEqual(hashlib.sha256((self.dir / "out" / "big.3").read_bytes()).digest(),
                         hashlib.sha256(big).digest())

    def test_standard_input_and_output(self):
        s = self.start("send_file", "--answer", self.dir / "answer", self.dir / "note.txt")
        offer = b""
        while not offer.endswith(b"\r\n\r\n"):
            octet = s.stdout.read(1)
            self.assertTrue(octet, "the offer ended early")
            offer += octet
        r = self.start("receive_file", "--answer", self.dir / "answer", "--output",
                       self.dir / "out" / "named")
        r.stdin.write(offer)
        r.stdin.flush()
        self.both_work(s, r)
        self.assertEqual((self.dir / "out" / "named").read_bytes(), b"hello\n")

    # --- peers ---

    def big_transfer(self):
        with open(self.dir / "big", "wb") as f:
            f.truncate(8 << 30)  # sparse: long enough to be in the middle of
        r = self.receive()
        s = self.send(self.dir / "big")
        end = time.monotonic() + LIMIT
        while not any(".part-" in f and (self.dir / "out" / f).stat().st_size > 1_000_000
                      for f in self.left()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        return s, r

    def test_receiver_vanishes(self):
        s, r = self.big_transfer()
        r.kill()
        self.fails(s, 1, "not everything was delivered", limit=SOON)

    def test_sender_vanishes(self):
        s, r = self.big_transfer()
        s.kill()
        self.fails(r, 1, "big", limit=SOON)
        self.assertEqual(self.left(), [])

    def answered(self, *args):
        """receive_file with a raw peer as offerer, ready to be connected to."""
        peer = RawPeer()
        self.addCleanup(peer.close)
        r = self.receive("--no-cema", "--no-tls", "--setup", "none", *args)
        self.put("offer", peer.sdp())
        answer = self.wait_for("answer").decode()
        path = [l[7:] for l in answer.splitlines() if l.startswith("a=path:")][0]
        port = int(path.split("/")[2].split(":")[1])
        return peer, r, path, port

    def test_nobody_connects(self):
        _, r, _, _ = self.answered("--timeout", 1)
        self.fails(r, 1, "nobody connected", limit=SOON)

    def test_peer_is_silent(self):
        _, r, _, port = self.answered("--timeout", 2)
        with socket.create_connection(("127.0.0.1", port)):
            self.fails(r, 1, "no session", limit=SOON)

    def test_peer_talks_nonsense(self):
        _, r, _, port = self.answered("--timeout", 2)
        with socket.create_connection(("127.0.0.1", port)) as c:
            c.sendall(b"\x16\x03\x01\x00\xf2" + os.urandom(200))
            self.fails(r, 1, "no session", limit=SOON)

    def test_peer_stops_in_the_middle(self):
        peer, r, path, port = self.answered("--timeout", 2)
        with socket.create_connection(("127.0.0.1", port)) as c:
            c.sendall(self.chunk(peer, path, "tid10001", b"0123456789", "+", "1-10/20"))
            self.fails(r, 1, limit=SOON)
        self.assertEqual(self.left(), [])

    @staticmethod
    def chunk(peer, path, tid, body, flag, byte_range, name="x"):
        return (f"MSRP {tid} SEND\r\nTo-Path: {path}\r\nFrom-Path: {peer.uri}\r\n"
                f"Message-ID: message1\r\nByte-Range: {byte_range}\r\n"
                f"Content-Disposition: attachment; filename=\"{name}\"\r\n"
                "Content-Type: text/plain\r\n\r\n").encode() + body + \
            f"\r\n-------{tid}{flag}\r\n".encode()

    def test_names_of_the_peer_stay_in_the_folder(self):  # T27
        # By the rules of sdp::safe_name, with room for a suffix.
        for name, wanted in (("../../evil", "evil"), ("/etc/evil", "evil"), (".hidden", "hidden"),
                             ("..\\..\\evil2", "evil2"), ("C:evil3", "evil3"), ("..", "file"),
                             ("", "file"), ("a?b.txt. ", "a_b.txt"), ("nul.txt", "_nul.txt"),
                             ("x" * 300, "x" * 215), ("\u00e9" * 200, "\u00e9" * 107),
                             ("x\u202etxt.exe", "xtxt.exe")):
            with self.subTest(name=name):
                for f in ("offer", "answer"):
                    (self.dir / f).unlink(missing_ok=True)
                for f in self.left():
                    (self.dir / "out" / f).unlink()
                peer, r, path, port = self.answered()
                with socket.create_connection(("127.0.0.1", port)) as c:
                    # Out of order: the second half first.
                    c.sendall(self.chunk(peer, path, "tid10001", b"56789", "$", "6-10/10", name))
                    c.sendall(self.chunk(peer, path, "tid10002", b"01234", "+", "1-5/10", name))
                    answer = b""
                    c.settimeout(LIMIT)
                    while answer.count(b"200 OK") < 2:
                        piece = c.recv(4096)
                        self.assertTrue(piece, answer)
                        answer += piece
                    c.shutdown(socket.SHUT_WR)
                    out, err = r.communicate(timeout=LIMIT)
                self.assertEqual(r.returncode, 0, (out, err))
                self.assertEqual(self.left(), [wanted])
                self.assertEqual((self.dir / "out" / wanted).read_bytes(), b"0123456789")
                self.assertIn(hashlib.sha256(b"0123456789").hexdigest().encode(), out)

    def test_sender_refused(self):
        peer = RawPeer()
        self.addCleanup(peer.close)
        s = self.send("--no-cema", "--no-tls", "--setup", "none", self.dir / "note.txt")
        self.wait_for("offer")
        self.put("answer", peer.sdp())
        with peer.accept() as c:
            c.recv(4096)
            c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            self.fails(s, 1, limit=SOON)

    def test_sender_finds_nobody(self):
        peer = RawPeer()
        s = self.send("--no-cema", "--no-tls", "--setup", "none", self.dir / "note.txt")
        self.wait_for("offer")
        peer.close()
        self.put("answer", peer.sdp())
        self.fails(s, 1, "connecting to 127.0.0.1", "refused", limit=SOON)

    def test_sender_with_a_peer_that_never_answers(self):
        peer = RawPeer()
        self.addCleanup(peer.close)
        s = self.send("--no-cema", "--no-tls", "--setup", "none", "--timeout", 2,
                      self.dir / "note.txt")
        self.wait_for("offer")
        self.put("answer", peer.sdp())
        with peer.accept():
            self.fails(s, 1, "no session", limit=SOON)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: check_programs.py FOLDER [unittest arguments]")
    BIN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)

#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""anchor_test.py - the anchor with many sessions at once: what one peer does, or fails to do, harms no other session, and
memory stays bounded. Usage: anchor_test.py PROGRAM [unittest arguments]"""
import asyncio
import hashlib
import os
import pathlib
import random
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from cutting_proxy import until_read

PROGRAM = ""
LIMIT = 120  # seconds after which something counts as hanging
BUFFER = 65536  # the program's default, for each direction
PER_SESSION = 2 * BUFFER + 65536  # octets: what docs/examples.md promises
SANITIZED = False  # then memory says nothing


def sdp(host, port, session, cema=True, setup=None, version=1, more=""):
    family = "IP6" if ":" in host else "IP4"
    shown = f"[{host}]" if ":" in host else host
    return (f"v=0\r\no=- 1 {version} IN {family} {host}\r\ns=-\r\nc=IN {family} {host}\r\nt=0 0\r\n"
            f"m=message {port} TCP/MSRP *\r\na=accept-types:*\r\na=path:msrp://{shown}:{port}/{session};tcp\r\n"
            + ("a=msrp-cema\r\n" if cema else "") + (f"a=setup:{setup}\r\n" if setup else "") + more)


def address_in(text):
    """Where the c= and m= lines say."""
    return (re.search(r"^c=IN IP[46] (\S+)", text, re.M).group(1),
            int(re.search(r"^m=message (\d+)", text, re.M).group(1)))


def path_in(text):
    return re.search(r"^a=path:(.*?)\r?$", text, re.M).group(1)


def read_all(s):
    out = bytearray()
    while True:
        try:
            piece = s.recv(1 << 18)
        except ConnectionResetError:
            return bytes(out)
        if not piece:
            return bytes(out)
        out += piece


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Session:
    """Both endpoints of one session."""

    def __init__(self, anchor, name, offerer="127.0.0.1", answerer="127.0.0.1"):
        self.anchor, self.name, self.opens = anchor, name, "offerer"
        family = {False: socket.AF_INET, True: socket.AF_INET6}
        self.doors = {}
        for role, host in (("offerer", offerer), ("answerer", answerer)):
            self.doors[role] = socket.create_server((host, 0), family=family[":" in host])
            self.doors[role].settimeout(LIMIT)
        self.host = {"offerer": offerer, "answerer": answerer}
        self.number = 0
        self.sockets = []

    def own(self, role, **more):
        more.setdefault("session", self.name + role)
        return sdp(self.host[role], more.pop("port", self.doors[role].getsockname()[1]), **more)

    def file(self, kind, number=None):
        number = self.number if number is None else number
        return f"{self.name}.{kind}" + (f".{number}" if number > 1 else "")

    def offer(self, **more):
        """@return what the answerer is given."""
        self.number += 1
        self.anchor.put(self.file("offer"), self.own("offerer", **more))
        return self.anchor.wait_for(self.file("offer.out"))

    def answer(self, **more):
        self.anchor.put(self.file("answer"), self.own("answerer", **more))
        return self.anchor.wait_for(self.file("answer.out"))

    def agree(self, opens="offerer"):
        self.opens = opens
        self.passed = {"answerer": address_in(self.offer(setup="actpass"))}
        self.passed["offerer"] = address_in(self.answer(setup="active" if opens == "answerer" else "passive"))

    def connect(self):
        near = socket.create_connection(self.passed[self.opens], timeout=LIMIT)
        far = self.doors["answerer" if self.opens == "offerer" else "offerer"].accept()[0]
        far.settimeout(LIMIT)
        self.sockets += [near, far]
        return (near, far) if self.opens == "offerer" else (far, near)

    def start(self, opens="offerer"):
        """@return the offerer's and the answerer's end of the connection."""
        self.agree(opens)
        return self.connect()

    def ended(self, limit=LIMIT):
        return self.anchor.wait_for(self.name + ".ended", limit).strip()

    def close(self):
        for s in [*self.doors.values(), *self.sockets]:
            s.close()


class Anchor:
    def __init__(self, folder, *args, sessions=0, files=None):
        self.dir = pathlib.Path(folder)
        self.log = open(self.dir.parent / (self.dir.name + ".log"), "w+b")
        self.process = subprocess.Popen([PROGRAM, "--directory", folder, "--sessions", str(sessions), *map(str, args)],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
                                        preexec_fn=files and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, files)))
        end = time.monotonic() + LIMIT
        while "ready: " not in self.said() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)

    def said(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def until_said(self, text):
        end = time.monotonic() + LIMIT
        while text not in self.said():
            assert time.monotonic() < end and self.process.poll() is None, self.said()
            time.sleep(0.01)

    def put(self, name, text):
        part = self.dir / (name + ".new")
        part.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.rename(part, self.dir / name)

    def wait_for(self, name, limit=LIMIT):
        end = time.monotonic() + limit
        while not (self.dir / name).exists():
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError(f"{name} never appeared:\n{self.said()}")
            time.sleep(0.005)
        return (self.dir / name).read_bytes().decode()

    def memory(self, what="VmRSS"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{what}:\s+(\d+) kB", status, re.M).group(1)) * 1024

    def end(self, number=signal.SIGTERM):
        """@return the exit status."""
        if number:
            self.process.send_signal(number)
        return self.process.wait(LIMIT)


class AnchorTest(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.top = pathlib.Path(temp.name)
        self.count = 0

    def start(self, *args, folder=None, sessions=0, files=None):
        if folder is None:
            self.count += 1
            folder = self.top / f"sdp{self.count}"
            folder.mkdir()
        anchor = Anchor(str(folder), *args, sessions=sessions, files=files)
        self.addCleanup(self.finish, anchor)
        return anchor

    def finish(self, anchor):
        """However the test went, the anchor is there yet, or ended as it should."""
        running = anchor.process.poll() is None
        if running:
            anchor.process.kill()
            anchor.process.wait()
        anchor.log.close()
        self.assertTrue(running or anchor.process.returncode in (0, 1), anchor.said())

    def session(self, anchor, name, *hosts):
        s = Session(anchor, name, *hosts)
        self.addCleanup(s.close)
        return s

    def still_good(self, anchor, name="witness"):
        """Another session is carried from its beginning to its end."""
        s = self.session(anchor, name)
        a, b = s.start()
        self.exchange(a, b)
        a.close()
        b.close()
        self.assertEqual(s.ended(), "carried: from the offerer 6 octets, from the answerer 7")

    def exchange(self, a, b):
        a.sendall(b"forth!")
        self.assertEqual(self.get(b, 6), b"forth!")
        b.sendall(b"and on!")
        self.assertEqual(self.get(a, 7), b"and on!")

    def get(self, s, size):
        out = b""
        while len(out) < size:
            piece = s.recv(size - len(out))
            self.assertNotEqual(piece, b"", out)
            out += piece
        return out

    # --- many at once ---

    def test_two_hundred_at_once(self):
        count, size = 200, 256 * 1024
        anchor = self.start(sessions=count + 1)
        before = anchor.memory()
        sessions = [self.session(anchor, f"s{i}") for i in range(count)]
        for s in sessions:
            anchor.put(s.name + ".offer", s.own("offerer", setup="actpass"))
        ports = set()
        for i, s in enumerate(sessions):
            s.number, s.opens = 1, "answerer" if i % 3 == 0 else "offerer"
            text = anchor.wait_for(s.name + ".offer.out")
            self.assertEqual(path_in(text), path_in(s.own("offerer")))  # untouched
            s.passed = {"answerer": address_in(text)}
            anchor.put(s.name + ".answer", s.own("answerer", setup="active" if i % 3 == 0 else "passive"))
        for s in sessions:
            text = anchor.wait_for(s.name + ".answer.out")
            self.assertEqual(path_in(text), path_in(s.own("answerer")))
            s.passed["offerer"] = address_in(text)
            ports |= {s.passed["offerer"][1], s.passed["answerer"][1]}
        self.assertEqual(len(ports), 2 * count)  # one address and port for each session and side
        ends = [s.connect() for s in sessions]
        digests = {}

        async def talk(s, key):
            dice = random.Random(key)
            said = hashlib.sha256()

            async def say():
                for _ in range(4):
                    piece = dice.randbytes(size // 4)
                    said.update(piece)
                    writer.write(piece)
                    await writer.drain()
                writer.write_eof()

            reader, writer = await asyncio.open_connection(sock=s)
            talking = asyncio.ensure_future(say())
            heard, octets = hashlib.sha256(), 0
            while piece := await reader.read(65536):
                heard.update(piece)
                octets += len(piece)
            await talking
            writer.close()
            digests[key] = said.digest(), heard.digest(), octets

        async def all_of_them():
            await asyncio.wait_for(asyncio.gather(*(talk(s, f"{i}.{side}") for i, pair in enumerate(ends)
                                                    for side, s in enumerate(pair))), LIMIT)

        asyncio.run(all_of_them())
        if not SANITIZED:
            self.assertLess(anchor.memory("VmHWM") - before, count * PER_SESSION)
        for i, s in enumerate(sessions):
            (said, heard, octets), (said_2, heard_2, octets_2) = digests[f"{i}.0"], digests[f"{i}.1"]
            self.assertEqual((said, said_2, octets, octets_2), (heard_2, heard, size, size), s.name)
            self.assertEqual(s.ended(), f"carried: from the offerer {size} octets, from the answerer {size}")
        self.still_good(anchor)
        anchor.put("late.offer", sessions[0].own("offerer"))  # one too many
        self.assertEqual(anchor.end(number=None), 0)
        self.assertFalse((anchor.dir / "late.offer.out").exists())
        self.assertIn(f"ended: sessions {count + 1}, carried {count + 1}, refused 0, failed 0, stopped 0", anchor.said())

    def test_no_more_than_allowed(self):
        anchor = self.start("--max-sessions", "2")
        first = [self.session(anchor, name) for name in "ab"]
        ends = [s.start() for s in first]
        waiting = self.session(anchor, "c")
        anchor.put("c.offer", waiting.own("offerer"))
        anchor.until_said("full: 2 sessions")
        self.assertFalse((anchor.dir / "c.offer.out").exists())
        for s in ends[0]:
            s.close()
        self.assertIn("m=message", anchor.wait_for("c.offer.out"))
        self.exchange(*ends[1])
        self.assertEqual(anchor.said().count("full: 2 sessions"), 1)

    def test_few_open_files(self):
        anchor = self.start("--timeout", "4", files=(32, 96))  # raised as far as allowed
        self.assertIn("ready: 4 sessions at once at most", anchor.said())
        sessions = [self.session(anchor, f"s{i}") for i in range(12)]
        for s in sessions:
            anchor.put(s.name + ".offer", s.own("offerer", setup="actpass"))
        done, begin = 0, time.monotonic()
        while done < len(sessions):
            self.assertLess(time.monotonic() - begin, LIMIT, anchor.said())
            begun = [s for s in sessions if s.number == 0 and (anchor.dir / (s.name + ".offer.out")).exists()]
            self.assertLessEqual(len(begun), 4)
            strays = []
            for s in begun:
                s.number, done = 1, done + 1
                s.passed = {"answerer": address_in(anchor.wait_for(s.name + ".offer.out"))}
                s.passed["offerer"] = address_in(s.answer(setup="passive"))
                strays += [socket.create_connection(s.passed[role], timeout=LIMIT) for role in s.passed for _ in range(20)]
            for stray in strays:
                stray.close()
            time.sleep(0.05)
        for s in sessions:
            self.assertIn("failed: silent", s.ended())
        self.still_good(anchor)

    def test_names(self):
        anchor = self.start()
        for name in ("plain", "with.dots.and-more_2", "a b", "c.offer"):
            self.still_good(anchor, name)
        anchor.put(".offer", sdp("127.0.0.1", 5000, "x"))
        anchor.put(".hidden.offer", sdp("127.0.0.1", 5000, "x"))
        anchor.put("x.offer.2", sdp("127.0.0.1", 5000, "x"))
        self.still_good(anchor, "more")
        self.assertFalse([f for f in os.listdir(anchor.dir) if f.startswith((".offer.", ".hidden.offer.", "x.offer.2."))])
        # What is over stays so, until its files are taken away.
        (anchor.dir / "plain.ended").unlink()
        time.sleep(0.2)
        self.assertFalse((anchor.dir / "plain.ended").exists())
        for file in anchor.dir.glob("plain.*"):
            file.unlink()
        self.still_good(anchor, "between")  # by then it has looked
        self.still_good(anchor, "plain")
        self.assertEqual(anchor.end(), 0)
        again = self.start(folder=anchor.dir)
        self.still_good(again, "fresh")
        self.assertEqual(again.end(), 0)
        self.assertIn("ended: sessions 1, carried 1", again.said())

    # --- octets ---

    def test_half_close(self):
        anchor = self.start()
        for first in (0, 1):
            s = self.session(anchor, f"half{first}")
            ends = s.start()
            asks, answers = ends[first], ends[1 - first]
            asks.sendall(b"question")
            asks.shutdown(socket.SHUT_WR)
            self.assertEqual(read_all(answers), b"question")
            said = os.urandom(3_000_000)
            answers.settimeout(LIMIT)
            pieces = [said[i:i + 50000] for i in range(0, len(said), 50000)]
            heard = bytearray()
            for piece in pieces:  # goes on for a while
                answers.sendall(piece)
                heard += self.get(asks, len(piece))
            self.assertFalse((anchor.dir / f"half{first}.ended").exists())
            answers.shutdown(socket.SHUT_WR)
            self.assertEqual(asks.recv(1), b"")
            self.assertEqual(bytes(heard), said)
            counts = (8, len(said)) if first == 0 else (len(said), 8)
            self.assertEqual(s.ended(), "carried: from the offerer %d octets, from the answerer %d" % counts)
        self.assertEqual(anchor.end(), 0)

    def test_reset(self):
        anchor = self.start()
        other = self.session(anchor, "other")
        ends = other.start()
        for who in (0, 1):
            s = self.session(anchor, f"reset{who}")
            pair = s.start()
            self.exchange(*pair)
            lost, left = pair[who], pair[1 - who]
            said = os.urandom(300_000)
            lost.sendall(said)
            until_read(lost, LIMIT)  # until it lies in the anchor and in the system's buffers
            reset(lost)
            time.sleep(0.1)
            try:
                left.sendall(b"x" * 200_000)  # to no one; must not cost what is on its way
            except (ConnectionResetError, BrokenPipeError):
                pass
            self.assertEqual(read_all(left), said)
            left.close()
            self.assertIn("carried: ", s.ended())
            self.exchange(*ends)
        # In the middle of a stream that is not read.
        s = self.session(anchor, "stream")
        a, b = s.start()
        a.settimeout(0.3)
        try:
            while True:
                a.send(b"y" * 65536)
        except socket.timeout:
            pass
        reset(b)
        a.settimeout(LIMIT)
        self.assertEqual(read_all(a), b"")
        a.close()
        self.assertIn("carried: ", s.ended())
        self.exchange(*ends)
        self.assertIn("ended by: Connection reset by peer", anchor.said())
        self.still_good(anchor)
        for end in ends:
            end.close()
        other.ended()
        self.assertEqual(anchor.end(), 0)

    def test_slow_reader(self):
        anchor = self.start()
        other = self.session(anchor, "other")
        ends = other.start()
        self.exchange(*ends)
        s = self.session(anchor, "slow")
        a, b = s.start()
        before = anchor.memory()
        total, block = 64 << 20, random.Random(7).randbytes(1 << 20)
        said, heard = hashlib.sha256(), hashlib.sha256()
        sent = got = at = 0
        a.setblocking(False)
        b.setblocking(False)
        held = None
        begin = time.monotonic()
        quiet = 0
        while got < total:
            self.assertLess(time.monotonic() - begin, LIMIT)
            moved = False
            if sent < total:
                try:
                    n = a.send(block[at:])
                    said.update(block[at:at + n])
                    sent, at, moved = sent + n, (at + n) % len(block), True
                    if sent == total:
                        a.shutdown(socket.SHUT_WR)
                except BlockingIOError:
                    pass
            if held is None:  # nothing is read until the writer is held back
                quiet = 0 if moved else quiet + 1
                if not moved:
                    time.sleep(0.01)
                if quiet < 30:
                    continue
                held = sent
                for _ in range(20):
                    self.exchange(*ends)  # the others do not notice
            try:
                piece = b.recv(1 << 16)
                heard.update(piece)
                got += len(piece)
            except BlockingIOError:
                time.sleep(0.001)
        self.assertLess(held, total // 2)
        self.assertEqual(said.digest(), heard.digest())
        if not SANITIZED:
            self.assertLess(anchor.memory("VmHWM") - before, PER_SESSION)
        a.close()
        b.close()
        self.assertEqual(s.ended(), f"carried: from the offerer {total} octets, from the answerer 0")
        self.exchange(*ends)

    def test_time_out(self):
        anchor = self.start("--timeout", "5")
        silent = self.session(anchor, "silent")
        silent_ends = silent.start()
        stuck = self.session(anchor, "stuck")
        a, b = stuck.start()
        busy = self.session(anchor, "busy")
        ends = busy.start()
        nobody = self.session(anchor, "nobody")
        nobody.agree()
        absent = self.session(anchor, "absent")
        absent.offer()
        gone = self.session(anchor, "gone")
        gone.agree()
        gone.doors["answerer"].close()
        near = socket.create_connection(gone.passed["offerer"], timeout=LIMIT)
        self.assertIn("failed: cannot connect to 127.0.0.1: ", gone.ended())
        self.assertEqual(near.recv(1), b"")
        near.close()
        a.setblocking(False)
        begin = time.monotonic()
        while not all((anchor.dir / f"{s.name}.ended").exists() for s in (stuck, silent)):
            self.assertLess(time.monotonic() - begin, LIMIT)
            self.exchange(*ends)
            try:
                a.send(b"z" * 65536)
                b.send(b".")  # it talks, but reads nothing
            except (BlockingIOError, ConnectionError):
                pass
            time.sleep(0.05)
        self.assertIn("failed: silent, or not reading, for 5 s", stuck.ended())
        self.assertIn("failed: silent, or not reading, for 5 s", silent.ended())
        self.assertEqual(silent_ends[0].recv(1), b"")
        self.assertEqual(nobody.ended(), "failed: nobody connected: timed out")
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(nobody.passed["offerer"], timeout=LIMIT)
        self.assertIn("failed: no answer within 5 s in ", absent.ended())
        for end in ends:
            end.close()
        self.assertIn("carried: ", busy.ended())
        self.assertEqual(anchor.end(), 1)

    # --- the signalling ---

    def test_without_cema(self):
        anchor = self.start()
        good = self.session(anchor, "good")
        ends = good.start()
        s = self.session(anchor, "plain")
        text = s.own("offerer", cema=False, setup="actpass", more="a=x-unknown:kept\r\n")
        anchor.put("plain.offer", text)
        answer = anchor.wait_for("plain.answer.out")
        self.assertEqual(answer, re.sub(r"m=message \d+", "m=message 0", text))
        self.assertEqual(s.ended(), "refused: refused an offer without msrp-cema: this anchor is no B2BUA")
        self.assertIn("plain: offer: RFC 6714, section 6.2: The offer has no msrp-cema", anchor.said())
        self.assertFalse((anchor.dir / "plain.offer.out").exists())
        # An answerer without it is another thing: the anchor need not be a B2BUA.
        mixed = self.session(anchor, "mixed")
        self.assertIn("a=msrp-cema", mixed.offer(setup="actpass"))
        passed = mixed.answer(cema=False, setup="passive")
        self.assertNotIn("msrp-cema", passed)
        with socket.create_connection(address_in(passed), timeout=LIMIT) as a, mixed.doors["answerer"].accept()[0] as b:
            b.settimeout(LIMIT)
            self.exchange(a, b)
        self.exchange(*ends)
        self.assertEqual(anchor.end(), 1)

    def test_malformed(self):
        anchor = self.start("--timeout", "8", "--idle", "60")
        good = self.session(anchor, "good")
        ends = good.start()
        whole = sdp("127.0.0.1", 5000, "x").encode()
        bad = {
            "empty": (b"", "the offer is of no use"),
            "noise": (os.urandom(3000), "the offer is of no use"),
            "cut": (whole[:60], "the offer is of no use"),
            "nul": (whole.replace(b"s=-", b"s=\0"), "the offer is of no use"),
            "other": (whole.replace(b"m=message", b"m=audio"), "the offer is of no use"),
            "zero": (whole.replace(b"m=message 5000", b"m=message 0"), "nothing is offered"),
            "large": (whole + b"a=x:" + b"x" * 100_000, "larger than an SDP may be"),
        }
        for name, (octets, _) in bad.items():
            anchor.put(name + ".offer", octets)
        (anchor.dir / "folder.offer").mkdir()
        os.mkfifo(anchor.dir / "fifo.offer")
        os.symlink("/nowhere/at/all", anchor.dir / "nowhere.offer")
        for name, (_, why) in {**bad, "folder": ("", "not a regular file"), "fifo": ("", "not a regular file"),
                               "nowhere": ("", "no offer within 8 s")}.items():
            ended = anchor.wait_for(name + ".ended")
            self.assertTrue(ended.startswith("failed: "), ended)
            self.assertIn(why, ended, name)
            self.assertEqual(ended.count("\n"), 1)
        for i, answer in enumerate((b"x", whole.replace(b"m=message", b"m=audio"), b"v=0\r\n" * 1000)):
            s = self.session(anchor, f"answer{i}")
            s.offer()
            anchor.put(s.name + ".answer", answer)
            self.assertIn("failed: the answer is of no use", s.ended())
        s = self.session(anchor, "rejects")
        s.offer()
        anchor.put("rejects.answer", s.own("answerer", port=0))
        self.assertEqual(s.ended(), "refused: the answerer rejects the session")
        self.assertIn("m=message 0 ", anchor.wait_for("rejects.answer.out"))
        s = self.session(anchor, "name")
        s.offer()
        anchor.put("name.answer", sdp("peer.invalid", 5000, "x"))
        self.assertIn("failed: the c= line of the answerer has a name", s.ended())
        (anchor.dir / "taken.ended").mkdir()  # what cannot be written about one is no harm
        (anchor.dir / "sink.offer.out").mkdir()
        s = self.session(anchor, "sink")
        anchor.put("sink.offer", s.own("offerer"))
        self.assertIn("not a regular file", s.ended())
        self.exchange(*ends)
        self.still_good(anchor)

    def test_between_ip_versions(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError as e:
            self.skipTest(f"no ::1 here: {e}")
        for offerer, answerer in (("127.0.0.1", "::1"), ("::1", "127.0.0.1"), ("::1", "::1")):
            anchor = self.start("--listen-offerer", offerer, "--listen-answerer", answerer)
            for opens in ("offerer", "answerer"):
                with self.subTest(offerer=offerer, answerer=answerer, opens=opens):
                    s = self.session(anchor, opens, offerer, answerer)
                    a, b = s.start(opens)
                    self.assertEqual((s.passed["offerer"][0], s.passed["answerer"][0]), (offerer, answerer))
                    self.exchange(a, b)
                    a.close()
                    b.close()
                    self.assertIn("carried: from the offerer 6 octets, from the answerer 7", s.ended())
            self.assertEqual(anchor.end(), 0)

    def test_later_offers(self):
        anchor = self.start("--timeout", 2 * LIMIT)
        s = self.session(anchor, "long")
        a, b = s.start()
        self.exchange(a, b)
        # The same paths: the same address and port, and the connection stays.
        self.assertEqual(address_in(s.offer(setup="actpass", version=2)), s.passed["answerer"])
        self.exchange(a, b)
        self.assertEqual(address_in(s.answer(setup="passive", version=2)), s.passed["offerer"])
        self.exchange(a, b)
        # Without msrp-cema: refused, and the session goes on.
        anchor.put("long.offer.3", s.own("offerer", cema=False, version=3))
        self.assertIn("m=message 0 ", anchor.wait_for("long.answer.out.3"))
        self.exchange(a, b)
        # Of no use: left out.
        anchor.put("long.offer.4", "nonsense")
        # Other paths: another connection, while the first one still runs. The anchor's numbers follow what was passed
        # on to each side; the answerer saw two offers so far, and answered both.
        anchor.put("long.offer.5", s.own("offerer", session="new1", setup="actpass", version=5))
        self.assertEqual(address_in(anchor.wait_for("long.offer.out.3")), s.passed["answerer"])
        anchor.put("long.answer.3", s.own("answerer", session="new2", setup="passive", version=3))
        self.assertEqual(address_in(anchor.wait_for("long.answer.out.4")), s.passed["offerer"])
        a2, b2 = s.connect()
        self.exchange(a2, b2)
        self.exchange(a, b)
        a.close()
        b.close()
        self.exchange(a2, b2)
        # Port zero ends it, in its time.
        anchor.put("long.offer.6", s.own("offerer", port=0, version=6))
        self.assertIn("m=message 0 ", anchor.wait_for("long.offer.out.4"))
        anchor.put("long.answer.4", s.own("answerer", port=0, version=4))
        self.assertIn("m=message 0 ", anchor.wait_for("long.answer.out.5"))
        self.exchange(a2, b2)
        a2.close()
        b2.close()
        self.assertEqual(s.ended(), "carried: from the offerer 48 octets, from the answerer 56")
        self.assertIn("long: the later offer is of no use", anchor.said())
        self.assertIn("refused an offer without msrp-cema", anchor.said())
        # Given up before there was a connection.
        s = self.session(anchor, "never")
        s.agree()
        anchor.put("never.offer.2", s.own("offerer", port=0))
        self.assertIn("failed: the session was given up by the offerer", s.ended())
        self.still_good(anchor)

    def test_early_and_stray_connections(self):
        anchor = self.start()
        s = self.session(anchor, "early")
        to_anchor = address_in(s.offer(setup="actpass"))
        # RFC 4145: who is active may connect as soon as it has answered, before the anchor saw it.
        b = socket.create_connection(to_anchor, timeout=LIMIT)
        time.sleep(0.2)
        passed = address_in(s.answer(setup="active"))
        a = s.doors["offerer"].accept()[0]
        a.settimeout(LIMIT)
        self.exchange(a, b)
        for at in (to_anchor, passed):  # one connection is all there is
            with socket.create_connection(at, timeout=LIMIT) as stray:
                try:
                    self.assertEqual(stray.recv(1), b"")
                except ConnectionResetError:
                    pass
        self.exchange(a, b)
        a.close()
        b.close()
        self.assertIn("carried: ", s.ended())
        self.assertEqual(anchor.end(), 0)

    def test_the_programs_themselves(self):
        """send_file and receive_file, TLS end to end, several at once."""
        folder = pathlib.Path(PROGRAM).parent
        if not all((folder / p).exists() for p in ("send_file", "receive_file")):
            self.skipTest("send_file and receive_file are not beside the anchor")
        anchor = self.start("--sniff")
        big = self.top / "big"
        big.write_bytes(os.urandom(2_000_000))
        pairs = []
        for i in range(5):
            out = self.top / f"out{i}"
            base = anchor.dir / f"call{i}"
            setup = ("active" if i % 2 else "passive")
            pairs.append((out, [subprocess.Popen([str(x) for x in c], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                                for c in ((folder / "receive_file", "--offer", f"{base}.offer.out", "--answer",
                                           f"{base}.answer", "--setup", setup, "--output", out),
                                          (folder / "send_file", "--offer", f"{base}.offer", "--answer",
                                           f"{base}.answer.out", big))]))
        for out, programs in pairs:
            said = [p.communicate(timeout=LIMIT)[0] for p in programs]
            self.assertEqual([p.returncode for p in programs], [0, 0], said)
            self.assertEqual(out.read_bytes(), big.read_bytes())
        for i in range(5):
            self.assertIn("carried: ", anchor.wait_for(f"call{i}.ended"))
        self.assertEqual(anchor.said().count(": a TLS record header"), 10)
        self.assertEqual(anchor.end(), 0)

    # --- its own end ---

    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            anchor = self.start()
            self.assertEqual(anchor.end(number), 0)  # nothing was there to be cut off
            anchor = self.start("--timeout", 2 * LIMIT)
            running, waiting, first = (self.session(anchor, name) for name in ("running", "waiting", "first"))
            ends = running.start()
            self.exchange(*ends)
            waiting.agree()
            first.offer()
            self.assertEqual(anchor.end(number), 1)
            for s in (running, waiting, first):
                self.assertEqual((anchor.dir / f"{s.name}.ended").read_text(), "stopped: this program was ended\n")
            for end in ends:
                self.assertEqual(read_all(end), b"")
            self.assertIn("stopped 3", anchor.said())

    def test_usage(self):
        folder = str(self.top)
        for args, word in ((["--directory", folder + "/none"], "no such folder"),
                           (["--directory", folder, "--offer-in", "x"], "--offer-in does not go with --directory"),
                           (["--directory", folder, "--listen", "127.0.0.1:5000"], "no port"),
                           (["--directory", folder, "--listen-offerer", "x"], "--listen-offerer x"),
                           (["--directory", folder, "--listen-answerer", "127.0.0.1:5"], "no port"),
                           (["--directory", folder, "--listen", "203.0.113.1"], "203.0.113.1"),
                           (["--directory", folder, "--max-sessions", "0"], "--max-sessions"),
                           (["--directory", folder, "--buffer", "1"], "--buffer"),
                           (["--directory", folder, "--idle", "0"], "--idle"),
                           (["--offer-in", "a", "--offer-out", "b", "--answer-in", "c"], "--answer-out"),
                           ([], "--directory")):
            with self.subTest(args=args):
                done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=LIMIT)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done)
                self.assertIn(word, done.stderr)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    SANITIZED = b"__asan_init" in pathlib.Path(PROGRAM).read_bytes()
    unittest.main()

# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""cutting_proxy.py - a middlebox under CEMA that stands in the answer's c/m line, cuts connections where it is told to, and
counts: what crosses, and what the side that connects was told of the octets it sent."""
import os
import pathlib
import re
import select
import socket
import struct
import threading
import time

CHUNK, HEAD = 1 << 18, 600  # what a chunk of the programs carries at most, and more than its head and end-line take


def until_read(s, limit):
    """Until all that was written to a connection of TCP was read by the process that has its other end, here (Linux)."""
    table = "/proc/net/tcp6" if s.family == socket.AF_INET6 else "/proc/net/tcp"
    mine, theirs = (f":{end[1]:04X}" for end in (s.getsockname(), s.getpeername()))
    end = time.monotonic() + limit
    while True:
        rows = [line.split() for line in pathlib.Path(table).read_text().splitlines()[1:]]
        queues = {(row[1][-5:], row[2][-5:]): row[4].split(":") for row in rows}
        # What waits here to be taken over there, and there to be read; where it is closed, nobody reads any more.
        if (mine, theirs) not in queues or (theirs, mine) not in queues or \
                int(queues[mine, theirs][0], 16) == 0 == int(queues[theirs, mine][1], 16):
            return
        assert time.monotonic() < end, "nobody reads what was written"
        time.sleep(0.001)


class Cut:
    """A round ends when so many octets went to the side that accepts; before that, it takes no more of them until so many
    octets of bodies are `known` to the side that connects, and so many came `back` to it."""

    def __init__(self, after, known=0, back=0):
        self.after, self.known, self.back = after, known, back


class Round:
    """A connection: octets each way, and how many of the bodies were known to its client before."""

    def __init__(self, known):
        self.known, self.forth, self.back = known, 0, 0


class Known:
    """The octets named in success REPORTs (RFC 4975, 7.1.3), of all messages; to be read without TLS only. REPORTs and
    responses have no bodies, so nothing else looks like one."""

    REPORT = re.compile(rb"MSRP (\S+) REPORT\r\n(.*?)-------\1\$\r\n", re.S)

    def __init__(self):
        self.ranges, self.rest = {}, b""

    def take(self, octets):
        self.rest += octets
        end = 0
        for found in self.REPORT.finditer(self.rest):
            end = found.end()
            fields = dict(line.split(b": ", 1) for line in found[2].split(b"\r\n") if b": " in line)
            first, last = map(int, re.match(rb"(\d+)-(\d+)/", fields[b"Byte-Range"]).groups())
            if fields[b"Status"].startswith(b"000 200"):
                self.ranges.setdefault(fields[b"Message-ID"], []).append((first, last))
        self.rest = self.rest[max(end, len(self.rest) - 4096):]

    def octets(self):
        total = 0
        for ranges in self.ranges.values():
            behind = 0
            for first, last in sorted(ranges):
                total += max(0, last - max(first - 1, behind))
                behind = max(behind, last)
        return total


class CuttingProxy:
    """Passes the answers of `answer_in`[.N] on as `answer_out`[.N], with its own address in the c/m line, and carries the
    connection of each.

    cuts: of the rounds in turn: a Cut, or a number of octets. After the last one nothing is cut. more: no rounds after
    the cuts, if false. end: how a connection ends towards the side that connects:
      "fin"     what it goes on to send is thrown away, and it has read all that was passed back
      "reset"   by RST, when it has read all that was passed back
      "abrupt"  by RST at once: what was passed back, too, may be lost"""

    def __init__(self, answer_in, answer_out, cuts=(), end="fin", more=True):
        self.answer_in, self.answer_out = pathlib.Path(answer_in), pathlib.Path(answer_out)
        self.cuts = [c if isinstance(c, Cut) else Cut(c) for c in cuts]
        self.end, self.more = end, more
        self.rounds, self.known = [], Known()
        self.stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    @property
    def forth(self):
        return sum(r.forth for r in self.rounds)

    def stop(self):
        self.stopping = True
        self.thread.join(20)
        assert not self.thread.is_alive()

    def run(self):
        number = 0
        while not self.stopping:
            number += 1
            suffix = "" if number == 1 else f".{number}"
            answer = self.answer_in.with_name(self.answer_in.name + suffix)
            while not answer.exists():
                if self.stopping:
                    return
                time.sleep(0.005)
            text = answer.read_bytes().decode()
            host = re.search(r"^c=IN IP[46] (\S+?)\r?$", text, re.M).group(1)
            port = int(re.search(r"^m=message (\d+)", text, re.M).group(1))
            with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as door:
                mine = door.getsockname()[1]
                part = self.answer_out.with_name("proxy.part")
                part.write_bytes(re.sub(r"^m=message \d+", f"m=message {mine}", text, flags=re.M).encode())
                os.rename(part, self.answer_out.with_name(self.answer_out.name + suffix))
                door.settimeout(0.1)
                while not self.stopping:
                    try:
                        client = door.accept()[0]
                        break
                    except socket.timeout:
                        continue
                else:
                    return
            cut = self.cuts.pop(0) if self.cuts else None
            self.rounds.append(Round(self.known.octets()))
            with client:
                with socket.create_connection((host, port)) as server:
                    is_cut = self.carry(client, server, cut, self.rounds[-1])
                    if is_cut and self.end != "fin":
                        if self.end == "reset":
                            until_read(client, 60)
                        self.reset(server)
                        self.reset(client)
                if is_cut and self.end == "fin":
                    self.throw_away(client)
            if cut is not None and not self.cuts and not self.more:
                return

    def carry(self, client, server, cut, count):
        """@return whether it was cut"""
        server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        self.known.rest = b""
        open_ways = {client: server, server: client}
        while open_ways and not self.stopping:
            left = 65536 if cut is None else min(65536, cut.after - count.forth)
            if left == 0 and (server not in open_ways or (self.known.octets() >= cut.known and count.back >= cut.back)):
                return True
            for s in select.select([s for s in open_ways if left > 0 or s is server], [], [], 0.05)[0]:
                try:
                    piece = s.recv(left if s is client else 65536)
                    if not piece:
                        open_ways.pop(s).shutdown(socket.SHUT_WR)
                        continue
                    open_ways[s].sendall(piece)
                except OSError:
                    return False
                if s is client:
                    count.forth += len(piece)
                else:
                    count.back += len(piece)
                    self.known.take(piece)
        return False

    def throw_away(self, client):
        try:
            client.shutdown(socket.SHUT_WR)
            client.settimeout(0.1)
            while not self.stopping:
                try:
                    if not client.recv(65536):
                        return
                except socket.timeout:
                    continue
        except OSError:
            pass

    @staticmethod
    def reset(s):
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()

    def most_forth(self, number, size, messages=1):
        """@return the most octets that round `number` may have taken forth, if bodies of `size` octets in all are sent, and
        of them only those that the client cannot have known to be there. Each chunk ends at 256 KiB, at the end of what is
        missing there, or at the end of its message."""
        missing = size - self.rounds[number].known
        gaps = sum(map(len, self.known.ranges.values()))
        return missing + (missing // CHUNK + gaps + 2 * messages + 2) * HEAD

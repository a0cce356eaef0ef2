#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""tshark_test.py - tshark reads what our programs write, one message a segment, and agrees with msrp_inspect on every
field that it knows. The octets are taken from the wire by a relay of bytes in this test, so no privilege to capture is
needed. Usage: tshark_test.py SEND_FILE RECEIVE_FILE MSRP_INSPECT WRITTEN_SHAPES [unittest arguments]"""
import hashlib
import json
import re
import selectors
import socket
import struct
import subprocess
import sys
import threading
import xml.etree.ElementTree

sys.dont_write_bytecode = True
import real_peers  # noqa: E402
from real_peers import Case, port_of, rewritten  # noqa: E402

TSHARK = real_peers.need("tshark")
PORT = 2855
MIME = ("Content-ID", "Content-Description", "Content-Disposition")
# What tshark calls msrp.*: fields of a message, all compared; and those that stand for no octets of one.
FIELDS = set("""request.line response.line transaction.id method status.code hdr end.line cnt.flg from.path to.path
    messageid success.report failure.report byte.range status content.type content.id content.description
    content.disposition use.path www.authenticate authorization authentication.info data""".split())
NOT_WRITTEN = {"msg.hdr", "setup", "setup-frame", "setup-method", "status.code.invalid"}


class Tap:
    """Moves bytes between one connection and the peer, and keeps a copy of both directions."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.octets = [b"", b""]

    def run(self, peer):
        self.thread = threading.Thread(target=self.move, args=(peer,), daemon=True)
        self.thread.start()

    def move(self, peer):
        with self.listener:
            a, _ = self.listener.accept()
        b = socket.create_connection(("127.0.0.1", peer))
        with a, b, selectors.DefaultSelector() as wait:
            for at, (ours, other) in enumerate(((a, b), (b, a))):
                wait.register(ours, selectors.EVENT_READ, (at, other))
            while wait.get_map():
                for key, _ in wait.select():
                    at, other = key.data
                    try:
                        got = key.fileobj.recv(65536)
                        other.sendall(got) if got else other.shutdown(socket.SHUT_WR)
                    except OSError:
                        got = b""
                    self.octets[at] += got
                    if not got:
                        wait.unregister(key.fileobj)


def messages(octets):
    """The messages of a stream, each by its own end-line (RFC 4975, 7.1)."""
    while octets:
        tid = re.match(rb"MSRP (\S+) ", octets).group(1)
        end = re.search(rb"(^|\r\n)-------" + re.escape(tid) + rb"[$+#]\r\n", octets).end()
        yield octets[:end]
        octets = octets[end:]


def segments(directions):
    """A capture of raw IPv4 (LINKTYPE_RAW), a TCP segment for each message, both directions in turn."""
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101)
    position = [1, 1]
    ends = [(b"\x0a\0\0\x01", 40000), (b"\x0a\0\0\x02", PORT)]
    for number, (way, message) in enumerate(directions):
        (source, sport), (target, dport) = ends[way], ends[1 - way]
        tcp = struct.pack(">HHIIBBHHH", sport, dport, position[way], position[1 - way], 0x50, 0x18, 65535, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(message), number, 0, 64, 6, 0, source, target)
        packet = ip + tcp + message
        yield struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet
        position[way] += len(message)


def shown_range(r):
    return r and f"{r['start']}-{'*' if r['end'] is None else r['end']}/{'*' if r['total'] is None else r['total']}"


def shown_status(s):
    return s and f"{s['namespace']:03} {s['code']:03}" + (f" {s['comment']}" if "comment" in s else "")


class TsharkTest(Case):
    def tapped(self, sizes, *receiver):
        """What send_file and receive_file wrote for files of these sizes."""
        tap = Tap()
        files = [self.file(f"file{n}.txt", size, n) for n, size in enumerate(sizes)]
        s = self.ours("send_file", "--no-tls", "--offer", self.top / "o", "--answer", self.top / "a2", "--setup",
                      "active", "--timeout", 30, "--reconnect", 0, *files)
        self.text_of(self.top / "o")
        folder = self.top / "in"
        folder.mkdir()
        r = self.ours("receive_file", "--no-tls", "--offer", self.top / "o", "--answer", self.top / "a1", "--output",
                      folder, "--timeout", 30, "--reconnect", 0, *receiver)
        answer = self.text_of(self.top / "a1")
        tap.run(port_of(answer))
        self.put(self.top / "a2", rewritten(answer, "127.0.0.1", tap.port))
        codes = self.done(s)[0], self.done(r)[0]
        tap.thread.join(real_peers.LIMIT)
        return codes, tap.octets

    def ours_of(self, octets):
        """By msrp_inspect: for each message of a stream what it reads, by the names that tshark has for it."""
        done = subprocess.run([self.programs["msrp_inspect"]], input=octets, capture_output=True, check=True)
        *all_of_them, end = (json.loads(line) for line in done.stdout.splitlines())
        self.assertEqual(end, {"end": "ok"})
        for one in all_of_them:
            self.assertNotIn("invalid", one)
            id, flag = one["transaction_id"], one["flag"]
            line = f"MSRP {id} {one.get('method') or one['status']}"
            if "comment" in one:
                line += f" {one['comment']}"
            fields = {
                one["kind"] + ".line": line,
                "method": one.get("method"), "status.code": one.get("status"),
                "to.path": " ".join(one["to_path"]), "from.path": " ".join(one["from_path"]),
                "messageid": one.get("message_id"), "success.report": one.get("success_report"),
                "failure.report": one.get("failure_report"), "byte.range": shown_range(one.get("byte_range")),
                "status": shown_status(one.get("report_status")), "content.type": one.get("content_type"),
                "use.path": " ".join(one["use_path"]) if "use_path" in one else None,
                "cnt.flg": flag, "end.line": f"-------{id}{flag}"}
            theirs = {name: [str(value)] for name, value in fields.items() if value is not None}
            theirs["transaction.id"] = [id, id]
            for a in one.get("auth", []):
                words = ",".join(f"{name}={value}" for name, value in a["params"])
                theirs[a["header"].lower().replace("-", ".")] = [f"{a['scheme']} {words}" if a["scheme"] else words]
            others = [f"{name}: {one[key]}" for name, key in (("Expires", "expires"), ("Min-Expires", "min_expires"),
                                                               ("Max-Expires", "max_expires")) if key in one]
            if "use_nickname" in one:
                others.append("Use-Nickname: " + json.dumps(one["use_nickname"]))
            for name, value in one.get("headers", []):
                if name in MIME:
                    theirs[name.lower().replace("-", ".")] = [value]
                else:
                    others.append(f"{name}: {value}")
            if others:
                theirs["hdr"] = sorted(others)
            if one["body"]:
                theirs["data"] = [f"{one['body']['length']} {one['body']['sha256']}"]
            yield theirs

    def tshark(self, wire):
        """What tshark reads, a segment each."""
        capture = self.top / "capture.pcap"
        capture.write_bytes(b"".join(segments(wire)))
        command = [TSHARK, "-r", capture, "-o", "tcp.desegment_tcp_streams:FALSE", "-d", f"tcp.port=={PORT},msrp",
                   "-T", "pdml"]
        pdml = subprocess.run(command, capture_output=True, check=True).stdout
        for packet in xml.etree.ElementTree.fromstring(pdml).iter("packet"):
            protocols = {p.get("name"): p for p in packet.iter("proto")}
            self.assertNotIn("_ws.malformed", protocols)
            self.assertIn("msrp", protocols, xml.etree.ElementTree.tostring(packet)[:2000])
            fields = {}
            for f in protocols["msrp"].iter("field"):
                name = f.get("name").removeprefix("msrp.")
                if name == "msg.hdr" or name == f.get("name"):
                    continue  # the header as a whole; what the protocol of the body shows
                shown = f.get("show")
                if name == "data":  # up to the end of the segment: behind the body stand CRLF and the end-line
                    behind = 2 + len(fields["transaction.id"][0]) + 10
                    body = bytes.fromhex(f.get("value"))[:-behind]
                    shown = f"{len(body)} {hashlib.sha256(body).hexdigest()}"
                fields.setdefault(name, []).append(shown)
            for name in ("www.authenticate", "authorization", "authentication.info"):
                if name in fields:  # msrp_inspect shows them in parts, without quotes
                    fields[name] = [v.replace('"', "").replace(", ", ",") for v in fields[name]]
            if "hdr" in fields:
                fields["hdr"].sort()
            yield fields

    def agree(self, octets):
        """@return what was seen: names of fields, methods, statuses, flags; ranges and paths by their form."""
        wire = [(way, m) for way in (0, 1) for m in messages(octets[way])]
        self.assertTrue(all(len(m) < 65000 for _, m in wire), "one message a segment")
        ours = [fields for way in (0, 1) for fields in self.ours_of(octets[way])]
        theirs = list(self.tshark(wire))
        self.assertEqual((len(ours), len(theirs)), (len(wire), len(wire)))
        seen = set()
        for own, other, (_, message) in zip(ours, theirs, wire):
            self.assertEqual(other, own, message[:400])
            seen |= own.keys()
            seen |= {v for name in ("method", "status.code", "cnt.flg") for v in own.get(name, [])}
            seen |= {re.sub("[0-9]+", "n", v) for v in own.get("byte.range", [])}
            seen |= {f"{name} {len(own[name][0].split())}" for name in ("to.path", "from.path")}
        return seen

    def test_files_small_and_large(self):
        codes, octets = self.tapped([1, 2048, 2049, 30_000, 50_000, 60_000])
        self.assertEqual(codes, (0, 0))
        self.assertLessEqual({"SEND", "REPORT", "200", "$", "success.report", "status", "content.disposition"},
                             self.agree(octets))

    def test_refused(self):
        codes, octets = self.tapped([40_000], "--max-size", "100")
        self.assertEqual(codes, (1, 1))
        self.assertLessEqual({"SEND", "413"}, self.agree(octets))

    def test_every_shape(self):
        done = self.done(self.ours("written_shapes", self.top / "ann", self.top / "bob"))
        self.assertEqual(done, (0, "", ""))
        seen = self.agree([(self.top / name).read_bytes() for name in ("ann", "bob")])
        self.assertLessEqual({"+", "#", "$", "SEND", "REPORT", "AUTH", "NICKNAME", "200", "401", "413", "423", "n-*/n",
                              "n-*/*", "n-n/n", "n-n/*", "to.path 1", "to.path 3"}, seen)
        # Each field that tshark knows of was there.
        known = subprocess.run([TSHARK, "-G", "fields"], capture_output=True, check=True, text=True).stdout
        known = set(re.findall(r"(?m)^F\t[^\t]*\tmsrp\.(\S+)", known))
        self.assertLessEqual(FIELDS, known)
        self.assertLessEqual(FIELDS, seen)
        if known - FIELDS - NOT_WRITTEN:
            print(f"not compared, for this test knows nothing of them: {known - FIELDS - NOT_WRITTEN}", file=sys.stderr)


if __name__ == "__main__":
    real_peers.main(["send_file", "receive_file", "msrp_inspect", "written_shapes"])

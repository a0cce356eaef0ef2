# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""msrp_peer.py - a second implementation of MSRP, written plainly from RFC 4975: what the tests let
our programs talk to. One Peer is one session over one connection. It blocks, it reads one chunk at
a time, and `raw` lets a test write any octets that it should not."""
import hashlib
import os
import re
import secrets
import socket
import ssl
import subprocess
import tempfile
import time

LIMIT = 60  # seconds after which a peer that says nothing counts as hanging


# --- chunks (RFC 4975, sections 7 and 9) ---

class Chunk:
    """A request (method) or a response (status). `body` None: no body; b"": an empty one."""

    def __init__(self, tid, method="", status=0, headers=(), body=None, flag="$"):
        self.tid, self.method, self.status = tid, method, status
        self.headers, self.body, self.flag = list(headers), body, flag

    def get(self, name, default=None):
        """Names of header fields compare without case (section 9: ABNF strings)."""
        for n, value in self.headers:
            if n.lower() == name.lower():
                return value
        return default

    def octets(self):
        start = f"MSRP {self.tid} {self.method or self.status}\r\n"
        head = start + "".join(f"{n}: {value}\r\n" for n, value in self.headers)
        body = b"" if self.body is None else b"\r\n" + self.body + b"\r\n"
        return head.encode() + body + f"-------{self.tid}{self.flag}\r\n".encode()

    def __repr__(self):
        return f"<{self.method or self.status} {self.tid} {self.headers} {self.flag}>"


class Reader:
    """Cuts the octets of a stream socket into chunks."""

    def __init__(self, sock):
        self.sock, self.buffer = sock, b""

    def more(self):
        """@return whether there was more to read."""
        try:
            piece = self.sock.recv(1 << 17)
        except (ConnectionError, ssl.SSLEOFError):
            return False
        self.buffer += piece
        return piece != b""

    def line(self):
        while b"\r\n" not in self.buffer:
            if not self.more():
                return None
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode()

    def chunk(self):
        """The next chunk; None where the stream ended."""
        start = self.line()
        if start is None:
            return None
        match = re.fullmatch(r"MSRP ([A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}) (?:([A-Z]+)|(\d{3})(?: .*)?)", start)
        if not match:
            raise ValueError("no start line: " + start)
        chunk = Chunk(match[1], match[2] or "", int(match[3] or 0))
        while True:
            line = self.line()
            if line is None:
                return None
            if re.fullmatch(re.escape("-------" + chunk.tid) + r"[$#+]", line):
                chunk.flag = line[-1]
                return chunk
            if line == "":
                break
            name, value = line.split(": ", 1)
            chunk.headers.append((name, value))
        # A body ends where CRLF, the end-line and CRLF stand (section 7.1). Look only at what is new.
        end = re.compile(rb"\r\n-------" + re.escape(chunk.tid.encode()) + rb"([$#+])\r\n")
        seen = 0
        while not (found := end.search(self.buffer, seen)):
            seen = max(0, len(self.buffer) - 64)
            if not self.more():
                return None
        chunk.body, chunk.flag = self.buffer[:found.start()], found[1].decode()
        self.buffer = self.buffer[found.end():]
        return chunk


def read_range(text):
    """Byte-Range -> start, end or None for "*", total or None (section 7.1.1)."""
    start, end, total = re.fullmatch(r"(\d+)-(\d+|\*)/(\d+|\*)", text).groups()
    return int(start), None if end == "*" else int(end), None if total == "*" else int(total)


class Incoming:
    """A message that comes in chunks, in any order (section 7.3.1)."""

    def __init__(self, headers):
        self.headers, self.octets, self.have, self.size = headers, bytearray(), set(), None

    def add(self, chunk):
        """@return whether it is complete. Blocks of octets are small here, so a set will do for `have`:
        the positions where a chunk began, and its length."""
        start = read_range(chunk.get("Byte-Range", "1-*/*"))[0]
        end = start - 1 + len(chunk.body)
        if len(self.octets) < end:
            self.octets += bytes(end - len(self.octets))
        self.octets[start - 1:end] = chunk.body  # what came last wins
        self.have.add((start, end))
        if chunk.flag == "$":
            self.size = end  # whatever was claimed
        covered = 0
        for first, last in sorted(self.have):
            if first <= covered + 1:
                covered = max(covered, last)
        return self.size is not None and covered >= self.size


# --- SDP (section 8) ---

def read_sdp(text):
    """What an endpoint needs of the peer's description."""
    def find(pattern):
        found = re.search(pattern, text, re.M)
        return found[1].strip() if found else None

    path = find(r"^a=path:(.*)$")
    port = find(r"^m=message (\d+) ")
    first = re.match(r"msrps?://(?:\[([^]]*)\]|([^:/;]*)):(\d+)/", path)
    return {"path": path, "address": (first[1] or first[2], int(first[3])), "port": int(port),
            "c": (find(r"^c=IN IP[46] (\S+)"), int(port)), "tls": find(r"^m=message \d+ (\S+) ") == "TCP/TLS/MSRP",
            "setup": find(r"^a=setup:(.*)$"), "cema": re.search(r"^a=msrp-cema\s*$", text, re.M) is not None,
            "fingerprint": find(r"^a=fingerprint:sha-256 (.*)$")}


# --- TLS (section 14.4) ---

def make_certificate(folder):
    """A self-signed certificate in files. @return key file, certificate file, its fingerprint (RFC 8122)."""
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", cert, "-subj", "/CN=msrp_peer", "-days", "2"],
                   check=True, capture_output=True)
    with open(cert, encoding="ascii") as file:
        return key, cert, fingerprint(ssl.PEM_cert_to_DER_cert(file.read()))


def fingerprint(der):
    digits = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digits[i:i + 2] for i in range(0, len(digits), 2))


# --- a peer ---

class Peer:
    """One session. `accept` or `connect` gives it its connection; then `step` reads and answers one chunk."""

    def __init__(self, host="127.0.0.1", tls=False):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.door = socket.create_server((host, 0), family=family)
        self.door.settimeout(LIMIT)
        self.host, self.port = host, self.door.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        self.uri = f"msrp{'s' if tls else ''}://{shown}:{self.port}/{secrets.token_hex(12)};tcp"
        self.certificate = None
        if tls:
            self.folder = tempfile.TemporaryDirectory()
            self.certificate = make_certificate(self.folder.name)
        self.sock = self.reader = self.remote = None
        self.messages = {}  # under way, by Message-ID
        self.complete = []  # (Message-ID, header fields of its first chunk, octets)
        self.chunks = []  # every one that came
        self.responses = []  # (tid, status)
        self.reports = []  # REPORT chunks
        self.answer = lambda chunk: 200  # the status for a SEND; None: no response

    def close(self):
        for s in (self.sock, self.door):
            if s:
                s.close()
        if self.certificate:
            self.folder.cleanup()

    # Offers and answers.
    def sdp(self, setup="passive", cema=False, print_=None, version=1):
        family = "IP6" if ":" in self.host else "IP4"
        lines = ["v=0", f"o=- 77 {version} IN {family} {self.host}", "s=-", f"c=IN {family} {self.host}", "t=0 0",
                 f"m=message {self.port} TCP/{'TLS/' if self.certificate else ''}MSRP *", "a=accept-types:*",
                 f"a=path:{self.uri}"]
        lines += ["a=msrp-cema"] if cema else []
        lines += [f"a=setup:{setup}"] if setup else []
        lines += [f"a=fingerprint:sha-256 {print_ or self.certificate[2]}"] if self.certificate else []
        return "\r\n".join(lines) + "\r\n"

    # Connections.
    def use(self, sock, remote, is_server):
        sock.settimeout(LIMIT)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the fingerprint counts
            context.load_cert_chain(self.certificate[1], self.certificate[0])
            sock = context.wrap_socket(sock, server_side=is_server)
            # Python's server cannot ask for a certificate that it does not know yet.
            if not is_server and fingerprint(sock.getpeercert(True)) != remote["fingerprint"].upper():
                raise ValueError("not the certificate that was promised")
        self.sock, self.reader, self.remote = sock, Reader(sock), remote
        return self

    def accept(self, remote_sdp):
        return self.use(self.door.accept()[0], read_sdp(remote_sdp), True)

    def connect(self, remote_sdp):
        """To the first URI of the path; with CEMA on both sides to the c/m-line (RFC 6714, 4.2)."""
        remote = read_sdp(remote_sdp)
        where = remote["c"] if remote["cema"] else remote["address"]
        return self.use(socket.create_connection(where, timeout=LIMIT), remote, False)

    def raw(self, octets):
        self.sock.sendall(octets)

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def ended(self):
        """Reads on and answers. @return whether the other side ended the connection."""
        try:
            while self.step():
                pass
            return True
        except TimeoutError:
            return False

    # Requests.
    def request(self, method, headers=(), body=None, flag="$", tid=None, to=None, own=None):
        """A request to be written; MIME fields and Content-Type last (section 7.1)."""
        return Chunk(tid or secrets.token_hex(8), method, 0,
                     [("To-Path", to or self.remote["path"]), ("From-Path", own or self.uri), *headers], body, flag)

    def part(self, message_id, start, octets, end="*", total="*", flag="$", fields=(), content_type="text/plain", **more):
        """A chunk of a message that begins at octet `start`."""
        return self.request("SEND", [("Message-ID", message_id), ("Byte-Range", f"{start}-{end}/{total}"), *fields,
                                     ("Content-Type", content_type)], octets, flag, **more)

    def bind(self):
        """The first request of the active side (section 5.4); no body, so no Content-Type."""
        self.ask(self.request("SEND", [("Message-ID", secrets.token_hex(16)), ("Byte-Range", "1-0/0")]))
        return self

    def ask(self, chunk):
        """Writes a request. @return the status that comes."""
        self.raw(chunk.octets())
        return self.status_of(chunk.tid)

    def status_of(self, tid):
        self.until(lambda: tid in dict(self.responses))
        return dict(self.responses)[tid]

    def send(self, octets, size=2048, success=True, fields=(), **more):
        """A message in chunks of `size` octets, in order; with CRLF, an end-line and CRLF inside, a transaction
        id that does not stand in the chunk (section 7.1). @return its Message-ID."""
        message_id = secrets.token_hex(16)
        fields = [("Success-Report", "yes"), *fields] if success else fields
        for at in range(0, max(1, len(octets)), size):
            piece = octets[at:at + size]
            last = at + len(piece)
            while (tid := secrets.token_hex(8)).encode() in piece:
                pass
            status = self.ask(self.part(message_id, at + 1, piece, last if len(piece) <= 2048 else "*", len(octets),
                                        "$" if last == len(octets) else "+", fields, tid=tid, **more))
            if status != 200:
                raise ValueError(f"answered with {status}")
        return message_id

    # What comes.
    def step(self):
        """Reads a chunk and answers it. @return it; None where the connection ended."""
        chunk = self.reader.chunk()
        if chunk is None:
            return None
        self.chunks.append(chunk)
        if chunk.status:
            self.responses.append((chunk.tid, chunk.status))
        elif chunk.method == "REPORT":  # never answered (section 7.1.2)
            self.reports.append(chunk)
        else:
            self.take(chunk)
        return chunk

    def take(self, chunk):
        """The rules of section 7.2 and 7.3, for one session on one connection."""
        status = self.answer(chunk)
        if chunk.method != "SEND":
            status = status and 501
        elif chunk.get("To-Path") != self.uri:
            status = status and 481
        failure = chunk.get("Failure-Report", "yes").lower()
        if status and (failure == "yes" or (failure == "partial" and status != 200)):
            self.raw(self.response(chunk, status).octets())
        if status != 200 or chunk.body is None:
            return
        message_id = chunk.get("Message-ID")
        if chunk.flag == "#":
            self.messages.pop(message_id, None)
            return
        message = self.messages.setdefault(message_id, Incoming(chunk.headers))
        if message.add(chunk):
            del self.messages[message_id]
            self.complete.append((message_id, message.headers, bytes(message.octets[:message.size])))
            if chunk.get("Success-Report", "no").lower() == "yes":
                self.report(chunk, 1, message.size, message.size)

    def response(self, chunk, status, tid=None):
        """To the next hop only (section 7.2)."""
        return Chunk(tid or chunk.tid, "", status, [("To-Path", chunk.get("From-Path").split(" ")[0]),
                                                    ("From-Path", self.uri)])

    def report(self, chunk, start, end, total, status="000 200 OK", message_id=None):
        """To the whole path of the message's sender (section 7.1.2)."""
        self.raw(self.request("REPORT", [("Message-ID", message_id or chunk.get("Message-ID")),
                                         ("Byte-Range", f"{start}-{end}/{total}"), ("Status", status)],
                              to=chunk.get("From-Path")).octets())

    def until(self, condition):
        """Reads and answers until something is so."""
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end or not self.step():
                raise ConnectionError("the connection ended before what was waited for")

    def serve(self, messages):
        """Reads on until that many messages are complete. @return them."""
        self.until(lambda: len(self.complete) >= messages)
        return self.complete

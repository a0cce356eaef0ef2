#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""haproxy_test.py - HAProxy as the middlebox under CEMA: in TCP mode it only moves bytes, and TLS goes through it end
to end; where it terminates TLS, both programs notice, for the fingerprint is another (CEMA-7.7, T24).
Usage: haproxy_test.py SEND_FILE RECEIVE_FILE [unittest arguments]"""
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import real_peers  # noqa: E402
from real_peers import Case, free_port, port_of, rewritten  # noqa: E402

HAPROXY = real_peers.need("haproxy")
CONFIG = """
global
    maxconn 64
defaults
    mode tcp
    timeout connect 30s
    timeout client 30s
    timeout server 30s
listen middle
    bind {front}:{port} {bind}
    server peer {back}:{peer} {server}
"""


class HaproxyTest(Case):
    def fresh(self):
        self.top = pathlib.Path(tempfile.mkdtemp(dir=self.top))

    def haproxy(self, front, back, peer, bind="", server=""):
        port = free_port(front)
        config = self.top / "haproxy.cfg"
        config.write_text(CONFIG.format(front=front, port=port, back=back, peer=peer, bind=bind, server=server))
        self.wait_for_port(front, port, self.start([HAPROXY, "-f", config, "-db"]))
        return port

    def transfer(self, size, front="127.0.0.1", back="127.0.0.1", bind="", server="", more=()):
        """send_file to receive_file, the c- and m-lines naming HAProxy. @return what both came to."""
        free_port(back)
        source = self.file("source", size)
        brackets = f"[{back}]" if ":" in back else back
        s = self.ours("send_file", "--offer", self.top / "o1", "--answer", self.top / "a2", "--timeout", 20,
                      "--reconnect", 0, "--setup", "active", *more, source)
        offer = self.text_of(self.top / "o1")
        self.put(self.top / "o2", rewritten(offer, front, free_port(front)))
        r = self.ours("receive_file", "--offer", self.top / "o2", "--answer", self.top / "a1", "--timeout", 20,
                      "--reconnect", 0, "--listen", f"{brackets}:0", "--output", self.top / "received", *more)
        answer = self.text_of(self.top / "a1")
        port = self.haproxy(front, back, port_of(answer), bind, server)
        self.put(self.top / "a2", rewritten(answer, front, port))
        return source, self.done(s), self.done(r)

    def arrives(self, source, sent, received):
        self.assertEqual(sent[0], 0, sent)
        self.assertEqual(received[0], 0, received)
        self.assertEqual((self.top / "received").read_bytes(), source.read_bytes())
        self.assertIn("CEMA on", sent[1])
        self.assertIn("connect to the c/m-line", sent[1])

    def test_bytes_are_moved(self):
        source, sent, received = self.transfer(5_000_000)
        self.arrives(source, sent, received)
        for said in (sent[1], received[1]):
            self.assertIn("fingerprint: matches", said)

    def test_without_tls(self):
        self.arrives(*self.transfer(300_000, more=["--no-tls"]))

    def test_ipv6_in_front(self):
        self.arrives(*self.transfer(300_000, front="::1"))

    def test_ipv6_behind(self):
        self.arrives(*self.transfer(300_000, back="::1"))

    def own_certificate(self):
        """HAProxy's own. @return what a bind and a server line say to terminate TLS with it, towards both sides."""
        pem = self.top / "own.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=middle", "-days",
                        "2", "-keyout", self.top / "key", "-out", self.top / "cert"], check=True, capture_output=True)
        pem.write_bytes((self.top / "cert").read_bytes() + (self.top / "key").read_bytes())
        return f"ssl crt {pem}", f"ssl verify none crt {pem}"

    def test_tls_is_terminated(self):
        bind, server = self.own_certificate()
        _, sent, received = self.transfer(100_000, bind=bind, server=server)
        for name, (code, out, err) in (("send_file", sent), ("receive_file", received)):
            self.assertEqual(code, 1, (name, out, err))
            self.assertEqual(len(err.splitlines()), 1, err)
        # Who connected sees HAProxy's certificate, and ends it before an octet of the file went out.
        self.assertIn("does not match", sent[2])
        self.assertEqual(list(self.top.glob("received*")), [])

    def intrude(self, program, tls):
        """Somebody in front of HAProxy, who takes any certificate, begins the session with `program`, which accepts
        connections. @return what he gets to see, what the program came to."""
        more = [] if tls else ["--no-tls"]
        bind, server = self.own_certificate() if tls else ("", "")
        sender = program == "send_file"
        setup = ("passive", "active") if sender else ("active", "passive")
        s = self.ours("send_file", "--offer", self.top / "o1", "--answer", self.top / "a2", "--timeout", 20,
                      "--reconnect", 0, "--setup", setup[0], *more, self.file("source", 100_000))
        offer = self.text_of(self.top / "o1")
        self.put(self.top / "o2", rewritten(offer, "127.0.0.1", free_port()) if sender else offer)
        r = self.ours("receive_file", "--offer", self.top / "o2", "--answer", self.top / "a1", "--timeout", 20,
                      "--reconnect", 0, "--setup", setup[1], "--output", self.top / "received", *more)
        answer = self.text_of(self.top / "a1")
        port = self.haproxy("127.0.0.1", "127.0.0.1", port_of(offer if sender else answer), bind, server)
        if sender:
            self.put(self.top / "a2", answer)
        sides = (offer, answer) if sender else (answer, offer)
        to, own = (re.search(r"(?m)^a=path:(\S+)", side).group(1) for side in sides)
        body = "" if sender else "Content-Type: text/plain\r\n\r\nstolen\r\n"
        size = 0 if sender else 6
        request = (f"MSRP intrude1 SEND\r\nTo-Path: {to}\r\nFrom-Path: {own}\r\nMessage-ID: intrude2\r\n"
                   f"Byte-Range: 1-{size}/{size}\r\n{body}-------intrude1$\r\n")
        seen = b""
        with socket.create_connection(("127.0.0.1", port), real_peers.LIMIT) as plain:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with context.wrap_socket(plain) if tls else plain as connection:  # HAProxy takes him in any case
                try:
                    connection.sendall(request.encode())
                    while got := connection.recv(65536):
                        seen += got
                        if not tls and (len(seen) > 100_000 or not sender):
                            break
                except OSError:
                    pass
        return seen, self.done(s if sender else r)

    def test_tls_is_terminated_before_who_accepts(self):
        for program in ("send_file", "receive_file"):
            with self.subTest(program):
                self.fresh()
                seen, (code, out, err) = self.intrude(program, tls=True)
                self.assertEqual((seen, code, len(err.splitlines())), (b"", 1, 1), (out, err))
                self.assertIn("does not match", err)
                self.assertEqual(list(self.top.glob("received*")), [])

    def test_the_same_without_tls(self):
        """So that it is the certificate by which the intruder fails, and nothing else."""
        for program, wanted in (("send_file", b" SEND\r\n"), ("receive_file", b"MSRP intrude1 ")):
            with self.subTest(program):
                self.fresh()
                self.assertIn(wanted, self.intrude(program, tls=False)[0])


if __name__ == "__main__":
    real_peers.need("openssl")
    real_peers.main(["send_file", "receive_file"])

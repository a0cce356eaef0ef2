#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# msrp_inspect_test.py - holds msrp_inspect against an oracle written from the RFCs, not from the C++.
#
# msrp_inspect_test.py PROGRAM [--count N] [--seed N] [--jobs N] [--keep DIR]
#
# The oracle reads a whole stream octet by octet. A URI is checked by a nondeterministic automaton of
# the ABNF, so an error stands at the first octet behind which nothing valid can follow. Offsets,
# keys and values are compared; messages of errors are not. Exit status 1 on any difference.
import argparse
import concurrent.futures
import hashlib
import ipaddress
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

MAX = 2**64 - 1


# --- automata: RFC 4975, section 9 and RFC 3986, appendix A -----------------------------------------

class Nfa:
    """A nondeterministic automaton, built from fragments (first, last)."""

    def __init__(self):
        self.moves, self.empty, self.memo = [], [], {}

    def state(self):
        self.moves.append([])
        self.empty.append([])
        return len(self.moves) - 1

    def chars(self, octets):
        a, b = self.state(), self.state()
        self.moves[a].append((frozenset(octets), b))
        return a, b

    def text(self, text):  # ABNF strings have no case
        return self.seq(*[self.chars({ord(c.lower()), ord(c.upper())}) for c in text])

    def seq(self, *parts):
        for one, two in zip(parts, parts[1:]):
            self.empty[one[1]].append(two[0])
        return parts[0][0], parts[-1][1]

    def alt(self, *parts):
        a, b = self.state(), self.state()
        for p in parts:
            self.empty[a].append(p[0])
            self.empty[p[1]].append(b)
        return a, b

    def opt(self, part):
        part = self.alt(part)
        self.empty[part[0]].append(part[1])
        return part

    def many(self, part):  # one or more
        part = self.alt(part)
        self.empty[part[1]].append(part[0])
        return part

    def star(self, part):
        return self.opt(self.many(part))

    def times(self, make, least, most):
        parts = [make() for _ in range(least)] + [self.opt(make()) for _ in range(most - least)]
        return self.seq(*parts) if parts else self.opt(self.chars(()))

    def close(self, states):
        todo, seen = list(states), set(states)
        while todo:
            for s in self.empty[todo.pop()]:
                if s not in seen:
                    seen.add(s)
                    todo.append(s)
        return frozenset(seen)

    def start(self, part):
        return self.close([part[0]])

    def step(self, states, octet):
        key = states, octet
        if key not in self.memo:
            self.memo[key] = self.close({to for s in states for on, to in self.moves[s] if octet in on})
        return self.memo[key]

    def without(self, part, other):
        """What `part` takes and `other` does not; every prefix of `part` must go on to such a text."""
        known, todo = {}, []

        def node(p, o):
            if (p, o) not in known:
                known[p, o] = self.state()
                todo.append((p, o))
            return known[p, o]

        first, last = node(self.start(part), self.start(other)), self.state()
        while todo:
            p, o = todo.pop()
            here = known[p, o]
            if part[1] in p and other[1] not in o:
                self.empty[here].append(last)
            groups = {}
            for c in range(128):
                q = self.step(p, c)
                if q:
                    groups.setdefault((q, self.step(o, c)), set()).add(c)
            for (q, r), on in groups.items():
                self.moves[here].append((frozenset(on), node(q, r)))
        return first, last


DIGIT = set(b"0123456789")
ALPHA = set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
ALNUM = ALPHA | DIGIT
HEX = DIGIT | set(b"abcdefABCDEF")
UNRESERVED = ALNUM | set(b"-._~")
SUB = set(b"!$&'()*+,;=")
TOKEN = {0x21, *range(0x23, 0x28), 0x2A, 0x2B, 0x2D, 0x2E, *range(0x30, 0x3A), *range(0x41, 0x5B),
         *range(0x5E, 0x7F)}
IDENT = ALNUM | set(b".-+%=")
SESSION = UNRESERVED | set(b"+=/")


def uri_automaton(port_rules=True, bare_ipv6=False):
    """MSRP-URI without an empty host and, with `port_rules`, without: a numeric address without port,
    a port above 65535. Where there is no session-id, the first ";" ends the host (the ABNF alone
    would leave it open). With `bare_ipv6`, an IPv6 address before a port may be without brackets."""
    n = Nfa()
    c, t, seq, alt, opt = n.chars, n.text, n.seq, n.alt, n.opt

    def pct():
        return seq(c(b"%"), c(HEX), c(HEX))

    def dec():
        return alt(c(DIGIT), seq(c(b"123456789"), c(DIGIT)), seq(c(b"1"), c(DIGIT), c(DIGIT)),
                   seq(c(b"2"), c(b"01234"), c(DIGIT)), seq(c(b"2"), c(b"5"), c(b"012345")))

    def ipv4():
        return seq(dec(), c(b"."), dec(), c(b"."), dec(), c(b"."), dec())

    def h16():
        return n.times(lambda: c(HEX), 1, 4)

    def ls32():
        return alt(seq(h16(), c(b":"), h16()), ipv4())

    def groups(count):
        return n.times(lambda: seq(h16(), c(b":")), count, count)

    def left(most):  # [ *most( h16 ":" ) h16 ] "::"
        return seq(opt(seq(n.times(lambda: seq(h16(), c(b":")), 0, most), h16())), t("::"))

    def ipv6():
        return alt(seq(groups(6), ls32()), seq(t("::"), groups(5), ls32()), seq(left(0), groups(4), ls32()),
                   seq(left(1), groups(3), ls32()), seq(left(2), groups(2), ls32()),
                   seq(left(3), groups(1), ls32()), seq(left(4), ls32()), seq(left(5), h16()), left(6))

    def future():
        return seq(t("v"), n.many(c(HEX)), c(b"."), n.many(c(UNRESERVED | SUB | {ord(":")})))

    def name(extra):
        some = n.many(alt(c((UNRESERVED | SUB) - {ord(";")} | extra), pct()))
        return n.without(some, ipv4())

    def number():  # 0 to 65535, leading zeros allowed, never empty
        small = alt(c(DIGIT), *[seq(c(b"123456789"), n.times(lambda: c(DIGIT), k, k)) for k in (1, 2, 3)],
                    seq(c(b"12345"), n.times(lambda: c(DIGIT), 4, 4)),
                    seq(c(b"6"), c(b"01234"), n.times(lambda: c(DIGIT), 3, 3)),
                    seq(t("65"), c(b"01234"), c(DIGIT), c(DIGIT)), seq(t("655"), c(b"012"), c(DIGIT)),
                    seq(t("6553"), c(b"012345")))
        return seq(n.star(c(b"0")), small)

    def port():
        return seq(c(b":"), number())

    def host(extra):
        literal = seq(c(b"["), alt(ipv6(), future()), c(b"]"))
        if not port_rules:
            some = n.many(alt(c((UNRESERVED | SUB) - {ord(";")} | extra), pct()))
            return seq(alt(literal, some), opt(seq(c(b":"), n.star(c(DIGIT)))))
        return alt(seq(alt(ipv4(), literal), port()), seq(name(extra), opt(seq(c(b":"), opt(number())))))

    def hosts(extra):
        if not bare_ipv6:
            return host(extra)
        return alt(host(extra), seq(ipv6(), c(b":"), number() if port_rules else n.many(c(DIGIT))))

    def token():
        return n.many(c(TOKEN))

    def tail():
        return seq(c(b";"), n.many(c(ALNUM)), n.star(seq(c(b";"), token(), opt(seq(c(b"="), token())))))

    userinfo = opt(seq(n.star(alt(c(UNRESERVED | SUB | {ord(":")}), pct())), c(b"@")))
    short = seq(hosts(set()), tail())
    full = seq(hosts({ord(";")}), c(b"/"), n.many(c(SESSION)), tail())
    whole = seq(t("msrp"), opt(t("s")), t("://"), userinfo, alt(short, full))
    return n, n.start(whole), whole[1]


BARE = "ipv6_without_brackets"
AUTOMATA = {bare: uri_automaton(bare_ipv6=bare) for bare in (False, True)}  # without that leniency, with it
GRAMMARS = {bare: uri_automaton(port_rules=False, bare_ipv6=bare) for bare in (False, True)}


def uri_ok(text, lenient=()):
    nfa, states, last = AUTOMATA[BARE in lenient]
    for octet in text:
        states = nfa.step(states, octet)
    return last in states


def late_offsets(stream, first, lenient):
    """Where the toolkit may see that the URI at `first` is wrong, though nothing valid could follow
    earlier: it looks at ports after the grammar, and at an IPv6 address once that has ended."""
    (grammar, states, last), at = GRAMMARS[BARE in lenient], first
    while at < len(stream) and grammar.step(states, stream[at]):
        states = grammar.step(states, stream[at])
        at += 1
    late = [] if last in states and stream[at:at + 1] in (b"\r", b" ") else [at]
    m = re.match(rb"(?i)msrps?://(?:[^@/\r ]*@)?(\[[0-9a-f:.]*)", stream[first:first + 8192])
    if m:
        late.append(first + m.end())
    m = BARE in lenient and re.match(rb"(?i)msrps?://(?:[^@/]*@)?([0-9a-f:.]*:[0-9a-f:.]*)(:(\d+))(?=[/;])",
                                     stream[first:at + 1])
    m = m or re.match(rb"(?i)msrps?://(?:[^@/]*@)?(\[[^\]]*\]|[^:/;]*)(:(\d*))?", stream[first:at])
    if m:
        digits = m.group(3) or b""
        large = [n for n in range(1, len(digits) + 1) if int(digits[:n]) > 65535]
        if large:
            late.append(first + m.start(3) + large[0] - 1)
        elif not digits:
            late.append(first + m.end())
    return late


def split_uri(text):
    """(scheme, userinfo with @, host, :port, /session-id, transport, parameters) of a valid URI."""
    scheme, rest = text.split("://", 1)
    userinfo = ""
    if "@" in rest:
        userinfo, rest = rest.split("@", 1)
        userinfo += "@"
    session = ""
    slash = rest.find("/")
    if slash >= 0:
        authority, rest = rest[:slash], rest[slash:]
        session, params = rest.split(";", 1)
    else:
        authority, params = rest.split(";", 1)
    end = authority.find("]") + 1 if authority.startswith("[") else authority.rfind(":")
    end = len(authority) if end < 0 else end
    transport, _, more = params.partition(";")
    return (scheme, userinfo, authority[:end], authority[end:], session, transport,
            ";" + more if ";" in params else "")


def rfc5952(text):
    address = ipaddress.IPv6Address(text)
    if int(address) >> 32 == 0xFFFF:  # section 5: IPv4-mapped in mixed notation
        return "::ffff:" + str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return str(address)


def normal_host(host):
    if ":" in host and host[1:2] not in "vV":
        return "[" + rfc5952(host.strip("[]")) + "]"

    def decode(m):
        octet = int(m.group(1), 16)
        return chr(octet) if octet in UNRESERVED else m.group(0).lower()

    # Lower case first: percent-encodings that stay are in upper case (RFC 3986, 6.2.2.1).
    return re.sub("%([0-9A-Fa-f]{2})", lambda m: decode(m).lower() if len(decode(m)) == 1 else decode(m),
                  re.sub("(%[0-9A-Fa-f]{2})|([A-Z])", lambda m: m.group(1) or m.group(2).lower(), host))


def normal_uri(text):
    scheme, userinfo, host, port, session, transport, params = split_uri(text)
    return "%s://%s%s%s%s;%s%s" % (scheme.lower(), userinfo, normal_host(host), port, session,
                                   transport.lower(), params)


def same_uri(a, b):
    a, b = split_uri(a), split_uri(b)

    def address(host):
        host = normal_host(host)
        try:
            return ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return host

    def port(text):
        return int(text[1:]) if text[1:] else None

    return (a[0].lower() == b[0].lower() and address(a[2]) == address(b[2]) and port(a[3]) == port(b[3])
            and a[4] == b[4] and a[5].lower() == b[5].lower())


# --- values of header fields ------------------------------------------------------------------------

TOK = rb"[!#-'*+\-.0-9A-Z^-~]+"
QS = rb'"(?:[ \t!#-\[\]-~\x80-\xff]|\\\\|\\")*"'
ID = rb"[0-9A-Za-z][0-9A-Za-z.\-+%=]{3,31}"
ATOM = rb"[!#-'*+\-/-9=?A-Z^-~]+"
WORD = rb'(?:' + ATOM + rb'|"(?:[^"\\\r]|\\.)*")'
DOMAIN = rb"(?:" + ATOM + rb"|\[(?:[^\[\]\\\r]|\\.)*\])"


def full(pattern, text):
    return re.fullmatch(pattern, text, re.S)


def unquote(text):
    if text.startswith(b'"'):
        return re.sub(rb'\\(["\\])', rb"\1", text[1:-1])
    return text


def number(text):
    if not full(rb"[0-9]+", text) or int(text) > MAX:
        return None
    return int(text)


def byte_range(text):
    m = full(rb"([0-9]+)-([0-9]+|\*)/([0-9]+|\*)", text)
    if not m:
        return None
    start, end, total = [None if g == b"*" else int(g) for g in m.groups()]
    if max(start, end or 0, total or 0) > MAX or start == 0:
        return None
    # Senseless: the end before the octet before the start, anything behind the total.
    if end is not None and end < start - 1:
        return None
    if total is not None and max(start - 1, end or 0) > total:
        return None
    return start, end, total


def path(text, lenient):
    uris = re.split(b" +" if "several_blanks" in lenient else b" ", text)
    if len(uris) > 64 or not all(uri_ok(u, lenient) for u in uris):
        return None
    return [u.decode() for u in uris]


RULES = {"realm": QS, "nonce": QS, "opaque": QS, "username": QS, "cnonce": QS, "nextnonce": QS,
         "stale": rb"(?i:true|false)", "algorithm": TOK, "nc": rb"[0-9a-f]{8}",
         "response": rb'"[0-9a-f]{32}"', "rspauth": rb'"[0-9a-f]*"', "uri": QS}
ALLOWED = {"WWW-Authenticate": ["realm", "nonce", "opaque", "stale", "algorithm", "qop"],
           "Authorization": ["username", "realm", "nonce", "response", "algorithm", "cnonce", "opaque", "qop",
                             "nc", "uri"],
           "Authentication-Info": ["nextnonce", "qop", "rspauth", "cnonce", "nc"]}


def digest(header, text, lenient):
    """(scheme, [(name, value)]) or None: RFC 4976, 7, with errata 1277 and 1278."""
    scheme = None
    if header != "Authentication-Info":
        if text[:7].lower() != b"digest ":
            return None
        scheme, text = text[:6].decode(), text[7:]
    params, names = [], set()
    while True:
        m = re.match(rb"(" + TOK + rb")=(" + QS + rb"|" + TOK + rb")", text)
        if not m:
            return None
        name, value = m.group(1).decode().lower(), m.group(2)
        if name in ALLOWED[header]:
            rule = RULES.get(name, TOK)
            if name == "qop" and header == "WWW-Authenticate":
                rule = rb'"' + TOK + rb"(?:," + TOK + rb')*"'
            if name == "response" and "sha256_response" in lenient:
                rule = rb'"(?:[0-9a-f]{32}|[0-9a-f]{64})"'
            if not full(rule, value):
                return None
        elif header == "Authentication-Info":
            return None
        if name in names:
            return None
        names.add(name)
        params.append((m.group(1), unquote(value)))
        text = text[m.end():]
        if not text:
            return scheme, params
        blanks = b" " if header != "Authentication-Info" else \
            b" *" if "blanks_in_authentication_info" in lenient else b""
        m = re.match(b"," + blanks, text)
        if not m:
            return None
        text = text[m.end():]


def media_type(text, lenient):
    blank = rb"[ \t]*" if "blanks_in_media_type" in lenient else b""
    return full(TOK + b"/" + TOK + b"(?:" + blank + b";" + blank + TOK + b"(?:" + blank + b"=" + blank +
                b"(?:" + TOK + b"|" + QS + b"))?)*", text)


MIME_TOK = rb"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+"  # RFC 2045: no tspecials, no SPACE, no CTLs
MIME_QS = rb'"(?:[^"\\\r]|\\[\x00-\x7f])*"'


def disposition(text):
    blank = rb"[ \t]*"
    if not full(MIME_TOK + b"(?:" + blank + b";" + blank + MIME_TOK + blank + b"=" + blank + b"(?:" +
                MIME_TOK + b"|" + MIME_QS + b"))*" + blank, text):
        return False
    for name, value in re.findall(b";" + blank + b"(" + MIME_TOK + b")" + blank + b"=" + blank + b"(" + MIME_TOK +
                                  b"|" + MIME_QS + b")", text):
        if name.lower() == b"size" and not full(b"[0-9]+", value):
            return False
        if name.lower() in (b"creation-date", b"modification-date", b"read-date") and value[:1] != b'"':
            return False
    return True


def content_id(text):
    return full(rb"<" + WORD + rb"(?:\." + WORD + rb")*@" + DOMAIN + rb"(?:\." + DOMAIN + rb")*>[ \t]*", text)


KNOWN = ["To-Path", "From-Path", "Message-ID", "Success-Report", "Failure-Report", "Byte-Range", "Status",
         "Use-Path", "WWW-Authenticate", "Authorization", "Authentication-Info", "Expires", "Min-Expires",
         "Max-Expires", "Use-Nickname", "Content-Type", "Content-ID", "Content-Description",
         "Content-Disposition"]
CANON = {name.lower(): name for name in KNOWN}


# --- the stream -------------------------------------------------------------------------------------

class Stop(Exception):
    pass


class Broken(Exception):
    def __init__(self, offset, codes, field=None, also=()):
        super().__init__(offset)
        self.offset, self.codes, self.field, self.also = offset, codes.split(), field, also


class Oracle:
    def __init__(self, stream, lenient=()):
        self.s, self.at, self.lenient = stream, 0, set(lenient)
        self.chunks = []  # (object, body or None, flag, message id, range) of each complete message

    def peek(self):
        if self.at >= len(self.s):
            raise Stop
        return self.s[self.at]

    def fail(self, codes, field=None):
        raise Broken(self.at, codes, field)

    def want(self, text, codes, fold=False, field=None):
        for c in text:
            got = self.peek()
            if got != c and not (fold and bytes([got]).lower() == bytes([c]).lower()):
                self.fail(codes, field)
            self.at += 1

    def line_end(self, codes, field=None):
        self.want(b"\r", codes, field=field)
        self.want(b"\n", "bad_line_end", field=field)

    def utf8text(self):
        """Up to the CR that ends it; an octet that cannot stand there is an error."""
        first = self.at
        loose = "loose_utf8" in self.lenient
        while True:
            c = self.peek()
            if c == 13:
                return self.s[first:self.at]
            if c == 9 or 0x20 <= c < 0x7F:
                self.at += 1
                continue
            if loose:
                tail = (1 if 0xC0 <= c <= 0xDF else 2 if 0xE0 <= c <= 0xEF else 3 if 0xF0 <= c <= 0xF7 else
                        4 if 0xF8 <= c <= 0xFB else 5 if 0xFC <= c <= 0xFD else 0)
            else:
                tail = 1 if 0xC2 <= c <= 0xDF else 2 if 0xE0 <= c <= 0xEF else 3 if 0xF0 <= c <= 0xF4 else 0
            low = 0x80 if loose else {0xE0: 0xA0, 0xF0: 0x90}.get(c, 0x80)
            high = 0xBF if loose else {0xED: 0x9F, 0xF4: 0x8F}.get(c, 0xBF)
            if tail == 0:
                self.fail("bad_utf8 bad_header_line bad_start_line bad_line_end")
            self.at += 1
            for _ in range(tail):
                if not low <= self.peek() <= high:
                    self.fail("bad_utf8")
                self.at += 1
                low, high = 0x80, 0xBF

    def run(self):
        try:
            while True:
                if "stray_crlf" in self.lenient:
                    while self.at < len(self.s) and self.s[self.at] == 13:
                        self.at += 1
                        self.want(b"\n", "bad_line_end bad_start_line")
                if self.at == len(self.s):
                    return {"end": "ok"}, 0
                self.message()
        except Stop:
            return {"end": "incomplete"}, 2
        except Broken as b:
            return {"end": "error", "code": b.codes, "offset": b.offset, "field": b.field,
                    "also": b.also}, 1

    def message(self):
        o = {"kind": "request"}
        self.want(b"MSRP ", "bad_start_line")
        first = self.at
        while self.peek() in IDENT and self.at - first < 32 and (self.at > first or self.peek() in ALNUM):
            self.at += 1
        if self.at - first < 4 or self.peek() != 32:
            self.fail("bad_transaction_id")
        tid = self.s[first:self.at]
        o["transaction_id"] = tid.decode()
        self.at += 1
        first = self.at
        request = self.peek() not in DIGIT
        if request:
            while 65 <= self.peek() <= 90:
                self.at += 1
            if self.at == first:
                self.fail("bad_start_line")
            o["method"] = self.s[first:self.at].decode()
        else:
            o["kind"] = "response"
            for _ in range(3):
                if self.peek() not in DIGIT:
                    self.fail("bad_start_line")
                self.at += 1
            o["status"] = int(self.s[first:self.at])
            if self.peek() == 32:
                self.at += 1
                o["comment"] = self.utf8text()
        self.line_end("bad_start_line bad_line_end")
        o["to_path"] = self.path_line(b"To-Path:", "expected_to_path")
        o["from_path"] = self.path_line(b"From-Path:", "expected_from_path")
        for key in "to_path", "from_path":
            o[key + "_norm"] = [normal_uri(u) for u in o[key]]
        fields, body, last = [], None, None
        while True:
            c = self.peek()
            if c == 45:
                flag = self.end_line(tid)
                break
            if c == 13:
                skip = not request and "body_in_response" in self.lenient
                if not skip and not (request and last == "Content-Type"):
                    self.fail("body_without_content_type" if request else "body_in_response")
                self.line_end("")
                body, flag = self.body(tid, request and o["method"] == "SEND")
                if skip:
                    body = None
                break
            last = self.header_line(fields)
        o["flag"] = chr(flag)
        self.values(o, fields, request, body)
        self.chunks.append((o, body))

    def path_line(self, name, code):
        self.want(name, code + " bad_header_line", fold=True)
        uris = []
        field = name[:-1].decode()
        while True:
            self.want(b" ", "bad_header_line bad_path", field=field)
            if "several_blanks" in self.lenient:
                while self.peek() == 32:
                    self.at += 1
            (nfa, states, last), first = AUTOMATA[BARE in self.lenient], self.at
            while True:
                c = self.peek()
                if last in states and c in (13, 32):
                    break
                states = nfa.step(states, c)
                if not states:
                    raise Broken(self.at, "bad_uri bad_path ip_without_port bad_port bad_header_line bad_line_end "
                                 "bad_utf8", field, late_offsets(self.s, first, self.lenient))
                self.at += 1
            uris.append(self.s[first:self.at].decode())
            if self.peek() == 13:
                self.line_end("", field)
                return uris

    def header_line(self, fields):
        first = self.at
        if self.peek() not in ALPHA:
            self.fail("bad_header_line bad_line_end body_without_content_type body_in_response")
        while self.peek() in TOKEN:
            self.at += 1
        name = self.s[first:self.at].decode()
        self.want(b": ", "bad_header_line")
        if "several_blanks" in self.lenient:
            while self.peek() == 32:
                self.at += 1
        value = self.utf8text()
        self.line_end("")
        fields.append((CANON.get(name.lower()), name, value))
        return fields[-1][0]

    def end_line(self, tid):
        self.want(b"-------" + tid, "bad_end_line")
        if self.peek() not in b"+$#":
            self.fail("bad_end_line")
        self.at += 1
        self.line_end("bad_end_line bad_line_end")
        return self.s[self.at - 3]

    def body(self, tid, send):
        first = self.at
        mark = b"-------" + tid
        if "empty_body_without_crlf" in self.lenient:
            m = re.compile(re.escape(mark) + rb"([+$#])\r\n").match(self.s, first)
            if m:
                self.at = m.end()
                return b"", self.s[m.start(1)]
        m = re.compile(b"\r\n" + re.escape(mark) + rb"([+$#])\r\n").search(self.s, first)
        bare = len(self.s)  # the first flag of an end-line without CRLF before it (erratum 4177)
        if "fail_at_end_line_without_crlf" in self.lenient:
            for n in re.compile(b"(?=" + re.escape(mark) + rb"[+$#])").finditer(self.s, first + 1):
                if self.s[max(first, n.start() - 2):n.start()] != b"\r\n":
                    bare = n.start() + len(mark)
                    break
        if bare < (m.start() if m else len(self.s)) and (send or bare - first < 10240):
            self.at = bare
            self.fail("end_line_in_body")
        if not send and (not m or m.start() - first > 10240):
            # Beyond the limit only the rest of an end-line that began in time can stand.
            alive = b"\r\n" + mark
            for stop in range(first + 10241, len(self.s) + 1):
                if not any(alive.startswith(self.s[k:stop]) or
                           re.fullmatch(re.escape(alive) + rb"[+$#]\r?", self.s[k:stop])
                           for k in range(max(first, stop - 46), first + 10241)):
                    self.at = stop - 1
                    self.fail("body_too_long")
            raise Stop
        if not m:
            raise Stop
        self.at = m.end()
        return self.s[first:m.start()], self.s[m.start(1)]

    def values(self, o, fields, request, body):
        invalid, others, auth, raw = [], [], [], {}
        for canon, name, value in fields:
            if canon:
                raw.setdefault(canon, []).append(value)
        for canon in ("To-Path", "From-Path"):
            if canon in raw:  # the first one stands in its place: a repetition
                invalid.append(canon)
        once = {}
        for canon, all_values in raw.items():
            if canon in ("To-Path", "From-Path"):
                for suffix in ("", "_norm"):
                    del o[canon.lower().replace("-", "_") + suffix]
            elif len(all_values) > 1 and canon != "WWW-Authenticate":
                invalid.append(canon)
            elif canon.startswith("Content-") and body is None:
                invalid.append(canon)  # FRM-7.1-3
            elif request and o["method"] in ("REPORT", "NICKNAME") and canon in ("Success-Report", "Failure-Report"):
                invalid.append(canon)  # RPT-7.1.2-1, CHAT-7.1-1
            else:
                once[canon] = all_values[0]
        demanded = {"SEND": ["Message-ID"], "REPORT": ["Message-ID", "Status"], "NICKNAME": ["Use-Nickname"]}
        invalid += [f for f in demanded.get(o["method"] if request else None, ()) if f not in raw]

        def put(canon, key, value):
            if value is None:
                invalid.append(canon)
            else:
                o[key] = value

        for canon, v in once.items():
            if canon == "Message-ID":
                put(canon, "message_id", v if full(ID, v) else None)
            elif canon == "Byte-Range":
                r = byte_range(v)
                put(canon, "byte_range", r and {"start": r[0], "end": r[1], "total": r[2]})
            elif canon in ("Success-Report", "Failure-Report"):
                words = [b"yes", b"no"] + [b"partial"] * (canon[0] == "F")
                put(canon, canon.lower().replace("-", "_"), v.lower() if v.lower() in words else None)
            elif canon == "Status":
                m = full(rb"([0-9]{3}) ([0-9]{3})(?: (.*))?", v)
                put(canon, "report_status",
                    m and {"namespace": int(m[1]), "code": int(m[2]), "comment": m[3]})
            elif canon.endswith("Expires"):
                put(canon, canon.lower().replace("-", "_"), number(v))
            elif canon == "Use-Path":
                put(canon, "use_path", path(v, self.lenient))
            elif canon == "Use-Nickname":
                text = unquote(v) if full(QS, v) else None
                put(canon, "use_nickname", text if text is not None and len(text) <= 1023 else None)
            elif canon == "Content-Type":
                put(canon, "content_type", v if media_type(v, self.lenient) else None)
            elif canon == "Content-ID" and not content_id(v) or canon == "Content-Disposition" and not disposition(v):
                invalid.append(canon)
        for canon, name, value in fields:
            if canon in ALLOWED:
                read = digest(canon, value, self.lenient)
                if len(raw[canon]) > 1 and canon != "WWW-Authenticate":
                    continue
                if read is None:
                    invalid.append(canon)
                else:
                    auth.append({"header": canon, "scheme": read[0], "params": [list(p) for p in read[1]]})
            elif canon is None or canon.startswith("Content-") and canon != "Content-Type":
                others.append([name, value])
        if auth:
            o["auth"] = auth
        if others:
            o["headers"] = others
        if invalid:
            o["invalid"] = sorted(set(invalid))
        self.range = once.get("Byte-Range")
        o["assemble"] = (request and o["method"] == "SEND", raw.get("Byte-Range") is not None)
        if body is not None:
            o["body"] = {"length": len(body), "sha256": hashlib.sha256(body).hexdigest()}


def as_json(value):
    """Octets as the issue wants them; nulls go, since null and an absent key are the same."""
    lossy = False

    def convert(v):
        nonlocal lossy
        if isinstance(v, bytes):
            try:
                return v.decode()
            except UnicodeDecodeError:
                lossy = True
                return v.decode("latin-1")
        if isinstance(v, dict):
            return {k: convert(x) for k, x in v.items() if x is not None}
        if isinstance(v, list):
            return [convert(x) for x in v]
        return v

    out = convert(value)
    if lossy:
        out["lossy"] = True
    return out


def without_null(v):
    if isinstance(v, dict):
        return {k: without_null(x) for k, x in v.items() if x is not None}
    return [without_null(x) for x in v] if isinstance(v, list) else v


def expected_chunks(oracle):
    out = []
    for o, _ in oracle.chunks:
        out.append(as_json({k: v for k, v in o.items() if k != "assemble"}))
    return out


def expected_messages(oracle):
    """What --assemble prints of complete chunks, while nothing passes the memory bound."""
    out, open_ = [], {}

    def say(name, how):
        m = open_.pop(name)
        octets = m["octets"]
        front = bytearray()
        while len(front) + 1 in octets:
            front.append(octets[len(front) + 1])
        text = bytes(front)
        out.append({"message_id": name, "complete": how, "length": len(text),
                    "sha256": hashlib.sha256(text).hexdigest()})

    for o, body in oracle.chunks:
        is_send, has_range = o["assemble"]
        if not is_send or "message_id" not in o:
            continue
        name = o["message_id"].decode()
        m = open_.setdefault(name, {"octets": {}, "total": None, "bad": False})
        body = body or b""
        start = 1
        if has_range:
            start = o.get("byte_range", {}).get("start")
        if start is None:
            m["bad"] = True
        elif start == 1 and o["flag"] == "$":
            # RFC 4975, 7.3.1: this request held the entire message, whatever came before.
            m["octets"], m["total"], m["bad"] = dict(enumerate(body, 1)), len(body), False
        elif not m["bad"]:
            last = start - 1 + len(body)
            if last > MAX or m["total"] is not None and body and last > m["total"]:
                m["bad"] = True  # what stands before the end was taken
                end = MAX if m["total"] is None else m["total"]
                m["octets"].update((k, c) for k, c in enumerate(body, start) if k <= end)
            else:
                m["octets"].update(enumerate(body, start))
                if o["flag"] == "$":
                    if m["total"] not in (None, last) or any(k > last for k in m["octets"]):
                        m["bad"] = True
                    m["total"] = last
        if o["flag"] == "#":
            say(name, "aborted")
        elif not m["bad"] and m["total"] is not None and len(m["octets"]) == m["total"]:
            say(name, "yes")
    for name in list(open_):
        say(name, "no")
    return out


# --- streams ----------------------------------------------------------------------------------------

class Maker:
    def __init__(self, rng):
        self.r = rng

    def pick(self, *choices):
        return self.r.choice(choices)

    def ident(self):
        n = self.pick(4, 5, 8, 12, 31, 32)
        alnum = "abcXYZ0189"
        return (self.r.choice(alnum) + "".join(self.r.choice(alnum + ".-+%=") for _ in range(n - 1))).encode()

    def number(self):
        return b"%d" % self.pick(0, 1, 2, 7, 2047, 2048, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**63 - 1, 2**63,
                                 2**63 + 1, MAX - 1, MAX, MAX + 1, 10**30, self.r.randrange(1, 60))

    def uri(self, bad=False, bare=False):
        if bare and self.r.random() < .5:
            out = (self.pick(b"msrp", b"msrps", b"mSrPs") + b"://" + self.pick(b"", b"", b"bob@", b"1::2:3;@") +
                   self.pick(b"::1", b"::", b"1::", b"2001:DB8::A:0:0:1", b"::ffff:1.2.3.4", b"1:0:0:2:0:0:0:3",
                             b"1:2:3:4:5:6:7::", b"1:2:3:4:5:6:9.8.7.6", b"::2:3:4:5:6:7:8", b"fe80::1:2", b"1::2:3") +
                   self.pick(b":2855", b":9", b":65535", b":00080", b":0", *[b":65536", b":", b"", b":7x", b":99999:"] * bad) +
                   self.pick(b"", b"/abc", b"//", b"/x~._-") + b";" + self.pick(b"tcp", b"TCP", b"dc") +
                   self.pick(b"", b"", b";a=b;c", *[b";a=b:c", b";", b"?"] * bad))
            if bad and self.r.random() < .7:
                at = self.r.randrange(len(out))
                out = out[:at] + self.pick(b"", b":", b"1", b"a", b".", b"::", b"g", b"[", b"]", b"@", b"%3a") + \
                    out[at + self.pick(0, 0, 1):]
            return out
        host = self.pick(b"a.example", b"Bob.Example.COM", b"10.0.0.1", b"[::1]", b"[2001:DB8::A:0:0:1]", b"x",
                         b"[::ffff:1.2.3.4]", b"256.1.1.1", b"1.2.3", b"%41b%2Fc", b"%7Ed.e", b"[v1.a:b]",
                         b"[1:0:0:2:0:0:0:3]", b"[0:0:1::]", b"a_b!$&'()*+,=", b"127.0.0.1", b"a.b-c")
        numeric = host[:1] == b"[" or host in (b"10.0.0.1", b"127.0.0.1")
        port = b":%d" % self.pick(0, 1, 2855, 65535, 9)
        if not numeric and self.r.random() < .4:
            port = self.pick(b"", b"", b":", b":00080")
        session = self.pick(b"/abc", b"/A/b+c=", b"/", b"", b"/x~._-", b"//", b"/iau39")
        if session == b"/":
            session = b"/s"
        if session and not numeric and self.r.random() < .1:
            host += b";p"
        out = (self.pick(b"msrp", b"msrps", b"MSRP", b"mSrPs") + b"://" +
               self.pick(b"", b"", b"", b"bob@", b"a;b:c@", b"%20@", b"@") + host + port + session + b";" +
               self.pick(b"tcp", b"TCP", b"ws", b"dc", b"x7") +
               self.pick(b"", b"", b"", b";a", b";a=b;c=d", b";%41=!", b";{|}"))
        if bad:
            out = self.pick(b"msrp://%s;tcp" % self.pick(b"1.2.3.4", b"[::1]", b"", b"a:65536", b"a:1x", b"[::1",
                                                         b"[1:2:3:4:5:6:7:8:9]:1", b"[::1::]:1", b"a%4:1", b"a b",
                                                         b"[::1]:65536", b"u@h@h", b"1.2.3.4:", b"[:1]:1",
                                                         b"[12345::]:1", b"[::1.2.3]:1", b"[::256.1.1.1]:2",
                                                         b"1.2.3.4/s", b"[v.a]:1", b"1.2.3.4:70000/x", b"[::1]/x"),
                            b"sip:a@b", b"msrp:/a;tcp", b"msrp://a:1/b", b"msrp://a:1/;tcp", b"msrp://a:1/b;",
                            b"msrp://a:1/b;tcp;", b"msrp://a:1/b;t-p", b"msrp://a:1/b;tcp;a=", b"msrp://a/%41;tcp",
                            b"msrp://a;tcp?x", b"msrp://a;t-p", b"msrpss://a;tcp", b"msrp://a/b c;tcp",
                            b"msrp://h;x:1;tcp", b"msrp://h;x:1/s;tcp", b"msrp://h;t-x/s;tcp", b"msrp://1.2.3.4;tcp/s;tcp",
                            b"msrp://a:99999@b;tcp", b"msrp://[::1];tcp?", b"")
        return out

    def path(self, bad=.02, bare=False):
        n = self.pick(1, 1, 1, 1, 2, 3)
        return b" ".join(self.uri(self.r.random() < bad, bare) for _ in range(n))

    def qs(self):
        return b'"' + self.pick(b"", b"a", b"x y", b'\\"q\\\\', b"\xc3\xa9\t", b"a,b", b"=;", b"%41") + b'"'

    def utf8(self):
        return b"".join(self.pick(b"ok", b" ", b"\t", b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80", b"\"\\", b"~",
                                  b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf", b"\xee\x80\x80")
                        for _ in range(self.r.randrange(6)))

    def raw(self):
        return b"".join(self.pick(b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80",
                                  b"\xfc\x84\x80\x80\x80\x80", b"\xe0\x80\x80", b"\xff", b"\x80", b"\xc3", b"\x00", b"\x7f",
                                  b"\x01", b"z", b"\xf4\x90\x80\x80", b"\xfe") for _ in range(self.r.randrange(1, 3)))

    def digest(self, header):
        names = list(ALLOWED[header]) + (["x-ext", "Domain"] if header != "Authentication-Info" else [])
        self.r.shuffle(names)
        params = []
        for name in names[:self.r.randrange(1, 7)]:
            value = {"nc": self.pick(b"00000001", b"00af", b"0000000A"), "stale": self.pick(b"true", b"FALSE", b"no"),
                     "algorithm": self.pick(b"MD5", b"SHA-256", b'"MD5"'),
                     "response": b'"' + self.pick(b"0f" * 16, b"ab" * 32, b"0F" * 16, b"0" * 31) + b'"',
                     "rspauth": b'"' + self.pick(b"0f" * 16, b"", b"abc", b"X") + b'"',
                     "qop": self.pick(b"auth", b'"auth"', b'"auth,auth-int"', b'"auth, b"', b'""')}.get(name, self.qs())
            if self.r.random() < .04:
                value = self.pick(b"tok", b"", b'"', b'"a\\b"', self.qs())
            if name not in ("qop", "nc") and self.r.random() < .1:
                name = self.pick(name.upper(), name.title())
            params.append(name.encode() + b"=" + value)
        if self.r.random() < .04:
            params.append(self.pick(b"", b"realm", b"a=b=c", params[0], b"=x"))
        blank = header != "Authentication-Info" or self.r.random() < .3
        sep = b", " if blank else b","
        if self.r.random() < .04:
            sep = self.pick(b",", b",  ", b" , ", b";")
        head = b"" if header == "Authentication-Info" else self.pick(*[b"Digest "] * 12, b"digest ", b"Basic ", b"Digest",
                                                                      b"Digest  ")
        return head + sep.join(params)

    def field(self, bare=False):
        name = self.pick(*KNOWN[2:], "X-Other", "A", "Content-Other", "Content-", "Z{|}")
        if name == "Message-ID":
            value = self.pick(self.ident(), self.ident(), b"abc", b"a" * 33, b"", b"-abcd", b"ab cd", b"abcd ")
        elif name.endswith("Report"):
            value = self.pick(b"yes", b"no", b"partial", b"YES", b"No", b"maybe", b"", b"yes ")
        elif name == "Byte-Range":
            value = b"%s-%s/%s" % (self.number(), self.pick(b"*", self.number(), self.number()),
                                   self.pick(b"*", self.number(), self.number()))
            value = self.pick(value, value, value, b"1-0/0", b"1-*/*", b"0-5/5", b"1-5/4", b"5-4/4", b"007-9/009", b"1-2",
                              b"-1-2/3", b"1-2/3 ", b"*-1/2", b"6-*/4", b"5-4/*", b"1-/5", b"+1-2/3", b"5-*/4", b"5-3/9")
        elif name == "Status":
            value = self.pick(b"000 200 OK", b"000 200", b"000 404 ", b"999 020 " + self.utf8(), b"00 200", b"000  200",
                              b"000 20", b"000 2000", b"0x0 200", b"")
        elif name.endswith("Expires"):
            value = self.pick(self.number(), self.number(), b"007", b"abc", b"", b"-1", b"1 ", b"1.5")
        elif name == "Use-Path":
            value = self.pick(self.path(.1, bare), self.path(.1, bare), b"")
        elif name == "Use-Nickname":
            value = self.pick(self.qs(), self.qs(), b"bob", b'"', b'"a', b'"a\\b"', b'"a"b"', b'"' + b"n" * 1023 + b'"',
                              b'"' + b"n" * 1024 + b'"', b'"' + b'\\"' * 1023 + b'"', b'"' + b"\xc3\xa9" * 512 + b'"')
        elif name in ALLOWED:
            value = self.digest(name)
        elif name == "Content-Type":
            value = self.type()
        elif name == "Content-ID":
            value = self.pick(b"<a@b>", b"<a.b@c.d>", b'<"x y"@[1.2]>', b"a@b", b"<a>", b"<@b>", b"", b"<a@b")
        elif name == "Content-Disposition":
            value = self.pick(b"render", b"inline", b'attachment; filename="a b"', b"attachment;size=12", b"a;size=x",
                              b"a;b", b";", b"", b"inline;x=y ; z=\"w\"", b'a;read-date="now"', b"a;read-date=now")
        else:
            value = self.utf8()
        if self.r.random() < .15:
            name = self.pick(name.upper(), name.lower())
        return name.encode(), value

    def type(self):
        return self.pick(b"text/plain", b"text/plain", b"message/cpim", b"a/b;c=d", b'a/b;c="x;y\\"";d', b"text", b"a/b;",
                         b"a/b; c=d", b"a/b;c =d", b"a/b ;c=\t\"q\"", b"*/*", b"a/b/c", b"", b"A/B;charset=\"\xc3\xa9\"",
                         b"a/b;c=", b"a/b;=d", b'a/b;c="q', b" a/b", b"a/b ")

    def body(self, tid):
        mark = b"-------" + tid
        parts = [b"", b"x", b"\r", b"\n", b"\r\n", b"\r\n\r\n", mark, mark + b"$", mark + b"$\r\n", b"\r\n" + mark,
                 b"\r\n" + mark + b"$", b"\r\n" + mark + b"$\r", b"\r\n" + mark + b"$\r\r\n", b"\r\n" + mark + b"!\r\n",
                 b"\r\n" + mark[:-1], b"\r\n-------other$\r\n", b"\r\n--------" + tid + b"$\r\n", b"\r\r\n", b"\x00\xff",
                 b"Hello", b"\r\n------" + tid + b"$\r\n", b"\r\n-------" + tid.swapcase() + b"0$\r\n", b"\r\n-------",
                 b"\n" + mark + b"$\r\n", b"\r" + mark + b"+\r\n", b"MSRP " + tid + b" SEND\r\n", os_like(self.r)]
        return b"".join(self.r.choice(parts) for _ in range(self.pick(0, 1, 1, 2, 3, 6)))

    def message(self, lenient=(), clean=False):
        tid = self.ident()
        bare = BARE in lenient
        bad = .15 if bare else .02
        request = self.r.random() < .75
        method = self.pick(b"SEND", b"SEND", b"SEND", b"REPORT", b"AUTH", b"NICKNAME", b"X", b"SENDX", b"FOO")
        start = method if request else b"%03d" % self.pick(200, 0, 999, 400, 481)
        if not request:
            start += self.pick(b"", b" ", b" OK", b" " + self.utf8())
        lines = [b"MSRP " + tid + b" " + start, b"To-Path: " + self.path(0 if clean else bad, bare),
                 b"From-Path: " + self.path(0 if clean else bad, bare)]
        if request and self.r.random() < .9:
            lines.append(b"Message-ID: " + self.ident())
        for _ in range(self.pick(0, 0, 1, 1, 2, 3, 5, 8)):
            lines.append(b"%s: %s" % self.field(bare))
        if not clean and self.r.random() < .04:
            lines.append(self.pick(b"To-Path", b"from-path") + b": " + self.path(.3))
        body = None
        if request and self.r.random() < .7:
            lines.append(b"Content-Type: " + self.type())
            body = self.body(tid)
        if not request and "body_in_response" in lenient and self.r.random() < .4:
            if self.r.random() < .5:
                lines.append(b"Content-Type: text/plain")
            body = self.body(tid)
        if "several_blanks" in lenient:
            lines = [l.replace(b": ", b": " + b" " * self.pick(0, 0, 1, 3), 1) for l in lines]
            lines[1] = lines[1].replace(b" m", self.pick(b" m", b"  m", b"    m"))
        if "loose_utf8" in lenient or self.r.random() < .02 and not clean:
            k = self.r.randrange(len(lines))
            if k > 2:
                lines[k] += self.raw()
        out = b"\r\n".join(lines) + b"\r\n"
        end = b"-------" + tid + self.pick(b"$", b"$", b"$", b"+", b"#") + b"\r\n"
        if body is not None:
            out += b"\r\n" + body + b"\r\n"
            if "empty_body_without_crlf" in lenient and not body:
                out = out[:-2]
        out += end
        if "stray_crlf" in lenient:
            out = b"\r\n" * self.pick(0, 0, 1, 3) + out + b"\r\n" * self.pick(0, 0, 0, 1)
        return out

    def mutate(self, s):
        b = bytearray(s)
        for _ in range(self.pick(1, 1, 1, 2)):
            if not b:
                return b"\r"
            at = self.r.randrange(len(b))
            what = self.r.randrange(8)
            if what == 0:
                b[at] ^= 1 << self.r.randrange(8)
            elif what == 1:
                del b[at]
            elif what == 2:
                b[at:at] = self.pick(b"\r", b"\n", b" ", b"-", b":", b"\x00", b"\xc3", b"\r\n", b"a", b";", b"@", b"/", b'"')
            elif what == 3:
                del b[at:]
            elif what == 4:
                end = min(len(b), at + self.r.randrange(1, 80))
                b[at:at] = b[at:end]
            elif what == 5:
                lines = bytes(b).split(b"\r\n")
                i, j = self.r.randrange(len(lines)), self.r.randrange(len(lines))
                lines[i], lines[j] = lines[j], lines[i]
                b = bytearray(b"\r\n".join(lines))
            elif what == 6:
                lines = bytes(b).split(b"\r\n")
                i = self.r.randrange(len(lines))
                lines[i:i] = [lines[self.r.randrange(len(lines))]]
                b = bytearray(b"\r\n".join(lines))
            else:
                b[at] = self.r.randrange(256)
        return bytes(b)

    def assembly(self):
        """Chunks of some messages, shuffled, overlapping, lost, aborted, interleaved."""
        chunks = []
        for _ in range(self.pick(1, 1, 2, 3)):
            mid = self.ident()
            whole = bytes(self.r.randrange(256) for _ in range(self.pick(0, 1, 10, 50, 300)))
            cuts = sorted({0, len(whole), *[self.r.randrange(len(whole) + 1) for _ in range(self.r.randrange(5))]})
            spans = list(zip(cuts, cuts[1:])) or [(0, 0)]
            mine = []
            for a, z in spans:
                flag = b"$" if z == len(whole) else b"+"
                if self.r.random() < .2:
                    a = max(0, a - self.r.randrange(6))
                mine.append([a + 1, whole[a:z], flag, len(whole)])
            kind = self.r.random()
            if kind < .3:
                self.r.shuffle(mine)
            elif kind < .4:
                mine.insert(self.r.randrange(len(mine) + 1), list(self.r.choice(mine)))
            elif kind < .5:
                mine.pop(self.r.randrange(len(mine)))
            elif kind < .6:
                mine[self.r.randrange(len(mine))][2] = b"#"
            elif kind < .7:
                m = list(self.r.choice(mine))
                m[1], m[2] = m[1].swapcase()[::-1], b"+"
                mine.insert(self.r.randrange(len(mine) + 1), m)
            elif kind < .75:
                mine[self.r.randrange(len(mine))][0] = self.pick(0, MAX, MAX - 3, 2**63, 2**40, MAX + 1)
            elif kind < .8:
                mine[-1][2] = self.pick(b"+", b"$")
                mine.append([self.r.randrange(1, 20), b"tail", self.pick(b"+", b"$"), len(whole)])
            chunks.append([(mid, *m) for m in mine])
        stream = b""
        while any(chunks):
            mid, start, text, flag, total = self.r.choice([c for c in chunks if c]).pop(0)
            tid = self.ident()
            lines = [b"MSRP " + tid + b" SEND", b"To-Path: msrp://a.example:1/x;tcp",
                     b"From-Path: msrp://b.example:2/y;tcp", b"Message-ID: " + mid]
            if start != 1 or self.r.random() < .7:
                end = self.pick(b"*", b"%d" % (start - 1 + len(text)))
                lines.append(b"Byte-Range: %d-%s/%s" % (start, end, self.pick(b"*", b"%d" % total)))
            if self.r.random() < .03:
                lines.append(self.pick(b"Byte-Range: x", b"Byte-Range: 1-5/4", b"Message-ID: twice"))
            if text or self.r.random() < .5:
                lines += [b"Content-Type: a/b", b"", text]
            stream += b"\r\n".join(lines) + b"\r\n-------" + tid + flag + b"\r\n"
            if self.r.random() < .05:
                stream += self.message(clean=True)
        if self.r.random() < .1:
            stream = stream[:self.r.randrange(len(stream) + 1)]
        return stream


def os_like(rng):
    return bytes(rng.randrange(256) for _ in range(rng.randrange(40)))


LENIENCIES = ["several_blanks", "stray_crlf", "body_in_response", "empty_body_without_crlf", "loose_utf8",
              "fail_at_end_line_without_crlf", "blanks_in_media_type", "blanks_in_authentication_info", "sha256_response",
              "ipv6_without_brackets"]


# --- running ----------------------------------------------------------------------------------------

class Runner:
    def __init__(self, program, keep):
        self.program, self.keep, self.runs, self.failures = program, keep, 0, []
        self.exact, self.late = False, 0
        self.ends = {}

    def call(self, stream, *options, **more):
        self.runs += 1
        done = subprocess.run([self.program, *options], input=stream, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=30, **more)
        return done.returncode, done.stdout, done.stderr

    def differ(self, why, stream, options, expected, seen):
        self.failures.append((why, stream, options, expected, seen))
        if self.keep:
            os.makedirs(self.keep, exist_ok=True)
            with open(os.path.join(self.keep, "%03d.msrp" % len(self.failures)), "wb") as f:
                f.write(stream)

    def check(self, stream, lenient=(), assemble=False, pieces=()):
        options = [x for name in lenient for x in ("--lenient", name)] + ["--assemble"] * assemble
        oracle = Oracle(stream, lenient)
        closing, code = oracle.run()
        self.ends[closing["end"]] = self.ends.get(closing["end"], 0) + 1
        wanted = expected_messages(oracle) if assemble else expected_chunks(oracle)
        got_code, out, _ = self.call(stream, *options)
        try:
            seen = [json.loads(line) for line in out.decode().splitlines()]
        except ValueError as e:
            return self.differ("not JSON Lines: %s" % e, stream, options, "", out)
        if not seen:
            return self.differ("no closing object", stream, options, closing, out)
        objects, end = [without_null(o) for o in seen[:-1]], seen[-1]
        for o in objects:
            if "invalid" in o:
                o["invalid"].sort()
        if assemble and closing["end"] != "ok":
            # A chunk that stops short has given octets already: what is "no" may say more of them.
            wanted, objects = [[m for m in x if m["complete"] != "no"] for x in (wanted, objects)]
        if objects != wanted:
            for a, b in zip(wanted + [None], objects + [None]):
                if a != b:
                    return self.differ("an object", stream, options, a, b)
            return self.differ("number of objects", stream, options, len(wanted), len(objects))
        if end.get("end") != closing["end"] or got_code != code:
            return self.differ("the closing object", stream, options, closing, end)
        if code == 1:
            late = end.get("offset") in closing["also"] and not self.exact
            self.late += late and end["offset"] != closing["offset"]
            if not (late or end.get("offset") == closing["offset"]) or end.get("code") not in closing["code"] or \
                    not end.get("message") or not isinstance(end.get("field"), str) or \
                    closing["field"] not in (None, end["field"]) and end["field"] != "header":
                return self.differ("the error", stream, options, closing, end)
        for n in pieces:
            again = self.call(stream, *options, "--pieces", str(n))
            if again[:2] != (got_code, out):
                return self.differ("--pieces %d" % n, stream, options, out, again[1])


def program_cases(run):
    """Options, files and URIs; each a list of (what, was it as wanted)."""
    def case(what, good):
        if not good:
            run.differ(what, b"", [], "see the test", "")

    def compares(a, b, lenient):
        if not (uri_ok(a.encode(), lenient) and uri_ok(b.encode(), lenient)):
            return 2
        return 0 if same_uri(a, b) else 1

    uris = ["msrp://a:1/b;tcp", "MSRP://A:1/b;TCP", "msrps://a:1/b;tcp", "msrp://a:1/B;tcp", "msrp://a/b;tcp",
            "msrp://a:2855/b;tcp", "msrp://a:1;tcp", "msrp://u@a:1/b;tcp", "msrp://%61:1/b;tcp", "msrp://a:1/b;ws",
            "msrp://a:1/b;tcp;x=y", "msrp://[::1]:1/b;tcp", "msrp://[0:0::0:1]:1/b;tcp", "msrp://[::0001]:01/b;tcp",
            "msrp://[::ffff:1.2.3.4]:1/b;tcp", "msrp://[::FFFF:102:304]:1/b;tcp", "msrp://1.2.3.4:1/b;tcp",
            "msrp://1.2.3.4/b;tcp", "msrp://01.2.3.4:1/b;tcp", "msrp://a:001/b;tcp", "msrp://a:/b;tcp", "msrp://;tcp",
            "msrp://a:1/b;tc-p", "msrp://a:1/b", "msrp://a%2fb:1/b;tcp", "msrp://a%2Fb:1/b;tcp", "msrp://a:65536/b;tcp",
            "msrp://[v1.x]:1/b;tcp", "msrp://[V1.X]:1/b;tcp", "", "msrp://[::1/b;tcp", "http://a/", "msrp://a:1//b;tcp",
            "msrp://::1:1/b;tcp", "msrp://0::1:01/b;TCP", "msrp://u@::1:1/b;tcp", "msrp://::ffff:1.2.3.4:1/b;tcp",
            "msrp://::1/b;tcp"]
    for lenient in (), (BARE,):
        options = [x for name in lenient for x in ("--lenient", name)]
        for a in uris:
            for b in uris[::3] + uris[-5:-4] + [a]:
                code, out, _ = run.call(b"", *options, "--compare", a, b)
                want = compares(a, b, lenient)
                good = code == want and (out.startswith(b"invalid") if want == 2 else
                                         out == (b"equal\n", b"not-equal\n")[want])
                if not good:
                    run.differ("--compare %s %s" % (a, b), b"", options, want, (code, out))
    for options in (["--lenient", "everything"], ["--lenient", ""], ["--lenient"], ["--nothing"], ["a", "b"], ["--pieces", "0"],
                    ["--pieces", "x"], ["--memory", "0"], ["--max-messages", "-1"], ["--compare", "msrp://a;tcp"]):
        code, out, err = run.call(b"", *options)
        case("usage: %s" % options, code == 64 and err.count(b"\n") == 1 and not out)
    code, out, err = run.call(b"", "--help")
    case("--help", code == 0 and out)
    with tempfile.TemporaryDirectory() as folder:
        code, out, err = run.call(b"", os.path.join(folder, "none"))
        case("no such file", code == 66 and err.count(b"\n") == 1 and not out)
        code, out, err = run.call(b"", folder)
        case("a directory as FILE", code in (66, 74) and err.count(b"\n") == 1)
        name = os.path.join(folder, "stream")
        stream = Maker(random.Random(1)).message(clean=True)
        with open(name, "wb") as f:
            f.write(stream)
        case("a file reads as standard input", run.call(b"", name)[:2] == run.call(stream)[:2])
    if os.path.exists("/dev/full"):
        for args in ([], ["--assemble"], ["--compare", "msrp://a;tcp", "msrp://a;tcp"],
                     ["--compare", "msrp://a;tcp", "msrp://b;tcp"], ["--compare", "msrp://a;tcp", "x"], ["--help"]):
            with open("/dev/full", "wb") as full_device:
                done = subprocess.run([run.program, *args], input=stream, stdout=full_device,
                                      stderr=subprocess.PIPE, timeout=30)
            case("output that cannot be written: %s" % args, done.returncode == 74 and done.stderr)


def head(tid=b"abcd", start=b"SEND", *lines):
    return b"\r\n".join([b"MSRP " + tid + b" " + start, b"To-Path: msrp://a.example:1/x;tcp",
                         b"From-Path: msrp://b.example:2/y;tcp", *lines]) + b"\r\n"


def bounded_memory(run):
    """--assemble --memory 1: what fits is whole, what does not is "no"; the pieces make no difference."""
    count = 0

    def chunk(name, start, body, flag):
        nonlocal count
        count += 1
        tid = b"t%06d" % count
        return head(tid, b"SEND", b"Message-ID: " + name, b"Byte-Range: %d-*/*" % start, b"Content-Type: a/b") + \
            b"\r\n" + body + b"\r\n-------" + tid + flag + b"\r\n"

    mib = 1 << 20
    rng = random.Random(3)
    data = rng.randbytes(3 * mib)
    ids = [b"m%04d" % i for i in range(60)]
    cases = [
        ("in order", chunk(b"m001", 1, data, b"$"), {b"m001": data}),
        ("a gap that fits", chunk(b"m001", mib // 2 + 1, data[mib // 2:mib], b"$") +
         chunk(b"m001", 1, data[:mib // 2], b"+"), {b"m001": data[:mib]}),
        ("a gap that does not", chunk(b"m001", mib // 2 + 1, data[mib // 2:], b"$") +
         chunk(b"m001", 1, data[:mib // 2], b"+"), {b"m001": None}),
        ("in order beside a gap", chunk(b"m001", 2, data[:mib - 5000], b"$") + chunk(b"m002", 1, data, b"$") +
         chunk(b"m001", 1, b"x", b"+"), {b"m002": data, b"m001": b"x" + data[:mib - 5000]}),
        ("many gaps of many messages", b"".join(chunk(i, 2, data[:100000], b"$") for i in ids) +
         b"".join(chunk(i, 1, b"x", b"+") for i in ids), None),
        ("octets behind the end", chunk(b"m001", 4, b"def", b"$") + chunk(b"m001", 1, b"abcdefg", b"+"),
         {b"m001": None}),
        ("a gap that does not fit, then the entire message", chunk(b"m001", mib // 2 + 1, data[mib // 2:], b"$") +
         chunk(b"m001", 1, data, b"$"), {b"m001": data}),
        ("two wrong ranges", chunk(b"m001", 1, b"abc", b"+") + chunk(b"m001", 0, b"d", b"+") * 2, {b"m001": None}),
    ]
    for what, stream, wanted in cases:
        code, out, _ = run.call(stream, "--assemble", "--memory", "1")
        seen = [json.loads(line) for line in out.splitlines()]
        got = {m["message_id"].encode(): m for m in seen[:-1]}
        if wanted is None:  # as many as fit into 1 MiB, each of 25 pages
            whole = sum(m["complete"] == "yes" for m in seen[:-1])
            good = len(got) == 60 and whole == 256 // 25
        else:
            good = list(got) == list(wanted) and all(
                got[i]["complete"] == "no" if text is None else
                (got[i]["complete"], got[i]["length"], got[i]["sha256"]) ==
                ("yes", len(text), hashlib.sha256(text).hexdigest()) for i, text in wanted.items())
        if code != 0 or not good:
            run.differ("--memory 1: " + what, stream[:300], ["--assemble"], "see the test", out[:600])
        for n in (1, 4095, 1448):
            if run.call(stream, "--assemble", "--memory", "1", "--pieces", str(n))[:2] != (code, out):
                run.differ("--memory 1: %s, --pieces %d" % (what, n), stream[:300], [], out[:600], "")


def whole_at_last(run):
    """CHK-7.3.1-1: a chunk from 1 to "$" is the entire message, whatever came before it."""
    def chunk(range_, body, flag):
        lines = [b"Message-ID: m001"] + [b"Byte-Range: " + r for r in range_] + \
            [b"Content-Type: a/b", b"", body] * (body is not None)
        return head(b"abcd", b"SEND", *lines)[:-2] + b"\r\n-------abcd" + flag + b"\r\n"

    before = [([b"6-5/5"], b"", b"$"), ([b"6-5/5"], None, b"$"), ([b"6-6/6"], b"x", b"$"), ([b"6-5/5"], b"", b"+"),
              ([b"1-3/9"], b"xyz", b"+"), ([b"1-0/0"], b"", b"+"), ([b"x"], b"xyz", b"$"), ([b"0-5/5"], b"x", b"+"),
              ([b"1-1/1", b"2-2/2"], b"x", b"$"), ([b"%d-*/*" % MAX], b"xyz", b"+")]
    last = [(r, body) for r in ([b"1-*/*"], [b"1-3/3"], []) for body in (b"abc", b"abcdefghi")]
    last += [([b"1-0/0"], b""), ([b"1-0/0"], None), ([], None)]
    for i, one in enumerate(before):
        for range_, body in last:
            for more in (b"", chunk(*before[i - 1]), chunk([b"3-*/*"], b"tail", b"$")):
                stream = chunk(*one) + more + chunk(range_, body, b"$")
                run.check(stream, assemble=True, pieces=(1,) if not more else ())
                seen = [json.loads(line) for line in run.call(stream, "--assemble")[1].splitlines()]
                wanted = {"message_id": "m001", "complete": "yes", "length": len(body or b""),
                          "sha256": hashlib.sha256(body or b"").hexdigest()}
                if seen[-2:] != [wanted, {"end": "ok"}]:
                    run.differ("the entire message at last", stream, ["--assemble"], wanted, seen)
    # Not from 1, or not to "$", or of no good range: no entire message.
    for range_, flag in (([b"1-3/3"], b"+"), ([b"2-4/4"], b"$"), ([b"1-3/2"], b"$"), ([b"1-3/3"] * 2, b"$")):
        stream = chunk([b"6-5/5"], b"", b"$") + chunk(range_, b"abc", flag)
        run.check(stream, assemble=True, pieces=(1,))
        if [json.loads(m)["complete"] for m in run.call(stream, "--assemble")[1].splitlines()[:-1]] != ["no"]:
            run.differ("no entire message", stream, ["--assemble"], "no", "")


def fixed_streams():
    """(stream, leniencies) that chance would not find soon."""
    end = b"-------abcd$\r\n"
    mid = b"Message-ID: m123"
    typed = b"Content-Type: a/b"
    out = [(b"", ()), (b"\r\n", ()), (b"\r\n", ("stray_crlf",)), (b"\r", ("stray_crlf",)), (b"\x00" * 70000, ()),
           (bytes(range(256)) * 300, ())]
    for n in (10239, 10240, 10241, 10300):
        for tail in (end, b"-------abce$\r\n", b"-------abcd!", b"\r\n" + end, b""):
            for start in (b"REPORT", b"SEND", b"FOO"):
                out.append((head(b"abcd", start, mid, typed) + b"\r\n" + b"x" * n + b"\r\n" + tail, ()))
                out.append((head(b"abcd", start, mid, typed) + b"\r\n" + b"x" * (n - 1) + b"\r\r\n" + tail, ()))
        out.append((head(b"abcd", b"200 OK") + b"\r\n" + b"x" * n + b"\r\n" + end, ("body_in_response",)))
    for k in range(1, 20):
        out.append((head(b"abcd", b"SEND", mid, typed) + b"\r\n" + b"\r" * k + b"\n" + end, ()))
        out.append((head(b"abcd", b"SEND", mid, typed) + b"\r\n" + b"\r\n" * k + end, ()))
        out.append((head(b"abcd", b"SEND", mid, typed) + b"\r\n" + b"\r\n" + b"-" * k + b"abcd$\r\n\r\n" + end, ()))
    for block in (65533, 65534, 65535, 65536, 65537, 131072):  # end-lines around the blocks of a reader
        h = head(b"abcd", b"SEND", mid, typed) + b"\r\n"
        for shift in range(0, 18):
            out.append((h + b"y" * (block - len(h) - shift) + b"\r\n" + end + head(b"wxyz", b"200") +
                        b"-------wxyz$\r\n", ()))
    for text in (b"tcp", b"TCP"):
        for host in (b"1.2.3.4", b"[::1]", b"[::1]:", b"a:99999", b"1.2.3.4:70000", b"[::1]:65536"):
            for rest in (b";" + text, b"/s;" + text, b";" + text + b"?", b"/s;" + text + b"?"):
                uri = b"msrp://" + host + rest
                for tail in (b"\r\n", b" msrp://x;tcp\r\n", b""):
                    out.append((b"MSRP abcd SEND\r\nTo-Path: " + uri + tail, ()))
    for host in (b"::1", b"::1:9", b"1::2:3:2855", b"1:2:3:4:5:6:7:8:9", b"1:2:3:4:5:6:7:8", b"::1:65536", b"u@::1:99999",
                 b"u@::1:9", b"::192.0.2.1:9", b"::192.0.2.1", b"1:2:3:4:5:6:7::9", b"1:2:3:4:5:6:7:::9", b"u@1::2::3:9",
                 b"u@::1:2a2b5", b"[::1]:9", b"1:2", b"::1%25lo:9", b":::9", b"::1:9:"):
        for rest in (b";tcp", b"/s;tcp", b";tcp?", b"/s;tcp?", b";tcp;a=b", b""):
            for tail in (b"\r\n", b" msrp://x;tcp\r\n", b""):
                if not rest + tail and host == b"u@::1:99999":
                    continue  # the port's digits have not ended: seen late, as "u@h:99999" is too
                for lenient in (), (BARE,):
                    out.append((b"MSRP abcd SEND\r\nTo-Path: msrp://" + host + rest + tail, lenient))
    sound = [mid, b"Status: 000 200", b"Success-Report: yes", b"failure-report: no", b'Use-Nickname: "n"']
    for start in (b"SEND", b"REPORT", b"NICKNAME", b"EXTRA", b"200 OK"):  # what methods demand and forbid
        for has in range(32):
            out.append((head(b"abcd", start, *[f for i, f in enumerate(sound) if has >> i & 1]) + end, ()))
    whole = head(b"abcd", b"SEND", mid, b"Byte-Range: 1-3/3", b"X: \xe2\x82\xac", typed) + b"\r\nabc\r\n" + end
    out += [(whole[:k], ()) for k in range(len(whole) + 1)]
    out += [(whole[:k] + b"\x07" + whole[k:], ()) for k in range(0, len(whole), 2)]
    return out


def main():
    args = argparse.ArgumentParser()
    args.add_argument("program")
    args.add_argument("--count", type=int, default=2400)
    args.add_argument("--seed", type=int, default=20260)
    args.add_argument("--jobs", type=int, default=2)
    args.add_argument("--exact", action="store_true", help="allow no late offset in a URI")
    args.add_argument("--keep", help="put the streams that differ here")
    args.add_argument("--show", type=int, default=10)
    options = args.parse_args()
    began = time.monotonic()
    run = Runner(options.program, options.keep)
    run.exact = options.exact
    program_cases(run)
    bounded_memory(run)
    whole_at_last(run)
    work = [(s, l, False, ()) for s, l in fixed_streams()]
    rng = random.Random(options.seed)
    for i in range(options.count):
        maker = Maker(rng)
        lenient = tuple(n for n in LENIENCIES if rng.random() < .3) if rng.random() < .4 else ()
        assemble = rng.random() < .25
        if assemble and rng.random() < .8:
            stream = maker.assembly()
        else:
            clean = rng.random() < .5
            stream = b"".join(maker.message(lenient, clean) for _ in range(rng.choice((1, 1, 2, 3))))
        if rng.random() < .3:
            stream = maker.mutate(stream)
        if lenient and rng.random() < .15:
            lenient = ()  # what a leniency reads, without it
        pieces = (1, 2, 3, 7, 1448) if i % 8 == 0 else (rng.choice((1, 2, 3, 7, 1448)),) if i % 2 else ()
        work.append((stream, lenient, assemble, pieces))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda w: run.check(*w), work))
    for why, stream, opts, expected, seen in run.failures[:options.show]:
        print("DIFFERENT: %s %s\n  stream   %r\n  expected %s\n  seen     %s" %
              (why, " ".join(opts), stream[:1500], expected, seen))
    print("%d streams (%s), %d runs of the program, seed %d, %.0f s, %d late offsets in URIs: %d differences" %
          (len(work), ", ".join("%d %s" % (n, k) for k, n in sorted(run.ends.items())), run.runs, options.seed,
           time.monotonic() - began, run.late, len(run.failures)))
    return 1 if run.failures or "ok" not in run.ends or "error" not in run.ends else 0


if __name__ == "__main__":
    sys.exit(main())

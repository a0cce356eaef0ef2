#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# sdp_inspect_test.py - holds sdp_inspect against an oracle written from the RFCs, not from the C++.
#
# sdp_inspect_test.py PROGRAM [--vectors DIR] [--count N] [--seed N] [--keep DIR]
#
# The oracle splits lines and reads values by regular expressions. Fixed cases say what is refused and
# where; made descriptions are compared in every key and finding. Exit status 1 on any difference.
import argparse
import codecs
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
SDP_NAMES = ("empty_session_name", "missing_time", "connection_after_time", "missing_connection",
             "missing_last_line_end", "blank_after_colon", "doubled_address_type",
             "contact_as_text")
MEDIA_NAMES = ("scheme_rules", "accept_weak_fingerprints", "several_blanks", "ipv6_without_brackets")
SIZES = {"md2": 16, "md5": 16, "sha-1": 20, "sha-224": 28, "sha-256": 32, "sha-384": 48, "sha-512": 64}
KEYS = ["media", "port", "proto", "fmt", "connection", "path", "accept_types", "accept_wrapped_types", "max_size",
        "setup", "cema", "fingerprint", "direction", "file", "msrp_usable", "reason"]
FILE_KEYS = ["name", "safe_name", "size", "type", "hash", "transfer_id", "disposition", "range"]

TOKEN = r"[!#-'*+.\-0-9A-Z^-~]+"
HEXES = r"[0-9A-F]{2}(?::[0-9A-F]{2})*"
PARAMETER = r';%s=(?:%s|"(?:[^"\\\x00-\x1f\x7f]|\\["\\])*")' % (TOKEN, TOKEN)
TYPES = re.compile(r"(?:{t}/{t}(?:{p})*|\*)".format(t=TOKEN, p=PARAMETER))
QUOTED = r'"(?:[^"%\x00\n\r]|%[0-9A-Fa-f]{2})+"'
SELECTOR = re.compile(r"(?P<name>(?i:name):{q})|(?P<size>(?i:size):[1-9][0-9]*)"
                      r"|(?P<type>(?i:type):{t}/{t}(?:;{t}={q})*)|(?P<hash>(?i:hash):{t}:{h})"
                      .format(q=QUOTED, t=TOKEN, h=HEXES))
DATE = r'"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}(?::[0-9]{2}){2} [+-][0-9]{4}"'
DATES = re.compile(r"(?:creation|modification|read):%s(?: (?:creation|modification|read):%s)*" % (DATE, DATE))
WAYS = ("sendrecv", "sendonly", "recvonly", "inactive")
SETUPS = ("active", "passive", "actpass", "holdconn")
MEDIA_ONLY = ("path", "accept-types", "accept-wrapped-types", "max-size", "msrp-cema", "chatroom", "dcmap", "dcsa")
VISIBLE = r'"((?:[ !#$&-~]|%[0-9A-Fa-f]{2})*)"'
OPTION = re.compile(r"(?i:(ordered)=({t})|(subprotocol)={v}|(label)={v}|(max-retr)=({n})|(max-time)=({n})|(priority)=({n}))"
                    .format(t=TOKEN, v=VISIBLE, n="0|[1-9][0-9]*"))
# Not told of a media that is no m=message.
JUDGED = {"path_absent", "path_without_session", "accept_types_absent", "scheme_mismatch", "transport_not_tcp", "port_differs",
          "connection_attribute", "setup_holdconn", "fingerprint_unusable", "container_absent", "wrapped_types_repeat",
          "file_selector_absent", "file_selector_empty", "file_transfer_id_absent"}
CID = r"(?:[!$&'()*+,\-./0-9:;=?A-Z_a-z~@]|%[0-9A-Fa-f]{2})+"
URI = re.compile(r"(?i:(?P<scheme>msrps?)://(?:[\w.~%!$&'()*+,;=:-]*@)?(?P<host>\[[0-9a-f:.]+\]|[\w.~%-]+)"
                 r"(?::(?P<port>[0-9]+))?(?:/(?P<session>[\w.~+=/-]+))?;(?P<transport>[a-z0-9]+)(?:;[\w.-]+(?:=[\w.-]+)?)*)")
BARE_URI = re.compile(r"(?i:(?P<scheme>msrps?)://(?:[\w.~%!$&'()*+,;=:-]*@)?(?P<host>[0-9a-f:.]*:[0-9a-f:.]*)"
                      r":(?P<port>[0-9]+)(?:/(?P<session>[\w.~+=/-]+))?;(?P<transport>[a-z0-9]+)(?:;[\w.-]+(?:=[\w.-]+)?)*)")


def address(text, of):
    try:
        return of(text)
    except ValueError:
        return None


def read_uri(text, bare):
    """(scheme, port, transport), or the code of what is wrong."""
    m = URI.fullmatch(text)
    if m and m["host"].startswith("[") and not address(m["host"][1:-1], ipaddress.IPv6Address):
        m = None
    if not m and bare:
        m = BARE_URI.fullmatch(text)
        if m and not address(m["host"], ipaddress.IPv6Address):
            m = None
    if not m or (m["port"] and int(m["port"]) > 65535):
        return "path_malformed"
    if not m["port"]:
        numeric = m["host"].startswith("[") or address(m["host"], ipaddress.IPv4Address)
        return "path_ip_without_port" if numeric else m
    return m


def port_wrong(m):
    """The code of what is wrong with the port of a URI that reads well, or None."""
    return "path_without_port" if not m["port"] else "path_port_zero" if int(m["port"]) == 0 else None


def unpercent(text):
    return re.sub("%(..)", lambda m: chr(int(m[1], 16)), text)


codecs.register_error("underscore", lambda e: ("_", e.end))
BAD = {*range(0x20), *range(0x7F, 0xA0), *map(ord, ':*?"<>|'), 0x2028, 0x2029}
UNSEEN = "".join(map(chr, [0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
                           *range(0xE0000, 0xE0080)]))
DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"} | \
    {d + n for d in ("com", "lpt") for n in "0123456789\xb9\xb2\xb3"}


def safe_name(octets):
    s = re.split(r"[/\\]", octets.decode("utf-8", "underscore"))[-1]
    s = "".join(c for c in s if c not in UNSEEN).lstrip(". -")
    while re.match("[A-Za-z]:", s):
        s = s[2:].lstrip(". -")
    s = "".join("_" if ord(c) in BAD else c for c in s)

    def cut(s):
        while len(s.encode()) > 255:
            s = s[:-1]
        return s.rstrip(". ")

    s = cut(s)
    stem = s.split(".")[0].rstrip(" ")
    if "".join(c.lower() if c.isascii() else c for c in stem) in DEVICES:
        s = cut("_" + s)
    return s or "file"


def shown(text):
    """A text of octets (as Latin-1) as a JSON string has it; whether it is UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8"), True
    except UnicodeDecodeError:
        return text, False


def read_dcmap(value):
    """(stream, the options' values, whether one stood twice), or None."""
    m = re.fullmatch(r"([0-9]{1,5})(?: (.*))?", value)
    if not m or int(m[1]) > 65535:
        return None
    options, rest, twice = {}, m[2], False
    while rest is not None:
        o = OPTION.match(rest)
        if not o:
            return None
        name, text = [g for g in o.groups() if g is not None]
        name = name.lower()
        top = {"max-retr": 2**32, "max-time": 2**32, "priority": 2**16}.get(name)
        if top and int(text) >= top:
            return None
        twice |= name in options
        options.setdefault(name, text)
        rest = rest[o.end():]
        if rest and not rest.startswith(";"):
            return None
        rest = rest[1:] if rest else None
    return int(m[1]), options, twice


def alternatives(*of):
    return "(?:" + "|".join(of) + ")"


# u=, e= and p=: RFC 8866, 9; RFC 3986, appendix A, where "addresses" is asked for what is in brackets; RFC 5322, 3.2 and
# 3.4.1, with comments four deep.
PCT = "%[0-9A-Fa-f]{2}"
NAME = "[-A-Za-z0-9._~!$&'()*+,;=]"
PCHAR = alternatives(NAME, PCT, "[:@]")
AUTHORITY = r"(?:%s*@)?(?:\[([^]]*)\]|%s*)(?::[0-9]*)?" % (alternatives(NAME, PCT, ":"), alternatives(NAME, PCT))
REFERENCE = re.compile(r"(?:(?:[A-Za-z][-A-Za-z0-9+.]*:)(?://{a}(?:/{p}*)*|/(?:{p}+(?:/{p}*)*)?|(?:{p}+(?:/{p}*)*)?)|"
                 r"//{a}(?:/{p}*)*|/(?:{p}+(?:/{p}*)*)?|(?:{n}+(?:/{p}*)*)?)(?:\?{q}*)?(?:#{q}*)?".format(
                     a=AUTHORITY, p=PCHAR, n=alternatives(NAME, PCT, "@"), q=alternatives(PCHAR, "[/?]")))
QUOTED_PAIR = r"\\[ \t!-~]"
COMMENT = "[^\\x00-\\xff]"
for _ in range(4):
    COMMENT = r"\((?:[ \t!-'*-\[\]-~]|%s|%s)*\)" % (QUOTED_PAIR, COMMENT)
CFWS = r"(?:[ \t]|%s)*" % COMMENT
DOT_ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*"
ADDRESS = CFWS + alternatives(DOT_ATOM, r'"(?:[ \t!#-\[\]-~]|%s)*"' % QUOTED_PAIR) + CFWS + "@" + CFWS + alternatives(
    DOT_ATOM, r"\[[ \t!-Z^-~]*\]") + CFWS
SAFE = r"[\x01-\x09\x0b\x0c\x0e-'*-;=?-\xff]+"
EMAIL = re.compile(alternatives(ADDRESS, r"%s +\(%s\)" % (ADDRESS, SAFE), "%s +<%s>" % (SAFE, ADDRESS)))
PHONE_ITSELF = r"\+?[0-9][- 0-9]+"
PHONE = re.compile(alternatives(r"%s *\(%s\)" % (PHONE_ITSELF, SAFE), "%s<%s>" % (SAFE, PHONE_ITSELF), PHONE_ITSELF))


def is_contact(kind, value):
    """Whether a value of u=, e= or p= is one."""
    m = {"u": REFERENCE, "e": EMAIL, "p": PHONE}[kind].fullmatch(value)
    if not m or kind != "u":
        return bool(m)
    for address in [a for a in m.groups() if a is not None]:
        if re.fullmatch("[vV][0-9A-Fa-f]+\\.%s+" % alternatives(NAME, ":"), address):
            continue
        try:
            ipaddress.IPv6Address(address if "%" not in address else "")
        except ValueError:
            return False
    return True


class Oracle:
    """What a description that is not refused says."""

    def __init__(self, octets, lenient):
        self.lenient = set(lenient)
        self.lossy = False
        self.findings = []
        lines = octets.decode("latin-1").split("\n")
        if not lines[-1]:
            lines.pop()
        lines = [(n, line[:-1] if line.endswith("\r") else line) for n, line in enumerate(lines, 1)]
        starts = [i for i, (_, line) in enumerate(lines) if line.startswith("m=")] + [len(lines)]
        self.session = lines[:starts[0]]
        self.own, self.media = [], []
        for n, name, colon, _ in self.attributes(self.session):
            if name in FILE_READERS:
                self.note("warning", "file_at_session_level", n)
            if name in MEDIA_ONLY:
                self.note("warning", "media_attribute_at_session_level", n)
            if name in WAYS and colon:
                self.note("warning", "direction_with_value", n)
        self.tell()
        for a, b in zip(starts, starts[1:]):
            self.block = lines[a:b]
            self.media.append(self.one())
            self.channels()
            for n, name, colon, value in self.attributes(self.block):
                inner = self.embedded(n, value) if name == "dcsa" else None
                if any(a in WAYS and c for _, a, c, _ in [(n, name, colon, value)] + ([inner[1]] if inner else [])):
                    self.note("warning", "direction_with_value", n)
                if name == "dcsa" and not inner or name == "dcmap" and not read_dcmap(value):
                    self.note("warning", name + "_malformed", n)
            self.tell()
        told = {line for _, _, line in self.findings}
        for n, name, _, value in self.attributes(self.session):
            if n not in told and (name == "setup" and value.lower() not in SETUPS or
                                  name == "fingerprint" and not self.fingerprint(value)):
                self.findings.append(("warning", "session_value_malformed", n))

    def tell(self):
        """Each code once for a line."""
        told = {f[1:] for f in self.findings}
        for f in self.own:
            if f[1:] not in told:
                self.findings.append(f)
                told.add(f[1:])
        self.own = []

    def embedded(self, n, value):
        """(stream, the attribute) of a=dcsa, or None."""
        m = re.fullmatch(r"([0-9]{1,5}) (%s)(?:(:)(.*))?" % TOKEN, value)
        if not m or int(m[1]) > 65535:
            return None
        inner = m[4] or ""
        if "blank_after_colon" in self.lenient:
            inner = inner.lstrip(" ")
        return int(m[1]), (n, m[2], bool(m[3]), inner)

    def channels(self):
        """The findings of MSRP data channels (RFC 8873), which are all that is printed of them."""
        m_line, line = self.block[0]
        media, port, proto, fmt = line[2:].split(" ", 3)
        if media != "application" or proto.lower() not in ("udp/dtls/sctp", "tcp/dtls/sctp") or \
                fmt.lower() != "webrtc-datachannel":
            return
        lossy = self.lossy
        lines = [(n, value) for n, name, _, value in self.attributes(self.block) if name == "dcsa"]
        inner = [e for e in (self.embedded(*x) for x in lines) if e]
        read = [(n, read_dcmap(value)) for n, name, _, value in self.attributes(self.block) if name == "dcmap"]
        for n, (stream, options, twice) in [
                (n, r) for n, r in read if r and unpercent(r[1].get("subprotocol", "")) == "msrp"][:32]:
            out = {}
            self.own = []
            uris, where = self.values(out, [a for s, a in inner if s == stream], n, True)
            if re.fullmatch("0(/.*)?", port):
                self.note("error", "port_zero", m_line)
            if "max-retr" in options or "max-time" in options or options.get("ordered", "").lower() == "false":
                self.note("error", "channel_unreliable", n)
            if twice:
                self.note("warning", "channel_option_repeated", n)
            if not out["cema"]:
                self.note("error", "channel_cema_absent", n)
            if out["setup"] in (None, "holdconn"):
                self.note("error", "channel_setup_absent", n)
            if any(u["scheme"].lower() != "msrps" for u in uris):
                self.note("warning" if "scheme_rules" in self.lenient else "error", "channel_scheme", where)
            if uris and uris[-1]["transport"].lower() != "dc":
                self.note("warning", "channel_transport", where)
            self.tell()
        self.lossy = lossy

    def says(self, text):
        if text is None:
            return None
        text, utf8 = shown(text)
        self.lossy |= not utf8
        return text

    def attributes(self, lines):
        for n, line in lines:
            if line.startswith("a="):
                name, colon, value = line[2:].partition(":")
                if "blank_after_colon" in self.lenient:
                    value = value.lstrip(" ")
                yield n, name, bool(colon), value

    def note(self, severity, code, line):
        self.own.append((severity, code, line))

    def one(self):
        self.own = []
        m_line, line = self.block[0]
        media, port, proto, fmt = line[2:].split(" ", 3)
        port = int(port.split("/")[0])
        own = list(self.attributes(self.block))

        out = {"media": self.says(media), "port": port, "proto": self.says(proto),
               "fmt": [self.says(f) for f in fmt.split(" ")]}
        kind = {"tcp/msrp": "msrp", "tcp/tls/msrp": "msrps"}.get(proto.lower())
        if media == "message":
            if not kind:
                self.note("error", "unknown_proto", m_line)
            if port == 0:
                self.note("error", "port_zero", m_line)
            if fmt != "*":
                self.note("warning", "format_not_star", m_line)
        out["connection"] = self.connection(m_line)
        uris, where = self.values(out, own, m_line, False)
        if uris:
            if port and not uris[-1]["session"]:
                self.note("warning", "path_without_session", where)
            if kind and uris[0]["scheme"].lower() != kind:
                self.note("warning" if "scheme_rules" in self.lenient else "error", "scheme_mismatch", where)
            if uris[0]["transport"].lower() != "tcp":
                self.note("warning", "transport_not_tcp", where)
            if port and port not in [int(u["port"]) for u in uris]:
                self.note("note", "port_differs", m_line)
        for n, a, colon, value in own:
            if a == "connection":
                self.note("note", "connection_attribute", n)
        chat = [a for a in own if a[1] == "chatroom"]
        for n, _, _, _ in chat[1:]:
            self.note("warning", "attribute_repeated", n)
        for n, _, colon, value in chat[:1]:
            tokens = value.lower().split(" ")
            if colon and not re.fullmatch(r"{t}(?: {t})*".format(t=r"[\w\-.!%*+`'~]+"), value, re.ASCII):
                self.note("warning", "chatroom_malformed", n)
            elif len(set(tokens)) != len(tokens):
                self.note("warning", "chatroom_repeated", n)
        if media != "message":  # nothing of MSRP is judged, and nothing is an error
            self.own = [("warning" if severity == "error" else severity, code, n) for severity, code, n in self.own
                        if code not in JUDGED]
            self.note("note", "not_message", m_line)
        errors = [code for severity, code, _ in self.own if severity == "error" or code == "not_message"]
        out["msrp_usable"] = not errors
        out["reason"] = set(errors)
        self.tell()
        return out

    def values(self, out, own, absent_line, channel):
        """What a media and a data channel both may say. @return the URIs, the line of the first a=path."""
        session = [] if channel else list(self.attributes(self.session))

        def named(name):
            return [(n, v) for n, a, _, v in own if a == name]

        def first(name):
            all_ = named(name)
            for n, _ in all_[1:]:
                self.note("warning", "attribute_repeated", n)
            return all_[0] if all_ else None

        uris, texts = self.path(named("path"), absent_line)
        out["path"] = [self.says(t) for t in texts] if texts else None
        self.types(out, first("accept-types"), first("accept-wrapped-types"), None if channel else absent_line)
        size = first("max-size")
        out["max_size"] = None
        if size and not re.fullmatch("[0-9]+", size[1], re.ASCII):
            self.note("warning", "max_size_malformed", size[0])
        elif size and int(size[1]) > MAX:
            self.note("note", "max_size_too_large", size[0])
        elif size:
            out["max_size"] = int(size[1])
        setup = first("setup") or next(((n, v) for n, a, _, v in session if a == "setup"), None)
        out["setup"] = None
        if setup:
            if setup[1].lower() in SETUPS:
                out["setup"] = setup[1].lower()
            else:
                self.note("warning", "setup_unknown", setup[0])
            if out["setup"] == "holdconn":
                self.note("warning", "setup_holdconn", setup[0])
        cema = first("msrp-cema")
        out["cema"] = bool(cema) and (cema[0], "msrp-cema", False, "") in own
        if cema and not out["cema"]:
            self.note("warning", "cema_with_value", cema[0])
        if not channel:
            out["fingerprint"] = self.fingerprints(
                named("fingerprint") or [(n, v) for n, a, _, v in session if a == "fingerprint"])
        here = [(n, a) for n, a, colon, _ in own if a in WAYS and not colon]
        for n, _ in here[1:]:
            self.note("warning", "attribute_repeated", n)
        there = [a for _, a, colon, _ in session if a in WAYS and not colon]
        out["direction"] = here[0][1] if here else (there + ["sendrecv"])[0]
        out["file"] = self.file([a for a in own if a[1] in FILE_READERS], absent_line)
        return uris, (named("path") or [(0,)])[0][0]

    def connection(self, m_line):
        found = next(((n, x[2:]) for n, x in self.block + self.session if x.startswith("c=")), None)
        if not found:
            self.note("warning", "connection_absent", m_line)
            return None
        net, kind, where = found[1].split(" ", 2)
        if "doubled_address_type" in self.lenient:
            where = where.split(" ")[-1]
        families = {"IP4": ipaddress.IPv4Address, "IP6": ipaddress.IPv6Address}
        if kind in families:  # a multicast address, with its TTL or count
            where = re.sub("/[0-9]+$", "", where)
        if net == "IN" and not (kind in families and address(where, families[kind])) and \
                address(where, ipaddress.ip_address):
            self.note("warning", "connection_family", found[0])
        if net == "IN" and re.fullmatch(r"\[.*\]", where) and address(where[1:-1], ipaddress.IPv6Address):
            self.note("warning", "connection_brackets", found[0])
        return self.says(found[1])

    def path(self, lines, m_line):
        if not lines:
            self.note("error", "path_absent", m_line)
            return [], []
        if len(lines) > 1:
            self.note("warning", "path_repeated", lines[1][0])
        uris, texts = [], []
        for n, value in lines:
            parts = value.split(" ")
            if "several_blanks" in self.lenient:
                parts = re.split(" +", value)
            read = []
            for i, part in enumerate(parts):
                if len(uris) + i == 64:
                    read.append("path_too_long")
                    break
                read.append(read_uri(part, "ipv6_without_brackets" in self.lenient))
                if isinstance(read[-1], str):
                    break
            wrong = [r for r in read if isinstance(r, str)] or [w for w in map(port_wrong, read) if w]
            if wrong:
                self.note("error", wrong[0], n)
                return [], []
            uris += read
            texts += parts
        return uris, texts

    def types(self, out, plain, wrapped, m_line):
        lists = {}
        for key, found, severity in (("accept_types", plain, "error"), ("accept_wrapped_types", wrapped, "warning")):
            out[key] = None
            if not found:
                continue
            entries, rest = [], found[1]
            while True:
                m = TYPES.match(rest)
                if not m or not shown(m[0])[1]:
                    m = None
                    break
                entries.append(m[0])
                rest = rest[m.end():]
                if not rest.startswith(" "):
                    break
                rest = rest[1:]
            if m and not rest:
                lists[key] = entries
                out[key] = [self.says(e) for e in entries]
            else:
                self.note(severity, key + "_malformed", found[0])
        if not plain and m_line:  # a data channel needs none
            self.note("error", "accept_types_absent", m_line)
        if len(lists) == 2:
            lower = [e.lower() for e in lists["accept_types"]]
            if not any(re.match(r"\*$|multipart/|message/(\*|cpim)(;|$)", e) for e in lower):
                self.note("note", "container_absent", wrapped[0])
            if set(lower) & {e.lower() for e in lists["accept_wrapped_types"]}:
                self.note("note", "wrapped_types_repeat", wrapped[0])

    def fingerprint(self, value):
        m = re.fullmatch("(%s) (%s)" % (TOKEN, HEXES), value)
        size = SIZES.get(m[1].lower()) if m else None
        return m if m and (not size or len(m[2]) == 3 * size - 1) else None

    def fingerprints(self, lines):
        out, kept = [], {}
        good = {"sha-256", "sha-384", "sha-512"}
        if "accept_weak_fingerprints" in self.lenient:
            good |= {"sha-1", "sha-224"}
        for n, value in lines:
            m = self.fingerprint(value)
            if m:
                out.append({"hash": m[1], "value": m[2]})
            if not m:
                self.note("warning", "fingerprint_malformed", n)
            elif m[1].lower() not in good:
                self.note("warning", "fingerprint_unusable", n)
            else:
                kept.setdefault(SIZES[m[1].lower()], []).append(n)
        chosen = kept[max(kept)] if kept else []
        if len(chosen) > 8:
            self.note("warning", "fingerprints_too_many", chosen[8])
        return out

    def file(self, lines, absent_line):
        if not lines:
            return None
        out = dict.fromkeys(FILE_KEYS)
        out["hash"] = []
        seen = set()
        for n, name, colon, value in lines:
            if name in seen:
                self.note("warning", "attribute_repeated", n)
                continue
            seen.add(name)
            if not FILE_READERS[name](self, out, n, colon, value):
                self.note("warning", "file_malformed", n)
        where = [n for n, name, _, _ in lines if name == "file-selector"]
        if where and not next(colon for _, name, colon, _ in lines if name == "file-selector"):
            if len(seen) > 1:
                self.note("warning", "file_selector_empty", where[0])
            return out
        if not where:
            self.note("warning", "file_selector_absent", absent_line)
        if "file-transfer-id" not in seen:
            self.note("warning", "file_transfer_id_absent", (where or [absent_line])[0])
        return out

    def selector(self, out, n, colon, value):
        if not colon:
            return True
        found = []
        while True:
            m = SELECTOR.match(value)
            if not m or (m["size"] and int(m["size"][5:]) > MAX):
                return False
            found.append((m.lastgroup, m[0].split(":", 1)[1]))
            value = value[m.end():]
            if not value:
                break
            if not value.startswith(" "):
                return False
            value = value[1:]
        repeated = wrong_size = False
        for kind, text in found:
            if kind == "hash":
                algorithm, digest = text.split(":", 1)
                out["hash"].append({"algorithm": algorithm, "value": digest})
                wrong_size |= len(digest) != 3 * SIZES.get(algorithm.lower(), (len(digest) + 1) // 3) - 1
            elif out[kind] is not None:
                repeated = True
            elif kind == "name":
                octets = unpercent(text[1:-1]).encode("latin-1")
                out["name"] = self.says(octets.decode("latin-1"))
                out["safe_name"] = safe_name(octets)
            else:
                out[kind] = int(text) if kind == "size" else self.says(text)
        if repeated:
            self.note("warning", "file_selector_repeated", n)
        if wrong_size:
            self.note("warning", "file_hash_size", n)
        return True

    def token(key):
        def read(self, out, n, colon, value):
            if not re.fullmatch(TOKEN, value):
                return False
            out[key] = value
            return True
        return read

    def range(self, out, n, colon, value):
        m = re.fullmatch(r"([1-9][0-9]*)-([1-9][0-9]*|\*)", value)
        if not m or int(m[1]) > MAX or (m[2] != "*" and not int(m[1]) <= int(m[2]) <= MAX):
            return False
        out["range"] = value
        return True

    def date(self, out, n, colon, value):
        kinds = re.findall(r'([a-z]+):"', value)
        return bool(DATES.fullmatch(value)) and len(set(kinds)) == len(kinds)

    def icon(self, out, n, colon, value):
        return bool(re.fullmatch("(?i:cid:)%s" % CID, value)) and value.count("@") == 1 and \
            not re.search(":@|@$", value)

    transfer_id = token("transfer_id")
    disposition = token("disposition")


FILE_READERS = {"file-selector": Oracle.selector, "file-transfer-id": Oracle.transfer_id,
                "file-disposition": Oracle.disposition, "file-range": Oracle.range, "file-date": Oracle.date,
                "file-icon": Oracle.icon}


class Runner:
    def __init__(self, program, keep):
        self.program, self.keep = program, keep
        self.runs, self.compared, self.failures, self.codes = 0, 0, [], {}
        self.texts = {}

    def call(self, text, *options):
        self.runs += 1
        done = subprocess.run([self.program, *options], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=30)
        return done.returncode, done.stdout, done.stderr

    def differ(self, why, text, options, expected, seen):
        self.failures.append((why, text, options, expected, seen))
        if self.keep:
            os.makedirs(self.keep, exist_ok=True)
            with open(os.path.join(self.keep, "%03d.sdp" % len(self.failures)), "wb") as f:
                f.write(text)

    def read(self, text, lenient=()):
        """The exit status and the object; nothing else may be printed."""
        options = [x for name in lenient for x in ("--lenient", name)]
        code, out, err = self.call(text, *options)
        try:
            if out.count(b"\n") != 1 or not out.endswith(b"\n") or err:
                raise ValueError("not one line, or a complaint")
            return code, json.loads(out.decode())
        except ValueError as e:
            self.differ("not one JSON object: %s" % e, text, options, "", (code, out, err))
            return None, {}

    def refused(self, text, code, line, offset, lenient=()):
        status, seen = self.read(text, lenient)
        error = seen.get("error", {})
        if status != 1 or list(seen) != ["error"] or not error.get("message") or \
                {k: v for k, v in error.items() if k != "message"} != {"code": code, "line": line, "offset": offset}:
            self.differ("refused", text, lenient, (code, line, offset), (status, seen))

    def check(self, text, lenient=()):
        """Compares what is said of a description that is to be read; returns it."""
        oracle = Oracle(text, lenient)
        status, seen = self.read(text, lenient)
        self.compared += 1
        if status != 0 or "media" not in seen:
            self.differ("not read", text, lenient, oracle.media, (status, seen))
            return {"media": []}
        for f in seen["findings"]:
            if self.texts.setdefault(f["code"], f["text"]) != f["text"] or not f["text"]:
                self.differ("the text of a finding", text, lenient, self.texts[f["code"]], f)
            self.codes[f["code"]] = self.codes.get(f["code"], 0) + 1
        found = sorted((f["severity"], f["code"], f["line"]) for f in seen["findings"])
        if found != sorted(oracle.findings):
            self.differ("findings", text, lenient, sorted(oracle.findings), found)
        if len(seen["media"]) != len(oracle.media) or seen.get("lossy", False) != oracle.lossy:
            return self.differ("media, lossy", text, lenient, (len(oracle.media), oracle.lossy), seen) or seen
        for wanted, got in zip(oracle.media, seen["media"]):
            reason = got.get("reason")
            good = reason in {self.texts.get(c) for c in wanted["reason"]} if wanted["reason"] else reason is None
            for key in KEYS:
                if key == "reason" and not good or key != "reason" and got.get(key) != wanted[key]:
                    self.differ(key, text, lenient, wanted[key], got.get(key))
            if list(got) != KEYS or (got["file"] and list(got["file"]) != FILE_KEYS):
                self.differ("the keys", text, lenient, KEYS, list(got))
        return seen


HEAD = [b"v=0", b"o=kim 20 3 IN IP4 192.0.2.4", b"s=-", b"c=IN IP4 192.0.2.4", b"t=0 0"]
GOOD = [b"m=message 7394 TCP/MSRP *", b"a=path:msrp://kim.example:7394/k2;tcp", b"a=accept-types:text/plain"]
SHA256 = b":".join(b"%02X" % (7 * i % 256) for i in range(32))


def crlf(*lines):
    return b"".join(line + b"\r\n" for line in lines)


def described(*more, session=()):
    return crlf(*HEAD, *session, *GOOD, *more)


def fixed_cases(run):
    def has(text, lenient=(), at=0, **wanted):
        """The oracle agrees, and these keys are as written down here."""
        seen = run.check(text, lenient)
        for key, value in wanted.items():
            got = seen["media"][at].get(key) if seen["media"] else None
            if got != value:
                run.differ(key, text, lenient, value, got)

    def file_has(value, more=(), **wanted):
        text = described(b"a=file-selector:" + value, *more)
        got = (run.check(text)["media"] or [{}])[0].get("file") or {}
        for key, value in wanted.items():
            if got.get(key.rstrip("_")) != value:
                run.differ("file: " + key, text, (), value, got.get(key.rstrip("_")))

    # Each key, and what is null.
    has(described(), media="message", port=7394, proto="TCP/MSRP", fmt=["*"], connection="IN IP4 192.0.2.4",
        path=["msrp://kim.example:7394/k2;tcp"], accept_types=["text/plain"], accept_wrapped_types=None, max_size=None,
        setup=None, cema=False, fingerprint=[], direction="sendrecv", file=None, msrp_usable=True, reason=None)
    has(crlf(*HEAD))
    has(described().replace(b"\r\n", b"\n"), port=7394)
    has(described().replace(b"\r\n", b"\n", 3), port=7394)
    has(crlf(*HEAD, b"m=audio 5004/2 RTP/AVP 0 96", b"a=rtpmap:96 x/8000", *GOOD), media="audio", port=5004,
        fmt=["0", "96"], path=None, accept_types=None, msrp_usable=False, reason="media type is not message")
    has(crlf(*HEAD, b"m=audio 0 RTP/AVP 0", b"a=setup:holdconn", b"a=connection:new", b"a=file-range:1-2",
             b"a=path:msrps://[::1]:9/x;ws", b"a=accept-types:x/y", b"a=accept-wrapped-types:x/y",
             b"a=fingerprint:md5 " + SHA256[:47]), setup="holdconn", path=["msrps://[::1]:9/x;ws"], msrp_usable=False)
    has(crlf(*HEAD, b"m=audio 9 RTP/AVP 0", b"a=path:x", b"a=accept-types:", b"a=setup:x", b"a=max-size:x"), path=None,
        accept_types=None, setup=None, reason="media type is not message")
    has(crlf(*HEAD, b"m=message 0 TCP/MSRP *", *GOOD[1:]), port=0, msrp_usable=False)
    has(crlf(*HEAD, b"m=message 7394 tcp/tls/msrp *", *GOOD[1:]), msrp_usable=False)
    has(crlf(*HEAD, b"m=message 7394 tcp/tls/msrp *", *GOOD[1:]), ("scheme_rules",), msrp_usable=True)
    has(crlf(*HEAD, b"m=message 65535 TCP/WS/MSRP x y", *GOOD[1:]), port=65535, fmt=["x", "y"], msrp_usable=False)
    has(crlf(*HEAD, GOOD[0], b"i=chat", b"c=IN IP6 2001:db8::9", b"c=IN IP4 192.0.2.77", *GOOD[1:]),
        connection="IN IP6 2001:db8::9")
    for session in (b"a=setup:active", b"a=setup:holdconn", b"a=setup:ACTPASS", b"a=setup:other", b"a=setup"):
        value = session[8:].decode().lower()
        value = value if value in ("active", "holdconn", "actpass") else None
        has(described(session=[session]), setup=value)
        has(described(session, session=[b"a=setup:passive"]), setup=value)
        has(described(session, b"a=setup:passive"), setup=value)
    for name in b"sendonly", b"recvonly", b"inactive", b"sendrecv":
        has(described(b"a=" + name, session=[b"a=inactive"]), direction=name.decode())
        has(described(session=[b"a=x", b"a=" + name, b"a=inactive"]), direction=name.decode())
        has(described(b"a=" + name + b":x"), direction="sendrecv")
    has(described(b"a=msrp-cema"), cema=True)
    has(described(b"a=msrp-cema:"), cema=False)
    has(described(b"a=msrp-cema:yes", b"a=msrp-cema"), cema=False)
    has(described(b"a=MSRP-CEMA"), cema=False)
    has(described(session=[b"a=msrp-cema"]), cema=False)
    for value, size in ((b"0", 0), (b"0042", 42), (b"18446744073709551615", MAX), (b"18446744073709551616", None),
                        (b"9" * 60, None), (b"", None), (b"-1", None), (b"12 ", None), (b"0x9", None)):
        has(described(b"a=max-size:" + value), max_size=size, msrp_usable=True)
    has(described(b"a=max-size"), max_size=None)
    has(described(b"a=max-size:x", b"a=max-size:5"), max_size=None)
    has(described(b"a=path:msrp://[2001:db8::1]:9/r;tcp msrps://u@x.example:8/s;tcp;a=b"),
        path=["msrp://kim.example:7394/k2;tcp", "msrp://[2001:db8::1]:9/r;tcp", "msrps://u@x.example:8/s;tcp;a=b"])
    has(described(b"a=path:broken"), path=None, msrp_usable=False)
    for path in (b"", b" msrp://a:1;tcp", b"msrp://a:1;tcp ", b"msrp://192.0.2.1/s;tcp", b"msrp://a/s;tcp", b"http://a:1/",
                 b"msrp://[::1]/s;tcp", b"msrp://a:65536/s;tcp", b"msrp://a:1/s", b"msrp://a:0/s;tcp",
                 b"msrp://a:1/s;tcp msrp://a:000/s;tcp"):
        has(crlf(*HEAD, GOOD[0], b"a=path:" + path, GOOD[2]), path=None, msrp_usable=False)
    for n, good in ((64, True), (65, False)):
        has(crlf(*HEAD, GOOD[0], b"a=path:" + b" ".join([b"msrp://a:1;tcp"] * n), GOOD[2]), msrp_usable=good)
    for types, want in ((b"*", ["*"]), (b'a/b;c="d \\" e" message/* *', ['a/b;c="d \\" e"', "message/*", "*"]), (b"", None),
                        (b"text", None), (b"a/b  c/d", None), (b"a/b;c", None), (b"a/b ", None)):
        has(crlf(*HEAD, *GOOD[:2], b"a=accept-types:" + types), accept_types=want, msrp_usable=want is not None)
        has(described(b"a=accept-wrapped-types:" + types), accept_wrapped_types=want, msrp_usable=True)
    sha1 = SHA256[:59]
    for weak in (), ("accept_weak_fingerprints",):
        has(described(b"a=fingerprint:SHA-256 " + SHA256, b"a=fingerprint:sha-1 " + sha1, b"a=fingerprint:x 0A"), weak,
            fingerprint=[{"hash": "SHA-256", "value": SHA256.decode()}, {"hash": "sha-1", "value": sha1.decode()},
                         {"hash": "x", "value": "0A"}])
    has(described(session=[b"a=fingerprint:sha-1 " + sha1] * 2), fingerprint=[{"hash": "sha-1", "value": sha1.decode()}] * 2)
    has(described(b"a=fingerprint:md5 0A", session=[b"a=fingerprint:sha-256 " + SHA256]), fingerprint=[])
    has(described(b"a=fingerprint:sha-256 " + SHA256.lower()), fingerprint=[])
    strong = [b"a=fingerprint:sha-256 " + SHA256[:-2] + b"%02X" % i for i in range(10)]
    for lines in (strong, strong[:8], strong[:9], strong[:9] + [b"a=fingerprint:sha-512 " + SHA256 + b":" + SHA256],
                  [b"a=fingerprint:sha-1 " + sha1] * 8 + strong[:1], [b"a=fingerprint:sha-1 " + sha1] * 9):
        for lenient in (), ("accept_weak_fingerprints",):
            has(described(*lines), lenient)
            has(described(session=lines), lenient)
            has(crlf(*HEAD, *lines, *GOOD, b"m=audio 9 RTP/AVP 0", *GOOD), lenient)
    for c in b"IN IP6 [2001:db8::1]", b"IN IP4 [2001:db8::1]", b"IN IP6 [192.0.2.1]", b"IN IP6 [x]", b"X IP6 [::1]":
        has(crlf(*HEAD[:3], b"c=" + c, *HEAD[4:], *GOOD), connection=c.decode(), msrp_usable=True)
    # Files.
    file_has(b'name:"a%20b%2f%22.txt" type:text/plain;x="y z" size:18446744073709551615 hash:sha-1:' + sha1 +
             b" hash:sha-256:0A:0B hash:new:FF",
             [b"a=file-transfer-id:Zz90+", b"a=file-disposition:Render", b"a=file-range:1-*",
              b'a=file-date:read:"Sun, 1 Nov 2026 10:00:00 +0000"', b"a=file-icon:cid:i%31@x"],
             name='a b/".txt', safe_name="_.txt", size=MAX, type='text/plain;x="y z"', transfer_id="Zz90+",
             disposition="Render", range_="1-*",
             hash=[{"algorithm": "sha-1", "value": sha1.decode()}, {"algorithm": "sha-256", "value": "0A:0B"},
                   {"algorithm": "new", "value": "FF"}])
    file_has(b'name:"../..\\C:%00.con"', name="../..\\C:\0.con", safe_name="_.con", size=None)
    file_has(b'NAME:"nul.tar" name:"b"', name="nul.tar", safe_name="_nul.tar")
    file_has(b'name:"%ff%E2%82%ac"', name="\xff\xe2\x82\xac", safe_name="_\u20ac")
    file_has(b'name:"%E2%82%ac"', name="\u20ac", safe_name="\u20ac")
    file_has(b'name:"..."', name="...", safe_name="file")
    file_has(b'name:"' + b"%C3%A9" * 128 + b'"', safe_name="\xe9" * 127)
    for bad in (b"", b'name:""', b"size:0", b"size:18446744073709551616", b'name:"a"  size:1', b"hash:sha-1:0a", b"x",
                b'name:"%2"'):
        file_has(bad, name=None, safe_name=None, size=None, hash=[])
    for line, value in ((b"1-5", "1-5"), (b"5-5", "5-5"), (b"0-5", None), (b"6-5", None), (b"3", None), (b"*-9", None)):
        has(described(b"a=file-range:" + line), file={**dict.fromkeys(FILE_KEYS), "hash": [], "range": value})
    has(described(b"a=file-selector"), file={**dict.fromkeys(FILE_KEYS), "hash": []})
    has(described(b"a=file-range:1-2", b"a=file-range:3-4", b"a=file-new:x"),
        file={**dict.fromkeys(FILE_KEYS), "hash": [], "range": "1-2"})
    has(described(b"a=file-new:x", session=[b"a=file-range:1-2"]), file=None)
    # Octets that are not UTF-8.
    has(crlf(*HEAD[:3], b"c=IN IP4 caf\xe9.example", *HEAD[4:], *GOOD), connection="IN IP4 caf\xe9.example")
    has(crlf(*HEAD[:3], b"c=IN IP4 caf\xc3\xa9.example", *HEAD[4:], *GOOD), connection="IN IP4 caf\xe9.example")
    has(described(b'a=x:\xff', b"a=accept-wrapped-types:text/x"))
    # A data channel: the m= line is no m=message; what its channel says is among the findings.
    channel = [b"m=application 9 UDP/DTLS/SCTP webrtc-datachannel", b'a=dcmap:2 subprotocol="msrp"']
    full = [b"a=dcsa:2 msrp-cema", b"a=dcsa:2 setup:active", b"a=dcsa:2 path:msrps://k.example:9/s;dc"]

    def channel_has(code, line, more, lines=channel):
        text = crlf(*HEAD, *lines, *more)
        seen = run.check(text)
        told = [(f["code"], f["line"]) for f in seen["findings"] if f["line"] > 6]
        if told != ([(code, line)] if code else []) or seen["media"][0]["msrp_usable"] or seen["media"][0]["path"]:
            run.differ("a data channel", text, (), code, seen)

    channel_has(None, 0, full)
    for i, code in enumerate(("channel_cema_absent", "channel_setup_absent", "path_absent")):
        channel_has(code, 7, full[:i] + full[i + 1:])
    for line, code in ((b"path:msrp://k.example:9/r;dc", "path_repeated"), (b"sendonly:x", "direction_with_value"),
                       (b"max-size:x", "max_size_malformed"), (b"chatroom:,", None),
                       (b"setup:bogus", "attribute_repeated"), (b"accept-types:,", "accept_types_malformed")):
        if code != "path_repeated":
            channel_has(code, 11, [*full, b"a=dcsa:2 " + line])
        channel_has("direction_with_value" if b"sendonly" in line else None, 11, [*full, b"a=dcsa:3 " + line])
    for bad in (b"a=dcsa:2", b"a=dcsa", b"a=dcsa:2 ", b"a=dcsa:65536 x", b"a=dcsa:000002 x", b"a=dcsa:2 :x", b"a=dcsa:2  x"):
        channel_has("dcsa_malformed", 11, [*full, bad])
    for bad in (b"a=dcmap:x", b"a=dcmap", b"a=dcmap:", b"a=dcmap:2 ", b"a=dcmap:65536", b"a=dcmap:3 label=x", b'a=dcmap:3 label="a";',
                b"a=dcmap:3 max-retr=4294967296", b"a=dcmap:3 priority=07", b'a=dcmap:3 other="x"', b'a=dcmap:3 label="\xe9"'):
        channel_has("dcmap_malformed", 11, [*full, bad])
    for good in (b"a=dcmap:3", b"a=dcmap:65535 max-retr=4294967295", b'a=dcmap:3 LABEL="";ordered=x', b'a=dcmap:4 subprotocol="bfcp"'):
        channel_has(None, 0, [*full, good])
    for option in (b"max-retr=1", b"max-time=0", b"ordered=False"):
        channel_has("channel_unreliable", 7, full, [channel[0], channel[1] + b";" + option])
    channel_has("channel_option_repeated", 7, full, [channel[0], channel[1] + b";subprotocol=\"x\""])
    has(described(b"a=dcmap:x", b"a=dcsa:y"), msrp_usable=True)
    # Each malformed value has a finding, at either level; what stands there in vain has one, too.
    def finds(code, line, text):
        seen = run.check(text)
        if (code, line) not in [(f["code"], f["line"]) for f in seen["findings"]]:
            run.differ("a finding", text, (), (code, line), seen["findings"])

    for line, code in ((b"setup:bogus", "setup_unknown"), (b"setup", "setup_unknown"), (b"fingerprint", "fingerprint_malformed"),
                       (b"fingerprint:sha-256 0A", "fingerprint_malformed"), (b"sendonly:x", "direction_with_value"),
                       (b"inactive:", "direction_with_value")):
        finds(code, 9, described(b"a=" + line))
        finds(code, 6, described(session=[b"a=" + line]))
        shadowed = code if code == "direction_with_value" else "session_value_malformed"
        finds(shadowed, 6, crlf(*HEAD, b"a=" + line))
        finds(shadowed, 6, described(b"a=setup:active", b"a=fingerprint:sha-256 " + SHA256, session=[b"a=" + line]))
        later = "session_value_malformed" if line.startswith(b"setup") else code
        finds(later, 15, described(session=[b"a=setup:active"] + [b"a=fingerprint:sha-256 " + SHA256] * 8 + [b"a=" + line]))
    for line, code in ((b"path", "path_malformed"), (b"accept-types", "accept_types_malformed"), (b"max-size:1 ", "max_size_malformed"),
                       (b"accept-wrapped-types:", "accept_wrapped_types_malformed"), (b"msrp-cema:1", "cema_with_value"),
                       (b"max-size", "max_size_malformed"), (b"chatroom:", "chatroom_malformed"),
                       (b"chatroom:a  b", "chatroom_malformed"), (b"chatroom:a A", "chatroom_repeated"),
                       (b"dcmap", "dcmap_malformed"), (b"dcsa:x", "dcsa_malformed")):
        finds(code, 7, crlf(*HEAD, GOOD[0], b"a=" + line, *GOOD[1:]))
        finds("media_attribute_at_session_level", 6, described(session=[b"a=" + line]))
    for name in FILE_READERS:
        finds("file_malformed", 9, described(b"a=" + name.encode() + b":"))
        finds("file_at_session_level", 6, described(session=[b"a=" + name.encode() + b":"]))
    # Of the session level, all fingerprints are shown.
    prints = [b"sha-256 " + SHA256[:-2] + b"%02X" % i for i in range(20)]
    has(described(session=[b"a=fingerprint:" + x for x in prints]),
        fingerprint=[{"hash": "sha-256", "value": x[8:].decode()} for x in prints])
    for line, code in ((b"file-selector:size:1", "file_transfer_id_absent"), (b"file-transfer-id:q", "file_selector_absent")):
        finds(code, 9 if b"selector" in line else 6, described(b"a=" + line))
        channel_has(code, 11 if b"selector" in line else 7, [*full, b"a=dcsa:2 " + line])
    finds("file_selector_empty", 10, described(b"a=file-transfer-id:q", b"a=file-selector"))
    # More findings than a list holds.
    text = described(*[b"a=connection:new"] * 40)
    seen = run.read(text)[1]
    if len(seen["findings"]) != 32 or seen.get("findings_truncated") is not True:
        run.differ("too many findings", text, (), 32, seen)
    text = described(*[b"a=connection:new"] * 40, b"a=max-size:x", b"a=setup:x", *[b"a=connection:new"] * 40)
    seen = run.read(text)[1]
    if len(seen["findings"]) != 32 or {f["code"] for f in seen["findings"]} != \
            {"connection_attribute", "max_size_malformed", "setup_unknown"}:
        run.differ("a code among too many findings", text, (), 32, seen)
    text = described(session=[b"a=fingerprint:x"] * 40)
    seen = run.read(text)[1]
    if [f["line"] for f in seen["findings"]] != list(range(6, 46)) or \
            {f["code"] for f in seen["findings"]} != {"fingerprint_malformed", "session_value_malformed"}:
        run.differ("too many findings of the session level", text, (), 40, seen)


def refused_cases(run):
    head = crlf(*HEAD)
    at = len(head)

    def line(octets, code, where, first=head):
        run.refused(first + octets + b"\r\n", code, first.count(b"\n") + 1, len(first) + where)

    for port, where in ((b"65536", 14), (b"65540", 14), (b"100000", 15), (b"99999999999999999999999", 14)):
        line(b"m=message " + port + b" TCP/MSRP *", "port_too_large", where)
    line(b"m=message 9/65536 TCP/MSRP *", "port_too_large", 16)
    line(b"m=message x TCP/MSRP *", "bad_media", 10)
    line(b"m=message 9 TCP/MSRP", "bad_media", 20)
    line(b"a=:x", "bad_attribute", 2)
    line(b"x=1", "unknown_line", 0)
    line(b"s=again", "misplaced_line", 0)
    line(b"a", "bad_line", 1)
    line(b"", "bad_line", 0)
    line(b"a=x\rb", "bad_line_end", 4)
    line(b"a=x\0b", "bad_line_end", 3)
    line(b"v=1", "bad_version", 2, b"")
    line(b"o=a 1 1 IN IP4", "bad_origin", 14, crlf(HEAD[0]))
    for value, where in ((b"%x", 3), (b"a b", 3), (b"//h:1x", 8), (b"//[::1", 8), (b"1a:b", 4), (b"a#b#", 5)):
        line(b"u=" + value, "bad_uri", where, crlf(*HEAD[:3]))
    for value, where in ((b"", 2), (b"mira", 6), (b"mira@", 7), (b"<mira@club>", 2), (b"Mira<mira@club>", 6), (b"a@b, c@d", 10),
                         (b"a@b (\xe9", 8), (b"Mira <a@b", 11), (b"a@b..c", 8), (b"a@b\t(\xe9)", 7)):
        line(b"e=" + value, "bad_email", where, crlf(*HEAD[:3]))
    for value, where in ((b"", 2), (b"+1", 4), (b"(0)12", 2), (b"12.3", 6), (b"12 ()", 6), (b"M <12", 7), (b"M <12>x", 8)):
        line(b"p=" + value, "bad_phone", where, crlf(*HEAD[:3]))
    line(b"i=", "bad_text", 2, crlf(*HEAD[:3]))
    line(b"c=IN IP4 a b", "bad_connection", 10, crlf(*HEAD[:3]))
    line(b"b=AS:x", "bad_bandwidth", 5, crlf(*HEAD[:3]))
    line(b"t=0", "bad_time", 3, crlf(*HEAD[:3]))
    line(b"r=7d 1h", "bad_repeat", 7)
    line(b"z=0", "bad_zone", 2, crlf(*HEAD, b"r=7d 1h 0"))
    run.refused(b"", "missing_line", 1, 0)
    run.refused(crlf(*HEAD[:2]), "missing_line", 3, len(crlf(*HEAD[:2])))
    # Limits: at the limit read, one above refused.
    fits = lambda n: head + b"a=" + b"x" * (n - 2) + b"\r\n"
    run.check(fits(8192))
    run.refused(fits(8193), "line_too_long", 6, at + 8192)
    run.check(head + b"a=x\r\n" * 1019)
    run.refused(head + b"a=x\r\n" * 1020, "too_many_lines", 1025, at + 5 * 1019)
    run.check(head + GOOD[0] + b"\r\n" + (GOOD[0] + b"\r\n") * 63)
    run.refused(head + (GOOD[0] + b"\r\n") * 65, "too_many_media", 70, at + 64 * (len(GOOD[0]) + 2))
    line_8000 = b"a=" + b"y" * 7998 + b"\r\n"
    body = head + line_8000 * 8
    fill = lambda n: body + b"a=" + b"z" * (n - len(body) - 4) + b"\r\n"
    run.check(fill(65536))
    run.refused(fill(65537), "text_too_long", 14, 65536)
    run.refused(fill(65536) + b"x" * 5000000, "text_too_long", 15, 65536)
    run.refused(b"x" * 2**20, "unknown_line", 1, 0)
    run.refused(b"\0" * 2**20, "bad_line", 1, 0)
    run.refused(head + b"a=:" + b"x" * 2**20, "bad_attribute", 6, at + 2)
    run.refused(head + GOOD[0] + b"\r\nbad\r\n" + line_8000 * 9, "bad_line", 7,
                at + len(GOOD[0]) + 3)
    # Leniencies: what is refused without is read with, and with no other.
    both = [("empty_session_name", crlf(*HEAD[:2], b"s=", *HEAD[3:], *GOOD), "bad_text", 3, 2),
            ("missing_time", crlf(*HEAD[:4], *GOOD), "missing_time", 5, 0),
            ("connection_after_time", crlf(*HEAD[:3], HEAD[4], HEAD[3], *GOOD), "misplaced_line", 5, 0),
            ("missing_connection", crlf(*HEAD[:3], HEAD[4], *GOOD), "missing_connection", 6, 0),
            ("missing_last_line_end", described()[:-2], "bad_line_end", 8, len(GOOD[2])),
            ("doubled_address_type", crlf(*HEAD[:3], b"c=IN IP6 IP6 2001:db8::2", *HEAD[4:], *GOOD), "bad_connection", 4,
             12),
            ("contact_as_text", crlf(*HEAD[:3], b"e=nobody", *HEAD[3:], *GOOD), "bad_email", 4, 8),
            ("contact_as_text", crlf(*HEAD[:3], b"p=none", *HEAD[3:], *GOOD), "bad_phone", 4, 6),
            ("contact_as_text", crlf(*HEAD[:3], b"u=see below", *HEAD[3:], *GOOD), "bad_uri", 4, 5)]
    run.refused(crlf(*HEAD[:3], b"e=", *HEAD[3:]), "bad_text", 4, len(crlf(*HEAD[:3])) + 2, ("contact_as_text",))
    run.refused(crlf(*HEAD[:3], b"p=", *HEAD[3:]), "bad_text", 4, len(crlf(*HEAD[:3])) + 2, ("contact_as_text",))
    run.check(crlf(*HEAD[:3], b"u=", *HEAD[3:]), ("contact_as_text",))
    for name, text, code, number, where in both:
        others = tuple(n for n in SDP_NAMES + MEDIA_NAMES if n != name)
        offset = sum(len(x) + 1 for x in text.split(b"\n")[:number - 1]) + where
        run.refused(text, code, number, offset)
        run.refused(text, code, number, offset, others)
        run.check(text, (name,))
        run.check(text, SDP_NAMES + MEDIA_NAMES)
    # These change what is said.
    says = [("blank_after_colon", crlf(*HEAD, GOOD[0], b"a=path:  msrp://k.example:7394/k;tcp", b"a=accept-types: *",
                                       b"a=max-size: 9", b"a=setup: active")),
            ("several_blanks", crlf(*HEAD, GOOD[0], b"a=path:msrp://r.example:1/r;tcp   msrp://k.example:2/k;tcp", GOOD[2])),
            ("ipv6_without_brackets", crlf(*HEAD, GOOD[0], b"a=path:msrp://2001:db8::3:7394/k;tcp", GOOD[2])),
            ("scheme_rules", crlf(*HEAD, b"m=message 9 TCP/TLS/MSRP *", *GOOD[1:]))]
    for name, text in says:
        others = tuple(n for n in SDP_NAMES + MEDIA_NAMES if n != name)
        for lenient, usable in (((), False), (others, False), ((name,), True)):
            if run.check(text, lenient)["media"][0].get("msrp_usable") is not usable:
                run.differ("usable", text, lenient, usable, not usable)


def program_cases(run):
    def case(what, good):
        if not good:
            run.differ(what, b"", (), "see the test", "")

    text = described()
    for options in (["--lenient", "everything"], ["--lenient", ""], ["--lenient"], ["--nothing"], ["a", "b"]):
        code, out, err = run.call(text, *options)
        case("usage: %s" % options, code == 64 and err.count(b"\n") == 1 and not out)
    code, out, err = run.call(b"", "--help")
    case("--help", code == 0 and all(n.encode() in out for n in SDP_NAMES + MEDIA_NAMES))
    with tempfile.TemporaryDirectory() as folder:
        code, out, err = run.call(b"", os.path.join(folder, "none"))
        case("no such file", code == 66 and err and not out)
        code, out, err = run.call(b"", folder)
        case("a directory as FILE", code in (66, 74) and err and not out)
        name = os.path.join(folder, "offer.sdp")
        with open(name, "wb") as f:
            f.write(text)
        case("a file reads as standard input", run.call(b"", name)[:2] == run.call(text)[:2] == run.call(text, "-")[:2])
        case("options before a file", run.call(b"", "--lenient", "missing_time", name)[0] == 0)
    case("lossy output is ASCII", run.call(crlf(*HEAD[:3], b"c=IN IP4 \xe9", *HEAD[4:], *GOOD))[1].isascii())
    if os.path.exists("/dev/full"):
        for args, given in (([], text), ([], b""), (["--help"], b"")):
            with open("/dev/full", "wb") as full_device:
                done = subprocess.run([run.program, *args], input=given, stdout=full_device, stderr=subprocess.PIPE,
                                      timeout=30)
            case("output that cannot be written: %s" % args, done.returncode == 74 and done.stderr)


class Maker:
    """Descriptions that are never refused, of values good and bad."""

    def __init__(self, rng):
        self.rng = rng

    def pick(self, *what):
        return self.rng.choice(what)

    def uri(self):
        p = self.pick
        host = p("k.example", "k.example", "192.0.2.9", "[2001:db8::5]", "2001:db8::5", "a_b", "[::g]", "")
        return "%s://%s%s%s%s;%s%s" % (p("msrp", "msrp", "msrps", "MSRP", "http"), p("", "", "u@", "u:p@"), host,
                                       p(":7394", ":7394", ":1", "", ":70000", ":0"), p("/s1", "/a+=b", ""),
                                       p("tcp", "tcp", "TCP", "ws", "dc"), p("", "", ";x", ";x=1"))

    def good_uri(self):
        return "%s://%s:%s/s%d;tcp" % (self.pick("msrp", "msrps"), self.pick("k.example", "[2001:db8::5]", "192.0.2.9"),
                                       self.pick("7394", "9"), self.rng.randrange(9))

    def path(self):
        uri = self.good_uri if self.rng.random() < .7 else self.uri
        return self.pick(" ", " ", " ", "  ").join(uri() for _ in range(self.pick(1, 1, 2, 3)))

    def types(self):
        one = ("text/plain", "TEXT/PLAIN", "message/cpim", "multipart/*", "*", "image/*", 'a/b;c="d;\xe9 \\\\"', "message/*",
               "x/y;z=1", "message/cpim;a=b", "text/html")
        return self.pick("", "", "", " ").join(["", self.pick(" ", " ", "  ").join(
            self.pick(*one, *one, "text", "a/b;c") for _ in range(self.pick(1, 1, 2, 3)))])

    def fingerprint(self):
        name = self.pick("sha-256", "sha-256", "SHA-256", "sha-1", "sha-224", "sha-384", "sha-512", "md5", "md2", "new")
        size = SIZES.get(name.lower(), 5) + self.pick(0, 0, 0, 0, 1, -1)
        text = ":".join("%02X" % self.rng.randrange(256) for _ in range(size))
        return self.pick("%s %s", "%s %s", "%s %s", "%s  %s", " %s%s") % (name, self.pick(text, text, text, text.lower()))

    def name(self):
        parts = ("report", ".txt", "/", "\\", "..", " ", "%2F", "%2e", "%00", "%FF", "%C3%A9", "\xc3\xa9", "\xe9", "C:", "con", "%7f",
                 "%e2%80%ae", ":", "*", "x" * 100, "LPT1", "%c2%b9", ".", "%F0%9F%98%80", "%ED%A0%80", "%E2%82", "%c0%af", "com", "-", "%e2%80%8b",
                 "%EF%BB%BF", "%c2%ad", "%E2%81%A0", "%f3%a0%81%bf", "%E2%80%A8", "%e2%80%a7")
        return "".join(self.pick(*parts) for _ in range(self.pick(1, 1, 2, 3, 4, 6)))

    def selector(self):
        one = lambda: self.pick('name:"%s"' % self.name(), 'name:"%s"' % self.name(), "size:%d" % self.pick(1, 77, MAX, MAX + 1, 0),
                                "type:image/png", 'type:a/b;c="d e"', "hash:sha-1:" + ":".join(["0A"] * self.pick(20, 20, 19)),
                                "hash:new:FF:00", "Size:5", "other:1", "hash:sha-256:0a")
        return self.pick(" ", " ", " ", "  ").join(one() for _ in range(self.pick(1, 1, 2, 3)))

    def attribute(self):
        p = self.pick
        name, value = p(
            ("path", self.path), ("path", self.path), ("accept-types", self.types), ("accept-types", self.types),
            ("accept-wrapped-types", self.types), ("max-size", lambda: p("0", "77", str(MAX), str(MAX + 1), "", "7x", "007")),
            ("dcmap", lambda: p('2 subprotocol="msrp"', "x")),
            ("setup", lambda: p("active", "PASSIVE", "actpass", "holdconn", "no", "")), ("msrp-cema", lambda: p(None, None, "", "1")),
            ("fingerprint", self.fingerprint), ("fingerprint", self.fingerprint),
            (p("sendrecv", "sendonly", "recvonly", "inactive"), lambda: p(None, None, "x")), ("chatroom", lambda: p(
                "nickname", "private-messages nickname", "x X", None, "", ",")), ("connection", lambda: p("new", "existing")),
            ("file-selector", self.selector), ("file-selector", self.selector), ("file-selector", lambda: p(None, self.selector())),
            ("file-transfer-id", lambda: p("q7Wk3", "a b", "", "t{}")), ("file-disposition", lambda: p("render", "attachment", "x y")),
            ("file-range", lambda: p("1-*", "4-9", "9-4", "0-3", "1-%d" % MAX, "1-%d" % (MAX + 1), "01-5", "5-5")),
            ("file-date", lambda: p('creation:"Sat, 7 Nov 2026 08:09:10 +0230"', 'read:"2 Jun 2026 05:06:07 -0100" creation:'
                                    '"2 Jun 2026 05:06:07 -0100"', 'read:"x"', "")),
            ("file-icon", lambda: p("cid:a@b.example", "cid:a", "CID:a%20@b", "x")), ("x-unknown", lambda: p(None, "\xe9", "y")),
            ("Path", self.path), ("file-other", lambda: "1"))
        value = value()
        return "a=%s" % name + ("" if value is None else ":" + self.pick("", "", "", "", "", " ") + value)

    def channel(self):
        """An a=dcmap or an a=dcsa."""
        p = self.pick
        stream = p("0", "2", "2", "2", "00002", "65535", "65536", "123456", "x", "")
        if self.rng.random() < .35:
            options = [p('subprotocol="msrp"', 'SubProtocol="%6dsrp"', 'subprotocol="bfcp"', 'subprotocol="MSRP"', 'label="a b"',
                         'label=""', "ordered=true", "Ordered=False", "ordered=x", "max-retr=0", "max-retr=4294967295",
                         "max-retr=4294967296",
                         "max-time=150", "max-time=01", "priority=65535", "priority=65536", "label=x", "other=1", 'label="%2"')
                       for _ in range(p(0, 1, 1, 1, 2, 4))]
            return "a=dcmap:" + p(stream, "2") + p(" ", " ", " ", "") * bool(options) + p(";", ";", ";", "; ").join(
                p(['subprotocol="msrp"'], [], []) + options)
        path = "path:msrps://k.example:9/s;dc"
        inner = p("msrp-cema", "msrp-cema", "setup:active", "setup:passive", "setup:bogus", "sendonly", "sendonly:x", path, path,
                  path.replace("msrps", "msrp"), "accept-types:text/plain", "accept-types:", "max-size:x", "setup: active", "",
                  ":x", "chatroom:,", *[self.attribute()[2:] for _ in range(6)])
        return "a=dcsa:" + p(stream, "2", "2", "2") + p(" ", " ", " ", " ", " ", "  ", "") + inner

    def connection(self, lenient):
        p = self.pick
        kind = p("IP4", "IP6")
        doubled = kind + " " if "doubled_address_type" in lenient and self.rng.random() < .5 else ""
        return "c=%s %s %s%s" % (p("IN", "IN", "IN", "X"), kind, doubled, p(
            "192.0.2.8", "2001:db8::8", "[2001:db8::8]", "k.example", "caf\xe9", "233.252.0.1/9", "caf\xc3\xa9.example"))

    def contact(self, kind):
        """A value of u=, e= or p=, or nearly one."""
        p = self.pick
        if kind == "u":
            pieces = [p("http:", "a+b:", "x", "", ":"), p("//", "/", "", "//"), p("", "u:p@", "u@"),
                      p("h.example", "[::1]", "[1:2:3:4:5:6:7:8]", "[1::8:9:300.1.1.1]", "[2001:db8::192.0.2.1]", "[v1.a:]", "[", ""),
                      p("", ":80", ":", ":8x"), p("", "/", "/a;b=c/%41", "//", "/%4"), p("", "?q/?", "?"), p("", "#f", "#f#")]
        elif kind == "p":
            phone = p("+49 30-1", "12", "1", "+", "12 ", "1 2 ")
            pieces = p([phone], [phone, p("", " ", "  "), p("(", "((", "<"), p("a b", "\xe9", ""), p(")", "")],
                       [p("a b", "\xe9 ", "1", ""), "<", phone, p(">", ">>", "")])
        else:
            blank = p("", "", " ", "\t", "(c)", " (c(d\\)) ) ")
            address = blank + p("a", "a.b", '"a b"', '"\\""', "a..b", "") + p("", "", blank) + p("@", "@", "@", " ") + p("", blank) + p(
                "h", "h.example", "[192.0.2.1]", "[", "h.", "[a b]")
            pieces = p([address], [address, p("", " ", "  ", "\t", " (c) ", "(c)"), "(", p("a b", "\xe9", "", "\\"), p(")", "", "))")],
                       [p("A B ", "\xe9  ", "A", " ", "a@b "), "<", address, p("", blank), p(">", "> ", "")])
        value = "".join(pieces)
        if value and self.rng.random() < .1:
            at = self.rng.randrange(len(value))
            value = value[:at] + p(*"a @().<>\\\"[]:/%\xe9", "") + value[at + 1:]
        return value

    def make(self, lenient):
        p, chance = self.pick, self.rng.random
        own_connection = chance() < .2 or ("missing_connection" in lenient and chance() < .5)
        lines = ["v=0", "o=- 1 2 IN IP4 h.example", "s=" + p("-", "caf\xe9", "" if "empty_session_name" in lenient else "x")]
        lines += ["i=\xe9"] * (chance() < .2)
        for kind in "uep":
            value = self.contact(kind)
            if chance() < .2 and ("contact_as_text" in lenient and (value or kind == "u") or is_contact(kind, value)):
                lines.append(kind + "=" + value)
        late = []
        if not own_connection:
            late = [self.connection(lenient)]
            if "connection_after_time" not in lenient or chance() < .5:
                lines, late = lines + late, []
        lines += ["b=AS:9"] * (chance() < .1)
        if "missing_time" not in lenient or late or chance() < .5:
            lines += ["t=0 0"]
        lines += late + ["k=x"] * (chance() < .1)
        lines += [self.attribute() for _ in range(p(0, 0, 1, 2, 4))]
        for _ in range(p(0, 1, 1, 1, 2, 3)):
            if chance() < .2:
                lines.append("m=%s %s %s %s" % (p("application", "application", "application", "message"), p("9", "9", "0"),
                                                p("UDP/DTLS/SCTP", "tcp/dtls/sctp", "UDP/DTLS/SCTP", "DTLS/SCTP"),
                                                p("webrtc-datachannel", "webrtc-datachannel", "5000")))
                lines += [self.connection(lenient)] * own_connection
                for often in ('dcmap:2 subprotocol="msrp"', "dcsa:2 msrp-cema", "dcsa:2 setup:active", "dcsa:2 path:" + p(
                        "msrps://k.example:9/s;dc", "msrp://k.example:9/s;dc", "msrps://k.example:9/s;tcp", self.path())):
                    lines += ["a=" + often] * (chance() < .6)
                lines += [self.channel() if chance() < .9 else self.attribute() for _ in range(p(1, 2, 4, 8))]
                continue
            lines.append("m=%s %s %s %s" % (p("message", "message", "message", "audio", "Message"), p("7394", "9", "0", "65535", "7/2"),
                                            p("TCP/MSRP", "TCP/MSRP", "TCP/TLS/MSRP", "tcp/msrp", "RTP/AVP"), p("*", "*", "*", "0 8")))
            lines += ["i=x"] * (chance() < .1)
            if (own_connection and not ("missing_connection" in lenient and chance() < .5)) or chance() < .2:
                lines += [self.connection(lenient) for _ in range(p(1, 1, 2))]
            lines += ["b=AS:9"] * (chance() < .1)
            if chance() < .8:
                lines += ["a=path:" + self.good_uri()] * (chance() < .9) + ["a=accept-types:" + p("*", "text/plain")] * (chance() < .9)
            lines += [self.attribute() for _ in range(p(0, 1, 2, 3, 5, 8))]
        ends = p(["\r\n"], ["\n"], ["\r\n", "\n"])
        text = "".join(line + p(*ends) for line in lines)
        if "missing_last_line_end" in lenient and chance() < .5:
            text = text.rstrip("\r\n")
        return text.encode("latin-1")


def vectors(run, folder):
    """The descriptions that RFCs print, each with the leniencies it needs, at most all."""
    count = 0
    for where, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if not name.endswith(".sdp"):
                continue
            with open(os.path.join(where, name), "rb") as f:
                text = f.read()
            if name.endswith(".fragment.sdp"):
                if not text.startswith(b"m="):
                    continue
                text = crlf(*HEAD) + text
            status, seen = run.read(text)
            if status == 0:
                run.check(text)
            if status != 0:
                status, seen = run.read(text, SDP_NAMES + MEDIA_NAMES)
            if status == 0:
                count += 1
                run.check(text, SDP_NAMES + MEDIA_NAMES)
            elif status != 1 or not seen.get("error"):
                run.differ("a vector", text, (), "read or refused", (status, seen))
            else:
                run.codes["(vector refused)"] = run.codes.get("(vector refused)", 0) + 1
    return count


def contacts(run, maker, count):
    """Made values of u=, e= and p=, read and refused as they should be; returns how many were right."""
    right = 0
    at = len(crlf(*HEAD[:3])) + 2
    for _ in range(count):
        kind = maker.pick("u", "e", "e", "p")
        value = maker.contact(kind)
        text = crlf(*HEAD[:3], (kind + "=" + value).encode("latin-1"), *HEAD[3:], *GOOD)
        if is_contact(kind, value):
            right += 1
            run.check(text)
            continue
        status, seen = run.read(text)
        error = seen.get("error", {})
        code = {"u": "bad_uri", "e": "bad_email", "p": "bad_phone"}[kind]
        if status != 1 or (error.get("code"), error.get("line")) != (code, 4) or not \
                at <= error.get("offset") <= at + len(value):
            run.differ("a contact", text, (), code, (status, seen))
    return right


def main():
    args = argparse.ArgumentParser()
    args.add_argument("program")
    args.add_argument("--vectors", help="folder of the RFCs' examples; may be absent")
    args.add_argument("--count", type=int, default=1500)
    args.add_argument("--seed", type=int, default=20265)
    args.add_argument("--keep", help="put the descriptions that differ here")
    args.add_argument("--show", type=int, default=10)
    options = args.parse_args()
    began = time.monotonic()
    run = Runner(options.program, options.keep)
    program_cases(run)
    fixed_cases(run)
    refused_cases(run)
    printed = vectors(run, options.vectors) if options.vectors and os.path.isdir(options.vectors) else 0
    rng = random.Random(options.seed)
    maker = Maker(rng)
    right = contacts(run, maker, options.count // 3)
    if not options.count // 30 < right < options.count // 4:
        run.differ("the maker of contacts", b"", (), "right and wrong ones", right)
    for _ in range(options.count):
        lenient = tuple(n for n in SDP_NAMES + MEDIA_NAMES if rng.random() < .3) if rng.random() < .6 else ()
        run.check(maker.make(lenient), lenient)
    for why, text, opts, expected, seen in run.failures[:options.show]:
        print("DIFFERENT: %s %s\n  text     %r\n  expected %s\n  seen     %s" % (why, opts, text[:1500], expected, seen))
    print("%d descriptions compared, %d of RFCs read, %d runs of the program, seed %d, %.0f s, findings of %d codes: "
          "%d differences" % (run.compared, printed, run.runs, options.seed, time.monotonic() - began, len(run.codes),
                              len(run.failures)))
    return 1 if run.failures or run.compared < 100 else 0


if __name__ == "__main__":
    sys.exit(main())

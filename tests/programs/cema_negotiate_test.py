#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# cema_negotiate_test.py - cema_negotiate against the text of RFC 6714 and of its draft, read a second time.
"""usage: cema_negotiate_test.py PROGRAM [--count N] [--seed N]

Makes situations by chance, asks the program, and compares with what the sections 4.2 and 4.3 say, written down here
anew. The names of the checks are those of the requirements: CEMA-4.2-3 and so on."""
import argparse
import ipaddress
import json
import random
import subprocess
import time

DRAFT = "draft-00"
FINGERPRINT = "SHA-256 " + ":".join(["5A"] * 32)


def host_text(host):
    return f"[{host}]" if ":" in host else host


def uri(secure, host, port, session):
    return f"msrp{'s' if secure else ''}://{host_text(host)}:{port}/{session};tcp"


class Remote:
    """What the peer says, and the text of it."""

    def __init__(self, dice, dns):
        hosts = ["192.0.2.2", "2001:db8::2", "bob.example", "198.51.100.9"]
        self.secure = dice.random() < 0.4
        self.path = [(dice.choice(hosts), dice.choice([7002, 7003])) for _ in range(dice.choice([1, 1, 1, 2, 3]))]
        self.setup = dice.choice([None, "active", "passive", "actpass", "holdconn"])
        self.cema = dice.random() < 0.5
        self.rejected = dice.random() < 0.06
        self.fingerprint = self.secure and dice.random() < 0.6
        kind = dice.random()
        if kind < 0.5:  # as one of its URIs
            self.cm = dice.choice(self.path)
        elif kind < 0.8:
            self.cm = ("203.0.113.1", 5000)
        else:  # half right
            self.cm = (dice.choice(hosts), dice.choice([7002, 9]))
        if self.setup == "active" and dice.random() < 0.5:
            self.cm = (self.cm[0], 9)
        if ":" in self.cm[0] and dice.random() < 0.5:
            self.cm = ("2001:DB8:0::2" if self.cm[0] == "2001:db8::2" else self.cm[0], self.cm[1])
        self.dns = dns
        at_media = dice.random() < 0.5
        self.before, self.after = dice.random() < 0.15, dice.random() < 0.15
        c = f"c=IN {'IP6' if ':' in self.cm[0] else 'IP4'} {self.cm[0]}"
        lines = ["v=0", "o=- 7 1 IN IP4 192.0.2.2", "s=-"]
        lines += ["c=IN IP4 192.0.2.77" if at_media else c, "t=0 0"]
        if self.before:
            lines += ["m=audio 4000 RTP/AVP 0"]
        lines += [f"m=message {0 if self.rejected else self.cm[1]} TCP/{'TLS/' if self.secure else ''}MSRP *"]
        if at_media:
            lines += [c]
        block = ["a=accept-types:*", "a=path:" + " ".join(uri(self.secure, h, p, "peer") for h, p in self.path)]
        if self.setup:
            block += [f"a=setup:{self.setup}"]
        if self.cema:
            block += ["a=msrp-cema"]
        if self.fingerprint:
            block += [f"a=fingerprint:{FINGERPRINT}"]
        dice.shuffle(block)
        lines += block
        if self.after:
            lines += ["m=video 4002 RTP/AVP 31"]
        end = dice.choice(["\r\n", "\r\n", "\n"])
        self.text = end.join(lines) + end

    def addresses(self, host):
        try:
            return {ipaddress.ip_address(host)}
        except ValueError:
            return {ipaddress.ip_address(a) for a in self.dns.get(host, [])}

    def is_at(self, place):
        host, port = place
        port_counts = not (self.setup == "active" and self.cm[1] == 9)
        return bool(self.addresses(host) & self.addresses(self.cm[0])) and (port == self.cm[1] or not port_counts)

    def mismatch(self, profile):
        """CEMA-4.4-1; the draft looks at the topmost URI alone."""
        return not any(self.is_at(p) for p in (self.path[:1] if profile == DRAFT else self.path))

    @property
    def relay(self):
        return len(self.path) > 1


def make(dice):
    dns = {"bob.example": dice.choice([["192.0.2.2"], ["192.0.2.9", "2001:db8::2"], []])}
    remote = Remote(dice, dns)
    relay = dice.random() < 0.4
    tls = remote.secure if dice.random() < 0.9 else not remote.secure
    line = {"profile": dice.choice(["rfc6714", DRAFT]), "role": dice.choice(["offerer", "answerer"]), "relay": relay,
            "can_be_passive": dice.random() < 0.7, "tls": tls, "uri": uri(tls, "192.0.2.1", 7001, "own"),
            "remote_sdp": remote.text}
    if relay:
        line["relay_path"] = [uri(tls, "198.51.100.1", 2855, "near")]
        if dice.random() < 0.4:
            line["relay_path"].append(uri(tls, "relay.example", 2856, "far"))
    if dice.random() < 0.8 or dns["bob.example"]:
        line["dns"] = {name.upper() if dice.random() < 0.2 else name: a for name, a in dns.items()}
    if dice.random() < 0.5:
        line["fingerprint"] = FINGERPRINT
    if dice.random() < 0.2:
        line["require_tls"] = True
    return line, remote


def as_offerer(line, remote):
    """Section 4.2. Returns action, fallback, role, where to connect."""
    relay, draft = line["relay"], line["profile"] == DRAFT
    if remote.rejected:
        return "media-rejected", "none", None, None
    if remote.secure != line["tls"] or line.get("require_tls") and not line["tls"]:
        return "reject", "none", None, None
    offered_active = not relay and not line["can_be_passive"]
    peer_active = remote.setup == "active"
    mismatch = remote.mismatch(line["profile"])
    # msrp-cema is illegal in an answer where both use relays (4.3, 1): as if it were not there.
    cema = remote.cema and not (relay and remote.relay)
    if not cema:
        if draft:
            new = (mismatch and peer_active) or remote.relay
        else:
            new = mismatch and (peer_active or relay or remote.relay)  # criteria 1, 2, 3
        if new:
            return "new-offer", "new-offer", None, None
    if peer_active and offered_active:
        return "reject", "none", None, None
    if not draft and not cema and remote.relay:  # no middlebox, plain RFC 4975
        return "proceed", "rfc4975", "passive" if peer_active else "active", "path"
    if peer_active:
        return "proceed", "none", "passive", None
    if relay and cema:  # the RFCs have no step for it: section 21 #8 of the requirements
        if mismatch:
            return "new-offer", "new-offer", None, None
        return "proceed", "rfc4975", "active", "path"
    return "proceed", "none", "active", "c/m-line"


def as_answerer(line, remote):
    """Section 4.3."""
    relay, draft = line["relay"], line["profile"] == DRAFT
    reject = ("reject", "none", None, None)
    if remote.rejected:
        return reject
    if line.get("require_tls") and not (remote.secure and line["tls"]):
        return reject
    if remote.secure and not line["tls"] or not remote.secure and line["tls"] and relay:
        return reject
    mismatch = remote.mismatch(line["profile"])
    peer_active = remote.setup in (None, "active", "holdconn")
    if not draft and not remote.cema and mismatch:
        return reject
    fallback = (relay and remote.relay or remote.relay and peer_active or relay and remote.setup == "passive" or
                draft and not remote.cema and mismatch and peer_active)
    if peer_active:
        role = "passive"
    elif remote.setup == "passive":
        role = "active"
    elif relay:
        role = "passive"
    elif remote.relay:  # it could not use CEMA if it were active
        role = "active"
    else:
        role = "passive" if line["can_be_passive"] else "active"
    if fallback:
        return "answer", "rfc4975", role, "path"
    behind = not draft and not remote.cema and remote.relay and not remote.is_at(remote.path[0])
    return "answer", "none", role, "path" if behind else "c/m-line"


def expected(line, remote):
    relay, tls = line["relay"], line["tls"]
    offerer = line["role"] == "offerer"
    action, fallback, role, to = (as_offerer if offerer else as_answerer)(line, remote)
    out = {"action": action, "fallback": fallback, "local_role": role or "none", "target": "none", "connect_to": None}
    if role:
        if relay and not (role == "active" and to == "c/m-line"):  # RFC 6135, 4.5
            out["target"] = "own-relay"
            out["connect_to"] = "198.51.100.1:2855"
        elif role == "active":
            out["target"] = to
            host, port = remote.cm if to == "c/m-line" else remote.path[0]
            try:
                host = str(ipaddress.ip_address(host)) if to == "path" else host
            except ValueError:
                pass
            out["connect_to"] = f"{host_text(host)}:{port}"
        out["tls"] = remote.secure
        # Past the own relay the peer itself is at the other end.
        name = out["target"] == "own-relay" or remote.relay or not remote.fingerprint
        out["identity_check"] = "none" if not remote.secure else "name" if name else "fingerprint"
    elif action != "new-offer":
        out["identity_check"] = "none"
    # What was, or is to be, sent.
    if offerer:
        out["cema"] = action != "new-offer"
        out["setup"] = "actpass" if relay or line["can_be_passive"] else "active"
    else:
        out["cema"] = action == "answer" and fallback == "none"
        out["setup"] = role if action == "answer" else None
    out["cm_address"] = "relay" if out["cema"] and relay else "own"
    return out


def check(line, remote, got):
    problems = []
    if "error" in got:
        return [f"error: {got['error']}"]
    for key, value in expected(line, remote).items():
        same = got.get(key) == value
        if key == "connect_to" and value and got.get(key):
            same = got[key].lower() == value.lower()
        if not same:
            problems.append(f"{key} is {got.get(key)!r}, not {value!r}")
    if not got.get("reasons") or not all(set(r) == {"document", "section", "item", "text"} for r in got["reasons"]):
        problems.append("reasons")
    text = got.get("sdp", "")
    lines = text.split("\r\n")
    if ("a=msrp-cema" in lines) != got.get("cema"):
        problems.append("sdp: msrp-cema")
    if (f"a=setup:{got.get('setup')}" in lines) != (got.get("setup") is not None):
        problems.append("sdp: setup")
    secure = any(one.startswith("m=message ") and "TLS" in one and " 0 " not in one for one in lines)
    if any(one.startswith("a=fingerprint:sha-256 5A") for one in lines) != (secure and "fingerprint" in line):
        problems.append("sdp: fingerprint")
    if line["role"] == "answerer":
        media = [one.split(" ") for one in lines if one.startswith("m=")]
        wanted = ["m=audio"] * remote.before + ["m=message"] + ["m=video"] * remote.after
        if [m[0] for m in media] != wanted or any(m[1] != "0" for m in media if m[0] != "m=message"):
            problems.append("sdp: m= lines")
        if (got["action"] == "reject") != all(m[1] == "0" for m in media):
            problems.append("sdp: port zero")
    if got.get("cema") and line["relay"]:
        last = line["relay_path"][-1]
        if f" {last.split('//')[1].split(':')[0]}" not in "".join(one for one in lines if one.startswith("c=")):
            problems.append("sdp: c= is not the relay's")
    return problems


BROKEN = [
    "", "   ", "nonsense", "5", "[]", "null", '"text"', "{}", '{"profile":"rfc6714"}', "{" * 2000, '{"profile":1}',
]


def broken(dice):
    """Lines that are of no use, and what may not stop the next one."""
    line, _ = make(dice)
    key = dice.choice(["profile", "role", "relay", "can_be_passive", "tls", "uri", "remote_sdp"])
    what = dice.random()
    if what < 0.4:
        del line[key]
    elif what < 0.7:
        line[key] = dice.choice([[], {}, 7, None])
    elif what < 0.8:
        line["uri"] = "http://example.org/"
    elif what < 0.9:
        line["remote_sdp"] = dice.choice(["", "v=0", "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nc=IN IP4 a\r\nt=0 0\r\n"])
    else:
        line["relay"], line["relay_path"] = True, dice.choice([[], "x", [5], None, 5])
    return json.dumps(line)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=6714)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    cases = [make(dice) for _ in range(args.count)]
    text = "\n".join(json.dumps(line) for line, _ in cases)
    started = time.monotonic()
    done = subprocess.run([args.program], input=text, capture_output=True, text=True)
    seconds = time.monotonic() - started
    answers = done.stdout.splitlines()
    assert done.returncode == 0 and not done.stderr, (done.returncode, done.stderr)
    assert len(answers) == len(cases), (len(answers), len(cases))
    wrong = 0
    seen = {}
    for (line, remote), answer in zip(cases, answers):
        got = json.loads(answer)
        seen[(got.get("action"), got.get("fallback"), got.get("target"))] = 1
        for problem in check(line, remote, got):
            wrong += 1
            if wrong <= 10:
                print(f"{problem}\n  in:  {json.dumps(line)}\n  out: {answer}")
    unusable = [one for one in BROKEN if one.strip()] + [broken(dice) for _ in range(300)]
    good = json.dumps(cases[0][0])
    done = subprocess.run([args.program], input="\n".join(x for one in unusable for x in (one, good)),
                          capture_output=True, text=True)
    answers = [json.loads(one) for one in done.stdout.splitlines()]
    assert done.returncode == 0 and len(answers) == 2 * len(unusable), (done.returncode, len(answers))
    for one, answer, next_one in zip(unusable, answers[::2], answers[1::2]):
        if set(answer) != {"error"} or next_one != answers[1] or "error" in next_one:
            wrong += 1
            print(f"not refused: {one[:300]}: {answer}")
    print(f"{len(cases)} situations in {seconds:.1f} s, {len(seen)} different outcomes, {len(unusable)} unusable lines, "
          f"{wrong} differences")
    assert len(seen) >= 9, seen
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()

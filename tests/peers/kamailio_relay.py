# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""kamailio_relay.py - Kamailio as an MSRP relay (RFC 4976), for kamailio_test.py and scripts/kamailio_cpu."""
import hashlib
import os
import pathlib
import re
import subprocess

# Written from the documentation of Kamailio's modules msrp, auth, htable and tls. Sessions are looked up by the
# session-id that AUTH was answered with: in a table of our own, since the one of msrp_cmap_save forgets the brackets
# of IPv6. Its queues for a connection are 32 KiB (TCP) and 64 KiB (TLS) by default, less than what one of ours may be
# ahead of the other; frames above that are lost without a word to who sent them. The relay answers requests itself
# (RFC 4976, 6.4), REPORTs excepted.
CONFIG = """#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=1
tcp_children=1
dns=no
rev_dns=no
auto_aliases=no
tcp_accept_no_cl=yes
tcp_connection_lifetime=600
tcp_conn_wq_max=1048576
listen={listen}
{modules}
loadmodule "sl.so"
loadmodule "kex.so"
loadmodule "msrp.so"
loadmodule "pv.so"
loadmodule "auth.so"
loadmodule "cfgutils.so"
loadmodule "htable.so"
modparam("auth", "qop", "auth")
modparam("htable", "htable", "sessions=>size=8;autoexpire=3600;")
request_route {{
    sl_send_reply("403", "MSRP only");
    exit;
}}
reply_route {{
    drop;
}}
event_route[msrp:frame-in] {{
    msrp_reply_flags("1");
    if (msrp_is_reply()) {{
        msrp_relay();
        exit;
    }}
    if ($msrp(method) == "AUTH") {{
        $var(password) = "walnut";
        if (!pv_www_authenticate("relay.example", "$var(password)", "0", "$msrp(method)")) {{
            if (auth_get_www_authenticate("relay.example", "1", "$var(challenge)"))
                msrp_reply("401", "Unauthorized", "$var(challenge)");
            else
                msrp_reply("500", "Server Error");
            exit;
        }}
        $var(count) = $var(count) + 1;
        $var(session) = "s" + $pp + "x" + $var(count) + "x" + $RANDOM;
        $sht(sessions=>$var(session)) = "{scheme}://" + "{left}" + $si + "{right}:" + $sp;
        msrp_reply("200", "OK", "Use-Path: {scheme}://{shown}:{port}/$var(session);tcp\r\nExpires: 3600\r\n");
        exit;
    }}
    if ($msrp(nexthops) == 1) {{
        $var(session) = $msrp(sessid);
        if ($sht(sessions=>$var(session)) == $null) {{
            if ($msrp(method) != "REPORT") msrp_reply("481", "Session not found");
            exit;
        }}
        if ($msrp(method) != "REPORT") msrp_reply("200", "OK");
        msrp_relay_flags("1");
        msrp_set_dst("$sht(sessions=>$var(session))", "{proto}:{shown}:{port}");
        msrp_relay();
        exit;
    }}
    if ($msrp(method) != "REPORT") msrp_reply("200", "OK");
    msrp_relay();
}}
"""

CLIENTS = "[{side}:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n"


class Relay:
    """A Kamailio in `folder`, not waited for. Its URI; the options that say how to trust it."""

    def __init__(self, program, folder, host, port, tls=False):
        self.top, self.args = folder, []
        shown = f"[{host}]" if ":" in host else host
        modules = ""
        if tls:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=relay", "-days",
                            "2", "-keyout", folder / "key", "-out", folder / "cert"], check=True, capture_output=True)
            (folder / "tls.cfg").write_text(CLIENTS.format(side="server") + f"private_key = {folder}/key\ncertificate = "
                                            f"{folder}/cert\n" + CLIENTS.format(side="client"))
            modules = f'enable_tls=yes\nloadmodule "tls.so"\nmodparam("tls", "config", "{folder}/tls.cfg")\n' \
                'modparam("tls", "con_ct_wq_max", 1048576)'
            der = subprocess.run(["openssl", "x509", "-in", folder / "cert", "-outform", "DER"], check=True,
                                 capture_output=True).stdout
            digest = hashlib.sha256(der).hexdigest().upper()
            self.args = ["--fingerprint", "sha-256 " + ":".join(re.findall("..", digest))]
        proto, scheme = ("tls", "msrps") if tls else ("tcp", "msrp")
        left, right = ("[", "]") if ":" in host else ("", "")
        (folder / "kamailio.cfg").write_text(CONFIG.format(listen=f"{proto}:{shown}:{port}", modules=modules, proto=proto,
                                                           scheme=scheme, shown=shown, port=port, left=left, right=right))
        (folder / "run").mkdir()
        with open(folder / "kamailio.log", "wb") as log:
            self.process = subprocess.Popen([program, "-f", folder / "kamailio.cfg", "-DD", "-E", "-Y", folder / "run",
                                             "-m", "64", "-M", "8"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.address = host, port
        self.uri = f"{scheme}://{shown}:{port};tcp"

    def log(self):
        return (self.top / "kamailio.log").read_text(errors="replace")[-2000:]

    def cpu_seconds(self):
        """User and system time of all its processes so far (Linux)."""
        ticks = 0
        for file in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = file.read_text().rpartition(") ")[2].split()
            except OSError:  # it has just ended
                continue
            if self.process.pid in (int(file.parent.name), int(fields[1])):  # itself, or its child
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""quick_start_test.py - does what docs/quick_start.md says: takes the files out of it, builds them against an installed
package, and lets the two programs talk. Usage: quick_start_test.py DOCUMENT PREFIX CMAKE FOLDER [CMAKE-OPTION...]"""
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

LIMIT = 30  # seconds
MOST = 59  # lines of main.cpp

document, prefix, cmake, folder, *options = sys.argv[1:]
text = pathlib.Path(document).read_text(encoding="utf-8")
folder = pathlib.Path(folder)


def block(name):
    """The code block that follows a line which names its file."""
    found = re.search(rf"^`{re.escape(name)}`[^\n]*:\n\n```\w+\n(.*?)^```", text, re.M | re.S)
    if not found:
        sys.exit(f"{document} has no block for {name}")
    return found.group(1)


class Program:
    def __init__(self, *args):
        self.process = subprocess.Popen([folder / "build" / "chat", *args], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.text, self.news = "", threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while piece := self.process.stdout.read1(4096):
            with self.news:
                self.text += piece.decode()
                self.news.notify_all()

    def type(self, what):
        self.process.stdin.write(what.encode())
        self.process.stdin.flush()

    def wait(self, wanted):
        with self.news:
            if not self.news.wait_for(lambda: re.search(wanted, self.text), LIMIT):
                sys.exit(f"no {wanted!r} in {self.text!r}")
        return re.search(wanted, self.text).group(0)


main = block("main.cpp")
size = main.count("\n")
if size > MOST:
    sys.exit(f"main.cpp has {size} lines: more than {MOST}")
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
(folder / "main.cpp").write_text(main)
(folder / "CMakeLists.txt").write_text(block("CMakeLists.txt"))
for command in ([cmake, "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}", *options],
                [cmake, "--build", folder / "build"]):
    subprocess.run(command, check=True)

SDP = r"v=0(.|\r\n)*\r\n\r?\n"
begin = time.monotonic()
ann, bob = Program("offer"), Program("answer")
try:
    offer = ann.wait(SDP)
    assert "a=msrp-cema\r\n" in offer and "TCP/TLS/MSRP" in offer, offer
    bob.wait("paste the offer")
    bob.type(offer)
    answer = bob.wait(SDP)
    assert "a=fingerprint:sha-256 " in answer, answer
    ann.wait("paste the answer")
    ann.type(answer)
    for one, other, line in ((ann, bob, "hello bob"), (bob, ann, "hello ann"), (ann, bob, "x" * 5000)):
        one.wait("---- connected.*\n")
        one.type(line + "\n")
        other.wait(f"(?m)^{line}$")
    ann.process.stdin.close()  # both end in order
    codes = ann.process.wait(LIMIT), bob.process.wait(LIMIT)
    assert codes == (0, 0), codes
finally:
    for p in (ann, bob):
        if p.process.poll() is None:
            p.process.kill()
print(f"main.cpp has {size} lines; a chat both ways over TLS took {time.monotonic() - begin:.1f} s")

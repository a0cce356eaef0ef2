# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""real_peers.py - what the tests with software of others share: our programs and theirs as processes of the test's own,
files that appear whole, descriptions rewritten as a middlebox does."""
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

LIMIT = 60  # seconds after which something counts as hanging


def need(program):
    """Where it is; else the whole test is skipped, and says why."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if not found:
        print(f"skipped: {program} is not installed")
        sys.exit(77)
    return found


def free_port(host="127.0.0.1"):
    """@return a port at `host`; the test is skipped where there is no IPv6."""
    try:
        with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as s:
            return s.getsockname()[1]
    except OSError as e:
        if ":" in host:
            raise unittest.SkipTest(f"no IPv6 here: {e}") from e
        raise


def listens(host, port):
    try:
        socket.create_connection((host, port), LIMIT).close()
        return True
    except OSError:
        return False


def rewritten(sdp, host, port):
    """The c- and m-line of a middlebox in place of the peer's own (RFC 6714, 3)."""
    kind = "IP6" if ":" in host else "IP4"
    sdp = re.sub(r"(?m)^c=IN IP[46] .*?\r$", f"c=IN {kind} {host}\r", sdp)
    return re.sub(r"(?m)^m=message \d+ ", f"m=message {port} ", sdp)


def port_of(sdp):
    return int(re.search(r"(?m)^m=message (\d+) ", sdp).group(1))


class Case(unittest.TestCase):
    programs = {}

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.top = pathlib.Path(temp.name)

    def start(self, command, **more):
        """A process that the test ends, by its process id, if it does not end itself."""
        p = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, **more)
        self.addCleanup(self.stop, p)
        return p

    @staticmethod
    def stop(p):
        if p.poll() is None:
            p.terminate()
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                p.kill()
        p.communicate()

    def ours(self, name, *args):
        return self.start([self.programs[name], *args])

    def done(self, p):
        """@return exit code, standard output, standard error."""
        out, err = p.communicate(timeout=LIMIT)
        return p.returncode, out.decode(errors="replace"), err.decode(errors="replace")

    def text_of(self, path):
        end = time.monotonic() + LIMIT
        while not path.exists():
            self.assertLess(time.monotonic(), end, f"{path} never appeared")
            time.sleep(0.01)
        return path.read_bytes().decode()

    @staticmethod
    def put(path, text):
        part = path.with_name(path.name + ".new")
        part.write_bytes(text.encode())
        part.rename(path)

    def file(self, name, size, seed=1):
        path = self.top / name
        path.write_bytes(random.Random(seed).randbytes(size))
        return path

    def wait_for_port(self, host, port, process):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end and process.poll() is None:
            if listens(host, port):
                return
            time.sleep(0.02)
        self.fail(f"nobody listens at {host} port {port}")


def main(names):
    """The command line: the paths of our programs `names`, then arguments of unittest."""
    if len(sys.argv) <= len(names) or not all(os.access(a, os.X_OK) for a in sys.argv[1:len(names) + 1]):
        sys.exit(f"usage: {sys.argv[0]} {' '.join(n.upper() for n in names)} [unittest arguments]")
    Case.programs = dict(zip(names, sys.argv[1:]))
    unittest.main(argv=[sys.argv[0], *sys.argv[len(names) + 1:]])

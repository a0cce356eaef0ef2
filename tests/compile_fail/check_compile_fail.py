#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""check_compile_fail.py - one file that must not compile, for the reason that it names.

The file's line `// must-fail: REGEX` is what the compiler must say. With -DMSRPKIT_FIXED the same
file must compile: so it fails for that reason and no other.
"""
import argparse
import re
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--flags", required=True, help="a file with one compiler argument a line")
    parser.add_argument("source")
    args = parser.parse_args()
    with open(args.flags, encoding="utf-8") as file:
        command = [args.compiler, *filter(None, file.read().split("\n")), "-fsyntax-only"]
    with open(args.source, encoding="utf-8") as file:
        wanted = re.search(r"^// must-fail: (.+)$", file.read(), flags=re.M)
    if not wanted:
        sys.exit(f"{args.source}: no line `// must-fail: REGEX`")
    fixed = subprocess.run([*command, "-DMSRPKIT_FIXED", args.source], capture_output=True, text=True)
    if fixed.returncode != 0:
        sys.exit(f"does not compile with MSRPKIT_FIXED either:\n{fixed.stderr}")
    broken = subprocess.run([*command, args.source], capture_output=True, text=True)
    if broken.returncode == 0:
        sys.exit("compiles, and must not")
    if not re.search(wanted.group(1), broken.stderr):
        sys.exit(f"fails, but does not say /{wanted.group(1)}/:\n{broken.stderr}")


if __name__ == "__main__":
    main()

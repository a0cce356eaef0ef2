#!/usr/bin/env python3
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""check_layers.py - the include direction of the layers, from the compiler's own dependency lists.

Two views of each header are judged: what it reaches in the end (compiler -M), and what it names
itself (its #include lines; the standard library includes POSIX headers of its own accord, so only
the direct view can tell whether ours do). --self-test plants one breach of each rule and demands
that each is found.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

STD = set("""algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv
chrono cinttypes climits clocale cmath codecvt compare complex concepts condition_variable coroutine
csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque
exception execution filesystem format forward_list fstream functional future initializer_list iomanip
ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new
numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set
shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map
unordered_set utility valarray variant vector version""".split())
# The core does no I/O, starts no thread, reads no clock and draws no random number.
CORE_NOT = set("""cassert clocale condition_variable csignal cstdio ctime filesystem fstream future
iomanip iostream locale mutex random regex shared_mutex syncstream thread""".split())
CORE_NOT_TEXT = re.compile(r"::now\s*\(|\brandom_device\b|\bgetenv\b|\bassert\s*\(|\bthrow\b|\btry\b")
WHOLE = {"asio.hpp", "boost/asio.hpp", "boost/beast.hpp", "boost/beast/core.hpp",
         "boost/spirit/home/x3.hpp"}
CARES = "msrp/transport/cares_resolver.hpp"  # judged by its text alone where c-ares is missing
MAY_INCLUDE = {"wire": {"wire"}, "sdp": {"wire", "sdp"}, "msrp": {"wire", "msrp"},
               "sdp_media": {"wire", "msrp", "sdp"}, "cema": {"wire", "msrp", "sdp", "cema"},
               "transport": {"wire", "msrp", "sdp", "cema", "transport"}}


def layer_of(header):
    """The layer of one of our headers, named as users write it."""
    if header.startswith("msrp/transport/"):
        return "transport"
    return header.split("/")[0]


def rules_of(header):
    return "sdp_media" if header == "msrp/sdp_media.hpp" else layer_of(header)


def may_use_x3(header):
    layer = layer_of(header)
    folder, name = os.path.split(header)
    if layer not in ("sdp", "msrp", "cema"):
        return False
    return (name.startswith("grammar") and folder.endswith("/detail")) or name.startswith("parse_")


def strip_comments(text):
    text = re.sub(r'"(\\.|[^"\\\n])*"', '""', text)
    return re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.S)


def judge_reached(header, paths, include_dir):
    """Breaches in the list of files that a header reaches."""
    rules = rules_of(header)
    for path in paths:
        relative = os.path.relpath(path, include_dir)
        if not relative.startswith(".."):
            if layer_of(relative) not in MAY_INCLUDE[rules]:
                yield f"{header}: reaches {relative}, which layer {rules} may not"
            continue
        boost = re.search(r"/boost/(.*)$", path)
        if boost:
            if boost.group(1).startswith("spirit/"):
                if not may_use_x3(header):
                    yield f"{header}: reaches Spirit; only grammar*.hpp and parse_*.hpp may"
                    return
            elif rules != "transport" and not may_use_x3(header):
                yield f"{header}: reaches Boost ({boost.group(1)})"
                return
        elif re.search(r"/asio(\.hpp|/)", path) and rules != "transport":
            yield f"{header}: reaches Asio; only msrp/transport may"
            return
        elif path.endswith("/ares.h") and header != CARES:
            yield f"{header}: reaches c-ares; only {CARES} may"
            return
        elif "/openssl/" in path and rules != "transport":
            yield f"{header}: reaches OpenSSL; only msrp/transport may"
            return


def judge_text(header, text):
    """Breaches in a header's own lines."""
    rules = rules_of(header)
    core = rules != "transport"
    for line in text.splitlines():
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not match:
            continue
        quote, name = match.groups()
        if quote == '"':
            yield f'{header}: includes "{name}"; write <{name}>'
        elif name in WHOLE:
            yield f"{header}: includes <{name}>; include the single headers"
        elif name.split("/")[0] in ("wire", "sdp", "msrp", "cema"):
            pass  # judged by what is reached
        elif name in STD:
            if core and name in CORE_NOT:
                yield f"{header}: includes <{name}>; no I/O, clock, thread or random source here"
        elif name.startswith("boost/beast/"):
            if header != "msrp/transport/beast_buffer.hpp":
                yield f"{header}: includes <{name}>; only beast_buffer.hpp may"
        elif name.startswith("boost/"):
            if not may_use_x3(header) and header != "msrp/transport/beast_buffer.hpp":
                yield f"{header}: includes <{name}>"
        elif name == "ares.h":
            if header != CARES:
                yield f"{header}: includes <{name}>; only {CARES} may"
        elif core:
            yield f"{header}: includes <{name}>; the core includes C++ standard headers only"
    if core:
        found = CORE_NOT_TEXT.search(strip_comments(text))
        if found:
            yield f"{header}: has `{found.group(0)}`, which the core may not"
    if not re.search(r"^#pragma once$", text, flags=re.M):
        yield f"{header}: no #pragma once"
    name = os.path.basename(header)
    lines = text.splitlines() + [""] * 3
    if (lines[0] != "// Copyright 2026 the msrpkit authors."
            or lines[1] != "// SPDX-License-Identifier: BSL-1.0"
            or not lines[2].startswith(f"// {name} - ")):
        yield f"{header}: must start with copyright, licence and `// {name} - its one job`"


def dependencies(command, path):
    """The files that the compiler reads for a header, this one included."""
    done = subprocess.run([*command, "-x", "c++", "-M", path], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{path} does not preprocess:\n{done.stderr}")
    rule = done.stdout.replace("\\\n", " ").split(":", 1)[1]
    return [os.path.realpath(p) for p in rule.split()]


def check(command, include_dir, headers=()):
    """All breaches below an include folder (or in the headers named), and the number looked at."""
    include_dir = os.path.realpath(include_dir)
    headers = list(headers)
    for folder, _, files in os.walk(include_dir) if not headers else ():
        headers += [os.path.relpath(os.path.join(folder, f), include_dir)
                    for f in files if f.endswith(".hpp")]
    headers.sort()
    command = [*command, "-I", include_dir]

    def one(header):
        path = os.path.join(include_dir, header)
        with open(path, encoding="utf-8") as file:
            found = list(judge_text(header, file.read()))
        try:
            reached = dependencies(command, path)
        except RuntimeError as error:
            if header == CARES and re.search(r"ares\.h'?: (No such file|.*not found)", str(error)):
                return found
            return [*found, str(error)]
        return found + list(judge_reached(header, reached, include_dir))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [b for found in pool.map(one, headers) for b in found], len(headers)


GOOD = {
    "wire/a.hpp": "#include <string_view>",
    "sdp/a.hpp": "#include <wire/a.hpp>",
    "msrp/a.hpp": "#include <wire/a.hpp>\n// assert( and ::now() in a comment are nothing",
    "msrp/sdp_media.hpp": "#include <msrp/a.hpp>\n#include <sdp/a.hpp>",
    "msrp/parse_a.hpp": "#include <boost/spirit/home/x3/char/char.hpp>",
    "msrp/detail/grammar_a.hpp": "#include <boost/spirit/home/x3/char/char.hpp>",
    "cema/a.hpp": "#include <msrp/sdp_media.hpp>",
    "msrp/transport/a.hpp": "#include <asio/buffer.hpp>\n#include <cema/a.hpp>\n#include <thread>",
    "msrp/transport/beast_buffer.hpp": "#include <boost/beast/core/flat_buffer.hpp>",
}
BAD = [  # header, its lines, what must be said about it
    ("wire/b.hpp", "#include <msrp/a.hpp>", "wire may not"),
    ("wire/b.hpp", "#include <boost/config.hpp>", "Boost"),
    ("sdp/b.hpp", "#include <msrp/a.hpp>", "sdp may not"),
    ("msrp/b.hpp", "#include <sdp/a.hpp>", "msrp may not"),
    ("msrp/b.hpp", "#include <msrp/sdp_media.hpp>", "msrp may not"),
    ("msrp/sdp_media.hpp", "#include <cema/a.hpp>", "sdp_media may not"),
    ("msrp/b.hpp", "#include <msrp/parse_a.hpp>", "Spirit"),
    ("msrp/transport/b.hpp", "#include <msrp/parse_a.hpp>", "Spirit"),
    ("wire/parse_b.hpp", "#include <boost/spirit/home/x3/char/char.hpp>", "Spirit"),
    ("cema/b.hpp", "#include <msrp/transport/a.hpp>", "cema may not"),
    ("msrp/b.hpp", "#include <asio/buffer.hpp>", "Asio"),
    ("cema/b.hpp", "#include <openssl/ssl.h>", "OpenSSL"),
    ("msrp/b.hpp", "#include <unistd.h>", "standard headers only"),
    ("sdp/b.hpp", "#include <sys/socket.h>", "standard headers only"),
    ("msrp/b.hpp", "#include <iostream>", "no I/O"),
    ("msrp/b.hpp", "#include <chrono>\ninline auto t() { return std::chrono::steady_clock::now(); }",
     "::now("),
    ("msrp/transport/b.hpp", "#include <boost/beast/core/flat_buffer.hpp>", "only beast_buffer.hpp"),
    ("msrp/transport/b.hpp", "#include <ares.h>", "only msrp/transport/cares_resolver.hpp may"),
    ("msrp/transport/b.hpp", "#include <asio.hpp>", "single headers"),
    ("msrp/b.hpp", '#include "a.hpp"', "write <"),
]


def self_test(command):
    def plant(folder, header, lines):
        path = os.path.join(folder, header)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("// Copyright 2026 the msrpkit authors.\n// SPDX-License-Identifier: BSL-1.0\n"
                       f"// {os.path.basename(header)} - planted.\n#pragma once\n{lines}\n")

    def tried(header, lines, wanted):
        with tempfile.TemporaryDirectory() as folder:
            for good in GOOD:
                plant(folder, good, GOOD[good])
            if not header:
                return [f"the good tree is refused: {f}" for f in check(command, folder)[0]]
            plant(folder, header, lines)
            found, _ = check(command, folder, [header])
        if any(wanted in f for f in found):
            return []
        return [f"not found: {header} with {lines!r} (said: {found})"]

    cases = [("", "", ""), *BAD]
    return [p for case in cases for p in tried(*case)], len(cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--flags", required=True, help="a file with one compiler argument a line")
    parser.add_argument("--include", help="the include folder to check")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    with open(args.flags, encoding="utf-8") as file:
        command = [args.compiler, *file.read().split("\n")]
    command = [c for c in command if c]
    if args.self_test:
        problems, count = self_test(command)
    else:
        problems, count = check(command, args.include)
    for problem in problems:
        print(problem)
    print(f"{count} looked at, {len(problems)} wrong")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

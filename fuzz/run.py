# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
"""Runs fuzz targets and prints a table of what they did.

The corpus of a target starts as its seeds and regressions and grows in build/fuzz/corpus/TARGET;
inputs that fail are kept in build/fuzz/findings/TARGET, and make the exit status 1.
"""
import argparse
import configparser
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "fuzz"
FUZZ = ROOT / "fuzz"


def positive(text):
    value = int(text.replace("_", ""))
    if value <= 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def libfuzzer_options(target):
    """Options of a target: its .options file (as OSS-Fuzz reads it), and a dictionary."""
    options = {"timeout": "25", "rss_limit_mb": "2560"}
    file = FUZZ / f"{target}.options"
    if file.exists():
        config = configparser.ConfigParser()
        config.read(file)
        options.update(config["libfuzzer"])
    of_descriptions = "sdp" in target or target in ("negotiator", "offer_answer")
    dictionary = FUZZ / options.pop("dict", "sdp.dict" if of_descriptions else "msrp.dict")
    options["dict"] = str(dictionary)
    return [f"-{name}={value}" for name, value in options.items()]


def run(target, limit, jobs):
    """Runs a target in `jobs` processes over one corpus; returns a row of the table."""
    corpus = BUILD / "corpus" / target
    findings = BUILD / "findings" / target
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    for folder in (FUZZ / "seeds" / target, FUZZ / "regressions" / target):
        for file in folder.rglob("*") if folder.is_dir() else ():
            if file.is_file():
                shutil.copyfile(file, corpus / f"{folder.parent.name}-{file.name}")
    before = set(findings.iterdir())
    started = time.monotonic()
    running = []
    for job in range(jobs):
        log = open(BUILD / f"{target}-{job}.log", "w+", encoding="utf-8", errors="replace")
        command = [str(BUILD / "fuzz" / target), *libfuzzer_options(target), *limit(job),
                   f"-artifact_prefix={findings}/", "-print_final_stats=1", str(corpus)]
        running.append((subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                         stderr=subprocess.STDOUT), log))
    executions = 0
    failed = 0
    for process, log in running:
        status = process.wait()
        log.seek(0)
        text = log.read()
        log.close()
        done = re.findall(r"^stat::number_of_executed_units:\s*(\d+)", text, flags=re.M)
        executions += int(done[-1]) if done else 0
        if status != 0:
            failed += 1
            lines = text.splitlines()
            at = next((i for i, line in enumerate(lines) if "ERROR" in line or "error:" in line), 0)
            # What a target says before it aborts stands in front of the report.
            said = [line for line in lines[max(0, at - 20):at] if not line.startswith("#")]
            print(f"\n{target}: exit status {status}", *said, *lines[at:at + 25], sep="\n",
                  file=sys.stderr)
    seconds = time.monotonic() - started
    found = {f for f in set(findings.iterdir()) - before if not f.name.startswith("slow-unit")}
    for file in sorted(found):
        print(f"{target}: kept {file.relative_to(ROOT)}", file=sys.stderr)
    size = sum(1 for _ in corpus.iterdir())
    # Two processes may die of the same input: what counts is the inputs kept.
    return executions, seconds, size, len(found) or int(failed > 0)


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--executions", type=positive, metavar="N",
                        help="executions of each target, over all processes (default 100000)")
    amount.add_argument("--seconds", type=positive, metavar="S", help="seconds for each target instead")
    parser.add_argument("--jobs", type=positive, default=os.cpu_count(), metavar="J",
                        help="processes for a target (default: one a core)")
    parser.add_argument("--seed", type=positive, metavar="N",
                        help="seed of the random source, so that a run can be repeated")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="default: all of them")
    args = parser.parse_args()

    known = sorted(f.stem for f in FUZZ.glob("*.cpp") if f.name != "replay_main.cpp")
    unknown = [t for t in args.targets if t not in known]
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}; there are: {', '.join(known)}")
    targets = args.targets or known
    if not targets:
        parser.error("there is no fuzz target")
    unseeded = [t for t in targets if not any((FUZZ / "seeds" / t).glob("*"))]
    if unseeded:
        parser.error(f"no seeds for {', '.join(unseeded)} in fuzz/seeds")

    # What the build says goes to standard error: standard output is the table.
    subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=True,
                   stdout=sys.stderr)
    subprocess.run(["cmake", "--build", "--preset", "fuzz", "--target", *(f"fuzz_{t}" for t in targets)],
                   cwd=ROOT, check=True, stdout=sys.stderr)

    wanted = args.executions or 100_000
    jobs = args.jobs if args.seconds else min(args.jobs, wanted)

    def limit(job):
        # Corpora that others write to at the same time would make each run another one.
        seed = [f"-seed={args.seed + job}", "-reload=0"] if args.seed else []
        if args.seconds:
            return [f"-max_total_time={args.seconds}", *seed]
        return [f"-runs={wanted // jobs + (job < wanted % jobs)}", *seed]

    print("| target | executions | seconds | exec/s | corpus | findings |", flush=True)
    print("| --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
    findings = 0
    for target in targets:
        executions, seconds, size, found = run(target, limit, jobs)
        findings += found
        print(f"| {target} | {executions:,} | {seconds:.1f} | {executions / seconds:,.0f} | {size:,} "
              f"| {found} |", flush=True)
    return 1 if findings else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"scripts/fuzz: {' '.join(error.cmd[:3])} failed")
    except KeyboardInterrupt:
        sys.exit(130)

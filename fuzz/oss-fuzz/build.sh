#!/bin/bash -eu
# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# build.sh - build the fuzz targets the way OSS-Fuzz asks for: into $OUT, with corpora and options.
# It is run as $SRC/build.sh; the project stands beside it there.
cd "$SRC/msrpkit"

build() {
    local name=$1
    # Compiled and linked apart, so that a compiler cache can help.
    # shellcheck disable=SC2086
    $CXX $CXXFLAGS -std=c++20 -Iinclude -Ifuzz -Itests -c "fuzz/$name.cpp" -o "$WORK/$name.o"
    # shellcheck disable=SC2086
    $CXX $CXXFLAGS "$WORK/$name.o" -o "$OUT/$name" $LIB_FUZZING_ENGINE
    python3 - "$name" "$OUT/${name}_seed_corpus.zip" <<'PY'
import pathlib, sys, zipfile
name, out = sys.argv[1:]
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
    for folder in ("seeds", "regressions"):
        for file in sorted(pathlib.Path("fuzz", folder, name).glob("*")):
            archive.write(file, f"{folder}-{file.name}")
PY
    case $name in
        *sdp* | negotiator | offer_answer) cp fuzz/sdp.dict "$OUT/$name.dict" ;;
        *) cp fuzz/msrp.dict "$OUT/$name.dict" ;;
    esac
    # A target's own options say no dictionary: which it has is said above.
    {
        cat "fuzz/$name.options" 2>/dev/null || printf '[libfuzzer]\nmax_len = 16384\n'
        printf 'dict = %s.dict\n' "$name"
    } >"$OUT/$name.options"
}
export -f build

for source in fuzz/*.cpp; do
    name=$(basename "$source" .cpp)
    [ "$name" = replay_main ] || echo "$name"
done | xargs -P "$(nproc)" -I NAME bash -euc 'build NAME'

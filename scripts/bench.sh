#!/bin/bash
# Times the stages on the example haystacks: with an empty cache, and with the haystacks prepared.
#
# Prints wall and CPU seconds of each. Absolute seconds say little between machines; compare within one run.
set -euo pipefail
cd "$(dirname "$0")/.."

vniah=${VNIAH:-target/release/vniah}
work=target/bench
rm -rf "$work"
mkdir -p "$work"

timed() {
    local name=$1
    shift
    local TIMEFORMAT="$name: %R s wall, %U s user, %S s system"
    time "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" >&2; return 1; }
}

timed "generate, haystacks not prepared" "$vniah" generate haystacks.example/spec.toml -o "$work/cold" --cache "$work/cache"
timed "generate, haystacks prepared    " "$vniah" generate haystacks.example/spec.toml -o "$work/warm" --cache "$work/cache"
timed "verify                          " "$vniah" verify "$work/warm"
timed "baseline oracle                 " "$vniah" baseline oracle "$work/warm" -o "$work/oracle.jsonl"
timed "score                           " "$vniah" score "$work/warm" "$work/oracle.jsonl" -o "$work/scores.json"

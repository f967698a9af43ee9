#!/bin/sh
# The unit tests of `media` under valgrind: all of `unsafe`, and every call into FFmpeg, is there. Exit code 9 if memory is misused.
#
# tests/memory/check.sh [FILTER...]    the tests whose names hold FILTER; those of media, if none is given
set -eu
cd "$(dirname "$0")/../.."
log=$(mktemp)
cargo test --no-run --locked --lib 2>&1 | tee "$log"
binary=$(sed -n 's/.*unittests src\/lib.rs (\(.*\))/\1/p' "$log")
rm "$log"
[ $# -gt 0 ] || set -- media::
# One test at a time: valgrind runs one thread at a time anyway.
valgrind --error-exitcode=9 --leak-check=no --num-callers=24 "$binary" --test-threads 1 "$@"

#!/bin/sh
# Runs each reader of foreign input under libFuzzer, with the stable compiler.
#
# fuzz/run.sh SECONDS [READER...]    SECONDS for each reader; all readers, if none is named
#
# The corpus lies in fuzz/corpus/READER and grows; what breaks a reader is written to fuzz/found/READER-*. Move such an input to
# tests/fuzz/found/READER/, where the integration tests find it.
set -eu
cd "$(dirname "$0")"
seconds=$1
shift
# Coverage by LLVM's own pass, as `cargo fuzz` sets it up, but for the sanitizer, which needs the unstable compiler.
flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing"
target=${CARGO_BUILD_TARGET:-$(rustc -vV | sed -n 's/^host: //p')}
RUSTFLAGS=$(echo $flags) cargo build --release --target "$target"
binary=${CARGO_TARGET_DIR:-target}/$target/release/readers
if [ ! -d corpus ]; then
    (cd .. && VNIAH_FUZZ_SEEDS=$PWD/fuzz/corpus cargo test --test it fuzz::)
fi
[ $# -gt 0 ] || set -- $(ls corpus)
mkdir -p found
for reader in "$@"; do
    mkdir -p "corpus/$reader"
    echo "+ $reader"
    VNIAH_FUZZ=$reader "$binary" "corpus/$reader" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
        -artifact_prefix="found/$reader-" -print_final_stats=1 || echo "FOUND something in $reader"
    rm -rf /dev/shm/vniah-fuzz-*
done

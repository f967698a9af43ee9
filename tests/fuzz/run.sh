#!/usr/bin/env bash
# Lets libFuzzer look for inputs that break the readers of foreign input (targets.rs), guided by coverage.
#
#     tests/fuzz/run.sh SECONDS [READER...]
#
# In: the seeds of the tests (tests/it/fuzz.rs writes them), cargo, a C++ compiler. Out: for each reader a line with the inputs tried, the
# branches covered and the size of the corpus; exit code 1 if one broke. Corpora and what broke lie in target/fuzz: copy the latter to
# tests/fuzz/found/READER, where each test run tries it.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:?"SECONDS for each reader"}
shift
work=$PWD/target/fuzz
mkdir -p "$work"

# The flags of cargo-fuzz without a sanitizer: Rust's own checks stay, and no unstable compiler is needed.
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0 -Ccodegen-units=1"
# With a target named, build scripts and macros are built without these flags.
host=$(rustc -vV | sed -n 's/^host: //p')
# The versions of the program itself.
cp Cargo.lock tests/fuzz/Cargo.lock
cargo build --release --manifest-path tests/fuzz/Cargo.toml --target "$host" --target-dir "$work/build"
unset RUSTFLAGS
[ -d "$work/seeds" ] || VNIAH_FUZZ_SEEDS="$work/seeds" cargo test --locked --test it fuzz::no_reader_breaks_on_damaged_input

readers=("$@")
[ $# -gt 0 ] || mapfile -t readers < <(ls "$work/seeds")
broke=0
for reader in "${readers[@]}"; do
    mkdir -p "$work/corpus/$reader" "$work/broke/$reader" "$work/log"
    log=$work/log/$reader.log
    # With -seed, what is tried depends on the machine's speed alone.
    VNIAH_FUZZ_READER=$reader "$work/build/$host/release/guided" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -seed=1 \
        -max_len=65536 -print_final_stats=1 -artifact_prefix="$work/broke/$reader/" "$work/corpus/$reader" "$work/seeds/$reader" \
        > /dev/null 2> "$log" || { broke=1; echo "$reader broke: see $log"; }
    tried=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    covered=$(grep -o 'cov: [0-9]*' "$log" | tail -1)
    echo "$reader: $tried inputs, $covered, corpus $(ls "$work/corpus/$reader" | wc -l), broke $(ls "$work/broke/$reader" | wc -l)"
done
exit $broke

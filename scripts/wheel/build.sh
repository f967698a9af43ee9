#!/bin/sh
# Writes dist/*.whl: the Python package and the program, with FFmpeg and its libraries inside.
#
# scripts/wheel/build.sh [x86_64|aarch64]
#
# Everything on the way lies in target/wheel (or VNIAH_WHEEL_WORK): the tools, the sources, the libraries, cargo's output.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
arch=${1:-x86_64}
work=${VNIAH_WHEEL_WORK:-$repo/target/wheel}
target=$arch-unknown-linux-gnu
mkdir -p "$work"
work=$(cd "$work" && pwd)

tools=$work/tools-$(sha256sum < "$here/requirements.txt" | cut -c1-16)
if [ ! -f "$tools/whole" ]; then
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/python" -m pip install -q -r "$here/requirements.txt"
    touch "$tools/whole"
fi
PATH="$tools/bin:$PATH"
ZIG=$(python -c 'import os, ziglang; print(os.path.dirname(ziglang.__file__))')
export PATH ZIG ZIG_GLOBAL_CACHE_DIR="$work/zig" CARGO_TARGET_DIR="$work/cargo"

"$here/fetch.sh" "$work/sources"
libraries=$("$here/native.sh" "$arch" "$work")/vniah/ffmpeg

cd "$repo"
cargo fetch --locked --target "$target"

# Where things lie on this machine is nobody's business: messages and symbols get names that are the same everywhere.
names() {
    echo "$repo=/vniah"
    echo "$work=/vniah/target/wheel"
    for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
        echo "$registry=/crates"
    done
    echo "$(rustc --print sysroot)=/rust"
}
rust= c=
for pair in $(names); do
    rust="$rust --remap-path-prefix=$pair"
    c="$c -ffile-prefix-map=$pair"
done
export RUSTFLAGS="$rust" TARGET_CFLAGS="$c"
export CARGO_PROFILE_RELEASE_STRIP=symbols
export PKG_CONFIG_LIBDIR="$libraries/lib/pkgconfig" PKG_CONFIG_ALLOW_CROSS=1
unset FFMPEG_DIR PKG_CONFIG_PATH

raw=$work/raw/$arch
rm -rf "$raw"
maturin build --release --locked --zig --target "$target" --compatibility manylinux_2_28 \
    --manifest-path python/Cargo.toml --features vniah/static-ffmpeg --out "$raw"
mkdir -p dist
wheel=$(python "$here/licences.py" "$raw"/*.whl dist --target "$target" --sources "$work/sources")
echo "$wheel: $(wc -c < "$wheel") bytes"
auditwheel show "$wheel"

#!/bin/sh
# Builds vniah against another release of FFmpeg, that of Debian 13, and prints the program: tests/builds/other.sh WORK, as root.
#
# In: the sources, cargo and Rust of this machine. Out: WORK/trixie, a root file system with FFmpeg's libraries, and WORK/vniah, which
# runs the program that was built there, with its libraries, from anywhere.
set -eu

repo=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)
root=$work/trixie
libraries="libavcodec-dev,libavformat-dev,libavutil-dev,libavfilter-dev,libswscale-dev,libswresample-dev"
"$repo/tests/wheel/root.sh" trixie "$root" "gcc,libc6-dev,pkg-config,clang,libclang-dev,$libraries" >&2
mkdir -p "$root/rust" "$root/cargo" "$root/repo" "$root/out"
cd "$repo"
cargo fetch --locked >&2
# The mounts are of this shell alone, and go with it.
export ROOT="$root" REPO="$repo" RUST="$(rustc --print sysroot)" CARGO="${CARGO_HOME:-$HOME/.cargo}"
# The inner shell reads the variables.
# shellcheck disable=SC2016
unshare --mount sh -euc '
    mount --bind "$RUST" "$ROOT/rust"
    mount --bind "$CARGO" "$ROOT/cargo"
    mount --bind "$REPO" "$ROOT/repo"
    mount --bind /dev "$ROOT/dev"
    mount -t proc proc "$ROOT/proc"
    exec chroot "$ROOT" /usr/bin/env -i PATH=/rust/bin:/usr/bin:/bin HOME=/out CARGO_HOME=/cargo CARGO_TARGET_DIR=/out \
        cargo build --release --locked --offline --manifest-path /repo/Cargo.toml' >&2

lib=$root/usr/lib/$(uname -m)-linux-gnu
loader=$(find "$lib" -maxdepth 1 -name 'ld-linux-*' | head -n 1)
deeper=$(find "$lib" -mindepth 1 -maxdepth 1 -type d | tr '\n' ':')
printf '#!/bin/sh\nexec "%s" --library-path "%s:%s" "%s" "$@"\n' "$loader" "$lib" "$deeper" "$root/out/release/vniah" > "$work/vniah"
chmod +x "$work/vniah"
echo "$work/vniah"

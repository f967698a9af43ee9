#!/bin/sh
# Installs what is missing on Debian or Ubuntu, and nothing else.
#
# scripts/packages.sh build   what a build needs: FFmpeg's libraries, and clang to read their headers
# scripts/packages.sh test    the same, and what the tests need
# scripts/packages.sh wheel   what `make wheel` needs: it builds FFmpeg itself
# scripts/packages.sh wheel-test    the same, and what `make test-wheel` needs
set -eu

build="gcc libc6-dev pkg-config clang libclang-dev
    libavcodec-dev libavformat-dev libavutil-dev libavfilter-dev libswscale-dev libswresample-dev"
# ffmpeg makes inputs for tests; the venv holds the decoders with which finished videos are read; tesseract reads
# subtitles, of which the Chinese ones need a font of their own.
test="ffmpeg tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim fonts-droid-fallback python3 python3-venv forensics-samples-files"
# A browser reads the report. Ubuntu has none as a package: there, the tests in a browser are left out, and say so.
browser="chromium chromium-driver"
# PocketSphinx understands spoken words, and mpv plays what was made. Where they are missing, their tests are left out and say so.
players="pocketsphinx pocketsphinx-en-us mpv"
# gcc links what runs while building. zig, meson and maturin come from scripts/wheel/requirements.txt.
wheel="gcc libc6-dev pkg-config clang libclang-dev nasm make patch curl bzip2 xz-utils python3 python3-venv"
# The wheel is installed in fresh root file systems, and run as processors of other generations would run it.
wheel_test="debootstrap qemu-user-static binutils ffmpeg forensics-samples-files"

case "${1-}" in
    build) wanted=$build optional= ;;
    test) wanted="$build $test" optional="$browser $players" ;;
    wheel) wanted=$wheel optional= ;;
    wheel-test) wanted="$wheel $wheel_test" optional= ;;
    *) echo "usage: $0 build|test|wheel|wheel-test" >&2; exit 2 ;;
esac

if ! command -v cargo >/dev/null; then
    echo "Rust is missing: install it from https://rustup.rs and run this again" >&2
    exit 1
fi
# A minimal toolchain comes without the two that the lints are.
if [ "$1" = test ] && ! { cargo clippy --version && cargo fmt --version; } >/dev/null 2>&1; then
    echo "+ rustup component add clippy rustfmt"
    rustup component add clippy rustfmt
fi
if ! command -v dpkg-query >/dev/null; then
    echo "This is neither Debian nor Ubuntu. Needed, by its Debian names: $wanted $optional" >&2
    if pkg-config --exists libavcodec libavformat libavutil libavfilter libswscale libswresample; then
        echo "FFmpeg's libraries are there, so going on." >&2
        exit 0
    fi
    exit 1
fi

missing() {
    for package in "$@"; do
        status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || printf '%s ' "$package"
    done
}

# The lists are split into words on purpose.
# shellcheck disable=SC2086
lacking=$(missing $wanted)
# shellcheck disable=SC2086
lacking_optional=$(missing $optional)
if [ -z "$lacking$lacking_optional" ]; then
    echo "All packages for '$1' are installed."
    exit 0
fi

as_root=
if [ "$(id -u)" != 0 ]; then
    as_root=sudo
    if ! command -v sudo >/dev/null; then
        echo "Run this as root, or have root install: $lacking$lacking_optional" >&2
        exit 1
    fi
fi
run() {
    echo "+ $*"
    "$@"
}
run $as_root apt-get update -q
if [ -n "$lacking" ]; then
    run $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $lacking
fi
if [ -n "$lacking_optional" ]; then
    # One by one: what one system has not keeps none of the others away.
    for package in $lacking_optional; do
        run $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" ||
            echo "Not to be had here, so tests that need it are left out: $package"
    done
fi

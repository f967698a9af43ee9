#!/bin/sh
# Brings the pinned sources of sources.txt into a directory, each with the digest that is stated there.
#
# scripts/wheel/fetch.sh DIR
#
# On Debian, apt-get is asked first, with source lists of its own: those of the system, as sources. A version that has left
# them, and every other system, takes the stated addresses, which are permanent.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"

sources() { grep -v '^#' "$here/sources.txt"; }

is_whole() { [ -f "$2" ] && echo "$1  $2" | sha256sum --check --status; }

# The packages of which a file is not there yet.
missing() {
    sources | while read -r _ package file digest _; do
        is_whole "$digest" "$file" || echo "$package"
    done | sort -u
}

# The system's package sources, as sources of source packages.
apt_lists() {
    mkdir -p apt/parts apt/lists/partial apt/cache/archives/partial
    : > apt/sources.list
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -f "$list" ] || sed -n 's/^deb /deb-src /p' "$list" >> apt/sources.list
    done
    for list in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" > "apt/parts/$(basename "$list")"
    done
}

apt() {
    apt-get -q -o Dir::Etc::sourcelist="$PWD/apt/sources.list" -o Dir::Etc::sourceparts="$PWD/apt/parts" \
        -o Dir::State::lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt/cache" -o APT::Sandbox::User="" "$@"
}

if [ -n "$(missing)" ] && command -v apt-get >/dev/null && grep -q '^ID=debian' /etc/os-release; then
    apt_lists
    # A list that cannot be had does not matter as long as the packages are found.
    apt update >apt/log 2>&1 || true
    for package in $(missing); do
        echo "+ apt-get source $package"
        apt source --download-only "$package" >>apt/log 2>&1 || echo "apt-get does not have it (see $PWD/apt/log)."
    done
    rm -f ./*.dsc ./*.asc
fi

sources | while read -r _ _ file digest address; do
    is_whole "$digest" "$file" && continue
    echo "+ curl $address"
    curl --fail --silent --show-error --location --retry 2 --output "$file" "$address"
    if ! is_whole "$digest" "$file"; then
        echo "$file is not the file whose SHA-256 sources.txt states: $(sha256sum "$file")" >&2
        exit 1
    fi
done

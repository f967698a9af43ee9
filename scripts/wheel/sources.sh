#!/bin/sh
# Writes dist/vniah-VERSION-sources.tar.xz: the sources of all that the wheel holds. It is published beside the wheel, as the
# GPL asks: vniah's own as committed, the libraries' as pinned, and every crate.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
work=${VNIAH_WHEEL_WORK:-$repo/target/wheel}
cd "$repo"
if [ -n "$(git status --porcelain)" ]; then
    echo "There are changes that are not committed: the archive would not have them" >&2
    exit 1
fi
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=vniah-$version-sources
out=$work/$name
rm -rf "$out"
mkdir -p "$out/libraries" dist
"$here/fetch.sh" "$work/sources"
git archive HEAD | tar -x -C "$out"
grep -v '^#' "$here/sources.txt" | while read -r _ _ file _; do
    cp "$work/sources/$file" "$out/libraries/"
done
mkdir -p "$out/.cargo"
cargo vendor --quiet --locked --versioned-dirs "$out/crates" | sed "s|$out/||" > "$out/.cargo/config.toml"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$work" -cJf "dist/$name.tar.xz" "$name"
echo "dist/$name.tar.xz: $(wc -c < "dist/$name.tar.xz") bytes"

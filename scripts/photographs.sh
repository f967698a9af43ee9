#!/bin/sh
# Makes needle packs of the stamps of Tux Paint, many of which are photographs. Debian or Ubuntu; no root is needed.
#
# scripts/photographs.sh DIR [FRAME]
#     DIR    a new directory, which gets DIR/packs/mammals, birds, fruit, vegetables, vehicles, instruments, monuments, and a
#            preview of each in DIR/sheets
#     FRAME  the frame that pictures are to fill, such as 1280x720 [default: 640x360]
#
# VNIAH names the program [default: vniah]. STAMPS names a directory of stamps that is there already: it is taken, and nothing is
# fetched. The stamps (some 160 MB to fetch) are under the GPL, version 2; the packs say so.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: $0 DIR [FRAME]" >&2
    exit 2
fi
dir=$1
frame=${2-640x360}
vniah=${VNIAH-vniah}
package=tuxpaint-stamps-default
installed=/usr/share/tuxpaint/stamps

if [ -e "$dir/packs" ]; then
    echo "$dir/packs is there already: name another directory, or remove it" >&2
    exit 2
fi
if ! command -v "$vniah" >/dev/null; then
    echo "There is no program $vniah: set VNIAH to where it is" >&2
    exit 1
fi
mkdir -p "$dir/sheets"

stamps=${STAMPS-}
if [ -z "$stamps" ] && [ -d "$installed/animals" ]; then
    stamps=$installed
fi
if [ -z "$stamps" ]; then
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
        echo "This is neither Debian nor Ubuntu: set STAMPS to the directory of Tux Paint's stamps" >&2
        exit 1
    fi
    # Unpacked beside, and put in place when it is whole.
    unpacked=$dir/stamps
    if [ ! -d "$unpacked" ]; then
        rm -rf "$dir/fetched"
        mkdir "$dir/fetched"
        (cd "$dir/fetched" && apt-get download "$package")
        dpkg-deb -x "$dir/fetched/$package"_*.deb "$dir/fetched/unpacked"
        mv "$dir/fetched/unpacked$installed" "$unpacked"
        mv "$dir/fetched/unpacked/usr/share/doc/$package/copyright" "$dir/copyright"
        rm -rf "$dir/fetched"
    fi
    stamps=$unpacked
fi

# pack, directory of stamps, options
pack() {
    id=$1 from=$2
    shift 2
    echo "+ $id"
    "$vniah" needles import "$stamps/$from" --as stamps -o "$dir/packs/$id" --id "$id" \
        --licence GPL-2.0-only --credit "Bill Kendrick and the artists of Tux Paint's stamps, http://tuxpaint.org" \
        --plurals english --alike --skip-bad --sheet "$dir/sheets/$id.png" "$@"
}
mkdir "$dir/packs"
pack mammals animals/mammals --frame "$frame" --without cartoon --without toys
pack birds animals/birds --frame "$frame" --without cartoon
pack instruments hobbies/music --frame "$frame"
# Mostly drawings: there are few photographs of monuments.
pack monuments town/monuments --frame "$frame"
# Small pictures, for patches rather than whole frames.
pack fruit food/fruit --least-side 45 --without cartoon
pack vegetables food/vegetables --least-side 45
pack vehicles vehicles --least-side 60 --without cartoon
echo "Packs are in $dir/packs; look at $dir/sheets before you use them."

#!/bin/sh
# Makes a fresh root file system with Python alone, or with other packages: tests/wheel/root.sh SUITE DIR [PACKAGE,PACKAGE...], as root.
#
# A suite is a code name of Debian or Ubuntu that debootstrap knows. Ubuntu's is checked by Ubuntu's key, which Debian's
# package ubuntu-archive-keyring holds; Debian 12 itself does not have that package, Debian 13 has.
set -eu

suite=$1
root=$2
packages=${3:-python3,python3-venv,python3-pip}
here=$(cd "$(dirname "$0")" && pwd)
[ ! -f "$root.whole" ] || exit 0
command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }
rm -rf "$root"

key=
case $suite in
    jammy | noble)
        key=/usr/share/keyrings/ubuntu-archive-keyring.gpg
        if [ ! -f "$key" ]; then
            other=$(dirname "$root")/trixie
            "$here/root.sh" trixie "$other"
            chroot "$other" apt-get update -q
            chroot "$other" apt-get install -q -y --no-install-recommends ubuntu-archive-keyring
            key=$other$key
        fi
        key="--keyring=$key --components=main,universe"
        ;;
esac
# The options are split into words on purpose.
# shellcheck disable=SC2086
debootstrap --variant=minbase --include="$packages" $key "$suite" "$root"
touch "$root.whole"

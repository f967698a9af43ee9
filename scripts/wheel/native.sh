#!/bin/sh
# Builds the libraries inside the wheel, static, from the pinned sources, for a glibc as old as 2.28.
#
# scripts/wheel/native.sh x86_64|aarch64 WORK     writes WORK/native/ARCHITECTURE-DIGEST/vniah/ffmpeg and prints its root
#
# The digest is of this file, the sources and the compiler's version: what was built once is not built again. zig is the
# compiler; its directory is in ZIG. Names are neutral: FFmpeg states how it was configured, and so does every dataset.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
arch=$1
work=$2
prefix=/vniah/ffmpeg
jobs=${JOBS:-$(nproc)}

digest=$(cat "$here/native.sh" "$here/sources.txt" "$here/requirements.txt" | sha256sum | cut -c1-16)
root=$work/native/$arch-$digest
if [ -f "$root/whole" ]; then
    echo "$root"
    exit 0
fi

build=$work/build/$arch
rm -rf "$build" "$root"
mkdir -p "$build/bin" "$root"
log=$build/log
echo "Building FFmpeg and its libraries for $arch; the log is $log" >&2

# The compiler under plain names, which FFmpeg's configuration states.
tool() {
    name=$1
    shift
    printf '#!/bin/sh\nexec "%s/zig" %s "$@"\n' "$ZIG" "$*" > "$build/bin/$name"
    chmod +x "$build/bin/$name"
}
tool zcc cc -target "$arch-linux-gnu.2.28"
tool zar ar
tool zranlib ranlib
export PATH="$build/bin:$PATH" CC=zcc AR=zar RANLIB=zranlib
export ZIG_GLOBAL_CACHE_DIR="$work/zig"
export PKG_CONFIG_LIBDIR="$root$prefix/lib/pkgconfig"
export SOURCE_DATE_EPOCH=0

# Unpacks a library and applies Debian's patches to it.
unpack() {
    mkdir "$build/$1"
    cd "$build/$1"
    grep "^$1 " "$here/sources.txt" | while read -r _ _ file _; do
        case $file in
            *.debian.*) tar -xf "$work/sources/$file" ;;
            *) tar -xf "$work/sources/$file" --strip-components=1 ;;
        esac
    done
    if [ -f debian/patches/series ]; then
        grep -v '^#' debian/patches/series | while read -r patch _; do
            patch -p1 < "debian/patches/$patch"
        done
    fi
}

zlib() {
    CFLAGS="-O3 -fPIC" ./configure --static --prefix="$prefix"
    make -j"$jobs" libz.a
    make install DESTDIR="$root"
}

# exp, log, pow, sin and their kind: glibc's differ in the last bit from version to version and, by its choice of
# instructions, from processor to processor. These are one source, compiled once, of basic operations alone.
musl() {
    objects=
    for source in src/math/*.c; do
        name=$(basename "$source" .c)
        # What ends in l is of long double. What else is left out is exact by IEEE 754, and glibc's is fast.
        case $name in
            *l | __fpclassify* | __signbit* | ceil* | floor* | trunc* | round* | rint* | nearbyint* | lrint* | llrint* | \
                lround* | llround* | fabs* | fma | fmaf | fmax* | fmin* | fmod* | copysign* | sqrt* | nan*) continue ;;
        esac
        "$ZIG/zig" cc -target "$arch-linux-musl" -O2 -fPIC -std=c99 -ffp-contract=off -fno-builtin -fvisibility=hidden \
            -D_XOPEN_SOURCE=700 -w -I src/include -I src/internal -I "arch/$arch" -I arch/generic -c "$source" -o "$name.o"
        objects="$objects $name.o"
    done
    # The list is split into words on purpose.
    # shellcheck disable=SC2086
    zar rcs libvniah_math.a $objects
    cp libvniah_math.a "$root$prefix/lib/"
}

dav1d() {
    cat > cross.ini <<END
[binaries]
c = 'zcc'
ar = 'zar'
pkg-config = 'pkg-config'
[host_machine]
system = 'linux'
cpu_family = '$arch'
cpu = '$arch'
endian = 'little'
END
    meson setup out --cross-file cross.ini --prefix="$prefix" --libdir=lib --buildtype=release \
        --default-library=static -Denable_tools=false -Denable_tests=false
    ninja -C out -j"$jobs"
    DESTDIR="$root" meson install -C out
}

x264() {
    [ "$arch" = x86_64 ] || export AS=zcc
    STRIP=true ./configure --host="$arch-linux" --prefix="$prefix" --enable-static --enable-pic --disable-cli --disable-opencl
    make -j"$jobs"
    make install-lib-static DESTDIR="$root"
    unset AS
}

# Sound, and the one video codec with floats, is worked on by floats, whose last bits differ between the instructions that are
# chosen at run time (SSE, AVX, FMA), and so did the AAC that is written. These files have to choose as if the processor had
# what every x86-64 has and no more. Everything else works on integers, with one result.
baseline() {
    cd "$build/ffmpeg"
    flags="(AV_CPU_FLAG_MMX | AV_CPU_FLAG_MMXEXT | AV_CPU_FLAG_SSE | AV_CPU_FLAG_SSE2)"
    chosen="libavutil/tx.c libavutil/x86/float_dsp_init.c libavutil/x86/lls_init.c libavutil/x86/fixed_dsp_init.c
        libswresample/x86/rematrix_init.c libswresample/x86/resample_init.c libswresample/x86/audio_convert_init.c"
    for name in aacencdsp_init aacpsdsp_init ac3dsp_init audiodsp_init celt_pvq_init dcadsp_init dct_init fft_init \
        fmtconvert_init jpeg2000dsp_init lpc mdct15_init mpegaudiodsp opusdsp_init sbrdsp_init synth_filter_init vorbisdsp_init; do
        chosen="$chosen libavcodec/x86/$name.c"
    done
    for file in $chosen; do
        grep -q 'av_get_cpu_flags()' "$file"
        sed -i "s/= av_get_cpu_flags();/= av_get_cpu_flags() \& $flags;/" "$file"
    done
}

# What vniah uses and no more: every decoder, demuxer and parser of its own, two encoders, the filters of src/media.
ffmpeg() {
    if [ "$arch" = x86_64 ]; then
        baseline
    fi
    ./configure --prefix="$prefix" --enable-cross-compile --arch="$arch" --target-os=linux --cc=zcc --ar=zar \
        --ranlib=zranlib --pkg-config=pkg-config --pkg-config-flags=--static --disable-debug --enable-static --disable-shared --enable-pic \
        --enable-gpl --enable-libx264 --enable-libdav1d --enable-zlib \
        --disable-autodetect --disable-programs --disable-doc --disable-network --disable-devices --disable-hwaccels \
        --disable-avdevice --disable-postproc --disable-protocols --enable-protocol=file,pipe \
        --disable-encoders --enable-encoder=libx264,aac --disable-muxers --enable-muxer=mp4 --disable-filters \
        --enable-filter=aformat,anull,aresample,asetnsamples,bwdif,crop,format,hflip,null,pad,scale,setsar,transpose,vflip
    # configure finds the linker's symbol, but old glibc has no header for it that still works.
    sed -i 's/^#define HAVE_SYSCTL 1/#define HAVE_SYSCTL 0/' config.h
    make -j"$jobs"
    make install DESTDIR="$root"
    # Atomic operations are instructions of both processors, or in the compiler's own runtime.
    sed -i 's/-lm\b/-lvniah_math -lm/; s/ -latomic\b//' "$root$prefix"/lib/pkgconfig/libav*.pc "$root$prefix"/lib/pkgconfig/libsw*.pc
}

# Lets pkg-config find the libraries wherever this directory is.
relocate() {
    sed -i "s|$root$prefix|\${pcfiledir}/../..|g; s|$prefix|\${pcfiledir}/../..|g" "$root$prefix"/lib/pkgconfig/*.pc
}

for library in zlib musl dav1d x264 ffmpeg; do
    echo "+ $library" >&2
    # Not as a condition, where the shell would go on after a failure.
    set +e
    (set -eux; unpack "$library"; "$library"; relocate) >>"$log" 2>&1
    status=$?
    set -e
    if [ $status != 0 ]; then
        tail -n 20 "$log" >&2
        exit 1
    fi
done
touch "$root/whole"
echo "$root"

//! Clocks and frames of foreign media: times that start again, jump, are missing or wrong; packets that show nothing; and frames
//! that say otherwise than their container.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use vniah::dataset;
use vniah::media::colour::Matrix;
use vniah::media::probe;
use vniah::media::source::Source;

use crate::movies::{barcode, barcodes, done, ffmpeg, rows, spec, text, vniah};

const FRAMES: u32 = 100;
/// H.264 of a second a GOP, sharp enough for barcodes.
const H264: &str = "-c:v libx264 -bf 2 -g 25 -crf 12";

fn probed(dir: &Path, name: &str) -> Source {
    probe::probe(&dir.join(name)).unwrap()
}

/// Makes a dataset of one haystack: its barcodes, inserted frames left out, and all warnings in one text.
fn made(dir: &Path, name: &str, more: &str) -> (Vec<Option<u32>>, String) {
    let (spec_name, out) = (format!("{name}.toml"), format!("{name}.out"));
    spec(dir, &spec_name, &[name], more, &["ret_insert1"]);
    done(dir, &["generate", &spec_name, "-o", &out]);
    done(dir, &["verify", &out]);
    let rows = rows(&dir.join(&out));
    let manifest = dataset::read_manifest(&dir.join(&out)).unwrap();
    (barcodes(&dir.join(&out).join(&rows[0].video_path), &rows[0]), manifest.warnings.join("\n"))
}

fn codes(range: std::ops::Range<u32>) -> Vec<Option<u32>> {
    range.map(Some).collect()
}

/// The second half of the barcode video, and the first.
const HALVES: [&str; 2] = ["-vf select=lt(n\\,50)", "-vf select=gte(n\\,50),setpts=PTS-STARTPTS"];

#[test]
fn a_clock_that_starts_again_or_jumps_goes_on() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, u64::from(FRAMES), None);
    for (at, half) in HALVES.iter().enumerate() {
        for (end, codec) in [("ts", H264), ("mkv", H264), ("mpg", "-c:v mpeg2video -q:v 2 -bf 2 -g 12")] {
            ffmpeg(dir, &format!("-i barcode.mp4 {half} {codec} {at}.{end}"));
        }
    }
    ffmpeg(dir, "-i 1.ts -c copy -output_ts_offset 36000 late.ts");
    let joined = [
        ("again.ts", "0.ts", "1.ts"),
        ("again.mkv", "0.mkv", "1.mkv"),
        ("again.mpg", "0.mpg", "1.mpg"),
        ("jump.ts", "0.ts", "late.ts"),
    ];
    for (name, one, two) in joined {
        let bytes = [fs::read(dir.join(one)).unwrap(), fs::read(dir.join(two)).unwrap()].concat();
        fs::write(dir.join(name), bytes).unwrap();
        let (found, warnings) = made(dir, name, "");
        assert_eq!(found, codes(0..FRAMES), "{name}: {warnings}");
        let told = "its clock starts again or jumps once, first after 2.0 s: time goes on by one frame";
        assert!(warnings.contains(told), "{name}: {warnings}");
    }
    // The same haystack, made again from the cache, is told the same.
    let first = fs::read(dir.join("again.ts.out/manifest.json")).unwrap();
    done(dir, &["generate", "again.ts.toml", "-o", "twice"]);
    assert!(fs::read(dir.join("twice/manifest.json")).unwrap() == first);
}

/// Seconds at which tones start in the sound of a file.
fn tones(path: &Path) -> Vec<f64> {
    let bytes = ffmpeg(Path::new("."), &format!("-i {} -map 0:a -f s16le -ac 1 -ar 48000 -", path.display()));
    let samples = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
    let loud: Vec<usize> =
        samples.enumerate().filter(|(_, sample)| sample.unsigned_abs() > 3000).map(|(at, _)| at).collect();
    let starts = loud.iter().enumerate().filter(|(at, here)| *at == 0 || **here - loud[at - 1] > 4800);
    starts.map(|(_, &at)| at as f64 / 48_000.0).collect()
}

const TONE: &str = "-f lavfi -i aevalsrc='if(gte(t,1)*lt(t,1.1),0.6*sin(2*PI*500*t),0)':s=48000:d=3";
const SOUND: &str = "[needles]\nduration = \"200ms\"\ngap = \"80ms\"";

/// The tones of a finished video of edits, which keep the haystack's length.
fn heard(dir: &Path, name: &str) -> Vec<f64> {
    spec(dir, "sound.toml", &[name], SOUND, &["ret_edit1"]);
    let out = format!("{name}.out");
    done(dir, &["generate", "sound.toml", "-o", &out]);
    let rows = rows(&dir.join(&out));
    tones(&dir.join(&out).join(&rows[0].video_path))
}

#[test]
fn sound_goes_on_with_its_pictures() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let picture = "-f lavfi -i testsrc=s=192x128:r=25:d=3";
    for (name, codecs) in [
        ("part.ts", "-c:v libx264 -bf 2 -pix_fmt yuv420p -c:a aac"),
        ("part.mpg", "-c:v mpeg2video -bf 2 -g 12 -c:a mp2"),
    ] {
        ffmpeg(dir, &format!("{picture} {TONE} {codecs} {name}"));
        let part = fs::read(dir.join(name)).unwrap();
        let joined = format!("joined-{name}");
        fs::write(dir.join(&joined), [part.clone(), part].concat()).unwrap();
        let found = heard(dir, &joined);
        // A packet of sound is 24 ms at most, and does not end where the pictures of a part do.
        assert!(found.len() == 2 && (found[0] - 1.0).abs() < 0.03, "{joined}: {found:?}");
        assert!((found[1] - 4.0).abs() < 0.08, "{joined}: {found:?}");
    }
    // Small pictures share a packet of 2 KB, and only the first has a time.
    ffmpeg(
        dir,
        &format!(
            "-f lavfi -i testsrc=s=96x64:r=25:d=3 {TONE} -c:v mpeg2video -b:v 200k -bf 2 -g 12 -c:a mp2 small.mpg"
        ),
    );
    let found = heard(dir, "small.mpg");
    assert!(found.len() == 1 && (found[0] - 1.0).abs() < 0.012, "{found:?}");
}

#[test]
fn a_low_rate_needs_few_frames() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, u64::from(FRAMES), None);
    let (found, _) =
        made(dir, "barcode.mp4", "[video]\nfps = 1\n[needles]\nduration = \"1 frame\"\ngap = \"1 frame\"");
    assert_eq!(found, [12, 37, 62, 87].map(Some));
}

#[test]
fn packets_that_show_nothing_are_no_frames() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, u64::from(FRAMES), None);
    for pass in [1, 2] {
        let codec = "-c:v libvpx -b:v 400k -auto-alt-ref 1 -lag-in-frames 25 -arnr-maxframes 7 -g 120";
        ffmpeg(dir, &format!("-i barcode.mp4 {codec} -pass {pass} -passlogfile log hidden.webm"));
    }
    let (found, warnings) = made(dir, "hidden.webm", "");
    assert!(warnings.contains("some of its packets show no frame"), "{warnings}");
    assert_eq!(found.len(), FRAMES as usize);
    assert!(found.iter().zip(0..).all(|(code, at)| code.is_none_or(|code| code == at)), "{found:?}");
    assert!(!warnings.contains("variable") && !warnings.contains("cannot be decoded"), "{warnings}");
}

#[test]
fn fast_rates_are_kept() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    for (rate, expected) in [
        ("48", "48"),
        ("72", "72"),
        ("90", "90"),
        ("120", "120"),
        ("144", "144"),
        ("240", "240"),
        ("165", "165"),
    ] {
        ffmpeg(
            dir,
            &format!(
                "-f lavfi -i color=gray:s=64x64:r={rate}:d=2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p fast.mkv"
            ),
        );
        let clock = probed(dir, "fast.mkv").clock;
        assert_eq!((clock.fps.to_string().as_str(), clock.constant), (expected, true), "{rate}");
    }
    // Slow motion with a frame missing, and a rate beyond all known ones, which is told.
    let vary = "-vf select=not(eq(n\\,100)) -vsync vfr -c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    ffmpeg(dir, &format!("-f lavfi -i color=gray:s=64x64:r=240:d=2 {vary} slow.mp4"));
    let slow = probed(dir, "slow.mp4");
    assert_eq!((slow.clock.fps.to_string().as_str(), slow.clock.constant), ("240", false));
    assert!(slow.warnings.iter().all(|warning| !warning.contains("faster")), "{:?}", slow.warnings);
    ffmpeg(dir, &format!("-f lavfi -i color=gray:s=64x64:r=480:d=1 {vary} slower.mp4"));
    let slower = probed(dir, "slower.mp4").warnings.join("\n");
    assert!(slower.contains("of its 479 frames come faster than 240 a second and are left out"), "{slower}");
}

#[test]
fn a_still_end_is_held() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, 50, None);
    ffmpeg(
        dir,
        "-i barcode.mp4 -vf select=not(eq(n\\,48)) -vsync vfr -c:v libx264 -bf 0 -video_track_timescale 12800 vary.mp4",
    );
    let mut file = fs::read(dir.join("vary.mp4")).unwrap();
    let table = file.windows(4).position(|window| window == b"stts").unwrap() + 8;
    let count = u32::from_be_bytes(file[table..table + 4].try_into().unwrap()) as usize;
    let last = table + 4 + 8 * count - 4;
    assert_eq!(file[last..last + 4], 512_u32.to_be_bytes());
    file[last..last + 4].copy_from_slice(&(8 * 12_800_u32).to_be_bytes());
    // The length of the track, and of its edit list, in milliseconds.
    let mut lasts = |name: &[u8; 4], at: usize, length: u32| {
        let place = file.windows(4).position(|window| window == name).unwrap() + at;
        file[place..place + 4].copy_from_slice(&length.to_be_bytes());
    };
    lasts(b"mdhd", 20, 49 * 512 + 8 * 12_800);
    lasts(b"elst", 12, 9960);
    fs::write(dir.join("still.mp4"), file).unwrap();
    let (found, warnings) = made(dir, "still.mp4", "");
    let wanted: Vec<Option<u32>> =
        (0..48).chain([47]).chain(std::iter::repeat_n(49, 200)).map(Some).collect();
    assert_eq!(found, wanted);
    assert!(warnings.contains("its last frame is held for 8.0 s"), "{warnings}");
}

#[test]
fn a_recording_with_a_flaw_is_used() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, u64::from(FRAMES), None);
    ffmpeg(dir, &format!("-i barcode.mp4 {H264} whole.ts"));
    let whole = fs::read(dir.join("whole.ts")).unwrap();
    let packets: Vec<&[u8]> = whole.chunks(188).collect();
    // One packet in the middle of the largest picture of the second half is lost; or the recording starts within the first GOP, behind
    // the tables of the stream.
    let goes_on = |at: &usize| packets[*at][1..3] == [0x01, 0x00];
    let numbers: Vec<usize> = (packets.len() / 2..packets.len()).filter(goes_on).collect();
    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
    let largest = runs.max_by_key(|run| run.len()).unwrap();
    let lost = largest[largest.len() / 2];
    fs::write(dir.join("lost.ts"), [&packets[..lost], &packets[lost + 1..]].concat().concat()).unwrap();
    fs::write(dir.join("within.ts"), [&packets[..3], &packets[packets.len() / 8..]].concat().concat())
        .unwrap();
    let (found, warnings) = made(dir, "lost.ts", "");
    assert_eq!(found.len(), FRAMES as usize);
    assert_eq!((found[0], found[99]), (Some(0), Some(99)));
    assert!(warnings.contains("1 of its packets are incomplete"), "{warnings}");
    assert!(warnings.contains("of its frames are decoded with faults"), "{warnings}");
    let (found, warnings) = made(dir, "within.ts", "");
    let first = found[0].unwrap();
    assert!((1..=25).contains(&first), "{first}");
    assert_eq!(found, codes(first..FRAMES), "{warnings}");
    assert!(warnings.contains("cannot be decoded, as where a recording starts"), "{warnings}");
}

#[test]
fn frames_that_cannot_be_decoded_are_counted() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, u64::from(FRAMES), None);
    ffmpeg(dir, "-i barcode.mp4 -c:v png -pix_fmt rgb24 whole.mkv");
    let whole = fs::read(dir.join("whole.mkv")).unwrap();
    let starts: Vec<usize> =
        whole.windows(4).enumerate().filter(|(_, bytes)| bytes == b"\x89PNG").map(|(at, _)| at).collect();
    assert_eq!(starts.len(), FRAMES as usize);
    let broken = |name: &str, frames: &[usize]| {
        let mut file = whole.clone();
        for &frame in frames {
            file[starts[frame]] = 0;
        }
        fs::write(dir.join(name), file).unwrap();
    };
    broken("few.mkv", &[30, 31, 70]);
    let (found, warnings) = made(dir, "few.mkv", "");
    // FFmpeg's parser of PNG appends a broken frame to the packet of the next, which cannot be decoded then.
    let held: Vec<Option<u32>> = (0..FRAMES)
        .map(|at| match at {
            30..=32 => 29,
            70 | 71 => 69,
            at => at,
        })
        .map(Some)
        .collect();
    assert_eq!(found, held);
    let told = "2 of its 97 frames cannot be decoded: the frame before is shown instead";
    assert!(warnings.contains(told), "{warnings}");
    let many: Vec<usize> = (5..95).step_by(9).collect();
    broken("many.mkv", &many);
    spec(dir, "many.toml", &["many.mkv"], "", &["ret_insert1"]);
    let output = vniah(dir, &["generate", "many.toml", "-o", "many", "--cache", "cache"]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("`many.mkv`: is damaged: 80 of its 90 frames can be decoded"), "{told}");
    let left = vniah::files::sorted_dir(&dir.join("cache/prepared")).unwrap();
    assert!(left.iter().all(|path| !path.to_string_lossy().ends_with("partial")), "{left:?}");
    // Frames that are not shown are not needed.
    let low = "[video]\nfps = 5\n[needles]\nduration = \"1 frame\"\ngap = \"1 frame\"";
    broken("unused.mkv", &[3, 13, 23, 33, 43, 53]);
    let (found, warnings) = made(dir, "unused.mkv", low);
    assert_eq!(found, (0..20).map(|at| Some(at * 5 + 2)).collect::<Vec<_>>());
    assert!(!warnings.contains("cannot be decoded"), "{warnings}");
}

#[test]
fn frames_without_times_run_at_the_stated_rate() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, u64::from(FRAMES), None);
    ffmpeg(dir, "-i barcode.mp4 -c copy -bsf:v h264_mp4toannexb -f h264 bare.h264");
    let (found, warnings) = made(dir, "bare.h264", "");
    assert_eq!(found, codes(0..FRAMES));
    let told = "its frames have no times: they are taken to run at 25 frames a second";
    assert!(warnings.contains(told), "{warnings}");
    assert_eq!(probed(dir, "bare.h264").clock.fps.to_string(), "25");
}

#[test]
fn impossible_times_are_refused() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, 50, None);
    ffmpeg(dir, "-i barcode.mp4 -c copy -movflags frag_keyframe+empty_moov parts.mp4");
    let mut file = fs::read(dir.join("parts.mp4")).unwrap();
    let places: Vec<usize> =
        file.windows(4).enumerate().filter(|(_, window)| window == b"tfdt").map(|(at, _)| at).collect();
    assert!(places.len() > 1 && file[places[1] + 4] == 1, "{places:?}");
    file[places[1] + 8] = 1;
    fs::write(dir.join("wrong.mp4"), file).unwrap();
    spec(dir, "spec.toml", &["wrong.mp4"], "", &["ret_insert1"]);
    let output = vniah(dir, &["haystacks", "list", "spec.toml", "--cache", "cache"]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("`wrong.mp4`: has impossible times: its 50 frames would last"), "{told}");
}

#[test]
fn what_frames_say_goes_before_what_the_container_says() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, 50, None);
    ffmpeg(dir, "-i barcode.mp4 -c copy -bsf:v h264_metadata=matrix_coefficients=6 colours.mp4");
    let colours = probed(dir, "colours.mp4");
    assert_eq!((colours.matrix, colours.tags.matrix, colours.tags.primaries), (Matrix::Bt601, 6, 1));
    assert!(colours.as_is.is_ok());
    ffmpeg(
        dir,
        "-i barcode.mp4 -c:v libx264 -bsf:v h264_metadata=display_orientation=insert:rotate=90 turned.mp4",
    );
    let turned = probed(dir, "turned.mp4");
    assert_eq!((turned.width, turned.height, turned.as_is.is_ok()), (144, 256, false));
    ffmpeg(
        dir,
        "-i barcode.mp4 -vf setfield=tff -c:v libx264 -flags +ilme+ildct -x264-params tff=1 fields.mp4",
    );
    ffmpeg(dir, "-i fields.mp4 -c copy -field_order progressive fields.mkv");
    for name in ["fields.mp4", "fields.mkv"] {
        let warnings = probed(dir, name).warnings.join("\n");
        assert!(warnings.contains("interlaced: made progressive"), "{name}: {warnings}");
    }
}

#[test]
fn ends_are_compared_with_what_they_end() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, u64::from(FRAMES), None);
    for (name, codec) in [("long.mkv", "aac"), ("long.mp4", "aac"), ("long.webm", "libopus")] {
        let picture = if codec == "aac" { "-c:v copy" } else { "-c:v libvpx -deadline realtime" };
        ffmpeg(dir, &format!("-i barcode.mp4 -f lavfi -t 7 -i sine {picture} -c:a {codec} {name}"));
        let warnings = probed(dir, name).warnings.join("\n");
        assert!(warnings.contains("its sound is longer than its pictures: 3.0 s"), "{name}: {warnings}");
        assert!(!warnings.contains("announces"), "{name}: {warnings}");
    }
    // Cut off, all of them announce more than there is.
    ffmpeg(dir, "-i barcode.mp4 -c copy whole.mkv");
    ffmpeg(dir, "-i barcode.mp4 -c copy whole.flv");
    for name in ["whole.mkv", "whole.flv"] {
        let whole = fs::read(dir.join(name)).unwrap();
        fs::write(dir.join(name), &whole[..whole.len() / 2]).unwrap();
        let warnings = probed(dir, name).warnings.join("\n");
        assert!(warnings.contains("of the 4.0 s that it announces"), "{name}: {warnings}");
    }
}

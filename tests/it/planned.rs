//! What `plan` says is what `generate` does: what it passes can be made, and its figures are those of what is made.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::movies::{done, ffmpeg, rows, spec, text, vniah};

/// Sources of many codecs, rates, sizes, shapes and sounds: name, pictures, sound.
const MIXTURE: [(&str, &str, &str); 10] = [
    (
        "a-stereo.mp4",
        "testsrc2=s=320x240:r=25:d=4 -c:v libx264 -pix_fmt yuv420p -g 25",
        "-c:a aac -ar 48000 -ac 2",
    ),
    (
        "b-mono.mp4",
        "testsrc=s=320x240:r=25:d=4 -c:v libx264 -pix_fmt yuv420p -g 25",
        "-c:a libmp3lame -ar 44100 -ac 1",
    ),
    ("c-silent.mp4", "testsrc=s=320x240:r=25:d=3 -c:v libx264 -pix_fmt yuv420p -bf 2", "-an"),
    ("d-mpeg4.avi", "testsrc2=s=352x288:r=30:d=3 -c:v mpeg4 -q:v 4", "-c:a libmp3lame -ar 22050 -ac 1"),
    (
        "e-vp9.webm",
        "testsrc2=s=256x144:r=30000/1001:d=3 -c:v libvpx-vp9 -deadline realtime",
        "-c:a libopus -ac 2",
    ),
    ("f-upright.mp4", "testsrc=s=144x256:r=30:d=3 -c:v libx264 -pix_fmt yuv420p", "-c:a aac -ar 44100 -ac 1"),
    (
        "g-pcm.mkv",
        "testsrc2=s=160x120:r=24:d=3 -c:v libx264 -pix_fmt yuv422p",
        "-c:a pcm_s16le -ar 16000 -ac 1",
    ),
    (
        "h-surround.mkv",
        "testsrc=s=640x272:r=50:d=3 -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p",
        "-c:a aac -ac 6",
    ),
    ("i-mpeg2.ts", "testsrc2=s=352x288:r=25:d=3 -c:v mpeg2video -q:v 5", "-c:a mp2 -ac 2"),
    (
        "j-motion.mov",
        "testsrc=s=322x242:r=15:d=3 -c:v mjpeg -q:v 4 -pix_fmt yuvj420p",
        "-c:a pcm_s16be -ar 48000 -ac 2",
    ),
];

fn mixture(dir: &Path) -> Vec<&'static str> {
    for (name, pictures, sound) in MIXTURE {
        let input = if sound == "-an" { String::new() } else { " -f lavfi -i sine=d=3".to_owned() };
        let (source, coded) = pictures.split_once(' ').unwrap();
        ffmpeg(dir, &format!("-f lavfi -i {source}{input} {coded} {sound} {name}"));
    }
    MIXTURE.iter().map(|(name, _, _)| *name).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Plans, generates and verifies `spec` into `out`: what is planned is made, and its frames are encoded and copied as planned.
/// Gives the planned and the written bytes.
fn as_planned(dir: &Path, spec: &str, out: &str) -> (u64, u64) {
    let before = json(&done(dir, &["plan", spec, "--json"]));
    done(dir, &["generate", spec, "-o", out]);
    let after = json(&done(dir, &["plan", spec, "--json"]));
    let verified = json(&done(dir, &["verify", out, "--json"]));
    // The plan knows as much before haystacks are prepared as after.
    for plan in [&before, &after] {
        let count = |key: &str| plan[key].as_u64().unwrap();
        let copied = count("frames") - count("encoded_frames");
        assert_eq!(Some(count("encoded_frames")), verified["encoded_frames"].as_u64(), "{spec}: {plan}");
        assert_eq!(Some(copied), verified["equal_frames"].as_u64(), "{spec}: {plan}");
    }
    let videos = vniah::files::sorted_dir(&dir.join(out).join("videos")).unwrap();
    let written = videos.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    (before["bytes"].as_u64().unwrap(), written)
}

#[test]
fn haystacks_of_any_codec_rate_size_and_sound_join() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let paths = mixture(dir);
    let types = ["ret_edit1", "ret_insert1"];
    // All of them together are 32 s, so that each video of 31 s joins nearly all.
    let grid = "[grid]\nlengths = [\"31s\", \"2.5s\"]\ndepths = [0, 50, 100]";
    spec(dir, "spec.toml", &paths, grid, &types);
    as_planned(dir, "spec.toml", "out");
    let rows = rows(&dir.join("out"));
    assert_eq!(rows.len(), 12);
    for row in &rows {
        // The first haystack decides the form of all.
        assert_eq!((row.width, row.height, row.fps_num, row.fps_den), (320, 240, 25, 1), "{}", row.id);
        assert!([775, 63].contains(&row.num_frames), "{}: {}", row.id, row.num_frames);
    }
    assert!(rows.iter().any(|row| row.haystack_ids.len() > 8));
    let manifest = json(&fs::read_to_string(dir.join("out/manifest.json")).unwrap());
    let channels: Vec<u64> = manifest["haystacks"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|haystack| haystack["form"]["audio"]["channels"].as_u64())
        .collect();
    assert_eq!(channels, [2; 9]);
    let warnings = manifest["warnings"].to_string();
    assert!(warnings.contains(
        "`a-stereo`: is the first haystack by its id, so that all are joined at its 320x240 and 25 frames a second"
    ));
    assert!(
        warnings.contains("it is 144x256, not 320x240 as `a-stereo` is: black bars fill the rest"),
        "{warnings}"
    );

    let more = format!("[video]\nwidth = 256\nheight = 256\nfps = 29.97\naudio = false\n{grid}");
    spec(dir, "stated.toml", &paths, &more, &types[..1]);
    as_planned(dir, "stated.toml", "stated");
    let manifest = fs::read_to_string(dir.join("stated/manifest.json")).unwrap();
    assert!(!manifest.contains("is the first haystack"), "{manifest}");
}

#[test]
fn any_two_forms_of_sound_join_and_mono_stays_mono() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    mixture(dir);
    let grid = "[grid]\nlengths = [\"6s\"]\ndepths = [50]";
    for (first, second, channels) in [
        ("a-stereo.mp4", "b-mono.mp4", 2),
        ("b-mono.mp4", "a-stereo.mp4", 2),
        ("a-stereo.mp4", "c-silent.mp4", 2),
        ("b-mono.mp4", "c-silent.mp4", 1),
        ("b-mono.mp4", "g-pcm.mkv", 1),
        ("h-surround.mkv", "f-upright.mp4", 2),
        ("e-vp9.webm", "d-mpeg4.avi", 2),
    ] {
        spec(dir, "pair.toml", &[first, second], grid, &["ret_edit1"]);
        let out = format!("{first}-{second}");
        as_planned(dir, "pair.toml", &out);
        let video = &rows(&dir.join(&out))[0].file_name;
        let found = ffmpeg(dir, &format!("-i {out}/{video} -map 0:a -f s16le -"));
        // What comes out are whole packets of 1,024 samples, mono or interleaved; 6 s of 48 kHz and what primes the decoder.
        let samples = found.len() as u64 / 2 / channels;
        assert!((288_000..291_000).contains(&samples), "{out}: {samples} samples of {channels}");
    }
}

#[test]
fn mono_by_itself_is_said_to_be_mono() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    mixture(dir);
    spec(dir, "spec.toml", &["b-mono.mp4", "i-mpeg2.ts"], "", &["ret_edit1"]);
    let listed = json(&done(dir, &["haystacks", "list", "spec.toml", "--json"]));
    assert_eq!(listed[0]["haystack"]["form"]["audio"]["channels"], 1);
    assert_eq!(listed[1]["haystack"]["form"]["audio"]["channels"], 2);
    as_planned(dir, "spec.toml", "out");
}

fn footage(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/.cache").join(name);
    assert!(path.is_file(), "`tests/.cache/{name}` is missing: run `make footage`");
    path.to_str().unwrap().to_owned()
}

#[test]
fn planned_sizes_are_near_those_that_are_written() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let all = ["bikes.mp4", "bunny.mp4", "carphone.mp4", "hello.avi", "hello.mp4"].map(footage);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let types = ["ret_edit1", "ret_insert1", "ord_insert2", "cnt_edit2"];
    let short = "[needles]\nduration = \"300ms\"\ngap = \"100ms\"\n";
    let smaller = format!("{short}[video]\nwidth = 320\nheight = 180\n");
    let larger = format!("{short}[video]\nwidth = 960\nheight = 540\nfps = 24\nquality = 26\n");
    let joined = format!(
        "{short}[video]\nwidth = 640\nheight = 360\n[grid]\nlengths = [\"20s\"]\ndepths = [0, 100]\n"
    );
    for (name, paths, more) in [
        ("as-is", &all[..], short),
        ("smaller", &all[1..3], &smaller),
        ("larger", &all[..2], &larger),
        ("joined", &all[2..4], &joined),
    ] {
        let file = format!("{name}.toml");
        spec(dir, &file, paths, more, &types);
        let (planned, written) = as_planned(dir, &file, name);
        assert!(
            planned * 4 <= written * 5 && written * 3 <= planned * 4,
            "{name}: {planned} planned, {written} written"
        );
    }
}

#[test]
fn needles_that_no_video_can_show_are_refused_and_faint_ones_are_told() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    // Noise, which hides what is faint.
    let noise = "-vf noise=alls=10:allf=t -c:v libx264 -pix_fmt yuv420p a.mp4";
    ffmpeg(dir, &format!("-f lavfi -i testsrc2=s=320x240:r=25:d=8 {noise}"));
    let types = ["ret_edit1", "ret_insert1", "cnt_edit2"];
    let effects = |tint: u32| format!("`opacity` 5%, `blur` 0%, `noise` 0% and `tint` {tint}%");
    let more = "[video]\nquality = 40\n[needles]\nopacity = 5\ntint = 95";
    spec(dir, "never.toml", &["a.mp4"], more, &types);
    for args in [&["plan", "never.toml"][..], &["generate", "never.toml", "-o", "out"]] {
        let output = vniah(dir, &[args, &["--cache", "cache"]].concat());
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        for kind in ["ret_edit1", "cnt_edit2"] {
            let problem =
                format!("{kind}: needles of {} are lost in encoding at `video.quality` 40", effects(95));
            assert!(stderr.contains(&problem), "{stderr}");
        }
    }
    assert!(!dir.join("out").exists());

    // What an even ground shows, this footage hides: the plan warns, and each video that fails is named.
    spec(dir, "faint.toml", &["a.mp4"], "[video]\nquality = 39\n[needles]\nopacity = 5", &types);
    let planned = vniah(dir, &["plan", "faint.toml", "--cache", "cache"]);
    assert_eq!(planned.status.code(), Some(0));
    let made = vniah(dir, &["generate", "faint.toml", "-o", "out", "--cache", "cache"]);
    let stderr = text(&made.stderr);
    assert_eq!(made.status.code(), Some(5), "{stderr}");
    for kind in ["ret_edit1", "cnt_edit2"] {
        let warning = format!("warning: {kind}: needles of {} change a frame by less", effects(0));
        assert!(text(&planned.stderr).contains(&warning) && stderr.contains(&warning), "{stderr}");
        assert!(stderr.contains(&format!("\n  video `{kind}-a-0` is not what its plan says")), "{stderr}");
    }
    assert!(stderr.contains("error: 2 of 3 videos could not be made\n"), "{stderr}");

    spec(dir, "half.toml", &["a.mp4"], "[video]\nquality = 39\n[needles]\nopacity = 50", &types);
    done(dir, &["generate", "half.toml", "-o", "half"]);
}

#[test]
fn spans_beyond_what_can_be_made_are_problems_of_the_spec_or_the_plan() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    ffmpeg(dir, "-f lavfi -i testsrc2=s=320x240:r=25:d=8 -c:v libx264 -pix_fmt yuv420p a.mp4");
    let problem = |more: &str, wanted: &str| {
        spec(dir, "spec.toml", &["a.mp4"], more, &["ret_insert1"]);
        let output = vniah(dir, &["plan", "spec.toml", "--cache", "cache"]);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{more}: {stderr}");
        assert!(stderr.contains(wanted), "{more}: {stderr}");
    };
    problem(
        "[grid]\nlengths = [\"100000000000 frames\"]",
        "grid.lengths[0]: length `100000000000 frames` is outside 1..=100000000 frames",
    );
    problem(
        "[grid]\nlengths = [\"2000h\"]",
        "it is 180000000 frames at 25 frames a second, and a video has at most 100000000",
    );
    problem(
        "[needles]\nduration = \"2000h\"",
        "ret_insert1: needles of 2000h make videos longer than 100000000 frames",
    );
    problem(
        "[needles]\ngap = \"9999999h\"",
        "needles.gap: length `9999999h` is not between 1 ms and 10000000 s",
    );
    problem(
        "[grid]\nlengths = [\"20s\"]\ndepths = { from = 0, to = 100, steps = 1000 }\nrepeats = 100000000",
        "samples or more are asked for, and a plan has at most 100000000",
    );
    let of_times = "[[tasks]]\ntype = \"when_edit1\"\ndurations = ";
    problem(
        &format!("{of_times}[\"20s\", \"1s\"]"),
        "`20s` is longer than `1s`; expected the shortest first",
    );
    problem(
        &format!("{of_times}[\"1s\", \"20 frames\"]"),
        "when_edit1: durations: `1s` is 25 frames at 25 frames a second, and `20 frames` is 20 frames",
    );
    problem("[needles]\ncount = [1, 9000000000000000000]", "needle.count: `[1, 9000000000000000000]`");
    problem(
        "[video]\nfps = \"999999999/10000000\"",
        "video.fps: frame rate `999999999/10000000` has numbers above 1000000",
    );
    problem("[video]\nwidth = 32", "ret_insert1:");
    let axes = ["opacity", "blur", "noise", "tint", "fade_in"].map(|key| {
        let values: Vec<String> = (1..=10)
            .map(|at| if key == "fade_in" { format!("\"{at}ms\"") } else { (5 * at).to_string() })
            .collect();
        format!(
            "{key} = [{}]\n",
            if key == "blur" { "1, 2, 3, 4, 5, 6, 7, 8".to_owned() } else { values.join(", ") }
        )
    });
    problem(
        &format!("[grid]\n{}", axes.concat()),
        "grid: its keys make up to 80000 settings of a type, and 10000 are the most",
    );
}

//! Real footage and sound, through the real program: every type, answered by the oracle, and the same bytes every time.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vniah::dataset::Row;
use vniah::question::VNBENCH;
use vniah::score::Scores;
use vniah::seed::Seed;

use crate::movies::{barcode, barcodes, done, ffmpeg, flip_bits, row_of, rows, spec, text, tree, vniah};

const RATE: usize = 48_000;

/// A file of real footage.
pub(super) fn footage(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/.cache").join(name);
    assert!(path.is_file(), "`tests/.cache/{name}` is missing: run `make footage`");
    path.to_str().unwrap().to_owned()
}

/// The scores of a baseline.
fn baseline(dir: &Path, who: &str) -> Scores {
    let answers = format!("{who}.jsonl");
    let args = ["baseline", who, "out", "-o", &answers];
    if who == "oracle" {
        done(dir, &args);
    } else {
        assert_eq!(vniah(dir, &args).status.code(), Some(0));
    }
    let scored = vniah(dir, &["score", "out", &answers, "-o", "scores.json"]);
    assert_eq!(scored.status.code(), Some(0), "{}", text(&scored.stderr));
    serde_json::from_slice(&fs::read(dir.join("scores.json")).unwrap()).unwrap()
}

#[test]
fn footage_of_every_kind_holds_all_types() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let files =
        ["bikes.mp4", "bunny.mp4", "carphone.mp4", "hello.avi", "hello.mp4", "phone.mp4"].map(footage);
    let paths: Vec<&str> = files.iter().map(String::as_str).collect();
    // The phone's 1.5 s hold nine types only if needles are short.
    let more = "[video]\nwidth = 320\nheight = 180\n[needles]\nduration = \"150ms\"\ngap = \"50ms\"";
    spec(dir, "spec.toml", &paths, more, &VNBENCH);
    done(dir, &["generate", "spec.toml", "-o", "out", "--jobs", "1"]);
    done(dir, &["verify", "out"]);
    let oracle = baseline(dir, "oracle");
    for (kind, group) in &oracle.types {
        assert_eq!((group.correct, group.correct_tries), (group.samples, group.tries), "{kind}");
    }
    assert_eq!(oracle.types.len(), VNBENCH.len());
    let blind = baseline(dir, "blind").overall;
    // Four standard errors of chance over this many tries: a right program fails here once in 16,000 seeds, and the
    // seed is fixed.
    let chance = blind.chance.per_try;
    let width = 4.0 * (chance * (1.0 - chance) / blind.tries as f64).sqrt();
    assert!((blind.per_try - chance).abs() < width, "blind has {} of {chance}", blind.per_try);

    // Again, on two threads, from a cache of its own.
    let again = vniah(dir, &["generate", "spec.toml", "-o", "again", "--jobs", "2", "--cache", "another"]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    let (one, two) = (tree(&dir.join("out")), tree(&dir.join("again")));
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|file| file.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&two));
    for (one, two) in one.iter().zip(&two) {
        assert!(one.1 == two.1, "{} differs", one.0.display());
    }
}

#[test]
fn footage_too_short_for_its_needles_is_named() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    spec(dir, "spec.toml", &[&footage("phone.mp4"), &footage("bikes.mp4")], "", &["ord_edit1"]);
    let output = vniah(dir, &["generate", "spec.toml", "-o", "out", "--cache", "cache"]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        message.contains("ord_edit1: 4 needles of 1s, 1s apart, need 210 frames; haystack `phone` has 47"),
        "{message}"
    );
    assert!(
        !message.contains("bikes") && message.contains("hint: ") && !dir.join("out").exists(),
        "{message}"
    );
}

/// Noise that no stretch of repeats, loud enough to tell from silence, and low enough that codecs keep its shape.
fn noise(seconds: usize) -> Vec<i16> {
    let mut random = Seed::new(5).stream("noise", 0);
    let white: Vec<i32> = (0..seconds * RATE + 8).map(|_| random.below(32_000) as i32 - 16_000).collect();
    white.windows(8).take(seconds * RATE).map(|near| (near.iter().sum::<i32>() / 8) as i16).collect()
}

/// The sound of a finished video, mono, as a player hears it: from the video's time 0.
fn heard(path: &Path) -> Vec<f64> {
    let args = format!("-i {} -map 0:a -f s16le -ac 1 -ar {RATE} -", path.to_str().unwrap());
    let bytes = ffmpeg(Path::new("."), &args);
    bytes.chunks_exact(2).map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]]))).collect()
}

fn rms(samples: &[f64]) -> f64 {
    (samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64).sqrt()
}

/// By how many samples `heard` comes after `source`, and how alike they are there, 0 to 1.
fn lag(heard: &[f64], source: &[i16], at: usize) -> (i64, f64) {
    const REACH: i64 = 1500;
    let size = rms(heard);
    let alike = |lag: i64| {
        let from = (at as i64 - lag) as usize;
        let part: Vec<f64> =
            source[from..from + heard.len()].iter().map(|&sample| f64::from(sample)).collect();
        let product: f64 = heard.iter().zip(&part).map(|(one, other)| one * other).sum();
        product / (heard.len() as f64 * size * rms(&part))
    };
    (-REACH..=REACH).map(|lag| (lag, alike(lag))).max_by(|one, other| one.1.total_cmp(&other.1)).unwrap()
}

/// Checks the sound of one finished video; `late` is how many samples after the first frame its noise starts.
fn check_sound(out: &Path, row: &Row, noise: &[i16], late: i64) {
    let path = out.join(&row.video_path);
    let sound = heard(&path);
    let sample =
        |frame: u64| (frame * RATE as u64 * u64::from(row.fps_den) / u64::from(row.fps_num)) as usize;
    let id = &row.haystack_ids[0];
    assert!(sound.len().abs_diff(sample(row.num_frames)) <= 1024, "{id}: {} samples", sound.len());
    let needle = row.needle_frames[0];
    // A cut lies within half a packet of the frame's, and a decoder fades over one packet more.
    let (start, end) = (sample(needle.start()), sample(needle.end()));
    assert!(rms(&sound[start + 1600..end - 1600]) < 1.0, "{id}: the needle is heard");
    let mut compared = 0;
    for second in 0..(row.num_frames / 25) as usize {
        let (from, to) = (second * RATE + RATE / 4, second * RATE + RATE / 2);
        let inserted = if from > end { end - start } else { 0 };
        let clear = to + 1600 < start || from > end + 1600;
        let at = from as i64 - inserted as i64 - late;
        if clear && at > 2000 && at as usize + RATE / 4 + 2000 < noise.len() {
            let (lag, alike) = lag(&sound[from..to], noise, at as usize);
            assert!(
                alike > 0.6 && lag.abs() <= 512 + 48,
                "{id}, second {second}: {lag} samples late, {alike:.2} alike"
            );
            compared += 1;
        }
    }
    assert!(compared >= 3, "{id}: {compared} stretches compared");
}

#[test]
fn sound_stays_with_its_frames() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let noise = noise(6);
    barcode(dir, 150, Some(&noise));
    fs::create_dir(dir.join("videos")).unwrap();
    // What it is made of, and how much later than the first frame its sound starts, in samples.
    let sources = [
        ("copied.mp4", "-i barcode.mp4 -c copy", 0),
        ("foreign.mkv", "-i barcode.mp4 -c:v copy -c:a flac", 0),
        ("opus.mp4", "-i barcode.mp4 -c:v copy -c:a libopus -b:a 128k -strict -2", 0),
        ("later.mp4", "-i barcode.mp4 -itsoffset 0.5 -i barcode.mp4 -map 0:v -map 1:a -c copy", 24_000),
        ("later.mkv", "-i barcode.mp4 -itsoffset 0.5 -i barcode.mp4 -map 0:v -map 1:a -c copy", 24_000),
        ("sooner.mp4", "-itsoffset 0.5 -i barcode.mp4 -i barcode.mp4 -map 0:v -map 1:a -c copy", -24_000),
        ("sooner.mkv", "-itsoffset 0.5 -i barcode.mp4 -i barcode.mp4 -map 0:v -map 1:a -c copy", -24_000),
        ("skips.mp4", "-ss 1.36 -i barcode.mp4 -c copy", -65_280),
    ];
    for (name, arguments, late) in sources {
        let (id, _) = name.split_once('.').unwrap();
        ffmpeg(dir, &format!("{arguments} videos/{name}"));
        let out = format!("{name}.out");
        spec(dir, "spec.toml", &[&format!("videos/{name}")], "", &["ret_insert1"]);
        done(dir, &["generate", "spec.toml", "-o", &out]);
        done(dir, &["verify", &out]);
        let rows = rows(&dir.join(&out));
        let row = row_of(&rows, "ret_insert1", id);
        check_sound(&dir.join(&out), row, &noise, late);
        let first = barcodes(&dir.join(&out).join(&row.video_path), row)[0];
        assert_eq!(first, Some(if id == "skips" { 34 } else { 0 }));
    }
    spec(dir, "spec.toml", &["videos/copied.mp4"], "[video]\naudio = false", &["ret_insert1"]);
    done(dir, &["generate", "spec.toml", "-o", "mute"]);
    let rows = rows(&dir.join("mute"));
    let file = fs::read(dir.join("mute").join(&rows[0].video_path)).unwrap();
    assert!(!file.windows(4).any(|window| window == b"mp4a"), "there is sound");
}

/// The largest bend of a curve: a click is a step, and a step of a hundredth of full scale bends more than these tones.
fn sharpest(samples: &[f64]) -> f64 {
    samples.windows(3).map(|near| (near[0] - 2.0 * near[1] + near[2]).abs()).fold(0.0, f64::max)
}

#[test]
fn joins_of_sound_do_not_click() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, 250, None);
    let tones = "aevalsrc=0.4*sin(2*PI*997*t)+0.3*sin(2*PI*211*t):s=48000:d=10";
    ffmpeg(dir, &format!("-i barcode.mp4 -f lavfi -i {tones} -c:v copy -c:a aac -b:a 128k tone.mp4"));
    spec(
        dir,
        "spec.toml",
        &["tone.mp4"],
        "[needles]\nduration = \"500ms\"\ngap = \"200ms\"",
        &["ord_insert1"],
    );
    done(dir, &["generate", "spec.toml", "-o", "out"]);
    let rows = rows(&dir.join("out"));
    let sound = heard(&dir.join("out").join(&rows[0].video_path));
    let sample = |frame: u64| frame as usize * RATE / 25;
    let joins: Vec<usize> =
        rows[0].needle_frames.iter().flat_map(|span| [sample(span.start()), sample(span.end())]).collect();
    assert_eq!(joins.len(), 8);
    let away = (0..sound.len() / RATE * 2).map(|half| half * RATE / 2 + 4000..(half + 1) * RATE / 2 - 4000);
    let away =
        away.filter(|range| joins.iter().all(|join| join + 3000 < range.start || *join > range.end + 3000));
    let usual = away.map(|range| sharpest(&sound[range])).fold(0.0, f64::max);
    assert!(usual > 100.0, "the tones are not heard: {usual}");
    for join in joins {
        let near = &sound[join.saturating_sub(3000)..(join + 3000).min(sound.len())];
        let bend = sharpest(near);
        assert!(bend < 1.5 * usual, "sample {join}: {bend} where {usual} is usual");
    }
}

#[test]
fn damaged_footage_is_prepared_the_same_every_time() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let mut film = fs::read(footage("bikes.mp4")).unwrap();
    let mut random = Seed::new(1).stream("damage", 0);
    // In the packets of pictures, which begin well behind the header.
    let tenth = film.len() / 10;
    flip_bits(&mut film[tenth..9 * tenth], 60, &mut random);
    fs::write(dir.join("damaged.mp4"), film).unwrap();
    spec(dir, "spec.toml", &["damaged.mp4"], "[video]\nheight = 180", &["ret_insert1"]);
    let prepared = |jobs: &str| {
        let cache = TempDir::new().unwrap();
        let place = cache.path().to_str().unwrap();
        let output = vniah(dir, &["haystacks", "prepare", "spec.toml", "--cache", place, "--jobs", jobs]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let files = tree(&cache.path().join("prepared")).into_iter();
        files.filter(|(name, _)| name.extension().is_some_and(|end| end != "lock")).collect::<Vec<_>>()
    };
    let first = prepared("1");
    let notes = first.iter().find(|(name, _)| name.extension().is_some_and(|end| end == "notes"));
    assert!(text(&notes.expect("damage is noted").1).contains("are decoded with faults"));
    for jobs in ["2", "4", "2"] {
        assert_eq!(prepared(jobs), first, "with {jobs} jobs");
    }
}

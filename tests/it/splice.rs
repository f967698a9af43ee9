//! The splice is right as an equality: every decoded frame of a barcode haystack reads what the timeline says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use vniah::dataset::Store;
use vniah::haystack::{Entry, SceneRecipe, Source, Wanted};
use vniah::job::Job;
use vniah::media::decode::FileReader;
use vniah::media::input::Input;
use vniah::needle::{Effects, Ground, Library, Look, PixelBox, WayIn};
use vniah::plan::{HaystackPart, PlannedNeedle, PlannedVideo};
use vniah::render::haystacks::Preparation;
use vniah::render::ready::Ready;
use vniah::render::timeline::Timeline;
use vniah::render::video;
use vniah::scene::read_barcode;
use vniah::time::{Depth, FrameRate, FrameSpan};

const WIDTH: u32 = 256;
const HEIGHT: u32 = 144;

struct Bench {
    dir: TempDir,
    ready: BTreeMap<String, Ready>,
    library: Library,
    fps: FrameRate,
}

fn wanted() -> Wanted {
    Wanted { width: None, height: None, fps: None, crf: 20, audio: true }
}

fn entry(seed: u64, fps: FrameRate, frames: u64) -> Entry {
    let recipe = SceneRecipe { name: "barcode".into(), seed, width: WIDTH, height: HEIGHT, fps, frames };
    Entry {
        id: Some(format!("h{seed}")),
        source: Source::Scene(recipe),
        licence: None,
        credit: None,
        shows: Vec::new(),
    }
}

impl Bench {
    fn new(fps: FrameRate, joined: bool, frames: &[u64]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let preparation = Preparation {
            cache: dir.path().join("cache"),
            wanted: wanted(),
            joined,
            isolate: None,
            job: Job::default(),
        };
        let entries: Vec<Entry> = (1..).zip(frames).map(|(seed, &frames)| entry(seed, fps, frames)).collect();
        let surveyed = preparation.survey(&entries).unwrap();
        let ready = preparation.prepare(surveyed).unwrap();
        Self { dir, ready, library: Library::embedded(), fps }
    }

    fn video(&self, parts: &[(&str, u64, u64)], needles: Vec<PlannedNeedle>) -> PlannedVideo {
        let parts: Vec<HaystackPart> = parts
            .iter()
            .map(|&(id, a, b)| HaystackPart { haystack: id.into(), span: FrameSpan::new(a, b).unwrap() })
            .collect();
        let haystack: u64 = parts.iter().map(|part| part.span.count()).sum();
        let inserted: u64 = needles.iter().filter(|n| n.mode == WayIn::Insert).map(|n| n.span.count()).sum();
        PlannedVideo {
            name: "v".into(),
            width: WIDTH,
            height: HEIGHT,
            fps: self.fps,
            num_frames: haystack + inserted,
            audio: false,
            is_black: false,
            parts,
            needles,
            subtitles: Vec::new(),
            subtitle_track: false,
        }
    }

    fn render(&self, video: &PlannedVideo) -> (PathBuf, Timeline) {
        let path = self.dir.path().join("v.mp4");
        let rendered = video::render(video, &self.ready, &self.library, (Store::File, &path)).unwrap();
        assert_eq!(rendered.differences, Vec::<String>::new());
        (path, rendered.timeline)
    }
}

fn needle(library: &Library, mode: WayIn, start: u64, end: u64) -> PlannedNeedle {
    let look = match mode {
        WayIn::Insert => {
            Look::Picture { pack: "fruits".into(), item: "banana".into(), from: None, ground: Ground::Plain }
        }
        WayIn::Overlay => Look::Text {
            text: "The secret word is Bob.".into(),
            size_permille: 60,
            box_opacity_permille: 600,
        },
        other => panic!("{other:?}"),
    };
    let place: PixelBox = library.place(&look, WIDTH, HEIGHT).unwrap();
    PlannedNeedle {
        key: String::new(),
        label: "x".into(),
        mode,
        look,
        effects: Effects::default(),
        span: FrameSpan::new(start, end).unwrap(),
        place,
        depth: Depth::from_permille(0).unwrap(),
        is_distractor: false,
        replay: None,
    }
}

/// What every frame ought to read: haystack number and frame, or nothing on inserted frames.
fn expected(video: &PlannedVideo) -> Vec<Option<(u16, u32)>> {
    let mut haystack = video.parts.iter().flat_map(|part| {
        let number: u16 = part.haystack[1..].parse().unwrap();
        (part.span.start()..part.span.end()).map(move |frame| (number, frame as u32))
    });
    let inserted = |at: u64| video.needles.iter().any(|n| n.mode == WayIn::Insert && n.span.contains(at));
    (0..video.num_frames).map(|at| if inserted(at) { None } else { haystack.next() }).collect()
}

fn read(path: &Path, fps: FrameRate) -> Vec<Option<(u16, u32)>> {
    let mut reader = FileReader::open(&Input::file(path)).unwrap();
    let mut codes = Vec::new();
    while let Some((frame, (num, den))) = reader.next_frame().unwrap() {
        let at = codes.len() as i64;
        assert_eq!(num * i64::from(fps.num()), at * i64::from(fps.den()) * den, "time of frame {at}");
        codes.push(read_barcode(&frame.y, WIDTH as usize, WIDTH, HEIGHT));
    }
    codes
}

/// Renders, reads every frame in order, and lets the ffmpeg program decode the file without a word.
fn check(bench: &Bench, video: &PlannedVideo) -> Timeline {
    let (path, timeline) = bench.render(video);
    let (found, wanted) = (read(&path, bench.fps), expected(video));
    assert_eq!(found.len(), wanted.len());
    for (at, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        let overlaid = video.needles.iter().any(|n| n.mode == WayIn::Overlay && n.span.contains(at as u64));
        if !(overlaid && found.is_none()) {
            assert_eq!(found, wanted, "frame {at}");
        }
    }
    let ffmpeg = Command::new("ffmpeg")
        .args(["-v", "warning", "-i"])
        .arg(&path)
        .args(["-f", "null", "-"])
        .output()
        .expect("the ffmpeg program");
    assert!(
        ffmpeg.status.success() && ffmpeg.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&ffmpeg.stderr)
    );
    timeline
}

#[test]
fn inserts_and_overlays_anywhere() {
    let bench = Bench::new(FrameRate::new(25, 1).unwrap(), false, &[230]);
    let library = &bench.library;
    for (start, count) in [(0, 25), (10, 5), (25, 25), (37, 60), (230, 25)] {
        let inserts = vec![needle(library, WayIn::Insert, start, start + count)];
        let timeline = check(&bench, &bench.video(&[("h1", 0, 230)], inserts));
        assert!(timeline.encoded_frames() <= count + 25, "{start}: {}", timeline.encoded_frames());
    }
    let overlays = vec![needle(library, WayIn::Overlay, 0, 25), needle(library, WayIn::Overlay, 40, 110)];
    check(&bench, &bench.video(&[("h1", 0, 230)], overlays));
    let mixed = vec![
        needle(library, WayIn::Insert, 20, 45),
        needle(library, WayIn::Insert, 45, 70),
        needle(library, WayIn::Overlay, 71, 96),
        needle(library, WayIn::Insert, 255, 280),
    ];
    check(&bench, &bench.video(&[("h1", 0, 230)], mixed));
}

#[test]
fn joined_and_trimmed_haystacks() {
    let bench = Bench::new(FrameRate::new(30000, 1001).unwrap(), true, &[100, 61, 7]);
    let parts = [("h2", 3, 61), ("h1", 10, 95), ("h3", 0, 7), ("h1", 0, 29)];
    check(&bench, &bench.video(&parts, vec![]));
    let needles =
        vec![needle(&bench.library, WayIn::Insert, 55, 85), needle(&bench.library, WayIn::Overlay, 100, 130)];
    check(&bench, &bench.video(&parts, needles));
}

#[test]
fn an_untouched_haystack_is_copied_whole() {
    let bench = Bench::new(FrameRate::new(24, 1).unwrap(), false, &[50]);
    let timeline = check(&bench, &bench.video(&[("h1", 0, 50)], vec![]));
    assert_eq!(timeline.encoded_frames(), 0);
}

#[test]
fn needles_that_are_hard_to_see_are_proved_and_those_that_are_lost_are_told() {
    let bench = Bench::new(FrameRate::new(25, 1).unwrap(), false, &[60]);
    let hard = |mode: WayIn, start: u64, effects: Effects| PlannedNeedle {
        effects,
        ..needle(&bench.library, mode, start, start + 12)
    };
    let plain = Effects::default();
    let all = [
        Effects { opacity_permille: 300, ..plain },
        Effects { blur_permille: 20, noise_permille: 100, noise_seed: 7, ..plain },
        Effects { tint_permille: 500, fade_in: 5, fade_out: 3, ..plain },
    ];
    for effects in all {
        let needles = vec![hard(WayIn::Overlay, 5, effects), hard(WayIn::Insert, 30, effects)];
        bench.render(&bench.video(&[("h1", 0, 60)], needles));
    }
    let nothing = Effects { opacity_permille: 1, ..plain };
    let video = bench.video(&[("h1", 0, 60)], vec![hard(WayIn::Overlay, 5, nothing)]);
    let path = bench.dir.path().join("lost.mp4");
    let rendered = video::render(&video, &bench.ready, &bench.library, (Store::File, &path)).unwrap();
    assert!(
        rendered.differences.iter().any(|what| what.contains("was lost in encoding")),
        "{:?}",
        rendered.differences
    );
}

#[test]
fn a_black_video_is_as_long_and_shows_nothing() {
    let bench = Bench::new(FrameRate::new(25, 1).unwrap(), false, &[230]);
    let insert = vec![needle(&bench.library, WayIn::Insert, 40, 65)];
    let black = PlannedVideo { is_black: true, audio: true, ..bench.video(&[("h1", 0, 230)], insert) };
    let (path, timeline) = bench.render(&black);
    assert_eq!(timeline.encoded_frames(), 255);
    let mut reader = FileReader::open(&Input::file(&path)).unwrap();
    let mut count = 0;
    while let Some((frame, _)) = reader.next_frame().unwrap() {
        assert!(frame.y.iter().all(|&luma| luma == 16) && frame.u.iter().chain(&frame.v).all(|&c| c == 128));
        count += 1;
    }
    assert_eq!(count, 255);
    // The haystack has no sound: its track is silent, and as long as the pictures.
    let sound =
        Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(&path).args(["-f", "s16le", "-"]).output();
    let samples = sound.unwrap().stdout;
    assert!(samples.iter().all(|&byte| byte == 0) && samples.len().abs_diff(255 * 48_000 / 25 * 2) <= 2048);
}

//! Footage: the short videos of items, as far as they are known without being decoded.
//!
//! In: the tables `scene` and `footage` of an item of `pack.toml`, and the name of a file. Out: where the frames come from, and
//! their size, rate and number. Frames themselves are `media`'s to give: needles lie below it.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use super::art;
use super::fault::Fault;
use super::sound::Recording;
use super::thumbnails::Thumbnails;
use crate::scene;
use crate::time::FrameRate;
use crate::wording::nearest;

/// File name extensions of short videos.
const EXTENSIONS: &[&str] = &["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "ogv", "gif"];
/// Size of the frames of scenes: what their proportions are of. They are drawn in the size of their place.
const SCENE_SIZE: (u32, u32) = (640, 360);
/// Frames a second of scenes.
const SCENE_FPS: u32 = 25;
/// Frames of a scene that states none: two seconds.
const SCENE_FRAMES: u64 = 50;
/// The most frames of footage: a needle is a short video.
pub const MOST_FRAMES: u64 = 1500;
/// Smallest and largest width and height of footage.
const SIDES: std::ops::RangeInclusive<u32> = 16..=8192;

/// A short video of an item.
#[derive(Clone, Debug)]
pub struct Footage {
    /// Where its frames come from.
    pub reel: Reel,
    /// Width in pixels, as shown.
    pub width: u32,
    /// Height in pixels, as shown.
    pub height: u32,
    /// Constant rate at which its frames are counted.
    pub fps: FrameRate,
    /// Number of its frames at this rate.
    pub frames: u64,
    /// What is heard with it; absent where it is muted.
    pub soundtrack: Option<Recording>,
    /// Its frames in little.
    pub thumbnails: Thumbnails,
}

/// Where the frames of footage come from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reel {
    /// A scene of the program's own, drawn when it is shown.
    Scene {
        /// Its name.
        name: String,
        /// What it is drawn by.
        seed: u64,
    },
    /// A file of a pack.
    File {
        /// Its name, relative to the pack.
        name: String,
        /// Where it lies.
        path: PathBuf,
        /// Digest of its bytes.
        sha256: String,
    },
}

/// What is stated of a file's video; an import writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Width in pixels, as shown.
    pub width: u32,
    /// Height in pixels, as shown.
    pub height: u32,
    /// Constant rate at which its frames are counted.
    pub fps: FrameRate,
    /// Number of its frames at this rate.
    pub frames: u64,
}

impl Footage {
    /// Name and digest of its file; `None` where it is drawn.
    pub(super) fn file(&self) -> Option<(&str, &str)> {
        match &self.reel {
            Reel::File { name, sha256, .. } => Some((name, sha256)),
            Reel::Scene { .. } => None,
        }
    }

    /// Width to height, in lowest terms.
    pub fn aspect(&self) -> (u32, u32) {
        art::lowest(self.width, self.height).unwrap_or((1, 1))
    }

    /// Which of its frames is shown on frame `at` of a needle of `count` frames, in a video of rate `fps`: the one that is on at
    /// that time, from its start on. Played backwards, the needle has the same frames in the opposite order.
    pub fn frame(&self, at: u64, (count, fps): (u64, FrameRate), reversed: bool) -> u64 {
        let at = if reversed { count.saturating_sub(at + 1) } else { at };
        let num = u128::from(at) * u128::from(self.fps.num()) * u128::from(fps.den());
        let den = u128::from(self.fps.den()) * u128::from(fps.num());
        (num / den) as u64
    }

    /// The most frames of a needle in a video of rate `fps` that it has frames for.
    pub fn longest(&self, fps: FrameRate) -> u64 {
        let num = u128::from(self.frames) * u128::from(self.fps.den()) * u128::from(fps.num());
        let den = u128::from(self.fps.num()) * u128::from(fps.den());
        num.div_ceil(den) as u64
    }
}

/// Whether a file of this name should be a short video.
pub(super) fn has_video_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    EXTENSIONS.iter().any(|extension| name.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.')))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScene {
    name: String,
    seed: u64,
    frames: Option<u64>,
}

/// Reads the table `scene`.
pub(super) fn of_scene(table: Table) -> Result<Footage, Fault> {
    let raw: RawScene = Value::Table(table).try_into().map_err(|error| form("scene", &error))?;
    if !scene::NAMES.contains(&raw.name.as_str()) {
        let nearest = nearest(&raw.name, scene::NAMES.iter().copied()).map(str::to_owned);
        return Err(Fault::UnknownScene { name: raw.name, nearest });
    }
    let frames = raw.frames.unwrap_or(SCENE_FRAMES);
    frames_in_range(frames)?;
    let fps = FrameRate::new(SCENE_FPS, 1).unwrap_or(FrameRate::ONE);
    let (width, height) = SCENE_SIZE;
    Ok(Footage {
        reel: Reel::Scene { name: raw.name, seed: raw.seed },
        width,
        height,
        fps,
        frames,
        soundtrack: None,
        thumbnails: Thumbnails::default(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFacts {
    width: u32,
    height: u32,
    fps: String,
    frames: u64,
}

/// Reads the table `footage`.
pub(super) fn facts(table: Table) -> Result<Facts, Fault> {
    let raw: RawFacts = Value::Table(table).try_into().map_err(|error| form("footage", &error))?;
    let fps = raw.fps.parse().map_err(Fault::Footage)?;
    if !SIDES.contains(&raw.width) || !SIDES.contains(&raw.height) {
        let (least, most) = (SIDES.start(), SIDES.end());
        let sides = format!("{}x{} pixels; expected {least} to {most} a side", raw.width, raw.height);
        return Err(Fault::Footage(sides));
    }
    frames_in_range(raw.frames)?;
    Ok(Facts { width: raw.width, height: raw.height, fps, frames: raw.frames })
}

fn frames_in_range(frames: u64) -> Result<(), Fault> {
    if (1..=MOST_FRAMES).contains(&frames) {
        return Ok(());
    }
    Err(Fault::Footage(format!("{frames} frames; expected 1 to {MOST_FRAMES}")))
}

fn form(table: &'static str, error: &toml::de::Error) -> Fault {
    let expected = match table {
        "scene" => "`{ name = \"harbour\", seed = 1 }`",
        _ => "`{ width = 640, height = 360, fps = \"25\", frames = 50 }`",
    };
    Fault::Footage(format!("{}; expected {expected}", error.message()))
}

impl Facts {
    /// The footage of a file.
    pub(super) fn of_file(self, name: String, path: &Path, sha256: String) -> Footage {
        let Self { width, height, fps, frames } = self;
        Footage {
            reel: Reel::File { name, path: path.to_owned(), sha256 },
            width,
            height,
            fps,
            frames,
            soundtrack: None,
            thumbnails: Thumbnails::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footage(fps: (u32, u32), frames: u64) -> Footage {
        let reel = Reel::Scene { name: "rain".to_owned(), seed: 1 };
        Footage {
            reel,
            width: 1280,
            height: 720,
            fps: FrameRate::new(fps.0, fps.1).unwrap(),
            frames,
            soundtrack: None,
            thumbnails: Thumbnails::default(),
        }
    }

    #[test]
    fn frames_are_those_that_are_on_at_the_time() {
        let clip = footage((25, 1), 50);
        let (same, ntsc) = (FrameRate::new(25, 1).unwrap(), FrameRate::new(30_000, 1001).unwrap());
        let shown = |count, fps, reversed| -> Vec<u64> {
            (0..count).map(|at| clip.frame(at, (count, fps), reversed)).collect()
        };
        assert_eq!(shown(4, same, false), [0, 1, 2, 3]);
        assert_eq!(shown(4, same, true), [3, 2, 1, 0]);
        // 25 of 29.97: every sixth frame is shown twice. Worked out by hand: floor(k * 25025 / 30000).
        assert_eq!(shown(8, ntsc, false), [0, 0, 1, 2, 3, 4, 5, 5]);
        let mut backwards = shown(8, ntsc, true);
        backwards.reverse();
        assert_eq!(backwards, shown(8, ntsc, false), "the same frames");
        assert_eq!(clip.aspect(), (16, 9));
    }

    #[test]
    fn a_needle_is_no_longer_than_its_footage() {
        for (fps, frames) in [((25, 1), 50), ((30_000, 1001), 61), ((12, 1), 7)] {
            let clip = footage(fps, frames);
            for rate in [(25, 1), (24_000, 1001), (60, 1), (5, 1)] {
                let rate = FrameRate::new(rate.0, rate.1).unwrap();
                let longest = clip.longest(rate);
                assert!(clip.frame(longest - 1, (longest, rate), false) < frames, "{fps:?} at {rate}");
                assert!(clip.frame(longest, (longest + 1, rate), false) >= frames, "{fps:?} at {rate}");
            }
        }
    }

    #[test]
    fn tables_say_what_is_expected() {
        let table = |text: &str| toml::from_str::<Table>(text).unwrap();
        let clip = of_scene(table("name = 'harbour'\nseed = 3")).unwrap();
        assert_eq!((clip.frames, clip.aspect(), clip.fps.num()), (50, (16, 9), 25));
        let wrong = [
            (
                of_scene(table("name = 'harbor'\nseed = 3")).err(),
                "no scene `harbor`; did you mean `harbour`?",
            ),
            (of_scene(table("name = 'rain'\nseed = 3\nframes = 0")).err(), "0 frames; expected 1 to 1500"),
            (
                facts(table("width = 640\nheight = 8\nfps = '25'\nframes = 5")).err(),
                "640x8 pixels; expected 16 to 8192 a side",
            ),
            (
                facts(table("width = 640\nheight = 360\nfps = 'fast'\nframes = 5")).err(),
                "frame rate `fast` is not of the form `25`, `29.97` or `30000/1001`",
            ),
        ];
        for (fault, said) in wrong {
            assert_eq!(fault.map(|fault| fault.to_string()).as_deref(), Some(said));
        }
        let form = facts(table("width = 640")).unwrap_err().to_string();
        assert!(
            form.ends_with("expected `{ width = 640, height = 360, fps = \"25\", frames = 50 }`"),
            "{form}"
        );
        assert!(has_video_name("A.MP4") && !has_video_name("mp4") && !has_video_name("a.png"));
    }
}

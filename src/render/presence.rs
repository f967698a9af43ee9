//! Presence: is each needle seen where the plan has it, and only there?
//!
//! In: a planned video with its task; its decoded frames, in order. Out: how many views detection recognises, and a difference
//! for each needle that a viewer could not tell. The comparison with the drawing says that the right pixels are there, this says
//! that they can be told for what they are. It is demanded where needles are as clear as by default and detection can be relied
//! on; elsewhere it is counted.

use crate::detect::{Placed, Presence};
use crate::media::yuv::Yuv;
use crate::needle::{Library, Look};
use crate::plan::{PlannedNeedle, PlannedVideo};
use crate::render::Error;
use crate::spec::{Screen, Task};

/// Texts that a subtitle is told from: those of its pack that are spelt most like it.
const RIVALS: usize = 8;

/// Constant rate factors beyond which detection is not relied on: encoding takes more of a needle than detection allows for. Up to
/// them all views are told over footage and over hard edges, in frames from 96x64 on.
const COARSEST_OF_PATCHES: u8 = 24;
const COARSEST: u8 = 30;

/// What is looked for in a video.
pub(super) struct Watch<'a> {
    needles: Vec<Watched<'a>>,
    /// Views that were looked at, and those in which the needle was seen.
    looked: u64,
    seen: u64,
}

/// A needle that is looked for.
struct Watched<'a> {
    needle: &'a PlannedNeedle,
    presence: Presence,
    is_demanded: bool,
    /// The frames next to its own that are to be without it.
    beside: [Option<u64>; 2],
    /// The first of its frames on which it is not seen, and how many there are.
    missing: (Option<u64>, u64),
    /// A frame beside its own on which it is seen.
    stray: Option<u64>,
}

impl Watched<'_> {
    /// The frame of the needle that is nearest to one beside its own, and how many it has.
    fn beside_frame(&self, at: u64) -> (u64, u64) {
        let span = self.needle.span;
        self.needle.drawn_frame(at.clamp(span.start(), span.end() - 1))
    }
}

impl<'a> Watch<'a> {
    /// Looks for the needles of `video`, which is one of `task`.
    pub(super) fn new(
        video: &'a PlannedVideo,
        task: &Task,
        library: &Library,
        crf: u8,
    ) -> Result<Self, Error> {
        let is_clear = task.is_clear(Screen { width: video.width, height: video.height, fps: video.fps });
        let mut needles = Vec::new();
        // What is heard or read is in no frame.
        for needle in video.shown().filter(|needle| !needle.mode.is_beside()) {
            let placed = Placed {
                library,
                size: (video.width, video.height),
                look: &needle.look,
                place: needle.place,
                effects: needle.effects,
            };
            let presence = Presence::new(&placed, &rivals(task, &needle.look))?;
            let coarsest = if needle.look.kind().is_small() { COARSEST_OF_PATCHES } else { COARSEST };
            let is_demanded = is_clear && crf <= coarsest && presence.is_dependable();
            let beside = beside(video, needle);
            needles.push(Watched { needle, presence, is_demanded, beside, missing: (None, 0), stray: None });
        }
        Ok(Self { needles, looked: 0, seen: 0 })
    }

    /// Looks at frame `at`.
    pub(super) fn look(&mut self, at: u64, frame: &Yuv) {
        for watched in &mut self.needles {
            if watched.needle.span.contains(at) {
                let drawn = watched.needle.drawn_frame(at);
                if !watched.presence.is_expected(drawn) {
                    continue;
                }
                let is_seen = watched.presence.is_seen(frame, drawn);
                self.looked += 1;
                self.seen += u64::from(is_seen);
                if !is_seen {
                    watched.missing = (watched.missing.0.or(Some(at)), watched.missing.1 + 1);
                }
            } else if watched.is_demanded
                && watched.beside.contains(&Some(at))
                && watched.presence.is_seen(frame, watched.beside_frame(at))
            {
                watched.stray = watched.stray.or(Some(at));
            }
        }
    }

    /// Views that were looked at, those in which the needle was seen, and what is not as it has to be.
    pub(super) fn end(self) -> (u64, u64, Vec<String>) {
        let mut differences = Vec::new();
        for Watched { needle, missing, stray, .. } in self.needles.iter().filter(|it| it.is_demanded) {
            let label = &needle.label;
            if let (Some(first), count) = missing {
                let all = needle.span.count();
                differences.push(format!(
                    "needle `{label}` is drawn, but cannot be told for what it is on {count} of its {all} frames, the first \
                     of which is frame {first}"
                ));
            }
            if let Some(at) = stray {
                differences
                    .push(format!("needle `{label}` is seen on frame {at} too, which is none of its own"));
            }
        }
        (self.looked, self.seen, differences)
    }
}

/// The frames before and after those of a needle, but for those that show the same thing again.
fn beside(video: &PlannedVideo, needle: &PlannedNeedle) -> [Option<u64>; 2] {
    let is_bare = |at: &u64| {
        let shows = |other: &PlannedNeedle| other.span.contains(*at) && other.label == needle.label;
        *at < video.num_frames && !video.needles.iter().any(shows)
    };
    let (start, end) = (needle.span.start(), needle.span.end());
    [start.checked_sub(1).filter(is_bare), Some(end).filter(is_bare)]
}

/// The texts of the pack, and of distractors, that are spelt most like a subtitle.
fn rivals(task: &Task, look: &Look) -> Vec<String> {
    let Look::Text { text, .. } = look else { return Vec::new() };
    let family = &task.family;
    let labels = task.pool.candidates();
    let asked = task
        .key_labels()
        .into_iter()
        .flat_map(|key| labels.iter().map(move |candidate| family.text(key, &candidate.label)));
    let others = task.others.iter().flat_map(|others| others.distractors.pool.candidates());
    let others = others.map(|candidate| family.distractor_text(&candidate.label));
    let mut all: Vec<(usize, String)> = asked
        .chain(others)
        .filter(|other| other != text)
        .map(|other| (strsim::damerau_levenshtein(text, &other), other))
        .collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().take(RIVALS).map(|(_, other)| other).collect()
}

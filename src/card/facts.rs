//! What a plan holds, counted: the figures of the card that need every sample.
//!
//! In: a planner. Out: [`Facts`], and the rows where they are few enough to be audited.

use std::collections::{BTreeMap, BTreeSet};

use crate::dataset::Row;
use crate::plan::{PlannedQuestion, PlannedVideo, Planner, VideoPlan};
use crate::render::rows;
use crate::time::{Depth, FrameRate};

/// Plans of more samples are not audited for the card, so that a plan of millions stays a matter of seconds.
pub(super) const MOST_AUDITED: u64 = 10_000;

/// One type of a plan.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TypeFacts {
    pub(super) samples: u64,
    /// Fewest and most needles of a video.
    pub(super) needles: [usize; 2],
}

/// What a plan holds.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) rows: u64,
    /// Frames of all videos together.
    pub(super) frames: u64,
    /// By type.
    pub(super) types: BTreeMap<String, TypeFacts>,
    pub(super) videos: u64,
    pub(super) samples: u64,
    /// As the spec writes them, shortest first.
    pub(super) lengths: Vec<String>,
    pub(super) depths: BTreeSet<Depth>,
    /// Size and frame rate, such as `640x360 at 25`.
    pub(super) forms: Vec<String>,
    /// Codes of the languages that are asked in.
    pub(super) languages: Vec<String>,
    /// Every row, in order; absent where the plan is of more than [`MOST_AUDITED`] samples.
    pub(super) audited: Option<Vec<Row>>,
    /// Of the shortest and the longest video: frames and rate.
    ends: Option<[(u64, FrameRate); 2]>,
    /// Frames by rate.
    by_rate: BTreeMap<(u32, u32), u64>,
}

impl Facts {
    /// Counts the samples of a plan.
    pub(super) fn of(planner: &Planner) -> Self {
        let mut facts = Self {
            rows: 0,
            frames: 0,
            types: BTreeMap::new(),
            videos: 0,
            samples: 0,
            lengths: Vec::new(),
            depths: BTreeSet::new(),
            forms: Vec::new(),
            languages: Vec::new(),
            // A video has a sample at least.
            audited: (planner.len() <= MOST_AUDITED).then(Vec::new),
            ends: None,
            by_rate: BTreeMap::new(),
        };
        let mut forms = BTreeSet::new();
        for planned in planner.videos() {
            let PlannedVideo { width, height, fps, .. } = planned.video;
            if !planned.video.is_none() {
                forms.insert((width, height, fps.num(), fps.den()));
            }
            facts.add(&planned);
        }
        let form = |(width, height, num, den): (u32, u32, u32, u32)| {
            let fps = if den == 1 { num.to_string() } else { format!("{num}/{den}") };
            format!("{width}x{height} at {fps} frames a second")
        };
        facts.forms = forms.into_iter().map(form).collect();
        facts
    }

    fn add(&mut self, planned: &VideoPlan) {
        let video = &planned.video;
        let PlannedQuestion { kind, language, .. } = &planned.questions[0];
        let code = language.code();
        if self.languages.iter().all(|known| known != code) {
            self.languages.push(code.to_owned());
        }
        self.rows += planned.rows();
        self.videos += 1;
        self.samples += planned.questions.len() as u64;
        self.frames += video.num_frames;
        *self.by_rate.entry((video.fps.num(), video.fps.den())).or_default() += video.num_frames;
        let needles = video.needles.len();
        let of = self.types.entry(kind.clone()).or_insert(TypeFacts { samples: 0, needles: [needles; 2] });
        of.samples += planned.questions.len() as u64;
        of.needles = [of.needles[0].min(needles), of.needles[1].max(needles)];
        if let Some(length) = &planned.cell.length
            && !self.lengths.contains(length)
        {
            self.lengths.push(length.clone());
        }
        self.depths.extend(planned.cell.depth_permille);
        let own = (video.num_frames, video.fps);
        let [shortest, longest] = self.ends.get_or_insert([own; 2]);
        if is_shorter(own, *shortest) {
            *shortest = own;
        }
        if is_shorter(*longest, own) {
            *longest = own;
        }
        self.audited = self.audited.take().filter(|_| self.samples <= MOST_AUDITED);
        if let Some(audited) = &mut self.audited {
            audited.extend(rows::rows(planned, ""));
        }
    }

    /// How long a video is.
    pub(super) fn length(&self) -> String {
        let secs = |(frames, fps): (u64, FrameRate)| format!("{:.1} s ({frames} frames)", fps.secs(frames));
        match self.ends {
            None => "none".to_owned(),
            Some([shortest, longest]) if shortest == longest => secs(shortest),
            Some([shortest, longest]) => format!("{} to {}", secs(shortest), secs(longest)),
        }
    }

    /// How long all videos are together.
    pub(super) fn hours(&self) -> String {
        // Tenths of a second, rounded down for each rate: exact for any number of frames.
        let tenths = |(&(num, den), &frames): (&(u32, u32), &u64)| {
            u128::from(frames) * u128::from(den) * 10 / u128::from(num.max(1))
        };
        let tenths: u128 = self.by_rate.iter().map(tenths).sum();
        match tenths / 10 {
            0..120 => format!("{}.{} s", tenths / 10, tenths % 10),
            secs @ 120..7200 => format!("{} min", (secs + 30) / 60),
            secs => format!("{} h", (secs + 1800) / 3600),
        }
    }
}

/// Whether a video of so many frames at a rate is shorter than another.
fn is_shorter((frames, fps): (u64, FrameRate), (other, its): (u64, FrameRate)) -> bool {
    let time = |frames: u64, own: FrameRate, other: FrameRate| {
        u128::from(frames) * u128::from(own.den()) * u128::from(other.num())
    };
    time(frames, fps, its) < time(other, its, fps)
}

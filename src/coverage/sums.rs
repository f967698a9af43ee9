//! Sums over samples: shares seen, ceilings, the longest blind times, the smallest needles.
//!
//! In: samples as a sampler sees them. Out: the same by type, by length, by cell and in all.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ages::AgeCoverage;
use super::ceiling::{Ceiling, mean, rounded};
use super::periods::{Nanos, PeriodCoverage};
use super::{Seen, SpanCeiling, VideoCoverage, by_video};
use crate::answers::kind;
use crate::dataset::TypeNames;
use crate::question::AnswerKind;
use crate::question::span_law::{RECALL_AT, Share};
use crate::sampler::{Resize, Sight};
use crate::score::{age, place};

/// What one sampler sees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SamplerCoverage {
    /// Circular accuracy, averaged as scores are, of a perfect model that stays with one guess where it was not shown all.
    pub ceiling: f64,
    /// The same under every metric.
    pub ceilings: Ceiling,
    /// `ceiling` if every needle whose visibility is unknown were seen.
    pub ceiling_if_unknown_seen: f64,
    /// What guessing everything reaches, under every metric.
    pub chance: Ceiling,
    /// Questions.
    pub samples: u64,
    /// Questions all of whose needles are seen.
    pub seen: u64,
    /// Questions of which no needle is surely unseen, and one or more are unknown.
    pub unknown: u64,
    /// Questions about videos on which the library fails.
    pub refused: u64,
    /// How frames are resized.
    pub resize: String,
    /// By type.
    pub types: BTreeMap<String, TypeCoverage>,
    /// By length, shortest first.
    pub lengths: Vec<LengthCoverage>,
    /// Of times, by type and length: absent where none are asked for openly.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<SpanCoverage>,
    /// Of motion, by type and period, the shortest first: absent where nothing moves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<PeriodCoverage>,
    /// By type and age of the evidence, the youngest first: absent where all is asked at the end of videos.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ages: Vec<AgeCoverage>,
    /// By type, length and depth.
    pub cells: Vec<CellCoverage>,
    /// By file name; of several questions about one video, the first.
    pub videos: BTreeMap<String, VideoCoverage>,
    /// What is seen for each question, by its sample's id: several may ask about one video.
    pub questions: BTreeMap<String, VideoCoverage>,
}

/// The ceiling of a type, and by which measure it is counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TypeCeiling {
    /// Under the metrics of choices; of open questions, which are asked once, all three are the main measure.
    #[serde(flatten)]
    pub metrics: Ceiling,
    /// The type's main measure: `circular`, `exact` or `mIoU`.
    pub measure: &'static str,
    /// The ceiling by that measure: a share of 0 to 1.
    pub value: f64,
    /// Of times: R@0.3, R@0.5 and R@0.7, each of the estimates that are best for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<BTreeMap<String, f64>>,
}

/// One type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TypeCoverage {
    /// Its task.
    pub task: String,
    /// Questions.
    pub samples: u64,
    /// Questions all of whose needles are seen.
    pub seen: u64,
    /// Questions of which one or more needles are unknown, and none surely unseen.
    pub unknown: u64,
    /// What a perfect model reaches.
    pub ceiling: TypeCeiling,
    /// Width and height of the smallest needle as the model is given it, in pixels.
    pub smallest_needle_px: Option<[f64; 2]>,
    /// Seconds that its shortest needle lasts.
    pub shortest_needle_secs: Option<f64>,
}

/// One length.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LengthCoverage {
    /// The grid's length, or a band.
    pub length: String,
    /// Seconds of its shortest video.
    pub length_secs: f64,
    /// Questions.
    pub samples: u64,
    /// Questions all of whose needles are seen.
    pub seen: u64,
    /// Mean ceiling of its samples.
    pub ceiling: Ceiling,
    /// Fewest and most frames taken of a video.
    pub frames: [u64; 2],
    /// The shortest needle, in seconds, that is seen wherever it lies in any of its videos.
    pub guaranteed_secs: Option<f64>,
    /// Seconds that its shortest needle lasts.
    pub shortest_needle_secs: Option<f64>,
}

/// What the best estimates of times reach, of one type and length.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpanCoverage {
    /// Question family.
    #[serde(rename = "type")]
    pub kind: String,
    /// The grid's length, or a band.
    pub length: String,
    /// Seconds of its shortest video.
    pub length_secs: f64,
    /// Questions.
    pub samples: u64,
    /// Mean IoU of the estimates that are best for it.
    #[serde(rename = "mIoU")]
    pub mean_iou: f64,
    /// R@k by its name, each of the estimates that are best for it, so of others than the mean IoU's.
    pub recall: BTreeMap<String, f64>,
    /// Whether no viewer of these frames passes it but by luck: not where things are shown several times.
    pub is_bound: bool,
}

/// One square of the heatmap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellCoverage {
    /// Question family.
    #[serde(rename = "type")]
    pub kind: String,
    /// The grid's length, or a band.
    pub length: String,
    /// Seconds of its shortest video.
    pub length_secs: f64,
    /// The grid's depth, or the lower end of a band of 100.
    pub depth_permille: Option<u16>,
    /// Questions.
    pub samples: u64,
    /// Questions all of whose needles are seen.
    pub seen: u64,
    /// Mean ceiling of its samples.
    pub ceiling: Ceiling,
}

/// Sums over any samples.
#[derive(Default)]
struct Sums {
    samples: u64,
    seen: u64,
    unknown: u64,
    ceiling: Ceiling,
    if_unknown_seen: Ceiling,
    chance: Ceiling,
    answer_kind: AnswerKind,
    /// Samples that ask for times openly, and the sums of their R@k.
    spans: u64,
    recall: [f64; RECALL_AT.len()],
    /// Whether one of them is no bound.
    is_no_bound: bool,
    smallest: Option<[f64; 2]>,
    shortest: Option<f64>,
    guaranteed: Option<f64>,
    length: Option<f64>,
    frames: Option<[u64; 2]>,
    /// Shortest and longest mean distance of sampled frames, in periods of what moves.
    gaps: Option<[f64; 2]>,
    is_blind: bool,
}

fn least(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.into_iter().chain(other).min_by(f64::total_cmp)
}

impl Sums {
    fn take(&mut self, sample: &Seen<'_>) {
        let row = sample.row;
        self.samples += 1;
        self.answer_kind = row.answer_kind;
        self.seen += u64::from(sample.sight == Sight::Seen);
        self.unknown += u64::from(sample.sight == Sight::Unknown);
        self.ceiling.add(Ceiling::of(sample, sample.sight == Sight::Seen));
        self.if_unknown_seen.add(Ceiling::of(sample, sample.sight != Sight::Unseen));
        self.chance.add(Ceiling::guess(sample));
        if let Some(SpanCeiling { recall, is_bound, .. }) = sample.spans {
            self.spans += 1;
            self.is_no_bound |= !is_bound;
            self.recall.iter_mut().zip(recall).for_each(|(sum, share)| *sum += share);
        }
        let side = |size: &[f64; 2]| size[0].min(size[1]);
        let sizes = self.smallest.into_iter().chain(sample.smallest);
        self.smallest = sizes.min_by(|one, other| side(one).total_cmp(&side(other)));
        let fps = row.fps();
        let shortest =
            row.asked_needles().map(|needle| fps.secs(needle.end_frame.saturating_sub(needle.start_frame)));
        self.shortest = least(self.shortest, shortest.min_by(f64::total_cmp));
        self.length = least(self.length, Some(fps.secs(row.num_frames)));
        match sample.video.guaranteed_secs {
            Some(secs) => self.guaranteed = Some(self.guaranteed.map_or(secs, |own| own.max(secs))),
            None => self.is_blind = true,
        }
        let period = row.difficulty_effective.period_frames.max(1);
        let gap = row.num_frames as f64 / (sample.video.frames.max(1) * period) as f64;
        let [near, far] = self.gaps.unwrap_or([gap; 2]);
        self.gaps = Some([near.min(gap), far.max(gap)]);
        let frames = sample.video.frames;
        let [few, many] = self.frames.unwrap_or([frames; 2]);
        self.frames = Some([few.min(frames), many.max(frames)]);
    }

    fn ceiling(&self) -> Ceiling {
        self.ceiling.over(self.samples as usize)
    }
}

/// Sums by task and type.
type ByType<'a> = BTreeMap<(&'a str, String), Sums>;

/// The mean of tasks of the means of their types.
fn overall(types: &ByType<'_>, of: impl Fn(&Sums) -> Ceiling) -> Ceiling {
    let mut tasks: BTreeMap<&str, Vec<Ceiling>> = BTreeMap::new();
    for ((task, _), sums) in types {
        tasks.entry(task).or_default().push(of(sums));
    }
    mean(tasks.into_values().map(|parts| mean(parts.into_iter()))).rounded()
}

/// Three decimals, for seconds and pixels.
fn short(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

/// Adds samples up.
pub(super) fn sum(resize: Resize, seen: Vec<Seen<'_>>) -> SamplerCoverage {
    let names = TypeNames::of(seen.iter().map(|sample| sample.row));
    let mut types = ByType::new();
    let mut lengths: BTreeMap<String, (Sums, ByType<'_>)> = BTreeMap::new();
    let mut cells: BTreeMap<(String, String, Option<u16>), Sums> = BTreeMap::new();
    let mut spans: BTreeMap<(String, String), Sums> = BTreeMap::new();
    let mut periods: BTreeMap<(String, Nanos), Sums> = BTreeMap::new();
    let mut ages: BTreeMap<(String, (usize, &'static str)), Sums> = BTreeMap::new();
    let mut all = Sums::default();
    let mut refused = 0;
    for sample in &seen {
        let place = place(sample.row);
        let name = names.name(sample.row).into_owned();
        if sample.spans.is_some() {
            spans.entry((name.clone(), place.length.clone())).or_default().take(sample);
        }
        if let Some(period) = Nanos::of_period(sample.row) {
            periods.entry((name.clone(), period)).or_default().take(sample);
        }
        if let Some(octave) = age(sample.row) {
            ages.entry((name.clone(), octave)).or_default().take(sample);
        }
        let kind = (sample.row.task.as_str(), name.clone());
        types.entry(kind.clone()).or_default().take(sample);
        let (of_length, types_of_length) = lengths.entry(place.length.clone()).or_default();
        of_length.take(sample);
        types_of_length.entry(kind).or_default().take(sample);
        cells.entry((name, place.length, place.depth_permille)).or_default().take(sample);
        all.take(sample);
        refused += u64::from(sample.video.refused.is_some());
    }
    let ceilings = overall(&types, Sums::ceiling);
    let if_seen = overall(&types, |sums| sums.if_unknown_seen.over(sums.samples as usize));
    let chance = overall(&types, |sums| sums.chance.over(sums.samples as usize));
    let types = types.into_iter().map(|((task, kind), sums)| (kind, of_type(task, &sums)));
    let types = types.collect();
    let mut lengths: Vec<LengthCoverage> =
        lengths.into_iter().map(|(length, (sums, types))| of_length(length, &sums, &types)).collect();
    lengths.sort_by(|one, other| {
        one.length_secs.total_cmp(&other.length_secs).then_with(|| one.length.cmp(&other.length))
    });
    SamplerCoverage {
        ceiling: ceilings.circular_content,
        ceilings,
        ceiling_if_unknown_seen: if_seen.circular_content,
        chance,
        samples: all.samples,
        seen: all.seen,
        unknown: all.unknown,
        refused,
        resize: resize.to_string(),
        types,
        lengths,
        spans: of_spans(spans),
        periods: periods.into_iter().map(of_period).collect(),
        ages: ages.into_iter().map(of_age).collect(),
        cells: of_cells(cells),
        videos: by_video(&seen),
        questions: seen.into_iter().map(|sample| (sample.row.sample_id.clone(), sample.video)).collect(),
    }
}

fn of_cells(cells: BTreeMap<(String, String, Option<u16>), Sums>) -> Vec<CellCoverage> {
    let mut cells: Vec<CellCoverage> = cells
        .into_iter()
        .map(|((kind, length, depth_permille), sums)| CellCoverage {
            kind,
            length,
            length_secs: short(sums.length.unwrap_or(0.0)),
            depth_permille,
            samples: sums.samples,
            seen: sums.seen,
            ceiling: sums.ceiling().rounded(),
        })
        .collect();
    cells.sort_by(|one, other| {
        let order = one.kind.cmp(&other.kind).then(one.length_secs.total_cmp(&other.length_secs));
        order.then(one.depth_permille.cmp(&other.depth_permille))
    });
    cells
}

fn type_ceiling(sums: &Sums) -> TypeCeiling {
    let metrics = sums.ceiling().rounded();
    TypeCeiling {
        metrics,
        measure: kind::main_measure(sums.answer_kind),
        value: metrics.circular_content,
        recall: (sums.spans > 0).then(|| recall(sums, "")),
    }
}

/// R@k, each under `before` and its k.
fn recall(sums: &Sums, before: &str) -> BTreeMap<String, f64> {
    let name = |at: Share| format!("{before}{}", at.num as f64 / at.den as f64);
    let share = |sum: f64| rounded(sum / sums.spans.max(1) as f64);
    RECALL_AT.map(name).into_iter().zip(sums.recall.map(share)).collect()
}

fn of_spans(spans: BTreeMap<(String, String), Sums>) -> Vec<SpanCoverage> {
    let of = |((kind, length), sums): ((String, String), Sums)| SpanCoverage {
        kind,
        length,
        length_secs: short(sums.length.unwrap_or(0.0)),
        samples: sums.samples,
        mean_iou: sums.ceiling().rounded().per_try,
        recall: recall(&sums, "R@"),
        is_bound: !sums.is_no_bound,
    };
    let mut spans: Vec<SpanCoverage> = spans.into_iter().map(of).collect();
    spans.sort_by(|one, other| one.kind.cmp(&other.kind).then(one.length_secs.total_cmp(&other.length_secs)));
    spans
}

fn of_period(((kind, period), sums): ((String, Nanos), Sums)) -> PeriodCoverage {
    PeriodCoverage {
        kind,
        period_secs: short(period.secs()),
        gap_periods: sums.gaps.unwrap_or([0.0; 2]).map(short),
        samples: sums.samples,
        seen: sums.seen,
        ceiling: sums.ceiling().rounded(),
    }
}

fn of_age(((kind, (_, age)), sums): ((String, (usize, &'static str)), Sums)) -> AgeCoverage {
    AgeCoverage { kind, age, samples: sums.samples, seen: sums.seen, ceiling: sums.ceiling().rounded() }
}

fn of_type(task: &str, sums: &Sums) -> TypeCoverage {
    TypeCoverage {
        task: task.to_owned(),
        samples: sums.samples,
        seen: sums.seen,
        unknown: sums.unknown,
        ceiling: type_ceiling(sums),
        smallest_needle_px: sums.smallest.map(|size| size.map(short)),
        shortest_needle_secs: sums.shortest.map(short),
    }
}

fn of_length(length: String, sums: &Sums, types: &ByType<'_>) -> LengthCoverage {
    LengthCoverage {
        length,
        length_secs: short(sums.length.unwrap_or(0.0)),
        samples: sums.samples,
        seen: sums.seen,
        ceiling: overall(types, Sums::ceiling),
        frames: sums.frames.unwrap_or([0; 2]),
        guaranteed_secs: sums.guaranteed.filter(|_| !sums.is_blind).map(short),
        shortest_needle_secs: sums.shortest.map(short),
    }
}

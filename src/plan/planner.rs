//! Plans samples: each a pure function of the seed and its own key.
//!
//! In: a checked spec and its haystacks. Out: a [`Planner`], which gives any sample by its index without those before
//! it, or every impossible request at once. What can go wrong is found when the planner is made, so that planning a
//! sample cannot fail.

use std::sync::Arc;

use crate::haystack::{Form, Haystack};
use crate::needle::{Effective, PixelBox};
use crate::question::{self, Control, Drawn};
use crate::seed::Stream;
use crate::spec::{CheckedSpec, LeftOut, Screen, Task};
use crate::time::{FrameRate, FrameSpan};

use super::check::{self, Times};
use super::difficulty::difficulty_record;
use super::grid::{Base, Slot, Slots};
use super::looks::place_of;
use super::moments::asked_at;
use super::order::{Order, Ranks};
use super::placement::{Placement, Rule, Window};
use super::room::Room;
use super::seen_starts::SeenStarts;
use super::spans::Chances;
use super::{Cell, DepthOf, HaystackPart, PlannedNeedle, PlannedVideo, VideoPlan};
use super::{clips, effective, fillers, limits, visibility};

/// What a spec asks for and its haystacks cannot give.
#[derive(Debug, thiserror::Error)]
#[error("plan has {}\n  {}", crate::wording::count(problems.len(), "impossible request"), problems.join("\n  "))]
pub struct Error {
    /// One a line.
    pub problems: Vec<String>,
    /// What the user can do.
    pub hints: Vec<String>,
}

/// Everything that samples are planned from.
#[derive(Clone, Debug)]
pub struct Planner {
    pub(super) spec: Arc<CheckedSpec>,
    /// What is left of the videos.
    pub(super) control: Option<Control>,
    /// By id.
    pub(super) haystacks: Vec<Haystack>,
    ranks: Ranks,
    pub(super) slots: Slots,
    /// Distinct frame sizes.
    pub(super) sizes: Vec<(u32, u32)>,
    /// By task, size and candidate, then the same for distractors: where subtitles and pictures lie. Empty where patches are pasted.
    pub(super) places: Vec<Vec<Vec<PixelBox>>>,
    /// By task, size and candidate, as the places: height of a text's lines in pixels. Empty where no texts are shown.
    lines: Vec<Vec<Vec<u32>>>,
    /// By task and haystack, or by task alone where videos are joined: candidates that haystacks show by themselves.
    pub(super) left_out: Vec<Vec<LeftOut>>,
    /// By task and candidate, then the same for distractors: width to height of patches. Empty where no patches are pasted.
    pub(super) aspects: Vec<Vec<(u32, u32)>>,
    /// By task: what the lines of subtitle tracks may say beside those that are asked about.
    pub(super) fillers: Vec<Vec<String>>,
    warnings: Vec<String>,
    /// Whether any needle is heard.
    mixes_sound: bool,
    pub(super) chances: Chances,
}

impl Planner {
    /// Checks that every sample of `spec` can be made of `haystacks`, given in any order.
    pub fn new(spec: &Arc<CheckedSpec>, haystacks: &[Haystack]) -> Result<Self, Error> {
        let mut haystacks = haystacks.to_vec();
        haystacks.sort_by(|one, two| one.id.cmp(&two.id));
        let room = Room::new(spec, &haystacks);
        let slots = Slots::new(spec, &haystacks, room.left());
        let mut sizes: Vec<(u32, u32)> =
            haystacks.iter().map(|haystack| (haystack.form.width, haystack.form.height)).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut findings = check::check(spec, &haystacks, &slots);
        let bases = slots.bases();
        room.check(|task, base| slots.uses(task, &bases[base]), &mut findings);
        check::check_lengths(spec, &haystacks, &slots, &mut findings);
        if !haystacks.is_empty() {
            limits::check(spec, &haystacks, &slots, &mut findings);
        }
        if findings.problems.is_empty() {
            visibility::check(spec, &haystacks, &slots, &mut findings);
        }
        effective::check(spec, &haystacks, &mut findings);
        clips::check(spec, &haystacks, &mut findings);
        let (mut places, mut lines) = (Vec::new(), Vec::new());
        let mut aspects = Vec::new();
        for task in spec.tasks() {
            aspects.push(check::aspects(spec, task, &mut findings));
            places.push(sizes.iter().map(|&size| check::places(spec, task, size, &mut findings)).collect());
            lines.push(sizes.iter().map(|&size| effective::lines(spec, task, size, &mut findings)).collect());
        }
        let left_out = check::left_out(spec, &haystacks, &slots, &mut findings);
        if !findings.problems.is_empty() {
            return Err(Error { problems: findings.problems, hints: findings.hints });
        }
        let rank =
            |haystack: &Haystack| spec.seed().stream(format!("order/{}", haystack.id), 0).below(u64::MAX);
        let ranks = Ranks::new(haystacks.iter().map(rank).collect());
        Ok(Self {
            spec: Arc::clone(spec),
            control: None,
            haystacks,
            ranks,
            slots,
            sizes,
            places,
            lines,
            left_out,
            aspects,
            fillers: spec.tasks().iter().map(fillers::fillers).collect(),
            warnings: findings.warnings,
            mixes_sound: spec.mixes_sound(),
            chances: Chances::default(),
        })
    }

    /// Number of videos.
    pub fn len(&self) -> u64 {
        self.slots.len()
    }

    /// Whether there is no video; a checked spec always asks for one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of cells over all types: one a type where there is no grid.
    pub fn cells(&self) -> u64 {
        self.slots.cells()
    }

    /// The spec that is planned.
    pub fn spec(&self) -> &CheckedSpec {
        &self.spec
    }

    /// The haystacks, by id.
    pub fn haystacks(&self) -> &[Haystack] {
        &self.haystacks
    }

    /// Everything a user should know of the plan: one sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// All videos, in order.
    pub fn videos(&self) -> impl Iterator<Item = VideoPlan> + '_ {
        (0..self.len()).map(|index| self.video(index))
    }

    /// Number of questions about all videos.
    pub fn questions(&self) -> u64 {
        self.slots.questions(self.spec.tasks())
    }

    /// The index of the first video of each type at each setting that has any.
    pub fn firsts(&self) -> impl Iterator<Item = u64> + '_ {
        self.slots.starts()
    }

    /// The type of the video with this index, without planning it.
    pub fn kind(&self, index: u64) -> &str {
        self.task(index).family.kind()
    }

    /// The task of the video with this index, without planning it.
    pub fn task(&self, index: u64) -> &Task {
        &self.spec.tasks()[self.slots.slot(index).task]
    }

    /// The video with this index, and its questions.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn video(&self, index: u64) -> VideoPlan {
        let slot = self.slots.slot(index);
        let planned = self.whole(&slot);
        match self.control {
            Some(control) => self.left(control, &slot, planned),
            None => planned,
        }
    }

    /// The video of a slot, whatever control is planned.
    fn whole(&self, slot: &Slot<'_>) -> VideoPlan {
        let task = &self.spec.tasks()[slot.task];
        let key = slot.key(task.family.kind(), &self.haystacks);
        let stream = |what: &str| self.spec.seed().stream(format!("{what}/{key}"), slot.repeat);
        let material = self.material(slot);
        let mut drawn = question::draw(material, &mut stream("question"));
        let order = self.order(slot, &mut stream("haystacks"));
        let first = order.first;
        let form = &self.haystacks[first].form;
        let times = check::times(task, form.fps);
        let law = self.law(slot, form);
        let timed = law.map(|law| law.draw(&stream));
        let moments = self.moment_law(slot, form).map(|law| law.draw(&drawn, &stream));
        if let Some(timed) = &timed {
            drawn.clips = vec![drawn.clips[0].clone(); timed.spans.len()];
        }
        let places = drawn.clips.len() as u64;
        let spans_drawn =
            timed.as_ref().map(|timed| &timed.spans).or(moments.as_ref().map(|moments| &moments.spans));
        let inserted = spans_drawn.map_or(times.inserted(places), |spans| times.inserted_by(spans));
        let parts = match slot.base {
            // What is more than the fewest needles lasts takes the place of the haystack's last frames.
            Base::Whole(_) => vec![self.part(first, 0, times.finished(form.frames, task) - inserted)],
            Base::Length(length) => {
                self.joined(order, length.frames(form.fps) - inserted, &mut stream("offset"))
            }
        };
        let rule = times.rule(parts.iter().map(|part| part.span.count()).sum());
        let (placement, spans) = if let Some(spans) = spans_drawn {
            (Placement::none(), spans.clone())
        } else {
            let depth = (slot.depth, self.slots.depths());
            let placement = Placement::draw(rule, depth, &task.family, &mut drawn, &mut stream("places"));
            let placement = self.moved_to_seen_starts(placement, times, rule, form.fps, places);
            let spans = times.spans(&placement.positions);
            (placement, spans)
        };
        let needles = self.needles(slot.task, form, &drawn, &spans, rule.frames, &stream);
        let window = placement.depth_of.map(|_| shown_in(placement.window, inserted, &needles));
        let difficulty_effective = self.effective(slot.task, form, &drawn);
        let id = slot.id(&task.name(), &self.haystacks);
        let mut video = PlannedVideo {
            name: id.clone() + &slot.suffix(),
            width: form.width,
            height: form.height,
            fps: form.fps,
            num_frames: rule.frames + inserted,
            audio: self.with_sound(&parts),
            is_black: false,
            parts,
            needles,
            subtitles: Vec::new(),
            subtitle_track: false,
        };
        video = self.with_subtitles(slot.task, video, stream("subtitles"));
        if let Some(timed) = timed {
            let text = |span: &FrameSpan| question::seconds_of(*span, form.fps);
            drawn.asks[0].options = timed.options.iter().map(text).collect();
            drawn.asks[0].target = timed.target;
        }
        let asked_at = asked_at(&drawn.asks, moments.as_ref(), video.num_frames);
        let questions = self.questions_about((task, &id), material, (&drawn, &asked_at), &video, law);
        VideoPlan {
            cell: cell(slot, placement.depth_of, window),
            difficulty: difficulty_record(task),
            difficulty_effective,
            questions,
            video,
        }
    }

    /// Moves needles to where the samplers that have to see them do.
    fn moved_to_seen_starts(
        &self,
        mut placement: Placement,
        times: Times,
        rule: Rule,
        fps: FrameRate,
        places: u64,
    ) -> Placement {
        let samplers = self.spec.required_samplers();
        if samplers.is_empty() {
            return placement;
        }
        let starts: Vec<u64> =
            (0..).zip(&placement.positions).map(|(index, at)| at + times.inserted(index)).collect();
        let frames = rule.frames + times.inserted(places);
        let seen_starts = SeenStarts::new(samplers, frames, fps, times.duration());
        let settled = seen_starts.ok().and_then(|seen_starts| {
            seen_starts.settle(&starts, times.apart(), times.starts(rule, placement.window, places))
        });
        let settled = settled.expect("the planner has found that there are places");
        placement.positions =
            (0..).zip(settled).map(|(index, start)| start - times.inserted(index)).collect();
        placement
    }

    /// The haystack with this id.
    pub(super) fn haystack(&self, id: &str) -> Option<&Haystack> {
        let found = self.haystacks.binary_search_by(|haystack| haystack.id.as_str().cmp(id));
        found.ok().map(|index| &self.haystacks[index])
    }

    /// Whether a video of `parts` has sound: theirs, or that of needles. Where any needle is heard, all videos have sound, so that
    /// nothing tells by its sound track which question is asked about it.
    pub(super) fn with_sound(&self, parts: &[HaystackPart]) -> bool {
        let used = |part: &HaystackPart| self.haystack(&part.haystack);
        self.mixes_sound || parts.iter().filter_map(used).any(|haystack| haystack.form.audio.is_some())
    }

    /// The order in which a sample takes haystacks. A rank depends on its own haystack alone, so that another haystack changes
    /// the samples that it comes first in, and no others.
    pub(super) fn order(&self, slot: &Slot<'_>, stream: &mut Stream) -> Order {
        if let Base::Whole(haystack) = slot.base {
            return Order::of_one(haystack);
        }
        self.ranks.order(stream.below(u64::MAX))
    }

    /// `frames` frames of haystacks in the order of their ranks, from the first again if they are not enough. All are
    /// whole but the last, which starts at a random multiple of its keyframe distance: a cut there costs no encoding.
    pub(super) fn joined(&self, order: Order, frames: u64, stream: &mut Stream) -> Vec<HaystackPart> {
        let mut parts = Vec::new();
        let mut left = frames;
        for index in self.ranks.ordered(order) {
            let form = &self.haystacks[index].form;
            if form.frames < left {
                parts.push(self.part(index, 0, form.frames));
                left -= form.frames;
            } else {
                let gop = form.gop.max(1);
                let start = gop * stream.below((form.frames - left) / gop + 1);
                parts.push(self.part(index, start, start + left));
                break;
            }
        }
        parts
    }

    pub(super) fn part(&self, haystack: usize, start: u64, end: u64) -> HaystackPart {
        HaystackPart {
            haystack: self.haystacks[haystack].id.clone(),
            span: FrameSpan::new(start, end).expect("a part of a haystack holds a frame"),
        }
    }

    /// What the difficulty of a sample comes to.
    fn effective(&self, task_index: usize, form: &Form, drawn: &Drawn) -> Effective {
        let task = &self.spec.tasks()[task_index];
        let size = (form.width, form.height);
        let lines = &self.lines[task_index][self.at(size)];
        let shown = drawn.clips.iter().flat_map(|clip| {
            let of = |&candidate: &usize| lines.get(place_of(task, clip, candidate)).copied();
            clip.candidates.iter().filter_map(of)
        });
        effective::effective(task, Screen { width: form.width, height: form.height, fps: form.fps }, shown)
    }

    /// The index of a frame size.
    pub(super) fn at(&self, size: (u32, u32)) -> usize {
        self.sizes.binary_search(&size).expect("sizes are those of the haystacks")
    }
}

/// Frames of the finished video in which the needles lie whose depth is stated: those of a window, or of the one that is asked for.
fn shown_in(window: Option<Window>, inserted: u64, needles: &[PlannedNeedle]) -> FrameSpan {
    match window {
        Some(Window { start, frames }) => {
            FrameSpan::new(start, start + frames + inserted).expect("a window holds its needles")
        }
        None => needles.iter().find(|needle| !needle.is_distractor).unwrap_or(&needles[0]).span,
    }
}

/// Where the video of a slot stands in the grid.
fn cell(slot: &Slot<'_>, depth_of: Option<DepthOf>, window: Option<FrameSpan>) -> Cell {
    let length = match slot.base {
        Base::Length(length) => Some(length.text().to_owned()),
        Base::Whole(_) => None,
    };
    Cell { length, depth_permille: slot.depth, depth_of, window, repeat: slot.repeat }
}

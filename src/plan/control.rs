//! Controls: the same questions about less.
//!
//! In: a sample of the dataset and what is to be left of its video. Out: the sample with that video. Question, options,
//! target, cell and difficulty stay, so that a row of a control pairs with the row of the dataset that has its id; where
//! needles lie is said of the video that is there.

use crate::needle::{Effects, Replay, WayIn};
use crate::question::Control;
use crate::seed::Stream;
use crate::time::FrameSpan;

use super::grid::{Base, Slot};
use super::shuffle::{Cuts, shuffled};
use super::{HaystackPart, PlannedNeedle, PlannedQuestion, PlannedVideo, Planner, VideoPlan, check};

impl Planner {
    /// The planner of a control of the dataset, or of the dataset itself.
    #[must_use]
    pub fn under(&self, control: Option<Control>) -> Self {
        let mut own = self.clone();
        own.control = control;
        own
    }

    /// The control that is planned; none where it is the dataset.
    pub fn control(&self) -> Option<Control> {
        self.control
    }

    /// Name of the dataset, and of the control where it is one.
    pub fn name(&self) -> String {
        let name = self.spec.name();
        self.control.map_or_else(|| name.to_owned(), |control| format!("{name}, {}", control.name()))
    }

    /// What `control` leaves of a video and its questions.
    pub(super) fn left(&self, control: Control, slot: &Slot<'_>, planned: VideoPlan) -> VideoPlan {
        // The videos are those of the dataset, and so is all that is said of them.
        if control == Control::NoTimes {
            return planned;
        }
        let task = &self.spec.tasks()[slot.task];
        let key = slot.key(task.family.kind(), &self.haystacks);
        let stream = |what: &str| self.spec.seed().stream(format!("{what}/{key}"), slot.repeat);
        let mut cell = planned.cell;
        let planned_frames = planned.video.num_frames;
        // No frames are at the depth that was asked for.
        cell.window = None;
        let video = match control {
            Control::NoNeedle => self.bare(slot, planned.video, &stream),
            Control::Shuffled => {
                let gap = check::times(task, planned.video.fps).gap();
                let gop = |id: &str| self.haystack(id).map_or(1, |haystack| haystack.form.gop);
                let cuts = Cuts::new(&planned.video, gap, gop);
                let video = shuffled(planned.video, &cuts, &mut stream("shuffled"));
                in_any_order(video, &mut stream("shuffled/frames"))
            }
            Control::OneFrame => one_frame(planned.video, &mut stream("one-frame")),
            Control::Still => still(planned.video),
            Control::TextOnly => none(planned.video),
            Control::SubtitlesOnly => {
                let subtitles = planned.video.subtitles.clone();
                PlannedVideo { subtitles, ..none(planned.video) }
            }
            Control::Muted => muted(planned.video),
            Control::Deaf => PlannedVideo { audio: false, ..muted(planned.video) },
            Control::AudioOnly => audio_only(planned.video),
            Control::NoTimes => planned.video,
        };
        // Lines of needles go with their needles; one frame has none.
        let has_lines = !matches!(control, Control::SubtitlesOnly | Control::TextOnly | Control::OneFrame);
        let video =
            if has_lines { self.with_subtitles(slot.task, video, stream("subtitles")) } else { video };
        let (scene, all) = (video.scene(), planned_frames);
        let questions = planned.questions.into_iter().map(|question| {
            // What is asked before the end is asked at the same time still, if the video lasts so long.
            let ask_frame = if question.ask_frame == all {
                video.num_frames
            } else {
                question.ask_frame.min(video.num_frames)
            };
            let evidence = question.question_kind.evidence(&question.query, &scene.before(ask_frame));
            PlannedQuestion { ask_frame, evidence, ..question }
        });
        VideoPlan { cell, questions: questions.collect(), video, ..planned }
    }

    /// The haystack without needles: whole, or as long as the length that was asked for. So its length does not depend on
    /// how many needles there are.
    fn bare(&self, slot: &Slot<'_>, video: PlannedVideo, stream: &impl Fn(&str) -> Stream) -> PlannedVideo {
        let order = self.order(slot, &mut stream("haystacks"));
        let first = order.first;
        let parts = match slot.base {
            Base::Whole(_) => vec![self.part(first, 0, self.haystacks[first].form.frames)],
            Base::Length(length) => self.joined(order, length.frames(video.fps), &mut stream("offset")),
        };
        let num_frames = parts.iter().map(|part| part.span.count()).sum();
        let audio = self.with_sound(&parts);
        PlannedVideo { parts, num_frames, audio, needles: Vec::new(), ..video }
    }
}

/// The frames of what moves, as `chosen` leaves them: of so many frames, those that are shown.
fn replayed(mut video: PlannedVideo, mut chosen: impl FnMut(u64) -> Vec<u64>) -> PlannedVideo {
    for needle in video.needles.iter_mut().filter(|needle| needle.look.moves()) {
        let count = needle.span.count();
        needle.replay = Some(Replay { frames: chosen(count), count });
    }
    video
}

/// What moves, held as its first frame shows it.
fn still(video: PlannedVideo) -> PlannedVideo {
    replayed(video, |count| vec![0; count as usize])
}

/// The frames of what moves in an order that is drawn.
fn in_any_order(video: PlannedVideo, stream: &mut Stream) -> PlannedVideo {
    replayed(video, |count| {
        let mut frames: Vec<u64> = (0..count).collect();
        stream.shuffle(&mut frames);
        frames
    })
}

/// One frame of the haystacks, each as likely, with what is drawn onto it. An overlay that fades is shown as it is at its
/// clearest; inserts are no frames of a haystack.
fn one_frame(video: PlannedVideo, stream: &mut Stream) -> PlannedVideo {
    let frames: u64 = video.parts.iter().map(|part| part.span.count()).sum();
    let chosen = stream.below(frames);
    let mut before = 0;
    let part = video.parts.iter().find_map(|part| {
        let at = chosen - before;
        before += part.span.count();
        (at < part.span.count()).then(|| (part.haystack.clone(), part.span.start() + at))
    });
    let (haystack, frame) = part.expect("the frame is one of the haystacks'");
    let mut at = chosen;
    let mut last = None;
    // Needles that share their frames move what follows once.
    for span in video.needles.iter().filter(|needle| needle.mode == WayIn::Insert).map(|needle| needle.span) {
        if last != Some(span) && span.start() <= at {
            at += span.count();
        }
        last = Some(span);
    }
    let own = FrameSpan::new(0, 1).expect("a frame is a frame long");
    let drawn = |needle: &PlannedNeedle| needle.mode == WayIn::Overlay && needle.span.contains(at);
    let needles = video.needles.iter().filter(|needle| drawn(needle)).map(|needle| PlannedNeedle {
        span: own,
        effects: Effects { fade_in: 0, fade_out: 0, ..needle.effects },
        replay: needle.look.moves().then(|| {
            let (frame, count) = needle.drawn_frame(at);
            Replay { frames: vec![frame], count }
        }),
        ..needle.clone()
    });
    PlannedVideo {
        needles: needles.collect(),
        parts: vec![HaystackPart {
            haystack,
            span: FrameSpan::new(frame, frame + 1).expect("a frame is a frame long"),
        }],
        num_frames: 1,
        audio: false,
        subtitles: Vec::new(),
        subtitle_track: false,
        ..video
    }
}

/// The same, without what is heard of needles.
fn muted(video: PlannedVideo) -> PlannedVideo {
    let heard = video.needles.into_iter();
    let needles = heard.filter_map(|needle| Some(PlannedNeedle { look: needle.look.muted()?, ..needle }));
    PlannedVideo { needles: needles.collect(), ..video }
}

/// The same sound under black pictures. Inserts keep their frames, so that all is heard when it was.
fn audio_only(mut video: PlannedVideo) -> PlannedVideo {
    video.needles.retain(|needle| needle.mode != WayIn::Overlay);
    PlannedVideo { is_black: true, ..video }
}

/// No video.
fn none(video: PlannedVideo) -> PlannedVideo {
    PlannedVideo {
        width: 0,
        height: 0,
        num_frames: 0,
        audio: false,
        parts: Vec::new(),
        needles: Vec::new(),
        subtitles: Vec::new(),
        subtitle_track: false,
        ..video
    }
}

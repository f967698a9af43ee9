//! Times of needles whose times are asked for.
//!
//! In: a task, the length of the video, random streams. Out: the frames on which its needles show, and as options the spans
//! of which one is right. Their law is [`crate::question::span_law`]'s: no place in the video is more likely than another, and no
//! length of the video or place in it tells how long they last.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::question::Form;
use crate::question::span_law::{SeveralLaw, SpanLaw, disjoint_options};
use crate::seed::Stream;
use crate::spec::Task;
use crate::time::{FrameRate, FrameSpan};

/// Draws of a simulated chance: its standard error is then below a hundredth of a share.
const DRAWS: u64 = 4000;

/// The law of a task's spans in a video of so many frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Law {
    pub(super) one: SpanLaw,
    /// Fewest and most spans.
    number: (u64, u64),
    /// Frames between two needles, or between two options, at least.
    apart: u64,
    form: Form,
    options: u64,
}

/// What is drawn of one video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timed {
    /// Frames of the finished video on which its needles show, in order.
    pub(super) spans: Vec<FrameSpan>,
    /// The options in order of time; none where the form is open.
    pub(super) options: Vec<FrameSpan>,
    /// Which of them is right.
    pub(super) target: usize,
}

impl Law {
    /// The law of `task`; nothing if it asks for no times, or if its spans do not fit into `frames`.
    pub(super) fn new(task: &Task, frames: u64, fps: FrameRate) -> Option<Self> {
        let durations = task.durations.as_ref()?;
        let one = SpanLaw::new(durations.least.frames(fps), durations.most.frames(fps), frames)?;
        let (fewest, most) = task.family.count();
        let form = task.forms.first().copied().unwrap_or_default();
        Some(Self {
            one,
            number: (fewest as u64, most as u64),
            apart: task.gap.frames(fps),
            form,
            options: task.family.options_number() as u64,
        })
    }

    /// How many times need room: those of the options where there are some, which are as long as needles, else those of needles.
    pub(super) fn times(task: &Task) -> u64 {
        let most = match task.forms.first() {
            Some(Form::Choice) => task.family.options_number(),
            _ => task.family.count().1,
        };
        most as u64
    }

    /// Frames that its needles, or its options, take at most.
    pub(super) fn needed(task: &Task, fps: FrameRate) -> u64 {
        let Some(durations) = &task.durations else { return 0 };
        let most = Self::times(task);
        most.saturating_mul(durations.most.frames(fps)) + most.saturating_sub(1) * task.gap.frames(fps)
    }

    /// Draws the times of one video.
    ///
    /// # Panics
    /// If they do not fit, which the check of the plan excludes.
    pub(super) fn draw(self, stream: &impl Fn(&str) -> Stream) -> Timed {
        let (mut durations, mut starts) = (stream("durations"), stream("places"));
        if self.form == Form::Choice {
            let drawn = disjoint_options(
                self.one,
                self.options,
                self.apart,
                &mut durations,
                &mut starts,
                &mut stream("targets"),
            );
            let drawn = drawn.expect("the planner has found that all options fit");
            let spans = vec![drawn.spans[drawn.target]];
            return Timed { spans, options: drawn.spans, target: drawn.target };
        }
        let spans = match self.several() {
            Some(several) => several.draw(&mut stream("numbers"), &mut durations, &mut starts),
            None => vec![self.one.draw(&mut durations, &mut starts)],
        };
        Timed { spans, options: Vec::new(), target: 0 }
    }

    fn several(self) -> Option<SeveralLaw> {
        let (fewest, most) = self.number;
        let law = SeveralLaw::new(self.one, fewest, most, self.apart);
        (most > 1).then(|| law.expect("the planner has found that all needles fit"))
    }

    fn key(self) -> [u64; 6] {
        [self.one.least(), self.one.most(), self.one.frames(), self.number.0, self.number.1, self.apart]
    }
}

/// Chances by law: the same for all videos of a length.
#[derive(Clone, Debug, Default)]
pub(super) struct Chances(Arc<Mutex<BTreeMap<[u64; 6], f64>>>);

impl Chances {
    /// The mean IoU of the best constant span.
    pub(super) fn of(&self, law: Law) -> f64 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&law.key()).copied();
        known.unwrap_or_else(|| {
            let chance = match law.several() {
                Some(several) => several.simulated_chance(DRAWS).mean_iou,
                None => law.one.chance().mean_iou,
            };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(law.key(), chance);
            chance
        })
    }
}

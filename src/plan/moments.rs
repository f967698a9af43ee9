//! Times at which a video is asked about before its end, and its needles before, between and after them; or needles anywhere in it.
//!
//! In: a task, the length of the video, how many needles lie before each question, random streams. Out: the frames of the
//! questions, and those on which needles show. The times are drawn first, each place in the video as likely, with room in every
//! stretch for as many needles as it can have: so when a question is asked says nothing of what was shown before. The last needle
//! before a question ends its age before it, which is drawn of its own; the others lie anywhere in their stretch.

use crate::question::{Ask, Drawn};
use crate::seed::Stream;
use crate::spec::Task;
use crate::time::{FrameRate, FrameSpan};

/// The least age of the evidence, where it is drawn: a second.
const LEAST_MILLIS: u64 = 1000;

/// The law of a task's times in a video of so many frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MomentLaw {
    frames: u64,
    duration: u64,
    /// Frames before each needle, at least.
    gap: u64,
    /// The age of the evidence at least.
    least_age: u64,
    /// Whether that is always the age.
    is_fixed: bool,
    /// The most needles of each stretch: before the first question, between two, after the last.
    most: Vec<u64>,
}

/// What is drawn of one video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moments {
    /// Frames on which its needles show, in order.
    pub(super) spans: Vec<FrameSpan>,
    /// Of each question: frames before this one may be seen.
    pub(super) asked_at: Vec<u64>,
}

impl MomentLaw {
    /// The law of `task`; nothing if it is asked at no times and its needles do not lie anywhere.
    pub(super) fn new(task: &Task, frames: u64, fps: FrameRate) -> Option<Self> {
        let most: Vec<u64> = task.family.most_between().into_iter().map(|most| most as u64).collect();
        let age = task.difficulty.age.as_ref().map(|age| age.frames(fps));
        (!most.is_empty()).then(|| Self {
            frames,
            duration: task.difficulty.duration.frames(fps),
            gap: task.gap.frames(fps).max(1),
            least_age: age.unwrap_or_else(|| fps.frames_in_millis(LEAST_MILLIS)).max(1),
            is_fixed: age.is_some(),
            most,
        })
    }

    /// Frames that a video has to have at least.
    pub(super) fn needed(&self) -> u64 {
        (0..self.most.len()).map(|stretch| self.needed_in(stretch)).sum()
    }

    /// Frames that so many needles take, with the gap before each.
    fn taken(&self, needles: u64) -> u64 {
        needles * (self.gap + self.duration)
    }

    /// Frames that a stretch has to have.
    fn needed_in(&self, stretch: usize) -> u64 {
        let is_last = stretch + 1 == self.most.len();
        self.taken(self.most[stretch]) + if is_last { 0 } else { self.least_age }
    }

    /// Draws the times of what was drawn for one video.
    ///
    /// # Panics
    /// If they do not fit, which the check of the plan excludes.
    pub(super) fn draw(&self, drawn: &Drawn, stream: &impl Fn(&str) -> Stream) -> Moments {
        let (mut times, mut ages, mut places) = (stream("asked"), stream("ages"), stream("places"));
        let asked_at = self.times(&mut times);
        let mut spans = Vec::new();
        let (mut start, mut before) = (0, 0);
        for (stretch, (&end, ask)) in asked_at.iter().zip(&drawn.asks).enumerate() {
            let needles = ask.after.unwrap_or(drawn.clips.len()) - before;
            let most_age = end - start - self.taken(self.most[stretch]);
            let age =
                if self.is_fixed { self.least_age } else { log_uniform(self.least_age, most_age, &mut ages) };
            let last = end - age - self.duration;
            spans.extend(self.anywhere(start, last, needles as u64 - 1, &mut places));
            spans.push(self.span(last));
            (start, before) = (end, before + needles);
        }
        let later = (drawn.clips.len() - before) as u64;
        spans.extend(self.anywhere(start, self.frames + self.gap, later, &mut places));
        Moments { spans, asked_at }
    }

    /// When the questions are asked: what stretches need lies between them, and what is left anywhere.
    fn times(&self, stream: &mut Stream) -> Vec<u64> {
        let slack =
            self.frames.checked_sub(self.needed()).expect("the planner has found that all needles fit");
        let questions = self.most.len() - 1;
        let mut drawn: Vec<u64> = (0..questions).map(|_| stream.below(slack + 1)).collect();
        drawn.sort_unstable();
        let mut needed = 0;
        let time = |(stretch, slack): (usize, u64)| {
            needed += self.needed_in(stretch);
            slack + needed
        };
        drawn.into_iter().enumerate().map(time).collect()
    }

    /// So many needles anywhere from `start` on, with the gap before each and before `end`.
    fn anywhere(&self, start: u64, end: u64, needles: u64, stream: &mut Stream) -> Vec<FrameSpan> {
        let slack = end - start - self.taken(needles) - self.gap;
        let mut drawn: Vec<u64> = (0..needles).map(|_| stream.below(slack + 1)).collect();
        drawn.sort_unstable();
        let span = |(at, slack): (u64, u64)| self.span(start + slack + self.taken(at) + self.gap);
        (0..).zip(drawn).map(span).collect()
    }

    fn span(&self, start: u64) -> FrameSpan {
        FrameSpan::new(start, start + self.duration).expect("a needle lasts a frame")
    }
}

/// A number of `least..=most` whose logarithm is uniform: each is as likely as its inverse is large.
///
/// An octave is drawn, then a number in it, which is kept as often as the law wants it less than the octave's first.
fn log_uniform(least: u64, most: u64, stream: &mut Stream) -> u64 {
    let least = least.max(1);
    let octaves = (most / least).max(1).ilog2() + 1;
    loop {
        let first = least << stream.below(u64::from(octaves));
        let number = first + stream.below(first);
        if number <= most && stream.below(number) < first {
            return number;
        }
    }
}

/// The frames of a video that are seen when each of its questions is asked: all, but of those that are asked at times.
pub(super) fn asked_at(asks: &[Ask], moments: Option<&Moments>, frames: u64) -> Vec<u64> {
    let times = moments.map(|moments| moments.asked_at.clone()).filter(|times| !times.is_empty());
    times.unwrap_or_else(|| vec![frames; asks.len()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn each_octave_is_as_likely() {
        let mut stream = Seed::new(3).stream("ages", 0);
        let mut octaves = [0_u32; 5];
        for _ in 0..50_000 {
            let age = log_uniform(25, 799, &mut stream);
            assert!((25..=799).contains(&age), "{age}");
            octaves[(age / 25).ilog2() as usize] += 1;
        }
        // Five octaves, the last without its last frame; 5 standard deviations of a binomial with p = 1/5 are 447. Whole numbers are
        // not quite the law: of 25 to 49 there are 25 inverses, whose sum is 0.4% above that of the next octave.
        assert!(octaves.iter().all(|&count| count.abs_diff(10_000) < 600), "{octaves:?}");
        assert_eq!(log_uniform(7, 7, &mut stream), 7);
    }

    #[test]
    fn needles_that_lie_anywhere_are_as_likely_everywhere() {
        let law =
            MomentLaw { frames: 1500, duration: 50, gap: 25, least_age: 25, is_fixed: false, most: vec![4] };
        assert_eq!(law.needed(), 300);
        let none = Drawn { asks: Vec::new(), clips: vec![clip(); 4] };
        let mut parts = [0_u32; 10];
        for index in 0..8000 {
            let stream = |what: &str| Seed::new(4).stream(what, index);
            let Moments { spans, asked_at } = law.draw(&none, &stream);
            assert!(asked_at.is_empty() && spans.len() == 4);
            assert!(spans.windows(2).all(|pair| pair[0].end() + 25 <= pair[1].start()), "{spans:?}");
            // The first may start once the gap has passed, the last may end with the video.
            assert!(spans[0].start() >= 25 && spans[3].end() <= 1500);
            for span in &spans {
                parts[((span.start() - 25) * 10 / 1426) as usize] += 1;
            }
        }
        // Of 32,000, a tenth each; that needles keep apart makes no place a twentieth more likely.
        assert!(parts.iter().all(|&part| part.abs_diff(3200) < 320), "{parts:?}");
    }

    fn clip() -> crate::question::Clip {
        crate::question::Clip {
            candidates: vec![0],
            key: None,
            cell: None,
            is_distractor: false,
            moving: Vec::new(),
            is_reversed: false,
            cue: None,
        }
    }

    #[test]
    fn times_are_uniform_and_needles_keep_their_stretch_and_their_age() {
        let law = MomentLaw {
            frames: 2000,
            duration: 20,
            gap: 10,
            least_age: 25,
            is_fixed: false,
            most: vec![4, 7, 2],
        };
        assert_eq!(law.needed(), 120 + 25 + 210 + 25 + 60);
        let ask = |after| Ask { after: Some(after), ..Ask::default() };
        let slack = 2000 - law.needed();
        let (mut early, mut firsts) = (0_u32, 0_u64);
        for index in 0..4000_u64 {
            let (one, two) = ((index % 4 + 1) as usize, (index / 4 % 4 + 5) as usize);
            let drawn = Drawn { asks: vec![ask(one), ask(two)], clips: vec![clip(); two + 2] };
            let stream = |what: &str| Seed::new(1).stream(what, index);
            let Moments { spans, asked_at } = law.draw(&drawn, &stream);
            assert_eq!(spans.len(), two + 2);
            assert!(spans.windows(2).all(|pair| pair[0].end() + 10 <= pair[1].start()), "{spans:?}");
            assert!(spans[0].start() >= 10 && spans[two + 1].end() <= 2000);
            for (&at, after) in asked_at.iter().zip([one, two]) {
                assert!(
                    spans[after - 1].end() + 25 <= at && at + 10 <= spans[after].start(),
                    "{at} {spans:?}"
                );
            }
            early += u32::from(asked_at[0] - 145 <= slack / 2);
            firsts += asked_at[0];
        }
        // The lesser of two uniform numbers is in the lower half three times in four, and a third of the way on average.
        assert!(early.abs_diff(3000) < 140, "{early}");
        let mean = firsts / 4000;
        assert!(mean.abs_diff(145 + slack / 3) < 30, "{mean}");
    }
}

//! What a row is asked with, and which frames of its video may be seen.
//!
//! In: a row, a sampler. Out: the prompt, the same for all who ask (`ask`, exports); frames before `ask_frame`.

use super::metadata::Row;
use crate::digest;
use crate::question::{AnswerKind, Prompt, QuestionKind, seconds};
use crate::sampler::{Refused, Sampler};
use crate::subtitle::TimedLine;

impl Row {
    /// What its question is put to a model with.
    pub fn prompt(&self) -> Prompt<'_> {
        Prompt {
            question: &self.question,
            options: &self.options,
            language: self.language,
            answer_kind: self.answer_kind,
            several: self.asks_for_several_spans(),
            // A control of the text alone has no video that could last.
            duration: (self.needs_times() && self.ask_frame > 0).then(|| self.duration()),
        }
    }

    /// The same without what tells how long its video is: what the control `no-times` is asked with.
    pub fn prompt_without_times(&self) -> Prompt<'_> {
        Prompt { duration: None, ..self.prompt() }
    }

    /// Digest of what it asks about what. Rows of one id in datasets of other seeds, and in a dataset and its controls, differ in it where
    /// another video is shown, or where the text for a model says something else. The control `no-times` of a row whose text states no
    /// duration has the row's own digest: the times of frames are no part of a row.
    pub fn asked_sha256(&self) -> String {
        self.try_sha256(&self.options, &self.prompt_text)
    }

    /// [`asked_sha256`](Self::asked_sha256) of the try of this question that shows `options` and is asked with `prompt_text`.
    pub(super) fn try_sha256(&self, options: &[String], prompt_text: &str) -> String {
        let needles = self.needles.iter().map(|needle| (&needle.label, &needle.kind, needle.start_frame));
        // Where there is no video, the lines of a subtitle track may be what is shown.
        let track = Some(&self.subtitle_path).filter(|_| self.video_path.is_empty());
        let shown = (&self.sha256, self.ask_frame, needles.collect::<Vec<_>>(), track);
        let states = |duration: &str| prompt_text.is_empty() || prompt_text.contains(duration);
        let has_duration = self.prompt().duration.as_deref().is_some_and(states);
        digest::of_value(&(shown, &self.question, options, has_duration))
    }

    /// Whether its answer is about times, so that a model has to know the time of each frame.
    pub fn needs_times(&self) -> bool {
        self.question_kind.asks_for_times() || self.answer_kind == AnswerKind::Spans
    }

    /// Whether it cannot be answered without the times of frames: its answer is about times, or what is seen has to be set against what is
    /// heard or read.
    pub fn needs_frame_times(&self) -> bool {
        self.needs_times() || self.question_kind == QuestionKind::During
    }

    /// Whether its answer may be several spans of time.
    pub fn asks_for_several_spans(&self) -> bool {
        self.answer_kind == AnswerKind::Spans && !matches!(self.difficulty.count.as_str(), "" | "1")
    }

    /// Seconds of its video that may be seen when it is asked.
    pub fn duration(&self) -> String {
        seconds(self.ask_frame, self.fps())
    }

    /// Whether its video may be seen to the end: whether it is not asked before.
    pub fn sees_all(&self) -> bool {
        !(1..self.num_frames).contains(&self.ask_frame)
    }

    /// The lines of its subtitle track that have appeared when it is asked: all where there is no video.
    pub fn lines_before(&self, mut lines: Vec<TimedLine>) -> Vec<TimedLine> {
        let fps = self.fps();
        let has_begun = |line: &TimedLine| line.span(fps).is_some_and(|span| span.start() < self.ask_frame);
        lines.retain(|line| self.num_frames == 0 || has_begun(line));
        lines
    }

    /// The frames that `sampler` takes: those of a video that ends when the question is asked. Of the one frame that the control
    /// `one-frame` leaves, a sampler that takes several refuses; whoever is shown the video sees that frame.
    ///
    /// # Errors
    ///
    /// The sampler does not take such a video.
    pub fn sampled(&self, sampler: &Sampler) -> Result<Vec<u64>, Refused> {
        let taken = sampler.indices(self.ask_frame, self.fps());
        if self.ask_frame == 1 { taken.or(Ok(vec![0])) } else { taken }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DifficultyRecord;

    #[test]
    fn lines_that_have_not_begun_are_not_shown() {
        let row = |ask_frame, num_frames| Row { ask_frame, num_frames, fps_num: 25, ..Row::unstated() };
        let line =
            |start_millis| TimedLine { start_millis, end_millis: start_millis + 1000, text: "A.".to_owned() };
        let lines = || vec![line(0), line(4000)];
        assert_eq!(row(100, 200).lines_before(lines()).len(), 1);
        assert_eq!(row(101, 200).lines_before(lines()).len(), 2);
        assert_eq!(row(0, 0).lines_before(lines()).len(), 2, "there is no video");
    }

    #[test]
    fn frames_are_those_before_the_question_is_asked() {
        let row = |ask_frame| Row { ask_frame, num_frames: 100, fps_num: 25, ..Row::unstated() };
        let sampler: Sampler = "linspace(5)".parse().unwrap();
        assert_eq!(row(100).sampled(&sampler).unwrap(), [0, 24, 49, 74, 99]);
        assert_eq!(row(41).sampled(&sampler).unwrap(), [0, 10, 20, 30, 40]);
        assert_eq!(
            (row(41).duration(), row(41).sees_all(), row(100).sees_all()),
            ("1.64".to_owned(), false, true)
        );
    }

    #[test]
    fn what_is_asked_has_its_digest() {
        let plain = Row {
            video_path: "v.mp4".to_owned(),
            ask_frame: 50,
            num_frames: 50,
            fps_num: 25,
            ..Row::unstated()
        };
        let when = Row { question_kind: QuestionKind::When, answer_kind: AnswerKind::Spans, ..plain.clone() };
        let told = |row: &Row| Row { prompt_text: row.prompt().text(), ..row.clone() };
        let untold = |row: &Row| Row { prompt_text: row.prompt_without_times().text(), ..row.clone() };
        // Where the text says how long the video is, it is part of what is asked; rows of earlier versions say what is said by default.
        assert_ne!(told(&when).asked_sha256(), untold(&when).asked_sha256());
        assert_eq!(told(&when).asked_sha256(), when.asked_sha256());
        assert_eq!(told(&plain).asked_sha256(), untold(&plain).asked_sha256());
        let lines =
            |path: &str| Row { subtitle_path: path.to_owned(), video_path: String::new(), ..plain.clone() };
        assert_ne!(lines("").asked_sha256(), lines("subtitles/v.srt").asked_sha256());
        // A control of the same videos, but for their names.
        let track = Row { subtitle_path: "subtitles/v.srt".to_owned(), ..plain.clone() };
        assert_eq!(track.asked_sha256(), plain.asked_sha256());
    }

    #[test]
    fn a_number_of_spans_beyond_one_asks_for_several() {
        let of = |answer_kind, count: &str| {
            let difficulty = DifficultyRecord { count: count.to_owned(), ..DifficultyRecord::default() };
            Row { answer_kind, difficulty, ..Row::unstated() }.asks_for_several_spans()
        };
        let spans = ["", "1", "3", "2-4"].map(|count| of(AnswerKind::Spans, count));
        assert_eq!((spans, of(AnswerKind::Number, "3")), ([false, false, true, true], false));
    }

    #[test]
    fn what_is_set_against_sounds_or_lines_needs_the_times_of_frames() {
        let of = |question_kind| {
            let row = Row { question_kind, ..Row::unstated() };
            (row.needs_times(), row.needs_frame_times())
        };
        assert_eq!(of(QuestionKind::During), (false, true));
        assert_eq!(of(QuestionKind::When), (true, true));
        assert_eq!(of(QuestionKind::Which), (false, false));
    }

    #[test]
    fn only_what_is_asked_about_times_states_the_duration() {
        let row = Row { ask_frame: 50, num_frames: 50, fps_num: 25, ..Row::unstated() };
        assert_eq!(row.prompt().duration, None);
        let when = Row { question_kind: QuestionKind::When, ..row };
        assert_eq!(when.prompt().duration.as_deref(), Some("2.00"));
        assert_eq!(when.prompt_without_times().duration, None);
        assert_eq!(Row { ask_frame: 0, ..when }.prompt().duration, None);
    }
}

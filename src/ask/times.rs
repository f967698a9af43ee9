//! Times of frames, as texts beside the frames.
//!
//! In: what the user asks for, rows, what the dataset is. Out: the setting of a run, which its lines record: answers with times
//! and answers without are not answers to the same requests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::part::Part;
use crate::dataset::Row;
use crate::question::seconds;
use crate::time::FrameRate;

/// Which frames come with their times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Times {
    /// Those of every row.
    All,
    /// Those of rows whose answers are about times, or about what is seen while something is heard or read.
    Needed,
    /// Those of none, though answers are about times.
    None,
    /// Those of none, and no prompt says how long a video is: the control `no-times`.
    Withheld,
}

impl Times {
    /// The setting for `rows`: `wanted` is what the user says, and `states_times` whether the dataset may state any. Nothing where
    /// no row has times to be sent or withheld, as in answers of earlier versions.
    pub fn of(wanted: Option<bool>, rows: &[Row], states_times: bool) -> Option<Self> {
        if !states_times {
            return Some(Self::Withheld);
        }
        let needs = rows.iter().any(Row::needs_frame_times);
        match wanted {
            Some(true) => Some(Self::All),
            None if needs => Some(Self::Needed),
            Some(false) if needs => Some(Self::None),
            None | Some(false) => None,
        }
    }

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Needed => "needed",
            Self::None => "none",
            Self::Withheld => "withheld",
        }
    }

    /// Whether the frames of `row` come with their times.
    pub fn are_sent(self, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::Needed => row.needs_frame_times(),
            Self::None | Self::Withheld => false,
        }
    }
}

/// `frames` with the time of each before it, `[12.40 s]`; `indices` are theirs.
pub(super) fn timed(frames: &[Part], indices: &[u64], fps: FrameRate) -> Vec<Part> {
    let time = |frame: u64| Part::Text(format!("[{} s]", seconds(frame, fps)));
    frames.iter().zip(indices).flat_map(|(part, &frame)| [time(frame), part.clone()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::QuestionKind;

    #[test]
    fn times_are_sent_where_they_are_needed_and_the_setting_says_so() {
        let which = Row::unstated();
        let when = Row { question_kind: QuestionKind::When, ..Row::unstated() };
        let both = [which.clone(), when.clone()];
        let of = |wanted, rows: &[Row]| Times::of(wanted, rows, true);
        assert_eq!(of(None, &both), Some(Times::Needed));
        assert_eq!(of(Some(false), &both), Some(Times::None));
        assert_eq!(of(Some(true), &both[..1]), Some(Times::All));
        assert_eq!((of(None, &both[..1]), of(Some(false), &both[..1])), (None, None));
        assert_eq!(Times::of(None, &both[..1], false), Some(Times::Withheld));
        let sent = |times: Times| [times.are_sent(&which), times.are_sent(&when)];
        assert_eq!(
            [sent(Times::All), sent(Times::Needed), sent(Times::None)],
            [[true; 2], [false, true], [false; 2]]
        );
    }

    #[test]
    fn each_frame_follows_its_time() {
        let frame = |name: &str| Part::Media { kind: "image_url", url: name.into() };
        let parts = timed(&[frame("a"), frame("b")], &[0, 310], FrameRate::new(25, 1).unwrap());
        let text = |text: &str| Part::Text(text.to_owned());
        assert_eq!(parts, [text("[0.00 s]"), frame("a"), text("[12.40 s]"), frame("b")]);
    }
}

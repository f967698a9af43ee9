//! What a request holds beside pictures: lines of the subtitle track, and the sound.
//!
//! In: a row, its subtitles, what the user asks for. Out: the settings of a run, which its lines record; parts of a message.
//!
//! | `--subtitles` | where the lines stand |
//! |---|---|
//! | `block` | before the question, under the words that Video-MME has for them |
//! | `interleaved` | each between the frames by its middle, as LongVideoBench has them |
//! | `none` | nowhere |

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::part::Part;
use crate::dataset::Row;
use crate::language::Language;
use crate::subtitle::TimedLine;
use crate::time::FrameRate;

/// Samples of sound a second: what models of speech take.
pub const SOUND_RATE: u32 = 16_000;

/// Where the lines of subtitle tracks stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Subtitles {
    /// All before the question.
    Block,
    /// Between the frames.
    Interleaved,
    /// Nowhere.
    None,
}

impl Subtitles {
    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Interleaved => "interleaved",
            Self::None => "none",
        }
    }
}

/// How the sound of videos is sent where it is not in the video itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Sound {
    /// As a part `input_audio` that holds a WAV file, for the rows that need it.
    InputAudio,
    /// Not at all.
    None,
}

impl Sound {
    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::InputAudio => "input-audio",
            Self::None => "none",
        }
    }
}

/// Whether the video of a row has a subtitle track.
pub fn has_subtitles(row: &Row) -> bool {
    !row.subtitle_path.is_empty()
}

/// The text of a prompt with all lines before it, each with its times where frames have theirs.
pub(super) fn in_block(lines: &[TimedLine], is_timed: bool, language: Language, text: &str) -> String {
    let head = match language {
        Language::En => "This video's subtitles are listed below: ",
        Language::Zh => "该视频的字幕如下：",
    };
    let said = |line: &TimedLine| {
        if is_timed { format!("{} {}", times(line), line.text) } else { line.text.clone() }
    };
    let said: Vec<String> = lines.iter().map(said).collect();
    format!("{head}\n{}\n{text}", said.join("\n"))
}

/// The text of a prompt about a row after the lines of its subtitle track, as other tools are given it; `is_timed` is whether the lines come
/// with their times.
pub fn after_lines(row: &Row, lines: Vec<TimedLine>, is_timed: bool, text: &str) -> String {
    in_block(&row.lines_before(lines), is_timed, row.language, text)
}

/// When a line is shown, as frames state their times: `[12.40 s - 15.00 s]`.
fn times(line: &TimedLine) -> String {
    let secs = |millis: u64| format!("{}.{:02}", millis / 1000, millis % 1000 / 10);
    format!("[{} s - {} s]", secs(line.start_millis), secs(line.end_millis))
}

/// `frames`, each of several parts, with the lines between them: a line follows the frames that are shown up to its middle.
pub(super) fn between(
    frames: Vec<Vec<Part>>,
    indices: &[u64],
    lines: &[TimedLine],
    fps: FrameRate,
) -> Vec<Part> {
    // In units that are whole for frames and for the middle of a line: 2000 times the rate's numerator to a second.
    let of_frame = |index: u64| u128::from(index) * u128::from(fps.den()) * 2000;
    let of_line = |line: &TimedLine| u128::from(line.start_millis + line.end_millis) * u128::from(fps.num());
    let mut left = lines.iter().peekable();
    let mut parts = Vec::new();
    let text = |line: &TimedLine| Part::Text(line.text.clone());
    for (frame, &index) in frames.into_iter().zip(indices) {
        while let Some(line) = left.next_if(|line| of_line(line) < of_frame(index)) {
            parts.push(text(line));
        }
        parts.extend(frame);
    }
    parts.extend(left.map(text));
    parts
}

/// A part that holds a WAV file, or what stands for it in a digest.
pub(super) fn sound_part(data: &str) -> Part {
    Part::Sound { data: Arc::from(data) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(start_millis: u64, end_millis: u64, text: &str) -> TimedLine {
        TimedLine { start_millis, end_millis, text: text.to_owned() }
    }

    #[test]
    fn lines_stand_before_the_question_or_between_the_frames() {
        let lines = [line(0, 1000, "One."), line(12_400, 15_009, "Two."), line(60_000, 61_000, "Three.")];
        assert_eq!(
            in_block(&lines[..2], false, Language::En, "Why?"),
            "This video's subtitles are listed below: \nOne.\nTwo.\nWhy?"
        );
        assert_eq!(
            in_block(&lines[1..2], true, Language::Zh, "为什么？"),
            "该视频的字幕如下：\n[12.40 s - 15.00 s] Two.\n为什么？"
        );
        let text = |text: &str| Part::Text(text.to_owned());
        let frame = |name: &str| vec![text("[t]"), Part::Media { kind: "image_url", url: name.into() }];
        let fps = FrameRate::new(25, 1).unwrap();
        // The middle of the first line is at 0.5 s, with frame 12.5.
        let parts = between(vec![frame("a"), frame("b"), frame("c")], &[12, 13, 400], &lines, fps);
        let [a, b, c] = ["a", "b", "c"].map(frame);
        let wanted = [a, vec![text("One.")], b, vec![text("Two.")], c, vec![text("Three.")]].concat();
        assert_eq!(parts, wanted);
    }
}

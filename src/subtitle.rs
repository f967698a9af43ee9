//! Lines of subtitle tracks, and `SubRip` files (`.srt`) of them.
//!
//! In: lines on frames; or the text of a file. Out: lines with times in whole milliseconds, and the text of a file; or the lines of one.
//!
//! A time is that of its frame, rounded down: a player that shows a line from its start until before its end then shows it on its own
//! frames and no others, which rounding to the nearest millisecond would miss by a frame.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::{FrameRate, FrameSpan};

/// A line of a subtitle track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubtitleLine {
    /// Frames on which it is shown.
    pub span: FrameSpan,
    /// What it says, in one line.
    pub text: String,
}

/// A line of a subtitle file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedLine {
    /// When it appears, in milliseconds.
    pub start_millis: u64,
    /// When it has gone, in milliseconds.
    pub end_millis: u64,
    /// What it says.
    pub text: String,
}

impl SubtitleLine {
    /// The same with times.
    pub fn timed(&self, fps: FrameRate) -> TimedLine {
        TimedLine {
            start_millis: fps.millis(self.span.start()),
            end_millis: fps.millis(self.span.end()),
            text: self.text.clone(),
        }
    }
}

impl TimedLine {
    /// The frames on which it is shown; nothing where it lasts for none.
    pub fn span(&self, fps: FrameRate) -> Option<FrameSpan> {
        FrameSpan::new(first_frame(self.start_millis, fps), first_frame(self.end_millis, fps))
    }
}

/// The first frame that does not appear before this time.
fn first_frame(millis: u64, fps: FrameRate) -> u64 {
    let num = u128::from(millis) * u128::from(fps.num());
    num.div_ceil(1000 * u128::from(fps.den())) as u64
}

/// A text in one line, as a subtitle file can hold it: every run of blanks and breaks is one blank.
pub fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A `SubRip` file.
pub fn srt<'a>(lines: impl IntoIterator<Item = &'a TimedLine>) -> String {
    let entry = |(number, line): (u64, &TimedLine)| {
        let TimedLine { start_millis, end_millis, text } = line;
        format!("{number}\n{} --> {}\n{text}\n\n", clock(*start_millis), clock(*end_millis))
    };
    (1..).zip(lines).map(entry).collect::<Vec<String>>().concat()
}

/// A time as `01:02:03,045`.
pub fn clock(millis: u64) -> String {
    let (secs, rest) = (millis / 1000, millis % 1000);
    format!("{:02}:{:02}:{:02},{rest:03}", secs / 3600, secs / 60 % 60, secs % 60)
}

/// The lines of a `SubRip` file, in its order.
///
/// # Errors
/// A sentence that names the line of the file which is not as it has to be.
pub fn parse(text: &str) -> Result<Vec<TimedLine>, String> {
    let mut lines = Vec::new();
    let mut rest = (1..).zip(text.trim_start_matches('\u{feff}').lines().map(str::trim_end)).peekable();
    while let Some((at, number)) = rest.next() {
        if number.is_empty() {
            continue;
        }
        if number.parse::<u64>().is_err() {
            return Err(format!("line {at}: expected the number of a subtitle, not `{}`", shortened(number)));
        }
        let times = rest.next().and_then(|(at, times)| Some((at, times, read_times(times)?)));
        let Some((_, _, (start_millis, end_millis))) = times else {
            return Err(format!("line {}: expected times such as `00:00:01,000 --> 00:00:02,500`", at + 1));
        };
        let mut said: Vec<&str> = Vec::new();
        while let Some((_, line)) = rest.next_if(|(_, line)| !line.is_empty()) {
            said.push(line);
        }
        lines.push(TimedLine { start_millis, end_millis, text: said.join("\n") });
    }
    Ok(lines)
}

/// Start and end, which may be followed by a place in the picture.
fn read_times(line: &str) -> Option<(u64, u64)> {
    let (start, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    Some((read_clock(start.trim())?, read_clock(end)?))
}

fn read_clock(text: &str) -> Option<u64> {
    let (whole, millis) = text.split_once([',', '.'])?;
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?;
    let parts: Option<Vec<u64>> = whole.split(':').map(number).collect();
    let &[hours, minutes, secs] = parts?.as_slice() else { return None };
    let most = 100_000;
    if hours > most || minutes > 59 || secs > 59 || millis.len() != 3 {
        return None;
    }
    Some(((hours * 60 + minutes) * 60 + secs) * 1000 + number(millis)?)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(start: u64, end: u64, text: &str) -> SubtitleLine {
        SubtitleLine { span: FrameSpan::new(start, end).unwrap(), text: text.to_owned() }
    }

    #[test]
    fn a_file_is_written_to_the_millisecond_and_read_back() {
        let fps = FrameRate::new(30_000, 1001).unwrap();
        let lines = [line(1, 3, "One."), line(108_000, 108_031, "密语是志强。")];
        let timed: Vec<TimedLine> = lines.iter().map(|line| line.timed(fps)).collect();
        let text = srt(&timed);
        assert_eq!(
            text,
            "1\n00:00:00,033 --> 00:00:00,100\nOne.\n\n2\n01:00:03,600 --> 01:00:04,634\n密语是志强。\n\n"
        );
        assert_eq!(parse(&text), Ok(timed));
        // As other programs write them.
        let other = "\u{feff}1\r\n00:00:01.500 --> 00:00:02.000 X1:0\r\nTwo\r\nrows\r\n";
        let two = TimedLine { start_millis: 1500, end_millis: 2000, text: "Two\nrows".to_owned() };
        assert_eq!(parse(other), Ok(vec![two]));
        assert_eq!(parse(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_file_of_subtitles_is_told_by_its_line() {
        for (text, problem) in [
            ("hello", "line 1: expected the number of a subtitle, not `hello`"),
            ("1\n00:00:01 --> 00:00:02,000\nx", "line 2: expected times"),
            ("1\n00:61:01,000 --> 00:00:02,000\nx", "line 2: expected times"),
            ("1", "line 2: expected times"),
        ] {
            assert!(parse(text).unwrap_err().starts_with(problem), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_line_is_shown_on_its_own_frames(start in 0_u64..2_000_000, count in 1_u64..5000, rate in 0_usize..6) {
            let (num, den) = [(25, 1), (30_000, 1001), (24_000, 1001), (60, 1), (7, 3), (240, 1)][rate];
            let fps = FrameRate::new(num, den).unwrap();
            let line = line(start, start + count, "x");
            prop_assert_eq!(line.timed(fps).span(fps), Some(line.span));
        }

        #[test]
        fn any_text_can_be_read(text in "[-0-9:,> \n\r\u{feff}a]{0,80}") {
            drop(parse(&text));
        }
    }
}

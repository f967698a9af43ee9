//! The lines of a video's subtitle track: those of its needles, and others between them.
//!
//! In: a task, the needles of a video, a stream of its own. Out: lines in the order of time, of which no two are shown at once. Where
//! the others stand does not depend on the needles, but that they make room for them.

use super::{PlannedNeedle, PlannedVideo, Planner};
use crate::needle::Look;
use crate::seed::Stream;
use crate::subtitle::SubtitleLine;
use crate::time::{FrameRate, FrameSpan};

/// Shortest and longest time of a line, in milliseconds.
const LASTING: (u64, u64) = (1500, 4000);
/// Shortest and longest time between two lines, in milliseconds.
const BETWEEN: (u64, u64) = (500, 3000);
/// How far a line keeps from that of a needle, in milliseconds.
const APART: u64 = 100;

impl Planner {
    /// A video of a task with the lines of its subtitle track.
    pub(super) fn with_subtitles(&self, task: usize, video: PlannedVideo, stream: Stream) -> PlannedVideo {
        if !self.spec.tasks()[task].family.has_subtitles() {
            return video;
        }
        let length = (video.num_frames, video.fps);
        let subtitles = lines(&video.needles, length, &self.fillers[task], stream);
        let subtitle_track = self.spec.subtitle_track() && !subtitles.is_empty();
        PlannedVideo { subtitles, subtitle_track, ..video }
    }
}

/// The lines of needles and, where they leave room, others.
fn lines(
    needles: &[PlannedNeedle],
    (frames, fps): (u64, FrameRate),
    fillers: &[String],
    mut stream: Stream,
) -> Vec<SubtitleLine> {
    let said = |needle: &PlannedNeedle| match &needle.look {
        Look::Caption { text } => Some(SubtitleLine { span: needle.span, text: text.clone() }),
        _ => None,
    };
    let asked: Vec<SubtitleLine> = needles.iter().filter_map(said).collect();
    let apart = fps.frames_in_millis(APART);
    let is_free = |span: FrameSpan| {
        asked
            .iter()
            .all(|line| line.span.start() >= span.end() + apart || line.span.end() + apart <= span.start())
    };
    let mut between = |(least, most): (u64, u64)| fps.frames_in_millis(stream.between(least, most)).max(1);
    let mut spans = Vec::new();
    let mut at = between(BETWEEN);
    while at < frames {
        let end = (at + between(LASTING)).min(frames);
        spans.extend(FrameSpan::new(at, end));
        at = end + between(BETWEEN);
    }
    let mut lines = Vec::new();
    for span in spans.into_iter().filter(|_| !fillers.is_empty()) {
        let text = fillers[stream.below(fillers.len() as u64) as usize].clone();
        if is_free(span) {
            lines.push(SubtitleLine { span, text });
        }
    }
    lines.extend(asked);
    lines.sort_by_key(|line| line.span.start());
    lines
}

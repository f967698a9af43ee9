//! Reading subtitle tracks for the needles of a type.
//!
//! In: a row's type, from the spec; the lines of a video's subtitles. Out: what of them is said for the type: each line is compared with
//! every one that it could say.

use super::search::Search;
use crate::needle::LookKind;
use crate::question::{Sense, Sighting};
use crate::subtitle::{TimedLine, in_one_line};
use crate::time::FrameRate;

/// A line that a type's videos could have, and what it says.
struct Said {
    text: String,
    key: String,
    label: String,
}

impl Search<'_> {
    /// What lines say that a needle or a cue of the type could.
    pub(super) fn read(&self, lines: &[TimedLine], fps: FrameRate) -> Vec<Sighting> {
        let known = self.said();
        let sighting = |line: &TimedLine| {
            let text = in_one_line(&line.text);
            let said = known.iter().find(|said| said.text == text)?;
            let key = said.key.clone();
            Some(Sighting { key, sense: Sense::Read, ..Sighting::of(&said.label, line.span(fps)?) })
        };
        lines.iter().filter_map(sighting).collect()
    }

    /// Whether the type's needles are in no frame.
    pub(super) fn is_beside(&self) -> bool {
        self.task().family.mode().is_beside()
    }

    fn said(&self) -> Vec<Said> {
        let task = self.task();
        let family = &task.family;
        if family.cue_look() == Some(LookKind::Caption) {
            let cues = task.cues.iter().flat_map(|cues| cues.candidates());
            let said = |label: &String| Said {
                text: in_one_line(&family.cue_text(label)),
                key: String::new(),
                label: label.clone(),
            };
            return cues.map(|cue| said(&cue.label)).collect();
        }
        if family.look() != LookKind::Caption {
            return Vec::new();
        }
        let of_key = |key: &str| {
            let said = |label: &String| Said {
                text: in_one_line(&family.text(key, label)),
                key: key.to_owned(),
                label: label.clone(),
            };
            task.pool.candidates().iter().map(|candidate| said(&candidate.label)).collect::<Vec<_>>()
        };
        task.key_labels().into_iter().flat_map(of_key).collect()
    }
}

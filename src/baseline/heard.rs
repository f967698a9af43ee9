//! Listening to videos for the needles of a type.
//!
//! In: a row's type, from the spec; a video. Out: what is heard of the type: needles that are sounds, or the cues of those that are seen.
//! Nothing is read of where the row says that they are. All of the sound is heard, however few frames are looked at.

use super::search::Search;
use super::{Error, Speech};
use crate::detect::{HEARING_RATE, Heard, Recogniser, Sounds, Thing};
use crate::media::input::Input;
use crate::media::listen::listen;
use crate::needle::{LookKind, Pcm};
use crate::question::{Sense, Sighting};
use crate::time::{FrameRate, FrameSpan};

impl Search<'_> {
    /// What is heard of the type in a video; nothing where it has no sound, or its type none.
    pub(super) fn heard(
        &self,
        question: &str,
        video: &Input,
        (fps, speech): (FrameRate, Speech),
    ) -> Result<Vec<Sighting>, Error> {
        if !self.task().family.mixes_sound() {
            return Ok(Vec::new());
        }
        let Some(pcm) = listen(video, HEARING_RATE)? else { return Ok(Vec::new()) };
        let mut heard = self.ears(question)?.hear(&pcm);
        if speech == Speech::Asr && self.task().family.look() == LookKind::Sound {
            heard = self.understood(heard, &pcm)?;
        }
        Ok(heard.iter().filter_map(|heard| sighting(heard, fps)).collect())
    }

    /// The same with each word as speech recognition understands it. What it does not understand is left out; what is played and not
    /// recorded is no word.
    fn understood(&self, heard: Vec<Heard>, pcm: &Pcm) -> Result<Vec<Heard>, Error> {
        let words: Vec<&str> =
            self.items().filter(|item| item.is_recorded()).map(|item| item.label.as_str()).collect();
        if words.is_empty() {
            return Ok(heard);
        }
        let recogniser = Recogniser::new(&words)?;
        let mut understood = Vec::new();
        for one in heard {
            let samples = pcm.samples.get(one.start as usize..pcm.samples.len().min(one.end as usize));
            let Some(word) = recogniser.word(samples.unwrap_or_default())? else { continue };
            let label = words.iter().find(|label| label.to_lowercase() == word);
            understood.extend(label.map(|label| Heard { label: (*label).to_owned(), ..one }));
        }
        Ok(understood)
    }

    /// What could be heard.
    fn ears(&self, question: &str) -> Result<Sounds, Error> {
        let task = self.task();
        let of_needles = task.family.look() == LookKind::Sound;
        let pack = if of_needles { Some(task.pack.as_str()) } else { task.family.cue_pack(&task.pack) };
        let pack = pack.unwrap_or_default();
        let pool = task.cues.as_deref().filter(|_| !of_needles).unwrap_or(&task.pool);
        let things = pool.candidates().iter().filter(|candidate| {
            !of_needles || self.asked_items(question).any(|item| item.id == candidate.item)
        });
        let things: Vec<Thing<'_>> =
            things.map(|candidate| Thing { pack, item: &candidate.item, label: &candidate.label }).collect();
        let longest =
            task.durations.as_ref().map_or(1, |durations| durations.most.frames(FrameRate::ONE) + 1);
        let level = (task.difficulty.snr_db, longest);
        Ok(Sounds::new(self.library(), &things, level)?)
    }
}

/// What was heard, in frames.
fn sighting(heard: &Heard, fps: FrameRate) -> Option<Sighting> {
    let (num, den) = (u64::from(fps.num()), u64::from(fps.den()) * u64::from(HEARING_RATE));
    let start = (2 * heard.start * num + den) / (2 * den);
    // A sample less than a frame's worth is the resampler's, not the sound's.
    let end = (heard.end.saturating_sub(u64::from(HEARING_RATE) / 1000) * num).div_ceil(den);
    let span = FrameSpan::new(start, end.max(start + 1))?;
    Some(Sighting { sense: Sense::Heard, ..Sighting::of(&heard.label, span) })
}

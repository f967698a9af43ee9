//! What lies under needles, and how loud each of them is there.
//!
//! In: the sound of a finished video, needles. Out: decoded blocks of its track, as a player hears them; needles at their level.

use std::ops::Range;

use super::level::{self, Level};
use super::needle::Needle;
use super::span::Span;
use crate::media::Error;
use crate::media::blocks::{self, Block, Packets};
use crate::media::mux::{Origin, Sound};
use crate::media::sound::PACKET_SAMPLES;

/// Blocks that are decoded before the first that counts: whatever a decoder starts with has died away.
const BEFORE: i64 = 4;

/// What counts as full scale of a haystack: a decoder cuts off what lies above, or rounds it.
const ALL_BUT_FULL: f64 = 0.999;

/// The sound that needles are mixed into.
pub(super) struct Source<'a> {
    pub(super) sound: &'a Sound,
    /// Packets of the track.
    pub(super) count: u64,
    pub(super) packets: Packets,
}

/// A needle as it is heard.
pub(super) struct Heard {
    /// Its first sample in the track.
    pub(super) at: u64,
    pub(super) samples: Vec<f32>,
    /// Packets that hold it.
    pub(super) span: Span,
}

impl Source<'_> {
    /// Blocks of the track as they are without needles.
    pub(super) fn own(&mut self, blocks: Range<i64>) -> Result<Vec<Block>, Error> {
        let sound = self.sound;
        self.decoded(blocks, |out| sound.unmixed(out))
    }

    /// Blocks of the track with packets of such origins.
    pub(super) fn decoded<'a>(
        &mut self,
        blocks: Range<i64>,
        origin: impl Fn(u64) -> Origin<'a>,
    ) -> Result<Vec<Block>, Error> {
        let from = blocks.start - BEFORE..blocks.end;
        let mut found = blocks::decoded(&self.sound.like, &mut self.packets, from, self.count, origin)?;
        found.drain(..BEFORE as usize);
        Ok(found)
    }

    /// How loud each of the needles is at its place.
    pub(super) fn all_heard(&mut self, needles: &[Needle]) -> Result<Vec<Option<Heard>>, Error> {
        needles.iter().map(|needle| self.heard(needle)).collect()
    }

    /// Finds out how loud a needle is at its place; nothing where it is silent.
    fn heard(&mut self, needle: &Needle) -> Result<Option<Heard>, Error> {
        let (place, blocks) = (needle.place(), needle.blocks());
        if blocks.end > self.count {
            let reason = format!("ends before needle `{}` does", needle.name);
            return Err(Error::source_file(&self.sound.like.path, reason));
        }
        let own = self.own(blocks.start as i64..blocks.end as i64)?;
        let start = (place.start - blocks.start * PACKET_SAMPLES) as usize;
        let under: Vec<Vec<f32>> = (0..usize::from(self.sound.like.channels))
            .map(|channel| {
                let all = own.iter().flat_map(|block| &block[channel]);
                all.skip(start).take(needle.samples.len()).copied().collect()
            })
            .collect();
        let Some(level) = Level::of(&needle.samples, &under, needle.loudness) else { return Ok(None) };
        let samples = level::scaled(&needle.samples, level.gain);
        let samples = match beyond(&under, &samples) {
            None => samples,
            Some(beyond) if level.is_alone => {
                level::scaled(&needle.samples, level.within(level.gain * beyond.most).gain)
            }
            Some(beyond) => {
                return Err(Error::TooLoud {
                    video: needle.video.clone(),
                    needle: needle.name.clone(),
                    sample: needle.first + beyond.first as u64,
                    highest: level::highest(needle.loudness, level.gain, level.gain * beyond.most),
                });
            }
        };
        // Block `j` lies in the packets `j - 1` and `j`.
        let span = Span { first: blocks.start - 1, last: blocks.end - 1 };
        Ok(Some(Heard { at: place.start, samples, span }))
    }
}

/// Where a needle and the sound under it leave full scale together.
struct Beyond {
    /// The first sample.
    first: usize,
    /// The share of the needle that would fit.
    most: f64,
}

/// Where both together leave full scale, if they do. A haystack that reaches it by itself is no fault of the needle, and a softer one would
/// change nothing.
fn beyond(under: &[Vec<f32>], samples: &[f32]) -> Option<Beyond> {
    let mut found: Option<Beyond> = None;
    for (at, &own) in under.iter().flat_map(|channel| channel.iter().enumerate()) {
        let (own, added) = (f64::from(own), f64::from(samples[at]));
        if (own + added).abs() > 1.0 && own.abs() < ALL_BUT_FULL {
            let most = (1.0 - own.abs()) / added.abs();
            let before = found.unwrap_or(Beyond { first: at, most });
            found = Some(Beyond { first: before.first.min(at), most: before.most.min(most) });
        }
    }
    found
}

//! Mixing needles into sound: the few packets that change, encoded anew.
//!
//! In: the sound of a finished video, and needles with their places and levels. Out: packets of our own by their number in the
//! track; all others stay as they are. What lies under a needle is decoded as a player hears it, joins and silence included.
//! [`level`] says how loud a needle is, [`range`] which packets have to change, [`coder`] makes them, and
//! [`fold`] lets them meet packets of other encoders without a click.

use std::collections::BTreeMap;

use crate::media::Error;
use crate::media::blocks::Packets;
use crate::media::mux::Sound;

mod aac;
mod coder;
mod fold;
mod level;
mod needle;
pub mod proof;
mod range;
mod source;
mod span;
#[cfg(test)]
mod tests;

pub use needle::Needle;
use source::{Heard, Source};

/// Packets, by number, that take the place of those of `sound`, a track of `count` packets, so that the needles are heard.
///
/// # Errors
/// The sound is of a kind that cannot be mixed, a needle leaves full scale, or the sound cannot be read.
pub fn mixed(sound: &Sound, count: u64, needles: &[Needle]) -> Result<BTreeMap<u64, Vec<u8>>, Error> {
    if needles.is_empty() {
        return Ok(BTreeMap::new());
    }
    usable(sound)?;
    let mut source = Source { sound, count, packets: Packets::default() };
    let heard = source.all_heard(needles)?;
    range::settled(&mut source, &heard.iter().flatten().collect::<Vec<&Heard>>())
}

/// Fails if packets of our own cannot stand among those of a track.
fn usable(sound: &Sound) -> Result<(), Error> {
    let tracks = sound.stretches.iter().filter_map(|stretch| stretch.track.as_ref());
    tracks.chain([&sound.like]).try_for_each(|track| match aac::fault(track) {
        Some(reason) => {
            Err(Error::source_file(&track.path, format!("cannot have sounds mixed in: {reason}")))
        }
        None => Ok(()),
    })
}

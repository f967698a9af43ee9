//! Sounds of items: what they are made by, and their samples.
//!
//! In: the keys `sound` and `recordings` of an item of `pack.toml`. Out: how long a sound lasts, and mono samples at any rate, the
//! same on every machine.

mod flac;
mod load;
mod pack_flac;
mod recipe;
mod recording;
mod resample;
mod synth;
#[cfg(test)]
mod tests;
mod wave;

pub(super) use flac::LONGEST_MILLIS;
pub(super) use load::{file, has_sound_name, is_sound, take};
pub(super) use pack_flac::encoded;
pub use recording::Recording;
pub(super) use recording::Refused;

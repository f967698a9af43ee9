//! Which packet of sound belongs where in a finished video.
//!
//! In: stretches of tracks, packets that take the place of others. Out: the origin of each packet. Each is placed from absolute
//! times, so that rounding never accumulates.

use super::movie::Sound;
use super::origin::Origin;
use crate::media::sound::{self, PACKET_SAMPLES, PRIMING};
use crate::time::FrameRate;

impl Sound {
    /// Number of packets that a video of so many frames has.
    pub fn packets(&self, fps: FrameRate, frames: u64) -> u64 {
        sound::packets_for(fps.audio_sample(frames, self.like.sample_rate))
    }

    /// Where packet `out` comes from.
    pub fn origin(&self, out: u64) -> Origin<'_> {
        self.mixed.get(&out).map_or_else(|| self.unmixed(out), |packet| Origin::Held(packet))
    }

    /// Where packet `out` comes from if nothing is mixed in.
    pub fn unmixed(&self, out: u64) -> Origin<'_> {
        // A packet belongs to the stretch in which its middle sounds.
        let middle = (out * PACKET_SAMPLES + PACKET_SAMPLES / 2).saturating_sub(PRIMING);
        let after = self.stretches.partition_point(|stretch| stretch.at_output <= middle);
        let stretch = &self.stretches[after.max(1) - 1];
        let silence = Origin::Held(&self.like.silence);
        let Some(track) = &stretch.track else { return silence };
        match sound::source_packet(track, out, stretch.at_output, stretch.at_source) {
            Some(packet) => {
                let (offset, size) = track.packets[packet];
                Origin::At(&track.path, offset, size)
            }
            None => silence,
        }
    }
}

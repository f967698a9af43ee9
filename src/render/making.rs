//! A segment being encoded from frames of its haystack that somebody else decodes.
//!
//! In: runs of a timeline, haystack frames in order. Out: encoded packets. The encoder is open from the first frame of the segment to its
//! last, so that only segments that lie at the same place of a haystack take memory together.

use crate::media::encode::{Encoder, Run as Packets, Settings};
use crate::media::yuv::Yuv;
use crate::render::Error;
use crate::render::pass::{Current, Runs, Taker};
use crate::render::segment::FrameMaker;
use crate::render::timeline::Run;

/// A segment being encoded.
pub(super) struct Making<'a, K> {
    /// What it is for.
    pub(super) key: K,
    maker: &'a FrameMaker<'a>,
    settings: Settings,
    runs: Runs,
    encoder: Option<Encoder>,
    packets: Option<Packets>,
}

impl<'a, K> Making<'a, K> {
    /// A segment of these runs.
    pub(super) fn new(key: K, maker: &'a FrameMaker<'a>, settings: Settings, runs: Runs) -> Self {
        Self { key, maker, settings, runs, encoder: None, packets: None }
    }

    /// Its packets, once it has taken all frames.
    pub(super) fn end(self) -> (K, Option<Packets>) {
        (self.key, self.packets)
    }
}

impl<K: Send> Taker for Making<'_, K> {
    fn runs(&self) -> &Runs {
        &self.runs
    }

    fn take(&mut self, frame: &Yuv) -> Result<(), Error> {
        self.maker.go_on()?;
        let Some(Current { run, taken, goes_on }) = self.runs.current() else { return Ok(()) };
        let mut encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => Encoder::open(self.settings)?,
        };
        match run {
            Run::Haystack { overlays, .. } if overlays.is_empty() => encoder.push(frame, !goes_on)?,
            Run::Haystack { at, overlays, .. } => {
                let views = self.maker.overlaid(frame, overlays, at + taken, false);
                encoder.push(&views.drawn, !goes_on)?;
            }
            Run::Insert { at, count, needles, .. } => {
                let mut frames = self.maker.inserted((*at, *count), needles, frame, false);
                let mut is_first = true;
                while let Some(views) = frames.next_frame()? {
                    self.maker.go_on()?;
                    encoder.push(&views.drawn, is_first)?;
                    is_first = false;
                }
            }
        }
        self.runs.advance();
        if self.runs.wants().is_some() {
            self.encoder = Some(encoder);
        } else {
            self.packets = Some(encoder.finish()?);
        }
        Ok(())
    }
}

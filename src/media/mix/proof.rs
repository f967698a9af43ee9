//! Proof that needles are heard where they should be, and that nothing else has changed.
//!
//! In: the sound of a video without needles, the needles, and what a finished video holds or gives. Out: what was compared, and
//! what differs. Packets that no needle is near must be equal to their origin byte for byte; samples of blocks that no changed packet
//! reaches must be equal; and what the others have beside the haystack's own sound must be the needle, at its sample and level.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::coder;
use super::level;
use super::range::{self, MOST_WIDER};
use super::source::{Heard, Source};
use super::span::Span;
use super::{Needle, usable};
use crate::media::Error;
use crate::media::blocks::{Block, Decoder, Packets};
use crate::media::input::Input;
use crate::media::mux::Sound;
use crate::media::sound::PACKET_SAMPLES;
use crate::media::sound_stream::SoundStream;
use crate::needle::Loudness;

/// Samples by which a needle may lie elsewhere, and by which it is looked for elsewhere.
const FURTHEST: i64 = 1;
const REACH: i64 = 24;
/// How alike a needle and what is found of it are at least: a normalised correlation. Right ones stay above 0.97 down to -20 dB, and
/// above 0.4 at -40 dB, where the noise of any encoding is as loud as they are; of what is not there, chance makes less than 0.1.
const LEAST_ALIKE: f64 = 0.8;
const LEAST_ALIKE_FAINT: f64 = 0.25;
/// Decibels by which what is lost in coding lies below the sound, at least.
const MOST_LOST: i16 = 10;
/// Decibels below which a needle is faint.
const FAINT: i16 = -20;
/// By how much a needle may be louder or softer than it ought to be: 1 dB. Right ones stay within a quarter of that.
const LEVELS: [f64; 2] = [0.891_250_938_133_745_6, 1.122_018_454_301_963_3];

/// What was compared of a sound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// Packets that are equal to their origin.
    pub equal_packets: u64,
    /// Packets that were encoded for needles.
    pub mixed_packets: u64,
    /// Samples, of each channel, that are equal to the haystack's own.
    pub equal_samples: u64,
    /// Needles that were heard at their sample and level.
    pub heard_needles: u64,
    /// The least correlation of a needle with what was heard of it; 1 where there was none.
    pub least_alike: f64,
}

impl Default for Compared {
    fn default() -> Self {
        Self { equal_packets: 0, mixed_packets: 0, equal_samples: 0, heard_needles: 0, least_alike: 1.0 }
    }
}

impl Compared {
    /// Whether nothing was compared.
    pub fn is_none(&self) -> bool {
        self.equal_packets + self.mixed_packets + self.heard_needles == 0
    }

    /// Adds what was compared of another video.
    pub fn add(&mut self, other: Self) {
        self.equal_packets += other.equal_packets;
        self.mixed_packets += other.mixed_packets;
        self.equal_samples += other.equal_samples;
        self.heard_needles += other.heard_needles;
        self.least_alike = self.least_alike.min(other.least_alike);
    }
}

/// Listens to a whole video, which ought to have this sound of `count` packets with these needles in.
pub fn whole(
    sound: &Sound,
    count: u64,
    needles: &[Needle],
    input: &Input,
) -> Result<(Compared, Vec<String>), Error> {
    usable(sound)?;
    let mut source = Source { sound, count, packets: Packets::default() };
    let heard = source.all_heard(needles)?;
    let mut proof = Proof::default();
    let blocks = proof.listen(&mut source, &heard, input)?;
    // A packet that came out as it was before is one of those that were encoded, too: what a decoder draws by chance depends on where
    // it begins, and it has to begin where it did for them.
    let mixed = range::settled(&mut source, &heard.iter().flatten().collect::<Vec<&Heard>>())?;
    proof.mixed = mixed.into_keys().chain(proof.mixed).collect::<BTreeSet<u64>>().into_iter().collect();
    proof.needles(&mut source, needles, &heard, &blocks)?;
    proof.changed(&mut source, &heard, &blocks)?;
    Ok((proof.compared, proof.differences))
}

/// Listens to the needles alone of a sound into which they are mixed, a track of `count` packets.
pub fn near(sound: &Sound, count: u64, needles: &[Needle]) -> Result<Vec<String>, Error> {
    let mut source = Source { sound, count, packets: Packets::default() };
    let heard = source.all_heard(needles)?;
    let mut proof = Proof { mixed: sound.mixed.keys().copied().collect(), ..Proof::default() };
    let mut blocks = BTreeMap::new();
    for span in proof.spans() {
        let until = coder::fed(span);
        let found = source.decoded(until.clone(), |out| sound.origin(out))?;
        blocks.extend(until.zip(found).filter_map(|(at, block)| Some((u64::try_from(at).ok()?, block))));
    }
    proof.needles(&mut source, needles, &heard, &blocks)?;
    proof.changed(&mut source, &heard, &blocks)?;
    Ok(proof.differences)
}

#[derive(Default)]
struct Proof {
    compared: Compared,
    differences: Vec<String>,
    /// Numbers of packets that are not those of the haystacks.
    mixed: Vec<u64>,
}

impl Proof {
    /// Reads the whole track, compares it with what it is without needles, and returns the blocks around them.
    fn listen(
        &mut self,
        source: &mut Source<'_>,
        heard: &[Option<Heard>],
        input: &Input,
    ) -> Result<BTreeMap<u64, Block>, Error> {
        let near = |span: Span, at: u64, by: u64| at + by >= span.first && at <= span.last + by;
        let is_near = |at: u64, by: u64| heard.iter().flatten().any(|needle| near(needle.span, at, by));
        let mut stream = SoundStream::open(input)?;
        // What comes of the haystacks' packets alone, those that were changed left out: so whatever a decoder draws by chance is drawn
        // alike, and a packet of ours that left a trace behind would show.
        let mut own = Decoder::open(&source.sound.like)?;
        let mut blocks = BTreeMap::new();
        let (mut at, mut changed) = (0, None);
        while let Some((packet, time)) = stream.packet()? {
            let wanted = source.packets.read(source.sound.unmixed(at))?.into_owned();
            let found = stream.block(usize::from(source.sound.like.channels))?;
            if time != at as i64 * PACKET_SAMPLES as i64 - PACKET_SAMPLES as i64 {
                self.differ(format!("packet {at} of its sound is at sample {time} of the video"));
            }
            if packet == wanted {
                self.compared.equal_packets += 1;
                let block = own.next(&wanted)?;
                if changed.is_none_or(|last| last + 1 < at) && at > 0 {
                    if block == found {
                        self.compared.equal_samples += PACKET_SAMPLES;
                    } else {
                        self.differ(format!("block {at} of its sound is not that of the haystack"));
                    }
                }
            } else {
                if !is_near(at, MOST_WIDER) {
                    self.differ(format!(
                        "packet {at} of its sound is not that of the haystack, and no needle is near"
                    ));
                }
                self.compared.mixed_packets += 1;
                self.mixed.push(at);
                changed = Some(at);
            }
            if is_near(at, MOST_WIDER + 2) {
                blocks.insert(at, found);
            }
            at += 1;
        }
        if at != source.count {
            self.differ(format!("its sound ends after {at} packets, not {}", source.count));
        }
        Ok(blocks)
    }

    fn differ(&mut self, what: String) {
        const MOST: usize = 10;
        if self.differences.len() < MOST {
            self.differences.push(what);
        }
    }

    /// Packets that follow each other and are not the haystacks'.
    fn spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for &at in &self.mixed {
            match spans.last_mut() {
                Some(span) if span.last + 1 == at => span.last = at,
                _ => spans.push(Span { first: at, last: at }),
            }
        }
        spans
    }

    /// Compares the blocks of changed packets with the haystack's own sound and all needles: but for what is lost in coding, they
    /// are that. Those that are shared with a copied packet are left out, since a decoder may draw a part of them by chance.
    fn changed(
        &mut self,
        source: &mut Source<'_>,
        heard: &[Option<Heard>],
        blocks: &BTreeMap<u64, Block>,
    ) -> Result<(), Error> {
        for span in self.spans() {
            let fed = coder::fed(span);
            let mut wanted = source.own(fed.clone())?;
            for needle in heard.iter().flatten() {
                coder::add(&mut wanted, fed.start, needle);
            }
            for at in span.first + 1..=span.last {
                let Some(found) = blocks.get(&at) else { continue };
                let place = (at as i64 - fed.start) as usize;
                // What is lost spreads over the blocks of a packet: a silent one beside a loud one has some of it.
                let near = &wanted[place - 1..=place + 1];
                if near.iter().all(|near| range::differs(found, &wanted[place], near, MOST_LOST)) {
                    self.differ(format!(
                        "block {at} of its sound is not that of the haystack with its needles"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Looks for each needle in what the blocks have beside the haystack's own sound.
    fn needles(
        &mut self,
        source: &mut Source<'_>,
        needles: &[Needle],
        heard: &[Option<Heard>],
        blocks: &BTreeMap<u64, Block>,
    ) -> Result<(), Error> {
        let spans = self.spans();
        for (needle, found) in needles.iter().zip(heard) {
            let Some(found) = found else { continue };
            // A packet at its end may be the same as before, where hardly anything is added to silence.
            let meets = |span: &&Span| span.first <= found.span.last && span.last >= found.span.first;
            let met: Vec<&Span> = spans.iter().filter(meets).collect();
            if met.is_empty() {
                self.differ(format!("needle `{}` is not mixed into the sound", needle.name));
                continue;
            }
            let span = met.into_iter().fold(found.span, |span, met| span.with(*met));
            // The others, which may sound at the same time, are taken away with the haystack's own sound.
            let fed = coder::fed(span);
            let mut without = source.own(fed.clone())?;
            for other in heard.iter().flatten().filter(|other| !std::ptr::eq(*other, found)) {
                coder::add(&mut without, fed.start, other);
            }
            let rest = |place: i64| -> f64 {
                let (block, sample) =
                    (place.div_euclid(PACKET_SAMPLES as i64), place.rem_euclid(PACKET_SAMPLES as i64));
                let (Some(is), Some(was)) = (
                    u64::try_from(block).ok().and_then(|block| blocks.get(&block)),
                    usize::try_from(block - fed.start).ok().and_then(|at| without.get(at)),
                ) else {
                    return 0.0;
                };
                let channels = is.iter().zip(was);
                let sum: f64 = channels
                    .map(|(is, was)| f64::from(is[sample as usize]) - f64::from(was[sample as usize]))
                    .sum();
                sum / is.len() as f64
            };
            let start = found.at as i64;
            let rest: Vec<f64> =
                (start - REACH..start + found.samples.len() as i64 + REACH).map(rest).collect();
            self.judge(needle, &found.samples, &rest);
        }
        Ok(())
    }

    /// Compares a needle's samples with what is left of the sound, which begins [`REACH`] samples before.
    fn judge(&mut self, needle: &Needle, samples: &[f32], rest: &[f64]) {
        let product = |lag: i64| -> f64 {
            let from = (REACH + lag) as usize;
            rest[from..].iter().zip(samples).map(|(rest, &sample)| rest * f64::from(sample)).sum()
        };
        let part = &rest[REACH as usize..REACH as usize + samples.len()];
        let size = level::rms(samples.iter().map(|&sample| f64::from(sample)));
        let found = level::rms(part.iter().copied());
        let count = samples.len() as f64;
        let (at_place, best) =
            (product(0), (-REACH..=REACH).max_by(|a, b| product(*a).total_cmp(&product(*b))));
        let alike = at_place / (count * size * found).max(f64::MIN_POSITIVE);
        let level = at_place / (count * size * size);
        let lag = best.unwrap_or(0);
        self.compared.least_alike = self.compared.least_alike.min(alike);
        let name = &needle.name;
        let is_faint = matches!(needle.loudness, Loudness::Over { snr_db } if snr_db < FAINT);
        let least = if is_faint { LEAST_ALIKE_FAINT } else { LEAST_ALIKE };
        if alike < least {
            self.differ(format!(
                "needle `{name}` is not heard from sample {} on ({alike:.2} alike)",
                needle.first
            ));
        } else if lag.abs() > FURTHEST {
            self.differ(format!("needle `{name}` is heard {lag} samples late"));
        } else if !(LEVELS[0]..=LEVELS[1]).contains(&level) {
            self.differ(format!("needle `{name}` is heard {level:.2} times as loud as it should be"));
        } else {
            self.compared.heard_needles += 1;
        }
    }
}

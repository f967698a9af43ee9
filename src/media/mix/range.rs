//! Which packets have to be encoded anew for needles to be heard.
//!
//! In: needles as they are heard. Out: the packets. They are those that hold the needle, and as few more as are needed so that the
//! blocks in which a packet of ours meets a copied one decode to what they were: ours has to be a long block there, and what
//! was spliced is decoded and compared.

use std::collections::BTreeMap;

use super::aac::Window;
use super::coder::{self, Borders, Unclean};
use super::fold::Slope;
use super::level;
use super::source::{Heard, Source};
use super::span::Span;
use crate::media::Error;
use crate::media::blocks::Block;
use crate::media::mux::Origin;

/// Packets by which a range is made wider on each side, at most.
pub(super) const MOST_WIDER: u64 = 24;
/// A border is clean whose error lies 20 dB below its sound, or below -70 dB of full scale.
const LEAST_RATIO: i16 = 20;
const FAINTEST: i16 = -70;

/// The packets of all needles. Those that lie so close that no copied packet fits between them are encoded together.
pub(super) fn settled(source: &mut Source<'_>, heard: &[&Heard]) -> Result<BTreeMap<u64, Vec<u8>>, Error> {
    let mut waiting: Vec<Span> = heard.iter().map(|needle| needle.span).collect();
    waiting.sort_unstable_by_key(|span| (span.first, span.last));
    let mut done: Vec<(Span, Vec<Vec<u8>>)> = Vec::new();
    for mut span in waiting {
        // What was settled before may reach as far as this one, or hold it.
        while let Some((before, _)) = done.last() {
            if before.first <= span.first && before.last >= span.last {
                break;
            }
            let settled = settle(source, heard, span)?;
            if !settled.0.touches(*before) {
                done.push(settled);
                break;
            }
            span = span.with(*before);
            done.pop();
        }
        if done.is_empty() {
            done.push(settle(source, heard, span)?);
        }
    }
    Ok(done.into_iter().flat_map(|(span, packets)| (span.first..).zip(packets)).collect())
}

/// A span around `wanted` with clean borders, and its packets.
fn settle(
    source: &mut Source<'_>,
    heard: &[&Heard],
    mut wanted: Span,
) -> Result<(Span, Vec<Vec<u8>>), Error> {
    let mut span = wanted;
    loop {
        // A border in another needle is never clean.
        while let Some(other) = heard
            .iter()
            .map(|needle| needle.span)
            .find(|other| span.touches(*other) && span.with(*other) != span)
        {
            span = span.with(other);
            wanted = wanted.with(other);
        }
        let borders = borders(source, span)?;
        let (packets, unclean) = encoded(source, heard, span, borders)?;
        if unclean == Unclean::default() {
            return Ok((span, packets));
        }
        if wanted.first - span.first >= MOST_WIDER || span.last - wanted.last >= MOST_WIDER {
            let reason = format!(
                "has sound at packet {} that no packet of FFmpeg's AAC encoder follows without a click",
                wanted.first
            );
            return Err(Error::source_file(&source.sound.like.path, reason));
        }
        span.first -= u64::from(unclean.first && span.first > 0);
        span.last += u64::from(unclean.last && span.last + 1 < source.count);
    }
}

/// How copied packets slope that meet a span; nothing at the ends of the track.
fn borders(source: &mut Source<'_>, span: Span) -> Result<Borders, Error> {
    let mut slope = |before: u64, after: u64| -> Result<Option<Slope>, Error> {
        let mut window =
            |at: u64| Ok::<_, Error>(Window::of(&source.packets.read(source.sound.unmixed(at))?));
        let (Some(before), Some(after)) = (window(before)?, window(after)?) else { return Ok(None) };
        let is_long = before.ends_long() && after.starts_long();
        Ok(Some(Slope { is_long, is_kaiser: before.is_kaiser }))
    };
    let first = if span.first > 0 { slope(span.first - 1, span.first)? } else { None };
    let last = if span.last + 1 < source.count { slope(span.last, span.last + 1)? } else { None };
    Ok(Borders { first, last })
}

/// The packets of a span, and which of its borders are not clean.
fn encoded(
    source: &mut Source<'_>,
    heard: &[&Heard],
    span: Span,
    borders: Borders,
) -> Result<(Vec<Vec<u8>>, Unclean), Error> {
    let fed = coder::fed(span);
    let own = source.own(fed.clone())?;
    let mut wanted = own.clone();
    for needle in heard {
        coder::add(&mut wanted, fed.start, needle);
    }
    let coded = coder::encode(&source.sound.like, wanted, span, borders)?;
    let packets = match coded {
        Ok(packets) => packets,
        Err(unclean) => return Ok((Vec::new(), unclean)),
    };
    // The blocks in which ours meet those that are copied, as they are decoded now. What follows is left out: a decoder draws some
    // of it by chance, and not the same again.
    let silence = Origin::Held(&source.sound.like.silence);
    let sound = source.sound;
    let before = |out: u64| if out > span.last { silence } else { sound.unmixed(out) };
    let after = |out: u64| match out.checked_sub(span.first).and_then(|at| packets.get(at as usize)) {
        Some(packet) => Origin::Held(packet),
        None => before(out),
    };
    let until = fed.start..span.last as i64 + 2;
    let (was, is) = (source.decoded(until.clone(), before)?, source.decoded(until, after)?);
    let is_unclean = |at: u64| {
        let at = (at as i64 - fed.start) as usize;
        differs(&is[at], &was[at], &own[at], LEAST_RATIO)
    };
    let unclean = Unclean {
        first: borders.first.is_some() && is_unclean(span.first),
        last: borders.last.is_some() && is_unclean(span.last + 1),
    };
    Ok((packets, unclean))
}

/// Whether a block differs from what it was by more than is lost in coding sound like `own`: by less than so many decibels below it.
pub(super) fn differs(is: &Block, was: &Block, own: &Block, decibels: i16) -> bool {
    is.iter().zip(was).zip(own).any(|((is, was), own)| {
        let error = level::rms(is.iter().zip(was).map(|(is, was)| f64::from(*is) - f64::from(*was)));
        let size = level::rms(own.iter().map(|&sample| f64::from(sample)));
        error > level::ratio(FAINTEST) && error > size * level::ratio(-decibels)
    })
}

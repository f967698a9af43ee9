//! What is found out about a source while its packets are read, once and in order.
//!
//! In: packets. Out: times on a clock that goes on, how many frames each packet shows, what the first frames say, and
//! where each stream ends.

use std::collections::BTreeSet;

use ffmpeg_next as ffmpeg;

use crate::media::ff;
use crate::media::first_frames::FirstFrames;
use crate::media::rates::{self, Stated};
use crate::media::shows::Shows;
use crate::media::timestamps::{Finder, Jump, Rule, Stamp, convert};

/// Packets from which on their repetition is looked at.
const MANY_PACKETS: usize = 10_000;
/// How often the same frames may be shown.
const SUSPICIOUS: usize = 100;

/// What is known of a stream's clock besides its packets.
pub(super) struct Known {
    /// Seconds per unit of time, as a fraction.
    pub(super) time_base: (i64, i64),
    /// What the container says of its rate.
    pub(super) stated: Stated,
    /// Where its clock jumps.
    pub(super) jumps: Vec<Jump>,
    /// Which steps of its clock are jumps.
    pub(super) rule: Rule,
    /// When the first frame is shown that can be decoded.
    pub(super) first: Option<i64>,
    /// Packets that could not be decoded before one could.
    pub(super) failed: usize,
}

/// What was seen while packets were read, times in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Packets of the pictures.
    pub(super) packets: usize,
    /// Packets of the pictures that have a time.
    pub(super) timed: usize,
    /// Whether the file cannot be read to its end.
    pub(super) breaks_off: bool,
    /// Packets that are incomplete, of the pictures and the sound.
    pub(super) incomplete: usize,
    /// Where the header says that the file ends.
    pub(super) stated: Option<i64>,
    /// Where the header says that the pictures end.
    pub(super) stated_pictures: Option<i64>,
    /// Where the last packet of any stream ends.
    pub(super) end: i64,
    /// Where the last packet of the sound ends.
    pub(super) sound_end: Option<i64>,
}

/// Reads the packets of a source.
pub(super) struct Reading {
    index: usize,
    audio: Option<usize>,
    time_base: (i64, i64),
    time_bases: Vec<(i64, i64)>,
    stated: Stated,
    rule: Rule,
    finder: Finder,
    shows: Shows,
    first: FirstFrames,
    places: BTreeSet<isize>,
    seen: Seen,
}

impl Reading {
    /// Of a source whose pictures are stream `index`, and whose sound is stream `audio`.
    pub(super) fn of(
        input: &ffmpeg::format::context::Input,
        stream: &ffmpeg::format::stream::Stream<'_>,
        audio: Option<usize>,
    ) -> Self {
        let is_mp4 = input.format().name().split(',').any(|name| name == "mp4");
        let unit = |base: ffmpeg::Rational| (i64::from(base.numerator()), i64::from(base.denominator()));
        let time_base = unit(stream.time_base());
        // MP4 has a table of durations, in which decoding cannot step back; what an edit list repeats is meant.
        let rule = match is_mp4 {
            true => Rule::Never,
            false if ff::may_jump(input) => Rule::BackAndAhead,
            false => Rule::Back,
        };
        let rates = [stream.avg_frame_rate(), stream.rate()]
            .into_iter()
            .filter_map(|rate| rates::rate(i64::from(rate.numerator()), i64::from(rate.denominator())));
        let codec = stream.parameters().id();
        let progressive = ff::stream_facts(stream).field_order == 1;
        let stated_pictures =
            stream.metadata().get("DURATION").and_then(millis_of).filter(|&millis| millis > 0);
        Self {
            index: stream.index(),
            audio,
            time_base,
            time_bases: input.streams().map(|stream| unit(stream.time_base())).collect(),
            stated: Stated { rates: rates.collect(), exact_times: is_mp4 },
            rule,
            finder: Finder::new(rule, time_base),
            shows: Shows::of(codec, &ff::extradata(stream), progressive),
            first: FirstFrames::of(stream),
            places: BTreeSet::new(),
            seen: Seen {
                stated: ff::stated_duration(input).map(|micros| micros / 1000),
                stated_pictures,
                ..Seen::default()
            },
        }
    }

    /// Sees a packet of any stream.
    pub(super) fn see(&mut self, packet: &ffmpeg::Packet) {
        let stream = packet.stream();
        let (Some(time), Some(&base)) = (packet.pts().or(packet.dts()), self.time_bases.get(stream)) else {
            return;
        };
        let end = convert(time.saturating_add(packet.duration().max(0)), base, (1, 1000));
        self.seen.end = self.seen.end.max(end);
        if Some(stream) == self.audio {
            self.seen.sound_end = Some(self.seen.sound_end.map_or(end, |known| known.max(end)));
        }
        if packet.is_corrupt() && (stream == self.index || Some(stream) == self.audio) {
            self.seen.incomplete += 1;
        }
    }

    /// Sees a packet of the pictures: its times, and how many frames it shows.
    pub(super) fn picture(&mut self, packet: &ffmpeg::Packet) -> (Stamp, usize) {
        self.seen.packets += 1;
        // Elsewhere packets may share a place, or have none.
        if self.rule == Rule::Never {
            self.places.insert(packet.position());
        }
        self.seen.timed += usize::from(packet.pts().or(packet.dts()).is_some());
        let stamp = self.finder.next(Stamp::of(packet));
        self.first.see(packet, stamp);
        (stamp, self.shows.frames(packet.data().unwrap_or_default()))
    }

    /// Says why this goes on for too long: an edit list shows the same frames over and over.
    pub(super) fn repeats(&self) -> Option<String> {
        repeated(self.seen.packets, self.places.len()).filter(|_| self.rule == Rule::Never)
    }

    /// Says that the rest of the file cannot be read.
    pub(super) fn breaks_off(&mut self) {
        self.seen.breaks_off = true;
    }

    /// Says that no packet follows: the first frames, what was seen, and what is known of the clock.
    pub(super) fn end(mut self) -> (FirstFrames, Seen, Known) {
        self.first.end();
        let known = Known {
            time_base: self.time_base,
            stated: self.stated,
            jumps: self.finder.jumps,
            rule: self.rule,
            first: self.first.first,
            failed: self.first.failed,
        };
        (self.first, self.seen, known)
    }
}

fn repeated(packets: usize, places: usize) -> Option<String> {
    (packets > MANY_PACKETS && packets / SUSPICIOUS > places).then(|| {
        format!("shows its {places} frames more than {SUSPICIOUS} times over: its edit list is wrong")
    })
}

/// Milliseconds of `00:01:02.500`, as Matroska's tags have it.
fn millis_of(text: &str) -> Option<i64> {
    let (hours, rest) = text.trim().split_once(':')?;
    let (minutes, secs) = rest.split_once(':')?;
    let (whole, part) = secs.split_once('.').unwrap_or((secs, "0"));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let number = |text: &str| text.parse::<i64>().ok().filter(|number| (0..1_000_000).contains(number));
    let minutes = number(hours)? * 60 + number(minutes)?;
    Some((minutes * 60 + number(whole)?) * 1000 + number(&part)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_are_shown_over_and_over_are_refused() {
        assert!(repeated(10_001, 50).unwrap().contains("its 50 frames more than 100 times over"));
        assert_eq!([repeated(9_000, 1), repeated(1_000_000, 20_000)], [None, None]);
    }

    #[test]
    fn durations_of_tags_are_read() {
        assert_eq!(millis_of("00:01:02.500000000"), Some(62_500));
        assert_eq!(millis_of("01:00:00"), Some(3_600_000));
        assert_eq!([millis_of("6.5"), millis_of("a:b:c"), millis_of("0:-1:0")], [None; 3]);
    }
}

//! A watch over the packets of a file while it is probed: can its streams be decoded, and which of them should be used?
//!
//! In: an open file, its video stream, and every packet. Out: why the video cannot be used, the sound stream that can be, and
//! whether another stream holds the video.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Stream;

use crate::media::Error;
use crate::media::choice;
use crate::media::encrypted::{self, Signs};
use crate::media::open;
use crate::media::witness::{Verdict, Witness};

/// What is known of the streams so far.
pub(super) struct Watch {
    stream: usize,
    video: Witness,
    signs: Signs,
    has_keys: bool,
    /// Packets of the other streams of pictures.
    others: BTreeMap<usize, u64>,
    /// The sound streams in the order in which they are tried.
    sounds: Vec<Sound>,
}

struct Sound {
    stream: usize,
    encrypted: Option<String>,
    witness: Witness,
}

/// What the packets have shown.
#[derive(Debug)]
pub(super) struct Seen {
    /// The sound stream to use.
    pub(super) sound: Option<usize>,
    /// What is to be said of the sound.
    pub(super) sound_warning: Option<String>,
    /// What is to be said of the pictures.
    pub(super) warning: Option<&'static str>,
}

impl Watch {
    /// Over an open file of which `stream` is the video.
    pub(super) fn over(input: &Input, stream: &Stream<'_>, file: &File, path: &Path) -> Result<Self, Error> {
        let format = input.format().name().to_owned();
        if let Some(sign) = encrypted::stated(stream, &format, file, path) {
            return Err(refused(path, &sign));
        }
        let others = input.streams().filter(choice::is_video).map(|stream| (stream.index(), 0));
        let sounds = choice::sound(input).into_iter().filter_map(|index| {
            let stream = input.stream(index)?;
            let encrypted = encrypted::stated(&stream, &format, file, path);
            Some(Sound { stream: index, encrypted, witness: Witness::of(&stream) })
        });
        Ok(Self {
            stream: stream.index(),
            video: Witness::of(stream),
            signs: Signs::of(stream, &format),
            has_keys: false,
            others: others.filter(|(index, _)| *index != stream.index()).collect(),
            sounds: sounds.collect(),
        })
    }

    /// The sound stream that is tried first.
    pub(super) fn first_sound(&self) -> Option<usize> {
        self.sounds.first().map(|sound| sound.stream)
    }

    /// Takes in a packet of stream `stream`.
    pub(super) fn see(&mut self, stream: usize, packet: &ffmpeg::Packet) {
        if stream == self.stream {
            self.has_keys |= encrypted::is_packet(packet);
            self.video.feed(packet);
        } else if let Some(count) = self.others.get_mut(&stream) {
            *count += 1;
        } else if let Some(sound) = self.sounds.iter_mut().find(|sound| sound.stream == stream) {
            sound.witness.feed(packet);
        }
    }

    /// The stream that holds the video, where the one that was taken holds `frames` frames: a still, or nothing.
    pub(super) fn moving(&self, frames: usize) -> Option<usize> {
        let more = self.others.iter().filter(|(_, count)| **count > 1);
        let longest = more.max_by_key(|(stream, count)| (**count, std::cmp::Reverse(**stream)));
        longest.map(|(stream, _)| *stream).filter(|_| frames <= 1)
    }

    /// Why the video cannot be used where no packet says how large it is.
    pub(super) fn without_size(&self, file: &File, path: &Path) -> Error {
        match self.signs.found(file, path) {
            Some(sign) => refused(path, sign),
            None => open::without_size(file, path),
        }
    }

    /// After the last packet: what can be used, or why the video cannot.
    pub(super) fn end(self, file: &File, path: &Path) -> Result<Seen, Error> {
        if self.has_keys {
            return Err(refused(path, "its packets name keys"));
        }
        let verdict = self.video.end();
        if let (Verdict::Fails(_) | Verdict::Flawed, Some(sign)) = (&verdict, self.signs.found(file, path)) {
            return Err(refused(path, sign));
        }
        let warning = match verdict {
            Verdict::Fails(reason) => {
                return Err(Error::source_file(path, format!("cannot be decoded: {reason}")));
            }
            Verdict::Flawed => Some("every frame decodes with errors"),
            Verdict::Decodes | Verdict::Empty => None,
        };
        let mut faults = Vec::new();
        let mut chosen = None;
        for Sound { stream, encrypted, witness } in self.sounds {
            match (encrypted, witness.end()) {
                (None, Verdict::Decodes | Verdict::Flawed) => {
                    chosen = Some(stream);
                    break;
                }
                (Some(sign), _) => faults.push(format!("stream {stream} is encrypted ({sign})")),
                (None, Verdict::Empty) => faults.push(format!("stream {stream} holds no sample")),
                (None, Verdict::Fails(reason)) => faults.push(format!("stream {stream}: {reason}")),
            }
        }
        let faults = (!faults.is_empty()).then(|| faults.join("; "));
        let sound_warning = faults.map(|faults| match chosen {
            Some(stream) => format!("its sound is taken from stream {stream} ({faults})"),
            None => format!("used without its sound ({faults})"),
        });
        Ok(Seen { sound: chosen, sound_warning, warning })
    }
}

fn refused(path: &Path, sign: &str) -> Error {
    Error::source_file(path, format!("is encrypted ({sign}): decrypt it first"))
}

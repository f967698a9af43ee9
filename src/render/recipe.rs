//! Recipes: videos kept as what is not in their haystacks.
//!
//! In: a spliced video, or a recipe's file and the prepared haystacks. Out: a small file, or the video's bytes again. A
//! recipe holds the encoded packets, which frames of which haystack are copied, and digests of the header and of the whole
//! video; the header is made again from the haystacks' indices. So it grows with needles, not with length.
//!
//! The file is one line of JSON ([`Head`]), then the encoded packets' bytes in the order of the line, those of the sound last.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::media::encode::Encoded;
use crate::media::mux::{Movie, Piece, Sound, Spliced, Stretch};
use crate::media::sound;
use crate::render::Error;
use crate::render::fault::RecipeFault;
use crate::render::ready::Ready;
use crate::subtitle::SubtitleLine;
use crate::time::{FrameRate, FrameSpan, MOST_FRAMES};
use crate::version::Stated;

/// Version of the recipe format, raised whenever a field is added, removed or changes its meaning.
pub const FORMAT_VERSION: u32 = 2;

/// The version of recipes without packets into which needles are mixed, and without sound that is silent: earlier programs read
/// them, too.
const PLAIN_VERSION: u32 = 1;

/// The first line of a recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// Size of the video in bytes.
    pub bytes: u64,
    /// SHA-256 of the video.
    pub sha256: String,
    /// SHA-256 of its header, which differs wherever prepared haystacks do.
    pub header_sha256: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// The haystack whose decoder configuration the video has.
    pub like: String,
    /// The frames, in order.
    pub pieces: Vec<Part>,
    /// The sound, where it has any.
    pub sound: Option<Sounding>,
    /// The lines of its subtitle track; absent where it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<SubtitleLine>,
}

/// A run of frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Copied from a prepared haystack.
    Copy {
        /// Which one.
        haystack: String,
        /// Its frames.
        frames: FrameSpan,
    },
    /// Encoded packets in decoding order: size in bytes, the frame of the run that is shown, and whether it is a keyframe.
    Encoded(Vec<(u32, u64, bool)>),
}

/// The sound of a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sounding {
    /// The haystack whose decoder configuration it has; none where no haystack has sound.
    pub like: Option<String>,
    /// First sample of the video, the haystack that sounds from there on (none is silence), and its sample there.
    pub stretches: Vec<(u64, Option<String>, u64)>,
    /// Packets into which needles are mixed: their number in the track, and their size in bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mixed: Vec<(u64, u32)>,
}

/// A recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// What it says.
    pub head: Head,
    packets: Vec<u8>,
}

impl Recipe {
    /// The recipe of `movie`, whose bytes are `spliced` and have this digest.
    pub(super) fn new(
        movie: &Movie,
        spliced: &Spliced,
        sha256: String,
        ready: &BTreeMap<String, Ready>,
    ) -> Result<Self, Error> {
        let impossible =
            || Error::Recipe { path: spliced.name().display().to_string(), reason: RecipeFault::NoHaystacks };
        let of_video = |path: &Path| id(ready, |ready| ready.video.path == path).ok_or_else(impossible);
        let of_audio = |path: &Path| {
            let is_it = |ready: &Ready| ready.audio.as_ref().is_some_and(|audio| audio.path == path);
            id(ready, is_it).ok_or_else(impossible)
        };
        let mut packets = Vec::new();
        let mut pieces = Vec::new();
        for piece in &movie.pieces {
            pieces.push(match piece {
                Piece::Copy(track, frames) => {
                    Part::Copy { haystack: of_video(&track.path)?, frames: *frames }
                }
                Piece::Encoded(encoded) => {
                    encoded.iter().for_each(|packet| packets.extend_from_slice(&packet.data));
                    let row = |packet: &Encoded| (packet.data.len() as u32, packet.frame, packet.key);
                    Part::Encoded(encoded.iter().map(row).collect())
                }
            });
        }
        let stretch = |stretch: &Stretch| {
            let haystack = stretch.track.as_ref().map(|track| of_audio(&track.path)).transpose()?;
            Ok((stretch.at_output, haystack, stretch.at_source))
        };
        let sounding = |sound: &Sound| {
            let stretches = sound.stretches.iter().map(stretch).collect::<Result<_, Error>>()?;
            let like = (!sound.like.is_silent()).then(|| of_audio(&sound.like.path)).transpose()?;
            let mixed = sound.mixed.iter().map(|(&out, packet)| (out, packet.len() as u32)).collect();
            Ok::<_, Error>(Sounding { like, stretches, mixed })
        };
        let mixed = movie.sound.iter().flat_map(|sound| sound.mixed.values());
        mixed.for_each(|packet| packets.extend_from_slice(packet));
        let sound = movie.sound.as_ref().map(sounding).transpose()?;
        let is_plain = movie.text.is_empty()
            && sound.as_ref().is_none_or(|sound| sound.like.is_some() && sound.mixed.is_empty());
        let head = Head {
            format_version: if is_plain { PLAIN_VERSION } else { FORMAT_VERSION },
            bytes: spliced.size(),
            sha256,
            header_sha256: spliced.header_sha256(),
            width: movie.width,
            height: movie.height,
            fps: movie.fps,
            like: id(ready, |ready| ready.video.avcc == movie.avcc && ready.video.tags == movie.tags)
                .ok_or_else(impossible)?,
            pieces,
            sound,
            text: movie.text.clone(),
        };
        Ok(Self { head, packets })
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let mut bytes = serde_json::to_vec(&self.head).expect("values of this crate serialise");
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.packets);
        Ok(files::write_bytes(path, &bytes)?)
    }

    /// Reads the recipe at `path`.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let fail = |reason| Error::Recipe { path: path.display().to_string(), reason };
        let bytes = files::read_bytes(path)?;
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let no_recipe = |error: serde_json::Error| {
            fail(RecipeFault::NotRecipe { version: FORMAT_VERSION, problem: error.to_string() })
        };
        let stated: Stated = serde_json::from_slice(&bytes[..end]).map_err(no_recipe)?;
        if stated.format_version.is_some_and(|version| version != u64::from(PLAIN_VERSION)) {
            stated.check(FORMAT_VERSION).map_err(|mismatch| fail(RecipeFault::Version(mismatch)))?;
        }
        let head: Head = serde_json::from_slice(&bytes[..end]).map_err(no_recipe)?;
        let packets = bytes.get(end + 1..).unwrap_or_default().to_vec();
        let of_sound = head.sound.iter().flat_map(|sound| sound.mixed.iter().map(|packet| packet.1));
        let named: u64 = head.pieces.iter().flat_map(Part::sizes).chain(of_sound).map(u64::from).sum();
        let held = packets.len() as u64;
        if held != named {
            return Err(fail(RecipeFault::Packets { held, named }));
        }
        if let Some(reason) = head.fault() {
            return Err(fail(reason));
        }
        Ok(Self { head, packets })
    }

    /// The video again, which messages call `name`. Haystacks that were prepared otherwise, as another release of FFmpeg
    /// does, give another header: that is an error, never another video.
    pub fn spliced(&self, name: &Path, ready: &BTreeMap<String, Ready>) -> Result<Arc<Spliced>, Error> {
        let fail = |reason| Error::Recipe { path: name.display().to_string(), reason };
        let spliced = self.movie(ready).map_err(fail)?.spliced(name)?;
        if spliced.size() != self.head.bytes || spliced.header_sha256() != self.head.header_sha256 {
            return Err(fail(RecipeFault::OtherHaystacks));
        }
        Ok(Arc::new(spliced))
    }

    fn movie(&self, ready: &BTreeMap<String, Ready>) -> Result<Movie, RecipeFault> {
        let head = &self.head;
        let find = |id: &String| ready.get(id).ok_or_else(|| RecipeFault::NoHaystack { id: id.clone() });
        let sounding = |id: &String| {
            let audio = find(id)?.audio.clone();
            audio.ok_or_else(|| RecipeFault::NoSound { id: id.clone() })
        };
        let mut at = 0;
        let mut pieces = Vec::new();
        for part in &head.pieces {
            pieces.push(match part {
                Part::Copy { haystack, frames } => {
                    let track = &find(haystack)?.video;
                    if frames.end() > track.frames() {
                        return Err(RecipeFault::TooShort {
                            id: haystack.clone(),
                            needed: frames.end(),
                            frames: track.frames(),
                        });
                    }
                    Piece::Copy(Arc::clone(track), *frames)
                }
                Part::Encoded(packets) => {
                    let packet = |&(size, frame, key): &(u32, u64, bool)| {
                        let data = self.packets[at..at + size as usize].to_vec();
                        at += size as usize;
                        Encoded { data, frame, key }
                    };
                    Piece::Encoded(Arc::new(packets.iter().map(packet).collect()))
                }
            });
        }
        let stretch = |(at_output, haystack, at_source): &(u64, Option<String>, u64)| {
            let track = haystack.as_ref().map(sounding).transpose()?;
            Ok(Stretch { track, at_output: *at_output, at_source: *at_source })
        };
        let mut sound = |sound: &Sounding| {
            let stretches = sound.stretches.iter().map(stretch).collect::<Result<_, RecipeFault>>()?;
            let silent = || sound::silent_track().map(Arc::new).map_err(|_error| RecipeFault::NoEncoder);
            let like = sound.like.as_ref().map_or_else(silent, sounding)?;
            let packet = |&(out, size): &(u64, u32)| {
                let data = self.packets[at..at + size as usize].to_vec();
                at += size as usize;
                (out, data)
            };
            Ok::<_, RecipeFault>(Sound { like, stretches, mixed: sound.mixed.iter().map(packet).collect() })
        };
        let like = &find(&head.like)?.video;
        Ok(Movie {
            width: head.width,
            height: head.height,
            fps: head.fps,
            avcc: like.avcc.clone(),
            tags: like.tags,
            pieces,
            sound: head.sound.as_ref().map(&mut sound).transpose()?,
            text: head.text.clone(),
        })
    }
}

/// Samples of a video's sound: more than any holds, and less than overflows a sum.
const MOST_SAMPLES: u64 = 1 << 48;

impl Head {
    /// What no recipe of this program says, if this one says it.
    fn fault(&self) -> Option<RecipeFault> {
        for part in &self.pieces {
            let Part::Encoded(packets) = part else { continue };
            let count = packets.len() as u64;
            if let Some(&(_, frame, _)) = packets.iter().find(|(_, frame, _)| *frame >= count) {
                return Some(RecipeFault::Frame { frame, count });
            }
        }
        let frames: u64 = self.pieces.iter().map(Part::frames).fold(0, u64::saturating_add);
        if frames > MOST_FRAMES {
            return Some(RecipeFault::Frames { frames, most: MOST_FRAMES });
        }
        let stretches = self.sound.iter().flat_map(|sound| &sound.stretches);
        let mut places = stretches.flat_map(|(at_output, _, at_source)| [*at_output, *at_source]);
        let sample = places.find(|place| *place > MOST_SAMPLES)?;
        Some(RecipeFault::Sample { sample })
    }
}

impl Part {
    /// Number of its frames.
    fn frames(&self) -> u64 {
        match self {
            Self::Copy { frames, .. } => frames.count(),
            Self::Encoded(packets) => packets.len() as u64,
        }
    }

    /// Sizes of its encoded packets.
    fn sizes(&self) -> impl Iterator<Item = u32> {
        let packets = match self {
            Self::Copy { .. } => &[],
            Self::Encoded(packets) => packets.as_slice(),
        };
        packets.iter().map(|packet| packet.0)
    }
}

/// The first haystack of which something is true.
fn id(ready: &BTreeMap<String, Ready>, is_it: impl Fn(&Ready) -> bool) -> Option<String> {
    ready.iter().find(|(_, ready)| is_it(ready)).map(|(id, _)| id.clone())
}

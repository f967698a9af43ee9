//! The check of a video that was just written: cheap enough to make for every one.
//!
//! In: the video, what it was made from, its timeline. Out: its digest and what differs from the plan. Every byte of
//! every picture is read back and compared with its haystack's or with the encoder's, and each needle's frames are
//! decoded and compared with what was drawn. [`verify`](super::verify) decodes the rest, too.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::digest::Digester;
use crate::files;
use crate::media::decode::FileReader;
use crate::media::input::Input;
use crate::media::mux::{Movie, Origin, Piece};
use crate::media::probe::{self, Contents};
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::claim::Done;
use crate::render::ready::Ready;
use crate::render::segment::FrameMaker;
use crate::render::timeline::{Run, Segment, Timeline};
use crate::render::verify::Comparison;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;

/// Size and digest of a video, and what differs; nothing, where it is right.
pub(super) fn check(
    video: &PlannedVideo,
    (timeline, movie): (&Timeline, &Movie),
    maker: &FrameMaker<'_>,
    ready: &BTreeMap<String, Ready>,
    input: &Input,
) -> Result<(Done, Vec<String>), Error> {
    let contents = probe::contents(input)?;
    let mut comparison = Comparison::new(video, maker, ready);
    comparison.contents(&contents, ready, input)?;
    let delay = video.parts.iter().map(|part| ready[&part.haystack].delay()).max().unwrap_or(0);
    let stretches = match stretches(movie, &contents) {
        Ok(stretches) => stretches,
        Err((what, at)) => {
            comparison.differ(format!("{what} {at} has not the size of what was copied or encoded"));
            Vec::new()
        }
    };
    let (bytes, frames) = rayon::join(
        || match input {
            Input::File(path) => read_back(path, &stretches),
            // Its bytes are those of its origins, and no copy of them that could differ.
            Input::Spliced(video) => Ok((Done { bytes: video.size(), sha256: video.sha256()? }, Vec::new())),
        },
        || -> Result<(), Error> {
            let mut reader = FileReader::open(input)?;
            let mut next = None;
            for run in needle_runs(timeline) {
                maker.go_on()?;
                if next != Some(run.at()) {
                    reader.seek(run.at(), video.fps, delay)?;
                }
                comparison.run(run, &mut reader)?;
                next = Some(run.at() + run.count());
                if comparison.is_hopeless() {
                    break;
                }
            }
            Ok(())
        },
    );
    frames?;
    let (done, wrong) = bytes?;
    let (_, mut differences) = comparison.end();
    differences.extend(wrong);
    Ok((done, differences))
}

/// The runs of encoded frames that show needles, in order.
fn needle_runs(timeline: &Timeline) -> impl Iterator<Item = &Run> {
    let encoded = timeline.segments().iter().filter_map(|segment| match segment {
        Segment::Encode(runs) => Some(runs),
        Segment::Copy { .. } | Segment::Black { .. } => None,
    });
    encoded.flatten().filter(|run| match run {
        Run::Haystack { overlays, .. } => !overlays.is_empty(),
        Run::Insert { .. } => true,
    })
}

/// Bytes of the file and what they have to equal.
struct Stretch<'a> {
    /// First byte.
    at: u64,
    size: u64,
    origin: Origin<'a>,
    /// First packet, in decoding order, for the message.
    packet: Packet,
}

/// What messages call a packet: its kind, and its number.
type Packet = (&'static str, u64);

/// Where the header says that the movie's packets lie, in the order of the file; or the first packet, in decoding order, that
/// has another size there.
fn stretches<'a>(movie: &'a Movie, contents: &Contents) -> Result<Vec<Stretch<'a>>, Packet> {
    let mut stretches: Vec<Stretch<'a>> = Vec::new();
    let pictures = movie.pieces.iter().flat_map(Piece::origins).zip(&contents.video);
    let pictures = (0..).zip(pictures).map(|(at, packet)| (("packet", at), packet));
    let sound = movie.sound.iter().flat_map(|sound| {
        (0..).zip(&contents.audio).map(|(out, place)| (("sound packet", out), (sound.origin(out), place)))
    });
    for (packet, (origin, &(at, size))) in pictures.chain(sound) {
        if origin.size() != size {
            return Err(packet);
        }
        let size = u64::from(size);
        match stretches.last_mut() {
            Some(last) if last.at + last.size == at && last.origin.goes_on(last.size, origin) => {
                last.size += size;
            }
            _ => stretches.push(Stretch { at, size, origin, packet }),
        }
    }
    stretches.sort_by_key(|stretch| stretch.at);
    Ok(stretches)
}

/// Reads the whole file once: its digest, and the stretches that are not equal to their origin.
fn read_back(path: &Path, stretches: &[Stretch<'_>]) -> Result<(Done, Vec<String>), Error> {
    let io = |error| files::Error::io("read", path)(error);
    let mut file = File::open(path).map_err(io)?;
    let mut digester = Digester::default();
    let mut sources: BTreeMap<&Path, File> = BTreeMap::new();
    let (mut block, mut wanted) = (vec![0; BLOCK], Vec::new());
    let (mut at, mut current) = (0_u64, 0);
    let mut wrong = Vec::new();
    loop {
        let read = file.read(&mut block).map_err(io)?;
        if read == 0 {
            break;
        }
        digester.update(&block[..read]);
        let end = at + read as u64;
        while let Some(stretch) = stretches.get(current).filter(|stretch| stretch.at < end) {
            let (from, to) = (stretch.at.max(at), (stretch.at + stretch.size).min(end));
            let found = &block[(from - at) as usize..(to - at) as usize];
            wanted.resize(found.len(), 0);
            if !original(stretch, from - stretch.at, &mut wanted, &mut sources)? || found != wanted {
                let (what, at) = stretch.packet;
                wrong.push(format!("{what}s from {at} on are not what was copied or encoded"));
                // One difference stands for all that follow it.
                current = stretches.len();
            } else if to < stretch.at + stretch.size {
                break;
            } else {
                current += 1;
            }
        }
        at = end;
    }
    if wrong.is_empty() && current < stretches.len() {
        wrong.push(format!("it ends at byte {at}, before its last packet does"));
    }
    Ok((Done { bytes: at, sha256: digester.end() }, wrong))
}

/// Fills `wanted` with what a stretch holds from byte `from` of it on; `false` where its origin is shorter.
fn original<'a>(
    stretch: &Stretch<'a>,
    from: u64,
    wanted: &mut [u8],
    sources: &mut BTreeMap<&'a Path, File>,
) -> Result<bool, Error> {
    match stretch.origin {
        Origin::Held(data) => {
            let part = data.get(from as usize..).and_then(|rest| rest.get(..wanted.len()));
            part.inspect(|part| wanted.copy_from_slice(part));
            Ok(part.is_some())
        }
        Origin::At(path, offset, _) => {
            if !sources.contains_key(path) {
                sources.insert(path, File::open(path).map_err(files::Error::io("read", path))?);
            }
            match sources[path].read_exact_at(wanted, offset + from) {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
                Err(error) => Err(files::Error::io("read", path)(error).into()),
            }
        }
    }
}

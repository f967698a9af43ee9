//! Splicing one video: encode the few segments, then write one MP4 of copied and encoded packets.
//!
//! In: a planned video, prepared haystacks, packs. Out: the file, or its recipe, and how much of it was encoded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::dataset::Store;
use crate::media;
use crate::media::input::Input;
use crate::media::mix::{self, Needle};
use crate::media::mux::{Movie, Piece, Spliced};
use crate::needle::Library;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::check;
use crate::render::claim::Done;
use crate::render::ready::Ready;
use crate::render::recipe::Recipe;
use crate::render::segment::FrameMaker;
use crate::render::sounding;
use crate::render::timeline::{Segment, Timeline};

/// A video that was rendered.
pub struct Rendered {
    /// What is kept of it.
    pub(super) done: Done,
    /// Digest of the video, whether or not that is what is kept.
    pub(super) sha256: String,
    /// Which of its frames were encoded and which copied.
    pub timeline: Timeline,
    /// What the check found wrong with it.
    pub differences: Vec<String>,
}

/// Renders a video, keeps it at `path`, whole or not at all, and checks it.
pub fn render(
    video: &PlannedVideo,
    ready: &BTreeMap<String, Ready>,
    library: &Library,
    (store, path): (Store, &Path),
) -> Result<Rendered, Error> {
    let Composed { timeline, maker, movie, needles } = Composed::new(video, ready, library)?;
    let spliced = Arc::new(movie.spliced(path)?);
    let input = match store {
        Store::File => {
            spliced.write(path)?;
            Input::file(path)
        }
        Store::Recipe => Input::Spliced(Arc::clone(&spliced)),
    };
    let (done, mut differences) = check::check(video, (&timeline, &movie), &maker, ready, &input)?;
    if let Some(sound) = movie.sound.as_ref().filter(|_| !needles.is_empty()) {
        differences.extend(mix::proof::near(sound, sound.packets(video.fps, video.num_frames), &needles)?);
    }
    let sha256 = done.sha256.clone();
    let done = match store {
        Store::File => done,
        Store::Recipe => {
            Recipe::new(&movie, &spliced, done.sha256, ready)?.write(path)?;
            // What was checked has to be what the recipe on disk gives.
            if *Recipe::read(path)?.spliced(path, ready)? != *spliced {
                differences.push("its recipe gives other bytes".to_owned());
            }
            Done::of(path)?
        }
    };
    Ok(Rendered { done, sha256, timeline, differences })
}

/// The same video, of which nothing is kept: its bytes lie where they come from. Messages call it `name`.
pub(super) fn spliced(
    video: &PlannedVideo,
    ready: &BTreeMap<String, Ready>,
    library: &Library,
    name: &Path,
) -> Result<Arc<Spliced>, Error> {
    Ok(Arc::new(Composed::new(video, ready, library)?.movie.spliced(name)?))
}

/// A video whose parts are all there.
struct Composed<'a> {
    timeline: Timeline,
    maker: FrameMaker<'a>,
    movie: Movie,
    needles: Vec<Needle>,
}

impl<'a> Composed<'a> {
    fn new(
        video: &'a PlannedVideo,
        ready: &'a BTreeMap<String, Ready>,
        library: &'a Library,
    ) -> Result<Self, Error> {
        let timeline = Timeline::new(video, |id| ready.get(id).map(|ready| &*ready.video))?;
        let maker = FrameMaker::new(video, ready, library)?;
        let mut movie = movie(video, &timeline, &maker, ready)?;
        let needles = match &mut movie.sound {
            Some(sound) => {
                let needles = sounding::needles(video, library, sound)?;
                sound.mixed = mix::mixed(sound, sound.packets(video.fps, video.num_frames), &needles)?;
                needles
            }
            None => Vec::new(),
        };
        Ok(Self { timeline, maker, movie, needles })
    }
}

/// Encodes what has to be and puts the pieces together.
fn movie(
    video: &PlannedVideo,
    timeline: &Timeline,
    maker: &FrameMaker<'_>,
    ready: &BTreeMap<String, Ready>,
) -> Result<Movie, Error> {
    let fail = |reason: String| Error::Plan { video: video.name.clone(), reason };
    let first = video
        .parts
        .first()
        .map(|part| &ready[&part.haystack])
        .ok_or_else(|| fail("no haystack".to_owned()))?;
    let settings = first.settings();
    if let Some(other) =
        video.parts.iter().map(|part| &ready[&part.haystack]).find(|other| !first.joins(other))
    {
        return Err(fail(format!("`{}` cannot be joined to `{}`", other.haystack.id, first.haystack.id)));
    }
    // Segments are independent, so their bytes do not depend on which thread encodes which.
    let pieces = timeline
        .segments()
        .par_iter()
        .map(|segment| match segment {
            Segment::Copy { haystack, span, .. } => {
                Ok(Piece::Copy(Arc::clone(&ready[haystack].video), *span))
            }
            Segment::Encode(_) | Segment::Black { .. } => {
                let packets = match segment {
                    Segment::Encode(runs) => maker.encode(runs, settings),
                    _ => maker.encode_black(segment.count(), settings),
                };
                let packets = packets.map_err(|error| match error {
                    Error::Media(error) => Error::Media(error.about(&first.video.path)),
                    other => other,
                })?;
                if packets.packets.len() as u64 != segment.count() {
                    return Err(fail(format!(
                        "{} packets for {} frames",
                        packets.packets.len(),
                        segment.count()
                    )));
                }
                if !first.as_is && !first.video.has_parameter_sets(&packets.sps, &packets.pps) {
                    let reason = "was encoded by another build of x264; remove it and run again";
                    return Err(media::Error::source_file(&first.video.path, reason).into());
                }
                Ok(Piece::Encoded(Arc::new(packets.packets)))
            }
        })
        .collect::<Result<Vec<Piece>, Error>>()?;
    maker.go_on()?;
    Ok(Movie {
        width: video.width,
        height: video.height,
        fps: video.fps,
        avcc: first.video.avcc.clone(),
        tags: first.video.tags,
        pieces,
        sound: sounding::sound(video, timeline, ready)?,
        text: if video.subtitle_track { video.subtitles.clone() } else { Vec::new() },
    })
}

//! Splicing videos: encode the few segments, then write each as one MP4 of copied and encoded packets.
//!
//! In: planned videos, prepared haystacks, packs. Out: their files, or recipes, and how much of each was encoded. Videos of one haystack
//! that are spliced together decode it once, and encode what they have in common once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::dataset::Store;
use crate::media;
use crate::media::encode::Run as Encoded;
use crate::media::input::Input;
use crate::media::mix::{self, Needle};
use crate::media::mux::{Movie, Piece, Spliced};
use crate::needle::Library;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::check::{self, Checking};
use crate::render::claim::Done;
use crate::render::making::Making;
use crate::render::pass::{self, Runs};
use crate::render::ready::Ready;
use crate::render::recipe::Recipe;
use crate::render::rests::{Packets, Rests};
use crate::render::segment::FrameMaker;
use crate::render::sounding;
use crate::render::timeline::{Run, Segment, Timeline};
use crate::render::verify::Comparison;
use crate::time::FrameSpan;

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

/// A video to render, and where it is kept.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) video: &'a PlannedVideo,
    pub(super) path: &'a Path,
}

/// Renders a video, keeps it at `path`, whole or not at all, and checks it.
pub fn render(
    video: &PlannedVideo,
    ready: &BTreeMap<String, Ready>,
    library: &Library,
    (store, path): (Store, &Path),
) -> Result<Rendered, Error> {
    let mut rendered = together(&[Asked { video, path }], ready, library, (store, &Rests::default()))?;
    Ok(rendered.pop().expect("one video gives one"))
}

/// Renders videos, keeps each, whole or not at all, and checks it. If they are several, they are all of one haystack, of which `rests` is
/// what other videos have encoded.
pub(super) fn together(
    asked: &[Asked<'_>],
    ready: &BTreeMap<String, Ready>,
    library: &Library,
    (store, rests): (Store, &Rests),
) -> Result<Vec<Rendered>, Error> {
    let drafts = asked.iter().map(|asked| Draft::new(asked.video, ready, library));
    let drafts = drafts.collect::<Result<Vec<Draft<'_>>, Error>>()?;
    let encoded = encoded(&drafts, rests)?;
    let mut composed = drafts
        .par_iter()
        .zip(asked)
        .enumerate()
        .map(|(number, (draft, asked))| draft.composed(number, &encoded, library)?.spliced(draft, asked.path))
        .collect::<Result<Vec<Composed<'_>>, Error>>()?;
    let mut checking = Vec::new();
    let mut writing = Vec::new();
    for ((draft, composed), asked) in drafts.iter().zip(&mut composed).zip(asked) {
        let Composed { parts, spliced, comparison } = composed;
        let input = Input::Spliced(Arc::clone(spliced));
        checking.push(Checking::new(draft.video, &draft.timeline, comparison, (&draft.maker, ready), input));
        writing.push(Writing { draft, parts, spliced, path: asked.path });
    }
    let (written, checked) = rayon::join(
        || {
            writing
                .into_par_iter()
                .map(|writing| writing.write(store))
                .collect::<Result<Vec<Written>, Error>>()
        },
        || check::needles(checking, ready),
    );
    let (written, ()) = (written?, checked?);
    let found: Vec<Vec<String>> = composed.into_iter().map(|composed| composed.comparison.end().1).collect();
    let rendered = drafts.into_iter().zip(found).zip(written).map(|((draft, mut differences), written)| {
        differences.extend(written.differences);
        Rendered { done: written.done, sha256: written.sha256, timeline: draft.timeline, differences }
    });
    Ok(rendered.collect())
}

/// The same video, of which nothing is kept: its bytes lie where they come from. Messages call it `name`.
pub(super) fn spliced(
    video: &PlannedVideo,
    ready: &BTreeMap<String, Ready>,
    library: &Library,
    name: &Path,
) -> Result<Arc<Spliced>, Error> {
    let draft = Draft::new(video, ready, library)?;
    let encoded = encoded(std::slice::from_ref(&draft), &Rests::default())?;
    Ok(Arc::new(draft.composed(0, &encoded, library)?.movie.spliced(name)?))
}

/// A video before anything of it is encoded.
struct Draft<'a> {
    video: &'a PlannedVideo,
    ready: &'a BTreeMap<String, Ready>,
    timeline: Timeline,
    maker: FrameMaker<'a>,
    /// The haystack that it starts with, whose form all of it has.
    first: &'a Ready,
}

/// What is encoded by itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// A segment of a video: their numbers.
    Segment(usize, usize),
    /// A second of a haystack, for all videos.
    Second(String, [u64; 2]),
}

impl Part {
    fn second(haystack: &str, span: FrameSpan) -> Self {
        Self::Second(haystack.to_owned(), span.into())
    }
}

/// Encodes all segments of these videos.
fn encoded(drafts: &[Draft<'_>], rests: &Rests) -> Result<BTreeMap<Part, Packets>, Error> {
    let mut found: BTreeMap<Part, Packets> = BTreeMap::new();
    let mut wanted: BTreeMap<Part, usize> = BTreeMap::new();
    let mut makings: BTreeMap<String, Vec<Making<'_, Part>>> = BTreeMap::new();
    let mut alone = Vec::new();
    for (number, draft) in drafts.iter().enumerate() {
        for (at, segment) in draft.timeline.segments().iter().enumerate() {
            let (part, runs) = match segment {
                Segment::Copy { .. } => continue,
                Segment::Rest { haystack, span, .. } => {
                    let part = Part::second(haystack, *span);
                    if let Some(packets) = rests.get(haystack, *span) {
                        found.insert(part, packets);
                        continue;
                    }
                    let (haystack, overlays) = (haystack.clone(), Vec::new());
                    (part, Runs::new(vec![Run::Haystack { at: 0, haystack, span: *span, overlays }]))
                }
                Segment::Encode(runs) => (Part::Segment(number, at), Runs::new(runs.clone())),
                Segment::Black { .. } => (Part::Segment(number, at), None),
            };
            if wanted.insert(part.clone(), number).is_some() {
                continue;
            }
            match runs {
                Some(runs) => makings.entry(runs.haystack().to_owned()).or_default().push(Making::new(
                    part,
                    &draft.maker,
                    draft.first.settings(),
                    runs,
                )),
                None => alone.push((part, draft, segment)),
            }
        }
    }
    // Segments are independent, so their bytes do not depend on which thread encodes which.
    let passes = makings.into_par_iter().map(|(haystack, mut makings)| {
        let track = &drafts[0].ready[&haystack].video;
        pass::side_by_side(track, &mut makings).map_err(|error| about(error, drafts[0].first))?;
        let ended = makings.into_iter().map(Making::end);
        let ended =
            ended.map(|(part, packets)| Ok((part, packets.ok_or_else(|| track.lacks(track.frames()))?)));
        ended.collect::<Result<Vec<(Part, Encoded)>, Error>>()
    });
    let by_itself = |(part, draft, segment): (Part, &Draft<'_>, &Segment)| {
        let settings = draft.first.settings();
        let packets = match segment {
            Segment::Encode(runs) => draft.maker.encode(runs, settings),
            _ => draft.maker.encode_black(segment.count(), settings),
        };
        Ok((part, packets.map_err(|error| about(error, draft.first))?))
    };
    let (passed, alone) = rayon::join(
        || passes.collect::<Result<Vec<_>, Error>>(),
        || alone.into_par_iter().map(by_itself).collect::<Result<Vec<_>, Error>>(),
    );
    for (part, packets) in passed?.into_iter().flatten().chain(alone?) {
        let draft = &drafts[wanted[&part]];
        let packets = draft.proved(&part, packets)?;
        if let Part::Second(haystack, [start, end]) = &part
            && let Some(span) = FrameSpan::new(*start, *end)
        {
            rests.keep(haystack, span, &packets);
        }
        found.insert(part, packets);
    }
    Ok(found)
}

/// An error of the encoder, about the haystack that it encoded for.
fn about(error: Error, first: &Ready) -> Error {
    match error {
        Error::Media(error) => Error::Media(error.about(&first.video.path)),
        other => other,
    }
}

impl<'a> Draft<'a> {
    fn new(
        video: &'a PlannedVideo,
        ready: &'a BTreeMap<String, Ready>,
        library: &Library,
    ) -> Result<Self, Error> {
        let timeline = Timeline::new(video, |id| ready.get(id).map(|ready| &*ready.video))?;
        let maker = FrameMaker::new(video, ready, library)?;
        let fail = |reason: String| Error::Plan { video: video.name.clone(), reason };
        let mut haystacks = video.parts.iter().map(|part| &ready[&part.haystack]);
        let first = haystacks.next().ok_or_else(|| fail("no haystack".to_owned()))?;
        if let Some(other) = haystacks.find(|other| !first.joins(other)) {
            return Err(fail(format!("`{}` cannot be joined to `{}`", other.haystack.id, first.haystack.id)));
        }
        Ok(Self { video, ready, timeline, maker, first })
    }

    fn fail(&self, reason: String) -> Error {
        Error::Plan { video: self.video.name.clone(), reason }
    }

    /// Packets of a part, if they are as many as its frames and can stand beside those of the haystack.
    fn proved(&self, part: &Part, encoded: Encoded) -> Result<Packets, Error> {
        let count = match part {
            Part::Segment(_, at) => self.timeline.segments()[*at].count(),
            Part::Second(_, [start, end]) => end - start,
        };
        if encoded.packets.len() as u64 != count {
            return Err(self.fail(format!("{} packets for {count} frames", encoded.packets.len())));
        }
        if !self.first.as_is && !self.first.video.has_parameter_sets(&encoded.sps, &encoded.pps) {
            let reason = "was encoded by another build of x264; remove it and run again";
            return Err(media::Error::source_file(&self.first.video.path, reason).into());
        }
        Ok(Arc::new(encoded.packets))
    }

    /// Puts the pieces together, and the sound of needles into the video's.
    fn composed(
        &self,
        number: usize,
        encoded: &BTreeMap<Part, Packets>,
        library: &Library,
    ) -> Result<Parts, Error> {
        self.maker.go_on()?;
        let mut movie = self.movie(number, encoded)?;
        let mut needles = Vec::new();
        if let Some(sound) = &mut movie.sound {
            needles = sounding::needles(self.video, library, sound)?;
            sound.mixed = mix::mixed(sound, sound.packets(self.video.fps, self.video.num_frames), &needles)?;
        }
        Ok(Parts { movie, needles })
    }

    fn movie(&self, number: usize, encoded: &BTreeMap<Part, Packets>) -> Result<Movie, Error> {
        let packets = |part: &Part| {
            let packets = encoded.get(part).ok_or_else(|| self.fail("a segment was not encoded".to_owned()));
            packets.map(|packets| Piece::Encoded(Arc::clone(packets)))
        };
        let piece = |(at, segment): (usize, &Segment)| match segment {
            Segment::Copy { haystack, span, .. } => {
                Ok(Piece::Copy(Arc::clone(&self.ready[haystack].video), *span))
            }
            Segment::Rest { haystack, span, .. } => packets(&Part::second(haystack, *span)),
            Segment::Encode(_) | Segment::Black { .. } => packets(&Part::Segment(number, at)),
        };
        let video = self.video;
        Ok(Movie {
            width: video.width,
            height: video.height,
            fps: video.fps,
            avcc: self.first.video.avcc.clone(),
            tags: self.first.video.tags,
            pieces: self.timeline.segments().iter().enumerate().map(piece).collect::<Result<_, Error>>()?,
            sound: sounding::sound(video, &self.timeline, self.ready)?,
            text: if video.subtitle_track { video.subtitles.clone() } else { Vec::new() },
        })
    }
}

/// A video whose parts are all there, and the needles that are heard in it.
struct Parts {
    movie: Movie,
    needles: Vec<Needle>,
}

impl Parts {
    /// Puts them in the order of its bytes, which are to be kept at `path`, and begins to check them.
    fn spliced<'a>(self, draft: &'a Draft<'a>, path: &Path) -> Result<Composed<'a>, Error> {
        let spliced = Arc::new(self.movie.spliced(path)?);
        let comparison = check::places(draft.video, (&self.movie, &spliced), (&draft.maker, draft.ready))?;
        Ok(Composed { parts: self, spliced, comparison })
    }
}

/// A video whose bytes are known, while it is checked.
struct Composed<'a> {
    parts: Parts,
    spliced: Arc<Spliced>,
    comparison: Comparison<'a>,
}

/// A video that is to be kept at `path`.
struct Writing<'w> {
    draft: &'w Draft<'w>,
    parts: &'w Parts,
    spliced: &'w Arc<Spliced>,
    path: &'w Path,
}

/// What is kept of a video, its digest, and what differs in it from what was to be written.
struct Written {
    done: Done,
    sha256: String,
    differences: Vec<String>,
}

impl Writing<'_> {
    fn write(self, store: Store) -> Result<Written, Error> {
        let Self { draft, parts: Parts { movie, needles }, spliced, path } = self;
        let mut differences = Vec::new();
        let (done, sha256) = match store {
            Store::File => {
                let sha256 = spliced.write(path)?;
                if let Some(at) = spliced.differs_at(path)? {
                    differences.push(format!("byte {at} of its file is not what was written"));
                }
                (Done { bytes: spliced.size(), sha256: sha256.clone() }, sha256)
            }
            Store::Recipe => {
                let sha256 = spliced.sha256()?;
                Recipe::new(movie, spliced, sha256.clone(), draft.ready)?.write(path)?;
                // What was checked has to be what the recipe on disk gives.
                if *Recipe::read(path)?.spliced(path, draft.ready)? != **spliced {
                    differences.push("its recipe gives other bytes".to_owned());
                }
                (Done::of(path)?, sha256)
            }
        };
        if let Some(sound) = movie.sound.as_ref().filter(|_| !needles.is_empty()) {
            let count = sound.packets(draft.video.fps, draft.video.num_frames);
            differences.extend(mix::proof::near(sound, count, needles)?);
        }
        Ok(Written { done, sha256, differences })
    }
}

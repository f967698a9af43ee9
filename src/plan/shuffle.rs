//! Shuffling: the frames of a video in another order, every needle whole.
//!
//! In: a planned video, where it may be cut, a random stream. Out: the same frames, needles among them, in an order that
//! tells nothing of the first. The video is cut where needles start and end, and between them at keyframes as far as that
//! gives pieces enough: a cut there costs no encoding. No two needles come to stand next to each other, since two showings
//! of one thing would look like one.

use crate::needle::WayIn;
use crate::seed::Stream;
use crate::time::{Depth, FrameSpan};

use super::{HaystackPart, PlannedNeedle, PlannedVideo};

/// A video is cut into this many pieces at least, where it has as many seconds: with keyframes far apart, between them.
const PIECES: u64 = 16;

/// Where a video may be cut between its needles.
pub(super) struct Cuts<G> {
    /// Frames of a piece, at least.
    least: u64,
    /// Frames of a piece, at most.
    most: u64,
    /// The keyframe distance of a haystack.
    gop: G,
}

impl<G: Fn(&str) -> u64> Cuts<G> {
    /// Cuts of `video`, whose needles have `gap` frames between them at least.
    pub(super) fn new(video: &PlannedVideo, gap: u64, gop: G) -> Self {
        let second = video.fps.frames_in_millis(1000).max(1);
        // A tenth of a second is still seen as a scene of its own.
        Self { least: gap.max(second / 10).max(1), most: second.max(video.num_frames / PIECES), gop }
    }

    /// A stretch of haystack frames as pieces.
    fn pieces(&self, stretch: Vec<HaystackPart>) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for part in stretch {
            let step = (self.gop)(&part.haystack).clamp(1, self.most.max(1));
            let mut start = part.span.start();
            while start < part.span.end() {
                let end = ((start / step + 1) * step).min(part.span.end());
                let cut = HaystackPart {
                    haystack: part.haystack.clone(),
                    span: FrameSpan::new(start, end).expect("a cut lies behind its start"),
                };
                match pieces.last_mut() {
                    // What is too short to stand alone goes with its neighbour.
                    Some(last) if last.frames() < self.least || end - start < self.least => {
                        last.parts.push(cut);
                    }
                    _ => pieces.push(Piece { parts: vec![cut], needles: Vec::new() }),
                }
                start = end;
            }
        }
        pieces
    }
}

/// Frames that stay together.
#[derive(Debug, Default)]
struct Piece {
    parts: Vec<HaystackPart>,
    /// Their spans begin with the piece.
    needles: Vec<PlannedNeedle>,
}

impl Piece {
    /// Frames of haystacks.
    fn covered(&self) -> u64 {
        self.parts.iter().map(|part| part.span.count()).sum()
    }

    /// All frames: inserts are beside those of haystacks, and what shares its frames counts once.
    fn frames(&self) -> u64 {
        let insert = self.needles.iter().find(|needle| needle.mode == WayIn::Insert);
        self.covered() + insert.map_or(0, |needle| needle.span.count())
    }
}

/// `video` with its pieces in a random order.
pub(super) fn shuffled<G: Fn(&str) -> u64>(
    video: PlannedVideo,
    cuts: &Cuts<G>,
    stream: &mut Stream,
) -> PlannedVideo {
    let (mut needles, mut between) = pieces(&video, cuts);
    stream.shuffle(&mut needles);
    stream.shuffle(&mut between);
    let ordered = arranged(needles, between, stream);
    let (mut parts, mut needles) = (Vec::<HaystackPart>::new(), Vec::new());
    let (mut at, mut before) = (0, 0);
    let total: u64 = video.parts.iter().map(|part| part.span.count()).sum();
    for piece in ordered {
        let (frames, covered) = (piece.frames(), piece.covered());
        for needle in piece.needles {
            let last = if needle.mode == WayIn::Insert { total } else { total - needle.span.count() };
            let span = FrameSpan::new(at, at + needle.span.count()).expect("a needle lasts a frame");
            needles.push(PlannedNeedle { span, depth: Depth::of(before, last), ..needle });
        }
        piece.parts.into_iter().for_each(|part| push(&mut parts, part));
        at += frames;
        before += covered;
    }
    PlannedVideo { parts, needles, ..video }
}

/// Adds a part, as one with the last where it goes on from it.
fn push(parts: &mut Vec<HaystackPart>, part: HaystackPart) {
    match parts.last_mut() {
        Some(last) if last.haystack == part.haystack && last.span.end() == part.span.start() => {
            last.span = FrameSpan::new(last.span.start(), part.span.end()).expect("it grows");
        }
        _ => parts.push(part),
    }
}

/// The pieces with a needle, and those between them.
fn pieces<G: Fn(&str) -> u64>(video: &PlannedVideo, cuts: &Cuts<G>) -> (Vec<Piece>, Vec<Piece>) {
    let (mut shown, mut between) = (Vec::<Piece>::new(), Vec::new());
    let mut haystacks = Parts { parts: video.parts.iter(), left: None };
    let mut at = 0;
    for needle in &video.needles {
        let span = needle.span;
        let own = FrameSpan::new(0, span.count()).expect("a needle lasts a frame");
        let local = PlannedNeedle { span: own, ..needle.clone() };
        if at > span.start() {
            // It shares the frames of the one before.
            shown.last_mut().expect("a needle came before").needles.push(local);
            continue;
        }
        between.extend(cuts.pieces(haystacks.take(span.start() - at)));
        let parts = if needle.mode == WayIn::Insert { Vec::new() } else { haystacks.take(span.count()) };
        shown.push(Piece { parts, needles: vec![local] });
        at = span.end();
    }
    between.extend(cuts.pieces(haystacks.take(u64::MAX)));
    // What is too short to stand alone goes with another piece, so that needles keep their distance.
    let (short, mut between): (Vec<Piece>, Vec<Piece>) =
        between.into_iter().partition(|piece| piece.frames() < cuts.least);
    match between.first_mut() {
        Some(first) => first.parts.extend(short.into_iter().flat_map(|piece| piece.parts)),
        None => between = short,
    }
    (shown, between)
}

/// Haystack frames being used up.
struct Parts<'a, I: Iterator<Item = &'a HaystackPart>> {
    parts: I,
    left: Option<HaystackPart>,
}

impl<'a, I: Iterator<Item = &'a HaystackPart>> Parts<'a, I> {
    /// The next `count` frames, or all that are left.
    fn take(&mut self, mut count: u64) -> Vec<HaystackPart> {
        let mut taken = Vec::new();
        while count > 0 {
            let Some(part) = self.left.take().or_else(|| self.parts.next().cloned()) else { break };
            let cut = part.span.start() + count.min(part.span.count());
            count -= cut - part.span.start();
            let HaystackPart { haystack, span } = part;
            if let Some(rest) = FrameSpan::new(cut, span.end()) {
                self.left = Some(HaystackPart { haystack: haystack.clone(), span: rest });
            }
            taken.extend(FrameSpan::new(span.start(), cut).map(|span| HaystackPart { haystack, span }));
        }
        taken
    }
}

/// Needles at random places among the other pieces, with at least one between two of them; where there are too few for
/// that, anywhere.
fn arranged(needles: Vec<Piece>, between: Vec<Piece>, stream: &mut Stream) -> Vec<Piece> {
    let slots = between.len() + 1;
    let mut chosen: Vec<usize> = if needles.len() <= slots {
        stream.distinct(needles.len(), slots)
    } else {
        needles.iter().map(|_| stream.below(slots as u64) as usize).collect()
    };
    chosen.sort_unstable();
    let mut needles = chosen.into_iter().zip(needles).peekable();
    let mut ordered = Vec::new();
    let mut between = between.into_iter();
    for slot in 0..slots {
        while let Some((_, needle)) = needles.next_if(|(at, _)| *at == slot) {
            ordered.push(needle);
        }
        ordered.extend(between.next());
    }
    ordered
}

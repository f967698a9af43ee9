//! A scene: all that is shown and can be asked for, in order of time.
//!
//! In: needles that were planned, stated by a row, or detected in pixels. Out: [`Scene`]s, of which a kind of question tells the
//! right answer. Distractors are no part of it: they are chosen so that the question does not ask for them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::query::Query;
use super::sense::Sense;
use crate::needle::{Motion, Mover, PIXEL, PixelBox, Replay};
use crate::time::FrameSpan;

/// Parts of a picture's width or height in which points are stated.
const WHOLE: u64 = 1_000_000;

/// A point of the picture, in millionths of its width and height from the upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// From the left.
    pub x: u32,
    /// From above.
    pub y: u32,
}

impl Point {
    /// The centre of an area of a picture of this width and height in pixels.
    pub fn centre_of(area: PixelBox, (width, height): (u32, u32)) -> Self {
        let share = |start: u32, size: u32, whole: u32| {
            let doubled = 2 * u64::from(start) + u64::from(size);
            u32::try_from(doubled * WHOLE / (2 * u64::from(whole.max(1)))).unwrap_or(u32::MAX)
        };
        Self { x: share(area.x, area.w, width), y: share(area.y, area.h, height) }
    }

    /// The point this far from the left and from above, in millionths; nothing where that is outside the picture.
    pub fn of_millionths(x: u32, y: u32) -> Option<Self> {
        let is_inside = |at: u32| u64::from(at) <= WHOLE;
        (is_inside(x) && is_inside(y)).then_some(Self { x, y })
    }

    /// The cell in which it lies, where the picture is divided into so many on each side. On a border it lies in the cell to the
    /// right, and below.
    pub fn cell(self, cells: u32) -> Cell {
        let of = |at: u32| {
            let cell = u64::from(at) * u64::from(cells) / WHOLE;
            u32::try_from(cell).unwrap_or(u32::MAX).min(cells.saturating_sub(1))
        };
        Cell { column: of(self.x), row: of(self.y), cells }
    }
}

/// Fractions of the width and of the height, as `(0.25, 0.75)`.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", fraction(self.x), fraction(self.y))
    }
}

/// Millionths as a fraction of 1, without zeros at its end.
fn fraction(millionths: u32) -> String {
    let (whole, part) = (u64::from(millionths) / WHOLE, u64::from(millionths) % WHOLE);
    format!("{whole}.{part:06}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A part of the picture, in millionths of its width and height: from a first one to the one after the last.
///
/// At the right and the lower edge of the picture it holds the edge itself, too: every point of the picture lies in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    x: [u32; 2],
    y: [u32; 2],
}

impl Region {
    /// The part between these ends; nothing where it is empty or outside the picture.
    pub fn between(x: [u32; 2], y: [u32; 2]) -> Option<Self> {
        let is_range = |[start, end]: [u32; 2]| start < end && u64::from(end) <= WHOLE;
        (is_range(x) && is_range(y)).then_some(Self { x, y })
    }

    /// Whether the point lies in it.
    pub fn holds(self, point: Point) -> bool {
        let within = |[start, end]: [u32; 2], at: u32| {
            start <= at && (at < end || at == end && u64::from(end) == WHOLE)
        };
        within(self.x, point.x) && within(self.y, point.y)
    }

    /// Its middle.
    pub fn centre(self) -> Point {
        let middle = |[start, end]: [u32; 2]| start.midpoint(end);
        Point { x: middle(self.x), y: middle(self.y) }
    }

    /// How far from it the point lies, where the picture is 1 wide and 1 high; 0 within it.
    pub fn distance(self, point: Point) -> f64 {
        if self.holds(point) {
            return 0.0;
        }
        let beyond = |[start, end]: [u32; 2], at: u32| {
            f64::from(start.saturating_sub(at).max(at.saturating_sub(end))) / WHOLE as f64
        };
        let (x, y) = (beyond(self.x, point.x), beyond(self.y, point.y));
        (x * x + y * y).sqrt()
    }
}

/// Fractions of the width and of the height, as `x 0 - 0.5, y 0.5 - 1`.
impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [x, y] = [self.x, self.y].map(|[start, end]| format!("{} - {}", fraction(start), fraction(end)));
        write!(f, "x {x}, y {y}")
    }
}

/// A cell of a picture that is divided into as many columns as rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Column from the left, from 0.
    pub column: u32,
    /// Row from above, from 0.
    pub row: u32,
    /// Columns, and rows.
    pub cells: u32,
}

impl Cell {
    /// All cells, row by row.
    pub fn all(cells: u32) -> Vec<Self> {
        (0..cells).flat_map(|row| (0..cells).map(move |column| Self { column, row, cells })).collect()
    }

    /// The points that lie in it, as [`Point::cell`] has them.
    pub fn region(self) -> Region {
        let border = |at: u32| {
            let millionths = (u64::from(at) * WHOLE).div_ceil(u64::from(self.cells.max(1)));
            u32::try_from(millionths).unwrap_or(u32::MAX)
        };
        let range = |at: u32| [border(at), border(at + 1)];
        Region { x: range(self.column), y: range(self.row) }
    }
}

/// One thing that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it is shown for: the key of a value, the box of a state, what a link leads from. Empty where there is none.
    pub key: String,
    /// What it is, in the words of the options.
    pub label: String,
    /// Frames on which it is shown.
    pub span: FrameSpan,
    /// Whether it is in the picture, in the sound or in the subtitle track.
    pub sense: Sense,
    /// Where its middle is, where that is known and does not change.
    pub centre: Option<Point>,
    /// Where it is on single frames, in order of time, where it moves.
    pub track: Vec<Glimpse>,
    /// Frames in which it goes round once, where that is known; 0 elsewhere.
    pub round_frames: u64,
    /// Which frame of a short video single frames show, in order of time.
    pub played: Vec<Played>,
}

/// What of a short video is on one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// The frame.
    pub frame: u64,
    /// Which of the short video's frames it shows.
    pub moment: u64,
}

/// Where something is on one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glimpse {
    /// The frame.
    pub frame: u64,
    /// Where its middle is.
    pub centre: Point,
}

impl Sighting {
    /// A thing without a key, at no stated place.
    pub fn of(label: &str, span: FrameSpan) -> Self {
        Self {
            key: String::new(),
            label: label.to_owned(),
            span,
            sense: Sense::Seen,
            centre: None,
            track: Vec::new(),
            round_frames: 0,
            played: Vec::new(),
        }
    }

    /// What of it has to be sampled: one frame, or none where it is not in the picture.
    pub(super) fn evidence(&self) -> Evidence {
        let samples = u64::from(self.sense == Sense::Seen);
        Evidence { samples, ..Evidence::of(self.span) }
    }
}

impl Sighting {
    /// What a needle shows that moves so, in a picture of this width and height in pixels; the sighting itself where nothing moves.
    pub fn in_motion(self, motion: &Motion, size: (u32, u32)) -> Vec<Self> {
        let Motion { movers, replay, is_reversed } = motion;
        if !movers.is_empty() {
            return of_movers(movers, self.span, replay.as_ref(), size);
        }
        let played = is_reversed.map(|is_reversed| played(self.span, replay.as_ref(), is_reversed));
        vec![Self { played: played.unwrap_or_default(), ..self }]
    }
}

/// What movers show on the frames of a needle, one sighting for each that is shown.
///
/// The width and height of the picture are in pixels. `replay` states which of the motion's frames these are, where it is not all of
/// them in order.
pub(super) fn of_movers(
    movers: &[Mover],
    span: FrameSpan,
    replay: Option<&Replay>,
    (width, height): (u32, u32),
) -> Vec<Sighting> {
    let share = |place: i64, whole: u32| {
        let parts = i128::from(place) * i128::from(WHOLE) / (i128::from(PIXEL) * i128::from(whole.max(1)));
        u32::try_from(parts.clamp(0, i128::from(WHOLE))).unwrap_or_default()
    };
    let sighting = |mover: &Mover| {
        let glimpse = |frame: u64| {
            let (at, count) = Replay::shown(replay, frame - span.start(), span.count());
            let [x, y] = mover.centre(at, count);
            let centre = Point { x: share(x, width), y: share(y, height) };
            mover.share.holds(at, count).then_some(Glimpse { frame, centre })
        };
        let track: Vec<Glimpse> = (span.start()..span.end()).filter_map(glimpse).collect();
        let shown = FrameSpan::new(track.first()?.frame, track.last()?.frame + 1)?;
        let (_, count) = Replay::shown(replay, 0, span.count());
        Some(Sighting { track, round_frames: mover.round_frames(count), ..Sighting::of(&mover.label, shown) })
    };
    movers.iter().filter_map(sighting).collect()
}

/// Which of its frames a short video shows on the frames of a needle, counted in frames of the needle played forward.
///
/// `replay` states which of the needle's frames these are, where it is not all of them in order.
fn played(span: FrameSpan, replay: Option<&Replay>, is_reversed: bool) -> Vec<Played> {
    let moment = |frame: u64| {
        let (at, count) = Replay::shown(replay, frame - span.start(), span.count());
        let moment = if is_reversed { count.saturating_sub(at + 1) } else { at };
        Played { frame, moment }
    };
    (span.start()..span.end()).map(moment).collect()
}

/// All that is shown, by first frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene(Vec<Sighting>);

impl Scene {
    /// The sightings, by first frame; those that share it keep their order.
    pub fn sightings(&self) -> &[Sighting] {
        &self.0
    }

    /// What has been shown of it before frame `end`, when a question is asked. What is shown on the last of these frames counts, as
    /// long as it has been shown.
    #[must_use]
    pub fn before(&self, end: u64) -> Self {
        let shown = |sighting: &Sighting| {
            let mut shown = sighting.clone();
            shown.span = FrameSpan::new(sighting.span.start(), sighting.span.end().min(end))?;
            shown.track.retain(|glimpse| glimpse.frame < end);
            shown.played.retain(|played| played.frame < end);
            Some(shown)
        };
        self.0.iter().filter_map(shown).collect()
    }

    /// What somebody sees of it who looks at these frames alone, which ascend.
    #[must_use]
    pub fn sampled(&self, indices: &[u64]) -> Self {
        let is_taken = |frame: u64| indices.binary_search(&frame).is_ok();
        let thin = |sighting: &Sighting| {
            let mut thin = sighting.clone();
            thin.track.retain(|glimpse| is_taken(glimpse.frame));
            thin.played.retain(|played| is_taken(played.frame));
            // Sound and subtitles are no matter of frames.
            let is_seen = if sighting.sense != Sense::Seen {
                true
            } else if sighting.track.is_empty() {
                indices.iter().any(|&frame| sighting.span.contains(frame))
            } else {
                !thin.track.is_empty()
            };
            is_seen.then_some(thin)
        };
        self.0.iter().filter_map(thin).collect()
    }

    /// The sightings with this key, by first frame.
    pub(super) fn with_key<'a>(&'a self, key: &'a str) -> impl DoubleEndedIterator<Item = &'a Sighting> {
        self.0.iter().filter(move |sighting| sighting.key == key)
    }

    /// The thing that a question names, or the first of several.
    pub(super) fn named_by(&self, query: &Query) -> Option<&Sighting> {
        self.of_label(query.things.first()?)
    }

    /// The first sighting of this label.
    pub(super) fn of_label(&self, label: &str) -> Option<&Sighting> {
        self.0.iter().find(|sighting| sighting.label == label)
    }
}

impl FromIterator<Sighting> for Scene {
    fn from_iter<T: IntoIterator<Item = Sighting>>(sightings: T) -> Self {
        let mut sightings: Vec<Sighting> = sightings.into_iter().collect();
        sightings.sort_by_key(|sighting| sighting.span.start());
        Self(sightings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_lies_in_its_cell_alone() {
        for cells in [1, 2, 3, 7] {
            let all = Cell::all(cells);
            let third = 333_333;
            for x in [0, 1, third, third + 1, 499_999, 500_000, 666_666, 666_667, 999_999, 1_000_000] {
                for y in [0, third, third + 1, 500_000, 1_000_000] {
                    let point = Point::of_millionths(x, y).unwrap();
                    let holds: Vec<&Cell> = all.iter().filter(|cell| cell.region().holds(point)).collect();
                    assert_eq!(holds, [&point.cell(cells)], "{point} of {cells}");
                }
            }
        }
        assert_eq!(Point::of_millionths(1_000_001, 0), None);
    }

    #[test]
    fn regions_are_measured_and_written() {
        let region = Cell { column: 1, row: 0, cells: 3 }.region();
        assert_eq!(region.to_string(), "x 0.333334 - 0.666667, y 0 - 0.333334");
        assert_eq!(region.centre().to_string(), "(0.5, 0.166667)");
        let far = region.distance(Point { x: 966_667, y: 733_334 });
        assert!((far - 0.5).abs() < 1e-9, "0.3 to the right, 0.4 below: {far}");
        assert!(region.distance(Point { x: 400_000, y: 0 }).abs() < 1e-12);
        assert_eq!(Cell { column: 1, row: 1, cells: 2 }.region().to_string(), "x 0.5 - 1, y 0.5 - 1");
        assert_eq!(Region::between([0, 1_000_001], [0, 1]), None);
        assert_eq!(Region::between([5, 5], [0, 1]), None);
    }
}

//! How replies call the two numbers of a point: "x", "横坐标", "from the left", "down".
//!
//! In: tokens and a position. Out: the direction that is named there.

use crate::answers::extract::{Kind, Tokens};

/// A direction of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// From the left.
    Across,
    /// From above.
    Down,
}

/// An axis as it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Direction {
    pub(super) axis: Axis,
    /// Whether it counts from the right, or from below.
    pub(super) is_reversed: bool,
    /// Whether it is one of a box: `x1`, `ymax`, `width`.
    pub(super) is_of_box: bool,
    /// The token after it.
    pub(super) end: usize,
}

/// Names of an axis before its number.
const ACROSS: &[&str] = &["x", "horizontal", "horizontally", "横", "水"];
const DOWN: &[&str] = &["y", "vertical", "vertically", "纵", "竖", "垂"];
/// Names of the sides of a box.
const ACROSS_OF_BOX: &[&str] = &["x0", "x1", "x2", "xmin", "xmax", "w", "width", "宽"];
const DOWN_OF_BOX: &[&str] = &["y0", "y1", "y2", "ymin", "ymax", "h", "height", "高"];
/// Edges, as a stylesheet names them (`left: 25%`) and as Chinese does (`距左边25%`).
const EDGES: &[(&str, Axis, bool)] = &[
    ("left", Axis::Across, false),
    ("right", Axis::Across, true),
    ("top", Axis::Down, false),
    ("bottom", Axis::Down, true),
];
const CHINESE_EDGES: &[(&str, Axis, bool)] = &[
    ("左", Axis::Across, false),
    ("右", Axis::Across, true),
    ("上", Axis::Down, false),
    ("顶", Axis::Down, false),
    ("下", Axis::Down, true),
    ("底", Axis::Down, true),
];
/// Words before an edge in Chinese.
const FROM: &[&str] = &["距", "离", "从", "自", "由"];
/// Names of an axis behind its number.
const BEHIND: &[(&str, Axis)] = &[
    ("across", Axis::Across),
    ("width", Axis::Across),
    ("horizontal", Axis::Across),
    ("horizontally", Axis::Across),
    ("x", Axis::Across),
    ("down", Axis::Down),
    ("height", Axis::Down),
    ("vertical", Axis::Down),
    ("vertically", Axis::Down),
    ("y", Axis::Down),
];
/// Words between an axis and its number, and between one and the other, that say nothing.
const FILLERS: &[&str] = &[
    "coordinate",
    "coordinates",
    "coord",
    "position",
    "value",
    "is",
    "at",
    "of",
    "about",
    "around",
    "approximately",
    "roughly",
    "approx",
    "axis",
    "the",
    "way",
    "from",
    "in",
    "along",
    "edge",
    "side",
    "picture",
    "picture's",
    "image",
    "image's",
    "frame",
    "frame's",
    "screen",
    "screen's",
    "video",
    "its",
    "a",
    "坐",
    "标",
    "值",
    "为",
    "是",
    "约",
    "大",
    "方",
    "向",
    "轴",
    "平",
    "直",
    "位",
    "置",
    "在",
    "于",
    "处",
    "边",
    "侧",
    "缘",
    "部",
    "端",
    "离",
    "距",
    "的",
    "画",
    "面",
];
/// Marks around numbers and names.
const DRESS: &str = "*_`\"'$\\:=~≈({[";
/// What separates the numbers of a point.
pub(super) const JOINTS: &[&str] = &[",", ";", "|"];
/// Words that join them.
pub(super) const AND: &[&str] = &["and", "&", "和", "与", "及"];
/// Tokens looked at for the axis behind a number.
const REACH: usize = 8;

/// Whether the token is a mark that changes nothing.
pub(super) fn is_dress(tokens: &Tokens, at: usize) -> bool {
    let mut marks = tokens.text(at).chars();
    tokens.kind(at) == Kind::Mark && marks.all(|mark| "*_`\"'$\\".contains(mark))
}

/// Whether the token says nothing between an axis and its number.
pub(super) fn is_filler(tokens: &Tokens, at: usize) -> bool {
    let text = tokens.text(at);
    match tokens.kind(at) {
        Kind::Mark => text.chars().all(|mark| DRESS.contains(mark)),
        Kind::Word => FILLERS.contains(&text),
        Kind::Break => false,
    }
}

/// The axis that is named at `at`, before its number.
pub(super) fn axis_before(tokens: &Tokens, at: usize) -> Option<Direction> {
    let text = tokens.text(at);
    let named = |axis, is_of_box| Some(Direction { axis, is_reversed: false, is_of_box, end: at + 1 });
    let edge = |edges: &[(&str, Axis, bool)], end: usize| {
        let (_, axis, is_reversed) =
            edges.iter().find(|(name, ..)| *name == tokens.text(end - 1)).copied()?;
        Some(Direction { axis, is_reversed, is_of_box: false, end })
    };
    match text {
        _ if ACROSS.contains(&text) => named(Axis::Across, false),
        _ if DOWN.contains(&text) => named(Axis::Down, false),
        _ if ACROSS_OF_BOX.contains(&text) => named(Axis::Across, true),
        _ if DOWN_OF_BOX.contains(&text) => named(Axis::Down, true),
        _ if FROM.contains(&text) => {
            // "距离画面左边".
            let end =
                (at + 1..at + 5).find(|&end| !FROM.contains(&tokens.text(end)) && !is_filler(tokens, end))?;
            edge(CHINESE_EDGES, end + 1)
        }
        _ => {
            let called = (at + 1..at + 3).find(|&next| tokens.text(next) != "\"")?;
            edge(EDGES, at + 1).filter(|_| matches!(tokens.text(called), ":" | "="))
        }
    }
}

/// The axis that is named behind a number which ends at `at`.
pub(super) fn axis_behind(tokens: &Tokens, at: usize) -> Option<Direction> {
    let (mut is_from, mut is_to) = (false, false);
    for place in at..(at + REACH).min(tokens.len()) {
        let text = tokens.text(place);
        let found =
            |axis, is_reversed| Some(Direction { axis, is_reversed, is_of_box: false, end: place + 1 });
        if let Some((_, axis)) = BEHIND.iter().find(|(name, _)| *name == text) {
            return found(*axis, false);
        }
        if let Some((_, axis, is_far)) = EDGES.iter().find(|(name, ..)| *name == text) {
            // "25% from the right", and "25% to the right", which is from the left.
            return if is_from || is_to && *is_far { found(*axis, is_from && *is_far) } else { None };
        }
        is_from |= text == "from";
        is_to |= text == "to";
        // A colon or an equals sign leads to another number.
        if !is_filler(tokens, place) && text != "to" || matches!(text, ":" | "=") {
            return None;
        }
    }
    None
}

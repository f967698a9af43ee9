//! Answers that no pack names: yes and no, parts of the picture, sides.
//!
//! In: what is meant, and a language. Out: its word, with what else it may be called, the word first.

use super::scene::Cell;
use crate::language::Language;

/// A word and what else means it.
type Names = &'static [&'static str];

/// Whether a thing is there.
pub(super) fn truth(is_so: bool, language: Language) -> Names {
    match (is_so, language) {
        (true, Language::En) => &["Yes", "it does", "it did", "true"],
        (false, Language::En) => &["No", "it does not", "it did not", "false"],
        (true, Language::Zh) => &["是", "有", "出现了"],
        (false, Language::Zh) => &["否", "没有", "没出现"],
    }
}

/// Whether a canonical answer is yes.
pub fn is_yes(answer: &str, language: Language) -> bool {
    truth(true, language)[0] == answer
}

/// On which side of another thing a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Nearer to the left edge.
    Left,
    /// Nearer to the right edge.
    Right,
    /// Nearer to the upper edge.
    Higher,
    /// Nearer to the lower edge.
    Lower,
}

impl Side {
    /// Its word.
    pub(super) fn names(self, language: Language) -> Names {
        match (self, language) {
            (Self::Left, Language::En) => &["farther left", "further left", "left"],
            (Self::Right, Language::En) => &["farther right", "further right", "right"],
            (Self::Higher, Language::En) => &["higher", "further up", "above"],
            (Self::Lower, Language::En) => &["lower", "further down", "below"],
            (Self::Left, Language::Zh) => &["更靠左", "左边", "左"],
            (Self::Right, Language::Zh) => &["更靠右", "右边", "右"],
            (Self::Higher, Language::Zh) => &["更靠上", "上边", "上"],
            (Self::Lower, Language::Zh) => &["更靠下", "下边", "下"],
        }
    }
}

/// How something moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Towards the left edge.
    Left,
    /// Towards the right edge.
    Right,
    /// Towards the upper edge.
    Up,
    /// Towards the lower edge.
    Down,
    /// Round as the hands of a clock.
    Clockwise,
    /// Round the other way.
    CounterClockwise,
    /// On to its own left.
    TurnsLeft,
    /// On to its own right.
    TurnsRight,
    /// In the order in which it was filmed.
    Forward,
    /// In the opposite order.
    Backward,
}

impl Course {
    /// The four directions.
    pub(super) const HEADINGS: [Self; 4] = [Self::Left, Self::Right, Self::Up, Self::Down];
    /// The two ways round.
    pub(super) const SPINS: [Self; 2] = [Self::Clockwise, Self::CounterClockwise];
    /// The two turns.
    pub(super) const TURNS: [Self; 2] = [Self::TurnsLeft, Self::TurnsRight];

    /// The two ways in which a video is played.
    pub(super) const ARROWS: [Self; 2] = [Self::Forward, Self::Backward];

    /// The word of each, as options have it.
    pub(super) fn words<const N: usize>(courses: [Self; N], language: Language) -> Vec<String> {
        courses.map(|course| course.names(language)[0].to_owned()).to_vec()
    }

    /// What open answers may call each.
    pub(super) fn vocabulary<const N: usize>(courses: [Self; N], language: Language) -> Vec<Vec<String>> {
        courses.map(|course| owned(course.names(language))).to_vec()
    }

    /// Its word.
    pub(super) fn names(self, language: Language) -> Names {
        match (self, language) {
            (Self::Forward, Language::En) => &["forward", "forwards", "played forward", "in forward order"],
            (Self::Backward, Language::En) => {
                &["backward", "backwards", "played backward", "in reverse", "reversed", "reverse"]
            }
            (Self::Forward, Language::Zh) => &["正放", "正向播放", "正向", "顺放"],
            (Self::Backward, Language::Zh) => &["倒放", "反向播放", "倒着播放", "反向"],
            (Self::Left, Language::En) => &["left", "leftward", "leftwards", "to the left", "right to left"],
            (Self::Right, Language::En) => {
                &["right", "rightward", "rightwards", "to the right", "left to right"]
            }
            (Self::Up, Language::En) => &["up", "upward", "upwards", "bottom to top"],
            (Self::Down, Language::En) => &["down", "downward", "downwards", "top to bottom"],
            (Self::Clockwise, Language::En) => &["clockwise"],
            (Self::CounterClockwise, Language::En) => {
                &["counter-clockwise", "counterclockwise", "anticlockwise", "anti-clockwise"]
            }
            (Self::TurnsLeft, Language::En) => &["left", "to the left", "it turned left", "a left turn"],
            (Self::TurnsRight, Language::En) => &["right", "to the right", "it turned right", "a right turn"],
            (Self::Left, Language::Zh) => &["向左", "往左", "左"],
            (Self::Right, Language::Zh) => &["向右", "往右", "右"],
            (Self::Up, Language::Zh) => &["向上", "往上", "上"],
            (Self::Down, Language::Zh) => &["向下", "往下", "下"],
            (Self::Clockwise, Language::Zh) => &["顺时针"],
            (Self::CounterClockwise, Language::Zh) => &["逆时针"],
            (Self::TurnsLeft, Language::Zh) => &["左转", "向左转", "向左", "左"],
            (Self::TurnsRight, Language::Zh) => &["右转", "向右转", "向右", "右"],
        }
    }
}

/// A cell of a picture in four or nine.
pub(super) fn cell(cell: Cell, language: Language) -> String {
    let place = |at: u32| match (at, cell.cells) {
        (0, _) => 0,
        (at, cells) if at + 1 == cells => 2,
        _ => 1,
    };
    let (row, column) = (place(cell.row), place(cell.column));
    match language {
        Language::En => {
            let rows = ["top", "middle", "bottom"];
            let columns = ["left", "centre", "right"];
            if (row, column) == (1, 1) {
                "centre".to_owned()
            } else {
                format!("{} {}", rows[row], columns[column])
            }
        }
        Language::Zh => {
            let names = [
                ["左上", "上方中间", "右上"],
                ["左侧中间", "正中", "右侧中间"],
                ["左下", "下方中间", "右下"],
            ];
            names[row][column].to_owned()
        }
    }
}

/// Words as a vocabulary has them.
pub(super) fn owned(names: Names) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

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

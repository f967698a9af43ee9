//! Letters of options: A for the first, Z for the twenty-sixth, and no letter for any other.
//!
//! In: the place of an option, or a character. Out: the other one.

/// The most options that letters name.
pub const MOST: usize = 26;

/// The letter of option `index`, A for 0; nothing beyond Z.
pub fn of(index: usize) -> Option<char> {
    let index = u8::try_from(index).ok().filter(|index| usize::from(*index) < MOST)?;
    Some(char::from(b'A' + index))
}

/// What stands before option `index`: its letter, or beyond Z its number, counted from 1.
pub fn mark(index: usize) -> String {
    of(index).map_or_else(|| (index + 1).to_string(), String::from)
}

/// The option that a letter names, whether it is large or small; nothing for any other character.
pub fn index(letter: char) -> Option<usize> {
    letter.is_ascii_alphabetic().then(|| usize::from(letter.to_ascii_uppercase() as u8 - b'A'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_letters_for_26_options_and_no_more() {
        assert_eq!([0, 3, 25].map(of), [Some('A'), Some('D'), Some('Z')]);
        assert_eq!([26, 255, 256, usize::MAX].map(of), [None; 4]);
        assert_eq!([0, 25, 26].map(mark), ["A", "Z", "27"]);
        assert!((0..MOST).all(|at| of(at).and_then(index) == Some(at)));
        assert_eq!(['b', 'É', '1'].map(index), [Some(1), None, None]);
    }
}

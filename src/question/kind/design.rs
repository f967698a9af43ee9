//! Sets and sequences of words as options, so that no word tells which is right.
//!
//! In: how many options there are, and how many words each has. Out: which words each has. Every word is in as many options as every
//! other, and no option differs from another in more than which words it has: recognising a word rules out as much, whichever it is.

use std::collections::BTreeSet;

/// Options that are sets of `size` words, each word in exactly two of them; words are numbered from 0. Nothing where there is no
/// such design.
///
/// Options are the corners of a graph and words its edges: around the ring as often as `size` halves, and across it once where
/// `size` is odd.
pub(in crate::question) fn sets(options: usize, size: usize) -> Option<Vec<BTreeSet<usize>>> {
    if options < 3 || size < 2 || (size % 2 == 1 && options % 2 == 1) {
        return None;
    }
    let around = (0..options).map(|at| (at, (at + 1) % options));
    let across = (0..options / 2).map(|at| (at, at + options / 2)).filter(|_| size % 2 == 1);
    let edges = std::iter::repeat_n(around, size / 2).flatten().chain(across);
    let mut sets = vec![BTreeSet::new(); options];
    for (word, (one, other)) in edges.enumerate() {
        sets[one].insert(word);
        sets[other].insert(word);
    }
    Some(sets)
}

/// Words of a design of sets.
pub(in crate::question) fn words_of_sets(options: usize, size: usize) -> usize {
    options * size / 2
}

/// Options that are sequences of `size` words, of which no place tells more than a part: options are the cells of a grid, and places name
/// their rows and columns in turn, under other words each time. Four options take two words in each place. Nothing where there is no
/// such grid.
pub(super) fn grid(options: usize, size: usize) -> Option<Vec<Vec<usize>>> {
    let rows = (2..options)
        .take_while(|rows| rows * rows <= options)
        .filter(|rows| options.is_multiple_of(*rows))
        .last()?;
    let columns = options / rows;
    let word = |option: usize, place: usize| {
        let (row, column) = (option / columns, option % columns);
        if place.is_multiple_of(2) { (row + place / 2) % rows } else { rows + (column + place / 2) % columns }
    };
    (2..=2 * rows)
        .contains(&size)
        .then(|| (0..options).map(|option| (0..size).map(|place| word(option, place)).collect()).collect())
}

/// Options that are sequences of `size` out of as many words as there are options: each word stands in each place once.
pub(super) fn sequences(options: usize, size: usize) -> Vec<Vec<usize>> {
    (0..options).map(|first| (0..size).map(|at| (first + at) % options).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_two_sets_and_no_two_sets_are_the_same() {
        for (options, size) in [(4, 2), (4, 3), (4, 4), (6, 3), (5, 2), (3, 2)] {
            let sets = sets(options, size).unwrap();
            assert!(sets.iter().all(|set| set.len() == size), "{options} x {size}");
            assert_eq!(sets.iter().collect::<BTreeSet<_>>().len(), options);
            let words = words_of_sets(options, size);
            for word in 0..words {
                assert_eq!(sets.iter().filter(|set| set.contains(&word)).count(), 2);
            }
            assert_eq!(sets.iter().flatten().max(), Some(&(words - 1)));
        }
        assert!(sets(5, 3).is_none() && sets(2, 2).is_none() && sets(4, 1).is_none());
    }

    #[test]
    fn no_place_of_a_grid_tells_the_option_and_two_do() {
        for (options, size) in [(4, 2), (4, 3), (4, 4), (6, 2), (6, 4), (8, 3), (9, 6)] {
            let all = grid(options, size).unwrap();
            let words: BTreeSet<usize> = all.iter().flatten().copied().collect();
            assert!(words.len() <= options && words.iter().eq(&(0..words.len()).collect::<Vec<_>>()));
            for option in &all {
                assert_eq!(option.iter().collect::<BTreeSet<_>>().len(), size, "{option:?}");
                for (place, word) in option.iter().enumerate() {
                    let left = all.iter().filter(|other| other[place] == *word).count();
                    assert!(left >= 2, "{options} x {size}: place {place} leaves {left}");
                }
                assert_eq!(all.iter().filter(|other| other[..2] == option[..2]).count(), 1);
            }
        }
        assert_eq!(grid(4, 4).unwrap(), [[0, 2, 1, 3], [0, 3, 1, 2], [1, 2, 0, 3], [1, 3, 0, 2]]);
        assert!(grid(3, 2).is_none() && grid(2, 2).is_none() && grid(4, 5).is_none());
    }

    #[test]
    fn every_word_stands_in_each_place_once() {
        let options = sequences(4, 3);
        for place in 0..3 {
            let words: BTreeSet<usize> = options.iter().map(|option| option[place]).collect();
            assert_eq!(words.len(), 4);
        }
    }
}

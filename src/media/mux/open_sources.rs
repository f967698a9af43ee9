//! The files that a spliced video is read from, a few of them open at a time.
//!
//! In: numbers and paths of sources. Out: open files.

use std::fs::File;
use std::io;
use std::path::Path;

/// Sources that a reader keeps open. A joined video has hundreds, and reads of its pictures and its sound take turns in a few.
const MOST_OPEN: usize = 8;

/// Open sources by number, the one that was read last at the end.
#[derive(Debug, Default)]
pub(super) struct OpenSources(Vec<(usize, File)>);

impl OpenSources {
    /// The source of this number, which is the file at `path`.
    pub(super) fn get(&mut self, source: usize, path: &Path) -> io::Result<&File> {
        let known = self.0.iter().rposition(|(number, _)| *number == source);
        let found = match known {
            Some(at) => self.0.remove(at),
            None => (source, File::open(path)?),
        };
        if self.0.len() == MOST_OPEN {
            self.0.remove(0);
        }
        self.0.push(found);
        Ok(&self.0[self.0.len() - 1].1)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn few_of_many_sources_are_open_and_those_are_that_were_read_last() {
        let dir = tempfile::tempdir().unwrap();
        let path = |at: usize| dir.path().join(at.to_string());
        for at in 0..40 {
            std::fs::write(path(at), [at as u8; 40]).unwrap();
        }
        let mut open = OpenSources::default();
        let mut read = |at: usize| {
            let mut byte = [0];
            open.get(at, &path(at)).unwrap().read_exact(&mut byte).unwrap();
            assert_eq!(usize::from(byte[0]), at);
            open.0.iter().map(|(number, _)| *number).collect::<Vec<_>>()
        };
        for at in (0..40).chain(0..40) {
            assert!(read(at).len() <= MOST_OPEN);
        }
        for at in [1, 38, 1, 38, 1] {
            read(at);
        }
        assert_eq!(read(38), [33, 34, 35, 36, 37, 39, 1, 38]);
    }
}

//! What kind of fault an error of files is, whoever has to decide what follows from it.
//!
//! In: an error. Out: whether the disk was full, the user may not write there, nothing is there, or it holds something else.

use std::io;

use super::Error;

impl Error {
    /// Whether the disk was full: the run stops before its end and can be resumed.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io { source, .. } if is_disk_full(source))
    }

    /// Whether the user may not write there.
    pub fn is_refused(&self) -> bool {
        let kinds = [
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
            io::ErrorKind::NotADirectory,
        ];
        matches!(self, Self::Io { source, .. } if kinds.contains(&source.kind()))
    }

    /// Whether it was read, and does not hold what its format says.
    pub fn is_malformed(&self) -> bool {
        match self {
            Self::Row { .. } | Self::TooLong { .. } | Self::Outside { .. } => true,
            Self::Busy { .. } => false,
            Self::Io { source, .. } => {
                matches!(source.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
            }
        }
    }

    /// Whether the machine is at fault rather than what the file holds: descriptors or memory have run out, a disk fails, or
    /// the user may not read it.
    pub fn is_of_machine(&self) -> bool {
        use io::ErrorKind::{InvalidData, IsADirectory, NotADirectory, NotFound, UnexpectedEof};
        matches!(self, Self::Io { source, .. }
            if !matches!(source.kind(), NotFound | UnexpectedEof | InvalidData | IsADirectory | NotADirectory))
    }

    /// Whether there is no such file.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// Whether the system has no room for what was to be written: the disk is full, the user's quota is used up, or the file
/// grows beyond what the file system or a limit of the process (`ulimit -f`) lets it.
pub fn is_disk_full(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
    kinds.contains(&error.kind())
}

//! Where the files of a pack come from: the program itself, or a directory of the user's.
//!
//! In: names relative to the pack. Out: bytes and sorted listings, the same for either origin.

use std::path::{Component, Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::files;

/// The packs that come with the program.
static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/needles");

/// The font that comes with the program.
pub fn embedded_font() -> &'static [u8] {
    EMBEDDED.get_file("fonts/DejaVuSans.ttf").expect("the font is embedded").contents()
}

/// The directory of one pack.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// Within the program.
    Embedded(&'static Dir<'static>),
    /// On disk.
    Directory(&'a Path),
}

/// The bytes of one file, or where they are: pictures of the user's are read when they are drawn.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// Within the program.
    Embedded(&'static [u8]),
    /// On disk.
    File(PathBuf),
}

impl Origin {
    /// The whole file, which a person writes.
    pub(super) fn read_settings(&self) -> Result<std::borrow::Cow<'static, [u8]>, files::Error> {
        match self {
            Self::Embedded(bytes) => Ok((*bytes).into()),
            Self::File(path) => files::read_settings_bytes(path).map(Into::into),
        }
    }

    /// The whole file.
    pub(super) fn read(&self) -> Result<std::borrow::Cow<'static, [u8]>, files::Error> {
        match self {
            Self::Embedded(bytes) => Ok((*bytes).into()),
            Self::File(path) => files::read_bytes(path).map(Into::into),
        }
    }
}

/// All files of the embedded pack with this id, by their names in it; none where there is no such pack.
pub(super) fn embedded_files(id: &str) -> Vec<(String, &'static [u8])> {
    let files = EMBEDDED.get_dir(id).into_iter().flat_map(Dir::files);
    let mut files: Vec<(String, &'static [u8])> = files
        .filter_map(|file| Some((file.path().file_name()?.to_string_lossy().into_owned(), file.contents())))
        .collect();
    files.sort();
    files
}

impl Source<'_> {
    /// The embedded packs, sorted by name.
    pub(super) fn embedded() -> Vec<Self> {
        let mut dirs: Vec<&'static Dir<'static>> =
            EMBEDDED.dirs().filter(|dir| dir.get_file(dir.path().join("pack.toml")).is_some()).collect();
        dirs.sort_by_key(|dir| dir.path());
        dirs.into_iter().map(Self::Embedded).collect()
    }

    /// What messages call the file `name` of the pack.
    pub(super) fn shown(self, name: &str) -> PathBuf {
        match self {
            Self::Embedded(dir) => Path::new("needles").join(dir.path()).join(name),
            Self::Directory(path) => path.join(name),
        }
    }

    /// Whether `name` leads out of the pack's directory once links are followed.
    pub(super) fn is_linked_out(self, name: &str) -> bool {
        match self {
            Self::Embedded(_) => false,
            Self::Directory(dir) => is_linked_out(dir, name),
        }
    }

    /// The file `name`, or `None` where there is no such file.
    pub(super) fn file(self, name: &str) -> Option<Origin> {
        match self {
            Self::Embedded(dir) => {
                dir.get_file(dir.path().join(name)).map(|file| Origin::Embedded(file.contents()))
            }
            Self::Directory(path) => {
                let path = path.join(name);
                path.is_file().then_some(Origin::File(path))
            }
        }
    }

    /// The names in directory `name` of the pack that are not hidden, sorted. `None` where there is no such directory.
    pub(super) fn list(self, name: &str) -> Option<Result<Vec<String>, files::Error>> {
        let paths = match self {
            Self::Embedded(dir) => {
                let dir = if name.is_empty() { dir } else { dir.get_dir(dir.path().join(name))? };
                dir.entries().iter().map(|entry| entry.path().to_owned()).collect()
            }
            Self::Directory(path) => {
                let path = path.join(name);
                if !path.is_dir() {
                    return None;
                }
                match files::sorted_dir(&path) {
                    Ok(paths) => paths,
                    Err(error) => return Some(Err(error)),
                }
            }
        };
        let mut names: Vec<String> = paths
            .iter()
            .filter_map(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        Some(Ok(names))
    }
}

/// Whether a name that [`is_inside`] a directory leads out of it once links are followed. What is not there leads nowhere.
pub(super) fn is_linked_out(dir: &Path, name: &str) -> bool {
    // The directory of a bare file name is the one that the program runs in.
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    files::leads_outside(dir, &dir.join(name)).unwrap_or(false)
}

/// Whether a name stays within the directory that it is relative to.
pub(super) fn is_inside(name: &str) -> bool {
    Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

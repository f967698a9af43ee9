//! Globs: the files below a directory that a pattern stands for, whatever bytes their names are made of.
//!
//! In: a directory and a pattern. Out: files. A name that is not UTF-8 is compared with what can be read of it, so that `*`
//! stands for it, too. A directory that is reached again through a link into itself is entered once.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use glob::Pattern;

use crate::files;
use crate::wording;

/// The files that match, sorted, each once.
pub(super) fn files(dir: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    Pattern::new(pattern).map_err(|error| format!("`{pattern}` is not a glob: {}", error.msg))?;
    let (start, relative) = match pattern.strip_prefix('/') {
        Some(relative) => (Path::new("/"), relative),
        None => (dir, pattern),
    };
    let parts: Vec<&str> = relative.split('/').filter(|part| !part.is_empty()).collect();
    let mut walk = Walk { found: Vec::new(), inside: Vec::new() };
    walk.go(start, &parts).map_err(|error| format!("`{pattern}`: {}", wording::chain(&error)))?;
    walk.found.retain(|path| path.is_file());
    walk.found.sort();
    walk.found.dedup();
    Ok(walk.found)
}

struct Walk {
    found: Vec<PathBuf>,
    /// Device and inode of the directories that `**` has entered on the way.
    inside: Vec<(u64, u64)>,
}

impl Walk {
    fn go(&mut self, at: &Path, parts: &[&str]) -> Result<(), files::Error> {
        let Some((part, rest)) = parts.split_first() else {
            self.found.push(at.to_owned());
            return Ok(());
        };
        if !part.contains(['*', '?', '[']) {
            let next = at.join(part);
            return if next.exists() { self.go(&next, rest) } else { Ok(()) };
        }
        if *part == "**" {
            self.go(at, rest)?;
            for entry in listed(at)? {
                let Ok(metadata) = fs::metadata(&entry) else { continue };
                let place = (metadata.dev(), metadata.ino());
                if metadata.is_dir() && !self.inside.contains(&place) {
                    self.inside.push(place);
                    self.go(&entry, parts)?;
                    self.inside.pop();
                }
            }
            return Ok(());
        }
        // The whole pattern was read above, so each of its parts can be.
        let Ok(pattern) = Pattern::new(part) else { return Ok(()) };
        for entry in listed(at)? {
            if entry.file_name().is_some_and(|name| pattern.matches(&name.to_string_lossy())) {
                self.go(&entry, rest)?;
            }
        }
        Ok(())
    }
}

/// The entries of a directory; none of what is no directory.
fn listed(dir: &Path) -> Result<Vec<PathBuf>, files::Error> {
    if dir.as_os_str().is_empty() {
        let entries = files::sorted_dir(Path::new("."))?;
        return Ok(entries.iter().filter_map(|path| Some(path.strip_prefix(".").ok()?.to_owned())).collect());
    }
    if dir.is_dir() { files::sorted_dir(dir) } else { Ok(Vec::new()) }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    #[test]
    fn names_of_any_bytes_and_links_into_themselves_are_walked() {
        let root = tempfile::tempdir().unwrap();
        let odd = root.path().join(OsStr::from_bytes(b"d\xe9")).join("deep");
        fs::create_dir_all(&odd).unwrap();
        fs::write(odd.join(OsStr::from_bytes(b"lat\xe9in.mp4")), "").unwrap();
        fs::write(odd.join(".hidden.mp4"), "").unwrap();
        fs::write(root.path().join("a[1].mp4"), "").unwrap();
        std::os::unix::fs::symlink("..", odd.join("loop")).unwrap();
        let count = |pattern: &str| files(root.path(), pattern).map(|found| found.len());
        assert_eq!(count("*.mp4"), Ok(1));
        assert_eq!(count("a[[]1].mp4"), Ok(1));
        assert_eq!(count("*/*/*.mp4"), Ok(2));
        assert_eq!(count("d?/deep/lat?in.mp4"), Ok(1));
        assert_eq!(count("*/deep/*"), Ok(2));
        assert_eq!(count("absent/*"), Ok(0));
        // The link leads to a directory on the way, which is not entered again.
        assert_eq!(count("**/lat*"), Ok(1));
        assert!(count("a**b").unwrap_err().contains("is not a glob: "));
        let absolute = format!("{}/*.mp4", root.path().display());
        assert_eq!(files(Path::new("elsewhere"), &absolute).unwrap().len(), 1);
    }
}

//! Checksums of files: the digests of their bytes.
//!
//! In: a path. Out: 64 hexadecimal digits, or an error that names the path.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::digest::Digester;
use crate::files::Error;

/// The SHA-256 of a whole file, read in pieces of 1 MiB.
pub fn of_file(path: &Path) -> Result<String, Error> {
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let mut digester = Digester::default();
    let mut piece = vec![0_u8; 1 << 20];
    loop {
        let read = file.read(&mut piece).map_err(Error::io("read", path))?;
        if read == 0 {
            return Ok(digester.end());
        }
        digester.update(&piece[..read]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest;

    #[test]
    fn file_and_bytes_agree() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        let bytes = vec![7_u8; 3 << 20];
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(of_file(&path).unwrap(), digest::of_bytes(&bytes));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let absent = dir.path().join("absent.mp4");
        let named = format!("cannot read `{}`", absent.display());
        assert_eq!(of_file(&absent).unwrap_err().to_string(), named);
        let unreadable = format!("cannot read `{}`", dir.path().display());
        assert_eq!(of_file(dir.path()).unwrap_err().to_string(), unreadable);
    }
}

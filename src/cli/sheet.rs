//! Previews of needle packs, as picture files.
//!
//! In: a pack. Out: one PNG file of all that it holds; no file is replaced.

use std::io::Cursor;
use std::path::Path;

use image::ImageFormat;

use super::exit::{Exit, Failure};
use crate::files;
use crate::needle::{Library, Pack};

/// Fails where a sheet would take the place of a file.
pub(super) fn check_sheet(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        let message = format!("`{}` already exists", path.display());
        return Err(Failure::message(Exit::Usage, message).hint("remove it, or name another file"));
    }
    Ok(())
}

/// Writes the preview of a pack.
pub(super) fn write_sheet(library: &Library, pack: &Pack, path: &Path) -> Result<(), Failure> {
    check_sheet(path)?;
    let mut png = Cursor::new(Vec::new());
    let sheet = library.sheet(&pack.id)?;
    sheet.write_to(&mut png, ImageFormat::Png).map_err(|error| Failure::new(Exit::Bug, error))?;
    Ok(files::write_bytes(path, &png.into_inner())?)
}

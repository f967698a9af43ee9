//! Previews of needle packs, as picture files.
//!
//! In: a pack. Out: one PNG file of all that it holds; no file is replaced.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, RgbImage};

use super::exit::{Exit, Failure};
use crate::files;
use crate::media::reel;
use crate::needle::{Footage, Item, Library, Pack, SHEET_ROOM};

/// Fails where a sheet would take the place of a file.
pub(super) fn check_sheet(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        let message = format!("`{}` already exists", path.display());
        return Err(Failure::message(Exit::Usage, message).hint("remove it, or name another file"));
    }
    Ok(())
}

/// The middle frame of each item that is a short video.
fn stills(pack: &Pack) -> Result<BTreeMap<String, RgbImage>, Failure> {
    let moving = pack.items.iter().filter_map(|item| Some((item, item.footage.as_ref()?)));
    let still = |(item, footage): (&Item, &Footage)| {
        let still = reel::still(footage, SHEET_ROOM).map_err(|error| Failure::new(Exit::Media, error))?;
        Ok((item.id.clone(), still))
    };
    moving.map(still).collect()
}

/// Writes the preview of a pack.
pub(super) fn write_sheet(library: &Library, pack: &Pack, path: &Path) -> Result<(), Failure> {
    check_sheet(path)?;
    let mut png = Cursor::new(Vec::new());
    let sheet = library.sheet_with(&pack.id, &stills(pack)?)?;
    sheet.write_to(&mut png, ImageFormat::Png).map_err(|error| Failure::new(Exit::Bug, error))?;
    Ok(files::write_bytes(path, &png.into_inner())?)
}

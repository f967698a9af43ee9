//! Previews of needle packs, as picture files.
//!
//! In: a pack. Out: one PNG file of all that it holds, or one WAV file of its sounds; no file is replaced.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, RgbImage};

use super::exit::{Exit, Failure};
use crate::files;
use crate::media::reel;
use crate::needle::{Footage, Item, Library, Pack, Pcm, SHEET_ROOM};

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

/// Samples a second of previews that are heard.
const RATE: u32 = 48_000;

/// All sounds of a pack one after the other, half a second apart.
fn played(library: &Library, pack: &Pack) -> Result<Pcm, Failure> {
    let mut all = Pcm { sample_rate: RATE, samples: Vec::new() };
    for item in &pack.items {
        for take in 0..item.sounds.len() {
            all.samples.extend(library.heard(&pack.id, &item.id, take as u16, RATE)?.samples);
            all.samples.resize(all.samples.len() + RATE as usize / 2, 0);
        }
    }
    if all.samples.is_empty() {
        let message = format!("pack `{}` has no sounds, and a WAV file holds sounds", pack.id);
        return Err(Failure::message(Exit::Usage, message).hint("name a PNG file"));
    }
    Ok(all)
}

/// Writes the preview of a pack: a PNG file, or a WAV file of sounds.
pub(super) fn write_sheet(library: &Library, pack: &Pack, path: &Path) -> Result<(), Failure> {
    check_sheet(path)?;
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav")) {
        return Ok(files::write_bytes(path, &played(library, pack)?.wav())?);
    }
    let mut png = Cursor::new(Vec::new());
    let sheet = library.sheet_with(&pack.id, &stills(pack)?)?;
    sheet.write_to(&mut png, ImageFormat::Png).map_err(|error| Failure::new(Exit::Bug, error))?;
    Ok(files::write_bytes(path, &png.into_inner())?)
}

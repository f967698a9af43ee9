//! The pictures of items, as pixels, and their short videos.
//!
//! In: a pack, an item of it, a size. Out: proportions, and straight-alpha pixels; what is known of a short video. A file of the user's is read when it is
//! drawn, and has to be what it was when the pack was loaded.

use image::RgbaImage;

use super::art::{self, Shape};
use super::fault::Error;
use super::footage::Footage;
use super::library::Library;
use super::pack::{Asset, Pack};

impl Library {
    /// Width to height of an item's picture, in lowest terms.
    pub fn aspect(&self, pack: &str, item: &str) -> Result<(u32, u32), Error> {
        Ok(self.shape(pack, item)?.aspect)
    }

    /// What is known of an item's picture without its pixels.
    pub(super) fn shape(&self, pack: &str, item: &str) -> Result<Shape, Error> {
        Ok(self.asset(pack, item)?.1.shape)
    }

    /// The short video of an item, and the pack that holds it.
    ///
    /// # Errors
    /// There is no such item, or it has none.
    pub fn footage(&self, pack: &str, item: &str) -> Result<(&Pack, &Footage), Error> {
        let (pack, item) = self.find(pack, item)?;
        let footage = item.footage.as_ref();
        let footage =
            footage.ok_or_else(|| Error::NoFootage { pack: pack.id.clone(), item: item.id.clone() })?;
        Ok((pack, footage))
    }

    /// The picture of an item at a size.
    pub(super) fn picture(&self, pack: &str, item: &str, w: u32, h: u32) -> Result<RgbaImage, Error> {
        let (pack, asset) = self.asset(pack, item)?;
        let bytes = asset.origin.read()?;
        if crate::digest::of_bytes(&bytes) != asset.sha256 {
            return Err(Error::Changed { pack: pack.id.clone(), asset: asset.name.clone() });
        }
        art::draw(&asset.name, &bytes, w, h).map_err(|source| Error::Picture {
            pack: pack.id.clone(),
            asset: asset.name.clone(),
            source,
        })
    }

    /// An item's picture file, and the pack that holds it.
    pub(super) fn asset(&self, pack: &str, item: &str) -> Result<(&Pack, &Asset), Error> {
        let (pack, item) = self.find(pack, item)?;
        let asset = item.asset.as_ref();
        let asset = asset.ok_or_else(|| Error::NoPicture { pack: pack.id.clone(), item: item.id.clone() })?;
        Ok((pack, asset))
    }
}

//! How far apart the pictures of two items look.
//!
//! In: packs and items. Out: signatures, each taken once, and distances between them.

use super::art;
use super::fault::Error;
use super::library::Library;
use super::signature::{SIDE, Signature};

impl Library {
    /// The signature of an item's picture.
    pub fn signature(&self, pack: &str, item: &str) -> Result<Signature, Error> {
        let (_, asset) = self.asset(pack, item)?;
        if let Some(known) = asset.signature.get() {
            return Ok(*known);
        }
        let (w, h) = art::within(asset.shape.aspect, SIDE, SIDE);
        let signature = Signature::of(&self.picture(pack, item, w, h)?);
        Ok(*asset.signature.get_or_init(|| signature))
    }

    /// How far the pictures of two items, each a pack and an item of it, look apart: 0 for the same picture, 1000 at most.
    ///
    /// Two fifths of it are shape, the rest colour ([`Signature::distance`]). It is symmetric, and the same on every machine.
    pub fn distance(&self, one: (&str, &str), other: (&str, &str)) -> Result<u32, Error> {
        Ok(self.signature(one.0, one.1)?.distance(&self.signature(other.0, other.1)?))
    }
}

#[cfg(test)]
mod tests {
    use image::imageops;

    use super::super::pack::PackKind;
    use super::super::signature::FARTHEST;
    use super::*;

    fn flag(library: &Library, one: &str, other: &str) -> u32 {
        library.distance(("flags", one), ("flags", other)).unwrap()
    }

    #[test]
    fn what_looks_alike_is_near() {
        let library = Library::embedded();
        assert!(flag(&library, "romania", "chad") < 50);
        assert!(flag(&library, "romania", "japan") > 500);
        assert!(flag(&library, "indonesia", "monaco") < flag(&library, "indonesia", "poland"));
        assert!(flag(&library, "netherlands", "luxembourg") < flag(&library, "netherlands", "ghana"));
        let fruit = |one, other| library.distance(("fruits", one), ("fruits", other)).unwrap();
        assert!(fruit("lemon", "orange") < fruit("lemon", "grapes"));
        let between = library.distance(("fruits", "lemon"), ("objects", "bus")).unwrap();
        assert_eq!(between, library.distance(("objects", "bus"), ("fruits", "lemon")).unwrap());
        assert!((1..=FARTHEST).contains(&between));
        assert_eq!(fruit("lemon", "lemon"), 0);
    }

    /// The pairs that the flags' pack calls alike are nearer than nearly all that it does not.
    #[test]
    fn flags_that_are_called_alike_are_nearer_than_others() {
        let library = Library::embedded();
        let flags = &library.pack("flags").unwrap().items;
        let (mut alike, mut others) = (Vec::new(), Vec::new());
        for (index, one) in flags.iter().enumerate() {
            for other in &flags[index + 1..] {
                let distance = flag(&library, &one.id, &other.id);
                if one.is_alike(other) { alike.push(distance) } else { others.push(distance) }
            }
        }
        alike.sort_unstable();
        others.sort_unstable();
        let (alike, others) = (alike[alike.len() / 2], others[others.len() / 20]);
        assert!(
            alike < others,
            "the median of pairs alike is {alike}, a twentieth of the others is below {others}"
        );
    }

    #[test]
    fn names_have_no_distance() {
        let library = Library::embedded();
        let error = library.distance(("names", "alice"), ("fruits", "lemon")).unwrap_err();
        assert_eq!(error.to_string(), "item `alice` of needle pack `names` has no picture");
        assert!(matches!(
            library.distance(("fruits", "lemon"), ("fruits", "lemmon")),
            Err(Error::UnknownItem { .. })
        ));
    }

    /// The distance from which `needles import` takes two pictures for different.
    #[test]
    fn a_picture_saved_again_is_nearer_than_any_other() {
        let library = Library::embedded();
        let items: Vec<(&str, &str)> = library
            .packs()
            .filter(|pack| pack.kind() == PackKind::Picture)
            .flat_map(|pack| pack.items.iter().map(|item| (pack.id.as_str(), item.id.as_str())))
            .collect();
        let mut farthest = 0;
        for (pack, item) in items.iter().step_by(7) {
            let (w, h) = art::within(library.aspect(pack, item).unwrap(), 300, 300);
            let mut large = image::RgbImage::from_pixel(w, h, image::Rgb([255; 3]));
            for (under, over) in large.pixels_mut().zip(library.picture(pack, item, w, h).unwrap().pixels()) {
                if over.0[3] > 127 {
                    under.0.copy_from_slice(&over.0[..3]);
                }
            }
            let saved = |picture: &image::RgbImage, quality| {
                let mut bytes = Vec::new();
                image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)
                    .encode_image(picture)
                    .unwrap();
                Signature::of_file("a.jpg", &bytes).unwrap()
            };
            let small = imageops::resize(&large, w / 3, h / 3, imageops::FilterType::Triangle);
            farthest = farthest.max(saved(&large, 95).distance(&saved(&small, 40)));
        }
        let mut nearest = FARTHEST;
        for (index, (pack, item)) in items.iter().enumerate() {
            for (other_pack, other) in &items[..index] {
                let is_alike = pack == other_pack
                    && library
                        .pack(pack)
                        .unwrap()
                        .item(item)
                        .unwrap()
                        .is_alike(library.pack(pack).unwrap().item(other).unwrap());
                if !is_alike {
                    nearest = nearest.min(library.distance((pack, item), (other_pack, other)).unwrap());
                }
            }
        }
        assert!(farthest < 60 && nearest >= 60, "saved again {farthest}, others {nearest}");
    }
}

//! Needles that a haystack already shows something like: found in its frames before anything is planned.
//!
//! In: surveyed haystacks, the pictures that their spec's tasks may hide, a threshold. Out: what each haystack shows, added to
//! what its catalogue says, and a warning for each. What was found is kept in the cache, by the content of haystack and packs.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::haystack::{Haystack, SceneRecipe};
use crate::job::Job;
use crate::media;
use crate::media::glance;
use crate::media::source::Source;
use crate::needle;
use crate::needle::Library;
use crate::needle::likeness::{FRAME_SIDE, Field, Template};
use crate::render::Error;
use crate::render::record;
use crate::scene::Scene;

/// Raised whenever the same frames would give other distances.
const VERSION: u32 = 1;

/// Pictures that no haystack should show.
#[derive(Debug)]
pub struct Unlike {
    /// Pack, item and label of each.
    items: Vec<(String, String, String)>,
    templates: Vec<Template>,
    /// Digest of all pictures.
    sha256: String,
    threshold: u32,
}

/// Where a haystack is most like a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sighting {
    /// How far it is from it there.
    distance: u32,
    /// When, in milliseconds from the haystack's start.
    millis: u64,
}

impl Unlike {
    /// The pictures of these items: pack, item and label of each. A haystack shows what is nearer than `threshold`, of 1000.
    pub fn new(
        library: &Library,
        items: Vec<(String, String, String)>,
        threshold: u32,
    ) -> Result<Self, needle::Error> {
        let pictures = items.iter().map(|(pack, item, _)| library.template(pack, item));
        let templates = pictures.collect::<Result<_, _>>()?;
        let packs = items.iter().map(|(pack, item, _)| Ok((library.find_pack(pack)?.cache_key(), item)));
        let sha256 = digest::of_value(&packs.collect::<Result<Vec<_>, needle::Error>>()?);
        Ok(Self { items, templates, sha256, threshold })
    }

    /// Adds to a haystack what it shows.
    fn add(&self, haystack: &mut Haystack, sightings: &[Sighting]) {
        for ((pack, _, label), seen) in self.items.iter().zip(sightings) {
            if seen.distance >= self.threshold {
                continue;
            }
            haystack.warnings.push(format!(
                "shows something like `{label}` of pack `{pack}` at {}.{} s: {} apart, under {}; it is no needle of its videos",
                seen.millis / 1000,
                seen.millis % 1000 / 100,
                seen.distance,
                self.threshold
            ));
            haystack.shows.push(label.clone());
        }
        haystack.shows.sort();
        haystack.shows.dedup();
    }

    /// Looks at a haystack, or remembers what was seen; `look` shows its frames with their times.
    pub(super) fn seek(
        &self,
        (cache, job): (&Path, &Job),
        haystack: &mut Haystack,
        look: impl FnOnce(&mut dyn FnMut(u64, &image::RgbImage)) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let key = ("unlike", VERSION, &haystack.sha256, &self.sha256, media::versions().release);
        let place = cache.join(record::DIR).join(digest::of_value(&key));
        let known = record::read::<Vec<Sighting>>(&place);
        if let Some(known) = known.filter(|known| known.len() == self.items.len()) {
            self.add(haystack, &known);
            return Ok(());
        }
        let mut frames = Vec::new();
        look(&mut |millis, frame| frames.push((millis, Field::of(frame))))?;
        let seen: Vec<(u64, Vec<u32>)> =
            frames.par_iter().map(|(millis, field)| (*millis, field.nearest(&self.templates))).collect();
        let least = |item: usize| {
            let of_item =
                seen.iter().map(|(millis, found)| Sighting { distance: found[item], millis: *millis });
            of_item.min_by_key(|sighting| sighting.distance)
        };
        let sightings: Vec<Sighting> = (0..self.items.len()).filter_map(least).collect();
        record::keep(cache, job, &place, None, &sightings);
        self.add(haystack, &sightings);
        Ok(())
    }
}

/// Shows frames of a source.
pub(super) fn of_source(source: &Source, see: &mut dyn FnMut(u64, &image::RgbImage)) -> Result<(), Error> {
    Ok(glance::at(source, FRAME_SIDE, see)?)
}

/// Shows frames of a scene, drawn small.
pub(super) fn of_scene(recipe: &SceneRecipe, see: &mut dyn FnMut(u64, &image::RgbImage)) {
    let (width, height) = glance::size((recipe.width, recipe.height), FRAME_SIDE);
    let scene = Scene::new(&recipe.name, recipe.seed, width, height, recipe.fps, recipe.frames);
    let Some(scene) = scene else { return };
    let millis = |frame: u64| frame * 1000 * u64::from(recipe.fps.den()) / u64::from(recipe.fps.num());
    let count = glance::count(millis(recipe.frames));
    for frame in (0..count).map(|at| at * recipe.frames / count) {
        see(millis(frame), &scene.frame(frame));
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, RgbImage, imageops};

    use super::*;
    use crate::needle::{Look, PixelBox};
    use crate::scene;
    use crate::time::FrameRate;

    /// The distances of a pack's pictures from scenes that show none, and from frames in which each was pasted; ascending.
    fn measured(pack: &str, scenes: &[&str], frames: u64) -> [Vec<u32>; 2] {
        let library = Library::embedded();
        let items: Vec<&str> =
            library.pack(pack).unwrap().items.iter().map(|item| item.id.as_str()).collect();
        let templates: Vec<Template> =
            items.iter().map(|item| library.template(pack, item).unwrap()).collect();
        let [mut without, mut with] = [Vec::new(), Vec::new()];
        for name in scenes {
            let scene = Scene::new(name, 1, 192, 108, FrameRate::new(25, 1).unwrap(), 500).unwrap();
            let mut least = vec![1000; items.len()];
            for frame in (0..frames).map(|at| scene.frame((2 * at + 1) * 250 / frames)) {
                let found = Field::of(&frame).nearest(&templates);
                least = least.iter().zip(found).map(|(least, found)| found.min(*least)).collect();
            }
            without.extend(least);
            for (at, item) in items.iter().enumerate() {
                for (side, x, y) in [(30, 20, 61), (45, 101, 33), (70, 67, 22)] {
                    let shown =
                        pasted(&library, pack, item, &scene.frame(30 + 7 * at as u64 % 460), (side, x, y));
                    with.extend(Field::of(&shown).nearest(&templates[at..=at]));
                }
            }
        }
        [&mut without, &mut with].map(|distances| {
            distances.sort_unstable();
            std::mem::take(distances)
        })
    }

    fn pasted(
        library: &Library,
        pack: &str,
        item: &str,
        frame: &RgbImage,
        (side, x, y): (u32, u32, u32),
    ) -> RgbImage {
        let (wide, high) = library.aspect(pack, item).unwrap();
        let longest = wide.max(high);
        let place = PixelBox { x, y, w: side * wide / longest, h: side * high / longest };
        let look = Look::Patch { pack: pack.to_owned(), item: item.to_owned() };
        let patch = library.draw(&look, place, frame.width(), frame.height()).unwrap();
        let mut shown = DynamicImage::ImageRgb8(frame.clone());
        imageops::overlay(&mut shown, &patch, i64::from(x), i64::from(y));
        // As soft as a compressed video of a larger size is once it is made this small.
        imageops::blur(&shown.into_rgb8(), 0.8)
    }

    fn told(pack: &str, [without, with]: &[Vec<u32>; 2]) -> (u32, usize) {
        let share = |limit: u32| 100 * with.partition_point(|found| *found < limit) / with.len();
        let at = |percent: usize| with[(with.len() - 1) * percent / 100];
        println!(
            "{pack}: without, {} pictures and scenes: least {}, median {}; pasted, {}: median {}, 90% {}; under 400: {}%",
            without.len(),
            without[0],
            without[without.len() / 2],
            with.len(),
            at(50),
            at(90),
            share(400)
        );
        (without[0], share(400))
    }

    #[test]
    fn pasted_pictures_are_near_and_scenes_without_are_far() {
        let found = measured("fruits", &["harbour", "meadow"], 3);
        let (least, share) = told("fruits", &found);
        assert!(least > 600 && share >= 85, "{least} {share}");
    }

    /// The figures in `docs/needles.md`.
    #[test]
    #[ignore = "takes a minute"]
    fn all_packs_and_scenes() {
        let names: Vec<&str> = scene::NAMES.iter().copied().filter(|name| *name != "barcode").collect();
        for pack in ["fruits", "objects", "flags"] {
            assert!(told(pack, &measured(pack, &names, 10)).0 > 400);
        }
    }

    #[test]
    fn frames_of_a_scene_are_spread_over_it() {
        let fps = FrameRate::new(25, 1).unwrap();
        let recipe =
            SceneRecipe { name: "rain".to_owned(), seed: 1, width: 640, height: 360, fps, frames: 250 };
        let mut times = Vec::new();
        of_scene(&recipe, &mut |millis, frame| times.push((millis, frame.dimensions())));
        assert_eq!(times, [0, 2000, 4000, 6000, 8000].map(|millis| (millis, (192, 108))));
    }
}

//! Procedural haystacks: scenes that look like footage, with motion and cuts, so that no video is needed to start.
//!
//! In: a scene's name, a seed, a size, a rate, a length. Out: any frame, as pixels, in any order. A frame is a pure
//! function of these and its index, the same to the last byte on every platform. Scenes show no fruit, flag, letter or
//! digit, and nothing that fills the frame for a moment; what else they show that a needle could be, [`shows`] says.

mod barcode;
mod canvas;
mod city;
mod desert;
mod film;
mod forest;
mod harbour;
mod meadow;
mod mountains;
mod night;
mod noise;
mod props;
mod rain;

pub use barcode::read_barcode;

use image::RgbImage;

use crate::time::FrameRate;
use film::{Film, Painter};

/// Name of the scene whose frames say which frame they are.
const BARCODE: &str = "barcode";

/// Names of all scenes.
pub const NAMES: &[&str] =
    &["harbour", "city", "mountains", "meadow", "night", "desert", "rain", "forest", BARCODE];

/// What a scene shows of itself, in the words of the needle packs; a question that counts one of these would be about
/// the haystack, too.
pub fn shows(name: &str) -> &'static [&'static str] {
    match name {
        "harbour" => &["bird", "boat", "harbour"],
        "city" => &["bird", "boat", "car", "city", "traffic in a city"],
        "desert" => &["bird", "car", "desert", "car in a desert"],
        "mountains" => &["bird", "mountains"],
        "meadow" => &["bird", "meadow"],
        "night" => &["northern lights"],
        "rain" => &["car", "rain", "cars in the rain"],
        "forest" => &["person", "forest", "walker in a forest"],
        _ => &[],
    }
}

/// A procedural haystack.
pub struct Scene {
    width: u32,
    height: u32,
    picture: Picture,
}

enum Picture {
    /// Landscape in shots.
    Film(Film),
    /// The frame's own number; see [`read_barcode`].
    Barcode(u16),
}

impl Scene {
    /// The scene `name`, or `None` if there is none of that name.
    ///
    /// A `barcode` says the low 16 bits of `seed` and the low 32 of each frame's index.
    pub fn new(name: &str, seed: u64, width: u32, height: u32, fps: FrameRate, frames: u64) -> Option<Self> {
        let film =
            |paint: Painter, kinds| Some(Picture::Film(Film::new(name, seed, fps, frames, kinds, paint)));
        let picture = match name {
            "harbour" => film(harbour::paint, harbour::KINDS),
            "city" => film(city::paint, city::KINDS),
            "mountains" => film(mountains::paint, mountains::KINDS),
            "meadow" => film(meadow::paint, meadow::KINDS),
            "night" => film(night::paint, night::KINDS),
            "desert" => film(desert::paint, desert::KINDS),
            "rain" => film(rain::paint, rain::KINDS),
            "forest" => film(forest::paint, forest::KINDS),
            BARCODE => Some(Picture::Barcode(seed as u16)),
            _ => None,
        }?;
        Some(Self { width, height, picture })
    }

    /// Frame `index`. A landscape's frames past the end repeat the last; a barcode has no end.
    pub fn frame(&self, index: u64) -> RgbImage {
        match &self.picture {
            Picture::Film(film) => film.frame(index, self.width, self.height),
            Picture::Barcode(number) => barcode::draw(*number, index as u32, self.width, self.height),
        }
    }
}

#[cfg(test)]
mod tests;

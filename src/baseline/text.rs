//! Subtitles, read by comparing the frame with every text that could stand there.
//!
//! In: all labels of a pack as subtitles. Out: which of them a frame shows, if any: the one whose ink correlates with the
//! frame's luma.

use image::RgbaImage;

use crate::baseline::{Error, Search, Sight};
use crate::media::yuv::Yuv;
use crate::needle::{Look, PixelBox};

/// Least correlation of ink and luma. A subtitle that is there lies above 0.9; another name of the same length, or
/// footage, below 0.8.
const LIKE: f64 = 0.85;

struct Template {
    label: String,
    place: PixelBox,
    /// How much of each pixel is ink, 0 to 255.
    ink: Vec<u8>,
}

/// All subtitles of a pack.
pub(super) struct Detector {
    templates: Vec<Template>,
}

impl Detector {
    pub(super) fn new(search: &Search<'_>) -> Result<Self, Error> {
        let (width, height) = search.size;
        let mut templates = Vec::new();
        for item in &search.items {
            let look = Look::Text {
                text: search.task.family.text(&item.label),
                size_permille: search.difficulty().text_size_permille,
                box_opacity_permille: search.difficulty().box_opacity_permille,
            };
            for spot in search.spots() {
                let place = search.library.place_at(&look, (spot, 1000), width, height)?;
                let drawing = search.library.draw(&look, place, width, height)?;
                templates.push(Template { label: item.label.clone(), place, ink: ink(&drawing) });
            }
        }
        Ok(Self { templates })
    }

    pub(super) fn look(&self, frame: &Yuv) -> Option<Sight> {
        let scores = self.templates.iter().map(|template| (correlation(frame, template), template));
        let (score, best) = scores.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (score > LIKE).then(|| Sight { label: best.label.clone(), count: 1 })
    }
}

/// Letters are the brightest of a subtitle: how far each pixel is from its box towards white.
fn ink(drawing: &RgbaImage) -> Vec<u8> {
    drawing.pixels().map(|pixel| (u32::from(pixel[0]) * u32::from(pixel[3]) / 255) as u8).collect()
}

/// Pearson's correlation of ink and luma over the subtitle's box.
fn correlation(frame: &Yuv, template: &Template) -> f64 {
    let PixelBox { x, y, w, h } = template.place;
    let (mut n, mut sa, mut sb, mut saa, mut sbb, mut sab) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for row in 0..h {
        let at = ((y + row) * frame.width + x) as usize;
        let line = &frame.y[at..at + w as usize];
        for (&a, &b) in line.iter().zip(&template.ink[(row * w) as usize..]) {
            let (a, b) = (u64::from(a), u64::from(b));
            n += 1;
            sa += a;
            sb += b;
            saa += a * a;
            sbb += b * b;
            sab += a * b;
        }
    }
    let (n, sa, sb) = (n as f64, sa as f64, sb as f64);
    let variance = (n * saa as f64 - sa * sa) * (n * sbb as f64 - sb * sb);
    if variance <= 0.0 { 0.0 } else { (n * sab as f64 - sa * sb) / variance.sqrt() }
}

//! Subtitles, read by comparing the frame with every text that could stand there.
//!
//! In: all labels of a pack as subtitles, and as distractors. Out: which of them a frame shows, if any. Over hard edges (a
//! page of text, colour bars) a subtitle is told by what its pixels can be: letters are white whatever is below, and nothing
//! that shines through the box is. Over anything else, and where a needle is made hard to see, it is the one whose ink
//! correlates with the frame's luma.

use image::RgbaImage;

use super::{Detection, Drawn, Error, Placed};
use crate::media::colour::Matrix;
use crate::media::yuv::Yuv;
use crate::needle::{self, BOX_GREY, Effects, Look, PixelBox, Spot};

/// Least correlation of ink and luma. A subtitle that is there lies above 0.9; another name of the same length, or
/// footage, below 0.8.
const LIKE: f64 = 0.85;
/// Least share, in per-mille, of the brightness that its letters have above the brightest that shines through its box.
const LEAST_WHITE: u64 = 700;
/// Least share, in per-mille, of the darkness that its box has below white.
const LEAST_DARK: u64 = 850;
/// Least difference of luma between letters and what shines through the box; below it nothing tells letters from what
/// lies below.
const LEAST_GAP: u8 = 40;
/// Luma of white and of black.
const WHITE: u8 = 235;
const BLACK: u8 = 16;

/// One text, drawn.
struct Template {
    /// What it says; absent for a text that is not asked for, which is here so that no other is taken for it.
    label: Option<String>,
    /// What it says it for.
    key: String,
    /// Where it may stand.
    places: Vec<PixelBox>,
    /// How much of each pixel is ink, 0 to 255.
    ink: Vec<u8>,
    /// Pixels of its letters.
    letters: Vec<Letter>,
    /// How much brighter all letters are than what shines through the box.
    white: u64,
    /// The brightest that each pixel of the box can be, whatever lies below; white where letters are.
    behind: Vec<u8>,
    /// How much darker than white all of the box is.
    dark: u64,
}

/// A pixel of a letter: where it is in the drawing, and the least luma that it can have.
struct Letter {
    x: u32,
    y: u32,
    luma: u8,
}

/// A subtitle that could stand in a frame.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its words.
    pub text: String,
    /// What a sight of it is called; absent if it is not asked for, and is here so that no other is taken for it.
    pub label: Option<String>,
    /// What it is shown for; empty where there are no keys.
    pub key: String,
}

/// All subtitles that could stand in a frame.
pub struct Detector {
    templates: Vec<Template>,
    /// The brightest that shines through the box.
    dimmed: u8,
}

impl Detector {
    /// Draws the subtitles.
    ///
    /// # Errors
    /// One cannot be drawn.
    pub fn new(drawn: &Drawn<'_>, texts: &[Text]) -> Result<Self, Error> {
        let (width, height) = drawn.size;
        let difficulty = drawn.difficulty;
        let effects = Effects {
            opacity_permille: difficulty.opacity_permille,
            blur_permille: difficulty.blur_permille,
            ..Effects::default()
        };
        let dimmed = dimmed(difficulty.box_opacity_permille, difficulty.opacity_permille);
        let mut templates = Vec::new();
        for Text { text, label, key } in texts {
            let look = Look::Text {
                text: text.clone(),
                size_permille: difficulty.text_size_permille,
                box_opacity_permille: difficulty.box_opacity_permille,
            };
            let places = drawn
                .spots
                .iter()
                .map(|&spot| drawn.library.place_at(&look, (spot, 1000), width, height))
                .collect::<Result<Vec<_>, _>>()?;
            let drawing = drawn.library.draw(&look, places[0], width, height)?;
            let says = (label.clone(), key.clone());
            templates.push(Template::new(says, places, &effects.apply(drawing, height), dimmed));
        }
        Ok(Self { templates, dimmed })
    }

    /// Draws one subtitle at its place, and others that could be taken for it at theirs.
    pub(super) fn of_needle(needle: &Placed<'_>, rivals: &[String]) -> Result<Self, needle::Error> {
        let Look::Text { text, size_permille, box_opacity_permille } = needle.look else {
            return Ok(Self { templates: Vec::new(), dimmed: WHITE });
        };
        let (width, height) = needle.size;
        let stood = |spot: &Spot| spot.stand((needle.place.w, needle.place.h), needle.size) == needle.place;
        let spot = Spot::all().find(stood);
        let look = |text: &String| Look::Text {
            text: text.clone(),
            size_permille: *size_permille,
            box_opacity_permille: *box_opacity_permille,
        };
        let mut placed = vec![(Some(text.clone()), look(text), needle.place)];
        // Where others would stand is known where it stands at one of the usual spots.
        for rival in rivals.iter().filter(|rival| *rival != text && spot.is_some()) {
            let look = look(rival);
            let place = needle.library.place_at(&look, (spot, 1000), width, height)?;
            placed.push((None, look, place));
        }
        let dimmed = dimmed(*box_opacity_permille, needle.effects.opacity_permille);
        let mut templates = Vec::new();
        for (label, look, place) in placed {
            let drawing = needle.library.draw(&look, place, width, height)?;
            let drawing = needle.effects.apply(drawing, height);
            templates.push(Template::new((label, String::new()), vec![place], &drawing, dimmed));
        }
        Ok(Self { templates, dimmed })
    }

    /// The subtitle that a frame shows.
    pub fn look(&self, frame: &Yuv) -> Option<Detection> {
        let best = self.by_range(frame).or_else(|| self.by_ink(frame))?;
        best.label.as_ref().map(|label| Detection { key: best.key.clone(), ..Detection::of(label) })
    }

    /// The text whose letters are white and whose box is not.
    fn by_range(&self, frame: &Yuv) -> Option<&Template> {
        let seen = self
            .places()
            .filter_map(|(template, place)| Some((template.seen(frame, place, self.dimmed)?, template)));
        seen.max_by_key(|(share, _)| *share).map(|(_, template)| template)
    }

    /// The text whose ink correlates best with the frame.
    fn by_ink(&self, frame: &Yuv) -> Option<&Template> {
        let scores = self.places().map(|(template, place)| (template.correlation(frame, place), template));
        let (score, best) = scores.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (score > LIKE).then_some(best)
    }

    fn places(&self) -> impl Iterator<Item = (&Template, PixelBox)> {
        self.templates.iter().flat_map(|template| template.places.iter().map(move |place| (template, *place)))
    }
}

/// The brightest that shines through a box.
fn dimmed(box_permille: u16, permille: u16) -> u8 {
    let opacity = u32::from(box_permille) * u32::from(permille) / 1000;
    range([BOX_GREY, BOX_GREY, BOX_GREY, ((opacity * 255 + 500) / 1000) as u8]).1
}

/// Letters are the brightest of a subtitle: how far each pixel is from its box towards white.
fn ink(drawing: &RgbaImage) -> Vec<u8> {
    drawing.pixels().map(|pixel| (u32::from(pixel[0]) * u32::from(pixel[3]) / 255) as u8).collect()
}

/// Luma of a grey drawn pixel over black, and over white.
fn range([grey, .., alpha]: [u8; 4]) -> (u8, u8) {
    let above = Matrix::Bt709.yuv([grey; 3])[0];
    let over = |below: u8| {
        let mixed = u32::from(above) * u32::from(alpha) + u32::from(below) * u32::from(255 - alpha);
        ((mixed + 127) / 255) as u8
    };
    (over(BLACK), over(WHITE))
}

impl Template {
    fn new(
        (label, key): (Option<String>, String),
        places: Vec<PixelBox>,
        drawing: &RgbaImage,
        dimmed: u8,
    ) -> Self {
        let (mut letters, mut behind) = (Vec::new(), Vec::new());
        for (x, y, pixel) in drawing.enumerate_pixels() {
            let (least, most) = range(pixel.0);
            if least > dimmed {
                letters.push(Letter { x, y, luma: least });
            }
            behind.push(if least > dimmed { WHITE } else { most });
        }
        let white = letters.iter().map(|letter| u64::from(letter.luma - dimmed)).sum();
        let dark = behind.iter().map(|&most| u64::from(WHITE.saturating_sub(most))).sum();
        Self { label, key, places, ink: ink(drawing), letters, white, behind, dark }
    }

    /// How well the frame shows it at `place`, in per-mille of 2000: whether its letters are as much brighter than anything
    /// that shines through the box as they are drawn, and its box as dark; `None` if it does not show it, or nothing could
    /// tell.
    fn seen(&self, frame: &Yuv, place: PixelBox, dimmed: u8) -> Option<u64> {
        if WHITE - dimmed < LEAST_GAP || self.white == 0 || self.dark == 0 {
            return None;
        }
        // Most frames show no subtitle: what is missing of its letters soon says so.
        let (most, mut missing) = (self.white * (1000 - LEAST_WHITE) / 1000, 0);
        for &Letter { x, y, luma } in &self.letters {
            let found = frame.y[((place.y + y) * frame.width + place.x + x) as usize];
            missing += u64::from(luma - found.clamp(dimmed, luma));
            if missing > most {
                return None;
            }
        }
        let (most, mut bright) = (self.dark * (1000 - LEAST_DARK) / 1000, 0);
        for (row, behind) in (0..).zip(self.behind.chunks_exact(place.w as usize)) {
            let at = ((place.y + row) * frame.width + place.x) as usize;
            let line = frame.y[at..].iter().zip(behind);
            bright += line.map(|(&luma, &most)| u64::from(luma.min(WHITE).saturating_sub(most))).sum::<u64>();
            if bright > most {
                return None;
            }
        }
        Some(2000 - missing * 1000 / self.white - bright * 1000 / self.dark)
    }

    /// Pearson's correlation of ink and luma over the subtitle's box.
    fn correlation(&self, frame: &Yuv, place: PixelBox) -> f64 {
        let PixelBox { x, y, w, h } = place;
        let (mut n, mut sa, mut sb, mut saa, mut sbb, mut sab) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
        for row in 0..h {
            let at = ((y + row) * frame.width + x) as usize;
            let line = &frame.y[at..at + w as usize];
            for (&a, &b) in line.iter().zip(&self.ink[(row * w) as usize..]) {
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
}

//! Subtitles: how text is broken into lines, how large it is written, and its pixels.
//!
//! In: a text, a size, the frame. Out: a layout that fits, and white letters on a translucent grey box. Letters are set
//! one by one with kerning; scripts whose letters join or run from right to left are refused rather than set wrongly.

use ab_glyph::{Font as _, FontArc, FontVec, GlyphId, PxScaleFont, ScaleFont as _, point};
use image::{Rgba, RgbaImage};

use super::fault::Error;
use crate::digest;

/// Letters are not made lower than this, in pixels, while they fit, for nobody could read them.
pub const LEGIBLE_PX: u32 = 10;
/// Below this height letters are specks; a text that needs less has no room.
const LEAST_PX: u32 = 8;
/// The box takes at most this share of the frame's width, in per-cent.
const WIDEST_PERCENT: u32 = 90;
/// The box takes at most this share of the frame's height, in per-cent.
const HIGHEST_PERCENT: u32 = 50;
/// Colour of the box; dark enough for white letters at the usual opacities, light enough to be seen on black.
pub(crate) const BOX_GREY: u8 = 72;
/// First and last characters of blocks whose letters need shaping: Hebrew to Arabic, the Indic scripts, Tibetan and
/// Myanmar, Khmer and Mongolian, and the presentation forms.
const SHAPED: &[(u32, u32)] =
    &[(0x590, 0x8ff), (0x900, 0xdff), (0xf00, 0x109f), (0x1780, 0x18af), (0xfb1d, 0xfdff), (0xfe70, 0xfeff)];

/// Height in pixels of a subtitle's line of `permille` of the frame's height, where there is room for the text.
pub fn text_px(permille: u16, frame_h: u32) -> u32 {
    (frame_h * u32::from(permille) / 1000).max(LEGIBLE_PX)
}

/// A font and its digest.
#[derive(Clone, Debug)]
pub(super) struct Typeface {
    font: FontArc,
    pub(super) sha256: String,
}

/// A text set in lines.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// Height of a line in pixels.
    pub(super) px: u32,
    lines: Vec<String>,
    /// Width of the box.
    pub(super) w: u32,
    /// Height of the box.
    pub(super) h: u32,
}

impl Typeface {
    /// The font that comes with the program.
    pub(super) fn embedded(bytes: &'static [u8]) -> Self {
        let font = FontArc::try_from_slice(bytes).expect("the embedded font is a font");
        Self { font, sha256: digest::of_bytes(bytes) }
    }

    /// A font of the user's: the face with this index of a file; `None` if the bytes hold no such face.
    pub(super) fn from_bytes(bytes: Vec<u8>, index: u32) -> Option<Self> {
        let sha256 = digest::of_bytes(&bytes);
        let sha256 = if index == 0 { sha256 } else { digest::of_value(&(sha256, index)) };
        Some(Self { font: FontVec::try_from_vec_and_index(bytes, index).ok()?.into(), sha256 })
    }

    /// Sets `text` in the lines of a subtitle; `size_permille` is the height of a line in per-mille of the frame's.
    pub(super) fn subtitle(
        &self,
        text: &str,
        size_permille: u16,
        frame_w: u32,
        frame_h: u32,
    ) -> Result<Layout, Error> {
        self.fit(
            text,
            text_px(size_permille, frame_h),
            frame_w * WIDEST_PERCENT / 100,
            frame_h * HIGHEST_PERCENT / 100,
        )
    }

    /// Sets `text` in a box of at most `width` x `height`, with lines of `px` or less.
    pub(super) fn fit(&self, text: &str, px: u32, width: u32, height: u32) -> Result<Layout, Error> {
        self.check(text)?;
        let (width, height) = (width & !1, height & !1);
        // Whole words at half the size are easier to read than broken words at the full size.
        let half = px.div_ceil(2).max(LEAST_PX);
        let whole = (half..=px).rev().map(|px| (px, false));
        let broken = (LEAST_PX..=half).rev().map(|px| (px, true));
        whole
            .chain(broken)
            .filter_map(|(px, may_break)| self.set(text, px, width, may_break))
            .find(|layout| layout.h <= height)
            .ok_or_else(|| Error::NoRoom { text: text.to_owned(), width, height })
    }

    fn check(&self, text: &str) -> Result<(), Error> {
        if text.trim().is_empty() {
            return Err(Error::NoText);
        }
        for character in text.chars().filter(|character| !character.is_whitespace()) {
            let code = u32::from(character);
            if SHAPED.iter().any(|&(first, last)| (first..=last).contains(&code)) {
                return Err(Error::Script { character, text: text.to_owned() });
            }
            if self.font.glyph_id(character) == GlyphId(0) {
                return Err(Error::Glyph { character, text: text.to_owned() });
            }
        }
        Ok(())
    }

    /// The layout at one size, or `None` where a word is wider than the line and may not be broken.
    fn set(&self, text: &str, px: u32, width: u32, may_break: bool) -> Option<Layout> {
        let scaled = self.font.as_scaled(px as f32);
        let room = width.checked_sub(2 * pad_x(px)).filter(|&room| room > 0)? as f32;
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for (is_spaced, word) in units(text) {
            let space = if is_spaced && !line.is_empty() { " " } else { "" };
            let longer = format!("{line}{space}{word}");
            if advance(&scaled, &longer) <= room {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for character in word.chars() {
                line.push(character);
                if advance(&scaled, &line) > room {
                    line.pop();
                    if !may_break || line.is_empty() {
                        return None;
                    }
                    lines.push(std::mem::replace(&mut line, character.to_string()));
                }
            }
        }
        lines.push(line);
        let widest = lines.iter().map(|line| advance(&scaled, line)).fold(0.0_f32, f32::max);
        let even = |value: u32| value.next_multiple_of(2);
        let w = even(widest.ceil() as u32 + 2 * pad_x(px)).min(width);
        let h = even(lines.len() as u32 * px + 2 * pad_y(px));
        Some(Layout { px, lines, w, h })
    }

    /// How strongly each pixel of the layout's box is covered by letters, row by row.
    pub(super) fn coverage(&self, layout: &Layout) -> Vec<f32> {
        let scaled = self.font.as_scaled(layout.px as f32);
        let mut covered = vec![0.0_f32; (layout.w * layout.h) as usize];
        let top = layout.h.saturating_sub(layout.lines.len() as u32 * layout.px) / 2;
        for (index, line) in layout.lines.iter().enumerate() {
            let baseline = (top + index as u32 * layout.px) as f32 + scaled.ascent().round();
            let mut x = ((layout.w as f32 - advance(&scaled, line)) / 2.0).max(0.0).round();
            let mut before: Option<GlyphId> = None;
            for character in line.chars() {
                let id = scaled.glyph_id(character);
                x += before.map_or(0.0, |before| scaled.kern(before, id));
                let glyph = id.with_scale_and_position(layout.px as f32, point(x, baseline));
                x += scaled.h_advance(id);
                before = Some(id);
                let Some(outline) = self.font.outline_glyph(glyph) else { continue };
                let bounds = outline.px_bounds();
                outline.draw(|dx, dy, share| {
                    let at = (bounds.min.x as i64 + i64::from(dx), bounds.min.y as i64 + i64::from(dy));
                    if let (Ok(px), Ok(py)) = (u32::try_from(at.0), u32::try_from(at.1))
                        && px < layout.w
                        && py < layout.h
                    {
                        let pixel = &mut covered[(py * layout.w + px) as usize];
                        *pixel = (*pixel + share).min(1.0);
                    }
                });
            }
        }
        covered
    }

    /// The pixels of a subtitle: white letters on a translucent grey box with rounded corners.
    pub(super) fn draw(&self, layout: &Layout, box_opacity_permille: u16) -> RgbaImage {
        let covered = self.coverage(layout);
        let opacity = f32::from(box_opacity_permille) / 1000.0;
        let radius = (layout.px / 4) as f32;
        RgbaImage::from_fn(layout.w, layout.h, |x, y| {
            let letter = covered[(y * layout.w + x) as usize];
            let behind = opacity * corner_share(x, y, layout, radius) * (1.0 - letter);
            let alpha = letter + behind;
            if alpha <= 0.0 {
                return Rgba([0; 4]);
            }
            let grey = (letter * 255.0 + behind * f32::from(BOX_GREY)) / alpha;
            let grey = grey.round().clamp(0.0, 255.0) as u8;
            Rgba([grey, grey, grey, (alpha * 255.0).round().clamp(0.0, 255.0) as u8])
        })
    }
}

/// Whether lines may break beside a character: Chinese and Japanese put no spaces between words.
fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character), 0x2e80..=0x9fff | 0xf900..=0xfaff | 0xff00..=0xffef | 0x2_0000..=0x3_ffff)
}

/// What a line may break between: words, and the characters of scripts without spaces. Each says whether a space stands before
/// it. Closing marks stay with what they close, opening ones with what they open (GB/T 15834, JIS X 4051).
fn units(text: &str) -> Vec<(bool, &str)> {
    const NEVER_FIRST: &str = "。，、；：？！）》」』】〕〉”’…—～·,.;:?!)]}%";
    const NEVER_LAST: &str = "（《「『【〔〈“‘([{";
    let mut units = Vec::new();
    for word in text.split_whitespace() {
        let (mut start, mut before) = (0, None);
        for (at, character) in word.char_indices() {
            let may_break = before.is_some_and(|before| {
                (is_unspaced(before) || is_unspaced(character))
                    && !NEVER_FIRST.contains(character)
                    && !NEVER_LAST.contains(before)
            });
            if may_break {
                units.push((start == 0, &word[start..at]));
                start = at;
            }
            before = Some(character);
        }
        units.push((start == 0, &word[start..]));
    }
    units
}

/// Room at either side of a line.
fn pad_x(px: u32) -> u32 {
    px / 2
}

/// Room above the first line and below the last.
fn pad_y(px: u32) -> u32 {
    px / 4
}

fn advance(scaled: &PxScaleFont<&FontArc>, line: &str) -> f32 {
    let mut width = 0.0;
    let mut before: Option<GlyphId> = None;
    for character in line.chars() {
        let id = scaled.glyph_id(character);
        width += scaled.h_advance(id) + before.map_or(0.0, |before| scaled.kern(before, id));
        before = Some(id);
    }
    width
}

/// How much of pixel `x`, `y` lies in the rounded box: 1 inside, 0 beyond a corner's arc, between on the arc.
fn corner_share(x: u32, y: u32, layout: &Layout, radius: f32) -> f32 {
    let beyond = |at: u32, length: u32| {
        let centre = at as f32 + 0.5;
        (radius - centre).max(centre - (length as f32 - radius)).max(0.0)
    };
    let (dx, dy) = (beyond(x, layout.w), beyond(y, layout.h));
    (radius + 0.5 - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    fn typeface() -> Typeface {
        Typeface::embedded(source::embedded_font())
    }

    #[test]
    fn long_text_wraps_between_words_and_long_words_break() {
        let face = typeface();
        let text = "The secret word is Alice and it is well hidden in this video";
        let layout = face.subtitle(text, 60, 320, 240).unwrap();
        assert!(layout.lines.len() > 1, "{layout:?}");
        assert_eq!(layout.lines.join(" "), text);
        let word = "a".repeat(200);
        let layout = face.subtitle(&word, 60, 320, 240).unwrap();
        assert!(layout.lines.len() > 1 && layout.lines.concat() == word, "{layout:?}");
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_a_full_stop() {
        let texts = |text| units(text).into_iter().map(|(_, unit)| unit).collect::<Vec<_>>();
        assert_eq!(texts("密语是“晓东”。"), ["密", "语", "是", "“晓", "东”。"]);
        assert_eq!(texts("用Python 3写。"), ["用", "Python", "3", "写。"]);
        assert_eq!(units("a b，c"), [(true, "a"), (true, "b，"), (false, "c")]);
    }

    #[test]
    fn short_text_keeps_the_size_asked_for() {
        assert_eq!(typeface().subtitle("The secret word is Bob.", 60, 1920, 1080).unwrap().px, 64);
        assert_eq!(typeface().subtitle("The secret word is Bob.", 60, 640, 360).unwrap().px, 21);
    }

    #[test]
    fn text_without_room_is_refused() {
        let text = "word ".repeat(400);
        assert!(matches!(typeface().subtitle(&text, 60, 64, 64), Err(Error::NoRoom { .. })));
        assert!(matches!(typeface().subtitle(" \n", 60, 640, 360), Err(Error::NoText)));
    }

    #[test]
    fn text_that_would_be_set_wrongly_is_refused() {
        let face = typeface();
        assert!(matches!(face.subtitle("مرحبا", 60, 640, 360), Err(Error::Script { .. })));
        assert!(matches!(face.subtitle("東京", 60, 640, 360), Err(Error::Glyph { character: '東', .. })));
        assert!(face.subtitle("Zoë, Łódź – Ελλάδα, Москва", 60, 640, 360).is_ok());
    }

    #[test]
    fn letters_are_white_on_grey_and_corners_are_clear() {
        let face = typeface();
        let layout = face.subtitle("HHH", 100, 640, 360).unwrap();
        let drawn = face.draw(&layout, 600);
        assert_eq!((drawn.width(), drawn.height()), (layout.w, layout.h));
        assert!(drawn.get_pixel(0, 0).0[3] < 40);
        assert_eq!(drawn.get_pixel(layout.w / 2, 1).0, [BOX_GREY, BOX_GREY, BOX_GREY, 153]);
        let white = drawn.pixels().filter(|pixel| pixel.0 == [255; 4]).count();
        assert!(white > 100, "{white}");
        // No letter touches the edge of the box.
        assert!(drawn.enumerate_pixels().all(|(x, y, p)| (x > 0 && y > 0) || p.0[0] <= BOX_GREY));
    }
}

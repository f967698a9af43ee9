//! Subtitles, read by Tesseract: a solver that compares with no drawing.
//!
//! In: a decoded frame. Out: the label that its subtitle states, if one stands there. Tesseract is a program of its own, as
//! systems package it; it gets the part of the frame where subtitles stand, with nothing but its thin bright strokes left, black
//! on white.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use image::GrayImage;
use image::imageops::{self, FilterType};

use super::text::Text;
use super::{Detection, Drawn, Error};
use crate::language::Language;
use crate::media::yuv::Yuv;
use crate::needle::{Look, PixelBox};

/// The program.
const PROGRAM: &str = "tesseract";
/// Share of its letters in which a read phrase has to be as it was written: "magic" is not a misread "secret".
const LIKE_PHRASE: f64 = 0.8;
/// Share of its letters in which a read label has to be one of the pack's.
const LIKE_LABEL: f64 = 0.6;
/// Lines of text that Tesseract reads best are about this high, in pixels.
const LINE_PX: u32 = 32;
/// White around the picture, in pixels: Tesseract misses what touches the edge.
const BORDER_PX: i64 = 16;
/// Least luma of a letter; white is 235.
const BRIGHT: u8 = 150;
/// How much brighter than its surroundings a stroke is: below the first it is none, above the second it is a letter's.
const STROKE: (u8, u8) = (20, 120);

/// What subtitles say, as far as they are asked for.
#[derive(Clone, Debug)]
pub struct Phrase {
    /// The words before the label.
    pub before: String,
    /// Labels that may follow.
    pub labels: Vec<String>,
    /// Of the subtitles.
    pub language: Language,
}

/// Reads subtitles.
pub struct Detector {
    /// The words of a subtitle before the label.
    phrase: Vec<String>,
    labels: Vec<String>,
    /// Subtitles that state a key: their words, and what a sight of each is.
    keyed: Vec<(Vec<String>, Detection)>,
    text_size_permille: u16,
    /// The part of the frame where subtitles stand; the whole of it where they may stand anywhere.
    area: Option<PixelBox>,
    /// Of the subtitles.
    language: Language,
}

impl Detector {
    /// A reader of subtitles that say `phrase`; `texts` are all that could stand in a frame.
    ///
    /// # Errors
    /// A subtitle has no place.
    pub fn new(drawn: &Drawn<'_>, texts: &[Text], phrase: Phrase) -> Result<Self, Error> {
        Ok(Self {
            phrase: words(&phrase.before),
            labels: phrase.labels,
            keyed: texts.iter().filter_map(keyed).collect(),
            text_size_permille: drawn.difficulty.text_size_permille,
            area: area(drawn, texts)?,
            language: phrase.language,
        })
    }

    /// The subtitle that a frame shows.
    ///
    /// # Errors
    /// Tesseract cannot be run.
    pub fn look(&self, frame: &Yuv) -> Result<Option<Detection>, Error> {
        let size = u32::from(self.text_size_permille);
        let line = (frame.height * size / 1000).max(8);
        let whole = PixelBox { x: 0, y: 0, w: frame.width, h: frame.height };
        let luma = luma(frame, self.area.unwrap_or(whole));
        let ink = strokes(&luma, line / 2).pixels().filter(|pixel| pixel[0] < 128).count();
        // Fewer dark pixels than half a square of a line's height are no words.
        if ink < (line * line / 2) as usize {
            return Ok(None);
        }
        // Of small letters strokes are a pixel wide, and too coarse to be told from what is beside them: enlarged first, they
        // are read twice as often.
        let factor = (LINE_PX + line / 2).checked_div(line).unwrap_or(1).max(1);
        let page = bordered(&strokes(&enlarged(&luma, factor), line * factor / 2));
        let read = words(&read(&page, self.language)?);
        if !self.keyed.is_empty() {
            return Ok(self.keyed(&read));
        }
        Ok(self.label(&read).map(Detection::of))
    }

    /// The subtitle with a key that was read, if all its words were.
    fn keyed(&self, read: &[String]) -> Option<Detection> {
        let alike = |written: &[String]| {
            let starts = 0..=read.len().saturating_sub(written.len());
            let scores = starts.filter_map(|at| read.get(at..at + written.len())).map(|read| {
                let words = read.iter().zip(written);
                let least = words.map(|(read, written)| strsim::normalized_levenshtein(read, written));
                (
                    strsim::normalized_levenshtein(&read.join(" "), &written.join(" ")),
                    least.fold(1.0, f64::min),
                )
            });
            scores.max_by(|one, other| one.0.total_cmp(&other.0))
        };
        let found = self.keyed.iter().filter_map(|(written, sight)| Some((alike(written)?, sight)));
        let ((score, least), best) = found.max_by(|one, other| one.0.0.total_cmp(&other.0.0))?;
        (score >= LIKE_PHRASE && least >= LIKE_LABEL / 2.0).then(|| best.clone())
    }

    /// The label that follows the phrase, or stands anywhere where there is no phrase.
    fn label(&self, read: &[String]) -> Option<&str> {
        let alike = |read: &[String], written: &[String]| {
            strsim::normalized_levenshtein(&read.join(" "), &written.join(" "))
        };
        let phrase = self.phrase.len();
        let starts = (0..=read.len().saturating_sub(phrase)).filter(|&at| {
            phrase == 0 || read.get(at..at + phrase).is_some_and(|it| alike(it, &self.phrase) >= LIKE_PHRASE)
        });
        let rests = starts.filter_map(|at| read.get(at + phrase..));
        let all = rests.flat_map(|rest| {
            self.labels.iter().filter_map(move |label| {
                let written = words(label);
                Some((alike(rest.get(..written.len())?, &written), label))
            })
        });
        let (score, best) = all.max_by(|one, two| one.0.total_cmp(&two.0))?;
        (score >= LIKE_LABEL).then_some(best)
    }
}

/// The words of a subtitle that states a key, and what a sight of it is.
fn keyed(text: &Text) -> Option<(Vec<String>, Detection)> {
    let label = text.label.as_ref().filter(|_| !text.key.is_empty())?;
    Some((words(&text.text), Detection { key: text.key.clone(), ..Detection::of(label) }))
}

/// Words in lower case, without what is neither letter nor digit; a Chinese character is a word, for it has no spaces around it
/// when it is written, and may have some when it is read. Letters that a face without serifs draws alike are one: nobody
/// could tell "Ivy" from "lvy".
fn words(text: &str) -> Vec<String> {
    let fold = |letter: char| match letter {
        'l' | '1' | '|' => 'i',
        '0' => 'o',
        other => other,
    };
    let bare = |word: &str| -> String {
        let letters = word.chars().flat_map(char::to_lowercase).map(fold);
        letters.filter(|letter| letter.is_alphanumeric()).collect()
    };
    let mut spaced = String::new();
    for letter in text.chars() {
        if matches!(letter, '\u{3400}'..='\u{9fff}') {
            spaced.extend([' ', letter, ' ']);
        } else {
            spaced.push(letter);
        }
    }
    spaced.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// The box that holds every subtitle, where all stand at one place: what is beside it may be as thin and bright as letters.
fn area(drawn: &Drawn<'_>, texts: &[Text]) -> Result<Option<PixelBox>, Error> {
    let [spot] = drawn.spots.as_slice() else { return Ok(None) };
    let mut all: Option<PixelBox> = None;
    for Text { text, .. } in texts {
        let look = Look::Text {
            text: text.clone(),
            size_permille: drawn.difficulty.text_size_permille,
            box_opacity_permille: drawn.difficulty.box_opacity_permille,
        };
        let place = drawn.library.place_at(&look, (*spot, 1000), drawn.size.0, drawn.size.1)?;
        let both = all.map_or(place, |other| {
            let (x, y) = (place.x.min(other.x), place.y.min(other.y));
            let (right, end) =
                ((place.x + place.w).max(other.x + other.w), (place.y + place.h).max(other.y + other.h));
            PixelBox { x, y, w: right - x, h: end - y }
        });
        all = Some(both);
    }
    Ok(all)
}

/// The luma of a part of a frame.
fn luma(frame: &Yuv, PixelBox { x, y, w, h }: PixelBox) -> GrayImage {
    GrayImage::from_fn(w, h, |dx, dy| image::Luma([frame.y[((y + dy) * frame.width + x + dx) as usize]]))
}

/// Luma with thin bright strokes in black and all else in white: what is left of it when all bright things that hold a square
/// of `side` pixels are taken away (the white top-hat of morphology).
fn strokes(luma: &GrayImage, side: u32) -> GrayImage {
    let (width, rows) = luma.dimensions();
    let luma = luma.as_raw();
    let (w, h, reach) = (width as usize, rows as usize, (side / 2).max(1) as usize);
    let eroded = over_square(luma, w, h, reach, u8::min);
    let opened = over_square(&eroded, w, h, reach, u8::max);
    let (least, most) = (u32::from(STROKE.0), u32::from(STROKE.1));
    let ink = luma.iter().zip(&opened).map(|(&luma, &opened)| {
        let above = if luma < BRIGHT { 0 } else { u32::from(luma - opened.min(luma)) };
        255 - (above.clamp(least, most) - least) as u8 * 2
    });
    GrayImage::from_vec(width, rows, ink.collect()).expect("a pixel of ink for each of luma")
}

/// The least or greatest value in the square around each pixel, `reach` to every side: along rows, then along columns.
fn over_square(plane: &[u8], w: usize, h: usize, reach: usize, pick: fn(u8, u8) -> u8) -> Vec<u8> {
    let window = |at: usize, length: usize| at.saturating_sub(reach)..(at + reach + 1).min(length);
    let mut along = Vec::with_capacity(plane.len());
    for row in plane.chunks_exact(w) {
        along.extend((0..w).map(|x| {
            let around = &row[window(x, w)];
            around.iter().copied().fold(row[x], pick)
        }));
    }
    let mut across = Vec::with_capacity(plane.len());
    for y in 0..h {
        across.extend((0..w).map(|x| window(y, h).map(|y| along[y * w + x]).fold(along[y * w + x], pick)));
    }
    across
}

fn enlarged(luma: &GrayImage, factor: u32) -> GrayImage {
    imageops::resize(luma, luma.width() * factor, luma.height() * factor, FilterType::CatmullRom)
}

/// With white around it.
fn bordered(strokes: &GrayImage) -> GrayImage {
    let border = BORDER_PX as u32 * 2;
    let (width, height) = (strokes.width() + border, strokes.height() + border);
    let mut page = GrayImage::from_pixel(width, height, image::Luma([255]));
    imageops::replace(&mut page, strokes, BORDER_PX, BORDER_PX);
    page
}

/// Whether Tesseract can be run: to be asked before a long work that needs it.
pub fn check() -> Result<(), Error> {
    let found = Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.map(drop).map_err(missing)
}

fn missing(source: io::Error) -> Error {
    Error::Tesseract { problem: "cannot be run".to_owned(), source: Some(source) }
}

/// What Tesseract reads in a picture.
fn read(page: &GrayImage, language: Language) -> Result<String, Error> {
    let data = match language {
        Language::En => "eng",
        Language::Zh => "chi_sim",
    };
    let mut child = Command::new(PROGRAM)
        // One block of text; other looks at a frame run beside it, so that one thread is its share.
        .args(["stdin", "stdout", "--psm", "6", "-l", data])
        .env("OMP_THREAD_LIMIT", "1")
        // An interrupt at the terminal is for this program, which stops by itself.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(missing)?;
    let mut picture = format!("P5\n{} {}\n255\n", page.width(), page.height()).into_bytes();
    picture.extend_from_slice(page.as_raw());
    // It reads all of its input before it writes.
    let sent = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(&picture));
    let output = child.wait_with_output().map_err(missing)?;
    if !output.status.success() || sent.is_err() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Tesseract { problem: format!("failed: {said}"), source: sent.err() });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detector(phrase: &str) -> Detector {
        let labels = ["Eve", "Xander", "Quentin", "Ivy"].map(str::to_owned).to_vec();
        let (area, language) = (None, Language::En);
        Detector { phrase: words(phrase), labels, keyed: Vec::new(), text_size_permille: 60, area, language }
    }

    #[test]
    fn a_label_is_what_follows_the_phrase() {
        let secret = detector("The secret word is ");
        let said = |text: &str| secret.label(&words(text)).map(str::to_owned);
        assert_eq!(said("~ wh |\nThe secret word is Xander.\n4 a"), Some("Xander".to_owned()));
        assert_eq!(said("Tne secrel word is Xanden"), Some("Xander".to_owned()));
        assert_eq!(said("The secret word is lvy."), Some("Ivy".to_owned()));
        assert_eq!(said("The magic word is Xander."), None);
        assert_eq!(said("The secret word is"), None);
        assert_eq!(said("The secret word is Olivia."), None);
        assert_eq!(said(""), None);
        assert_eq!(detector("").label(&words("we say Eve")), Some("Eve"));
    }

    #[test]
    fn strokes_are_thin_and_bright() {
        let (width, height) = (64, 48);
        let mut frame = Yuv {
            width,
            height,
            y: vec![60; (width * height) as usize],
            u: vec![128; (width * height / 4) as usize],
            v: vec![128; (width * height / 4) as usize],
        };
        for y in 30..46 {
            // A stroke of 2 pixels, and a sky of 30.
            for x in (10..12).chain(30..60) {
                frame.y[(y * width + x) as usize] = 235;
            }
        }
        let strokes = strokes(&luma(&frame, PixelBox { x: 0, y: 24, w: width, h: 24 }), 8);
        let dark: Vec<u32> = (0..width).filter(|&x| strokes.get_pixel(x, 12)[0] < 128).collect();
        assert_eq!(dark, [10, 11]);
    }
}

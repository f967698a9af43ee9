//! Subtitles over what is hardest to tell from them: pages of text, colour bars, edges.

use super::{Reader, Search};
use crate::dataset::Row;
use crate::detect::Detector;
use crate::media::colour::{Layer, Matrix};
use crate::media::yuv::Yuv;
use crate::needle::{Library, Look};
use crate::plan;
use crate::question::Query;
use crate::seed::Seed;
use crate::spec::{self, CheckedSpec};

const SIZES: [(u32, u32); 4] = [(128, 192), (240, 426), (320, 180), (640, 360)];

fn checked(settings: &str) -> CheckedSpec {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.mp4"), "").unwrap();
    let path = dir.path().join("spec.toml");
    let text =
        format!("seed = 1\n[haystacks]\npaths = [\"a.mp4\"]\n[[tasks]]\ntype = \"ret_edit1\"\n{settings}\n");
    std::fs::write(&path, text).unwrap();
    spec::read(&path).unwrap()
}

fn detector(spec: &CheckedSpec, (width, height): (u32, u32)) -> Detector {
    let task = &spec.tasks()[0];
    let difficulty = plan::difficulty_record(task);
    let row = Row { kind: task.family.kind().to_owned(), width, height, difficulty, ..Row::unstated() };
    Search::new(&row, spec, Reader::Template).unwrap().detector("", &Query::default()).unwrap()
}

/// Text on a frame, black or white, without a box, or on one.
fn write(
    frame: &mut Yuv,
    library: &Library,
    (text, box_opacity): (&str, u16),
    is_black: bool,
    y: Option<u32>,
) {
    let (w, h) = (frame.width, frame.height);
    let look = Look::Text { text: text.to_owned(), size_permille: 60, box_opacity_permille: box_opacity };
    let mut place = library.place(&look, w, h).unwrap();
    let mut drawing = library.draw(&look, place, w, h).unwrap();
    if is_black {
        drawing.pixels_mut().for_each(|pixel| pixel.0[..3].fill(0));
    }
    place.y = y.unwrap_or(place.y) & !1;
    if place.y + place.h <= h {
        Layer::new(&drawing, place.x, place.y, Matrix::Bt709).apply(frame, 1000, 0);
    }
}

/// A page of lines: black on white, or white on black.
fn page(library: &Library, size: (u32, u32), is_black: bool, shift: u32) -> Yuv {
    let mut frame = Yuv::filled(size.0, size.1, [if is_black { 235 } else { 16 }, 128, 128]);
    let words =
        ["The secret word is", "lorem ipsum dolor sit", "amet consectetur adipi", "word is The secret"];
    for (at, y) in (shift..size.1).step_by(size.1 as usize / 12).enumerate() {
        write(&mut frame, library, (words[at % words.len()], 0), is_black, Some(y));
    }
    frame
}

/// Footage that is all edges.
fn footage(library: &Library, size: (u32, u32)) -> Vec<(&'static str, Yuv)> {
    let luma = |of: &dyn Fn(u32, u32) -> u8| {
        let mut frame = Yuv::filled(size.0, size.1, [0, 128, 128]);
        for (at, luma) in (0_u32..).zip(&mut frame.y) {
            *luma = of(at % size.0, at / size.0);
        }
        frame
    };
    let mut noise = Seed::new(3).stream("hard edges", 0);
    let specks: Vec<u8> =
        (0..size.0 * size.1 / 4).map(|_| if noise.below(3) == 0 { 235 } else { 16 }).collect();
    vec![
        ("black on white", page(library, size, true, 3)),
        ("white on black", page(library, size, false, 5)),
        ("bars", luma(&|x, _| [235, 180, 16, 120, 200, 40, 90, 235][(x * 8 / size.0) as usize])),
        ("white", luma(&|_, _| 235)),
        ("a chequered board", luma(&|x, y| if (x / 5 + y / 5) % 2 == 0 { 235 } else { 16 })),
        ("stripes", luma(&|x, y| if (x + y) % 4 < 2 { 235 } else { 16 })),
        ("specks", luma(&|x, y| specks[(y / 2 * (size.0 / 2) + x / 2) as usize])),
        ("credits in a box", {
            let mut frame = page(library, size, false, 0);
            frame.y.iter_mut().for_each(|luma| *luma = (u32::from(*luma) * 6 / 10 + 30) as u8);
            frame
        }),
    ]
}

/// What encoding does to a frame, at its worst: an error for each pixel.
fn errors((width, height): (u32, u32)) -> Vec<i8> {
    let mut noise = Seed::new(9).stream("errors", 0);
    (0..width * height).map(|_| noise.below(37) as i8 - 18).collect()
}

#[test]
fn a_subtitle_is_read_over_hard_edges_and_none_is_where_there_is_none() {
    for (settings, sizes) in
        [("", &SIZES[..]), ("distractors = 2", &SIZES[2..3]), ("box_opacity = 100", &SIZES[..1])]
    {
        let spec = checked(settings);
        let (library, task) = (spec.library(), &spec.tasks()[0]);
        let opacity = task.difficulty.box_opacity_permille;
        for &size in sizes {
            let (detector, errors) = (detector(&spec, size), errors(size));
            for (name, frame) in footage(library, size) {
                let said = |text: Option<&str>| {
                    let mut frame = frame.clone();
                    if let Some(text) = text {
                        write(&mut frame, library, (text, opacity), false, None);
                    }
                    for (luma, error) in frame.y.iter_mut().zip(&errors) {
                        *luma = luma.saturating_add_signed(*error);
                    }
                    detector.look(&frame).unwrap().map(|sight| sight.label)
                };
                assert_eq!(said(None), None, "{name} at {size:?}, {settings}");
                for candidate in task.pool.candidates().iter().step_by(8) {
                    let label = &candidate.label;
                    let found = said(Some(&task.family.text("", label)));
                    assert_eq!(found.as_ref(), Some(label), "{name} at {size:?}, {settings}");
                    if task.family.distractors() > 0 {
                        let found = said(Some(&task.family.distractor_text(label)));
                        assert_eq!(found, None, "{name} at {size:?}, {settings}");
                    }
                }
            }
        }
    }
}

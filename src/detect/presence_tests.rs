//! Presence over real footage: what is drawn and encoded is seen, and nothing else is.

use std::path::PathBuf;

use super::{Placed, Presence};
use crate::media::colour::{Layer, Matrix};
use crate::media::decode::FileReader;
use crate::media::input::Input;
use crate::media::target::Target;
use crate::media::trial;
use crate::media::yuv::Yuv;
use crate::needle::{Effects, Ground, Library, Look, PixelBox};
use crate::time::FrameRate;

/// Frames of cached clips, as they are; none where footage has not been fetched.
fn footage() -> Vec<Yuv> {
    let mut frames = Vec::new();
    for clip in ["bikes.mp4", "bunny.mp4", "carphone.mp4"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/.cache").join(clip);
        if !path.is_file() {
            continue;
        }
        let mut reader = FileReader::open(&Input::file(path)).unwrap();
        for at in 0..60 {
            let (frame, _) = reader.next_frame().unwrap().unwrap();
            if at % 40 == 10 {
                frames.push(frame);
            }
        }
    }
    frames
}

fn text(text: &str) -> Look {
    Look::Text { text: text.to_owned(), size_permille: 60, box_opacity_permille: 600 }
}

fn picture(item: &str) -> Look {
    Look::Picture { pack: "fruits".to_owned(), item: item.to_owned(), from: None, ground: Ground::Blur }
}

fn patch(item: &str) -> Look {
    Look::Patch { pack: "objects".to_owned(), item: item.to_owned() }
}

/// The place of a look in a frame: of a patch, somewhere within.
fn place(library: &Library, look: &Look, (width, height): (u32, u32)) -> PixelBox {
    if let Look::Patch { .. } = look {
        let side = (width.min(height) / 5) & !1;
        return PixelBox { x: (width / 3) & !1, y: (height / 4) & !1, w: side, h: side };
    }
    library.place(look, width, height).unwrap()
}

/// The frame with the needle, encoded at this quality and decoded again.
fn shown(frame: &Yuv, needle: &Placed<'_>, crf: u8) -> Yuv {
    let (width, height) = needle.size;
    let mut frame = frame.clone();
    let drawing = needle.library.draw(needle.look, needle.place, width, height).unwrap();
    Layer::new(&drawing, needle.place.x, needle.place.y, Matrix::Bt709).apply(&mut frame, 1000, 0);
    let fps = FrameRate::new(25, 1).unwrap();
    let settings = Target { width, height, fps, crf }.settings();
    trial::decoded(&[frame], settings).unwrap().remove(0)
}

#[test]
fn needles_are_seen_where_they_are_and_nowhere_else() {
    let library = Library::embedded();
    let pairs = [
        (text("The secret word is Bob."), text("The secret word is Rob.")),
        (text("The secret word is Mary."), text("The secret word is Gary.")),
        (picture("banana"), picture("apple")),
        (patch("boat"), patch("flower")),
    ];
    for frame in footage() {
        let size = (frame.width, frame.height);
        for (look, other) in &pairs {
            let placed = |look| Placed {
                library: &library,
                size,
                look,
                place: place(&library, look, size),
                effects: Effects::default(),
            };
            let rivals: Vec<String> = [look, other]
                .into_iter()
                .filter_map(|look| if let Look::Text { text, .. } = look { Some(text.clone()) } else { None })
                .collect();
            let presence = Presence::new(&placed(look), &rivals).unwrap();
            assert!(presence.is_dependable(), "{look:?} in {size:?}");
            assert!(!presence.is_seen(&frame, (0, 1)), "{look:?} in {size:?}");
            let crfs: &[u8] = if let Look::Patch { .. } = look { &[18, 24] } else { &[18, 24, 30] };
            for &crf in crfs {
                assert!(
                    presence.is_seen(&shown(&frame, &placed(look), crf), (0, 1)),
                    "{look:?} in {size:?}, {crf}"
                );
                assert!(
                    !presence.is_seen(&shown(&frame, &placed(other), crf), (0, 1)),
                    "{other:?} in {size:?}, {crf}"
                );
            }
        }
    }
}

#[test]
fn what_cannot_be_told_is_not_relied_on() {
    let library = Library::embedded();
    let size = (640, 360);
    let dependable = |look: &Look, effects: Effects, place: PixelBox| {
        let placed = Placed { library: &library, size, look, place, effects };
        Presence::new(&placed, &[]).unwrap().is_dependable()
    };
    let subtitle = text("The secret word is Bob.");
    let at = place(&library, &subtitle, size);
    assert!(dependable(&subtitle, Effects::default(), at));
    // A few points of a thing, a thing that is hardly there, and one of little contrast.
    let boat = patch("boat");
    let at = place(&library, &boat, size);
    assert!(dependable(&boat, Effects::default(), at));
    assert!(!dependable(&boat, Effects::default(), PixelBox { w: 8, h: 8, ..at }));
    let faint = Effects { opacity_permille: 100, ..Effects::default() };
    assert!(!dependable(&boat, faint, at));
    assert!(!dependable(&patch("cat"), Effects::default(), at));
}

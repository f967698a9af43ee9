//! Tests of the library as a whole: the embedded packs, places and drawings.

use std::fs;
use std::path::Path;

use image::RgbaImage;
use proptest::prelude::*;

use super::*;
use crate::language::Language;

/// How far apart two colours look: brightness counts in full, hue by half, since video keeps less of it.
fn apart(a: [u8; 3], b: [u8; 3]) -> f32 {
    let split = |colour: [u8; 3]| {
        let [r, g, b] = colour.map(f32::from);
        let luma = 0.299 * r + 0.587 * g + 0.114 * b;
        (luma, 0.564 * (b - luma), 0.713 * (r - luma))
    };
    let (a, b) = (split(a), split(b));
    (a.0 - b.0).abs() + 0.5 * ((a.1 - b.1).abs() + (a.2 - b.2).abs())
}

fn colour(pixel: image::Rgba<u8>) -> [u8; 3] {
    [pixel.0[0], pixel.0[1], pixel.0[2]]
}

fn pictures(library: &Library) -> Vec<(&Pack, &Item)> {
    let items = library.packs().flat_map(|pack| pack.items.iter().map(move |item| (pack, item)));
    items.filter(|(_, item)| item.asset.is_some()).collect()
}

fn text(text: &str, size_permille: u16) -> Look {
    Look::Text { text: text.to_owned(), size_permille, box_opacity_permille: 600 }
}

fn picture(pack: &str, item: &str) -> Look {
    Look::Picture { pack: pack.to_owned(), item: item.to_owned(), from: None, ground: Ground::Plain }
}

fn patch(item: &str) -> Look {
    Look::Patch { pack: "fruits".to_owned(), item: item.to_owned() }
}

#[test]
fn the_embedded_packs_are_those_of_the_benchmark() {
    let library = Library::embedded();
    let counts: Vec<(&str, usize, PackKind)> =
        library.packs().map(|pack| (pack.id.as_str(), pack.items.len(), pack.kind())).collect();
    assert_eq!(
        counts,
        [
            ("boxes", 12, PackKind::Text),
            ("colours", 15, PackKind::Text),
            ("cups", 2, PackKind::Picture),
            ("flags", 195, PackKind::Picture),
            ("fruits", 12, PackKind::Picture),
            ("lasting", 8, PackKind::Sound),
            ("motions", 4, PackKind::Clip),
            ("names", 26, PackKind::Text),
            ("objects", 19, PackKind::Picture),
            ("rhythms", 10, PackKind::Sound),
            ("scenes", 8, PackKind::Clip),
            ("shapes", 10, PackKind::Picture),
            ("sounds", 14, PackKind::Sound),
            ("spoken", 24, PackKind::Sound),
            ("spoken_zh", 16, PackKind::Sound),
            ("tiles", 7, PackKind::Picture),
            ("tones", 5, PackKind::Sound),
        ]
    );
    let plural = |id: &str| library.find("objects", id).unwrap().1.plural.clone().unwrap();
    assert_eq!(
        ["bus", "sheep", "person", "tv-monitor", "aeroplane"].map(plural),
        ["buses", "sheep", "people", "tv monitors", "aeroplanes"]
    );
    // What is counted needs a plural.
    for pack in ["fruits", "objects"] {
        assert!(library.pack(pack).unwrap().items.iter().all(|item| item.plural.is_some()));
    }
}

#[test]
fn look_alikes_are_mutual_and_known() {
    let library = Library::embedded();
    let flags = library.pack("flags").unwrap();
    let alike = |a: &str, b: &str| flags.item(a).unwrap().is_alike(flags.item(b).unwrap());
    for (a, b) in [
        ("chad", "romania"),
        ("indonesia", "monaco"),
        ("poland", "monaco"),
        ("ireland", "ivory-coast"),
        ("netherlands", "luxembourg"),
        ("australia", "new-zealand"),
    ] {
        assert!(alike(a, b) && alike(b, a), "{a} {b}");
    }
    assert!(!alike("japan", "brazil"));
}

/// No two pictures of a pack are so near to each other that a small, compressed one could be taken for the other.
#[test]
fn unlike_pictures_look_unlike() {
    let library = Library::embedded();
    let small: Vec<(&Pack, &Item, RgbaImage)> = pictures(&library)
        .into_iter()
        .map(|(pack, item)| (pack, item, library.picture(&pack.id, &item.id, 24, 18).unwrap()))
        .collect();
    for (index, (pack, item, art)) in small.iter().enumerate() {
        for (other_pack, other, other_art) in &small[index + 1..] {
            if pack.id != other_pack.id || item.is_alike(other) {
                continue;
            }
            let sum: f32 = art
                .pixels()
                .zip(other_art.pixels())
                .map(|(a, b)| {
                    let over = |pixel: &image::Rgba<u8>| {
                        if pixel.0[3] < 128 { PLAIN_GROUND } else { colour(*pixel) }
                    };
                    apart(over(a), over(b))
                })
                .sum();
            let mean = sum / (24.0 * 18.0);
            assert!(mean >= 27.0, "{} and {} differ by {mean}", item.id, other.id);
        }
    }
}

/// White flags and pale glyphs keep a visible edge.
#[test]
fn every_picture_stands_out_from_the_plain_ground() {
    let library = Library::embedded();
    for (pack, item) in pictures(&library) {
        let (w, h) = art::within(library.aspect(&pack.id, &item.id).unwrap(), 128, 96);
        let art = library.picture(&pack.id, &item.id, w, h).unwrap();
        let is_clear = |x: i64, y: i64| match (u32::try_from(x), u32::try_from(y)) {
            (Ok(x), Ok(y)) if x < w && y < h => art.get_pixel(x, y).0[3] < 128,
            _ => true,
        };
        let outline: Vec<[u8; 3]> = art
            .enumerate_pixels()
            .filter(|(x, y, pixel)| {
                let (x, y) = (i64::from(*x), i64::from(*y));
                let beside = [(2, 0), (-2, 0), (0, 2), (0, -2)];
                pixel.0[3] >= 250 && beside.iter().any(|(dx, dy)| is_clear(x + dx, y + dy))
            })
            .map(|(_, _, pixel)| colour(*pixel))
            .collect();
        let seen = outline.iter().filter(|&&edge| apart(edge, PLAIN_GROUND) >= 40.0).count();
        let share = seen as f32 / outline.len() as f32;
        assert!(share >= 0.95, "{}/{}: {share} of its outline", pack.id, item.id);
    }
}

fn assert_in_frame(place: PixelBox, width: u32, height: u32) {
    let PixelBox { x, y, w, h } = place;
    assert!(w > 0 && h > 0 && x + w <= width && y + h <= height, "{place:?} in {width}x{height}");
    assert!([x, y, w, h].iter().all(|value| value % 2 == 0), "{place:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn places_lie_in_the_frame(width in 64_u32..=4096, height in 64_u32..=4096, size in 1_u16..=300, words in 1_usize..12) {
        let library = {
            static LIBRARY: std::sync::LazyLock<Library> = std::sync::LazyLock::new(Library::embedded);
            &*LIBRARY
        };
        let said = ["The secret word is Alice."; 12][..words].join(" ");
        // Twelve sentences do not fit in the smallest frames; that is said, not drawn outside.
        if let Ok(place) = library.place(&text(&said, size), width, height) {
            assert_in_frame(place, width, height);
            prop_assert!(place.w <= width * 9 / 10);
        } else {
            prop_assert!(words > 2 && (width < 320 || height < 240), "{words} words in {width}x{height}");
        }
        for (pack, item) in [("flags", "japan"), ("flags", "nepal"), ("fruits", "pear")] {
            let place = library.place(&picture(pack, item), width, height).unwrap();
            assert_in_frame(place, width, height);
            let (aspect_w, aspect_h) = library.aspect(pack, item).unwrap();
            // Even numbers cost less than two pixels in either direction.
            let wanted = place.h as f32 * aspect_w as f32 / aspect_h as f32;
            let slack = 2.0 + 2.0 * aspect_w as f32 / aspect_h as f32;
            prop_assert!((place.w as f32 - wanted).abs() <= slack, "{place:?}");
        }
    }
}

#[test]
fn a_subtitle_stands_at_the_bottom_centre() {
    let library = Library::embedded();
    for (width, height) in
        [(64, 64), (128, 72), (360, 640), (640, 360), (1920, 1080), (2160, 3840), (3840, 2160)]
    {
        let place = library.place(&text("The secret word is Quentin.", 60), width, height).unwrap();
        assert_in_frame(place, width, height);
        assert!((place.x + place.w / 2).abs_diff(width / 2) <= 2, "{place:?}");
        assert!(place.y >= height / 2 - height / 10, "{place:?} in {width}x{height}");
        let drawn = library.draw(&text("The secret word is Quentin.", 60), place, width, height).unwrap();
        assert_eq!(drawn.dimensions(), (place.w, place.h));
    }
}

#[test]
fn drawings_are_of_the_size_asked_for_and_repeat() {
    let library = Library::embedded();
    for look in [text("The secret word is Bob.", 60), picture("flags", "cyprus")] {
        let place = library.place(&look, 640, 360).unwrap();
        let drawn = library.draw(&look, place, 640, 360).unwrap();
        assert_eq!(drawn.dimensions(), (place.w, place.h));
        assert_eq!(drawn, library.draw(&look, place, 640, 360).unwrap());
        assert!(drawn.pixels().filter(|pixel| pixel.0[3] > 100).count() > 1000);
    }
    // A larger box of the plan's own choice keeps the text in its middle.
    let look = text("Bob", 60);
    let place = PixelBox { x: 10, y: 10, w: 300, h: 100 };
    let drawn = library.draw(&look, place, 640, 360).unwrap();
    let white: Vec<(u32, u32)> =
        drawn.enumerate_pixels().filter(|(_, _, p)| p.0[0] > 250).map(|(x, y, _)| (x, y)).collect();
    let (left, right) =
        (white.iter().map(|at| at.0).min().unwrap(), white.iter().map(|at| at.0).max().unwrap());
    let (top, bottom) =
        (white.iter().map(|at| at.1).min().unwrap(), white.iter().map(|at| at.1).max().unwrap());
    assert!(
        (left + right).abs_diff(300) <= 4 && (top + bottom).abs_diff(100) <= 12,
        "{left}..{right} {top}..{bottom}"
    );
}

#[test]
fn pictures_shrink_and_stand_where_they_are_put() {
    let library = Library::embedded();
    let look = picture("flags", "japan");
    let whole = library.place(&look, 640, 360).unwrap();
    let corner = Spot::named("bottom-right");
    let small = library.place_at(&look, (corner, 250), 640, 360).unwrap();
    assert!((small.w * 4).abs_diff(whole.w) <= 8 && (small.h * 4).abs_diff(whole.h) <= 8, "{small:?}");
    assert_eq!((small.x + small.w, small.y + small.h), (640 - 18, 360 - 18));
    assert!(matches!(library.place_at(&look, (None, 0), 640, 360), Err(Error::Permille { .. })));
}

#[test]
fn what_cannot_be_drawn_is_refused_by_name() {
    let library = Library::embedded();
    let said = |result: Result<PixelBox, Error>| result.unwrap_err().to_string();
    assert_eq!(
        said(library.place(&picture("fruit", "apple"), 640, 360)),
        "no needle pack `fruit`; did you mean `fruits`?"
    );
    assert_eq!(
        said(library.place(&picture("fruits", "aple"), 640, 360)),
        "no item `aple` in needle pack `fruits`; did you mean `apple`?"
    );
    assert_eq!(
        said(library.place(&picture("names", "alice"), 640, 360)),
        "item `alice` of needle pack `names` has no picture"
    );
    assert!(matches!(library.place(&patch("apple"), 640, 360), Err(Error::PatchPlace)));
    assert!(matches!(library.place(&text("Bob", 0), 640, 360), Err(Error::Permille { .. })));
    assert!(matches!(library.place(&text("Bob", 60), 16, 360), Err(Error::SmallFrame { .. })));
    let beyond = PixelBox { x: 620, y: 0, w: 40, h: 40 };
    assert!(matches!(library.draw(&patch("apple"), beyond, 640, 360), Err(Error::Outside { .. })));
}

fn write_pack(dir: &Path, toml: &str) {
    fs::create_dir_all(dir).unwrap();
    fs::write(dir.join("pack.toml"), toml).unwrap();
}

#[test]
fn a_pack_of_the_users_replaces_and_extends() {
    let dir = tempfile::tempdir().unwrap();
    let head = "licence = 'CC0-1.0'\ncredit = 'nobody'\n";
    write_pack(&dir.path().join("a"), &format!("id = 'names'\n{head}items = [{{ label = 'Ada' }}]"));
    let photos = dir.path().join("b/photos");
    fs::create_dir_all(&photos).unwrap();
    RgbaImage::from_pixel(30, 20, image::Rgba([9, 200, 9, 255]))
        .save(photos.join("Eiffel_Tower.png"))
        .unwrap();
    image::RgbImage::from_pixel(20, 30, image::Rgb([200, 9, 9])).save(photos.join("Kölner Dom.jpg")).unwrap();
    let listed = "[[items]]\nlabel = 'Big Ben'\nasset = 'photos/ben.png'\nalike = ['eiffel-tower']\n";
    RgbaImage::from_pixel(8, 8, image::Rgba([9; 4])).save(photos.join("ben.png")).unwrap();
    write_pack(&dir.path().join("b"), &format!("id = 'places'\nfolder = 'photos'\n{head}{listed}"));
    let library = Library::load(&[dir.path().to_owned()], None, Language::En).unwrap();
    assert_eq!(library.pack("names").unwrap().items[0].label, "Ada");
    assert_eq!(library.pack("fruits").unwrap().items.len(), 12);
    let places = library.pack("places").unwrap();
    let items: Vec<(&str, &str)> =
        places.items.iter().map(|item| (item.id.as_str(), item.label.as_str())).collect();
    assert_eq!(
        items,
        [("big-ben", "Big Ben"), ("eiffel-tower", "Eiffel Tower"), ("k-lner-dom-d210afdb", "Kölner Dom")]
    );
    assert!(places.items[1].is_alike(&places.items[0]) && places.items[0].is_alike(&places.items[1]));
    assert_eq!(library.aspect("places", "eiffel-tower").unwrap(), (3, 2));
    // An opaque photograph fills the frame's height; a picture with transparency keeps a margin.
    let place = library.place(&picture("places", "k-lner-dom-d210afdb"), 640, 360).unwrap();
    assert_eq!(place, PixelBox { x: 200, y: 0, w: 240, h: 360 });
    assert!(library.place(&picture("places", "eiffel-tower"), 640, 360).unwrap().h < 360);
    let drawn =
        library.draw(&picture("places", "eiffel-tower"), PixelBox { x: 0, y: 0, w: 60, h: 40 }, 64, 64);
    assert!(drawn.unwrap().pixels().all(|pixel| pixel.0 == [9, 200, 9, 255]));
    // The digest follows the pictures, and a picture that changes under a run is noticed.
    let before = places.sha256.clone();
    RgbaImage::from_pixel(30, 20, image::Rgba([0, 0, 0, 255])).save(photos.join("Eiffel_Tower.png")).unwrap();
    let look = picture("places", "eiffel-tower");
    let place = library.place(&look, 640, 360).unwrap();
    assert!(matches!(library.draw(&look, place, 640, 360), Err(Error::Changed { .. })));
    let again = Library::load(&[dir.path().to_owned()], None, Language::En).unwrap();
    assert_ne!(again.pack("places").unwrap().sha256, before);
}

#[test]
fn a_font_of_the_users_replaces_the_embedded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("font.ttf");
    fs::write(&path, "no font").unwrap();
    let error = Library::load(&[], Some(&FontFile::of(&path)), Language::En).unwrap_err().to_string();
    let shown = path.display();
    assert_eq!(error, format!("needles have 1 problem\n  not a TrueType or OpenType font (`{shown}`)"));
    // One more byte at the end leaves a font a font, but another file.
    let mut bytes = source::embedded_font().to_vec();
    bytes.push(0);
    fs::write(&path, bytes).unwrap();
    let library = Library::load(&[], Some(&FontFile::of(&path)), Language::En).unwrap();
    assert_ne!(library.font_sha256(), Library::embedded().font_sha256());
}

#[test]
fn sheets_show_every_item() {
    let library = Library::embedded();
    let sheet = library.sheet("fruits").unwrap();
    assert_eq!(sheet.dimensions(), (4 * 176, 3 * 156));
    for tile in 0..12 {
        let (left, top) = (tile % 4 * 176, tile / 4 * 156);
        let drawn =
            (0..176 * 112).filter(|at| sheet.get_pixel(left + at % 176, top + at / 176).0 != PLAIN_GROUND);
        assert!(drawn.count() > 1500, "tile {tile}");
    }
}

#[test]
fn every_embedded_item_has_a_chinese_name() {
    let english = Library::embedded();
    let chinese = Library::load(&[], None, Language::Zh).unwrap();
    for pack in chinese.packs() {
        assert_eq!(pack.items.len(), english.pack(&pack.id).unwrap().items.len(), "{}", pack.id);
        for item in &pack.items {
            let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
            assert!(item.label.chars().all(is_chinese), "{}", item.label);
            // The English name is an alias, so that what a catalogue says a haystack shows is still left out.
            let own = english.find(&pack.id, &item.id).unwrap().1;
            assert!(item.aliases.contains(&own.label), "{}", item.id);
        }
    }
}

//! Scenes: their names, cuts, purity, and the bytes that every platform must give.

use super::*;
use crate::digest;

fn rate(num: u32, den: u32) -> FrameRate {
    FrameRate::new(num, den).unwrap()
}

#[test]
fn every_name_is_a_scene_and_no_other_is() {
    for name in NAMES {
        let scene = Scene::new(name, 1, 128, 72, rate(25, 1), 100).unwrap();
        assert_eq!(scene.frame(0).dimensions(), (128, 72), "{name}");
    }
    assert!(Scene::new("fruit", 1, 128, 72, rate(25, 1), 100).is_none());
}

#[test]
fn frames_move_are_lit_and_depend_on_the_index_alone() {
    for name in NAMES {
        let scene = Scene::new(name, 3, 128, 72, rate(25, 1), 500).unwrap();
        let third = scene.frame(3);
        let tenth = scene.frame(10);
        assert_eq!(scene.frame(3), third, "{name}: random access");
        assert_eq!(Scene::new(name, 3, 128, 72, rate(25, 1), 500).unwrap().frame(10), tenth, "{name}");
        assert_ne!(third, tenth, "{name}: something moves");
        assert_ne!(Scene::new(name, 4, 128, 72, rate(25, 1), 500).unwrap().frame(3), third, "{name}: seed");
        let mean = third.iter().map(|&level| u64::from(level)).sum::<u64>() / (128 * 72 * 3);
        assert!((15..240).contains(&mean), "{name}: mean level {mean}");
    }
}

#[test]
fn cuts_come_every_few_seconds() {
    let film = Film::new("city", 5, rate(30000, 1001), 30 * 600, city::KINDS, city::paint);
    let mut cuts = film.cuts();
    assert_eq!(cuts[0], 0);
    cuts.push(30 * 600);
    assert!(cuts.windows(2).all(|pair| (35..=217).contains(&(pair[1] - pair[0]))), "{cuts:?}");
    assert_eq!(Film::new("city", 5, rate(25, 1), 1, city::KINDS, city::paint).cuts(), [0]);
}

#[test]
fn odd_and_tiny_sizes_and_far_frames_are_painted() {
    for name in NAMES {
        for (w, h) in [(127, 71), (72, 128), (16, 16)] {
            let scene = Scene::new(name, 2, w, h, rate(24, 1), 50).unwrap();
            assert_eq!(scene.frame(49).dimensions(), (w, h));
            assert_eq!(scene.frame(1_000_000).dimensions(), (w, h));
        }
    }
}

#[test]
fn what_a_scene_shows_is_known_of_scenes_alone() {
    assert!(NAMES.iter().any(|name| shows(name).contains(&"car")));
    assert!(shows(BARCODE).is_empty() && shows("fruit").is_empty());
}

/// First digits of the digest of one frame a scene. The same on every platform; a change of these is a change of
/// every haystack that anyone made from a scene.
const FIXED: [(&str, &str); 9] = [
    ("harbour", "73b589776d68"),
    ("city", "1f269e5228f7"),
    ("mountains", "6dd1d92a72cf"),
    ("meadow", "23f478d2634b"),
    ("night", "6e0b2ad67f2c"),
    ("desert", "004c0cce182e"),
    ("rain", "95e7f1aeb5da"),
    ("forest", "76af61337b35"),
    ("barcode", "ee1ceda68818"),
];

#[test]
fn pixels_are_fixed_for_ever() {
    let drawn = FIXED.map(|(name, _)| {
        let scene = Scene::new(name, 11, 160, 90, rate(25, 1), 300).unwrap();
        let both = [scene.frame(17), scene.frame(260)].map(image::RgbImage::into_raw).concat();
        (name, digest::of_bytes(&both)[..12].to_owned())
    });
    let drawn: Vec<(&str, &str)> = drawn.iter().map(|(name, digits)| (*name, digits.as_str())).collect();
    assert_eq!(drawn, FIXED);
}

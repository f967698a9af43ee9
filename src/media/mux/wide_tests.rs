//! The 64-bit form of a movie, which else only videos of four gigabytes have.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{Movie, Piece, Sound, Stretch};
use crate::media::colour::Tags;
use crate::media::decode::FileReader;
use crate::media::encode::Settings;
use crate::media::index::AudioTrack;
use crate::media::input::Input;
use crate::media::yuv::Yuv;
use crate::media::{nal, sound, trial};
use crate::time::FrameRate;

/// Three seconds of a grey that rises, with silence.
fn movie() -> Movie {
    let fps = FrameRate::new(25, 1).unwrap();
    let tags = Tags::BT709;
    let settings =
        Settings { width: 64, height: 64, fps, tags, crf: 20, gop: 25, b_frames: 2, parameter_set: 0 };
    let frames: Vec<Yuv> = (0..75).map(|at| Yuv::filled(64, 64, [40 + 2 * at, 128, 128])).collect();
    let run = trial::encoded(&frames, settings).unwrap();
    let track = AudioTrack {
        path: "sound".into(),
        sample_rate: 48_000,
        channels: 1,
        // AAC-LC, 48 kHz, one channel (ISO/IEC 14496-3, 1.6.2.1).
        config: vec![0x11, 0x88],
        first_sample: 0,
        packets: Vec::new(),
        silence: sound::silence(48_000, 1).unwrap(),
    };
    Movie {
        text: Vec::new(),
        width: 64,
        height: 64,
        fps,
        avcc: nal::avcc(&run.sps, &run.pps),
        tags,
        pieces: vec![Piece::Encoded(Arc::new(run.packets))],
        sound: Some(Sound {
            like: Arc::new(track),
            stretches: vec![Stretch { track: None, at_output: 0, at_source: 0 }],
            mixed: BTreeMap::new(),
        }),
    }
}

fn decoded(path: &Path) -> Vec<(Yuv, (i64, i64))> {
    let mut reader = FileReader::open(&Input::file(path)).unwrap();
    std::iter::from_fn(|| reader.next_frame().unwrap()).collect()
}

/// How often a name of a box stands in a file's header.
fn boxes(path: &Path, name: &[u8]) -> usize {
    let bytes = std::fs::read(path).unwrap();
    let header = bytes.windows(4).position(|word| word == b"mdat").unwrap();
    bytes[..header].windows(4).filter(|word| *word == name).count()
}

#[test]
fn a_file_with_64_bit_places_decodes_to_the_same_frames() {
    let dir = tempfile::tempdir().unwrap();
    let (narrow, wide) = (dir.path().join("narrow.mp4"), dir.path().join("wide.mp4"));
    let movie = movie();
    Arc::new(movie.spliced(&narrow).unwrap()).write(&narrow).unwrap();
    Arc::new(movie.spliced_above(0, &wide).unwrap()).write(&wide).unwrap();
    assert_eq!((boxes(&narrow, b"stco"), boxes(&narrow, b"co64")), (2, 0));
    assert_eq!((boxes(&wide, b"stco"), boxes(&wide, b"co64")), (0, 2));
    let frames = decoded(&wide);
    assert_eq!(frames.len(), 75);
    assert!(frames.iter().zip((40_u8..).step_by(2)).all(|((frame, _), grey)| frame.y[0].abs_diff(grey) < 3));
    assert!(frames == decoded(&narrow));
    // The threshold itself is still narrow.
    let body: u64 = movie.spliced(&narrow).unwrap().size();
    assert_eq!(movie.spliced_above(body, &narrow).unwrap().size(), body);
}

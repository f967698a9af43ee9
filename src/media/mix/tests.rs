//! Needles mixed into sound of several kinds, decoded again.

use std::path::Path;
use std::sync::Arc;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::sample::{Sample, Type};

use super::aac::{Sequence, Window};
use super::*;
use crate::media::blocks::{self, Block};
use crate::media::ff;
use crate::media::index::AudioTrack;
use crate::media::mux::Stretch;
use crate::media::sound;
use crate::needle::Loudness;
use crate::seed::Seed;
use crate::time::FrameRate;

/// What a haystack sounds like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing.
    Silence,
    /// Two steady tones.
    Tones,
    /// Noise.
    Noise,
    /// Clicks that die away, every `n` thousandths of a second.
    Clicks(u32),
}

/// A triangle wave of a period of so many samples: a tone without a sine.
fn triangle(at: u64, period: u64) -> f32 {
    let phase = at % period;
    let up = phase.min(period - phase) as f32 / period as f32;
    4.0 * up - 1.0
}

fn samples(kind: Kind, rate: u32, channel: u64) -> Vec<f32> {
    let mut random = Seed::new(7).stream("noise", channel);
    let mut fall = 0.0_f32;
    (0..u64::from(rate) * 6)
        .map(|at| {
            let white = random.below(65_536) as f32 / 32_768.0 - 1.0;
            match kind {
                Kind::Silence => 0.0,
                Kind::Tones => 0.1 * triangle(at, 97 + channel) + 0.1 * triangle(at, 401),
                Kind::Noise => 0.2 * white,
                Kind::Clicks(millis) => {
                    let every = u64::from(rate * millis / 1000);
                    fall = if at.is_multiple_of(every) { 0.5 } else { fall * (1.0 - 60.0 / rate as f32) };
                    fall * white
                }
            }
        })
        .collect()
}

/// A track of six seconds that FFmpeg encodes, without anything that a decoder draws by chance; with `is_sine`, its long windows
/// have the slope that other encoders take.
fn track(path: &Path, kind: Kind, (rate, channels): (u32, u16), is_sine: bool) -> AudioTrack {
    let mut encoder =
        sound::encoder_with(rate, channels, 64_000, &[("aac_pns", "0")], Path::new("track")).unwrap();
    let planes: Vec<Vec<f32>> =
        (0..u64::from(channels)).map(|channel| samples(kind, rate, channel)).collect();
    let mut bytes = Vec::new();
    let mut packets = Vec::new();
    let mut receive = |encoder: &mut ffmpeg::encoder::Audio| {
        let mut packet = ffmpeg::Packet::empty();
        while encoder.receive_packet(&mut packet).is_ok() {
            let mut data = packet.data().unwrap().to_vec();
            let window = Window::of(&data).unwrap();
            if is_sine && window.sequence != Sequence::Short && window.is_common {
                window.set(&mut data, window.sequence, false);
            }
            packets.push((bytes.len() as u64, data.len() as u32));
            bytes.extend(data);
        }
    };
    for at in 0..planes[0].len() / 1024 {
        let layout = ffmpeg::ChannelLayout::default(i32::from(channels));
        let mut frame = ffmpeg::frame::Audio::new(Sample::F32(Type::Planar), 1024, layout);
        frame.set_rate(rate);
        for (channel, samples) in planes.iter().enumerate() {
            frame.plane_mut::<f32>(channel).copy_from_slice(&samples[at * 1024..][..1024]);
        }
        frame.set_pts(Some(at as i64 * 1024));
        encoder.send_frame(&frame).unwrap();
        receive(&mut encoder);
    }
    encoder.send_eof().unwrap();
    receive(&mut encoder);
    std::fs::write(path, &bytes).unwrap();
    AudioTrack {
        path: path.to_owned(),
        sample_rate: rate,
        channels,
        config: ff::encoder_extradata(&encoder),
        first_sample: -1024,
        packets,
        silence: sound::silence(rate, channels).unwrap(),
    }
}

fn sound_of(track: AudioTrack) -> (Sound, u64) {
    let (count, like) = (track.packets.len() as u64, Arc::new(track));
    let stretch = Stretch { track: Some(Arc::clone(&like)), at_output: 0, at_source: 0 };
    (Sound { like, stretches: vec![stretch], mixed: BTreeMap::new() }, count)
}

/// A tone of half a second that begins and ends softly.
fn needle(rate: u32, first: u64, snr_db: i16) -> Needle {
    let length = u64::from(rate / 2);
    let fade = u64::from(rate / 100);
    let samples = (0..length)
        .map(|at| {
            let edge = at.min(length - 1 - at).min(fade) as f32 / fade as f32;
            (triangle(at, u64::from(rate / 700)) * edge * 12_000.0) as i16
        })
        .collect();
    Needle {
        video: "video".to_owned(),
        name: "tone".to_owned(),
        first,
        samples,
        loudness: Loudness::Over { snr_db },
    }
}

/// All blocks of a track.
fn all(sound: &Sound, count: u64) -> Vec<Block> {
    let mut packets = Packets::default();
    blocks::decoded(&sound.like, &mut packets, 0..count as i64, count, |out| sound.origin(out)).unwrap()
}

/// Mixes needles into a track and checks what comes of it: the packets that were changed.
fn check(sound: &Sound, count: u64, needles: &[Needle], what: &str) -> Vec<u64> {
    let packets = mixed(sound, count, needles).unwrap_or_else(|error| panic!("{what}: {error}"));
    let again = mixed(sound, count, needles).unwrap();
    assert_eq!(packets, again, "{what}: not the same again");
    let changed: Vec<u64> = packets.keys().copied().collect();
    let spliced = Sound { mixed: packets, ..sound.clone() };
    let differences = proof::near(&spliced, count, needles).unwrap();
    assert!(differences.is_empty(), "{what}: {differences:?}");
    // Every block that no changed packet reaches is the same, to the last bit.
    let (is, was) = (all(&spliced, count), all(sound, count));
    for at in 0..count {
        if !changed.contains(&at) && !changed.contains(&at.saturating_sub(1)) {
            assert!(is[at as usize] == was[at as usize], "{what}: block {at} differs");
        }
    }
    changed
}

#[test]
fn needles_are_heard_in_sound_of_every_kind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("track");
    let cases = [
        ((48_000, 2), Kind::Silence, false),
        ((48_000, 2), Kind::Tones, true),
        ((48_000, 1), Kind::Noise, false),
        ((48_000, 1), Kind::Clicks(110), true),
        ((44_100, 1), Kind::Tones, false),
        ((44_100, 2), Kind::Clicks(500), true),
        ((22_050, 1), Kind::Clicks(110), false),
        ((22_050, 1), Kind::Noise, true),
        ((22_050, 2), Kind::Clicks(500), false),
        ((22_050, 2), Kind::Silence, true),
    ];
    for (form, kind, is_sine) in cases {
        let what = format!("{form:?} {kind:?} sine {is_sine}");
        let (sound, count) = sound_of(track(&path, kind, form, is_sine));
        let needles = [needle(form.0, 0, 0), needle(form.0, u64::from(form.0) * 2 + 333, 6)];
        let changed = check(&sound, count, &needles, &what);
        if matches!(kind, Kind::Silence | Kind::Tones | Kind::Noise) {
            // Two packets share each block, so there is one more than blocks.
            let wanted: u64 = needles.iter().map(|needle| needle.blocks().count() as u64 + 1).sum();
            assert!(changed.len() as u64 <= wanted + 4, "{what}: {} packets for {wanted}", changed.len());
        }
    }
}

#[test]
fn needles_lie_at_joins_and_beside_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let paths = [dir.path().join("one"), dir.path().join("two")];
    let one = Arc::new(track(&paths[0], Kind::Tones, (48_000, 1), false));
    let two = Arc::new(track(&paths[1], Kind::Noise, (48_000, 1), false));
    let stretch = |track, at_output, at_source| Stretch { track, at_output, at_source };
    let stretches = vec![
        stretch(Some(Arc::clone(&one)), 0, 0),
        stretch(None, 48_000, 0),
        stretch(Some(two), 96_000, 7_777),
        stretch(Some(Arc::clone(&one)), 150_001, 48_000),
    ];
    let sound = Sound { like: one, stretches, mixed: BTreeMap::new() };
    let count = sound::packets_for(240_000);
    // Across both ends of the silence, a join, with little between them, and at the same time.
    let needles: Vec<Needle> =
        [(40_000, 3), (64_500, 3), (90_000, -3), (140_000, 0), (141_000, 0), (215_000, 6)]
            .into_iter()
            .map(|(first, snr_db)| needle(48_000, first, snr_db))
            .collect();
    let changed = check(&sound, count, &needles, "joined");
    // Between the first two, which are 500 samples apart, no packet is copied.
    assert!((40..=86).all(|at| changed.contains(&at)), "{changed:?}");
    // A needle that ends after the track does.
    assert!(mixed(&sound, count, &[needle(48_000, 239_000, 0)]).is_err());
    assert_eq!(mixed(&sound, count, &[]).unwrap(), BTreeMap::new());
}

#[test]
fn ten_hours_later_a_needle_is_still_at_its_sample() {
    let dir = tempfile::tempdir().unwrap();
    let track = Arc::new(track(&dir.path().join("track"), Kind::Tones, (44_100, 1), false));
    // The same 179 frames over and over: their samples are no whole number of packets, and no whole number.
    let (fps, frames, pieces) = (FrameRate::new(30_000, 1001).unwrap(), 179, 6040);
    let sample = |frame: u64| fps.audio_sample(frame, 44_100);
    let stretches: Vec<Stretch> = (0..pieces)
        .map(|at| Stretch { track: Some(Arc::clone(&track)), at_output: sample(at * frames), at_source: 0 })
        .collect();
    let sound = Sound { like: track, stretches, mixed: BTreeMap::new() };
    let count = sound.packets(fps, pieces * frames);
    assert!(count * 1024 > 10 * 3600 * 44_100);
    let starts = [30, pieces * frames / 2, pieces * frames - 30];
    for frame in starts {
        let exact = u128::from(frame) * 1001 * 44_100;
        assert!(exact.abs_diff(u128::from(sample(frame)) * 30_000) <= 15_000);
    }
    let needles = starts.map(|frame| needle(44_100, sample(frame), 0));
    let mixed = mixed(&sound, count, &needles).unwrap();
    let spliced = Sound { mixed, ..sound };
    assert_eq!(proof::near(&spliced, count, &needles).unwrap(), Vec::<String>::new());
    // A needle that ought to be a few samples from there is not.
    let [.., last] = needles;
    let elsewhere = Needle { first: last.first - 3, ..last };
    assert!(proof::near(&spliced, count, &[elsewhere]).unwrap()[0].contains("3 samples late"));
}

#[test]
fn leaving_full_scale_is_an_error_that_says_what_fits() {
    let dir = tempfile::tempdir().unwrap();
    let (sound, count) = sound_of(track(&dir.path().join("track"), Kind::Noise, (48_000, 1), false));
    let error = mixed(&sound, count, &[needle(48_000, 50_000, 30)]).unwrap_err();
    let Error::TooLoud { needle: name, sample, highest: Some(highest), .. } = &error else {
        panic!("{error}")
    };
    assert!(name == "tone" && (50_000..74_000).contains(sample) && (5..29).contains(highest), "{error}");
    assert!(error.to_string().contains("lower `needles.snr_db`"));
    // What it says fits does, and no more.
    mixed(&sound, count, &[needle(48_000, 50_000, *highest)]).unwrap();
    assert!(mixed(&sound, count, &[needle(48_000, 50_000, highest + 1)]).is_err());
}

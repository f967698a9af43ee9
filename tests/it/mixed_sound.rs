//! Needles that are heard, through the real program and read back by the ffmpeg program: all else is the haystack's.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use vniah::dataset::Row;

use super::movies::{done, ffmpeg, rows, spec, text, vniah};

/// A type whose needles are tones of a pack of our own.
const FAMILY: &str = "type = \"hear\"\nkind = \"count\"\ntask = \"counting\"\nquestion = \"How many tones?\"\n[needle]\n\
                      mode = \"mix\"\nlook = \"sound\"\npack = \"beeps\"\ncount = [1, 4]\ngap_millis = 300\n\
                      [options]\nnumber = 4\n";
const PACK: &str = "id = \"beeps\"\nlicence = \"CC0-1.0\"\ncredit = \"made by the program\"\n[[items]]\nlabel = \"beep\"\n\
                    sound = { millis = 500, parts = [{ hz = 1000 }] }\n";
const HERTZ: usize = 1000;

/// A directory with a type, a pack, and haystacks of twelve seconds with sound of these arguments.
fn bench(sounds: &[(&str, &str)]) -> TempDir {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    fs::create_dir_all(dir.join("packs/beeps")).unwrap();
    fs::create_dir(dir.join("videos")).unwrap();
    fs::create_dir(dir.join("families")).unwrap();
    fs::write(dir.join("families/hear.toml"), FAMILY).unwrap();
    fs::write(dir.join("packs/beeps/pack.toml"), PACK).unwrap();
    for (name, sound) in sounds {
        let picture = "-f lavfi -i testsrc2=s=64x48:r=30000/1001:d=12";
        let coded = "-pix_fmt yuv420p -c:v libx264 -bf 2 -g 60";
        let sound_coded = if *sound == "-an" { "" } else { " -c:a aac -aac_pns 0" };
        ffmpeg(dir, &format!("{picture} {sound} {coded}{sound_coded} videos/{name}.mp4"));
    }
    home
}

fn generated(dir: &Path, out: &str, needles: &str, options: &[&str]) -> Vec<Row> {
    let more =
        format!("[templates]\npaths = [\"families\"]\n[needles]\npacks = [\"packs/beeps\"]\n{needles}");
    spec(dir, "spec.toml", &["videos"], &more, &["hear"]);
    done(dir, &[&["generate", "spec.toml", "-o", out][..], options].concat());
    rows(&dir.join(out))
}

/// The samples of a file as the ffmpeg program gives them, its channels one after the other.
pub(super) fn heard(path: &Path) -> Vec<f32> {
    let bytes = ffmpeg(Path::new("."), &format!("-i {} -map 0:a -f f32le -", path.to_str().unwrap()));
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

/// Digests of the packets of a file's sound, and the samples of it.
fn packets(path: &Path) -> (Vec<String>, usize, usize) {
    let output = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "a", "-show_data_hash", "md5", "-of", "json"])
        .args(["-show_entries", "packet=data_hash:stream=sample_rate,channels"])
        .arg(path)
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let hashes = said["packets"].as_array().unwrap();
    let hashes = hashes.iter().map(|packet| packet["data_hash"].as_str().unwrap().to_owned()).collect();
    let rate = said["streams"][0]["sample_rate"].as_str().unwrap().parse().unwrap();
    (hashes, rate, said["streams"][0]["channels"].as_u64().unwrap() as usize)
}

/// The lag by which a tone that ought to begin at `place` is heard, and how alike it is there.
fn lag(difference: &[f32], place: usize, rate: usize) -> (i64, f64) {
    // Its beginning, which no later part is like.
    let (length, fade) = (rate / 8, rate / 100);
    let tone: Vec<f64> = (0..length)
        .map(|at| {
            let turn = (at * HERTZ % rate) as f64 / rate as f64;
            let edge = at.min(fade) as f64 / fade as f64;
            let angle = 2.0 * std::f64::consts::PI * turn;
            #[expect(clippy::disallowed_methods, reason = "a tone that is looked for, and reaches no file")]
            let sine = angle.sin();
            sine * edge
        })
        .collect();
    let power = |samples: &[f64]| samples.iter().map(|sample| sample * sample).sum::<f64>().sqrt();
    let alike = |lag: i64| {
        let from = place as i64 + lag;
        let part: Vec<f64> = (from..from + length as i64)
            .map(|at| {
                usize::try_from(at)
                    .ok()
                    .and_then(|at| difference.get(at))
                    .map_or(0.0, |&sample| f64::from(sample))
            })
            .collect();
        let product: f64 = part.iter().zip(&tone).map(|(one, other)| one * other).sum();
        product / (power(&part) * power(&tone)).max(1e-12)
    };
    let best = (-1100..=1100).map(|lag| (lag, alike(lag))).max_by(|one, other| one.1.total_cmp(&other.1));
    best.unwrap()
}

#[test]
fn needles_are_heard_at_their_sample_and_all_else_is_the_haystack() {
    let home = bench(&[
        ("pink", "-f lavfi -i anoisesrc=d=12:a=0.1:c=pink:r=48000 -ac 2"),
        ("tone", "-f lavfi -i sine=f=330:r=44100:d=12 -ac 1"),
        ("clicks", "-f lavfi -i aevalsrc=0.2*random(0)*exp(-50*mod(t\\,0.4)):s=22050:d=12"),
    ]);
    let dir = home.path();
    let rows = generated(dir, "out", "snr_db = 3", &[]);
    assert_eq!(rows.len(), 3);
    for row in &rows {
        let id = &row.haystack_ids[0];
        let (path, source) = (dir.join("out").join(&row.video_path), dir.join(format!("videos/{id}.mp4")));
        let ((is, rate, channels), (was, ..)) = (packets(&path), packets(&source));
        let (sound, own) = (heard(&path), heard(&source));
        // Places of needles, and the packets that they may reach: a few beside them.
        let place = |frame: u64| ((frame * 1001 * rate as u64 * 2 + 30_000) / 60_000) as usize;
        let places: Vec<usize> = row.needle_frames.iter().map(|span| place(span.start())).collect();
        let is_near = |packet: usize, by: usize| {
            places.iter().any(|&at| packet + by >= at / 1024 && packet <= (at + rate / 2).div_ceil(1024) + by)
        };
        let changed: Vec<usize> = (0..is.len().min(was.len())).filter(|&at| is[at] != was[at]).collect();
        assert!(!changed.is_empty() && changed.iter().all(|&at| is_near(at, 24)), "{id}: {changed:?}");
        let most: usize =
            places.len() * ((rate / 2).div_ceil(1024) + 2 + if id == "clicks" { 20 } else { 2 });
        assert!(changed.len() <= most, "{id}: {} packets are changed, over {most}", changed.len());
        // Block `j` of the sound, which the player hears 1,024 samples earlier, needs the packets `j - 1` and `j`.
        for at in 1..is.len().min(was.len()) - 1 {
            if !changed.contains(&at) && !changed.contains(&(at - 1)) {
                let block =
                    (at - 1) * 1024 * channels..(at * 1024 * channels).min(sound.len()).min(own.len());
                assert!(sound[block.clone()] == own[block], "{id}: the samples of packet {at} differ");
            }
        }
        let difference: Vec<f32> = (0..sound.len() / channels)
            .map(|at| sound[at * channels] - own.get(at * channels).unwrap_or(&0.0))
            .collect();
        for place in places {
            let (lag, alike) = lag(&difference, place, rate);
            assert!(lag == 0 && alike > 0.99, "{id}: a tone is {lag} samples late, {alike:.4} alike");
        }
    }
    let said = done(dir, &["verify", "out"]);
    assert!(said.contains("needles heard at their sample and level"), "{said}");
}

#[test]
fn recipes_hold_the_packets_that_are_mixed() {
    let home = bench(&[("pink", "-f lavfi -i anoisesrc=d=12:a=0.1:c=pink:r=48000"), ("mute", "-an")]);
    let dir = home.path();
    let rows = generated(dir, "files", "", &["--jobs", "1"]);
    generated(dir, "recipes", "", &["--store", "recipe", "--jobs", "2"]);
    done(dir, &["verify", "recipes"]);
    done(dir, &["materialize", "recipes"]);
    for row in &rows {
        let [one, other] =
            ["files", "recipes"].map(|out| fs::read(dir.join(out).join(&row.video_path)).unwrap());
        assert!(one == other, "{}", row.video_path);
        // A haystack without sound has a silent track: nothing tells where a needle is heard but the needle.
        let (_, rate, channels) = packets(&dir.join("files").join(&row.video_path));
        assert_eq!((rate, channels), (48_000, 1));
    }
}

#[test]
fn a_sound_that_was_changed_is_told() {
    let home = bench(&[("tone", "-f lavfi -i sine=f=330:r=48000:d=12")]);
    let dir = home.path();
    let rows = generated(dir, "out", "", &[]);
    let path = dir.join("out").join(&rows[0].video_path);
    let whole = fs::read(&path).unwrap();
    let probed = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "a", "-show_entries", "packet=pos,size", "-of", "json"])
        .arg(&path)
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&probed.stdout).unwrap();
    let number = |value: &Value| value.as_str().unwrap().parse::<usize>().unwrap();
    let spans: Vec<(usize, usize)> = said["packets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|packet| (number(&packet["pos"]), number(&packet["size"])))
        .collect();
    let first = (rows[0].needle_frames[0].start() * 1001 * 48_000 / 30_000 / 1024) as usize;
    // A packet far from every needle, and one in the middle of the first.
    let is_far = |at: usize| {
        rows[0].needle_frames.iter().all(|span| {
            let place = (span.start() * 1001 * 48_000 / 30_000 / 1024) as usize;
            at + 30 < place || at > place + 55
        })
    };
    let far = (2..spans.len()).find(|&at| is_far(at)).unwrap();
    let words = [
        "is not that of the haystack, and no needle is near",
        "is not that of the haystack with its needles",
    ];
    for (at, word) in [far, first + 12].into_iter().zip(words) {
        let mut bytes = whole.clone();
        // The scale of all of it: softer or louder.
        let (place, _) = spans[at];
        bytes[place + 1] ^= 0x7c;
        fs::write(&path, bytes).unwrap();
        let output = vniah(dir, &["verify", "out", "--cache", "cache"]);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.code() == Some(5) && said.contains(word), "{said}");
    }
}

#[test]
fn a_needle_that_is_too_loud_is_invalid_input() {
    let home = bench(&[("pink", "-f lavfi -i anoisesrc=d=12:a=0.4:c=pink:r=48000")]);
    let dir = home.path();
    let more = "[templates]\npaths = [\"families\"]\n[needles]\npacks = [\"packs/beeps\"]\nsnr_db = 30";
    spec(dir, "spec.toml", &["videos"], more, &["hear"]);
    let output = vniah(dir, &["generate", "spec.toml", "-o", "out", "--cache", "cache"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("leave full scale at sample") && said.contains("lower `needles.snr_db`"), "{said}");
}

#[test]
fn a_needle_over_a_silent_haystack_has_a_level_of_its_own() {
    let home = bench(&[("mute", "-an")]);
    let dir = home.path();
    for (out, needles) in [("even", "snr_db = 0"), ("loud", "snr_db = 30")] {
        let rows = generated(dir, out, needles, &[]);
        let sound = heard(&dir.join(out).join(&rows[0].video_path));
        assert!(sound.iter().all(|sample| sample.abs() < 0.9), "{out}: nothing is near full scale");
        for span in &rows[0].needle_frames {
            let first = rows[0].fps().audio_sample(span.start(), 48_000) as usize;
            let part = &sound[first..first + 24_000];
            let square: f32 = part.iter().map(|sample| sample * sample).sum();
            let level = (square / 24_000.0).sqrt();
            // 20 dB below full scale, half a decibel more or less.
            assert!((0.0944..0.1060).contains(&level), "{out}: {level}");
        }
    }
}

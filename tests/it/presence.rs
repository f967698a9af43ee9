//! `vniah verify` by detection: a needle that is not what it should be, or not where, is found where the comparison of pixels alone
//! lets it pass; and open questions are solved as choices are.

use serde_json::Value;
use vniah::needle::{Library, Look};
use vniah::time::FrameSpan;

use super::bench::Bench;
use super::verify::{amend, render_otherwise, verify};

const BAY: &str = "[[haystack]]\nid = \"bay\"\nlicence = \"CC0-1.0\"\n\
                   scene = { name = \"harbour\", seed = 1, width = 320, height = 180, fps = 25, frames = FRAMES }\n";

fn bench(frames: u64, spec: &str) -> Bench {
    let bench = Bench::new(spec);
    bench.write("haystacks.toml", &BAY.replace("FRAMES", &frames.to_string()));
    bench
}

#[test]
fn another_name_that_coarse_encoding_hides_is_found() {
    let bench = bench(120, "[[tasks]]\ntype = \"ret_edit1\"\n[video]\nquality = 30\n");
    bench.made("set");
    assert_eq!(verify(&bench), (0, Vec::new()));
    render_otherwise(&bench, "ret_edit1-bay-0", |sample| {
        let needle = &mut sample.video.needles[0];
        let Look::Text { text, .. } = &mut needle.look else { panic!("a subtitle") };
        // The name whose subtitle is as wide as can be: the words before it stay where they are.
        let library = Library::embedded();
        let sentence = |name: &str| text.replace(&needle.label, name);
        let width = |name: &str| {
            let look = Look::Text { text: sentence(name), size_permille: 60, box_opacity_permille: 600 };
            library.place(&look, 320, 180).unwrap().w
        };
        let names = library.pack("names").unwrap().items.iter().map(|item| item.label.clone());
        let others = names.filter(|name| *name != needle.label && width(name) <= needle.place.w);
        let other = others.max_by_key(|name| width(name)).unwrap();
        *text = sentence(&other);
    });
    amend(&bench);
    let (code, listed) = verify(&bench);
    assert_eq!(code, 5);
    // Its pixels are near enough to what was drawn.
    let [(file, what)] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!(file, "videos/ret_edit1-bay-0.mp4");
    assert!(what.contains("is drawn, but cannot be told for what it is on 6 of its 6 frames"), "{what}");
}

#[test]
fn a_needle_that_is_seen_beside_its_frames_is_named() {
    for (kind, crf) in [("ret_edit1", 20), ("ret_insert2", 20), ("cnt_edit1", 30)] {
        let bench = bench(160, &format!("[[tasks]]\ntype = \"{kind}\"\n[video]\nquality = {crf}\n"));
        bench.made("set");
        assert_eq!(verify(&bench), (0, Vec::new()), "{kind}");
        render_otherwise(&bench, &format!("{kind}-bay-0"), |sample| {
            let span = &mut sample.video.needles[0].span;
            *span = FrameSpan::new(span.start() - 1, span.end() - 1).unwrap();
        });
        amend(&bench);
        let (code, listed) = verify(&bench);
        assert_eq!(code, 5, "{kind}");
        let told = |what: &str| listed.iter().filter(|(_, said)| said.contains(what)).count();
        assert_eq!(told("too, which is none of its own"), 1, "{kind}: {listed:?}");
        assert_eq!(told("cannot be told for what it is on 1 of its 6 frames"), 1, "{kind}: {listed:?}");
    }
}

#[test]
fn needles_of_little_contrast_are_counted_and_not_demanded() {
    let bench = bench(160, "[video]\nquality = 40\n[[tasks]]\ntype = \"ret_edit1\"\nsamples = 2\n");
    bench.made("set");
    let output = bench.run(&["verify", "set", "--cache", "cache", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let [looked, told] = ["looked_frames", "told_frames"].map(|key| report[key].as_u64().unwrap());
    assert!(looked == 12 && told <= looked, "{report}");
}

#[test]
fn open_questions_are_solved() {
    let tasks = ["when_edit1", "when_insert1"]
        .map(|kind| format!("[[tasks]]\ntype = \"{kind}\"\nform = \"open\"\ndurations = [\"1s\", \"2s\"]\n"));
    let more = "[[tasks]]\ntype = \"cnt_edit1\"\nform = \"open\"\n";
    let bench = bench(400, &format!("{}{more}", tasks.concat()));
    bench.made("set");
    let text = bench.done(&["verify", "set", "--cache", "cache", "--solve", "--text", "template", "--json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    for of in report["solved"].as_array().unwrap() {
        assert_eq!(
            (of["solved"].as_u64(), of["is_demanded"].as_bool()),
            (of["samples"].as_u64(), Some(true)),
            "{of}"
        );
    }
}

//! The overview of a report: bars and lines by task, order sensitivity, the guessing gap, and examples with their frames.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::bench::Bench;
use super::score::{answers, dataset, stderr, vniah};

const SPEC: &str = "[[tasks]]\ntype = \"ret_edit1\"\nform = [\"choice\", \"open\"]\n[[tasks]]\ntype = \"ord_insert1\"\n\
                    [controls]\nmake = [\"shuffled\"]\n";

/// Frames in which an oracle reads a subtitle.
const SCENES: &str = "[[haystack]]\nid = \"bay\"\nscene = { name = \"harbour\", seed = 1, width = 256, height = 144, fps = 24, frames = \
                      96 }\n[[haystack]]\nid = \"town\"\nscene = { name = \"city\", seed = 2, width = 256, height = 144, fps = 24, \
                      frames = 90 }\n";

/// A section of the page, by its id.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) =
        page.split_once(&format!("<section id=\"{id}\">")).unwrap_or_else(|| panic!("no section {id}"));
    rest.split_once("</section>").unwrap().0
}

/// The figures of a row of the table of order and guessing, without markup.
fn figures(section: &str, task: &str) -> Vec<String> {
    let (_, row) = section.split_once(&format!("<tr><th scope=\"row\">{task}</th>")).unwrap();
    let (row, _) = row.split_once("</tr>").unwrap();
    let cells = row.split("<td>").skip(1);
    let figure = |cell: &str| match cell.split_once("<b>") {
        Some((_, bold)) => bold.split_once("</b>").unwrap().0.to_owned(),
        None => cell.trim_end_matches("</td>").to_owned(),
    };
    cells.map(figure).collect()
}

#[test]
fn order_guessing_and_frames_of_a_dataset_that_is_made() {
    let bench = Bench::new(SPEC);
    bench.write("haystacks.toml", SCENES);
    bench.made("set");
    for (of, to) in [("set", "own.jsonl"), ("set/controls/shuffled", "shuffled.jsonl")] {
        bench.done(&["baseline", "oracle", of, "-o", to, "--cache", "cache"]);
    }
    bench.done(&["baseline", "blind", "set", "-o", "blind.jsonl"]);
    let control = ["--control", "shuffled=shuffled.jsonl", "-o", "oracle.json"];
    let told = bench.done(&[&["score", "set", "own.jsonl"][..], &control].concat());
    let line = told.lines().find(|line| line.starts_with("order sensitivity")).unwrap();
    assert!(line.contains("in points: overall +25.0 ("), "{line}");
    assert!(line.contains(", ordering +50.0 (") && line.contains(", retrieval +0.0 ("), "{line}");
    let guessed = bench.done(&["score", "set", "blind.jsonl", "-o", "blind.json"]);
    assert!(
        !guessed.contains("order sensitivity"),
        "without that control there is nothing to say: {guessed}"
    );
    let arguments =
        ["report", "set", "oracle.json", "blind.json", "-o", "page.html", "--sampler", "linspace(4)"];
    bench.done(&[&arguments[..], &["--plots", "plots"]].concat());
    let page = fs::read_to_string(bench.path("page.html")).unwrap();

    // Overall, retrieval and ordering: a bar of the guesser, a line of the oracle, chance and the sampler's ceiling.
    let overview = section(&page, "overview");
    for class in ["bar", "reference", "chance", "ceiling"] {
        assert_eq!(overview.matches(&format!("class=\"{class}\"")).count(), 3, "{class}");
    }
    assert!(overview.contains("oracle: 100%, "), "{overview}");
    assert!(overview.contains("<a href=\"#example-ret_edit1\">ret_edit1</a>"), "{overview}");
    assert!(overview.contains("says in which order things are shown"));

    // The oracle finds what is shown in any order, but the order only where it is kept. The guesser has no control.
    let sides = section(&page, "sensitivity");
    let [overall, ordering, retrieval] =
        ["overall", "ordering", "retrieval"].map(|task| figures(sides, task));
    // Of two shuffled videos, one happens to keep its order: `score` has 50% in ordering and 75% overall.
    let scores: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(bench.path("oracle.json")).unwrap()).unwrap();
    let shuffled = &scores["controls"]["shuffled"];
    let left =
        [&shuffled["overall"], &shuffled["tasks"]["ordering"]].map(|group| group["main"]["value"].as_f64());
    assert_eq!(left, [Some(0.75), Some(0.5)]);
    assert_eq!(overall[..2], ["+25.0", "+0.0"]);
    assert_eq!(ordering, ["+50.0", "–", "–"]);
    assert_eq!(retrieval[..2], ["+0.0", "+0.0"]);
    assert_eq!(sides.matches("<small>order sensitivity</small>").count(), 1);
    assert_eq!(sides.matches("<small>guessing gap</small>").count(), 2);

    // A type in both forms has two examples. Frames are pictures of the videos, made smaller only where they are larger.
    let examples = section(&page, "examples");
    assert_eq!(examples.matches("<article").count(), 3);
    let pictures: Vec<&str> = examples
        .split("data:image/jpeg;base64,")
        .skip(1)
        .map(|rest| rest.split_once('"').unwrap().0)
        .collect();
    assert!(pictures.len() >= 5, "each order has three needles: {}", pictures.len());
    for picture in pictures {
        let picture = image::load_from_memory(&BASE64.decode(picture).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (256, 144));
    }
    assert!(examples.contains("<span class=\"v vC\">correct</span>"));
    assert!(page.len() < 5_000_000 && !page.contains("http:") && !page.contains("https:"));
    let drawn = fs::read_to_string(bench.path("plots/overview.svg")).unwrap();
    assert!(drawn.contains("ceiling of linspace(4)") && drawn.contains(">oracle</text>"));
    assert!(bench.path("plots/overview.png").exists());
}

#[test]
fn a_video_that_is_absent_or_broken_is_told_where_its_frames_would_be() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 4);
    answers(dir.path().join("a.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    vniah(dir.path(), &["score", "set", "a.jsonl", "-o", "s.json", "--model", "Human 2"]);
    fs::create_dir(dir.path().join("set/videos")).unwrap();
    fs::write(dir.path().join("set").join(&rows[0].file_name), "no video").unwrap();
    let output = vniah(dir.path(), &["report", "set", "s.json", "-o", "page.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    let examples = section(&page, "examples");
    assert_eq!(examples.matches("Its video is not here").count(), 8);
    assert_eq!(examples.matches("Its frames cannot be read: ").count(), 1);
    // What is wrong names the file where it lies, which is nothing for a page that others read.
    let named = format!("says of {}.", rows[0].file_name);
    assert_eq!(examples.matches(&named).count(), 1);
    assert!(!page.contains(dir.path().to_str().unwrap()));
    let told = stderr(&output);
    assert!(told.contains("warning: the example of `") && told.contains(&rows[0].file_name), "{told}");
    // A person alone is a line without bars, and nothing is said of order and guessing.
    let overview = section(&page, "overview");
    assert_eq!((overview.matches("\"reference\"").count(), overview.matches("\"bar\"").count()), (4, 0));
    assert!(!page.contains("<section id=\"sensitivity\">"));
}

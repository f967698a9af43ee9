//! What reads foreign input, one function a reader, called with bytes, by the tests (`tests/it/fuzz.rs`) and by libFuzzer (`guided.rs`).
//! A reader may refuse what it is given; it must not panic, overflow its stack, or take time or memory without bound.
//!
//! In: bytes, and a directory for those readers that take a file. Out: nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use vniah::answers::import::{self, Columns};
use vniah::answers::{Answers, Rule};
use vniah::ask::reply;
use vniah::dataset;
use vniah::language::Language;
use vniah::media::input::Input;
use vniah::media::probe;
use vniah::needle::import::{Form, Options, Plurals, Soundtracks};
use vniah::needle::{self, Library};
use vniah::plan;
use vniah::project::{self, Ask};
use vniah::question::AnswerKind;
use vniah::render::recipe::Recipe;
use vniah::sampler::{Resize, Sampler};
use vniah::time::FrameRate;
use vniah::{audit, question, score, spec, subtitle};

/// The packs that come with the program.
static LIBRARY: LazyLock<Library> = LazyLock::new(Library::embedded);

/// A reader: its name, and what calls it.
pub(crate) type Target = (&'static str, fn(&[u8], &Path));

/// All readers of foreign input.
pub(crate) const TARGETS: [Target; 25] = [
    ("spec", spec_text),
    ("catalogue", catalogue),
    ("pack", pack),
    ("family", family),
    ("answers", answers),
    ("import-json", |data, dir| import(data, dir, "json")),
    ("import-jsonl", |data, dir| import(data, dir, "jsonl")),
    ("import-csv", |data, dir| import(data, dir, "csv")),
    ("import-tsv", |data, dir| import(data, dir, "tsv")),
    ("import-xlsx", |data, dir| import(data, dir, "xlsx")),
    ("import-eval", |data, dir| import(data, dir, "eval")),
    ("needles-coco", |data, dir| needles(Form::Coco, file(dir, "coco/instances.json", data), dir)),
    ("needles-voc", |data, dir| {
        file(dir, "voc/Annotations/a.xml", data);
        needles(Form::Voc, dir.join("voc"), dir);
    }),
    ("needles-csv", |data, dir| needles(Form::Csv, file(dir, "table/pictures.csv", data), dir)),
    ("vnbench", vnbench),
    ("metadata", metadata),
    ("manifest", manifest),
    ("plan", plan_lines),
    ("recipe", recipe),
    ("scores", scores),
    ("subtitles", subtitles),
    ("reply", model_reply),
    ("http-reply", http_reply),
    ("sampler", sampler),
    ("mp4", mp4),
];

/// The reader of this name.
pub(crate) fn target(name: &str) -> Option<fn(&[u8], &Path)> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
}

/// Writes `data` to the file `name`, whose directories are made.
fn file(dir: &Path, name: &str, data: &[u8]) -> PathBuf {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().expect("a file lies in a directory"))
        .expect("the directory is the test's own");
    fs::write(&path, data).expect("the directory is the test's own");
    path
}

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

fn spec_text(data: &[u8], dir: &Path) {
    drop(spec::of_text(text(data), &dir.join("spec.toml"), &BTreeMap::new()));
}

fn catalogue(data: &[u8], dir: &Path) {
    file(dir, "haystacks.toml", data);
    let around = "seed = 1\n[haystacks]\ncatalogue = \"haystacks.toml\"\n[[tasks]]\ntype = \"ret_edit1\"\n";
    drop(spec::of_text(around.to_owned(), &dir.join("spec.toml"), &BTreeMap::new()));
}

fn pack(data: &[u8], dir: &Path) {
    file(dir, "pack/pack.toml", data);
    drop(Library::load(&[dir.join("pack")], None, Language::En));
}

fn family(data: &[u8], _: &Path) {
    drop(question::parse("own.toml", &text(data)));
}

fn answers(data: &[u8], dir: &Path) {
    drop(Answers::read(&[file(dir, "answers.jsonl", data)]));
}

fn import(data: &[u8], dir: &Path, ending: &str) {
    let path = file(dir, &format!("replies.{ending}"), data);
    drop(import::read(&path, None, &Columns::default()));
}

fn needles(form: Form, source: PathBuf, dir: &Path) {
    let options = Options {
        form,
        source,
        images: None,
        names: None,
        id: "own".to_owned(),
        licence: Some("CC0-1.0".to_owned()),
        credit: Some("me".to_owned()),
        plurals: Plurals::English,
        least_side: 8,
        most_aspect: 4,
        frame: None,
        without: Vec::new(),
        labels: None,
        chinese: false,
        least_distance: 0,
        mark_alike: true,
        soundtracks: Soundtracks::Muted,
        skip_bad: true,
    };
    let out = dir.join("out");
    if needle::import::import(&options, &out).is_ok() {
        fs::remove_dir_all(out).expect("it was just made");
    }
}

fn vnbench(data: &[u8], dir: &Path) {
    drop(audit::vnbench::read(&file(dir, "annotation.json", data)));
}

fn metadata(data: &[u8], dir: &Path) {
    file(dir, "metadata.jsonl", data);
    if let Ok(rows) = dataset::read_rows(dir) {
        for row in &rows {
            drop(row.prompt());
            drop(project::grade(row, "A", Rule::Robust));
        }
        drop(score::score(&rows, &Answers::of([]).expect("no answers"), &score::Options::new("m")));
    }
}

fn manifest(data: &[u8], dir: &Path) {
    file(dir, "manifest.json", data);
    file(dir, "shard.json", data);
    drop(dataset::read_manifest(dir));
    drop(dataset::read_control(dir));
    drop(dataset::read_shard(dir));
}

fn plan_lines(data: &[u8], dir: &Path) {
    let path = file(dir, "plan.jsonl", data);
    drop(plan::stated(&path));
    drop(project::audit_plan(&path, &LIBRARY));
}

fn recipe(data: &[u8], dir: &Path) {
    if let Ok(recipe) = Recipe::read(&file(dir, "a.recipe", data)) {
        drop(recipe.spliced(Path::new("a.mp4"), &BTreeMap::new()));
    }
}

fn scores(data: &[u8], dir: &Path) {
    let path = file(dir, "scores.json", data);
    if score::is_scores(&path)
        && let Ok(scores) = score::read(&path)
    {
        drop(score::leaderboard::leaderboard(&[scores], score::leaderboard::Markup::Html));
    }
}

fn subtitles(data: &[u8], _: &Path) {
    drop(subtitle::parse(&text(data)));
}

fn model_reply(data: &[u8], _: &Path) {
    let reply = text(data);
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    for kind in [
        AnswerKind::Choice,
        AnswerKind::Number,
        AnswerKind::Label,
        AnswerKind::Set,
        AnswerKind::List,
        AnswerKind::Spans,
        AnswerKind::Point,
    ] {
        let options = if kind == AnswerKind::Choice {
            words(&["apple", "3", "red, blue", "12.40 - 15.00"])
        } else {
            Vec::new()
        };
        let vocabulary = vec![words(&["red", "crimson"]), words(&["blue"]), words(&["苹果", "apple"])];
        let fps = FrameRate::new(30000, 1001).expect("a rate");
        let ask = Ask { kind, options, vocabulary, num_frames: 3000, fps };
        for rule in [Rule::Robust, Rule::Official] {
            drop(project::extract(&ask, &reply, rule));
        }
    }
}

fn http_reply(data: &[u8], _: &Path) {
    drop(reply::read(&text(data)));
    drop(vniah::ask::cleaned(&text(data)));
}

fn sampler(data: &[u8], _: &Path) {
    let text = text(data);
    drop(text.parse::<Resize>());
    if let Ok(sampler) = text.parse::<Sampler>() {
        let again: Sampler = sampler.to_string().parse().expect("what a sampler is called is a sampler");
        assert_eq!(again, sampler, "{text}");
    }
}

fn mp4(data: &[u8], dir: &Path) {
    let path = file(dir, "a.mp4", data);
    drop(probe::probe(&path));
    drop(probe::contents(&Input::file(&path)));
}

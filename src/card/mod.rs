//! The dataset card: what was made, from what, under which licences, what it is worth, and how to cite it.
//!
//! In: a planner and the manifest of its dataset. Out: `README.md` with Hugging Face's front matter. A pure function of the
//! plan, so that every part of a dataset knows the card of the whole before a video is there.

mod facts;
mod figures;

use std::fmt::Write as _;

use crate::dataset::{CONTROLS, METADATA, Manifest, Store, VIDEOS};
use crate::haystack::Haystack;
use crate::id;
use crate::plan::{PlannedQuestion, Planner, difficulty_record};
use crate::question::Control;
use crate::render::{annotation, pictures};
use crate::spec::Task;
use crate::time::Depth;
use crate::wording;
use facts::Facts;

/// The card of the dataset that has this plan and this manifest.
pub fn readme(planner: &Planner, manifest: &Manifest) -> String {
    let facts = Facts::of(planner);
    let mut text = front_matter(planner, manifest, &facts);
    opening(planner, manifest, &facts, &mut text);
    types(planner, &facts, &mut text);
    if planner.control().is_none_or(Control::has_videos) {
        shown(planner, &mut text);
    }
    sources(planner, &manifest.haystacks, &mut text);
    if planner.control().is_none() {
        controls(planner, &mut text);
        figures::write(planner, &manifest.haystacks, &facts, &mut text);
    }
    text.push_str(SCORING);
    text.push_str(
        "\n## Making it again\n\n`vniah reproduce DATASET --haystacks DIR` makes all videos again from the haystacks in DIR and compares them: the \
         same haystacks, seed and FFmpeg release give the same bytes. The spec and what it names are in `spec`.\n",
    );
    citing(planner, manifest, &mut text);
    text
}

/// Which rule reads a reply where: figures of two rules are not to be compared.
const SCORING: &str = "\n## Scoring\n\n`vniah score` reads a reply as a person would (rule `robust`), and that gives its main figure. The tasks \
    that `vniah export` writes for lmms-eval, VLMEvalKit and inspect have vniah read replies by the same rule: their `main` (`overall` in \
    VLMEvalKit), `circular` and `per_try` are those of `vniah score`. Only their `official_circular` and `official_per_try` are by \
    VNBench's letter rule, which takes the first of A, B, C, D in the text, so that `Answer: C` is A. In `scores.json`, that rule is \
    `letter_rules.official`.\n";

/// Writes a line; a string takes all that is written to it.
fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("writing to a string succeeds");
    text.push('\n');
}

/// A text as it may stand in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn front_matter(planner: &Planner, manifest: &Manifest, facts: &Facts) -> String {
    let licence = annotation::licence(planner, &manifest.haystacks);
    let size = match facts.rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        _ => "n>1M",
    };
    format!(
        "---\nlicense: {licence}\nlanguage: [{}]\ntask_categories: [visual-question-answering, video-text-to-text]\n\
         pretty_name: {:?}\nsize_categories: [{size}]\ntags: [video, needle-in-a-haystack, synthetic]\nconfigs:\n{}---\n\n",
        listed(&facts.languages, "en"),
        planner.name(),
        configs(planner)
    )
}

/// What Hugging Face loads: the rows with their videos, and those of each control; rows alone where there are no videos.
fn configs(planner: &Planner) -> String {
    let config = |name: &str, dir: &str, is_text: bool| {
        let videos = if is_text { String::new() } else { format!(", {dir}{VIDEOS}/*.mp4") };
        let labels = if is_text { "" } else { "  drop_labels: true\n" };
        format!(
            "- config_name: {name}\n{labels}  data_files:\n  - split: test\n    path: [{dir}{METADATA}{videos}]\n"
        )
    };
    let mut text = config("default", "", planner.control().is_some_and(|control| !control.has_videos()));
    // One directory is read in one way, so that rows without videos are no configuration beside those with videos.
    for control in beside(planner).iter().filter(|control| control.has_videos()) {
        let name = control.name();
        text.push_str(&config(name, &format!("{CONTROLS}/{name}/"), false));
    }
    text
}

/// The controls that lie beside what is planned.
fn beside(planner: &Planner) -> &[Control] {
    if planner.control().is_some() { &[] } else { planner.spec().controls() }
}

fn opening(planner: &Planner, manifest: &Manifest, facts: &Facts, text: &mut String) {
    let (name, Facts { videos, samples, rows, .. }) = (planner.name(), facts);
    let [samples_of, rows_of] =
        [(*samples, "sample"), (*rows, "row")].map(|(number, noun)| wording::count(number, noun));
    let what = match planner.control() {
        None => {
            "Needles hidden in videos at exact frames, and the questions that follow from them".to_owned()
        }
        Some(control) => format!(
            "A control of the dataset `{}`, with its questions, options and ids, and of its videos {}. What a model gets right \
             here tells what its answers to the dataset come from: `vniah score DIR ANSWERS --control {}=FILE` sets the two \
             side by side. In all",
            planner.spec().name(),
            control.says(),
            control.name()
        ),
    };
    line(
        text,
        format_args!(
            "# {name}\n\n{what}: {samples_of}, {rows_of} (each question once per cyclic shift of its options). A \
             sample counts as right only if all of its rows are answered right.\n"
        ),
    );
    let is_text = planner.control().is_some_and(|control| !control.has_videos());
    if manifest.store == Store::Recipe && !is_text {
        text.push_str(
            "The videos are kept as recipes: what they hold beside their haystacks. `vniah materialize DIR` writes them into \
             `videos/`, and `vniah serve DIR` gives them over HTTP; both need the haystacks.\n\n",
        );
    }
    text.push_str("## What was made\n\n| | |\n|---|---|\n");
    if is_text {
        text.push_str("| videos | none |\n");
    } else {
        let each = if videos == samples { "one a sample".to_owned() } else { format!("for {samples_of}") };
        line(text, format_args!("| videos | {videos}, {each}: {} frames, {} |", facts.frames, facts.hours()));
        line(text, format_args!("| length of a video | {} |", facts.length()));
    }
    line(text, format_args!("| lengths asked for | {} |", listed(&facts.lengths, "the haystacks' own")));
    let depths: Vec<String> = facts.depths.iter().map(Depth::to_string).collect();
    line(text, format_args!("| depths asked for | {} |", listed(&depths, "at random")));
    line(text, format_args!("| size and rate | {} |", listed(&facts.forms, "none")));
    for (key, values) in varied(planner) {
        line(text, format_args!("| varied: `{key}` | {} |", listed(&values, "none")));
    }
    line(
        text,
        format_args!(
            "| made by | vniah {}, seed {}, FFmpeg {} |",
            manifest.tool_version, manifest.seed, manifest.ffmpeg.release
        ),
    );
}

/// What of needles differs between samples of one type, with all its values.
fn varied(planner: &Planner) -> Vec<(&'static str, Vec<String>)> {
    let mut found: Vec<(&'static str, Vec<String>)> = Vec::new();
    for task in planner.spec().tasks().iter().filter(|task| !task.setting.is_empty()) {
        let is_own = |other: &&Task| other.family.kind() == task.family.kind();
        let first = planner.spec().tasks().iter().find(is_own).unwrap_or(task);
        let (base, own) = (difficulty_record(first).values(), difficulty_record(task).values());
        for ((key, usual), (_, value)) in base.into_iter().zip(own).filter(|(one, other)| one != other) {
            let at = found.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
                found.push((key, vec![usual]));
                found.len() - 1
            });
            if !found[at].1.contains(&value) {
                found[at].1.push(value);
            }
        }
    }
    found
}

/// A list in words, of which no more than twelve are named.
fn listed(all: &[String], none: &str) -> String {
    const MOST: usize = 12;
    match all.len() {
        0 => none.to_owned(),
        1..=MOST => all.join(", "),
        more => format!("{}, ..., {} ({more} in all)", all[..MOST - 1].join(", "), all[more - 1]),
    }
}

fn types(planner: &Planner, facts: &Facts, text: &mut String) {
    text.push_str(
        "\n## Types\n\n| type | task | samples | needles a video | each lasts | apart at least | pack |\n|---|---|---|---|---|---|---|\n",
    );
    let mut told = "";
    for task in planner.spec().tasks() {
        let kind = task.family.kind();
        // The settings of a type stand side by side.
        if kind == std::mem::replace(&mut told, kind) {
            continue;
        }
        // A type that all haystacks are too short for has no samples.
        let Some(of) = facts.types.get(kind) else { continue };
        let [few, many] = of.needles;
        let needles = if few == many { few.to_string() } else { format!("{few} to {many}") };
        let (duration, gap, pack) = (&task.difficulty.duration, &task.gap, &task.pack);
        let name = task.family.task();
        line(
            text,
            format_args!(
                "| `{kind}` | {name} | {} | {needles} | {duration} | {gap} | `{pack}` |",
                of.samples
            ),
        );
    }
}

/// Pictures of needles, one a type.
fn shown(planner: &Planner, text: &mut String) {
    text.push_str(
        "\n## Needles in their videos\n\nThe middle frame of the first needle that the first video of each type is asked about.\n\n\
         | type | question | frame |\n|---|---|---|\n",
    );
    for index in pictures::firsts(planner) {
        let planned = planner.video(index);
        let label = pictures::shown(&planned).map_or("none", |needle| needle.label.as_str());
        // Brackets would end the alternative text.
        let label = cell(label).replace(['[', ']'], " ");
        let PlannedQuestion { kind, question, .. } = &planned.questions[0];
        let question = cell(question);
        let path = pictures::name(kind);
        line(text, format_args!("| `{kind}` | {question} | ![Needle of {kind}: {label}]({path}) |"));
    }
}

fn sources(planner: &Planner, haystacks: &[Haystack], text: &mut String) {
    text.push_str(
        "\n## Haystacks\n\n| id | frames | rate | size | licence | credit |\n|---|---|---|---|---|---|\n",
    );
    for Haystack { id, form, licence, credit, .. } in haystacks {
        let or_unstated = |text: &Option<String>| text.as_deref().map_or("not stated".to_owned(), cell);
        let (licence, credit) = (or_unstated(licence), or_unstated(credit));
        let (frames, fps, width, height) = (form.frames, form.fps, form.width, form.height);
        line(text, format_args!("| `{id}` | {frames} | {fps} | {width}x{height} | {licence} | {credit} |"));
    }
    text.push_str("\n## Needle packs\n\n| pack | licence | credit |\n|---|---|---|\n");
    let spec = planner.spec();
    for pack in spec.packs() {
        line(text, format_args!("| `{}` | {} | {} |", pack.id, cell(&pack.licence), cell(&pack.credit)));
    }
}

/// The controls that are made beside the dataset.
fn controls(planner: &Planner, text: &mut String) {
    if beside(planner).is_empty() {
        return;
    }
    text.push_str(
        "\n## Controls\n\nThe same questions about less: what a model gets right of them tells what its answers to the \
         dataset come from.\n\n| directory | what is left of the videos |\n|---|---|\n",
    );
    for control in beside(planner) {
        line(text, format_args!("| `{CONTROLS}/{}` | {} |", control.name(), control.says()));
    }
}

/// The paper whose method the dataset follows.
const PAPER: &str = "@article{zhao2024videoniah,
  title = {Needle In A Video Haystack: A Scalable Synthetic Evaluator for Video {MLLMs}},
  author = {Zhao, Zijia and Lu, Haoyu and Huo, Yuqi and Du, Yifan and Yue, Tongtian and Guo, Longteng and Wang, Bingning and
            Chen, Weipeng and Liu, Jing},
  journal = {arXiv preprint arXiv:2406.09367},
  year = {2024}
}
";

fn citing(planner: &Planner, manifest: &Manifest, text: &mut String) {
    let name = &planner.name();
    // Braces and a backslash are BibTeX's own.
    let title = name.replace(['{', '}', '\\'], " ");
    let (version, seed) = (&manifest.tool_version, manifest.seed);
    let plan = manifest.plan_sha256.get(..16).unwrap_or(&manifest.plan_sha256);
    line(
        text,
        format_args!(
            "\n## Citing it\n\nThe dataset by its name, with its author and address, which its publisher adds, and the paper whose \
             benchmark it follows:\n\n```bibtex\n@misc{{{},\n  title = {{{title}}},\n  note = {{Dataset made by vniah {version}, \
             seed {seed}, plan {plan}}}\n}}\n\n{PAPER}```\n\n{}",
            id::slug(name),
            credits(planner, &manifest.haystacks)
        ),
    );
}

/// Whom the sources' credit goes to, each once.
fn credits(planner: &Planner, haystacks: &[Haystack]) -> String {
    let spec = planner.spec();
    let mut all: Vec<&str> = haystacks.iter().filter_map(|haystack| haystack.credit.as_deref()).collect();
    all.extend(spec.packs().into_iter().map(|pack| pack.credit.as_str()));
    all.retain(|credit| !credit.trim().is_empty());
    all.sort_unstable();
    all.dedup();
    if all.is_empty() {
        return "No source asks for credit.".to_owned();
    }
    format!("Credit is due to: {}.", all.join("; "))
}

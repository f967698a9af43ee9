//! Suites: types that a spec asks for by one name.
//!
//! In: `[suite]`. Out: the types that it stands for, out of the families that there are, each as a task without settings of its own.

use super::MOST_SAMPLES;
use super::durations::Durations;
use super::forms;
use super::reader::{Problems, Section};
use super::tasks::{self, Asked};
use crate::language::Language;
use crate::question::{self, Families, Family, Form, VNBENCH};

/// A name, and what it stands for.
#[derive(Debug)]
pub struct Suite {
    /// As it stands in specs.
    pub name: &'static str,
    /// Which types, as documented.
    pub meaning: &'static str,
    /// Types in order; those that end in `*` are all embedded types that begin so.
    types: &'static [&'static str],
}

/// All suites, in the order of documentation.
pub static SUITES: [Suite; 8] = [
    Suite {
        name: "core",
        meaning: "one type of each task: retrieval, ordering, counting, times, existence, binding, chains, space, states; four by subtitle, \
                  four by full-frame picture, one by small pictures",
        types: &[
            "ret_insert1",
            "ord_next1",
            "cnt_insert1",
            "when_edit1",
            "ext_insert1",
            "key_edit1",
            "chn_edit1",
            "spa_patch2",
            "trk_edit1",
        ],
    },
    Suite { name: "vnbench", meaning: "the nine types of VNBench", types: &VNBENCH },
    Suite {
        name: "reasoning",
        meaning: "what takes more than finding: existence, keys, chains, neighbours, places, states",
        types: &["ext_*", "key_*", "chn_*", "ord_next1", "spa_*", "trk_edit1"],
    },
    Suite {
        name: "motion",
        meaning: "how things move and change, which no single frame shows",
        types: &["mot_*", "chg_*", "trk_cups*", "clp_*"],
    },
    Suite {
        name: "moments",
        meaning: "what is asked at times of a video that goes on: how many so far, what last, whether yet; and when something appears",
        types: &["onl_*"],
    },
    Suite { name: "sound", meaning: "what is heard, and what is seen while it is", types: &["snd_*"] },
    Suite {
        name: "subtitles",
        meaning: "what subtitle tracks say, alone, with the picture and against it",
        types: &["sub_*"],
    },
    Suite { name: "all", meaning: "every type that comes with the program", types: &["*"] },
];

impl Suite {
    /// Its types, among those that come with the program, in order.
    pub fn types<'k>(&self, embedded: &(impl Iterator<Item = &'k str> + Clone)) -> Vec<&'k str> {
        let is_of = |pattern: &str, kind: &str| match pattern.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => kind == pattern,
        };
        let all = |pattern: &&'static str| {
            let pattern = *pattern;
            embedded.clone().filter(move |kind| is_of(pattern, kind))
        };
        self.types.iter().flat_map(all).collect()
    }
}

/// The types that a spec asks for: those of `[suite]`, those of `[[tasks]]`, or those of VNBench where there is neither.
pub(super) fn asked<'a>(
    root: &mut Section<'a>,
    families: &Families,
    language: Language,
    problems: &mut Problems,
) -> Vec<Asked<'a>> {
    let has_suite = root.value("suite").is_some();
    if has_suite && root.value("tasks").is_some() {
        problems.note("suite", "stands beside `tasks`, which names types too");
        problems.hints.push(
            "write `[suite]` for all types of a suite, or one `[[tasks]]` for each type; `vniah families list` shows the types"
                .to_owned(),
        );
    }
    let tasks = root.sections("tasks", problems);
    if has_suite {
        let suite = root.section("suite", problems);
        return read(suite, families, &question::embedded(language), problems);
    }
    tasks::read(tasks, families, problems)
}

/// Reads `[suite]`.
fn read<'a>(
    mut section: Section<'a>,
    families: &Families,
    embedded: &Families,
    problems: &mut Problems,
) -> Vec<Asked<'a>> {
    let key = section.path().to_owned();
    let name = section.text("name", problems);
    if section.value("name").is_none() {
        problems.note(&section.key("name"), format!("missing; it is {}", names()));
    }
    let samples = section.whole("samples", 1..=MOST_SAMPLES, problems);
    let form = section.read("form", problems, forms::read);
    let suite = name.and_then(|name| {
        let found = SUITES.iter().find(|suite| suite.name == name);
        if found.is_none() {
            problems.note(&section.key("name"), format!("no suite `{name}`, only {}", names()));
            problems.nearest("suite", name, SUITES.iter().map(|suite| suite.name));
        }
        found
    });
    section.finish(problems);
    let kinds = suite.map(|suite| suite.types(&embedded.keys().map(String::as_str))).unwrap_or_default();
    let of = |kind: &str| families.get(kind);
    let tasks = kinds.into_iter().filter_map(of).flat_map(|family| {
        let forms = forms_of(family, form.as_deref());
        forms.into_iter().map(|forms| Asked {
            samples,
            forms,
            durations: Durations::of(family),
            ..Asked::plain(family, &key)
        })
    });
    tasks.collect()
}

/// The forms of each of a type's tasks: of those that are asked for the ones that it has, or else the one that it names first. Times
/// are asked for in one form a task.
fn forms_of(family: &Family, asked: Option<&[Form]>) -> Vec<Vec<Form>> {
    let has = |form: &&Form| family.forms().contains(form);
    let mut forms: Vec<Form> = asked.unwrap_or_default().iter().filter(has).copied().collect();
    if forms.is_empty() {
        forms = forms::usual(family);
    }
    if family.question_kind().draws_times() {
        return forms.into_iter().map(|form| vec![form]).collect();
    }
    vec![forms]
}

fn names() -> String {
    let names: Vec<String> = SUITES.iter().map(|suite| format!("`\"{}\"`", suite.name)).collect();
    names.join(", ")
}

//! Checks question families.
//!
//! In: what a file states, or a family and other numbers for it. Out: a family of which any question can be drawn, or all that
//! is wrong with it.

use super::check_ask::{self, check_ask, check_each};
use super::cue;
use super::family::{Asked, Family, MOST_NEEDLES};
use super::question_kind::QuestionKind;
use super::range::fewest_and_most;
use super::raw::{Labels, OVERALL, Raw};
use super::wording;
use crate::id;
use crate::letter;
use crate::needle::{LookKind, WayIn};
use crate::wording::nearest;

/// The family, or all that is wrong with it.
pub(super) fn checked(raw: Raw, sha256: String) -> Result<Family, Vec<String>> {
    let mut problems = Vec::new();
    let most = if raw.needle.look == LookKind::Patch { MOST_OF_CLIP } else { MOST_NEEDLES };
    let count = check_count(&raw.needle.count, most, &mut problems);
    check_needle(&raw, count, &mut problems);
    check_distractors(&raw, &mut problems);
    let question_kind = check_kind(&raw, &mut problems);
    cue::check(&raw, question_kind, count, &mut problems);
    let each = check_each(&raw, question_kind, &mut problems);
    let asked = check_ask(&raw, question_kind, (count, each), &mut problems);
    check_wording(&raw, question_kind, &asked, &mut problems);
    let window = check_options(&raw, question_kind, count, &mut problems);
    let durations_millis = check_durations(&raw, question_kind, &mut problems);
    check_forms(&raw, question_kind, count, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Family { raw, question_kind, count, window, durations_millis, each, asked, sha256 })
}

/// The most needles of one clip: more do not fit a frame.
const MOST_OF_CLIP: usize = 9;
/// The greatest gap of needles.
const MOST_GAP_MILLIS: u64 = 86_400_000;
/// Shortest and longest duration of a needle whose time is asked for, in milliseconds, where a family states none.
const DEFAULT_DURATIONS: (u64, u64) = (1000, 20_000);

fn check_count(value: &toml::Value, limit: usize, problems: &mut Vec<String>) -> (usize, usize) {
    match fewest_and_most(value) {
        Some((least, most)) if most <= limit => (least, most),
        _ => {
            problems.push(format!(
                "needle.count: `{value}` is neither a number of 1..={limit} nor two of them, least and most"
            ));
            (1, 1)
        }
    }
}

fn check_needle(raw: &Raw, (_, most): (usize, usize), problems: &mut Vec<String>) {
    for (key, name) in [("type", &raw.kind), ("task", &raw.task), ("needle.pack", &raw.needle.pack)] {
        if !id::is_valid(name) {
            problems.push(format!("{key}: `{name}` is not made of letters, digits, `_` and `-`"));
        }
        if name.len() > id::LONGEST {
            problems.push(format!("{key}: is longer than {} characters", id::LONGEST));
        }
        if name == OVERALL && key != "needle.pack" {
            problems.push(format!("{key}: `{OVERALL}` is what the figures of all tasks are called"));
        }
    }
    let needle = &raw.needle;
    let text = needle.text.as_deref();
    if matches!(needle.look, LookKind::Text | LookKind::Caption) {
        if text.is_some_and(|text| !text.contains("{label}")) {
            problems.push("needle.text: nothing stands for the label; write `{label}`".to_owned());
        }
        let has_key = text.is_some_and(|text| text.contains("{key}"));
        if needle.keys.is_some() != has_key {
            problems.push(
                "needle.text: `{key}` stands where `needle.keys` names a pack, and nowhere else".to_owned(),
            );
        }
    } else if needle.keys.is_some() && needle.look != LookKind::Picture {
        problems.push("needle.keys: only `look = \"text\"` and `picture` show keys".to_owned());
    } else if text.is_some() {
        problems.push("needle.text: only `look = \"text\"` and `caption` show a text".to_owned());
    }
    let beside = Some(needle.mode).filter(|mode| mode.is_beside());
    if needle.look.beside_way() != beside {
        let right = needle.look.beside_way().map_or("insert` or `overlay", WayIn::name);
        problems.push(format!("needle.mode: has to be `{right}` where `look = \"{}\"`", needle.look.name()));
    }
    match (needle.mode, needle.look) {
        (WayIn::Insert, LookKind::Patch) => {
            problems.push(
                "needle.look: a `patch` lies on haystack frames; write `mode = \"overlay\"`".to_owned(),
            );
        }
        (WayIn::Overlay, LookKind::Picture) => {
            problems.push("needle.look: a `picture` hides the frame; write `mode = \"insert\"`".to_owned());
        }
        _ => {}
    }
    if needle.clips.is_some_and(|clips| !(1..=MOST_OF_CLIP).contains(&clips)) {
        problems.push(format!("needle.clips: is outside 1..={MOST_OF_CLIP}"));
    }
    if needle.duration_millis.is_some_and(|millis| !(1..=MOST_GAP_MILLIS).contains(&millis)) {
        problems.push(format!("needle.duration_millis: is outside 1..={MOST_GAP_MILLIS}, a day"));
    }
    if needle.gap_millis.is_some_and(|millis| millis > MOST_GAP_MILLIS) {
        problems.push(format!("needle.gap_millis: is above {MOST_GAP_MILLIS}, a day"));
    }
    if needle.clips.is_some() && needle.look != LookKind::Patch && most > 1 {
        problems.push("needle.clips: only patches can share a clip".to_owned());
    }
}

/// The kind that a family names.
fn check_kind(raw: &Raw, problems: &mut Vec<String>) -> QuestionKind {
    let names = || QuestionKind::ALL.map(|kind| format!("`{}`", kind.name())).join(", ");
    if let Some(old) = &raw.options.kind {
        let new = match old.as_str() {
            Some("labels") => "which",
            Some("orders") => "order",
            _ => "count",
        };
        problems.push(format!("options.kind: stands at the top now; write `kind = \"{new}\"` below `type`"));
        return QuestionKind::of_name(new).unwrap_or_default();
    }
    let Some(name) = raw.question_kind.as_deref() else {
        problems.push(format!("kind: missing; it is one of {}", names()));
        return QuestionKind::default();
    };
    QuestionKind::of_name(name).unwrap_or_else(|| {
        let nearest = nearest(name, QuestionKind::ALL.map(QuestionKind::name));
        let hint = nearest.map_or_else(String::new, |kind| format!("; the nearest is `{kind}`"));
        problems.push(format!("kind: `{name}` is none of {}{hint}", names()));
        nearest.and_then(QuestionKind::of_name).unwrap_or_default()
    })
}

/// The forms that a family names, each of which its kind has to have.
fn check_forms(raw: &Raw, kind: QuestionKind, (_, most): (usize, usize), problems: &mut Vec<String>) {
    let Some(forms) = &raw.forms else { return };
    let known = kind.forms(most);
    if forms.is_empty() {
        problems.push("forms: is empty; leave it out for all forms of the kind".to_owned());
    }
    for (at, form) in forms.iter().enumerate() {
        if forms[..at].contains(form) {
            problems.push(format!("forms: `{}` stands there twice", form.name()));
        }
        if !known.contains(form) {
            let known: Vec<&str> = known.iter().map(|form| form.name()).collect();
            let (kind, most) = (kind.name(), crate::wording::count(most, "needle"));
            problems.push(format!(
                "forms: questions of kind `{kind}` about up to {most} have no form `{}`, only {}",
                form.name(),
                known.join(" and ")
            ));
        }
    }
}

/// Shortest and longest duration, where durations are drawn.
fn check_durations(raw: &Raw, kind: QuestionKind, problems: &mut Vec<String>) -> (u64, u64) {
    match raw.needle.durations_millis {
        Some(_) if !kind.draws_times() => {
            problems.push(format!(
                "needle.durations_millis: belongs to `kind = \"when\"`, not to `{}`, whose needles last `duration`",
                kind.name()
            ));
        }
        Some((least, most)) if least < 1 || most < least || most > MOST_GAP_MILLIS => {
            problems.push(format!(
                "needle.durations_millis: [{least}, {most}] is not the shortest and the longest, of 1 to {MOST_GAP_MILLIS}"
            ));
        }
        Some(range) => return range,
        None => {}
    }
    DEFAULT_DURATIONS
}

/// The wordings of a family's question and their placeholders.
fn check_wording(raw: &Raw, kind: QuestionKind, asked: &Asked, problems: &mut Vec<String>) {
    let named = kind.names_its_thing() && raw.needle.labels == Labels::Same;
    let wordings = raw.questions.iter().map(|(pack, text)| (format!("questions.{pack}"), text));
    let variants = raw.wordings.iter().map(|(variant, text)| (format!("wordings.{variant}"), text));
    check_ask::check_variants(raw, kind, asked, problems);
    for (key, text) in wordings.chain(variants).chain([("question".to_owned(), &raw.question)]) {
        if text.trim().is_empty() {
            problems.push(format!("{key}: is empty"));
        }
        if kind.names_things() {
            check_ask::check_placeholders(&key, text, kind, asked, problems);
            continue;
        }
        match wording::placeholders(text) {
            Err(problem) => problems.push(format!("{key}: {problem}")),
            // A label named in the question of any other family would give the answer away.
            Ok(names) if !named && !names.is_empty() => problems.push(format!(
                "{key}: placeholders are `{{plural}}` and `{{noun}}`, where all needles show the same and are counted or timed"
            )),
            Ok(names) => {
                let unknown = names.into_iter().filter(|name| ![wording::PLURAL, wording::NOUN].contains(name));
                problems.extend(unknown.map(|name| {
                    format!(
                        "{key}: `{{{name}}}` is not a placeholder of a question; write `{{plural}}` or `{{noun}}`, or `{{{{{name}}}}}` for \
                         the braces themselves"
                    )
                }));
            }
        }
    }
}

fn check_distractors(raw: &Raw, problems: &mut Vec<String>) {
    let Some(distractors) = &raw.distractors else { return };
    if distractors.count > MOST_NEEDLES {
        problems.push(format!("distractors.count: {} is outside 0..={MOST_NEEDLES}", distractors.count));
    }
    let text = distractors.text.as_deref();
    if matches!(raw.needle.look, LookKind::Text | LookKind::Caption) {
        if !text.is_some_and(|text| text.contains("{label}")) {
            problems.push("distractors.text: nothing stands for the label; write `{label}`".to_owned());
        }
        if Some(raw.needle.text.as_deref().unwrap_or("{label}")) == text {
            problems.push("distractors.text: is the needle's own, so both would be right".to_owned());
        }
        if distractors.pack.is_some() {
            problems
                .push("distractors.pack: subtitles are told apart by their text; leave it out".to_owned());
        }
        return;
    }
    if text.is_some() {
        problems.push("distractors.text: only `look = \"text\"` and `caption` show a text".to_owned());
    }
    // A family without a known kind is told so elsewhere.
    let kind = raw.question_kind.as_deref().and_then(QuestionKind::of_name).unwrap_or_default();
    let names_it = kind.names_its_thing() && raw.needle.labels == Labels::Same;
    // Kinds whose questions name things by placeholders of their own are checked elsewhere.
    let is_named = |text: &String| {
        let names = wording::placeholders(text).unwrap_or_default();
        names.iter().any(|name| [wording::PLURAL, wording::NOUN].contains(&&**name))
    };
    let mut wordings = [&raw.question].into_iter().chain(raw.questions.values());
    let says_it = kind.names_things() || wordings.all(is_named);
    match &distractors.pack {
        None if names_it && distractors.count > 0 && !says_it => problems.push(
            "distractors.pack: missing; where it is, each wording of the question has to say by `{plural}` or `{noun}` what is asked for"
                .to_owned(),
        ),
        None if !names_it => problems.push(
            "distractors.pack: missing; what the question does not name has to come from another pack"
                .to_owned(),
        ),
        Some(pack) if *pack == raw.needle.pack => {
            problems.push("distractors.pack: is the needle's own, so both would be right".to_owned());
        }
        _ => {}
    }
}

/// Checks the options, and gives the number of neighbouring integers that they are chosen among.
fn check_options(raw: &Raw, kind: QuestionKind, count: (usize, usize), problems: &mut Vec<String>) -> usize {
    let (number, window) = (raw.options.number, raw.options.window);
    let (least, most) = count;
    if !(2..=letter::MOST).contains(&number) {
        problems.push(format!("options.number: {number} is outside 2..={}", letter::MOST));
    }
    if window.is_some() && kind != QuestionKind::Count {
        problems.push("options.window: belongs to `kind = \"count\"`".to_owned());
    }
    let counted = matches!(kind, QuestionKind::Count | QuestionKind::When | QuestionKind::Next);
    if !counted && (least != most || raw.needle.clips.is_some() && kind != QuestionKind::Cups) {
        problems.push("needle.count: has to be one number unless needles are counted".to_owned());
    }
    let has = |labels: Labels| raw.needle.labels == labels;
    match kind {
        QuestionKind::Which if has(Labels::Distinct) => {
            problems.push("needle.labels: has to be `same` where the label is asked for".to_owned());
        }
        QuestionKind::Order => {
            let orders = (1..=most).fold(1_usize, usize::saturating_mul);
            if has(Labels::Same) {
                problems.push("needle.labels: has to be `distinct` where the order is asked for".to_owned());
            }
            if orders < number {
                let orders = crate::wording::count(orders, "order");
                problems.push(format!("options.number: the needles have {orders}, fewer than {number}"));
            }
        }
        QuestionKind::Count => {
            let clips = raw.needle.clips.unwrap_or(1);
            let totals = (most - least).saturating_mul(clips).saturating_add(1);
            let window = window.unwrap_or(totals);
            if window < number || totals < window {
                problems.push(format!(
                    "options.window: {number} options need a window of {number}..={totals} numbers, not {window}"
                ));
            }
            return window;
        }
        QuestionKind::When => {
            if has(Labels::Distinct) {
                problems.push(
                    "needle.labels: has to be `same` where the time of a thing is asked for".to_owned(),
                );
            }
            if raw.needle.clips.is_some() {
                problems.push("needle.clips: belongs to `kind = \"count\"`".to_owned());
            }
            if raw.distractors.is_some() {
                problems.push(
                    "distractors: times are drawn for what is asked for alone; leave it out".to_owned(),
                );
            }
        }
        QuestionKind::Which => {}
        _ => check_ask::check_number(raw, kind, count, problems),
    }
    1
}

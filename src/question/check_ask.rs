//! Checks what a family says of its questions beside their wording: keys, steps, cells, and how many needles each thing takes.
//!
//! In: a family as its file states it. Out: what its questions name and fix, and all that cannot be, one sentence each with its key.

use super::family::{Asked, MOST_NEEDLES, USUAL_CELLS};
use super::kind::{cups, design};
use super::moments;
use super::question_kind::QuestionKind;
use super::range::fewest_and_most;
use super::raw::{Labels, Raw};
use super::sense::Sense;
use super::wording;
use crate::needle::LookKind;

/// The most needles of one key, links of one chain, or changes of one box.
const MOST_EACH: usize = 12;

/// How many needles a key, a chain or a box takes: fewest and most.
pub(super) fn check_each(raw: &Raw, kind: QuestionKind, problems: &mut Vec<String>) -> (usize, usize) {
    let Some(value) = &raw.needle.each else {
        if matches!(kind, QuestionKind::Chain | QuestionKind::State) {
            problems.push(format!("needle.each: missing; say how many {} has", unit(kind)));
        }
        return (1, 1);
    };
    if !kind.has_keys() {
        problems.push(format!("needle.each: belongs to kinds with keys, not to `{}`", kind.name()));
        return (1, 1);
    }
    match fewest_and_most(value) {
        Some((least, most)) if most <= MOST_EACH => {
            if least != most && kind != QuestionKind::Key {
                let thing = if kind == QuestionKind::Chain { "chain" } else { "box" };
                problems
                    .push(format!("needle.each: every {thing} has as many as the others; write one number"));
            }
            (least, most)
        }
        _ => {
            problems.push(format!(
                "needle.each: `{value}` is neither a number of 1..={MOST_EACH} nor two of them"
            ));
            (1, 1)
        }
    }
}

/// What there is several of, and of what.
fn unit(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Chain => "links a chain",
        QuestionKind::State => "changes a box",
        _ => "values a key",
    }
}

/// What the questions of a family name and fix.
pub(super) fn check_ask(
    raw: &Raw,
    kind: QuestionKind,
    (count, each): ((usize, usize), (usize, usize)),
    problems: &mut Vec<String>,
) -> Asked {
    let ask = &raw.ask;
    let mut belongs = |key: &str, is_stated: bool, of: &[QuestionKind]| {
        if is_stated && !of.contains(&kind) {
            let kinds: Vec<String> = of.iter().map(|kind| format!("`kind = \"{}\"`", kind.name())).collect();
            problems.push(format!("{key}: belongs to {}", kinds.join(" and ")));
        }
    };
    belongs("ask.things", ask.things.is_some(), &[QuestionKind::Key]);
    belongs("ask.steps", ask.steps.is_some(), &[QuestionKind::Chain, QuestionKind::Next]);
    belongs("ask.cells", ask.cells.is_some(), &[QuestionKind::Cell]);
    belongs("ask.ring", ask.ring.is_some(), &[QuestionKind::Chain]);
    belongs("ask.moments", ask.moments.is_some(), &[QuestionKind::State]);
    belongs("ask.hints", ask.hints.is_some(), &[QuestionKind::Key]);
    belongs("ask.swaps", ask.swaps.is_some(), &[QuestionKind::Cups]);
    belongs("ask.times", ask.times.is_some(), &[QuestionKind::Count, QuestionKind::Last, QuestionKind::Seen]);
    belongs(
        "needle.keys",
        raw.needle.keys.is_some(),
        &[QuestionKind::Key, QuestionKind::Chain, QuestionKind::State],
    );
    if kind.has_keys() && raw.needle.keys.is_none() && raw.needle.look != LookKind::Patch {
        problems.push("needle.keys: missing; name the pack of the keys".to_owned());
    }
    let shows_links = matches!(raw.needle.look, LookKind::Text | LookKind::Picture);
    if kind.has_keys()
        && (!shows_links || raw.needle.look == LookKind::Picture && kind != QuestionKind::Chain)
    {
        problems
            .push("needle.look: keys are shown by `text`, and links of chains by `picture`, too".to_owned());
    }
    if kind == QuestionKind::Chain && raw.needle.keys.as_ref().is_some_and(|keys| *keys != raw.needle.pack) {
        problems
            .push("needle.keys: links lead from and to labels of one pack; name the needle's own".to_owned());
    }
    if count.1.saturating_mul(each.1) > MOST_NEEDLES {
        problems.push(format!(
            "needle.each: makes {} needles, and {MOST_NEEDLES} are the most",
            count.1 * each.1
        ));
    }
    cups::check(raw, kind, problems);
    moments::check(raw, kind, problems);
    if kind == QuestionKind::Cell && !matches!(ask.cells.unwrap_or(USUAL_CELLS), 2 | 3) {
        problems.push("ask.cells: a picture has 2 or 3 cells on each side".to_owned());
    }
    if kind.is_motion() != (raw.needle.look == LookKind::Mover) {
        problems.push(format!(
            "needle.look: `mover` goes with kinds that ask how things move or change, and `kind = \"{}\"` {}",
            kind.name(),
            if kind.is_motion() { "is one of them" } else { "is none of them" }
        ));
    }
    if kind == QuestionKind::Arrow && raw.needle.look != LookKind::Clip {
        problems.push(format!("needle.look: has to be `clip` where `kind = \"{}\"`", kind.name()));
    }
    if (kind.is_motion() || kind == QuestionKind::Arrow) && count != (1, 1) {
        problems.push(format!("needle.count: is 1 where `kind = \"{}\"`", kind.name()));
    }
    if matches!(kind, QuestionKind::Cell | QuestionKind::Side) && raw.needle.look != LookKind::Patch {
        problems.push(format!("needle.look: has to be `patch` where `kind = \"{}\"`", kind.name()));
    }
    Asked { things: things(raw, kind, problems), steps: steps(raw, kind, (count, each), problems) }
}

fn things(raw: &Raw, kind: QuestionKind, problems: &mut Vec<String>) -> (usize, usize) {
    let stated = raw.ask.things.as_ref().filter(|_| kind == QuestionKind::Key);
    let Some(value) = stated else { return (1, 1) };
    fewest_and_most(value).unwrap_or_else(|| {
        problems.push(format!(
            "ask.things: `{value}` is neither a number from 1 nor two of them, fewest and most"
        ));
        (1, 1)
    })
}

/// Steps that are asked for: by default every link of a chain, and the neighbours of a thing.
fn steps(
    raw: &Raw,
    kind: QuestionKind,
    (count, each): ((usize, usize), (usize, usize)),
    problems: &mut Vec<String>,
) -> Vec<i64> {
    let ring = raw.ask.ring == Some(true);
    let most = match kind {
        QuestionKind::Chain if ring => (count.1 * each.1) as i64 - 1,
        QuestionKind::Chain => each.1 as i64,
        QuestionKind::Next => 2,
        _ => return Vec::new(),
    };
    let usual: Vec<i64> =
        if kind == QuestionKind::Chain { (1..=each.1 as i64).collect() } else { vec![-1, 1] };
    let steps = raw.ask.steps.clone().unwrap_or(usual);
    if steps.is_empty() {
        problems.push("ask.steps: is empty; leave it out for the usual ones".to_owned());
    }
    for (at, step) in steps.iter().enumerate() {
        let is_backward = *step < 0 && kind == QuestionKind::Chain;
        if *step == 0 || !(-most..=most).contains(step) || is_backward {
            let least = if kind == QuestionKind::Chain { 1 } else { -most };
            problems.push(format!("ask.steps: {step} is outside {least}..={most}, or is 0"));
        }
        if steps[..at].contains(step) {
            problems.push(format!("ask.steps: {step} stands there twice"));
        }
    }
    steps
}

/// Whether there are as many options as what is shown can give.
pub(super) fn check_number(raw: &Raw, kind: QuestionKind, count: (usize, usize), problems: &mut Vec<String>) {
    let number = raw.options.number;
    let mut wrong = |sentence: String| problems.push(format!("options.number: {sentence}"));
    match kind {
        QuestionKind::Heading | QuestionKind::Bounces if number != 4 => {
            wrong(format!("is 4 where `kind = \"{}\"`", kind.name()));
        }
        QuestionKind::Sequence if !(3..=8).contains(&number) => {
            wrong(format!("{number} is outside 3..=8, and there is one look more than options"));
        }
        QuestionKind::Cups if !(3..=5).contains(&number) => {
            wrong(format!("{number} is outside 3..=5, as many cups as there are options"));
        }
        QuestionKind::Exists
        | QuestionKind::Seen
        | QuestionKind::Side
        | QuestionKind::Blink
        | QuestionKind::Spin
        | QuestionKind::Turn
        | QuestionKind::Faster
        | QuestionKind::Arrow
            if number != 2 =>
        {
            wrong(format!("is 2 where `kind = \"{}\"`", kind.name()));
        }
        QuestionKind::Cell if number > (raw.ask.cells.unwrap_or(USUAL_CELLS) as usize).pow(2) => {
            wrong(format!("the picture has fewer than {number} cells"));
        }
        QuestionKind::Chain if raw.ask.ring != Some(true) && count.1 < number => {
            wrong(format!("every option is of another chain; set `needle.count` to {number} or more"));
        }
        QuestionKind::Chain if raw.ask.ring == Some(true) => {
            let links = count.1.saturating_mul(range(raw.needle.each.as_ref()).1);
            if links <= number {
                problems.push(format!(
                    "needle.each: makes a ring of {links}, which has no {number} options beside its start; write {} or more",
                    (number + 1).div_ceil(count.1)
                ));
            }
        }
        QuestionKind::Next => {
            let far =
                raw.ask.steps.iter().flatten().map(|step| step.unsigned_abs() as usize).max().unwrap_or(1);
            let needed = far.saturating_mul(2).saturating_add(number - 1).max(number + 1);
            if count.0 < needed {
                problems.push(format!(
                    "needle.count: has to be {needed} or more, so that there are {number} options"
                ));
            }
        }
        QuestionKind::State => {
            let needed = number + usize::from(raw.ask.moments == Some(true));
            if count.1 < needed {
                problems.push(format!(
                    "needle.count: has to be {needed} or more, so that there are {number} options"
                ));
            }
            let each = raw.needle.each.as_ref().and_then(fewest_and_most);
            if each.is_some_and(|(least, _)| least <= number) {
                problems.push(format!(
                    "needle.each: has to be {} or more: every box takes the {number} states that are options, and one more",
                    number + 1
                ));
            }
        }
        QuestionKind::Key => check_design(raw, count, problems),
        _ => {}
    }
    check_rest(raw, kind, count, problems);
}

/// What needles of kinds that show by themselves what misleads may state.
fn check_rest(raw: &Raw, kind: QuestionKind, count: (usize, usize), problems: &mut Vec<String>) {
    if matches!(
        kind,
        QuestionKind::Exists
            | QuestionKind::Cell
            | QuestionKind::Side
            | QuestionKind::Conflict
            | QuestionKind::Last
            | QuestionKind::Seen
    ) && (count.0 != count.1 || count.1 != if kind == QuestionKind::Side { 2 } else { 1 })
    {
        let right = if kind == QuestionKind::Side { 2 } else { 1 };
        problems.push(format!("needle.count: is {right} where `kind = \"{}\"`", kind.name()));
    }
    if matches!(
        kind,
        QuestionKind::Key
            | QuestionKind::Chain
            | QuestionKind::Next
            | QuestionKind::State
            | QuestionKind::Side
            | QuestionKind::During
    ) && raw.needle.labels != Labels::Distinct
    {
        problems.push(format!("needle.labels: has to be `distinct` where `kind = \"{}\"`", kind.name()));
    }
    if raw.needle.clips.is_some() && kind != QuestionKind::Cups {
        problems.push("needle.clips: belongs to `kind = \"count\"` and `kind = \"cups\"`".to_owned());
    }
    if raw.distractors.is_some() {
        problems.push(format!(
            "distractors: `kind = \"{}\"` shows by itself what misleads; leave it out",
            kind.name()
        ));
    }
}

/// Fewest and most; one where nothing is stated, or nonsense, of which more is said elsewhere.
fn range(value: Option<&toml::Value>) -> (usize, usize) {
    value.and_then(fewest_and_most).unwrap_or((1, 1))
}

/// Whether values of keys can be made options of which none tells that it is right.
fn check_design(raw: &Raw, count: (usize, usize), problems: &mut Vec<String>) {
    let (number, each, things) =
        (raw.options.number, range(raw.needle.each.as_ref()), range(raw.ask.things.as_ref()));
    if things.1 > 1 && each.1 > 1 {
        problems.push("ask.things: several keys are asked for only where each has one value".to_owned());
        return;
    }
    if (things.0 > 1) != (things.1 > 1) || (each.0 > 1) != (each.1 > 1) {
        let key = if things.1 > 1 { "ask.things" } else { "needle.each" };
        problems.push(format!("{key}: is 1, or from 2 on: one name and several are answers of two kinds"));
        return;
    }
    if each.1 == 1 {
        if things.1 > number {
            problems.push(format!("ask.things: is above the {number} options"));
        }
        if count.1 < number {
            problems.push(format!(
                "needle.count: has to be {number} or more, so that there are {number} options"
            ));
        }
        return;
    }
    for size in each.0..=each.1 {
        if design::sets(number, size).is_none() {
            problems.push(format!(
                "options.number: of {number} sets of {size} no choice has every word equally often; write 4"
            ));
        } else if design::words_of_sets(number, size) > count.1 * size {
            problems.push(format!("needle.count: has to be {} or more", number.div_ceil(2)));
        }
    }
}

/// Wordings of variants: those that are needed, and none that is unknown.
pub(super) fn check_variants(raw: &Raw, kind: QuestionKind, asked: &Asked, problems: &mut Vec<String>) {
    let known = kind.variants();
    for name in raw.wordings.keys().filter(|name| known.iter().all(|(known, _)| known != name)) {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        problems.push(format!("wordings.{name}: `kind = \"{}\"` has {names}", kind.name()));
    }
    let cue = raw.cue.as_ref().map(|cue| Sense::of_look(cue.look.name()).name());
    let is_needed = |(name, steps): &&(&str, i64)| match kind {
        QuestionKind::Conflict => Some(*name) == cue,
        QuestionKind::Next => asked.steps.contains(steps),
        QuestionKind::Side => true,
        QuestionKind::State => raw.ask.moments == Some(true),
        _ => false,
    };
    for (name, wording) in raw.wordings.iter().filter(|_| kind == QuestionKind::Cell) {
        let names_alike =
            wording::holds(wording, wording::NOUN) == wording::holds(&raw.question, wording::NOUN);
        if !names_alike {
            problems.push(format!(
                "wordings.{name}: names its thing by `{{noun}}` if `question` does, and only then"
            ));
        }
    }
    for (name, _) in known.iter().filter(is_needed).filter(|(name, _)| !raw.wordings.contains_key(*name)) {
        problems.push(format!("wordings.{name}: missing; the question is worded in its own way there"));
    }
}

/// Placeholders of a wording that names things.
pub(super) fn check_placeholders(
    key: &str,
    text: &str,
    kind: QuestionKind,
    asked: &Asked,
    problems: &mut Vec<String>,
) {
    let names = match wording::placeholders(text) {
        Ok(names) => names,
        Err(problem) => return problems.push(format!("{key}: {problem}")),
    };
    let several = asked.things.1 > 1;
    let mut known: Vec<&str> = vec![wording::STEPS];
    known.extend(if several { vec![wording::ALL] } else { vec![wording::THINGS[0]] });
    if kind == QuestionKind::Sequence {
        known.push(wording::ALL);
    }
    if matches!(kind, QuestionKind::Side | QuestionKind::Blink | QuestionKind::Faster)
        || key == "wordings.moment"
    {
        known.push(wording::THINGS[1]);
    }
    if key == "wordings.moment" {
        known.push(wording::THINGS[2]);
    }
    for name in names.iter().filter(|name| !known.contains(name)) {
        let known: Vec<String> = known.iter().map(|name| format!("`{{{name}}}`")).collect();
        problems.push(format!(
            "{key}: `{{{name}}}` is not a placeholder of this question, which has {}",
            known.join(", ")
        ));
    }
    // The question of a side is asked by its variants alone.
    let is_unused = kind == QuestionKind::Side && key == "question";
    for needed in known.iter().filter(|name| **name != wording::STEPS && !names.contains(name) && !is_unused)
    {
        problems.push(format!("{key}: nothing stands for what it is about; write `{{{needed}}}`"));
    }
}

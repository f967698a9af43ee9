//! Wordings of questions: their placeholders, and braces that are none.
//!
//! In: a wording as a family states it. Out: its placeholders, or what is wrong with its braces; the wording filled.

use crate::language::Language;
use crate::template;

/// The name of what is asked for, where there are several.
pub(super) const PLURAL: &str = "plural";
/// The name of what is asked for.
pub(super) const NOUN: &str = "noun";

/// The first, the second and the third thing that a question names.
pub(super) const THINGS: [&str; 3] = ["first", "second", "third"];
/// All things that a question names, in order.
pub(super) const ALL: &str = "all";
/// How many of something a question is about.
pub(super) const STEPS: &str = "steps";

/// The names in braces of a wording, in order. Doubled braces stand for braces. An error is a sentence on a brace without its
/// other half.
pub(super) fn placeholders(wording: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut rest = wording;
    while let Some(at) = rest.find(['{', '}']) {
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            rest = after;
            continue;
        }
        let name = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let Some((name, after)) = name.filter(|(name, _)| !name.contains('{')) else {
            return Err("a brace stands alone; write `{{` or `}}` for a brace in the question".to_owned());
        };
        names.push(name);
        rest = after;
    }
    Ok(names)
}

/// Whether a placeholder is in a wording.
pub(super) fn holds(wording: &str, name: &str) -> bool {
    placeholders(wording).is_ok_and(|names| names.contains(&name))
}

/// The wording with its placeholders filled and its doubled braces single.
pub(super) fn filled(wording: &str, plural: &str, noun: &str) -> String {
    template::filled(wording, &[("{{", "{"), ("}}", "}"), ("{plural}", plural), ("{noun}", noun)])
}

/// A wording that names things, and how many steps it is about.
pub(super) fn naming(wording: &str, things: &[String], steps: i64, language: Language) -> String {
    let thing = |at: usize| things.get(at).map_or("", String::as_str);
    let fills = [
        ("{{", "{"),
        ("}}", "}"),
        ("{first}", thing(0)),
        ("{second}", thing(1)),
        ("{third}", thing(2)),
        ("{all}", &listed(things, language)),
        ("{steps}", &steps.to_string()),
    ];
    template::filled(wording, &fills)
}

/// Things as a sentence lists them.
fn listed(things: &[String], language: Language) -> String {
    let Some((last, others)) = things.split_last() else { return String::new() };
    match language {
        _ if others.is_empty() => last.clone(),
        Language::En if others.len() == 1 => format!("{} and {last}", others[0]),
        Language::En => format!("{}, and {last}", others.join(", ")),
        Language::Zh => format!("{}和{last}", others.join("、")),
    }
}

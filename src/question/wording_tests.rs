//! Braces and placeholders in wordings of questions.

use super::pool::Candidate;
use super::{embedded, parse};
use crate::language::Language;

fn called(label: &str, plural: &str) -> Candidate {
    Candidate {
        item: "x".to_owned(),
        label: label.to_owned(),
        plural: plural.to_owned(),
        alike: Vec::new(),
        names: Vec::new(),
        aliases: Vec::new(),
        hints: Vec::new(),
    }
}

/// A family of counted patches with these wordings, of which the second is for the fruits.
fn family(question: &str, fruits: &str) -> String {
    let text = format!(
        "type = \"cnt_x\"\ntask = \"counting\"\nkind = \"count\"\nquestion = '{question}'\n[questions]\nfruits = '{fruits}'\n\
         [needle]\nmode = \"overlay\"\nlook = \"patch\"\npack = \"objects\"\ncount = [1, 4]\nlabels = \"same\"\n\
         [options]\nnumber = 4\n"
    );
    match parse("my.toml", &text) {
        Err(error) => error.to_string(),
        Ok(family) => {
            let thing = called("{plural}", "{noun}s");
            let plural = if family.asks_by_plural("objects") { "plural: " } else { "" };
            format!("{plural}{}", family.question_about("objects", &thing))
        }
    }
}

#[test]
fn doubled_braces_are_braces_and_names_are_filled_once() {
    assert_eq!(family("How many {plural}?", "Same?"), "plural: How many {noun}s?");
    assert_eq!(family("How many {noun}: {{1}}, {{2}}?", "Same?"), "How many {plural}: {1}, {2}?");
    assert_eq!(family("How many {{plural}}?", "Same?"), "How many {plural}?");
    assert_eq!(family("In {{{plural}}}?", "Same?"), "plural: In {{noun}s}?");
}

#[test]
fn a_placeholder_that_is_none_is_named_with_those_that_are() {
    insta::assert_snapshot!(family("How many {plural}?", "How many pieces of {label}?"), @r"
    question family has 1 problem in my.toml
      questions.fruits: `{label}` is not a placeholder of a question; write `{plural}` or `{noun}`, or `{{label}}` for the braces themselves
    ");
    insta::assert_snapshot!(family("How many } {plural}?", "How many {plural?"), @r"
    question family has 2 problems in my.toml
      questions.fruits: a brace stands alone; write `{{` or `}}` for a brace in the question
      question: a brace stands alone; write `{{` or `}}` for a brace in the question
    ");
}

#[test]
fn a_question_is_about_the_thing_that_it_names_alone() {
    for language in [Language::En, Language::Zh] {
        let families = embedded(language);
        for (kind, pack) in [("when_multi1", "mammals"), ("when_insert1", "fruits"), ("cnt_edit2", "objects")]
        {
            let family = &families[kind];
            let question = family.question_about(pack, &called("doe", "does"));
            assert!(family.asks_about(&question, pack, "doe", "does"), "{question}");
            // "When" holds "hen"; a question about does holds "doe" and its own last letters.
            for (label, plural) in [("hen", "hens"), ("oe", "oes"), ("red doe", "red does"), ("", "")] {
                assert!(!family.asks_about(&question, pack, label, plural), "{label}: {question}");
            }
        }
    }
}

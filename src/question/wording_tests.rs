//! Braces and placeholders in wordings of questions.

use super::parse;
use super::pool::Candidate;

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
            let thing = Candidate {
                item: "x".to_owned(),
                label: "{plural}".to_owned(),
                plural: "{noun}s".to_owned(),
                alike: Vec::new(),
                names: Vec::new(),
                aliases: Vec::new(),
                hints: Vec::new(),
            };
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

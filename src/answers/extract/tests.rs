//! The official rule, odd options, and what must hold for any reply. Replies as models write them, and what each says,
//! stand in `tests/replies/replies.jsonl`, and those to questions with options of their own in `tests/replies/asked.jsonl`.

use std::path::Path;

use proptest::prelude::*;
use serde::Deserialize;

use super::reader::MOST_BYTES;
use super::*;
use crate::answers::processor_time;

/// Four names, in the order in which they are shown.
const NAMES: &[&str] = &["Alice", "Carol", "Dave", "Frank"];

fn strings(options: &[&str]) -> Vec<String> {
    options.iter().map(|&option| option.to_owned()).collect()
}

/// `A` to `D`, or why not, in short.
fn said(response: &str, options: &[&str], rule: Rule) -> String {
    match extract(response, &strings(options), rule) {
        Extracted::Option { index, .. } => char::from(b'A' + index as u8).to_string(),
        Extracted::Unreadable(why) => format!("{why:?}"),
    }
}

#[test]
fn the_official_rule_is_vnbenchs() {
    for (response, want) in [
        ("B", "B"),
        ("B. Alice", "B"),
        ("Answer: C", "A"),
        ("The option is D", "D"),
        ("D, not B", "B"),
        ("b", "NoOption"),
        ("", "Empty"),
        (". B", "NoOption"),
        ("A, B, C, D", "A"),
    ] {
        assert_eq!(said(response, NAMES, Rule::Official), want, "{response:?}");
    }
    assert_eq!(said("D", &["x", "y"], Rule::Official), "NoOption");
}

#[test]
fn odd_options_do_not_confuse() {
    assert_eq!(said("train station", &["train", "train station"], Rule::Robust), "B");
    assert_eq!(said("a train", &["train", "train station"], Rule::Robust), "A");
    assert_eq!(said("C", &["B", "A", "D", "C"], Rule::Robust), "C");
    assert_eq!(said("x", &["x", "X"], Rule::Robust), "NoSuchOption");
    assert_eq!(said("anything", &[], Rule::Robust), "NoOption");
    assert_eq!(said("", &["", ""], Rule::Robust), "Empty");
    assert_eq!(said("答案是苹果", &["香蕉", "苹果"], Rule::Robust), "B");
    assert_eq!(said("apples", &["pears", "apple"], Rule::Robust), "B");
}

/// One reply to a question with these options: the letter that it names or null, by what, the style it is written in, and why a careful
/// person reads it so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    options: Vec<String>,
    reply: String,
    reads: Option<char>,
    by: String,
    style: String,
    reason: String,
}

#[test]
fn replies_to_questions_with_options_of_their_own_read_as_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replies/asked.jsonl");
    let replies: Vec<Case> = crate::files::read_json_lines(&path).unwrap().collect::<Result<_, _>>().unwrap();
    let mut wrong = Vec::new();
    for Case { options, reply, reads, by, style, reason } in &replies {
        assert!(!style.is_empty() && !reason.is_empty(), "{reply}");
        let found = extract(reply, options, Rule::Robust);
        let letter = found.option().and_then(letter::of);
        if letter != *reads || found.reason() != by {
            wrong.push(format!(
                "{reply:?} reads {letter:?} by {}, expected {reads:?} by {by}",
                found.reason()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), replies.len(), wrong.join("\n"));
}

proptest! {
    #[test]
    fn never_panics_and_names_what_exists(response in "\\PC{0,60}", options in proptest::collection::vec("\\PC{0,8}", 0..6)) {
        for rule in Rule::ALL {
            if let Some(index) = extract(&response, &options, rule).option() {
                prop_assert!(index < options.len());
            }
        }
    }

    #[test]
    fn pieces_of_replies_never_panic(pieces in proptest::collection::vec(prop_oneof![
        Just("<think>"), Just("</think>"), Just("\\boxed{"), Just("}"), Just("{\"answer\":"), Just("\""), Just("<|"), Just("|>"),
        Just("A"), Just("B"), Just("or"), Just(" "), Just("\n"), Just("answer is"), Just("not"), Just("Carol"), Just("é"),
        Just("答案"), Just("."), Just("<answer>"), Just("'"), Just("3"),
    ], 0..24)) {
        let options = strings(NAMES);
        for rule in Rule::ALL {
            if let Some(index) = extract(&pieces.concat(), &options, rule).option() {
                prop_assert!(index < options.len());
            }
        }
    }

    #[test]
    fn clauses_of_any_kind_never_panic(pieces in proptest::collection::vec(prop_oneof![
        Just("A"), Just("B."), Just("Carol"), Just("not"), Just("isn't"), Just("wrong"), Just("or"), Just("and"), Just(","),
        Just("maybe"), Just("("), Just(")"), Just("wait"), Just("no"), Just("scratch that"), Just("the answer is"), Just("?"),
        Just("if"), Just("such as"), Just("answer with"), Just(":"), Just(" - "), Just("~~"), Just("**"), Just("[x]"), Just("\n"),
        Just("Q:"), Just("不"), Just("选"), Just("，"), Just("except"), Just("e.g."), Just("✅"), Just("1."), Just("3"),
    ], 0..40), spaces in proptest::bool::ANY) {
        let reply = pieces.join(if spaces { " " } else { "" });
        for options in [strings(NAMES), strings(&["2", "5", "3"]), strings(&["a, b", "b, a"]), Vec::new()] {
            if let Some(index) = extract(&reply, &options, Rule::Robust).option() {
                prop_assert!(index < options.len());
            }
        }
    }

    #[test]
    fn a_denied_letter_is_never_read(letter in 0_usize..4, denial in proptest::sample::select(vec![
        "It is not {}.", "It isn't {}.", "I don't think it's {}.", "I would not choose {}.", "The wrong answer is {}.",
        "I doubt it's {}.", "{} is wrong.", "I'd rule out {}.", "Anything but {}.", "{} can be ruled out.", "Not {}.",
        "不是{}。", "不选{}。", "排除{}。", "{}不对。", "答案不是{}。",
    ])) {
        let reply = denial.replace("{}", &char::from(b'A' + letter as u8).to_string());
        prop_assert_eq!(extract(&reply, &strings(NAMES), Rule::Robust).option(), None, "{}", reply);
    }

    #[test]
    fn rotating_the_options_rotates_the_answer(shift in 0_usize..4, target in 0_usize..4) {
        let mut options = strings(NAMES);
        options.rotate_left(shift);
        let index = (target + 4 - shift) % 4;
        let label = format!("The answer is {}.", char::from(b'A' + index as u8));
        prop_assert_eq!(extract(&label, &options, Rule::Robust).option(), Some(index));
        prop_assert_eq!(extract(NAMES[target], &options, Rule::Robust).option(), Some(index));
    }
}

/// Seconds that reading `reply` takes, the least of three.
fn seconds(reply: &str) -> f64 {
    let options = strings(NAMES);
    processor_time::least(3, || extract(reply, &options, Rule::Robust))
}

/// Pieces of replies that a model in a loop repeats.
const LOOPS: &[&str] = &[
    "<answer>",
    "</answer>",
    "<answer>B</answer>",
    "\\boxed{",
    "\\boxed{B} ",
    "}",
    "{",
    "{\"a\":",
    "{\"answer\": \"B\"}",
    "<think>",
    "</think>",
    "<|",
    "A or ",
    "B, ",
    "not ",
    "B ",
    "Carol (",
    "(",
    "A. Alice\n",
    "The answer is B. ",
    "wait, ",
    "Answer:\n",
    "\n",
    "Question: B\n",
    "Q: A\n",
    "if ",
    "**",
    "选",
    "不是B，",
    "a",
    "?",
    "B?",
    "such as ",
    "\"",
];

#[test]
fn reading_is_linear_in_the_length() {
    for piece in LOOPS {
        // Both are shorter than the most that is read: a reader that looks at each pair of pieces would take 64 times as long.
        let times = (1 << 12) / piece.len().max(1);
        let (short, long) = (piece.repeat(times), piece.repeat(8 * times));
        assert!(long.len() <= MOST_BYTES);
        let (short, long) = (seconds(&short), seconds(&long));
        assert!(long < 32.0 * short + 0.02, "{piece:?}: {short} s, and {long} s for eight times as much");
    }
}

/// Nothing is timed here: a reader that looks at each pair of numbers would not end for minutes.
#[test]
fn a_reply_that_counts_to_its_end_is_read() {
    let numbers: Vec<String> = (1..60_000).map(|number| format!("{number}, ")).collect();
    let reply = numbers.concat();
    assert!(reply.len() > MOST_BYTES);
    assert_eq!(said(&reply, &["2", "5", "3", "4"], Rule::Robust), "Several");
    assert_eq!(said(&reply, NAMES, Rule::Robust), "NoOption");
}

#[test]
fn of_a_reply_that_is_too_long_both_ends_are_read() {
    let filler = "The camera moves on. ".repeat(2 * MOST_BYTES / 20);
    assert_eq!(said(&format!("Answer: B\n\n{filler}"), NAMES, Rule::Robust), "B");
    assert_eq!(said(&format!("{filler}\n\nAnswer: B"), NAMES, Rule::Robust), "B");
    assert_eq!(said(&format!("Answer: A\n\n{filler}\n\nAnswer: B"), NAMES, Rule::Robust), "Several");
    assert_eq!(said(&format!("<think>{filler}</think>B"), NAMES, Rule::Robust), "B");
    assert_eq!(said(&format!("{filler}Answer: B. {filler}"), NAMES, Rule::Robust), "NoOption");
    // What is beyond is not looked at, in whatever script.
    for piece in ["答", "é", "<answer>", "\\boxed{"] {
        let _ = extract(&piece.repeat((32 << 20) / piece.len()), &strings(NAMES), Rule::Robust);
    }
}

//! The official rule, odd options, and what must hold for any reply. Replies as models write them, and what each says,
//! stand in `tests/replies/replies.jsonl`.

use proptest::prelude::*;

use super::*;

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
    fn rotating_the_options_rotates_the_answer(shift in 0_usize..4, target in 0_usize..4) {
        let mut options = strings(NAMES);
        options.rotate_left(shift);
        let index = (target + 4 - shift) % 4;
        let label = format!("The answer is {}.", char::from(b'A' + index as u8));
        prop_assert_eq!(extract(&label, &options, Rule::Robust).option(), Some(index));
        prop_assert_eq!(extract(NAMES[target], &options, Rule::Robust).option(), Some(index));
    }
}

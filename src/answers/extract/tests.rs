//! Replies as models write them, and what each says.

use proptest::prelude::*;

use super::*;

/// Four names, in the order in which they are shown.
const NAMES: &[&str] = &["Alice", "Carol", "Dave", "Frank"];
/// Numbers, in the order in which they are shown.
const NUMBERS: &[&str] = &["2", "5", "3", "4"];
/// Orders of the same items.
const ORDERS: &[&str] = &[
    "apple, lemon, kiwifruit",
    "lemon, apple, kiwifruit",
    "kiwifruit, lemon, apple",
    "apple, kiwifruit, lemon",
];

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

fn check(options: &[&str], table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|&(response, want)| {
            let got = said(response, options, Rule::Robust);
            (got != want).then(|| format!("{response:?} reads {got}, expected {want}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn letters_and_labels() {
    check(
        NAMES,
        &[
            ("B", "B"),
            ("b", "B"),
            ("B.", "B"),
            (" B\n", "B"),
            ("(B)", "B"),
            ("[B]", "B"),
            ("B)", "B"),
            ("B:", "B"),
            ("**B**", "B"),
            ("`B`", "B"),
            ("\"B\"", "B"),
            ("'b'.", "B"),
            ("Ｂ", "B"),
            ("（Ｂ）", "B"),
            ("Ⓑ", "B"),
            ("𝐁", "B"),
            ("🅱\u{fe0f}", "B"),
            ("B。", "B"),
            ("【B】", "B"),
            ("B</s>", "B"),
            ("B<|im_end|>", "B"),
            ("<|begin_of_box|>C<|end_of_box|>", "C"),
            ("$B$", "B"),
            ("B. Carol", "B"),
            ("(B) Carol", "B"),
            ("b) carol", "B"),
            ("B: Carol", "B"),
            ("B - Carol.", "B"),
            ("**B. Carol**", "B"),
            ("B Carol", "B"),
            ("B\n\nThe subtitle at 0:12 says Carol.", "B"),
            ("B because the subtitle shows Carol", "B"),
            ("A because it is the only one.", "A"),
            ("B. The secret word is shown once.", "B"),
            ("B. A subtitle shows it.", "B"),
            ("E", "NoSuchOption"),
            ("(E)", "NoSuchOption"),
        ],
    );
}

#[test]
fn declarations() {
    check(
        NAMES,
        &[
            ("Answer: B", "B"),
            ("answer: b", "B"),
            ("Answer is (B).", "B"),
            ("The answer is B", "B"),
            ("The answer is **B**.", "B"),
            ("The answer is B because A is never shown.", "B"),
            ("The correct answer is: B. Carol", "B"),
            ("The correct option is C.", "C"),
            ("The correct answer is option D", "D"),
            ("**Answer:**\n\nB", "B"),
            ("### Answer\n**C. Dave**", "C"),
            ("The answer is Carol.", "B"),
            ("Answer: Carol", "B"),
            ("So the final answer is: $\\boxed{B}$", "B"),
            ("\\boxed{\\text{B}}", "B"),
            ("$\\boxed{\\textbf{(C)}}$ since Dave appears", "C"),
            ("I first thought the answer is A.\nFinal answer: C", "C"),
            ("Alice is not shown. B is the correct answer.", "B"),
            ("Option B is correct.", "B"),
            ("I choose B.", "B"),
            ("I would go with option (D).", "D"),
            ("My guess: C", "C"),
            ("Looking at the frames, it is B.", "B"),
            ("答案是B", "B"),
            ("答案：Ｂ", "B"),
            ("正确答案是（C）。", "C"),
            ("我选B", "B"),
            ("正解はDです", "D"),
            ("정답은 B입니다.", "B"),
            ("La respuesta es B.", "B"),
            ("La bonne réponse est la C", "C"),
            ("Die Antwort ist D.", "D"),
            ("Ответ: B", "B"),
            ("Đáp án là B.", "B"),
            ("الإجابة هي B", "B"),
        ],
    );
}

#[test]
fn reasoning_and_containers() {
    check(
        NAMES,
        &[
            ("<think>It could be A or C.</think>B", "B"),
            ("<think>\nThe answer is A\n</think>\n\nThe answer is C.", "C"),
            ("It could be A.</think>\n\nD", "D"),
            ("◁think▷maybe A◁/think▷ B", "B"),
            ("[THINK]A?[/THINK]C", "C"),
            ("<|channel|>analysis<|message|>A or B<|end|><|channel|>final<|message|>C", "C"),
            ("<think>The subtitle says A", "Unfinished"),
            ("<think>The subtitle says A</think>", "Empty"),
            ("<reasoning>A, then B</reasoning><answer>B</answer>", "B"),
            ("<answer> (C) </answer>", "C"),
            ("<answer>Carol</answer>", "B"),
            ("<answer>A</answer> or <answer>B</answer>", "Several"),
            ("{\"answer\": \"B\"}", "B"),
            ("```json\n{\"answer\": \"C\", \"reason\": \"A and B are absent\"}\n```", "C"),
            ("{\"reasoning\": \"the answer is A\", \"answer\": \"Dave\"}", "C"),
            ("{'answer': 'B'}", "B"),
            ("{\"answer\": [\"A\", \"B\"]}", "Several"),
            ("{\"answer\": null}", "NoOption"),
            ("The subtitle reads \"The secret word is Carol.\"\n\nB", "B"),
            ("A man walks, then text appears.\n**B. Carol**", "B"),
            ("A. Alice\nB. Carol\nC. Dave\nD. Frank\nAnswer with the option's letter directly.\nC", "C"),
        ],
    );
}

#[test]
fn texts_and_mentions() {
    check(
        NAMES,
        &[
            ("Carol", "B"),
            ("carol.", "B"),
            ("The secret word is \"Carol\".", "B"),
            ("Based on the video, the secret word is Carol, shown at the bottom.", "B"),
            ("I believe B fits.", "B"),
            ("Not A, so B.", "B"),
            ("It is not Alice but Carol.", "B"),
            ("A person shows the word Dave", "C"),
        ],
    );
    check(
        NUMBERS,
        &[
            ("3", "C"),
            ("There are 3 buses.", "C"),
            ("Three", "C"),
            ("I counted three buses", "C"),
            ("The answer is 3 in the 4 sections", "C"),
            ("There are 3 in one place and 2 in another", "Several"),
            ("I counted 7 of them in 4 sections", "Several"),
            ("13", "NoOption"),
            ("3.5", "NoOption"),
            ("{\"answer\": 5}", "B"),
            ("C. 3", "C"),
            ("C. 5", "Contradiction"),
        ],
    );
    check(
        ORDERS,
        &[
            ("kiwifruit, lemon, apple", "C"),
            ("Kiwifruit -> Lemon -> Apple", "C"),
            ("First kiwifruit, lemon and then apple", "C"),
            ("The order is: apple, kiwifruit, lemon.", "D"),
            ("D. apple, kiwifruit, lemon", "D"),
            ("apple", "NoOption"),
        ],
    );
}

#[test]
fn what_cannot_be_read() {
    check(
        NAMES,
        &[
            ("", "Empty"),
            ("  \n", "Empty"),
            ("?", "NoOption"),
            ("A or B", "Several"),
            ("a or b", "Several"),
            ("A, B", "Several"),
            ("A and C", "Several"),
            ("A/B/C/D", "Several"),
            ("A B C D", "Several"),
            ("A\nB\nC\nD", "Several"),
            ("ABCD", "NoOption"),
            ("The answer is A or B.", "Several"),
            ("Answer: either B or C", "Several"),
            ("Answer: A, B, C, D", "Several"),
            ("A. Alice B. Carol C. Dave D. Frank", "Several"),
            ("A. Alice\nB. Carol\nC. Dave\nD. Frank", "Several"),
            ("(A) Alice (B) Carol (C) Dave (D) Frank", "Several"),
            ("Alice, Carol, Dave, Frank", "Several"),
            ("Answer: A. Answer: B. Answer: C. Answer: D.", "Several"),
            ("\\boxed{A} \\boxed{B}", "Several"),
            ("It is Alice or Carol", "Several"),
            ("B. Alice", "Contradiction"),
            ("None of the above", "NoOption"),
            ("I'm sorry, I cannot watch videos.", "NoOption"),
            ("I can't answer a question about a video.", "NoOption"),
            ("It is not B.", "NoOption"),
            ("A subtitle appears.", "NoOption"),
            ("В", "NoOption"),
            ("The secret word is Bob.", "NoOption"),
        ],
    );
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

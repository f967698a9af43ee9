//! Words that say that something is never there: "never", "does not appear", "there is no kiwi in the video", "没有出现".
//!
//! In: tokens and a position. Out: where the words end that begin there.

use crate::answers::extract::Tokens;

/// Words that deny.
const DENIALS: &[&str] = &[
    "not", "never", "doesn't", "doesnt", "didn't", "didnt", "isn't", "isnt", "wasn't", "wasnt", "hasn't",
    "don't", "can't", "cannot",
];
/// Words that say that something is there.
const APPEARS: &[&str] = &[
    "appear",
    "appears",
    "appeared",
    "appearing",
    "shown",
    "show",
    "shows",
    "seen",
    "see",
    "visible",
    "present",
    "displayed",
    "occur",
    "occurs",
    "occurred",
    "there",
    "included",
    "contain",
    "contained",
    "featured",
];
/// Words between the two.
const BETWEEN: &[&str] = &[
    "ever", "actually", "once", "been", "be", "seem", "to", "clearly", "at", "all", "in", "fact", "is",
    "was", "does", "did",
];
/// Words after which a denial is of a time alone: "not shown before", "never again".
const OF_A_TIME: &[&str] = &["before", "until", "till", "again", "after", "earlier", "later", "yet", "mind"];
/// Words at most between "no" and what is not there.
const NAME: usize = 6;
/// Ways to say it in Chinese, the longest first.
const CHINESE: &[&str] =
    &["从来没有", "从未", "从没", "未曾", "并未", "没有", "没出现", "未出现", "不出现", "没看到", "未看到"];
/// What may follow these.
const CHINESE_APPEARS: &[&str] = &["出现过", "出现", "显示", "看到"];

/// The end of the words that say never from `at` on.
pub(super) fn never(tokens: &Tokens, at: usize) -> Option<usize> {
    denied(tokens, at).or_else(|| nothing(tokens, at)).or_else(|| chinese(tokens, at))
}

/// "never", "never appears", "does not appear", "is not shown".
fn denied(tokens: &Tokens, at: usize) -> Option<usize> {
    let word = tokens.text(at);
    if !DENIALS.contains(&word) {
        return None;
    }
    let rest = (at + 1..tokens.len()).take(4).find(|&next| !BETWEEN.contains(&tokens.text(next)));
    let end = match rest {
        Some(next) if APPEARS.contains(&tokens.text(next)) => next + 1,
        _ if word == "never" => at + 1,
        _ => return None,
    };
    (!OF_A_TIME.contains(&tokens.text(end))).then_some(end)
}

/// "No.", "no, it ...", "no kiwi appears", "there is no kiwi in the video".
fn nothing(tokens: &Tokens, at: usize) -> Option<usize> {
    if tokens.text(at) != "no" {
        return None;
    }
    let next = tokens.text(at + 1);
    if at + 1 >= tokens.len() || matches!(next, "," | "." | "!" | ";" | "-" | "\n" | "*") {
        return Some(at + 1);
    }
    for end in (at + 1..tokens.len()).take(NAME) {
        let word = tokens.text(end);
        if APPEARS.contains(&word) || matches!(word, "video" | "clip" | "footage") {
            return (!OF_A_TIME.contains(&tokens.text(end + 1))).then_some(end + 1);
        }
        if matches!(word, "," | "." | "!" | ";" | "?" | ":") {
            return None;
        }
    }
    None
}

fn chinese(tokens: &Tokens, at: usize) -> Option<usize> {
    let spells = |word: &&&str, from: usize| {
        word.chars().enumerate().all(|(place, character)| {
            let text = tokens.text(from + place);
            text.chars().eq([character])
        })
    };
    let word = CHINESE.iter().find(|word| spells(word, at))?;
    let end = at + word.chars().count();
    let more = CHINESE_APPEARS.iter().find(|word| spells(word, end));
    Some(end + more.map_or(0, |word| word.chars().count()))
}

//! Whether a lone letter is a label, and what the words beside it do to it.
//!
//! In: tokens and a position. Out: yes or no.

use super::options::Reader;
use super::phrases::{AFTER_LETTER, JOINERS, NOT, RIGHT};
use super::tokens::{Kind, Tokens, is_unspaced};

impl Reader {
    /// Whether the lone letter at `at` stands for an option and not for a word.
    pub(super) fn is_label(tokens: &Tokens, at: usize) -> bool {
        let Some(index) = tokens.letter(at) else { return false };
        if tokens.kind(at + 1) != Kind::Word || is_unspaced(tokens.text(at + 1)) {
            return true;
        }
        let next = tokens.text(at + 1);
        // A and I are words of English; the rest of the alphabet is not.
        let is_word = index == 0 || index == 8;
        if tokens.is_upper(at) && !is_word {
            return true;
        }
        AFTER_LETTER.contains(&next)
            && (tokens.is_upper(at) || matches!(next, "or" | "and" | "because" | "since"))
    }

    /// Whether the words beside `at..end` deny what stands there.
    pub(super) fn is_denied(tokens: &Tokens, at: usize, end: usize) -> bool {
        let mut before = at;
        for _ in 0..6 {
            let Some(previous) = before.checked_sub(1) else { break };
            before = previous;
            let text = tokens.text(previous);
            if tokens.kind(previous) == Kind::Word && NOT.contains(&text) {
                return true;
            }
            let passes =
                matches!(text, "option" | "choice" | "a" | "an" | "the" | "be" | "answer" | "any" | "是");
            if tokens.kind(previous) == Kind::Break
                || tokens.kind(previous) == Kind::Word && !passes
                || matches!(text, "." | "," | ":" | ";")
            {
                break;
            }
        }
        // "B, not A" takes back what comes, not what came.
        let after = tokens.after_marks(end);
        let turns = tokens.text(end) == "," && matches!(tokens.text(after), "not" | "nor" | "不");
        !turns
            && (after..end + 4)
                .take_while(|&after| tokens.kind(after) == Kind::Word)
                .take(2)
                .any(|after| NOT.contains(&tokens.text(after)))
    }

    /// Whether another letter is named in the same breath: "B or C", "A, B", "A\nB".
    pub(super) fn has_alternative(tokens: &Tokens, at: usize) -> bool {
        let mut next = at + 1;
        let mut broken = false;
        while next < tokens.len() && next < at + 6 {
            match tokens.kind(next) {
                Kind::Break => broken = true,
                Kind::Word if JOINERS.contains(&tokens.text(next)) && tokens.letter(next).is_none() => {}
                Kind::Word => {
                    let alone = !broken || tokens.kind(next + 1) != Kind::Word;
                    return tokens.letter(next).is_some_and(|other| Some(other) != tokens.letter(at))
                        && alone
                        && Self::is_label(tokens, next)
                        && !Self::is_denied(tokens, next, next + 1);
                }
                Kind::Mark => {}
            }
            next += 1;
        }
        false
    }

    /// "B is correct", "C is the right answer".
    pub(super) fn is_called_right(tokens: &Tokens, at: usize) -> bool {
        if !Self::is_label(tokens, at) {
            return false;
        }
        let verb = tokens.after_marks(at + 1);
        if !matches!(tokens.text(verb), "is" | "was" | "seems" | "appears") {
            return false;
        }
        let next = (verb + 1..verb + 5)
            .find(|&next| !matches!(tokens.text(next), "the" | "most" | "likely" | "to" | "be"));
        next.is_some_and(|next| RIGHT.contains(&tokens.text(next)))
    }

    /// Whether the number at `at` is part of a time such as 0:12.
    pub(super) fn is_clock(tokens: &Tokens, at: usize) -> bool {
        let digits =
            |at: usize| !tokens.text(at).is_empty() && tokens.text(at).bytes().all(|b| b.is_ascii_digit());
        let minutes =
            |at: usize| tokens.text(at + 1) == ":" && digits(at + 2) && tokens.text(at + 2).len() == 2;
        digits(at) && (minutes(at) || at >= 2 && digits(at - 2) && minutes(at - 2))
    }
}

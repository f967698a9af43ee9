//! A reply as words, marks and line breaks.
//!
//! In: text in any script. Out: tokens over a lower-cased copy, in which full-width, circled and other dressed-up letters
//! are plain ones and every script's punctuation is ASCII. Scripts that put no spaces between words give one word a
//! character, so that a letter in the middle of them stands alone.

use std::ops::Range;

use crate::letter;

/// A dash that sets apart what it stands between, unlike a hyphen; a token of it reads `-`.
const DASH: char = '\u{2014}';
/// Pairs of letters with points between that are abbreviations.
const DOTTED: &[(&str, &str)] = &[("e", "g"), ("i", "e"), ("a", "m"), ("p", "m"), ("n", "b")];
/// Words whose point ends no sentence.
const SHORTENED: &[&str] = &["mr", "mrs", "ms", "dr", "st", "vs", "approx", "fig", "ans", "opt"];
/// What check boxes read as.
const TICKED: &str = "☑";
const EMPTY: &str = "☐";

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::answers) enum Kind {
    /// Letters and digits.
    Word,
    /// One character that is neither letter, digit nor space.
    Mark,
    /// The end of a line.
    Break,
}

#[derive(Clone, Debug)]
struct Token {
    range: Range<usize>,
    kind: Kind,
    upper: bool,
    /// Whether a space stands before it, or it is a dash that needs none.
    spaced: bool,
    /// Whether it is a dash, which is no minus.
    dash: bool,
}

/// The tokens of one text.
#[derive(Clone, Debug)]
pub(in crate::answers) struct Tokens {
    text: String,
    tokens: Vec<Token>,
}

impl Tokens {
    /// Splits `raw`.
    pub(in crate::answers) fn new(raw: &str) -> Self {
        let mut out = Self { text: String::with_capacity(raw.len()), tokens: Vec::new() };
        let mut chars = raw.chars().filter_map(fold).peekable();
        let mut last: Option<char> = None;
        let mut spaced = true;
        while let Some(c) = chars.next() {
            let dash = c == DASH;
            spaced |= dash;
            let c = if dash { '-' } else { c };
            if is_word(c) {
                let joins = last.is_some_and(|before| is_word(before) && !stands_alone(before));
                if joins && !stands_alone(c) {
                    out.extend(c);
                } else {
                    out.push(c, Kind::Word, spaced);
                }
                (last, spaced) = (Some(c), false);
                continue;
            }
            // An apostrophe belongs to its word (isn't), a decimal point to its number (2.5).
            let next = chars.peek().copied().filter(|&next| is_word(next) && !stands_alone(next));
            let inner = match (c, last, next) {
                ('\'', Some(before), Some(_)) => is_word(before) && !stands_alone(before),
                ('.', Some(before), Some(next)) => before.is_ascii_digit() && next.is_ascii_digit(),
                _ => false,
            };
            if inner {
                out.extend(c);
                // The next character continues the word.
                last = Some('0').filter(|_| c == '.').or(Some('a'));
                continue;
            }
            last = None;
            if c == '\n' {
                out.push(c, Kind::Break, spaced);
            } else if !c.is_whitespace() {
                out.push(c, Kind::Mark, spaced);
                if let Some(token) = out.tokens.last_mut() {
                    token.dash = dash;
                }
            }
            spaced = c.is_whitespace();
        }
        out.tokens = out.joined();
        out
    }

    /// The tokens, with abbreviations and check boxes as one token each: their points and letters are no sentence ends and no
    /// labels.
    fn joined(&mut self) -> Vec<Token> {
        let ticked = self.text.len()..self.text.len() + TICKED.len();
        let empty = ticked.end..ticked.end + EMPTY.len();
        self.text.push_str(TICKED);
        self.text.push_str(EMPTY);
        let mut joined: Vec<Token> = Vec::with_capacity(self.tokens.len());
        let mut at = 0;
        while at < self.tokens.len() {
            let mut token = self.tokens[at].clone();
            let tight = |offset: usize| self.tokens.get(at + offset).is_some_and(|token| !token.spaced);
            let letters = (self.text(at), self.text(at + 2));
            if self.text(at + 1) == "." && tight(1) && tight(2) && DOTTED.contains(&letters) {
                token.range.end = self.tokens[at + 2].range.end;
                at += 3;
                at += usize::from(self.text(at) == ".");
            } else if self.text(at + 1) == "." && tight(1) && SHORTENED.contains(&self.text(at)) {
                at += 2;
            } else if (self.text(at), self.text(at + 1), self.text(at + 2)) == ("[", "x", "]") {
                (token.range, token.kind) = (ticked.clone(), Kind::Mark);
                at += 3;
            } else if self.text(at) == "[" && self.text(at + 1) == "]" && !tight(1) {
                (token.range, token.kind) = (empty.clone(), Kind::Mark);
                at += 2;
            } else {
                at += 1;
            }
            joined.push(token);
        }
        joined
    }

    fn push(&mut self, c: char, kind: Kind, spaced: bool) {
        let start = self.text.len();
        self.text.extend(c.to_lowercase());
        self.tokens.push(Token {
            range: start..self.text.len(),
            kind,
            upper: c.is_uppercase(),
            spaced,
            dash: false,
        });
    }

    /// Adds `c` to the last token.
    fn extend(&mut self, c: char) {
        self.text.extend(c.to_lowercase());
        if let Some(token) = self.tokens.last_mut() {
            token.range.end = self.text.len();
        }
    }

    /// Number of tokens.
    pub(in crate::answers) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The token's text in lower case; empty beyond the end.
    pub(in crate::answers) fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.range.clone()])
    }

    /// What the token is; a line break beyond the end, since there a line ends too.
    pub(in crate::answers) fn kind(&self, at: usize) -> Kind {
        self.tokens.get(at).map_or(Kind::Break, |token| token.kind)
    }

    /// Whether the token begins with a capital.
    pub(super) fn is_upper(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.upper)
    }

    /// Whether a space stands before the token, or it is a dash.
    pub(in crate::answers) fn is_spaced(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| token.spaced)
    }

    /// Whether the token is a dash that sets apart, and no hyphen or minus.
    pub(super) fn is_dash(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.dash)
    }

    /// The option that a lone Latin letter would name, whether it exists or not: 0 for A.
    pub(super) fn letter(&self, at: usize) -> Option<usize> {
        match self.text(at).as_bytes() {
            [byte @ b'a'..=b'z'] => letter::index(char::from(*byte)),
            _ => None,
        }
    }

    /// Positions of the words.
    pub(in crate::answers) fn words(&self) -> Vec<usize> {
        (0..self.len()).filter(|&at| self.kind(at) == Kind::Word).collect()
    }
}

/// Whether `text` is a word of a script that puts no spaces between words.
pub(super) fn is_unspaced(text: &str) -> bool {
    text.chars().next().is_some_and(stands_alone)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

/// Thai and everything beyond it, but the additions to Latin and Greek (Vietnamese lives there).
fn stands_alone(c: char) -> bool {
    c >= '\u{0e00}' && !('\u{1e00}'..='\u{1fff}').contains(&c)
}

/// `c` without its dress; nothing for characters that cannot be seen.
fn fold(c: char) -> Option<char> {
    let code = u32::from(c);
    let latin = |first: u32, from: char| char::from_u32(u32::from(from) + (code - first) % 26);
    Some(match code {
        0x00ad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060 | 0xfe00..=0xfe0f | 0xfeff | 0x0d => return None,
        0x00a0 | 0x2002..=0x200a | 0x3000 => ' ',
        0x2028 | 0x2029 => '\n',
        0x2018 | 0x2019 | 0x201b | 0x02bc => '\'',
        0x201c..=0x201f | 0x00ab | 0x00bb => '"',
        0x2013..=0x2015 => DASH,
        0x2010..=0x2012 | 0x2212 => '-',
        0x2190..=0x21ff | 0x27f0..=0x27ff | 0x25b6 | 0x27a1 => '>',
        0x3002 | 0xff61 => '.',
        0x3001 | 0xff64 | 0x060c => ',',
        0x3008 | 0x300a | 0x300c | 0x300e | 0x3010 | 0x3014 | 0x3016 => '[',
        0x3009 | 0x300b | 0x300d | 0x300f | 0x3011 | 0x3015 | 0x3017 => ']',
        0xff01..=0xff5e => return char::from_u32(code - 0xfee0),
        0x249c..=0x24b5 => return latin(0x249c, 'A'),
        0x24b6..=0x24cf => return latin(0x24b6, 'A'),
        0x24d0..=0x24e9 => return latin(0x24d0, 'A'),
        0x1f110..=0x1f129 => return latin(0x1f110, 'A'),
        0x1f130..=0x1f149 => return latin(0x1f130, 'A'),
        0x1f150..=0x1f169 => return latin(0x1f150, 'A'),
        0x1f170..=0x1f189 => return latin(0x1f170, 'A'),
        0x1f1e6..=0x1f1ff => return latin(0x1f1e6, 'A'),
        // Mathematical alphabets: 26 capitals, then 26 small letters, one style after another.
        0x1d400..=0x1d6a3 => {
            return latin(0x1d400, if (code - 0x1d400) % 52 < 26 { 'A' } else { 'a' });
        }
        _ => c,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(raw: &str) -> Vec<String> {
        let tokens = Tokens::new(raw);
        (0..tokens.len()).map(|at| tokens.text(at).to_owned()).collect()
    }

    #[test]
    fn words_marks_and_scripts() {
        assert_eq!(split("Isn't it 'B'?"), ["isn't", "it", "'", "b", "'", "?"]);
        assert_eq!(split("2.5 and 3."), ["2.5", "and", "3", "."]);
        assert_eq!(split("答案是Ｂ。"), ["答", "案", "是", "b", "."]);
        assert_eq!(split("Đáp án là 𝐁\u{200b}"), ["đáp", "án", "là", "b"]);
        assert_eq!(split("정답은 Ⓒ입니다"), ["정", "답", "은", "c", "입", "니", "다"]);
        assert_eq!(split("a\r\n\nb"), ["a", "\n", "\n", "b"]);
        assert_eq!(split("B.Carol"), ["b", ".", "carol"]);
    }
}

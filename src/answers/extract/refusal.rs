//! Words of somebody who cannot answer: who sees no video, has no way to tell, or does not know.
//!
//! In: tokens and a position. Out: yes or no. A denial beside such words denies nothing that was asked.

use super::tokens::{Kind, Tokens};

/// Words for what a viewer is given or knows, and not for what a video shows.
const SOURCES: &[&str] = &[
    "video",
    "videos",
    "clip",
    "clips",
    "footage",
    "recording",
    "movie",
    "file",
    "files",
    "attachment",
    "attachments",
    "attached",
    "link",
    "links",
    "upload",
    "uploads",
    "media",
    "input",
    "content",
    "contents",
    "access",
    "information",
    "info",
    "context",
    "data",
    "details",
    "way",
    "means",
    "ability",
    "capability",
    "possibility",
    "basis",
    "idea",
    "clue",
    "possible",
    "able",
    "sure",
    "certain",
    "known",
    "know",
    "tell",
    "determine",
    "determined",
    "load",
    "loaded",
];
/// Words for pictures: those that a viewer is given, or those that are asked about.
const PICTURES: &[&str] = &[
    "image",
    "images",
    "picture",
    "pictures",
    "photo",
    "photos",
    "frame",
    "frames",
    "screenshot",
    "screenshots",
    "visuals",
];
/// Words before a noun that do not tell which one is meant.
const BEFORE_NOUN: &[&str] = &[
    "the",
    "a",
    "an",
    "any",
    "your",
    "my",
    "this",
    "that",
    "these",
    "those",
    "to",
    "be",
    "have",
    "been",
    "uploaded",
    "actual",
    "accompanying",
    "visual",
    "provided",
    "requested",
    "given",
    "input",
    "visible",
    "available",
    "additional",
    "further",
    "more",
    "other",
    "valid",
    "exact",
    "specific",
    "precise",
    "enough",
    "sufficient",
    "single",
];
/// Words that end what a verb is about.
const BOUNDS: &[&str] = &[
    "in",
    "on",
    "at",
    "of",
    "from",
    "during",
    "throughout",
    "within",
    "with",
    "for",
    "by",
    "as",
    "is",
    "are",
    "was",
    "were",
    "and",
    "or",
    "but",
    "so",
    "because",
    "anywhere",
];
/// Words of a question that is passed on: "I don't see where it is".
const PASSED_ON: &[&str] = &["when", "where", "how", "what", "whether", "why"];
/// Words that begin another clause.
const CLAUSES: &[&str] = &["and", "but", "so", "because", "since", "while", "if", "that"];
/// Verbs of what shows something else.
const SHOWS: &[&str] =
    &["show", "shows", "showing", "contain", "contains", "include", "includes", "has", "have", "depicts"];
/// Words of what one is not able to do.
const UNABLE: &[&str] = &["can't", "cannot", "cant", "couldn't", "unable", "impossible"];
/// Verbs of who knows, and of who looks.
const KNOWS: &[&str] = &[
    "determine",
    "tell",
    "answer",
    "say",
    "know",
    "confirm",
    "provide",
    "analyze",
    "analyse",
    "process",
    "help",
    "assist",
    "verify",
    "judge",
    "establish",
];
const LOOKS: &[&str] =
    &["see", "view", "watch", "access", "find", "identify", "open", "play", "have", "detect"];
/// Words looked at for the noun of a phrase, and for the verb of "cannot".
const PHRASE: usize = 7;
const VERB: usize = 4;
/// Tokens looked at of a clause and of a sentence.
const CLAUSE: usize = 12;
const SENTENCE: usize = 32;
/// Words of Chinese for what a viewer is given or knows, which a denial may stand right before.
const CHINESE_SOURCES: &[&str] = &[
    "视频", "影片", "录像", "附件", "文件", "内容", "办法", "足够", "信息", "权限", "能力", "把握", "依据",
    "加载",
];
const CHINESE_PICTURES: &[&str] = &["图片", "图像", "画面", "帧"];
/// What may stand before these.
const CHINESE_BEFORE: &[&str] = &["任何", "提供", "上传", "附上", "附", "收到", "看到", "看见", "有效", "的"];
/// Words of Chinese for what one is not able to do.
const CHINESE_UNABLE: &[&str] =
    &["无法", "没法", "没有办法", "不能确定", "不能判断", "不确定", "不知道", "看不到视频"];

/// What a picture is that a verb is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// "I don't see any image": one that is given.
    Seen,
    /// "The video does not show the image": the one that is asked about.
    Shown,
}

/// Whether `word` is one for what a viewer is given or knows.
pub(super) fn is_source(word: &str) -> bool {
    SOURCES.contains(&word)
}

/// Whether `word` stands at `at`, a token a character.
pub(super) fn spells(tokens: &Tokens, at: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(place, character)| tokens.text(at + place).chars().eq([character]))
}

/// Whether the words from `from` on, up to a preposition or a mark, are of what a viewer is given or knows.
pub(super) fn names_source(tokens: &Tokens, from: usize, pictures: Source) -> bool {
    let mut is_described = false;
    for at in (from..tokens.len()).take(PHRASE) {
        let word = tokens.text(at);
        if is_source(word) || PASSED_ON.contains(&word) {
            return true;
        }
        if PICTURES.contains(&word) && tokens.text(at + 1) != "-" && !PICTURES.contains(&tokens.text(at + 1))
        {
            return pictures == Source::Seen && !is_described && !is_of_thing(tokens, at + 1);
        }
        if tokens.kind(at) != Kind::Word && word != "-" || BOUNDS.contains(&word) {
            return false;
        }
        is_described |= !BEFORE_NOUN.contains(&word);
    }
    false
}

/// Whether what follows "image" says what it shows, or in which video it is not.
fn is_of_thing(tokens: &Tokens, after: usize) -> bool {
    let next = tokens.text(after);
    let words = || (after..tokens.len()).take(PHRASE).take_while(|&at| tokens.kind(at) == Kind::Word);
    let is_of_video = words().take(3).any(|at| is_source(tokens.text(at)));
    let shows = words().any(|at| SHOWS.contains(&tokens.text(at)));
    let within = |at: usize| {
        matches!(tokens.text(at), "in" | "throughout" | "during" | "within")
            && (at + 1..=at + 2).any(|at| matches!(tokens.text(at), "video" | "clip" | "footage"))
    };
    shows
        || next == "of" && !is_of_video
        || matches!(next, "like" | "matching" | "with")
        || words().any(within)
}

/// Whether the subject of the clause in which `at` stands is a word that `is` tells.
pub(super) fn has_subject(tokens: &Tokens, at: usize, is: impl Fn(&str) -> bool) -> bool {
    let is_edge = |at: usize| tokens.kind(at) != Kind::Word || CLAUSES.contains(&tokens.text(at));
    let edge = (0..at).rev().take(CLAUSE).find(|&before| is_edge(before));
    let start = edge.map_or(at.saturating_sub(CLAUSE), |edge| edge + 1);
    let is_before = |word: &str| BEFORE_NOUN.contains(&word) || word.ends_with("ly");
    (start..at).map(|at| tokens.text(at)).find(|word| !is_before(word)).is_some_and(is)
}

/// Whether the denial at `at` is of what one is able to see: "cannot", "can not", "could never".
pub(super) fn is_ability(tokens: &Tokens, at: usize) -> bool {
    let passive = matches!(tokens.text(at + 1), "be" | "ever");
    let able = at > 0 && matches!(tokens.text(at - 1), "can" | "could");
    !passive && (able || UNABLE.contains(&tokens.text(at)))
}

/// Whether the rest of a sentence from `from` on, or the next one where `from` ends one, is of somebody who cannot answer.
pub(super) fn refuses(tokens: &Tokens, from: usize) -> bool {
    let is_end = |at: usize| matches!(tokens.text(at), "." | "!" | "?" | ";" | "\n");
    let start = (from..tokens.len()).find(|&at| tokens.kind(at) == Kind::Word).unwrap_or(from);
    (start..tokens.len()).take(SENTENCE).take_while(|&at| !is_end(at)).any(|at| is_unable(tokens, at))
}

/// Whether words of who is not able to answer begin at `at`.
fn is_unable(tokens: &Tokens, at: usize) -> bool {
    let word = tokens.text(at);
    let negates = matches!(word, "not" | "don't" | "dont" | "doesn't" | "didn't" | "haven't" | "never");
    if word == "no" {
        return names_source(tokens, at + 1, Source::Seen);
    }
    if negates && matches!(tokens.text(at + 1), "know" | "sure" | "certain" | "able" | "possible") {
        return true;
    }
    if !negates && !UNABLE.contains(&word) {
        return CHINESE_UNABLE.iter().any(|unable| spells(tokens, at, unable));
    }
    let verb = |next: &usize| {
        let text = tokens.text(*next);
        LOOKS.contains(&text) || KNOWS.contains(&text)
    };
    let unable = !negates || at > 0 && matches!(tokens.text(at - 1), "can" | "could");
    let Some(verb) = (at + 1..tokens.len()).take(VERB).find(verb) else { return false };
    if KNOWS.contains(&tokens.text(verb)) { unable } else { names_source(tokens, verb + 1, Source::Seen) }
}

/// Whether the denial in Chinese from `start` to `end` is of what a viewer is given or knows.
pub(super) fn refuses_in_chinese(tokens: &Tokens, start: usize, end: usize) -> bool {
    let mut at = end;
    while let Some(word) = CHINESE_BEFORE.iter().find(|word| spells(tokens, at, word)) {
        at += word.chars().count();
    }
    if CHINESE_SOURCES.iter().any(|word| spells(tokens, at, word)) {
        return true;
    }
    let mut clause = (0..start).rev().take(CLAUSE).take_while(|&at| tokens.kind(at) == Kind::Word);
    let is_within = clause.any(|at| matches!(tokens.text(at), "中" | "里" | "内"));
    if CHINESE_PICTURES.iter().any(|word| spells(tokens, at, word)) {
        return !is_within;
    }
    // "视频没有显示".
    let is_of_video = start >= 2 && spells(tokens, start - 2, "视频");
    is_of_video && (tokens.kind(at) != Kind::Word || at > end || spells(tokens, at, "出来"))
}

//! What a Rust file uses, read off its text.
//!
//! In: the text. Out: its `use` declarations, the paths that it writes out, and the names that it defines. What is compiled
//! for tests alone is left out.

use std::collections::BTreeSet;

/// A name that a `use` declaration brings in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// As it is written, from `crate`, `self`, `super` or a name in scope on.
    pub(super) path: Vec<String>,
    /// What it is called here; `*` for all that is there.
    pub(super) name: String,
    /// Whether other files can take it from here.
    pub(super) exported: bool,
}

/// What one file says.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    /// Its `use` declarations, wherever they stand.
    pub(super) uses: Vec<Use>,
    /// Paths of at least two names outside of those.
    pub(super) paths: Vec<Vec<String>>,
    /// Names that stand for themselves outside of those, at the start of a path or alone.
    pub(super) words: BTreeSet<String>,
    /// Names of items.
    pub(super) defined: BTreeSet<String>,
}

/// Keywords that the name of an item follows.
const DEFINING: [&str; 9] = ["fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod"];

impl Source {
    /// Reads a file.
    pub(super) fn of(text: &str) -> Self {
        let tokens = without_tests(&tokens(text));
        let mut source = Self::default();
        let mut at = 0;
        while at < tokens.len() {
            let before = at.checked_sub(1).map_or("", |before| tokens[before].as_str());
            // `impl Trait + use<..>` takes no name.
            if tokens[at] == "use" && tokens[at + 1] != "<" {
                let end = at + tokens[at..].iter().position(|token| token == ";").expect("`use` ends in `;`");
                let exported = before == "pub" || before == ")";
                source.take(&tokens[at + 1..end], exported);
                at = end;
            } else if is_name(&tokens[at]) && before != "::" && before != "." {
                let path = path(&tokens[at..]);
                if DEFINING.contains(&before) {
                    source.defined.insert(path[0].clone());
                } else {
                    source.words.insert(path[0].clone());
                }
                at += 2 * (path.len() - 1);
                if path.len() > 1 {
                    source.paths.push(path);
                }
            }
            at += 1;
        }
        source
    }

    /// Takes the names of a `use` declaration, given what stands between `use` and `;`.
    fn take(&mut self, tree: &[String], exported: bool) {
        let mut found = Vec::new();
        leaves(tree, &[], &mut found);
        self.uses.extend(found.into_iter().map(|(path, name)| Use { path, name, exported }));
    }
}

/// The names of a tree of `use`, each with its path.
fn leaves(tree: &[String], prefix: &[String], found: &mut Vec<(Vec<String>, String)>) {
    let mut depth = 0;
    let branches = tree.split(|token| {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && token == ","
    });
    for branch in branches {
        let mut path = prefix.to_vec();
        let mut called = None;
        for (at, token) in branch.iter().enumerate() {
            match token.as_str() {
                "{" => {
                    leaves(&branch[at + 1..branch.len() - 1], &path, found);
                    path.clear();
                    break;
                }
                "*" => called = Some("*".to_owned()),
                "as" => {
                    called = branch.get(at + 1).cloned();
                    break;
                }
                "self" if !path.is_empty() => {}
                name if is_name(name) => path.push(name.to_owned()),
                _ => {}
            }
        }
        if let Some(last) = path.last() {
            let called = called.unwrap_or_else(|| last.clone());
            found.push((path, called));
        }
    }
}

/// The path that starts a row of tokens, which a name starts.
fn path(tokens: &[String]) -> Vec<String> {
    let mut path = vec![tokens[0].clone()];
    for pair in tokens[1..].chunks_exact(2) {
        if pair[0] != "::" || !is_name(&pair[1]) {
            break;
        }
        path.push(pair[1].clone());
    }
    path
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Tokens without the items that are compiled for tests alone.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].iter().map(String::as_str).take(MARK.len()).eq(MARK) {
            at += MARK.len();
            at += item(&tokens[at..]);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// How many tokens the item has that stands first: it ends in `;` or in the block that it opens.
fn item(tokens: &[String]) -> usize {
    let is_use = tokens.iter().take_while(|token| *token != ";" && *token != "{").any(|token| token == "use");
    let mut depth = 0_u32;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && token == "}" && !is_use {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Names, `::` and signs, without comments and what stands in quotes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = quoted(rest) {
            length
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// Length of the text or character in quotes that stands first, if one does; that of a lifetime, too, which names no item.
fn quoted(text: &str) -> Option<usize> {
    let prefix = ["br", "b", "r", "c", "cr", ""].into_iter().find(|prefix| {
        text.strip_prefix(prefix).is_some_and(|rest| {
            rest.starts_with('"') || prefix.ends_with('r') && rest.trim_start_matches('#').starts_with('"')
        })
    });
    if let Some(prefix) = prefix {
        let rest = &text[prefix.len()..];
        if prefix.ends_with('r') {
            let hashes = rest.len() - rest.trim_start_matches('#').len();
            let end = format!("\"{}", "#".repeat(hashes));
            let inner = &rest[hashes + 1..];
            return Some(
                prefix.len() + hashes + 1 + inner.find(&end).map_or(inner.len(), |at| at + end.len()),
            );
        }
        return Some(prefix.len() + closed(rest, '"'));
    }
    let rest = text.strip_prefix('\'')?;
    let mut chars = rest.chars();
    let first = chars.next()?;
    if first == '\\' || chars.next() == Some('\'') {
        return Some(closed(text, '\''));
    }
    Some(1 + rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()))
}

/// Length of the text that stands first in these quotes.
fn closed(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

#[test]
fn uses_are_read_through_groups_and_names() {
    let text = "pub(crate) use super::{a::{self, B, c::{D, E as F}}, g::*};\nuse self::H;";
    let found = Source::of(text).uses;
    let uses: Vec<_> = found.iter().map(|used| (used.path.join("::"), used.name.as_str())).collect();
    let wanted = [
        ("super::a", "a"),
        ("super::a::B", "B"),
        ("super::a::c::D", "D"),
        ("super::a::c::E", "F"),
        ("super::g", "*"),
        ("self::H", "H"),
    ];
    assert_eq!(uses, wanted.map(|(path, name)| (path.to_owned(), name)));
    assert!(found[..5].iter().all(|used| used.exported) && !found[5].exported);
}

#[test]
fn comments_quotes_and_tests_use_nothing() {
    let text = r##"
        // crate::a::b
        /* crate::a::b */
        /// [`crate::a::b`]
        fn of<'a>(c: &'a str) -> char { let _ = ("crate::a::\"b", r#"crate::"a"#, b'"'); '"' }
        #[cfg(test)] use crate::a::{b, c};
        #[cfg(test)] mod tests { use crate::a; fn d() { crate::a::b() } }
        const E: u8 = super::super::f::g::<u8>();
    "##;
    let source = Source::of(text);
    assert_eq!(source.uses, []);
    assert_eq!(source.paths, [["super", "super", "f", "g"]]);
    assert_eq!(source.defined.into_iter().collect::<Vec<_>>(), ["E", "of"]);
}

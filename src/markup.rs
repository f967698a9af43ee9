//! Foreign text made harmless where it is put: in HTML, addresses, Markdown, LaTeX, CSV, and on a terminal.
//!
//! In: text that anybody may have written, such as the name of a model, a type or a file. Out: the same text, such that it stays
//! text there: no tag, link, formula or command.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// What a path is encoded but for in an address: unreserved characters and slashes.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Characters of a foreign text that a message quotes.
const QUOTED: usize = 80;

/// Text for an element or a quoted attribute of HTML or SVG. Characters that XML cannot hold are replaced.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(c),
            '\0'..=' ' if c != ' ' => out.push(char::REPLACEMENT_CHARACTER),
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(c),
        }
    }
    out
}

/// A relative path as an address: slashes stay, all but unreserved characters are percent-encoded.
pub fn url_path(path: impl AsRef<[u8]>) -> String {
    percent_encode(path.as_ref(), PATH).to_string()
}

/// Text on one line: each run of control characters, line feeds among them, becomes a space.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let words = text.split(char::is_control).filter(|word| !word.is_empty());
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

/// A cell of a Markdown table: no HTML, link, emphasis, code or second cell. An underscore within a word means nothing and stays.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = line(text);
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let is_in_word = before.is_alphanumeric() && letters.peek().is_some_and(|c| c.is_alphanumeric());
        before = c;
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '_' if is_in_word => out.push(c),
            '_' | '\\' | '|' | '[' | ']' | '`' | '*' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Text for LaTeX.
pub fn latex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in line(text).chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            _ => out.push(c),
        }
    }
    out
}

/// Text for a cell of CSV, not yet quoted. A spreadsheet takes a cell that begins like a formula for one: an apostrophe before it
/// makes it text.
pub fn csv(text: &str) -> String {
    let text = line(text);
    if text.trim_start().starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.into_owned() }
}

/// Text as a message quotes it: control characters are written as escapes, and a long text is cut.
pub fn quoted(text: &str) -> String {
    let mut out: String = text.chars().take(QUOTED).flat_map(escaped).collect();
    if text.chars().nth(QUOTED).is_some() {
        out.push('…');
    }
    out
}

/// A message as a terminal shows it: line feeds and tabs stay, other control characters are written as escapes.
pub fn terminal(text: &str) -> String {
    let shown = |c: char| if matches!(c, '\n' | '\t') { c.to_string() } else { escaped(c).collect() };
    text.chars().map(shown).collect()
}

/// A character that a terminal would obey, or that turns the direction of writing, as an escape; any other as it is.
fn escaped(c: char) -> impl Iterator<Item = char> {
    let is_turn = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let escape = (c.is_control() || is_turn).then(|| c.escape_default());
    let plain = escape.is_none().then_some(c);
    escape.into_iter().flatten().chain(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(html("<b>\"&'\u{1b}\n"), "&lt;b&gt;&quot;&amp;&#39;\u{fffd}\n");
        assert_eq!(url_path("a b/ü#?.mp4"), "a%20b/%C3%BC%23%3F.mp4");
        assert_eq!(url_path("javascript:x"), "javascript%3Ax");
        assert_eq!(line("a\r\n\tb\0"), "a b");
        assert_eq!(markdown("a_b|[x](javascript:y)\n<i>`\\"), "a_b\\|\\[x\\](javascript:y) &lt;i&gt;\\`\\\\");
        assert_eq!(latex("a\nb_\\input{x}"), "a b\\_\\textbackslash{}input\\{x\\}");
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("\t=1", "'=1"),
            (" =1", "' =1"),
            ("gpt-4=x", "gpt-4=x"),
        ] {
            assert_eq!(csv(text), expected);
        }
        assert_eq!(quoted("a\u{1b}[2J\u{202e}é"), "a\\u{1b}[2J\\u{202e}é");
        assert_eq!(terminal("a\n\tb\u{1b}]0;c\u{7}"), "a\n\tb\\u{1b}]0;c\\u{7}");
        assert_eq!(quoted(&"x".repeat(100)), "x".repeat(80) + "…");
    }
}

//! Templates: texts with places that are filled, and the head that all pages share.
//!
//! In: a text, and for each of its places what stands there. Out: the text with all of them filled, in one pass: what is filled in is
//! never searched for places.

/// What keeps a page out of search engines.
pub const NO_INDEX: &str = r#"<meta name="robots" content="noindex">"#;

const HEAD: &str = include_str!("../templates/head.html");

/// A page of HTML up to its body: `mark` is one more element of the head, and all three are as they are to stand there.
pub fn head(mark: &str, title: &str, style: &str) -> String {
    filled(HEAD, &[("{{mark}}", mark), ("{{title}}", title), ("{{style}}", style)])
}

/// `template` with its places filled; each is given as it stands there, with its braces, as in `{out}`. Where two begin alike,
/// the first that is given counts. Braces that begin no place stay.
pub fn filled(template: &str, places: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (place, filled) = places
            .iter()
            .find(|(place, _)| rest.starts_with(place))
            .copied()
            .unwrap_or((&rest[..1], &rest[..1]));
        text.push_str(filled);
        rest = &rest[place.len()..];
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let places = [("{a}", "{b}"), ("{b}", "{a}{{b}}")];
        assert_eq!(filled("{a}-{b}", &places), "{b}-{a}{{b}}");
        assert_eq!(filled("{ {{a}} {c} }", &places), "{ {{b}} {c} }");
        assert_eq!(filled("", &places), "");
        assert_eq!(filled("{{mark}}", &[("{{mark}}", "é")]), "é");
    }

    #[test]
    fn doubled_braces_are_braces_where_they_are_places() {
        let places = [("{{", "{"), ("}}", "}"), ("{a}", "x")];
        assert_eq!(filled("{{a}} {{{a}}} }} {{", &places), "{a} {x} } {");
    }
}

//! The page of a quiz: one file with its style and script, which loads nothing from elsewhere.
//!
//! In: nothing. Out: the page, the same for every dataset: questions come to it one at a time.

use crate::template;

const PAGE: &str = include_str!("../../templates/quiz.html");
const STYLE: &str = include_str!("../../templates/quiz.css");
const SCRIPT: &str = include_str!("../../templates/quiz.js");

/// What the page may load, and who may show it in a frame.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
    media-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The page.
pub(super) fn page() -> String {
    template::filled(PAGE, &[("{{style}}", STYLE), ("{{script}}", SCRIPT)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole_and_refers_to_nothing() {
        let page = page();
        assert!(!page.contains("{{"), "a place that nothing fills");
        assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("@import"));
        assert!(!SCRIPT.contains("innerHTML"), "foreign text is inserted as text");
    }
}

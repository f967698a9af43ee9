//! The page of a quiz: one file with its style and script, which loads nothing from elsewhere.
//!
//! In: nothing. Out: the page, the same for every dataset: questions come to it one at a time, and it speaks the language of each.

use crate::template::{self, NO_INDEX};

const PAGE: &str = include_str!("../../templates/quiz.html");
const STYLE: &str = include_str!("../../templates/quiz.css");
const SCRIPT: &str = include_str!("../../templates/quiz.js");
const TEXTS: &str = include_str!("../../templates/quiz-texts.js");

/// What the page may load, and who may show it in a frame.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
    media-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The page.
pub(super) fn page() -> String {
    let head = template::head(NO_INDEX, "Quiz", STYLE);
    template::filled(PAGE, &[("{{head}}", &head), ("{{texts}}", TEXTS), ("{{script}}", SCRIPT)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn the_page_is_whole_and_refers_to_nothing() {
        let page = page();
        assert!(!page.contains("{{"), "a place that nothing fills");
        assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("@import"));
        assert!(!SCRIPT.contains("innerHTML"), "foreign text is inserted as text");
    }

    #[test]
    fn every_language_has_every_text() {
        let keys = |language: Language| -> Vec<&'static str> {
            let (_, texts) = TEXTS.split_once(&format!("\n  {}: {{\n", language.code())).unwrap();
            let lines = texts.split_once("\n  },\n").unwrap().0.lines();
            // A text that takes several lines has its key in the first.
            let key = |line: &'static str| line.strip_prefix("    ")?.split_once(": ").map(|(key, _)| key);
            lines.filter(|line| !line.starts_with("     ")).filter_map(key).collect()
        };
        let english = keys(Language::En);
        assert!(english.len() > 50, "{english:?}");
        assert!(Language::ALL.into_iter().all(|language| keys(language) == english));
        // What the page asks for is there.
        for used in SCRIPT.split("said.").skip(1) {
            let name = used.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap();
            assert!(english.contains(&name), "{name}");
        }
        for attribute in ["data-text=\"", "data-label=\""] {
            for used in PAGE.split(attribute).skip(1) {
                let name = used.split('"').next().unwrap();
                assert!(english.contains(&name), "{name}");
            }
        }
    }
}

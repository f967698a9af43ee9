//! The front page of a served dataset: all its samples, to be filtered, searched and watched.
//!
//! In: rows, a title. Out: a page beside the videos, with the report's viewer and no scores.

use super::html::escape;
use super::{SCRIPT, STYLE, VIEWER, summary, viewer};
use crate::dataset::Row;
use crate::template::{self, NO_INDEX};

const PAGE: &str = include_str!("../../templates/browse.html");

/// The page, which is to lie where the names of videos lead from.
pub fn page(rows: &[Row], title: &str) -> String {
    let facts = if rows.is_empty() { String::new() } else { summary(rows) };
    let title = escape(title);
    let places = [
        ("{{head}}", &*template::head(NO_INDEX, &format!("{title} – vniah serve"), STYLE)),
        ("{{title}}", &title),
        ("{{script}}", SCRIPT),
        ("{{summary}}", &facts),
        ("{{viewer}}", VIEWER),
        ("{{data}}", &viewer::data(rows, &[], "")),
    ];
    template::filled(PAGE, &places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        let row = Row { sample_id: "</script><b>".to_owned(), fps_num: 25, ..Row::unstated() };
        for rows in [&[][..], &[row]] {
            let page = page(rows, "<i>set</i>");
            assert!(!page.contains("{{") && !page.contains("<b>") && page.contains("&lt;i&gt;set"));
            assert_eq!(page.matches("</script>").count(), 2);
        }
    }
}

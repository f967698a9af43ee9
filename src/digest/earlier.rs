//! Embedded data as earlier versions named it: by a digest of its text, comments and layout included.
//!
//! In: such a digest. Out: the digest of the content that the text had. What is written now names contents, so that this table
//! does not grow.

/// Name, digest of the text, digest of the content of each family and pack; of a pack, pictures included in both.
const TABLE: &str = include_str!("earlier.csv");

/// The digest of the content of an embedded family or pack whose text had this one; `None` if no version had it.
pub fn content_of(text_sha256: &str) -> Option<&'static str> {
    TABLE.lines().skip(1).find_map(|line| {
        let mut cells = line.split(',').skip(1);
        (cells.next() == Some(text_sha256)).then(|| cells.next()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_names_one_text_and_its_content() {
        let mut texts = BTreeSet::new();
        for line in TABLE.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let is_digest =
                |cell: &str| cell.len() == 64 && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(cells.len() == 3 && is_digest(cells[1]) && is_digest(cells[2]), "{line}");
            assert!(texts.insert(cells[1]), "{line}");
            assert_eq!(content_of(cells[1]), Some(cells[2]));
        }
        assert_eq!(content_of("name"), None);
        assert_eq!(content_of(""), None);
    }
}

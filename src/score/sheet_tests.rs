//! The sheet: what is kept of rows, read or made.

use std::sync::Arc;

use super::sheet::Sheet;
use super::tests::dataset as rows_of;
use crate::dataset;
use crate::files;

#[test]
fn tries_share_their_question_and_show_its_options_in_turn() {
    let mut rows = rows_of(2);
    rows[5].question = "Another?".to_owned();
    rows[6].options.swap(0, 1);
    let sheet = Sheet::of(&rows);
    assert!(sheet.rows.iter().zip(&rows).all(|(kept, row)| {
        (&*kept.id, kept.options(), &*kept.question) == (&row.id, &row.options, &*row.question)
    }));
    // Of 18 samples, one has a try that asks something else, so that it stands apart.
    assert_eq!(sheet.questions().count(), 18 + 2);
    let shared = |at: usize| Arc::ptr_eq(&sheet.rows[0].options.all, &sheet.rows[at].options.all);
    assert_eq!([1, 2, 3, 4].map(shared), [true, true, true, false]);
    // Not a rotation: by itself.
    assert!(!Arc::ptr_eq(&sheet.rows[6].options.all, &sheet.rows[7].options.all));
    assert!(Arc::ptr_eq(&sheet.rows[0].difficulty, &sheet.rows[9].difficulty));
}

#[test]
fn a_sheet_is_the_same_whether_it_is_read_or_made_of_rows() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(dataset::METADATA);
    let mut rows = rows_of(3);
    files::write_json_lines(&path, &rows).unwrap();
    let (read, made) = (Sheet::read(dir.path()).unwrap(), Sheet::of(&rows));
    assert_eq!(read.rows.len(), made.rows.len());
    // Where the file is cut, a question may begin with another try.
    for (one, other) in read.rows.iter().zip(&made.rows) {
        assert_eq!((&one.id, one.rotation, one.options()), (&other.id, other.rotation, other.options()));
        assert_eq!((&one.gt_option, &one.shared), (&other.gt_option, &other.shared));
    }
    // And so is what is said of rows that contradict each other.
    rows[7].gt_option = "Z".to_owned();
    rows.remove(20);
    files::write_json_lines(&path, &rows).unwrap();
    let told = Sheet::read(dir.path()).unwrap_err().to_string();
    assert_eq!(told, dataset::read_rows(dir.path()).unwrap_err().to_string());
    assert!(
        told.contains("is not option Z") && told.contains("expected one row for each rotation"),
        "{told}"
    );
}

//! Axes of numbers and hints in rows and scores: what a spec varies is what a curve is over.

use super::plan_tests::planned;
use crate::answers::Answer;
use crate::dataset::Row;
use crate::score::{self, Options};

#[test]
fn scores_tell_accuracy_by_number_and_by_hint() {
    let rows = planned(
        "[[tasks]]\ntype = \"key_edit1\"\nsamples = 3\n[[tasks]]\ntype = \"chn_edit1\"\nsamples = 3\n[grid]\n\
         vary = \"one at a time\"\ncount = [4, 5]\neach = [2, 3, 5]\nhints = [true]\n",
    );
    // Every row has the same columns, whatever its type.
    let columns = |row: &Row| {
        let value = serde_json::to_value(row).unwrap();
        value["difficulty"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert!(rows.iter().all(|row| columns(row) == columns(&rows[0])));
    assert!(
        columns(&rows[0]).contains(&"each".to_owned()) && columns(&rows[0]).contains(&"hints".to_owned())
    );
    // Right where keys are named by themselves, and where chains are short.
    let is_right = |row: &Row| {
        let own = &row.difficulty;
        own.hints.as_deref() != Some("true") && own.each.as_deref() != Some("5")
    };
    let reply = |row: &Row| is_right(row).then(|| row.gt_option.clone());
    let answers = rows.iter().map(|row| Answer::new(&row.id, reply(row))).collect();
    let axes = score::score(&rows, &answers, &Options::new("m")).unwrap().slices.difficulty;
    assert_eq!(axes.keys().collect::<Vec<_>>(), ["count", "each", "hints"]);
    let told = |key: &str, kind: &str| -> Vec<(String, f64)> {
        axes[key].types[kind].iter().map(|slice| (slice.value.clone(), slice.circular)).collect()
    };
    let of = |values: &[(&str, f64)]| -> Vec<(String, f64)> {
        values.iter().map(|(value, share)| ((*value).to_owned(), *share)).collect()
    };
    assert_eq!(told("hints", "key_edit1"), of(&[("false", 1.0), ("true", 0.0)]));
    assert_eq!(told("each", "chn_edit1"), of(&[("2", 1.0), ("3", 1.0), ("5", 0.0)]));
    assert_eq!(told("count", "key_edit1"), of(&[("4", 1.0), ("5", 1.0), ("6", 1.0)]));
    assert_eq!(told("count", "chn_edit1"), of(&[("4", 1.0), ("5", 1.0)]));
    assert!(!axes["each"].types.contains_key("key_edit1") && !axes["hints"].types.contains_key("chn_edit1"));
}

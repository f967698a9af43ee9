//! Questions that ask when, at several lengths: each is one trial, whatever times its options name there.

use super::tests::{beaten, report, tries};
use crate::dataset::Row;
use crate::question::QuestionKind;
use crate::seed::Seed;

/// Sixteen questions at eight lengths: the same rank is right at each, and the times grow with the length.
fn rows() -> Vec<Row> {
    let one = |(length, number): (u64, u64)| {
        let target = Seed::new(3).stream("audit/when", number).below(4) as usize;
        let mut starts = Seed::new(4).stream("audit/when/starts", number + 100 * length);
        let option = |at: u64| {
            let start = length * (10 * at + starts.below(5));
            format!("{start}.00 - {}.00", start + 1)
        };
        let options: Vec<String> = (0..4).map(option).collect();
        let mut rows = tries("when", number + 100 * length, &options, target);
        for row in &mut rows {
            row.question_kind = QuestionKind::When;
            row.question = format!("When is thing {number} shown?");
            row.cell_length = format!("{length}m");
            row.haystack_ids = vec!["hay".to_owned()];
        }
        rows
    };
    (1..=8).flat_map(|length| (0..16).map(move |number| (length, number))).flat_map(one).collect()
}

#[test]
fn a_question_at_several_lengths_teaches_nothing_about_itself() {
    let report = report(&rows());
    assert_eq!(beaten(&report), []);
    assert!(report.figures.iter().all(|figure| figure.questions == 16), "{:?}", report.figures);
}

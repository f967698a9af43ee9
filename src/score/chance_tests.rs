//! What guessers score: near 0 once chance is taken out.

use super::tests::dataset;
use super::*;
use crate::answers::Answer;
use crate::dataset::letter;
use crate::seed::Seed;

fn scored(rows: &[Row], reply: impl FnMut(&Row) -> String) -> Scores {
    let mut reply = reply;
    let answers = rows.iter().map(|row| Answer::new(&row.id, Some(reply(row)))).collect();
    score(rows, &answers, &Options::new("m")).unwrap()
}

#[test]
fn one_who_draws_letters_is_at_0_in_both_figures() {
    let mut stream = Seed::new(1).stream("tests/letters", 0);
    let scores = scored(&dataset(60), |_| letter(stream.below(4) as usize));
    let groups = [&scores.overall].into_iter().chain(scores.tasks.values()).chain(scores.types.values());
    for group in groups {
        assert!((-0.004..0.06).contains(&group.corrected.circular), "{:?}", group.corrected);
        assert!(group.corrected.per_try.abs() < 0.15, "{:?}", group.corrected);
    }
    assert!(scores.overall.corrected.per_try.abs() < 0.04, "{:?}", scores.overall.corrected);
    assert!(scores.overall.corrected.circular.abs() < 0.01, "{:?}", scores.overall.corrected);
}

#[test]
fn one_who_keeps_a_content_shows_in_per_try_alone() {
    let rows = dataset(150);
    // The text that stood second in try 0 stands one place earlier in each try after it.
    let overall = scored(&rows, |row| letter((5 - row.rotation as usize) % 4)).overall;
    assert!(overall.corrected.per_try.abs() < 0.03, "{:?}", overall.corrected);
    // (0.25 - 1/256) / (1 - 1/256).
    assert!((overall.corrected.circular - 0.247_059).abs() < 0.03, "{:?}", overall.corrected);
}

#[test]
fn all_right_is_1_and_none_right_is_just_below_0() {
    let rows = dataset(12);
    let right = scored(&rows, |row| row.gt_option.clone()).overall.corrected;
    assert_eq!(right, Corrected { circular: 1.0, per_try: 1.0 });
    let none = scored(&rows, |_| "?".to_owned()).overall.corrected;
    assert_eq!(none, Corrected { circular: -0.003_922, per_try: -0.333_333 });
}

/// The dataset at two lengths, answered right at the lengths and haystacks that `knows` names.
fn grid(knows: impl Fn(&str, usize) -> bool) -> Scores {
    let mut rows = Vec::new();
    for (length, frames) in [("10s", 250), ("1m", 1500)] {
        for mut row in dataset(20) {
            row.cell_length = length.to_owned();
            row.num_frames = frames;
            row.id = format!("{length}_{}", row.id);
            row.sample_id = format!("{length}_{}", row.sample_id);
            rows.push(row);
        }
    }
    scored(&rows, |row| {
        let haystack = row.haystack_ids[0][1..].parse().unwrap();
        if knows(&row.cell_length, haystack) { row.gt_option.clone() } else { "?".to_owned() }
    })
}

#[test]
fn below_chance_no_length_is_effective() {
    // 2 of 20 at both lengths: 10%, below the 25% of one who keeps a content.
    let below = grid(|_, haystack| haystack < 2).effective_length["overall"].clone();
    assert_eq!((below.length, below.is_longest), (None, false));
    assert!((below.base - 0.1).abs() < 1e-6 && (below.chance - 0.25).abs() < 1e-6);
    // 5 of 20 are at chance, 6 are above.
    assert_eq!(grid(|_, haystack| haystack < 5).effective_length["overall"].length, None);
    let above = grid(|_, haystack| haystack < 6).effective_length["overall"].clone();
    assert_eq!((above.length.as_deref(), above.is_longest), (Some("1m"), true));
    // 30% at the shortest; 25% at the longest is five sixths of it, and at chance.
    let falls = grid(|length, haystack| haystack < if length == "1m" { 5 } else { 6 });
    assert_eq!(effective_length(&falls, 0.5)["overall"].length.as_deref(), Some("10s"));
}

#[test]
fn curves_are_the_means_that_effective_lengths_compare() {
    let mut scores = grid(|length, haystack| haystack < if length == "1m" { 9 } else { 18 });
    // Of one task a type is left out at the longer length: the mean of tasks is no share of all samples.
    scores.verdicts.retain(|own| own.length == "10s" || own.task != "counting" || own.kind == "cou_edit1");
    let curves = curve(&scores);
    for (name, lengths) in &curves {
        let effective = &scores.effective_length[name];
        assert!((lengths["10s"].circular - effective.base).abs() < 1e-6, "{name}");
        let [low, high] = lengths["1m"].interval;
        // Whole haystacks are right or wrong: 9 of 20, not 81 of 180.
        assert!(
            low < 0.30 && high > 0.60 && (lengths["1m"].circular - 0.45).abs() < 1e-6,
            "{name} {low} {high}"
        );
    }
    assert_eq!((curves["overall"]["1m"].samples, curves["counting"]["1m"].samples), (140, 20));
}

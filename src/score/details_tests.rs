//! The details of `scores.json`, on made-up datasets whose figures can be worked out by hand.
#![expect(clippy::float_cmp, reason = "shares are rounded to six decimals, so equality is exact")]

use super::tests::dataset;
use super::*;
use crate::answers::Answer;
use crate::dataset::letter;
use crate::time::FrameSpan;

fn scored(rows: &[Row], answer: impl Fn(&Row) -> Answer) -> Scores {
    let answers = rows.iter().map(answer).collect();
    let options = Options::new("m");
    score(rows, &answers, &options).unwrap()
}

fn right(row: &Row) -> Answer {
    Answer::new(&row.id, Some(row.gt_option.clone()))
}

/// The letter of the option with this text.
fn naming(row: &Row, text: &str) -> Answer {
    let at = row.options.iter().position(|option| option == text);
    Answer::new(&row.id, at.map(letter))
}

#[test]
fn partial_credit_and_completeness() {
    let rows = dataset(12);
    let scores = scored(&rows, |row| match row.rotation {
        3 => Answer::new(&row.id, None),
        _ => right(row),
    });
    let overall = &scores.overall;
    assert_eq!(overall.by_tries, [0, 0, 0, 108, 0]);
    assert_eq!((overall.complete, overall.per_try, overall.circular), (0.75, 0.75, 0.0));
    assert_eq!(overall.corrected, Corrected { circular: -0.003_922, per_try: 0.666_667 });
    assert_eq!(scores.replies.readings["missing"], 108);
    assert_eq!(scores.replies.readings["letter"], 324);
}

#[test]
fn a_model_that_always_says_a_favours_it() {
    let scores = scored(&dataset(40), |row| Answer::new(&row.id, Some("A".to_owned())));
    let letters = &scores.letters;
    assert_eq!(letters.letters.len(), 4);
    assert_eq!((letters.letters[0].share, letters.letters[0].recall), (1.0, 1.0));
    assert_eq!((letters.letters[3].share, letters.letters[3].recall), (0.0, 0.0));
    // Recalls 1, 0, 0, 0 lie sqrt(3) / 4 about their mean; three quarters of the letters would have to move.
    assert_eq!((letters.recall_deviation, letters.total_variation), (0.433_013, 0.75));
    let fair = scored(&dataset(40), right).letters;
    assert_eq!((fair.recall_deviation, fair.total_variation), (0.0, 0.0));
    let [low, high] = scored(&dataset(40), |row| {
        let number =
            row.sample_id.bytes().map(usize::from).fold(7_usize, |hash, byte| (hash * 31 + byte) % 1009);
        Answer::new(&row.id, Some(letter(number / 5 % 4)))
    })
    .letters
    .letters[1]
        .share_interval
        .unwrap();
    assert!(low < 0.25 && 0.25 < high && high - low < 0.2, "{low} {high}");
}

#[test]
fn counting_errors_have_a_size_and_a_direction() {
    let mut rows = dataset(12);
    rows.retain(|row| row.task == "counting");
    for row in &mut rows {
        row.options = ["2", "3", "4", "5"].map(str::to_owned).to_vec();
        row.options.rotate_left(row.rotation as usize);
        row.gt = if row.kind.ends_with("edit1") { "2" } else { "4" }.to_owned();
        let target = row.options.iter().position(|option| *option == row.gt).unwrap();
        row.gt_option = letter(target);
    }
    let scores = scored(&rows, |row| match row.kind.as_str() {
        "cou_edit1" => naming(row, "4"),
        "cou_insert1" => naming(row, if row.rotation == 0 { "5" } else { "4" }),
        _ => Answer::new(&row.id, Some("2 or 3".to_owned())),
    });
    let two = &scores.counting["cou_edit1"];
    assert_eq!((two.read, two.exact, two.off_by_one, two.bias, two.absolute_error), (48, 0, 0, 2.0, 2.0));
    assert_eq!(two.confusion, [Confusion { answer: 2, read: 4, tries: 48 }]);
    let one = &scores.counting["cou_insert1"];
    assert_eq!((one.read, one.exact, one.off_by_one, one.bias), (48, 36, 12, 0.25));
    assert!(!scores.counting.contains_key("cou_insert2"), "nothing was read of it");
    assert!(!scores.ordering.contains_key("cou_edit1"));
    let values: Vec<&str> = scores.slices.answer["cou_edit1"].iter().map(|own| own.value.as_str()).collect();
    assert_eq!(values, ["2"]);
}

#[test]
fn nearly_right_orders_have_credit() {
    let mut rows = dataset(12);
    rows.retain(|row| row.kind == "ord_edit1");
    for row in &mut rows {
        row.options = ["a, b, c, d", "b, a, c, d", "d, c, b, a", "a, b, d, c"].map(str::to_owned).to_vec();
        row.options.rotate_left(row.rotation as usize);
        row.gt = "a, b, c, d".to_owned();
        row.gt_option = letter(row.options.iter().position(|option| *option == row.gt).unwrap());
    }
    let of = |answer: &dyn Fn(&Row) -> Answer| scored(&rows, answer).ordering["ord_edit1"].clone();
    let near = of(&|row| naming(row, "b, a, c, d"));
    // One pair of six is turned: 4 / 6. Drawing an option gives (1 + 4/6 - 1 + 4/6) / 4.
    assert_eq!((near.tau, near.chance_tau, near.tau_corrected), (0.666_667, 0.333_333, 0.5));
    assert_eq!(of(&|row| naming(row, "d, c, b, a")).tau, -1.0);
    assert_eq!(of(&right).tau, 1.0);
    assert_eq!(of(&|row| Answer::new(&row.id, None)).tau, 0.0);
    assert!(scored(&rows, right).slices.answer.is_empty(), "no slices by order");
}

/// The dataset at three lengths and two depths.
fn grid() -> Vec<Row> {
    let mut rows = Vec::new();
    for (length, frames) in [("10s", 250), ("1m", 1500), ("10m", 15_000)] {
        for mut row in dataset(20) {
            let far = row.haystack_ids[0].len() > 2;
            row.cell_length = length.to_owned();
            row.cell_depth_permille = if far { 1000 } else { 500 };
            row.num_frames = frames;
            row.id = format!("{length}_{}", row.id);
            row.sample_id = format!("{length}_{}", row.sample_id);
            rows.push(row);
        }
    }
    rows
}

#[test]
fn the_effective_length_is_the_last_that_holds_up() {
    // 20, 18 and 10 haystacks of 20 are right at the three lengths.
    let least = |length: &str| match length {
        "10s" => 0,
        "1m" => 2,
        _ => 10,
    };
    let scores = scored(&grid(), |row| {
        let haystack: u32 = row.haystack_ids[0][1..].parse().unwrap();
        if haystack >= least(&row.cell_length) { right(row) } else { Answer::new(&row.id, None) }
    });
    let overall = &scores.effective_length["overall"];
    assert_eq!((overall.base, overall.length.as_deref(), overall.is_longest), (1.0, Some("1m"), false));
    assert_eq!(overall.length_secs, Some(60.0));
    let perfect = scored(&grid(), right).effective_length["counting"].clone();
    assert_eq!((perfect.length.as_deref(), perfect.is_longest), (Some("10m"), true));
    let nothing = scored(&grid(), |row| Answer::new(&row.id, None)).effective_length["overall"].clone();
    assert_eq!((nothing.length, nothing.is_longest), (None, false));
    assert!(scored(&dataset(1), right).effective_length.is_empty());
    // A length that does not hold up hides no longer one that does: 10, then 18 of 20.
    let middle = |length: &str| if length == "1m" { 10 } else { least(length).min(2) };
    let recovered = scored(&grid(), |row| {
        let haystack: u32 = row.haystack_ids[0][1..].parse().unwrap();
        if haystack >= middle(&row.cell_length) { right(row) } else { Answer::new(&row.id, None) }
    });
    let overall = &recovered.effective_length["overall"];
    assert_eq!(
        (overall.length.as_deref(), overall.accuracy, overall.is_longest),
        (Some("10m"), Some(0.9), true)
    );
    // The threshold is the user's: of the 0.9 at the longest, 0.95 asks too much.
    let strict = effective_length(&recovered, 0.95)["overall"].clone();
    assert_eq!((strict.length.as_deref(), strict.threshold), (Some("10s"), 0.95));
}

#[test]
fn slices_hold_every_sample_once_and_sort_by_value() {
    let mut rows = grid();
    for row in rows.iter_mut().filter(|row| row.task == "ordering") {
        let mut second = row.needles[0].clone();
        (second.start_frame, second.end_frame) = (second.end_frame + 75, second.end_frame + 100);
        row.needle_frames.push(FrameSpan::new(second.start_frame, second.end_frame).unwrap());
        row.depth_permille.push(900);
        row.needles.push(second);
    }
    let slices = scored(&rows, right).slices;
    let values = |slices: &[Slice]| slices.iter().map(|own| own.value.clone()).collect::<Vec<_>>();
    assert_eq!(values(&slices.length), ["10s", "1m", "10m"]);
    assert_eq!(values(&slices.length_band), ["10-30s", "1-3m", "10-30m"]);
    assert_eq!(values(&slices.depth), ["50%", "100%"]);
    assert_eq!(values(&slices.needles), ["1", "2"]);
    assert_eq!(values(&slices.distance), ["2-5s"]);
    for list in [&slices.length, &slices.length_band, &slices.depth, &slices.needles] {
        assert_eq!(list.iter().map(|own| own.samples).sum::<u64>(), 540);
    }
    assert_eq!((slices.distance[0].samples, slices.length[0].clusters), (180, 20));
}

#[test]
fn a_slice_whose_haystacks_hold_several_samples_has_the_wider_interval() {
    let rows = dataset(40);
    let scores = scored(&rows, |row| {
        let haystack: u32 = row.haystack_ids[0][1..].parse().unwrap();
        if haystack.is_multiple_of(2) { right(row) } else { Answer::new(&row.id, None) }
    });
    let all = &scores.slices.needles[0];
    assert_eq!((all.samples, all.correct, all.interval_by.as_str()), (360, 180, "bootstrap"));
    let [low, high] = wilson(all.correct, all.samples);
    assert!(all.interval[0] < low && all.interval[1] > high, "{:?}", all.interval);
    assert_eq!(scores.settings.interval_of_types, "wilson", "one sample a haystack and type");
    assert!(scores.overall.per_try_interval[0] < 0.4 && scores.overall.per_try_interval[1] > 0.6);
}

#[test]
fn accuracy_is_told_apart_by_what_was_sent() {
    let rows = dataset(20);
    let sees = |row: &Row| row.haystack_ids[0].len() > 2;
    let scores = scored(&rows, |row| {
        let start = row.needles[0].start_frame;
        let indices = if sees(row) { vec![0, start, 9999] } else { vec![0, start - 1, start + 25] };
        let known = row.haystack_ids[0] != "h0";
        Answer {
            indices: known.then_some(indices),
            sampler: Some("linspace(3)".to_owned()),
            ..if sees(row) || row.task == "counting" { right(row) } else { Answer::new(&row.id, None) }
        }
    });
    let visible = scores.visible.unwrap();
    assert_eq!((visible.known, visible.unknown), (171, 9));
    assert_eq!(visible.samplers, ["linspace(3)"]);
    let (seen, unseen) = (visible.seen.unwrap(), visible.unseen.unwrap());
    assert_eq!((seen.samples, seen.circular), (90, 1.0));
    assert_eq!((unseen.samples, unseen.circular), (81, 0.333_333));
    assert_eq!(visible.ceiling, 0.526_316);
    assert_eq!(visible.types["cou_edit1"].len(), 2);
    assert_eq!(scores.verdicts.iter().filter(|own| own.seen.is_none()).count(), 9);
    assert!(scored(&rows, right).visible.is_none());
}

#[test]
fn a_named_sampler_stands_in_for_indices_that_answers_do_not_carry() {
    let rows = dataset(20);
    let sampler: Sampler = "linspace(9)".parse().unwrap();
    let taken = |row: &Row| -> Vec<u64> {
        let fps = crate::time::FrameRate::new(row.fps_num, row.fps_den).unwrap();
        sampler.indices(row.num_frames, fps).unwrap()
    };
    let with = |sampler: Option<&Sampler>, answer: &dyn Fn(&Row) -> Answer| {
        let options = Options { sampler: sampler.cloned(), ..Options::new("m") };
        score(&rows, &rows.iter().map(answer).collect(), &options).unwrap().visible
    };
    let carried = with(None, &|row| Answer {
        indices: Some(taken(row)),
        sampler: Some("linspace(9)".to_owned()),
        ..right(row)
    });
    let stated = with(Some(&sampler), &right).unwrap();
    assert_eq!((stated.known, stated.by_sampler, stated.unknown), (180, 180, 0));
    assert!(stated.seen.is_some() && stated.unseen.is_some());
    assert_eq!(Visible { by_sampler: 0, ..stated }, carried.unwrap());
    // What an answer carries holds against what is said of all.
    let blind = with(Some(&sampler), &|row| Answer { indices: Some(Vec::new()), ..right(row) }).unwrap();
    assert_eq!((blind.known, blind.by_sampler, blind.seen), (180, 0, None));
    assert!(blind.samplers.is_empty());
    // Where the phase is unpublished, a short needle is neither seen nor unseen.
    let gemini = "gemini".parse().unwrap();
    assert!(with(Some(&gemini), &right).is_none_or(|own| own.unseen.is_none()));
}

//! What single kinds of question say beyond accuracy, on rows whose figures can be worked out by hand.

use super::open_tests::{open, scored};
use super::*;
use crate::dataset::NeedleRow;
use crate::question::{AnswerKind, Form, Query, QuestionKind};

/// Open rows that ask whether a thing is shown: two of each pair, the first of which shows it.
fn pairs(number: usize) -> Vec<Row> {
    let row = |at: usize| {
        let answer = if at.is_multiple_of(2) { "Yes" } else { "No" };
        Row {
            question_kind: QuestionKind::Exists,
            vocabulary: vec![vec!["Yes".to_owned()], vec!["No".to_owned()]],
            chance: 0.5,
            group_id: format!("pair{}", at / 2),
            ..open("ext", AnswerKind::Label, at, answer)
        }
    };
    (0..2 * number).map(row).collect()
}

/// The row of a type in the table of a kind.
fn row_of(scores: &Scores, kind: TableKind, name: &str) -> Vec<Figure> {
    let table = kind_tables(scores).into_iter().find(|table| table.kind == kind).unwrap();
    assert!(table.rows.iter().all(|(_, figures)| figures.len() == table.heads.len()), "{table:?}");
    table.rows.into_iter().find(|(of, _)| of == name).unwrap().1
}

fn share(value: f64, interval: [f64; 2], chance: Option<f64>) -> Figure {
    Figure::Share { value, interval: Some(interval), chance }
}

/// A share that is chance itself.
fn bare(value: f64) -> Figure {
    Figure::Share { value, interval: None, chance: None }
}

/// A question with its options in two tries.
fn choice(row: &Row, options: &[&str]) -> Vec<Row> {
    let tries = |shift: usize| {
        let mut options: Vec<String> = options.iter().map(|text| (*text).to_owned()).collect();
        options.rotate_left(shift);
        let at = options.iter().position(|option| *option == row.answer).unwrap();
        Row {
            id: format!("{}-choice_{shift}", row.sample_id),
            sample_id: format!("{}-choice", row.sample_id),
            form: Form::Choice,
            answer_kind: AnswerKind::Choice,
            rotation: shift as u32,
            gt_option: crate::dataset::letter(at),
            options,
            ..row.clone()
        }
    };
    (0..options.len()).map(tries).collect()
}

#[test]
fn existence_has_hits_false_alarms_and_d_prime() {
    let rows = pairs(9);
    // Nine of nine hits, none of nine false alarms: 0.95 and 0.05, whose quantiles lie 2 * 1.644854 apart.
    let right: Vec<Option<&str>> = rows.iter().map(|row| Some(row.answer.as_str())).collect();
    let scores = scored(&rows, &right);
    let own = &scores.existence["ext"];
    assert_eq!((own.shown, own.hits, own.absent, own.false_alarms), (9, 9, 9, 0));
    assert_eq!((own.d_prime, own.yes), (Some(3.289_707), 0.5));
    assert_eq!(own.hits_interval, Some([0.700_855, 1.0]));
    assert_eq!(own.false_alarms_interval, Some([0.0, 0.299_145]));
    // Each quantile is that of Wilson's ends of 0.95 of 10, and their distances add up as squares.
    assert_eq!(own.d_prime_interval, Some([1.529_376, 4.583_104]));
    // Always yes tells nothing, and gets no pair right.
    let scores = scored(&rows, &vec![Some("Yes"); 18]);
    let own = &scores.existence["ext"];
    assert_eq!((own.hits, own.false_alarms, own.d_prime, own.yes), (9, 9, Some(0.0), 1.0));
    let groups = scores.groups.as_ref().unwrap().overall.clone();
    assert_eq!((groups.groups, groups.right, groups.chance), (9, 0.0, Some(0.25)));
    let figures = row_of(&scores, TableKind::Existence, "ext");
    let all = share(1.0, [0.700_855, 1.0], None);
    assert_eq!(figures[..4], [all.clone(), Figure::Count(9), all, Figure::Count(9)]);
    let d_prime = Figure::Number { value: 0.0, interval: Some([-1.544_61, 1.544_61]) };
    assert_eq!(figures[4..], [d_prime, share(1.0, [0.824_121, 1.0], Some(0.5)), bare(0.5)]);
    let pairs = row_of(&scores, TableKind::Groups, "ext");
    assert_eq!(pairs[..3], [Figure::Count(9), share(0.0, [0.0, 0.299_145], Some(0.25)), bare(0.25)]);
    // What cannot be read is neither; one side alone has no d'.
    let scores = scored(&rows[..2], &[Some("Yes"), None]);
    let own = &scores.existence["ext"];
    assert_eq!((own.shown, own.absent, own.d_prime, own.yes), (1, 0, None, 1.0));
    assert_eq!((own.d_prime_interval, own.false_alarms_interval), (None, None));
    assert_eq!(row_of(&scores, TableKind::Existence, "ext")[4], Figure::Absent);
}

/// Rows of groups of `size`, of so many videos each, all with this chance.
fn grouped(kind: QuestionKind, (size, videos): (usize, usize), chance: f64) -> Vec<Row> {
    let row = |at: usize| Row {
        question_kind: kind,
        chance,
        group_id: format!("g{}", at / size),
        file_name: format!("videos/{}.mp4", if videos == 1 { at / size } else { at }),
        ..open("grp", AnswerKind::Label, at, "red")
    };
    (0..2 * size).map(row).collect()
}

#[test]
fn the_chance_of_a_group_is_that_of_the_way_it_is_made() {
    let chance = |rows: &[Row]| scored(rows, &vec![None; rows.len()]).groups.unwrap().overall.chance;
    let of = |kind, form, each| chance(&grouped(kind, form, each));
    assert_eq!(of(QuestionKind::Exists, (2, 2), 0.5), Some(0.25));
    // Left and right, up and down: a coin between left and right is right about a quarter of half of the pairs.
    assert_eq!(of(QuestionKind::Heading, (2, 2), 0.25), Some(0.125));
    assert_eq!(of(QuestionKind::Conflict, (2, 1), 0.25), Some(0.083_333));
    assert_eq!(of(QuestionKind::Last, (3, 1), 0.25), Some(0.041_667));
    // With more questions than answers, what was the answer may be it again.
    assert_eq!(of(QuestionKind::Last, (3, 1), 0.5), Some(0.25));
    assert_eq!(of(QuestionKind::Seen, (3, 1), 0.5), Some(0.125));
    // Names along a ring, which all questions offer, against names of chains.
    let hops = |offered: &dyn Fn(usize) -> [&'static str; 4]| {
        let mut rows = grouped(QuestionKind::Chain, (4, 1), 0.25);
        for (at, row) in rows.iter_mut().enumerate() {
            let options = offered(at).map(str::to_owned).to_vec();
            *row = Row {
                options,
                gt_option: "A".to_owned(),
                answer_kind: AnswerKind::Choice,
                form: Form::Choice,
                query: Query { steps: at as i64 % 4, ..Query::about("red") },
                ..row.clone()
            };
        }
        chance(&rows)
    };
    let along = |at: usize| {
        let mut names = ["red", "blue", "green", "grey"];
        names.rotate_left(at % 4);
        names
    };
    assert_eq!(hops(&along), Some(0.041_667));
    let others = |at: usize| ["red", ["blue", "pink"][at % 2], "green", "grey"];
    assert_eq!(hops(&others), Some(0.003_906));
}

#[test]
fn a_question_in_both_forms_is_guessed_once() {
    let both = |at: usize, other: &str| {
        let row = |form, chance| Row {
            form,
            chance,
            sample_id: format!("g{at}-{other}-{form:?}"),
            id: format!("g{at}-{other}-{form:?}_0"),
            group_id: format!("g{at}"),
            query: Query::about(other),
            ..grouped(QuestionKind::Which, (2, 1), 0.5)[0].clone()
        };
        [row(Form::Open, 0.05), row(Form::Choice, 0.25)]
    };
    let chance = |rows: &[Row]| scored(rows, &vec![None; rows.len()]).groups.unwrap().overall.chance;
    let choice = |row: Row| match row.form {
        Form::Choice => {
            let options = ["red", "blue", "green", "grey"].map(str::to_owned).to_vec();
            Row { options, gt_option: "A".to_owned(), answer_kind: AnswerKind::Choice, ..row }
        }
        Form::Open => row,
    };
    let rows = |others: &[&str]| -> Vec<Row> {
        others.iter().flat_map(|other| both(0, other)).map(choice).collect()
    };
    assert_eq!(chance(&rows(&["red"])), Some(0.05));
    // Two questions are two guesses, whatever their forms.
    assert_eq!(chance(&rows(&["red", "blue"])), Some(0.0025));
}

#[test]
fn the_chance_of_a_pair_of_moments_is_that_of_a_constant_time() {
    // Of 20 seconds, 4 are right.
    let row = |at: usize| Row {
        question_kind: QuestionKind::Appears,
        chance: 0.5,
        group_id: format!("g{}", at / 2),
        video_id: format!("v{at}"),
        num_frames: 500,
        fps_num: 25,
        fps_den: 1,
        ..open("say", AnswerKind::Moment, at, if at.is_multiple_of(2) { "8.00 - 12.00" } else { "never" })
    };
    let rows: Vec<Row> = (0..200).map(row).collect();
    let of = |reply: &dyn Fn(usize) -> &'static str| {
        let replies: Vec<Option<&str>> = (0..rows.len()).map(|at| Some(reply(at))).collect();
        scored(&rows, &replies).groups.unwrap().overall
    };
    let never = of(&|_| "never");
    assert_eq!((never.right, never.chance), (0.0, Some(0.05)));
    // All combinations of never and a time for either video, where one time in five is right.
    let with_it = |pair: usize| match pair % 10 {
        0..5 => "never",
        5 => "9.00",
        _ => "2.00",
    };
    let without = |pair: usize| if (pair / 10).is_multiple_of(2) { "never" } else { "2.00" };
    let guess = |at: usize| if at.is_multiple_of(2) { with_it(at / 2) } else { without(at / 2) };
    assert_eq!((of(&guess).groups, of(&guess).correct), (100, 5));
}

#[test]
fn tries_of_choices_count_by_the_text_of_the_option() {
    let rows: Vec<Row> = pairs(1).iter().flat_map(|row| choice(row, &["Yes", "No"])).collect();
    // Always A: in each sample yes once and no once.
    let scores = scored(&rows, &[Some("A"); 4]);
    let own = &scores.existence["ext"];
    assert_eq!((own.shown, own.hits, own.absent, own.false_alarms, own.yes), (2, 1, 2, 1, 0.5));
    // Of both tries the chance is that of one: who holds to a text is right in both.
    assert_eq!(scores.groups.unwrap().overall.chance, Some(0.25));
}

/// Box one is red, then blue; box two is green.
fn state(number: usize) -> Row {
    let needle = |key: &str, label: &str, start: u64| NeedleRow {
        key: key.to_owned(),
        label: label.to_owned(),
        kind: "overlay-text".to_owned(),
        start_frame: start,
        end_frame: start + 25,
        x: 0,
        y: 0,
        w: 10,
        h: 10,
        is_distractor: false,
        motion: crate::needle::Motion::default(),
    };
    Row {
        question_kind: QuestionKind::State,
        query: Query::about("one"),
        needles: vec![needle("one", "red", 0), needle("two", "green", 100), needle("one", "blue", 200)],
        ..open("trk", AnswerKind::Label, number, "blue")
    }
}

#[test]
fn wrong_answers_that_were_right_before_are_stale() {
    let rows: Vec<Row> = (0..5).map(state).collect();
    let scores = scored(&rows, &[Some("red"), Some("red"), Some("green"), Some("blue"), None]);
    let own = &scores.states["trk"];
    // Of the two wrong labels of the vocabulary one is stale.
    assert_eq!((own.wrong, own.stale, own.share, own.chance), (3, 2, 0.666_667, 0.5));
    let stale = Figure::Share { value: 0.666_667, interval: Some([0.207_66, 0.938_508]), chance: Some(0.5) };
    assert_eq!(row_of(&scores, TableKind::States, "trk"), [Figure::Count(3), stale, bare(0.5)]);
    let none = scored(&rows, &[Some("blue"); 5]);
    assert_eq!((none.states["trk"].wrong, none.states["trk"].share), (0, 0.0));
    assert_eq!(row_of(&none, TableKind::States, "trk")[1..], [Figure::Absent, Figure::Absent]);
    // Among the options no state from before.
    let rows = choice(&state(0), &["green", "blue"]);
    let own = &scored(&rows, &[Some("green"), Some("blue")]).states["trk"];
    assert_eq!((own.wrong, own.stale, own.chance), (1, 0, 0.0));
}

#[test]
fn chains_are_scored_by_their_hops() {
    let row = |number: usize| Row {
        question_kind: QuestionKind::Chain,
        query: Query { steps: 1 + (number % 3) as i64, ..Query::about("red") },
        group_id: format!("v{}", number / 3),
        ..open("chn", AnswerKind::Label, number, "blue")
    };
    let rows: Vec<Row> = (0..6).map(row).collect();
    let replies = ["blue", "blue", "red", "blue", "red", "red"].map(Some);
    let scores = scored(&rows, &replies);
    let found: Vec<(&str, u64, f64)> = scores.hops["chn"]
        .iter()
        .map(|slice| (slice.value.as_str(), slice.samples, slice.circular))
        .collect();
    assert_eq!(found, [("1", 2, 1.0), ("2", 2, 0.5), ("3", 2, 0.0)]);
    assert_eq!(scores.groups.as_ref().unwrap().overall.chance, Some(0.008));
    let figures = row_of(&scores, TableKind::Hops, "chn");
    // These rows are open: their figure is no share of circular tries.
    assert_eq!(figures[..3], [Figure::Measure("exact".to_owned()), Figure::Count(6), bare(0.2)]);
    assert_eq!(figures[4], share(0.5, [0.094_531, 0.905_469], Some(0.2)));
}

#[test]
fn chains_in_both_forms_are_each_called_by_their_measure() {
    let row = |number: usize| Row {
        question_kind: QuestionKind::Chain,
        query: Query { steps: 1 + number as i64, ..Query::about("red") },
        ..open("chn", AnswerKind::Label, number, "blue")
    };
    let opens: Vec<Row> = (0..11).map(row).collect();
    let mut rows: Vec<Row> = opens.iter().flat_map(|row| choice(row, &["red", "blue"])).collect();
    rows.extend(opens);
    let scores = scored(&rows, &vec![Some("blue"); rows.len()]);
    let measure = |name: &str| row_of(&scores, TableKind::Hops, name)[0].clone();
    assert_eq!(measure("chn"), Figure::Measure("circular".to_owned()));
    assert_eq!(measure("chn (open)"), Figure::Measure("exact".to_owned()));
    // Ten hops follow nine, and eleven ten.
    let hops = kind_tables(&scores).into_iter().find(|table| table.kind == TableKind::Hops).unwrap();
    assert_eq!(hops.heads[3..5], ["1 hop %", "2 hops %"]);
    assert_eq!(hops.heads[11..], ["9 hops %", "10 hops %", "11 hops %"]);
}

#[test]
fn spans_are_right_by_their_overlap() {
    let rows = [open("when", AnswerKind::Spans, 0, "1.00 - 2.00")];
    let scores = scored(&rows, &[Some("1 - 2 s")]);
    assert_eq!((scores.right_measure("when"), scores.right_measure("other")), ("R@0.5", "circular"));
}

#[test]
fn the_gap_of_forms_tells_guessing_from_knowing() {
    let opens: Vec<Row> = (0..4).map(|at| open("ret", AnswerKind::Label, at, "red")).collect();
    let mut rows: Vec<Row> =
        opens.iter().flat_map(|row| choice(&Row { chance: 0.5, ..row.clone() }, &["red", "blue"])).collect();
    rows.extend(opens);
    // All choices are right, and of the open ones a half.
    let replies: Vec<Option<&str>> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| match row.form {
            Form::Choice => Some(row.gt_option.as_str()),
            Form::Open => Some(if at % 2 == 0 { "red" } else { "blue" }),
        })
        .collect();
    let scores = scored(&rows, &replies);
    let own = &scores.gap["ret"];
    assert_eq!((own.choice, own.open, own.gap), (1.0, 0.5, 0.5));
    // Without chance 1 is 1, and 0.5 is (0.5 - 0.2) / 0.8.
    assert_eq!((own.open_chance, own.corrected), (0.2, 0.625));
    let figures = row_of(&scores, TableKind::Gap, "ret");
    assert_eq!(figures[..2], [share(1.0, [0.510_109, 1.0], Some(0.25)), bare(0.25)]);
    assert_eq!(
        figures[2..4],
        [Figure::Measure("exact".to_owned()), share(0.5, [0.150_039, 0.849_961], Some(0.2))]
    );
    // What the ends are apart from the figures adds up as squares.
    assert_eq!(figures[5], Figure::Points { value: 0.5, interval: Some([-0.102_051, 0.849_961]) });
    assert_eq!(figures[6], Figure::Points { value: 0.625, interval: Some([-0.161_141, 1.062_451]) });
    // One form has none.
    assert!(scored(&rows[8..], &[Some("red"); 4]).gap.is_empty());
}

#[test]
fn these_figures_are_read_again_and_files_without_them_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scores.json");
    let scores = scored(&pairs(2), &[Some("Yes"); 4]);
    write(&path, &scores).unwrap();
    assert_eq!(read(&path).unwrap(), scores);
    let mut older: serde_json::Value = serde_json::from_str(&scores.to_json()).unwrap();
    older.as_object_mut().unwrap().remove("existence");
    older["groups"]["overall"].as_object_mut().unwrap().remove("chance");
    std::fs::write(&path, older.to_string()).unwrap();
    assert!(read(&path).unwrap().existence.is_empty());
    // Shares are shares wherever they stand.
    let mut wrong = scores.clone();
    wrong.existence.get_mut("ext").unwrap().yes = 1.5;
    write(&path, &wrong).unwrap();
    assert!(read(&path).is_err());
    // Their ends, too; and files from before these were written have tables without them.
    let mut wrong = scores.clone();
    wrong.existence.get_mut("ext").unwrap().yes_interval = Some([0.2, 1.5]);
    write(&path, &wrong).unwrap();
    assert!(read(&path).is_err());
    let mut older: serde_json::Value = serde_json::from_str(&scores.to_json()).unwrap();
    for interval in ["hits_interval", "false_alarms_interval", "d_prime_interval", "yes_interval"] {
        older["existence"]["ext"].as_object_mut().unwrap().remove(interval).unwrap();
    }
    std::fs::write(&path, older.to_string()).unwrap();
    let older = row_of(&read(&path).unwrap(), TableKind::Existence, "ext");
    assert_eq!(older[0], Figure::Share { value: 1.0, interval: None, chance: None });
}

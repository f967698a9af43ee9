//! Scores of all kinds of answers, on rows whose figures can be worked out by hand.
#![expect(clippy::float_cmp, reason = "shares are rounded to six decimals, so equality is exact")]

use super::tests::dataset;
use super::*;
use crate::answers::Answer;
use crate::question::{AnswerKind, Form, QuestionKind};

/// An open row of a minute at 25 frames a second.
pub(super) fn open(kind: &str, answer_kind: AnswerKind, number: usize, answer: &str) -> Row {
    let question_kind = match answer_kind {
        AnswerKind::Number => QuestionKind::Count,
        AnswerKind::List => QuestionKind::Order,
        AnswerKind::Spans => QuestionKind::When,
        _ => QuestionKind::Which,
    };
    let vocabulary = [&["red"][..], &["blue", "azure"], &["green"]];
    let is_named = matches!(answer_kind, AnswerKind::Label | AnswerKind::Set | AnswerKind::List);
    let vocabulary = vocabulary.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    Row {
        id: format!("{kind}-{number}_0"),
        sample_id: format!("{kind}-{number}"),
        kind: kind.to_owned(),
        task: kind.to_owned(),
        question_kind,
        form: Form::Open,
        answer_kind,
        gt: answer.to_owned(),
        answer: answer.to_owned(),
        vocabulary: if is_named { vocabulary.to_vec() } else { Vec::new() },
        chance: 0.2,
        num_frames: 1500,
        fps_num: 25,
        haystack_ids: vec![format!("h{number}")],
        ..Row::unstated()
    }
    .completed()
}

fn rows(kind: &str, answer_kind: AnswerKind, answers: &[&str]) -> Vec<Row> {
    answers.iter().enumerate().map(|(number, answer)| open(kind, answer_kind, number, answer)).collect()
}

pub(super) fn scored(rows: &[Row], replies: &[Option<&str>]) -> Scores {
    let answer = |(row, reply): (&Row, Option<&str>)| Answer::new(&row.id, reply.map(str::to_owned));
    score(rows, &rows.iter().zip(replies.iter().copied()).map(answer).collect(), &Options::new("m")).unwrap()
}

fn oracle(rows: &[Row]) -> Scores {
    let reply = |row: &Row| if row.has_options() { row.gt_option.clone() } else { row.answer.clone() };
    let answers = rows.iter().map(|row| Answer::new(&row.id, Some(reply(row)))).collect();
    score(rows, &answers, &Options::new("m")).unwrap()
}

/// Measure, value, chance of a type's main figure, once its interval is sound.
fn main_of<'a>(scores: &'a Scores, kind: &str) -> (&'a str, f64, f64) {
    let main = &scores.types[kind].main;
    let [low, high] = main.interval;
    assert!(0.0 <= low && low <= main.value && main.value <= high && high <= 1.0, "{main:?}");
    (&main.measure, main.value, main.chance)
}

#[test]
fn numbers_labels_sets_and_lists_are_exact_or_not() {
    let numbers = rows("cnt", AnswerKind::Number, &["4", "2", "3"]);
    let scores = scored(&numbers, &[Some("There are four."), Some("3"), None]);
    assert_eq!(main_of(&scores, "cnt"), ("exact", 0.333_333, 0.2));
    assert_eq!(scores.types["cnt"].measures["off_by_one"], 0.666_667);
    let counting = &scores.counting["cnt"];
    assert_eq!((counting.read, counting.exact, counting.off_by_one, counting.bias), (2, 1, 1, 0.5));
    let read: Vec<(&str, &str)> =
        scores.verdicts.iter().map(|own| (own.verdicts.as_str(), own.read.as_str())).collect();
    assert_eq!(read, [("C", "4"), ("I", "3"), ("M", "-")]);

    let labels = rows("ret", AnswerKind::Label, &["red", "blue"]);
    let scores = scored(&labels, &[Some("It is red or green."), Some("azure")]);
    assert_eq!(main_of(&scores, "ret"), ("exact", 0.5, 0.2));
    assert_eq!((scores.verdicts[0].verdicts.as_str(), scores.verdicts[1].read.as_str()), ("U", "blue"));
    assert_eq!(scores.types["ret"].unreadable, 1);

    let sets = rows("set", AnswerKind::Set, &["red, blue", "green, red"]);
    let scores = scored(&sets, &[Some("azure and red"), Some("red")]);
    assert_eq!(main_of(&scores, "set"), ("exact", 0.5, 0.2));
    // Of green and red, red alone: precision 1, recall one half, F1 two thirds.
    assert_eq!(scores.verdicts[1].credit, [0.666_667]);

    let lists = rows("ord", AnswerKind::List, &["red, blue, green", "green, red, blue"]);
    let scores = scored(&lists, &[Some("red, blue, green"), Some("red, green, blue")]);
    assert_eq!(main_of(&scores, "ord"), ("exact", 0.5, 0.2));
    assert!(scores.ordering.is_empty(), "what options have is not said of open lists");
}

#[test]
fn spans_are_scored_by_their_overlap() {
    let spans = rows("when", AnswerKind::Spans, &["10.00 - 20.00", "30.00 - 40.00", "5.00 - 6.00"]);
    // Overlaps of 1, of 5 in 15 seconds, and none read.
    let scores = scored(&spans, &[Some("10.00 - 20.00"), Some("from 35 s to 45 s"), Some("I do not know")]);
    assert_eq!(main_of(&scores, "when"), ("mIoU", 0.444_444, 0.2));
    let group = &scores.types["when"];
    assert_eq!((group.credit, group.circular, group.samples), (0.444_444, 0.333_333, 3));
    assert_eq!((group.measures["R@0.3"], group.measures["bias_start"]), (0.666_667, 2.5));
    assert_eq!((group.form, group.answer_kind), (Some(Form::Open), Some(AnswerKind::Spans)));
    assert_eq!(scores.verdicts[1].credit, [0.333_333]);
    assert_eq!((scores.verdicts[1].read.as_str(), scores.verdicts[2].read.as_str()), ("35.00 - 45.00", "-"));
    let official = &scores.letter_rules["official"].types["when"];
    assert_eq!(official, group, "no rule of letters reads spans");
}

#[test]
fn a_mean_of_credits_has_an_interval_of_its_spread() {
    // 100 haystacks whose credits are 0.5 and 0.6 in turn: what is right or wrong would vary ten times as much.
    let answers: Vec<String> = (0..100).map(|_| "10.00 - 20.00".to_owned()).collect();
    let spans = rows("when", AnswerKind::Spans, &answers.iter().map(String::as_str).collect::<Vec<_>>());
    let replies: Vec<Option<&str>> =
        (0..100).map(|at| Some(if at % 2 == 0 { "10.00 - 15.00" } else { "10.00 - 16.00" })).collect();
    let main = scored(&spans, &replies).overall.main;
    assert_eq!(main.value, 0.55);
    assert!(main.interval[0] > 0.53 && main.interval[1] < 0.57, "{main:?}");
    // One sample, and samples that are all alike.
    for few in [1, 2, 12] {
        let main = scored(&spans[..few], &vec![Some("10.00 - 20.00"); few]).overall.main;
        let [low, high] = main.interval;
        assert!(main.value == 1.0 && high == 1.0 && 0.0 < low && low < 1.0, "{main:?}");
    }
}

#[test]
fn overall_is_the_mean_of_tasks_of_types_of_main_figures() {
    let mut all = dataset(2);
    all.retain(|row| row.task == "retrieval");
    let choices = all.len();
    all.extend(rows("when", AnswerKind::Spans, &["10.00 - 20.00"]));
    let mut replies: Vec<Option<&str>> =
        all[..choices].iter().map(|row| Some(row.gt_option.as_str())).collect();
    replies.push(Some("10.00 - 12.50"));
    let scores = scored(&all, &replies);
    let main = &scores.overall.main;
    assert_eq!((main.measure.as_str(), main.value), (MIXED, 0.625));
    assert_eq!((scores.tasks["retrieval"].main.value, scores.tasks["when"].main.value), (1.0, 0.25));
    assert_eq!(scores.types["ret_edit1"].form, Some(Form::Choice));
    // Of choices alone it is what `circular` is.
    let alone = scored(&all[..choices], &replies[..choices]).overall;
    assert_eq!((alone.main.measure.as_str(), alone.main.value), ("circular", alone.circular));
    assert_eq!((alone.main.interval, alone.main.chance), (alone.interval, alone.chance.circular_letters));
    assert!(scores.verdicts[0].credit.is_empty());
}

#[test]
fn a_type_in_both_forms_is_two_types_and_its_groups_are_scored() {
    let mut all = dataset(12);
    all.retain(|row| row.kind == "ret_edit1");
    for row in &mut all {
        row.group_id.clone_from(&row.sample_id);
    }
    for number in 0..12 {
        let mut row = open("ret_edit1", AnswerKind::Label, number, "red");
        row.task = "retrieval".to_owned();
        row.id = format!("h{number}_open_0");
        row.sample_id = format!("h{number}_open");
        row.group_id = format!("h{number}_ret_edit1");
        all.push(row);
    }
    let scores = oracle(&all);
    assert_eq!(scores.types.keys().collect::<Vec<_>>(), ["ret_edit1", "ret_edit1 (open)"]);
    assert_eq!(main_of(&scores, "ret_edit1").0, "circular");
    assert_eq!(main_of(&scores, "ret_edit1 (open)"), ("exact", 1.0, 0.2));
    let groups = scores.groups.unwrap();
    assert_eq!((groups.overall.groups, groups.overall.right, groups.overall.squared), (12, 1.0, 1.0));
    assert_eq!(groups.types["ret_edit1"], groups.overall);

    // The choices are right, of the open ones the first three: 3 whole groups, the others are half right.
    let replies: Vec<Option<&str>> = all
        .iter()
        .map(|row| match row.form {
            Form::Choice => Some(row.gt_option.as_str()),
            Form::Open => Some(if ["h0_open", "h1_open", "h2_open"].contains(&&*row.sample_id) {
                "red"
            } else {
                "blue"
            }),
        })
        .collect();
    let groups = scored(&all, &replies).groups.unwrap().overall;
    assert_eq!((groups.correct, groups.right, groups.squared), (3, 0.25, 0.4375));
    assert_eq!(groups.interval, wilson(3, 12).map(|end| (end * 1e6).round() / 1e6));
    // Rows without groups have none.
    assert_eq!(oracle(&dataset(2)).groups, None);
}

#[test]
fn the_digest_covers_open_answers_and_is_that_of_letters_elsewhere() {
    let spans = rows("when", AnswerKind::Spans, &["10.00 - 20.00", "30.00 - 40.00"]);
    let mut other = spans.clone();
    other[1].answer = "30.00 - 41.00".to_owned();
    assert_ne!(dataset_digest(&spans), dataset_digest(&other));
    let choices = dataset(1);
    let mut text: Vec<String> =
        choices.iter().map(|row| format!("{}\t{}\n", row.id, row.gt_option)).collect();
    text.sort();
    assert_eq!(dataset_digest(&choices), digest::of_bytes(text.concat().as_bytes()));
}

#[test]
fn a_right_answer_of_another_kind_is_named() {
    let numbers = rows("cnt", AnswerKind::Number, &["4", "many"]);
    let error = score(&numbers, &Answers::default(), &Options::new("m")).unwrap_err().to_string();
    assert!(error.starts_with("1 row of the dataset has no right answer: `cnt-1_0`: "), "{error}");
}

#[test]
fn runs_are_compared_by_their_main_figures() {
    let spans = rows("when", AnswerKind::Spans, &["10.00 - 20.00", "30.00 - 40.00"]);
    let first = scored(&spans, &[Some("10.00 - 20.00"), Some("30.00 - 40.00")]);
    let second = scored(&spans, &[Some("10.00 - 20.00"), Some("30.00 - 38.00")]);
    let pair = compare::compare(&first, &second, ["a".to_owned(), "b".to_owned()], 0).unwrap();
    let own = &pair.types["when"];
    // Both answers count as right, and one overlaps by less.
    assert_eq!((own.both, own.circular, own.main, own.difference), (2, [1.0, 1.0], [1.0, 0.9], -0.1));
    let board = leaderboard::leaderboard(&[first, second], leaderboard::Markup::Csv);
    assert!(board.starts_with("run,main,95% low"), "{board}");
    assert!(board.contains("\nm,1,") && board.contains("\nm (2),0.9,"), "{board}");
}

#[test]
fn scores_of_open_answers_are_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scores.json");
    let spans = rows("when", AnswerKind::Spans, &["10.00 - 20.00"]);
    let scores = scored(&spans, &[Some("12.00 - 20.00")]);
    write(&path, &scores).unwrap();
    assert_eq!(read(&path).unwrap(), scores);
    let older = scores.to_json().replacen("\"format_version\": 6", "\"format_version\": 5", 1);
    std::fs::write(&path, older).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains("run `vniah score` on the answers again"), "{error}");
}

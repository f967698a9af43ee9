//! Attacks on open questions: what is fair passes, what is right too often is found.

use super::tests::{SAMPLES, beaten, report};
use super::*;
use crate::question::span_law::SpanLaw;
use crate::question::{AnswerKind, Form, QuestionKind};
use crate::seed::Seed;

/// Open rows of a minute, each about a haystack of its own.
fn open(kind: &str, answers: AnswerKind, change: impl Fn(u64, &mut Row)) -> Vec<Row> {
    let one = |number: u64| {
        let mut row = Row {
            id: format!("{kind}-{number}_0"),
            sample_id: format!("{kind}-{number}"),
            file_name: format!("videos/{kind}-{number}.mp4"),
            kind: kind.to_owned(),
            form: Form::Open,
            answer_kind: answers,
            question: "What is it?".to_owned(),
            length: 60.0,
            num_frames: 1500,
            fps_num: 25,
            haystack_ids: vec![format!("h{number}")],
            ..Row::unstated()
        };
        change(number, &mut row);
        row.gt.clone_from(&row.answer);
        row.completed()
    };
    (0..SAMPLES).map(one).collect()
}

/// Questions for one of four numbers, of which `often` in ten are 3.
fn numbers(often: u64) -> Vec<Row> {
    open("cnt", AnswerKind::Number, |number, row| {
        let mut stream = Seed::new(9).stream("audit/open", number);
        row.question_kind = QuestionKind::Count;
        row.chance = 0.25;
        row.answer = if number % 10 < often { 3 } else { 1 + stream.below(4) }.to_string();
    })
}

#[test]
fn open_answers_that_are_right_too_often_are_found() {
    let fair = report(&numbers(0));
    assert_eq!((fair.samples, fair.guessed, fair.figures.len()), (SAMPLES, SAMPLES, 1));
    assert_eq!(beaten(&fair), []);
    assert_eq!(fair.failed().count(), 0, "{:?}", fair.checks);
    let figure = &fair.figures[0];
    assert!((figure.chance - 0.25).abs() < 1e-9 && figure.per_try.interval[1] >= 0.25, "{figure:?}");
    assert_eq!(beaten(&report(&numbers(7))), [("answer right before", "answers of other samples")]);
}

#[test]
fn open_questions_of_one_group_and_at_several_settings_are_one_trial() {
    let fair = numbers(0);
    let questions = |rows: &[Row]| report(rows).figures[0].questions;
    assert_eq!(questions(&fair), SAMPLES);
    let twice = |change: &dyn Fn(&mut Row)| {
        let second = fair.iter().cloned().map(|mut row| {
            row.sample_id.push_str("-again");
            row.id = format!("{}_0", row.sample_id);
            row.file_name = format!("again/{}", row.file_name);
            change(&mut row);
            row
        });
        fair.iter().cloned().chain(second).collect::<Vec<Row>>()
    };
    assert_eq!(questions(&twice(&|_| ())), 2 * SAMPLES);
    assert_eq!(questions(&twice(&|row| row.difficulty.opacity_permille = 400)), SAMPLES);
    let mut paired = twice(&|_| ());
    for (at, row) in paired.iter_mut().enumerate() {
        row.group_id = format!("g{}", at as u64 % SAMPLES);
    }
    assert_eq!(questions(&paired), SAMPLES);
}

#[test]
fn the_best_constant_span_reaches_the_printed_chance() {
    let law = SpanLaw::new(100, 500, 1500).unwrap();
    let chance = law.chance().mean_iou;
    let spans = |is_fair: bool| {
        open("when", AnswerKind::Spans, |number, row| {
            let seed = Seed::new(4);
            let span = law
                .draw(&mut seed.stream("audit/durations", number), &mut seed.stream("audit/starts", number));
            row.question_kind = QuestionKind::When;
            row.chance = chance;
            row.difficulty_effective.duration_frames = 100;
            row.difficulty_effective.longest_frames = 500;
            let span = if is_fair { span } else { law.chance().span };
            row.answer = crate::question::seconds_of(span, row.fps());
        })
    };
    let fair = report(&spans(true));
    let figure = &fair.figures[0];
    assert_eq!((figure.attack.as_str(), figure.questions), ("best constant span", SAMPLES));
    let [low, high] = figure.per_try.interval;
    assert!(low <= chance && chance <= high && (figure.per_try.share - chance).abs() < 0.05, "{figure:?}");
    assert_eq!(beaten(&fair), []);
    assert_eq!(beaten(&report(&spans(false))), [("best constant span", "law of the times")]);
}

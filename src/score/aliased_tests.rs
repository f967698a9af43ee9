//! Aliased answers, on a circle whose frames can be counted by hand.

use super::open_tests::open;
use super::*;
use crate::answers::Answer;
use crate::dataset::NeedleRow;
use crate::needle::{Leg, Motion, Mover, Path, PixelBox, ROUND, Shape, Share};
use crate::question::{AnswerKind, Query, QuestionKind};

/// A star that goes round clockwise, twice in a hundred frames, in a video of 301.
fn ring(number: usize) -> Row {
    let legs = vec![Leg { by: [2 * ROUND, 0], parts: 1 }];
    let star = Mover {
        label: "red star".to_owned(),
        pack: "shapes".to_owned(),
        item: "red-star".to_owned(),
        w: 20,
        h: 20,
        area: PixelBox { x: 0, y: 0, w: 100, h: 100 },
        path: Path { shape: Shape::Ring, start: [1000, 0], legs, parts: 1, is_reversed: false },
        share: Share::ALL,
    };
    let needle = NeedleRow {
        label: "red star".to_owned(),
        key: String::new(),
        kind: "overlay-mover".to_owned(),
        start_frame: 100,
        end_frame: 200,
        x: 0,
        y: 0,
        w: 100,
        h: 100,
        is_distractor: false,
        motion: Motion { movers: vec![star], ..Motion::default() },
    };
    Row {
        question_kind: QuestionKind::Spin,
        query: Query::about("red star"),
        vocabulary: vec![vec!["clockwise".to_owned()], vec!["counter-clockwise".to_owned()]],
        num_frames: 301,
        ask_frame: 301,
        width: 100,
        height: 100,
        needles: vec![needle],
        ..open("ring", AnswerKind::Label, number, "clockwise")
    }
}

fn scored_by(sampler: &str, said: &[Option<&str>]) -> Scores {
    let rows: Vec<Row> = (0..said.len()).map(ring).collect();
    let options = Options { sampler: Some(sampler.parse().unwrap()), ..Options::new("model") };
    let answer = |(row, reply): (&Row, Option<&str>)| Answer::new(&row.id, reply.map(str::to_owned));
    score(&rows, &rows.iter().zip(said.iter().copied()).map(answer).collect(), &options).unwrap()
}

#[test]
fn frames_three_quarters_of_a_round_apart_suggest_the_other_way() {
    // Frames 112, 150 and 187 of a round of 50.
    let said = [Some("counter-clockwise"), Some("counter-clockwise"), Some("clockwise"), Some("up"), None];
    let scores = scored_by("linspace(9)", &said);
    let own = &scores.aliasing["ring"];
    assert_eq!((own.suggested, own.wrong, own.aliased, own.share), (5, 2, 2, 1.0));
    assert!((own.chance - 1.0).abs() < 1e-9, "of two answers one is wrong");
    // Every tenth frame shows which way it goes, and nothing else is suggested.
    assert!(scored_by("linspace(31)", &said).aliasing.is_empty());
}

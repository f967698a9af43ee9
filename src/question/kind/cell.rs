//! In which part of the picture is a thing shown?
//!
//! In: a family, labels, a stream; or a scene. Out: a cell of the picture, which is divided into two or three columns and as many rows,
//! and the point in it.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Cell, Scene};
use crate::seed::Stream;

/// The wording of the open form, which asks for a point.
pub(super) const POINT: &str = "point";

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let Material { family, pool, .. } = material;
    let thing = material.take(1, order)[0];
    let cells = family.ask_cells();
    let all = Cell::all(cells);
    let number = family.options_number();
    let options: Vec<Cell> = stream.distinct(number, all.len()).into_iter().map(|at| all[at]).collect();
    let target = stream.below(number as u64) as usize;
    let text = |cell: &Cell| crate::question::words::cell(*cell, family.language());
    Drawn {
        asks: vec![Ask {
            question: family.question_about(material.pack, &pool.candidates()[thing]),
            open_question: family.variant_about(POINT, &pool.candidates()[thing]),
            query: Query { cells, ..Query::about(&material.label(thing)) },
            options: options.iter().map(text).collect(),
            target,
            ..Ask::default()
        }],
        clips: vec![Clip::within(options[target], thing)],
    }
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let centre = scene.of_label(query.things.first()?)?.centre?;
    Some(Answer::Place { cell: centre.cell(query.cells.max(1)), point: centre })
}

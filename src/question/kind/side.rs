//! Is one thing farther left, or higher, than another that is never shown with it?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: a side. Questions come in pairs about like videos, in which
//! the two things have changed places: whoever sees places and not what stands there is right about half of the videos and about
//! no pair.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::query::{Direction, Query};
use crate::question::scene::{Cell, Scene};
use crate::question::words::Side;
use crate::seed::Stream;

/// Columns, and rows, among which places are drawn.
const CELLS: u32 = 3;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let things = material.take(2, order);
    let is_across = stream.below(2) == 0;
    let direction = if is_across { Direction::Horizontal } else { Direction::Vertical };
    let (along, beside) =
        (stream.distinct(2, CELLS as usize), [0; 2].map(|_| stream.below(u64::from(CELLS))));
    let cell = |at: usize| {
        let (along, beside) = (along[at] as u32, beside[at] as u32);
        let (column, row) = if is_across { (along, beside) } else { (beside, along) };
        Cell { column, row, cells: CELLS }
    };
    // Which of the two is shown first, and where, is drawn for both of the pair; in one of them they have changed places.
    let is_swapped = stream.below(2) == material.member;
    let places = if is_swapped { [cell(1), cell(0)] } else { [cell(0), cell(1)] };
    let mut clips = vec![Clip::within(places[0], things[0]), Clip::within(places[1], things[1])];
    if stream.below(2) == 0 {
        clips.reverse();
    }
    let sides = sides(direction);
    let is_less = (along[0] < along[1]) != is_swapped;
    let named = [material.label(things[0]), material.label(things[1])];
    let variant = if is_across { "horizontal" } else { "vertical" };
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, variant, &named, 0),
            query: Query { things: named.to_vec(), direction, ..Query::default() },
            options: sides.map(|side| side.names(family.language())[0].to_owned()).to_vec(),
            target: usize::from(!is_less),
            ..Ask::default()
        }],
        clips,
    }
}

/// The sides of a direction: that of less, that of more.
pub(super) fn sides(direction: Direction) -> [Side; 2] {
    if direction == Direction::Vertical { [Side::Higher, Side::Lower] } else { [Side::Left, Side::Right] }
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let [one, other] = query.things.as_slice() else { return None };
    let (one, other) = (scene.of_label(one)?.centre?, scene.of_label(other)?.centre?);
    let (one, other) =
        if query.direction == Direction::Vertical { (one.y, other.y) } else { (one.x, other.x) };
    (one != other).then(|| Answer::Side(sides(query.direction)[usize::from(one > other)]))
}

//! Is a short video played forward or backward?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: forward or backward. The other video of a pair shows the
//! same frames in the other order: no frame tells which of the two it is from.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Played, Scene};
use crate::question::words::Course;
use crate::seed::Stream;

/// Frames that show in which order the clip's frames come.
const SAMPLES: u64 = 2;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let candidate = material.take(1, order)[0];
    // Which of the pair is played backward is drawn, so that no name of a file tells.
    let is_reversed = stream.below(2) == material.member;
    Drawn {
        asks: vec![Ask {
            options: Course::words(Course::ARROWS, material.family.language()),
            target: usize::from(is_reversed),
            ..Ask::about(material, candidate)
        }],
        clips: vec![Clip { is_reversed, ..Clip::of(vec![candidate]) }],
    }
}

/// Of all pairs of frames that were seen, how many more show the clip's frames in their order than the other way round.
fn forward(played: &[Played]) -> i64 {
    let pairs = played.iter().enumerate().flat_map(|(at, later)| {
        played[..at].iter().map(move |earlier| {
            let (earlier, later) = (earlier.moment, later.moment);
            i64::from(later > earlier) - i64::from(later < earlier)
        })
    });
    pairs.sum()
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let forward = forward(&scene.named_by(query)?.played);
    let way = if forward > 0 { Course::Forward } else { Course::Backward };
    (forward != 0).then_some(Answer::Course(way))
}

/// Two frames of the clip: one has no order.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let thing = scene.named_by(query);
    let piece =
        |span: crate::time::FrameSpan| Evidence { span, samples: SAMPLES.min(span.count()), closer_than: 0 };
    thing.into_iter().map(|thing| piece(thing.span)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::scene::Sighting;
    use crate::time::FrameSpan;

    fn scene(moments: &[u64]) -> Scene {
        let span = FrameSpan::new(10, 60).unwrap();
        let played = (10..).zip(moments).map(|(frame, &moment)| Played { frame, moment }).collect();
        [Sighting { played, ..Sighting::of("rain", span) }].into_iter().collect()
    }

    #[test]
    fn the_order_of_the_clips_frames_is_the_answer() {
        let said = |moments: &[u64]| answer(&Query::about("rain"), &scene(moments));
        let (forward, backward) =
            (Some(Answer::Course(Course::Forward)), Some(Answer::Course(Course::Backward)));
        assert_eq!(said(&[0, 10, 20]), forward);
        assert_eq!(said(&[40, 3]), backward);
        // A frame that was taken for its neighbour changes nothing.
        assert_eq!(said(&[5, 4, 12, 12, 20]), forward);
        assert_eq!((said(&[7]), said(&[7, 7]), said(&[])), (None, None, None), "one frame has no order");
        assert_eq!(answer(&Query::about("snow"), &scene(&[1, 2])), None);
    }

    #[test]
    fn two_frames_are_needed() {
        let needed = evidence(&Query::about("rain"), &scene(&[1, 2]));
        assert_eq!(needed.len(), 1);
        assert!(needed[0].is_seen(&[10, 59]) && !needed[0].is_seen(&[9, 30, 30, 60]));
    }
}

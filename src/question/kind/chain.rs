//! What lies so many links further along a chain?
//!
//! In: a family, labels, a stream; or a scene. Out: the label. Needles are links, each from one label to the next, in random order
//! of time. Chains are as long as each other, and every option lies as far along its own; where the links close to a ring, none has
//! an end. One video is asked about at several distances from one start.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Scene, Sighting};
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let links = family.each().1;
    let ring = family.is_cyclic();
    let words = material.take(family.labels_needed(), order);
    // Labels along each chain; one chain where they close to a ring.
    let paths: Vec<Vec<usize>> =
        if ring { vec![words] } else { words.chunks(links + 1).map(<[usize]>::to_vec).collect() };
    let mut clips: Vec<Clip> = paths.iter().flat_map(|path| links_of(path, ring)).collect();
    stream.shuffle(&mut clips);
    let start = stream.below(paths.len() as u64) as usize;
    let ask = |&steps: &i64| {
        let at = steps as usize;
        let mut options = if ring {
            along(&paths[0], at, family.ask_steps(), family.options_number(), stream)
        } else {
            across(&paths, start, at, family.options_number(), stream)
        };
        let right = if ring { paths[0][at] } else { paths[start][at] };
        stream.shuffle(&mut options);
        let named = [material.label(paths[start][0])];
        Ask {
            name: format!("hop{steps}"),
            question: family.question_naming(material.pack, if at == 1 { "one" } else { "" }, &named, steps),
            query: Query { steps, ..Query::about(&named[0]) },
            target: options.iter().position(|&word| word == right).unwrap_or_default(),
            options: options.into_iter().map(|word| material.label(word)).collect(),
            ..Ask::default()
        }
    };
    Drawn { asks: family.ask_steps().iter().map(ask).collect(), clips }
}

/// The links of a path, or of the ring that it makes.
fn links_of(path: &[usize], ring: bool) -> Vec<Clip> {
    let closing = ring.then(|| (path[path.len() - 1], path[0]));
    let links = path.windows(2).map(|pair| (pair[0], pair[1])).chain(closing);
    links.map(|(from, to)| Clip::keyed(from, to)).collect()
}

/// What lies so far along `number` of the paths, that of `start` among them.
fn across(paths: &[Vec<usize>], start: usize, at: usize, number: usize, stream: &mut Stream) -> Vec<usize> {
    let others: Vec<usize> = (0..paths.len()).filter(|&path| path != start).collect();
    let chosen = stream.distinct(number - 1, others.len());
    std::iter::once(start)
        .chain(chosen.into_iter().map(|other| others[other]))
        .map(|path| paths[path][at])
        .collect()
}

/// `number` labels of a ring, all but its start: that so far along, and first of the others those that are asked for at other distances.
fn along(ring: &[usize], at: usize, asked: &[i64], number: usize, stream: &mut Stream) -> Vec<usize> {
    let (mut first, mut rest): (Vec<usize>, Vec<usize>) =
        (1..ring.len()).filter(|&other| other != at).partition(|&other| asked.contains(&(other as i64)));
    stream.shuffle(&mut first);
    stream.shuffle(&mut rest);
    std::iter::once(at).chain(first).chain(rest).take(number).map(|at| ring[at]).collect()
}

/// The links from the start that a query names, as far as they are shown.
fn path<'a>(query: &Query, scene: &'a Scene) -> Vec<&'a Sighting> {
    let mut path: Vec<&Sighting> = Vec::new();
    let mut at = query.things.first().cloned().unwrap_or_default();
    for _ in 0..query.steps {
        let Some(link) = scene.sightings().iter().find(|sighting| sighting.key == at) else { break };
        at.clone_from(&link.label);
        path.push(link);
    }
    path
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let path = path(query, scene);
    let is_whole = path.len() as i64 == query.steps;
    path.last().filter(|_| is_whole).map(|link| Answer::Label(link.label.clone()))
}

/// The links on the way.
pub(super) fn needed(query: &Query, scene: &Scene) -> Vec<Sighting> {
    path(query, scene).into_iter().cloned().collect()
}

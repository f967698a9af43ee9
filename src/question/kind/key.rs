//! Which value, or which values, belong to a key?
//!
//! In: a family, labels and keys, a stream; or a scene. Out: the value of one key, all its values, or the value of each of several
//! keys. All keys and values are shown, and options name values that are shown alone: what is asked is which belong together.

use std::collections::BTreeSet;

use super::design;
use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::Scene;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let number = family.options_number();
    let keys = material.take_keys(family.count().1, stream);
    let each = between(family.each(), stream);
    let asked = between(family.ask_things(), stream);
    let words = material.take(keys.len() * each, order);
    let target = stream.below(number as u64) as usize;
    let label = |word: &usize| material.label(words[*word]);
    let (options, values) = if asked > 1 {
        let options = design::grid(number, asked).unwrap_or_else(|| design::sequences(number, asked));
        let texts = options.iter().map(|option| option.iter().map(label).collect::<Vec<_>>());
        let values: Vec<Vec<usize>> = options[target].iter().map(|&word| vec![word]).collect();
        (texts.map(|labels| labels.join(", ")).collect(), values)
    } else if each > 1 {
        let options = design::sets(number, each).expect("a family that was checked has a design");
        let texts = options.iter().map(|option| option.iter().map(label).collect::<BTreeSet<_>>());
        let values = vec![options[target].iter().copied().collect()];
        (texts.map(|labels| labels.into_iter().collect::<Vec<_>>().join(", ")).collect(), values)
    } else {
        ((0..number).map(|word| label(&word)).collect(), vec![vec![target]])
    };
    let things: Vec<String> = keys[..asked].iter().map(|&key| material.key(key)).collect();
    // Before hints, so that a question keeps its needles whether a hint names its keys or not.
    let clips = clips(&keys, values, &words, each, stream);
    let named: Vec<String> = keys[..asked].iter().map(|&key| material.asked_key(key, stream)).collect();
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, "", &named, each as i64),
            query: Query { things, ..Query::default() },
            options,
            target,
            ..Ask::default()
        }],
        clips,
    }
}

/// Every key with its values, in random order: those that are asked for have the values of the target, and the others share what is left.
fn clips(
    keys: &[usize],
    mut values: Vec<Vec<usize>>,
    words: &[usize],
    each: usize,
    stream: &mut Stream,
) -> Vec<Clip> {
    let taken: BTreeSet<usize> = values.iter().flatten().copied().collect();
    let mut left: Vec<usize> = (0..words.len()).filter(|word| !taken.contains(word)).collect();
    stream.shuffle(&mut left);
    values.extend(left.chunks(each).map(<[usize]>::to_vec));
    let of_key = |(&key, values): (&usize, Vec<usize>)| {
        values.into_iter().map(move |word| (key, word)).collect::<Vec<_>>()
    };
    let pairs = keys.iter().zip(values).flat_map(of_key);
    let mut clips: Vec<Clip> = pairs.map(|(key, word)| Clip::keyed(key, words[word])).collect();
    stream.shuffle(&mut clips);
    clips
}

fn between((least, most): (usize, usize), stream: &mut Stream) -> usize {
    stream.between(least as u64, most as u64) as usize
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let values =
        |key: &String| scene.with_key(key).map(|sighting| sighting.label.clone()).collect::<BTreeSet<_>>();
    if let [key] = query.things.as_slice() {
        let mut values = values(key);
        return match values.len() {
            0 => None,
            1 => values.pop_first().map(Answer::Label),
            _ => Some(Answer::Set(values)),
        };
    }
    let firsts: Option<Vec<String>> = query.things.iter().map(|key| values(key).pop_first()).collect();
    firsts.filter(|labels| !labels.is_empty()).map(Answer::List)
}

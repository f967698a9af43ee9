//! What distractors show, and which of it is most like what is asked for.
//!
//! In: a type's pack and labels, and how like its distractors are to be. Out: labels and their ranks. Both depend on packs
//! alone, so all settings of a type share them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::difficulty::Similarity;
use super::sounds;
use crate::needle::{Item, Library, LookKind, Pack};
use crate::question::{Candidate, Distractors, Family, Pool};
use crate::wording;

/// What distractors show.
#[derive(Clone, Debug)]
pub struct Others {
    /// Their pack.
    pub pack: String,
    /// Which of it, and how like each is to what is asked for.
    pub distractors: Distractors,
}

impl Others {
    /// How many distinct labels of their pack a video needs: where it is that of what is asked for, for that, too.
    pub fn needed(&self, family: &Family) -> usize {
        needed(family, self.distractors.own)
    }
}

fn needed(family: &Family, own: bool) -> usize {
    family.distractors() + if own { family.labels_shown() } else { 0 }
}

/// What is not to be shown, since haystacks show it by themselves.
#[derive(Clone, Debug, Default)]
pub struct LeftOut {
    /// Of the labels that can be asked for, ascending.
    pub asked: Vec<usize>,
    /// Of what distractors show, ascending.
    pub others: Vec<usize>,
}

/// Where the distractors of one type come from: what one setting has needed, the next takes.
pub(super) struct Source<'a> {
    library: &'a Library,
    /// The pack of what is asked for.
    pack: &'a str,
    /// The labels that are asked for.
    pool: Arc<Pool>,
    /// The labels of another pack, once they are needed.
    other: Option<Arc<Pool>>,
    ranks: Vec<(Similarity, Arc<Vec<Vec<usize>>>)>,
}

/// All that a thing could be called, in small letters.
fn called(candidate: &Candidate) -> impl Iterator<Item = String> + '_ {
    let names = candidate.names.iter().chain(&candidate.aliases);
    std::iter::once(&candidate.label).chain(names).map(|name| name.to_lowercase())
}

impl<'a> Source<'a> {
    /// For a type that asks for `pool`, which is of `pack`.
    pub(super) fn new(library: &'a Library, pack: &'a str, pool: Arc<Pool>) -> Self {
        Self { library, pack, pool, other: None, ranks: Vec::new() }
    }

    /// What the distractors of a setting of the type show: things of its own pack where the question names what it asks for
    /// or the words of subtitles tell them apart, and of another pack elsewhere.
    pub(super) fn others(
        &mut self,
        family: &Family,
        similarity: Similarity,
    ) -> Result<Option<Others>, String> {
        if family.distractors() == 0 {
            return Ok(None);
        }
        let own = family.distractor_pack().is_none();
        let name = family.distractor_pack().unwrap_or(self.pack);
        if !own && name == self.pack {
            return Err(format!("distractors come from `{name}`, as what is asked for does"));
        }
        let pool = if own { Arc::clone(&self.pool) } else { self.other(family, name)? };
        let needed = needed(family, own);
        if pool.distinct() < needed {
            return Err(format!(
                "pack `{name}` has {} distinct labels, and {} distractors need {needed}",
                pool.distinct(),
                family.distractors()
            ));
        }
        let ranks = match similarity {
            Similarity::Any => None,
            Similarity::Near | Similarity::Far => Some(self.ranks(family, (name, &pool), similarity)?),
        };
        Ok(Some(Others { pack: name.to_owned(), distractors: Distractors { pool, own, ranks } }))
    }

    /// The labels of another pack.
    fn other(&mut self, family: &Family, name: &str) -> Result<Arc<Pool>, String> {
        if let Some(known) = &self.other {
            return Ok(Arc::clone(known));
        }
        let found =
            self.library.pack(name).ok_or_else(|| format!("no needle pack `{name}` for distractors"))?;
        let is_heard = family.look() == LookKind::Sound;
        let usable = |item: &&Item| if is_heard { sounds::fits(family, item) } else { item.asset.is_some() };
        let drawn = found.items.iter().filter(usable);
        // What goes by a name of something that can be asked for would be a right answer, or would be counted.
        let asked: BTreeSet<String> = self.pool.candidates().iter().flat_map(called).collect();
        let drawn = drawn.map(|item| candidate(found, item));
        let drawn = drawn.filter(|candidate| called(candidate).all(|name| !asked.contains(&name)));
        let pool = Arc::new(Pool::new(drawn.collect()));
        Ok(Arc::clone(self.other.insert(pool)))
    }

    /// For each thing that can be asked for: the others, most like it first, or last.
    fn ranks(
        &mut self,
        family: &Family,
        (name, others): (&str, &Pool),
        similarity: Similarity,
    ) -> Result<Arc<Vec<Vec<usize>>>, String> {
        if let Some((_, known)) = self.ranks.iter().find(|(of, _)| *of == similarity) {
            return Ok(Arc::clone(known));
        }
        let distance = |one: &Candidate, other: &Candidate| {
            if family.look() == LookKind::Text {
                return Ok(
                    strsim::damerau_levenshtein(&one.label.to_lowercase(), &other.label.to_lowercase())
                        as u32,
                );
            }
            let distance = self.library.distance((self.pack, &one.item), (name, &other.item));
            distance.map_err(|error| wording::chain(&error))
        };
        let rank = |one: &Candidate| {
            let all: Result<Vec<(u32, usize)>, String> =
                (0..).zip(others.candidates()).map(|(at, other)| Ok((distance(one, other)?, at))).collect();
            let mut all = all?;
            all.sort_unstable();
            if similarity == Similarity::Far {
                all.reverse();
            }
            Ok(all.into_iter().map(|(_, at)| at).collect())
        };
        let ranks = Arc::new(self.pool.candidates().iter().map(rank).collect::<Result<_, String>>()?);
        self.ranks.push((similarity, Arc::clone(&ranks)));
        Ok(ranks)
    }
}

/// Everything that a reader could call `item`: its own names, and those of what it could be taken for.
fn names(pack: &Pack, item: &Item) -> Vec<String> {
    let all = pack.items.iter().filter(|other| item.is_alike(other));
    all.flat_map(|item| std::iter::once(&item.label).chain(&item.plural).chain(&item.aliases).cloned())
        .collect()
}

/// An item as a question may ask for it.
pub(super) fn candidate(pack: &Pack, item: &Item) -> Candidate {
    Candidate {
        item: item.id.clone(),
        label: item.label.clone(),
        plural: item.plural.clone().unwrap_or_default(),
        alike: item.alike.iter().cloned().collect(),
        names: names(pack, item),
        aliases: item.aliases.clone(),
        hints: item.hints.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::question::{Variation, embedded};

    #[test]
    fn nothing_that_can_be_asked_for_distracts() {
        let library = Library::embedded();
        let family = &embedded(Language::En)["ret_insert1"];
        let family = family.with(Variation { distractors: Some(3), ..Variation::default() }).unwrap();
        let pack = library.pack(family.distractor_pack().unwrap()).unwrap();
        let all: Vec<Candidate> = pack.items.iter().map(|item| candidate(pack, item)).collect();
        let shown = |asked: &[Candidate]| {
            let mut source = Source::new(&library, "mine", Arc::new(Pool::new(asked.to_vec())));
            let others = source.others(&family, Similarity::Any).unwrap().unwrap();
            let labels = others.distractors.pool.candidates().iter().map(|candidate| candidate.label.clone());
            labels.collect::<Vec<String>>()
        };
        // Photographs of a pack of one's own have the same names, perhaps with capitals.
        let mut asked = all[..2].to_vec();
        asked[1].label = asked[1].label.to_uppercase();
        let left = shown(&asked);
        assert!(
            left.len() >= 10 && !left.contains(&all[0].label) && !left.contains(&all[1].label),
            "{left:?}"
        );
        let nothing = Candidate {
            label: "none of them".to_owned(),
            names: Vec::new(),
            aliases: Vec::new(),
            ..all[0].clone()
        };
        assert_eq!(shown(&[nothing]).len(), all.len());
    }

    #[test]
    fn settings_of_a_type_share_what_depends_on_packs_alone() {
        let library = Library::embedded();
        let families = embedded(Language::En);
        let distracting = |number| Variation { distractors: Some(number), ..Variation::default() };
        for kind in ["ret_edit1", "cnt_insert1"] {
            let family = families[kind].with(distracting(2)).unwrap();
            let pack = library.pack(family.pack()).unwrap();
            let pool = Arc::new(Pool::new(pack.items.iter().map(|item| candidate(pack, item)).collect()));
            let mut source = Source::new(&library, &pack.id, pool);
            let mut of = |number, similarity| {
                let family = families[kind].with(distracting(number)).unwrap();
                source.others(&family, similarity).unwrap().unwrap().distractors
            };
            let near = of(2, Similarity::Near);
            let again = of(3, Similarity::Near);
            assert!(Arc::ptr_eq(&near.pool, &again.pool), "{kind}");
            assert!(Arc::ptr_eq(near.ranks.as_ref().unwrap(), again.ranks.as_ref().unwrap()), "{kind}");
            let far = of(2, Similarity::Far);
            assert!(Arc::ptr_eq(&near.pool, &far.pool), "{kind}");
            // The same order from its other end.
            let turned: Vec<Vec<usize>> =
                far.ranks.unwrap().iter().map(|order| order.iter().rev().copied().collect()).collect();
            assert_eq!(*near.ranks.unwrap(), turned, "{kind}");
            assert!(of(2, Similarity::Any).ranks.is_none());
        }
    }
}

//! The types that a spec asks for, each with its family, its pack and its times.
//!
//! In: `[[tasks]]`, or nothing, which stands for VNBench's nine. Out: tasks whose pack has what their family needs.

use super::quantity::{self, Length};
use super::reader::{Problems, Section};
use super::{MOST_SAMPLES, Needles};
use crate::needle::{Item, Pack};
use crate::question::{Candidate, Families, Family, LookKind, Pool, VNBENCH};

/// One type that is asked for.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its question family.
    pub family: Family,
    /// The pack that its needles come from.
    pub pack: String,
    /// The labels of that pack that the family can use.
    pub pool: Pool,
    /// Samples of the type, or of each of its cells where the grid has lengths; the spec may leave it open.
    pub samples: Option<u64>,
    /// How long a needle is visible.
    pub duration: Length,
    /// The least distance between two needles.
    pub gap: Length,
}

/// How long a needle is visible where nothing says otherwise: VNBench's second.
const DEFAULT_MILLIS: u64 = 1000;

/// Reads `[[tasks]]`.
pub(super) fn read(
    asked: Option<Vec<Section<'_>>>,
    families: &Families,
    needles: &Needles,
    problems: &mut Problems,
) -> Vec<Task> {
    let Some(sections) = asked else {
        let all = VNBENCH.iter().filter_map(|kind| families.get(*kind));
        return all.filter_map(|family| task(family, None, "tasks", needles, problems)).collect();
    };
    let mut tasks: Vec<Task> = Vec::new();
    for mut section in sections {
        let samples = section.whole("samples", 1..=MOST_SAMPLES, problems);
        let duration = section.read("duration", problems, quantity::length);
        let gap = section.read("gap", problems, quantity::length);
        let pack = section.text("pack", problems);
        let kind = section.text("type", problems);
        if section.value("type").is_none() {
            problems.note(&section.key("type"), "missing");
        }
        if let Some(kind) = kind {
            let key = section.key("type");
            match families.get(kind) {
                None => {
                    problems.note(&key, format!("no type `{kind}`"));
                    problems.nearest("type", kind, families.keys().map(String::as_str));
                }
                Some(_) if tasks.iter().any(|task| task.family.kind() == kind) => {
                    problems.note(&key, format!("type `{kind}` is there already"));
                }
                Some(family) => {
                    if let Some(task) = task(family, pack, section.path(), needles, problems) {
                        tasks.push(Task {
                            samples,
                            duration: duration.unwrap_or(task.duration),
                            gap: gap.unwrap_or(task.gap),
                            ..task
                        });
                    }
                }
            }
        }
        section.finish(problems);
    }
    tasks
}

/// The task of `family` with the spec's defaults, if its pack will do.
fn task(
    family: &Family,
    pack: Option<&str>,
    key: &str,
    needles: &Needles,
    problems: &mut Problems,
) -> Option<Task> {
    let library = needles.library.as_ref()?;
    let name = pack.unwrap_or(family.pack());
    let key = if pack.is_some() { format!("{key}.pack") } else { key.to_owned() };
    let kind = family.kind();
    let Some(found) = library.pack(name) else {
        problems.note(&key, format!("no needle pack `{name}`, which `{kind}` takes its needles from"));
        problems.nearest("pack", name, library.packs().map(|pack| pack.id.as_str()));
        return None;
    };
    let pool = match pool(family, found) {
        Ok(pool) => pool,
        Err(problem) => {
            problems.note(&key, problem);
            return None;
        }
    };
    let second = || Length::from_millis(DEFAULT_MILLIS);
    Some(Task {
        family: family.clone(),
        pack: name.to_owned(),
        pool,
        samples: None,
        duration: needles.duration.clone().unwrap_or_else(second),
        gap: needles
            .gap
            .clone()
            .or_else(|| family.gap_millis().map(Length::from_millis))
            .unwrap_or_else(second),
    })
}

/// Everything that a reader could call `item`: its own names, and those of what it could be taken for.
fn names(pack: &Pack, item: &Item) -> Vec<String> {
    let all = pack.items.iter().filter(|other| item.is_alike(other));
    all.flat_map(|item| std::iter::once(&item.label).chain(&item.plural).chain(&item.aliases).cloned())
        .collect()
}

/// The items of `pack` that `family` can use, or why there are too few.
fn pool(family: &Family, pack: &Pack) -> Result<Pool, String> {
    let (kind, name) = (family.kind(), &pack.id);
    if pack.items.is_empty() {
        let code = family.language().code();
        return Err(format!(
            "no item of pack `{name}` has a name in `{code}`; give items `names.{code} = {{ label = \"...\" }}` in its pack.toml"
        ));
    }
    let drawn = family.look() != LookKind::Text;
    let plural = family.question(name).contains("{plural}");
    if drawn && pack.items.iter().all(|item| item.asset.is_none()) {
        return Err(format!("pack `{name}` has no pictures, which `{kind}` shows"));
    }
    let usable = |item: &&Item| (!drawn || item.asset.is_some()) && (!plural || item.plural.is_some());
    let candidates = pack.items.iter().filter(usable).map(|item| Candidate {
        item: item.id.clone(),
        label: item.label.clone(),
        plural: item.plural.clone().unwrap_or_default(),
        alike: item.alike.iter().cloned().collect(),
        names: names(pack, item),
    });
    let pool = Pool::new(candidates.collect());
    let needed = family.labels_needed();
    if pool.distinct() < needed {
        let what = if plural { "distinct labels with a plural" } else { "distinct labels" };
        return Err(format!("pack `{name}` has {} {what}, `{kind}` needs {needed}", pool.distinct()));
    }
    Ok(pool)
}

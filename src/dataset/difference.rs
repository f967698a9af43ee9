//! What differs between two datasets: settings, what they were made from, rows, videos and other files, field by field.
//!
//! In: the directories of two datasets. Out: every difference. What files hold is what the manifests say, or where that is asked
//! for, what lies on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::{
    CONTROLS, Error, MANIFEST, Manifest, NeedleDigest, OutputDigest, Row, VIDEOS, read_manifest, read_rows,
};
use crate::checksum;
use crate::question::Control;

/// Field of the spec's comments and layout, where nothing else of it differs: the digest of its text.
const SPEC_TEXT: &str = "spec_text_sha256";

/// A field that two values do not share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldDifference {
    /// Where it stands, such as `needles[0].x`.
    pub field: String,
    /// What the first has there; null where it has nothing.
    pub first: Value,
    /// What the second has there; null where it has nothing.
    pub second: Value,
}

/// Two things of one name that are not alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Different {
    /// Their name, such as the id of a row.
    pub name: String,
    /// What differs.
    pub fields: Vec<FieldDifference>,
}

/// Things of one kind, compared by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// How many are alike.
    pub equal: u64,
    /// Those that differ.
    pub different: Vec<Different>,
    /// Names that only the first has.
    pub only_first: Vec<String>,
    /// Names that only the second has.
    pub only_second: Vec<String>,
    /// Whether those that both have stand in another order.
    pub is_reordered: bool,
}

impl Group {
    /// Number of things that are not alike in both.
    pub fn count(&self) -> usize {
        self.different.len() + self.only_first.len() + self.only_second.len()
    }

    /// Whether nothing differs.
    pub fn is_equal(&self) -> bool {
        self.count() == 0 && !self.is_reordered
    }
}

/// What differs between two datasets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Whether nothing differs.
    pub is_equal: bool,
    /// Versions, seed, encoder, warnings and the spec, by key.
    pub settings: Vec<FieldDifference>,
    /// Haystacks, by id.
    pub haystacks: Group,
    /// Packs and the font.
    pub needles: Group,
    /// Question families, by type.
    pub templates: Group,
    /// Samples of which a row differs, or that only one of the two has.
    pub samples: Vec<String>,
    /// Rows, by id.
    pub rows: Group,
    /// Videos, by file name, however they are kept.
    pub videos: Group,
    /// All other files that a manifest lists.
    pub files: Group,
    /// Controls that both have, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub controls: BTreeMap<&'static str, Comparison>,
    /// Controls that one of the two has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lone_controls: Vec<LoneControl>,
}

/// A control that only one of two datasets has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoneControl {
    /// Its name.
    pub name: &'static str,
    /// Whether the first has it.
    pub is_first: bool,
}

/// Compares the datasets in two directories, and the controls beside them. Files are read only `by_bytes`; else their digests are those
/// that the manifests state.
///
/// # Errors
/// A dataset cannot be read, or the machine cannot read one of its files.
pub fn compare(first: &Path, second: &Path, by_bytes: bool) -> Result<Comparison, Error> {
    let mut comparison = compare_alone(first, second, by_bytes)?;
    for name in Control::ALL.map(Control::name) {
        let [one, two] = [first, second].map(|dir| dir.join(CONTROLS).join(name));
        match (one.join(MANIFEST).exists(), two.join(MANIFEST).exists()) {
            (true, true) => drop(comparison.controls.insert(name, compare_alone(&one, &two, by_bytes)?)),
            (false, false) => {}
            (is_first, _) => comparison.lone_controls.push(LoneControl { name, is_first }),
        }
    }
    comparison.is_equal &=
        comparison.lone_controls.is_empty() && comparison.controls.values().all(|control| control.is_equal);
    Ok(comparison)
}

fn compare_alone(first: &Path, second: &Path, by_bytes: bool) -> Result<Comparison, Error> {
    let (one, two) = (Side::read(first, by_bytes)?, Side::read(second, by_bytes)?);
    let mut settings = fields(&one.settings, &two.settings);
    // Where keys differ, so do the texts.
    if settings.iter().any(|difference| difference.field.starts_with("spec.")) {
        settings.retain(|difference| difference.field != SPEC_TEXT);
    }
    let rows = one.rows.compare(&two.rows);
    let sample = |id: &String| {
        let row = one.rows.by_name.get(id).or_else(|| two.rows.by_name.get(id));
        row.map(|row| row.sample_id.clone())
    };
    let ids = rows.different.iter().map(|row| &row.name).chain(&rows.only_first).chain(&rows.only_second);
    let samples: BTreeSet<String> = ids.filter_map(sample).collect();
    let mut comparison = Comparison {
        is_equal: false,
        settings,
        haystacks: one.haystacks.compare(&two.haystacks),
        needles: one.needles.compare(&two.needles),
        templates: one.templates.compare(&two.templates),
        samples: samples.into_iter().collect(),
        videos: one.videos.compare(&two.videos),
        files: one.files.compare(&two.files),
        rows,
        controls: BTreeMap::new(),
        lone_controls: Vec::new(),
    };
    comparison.is_equal =
        comparison.settings.is_empty() && comparison.groups().iter().all(|(_, group)| group.is_equal());
    Ok(comparison)
}

impl Comparison {
    /// What is compared by name, with the word for it.
    pub fn groups(&self) -> [(&'static str, &Group); 6] {
        [
            ("haystacks", &self.haystacks),
            ("needles", &self.needles),
            ("templates", &self.templates),
            ("rows", &self.rows),
            ("videos", &self.videos),
            ("files", &self.files),
        ]
    }
}

/// Fields that differ between two values of JSON. Lists of one length are compared item by item, others as a whole.
pub fn fields(first: &Value, second: &Value) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    differ(String::new(), first, second, &mut found);
    found
}

fn differ(field: String, first: &Value, second: &Value, found: &mut Vec<FieldDifference>) {
    match (first, second) {
        _ if first == second => {}
        (Value::Object(one), Value::Object(two)) => {
            for key in one.keys().chain(two.keys()).collect::<BTreeSet<_>>() {
                let of =
                    |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or_default();
                let name = if field.is_empty() { key.clone() } else { format!("{field}.{key}") };
                differ(name, &of(one), &of(two), found);
            }
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            for (at, (first, second)) in one.iter().zip(two).enumerate() {
                differ(format!("{field}[{at}]"), first, second, found);
            }
        }
        _ => found.push(FieldDifference { field, first: first.clone(), second: second.clone() }),
    }
}

/// Things of one kind by name, and their names in order.
struct Named<T> {
    by_name: BTreeMap<String, T>,
    order: Vec<String>,
}

impl<T: Serialize + PartialEq> Named<T> {
    fn of(things: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut named = Self { by_name: BTreeMap::new(), order: Vec::new() };
        for (name, thing) in things {
            if !named.by_name.contains_key(&name) {
                named.order.push(name.clone());
            }
            named.by_name.insert(name, thing);
        }
        named
    }

    fn compare(&self, other: &Self) -> Group {
        let mut group = Group::default();
        for name in &self.order {
            let Some(theirs) = other.by_name.get(name) else {
                group.only_first.push(name.clone());
                continue;
            };
            let ours = &self.by_name[name];
            if ours == theirs {
                group.equal += 1;
            } else {
                group
                    .different
                    .push(Different { name: name.clone(), fields: fields(&json(ours), &json(theirs)) });
            }
        }
        let is_ours = |name: &&String| self.by_name.contains_key(*name);
        group.only_second = other.order.iter().filter(|name| !is_ours(name)).cloned().collect();
        let shared = self.order.iter().filter(|name| other.by_name.contains_key(*name));
        group.is_reordered = !shared.eq(other.order.iter().filter(is_ours));
        group
    }
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("values of this crate serialise")
}

/// One of the two datasets.
struct Side {
    settings: Value,
    haystacks: Named<Value>,
    needles: Named<Value>,
    templates: Named<Value>,
    rows: Named<Row>,
    videos: Named<Value>,
    files: Named<Value>,
}

impl Side {
    fn read(dir: &Path, by_bytes: bool) -> Result<Self, Error> {
        let rows = read_rows(dir)?;
        // Rows from elsewhere have no manifest.
        let manifest = if dir.join(MANIFEST).exists() { Some(read_manifest(dir)?) } else { None };
        let mut outputs = manifest.as_ref().map(|manifest| manifest.outputs.clone()).unwrap_or_default();
        if by_bytes {
            outputs.par_iter_mut().try_for_each(|output| on_disk(dir, output))?;
        }
        let manifest = manifest.as_ref();
        let listed = |list: fn(&Manifest) -> &Vec<NeedleDigest>| {
            let digests = manifest.map(list).into_iter().flatten();
            Named::of(digests.map(|digest| (digest.name.clone(), json(digest))))
        };
        let haystacks = manifest.map(|manifest| &manifest.haystacks).into_iter().flatten();
        // Recipes are files like any other: another packing of the same video.
        let is_video =
            |output: &&OutputDigest| output.name.starts_with(VIDEOS) && !super::is_subtitles(&output.name);
        let kept: BTreeMap<&str, &OutputDigest> =
            outputs.iter().filter(is_video).map(|output| (output.name.as_str(), output)).collect();
        let videos = rows.iter().filter(|row| !row.file_name.is_empty());
        let video = |row: &Row| {
            let sha256 = match kept.get(row.file_name.as_str()) {
                Some(output) if by_bytes => &output.sha256,
                _ => &row.sha256,
            };
            (row.file_name.clone(), serde_json::json!({ "sha256": sha256 }))
        };
        let others = outputs.iter().filter(|output| !is_video(output));
        Ok(Self {
            settings: manifest.map_or(Value::Null, settings),
            haystacks: Named::of(haystacks.map(|haystack| (haystack.id.clone(), json(haystack)))),
            needles: listed(|manifest| &manifest.needles),
            templates: listed(|manifest| &manifest.templates),
            videos: Named::of(videos.map(video)),
            files: Named::of(others.map(|output| (output.name.clone(), json(output)))),
            rows: Named::of(rows.into_iter().map(|row| (row.id.clone(), row))),
        })
    }
}

/// Puts what lies on disk in place of what the manifest says.
fn on_disk(dir: &Path, output: &mut OutputDigest) -> Result<(), Error> {
    let path = dir.join(&output.name);
    match checksum::of_file(&path) {
        Ok(sha256) => {
            output.bytes = path.metadata().map_or(0, |found| found.len());
            output.sha256 = sha256;
            Ok(())
        }
        Err(error) if error.is_of_machine() => Err(error.into()),
        Err(_absent) => {
            (output.bytes, output.sha256) = (0, "not there".to_owned());
            Ok(())
        }
    }
}

/// What is said in a manifest beside what is compared by name. The spec is compared by its keys; comments and layout are a
/// difference of their own.
fn settings(manifest: &Manifest) -> Value {
    let mut settings = json(manifest);
    let object = settings.as_object_mut().expect("a manifest is an object");
    for key in ["haystacks", "needles", "templates", "outputs"] {
        object.remove(key);
    }
    if let Ok(spec) = toml::from_str::<toml::Value>(&manifest.spec) {
        object.insert(SPEC_TEXT.to_owned(), crate::digest::of_bytes(manifest.spec.as_bytes()).into());
        object.insert("spec".to_owned(), json(&spec));
    }
    settings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_named_by_their_path() {
        let first = json!({ "a": 1, "b": { "c": [1, 2], "d": [1] }, "e": null, "same": [{}] });
        let second = json!({ "a": 1, "b": { "c": [1, 3], "d": [1, 2] }, "f": "x", "same": [{}] });
        let found = fields(&first, &second);
        let told: Vec<(&str, &Value, &Value)> =
            found.iter().map(|one| (one.field.as_str(), &one.first, &one.second)).collect();
        assert_eq!(
            told,
            [
                ("b.c[1]", &json!(2), &json!(3)),
                ("b.d", &json!([1]), &json!([1, 2])),
                ("f", &Value::Null, &json!("x"))
            ]
        );
    }

    #[test]
    fn things_are_compared_by_name_and_order() {
        let of = |names: &[(&str, u32)]| Named::of(names.iter().map(|&(name, at)| (name.to_owned(), at)));
        let group = of(&[("a", 1), ("b", 2), ("c", 3)]).compare(&of(&[("c", 3), ("b", 5), ("d", 4)]));
        assert_eq!((group.equal, group.count(), group.is_reordered), (1, 3, true));
        assert_eq!((&*group.only_first, &*group.only_second), (&["a".to_owned()][..], &["d".to_owned()][..]));
        assert_eq!(group.different[0].name, "b");
        let same = of(&[("a", 1), ("b", 2)]);
        assert!(same.compare(&of(&[("a", 1), ("b", 2)])).is_equal());
        assert!(!same.compare(&of(&[("b", 2), ("a", 1)])).is_equal());
    }
}

//! Accuracy by what makes needles hard to find: one axis a key of difficulty that the dataset varies.
//!
//! In: joined samples. Out: slices by value, of all types that vary the key and of each. Where the grid varies one key at a
//! time, an axis holds the samples that vary it and those of the type's own setting, so that its points differ by that key
//! alone.

use std::collections::{BTreeMap, BTreeSet};

use super::details::{Axis, Slice};
use super::sample::Sample;
use super::slicer::Slicer;
use crate::dataset::DifficultyRecord;
use crate::needle::Effective;
use crate::seed::Seed;
use crate::spec;
use crate::time::FrameRate;

/// Where a value stands among those of its key: numbers by size, before names in the order of the dataset.
type Place = (i64, i64, usize);

/// The settings of one type: each with its values.
type Settings<'a> = BTreeMap<&'a DifficultyRecord, Vec<(&'static str, String)>>;

/// The axes under one letter rule, by key.
pub(super) fn axes(samples: &[Sample], rule: usize, seed: Seed) -> BTreeMap<String, Axis> {
    let mut axes = varied_axes(samples, rule, seed);
    if let Some(ages) = ages(samples, rule, seed) {
        axes.entry(AGE.to_owned()).or_insert(ages);
    }
    axes
}

/// The key of the age of evidence.
const AGE: &str = "age";

/// The age of evidence that is drawn, by octaves; nothing where all is asked at the end of videos.
fn ages(samples: &[Sample], rule: usize, seed: Seed) -> Option<Axis> {
    let mut slicer: Slicer<(&str, usize, &str)> = Slicer::new(rule);
    for sample in samples {
        if let Some((at, name)) = sample.row.age {
            slicer.add(&("", at, name), sample);
            slicer.add(&(&*sample.kind, at, name), sample);
        }
    }
    let kinds: Vec<&str> = slicer.keys().map(|(kind, ..)| *kind).collect();
    let mut axis = Axis::default();
    for (kind, slice) in kinds.into_iter().zip(slicer.slices(seed, |(.., name)| (*name).to_owned())) {
        match kind {
            "" => axis.all.push(slice),
            kind => axis.types.entry(kind.to_owned()).or_default().push(slice),
        }
    }
    (!axis.all.is_empty()).then_some(axis)
}

/// The axes that the dataset varies.
fn varied_axes(samples: &[Sample], rule: usize, seed: Seed) -> BTreeMap<String, Axis> {
    let settings = settings(samples);
    if settings.is_empty() {
        return BTreeMap::new();
    }
    let varied = varied(&settings);
    let mut places: BTreeMap<(&str, &str), Place> = BTreeMap::new();
    // A value, of a type and, under no name, of all types.
    let mut slicer: Slicer<(&str, &str, Place, &str)> = Slicer::new(rule);
    let mut comes_to: BTreeMap<(&str, &str), BTreeSet<&Effective>> = BTreeMap::new();
    for sample in samples {
        let row = sample.row;
        let Some(own) = settings.get(&*row.kind) else { continue };
        for (key, value) in &own[&*row.difficulty] {
            let is_on_axis = row.difficulty.varied.is_empty() || row.difficulty.varied == *key;
            if !is_on_axis || !varied.contains(&(&*row.kind, *key)) {
                continue;
            }
            let next = places.len();
            let at = *places.entry((*key, value.as_str())).or_insert_with(|| place(value, row.fps(), next));
            comes_to.entry((*key, value.as_str())).or_default().insert(&row.difficulty_effective);
            slicer.add(&(*key, "", at, value.as_str()), sample);
            slicer.add(&(*key, &*sample.kind, at, value.as_str()), sample);
        }
    }
    let keys: Vec<(&str, &str)> = slicer.keys().map(|(key, kind, ..)| (*key, *kind)).collect();
    let slices: Vec<Slice> = slicer.slices(seed, |(.., value)| (*value).to_owned());
    let mut axes: BTreeMap<String, Axis> = BTreeMap::new();
    for ((key, kind), slice) in keys.into_iter().zip(slices) {
        let axis = axes.entry(key.to_owned()).or_default();
        match kind {
            "" => axis.all.push(slice),
            kind => axis.types.entry(kind.to_owned()).or_default().push(slice),
        }
    }
    for ((key, value), all) in comes_to {
        let all = effective(key, value, &all);
        if let Some(axis) = axes.get_mut(key).filter(|_| !all.is_empty()) {
            axis.effective.insert(value.to_owned(), all);
        }
    }
    axes
}

/// What a value comes to, least first; nothing where that is what is asked for.
fn effective(key: &str, value: &str, all: &BTreeSet<&Effective>) -> Vec<String> {
    let Some(axis) = spec::axis(key) else { return Vec::new() };
    // Rows of an earlier release state nothing.
    let stated = all.iter().filter(|of| of.duration_frames > 0);
    let mut texts: Vec<String> = stated.map(|of| (axis.effective)(of)).collect();
    let number = |text: &String| -> f64 {
        text.split([' ', '%']).next().and_then(|number| number.parse().ok()).unwrap_or_default()
    };
    texts.sort_by(|one, other| number(one).total_cmp(&number(other)));
    texts.dedup();
    texts.retain(|text| !text.is_empty() && text != value);
    texts
}

/// By type, the settings of those that have several.
fn settings<'a>(samples: &[Sample<'a>]) -> BTreeMap<&'a str, Settings<'a>> {
    let mut first: BTreeMap<&str, &DifficultyRecord> = BTreeMap::new();
    let mut several: BTreeSet<&str> = BTreeSet::new();
    // Most datasets vary nothing, and of a million samples none is then looked at twice.
    for row in samples.iter().map(|sample| sample.row) {
        if **first.entry(&row.kind).or_insert(&row.difficulty) != *row.difficulty {
            several.insert(&row.kind);
        }
    }
    let mut settings: BTreeMap<&str, Settings<'_>> = BTreeMap::new();
    for row in samples.iter().map(|sample| sample.row).filter(|row| several.contains(&*row.kind)) {
        let own = settings.entry(&row.kind).or_default();
        own.entry(&row.difficulty).or_insert_with(|| row.difficulty.values());
    }
    settings
}

/// Types and the keys of which they have several values.
fn varied<'a>(settings: &BTreeMap<&'a str, Settings<'a>>) -> BTreeSet<(&'a str, &'static str)> {
    let mut first: BTreeMap<(&str, &'static str), &str> = BTreeMap::new();
    let mut varied = BTreeSet::new();
    for (kind, own) in settings {
        for (difficulty, values) in own {
            for (key, value) in values {
                let is_on_axis = difficulty.varied.is_empty() || difficulty.varied == *key;
                if is_on_axis && *first.entry((*kind, *key)).or_insert(value) != value {
                    varied.insert((*kind, *key));
                }
            }
        }
    }
    varied
}

/// The place of a value that is the `next` one to be met. Of a range, such as `1s-20s`, its least and its most count.
fn place(value: &str, fps: FrameRate, next: usize) -> Place {
    // A sign is no dash between two ends.
    let dash = value.char_indices().skip(1).find(|(_, letter)| *letter == '-').map(|(at, _)| at);
    let (least, most) = dash.map_or((value, value), |at| (&value[..at], &value[at + 1..]));
    (millionths(least, fps), millionths(most, fps), next)
}

/// A share, a count, a level or a time in millionths, frames as time; 0 for none, and more than any for what is no number.
fn millionths(value: &str, fps: FrameRate) -> i64 {
    if value == "none" {
        return 0;
    }
    if let Some(micros) = spec::micros_of_text(value, fps) {
        return i64::try_from(micros).unwrap_or(i64::MAX);
    }
    let is_of_number = |letter: char| letter.is_ascii_digit() || ['.', '-'].contains(&letter);
    let end = value.find(|letter: char| !is_of_number(letter)).unwrap_or(value.len());
    value[..end].parse::<f64>().map_or(i64::MAX, |number| (number * 1e6).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::super::tests::dataset;
    use super::super::{Options, Scores, score};
    use super::*;
    use crate::answers::Answer;
    use crate::dataset::Row;
    use crate::needle::Milli;

    /// A setting: the key that is varied, then duration, opacity, and the size of a subtitle where there is one.
    fn set((varied, duration, opacity, text): (&str, &str, u16, u16)) -> DifficultyRecord {
        DifficultyRecord {
            varied: varied.to_owned(),
            duration: duration.to_owned(),
            opacity_permille: opacity,
            text_size_permille: text,
            place: "usual".to_owned(),
            ..DifficultyRecord::default()
        }
    }

    /// Each of `settings` for 20 haystacks and three types, of which the last is not varied.
    fn varied(settings: &[(&str, &str, u16, u16)]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (number, &setting) in settings.iter().enumerate() {
            for mut row in dataset(20) {
                let with = match row.kind.as_str() {
                    "ret_edit1" => setting,
                    "ret_insert1" => (setting.0, setting.1, setting.2, 0),
                    "cou_edit1" => ("", "1s", 1000, 0),
                    _ => continue,
                };
                row.difficulty = set(with);
                row.id = format!("{number}_{}", row.id);
                row.sample_id = format!("{number}_{}", row.sample_id);
                rows.push(row);
            }
        }
        rows
    }

    /// Right at an opacity of half and more.
    fn scored(rows: &[Row]) -> Scores {
        let reply = |row: &Row| (row.difficulty.opacity_permille >= 500).then(|| row.gt_option.clone());
        let answers = rows.iter().map(|row| Answer::new(&row.id, reply(row))).collect();
        score(rows, &answers, &Options::new("m")).unwrap()
    }

    fn told(slices: &[Slice]) -> Vec<(&str, u64, f64)> {
        slices.iter().map(|slice| (slice.value.as_str(), slice.samples, slice.circular)).collect()
    }

    #[test]
    fn one_at_a_time_each_axis_has_its_own_samples_and_the_usual_ones() {
        let settings = [
            ("", "1s", 1000, 60),
            ("opacity", "1s", 200, 60),
            ("opacity", "1s", 50, 60),
            ("duration", "1 frame", 1000, 60),
            ("duration", "100ms", 1000, 60),
            ("text_size", "1s", 1000, 25),
        ];
        let axes = scored(&varied(&settings)).slices.difficulty;
        assert_eq!(axes.keys().collect::<Vec<_>>(), ["duration", "opacity", "text_size"]);
        let opacity = &axes["opacity"];
        assert_eq!(told(&opacity.all), [("5%", 40, 0.0), ("20%", 40, 0.0), ("100%", 40, 1.0)]);
        assert_eq!(opacity.types.keys().collect::<Vec<_>>(), ["ret_edit1", "ret_insert1"]);
        // A frame is a 25th of a second.
        assert_eq!(
            told(&axes["duration"].types["ret_edit1"]),
            [("1 frame", 20, 1.0), ("100ms", 20, 1.0), ("1s", 20, 1.0)]
        );
        // Of pictures, the size of a subtitle says nothing.
        assert_eq!(told(&axes["text_size"].all), [("2.5%", 20, 1.0), ("6%", 20, 1.0)]);
    }

    #[test]
    fn a_value_says_what_it_comes_to_where_that_differs() {
        let blur = |milli| Effective { duration_frames: 25, blur_px: Milli(milli), ..Effective::default() };
        let (small, large) = (blur(540), blur(1080));
        assert_eq!(effective("blur", "0.3%", &BTreeSet::from([&large, &small])), ["0.54 px", "1.08 px"]);
        assert_eq!(effective("duration", "1s", &BTreeSet::from([&small, &large])), ["25 frames"]);
        assert_eq!(effective("duration", "25 frames", &BTreeSet::from([&small])), [] as [&str; 0]);
        assert_eq!(effective("opacity", "50%", &BTreeSet::from([&Effective::default()])), [] as [&str; 0]);
        let mut axis = Axis::default();
        axis.effective.insert("0.3%".to_owned(), vec!["0.54 px".to_owned(), "1.08 px".to_owned()]);
        assert_eq!(
            (axis.label("0.3%").as_str(), axis.label("0%").as_str()),
            ("0.3% = 0.54 px to 1.08 px", "0%")
        );
    }

    #[test]
    fn varied_together_each_axis_is_over_all_others() {
        let settings =
            [("", "1s", 1000, 60), ("", "1s", 200, 60), ("", "40ms", 1000, 60), ("", "40ms", 200, 60)];
        let axes = scored(&varied(&settings)).slices.difficulty;
        assert_eq!(told(&axes["duration"].all), [("40ms", 80, 0.5), ("1s", 80, 0.5)]);
        assert_eq!(told(&axes["opacity"].all), [("20%", 80, 0.0), ("100%", 80, 1.0)]);
        assert!(scored(&varied(&settings[..1])).slices.difficulty.is_empty());
    }

    #[test]
    fn values_are_in_the_order_of_what_they_say_however_they_are_written() {
        let fps = FrameRate::new(25, 1).unwrap();
        for ordered in [
            &["none", "1 frame", "50ms", "30s", "45 sec", "1m30s", "2 minutes", "1.5 h", "2hours"][..],
            &["1", "1-3", "1-6", "2", "2-4", "10"],
            &["0.5s-9s", "1s-20s", "1s-1m", "1 minute-2 minutes"],
            &["-12 dB", "-6 dB", "0 dB", "6 dB"],
            &["0.3%", "5%", "20%", "100%"],
        ] {
            let mut found: Vec<&str> = ordered.iter().rev().copied().collect();
            found.sort_by_key(|value| place(value, fps, 0));
            assert_eq!(found, ordered);
        }
    }
}

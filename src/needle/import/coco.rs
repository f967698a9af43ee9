//! COCO's annotations of objects: categories, images, and a box with outlines for each object.
//!
//! In: an `instances_*.json` and the directory of its images. Out: a class a category, with its objects that are not crowds.
//! The format is that of <https://cocodataset.org/#format-data>; boxes are `[x, y, width, height]` from the upper left.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;

use super::classes::{Class, Found, Region, Shot, count};
use super::fault::{Fault, Problem};
use crate::files;
use crate::needle::source::{is_inside, is_linked_out};

#[derive(Deserialize)]
struct Instances {
    images: Vec<Image>,
    annotations: Vec<Annotation>,
    categories: Vec<Category>,
    #[serde(default)]
    licenses: Vec<License>,
}

#[derive(Deserialize)]
struct Image {
    id: u64,
    file_name: String,
    license: Option<u64>,
    flickr_url: Option<String>,
    coco_url: Option<String>,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: u64,
    category_id: u64,
    bbox: [f64; 4],
    #[serde(default)]
    iscrowd: u8,
    segmentation: Option<Segmentation>,
}

/// Outlines, or runs of pixels, which are not read: such an object is cut out by its box.
#[derive(Deserialize)]
#[serde(untagged)]
enum Segmentation {
    Outlines(Vec<Vec<f32>>),
    Runs(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Category {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
struct License {
    id: u64,
    name: String,
}

/// The ids of a list that stand in it before: which of the two an annotation means, nobody knows.
fn repeated(file: &Path, list: &'static str, ids: impl Iterator<Item = u64>) -> Vec<Problem> {
    let mut known = BTreeSet::new();
    let again = ids.enumerate().filter(|(_, id)| !known.insert(*id));
    again
        .map(|(at, id)| Problem::of(file, format!("{list}[{at}].id"), Fault::Repeated { list, id }))
        .collect()
}

/// Reads the objects of a file.
pub(super) fn read(file: &Path, images: &Path, problems: &mut Vec<Problem>) -> Result<Found, files::Error> {
    let opened = BufReader::new(File::open(file).map_err(files::Error::io("read", file))?);
    let read: Instances = match serde_json::from_reader(opened) {
        Ok(read) => read,
        Err(error) => {
            problems.push(Problem::of(file, "", Fault::Format(format!("not COCO's annotations: {error}"))));
            return Ok(Found::default());
        }
    };
    let stated = |at: usize| (file.to_owned(), format!("categories[{at}].name"));
    let mut classes: Vec<(u64, Class)> = read
        .categories
        .iter()
        .enumerate()
        .map(|(at, category)| (category.id, Class::new(category.name.trim().to_owned(), stated(at))))
        .collect();
    problems.extend(repeated(file, "categories", read.categories.iter().map(|category| category.id)));
    problems.extend(repeated(file, "images", read.images.iter().map(|image| image.id)));
    problems.extend(repeated(file, "licenses", read.licenses.iter().map(|licence| licence.id)));
    let of: BTreeMap<u64, usize> = classes.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let known: BTreeMap<u64, &Image> = read.images.iter().map(|image| (image.id, image)).collect();
    let licences: BTreeMap<u64, &License> = read.licenses.iter().map(|one| (one.id, one)).collect();
    let (mut crowds, mut runs) = (0, 0);
    for (at, annotation) in read.annotations.into_iter().enumerate() {
        let key = |name: &str| format!("annotations[{at}].{name}");
        let image = known.get(&annotation.image_id);
        let class = of.get(&annotation.category_id);
        let unknown = [
            ("image", image.is_none(), annotation.image_id),
            ("category", class.is_none(), annotation.category_id),
        ];
        for (what, _, id) in unknown.into_iter().filter(|(_, is_unknown, _)| *is_unknown) {
            problems.push(Problem::of(file, key(&format!("{what}_id")), Fault::Unknown { what, id }));
        }
        let [x, y, w, h] = annotation.bbox;
        if !(w > 0.0 && h > 0.0) {
            problems.push(Problem::of(file, key("bbox"), Fault::NoBox));
            continue;
        }
        let (Some(image), Some(class)) = (image, class) else { continue };
        if annotation.iscrowd != 0 {
            crowds += 1;
            continue;
        }
        if !is_inside(&image.file_name) {
            problems.push(Problem::of(file, key("image_id"), Fault::Outside(image.file_name.clone())));
            continue;
        }
        if is_linked_out(images, &image.file_name) {
            problems.push(Problem::of(file, key("image_id"), Fault::Linked(image.file_name.clone())));
            continue;
        }
        let outlines = outlines(annotation.segmentation, &mut runs);
        let licence = image.license.and_then(|id| licences.get(&id)).map(|one| one.name.trim().to_owned());
        classes[*class].1.shots.push(Shot {
            path: images.join(&image.file_name),
            name: image.file_name.clone(),
            stated: (file.to_owned(), format!("annotations[{at}]")),
            region: Some(Region { edges: [x, y, x + w, y + h], outlines }),
            area: Some(w * h),
            licence,
            credit: image.flickr_url.clone().or_else(|| image.coco_url.clone()),
        });
    }
    Ok(found(classes, crowds, runs, file, problems))
}

fn outlines(segmentation: Option<Segmentation>, runs: &mut usize) -> Vec<Vec<(f32, f32)>> {
    match segmentation {
        Some(Segmentation::Outlines(outlines)) => {
            let points =
                |flat: &Vec<f32>| flat.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>();
            outlines.iter().map(points).filter(|points| points.len() >= 3).collect()
        }
        Some(Segmentation::Runs(_)) => {
            *runs += 1;
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn found(
    classes: Vec<(u64, Class)>,
    crowds: usize,
    runs: usize,
    file: &Path,
    problems: &mut Vec<Problem>,
) -> Found {
    let (with, without): (Vec<Class>, Vec<Class>) =
        classes.into_iter().map(|(_, class)| class).partition(|class| !class.shots.is_empty());
    let mut notes = Vec::new();
    if !without.is_empty() {
        let names: Vec<String> = without.iter().map(|class| format!("`{}`", class.label)).collect();
        notes.push(format!("no object is annotated of {}", names.join(", ")));
    }
    if crowds > 0 {
        notes.push(format!(
            "{} left aside",
            count(crowds, "annotation of a crowd is", "annotations of crowds are")
        ));
    }
    if runs > 0 {
        let objects = count(runs, "object is", "objects are");
        notes.push(format!(
            "{objects} outlined by runs of pixels, which are not read: its box would be cut out"
        ));
    }
    if with.is_empty() && problems.is_empty() {
        problems.push(Problem::of(file, "annotations", Fault::Empty("objects that are not crowds")));
    }
    Found { classes: with, notes }
}

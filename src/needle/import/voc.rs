//! Pascal VOC: an XML file an image, with a box for each object.
//!
//! In: a directory with `Annotations` and `JPEGImages`. Out: a class a name, with its objects that are neither difficult nor
//! truncated. Boxes count pixels from 1 and hold their last row and column, as in the development kit of VOC 2012.

use std::collections::BTreeMap;
use std::path::Path;

use roxmltree::{Document, Node};

use super::classes::{Class, Found, Region, Shot, count};
use super::fault::{Fault, Problem};
use crate::files;
use crate::needle::source::{is_inside, is_linked_out};

/// Reads the annotations below a directory.
pub(super) fn read(dir: &Path, problems: &mut Vec<Problem>) -> Result<Found, files::Error> {
    let mut classes: BTreeMap<String, Class> = BTreeMap::new();
    let mut hard = 0;
    for path in files::sorted_dir(&dir.join("Annotations"))? {
        if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml")) {
            continue;
        }
        let Some(text) = annotation(dir, &path, problems)? else { continue };
        let document = match Document::parse(&text) {
            Ok(document) => document,
            Err(error) => {
                problems.push(Problem::of(&path, "", Fault::Format(format!("not XML: {error}"))));
                continue;
            }
        };
        let root = document.root_element();
        let Some(name) = child_text(root, "filename") else {
            problems.push(Problem::of(&path, "filename", Fault::Missing("the image's file name")));
            continue;
        };
        let fault = if !is_inside(name) {
            Some(Fault::Outside(name.to_owned()))
        } else if is_linked_out(dir, &format!("JPEGImages/{name}")) {
            Some(Fault::Linked(name.to_owned()))
        } else {
            None
        };
        if let Some(fault) = fault {
            problems.push(Problem::of(&path, "filename", fault));
            continue;
        }
        for (at, object) in root.children().filter(|node| node.has_tag_name("object")).enumerate() {
            let is = |flag: &str| child_text(object, flag).is_some_and(|text| text != "0");
            if is("difficult") || is("truncated") {
                hard += 1;
                continue;
            }
            match edges(object) {
                Ok((label, edges)) => {
                    let stated = (path.clone(), format!("object[{at}]"));
                    let class = classes.entry(label.to_owned());
                    let class = class.or_insert_with(|| Class::new(label.to_owned(), stated.clone()));
                    let [left, top, right, lower] = edges;
                    class.shots.push(Shot {
                        path: dir.join("JPEGImages").join(name),
                        name: format!("JPEGImages/{name}"),
                        stated,
                        region: Some(Region { edges, outlines: Vec::new() }),
                        area: Some((right - left) * (lower - top)),
                        licence: None,
                        credit: None,
                    });
                }
                Err((key, fault)) => problems.push(Problem::of(&path, format!("object[{at}].{key}"), fault)),
            }
        }
    }
    let mut notes = Vec::new();
    if hard > 0 {
        notes.push(format!(
            "{} left aside",
            count(hard, "difficult or truncated object is", "difficult or truncated objects are")
        ));
    }
    if classes.is_empty() && problems.is_empty() {
        let fault = Fault::Empty("XML files with objects that are neither difficult nor truncated");
        problems.push(Problem::of(&dir.join("Annotations"), "", fault));
    }
    Ok(Found { classes: classes.into_values().collect(), notes })
}

/// The text of an annotation, unless it cannot be read or lies elsewhere.
fn annotation(dir: &Path, path: &Path, problems: &mut Vec<Problem>) -> Result<Option<String>, files::Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fault = if is_linked_out(dir, &format!("Annotations/{name}")) {
        Fault::Linked(name.into_owned())
    } else {
        match files::read_text(path) {
            Ok(text) => return Ok(Some(text)),
            Err(files::Error::Io { source, .. }) => Fault::Unreadable(source.to_string()),
            Err(error) => return Err(error),
        }
    };
    problems.push(Problem::of(path, "", fault));
    Ok(None)
}

/// The label of an object, and its edges in pixels from the upper left.
fn edges<'a>(object: Node<'a, '_>) -> Result<(&'a str, [f64; 4]), (String, Fault)> {
    let label =
        child_text(object, "name").ok_or(("name".to_owned(), Fault::Missing("the object's class")))?;
    let bndbox = object.children().find(|node| node.has_tag_name("bndbox"));
    let bndbox = bndbox.ok_or(("bndbox".to_owned(), Fault::Missing("a box")))?;
    let mut edges = [0.0; 4];
    for (edge, name) in edges.iter_mut().zip(["xmin", "ymin", "xmax", "ymax"]) {
        let fault = || (format!("bndbox.{name}"), Fault::Missing("a number of pixels"));
        let number: f64 = child_text(bndbox, name).and_then(|text| text.parse().ok()).ok_or_else(fault)?;
        *edge = if name.ends_with("min") { number - 1.0 } else { number };
    }
    if edges[0] < edges[2] && edges[1] < edges[3] {
        Ok((label, edges))
    } else {
        Err(("bndbox".to_owned(), Fault::NoBox))
    }
}

fn child_text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let child = node.children().find(|child| child.has_tag_name(name))?;
    child.text().map(str::trim).filter(|text| !text.is_empty())
}

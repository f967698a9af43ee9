//! Chooses the picture of each class: the largest that can be used.
//!
//! In: classes with all their pictures. Out: one picture a class with its signature; what cannot be used is a problem, or left
//! out and said.

use rayon::prelude::*;
use serde::Serialize;

use super::super::signature::Signature;
use super::classes::{Class, Shot, count};
use super::fault::{Fault, Problem};
use super::options::Options;
use super::pixels;

/// What is written of a picture.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// The file, byte for byte.
    Whole,
    /// A cut-out, as PNG, and its box: left edge, upper edge, width, height.
    Cut(Vec<u8>, [u32; 4]),
}

/// A class with its picture.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) class: Class,
    pub(super) shot: Shot,
    pub(super) content: Content,
    pub(super) signature: Signature,
}

/// Two items that were marked as alike since they look it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Near {
    /// Label of the one.
    pub one: String,
    /// Label of the other.
    pub other: String,
    /// How far apart they look, on the scale of [`Library::distance`](crate::needle::Library::distance).
    pub distance: u32,
}

/// What became of a class.
struct Outcome {
    chosen: Option<Chosen>,
    /// Pictures that cannot be read, or the best of a class that has none to use.
    bad: Vec<Problem>,
    /// Pictures that another was preferred to.
    aside: usize,
}

/// Chooses a picture for each class.
pub(super) fn choose(
    options: &Options,
    classes: Vec<Class>,
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Vec<Chosen> {
    let outcomes: Vec<Outcome> = classes.into_par_iter().map(|class| one(options, class)).collect();
    let mut chosen = Vec::new();
    let mut aside = 0;
    for outcome in outcomes {
        if options.skip_bad {
            notes.extend(outcome.bad.iter().map(|problem| format!("left out: {problem}")));
        } else {
            problems.extend(outcome.bad);
        }
        aside += outcome.aside;
        chosen.extend(outcome.chosen);
    }
    if aside > 0 {
        let pictures = count(aside, "picture", "pictures");
        notes.push(format!("{pictures} left aside, of classes that have a better one"));
    }
    if chosen.is_empty() && problems.is_empty() {
        problems.push(Problem::of(
            &options.source,
            "",
            Fault::Empty("one class with a picture that can be used"),
        ));
    }
    chosen.sort_by(|a, b| {
        let by = |one: &Chosen| (one.class.label.to_lowercase(), one.class.label.clone());
        by(a).cmp(&by(b))
    });
    chosen
}

fn one(options: &Options, mut class: Class) -> Outcome {
    let shots = std::mem::take(&mut class.shots);
    let tried = shots.len();
    let mut bad = Vec::new();
    let mut ranked: Vec<(f64, (u32, u32), Shot)> = Vec::new();
    let only_whole = shots.iter().all(|shot| shot.region.is_none());
    for shot in shots {
        // Boxes are ranked before their pictures are opened: of thousands, the first few are.
        match (shot.area, only_whole.then(|| pixels::size(&shot.path, false))) {
            (Some(area), None) => ranked.push((area, (0, 0), shot)),
            (_, Some(Ok(size))) => ranked.push((f64::from(size.0) * f64::from(size.1), size, shot)),
            (_, Some(Err(fault))) => bad.push(Problem::of(&shot.path, key(&shot), fault)),
            (None, None) => ranked.push((0.0, (0, 0), shot)),
        }
    }
    ranked.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then_with(|| (&a.2.name, &a.2.stated).cmp(&(&b.2.name, &b.2.stated)))
    });
    let mut unfit = None;
    for (_, size, shot) in ranked {
        match take(options, size, &shot) {
            Ok((content, signature)) => {
                let aside = tried - 1 - bad.len();
                return Outcome { chosen: Some(Chosen { class, shot, content, signature }), bad, aside };
            }
            Err(fault @ Fault::Unreadable(_)) => bad.push(Problem::of(&shot.path, key(&shot), fault)),
            Err(fault) => unfit = unfit.or(Some((shot, fault))),
        }
    }
    if let Some((shot, fault)) = unfit {
        let (file, key) = shot.stated;
        let fault = if tried == 1 {
            fault
        } else {
            Fault::NoPicture { label: class.label, tried, best: Box::new(fault) }
        };
        bad.push(Problem { file, key, fault });
    }
    Outcome { chosen: None, bad, aside: 0 }
}

/// Where a picture is named, if that is not its own file.
fn key(shot: &Shot) -> String {
    let (file, key) = &shot.stated;
    if *file == shot.path {
        String::new()
    } else {
        format!("{key} of {}", file.file_name().unwrap_or_default().display())
    }
}

/// Checks a picture and looks at it.
fn take(options: &Options, size: (u32, u32), shot: &Shot) -> Result<(Content, Signature), Fault> {
    let Some(region) = &shot.region else {
        check(options, size)?;
        return Ok((Content::Whole, pixels::signature(&shot.path)?));
    };
    let part = pixels::pixels(region, pixels::size(&shot.path, true)?).ok_or(Fault::NoBox)?;
    check(options, (part[2], part[3]))?;
    let (png, signature) = pixels::cut(&shot.path, region, part)?;
    Ok((Content::Cut(png, part), signature))
}

/// How many times a picture may be magnified to fill a frame: beyond, a photograph is a blur.
const MOST_MAGNIFIED: u32 = 4;

fn check(options: &Options, (width, height): (u32, u32)) -> Result<(), Fault> {
    let (short, long) = (width.min(height), width.max(height));
    if short < options.least_side {
        return Err(Fault::Small { width, height, least: options.least_side });
    }
    if u64::from(long) > u64::from(short) * u64::from(options.most_aspect) {
        return Err(Fault::Long { width, height, most: options.most_aspect });
    }
    if let Some((frame_width, frame_height)) = options.frame {
        let most = MOST_MAGNIFIED;
        let reaches = |side: u32, frame: u32| u64::from(side) * u64::from(most) >= u64::from(frame);
        // The side that meets the frame's first decides.
        if !reaches(width, frame_width) && !reaches(height, frame_height) {
            return Err(Fault::Magnified { width, height, most, frame_width, frame_height });
        }
    }
    Ok(())
}

/// Pairs of pictures that look the same and are not said to be alike.
pub(super) fn near(options: &Options, chosen: &[Chosen], problems: &mut Vec<Problem>) -> Vec<Near> {
    let names = |one: &Chosen, other: &Chosen| {
        one.class.alike.iter().any(|name| name.to_lowercase() == other.class.label.to_lowercase())
    };
    let mut near = Vec::new();
    for (index, other) in chosen.iter().enumerate() {
        for one in &chosen[..index] {
            let distance = one.signature.distance(&other.signature);
            if distance >= options.least_distance || names(one, other) || names(other, one) {
                continue;
            }
            let (one, least) = (one.class.label.clone(), options.least_distance);
            let (file, key) = other.shot.stated.clone();
            let other = other.class.label.clone();
            if options.mark_alike {
                near.push(Near { one, other, distance });
            } else {
                problems.push(Problem { file, key, fault: Fault::Near { one, other, distance, least } });
            }
        }
    }
    near
}

//! The report: one HTML page that shows a dataset, its scores and every sample.
//!
//! In: rows, any number of scores of the same dataset, and the way from the page to the videos. Out: the page. It holds
//! its style, script and data, and refers to nothing but the videos, so that it opens from a disk without a network.
//! Tables, heatmaps and curves are written here; the viewer is drawn by the script from embedded data.

mod axes;
mod bias;
mod browse;
mod chart;
mod controls;
mod coverage;
mod curve;
mod effective;
mod errors;
mod examples;
mod heatmap;
mod html;
mod kinds;
mod leaderboard;
mod overview;
mod panel;
mod plot;
mod sensitivity;
mod spans;
mod svg;
mod table;
mod tasks;
mod unheard;
mod viewer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

pub use browse::page as browse_page;
pub use coverage::page as coverage_page;
pub use examples::{Example, chosen as examples};
pub use plot::{GENERATOR, INDEX, files as plots};

use crate::coverage::{SamplerCoverage, Seen};
use crate::dataset::Row;
use crate::files;
use crate::question::Control;
use crate::score::leaderboard::names;
use crate::score::{LengthShare, Scores, clusters, curve as curves, dataset_digest};
use crate::template;

const PAGE: &str = include_str!("../../templates/report.html");
const VIEWER: &str = include_str!("../../templates/viewer.html");
const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");

/// What every report contains, so that a report is known as one before it is overwritten.
pub const MARK: &str = r#"<meta name="generator" content="vniah report">"#;

/// A report that cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The dataset has no rows.
    #[error("the dataset holds no rows")]
    NoRows,
    /// Scores of something else.
    #[error("the scores of `{model}` are of another dataset: ids or right answers differ")]
    OtherDataset {
        /// Whose scores.
        model: String,
    },
    /// A plot that cannot be drawn.
    #[error("a plot cannot be drawn: {0}")]
    Drawing(String),
}

/// What a sampler sees of the dataset, beside the scores.
pub struct View<'a> {
    /// Name of the sampler.
    pub sampler: &'a str,
    /// What it sees.
    pub coverage: &'a SamplerCoverage,
    /// The same, sample by sample.
    pub seen: Vec<Seen<'a>>,
}

/// What a page shows besides samples and scores.
pub struct Options<'a> {
    /// Title of the page.
    pub title: &'a str,
    /// The way from its directory to the dataset's, as [`videos_from`] gives it.
    pub videos: &'a str,
    /// What the models were shown, if all were shown the same.
    pub view: Option<&'a View<'a>>,
    /// A sample of each type, with its frames.
    pub examples: &'a [Example<'a>],
    /// The share of the shortest length's accuracy at which a length counts as effective.
    pub threshold: f64,
    /// The control that the rows are of, if they are of one.
    pub control: Option<Control>,
}

/// One run as the page shows it: its scores under a name that no other run has.
pub(crate) struct Run<'a> {
    name: String,
    scores: &'a Scores,
    /// Accuracy by length, by group.
    curves: BTreeMap<String, BTreeMap<String, LengthShare>>,
}

/// The runs of a dataset, if all scores are of it.
fn checked<'a>(rows: &[Row], scores: &'a [Scores], control: Option<Control>) -> Result<Vec<Run<'a>>, Error> {
    if rows.is_empty() {
        return Err(Error::NoRows);
    }
    let digest = dataset_digest(rows);
    if let Some(other) = scores.iter().find(|own| own.dataset_sha256 != digest || own.control != control) {
        return Err(Error::OtherDataset { model: other.model.clone() });
    }
    Ok(named(scores))
}

/// The page.
pub fn page(rows: &[Row], scores: &[Scores], options: &Options<'_>) -> Result<String, Error> {
    let runs = checked(rows, scores, options.control)?;
    let scores = unheard::boxes(&runs)
        + &leaderboard::section(&runs, options.threshold)
        + &table::section(&runs)
        + &controls::section(&runs);
    let beside = sensitivity::section(&runs) + &examples::section(&runs, options.examples);
    let charts = curve::section(&runs, options.threshold)
        + &axes::section(&runs)
        + &kinds::section(&runs)
        + &spans::section(&runs)
        + &bias::section(&runs)
        + &errors::section(&runs);
    let title = html::escape(options.title);
    let places = [
        ("{{head}}", &*template::head(MARK, &title, STYLE)),
        ("{{title}}", &title),
        ("{{script}}", SCRIPT),
        ("{{summary}}", &summary(rows)),
        ("{{overview}}", &overview::section(rows, &runs, options.view)),
        ("{{scores}}", &scores),
        ("{{beside}}", &beside),
        ("{{heatmaps}}", &heatmap::section(&runs, options.view)),
        ("{{curves}}", &charts),
        ("{{viewer}}", VIEWER),
        ("{{data}}", &viewer::data(rows, &runs, options.videos)),
    ];
    Ok(template::filled(PAGE, &places))
}

/// Runs under names that tell them apart.
fn named(scores: &[Scores]) -> Vec<Run<'_>> {
    let run = |(name, scores)| Run { name, scores, curves: curves(scores) };
    names(scores).into_iter().zip(scores).map(run).collect()
}

/// What the dataset is, in one line.
fn summary(rows: &[Row]) -> String {
    let distinct = |key: fn(&Row) -> &str| rows.iter().map(key).collect::<BTreeSet<_>>().len();
    let haystacks = rows.iter().flat_map(|row| &row.haystack_ids).collect::<BTreeSet<_>>().len();
    let secs = |row: &Row| row.num_frames as f64 * f64::from(row.fps_den) / f64::from(row.fps_num.max(1));
    let shortest = rows.iter().map(secs).fold(f64::INFINITY, f64::min);
    let longest = rows.iter().map(secs).fold(0.0, f64::max);
    let facts = [
        (html::count(distinct(|row| &row.sample_id)), "samples"),
        (html::count(rows.len()), "tries"),
        (html::count(distinct(|row| &row.kind)), "types"),
        (html::count(distinct(|row| &row.file_name)), "videos"),
        (html::count(haystacks), "haystacks"),
        (html::count(clusters(rows)), "haystack clusters"),
        (format!("{} – {}", html::duration(shortest), html::duration(longest)), "length"),
    ];
    facts
        .iter()
        .map(|(value, name)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The way from the directory of `report` to `dataset`, as the beginning of a relative URL; empty or ending in a slash.
pub fn videos_from(report: &Path, dataset: &Path) -> Result<String, files::Error> {
    let parent = report.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = |path: &Path| -> Result<PathBuf, files::Error> {
        path.canonicalize().map_err(files::Error::io("find", path))
    };
    let (from, to) = (real(parent)?, real(dataset)?);
    let (from, to): (Vec<Component>, Vec<Component>) =
        (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let mut url = "../".repeat(from.len() - shared);
    for component in &to[shared..] {
        url.push_str(&html::url_path(component.as_os_str().as_encoded_bytes()));
        url.push('/');
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_videos_is_relative() {
        let dir = tempfile::tempdir().unwrap();
        let dataset = dir.path().join("my set #1");
        files::make_dir(&dataset).unwrap();
        files::make_dir(&dir.path().join("pages/deep")).unwrap();
        assert_eq!(videos_from(&dataset.join("report.html"), &dataset).unwrap(), "");
        assert_eq!(videos_from(&dir.path().join("r.html"), &dataset).unwrap(), "my%20set%20%231/");
        assert_eq!(
            videos_from(&dir.path().join("pages/deep/r.html"), &dataset).unwrap(),
            "../../my%20set%20%231/"
        );
        assert!(videos_from(&dir.path().join("absent/r.html"), &dataset).is_err());
    }

    #[test]
    fn the_template_has_every_place_and_no_outside_reference() {
        let places = [
            "mark", "title", "style", "script", "summary", "overview", "scores", "beside", "heatmaps",
            "curves", "viewer", "data",
        ];
        let head = template::head("{{mark}}", "{{title}}", "{{style}}");
        let page = template::filled(PAGE, &[("{{head}}", &head)]);
        for place in places {
            assert_eq!(
                page.matches(&format!("{{{{{place}}}}}")).count(),
                if place == "title" { 2 } else { 1 },
                "{place}"
            );
        }
        // Each place, of which one is there twice.
        assert_eq!(page.matches("{{").count(), places.len() + 1, "a place that nothing fills");
        for part in [page.as_str(), VIEWER, STYLE, SCRIPT] {
            assert!(!part.contains("http:") && !part.contains("https:") && !part.contains("@import"));
        }
        assert!(!SCRIPT.contains("innerHTML"), "foreign text is inserted as text");
    }
}

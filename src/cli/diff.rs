//! `vniah diff`: what differs between two datasets?
//!
//! In: two datasets. Out: settings, haystacks, packs, families, rows, videos and files that differ, by field, and then exit code 5.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::exit::{Exit, Failure};
use super::print::{json, put, table, values};
use crate::dataset::difference::{self, Comparison, Group};
use crate::wording;

/// Say what differs between two datasets, field by field.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 equal, 3 a dataset cannot be read, 5 not equal")]
pub(super) struct Args {
    /// First dataset directory.
    first: PathBuf,
    /// Second dataset directory.
    second: PathBuf,
    /// Read all files and compare their bytes. By default, the digests in the manifests are compared.
    #[arg(long)]
    bytes: bool,
    /// Print JSON, with every name and value.
    #[arg(long)]
    json: bool,
}

/// Names, or fields, that a table lists of each group.
const LISTED: usize = 10;

/// Runs `vniah diff`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let comparison = difference::compare(&args.first, &args.second, args.bytes)?;
    put(&if args.json { json(&comparison) } else { told(&comparison) })?;
    if comparison.is_equal {
        return Ok(());
    }
    let (first, second) = (args.first.display(), args.second.display());
    Err(Failure::message(Exit::Check, format!("`{first}` and `{second}` are not equal")))
}

fn told(comparison: &Comparison) -> String {
    let mut text = String::new();
    let settings = comparison.settings.len();
    let how_many = if settings == 0 { "equal".to_owned() } else { wording::count(settings, "difference") };
    writeln!(text, "settings: {how_many}").expect("writing to a string succeeds");
    let fields = comparison.settings.iter().map(|field| {
        let [first, second] = values(&field.first, &field.second);
        vec!["  ".to_owned() + &field.field, first, second]
    });
    text.push_str(&listed(fields.collect(), &["  key", "first", "second"]));
    for (name, group) in comparison.groups() {
        if name == "rows" && !comparison.samples.is_empty() {
            writeln!(text, "samples: {} differ", comparison.samples.len())
                .expect("writing to a string succeeds");
        }
        text.push_str(&of_group(name, group));
    }
    for (name, control) in &comparison.controls {
        let what = if control.is_equal { ": equal\n".to_owned() } else { format!("\n{}", told(control)) };
        write!(text, "control {name}{what}").expect("writing to a string succeeds");
    }
    for control in &comparison.lone_controls {
        let which = if control.is_first { "first" } else { "second" };
        writeln!(text, "control {}: only in the {which}", control.name)
            .expect("writing to a string succeeds");
    }
    text
}

/// What differs of one kind of thing: how many of each, and of fields how often and where first.
fn of_group(name: &str, group: &Group) -> String {
    let counts = [
        (group.equal as usize, "equal"),
        (group.different.len(), "differ"),
        (group.only_first.len(), "only in the first"),
        (group.only_second.len(), "only in the second"),
    ];
    let mut parts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if group.is_reordered {
        parts.push("in another order".to_owned());
    }
    let mut text =
        format!("{name}: {}\n", if parts.is_empty() { "none".to_owned() } else { parts.join(", ") });
    let mut fields: BTreeMap<&str, (usize, Vec<String>)> = BTreeMap::new();
    for different in &group.different {
        for field in &different.fields {
            let first = || {
                let [first, second] = values(&field.first, &field.second);
                vec![different.name.clone(), first, second]
            };
            fields.entry(&field.field).or_insert_with(|| (0, first())).0 += 1;
        }
    }
    let lines = fields
        .into_iter()
        .map(|(field, (count, first))| [vec!["  ".to_owned() + field, count.to_string()], first].concat());
    text.push_str(&listed(lines.collect(), &["  field", "of", "such as", "first", "second"]));
    for (names, which) in [(&group.only_first, "first"), (&group.only_second, "second")] {
        for name in names.iter().take(LISTED) {
            writeln!(text, "  only in the {which}: {name}").expect("writing to a string succeeds");
        }
        if names.len() > LISTED {
            writeln!(text, "  and {} more", names.len() - LISTED).expect("writing to a string succeeds");
        }
    }
    text
}

/// The first of these lines as a table under `head`.
fn listed(mut lines: Vec<Vec<String>>, head: &[&str]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let more = lines.len().saturating_sub(LISTED);
    lines.truncate(LISTED);
    lines.insert(0, head.iter().map(|&word| word.to_owned()).collect());
    let mut text = table(&lines);
    if more > 0 {
        writeln!(text, "  and {more} more").expect("writing to a string succeeds");
    }
    text
}

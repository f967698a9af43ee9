//! Datasets in the forms that other tools read.
//!
//! In: a dataset and formats. Out: the formats' files, and how each is used.

use std::path::Path;

use super::error::Error;
use crate::dataset::{self, Row, Store};
use crate::export::{self, Options};
use crate::job::Job;
use crate::render::videos::Videos;
use crate::spec::{CheckedSpec, ExportFormat};
use crate::wording;

/// Refuses formats that name videos as files beside a dataset that keeps recipes.
pub(super) fn check_store(spec: &CheckedSpec, store: Store) -> Result<(), Error> {
    let formats = &spec.exports().formats;
    let names_files = |format: &&ExportFormat| **format != ExportFormat::WebDataset;
    match formats.iter().find(names_files) {
        Some(format) if store == Store::Recipe => Err(Error::NamesFiles { format: *format }),
        _ => Ok(()),
    }
}

/// Writes what `[export]` of a spec asks for beside the dataset in `out`.
pub(super) fn as_spec_says(spec: &CheckedSpec, out: &Path, videos: &Videos, job: &Job) -> Result<(), Error> {
    let exports = spec.exports();
    if exports.formats.is_empty() {
        return Ok(());
    }
    let options = Options { sampler: exports.sampler.clone(), ..Options::default() };
    let rows = dataset::read_rows(out)?;
    write((out, &rows, videos), &exports.formats, out, &options, job)
}

/// Writes a dataset, which are its directory, its rows and its videos, to `out` in these formats.
pub(super) fn write(
    (dataset, rows, videos): (&Path, &[Row], &Videos),
    formats: &[ExportFormat],
    out: &Path,
    options: &Options,
    job: &Job,
) -> Result<(), Error> {
    if rows.iter().any(|row| row.file_name.is_empty()) {
        return Err(Error::NoVideos { dataset: dataset.to_owned() });
    }
    for format in formats {
        let outcome = export::write(dataset, rows, videos, out, *format, options, job)?;
        let (name, dir) = (format.name(), out.display());
        let kept =
            if outcome.kept > 0 { format!(", {} were there already", outcome.kept) } else { String::new() };
        job.note(&format!("exported `{name}` to `{dir}`: {}{kept}", wording::count(outcome.written, "file")));
        if outcome.left_out > 0 {
            let (left_out, all) = (outcome.left_out, wording::count(rows.len(), "row"));
            job.note(&format!("  left out {left_out} of {all}: `{name}` has no open questions"));
        }
        for line in usage(*format, rows, options, &wording::shell_word(out)) {
            job.note(&format!("  {line}"));
        }
    }
    Ok(())
}

/// How the tool is run on what was written to the directory that a shell calls `dir`.
fn usage(format: ExportFormat, rows: &[Row], options: &Options, dir: &str) -> Vec<String> {
    let name = &options.name;
    match format {
        ExportFormat::LmmsEval => vec![format!(
            "python -m lmms_eval eval --model MODEL --tasks {name} --include_path {dir}/lmms_eval_task --batch_size 1 --log_samples --output_path \
             results"
        )],
        ExportFormat::VlmEvalKit => {
            let mut lines = vec![format!(
                "cd {dir}/vlmevalkit && python register.py --data {name}_16frame --model MODEL"
            )];
            if options.sampler.is_some() {
                let is = |open: bool| rows.iter().any(|row| row.has_options() != open);
                let tables =
                    [(false, "frames"), (true, "frames_open")].into_iter().filter(|(open, _)| is(*open));
                lines.extend(tables.map(|(_, table)| {
                    format!(
                        "cd {dir}/vlmevalkit && LMUData=. python run.py --data {name}_{table} --model MODEL"
                    )
                }));
            }
            lines
        }
        ExportFormat::Inspect => {
            vec![format!("inspect eval {dir}/inspect_task/task.py --model MODEL --no-log-images")]
        }
        ExportFormat::Vnbench | ExportFormat::Llava | ExportFormat::Swift | ExportFormat::WebDataset => {
            Vec::new()
        }
    }
}

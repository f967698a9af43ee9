//! What stands beside the rows: the dataset card, VNBench's annotation, Croissant.
//!
//! In: rows, haystacks, the spec. Out: `README.md` with Hugging Face's front matter, `VNBench-main-4try.json` as
//! VideoNIAH's scripts read it, and `croissant.json` as `mlcroissant` reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::dataset::{METADATA, Manifest, Row, Store};
use crate::haystack::Haystack;
use crate::plan::Planner;

/// The dataset card.
pub const README: &str = "README.md";
/// VNBench's annotation.
pub const VNBENCH: &str = "VNBench-main-4try.json";
/// Croissant's description.
pub const CROISSANT: &str = "croissant.json";

/// One try in VNBench's form.
#[derive(Debug, Serialize)]
pub struct VnbenchRow {
    video: String,
    question: String,
    options: Vec<String>,
    gt: String,
    gt_option: String,
    needle_time: Vec<f64>,
    length: f64,
    #[serde(rename = "type")]
    kind: String,
    r#try: u32,
}

/// A row in VNBench's form; needles that share their frames are one entry of `needle_time`.
pub fn vnbench(row: &Row) -> VnbenchRow {
    let mut needle_time = row.needle_time.clone();
    needle_time.dedup();
    VnbenchRow {
        video: format!("./{}", row.video_path),
        question: row.question.clone(),
        options: row.options.clone(),
        gt: row.gt.clone(),
        gt_option: row.gt_option.clone(),
        needle_time,
        length: row.length,
        kind: row.kind.clone(),
        r#try: row.rotation,
    }
}

/// The dataset card.
pub fn readme(planner: &Planner<'_>, manifest: &Manifest) -> String {
    let (spec, haystacks) = (planner.spec(), &manifest.haystacks);
    let licence = licence(planner, haystacks);
    let (mut rows, mut samples) = (0_u64, BTreeMap::new());
    for sample in planner.samples() {
        rows += sample.options.len() as u64;
        *samples.entry(sample.kind).or_insert(0_u64) += 1;
    }
    let size = match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        _ => "n>1M",
    };
    let name = spec.name();
    let mut text = format!(
        "---\nlicense: {licence}\nlanguage: [en]\ntask_categories: [visual-question-answering, video-text-to-text]\n\
         pretty_name: {name:?}\nsize_categories: [{size}]\ntags: [video, needle-in-a-haystack, synthetic]\nconfigs:\n\
         - config_name: default\n  drop_labels: true\n  data_files:\n  - split: test\n    path: [{METADATA}, videos/*.mp4]\n\
         ---\n\n# {name}\n\nNeedles hidden in videos at exact frames, and the questions that follow from them: {} samples, \
         {rows} rows (each question once per cyclic shift of its options). A sample counts as right only if all of its \
         rows are answered right.\n\n",
        planner.len()
    );
    if manifest.store == Store::Recipe {
        text.push_str(
            "The videos are kept as recipes: what they hold beside their haystacks. `vniah materialize DIR` writes them into \
             `videos/`, and `vniah serve DIR` gives them over HTTP; both need the haystacks.\n\n",
        );
    }
    text.push_str("## Types\n\n| type | task | samples |\n|---|---|---|\n");
    for task in spec.tasks() {
        let kind = task.family.kind();
        let count = samples.get(kind).copied().unwrap_or(0);
        writeln!(text, "| `{kind}` | {} | {count} |", task.family.task())
            .expect("writing to a string succeeds");
    }
    text.push_str(
        "\n## Haystacks\n\n| id | frames | rate | size | licence | credit |\n|---|---|---|---|---|---|\n",
    );
    for Haystack { id, form, licence, credit, .. } in haystacks {
        let or_unstated = |text: &Option<String>| text.clone().unwrap_or_else(|| "not stated".to_owned());
        let (licence, credit) = (or_unstated(licence), or_unstated(credit));
        let (frames, fps, width, height) = (form.frames, form.fps, form.width, form.height);
        writeln!(text, "| `{id}` | {frames} | {fps} | {width}x{height} | {licence} | {credit} |")
            .expect("writing to a string succeeds");
    }
    text.push_str("\n## Needles\n\n| pack | licence | credit |\n|---|---|---|\n");
    let mut packs: Vec<&str> = spec.tasks().iter().map(|task| task.pack.as_str()).collect();
    packs.sort_unstable();
    packs.dedup();
    for pack in packs.iter().filter_map(|id| spec.library().pack(id)) {
        writeln!(text, "| `{}` | {} | {} |", pack.id, pack.licence, pack.credit)
            .expect("writing to a string succeeds");
    }
    text.push_str(
        "\n## Making it again\n\nSave the value of `spec` in `manifest.json` as `spec.toml` beside the haystacks and run \
         `vniah generate spec.toml -o OUT`: the same haystacks, seed and FFmpeg release give the same bytes.\n",
    );
    text
}

/// Hugging Face's name of the licence that covers everything, or `other`.
fn licence(planner: &Planner<'_>, haystacks: &[Haystack]) -> &'static str {
    let spec = planner.spec();
    let packs = spec
        .tasks()
        .iter()
        .filter_map(|task| spec.library().pack(&task.pack))
        .map(|pack| pack.licence.as_str());
    let sources = haystacks.iter().map(|haystack| haystack.licence.as_deref().unwrap_or("not stated"));
    let mut all: Vec<&str> = packs.chain(sources).collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        ["CC0-1.0"] => "cc0-1.0",
        licences if licences.iter().all(|licence| matches!(*licence, "CC0-1.0" | "CC-BY-4.0")) => "cc-by-4.0",
        _ => "other",
    }
}

/// A Croissant description with the digest of `metadata.jsonl`.
pub fn with_digest(mut croissant: serde_json::Value, metadata_sha256: &str) -> serde_json::Value {
    croissant["distribution"][0]["sha256"] = metadata_sha256.into();
    croissant
}

/// Fields of the Croissant record set: name, type, and whether it repeats.
const FIELDS: [(&str, &str, bool); 25] = [
    ("id", "sc:Text", false),
    ("sample_id", "sc:Text", false),
    ("video_path", "sc:Text", false),
    ("type", "sc:Text", false),
    ("task", "sc:Text", false),
    ("question", "sc:Text", false),
    ("options", "sc:Text", true),
    ("gt", "sc:Text", false),
    ("gt_option", "sc:Text", false),
    ("try", "sc:Integer", false),
    ("length", "sc:Float", false),
    ("num_frames", "sc:Integer", false),
    ("fps_num", "sc:Integer", false),
    ("fps_den", "sc:Integer", false),
    ("width", "sc:Integer", false),
    ("height", "sc:Integer", false),
    ("haystack_ids", "sc:Text", true),
    ("cell_length", "sc:Text", false),
    ("cell_depth_permille", "sc:Integer", false),
    ("cell_depth_of", "sc:Text", false),
    ("cell_window_start", "sc:Integer", false),
    ("cell_window_end", "sc:Integer", false),
    ("depth_permille", "sc:Integer", true),
    ("needle_time", "sc:Float", true),
    ("sha256", "sc:Text", false),
];

/// A Croissant description (version 1.0) of a dataset, to which [`with_digest`] adds that of its rows.
pub fn croissant(planner: &Planner<'_>, haystacks: &[Haystack]) -> serde_json::Value {
    let fields: Vec<serde_json::Value> = FIELDS
        .iter()
        .map(|(field, kind, repeated)| {
            let mut value = serde_json::json!({
                "@type": "cr:Field",
                "@id": format!("rows/{field}"),
                "name": field,
                "description": format!("Column {field} of {METADATA}."),
                "dataType": kind,
                "source": {"fileObject": {"@id": METADATA}, "extract": {"column": field}},
            });
            if *repeated {
                value["repeated"] = true.into();
            }
            value
        })
        .collect();
    let mut croissant = serde_json::json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "name": planner.spec().name(),
        "description": "Needles hidden in videos at exact frames, and the questions that follow from them.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": METADATA,
                "name": METADATA,
                "description": "One row a try.",
                "contentUrl": METADATA,
                "encodingFormat": "application/jsonlines",
                "sha256": "",
            },
            {
                "@type": "cr:FileSet",
                "@id": "videos",
                "name": "videos",
                "description": "The videos.",
                "encodingFormat": "video/mp4",
                "includes": "videos/*.mp4",
            },
        ],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": fields}],
    });
    // What is under several licences, or under one that is not stated, has no address to name here: the card lists them.
    let licence = match licence(planner, haystacks) {
        "cc0-1.0" => Some("https://creativecommons.org/publicdomain/zero/1.0/"),
        "cc-by-4.0" => Some("https://creativecommons.org/licenses/by/4.0/"),
        _ => None,
    };
    if let Some(licence) = licence {
        croissant["license"] = licence.into();
    }
    croissant
}

/// The context that Croissant 1.0 prescribes.
fn context() -> serde_json::Value {
    let mut context = serde_json::json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "equivalentProperty": "cr:equivalentProperty",
        "samplingRate": "cr:samplingRate",
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
    });
    for term in [
        "citeAs",
        "column",
        "extract",
        "field",
        "fileProperty",
        "fileObject",
        "fileSet",
        "format",
        "includes",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "recordSet",
        "references",
        "regex",
        "repeated",
        "replace",
        "separator",
        "source",
        "subField",
        "transform",
    ] {
        context[term] = format!("cr:{term}").into();
    }
    context
}

//! What stands beside the rows for other tools: VNBench's annotation, Croissant.
//!
//! In: rows, haystacks, the spec. Out: `VNBench-main-4try.json` as VideoNIAH's scripts read it, and `croissant.json` as
//! `mlcroissant` reads it. The dataset card comes from a layer above, which audits the rows.

use serde::Serialize;

use crate::dataset::{METADATA, Row};
use crate::haystack::Haystack;
use crate::plan::Planner;

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
    let video = if row.video_path.is_empty() { String::new() } else { format!("./{}", row.video_path) };
    VnbenchRow {
        video,
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

/// Hugging Face's name of the licence that covers everything, or `other`.
pub fn licence(planner: &Planner, haystacks: &[Haystack]) -> &'static str {
    let spec = planner.spec();
    let packs = spec.packs().into_iter().map(|pack| pack.licence.as_str());
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
const FIELDS: [(&str, &str, bool); 37] = [
    ("id", "sc:Text", false),
    ("sample_id", "sc:Text", false),
    ("video_path", "sc:Text", false),
    ("subtitle_path", "sc:Text", false),
    ("type", "sc:Text", false),
    ("task", "sc:Text", false),
    ("language", "sc:Text", false),
    ("question_kind", "sc:Text", false),
    ("form", "sc:Text", false),
    ("answer_kind", "sc:Text", false),
    ("question", "sc:Text", false),
    ("prompt", "sc:Text", false),
    ("options", "sc:Text", true),
    ("gt", "sc:Text", false),
    ("gt_option", "sc:Text", false),
    ("answer", "sc:Text", false),
    ("chance", "sc:Float", false),
    ("video_id", "sc:Text", false),
    ("group_id", "sc:Text", false),
    ("ask_frame", "sc:Integer", false),
    ("audio_needed", "sc:Boolean", false),
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
pub fn croissant(planner: &Planner, haystacks: &[Haystack]) -> serde_json::Value {
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
        "name": planner.name(),
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
    if planner.control().is_some_and(|control| !control.has_videos()) {
        croissant["distribution"].as_array_mut().expect("it is a list").truncate(1);
    }
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

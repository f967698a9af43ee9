//! What a dataset states of how it was made, and whether a planner would make it again.
//!
//! In: a planner, prepared haystacks; or a manifest. Out: a manifest without its outputs; what of a spec is not as it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::dataset::{FORMAT_VERSION, FfmpegVersions, Manifest, NeedleDigest, Store};
use crate::digest;
use crate::media;
use crate::media::encode::Settings;
use crate::plan::Planner;
use crate::render::ready::Ready;
use crate::spec::{CheckedSpec, Task};

/// The manifest of a dataset, without its outputs.
pub fn manifest(planner: &Planner, ready: &BTreeMap<String, Ready>, store: Store) -> Manifest {
    let spec = planner.spec();
    let ffmpeg = media::versions();
    let Makers { encoder, needles, templates } = makers(spec);
    let haystacks: Vec<_> = ready.values().map(|ready| ready.haystack.clone()).collect();
    let warnings = haystacks
        .iter()
        .flat_map(|haystack| haystack.warnings.iter().map(|text| format!("`{}`: {text}", haystack.id)));
    Manifest {
        format_version: FORMAT_VERSION,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: spec.seed_number(),
        spec: spec.text().to_owned(),
        plan_sha256: plan_digest(planner),
        ffmpeg: FfmpegVersions {
            release: ffmpeg.release,
            avcodec: ffmpeg.avcodec,
            avformat: ffmpeg.avformat,
            swscale: ffmpeg.swscale,
        },
        encoder,
        store,
        control: planner.control(),
        needles,
        templates,
        warnings: warnings.chain(planner.warnings().iter().cloned()).collect(),
        haystacks,
        outputs: Vec::new(),
    }
}

/// The name of the font among what needles come from.
const FONT: &str = "font";

/// What videos depend on, besides plan, haystacks and versions.
struct Makers {
    encoder: String,
    needles: Vec<NeedleDigest>,
    templates: Vec<NeedleDigest>,
}

fn makers(spec: &CheckedSpec) -> Makers {
    let mut needles =
        vec![NeedleDigest { name: FONT.to_owned(), sha256: spec.library().font_sha256().to_owned() }];
    for pack in spec.packs() {
        needles.push(NeedleDigest { name: pack.id.clone(), sha256: pack.sha256.clone() });
    }
    let family = |task: &Task| NeedleDigest {
        name: task.family.kind().to_owned(),
        sha256: task.family.sha256().to_owned(),
    };
    // A type has as many tasks as settings, and more where its forms are asked apart.
    let mut named = BTreeSet::new();
    let first = spec.tasks().iter().filter(|task| named.insert(task.family.kind()));
    let templates = first.map(family).collect();
    Makers { encoder: Settings::describe(spec.wanted().crf), needles, templates }
}

/// Whether a planner, given the same haystacks, makes the videos of the dataset that has this manifest. Needles of
/// another look and settings of another quality are in no plan.
pub fn is_of(manifest: &Manifest, planner: &Planner) -> bool {
    let Makers { encoder, needles, templates } = makers(planner.spec());
    // Manifests of earlier versions leave out packs of keys.
    let shown = planner.spec().packs_without_keys().into_iter().map(|pack| pack.id.as_str());
    let stated = names(&manifest.needles);
    encoder == manifest.encoder
        && (stated == names(&needles) || stated == shown.chain([FONT]).collect())
        && names(&templates) == names(&manifest.templates)
        && changed(manifest, planner.spec()).is_empty()
        && plan_digest(planner) == manifest.plan_sha256
}

fn names(digests: &[NeedleDigest]) -> BTreeSet<&str> {
    digests.iter().map(|digest| digest.name.as_str()).collect()
}

/// The fonts, packs and families of `spec` that are not those that made the dataset of this manifest.
///
/// Comments and layout of their files do not count.
pub fn changed(manifest: &Manifest, spec: &CheckedSpec) -> Vec<String> {
    let is_known = |digest: &&NeedleDigest| {
        let named = digest.sha256.as_str();
        let packs = || spec.packs().into_iter().filter(|pack| pack.id == digest.name);
        (digest.name == FONT && spec.library().font_sha256() == named)
            || packs().any(|pack| pack.sha256 == named)
    };
    let packs =
        manifest.needles.iter().filter(|digest| !is_known(digest)).map(|digest| {
            if digest.name == FONT { FONT.to_owned() } else { format!("pack `{}`", digest.name) }
        });
    let families = manifest.templates.iter().filter(|digest| {
        let mut of_type = spec.tasks().iter().filter(|task| task.family.kind() == digest.name);
        !of_type.any(|task| task.family.sha256() == digest.sha256)
    });
    packs.chain(families.map(|digest| format!("family `{}`", digest.name))).collect()
}

/// Digest of all planned videos, in order.
pub fn plan_digest(planner: &Planner) -> String {
    digest::of_values(planner.videos())
}

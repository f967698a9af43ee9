//! Bounds of pictures: how large one may be, and how much drawing one may ask for.
//!
//! In: sizes, and SVG before and after it is read. Out: nothing, or why the picture is refused. A file of a hundred bytes can claim 17 GB of
//! pixels, or ask for a thousand million passes over them; what is refused here is far beyond what pictures of needles need.

use std::collections::BTreeMap;

use resvg::usvg::filter::Kind;
use resvg::usvg::roxmltree::{Document, Node};
use resvg::usvg::{self, Group};

use super::fault::Unusable;

/// Pixels of a picture: 8192 by 8192. Decoded with its alpha, weighted and copied, that takes about 1.5 GB.
const MOST_PIXELS: u64 = 1 << 26;
/// Bytes that a decoder may allocate.
const MOST_BYTES: u64 = 1 << 30;
/// Elements of an SVG, those that `<use>` repeats counted each time.
const MOST_ELEMENTS: u64 = 100_000;
/// Stops of all gradients of an SVG.
const MOST_STOPS: usize = 2_000;
/// Layers that are drawn apart, such as groups with an opacity, a clip or a mask.
const MOST_LAYERS: u32 = 2_000;
/// Passes of filters over the picture: each octave of a turbulence is one.
const MOST_PASSES: u32 = 200;

/// Refuses a picture of too many pixels.
pub(super) fn pixels((width, height): (u32, u32)) -> Result<(), Unusable> {
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Unusable::Large { width, height, most: MOST_PIXELS });
    }
    Ok(())
}

/// What decoders may take.
pub(super) fn limits() -> image::Limits {
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    limits
}

/// Refuses an SVG whose reading takes too long: before it is read.
pub(super) fn document(document: &Document<'_>) -> Result<(), Unusable> {
    let stops = document.descendants().filter(|node| node.tag_name().name() == "stop").count();
    if stops > MOST_STOPS {
        return Err(Unusable::SvgSize(format!("its gradients have {stops} stops, over {MOST_STOPS}")));
    }
    let ids: BTreeMap<&str, Node<'_, '_>> =
        document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let mut sizes = BTreeMap::new();
    if expanded(document.root_element(), &ids, &mut sizes, 0) > MOST_ELEMENTS {
        return Err(Unusable::SvgSize(format!(
            "it has over {MOST_ELEMENTS} elements once each `<use>` is written out"
        )));
    }
    let markers = document.descendants().filter(|node| node.tag_name().name() == "marker").count();
    let points: usize = ["d", "points"]
        .into_iter()
        .map(|key| document.descendants().filter_map(|node| node.attribute(key)).map(str::len).sum::<usize>())
        .sum();
    // A marker is drawn at each point; a point takes two characters at least.
    if markers > 0 && (points / 2) as u64 > MOST_ELEMENTS {
        return Err(Unusable::SvgSize("it draws markers on paths of too many points".to_owned()));
    }
    Ok(())
}

/// Depth of elements and of `<use>` in each other that is followed.
const DEEPEST: u32 = 500;

/// Elements of `node`, those that it uses counted each time. Sizes of what has an id are remembered.
fn expanded<'a>(
    node: Node<'a, 'a>,
    ids: &BTreeMap<&str, Node<'a, 'a>>,
    sizes: &mut BTreeMap<usize, u64>,
    depth: u32,
) -> u64 {
    if depth > DEEPEST {
        return MOST_ELEMENTS + 1;
    }
    let key = node.id().get_usize();
    if let Some(&size) = sizes.get(&key) {
        return size;
    }
    // An element that uses itself is counted once here, and refused by the reader.
    sizes.insert(key, 1);
    let mut size = 1_u64;
    if node.tag_name().name() == "use" {
        let mut hrefs = node.attributes().filter(|attribute| attribute.name() == "href");
        let used = hrefs.find_map(|href| ids.get(href.value().trim().strip_prefix('#')?).copied());
        size = size.saturating_add(used.map_or(0, |used| expanded(used, ids, sizes, depth + 1)));
    }
    for child in node.children().filter(Node::is_element) {
        size = size.saturating_add(expanded(child, ids, sizes, depth + 1));
    }
    sizes.insert(key, size);
    size
}

/// What drawing an SVG takes.
#[derive(Default)]
struct Work {
    layers: u32,
    passes: u32,
}

/// Refuses an SVG whose drawing takes too long: once it is read.
pub(super) fn tree(tree: &usvg::Tree) -> Result<(), Unusable> {
    let mut work = Work::default();
    add(tree.root(), &mut work)?;
    let refuse = |reason: String| Err(Unusable::SvgSize(reason));
    if work.layers > MOST_LAYERS {
        return refuse(format!("it draws {} layers apart, over {MOST_LAYERS}", work.layers));
    }
    if work.passes > MOST_PASSES {
        return refuse(format!(
            "its filters take {} passes over the picture, over {MOST_PASSES}",
            work.passes
        ));
    }
    Ok(())
}

fn add(group: &Group, work: &mut Work) -> Result<(), Unusable> {
    work.layers = work.layers.saturating_add(u32::from(group.should_isolate()));
    for primitive in group.filters().iter().flat_map(|filter| filter.primitives()) {
        let passes = match primitive.kind() {
            Kind::Turbulence(turbulence) => turbulence.num_octaves(),
            Kind::ConvolveMatrix(matrix) => {
                let data = matrix.matrix();
                data.columns().saturating_mul(data.rows())
            }
            // Each pixel looks at all pixels around it, as many as the scale makes of the radius.
            Kind::Morphology(_) => return Err(Unusable::SvgElement("feMorphology".to_owned())),
            _ => 1,
        };
        work.passes = work.passes.saturating_add(passes);
    }
    let mut result = Ok(());
    for node in group.children() {
        if let usvg::Node::Group(group) = node {
            add(group, work)?;
        }
        // Clips, masks and patterns are drawings of their own.
        node.subroots(|root| {
            if result.is_ok() {
                result = add(root, work);
            }
        });
    }
    result
}

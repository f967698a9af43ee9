//! Pictures measured, looked at and cut out.
//!
//! In: picture files and regions of them. Out: sizes, signatures, and PNG files of cut-outs, transparent outside their outlines.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, RgbaImage};
use resvg::tiny_skia::{FillRule, Mask, Path as Outline, PathBuilder, Transform};

use super::super::art;
use super::super::signature::Signature;
use super::classes::Region;
use super::fault::Fault;
use crate::files;

fn unreadable(error: &dyn std::fmt::Display) -> Fault {
    Fault::Unreadable(error.to_string())
}

/// Width and height of a picture as it is seen, or as it is stored where parts of it are meant.
pub(super) fn size(path: &Path, stored: bool) -> Result<(u32, u32), Fault> {
    if !path.is_file() {
        return Err(unreadable(&"there is no such file"));
    }
    if !stored {
        return art::size_of_file(path).map_err(|error| unreadable(&error));
    }
    Ok(decoder(path)?.dimensions())
}

fn decoder(path: &Path) -> Result<impl ImageDecoder, Fault> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    art::decoder(BufReader::new(file)).map_err(|error| unreadable(&error))
}

/// The signature of a picture file that is taken as it is.
pub(super) fn signature(path: &Path) -> Result<Signature, Fault> {
    let bytes = files::read_bytes(path).map_err(|error| unreadable(&error))?;
    Signature::of_file(&path.to_string_lossy(), &bytes).map_err(|error| unreadable(&error))
}

/// The whole pixels that a region touches in a picture of this size: left edge, upper edge, width, height.
pub(super) fn pixels(region: &Region, (width, height): (u32, u32)) -> Option<[u32; 4]> {
    let [left, top, right, lower] = region.edges;
    let within = |edge: f64, most: u32| edge.clamp(0.0, f64::from(most)) as u32;
    let (x, y) = (within(left.floor(), width), within(top.floor(), height));
    let (end, foot) = (within(right.ceil(), width), within(lower.ceil(), height));
    (x < end && y < foot).then(|| [x, y, end - x, foot - y])
}

/// Cuts these pixels of a picture out, as PNG, and gives the signature of what is cut out.
pub(super) fn cut(
    path: &Path,
    region: &Region,
    [x, y, w, h]: [u32; 4],
) -> Result<(Vec<u8>, Signature), Fault> {
    // Annotations count pixels as they are stored: no camera's note on its orientation is heeded.
    let picture = DynamicImage::from_decoder(decoder(path)?).map_err(|error| unreadable(&error))?;
    let part = picture.crop_imm(x, y, w, h);
    let part = if region.outlines.is_empty() && !part.color().has_alpha() {
        DynamicImage::ImageRgb8(part.into_rgb8())
    } else {
        let mut part = part.into_rgba8();
        masked(&mut part, region, (x, y));
        DynamicImage::ImageRgba8(part)
    };
    let mut png = Cursor::new(Vec::new());
    part.write_to(&mut png, ImageFormat::Png).map_err(|error| unreadable(&error))?;
    let png = png.into_inner();
    let signature = Signature::of_file("cut.png", &png).map_err(|error| unreadable(&error))?;
    Ok((png, signature))
}

/// Makes everything outside the outlines transparent; without outlines, nothing.
fn masked(part: &mut RgbaImage, region: &Region, corner: (u32, u32)) {
    let outlines: Vec<Outline> = region.outlines.iter().filter_map(|points| outline(points)).collect();
    let Some(mut mask) = Mask::new(part.width(), part.height()).filter(|_| !outlines.is_empty()) else {
        return;
    };
    let shift = Transform::from_translate(-(corner.0 as f32), -(corner.1 as f32));
    for outline in &outlines {
        mask.fill_path(outline, FillRule::EvenOdd, true, shift);
    }
    for (pixel, covered) in part.pixels_mut().zip(mask.data()) {
        pixel.0[3] = ((u32::from(pixel.0[3]) * u32::from(*covered) + 127) / 255) as u8;
    }
}

fn outline(points: &[(f32, f32)]) -> Option<Outline> {
    let (first, rest) = points.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(first.0, first.1);
    for point in rest {
        path.line_to(point.0, point.1);
    }
    path.close();
    path.finish()
}

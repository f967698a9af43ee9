//! Pictures of packs: what they are, and how they become pixels of a given size.
//!
//! In: the bytes of a PNG, JPEG, WebP, BMP or SVG file. Out: proportions, and straight-alpha RGBA of exactly the size
//! asked for. SVG is drawn at that size; it may use neither fonts nor other files, so that every machine draws the same.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Rgba32FImage, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, roxmltree};

use super::bounds;
use super::fault::Unusable;
use crate::files;

/// File name extensions of pictures.
const EXTENSIONS: &[&str] = &["png", "jpg", "jpeg", "webp", "bmp", "svg"];
/// Elements of SVG that depend on something outside the file.
const FOREIGN: &[&str] = &["text", "image", "feImage", "foreignObject"];

/// What is known of a picture without its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Width to height, in lowest terms.
    pub(super) aspect: (u32, u32),
    /// Whether the picture may have transparent parts.
    pub(super) transparent: bool,
}

/// Whether a file of this name should be a picture.
pub(super) fn has_picture_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    EXTENSIONS.iter().any(|extension| name.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.')))
}

fn is_svg(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".svg")
}

/// Reads the proportions of a picture.
pub(super) fn shape(name: &str, bytes: &[u8]) -> Result<Shape, Unusable> {
    let (width, height) = size(name, bytes)?;
    let transparent = is_svg(name) || decoder(Cursor::new(bytes))?.color_type().has_alpha();
    Ok(Shape { aspect: lowest(width, height)?, transparent })
}

/// Width and height of a picture as it is seen: in pixels, or in thousandths of a unit where it is drawn by an SVG.
pub(super) fn size(name: &str, bytes: &[u8]) -> Result<(u32, u32), Unusable> {
    if is_svg(name) {
        let size = vector(bytes)?.size();
        // Thousandths keep the proportions of sizes that are not whole.
        return Ok(((size.width() * 1000.0).round() as u32, (size.height() * 1000.0).round() as u32));
    }
    raster_size(Cursor::new(bytes))
}

/// As [`size`], reading no more of a file than it takes.
pub(super) fn size_of_file(path: &Path) -> Result<(u32, u32), Unusable> {
    let name = path.to_string_lossy();
    let io = |error: std::io::Error| Unusable::Raster(error.into());
    if is_svg(&name) {
        return size(&name, &files::read_bytes(path).map_err(|error| Unusable::Svg(error.to_string()))?);
    }
    raster_size(BufReader::new(File::open(path).map_err(io)?))
}

fn raster_size(file: impl BufRead + Seek) -> Result<(u32, u32), Unusable> {
    let mut decoder = decoder(file)?;
    let (width, height) = decoder.dimensions();
    let aside = turns_aside(decoder.orientation().map_err(Unusable::Raster)?);
    Ok(if aside { (height, width) } else { (width, height) })
}

/// The largest even width and height of a picture's proportions in a room.
pub(super) fn within(aspect: (u32, u32), room_w: u32, room_h: u32) -> (u32, u32) {
    let (aspect_w, aspect_h) = (u64::from(aspect.0), u64::from(aspect.1));
    let by_height = u64::from(room_h) * aspect_w / aspect_h;
    let (w, h) = if by_height <= u64::from(room_w) {
        (by_height as u32, room_h)
    } else {
        (room_w, (u64::from(room_w) * aspect_h / aspect_w) as u32)
    };
    ((w & !1).max(2), (h & !1).max(2))
}

/// Draws a picture at a size, with straight alpha.
pub(super) fn draw(name: &str, bytes: &[u8], width: u32, height: u32) -> Result<RgbaImage, Unusable> {
    if is_svg(name) { draw_vector(bytes, width, height) } else { draw_raster(bytes, width, height) }
}

fn draw_vector(bytes: &[u8], width: u32, height: u32) -> Result<RgbaImage, Unusable> {
    let tree = vector(bytes)?;
    let mut pixels = Pixmap::new(width, height).ok_or(Unusable::Empty)?;
    let scale =
        Transform::from_scale(width as f32 / tree.size().width(), height as f32 / tree.size().height());
    resvg::render(&tree, scale, &mut pixels.as_mut());
    RgbaImage::from_raw(width, height, pixels.take_demultiplied()).ok_or(Unusable::Empty)
}

fn draw_raster(bytes: &[u8], width: u32, height: u32) -> Result<RgbaImage, Unusable> {
    let mut decoder = decoder(Cursor::new(bytes))?;
    let orientation = decoder.orientation().map_err(Unusable::Raster)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(Unusable::Raster)?;
    picture.apply_orientation(orientation);
    if !picture.color().has_alpha() {
        // Catmull-Rom is a polynomial: unlike Lanczos, whose sines differ between platforms in the last bit.
        return Ok(imageops::resize(&picture.to_rgba8(), width, height, FilterType::CatmullRom));
    }
    // Colours are weighted by their alpha while they mix; otherwise the colour of invisible pixels seeps into edges.
    let mut weighted = picture.to_rgba32f();
    for pixel in weighted.pixels_mut() {
        let [r, g, b, a] = pixel.0;
        pixel.0 = [r * a, g * a, b * a, a];
    }
    Ok(straight(&imageops::resize(&weighted, width, height, FilterType::CatmullRom)))
}

fn straight(weighted: &Rgba32FImage) -> RgbaImage {
    RgbaImage::from_fn(weighted.width(), weighted.height(), |x, y| {
        let [r, g, b, a] = weighted.get_pixel(x, y).0;
        if a <= 0.0 {
            return image::Rgba([0; 4]);
        }
        let byte = |value: f32| (value * 255.0).round().clamp(0.0, 255.0) as u8;
        image::Rgba([byte(r / a), byte(g / a), byte(b / a), byte(a)])
    })
}

fn vector(bytes: &[u8]) -> Result<usvg::Tree, Unusable> {
    let svg = |reason: &dyn std::fmt::Display| Unusable::Svg(reason.to_string());
    let text = std::str::from_utf8(bytes).map_err(|error| svg(&error))?;
    let document = roxmltree::Document::parse(text).map_err(|error| svg(&error))?;
    if let Some(element) =
        document.descendants().map(|node| node.tag_name().name()).find(|name| FOREIGN.contains(name))
    {
        return Err(Unusable::SvgElement(element.to_owned()));
    }
    bounds::document(&document)?;
    let tree = usvg::Tree::from_xmltree(&document, &usvg::Options::default()).map_err(|error| svg(&error))?;
    bounds::tree(&tree)?;
    Ok(tree)
}

/// A decoder of a picture that is not too large.
pub(super) fn decoder<'a>(file: impl BufRead + Seek + 'a) -> Result<impl ImageDecoder + 'a, Unusable> {
    let mut reader = ImageReader::new(file);
    reader.limits(bounds::limits());
    let reader = reader.with_guessed_format().map_err(|error| Unusable::Raster(error.into()))?;
    let decoder = reader.into_decoder().map_err(Unusable::Raster)?;
    bounds::pixels(decoder.dimensions())?;
    Ok(decoder)
}

fn turns_aside(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Width to height in lowest terms.
pub(super) fn lowest(width: u32, height: u32) -> Result<(u32, u32), Unusable> {
    if width == 0 || height == 0 {
        return Err(Unusable::Empty);
    }
    let (mut a, mut b) = (width, height);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    Ok((width / a, height / a))
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgba};

    use super::*;

    fn png(picture: &RgbaImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn an_svg_is_drawn_at_the_size_asked_for() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><path fill="red" d="M0 0h1.5v2h-1.5z"/></svg>"#;
        assert_eq!(shape("a.svg", svg).unwrap(), Shape { aspect: (3, 2), transparent: true });
        let drawn = draw("a.svg", svg, 300, 200).unwrap();
        assert_eq!((drawn.get_pixel(149, 100).0, drawn.get_pixel(150, 100).0[3]), ([255, 0, 0, 255], 0));
    }

    #[test]
    fn an_svg_that_needs_fonts_is_refused() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><text>a</text></svg>"#;
        assert!(shape("a.svg", svg).unwrap_err().to_string().contains("`<text>`"));
    }

    #[test]
    fn invisible_colours_do_not_seep_into_edges() {
        // Left half opaque white, right half invisible black.
        let picture = RgbaImage::from_fn(8, 8, |x, _| if x < 4 { Rgba([255; 4]) } else { Rgba([0; 4]) });
        let drawn = draw("a.png", &png(&picture), 30, 30).unwrap();
        let edge: Vec<[u8; 4]> =
            drawn.pixels().map(|pixel| pixel.0).filter(|p| p[3] > 8 && p[3] < 247).collect();
        assert!(!edge.is_empty());
        assert!(edge.iter().all(|pixel| pixel[0] >= 250), "{edge:?}");
    }

    #[test]
    fn a_photograph_is_turned_as_its_camera_says() {
        // A JPEG of 16x8 whose EXIF says "rotate by 90 degrees": an APP1 segment after the start marker.
        let mut plain = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(16, 8).write_to(&mut plain, ImageFormat::Jpeg).unwrap();
        let exif =
            b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let plain = plain.into_inner();
        let turned: Vec<u8> = [&plain[..2], exif, &plain[2..]].concat();
        assert_eq!(shape("a.jpg", &plain).unwrap().aspect, (2, 1));
        assert_eq!(shape("a.jpg", &turned).unwrap().aspect, (1, 2));
    }

    #[test]
    fn what_is_not_a_picture_is_refused() {
        assert!(shape("a.png", b"hello").is_err());
        assert!(shape("a.svg", b"hello").is_err());
        assert!(
            has_picture_name("Eiffel Tower.JPG") && !has_picture_name("png") && !has_picture_name("a.gif")
        );
    }
}

//! Drawings that stand alone.
//!
//! In: the elements of a drawing and its size. Out: an SVG file with the colours and letters of the page.

use super::html::put;

/// A drawing by itself, in colours for paper.
pub(super) fn standalone((width, height): (f64, f64), body: &str) -> String {
    const INK: [&str; 6] = ["#0a62a8", "#c2570c", "#0b7d5c", "#9a4a86", "#6a6f00", "#3b3f45"];
    let mut style = String::from(
        "text{font-family:'DejaVu Sans',sans-serif;font-size:11px;fill:#3f464d}.title{font-size:14px;fill:#1b1f24}\
         .name{font-size:12px;fill:#1b1f24}.share{font-size:13px}.small{font-size:8.5px}.rule{stroke:#dfe1e3;fill:none}\
         .chance{stroke:#5c656f;stroke-dasharray:4 4;fill:none}.line{fill:none;stroke-width:1.8;stroke-linejoin:round}\
         .ceiling{stroke:#1b1f24;stroke-width:1.5;fill:none}.spread{stroke:#1b1f24;stroke-opacity:.6;fill:none}\
         .reference{fill:none;stroke-width:2}.whisker{fill:none;stroke-width:1.2;stroke-opacity:.55}.band{stroke:none;fill-opacity:.14}",
    );
    for (index, ink) in INK.iter().enumerate() {
        put!(style, ".k{index} .line,.k{index} .whisker,.k{index} .reference{{stroke:{ink}}}");
        put!(
            style,
            ".k{index} .dot,.k{index} .band,.k{index} .key,.k{index} .bar{{fill:{ink}}}.k{index} .dot{{stroke:#fff;stroke-width:1.5}}"
        );
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\
         <style>{style}</style><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>{body}</svg>\n"
    )
}

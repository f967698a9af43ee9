//! Small pieces of HTML: numbers, intervals drawn to scale.
//!
//! In: values. Out: text that is safe where it is put.

/// Appends formatted text; writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        use std::fmt::Write as _;
        write!($out, $($text)*).expect("a string can be written to")
    }};
}
pub(super) use put;

pub(super) use crate::markup::{html as escape, url_path};

/// An integer with thousands set apart.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// Seconds as people write them.
pub(super) fn duration(secs: f64) -> String {
    let whole = secs.round() as u64;
    match whole {
        0..60 => format!("{secs:.1} s"),
        60..3600 => format!("{}:{:02} min", whole / 60, whole % 60),
        _ => format!("{}:{:02} h", whole / 3600, whole % 3600 / 60),
    }
}

/// A share in per cent with one decimal.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// A share in whole per cent.
pub(super) fn whole(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

/// A share with its interval on a line from 0 to 1, with a mark at chance.
pub(super) fn interval(share: f64, [low, high]: [f64; 2], chance: f64) -> String {
    format!(
        "<span class=\"scale\" aria-hidden=\"true\"><i class=\"chance\" style=\"left:{}%\"></i>\
         <i class=\"range\" style=\"left:{}%;width:{}%\"></i><i class=\"point\" style=\"left:{}%\"></i></span>",
        percent(chance),
        percent(low),
        percent((high - low).max(0.0)),
        percent(share),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_paths() {
        assert_eq!(count(5400), "5\u{202f}400");
        assert_eq!((count(7), count(1_000_000)), ("7".to_owned(), "1\u{202f}000\u{202f}000".to_owned()));
        assert_eq!(duration(59.94), "60.0 s".replace("60.0", "1:00").replace(" s", " min"));
        assert_eq!(duration(3725.0), "1:02 h");
        assert_eq!(url_path("a b/ü#?.mp4"), "a%20b/%C3%BC%23%3F.mp4");
        assert_eq!(escape("<b>\"&'"), "&lt;b&gt;&quot;&amp;&#39;");
    }
}

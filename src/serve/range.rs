//! Byte ranges of HTTP (RFC 9110, section 14).
//!
//! In: the value of a `Range` field and a length. Out: which bytes to send.

/// What a request asks of `len` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of them.
    Whole,
    /// From the first to the last, both included.
    Part(u64, u64),
    /// None that there are.
    Unsatisfiable,
}

/// Reads the value of a `Range` field. What is no single range of bytes is ignored, as the standard allows.
pub(super) fn wanted(value: Option<&str>, len: u64) -> Wanted {
    let Some(spec) = value.and_then(|value| value.trim().strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let Some((first, last)) = spec.trim().split_once('-') else { return Wanted::Whole };
    // Digits alone: a parser of numbers would take a sign, too.
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| {
        Some(text.trim()).filter(|text| is_number(text)).and_then(|text| text.parse::<u64>().ok())
    };
    match (number(first), number(last)) {
        // The last so many bytes.
        (None, Some(0)) if first.trim().is_empty() => Wanted::Unsatisfiable,
        (None, Some(count)) if first.trim().is_empty() => {
            if len == 0 {
                Wanted::Unsatisfiable
            } else {
                Wanted::Part(len.saturating_sub(count), len - 1)
            }
        }
        (Some(first), None) if last.trim().is_empty() => {
            if first < len {
                Wanted::Part(first, len - 1)
            } else {
                Wanted::Unsatisfiable
            }
        }
        (Some(first), Some(last)) if first <= last => {
            if first < len {
                Wanted::Part(first, last.min(len - 1))
            } else {
                Wanted::Unsatisfiable
            }
        }
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (value, expected) in [
            (None, Wanted::Whole),
            (Some("bytes=0-"), Wanted::Part(0, 9)),
            (Some("bytes=0-0"), Wanted::Part(0, 0)),
            (Some("bytes=3-99"), Wanted::Part(3, 9)),
            (Some("bytes=-4"), Wanted::Part(6, 9)),
            (Some("bytes=-40"), Wanted::Part(0, 9)),
            (Some("bytes=-0"), Wanted::Unsatisfiable),
            (Some("bytes=10-"), Wanted::Unsatisfiable),
            (Some("bytes=10-12"), Wanted::Unsatisfiable),
            (Some("bytes=5-4"), Wanted::Whole),
            (Some("bytes=0-1,4-5"), Wanted::Whole),
            (Some("bytes=-"), Wanted::Whole),
            (Some("bytes=x-4"), Wanted::Whole),
            (Some("bytes=+1-+5"), Wanted::Whole),
            (Some("bytes=+1-5"), Wanted::Whole),
            (Some("bytes=-+5"), Wanted::Whole),
            (Some("items=0-1"), Wanted::Whole),
        ] {
            assert_eq!(wanted(value, 10), expected, "{value:?}");
        }
        assert_eq!(wanted(Some("bytes=-1"), 0), Wanted::Unsatisfiable);
    }
}

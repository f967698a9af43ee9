//! The size of a picture.
//!
//! In: two sizes. Out: the largest of the shape of the one that lies in the other.

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Size {
    /// The largest even size of this shape that lies in `frame`.
    pub(super) fn fitted(self, frame: Self) -> Self {
        let [width, height] = [self.width, self.height].map(u64::from);
        let [most_wide, most_high] = [frame.width, frame.height].map(u64::from);
        let even = |value: u64, most: u32| ((value as u32 + 1) & !1).clamp(2, most);
        if width * most_high >= height * most_wide {
            Self { height: even((height * most_wide + width / 2) / width, frame.height), ..frame }
        } else {
            Self { width: even((width * most_high + height / 2) / height, frame.width), ..frame }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitting_keeps_the_shape_and_even_sizes() {
        let fitted = |(width, height)| {
            let Size { width, height } = Size { width, height }.fitted(Size { width: 640, height: 360 });
            (width, height)
        };
        assert_eq!(fitted((1920, 1080)), (640, 360));
        assert_eq!(fitted((1080, 1920)), (204, 360));
        assert_eq!(fitted((640, 272)), (640, 272));
        assert_eq!(fitted((3, 1000)), (2, 360));
    }
}

//! Seconds of cut groups of pictures, encoded once for all videos of a haystack.
//!
//! In: packets of such seconds. Out: the same packets, for the next video that needs them, as long as they fit. They depend on the haystack
//! alone, so a second that is encoded again is the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::media::encode::Encoded;
use crate::time::FrameSpan;

/// Bytes of packets that are kept of one haystack.
const MOST_BYTES: usize = 64 << 20;

/// Packets of a second.
pub(super) type Packets = Arc<Vec<Encoded>>;

/// What was encoded of one haystack, or of those of one video.
#[derive(Debug, Default)]
pub(super) struct Rests {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// By haystack and first frame.
    seconds: BTreeMap<(String, u64), Packets>,
    bytes: usize,
}

impl Rests {
    /// The packets of a second, where they are there.
    pub(super) fn get(&self, haystack: &str, span: FrameSpan) -> Option<Packets> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.seconds
            .get(&(haystack.to_owned(), span.start()))
            .filter(|packets| packets.len() as u64 == span.count())
            .cloned()
    }

    /// Keeps the packets of a second, unless too many are there.
    pub(super) fn keep(&self, haystack: &str, span: FrameSpan, packets: &Packets) {
        let bytes: usize = packets.iter().map(|packet| packet.data.len()).sum();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (haystack.to_owned(), span.start());
        if kept.bytes + bytes <= MOST_BYTES && !kept.seconds.contains_key(&key) {
            kept.bytes += bytes;
            kept.seconds.insert(key, Arc::clone(packets));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_kept_while_they_fit() {
        let rests = Rests::default();
        let span = |at: u64| FrameSpan::new(at, at + 1).unwrap();
        let packets = |bytes: usize| Arc::new(vec![Encoded { data: vec![7; bytes], frame: 0, key: true }]);
        rests.keep("a", span(0), &packets(MOST_BYTES - 10));
        rests.keep("a", span(25), &packets(11));
        rests.keep("a", span(50), &packets(10));
        assert_eq!(rests.get("a", span(0)).unwrap()[0].data.len(), MOST_BYTES - 10);
        assert!(rests.get("a", span(25)).is_none() && rests.get("a", span(50)).is_some());
        // Another part of the same second is something else, and so is another haystack's.
        assert!(rests.get("a", FrameSpan::new(0, 2).unwrap()).is_none() && rests.get("b", span(0)).is_none());
    }
}

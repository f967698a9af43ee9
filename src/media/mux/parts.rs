//! Boxes that tracks of all kinds have: where their packets lie, and which part of their time is shown.
//!
//! In: tables, lengths. Out: boxes.

use mp4_atom::{
    Co64, Dinf, Dref, DrefEntry, Edts, Elst, ElstEntry, Stbl, Stco, Stsc, StscEntry, Stsz, StszSamples, Url,
};

use super::table::Table;

/// An edit list that shows `length` ticks of a track from a time of it on.
pub(super) fn edit(length: u64, media_time: u64) -> Edts {
    let entry = ElstEntry { segment_duration: length, media_time: Some(media_time), media_rate: 1.into() };
    Edts { elst: Some(Elst { entries: vec![entry] }) }
}

/// That the packets of a track lie in this file.
pub(super) fn here() -> Dinf {
    Dinf { dref: Dref { entries: vec![DrefEntry::Url(Url::default())] } }
}

/// The sizes and places of a track's packets; places have 64 bits where the file is `wide`.
pub(super) fn chunk_boxes(table: &Table, wide: bool) -> Stbl {
    let mut runs: Vec<StscEntry> = Vec::new();
    for (first_chunk, &samples_per_chunk) in (1..).zip(&table.chunks) {
        if runs.last().is_none_or(|last| last.samples_per_chunk != samples_per_chunk) {
            runs.push(StscEntry { first_chunk, samples_per_chunk, sample_description_index: 1 });
        }
    }
    let narrow = || Stco { entries: table.offsets.iter().map(|&offset| offset as u32).collect() };
    Stbl {
        stsc: Stsc { entries: runs },
        stsz: Stsz { samples: StszSamples::Different { sizes: table.sizes.clone() } },
        stco: (!wide).then(narrow),
        co64: wide.then(|| Co64 { entries: table.offsets.clone() }),
        ..Stbl::default()
    }
}

//! What tools write in place of a reply when a request has failed.
//!
//! In: the text of a reply. Out: nothing if it is such a marker.

/// Beginnings of markers.
const BEGINNINGS: &[&str] = &["[LMMS_EVAL_REQUEST_FAILED", "[LMMS_EVAL_BUDGET_EXCEEDED]"];
/// Markers that `VLMEvalKit` writes; its wrappers of some models put text around the first.
const WHOLE: &[&str] = &["Failed to obtain answer via API.", "Failed to obtain answer via API"];

/// The reply; nothing where a request has failed and a tool wrote its marker instead.
pub fn reply(text: String) -> Option<String> {
    let trimmed = text.trim();
    let failed = BEGINNINGS.iter().any(|marker| trimmed.starts_with(marker)) || WHOLE.contains(&trimmed);
    (!failed).then_some(text)
}

//! What single kinds of question say, in sentences.
//!
//! In: scores. Out: lines that tables and reports show alike.

use super::file::Scores;

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// Groups by type, existence, states, hops and gaps: a line each, as far as there are any.
pub fn sentences(scores: &Scores) -> Vec<String> {
    let mut lines = groups(scores);
    for (kind, own) in &scores.existence {
        let d_prime = own.d_prime.map_or_else(|| "-".to_owned(), |d_prime| format!("{d_prime:.2}"));
        lines.push(format!(
            "existence of {kind}: {} hits of {} tries, {} false alarms of {}, d' {d_prime}; {}% say yes",
            own.hits,
            own.shown,
            own.false_alarms,
            own.absent,
            percent(own.yes)
        ));
    }
    for (kind, own) in &scores.states {
        lines.push(format!(
            "stale answers to {kind}: {} of {} wrong tries name the state right before ({}%; {}% by drawing a wrong answer)",
            own.stale,
            own.wrong,
            percent(own.share),
            percent(own.chance)
        ));
    }
    for (kind, slices) in &scores.hops {
        let each: Vec<String> = slices
            .iter()
            .map(|slice| format!("{}: {}% ({})", slice.value, percent(slice.circular), slice.samples))
            .collect();
        lines.push(format!("circular of {kind} by number of hops (samples): {}", each.join(", ")));
    }
    for (kind, own) in &scores.gap {
        lines.push(format!(
            "gap of {kind}: choice {}% less open {}% is {} points; corrected for chance {}",
            percent(own.choice),
            percent(own.open),
            percent(own.gap),
            percent(own.corrected)
        ));
    }
    lines
}

/// Groups of each type that has them, where they are of several types.
fn groups(scores: &Scores) -> Vec<String> {
    let types = scores.groups.iter().filter(|groups| groups.types.len() > 1).flat_map(|groups| &groups.types);
    types
        .map(|(kind, own)| {
            let chance =
                own.chance.map(|chance| format!("; chance {}%", percent(chance))).unwrap_or_default();
            format!(
                "groups of {kind}: {} of {} are right, {}%{chance}",
                own.correct,
                own.groups,
                percent(own.right)
            )
        })
        .collect()
}

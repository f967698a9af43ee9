//! Cues: what is heard or read while a needle is shown.
//!
//! In: `[cue]` of a family's file. Out: what is wrong with it; the look, the pack and the text of a family's cues.

use super::family::Family;
use super::question_kind::QuestionKind;
use super::raw::Raw;
use super::sense::Sense;
use crate::id;
use crate::needle::LookKind;
use crate::template;

/// Checks that cues stand where a kind has them, and nowhere else.
pub(super) fn check(raw: &Raw, kind: QuestionKind, count: (usize, usize), problems: &mut Vec<String>) {
    let name = kind.name();
    let Some(cue) = raw.cue.as_ref().filter(|_| kind.has_cues()) else {
        if raw.cue.is_some() {
            problems.push(format!(
                "cue: belongs to `kind = \"{}\"` and `kind = \"{}\"`, not to `{name}`",
                QuestionKind::During.name(),
                QuestionKind::Conflict.name()
            ));
        } else if kind.has_cues() {
            problems.push(format!(
                "cue: missing; `kind = \"{name}\"` asks about what is heard or read: write `[cue]` with `look` and `pack`"
            ));
        }
        return;
    };
    if !id::is_valid(&cue.pack) || cue.pack.len() > id::LONGEST {
        problems.push(format!(
            "cue.pack: `{}` is not made of up to {} letters, digits, `_` and `-`",
            cue.pack,
            id::LONGEST
        ));
    }
    if Sense::of_look(cue.look.name()) == Sense::Seen {
        problems.push(format!(
            "cue.look: `{}` is seen, and a cue is heard or read; the looks for that are {}",
            cue.look.name(),
            LookKind::beside().map(|look| format!("`{}`", look.name())).join(", ")
        ));
    }
    if Sense::of_look(raw.needle.look.name()) != Sense::Seen {
        problems.push(format!(
            "needle.look: `{}` is not seen; with `[cue]`, what is hidden is seen, and its cue is not",
            raw.needle.look.name()
        ));
    }
    if let Some(text) = &cue.text {
        if cue.look != LookKind::Caption {
            problems.push("cue.text: only `look = \"caption\"` has a text".to_owned());
        } else if !text.contains("{label}") {
            problems.push("cue.text: nothing stands for the label; write `{label}`".to_owned());
        }
    }
    let number = raw.options.number;
    if kind == QuestionKind::During && count.1 < number {
        problems
            .push(format!("options.number: every option is shown; set `needle.count` to {number} or more"));
    }
    // A cue of the same pack would name an option; where picture and cue disagree, both are options.
    match (kind, cue.pack == raw.needle.pack) {
        (QuestionKind::During, true) => problems.push(
            "cue.pack: is the needle's own, so a question would name an option; name another pack".to_owned(),
        ),
        (QuestionKind::Conflict, false) => problems.push(
            "cue.pack: is not the needle's own, so its labels are no options; name the needle's pack"
                .to_owned(),
        ),
        _ => {}
    }
}

impl Family {
    /// The look of what is heard or read while a needle is shown; nothing where needles have no cues.
    pub fn cue_look(&self) -> Option<LookKind> {
        self.raw.cue.as_ref().map(|cue| cue.look)
    }

    /// Whether its videos have a subtitle track.
    pub fn has_subtitles(&self) -> bool {
        [Some(self.look()), self.cue_look()].contains(&Some(LookKind::Caption))
    }

    /// How cues are taken in.
    pub(super) fn cue_sense(&self) -> Sense {
        self.cue_look().map_or(Sense::Seen, |look| Sense::of_look(look.name()))
    }

    /// The pack of the cues; where picture and cue disagree, a spec that names another pack for the needles names it for both.
    pub fn cue_pack<'a>(&'a self, pack: &'a str) -> Option<&'a str> {
        let cue = self.raw.cue.as_ref()?;
        Some(if self.question_kind == QuestionKind::Conflict { pack } else { &cue.pack })
    }

    /// What a cue says for `label`; the label itself where the family states no text.
    pub fn cue_text(&self, label: &str) -> String {
        let text = self.raw.cue.as_ref().and_then(|cue| cue.text.as_deref());
        template::filled(text.unwrap_or("{label}"), &[("{label}", label)])
    }

    /// How many cues no two of which are alike their pack has to hold.
    pub fn cues_needed(&self) -> usize {
        if self.question_kind == QuestionKind::During { self.count.1 } else { 0 }
    }
}

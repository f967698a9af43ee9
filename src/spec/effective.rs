//! What the difficulty of a type comes to in a video of one size and rate.
//!
//! In: a task and what its frames are. Out: [`Effective`] values, whether needles are as clear as by default, and settings that
//! come to nothing.

use super::difficulty::{Difficulty, Place};
use super::quantity::Length;
use super::tasks::Task;
use crate::needle::LookKind;
use crate::needle::{Effective, Effects, LEGIBLE_PX, Milli, ROUND, Spot, text_px};
use crate::time::{FrameRate, percent};

/// What the frames of a video are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames a second.
    pub fps: FrameRate,
}

impl Task {
    /// What the difficulty comes to. A text that is set smaller than others, because it is long, is the plan's to tell.
    pub fn effective(&self, screen: Screen) -> Effective {
        let own = &self.difficulty;
        let look = self.family.look();
        let all = own.effective(screen);
        let frames = |length: &Option<Length>| length.as_ref().map_or(0, |length| length.frames(screen.fps));
        let is_alone = self.family.most_places() == 1;
        let distance = if is_alone { 0 } else { frames(&own.distance) };
        let drawn = self.durations.as_ref();
        let shortest = drawn.map(|durations| durations.least.frames(screen.fps));
        Effective {
            duration_frames: shortest.unwrap_or_else(|| self.duration_frames(screen.fps)),
            longest_frames: drawn.map_or(0, |durations| durations.most.frames(screen.fps)),
            gap_frames: if is_alone || distance > 0 { 0 } else { self.gap.frames(screen.fps) },
            distance_frames: distance,
            age_frames: (self.family.ask_times() > 0).then(|| frames(&own.age)),
            text_px: if look == LookKind::Text { all.text_px } else { 0 },
            box_alpha: if look == LookKind::Text { all.box_alpha } else { 0 },
            picture_px: if self.family.fills_frame() { all.picture_px } else { 0 },
            patch_px: if look.is_small() || self.family.plays_over() { all.patch_px } else { 0 },
            period_frames: if self.family.question_kind().has_period() { all.period_frames } else { 0 },
            ..all
        }
    }

    /// The one place where all needles stand; nothing where that is where their like usually does, or drawn.
    pub fn spot(&self) -> Option<Spot> {
        match self.difficulty.place {
            Place::At(spot) => Some(spot),
            Place::Usual => self.usual_spot(),
            Place::Random => None,
        }
    }

    /// Where needles usually stand, if elsewhere than their like: a text stands at the top of a video that has a subtitle track, whose lines
    /// players show at the bottom.
    fn usual_spot(&self) -> Option<Spot> {
        let is_over_lines = self.family.look() == LookKind::Text && self.family.has_subtitles();
        is_over_lines.then_some(Spot::TOP)
    }

    /// Where needles stand, in words that differ where places do: what is usual is one of the others.
    pub fn effective_place(&self) -> String {
        match (self.difficulty.place, self.family.look()) {
            (Place::Usual, LookKind::Text) => Place::At(self.usual_spot().unwrap_or(Spot::BOTTOM)).name(),
            (Place::Usual, LookKind::Clip) if self.family.plays_over() => Place::At(Spot::CORNER).name(),
            (Place::Usual, LookKind::Picture | LookKind::Clip) => Place::At(Spot::CENTRE).name(),
            (Place::Usual, LookKind::Patch | LookKind::Mover) => Place::Random.name(),
            (_, LookKind::Sound | LookKind::Caption) => String::new(),
            (place, _) => place.name(),
        }
    }

    /// Whether needles are drawn as clearly as by default, so that whoever sees their frames can tell what they are.
    pub fn is_clear(&self, screen: Screen) -> bool {
        let own = self.difficulty.effective(screen);
        let usual = Difficulty::default().effective(screen);
        own.text_px >= usual.text_px
            && own.box_alpha >= usual.box_alpha
            && own.picture_px >= ((usual.picture_px / 2) & !1)
            && own.patch_px >= usual.patch_px
            && own.opacity_alpha == usual.opacity_alpha
            && (own.blur_px, own.noise_levels, own.tint_levels) == (Milli(0), 0, 0)
            && (own.fade_in_frames, own.fade_out_frames) == (0, 0)
    }

    /// Settings that a frame has no room for: each key, and why.
    pub fn faults(&self, screen: Screen) -> Vec<(&'static str, String)> {
        let own = &self.difficulty;
        let comes_to = self.effective(screen);
        let height = screen.height;
        let mut faults = Vec::new();
        let asked = height * u32::from(own.text_size_permille) / 1000;
        // The size that nobody has asked for is raised to the least that can be read.
        let is_usual = own.text_size_permille == Difficulty::default().text_size_permille;
        if self.family.look() == LookKind::Text && asked < LEGIBLE_PX && !is_usual {
            let least = (LEGIBLE_PX * 1000).div_ceil(height) as u16;
            faults.push((
                "text_size",
                format!(
                    "{} is {asked} px in a frame {height} px high, and letters below {LEGIBLE_PX} px cannot be read: from {}",
                    percent(own.text_size_permille),
                    percent(least)
                ),
            ));
        }
        faults.extend(self.too_fast_or_slow(screen).map(|fault| ("period", fault)));
        let amounts = [
            ("blur", own.blur_permille, comes_to.blur_px.0, "px"),
            ("noise", own.noise_permille, u32::from(comes_to.noise_levels), "levels"),
            ("tint", own.tint_permille, u32::from(comes_to.tint_levels), "levels"),
        ];
        for (key, permille, amount, unit) in amounts {
            if permille > 0 && amount == 0 {
                let size = format!("{}x{height}", screen.width);
                faults.push((
                    key,
                    format!("{} comes to 0 {unit} in {size} and changes nothing", percent(permille)),
                ));
            }
        }
        faults
    }

    /// Why the frames of what moves would not tell how, if so.
    fn too_fast_or_slow(&self, screen: Screen) -> Option<String> {
        let kind = self.family.question_kind();
        let Effective { duration_frames: shown, period_frames: round, .. } = self.effective(screen);
        let (least, travel) = (kind.least_round_frames(), kind.least_travel());
        // As much of a round as has to be shown, of all frames that are. Both are rounded to whole frames.
        let most = if travel > 0 { shown * ROUND as u64 / travel as u64 + 1 } else { u64::MAX };
        (kind.has_period() && !(least..=most).contains(&round)).then(|| {
            let frames = (least * travel as u64).div_ceil(ROUND as u64);
            let remedy = if most < least {
                format!("set `duration` to {frames} frames or more")
            } else if most == u64::MAX {
                format!("it has to be {least} frames or more")
            } else {
                format!("it has to be {least} to {most} frames")
            };
            format!("comes to {round} frames, and a needle shows for {shown} frames: {remedy}")
        })
    }
}

impl Difficulty {
    /// What it comes to for needles of any look, apart from their distances.
    fn effective(&self, screen: Screen) -> Effective {
        let frames = |length: &Option<Length>| length.as_ref().map_or(0, |length| length.frames(screen.fps));
        let alpha = |permille: u16| ((u32::from(permille) * 255 + 500) / 1000) as u8;
        let shorter = |permille: u16| {
            let side = u64::from(screen.width.min(screen.height)) * u64::from(permille) / 1000;
            (side as u32 & !1).max(2)
        };
        let effects = Effects {
            blur_permille: self.blur_permille,
            noise_permille: self.noise_permille,
            ..Effects::default()
        };
        Effective {
            duration_frames: self.duration.frames(screen.fps),
            longest_frames: 0,
            gap_frames: 0,
            distance_frames: 0,
            age_frames: None,
            fade_in_frames: frames(&self.fade_in),
            fade_out_frames: frames(&self.fade_out),
            text_px: text_px(self.text_size_permille, screen.height),
            box_alpha: alpha(self.box_opacity_permille),
            picture_px: shorter(self.picture_size_permille),
            patch_px: shorter(self.patch_size_permille),
            period_frames: self.period.frames(screen.fps),
            opacity_alpha: alpha(self.opacity_permille),
            blur_px: Milli(effects.blur_milli_px(screen.height)),
            noise_levels: effects.noise_levels(),
            tint_levels: alpha(self.tint_permille),
        }
    }
}

//! The needles of a planned video: what each shows, on which frames, and where in the frame.
//!
//! In: what was drawn for a slot, and the frames on which its needles show. Out: [`PlannedNeedle`]s in order.

use crate::haystack::Form;
use crate::needle::{Effects, Look, LookKind, Loudness, Mover, PixelBox, Spot, WayIn};
use crate::question::{Area, Clip, Drawn};
use crate::seed::Stream;
use crate::spec::{Place, Task};
use crate::time::{Depth, FrameRate, FrameSpan};

use super::looks::{cue, effects, look, pack, place_of, shown_by};
use super::patches::{self, patch_sizes};
use super::{PlannedNeedle, Planner};

impl Planner {
    /// The needles of a video of `haystack_frames`; `stream` gives the stream of each sort of decision.
    pub(super) fn needles(
        &self,
        task_index: usize,
        form: &Form,
        drawn: &Drawn,
        spans: &[FrameSpan],
        haystack_frames: u64,
        stream: &impl Fn(&str) -> Stream,
    ) -> Vec<PlannedNeedle> {
        let task = &self.spec.tasks()[task_index];
        let mode = task.family.mode();
        let (mut patches, mut spots, mut noise) = (stream("patches"), stream("spots"), stream("noise"));
        let mut takes = stream("takes");
        let mut needles = Vec::new();
        // Frames that were inserted before, by which a needle has been moved on.
        let mut before = 0;
        for (&span, clip) in spans.iter().zip(&drawn.clips) {
            let (at, last) = match mode {
                WayIn::Insert => (span.start() - before, haystack_frames),
                WayIn::Overlay | WayIn::Mix | WayIn::Subtitle => {
                    (span.start(), haystack_frames - span.count())
                }
            };
            if !clip.moving.is_empty() {
                let size = (form.width, form.height);
                let look = self.moving(task_index, size, clip, &mut patches);
                let place = self.spec.library().place(&look, size.0, size.1);
                needles.push(PlannedNeedle {
                    label: look.movers().first().map(|mover| mover.label.clone()).unwrap_or_default(),
                    key: String::new(),
                    mode,
                    effects: effects(task, form.fps, &mut noise),
                    span,
                    place: place.expect("movers are placed in a frame that was checked"),
                    look,
                    depth: Depth::of(at, last),
                    is_distractor: clip.is_distractor,
                    replay: None,
                });
                if mode == WayIn::Insert {
                    before += span.count();
                }
                continue;
            }
            let places = self.clip(task_index, (form.width, form.height), clip, (&mut patches, &mut spots));
            for (&candidate, place) in clip.candidates.iter().zip(places) {
                let shown = shown_by(task, clip, candidate);
                let (look, span) = self.heard(task, look(task, shown), (span, form.fps), &mut takes);
                needles.push(PlannedNeedle {
                    label: shown.candidate.label.clone(),
                    key: shown.key.map(|key| key.label.clone()).unwrap_or_default(),
                    mode,
                    look,
                    effects: effects(task, form.fps, &mut noise),
                    span,
                    place,
                    depth: Depth::of(at, last),
                    is_distractor: clip.is_distractor,
                    replay: None,
                });
            }
            needles.extend(self.cue(task, clip, (span, form.fps, Depth::of(at, last)), &mut takes));
            if mode == WayIn::Insert {
                before += span.count();
            }
        }
        needles
    }

    /// What is heard or read while a clip is shown; nothing where it has no cue.
    fn cue(
        &self,
        task: &Task,
        clip: &Clip,
        (room, fps, depth): (FrameSpan, FrameRate, Depth),
        takes: &mut Stream,
    ) -> Option<PlannedNeedle> {
        let (candidate, look) = cue(task, clip)?;
        let mode = look.kind().beside_way()?;
        let (look, span) = self.heard(task, look, (room, fps), takes);
        Some(PlannedNeedle {
            label: candidate.label.clone(),
            key: String::new(),
            mode,
            look,
            effects: Effects::default(),
            span,
            place: PixelBox::NONE,
            depth,
            is_distractor: clip.is_distractor,
            replay: None,
        })
    }

    /// A look as it is heard, and its frames, of those that it may have: a sound is one of its recordings and lasts as long, a clip has the
    /// sound of its pack. An inserted clip is heard alone, as it was recorded; one that lies over footage is as loud as that.
    fn heard(
        &self,
        task: &Task,
        look: Look,
        (room, fps): (FrameSpan, FrameRate),
        takes: &mut Stream,
    ) -> (Look, FrameSpan) {
        if let Look::Clip { pack, item, is_reversed, ground, .. } = look {
            let clip = self.spec.library().pack(&pack).and_then(|pack| pack.item(&item));
            let over = Loudness::Over { snr_db: task.difficulty.snr_db };
            let loudness = if ground.is_some() { Loudness::Recorded } else { over };
            let sound = clip.and_then(|item| self.spec.soundtrack(task, item)).map(|_| loudness);
            return (Look::Clip { pack, item, is_reversed, ground, sound }, room);
        }
        let Look::Sound { pack, item, snr_db, .. } = look else { return (look, room) };
        let recordings = self.spec.library().recordings(&pack, &item);
        let (_, recordings) = recordings.expect("the spec has checked its sounds");
        let take = takes.below(recordings.len() as u64);
        let frames =
            recordings[take as usize].frames(fps).map_or(room.count(), |frames| frames.min(room.count()));
        let span = FrameSpan::new(room.start(), room.start() + frames).expect("a sound has a frame");
        (Look::Sound { pack, item, take: take as u16, snr_db }, span)
    }

    /// Where in the frame the needles of one clip stand.
    fn clip(
        &self,
        task_index: usize,
        size: (u32, u32),
        clip: &Clip,
        (patches, spots): (&mut Stream, &mut Stream),
    ) -> Vec<PixelBox> {
        let task = &self.spec.tasks()[task_index];
        let place = task.difficulty.place;
        if task.family.look() == LookKind::Patch {
            let aspect = |candidate: &usize| self.aspects[task_index][place_of(task, clip, *candidate)];
            let permille = task.difficulty.patch_size_permille;
            if let Some(cell) = clip.cell {
                let shape = (aspect(&clip.candidates[0]), permille);
                return vec![patches::within(cell, shape, size, patches)];
            }
            let aspects: Vec<_> = clip.candidates.iter().map(aspect).collect();
            return patches::boxes((&aspects, permille), task.spot(), size, patches);
        }
        let own =
            |candidate: &usize| self.places[task_index][self.at(size)][place_of(task, clip, *candidate)];
        let mut stand = |usual: PixelBox| {
            if place != Place::Random || usual == PixelBox::NONE {
                return usual;
            }
            let all: Vec<Spot> = Spot::all().collect();
            all[spots.below(all.len() as u64) as usize].stand((usual.w, usual.h), size)
        };
        clip.candidates.iter().map(|candidate| stand(own(candidate))).collect()
    }

    /// What a clip looks like in which things move.
    fn moving(&self, task_index: usize, size: (u32, u32), clip: &Clip, patches: &mut Stream) -> Look {
        let task = &self.spec.tasks()[task_index];
        // Movers of one area lie in the same box, wherever that is.
        let mut areas: Vec<(Area, PixelBox)> = Vec::new();
        let movers = clip.moving.iter().map(|moving| {
            let area = areas.iter().find(|(area, _)| *area == moving.area).map(|(_, place)| *place);
            let area = area.unwrap_or_else(|| {
                let place = patches::area(moving.area, size, patches);
                areas.push((moving.area, place));
                place
            });
            let shown = shown_by(task, clip, moving.candidate);
            let aspect = self.aspects[task_index][place_of(task, clip, moving.candidate)];
            let [_, (w, h), _] = patch_sizes(aspect, task.difficulty.patch_size_permille, size);
            Mover {
                label: shown.candidate.label.clone(),
                pack: pack(task, clip.is_distractor).to_owned(),
                item: shown.candidate.item.clone(),
                w: w.min(area.w),
                h: h.min(area.h),
                area,
                path: moving.path.clone(),
                share: moving.share,
            }
        });
        Look::Mover { movers: movers.collect(), ground: task.difficulty.ground }
    }
}

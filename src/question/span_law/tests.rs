//! Figures against enumeration, against known closed forms, and against draws.

use std::collections::BTreeMap;

use super::*;
use crate::seed::{Seed, Stream};
use crate::time::FrameSpan;

fn stream(label: &str) -> Stream {
    Seed::new(3).stream(label, 0)
}

fn law(least: u64, most: u64, frames: u64) -> SpanLaw {
    SpanLaw::new(least, most, frames).unwrap()
}

/// `n` frames from the first to the last, evenly.
fn linspace(n: u64, frames: u64) -> Vec<u64> {
    (0..n).map(|at| at * (frames - 1) / (n - 1)).collect()
}

fn shown(sampled: &[u64], span: FrameSpan) -> Vec<bool> {
    sampled.iter().map(|&frame| span.contains(frame)).collect()
}

fn run(shown: &[bool]) -> std::ops::Range<usize> {
    runs(shown).first().cloned().unwrap_or(0..0)
}

fn iou(one: FrameSpan, other: FrameSpan) -> f64 {
    let shared = one.intersection(other).map_or(0, FrameSpan::count);
    shared as f64 / (one.count() + other.count() - shared) as f64
}

fn counts(one: FrameSpan, other: FrameSpan) -> [f64; 4] {
    let shared = one.intersection(other).map_or(0, FrameSpan::count);
    let all = one.count() + other.count() - shared;
    let at_least = |num, den| f64::from(u8::from(shared * den >= all * num));
    [shared as f64 / all as f64, at_least(3, 10), at_least(1, 2), at_least(7, 10)]
}

/// Every span of a law with its probability.
fn every_span(law: SpanLaw) -> Vec<(FrameSpan, f64)> {
    let total: f64 = (law.least()..=law.most()).map(|duration| 1.0 / duration as f64).sum();
    let mut spans = Vec::new();
    for duration in law.least()..=law.most() {
        let starts = law.frames() - duration + 1;
        for start in 0..starts {
            let probability = 1.0 / duration as f64 / total / starts as f64;
            spans.push((FrameSpan::new(start, start + duration).unwrap(), probability));
        }
    }
    spans
}

/// The best of every answer, by each measure on its own, with all of `truths`.
fn best_of_all(frames: u64, truths: &[(FrameSpan, f64)]) -> [f64; 4] {
    let mut best = [0.0_f64; 4];
    for start in 0..frames {
        for end in start + 1..=frames {
            let answer = FrameSpan::new(start, end).unwrap();
            let mut reached = [0.0; 4];
            for &(truth, probability) in truths {
                for (sum, value) in reached.iter_mut().zip(counts(answer, truth)) {
                    *sum += probability * value;
                }
            }
            for (best, reached) in best.iter_mut().zip(reached) {
                *best = best.max(reached);
            }
        }
    }
    best
}

fn close(one: f64, other: f64, tolerance: f64) -> bool {
    (one - other).abs() < tolerance
}

fn assert_alike(mean_iou: f64, recall: [f64; 3], right: [f64; 4], about: &str) {
    let found = [mean_iou, recall[0], recall[1], recall[2]];
    assert!(
        found.iter().zip(right).all(|(&found, right)| close(found, right, 1e-9)),
        "{about}: {found:?} {right:?}"
    );
}

#[test]
fn enumeration_gives_the_same_figures() {
    let samplings: [&[u64]; 6] = [
        &[],
        &[0, 4, 9, 13, 19, 24, 29, 34, 39],
        &[0, 10, 12, 39],
        &[3, 4, 5, 6, 20, 20, 33],
        &[39],
        &[1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37],
    ];
    for law in [law(2, 8, 40), law(5, 5, 40), law(1, 12, 33)] {
        let spans = every_span(law);
        let chance = law.chance();
        assert_alike(chance.mean_iou, chance.recall, best_of_all(law.frames(), &spans), "chance");
        for sampled in samplings {
            let sampled: Vec<u64> = sampled.iter().copied().filter(|&frame| frame < law.frames()).collect();
            let mut patterns: BTreeMap<Vec<bool>, Vec<(FrameSpan, f64)>> = BTreeMap::new();
            for &(span, probability) in &spans {
                patterns.entry(shown(&sampled, span)).or_default().push((span, probability));
            }
            let mut mean = [0.0; 4];
            for (pattern, truths) in &patterns {
                let total: f64 = truths.iter().map(|(_, probability)| probability).sum();
                let best = best_of_all(law.frames(), truths);
                let found = law.estimate(&sampled, run(pattern)).unwrap();
                let about = format!("{law:?} {sampled:?} {pattern:?}");
                assert_alike(found.mean_iou, found.recall, best.map(|best| best / total), &about);
                let reached: f64 =
                    truths.iter().map(|(truth, weight)| weight * iou(found.span, *truth)).sum();
                assert!(close(reached / total, found.mean_iou, 1e-9), "{about}");
                for (mean, best) in mean.iter_mut().zip(best) {
                    *mean += best;
                }
            }
            let ceiling = law.ceiling(&sampled);
            assert_alike(ceiling.mean_iou, ceiling.recall, mean, &format!("{law:?} {sampled:?}"));
            let unseen = patterns
                .iter()
                .filter(|(pattern, _)| !pattern.contains(&true))
                .flat_map(|(_, truths)| truths);
            let unseen: f64 = unseen.map(|(_, probability)| probability).sum();
            assert!(close(ceiling.seen, 1.0 - unseen, 1e-9));
        }
    }
}

/// The searches of larger videos find what trying every answer finds, or all but.
#[test]
fn searched_answers_are_the_best_or_all_but() {
    for (law, sampled) in [
        (law(3, 40, 100), linspace(8, 100)),
        (law(3, 40, 100), vec![10, 31, 70]),
        (law(4, 9, 100), linspace(20, 100)),
        (law(12, 12, 100), linspace(9, 100)),
    ] {
        let mut truths = every_span(law);
        // Trying every answer with every span of the law takes long: once is enough.
        if law.most() == 9 {
            let chance = law.chance();
            assert_alike(chance.mean_iou, chance.recall, best_of_all(100, &truths), "chance");
        }
        truths.retain(|(span, _)| !shown(&sampled, *span).contains(&true));
        let total: f64 = truths.iter().map(|(_, probability)| probability).sum();
        let best = best_of_all(100, &truths).map(|best| best / total);
        let found = law.estimate(&sampled, 0..0).unwrap();
        for (found, best) in [found.mean_iou].into_iter().chain(found.recall).zip(best) {
            assert!(found <= best + 1e-9 && found >= best * 0.99, "{law:?} {sampled:?}: {found} of {best}");
        }
    }
}

#[test]
fn borders_that_lie_far_apart_are_searched_as_well_as_tried() {
    // Each border has about 100 places: too many to try all, few enough to do so here.
    let law = law(20, 130, 1000);
    let sampled = [300, 400, 500];
    for run in [1..2, 0..2] {
        let pattern: Vec<bool> = (0..3).map(|at| run.contains(&at)).collect();
        let mut truths = every_span(law);
        truths.retain(|(span, _)| shown(&sampled, *span) == pattern);
        let total: f64 = truths.iter().map(|(_, probability)| probability).sum();
        let found = law.estimate(&sampled, run).unwrap();
        let mut best = [0.0_f64; 4];
        // Every third answer, and those near the found one.
        for start in (sampled[0].saturating_sub(140)..=sampled[1]).step_by(6) {
            for end in (sampled[0] + 1..=sampled[2] + 140).step_by(6).filter(|&end| end > start) {
                let answer = FrameSpan::new(start, end).unwrap();
                let mut reached = [0.0; 4];
                for &(truth, probability) in truths.iter().step_by(3) {
                    for (sum, value) in reached.iter_mut().zip(counts(answer, truth)) {
                        *sum += 3.0 * probability * value / total;
                    }
                }
                for (best, reached) in best.iter_mut().zip(reached) {
                    *best = best.max(reached);
                }
            }
        }
        for (found, best) in [found.mean_iou].into_iter().chain(found.recall).zip(best) {
            assert!(found >= best - 0.01 && found <= best + 0.03, "{found} {best}");
        }
    }
}

#[test]
fn chance_of_a_known_duration_is_the_closed_form() {
    // 5 s at 30 frames a second in 10 min and in 60 s: (1 - t) / t * d / (L - d).
    for (frames, shares) in [(18_000, [0.0196, 0.0084, 0.0036]), (1800, [0.212, 0.091, 0.039])] {
        let chance = law(150, 150, frames).chance();
        for (found, share) in chance.recall.into_iter().zip(shares) {
            assert!(close(found, share, 0.02 * share + 0.0007), "{frames}: {:?}", chance.recall);
        }
        let whole = 150.0 / frames as f64;
        assert!(chance.mean_iou > whole && chance.mean_iou < 1.2 * whole);
    }
}

#[test]
fn chance_of_ten_hours_is_that_of_its_scale() {
    // The law of 1 to 20 s at 60 frames a second, and the same at 6.
    let (fine, coarse) = (law(60, 1200, 2_160_000).chance(), law(6, 120, 216_000).chance());
    assert!(close(fine.mean_iou, coarse.mean_iou, 0.1 * fine.mean_iou), "{fine:?} {coarse:?}");
    for (fine, coarse) in fine.recall.into_iter().zip(coarse.recall) {
        assert!(close(fine, coarse, 0.1 * fine), "{fine} {coarse}");
    }
}

#[test]
fn ceilings_are_at_least_those_of_the_middle_of_both_ranges() {
    // Durations in frames at 30 frames a second, length, samples; simulated with the middle as answer.
    for (duration, frames, samples, mean, recall) in [
        (150, 18_000, 64, 0.33, [0.52, 0.35, 0.19]),
        (30, 18_000, 64, 0.066, [0.11, 0.07, 0.04]),
        (150, 108_000, 768, 0.68, [1.0, 0.77, 0.44]),
    ] {
        let found = law(duration, duration, frames).ceiling(&linspace(samples, frames));
        assert!(found.mean_iou > mean - 0.006 && found.mean_iou < 1.1 * mean, "{found:?}");
        for (found, recall) in found.recall.into_iter().zip(recall) {
            assert!(found > recall - 0.015 && found <= 1.0 + 1e-9, "{found} {recall}");
        }
        assert!(found.seen > found.recall[1] - 0.02);
    }
}

/// The table of docs/metrics.md.
#[test]
fn documented_ceilings_are_these() {
    for (frames, samples, right) in [
        (18_000, 64, [0.320, 0.512, 0.371, 0.195]),
        (18_000, 256, [0.697, 0.904, 0.836, 0.645]),
        (108_000, 64, [0.056, 0.094, 0.056, 0.021]),
        (108_000, 768, [0.508, 0.741, 0.605, 0.414]),
    ] {
        let found = law(30, 600, frames).ceiling(&linspace(samples, frames));
        let figures = [found.mean_iou, found.recall[0], found.recall[1], found.recall[2]];
        assert!(figures.iter().zip(right).all(|(&figure, right)| close(figure, right, 0.0006)), "{found:?}");
    }
}

#[test]
fn a_viewer_who_sees_every_frame_makes_no_error() {
    let ceiling = law(3, 20, 500).ceiling(&(0..500).collect::<Vec<_>>());
    assert_alike(ceiling.mean_iou, ceiling.recall, [1.0; 4], "every frame");
    assert!(close(ceiling.seen, 1.0, 1e-9));
}

#[test]
fn what_the_law_rules_out_has_no_estimate() {
    let law = law(2, 5, 100);
    assert_eq!(law.estimate(&[10, 20, 30], 0..2), None);
    assert_eq!(law.estimate(&(0..100).collect::<Vec<_>>(), 0..0), None);
    assert!(law.estimate(&[10, 20, 30], 0..1).is_some());
    assert!(SpanLaw::new(0, 5, 100).is_none() && SpanLaw::new(6, 5, 100).is_none());
    assert!(SpanLaw::new(5, 101, 100).is_none());
}

#[test]
fn draws_reach_the_ceiling_on_average() {
    let law = law(10, 60, 3000);
    let sampled = linspace(48, 3000);
    let (mut durations, mut starts) = (stream("duration"), stream("start"));
    let mut answers: BTreeMap<(usize, usize), FrameSpan> = BTreeMap::new();
    let draws = 2000;
    let mut values = Vec::new();
    for _ in 0..draws {
        let truth = law.draw(&mut durations, &mut starts);
        let run = run(&shown(&sampled, truth));
        let key = (run.start, run.end);
        let answer = *answers.entry(key).or_insert_with(|| law.estimate(&sampled, run).unwrap().span);
        values.push(iou(answer, truth));
    }
    let mean = values.iter().sum::<f64>() / f64::from(draws);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let error = (squares / f64::from(draws) / f64::from(draws)).sqrt();
    let ceiling = law.ceiling(&sampled);
    assert!(close(mean, ceiling.mean_iou, 4.0 * error), "{mean} +- {error}: {ceiling:?}");
}

#[test]
fn durations_are_log_uniform_and_starts_uniform() {
    let law = law(25, 400, 5000);
    let (mut durations, mut starts) = (stream("duration"), stream("start"));
    let draws = 20_000;
    let mut doublings = [0_u32; 4];
    let mut fifths = [0_u32; 5];
    for _ in 0..draws {
        let span = law.draw(&mut durations, &mut starts);
        assert!((25..=400).contains(&span.count()) && span.end() <= 5000);
        let doubling = [50, 100, 200].iter().filter(|&&bound| span.count() >= bound).count();
        doublings[doubling] += 1;
        fifths[(span.start() * 5 / (5000 - span.count() + 1)) as usize] += 1;
    }
    // 5 standard deviations of a binomial of 20,000 with p = 1/4 are 306; the bounds are off by half a frame.
    assert!(doublings.iter().all(|count| count.abs_diff(5000) < 306 + 100), "{doublings:?}");
    assert!(fifths.iter().all(|count| count.abs_diff(4000) < 283), "{fifths:?}");
}

#[test]
fn draws_are_fixed_for_ever() {
    let (mut durations, mut starts) = (stream("duration"), stream("start"));
    let drawn: Vec<[u64; 2]> =
        (0..4).map(|_| law(25, 500, 15_000).draw(&mut durations, &mut starts).into()).collect();
    assert_eq!(drawn, FIXED);
}

/// A change of these numbers is a change of every dataset ever generated.
const FIXED: [[u64; 2]; 4] = [[11288, 11316], [13556, 13746], [2755, 2793], [12374, 12401]];

#[test]
fn the_target_may_be_any_of_the_options_in_time() {
    let law = law(25, 500, 15_000);
    let (mut durations, mut starts, mut targets) = (stream("duration"), stream("start"), stream("target"));
    let draws = 20_000;
    let mut ranks = [0_u32; 4];
    let (mut longest_gap, mut nearest_middle) = (0_u32, 0_u32);
    let mut thirds = [0_u32; 3];
    for _ in 0..draws {
        let drawn = disjoint_options(law, 4, 25, &mut durations, &mut starts, &mut targets).unwrap();
        let spans = &drawn.spans;
        assert!(spans.iter().all(|span| span.count() == spans[0].count()) && spans[3].end() <= 15_000);
        assert!(spans.windows(2).all(|pair| pair[0].end() + 25 <= pair[1].start()));
        ranks[drawn.target] += 1;
        let gap = |&at: &usize| spans[at].start() - if at == 0 { 0 } else { spans[at - 1].end() };
        longest_gap += u32::from((0..4).max_by_key(gap) == Some(drawn.target));
        let distance = |&at: &usize| (spans[at].start() + spans[at].end()).abs_diff(15_000);
        nearest_middle += u32::from((0..4).min_by_key(distance) == Some(drawn.target));
        let target = spans[drawn.target];
        thirds[(target.start() * 3 / (15_000 - target.count() + 1)) as usize] += 1;
    }
    // 4 standard deviations of a binomial of 20,000 with p = 1/4 are 245, with p = 1/3 are 267.
    assert!(ranks.iter().all(|count| count.abs_diff(5000) < 245), "{ranks:?}");
    assert!(longest_gap.abs_diff(5000) < 245 && nearest_middle.abs_diff(5000) < 245);
    assert!(thirds.iter().all(|count| count.abs_diff(6667) < 267 + 100), "{thirds:?}");
}

#[test]
fn options_that_fill_the_video_have_one_place() {
    let mut streams = [stream("a"), stream("b"), stream("c")];
    let [durations, starts, targets] = &mut streams;
    let full = disjoint_options(law(7, 7, 34), 4, 2, durations, starts, targets).unwrap();
    let spans: Vec<[u64; 2]> = full.spans.iter().map(|&span| span.into()).collect();
    assert_eq!(spans, [[0, 7], [9, 16], [18, 25], [27, 34]]);
    assert!(disjoint_options(law(7, 7, 33), 4, 2, durations, starts, targets).is_none());
    assert!(disjoint_options(law(7, 7, 33), 0, 2, durations, starts, targets).is_none());
}

#[test]
fn several_spans_are_apart_and_answered_run_by_run() {
    let durations = law(10, 60, 3000);
    let several = SeveralLaw::new(durations, 1, 4, 30).unwrap();
    let (mut numbers, mut lengths, mut starts) = (stream("number"), stream("duration"), stream("start"));
    let mut counted = [0_u32; 4];
    for _ in 0..4000 {
        let spans = several.draw(&mut numbers, &mut lengths, &mut starts);
        counted[spans.len() - 1] += 1;
        assert!(spans.windows(2).all(|pair| pair[0].end() + 30 <= pair[1].start()));
        assert!(spans.last().unwrap().end() <= 3000);
    }
    assert!(counted.iter().all(|count| count.abs_diff(1000) < 137), "{counted:?}");
    assert!(
        SeveralLaw::new(durations, 1, 40, 30).is_none() && SeveralLaw::new(durations, 0, 2, 30).is_none()
    );
    assert!(SeveralLaw::new(law(10, 10, 100), 1, 4, 20).is_some());
    assert!(SeveralLaw::new(law(10, 10, 99), 1, 4, 20).is_none());

    let sampled: Vec<u64> = (0..3000).step_by(20).collect();
    let mut pattern = vec![false; sampled.len()];
    for at in [3, 4, 70] {
        pattern[at] = true;
    }
    assert_eq!(runs(&pattern), [3..5, 70..71]);
    let found = durations.estimate_several(&sampled, &pattern);
    assert_eq!(found[0], durations.estimate(&sampled, 3..5).unwrap());
    assert_eq!(found[1], durations.estimate(&sampled, 70..71).unwrap());
    assert!(found[1].span.contains(1400) && found.len() == 2);
}

#[test]
fn the_simulated_chance_agrees_with_the_exact_one_of_one_span() {
    let durations = law(10, 60, 600);
    let simulated = SeveralLaw::new(durations, 1, 1, 0).unwrap().simulated_chance(1000);
    let exact = durations.chance();
    assert!(
        close(simulated.mean_iou, exact.mean_iou, 4.0 * simulated.standard_error),
        "{simulated:?} {exact:?}"
    );
    // More spans, more to be met.
    let several = SeveralLaw::new(durations, 1, 4, 10).unwrap().simulated_chance(500);
    assert!(several.mean_iou > exact.mean_iou && several.draws == 500);
}

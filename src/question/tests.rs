//! No blind route: whatever is computed from the options alone is at chance.

use std::collections::BTreeMap;

use super::*;
use crate::language::Language;
use crate::seed::Seed;

const QUESTIONS: u64 = 4_000;

/// An attack: which of the options it takes.
type Guess<'a> = &'a dyn Fn(&[String]) -> usize;

pub(super) fn pool(labels: &[&str]) -> Pool {
    let candidate = |label: &&str| Candidate {
        item: label.to_lowercase(),
        label: (*label).to_owned(),
        plural: format!("{label}s"),
        alike: Vec::new(),
        names: vec![(*label).to_owned(), format!("{label}s")],
        aliases: Vec::new(),
        hints: Vec::new(),
    };
    Pool::new(labels.iter().map(candidate).collect())
}

pub(super) fn names() -> Pool {
    pool(&["Alice", "Bob", "Christopher", "Dave", "Eve", "Frank", "Grace", "Harry", "Ivy", "Jo", "Alexandra"])
}

/// What the distractors of a family show, where it has any.
pub(super) fn own(family: &Family, pool: &Pool) -> Option<Distractors> {
    let own = Distractors { pool: std::sync::Arc::new(pool.clone()), own: true, ranks: None };
    (family.distractors() > 0).then_some(own)
}

pub(super) fn material<'a>(
    family: &'a Family,
    pool: &'a Pool,
    distractors: Option<&'a Distractors>,
    left_out: &'a [usize],
) -> Material<'a> {
    Material {
        family,
        pool,
        distractors,
        left_out,
        others_left_out: left_out,
        pack: "fruits",
        keys: Some(pool),
        cues: Some(pool),
        member: 0,
        travel: 65_536,
    }
}

/// The types that ask which, in what order and how many, at the end; the others have tests of their own.
pub(super) fn drawn_at_once() -> Families {
    let kinds = [QuestionKind::Which, QuestionKind::Order, QuestionKind::Count];
    let is_of = |family: &Family| kinds.contains(&family.question_kind()) && family.ask_times() == 0;
    embedded(Language::En).into_iter().filter(|(_, family)| is_of(family)).collect()
}

fn drawn(kind: &str) -> Vec<Drawn> {
    let family = &embedded(Language::En)[kind];
    let pool = names();
    let seed = Seed::new(11);
    (0..QUESTIONS)
        .map(|index| {
            let own = own(family, &pool);
            draw(material(family, &pool, own.as_ref(), &[]), &mut seed.stream(kind, index))
        })
        .collect()
}

/// Index of the option with the greatest key; of equals, the first.
fn best<K: PartialOrd>(options: &[String], key: impl Fn(&String) -> K) -> usize {
    let mut best = 0;
    for at in 1..options.len() {
        if key(&options[at]) > key(&options[best]) {
            best = at;
        }
    }
    best
}

/// Rank `rank` among the options, as numbers where they are numbers.
fn ranked(options: &[String], rank: usize) -> usize {
    let mut order: Vec<usize> = (0..options.len()).collect();
    order.sort_by_key(|&at| (options[at].parse::<u64>().ok(), options[at].clone()));
    order[rank]
}

/// Number of pairs that two orders place differently.
fn distance(one: &str, two: &str) -> usize {
    let one: Vec<&str> = one.split(", ").collect();
    let place = |label: &str| two.split(", ").position(|other| other == label);
    let mut swapped = 0;
    for late in 0..one.len() {
        swapped += (0..late).filter(|&early| place(one[early]) > place(one[late])).count();
    }
    swapped
}

fn at_chance(kind: &str, attack: &str, hits: usize, of: usize) {
    // n = of, p = 1/4: the variance is 3/16 n, and 5 standard deviations squared are 25 times that.
    let off = (4 * hits).abs_diff(of);
    assert!(off * off <= 75 * of, "{attack} guesses {hits} of {of} right in {kind}");
}

#[test]
fn no_attack_on_the_options_beats_chance() {
    for kind in drawn_at_once().keys() {
        let questions = drawn(kind);
        let hits = |guess: Guess<'_>| {
            questions
                .iter()
                .filter(|question| guess(&question.asks[0].options) == question.asks[0].target)
                .count()
        };
        let check = |attack: &str, guess: Guess<'_>| {
            at_chance(kind, attack, hits(guess), questions.len());
        };
        for place in 0..4 {
            check("letter", &|_| place);
            check("rank", &|options| ranked(options, place));
        }
        check("longest", &|options| best(options, String::len));
        check("shortest", &|options| best(options, |text| std::cmp::Reverse(text.len())));
        let closeness = |options: &[String], text: &str| -> usize {
            options.iter().map(|other| distance(text, other)).sum()
        };
        check("centroid", &|options| best(options, |text| std::cmp::Reverse(closeness(options, text))));
        check("outlier", &|options| best(options, |text| closeness(options, text)));
        let spread = |options: &[String], text: &str| -> Option<u64> {
            let number = text.parse::<u64>().ok()?;
            options.iter().map(|other| other.parse::<u64>().ok().map(|other| other.abs_diff(number))).sum()
        };
        check("numeric centre", &|options| best(options, |text| std::cmp::Reverse(spread(options, text))));
    }
}

#[test]
fn what_options_were_right_elsewhere_tells_nothing() {
    for kind in drawn_at_once().keys() {
        let questions = drawn(kind);
        let (known, asked) = questions.split_at(questions.len() / 2);
        let mut shown: BTreeMap<&String, usize> = BTreeMap::new();
        let mut right: BTreeMap<&String, usize> = BTreeMap::new();
        for question in known {
            *right.entry(&question.asks[0].options[question.asks[0].target]).or_default() += 1;
            for option in &question.asks[0].options {
                *shown.entry(option).or_default() += 1;
            }
        }
        let of = |map: &BTreeMap<&String, usize>, text: &String| map.get(text).copied().unwrap_or(0);
        let rate = |text: &String| 1000 * of(&right, text) / of(&shown, text).max(1);
        let guesses: [Guess<'_>; 3] = [
            &|options| best(options, |text| of(&right, text)),
            &|options| best(options, |text| of(&shown, text)),
            &|options| best(options, rate),
        ];
        for guess in guesses {
            let hits = asked
                .iter()
                .filter(|question| guess(&question.asks[0].options) == question.asks[0].target)
                .count();
            at_chance(kind, "a text's record", hits, asked.len());
        }
    }
}

#[test]
fn options_differ_and_the_video_shows_the_target() {
    let pool = names();
    for (kind, family) in drawn_at_once() {
        for question in drawn(&kind) {
            let options: std::collections::BTreeSet<&String> = question.asks[0].options.iter().collect();
            assert_eq!(options.len(), 4);
            let asked = question.clips.iter().filter(|clip| !clip.is_distractor);
            let labels: Vec<&str> = asked
                .flat_map(|clip| &clip.candidates)
                .map(|&at| pool.candidates()[at].label.as_str())
                .collect();
            let answer = match family.question_kind() {
                QuestionKind::Which => labels[0].to_owned(),
                QuestionKind::Order => labels.join(", "),
                QuestionKind::Count => labels.len().to_string(),
                _ => unreachable!("other kinds have tests of their own"),
            };
            assert_eq!(answer, question.asks[0].options[question.asks[0].target]);
            let (least, most) = family.count();
            match family.clips() {
                None => {
                    let asked = question.clips.iter().filter(|clip| !clip.is_distractor).count();
                    assert!((least..=most).contains(&asked));
                }
                Some(clips) => {
                    assert_eq!(question.clips.len(), clips);
                    assert!(
                        question.clips.iter().all(|clip| (least..=most).contains(&clip.candidates.len()))
                    );
                }
            }
            assert!(question.clips.len() <= family.most_places());
        }
    }
}

#[test]
fn every_number_of_needles_occurs() {
    for (kind, want) in [("cnt_edit1", 1..=6), ("cnt_insert1", 1..=6), ("cnt_edit2", 4..=16)] {
        let totals: std::collections::BTreeSet<usize> = drawn(kind)
            .iter()
            .map(|question| question.clips.iter().map(|clip| clip.candidates.len()).sum())
            .collect();
        assert_eq!(totals.into_iter().collect::<Vec<_>>(), want.collect::<Vec<usize>>());
    }
}

#[test]
fn over_the_tries_each_option_stands_in_each_place_once() {
    let options: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    for option in &options {
        let mut places: Vec<usize> = (0..4)
            .map(|rotation| rotated(&options, rotation).iter().position(|other| other == option).unwrap())
            .collect();
        places.sort_unstable();
        assert_eq!(places, [0, 1, 2, 3]);
    }
}

#[test]
fn look_alikes_never_meet_in_one_question() {
    let named = |item: &str, label: &str, alike: &[&str]| Candidate {
        item: item.to_owned(),
        label: label.to_owned(),
        plural: String::new(),
        alike: alike.iter().map(|&name| name.to_owned()).collect(),
        names: vec![label.to_owned()],
        aliases: Vec::new(),
        hints: Vec::new(),
    };
    let pool = Pool::new(vec![
        named("chad", "Chad", &["romania"]),
        named("romania", "Romania", &[]),
        named("moldova", "Moldova", &["Romania"]),
        named("peru", "Peru", &[]),
        named("peru-state", "peru", &[]),
        named("fiji", "Fiji", &[]),
        named("mali", "Mali", &[]),
    ]);
    assert_eq!(pool.distinct(), 4);
    let family = &embedded(Language::En)["ret_insert2"];
    for index in 0..500 {
        let flags = Material { pack: "flags", ..material(family, &pool, None, &[]) };
        let question = draw(flags, &mut Seed::new(1).stream("alike", index));
        let of = |group: &[&str]| {
            question.asks[0].options.iter().filter(|option| group.contains(&option.as_str())).count()
        };
        assert_eq!((of(&["Chad", "Romania", "Moldova"]), of(&["Peru", "peru"])), (1, 1));
        assert_eq!(question.asks[0].question, "Which country's flag is shown in the picture?");
    }
}

#[test]
fn the_prompt_is_vnbench_s() {
    let options = ["Tom", "Kate"].map(str::to_owned);
    let want = "What is the secret word?\nA. Tom\nB. Kate\n\
        Answer with the option's letter from the given choices directly.";
    let prompt = Prompt {
        question: "What is the secret word?",
        options: &options,
        language: Language::En,
        answer_kind: AnswerKind::Choice,
        several: false,
        duration: None,
    };
    assert_eq!(prompt.text(), want);
}

#[test]
fn a_family_that_cannot_be_is_refused_with_all_its_problems() {
    let text = "type = \"my type\"\nkind = \"ordr\"\ntask = \"t\"\nquestion = \"Is it {label}?\"\n[needle]\nmode = \"insert\"\n\
        look = \"patch\"\npack = \"names\"\ncount = [0, 3]\n[options]\nnumber = 40\n";
    let error = parse("my.toml", text).unwrap_err().to_string();
    insta::assert_snapshot!(error, @r#"
    question family has 8 problems in my.toml
      needle.count: `[0, 3]` is neither a number of 1..=9 nor two of them, least and most
      type: `my type` is not made of letters, digits, `_` and `-`
      needle.look: a `patch` lies on haystack frames; write `mode = "overlay"`
      kind: `ordr` is none of `which`, `order`, `count`, `when`, `exists`, `key`, `chain`, `next`, `cell`, `side`, `state`, `sequence`, `blink`, `cups`, `heading`, `spin`, `bounces`, `turn`, `faster`, `arrow`, `last`, `seen`, `during`, `conflict`, `appears`; the nearest is `order`
      question: placeholders are `{plural}` and `{noun}`, where all needles show the same and are counted or timed
      options.number: 40 is outside 2..=26
      needle.labels: has to be `distinct` where the order is asked for
      options.number: the needles have 1 order, fewer than 40
    "#);
}

#[test]
fn the_documented_family_is_one() {
    let text = include_str!("../../docs/spec.md");
    let mut blocks = text.split("```toml\n").skip(1).filter_map(|block| block.split("```").next());
    let block = blocks.find(|block| block.starts_with("type = ")).unwrap();
    let family = parse("docs/spec.md", block).unwrap();
    assert_eq!((family.totals(), family.labels_needed()), ((4, 16), 1));
}

#[test]
fn distractors_show_other_options_at_any_time() {
    let family = &embedded(Language::En)["ret_multikey1"];
    let mut firsts = 0;
    for question in drawn("ret_multikey1") {
        let labels: std::collections::BTreeSet<usize> =
            question.clips.iter().flat_map(|clip| clip.candidates.clone()).collect();
        assert_eq!((question.clips.len(), labels.len()), (4, 4));
        assert_eq!(question.clips.iter().filter(|clip| clip.is_distractor).count(), family.distractors());
        firsts += usize::from(!question.clips[0].is_distractor);
    }
    at_chance("ret_multikey1", "the first label seen", firsts, QUESTIONS as usize);
}

#[test]
fn more_distractors_than_options_still_show_every_option() {
    let six = Variation { distractors: Some(6), ..Variation::default() };
    let family = embedded(Language::En)["ret_multikey1"].with(six).unwrap();
    let pool = names();
    let others = own(&family, &pool);
    let mut firsts = 0;
    for index in 0..QUESTIONS {
        let mut stream = Seed::new(4).stream("six", index);
        let question = draw(material(&family, &pool, others.as_ref(), &[]), &mut stream);
        let labels: Vec<&str> =
            question.clips.iter().map(|clip| pool.candidates()[clip.candidates[0]].label.as_str()).collect();
        assert_eq!(labels.iter().collect::<std::collections::BTreeSet<_>>().len(), 7);
        let ask = &question.asks[0];
        assert!(ask.options.iter().all(|option| labels.contains(&option.as_str())), "{labels:?}");
        let asked: Vec<_> = question.clips.iter().filter(|clip| !clip.is_distractor).collect();
        assert_eq!(asked.len(), 1);
        // Of the options alone, which is seen first says nothing.
        let seen = labels.iter().find(|label| ask.options.iter().any(|option| option == *label)).unwrap();
        firsts += usize::from(*seen == ask.options[ask.target]);
    }
    at_chance("ret_multikey1", "the first option seen", firsts, QUESTIONS as usize);
}

#[test]
fn every_type_is_there_in_every_language_and_differs_in_words_alone() {
    let english = embedded(Language::En);
    for language in Language::ALL {
        let families = embedded(language);
        assert!(families.keys().eq(english.keys()), "{language:?}");
        for (kind, family) in &families {
            let own = &english[kind];
            assert_eq!(family.language(), language, "{kind}");
            assert_eq!(
                (family.task(), family.mode(), family.look()),
                (own.task(), own.mode(), own.look()),
                "{kind}"
            );
            let options =
                |family: &Family| (family.question_kind(), family.options_number(), family.window());
            assert_eq!((options(family), family.count()), (options(own), own.count()), "{kind}");
            // Words are spoken in the language of the question.
            let is_spoken = own.pack() == "spoken" && language == Language::Zh;
            let pack = if is_spoken { "spoken_zh" } else { own.pack() };
            assert_eq!((family.pack(), family.gap_millis()), (pack, own.gap_millis()), "{kind}");
            assert_eq!(
                family.raw.questions.keys().collect::<Vec<_>>(),
                own.raw.questions.keys().collect::<Vec<_>>()
            );
        }
    }
}

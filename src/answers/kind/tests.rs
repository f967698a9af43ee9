//! Replies of each kind as models write them (`tests/replies/*.jsonl`), and what must hold for any value and any reply.

use std::path::Path;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::answers::processor_time;
use crate::time::FrameRate;

/// One reply: the kind of the answer, its vocabulary, what it reads as or null, why not, the style, and why a careful person reads it so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    kind: AnswerKind,
    #[serde(default)]
    vocabulary: Option<String>,
    reply: String,
    reads: Option<String>,
    #[serde(default)]
    by: Option<String>,
    style: String,
    reason: String,
}

fn vocabulary(name: &str) -> Vec<Vec<String>> {
    let labels: &[&str] = match name {
        "names" => &["Alice", "Bob", "Carol", "Dave"],
        "vehicles" => &[
            "car|automobile",
            "racing car|race car",
            "truck|lorry",
            "fire truck|fire engine",
            "bike|bicycle",
        ],
        "colours" => &["red|crimson", "blue", "green", "yellow", "purple"],
        "水果" => &["苹果", "青苹果", "香蕉", "葡萄", "柠檬"],
        "yes or no" => &["Yes|it does|it did|true", "No|it does not|it did not|false"],
        "是否" => &["是|有|出现了", "否|没有|没出现"],
        _ => &[],
    };
    labels.iter().map(|aliases| aliases.split('|').map(str::to_owned).collect()).collect()
}

fn asked(kind: AnswerKind, vocabulary: &[Vec<String>]) -> Asked<'_> {
    let fps = FrameRate::new(25, 1).unwrap();
    Asked { kind, options: &[], vocabulary, num_frames: 15_000, fps }
}

#[test]
fn every_reply_of_the_tables_reads_as_it_says() {
    let mut wrong = Vec::new();
    for kind in AnswerKind::ALL.into_iter().filter(|kind| *kind != AnswerKind::Choice) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/replies/{kind}.jsonl"));
        let replies: Vec<Case> =
            crate::files::read_json_lines(&path).unwrap().collect::<Result<_, _>>().unwrap();
        assert!(replies.len() >= 65, "{kind}: {}", replies.len());
        assert!(replies.iter().filter(|case| case.reads.is_none()).count() >= 15, "{kind}");
        for case in &replies {
            assert_eq!(case.kind, kind, "{}", case.reply);
            assert!(!case.reason.is_empty() && !case.style.is_empty(), "{}", case.reply);
            let vocabulary = vocabulary(case.vocabulary.as_deref().unwrap_or_default());
            let asked = asked(kind, &vocabulary);
            let reading = read(&asked, &case.reply);
            let by = reading.reason();
            let reads = reading.value().map(|value| text(&asked, &value));
            if reads != case.reads || reads.is_none() && Some(by) != case.by.as_deref() {
                wrong.push(format!(
                    "{kind} {:?} reads {reads:?} by {by}, expected {:?} by {:?}",
                    case.reply, case.reads, case.by
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn spans() -> impl Strategy<Value = Vec<TimeSpan>> {
    let span = (0_u64..4_000_000, 1_u64..100_000);
    proptest::collection::vec(span, 0..5).prop_map(|spans| {
        let mut spans: Vec<TimeSpan> = spans
            .into_iter()
            .filter_map(|(start, length)| TimeSpan::from_millis(start, start + length))
            .collect();
        spans.sort_unstable();
        spans.dedup();
        spans
    })
}

fn values() -> impl Strategy<Value = (AnswerKind, Value)> {
    let label = 0_usize..5;
    prop_oneof![
        (0_u32..1_000_000).prop_map(|number| (AnswerKind::Number, Value::Number(Decimal::from(number)))),
        label.clone().prop_map(|label| (AnswerKind::Label, Value::Label(label))),
        proptest::collection::btree_set(label.clone(), 0..5)
            .prop_map(|set| (AnswerKind::Set, Value::Set(set))),
        proptest::collection::vec(label, 0..6).prop_map(|list| (AnswerKind::List, Value::List(list))),
        spans().prop_map(|spans| (AnswerKind::Spans, Value::Spans(spans))),
    ]
}

proptest! {
    #[test]
    fn canonical_texts_say_their_values((kind, value) in values(), vocabulary in proptest::sample::select(vec!["vehicles", "colours", "水果"])) {
        let vocabulary = super::tests::vocabulary(vocabulary);
        let asked = asked(kind, &vocabulary);
        let canonical = text(&asked, &value);
        prop_assert_eq!(truth(&asked, &canonical), Ok(value.clone()));
        prop_assert_eq!(read(&asked, &canonical).value(), Some(value.clone()), "{}", canonical.clone());
        let declared = format!("Let me think.\n\nAnswer: {canonical}");
        if canonical != "none" {
            prop_assert_eq!(read(&asked, &declared).value(), Some(value.clone()), "{}", declared);
        }
        prop_assert!(grade(&value, &value).is_correct());
        prop_assert!((grade(&value, &value).credit - 1.0).abs() < 1e-12);
    }

    #[test]
    fn points_are_read_as_they_are_written(x in 0_u32..=1_000_000, y in 0_u32..=1_000_000, cells in 1_u32..5) {
        let asked = asked(AnswerKind::Point, &[]);
        let value = Value::Point(crate::question::Point::of_millionths(x, y).unwrap());
        let written = text(&asked, &value);
        prop_assert_eq!(given(&asked, &written), Ok(value.clone()));
        for reply in [written.clone(), format!("Let me think.\n\nAnswer: {written}")] {
            prop_assert_eq!(read(&asked, &reply).value(), Some(value.clone()), "{}", reply);
        }
        let regions = crate::question::Cell::all(cells).into_iter().map(|cell| Value::Region(cell.region()));
        let holding = regions.filter(|region| grade(&value, region).is_correct());
        prop_assert_eq!(holding.clone().count(), 1);
        for region in holding {
            prop_assert_eq!(truth(&asked, &text(&asked, &region)), Ok(region));
        }
    }

    #[test]
    fn moments_are_read_as_they_are_written(time in proptest::option::of(0_u64..40_000_000), start in 0_u64..4_000_000, length in 1_u64..100_000) {
        let asked = asked(AnswerKind::Moment, &[]);
        let value = Value::Moment(time);
        let written = text(&asked, &value);
        prop_assert_eq!(given(&asked, &written), Ok(value.clone()));
        for reply in [written.clone(), format!("Let me think.\n\nAnswer: {written}"), format!("It is {written}.")] {
            prop_assert_eq!(read(&asked, &reply).value(), Some(value.clone()), "{}", reply);
        }
        let window = TimeSpan::from_millis(start, start + length);
        prop_assert_eq!(truth(&asked, &text(&asked, &Value::Window(window))), Ok(Value::Window(window)));
        let is_within = time.is_some_and(|time| (start..=start + length).contains(&time));
        prop_assert_eq!(grade(&value, &Value::Window(window)).is_correct(), is_within);
        prop_assert_eq!(grade(&value, &Value::Window(None)).is_correct(), time.is_none());
    }

    #[test]
    fn credit_is_a_share_and_overlap_has_no_side((_, given) in values(), (_, truth) in values(), one in spans(), other in spans()) {
        prop_assert!((0.0..=1.0).contains(&grade(&given, &truth).credit));
        prop_assert_eq!(iou(&one, &other).to_bits(), iou(&other, &one).to_bits());
        prop_assert!((0.0..=1.0).contains(&iou(&one, &other)));
    }

    #[test]
    fn pieces_of_replies_never_panic(pieces in proptest::collection::vec(prop_oneof![
        Just("12.4"), Just("999999999h"), Just("0:12"), Just("-"), Just("to"), Just("from"), Just("["), Just("]"), Just(","), Just("red"),
        Just("blue"), Just("orange"), Just("and"), Just("or"), Just("not"), Just("1."), Just("\n"), Just("- "), Just("start"), Just("end"),
        Just("<time>"), Just("</time>"), Just("秒"), Just("分"), Just("十"), Just("百"), Just("零"), Just("frame"), Just("hundred"), Just("\\boxed{"), Just("}"),
        Just("x="), Just("y:"), Just("25%"), Just("<point x=\"25.0\" y=\"5\">"), Just("<point>"), Just("</point>"), Just("距左"), Just("百分之"), Just(".5"), Just("1/3"),
        Just("never"), Just("no"), Just("appear"), Just("没有"), Just("{\"answer\":"), Just("wait,"), Just("(") , Just(")"), Just(":"), Just("answer is"), Just("1m5s"), Just("999999999"),
    ], 0..40), spaced in proptest::bool::ANY) {
        let reply = pieces.join(if spaced { " " } else { "" });
        let vocabulary = super::tests::vocabulary("colours");
        for kind in AnswerKind::ALL {
            let asked = asked(kind, &vocabulary);
            if let Some(value) = read(&asked, &reply).value() {
                let _ = text(&asked, &value);
                prop_assert!((0.0..=1.0).contains(&grade(&value, &value).credit));
            }
        }
    }

    #[test]
    fn any_text_can_be_read(reply in "\\PC{0,60}") {
        let vocabulary = super::tests::vocabulary("水果");
        for kind in AnswerKind::ALL {
            let _ = read(&asked(kind, &vocabulary), &reply);
        }
    }
}

/// A reply of `MOST` bytes or a little more, of pieces that all differ.
fn counting(piece: impl Fn(usize) -> String) -> String {
    const MOST: usize = 256 << 10;
    let mut reply = String::new();
    for number in 1.. {
        reply.push_str(&piece(number));
        if reply.len() >= MOST {
            break;
        }
    }
    reply
}

/// A number as a word of letters.
fn letters(mut number: usize) -> String {
    let mut word = String::new();
    while number > 0 {
        word.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    word
}

/// Nothing is timed here: a reader that looks at each pair of items would not end for minutes.
#[test]
fn a_reply_that_counts_to_its_end_is_read() {
    let vocabulary = vocabulary("colours");
    for reply in [
        counting(|number| format!("{number}, ")),
        counting(|number| format!("{number} - {}, ", number + 1)),
        counting(|number| format!("{number} - {}. ", number + 1)),
        counting(|number| format!("red, x{}, ", letters(number))),
        counting(|number| format!("wait <answer>{number}</answer>")),
    ] {
        for kind in AnswerKind::ALL {
            assert!(!read(&asked(kind, &vocabulary), &reply).reason().is_empty());
        }
    }
}

/// Seconds that reading `reply` takes, the least of two.
fn seconds(asked: &Asked, reply: &str) -> f64 {
    processor_time::least(2, || read(asked, reply))
}

#[test]
fn time_grows_with_the_length_of_a_reply() {
    let vocabulary = vocabulary("colours");
    for piece in [
        "red, ",
        "red ",
        "- red\n",
        "red or ",
        "orange, ",
        "12 - 15, ",
        "12 ",
        "12:",
        "start ",
        "from ",
        "<",
        "(12, ",
        "十",
        "hundred ",
        "1,234",
        "[",
        "start 12 ",
        "1. ",
        "1m",
        "red (",
        "<time>",
        "\n",
        "twenty-",
        "第",
        "0.25, ",
        "(0.25, 0.75) ",
        "x=0.2 ",
        "x ",
        "0.2 - ",
        "百分之",
        "<point ",
        "<point>1 ",
        "<point x=\"2",
        "从",
        "never ",
        "no ",
        "not ",
        "没",
    ] {
        let times = (1 << 10) / piece.len();
        for kind in AnswerKind::ALL {
            let asked = asked(kind, &vocabulary);
            let (short, long) =
                (seconds(&asked, &piece.repeat(times)), seconds(&asked, &piece.repeat(8 * times)));
            assert!(
                long < 32.0 * short + 0.05,
                "{kind} {piece:?}: {short} s, and {long} s for eight times as much"
            );
        }
    }
}

//! Replies as models write them, and what each says: `tests/replies/replies.jsonl`, a table that people can read and extend.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use vniah::answers::{Extracted, Rule, extract};

/// One reply: under the name of its options, the letter that it names or null, by what, the style it is written in, and why a
/// careful person reads it so.
#[derive(Deserialize)]
struct Case {
    options: String,
    reply: String,
    reads: Option<char>,
    by: String,
    style: String,
    reason: String,
}

fn options() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        ("names", vec!["Alice", "Carol", "Dave", "Frank"]),
        ("numbers", vec!["2", "5", "3", "4"]),
        (
            "orders",
            vec![
                "apple, lemon, kiwifruit",
                "lemon, apple, kiwifruit",
                "kiwifruit, lemon, apple",
                "apple, kiwifruit, lemon",
            ],
        ),
        ("landmarks", vec!["Eiffel Tower", "Big Ben", "Taj Mahal", "Golden Gate Bridge"]),
        ("fruits", vec!["apple", "banana", "grapes", "lemon"]),
        ("水果", vec!["苹果", "香蕉", "葡萄", "柠檬"]),
        ("顺序", vec!["苹果、柠檬、葡萄", "柠檬、苹果、葡萄", "葡萄、柠檬、苹果", "苹果、葡萄、柠檬"]),
    ])
}

/// Replies of one style.
#[derive(Default)]
struct Style {
    read: u32,
    unreadable: u32,
}

/// The word for a clue or for a reason, as files write it.
fn word<T: serde::Serialize>(value: T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn every_reply_of_the_table_reads_as_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replies/replies.jsonl");
    let replies: Vec<Case> = vniah::files::read_json_lines(&path).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(replies.len() >= 700, "{}", replies.len());
    let options = options();
    let mut wrong = Vec::new();
    let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
    let mut styles: BTreeMap<&str, Style> = BTreeMap::new();
    for reply in &replies {
        let own: Vec<String> = options[reply.options.as_str()].iter().map(|&text| text.to_owned()).collect();
        let (reads, by) = match extract(&reply.reply, &own, Rule::Robust) {
            Extracted::Option { index, clue } => (Some(char::from(b'A' + index as u8)), word(clue)),
            Extracted::Unreadable(why) => (None, word(why)),
            other => panic!("{other:?}"),
        };
        if (reads, by.as_str()) != (reply.reads, reply.by.as_str()) {
            wrong.push(format!(
                "{:?} reads {reads:?} by {by}, expected {:?} by {}",
                reply.reply, reply.reads, reply.by
            ));
        }
        *reasons.entry(&reply.by).or_default() += 1;
        assert!(!reply.reason.is_empty(), "{:?} has no reason", reply.reply);
        let readable = styles.entry(&reply.style).or_default();
        *(if reply.reads.is_some() { &mut readable.read } else { &mut readable.unreadable }) += 1;
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), replies.len(), wrong.join("\n"));
    // Every way to be read, and every way not to be, has an example.
    for reason in [
        "letter",
        "text",
        "container",
        "declared",
        "label",
        "chosen",
        "mentioned",
        "empty",
        "unfinished",
        "no-option",
        "no-such-option",
        "several",
        "contradiction",
    ] {
        assert!(reasons.contains_key(reason), "no reply of the table is read by `{reason}`");
    }
    assert!(styles.len() >= 12, "{:?}", styles.keys());
    for (style, replies) in styles {
        assert!(
            replies.read > 0 && replies.unreadable > 0,
            "of the style `{style}` there are not both kinds of replies"
        );
    }
}

/// Replies that were written from `docs/metrics.md` alone, without sight of the code, each with the letter that a careful person
/// reads in it.
#[test]
fn replies_written_from_the_documentation_read_as_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replies/independent.jsonl");
    let replies: Vec<Case> = vniah::files::read_json_lines(&path).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(replies.len(), 200);
    let options = options();
    let mut wrong = Vec::new();
    for reply in &replies {
        let texts: Vec<String> =
            options[reply.options.as_str()].iter().map(|&text| text.to_owned()).collect();
        let reads = match extract(&reply.reply, &texts, Rule::Robust) {
            Extracted::Option { index, .. } => Some(char::from(b'A' + index as u8)),
            Extracted::Unreadable(_) => None,
            other => panic!("{other:?}"),
        };
        if reads != reply.reads {
            wrong.push(format!(
                "[{}] {:?} reads {reads:?}, expected {:?}: {}",
                reply.style, reply.reply, reply.reads, reply.reason
            ));
        }
    }
    // What documentation promises of replies that the code's authors have not seen.
    assert!(
        wrong.len() * 100 <= replies.len(),
        "{} of {}:\n{}",
        wrong.len(),
        replies.len(),
        wrong.join("\n")
    );
}

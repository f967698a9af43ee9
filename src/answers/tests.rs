//! Files of answers: what is read of them, and what is refused.

use super::*;

fn read(files: &[&str]) -> Result<Answers, Error> {
    let dir = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..files.len()).map(|n| dir.path().join(format!("{n}.jsonl"))).collect();
    for (path, text) in paths.iter().zip(files) {
        std::fs::write(path, text).unwrap();
    }
    Answers::read(&paths)
}

#[test]
fn parts_make_one_run_and_extra_fields_are_allowed() {
    let answers = read(&[
        "\u{feff}{\"id\":\"a_0\",\"response\":\"B\",\"model\":\"m\",\"tokens\":3}\r\n\n",
        "{\"id\":\"a_1\",\"response\":null}\n{\"id\":\"a_2\"}\n{\"id\":\"a_0\",\"response\":\"B\"}",
    ])
    .unwrap();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers.response("a_0"), Some("B"));
    assert_eq!(answers.response("a_1"), None);
    assert_eq!(answers.models().iter().collect::<Vec<_>>(), ["m"]);
}

#[test]
fn what_is_recorded_of_sound_and_tokens_is_kept_and_what_others_call_so_is_ignored() {
    let answers = read(&[
        "{\"id\":\"a\",\"response\":\"B\",\"sound\":\"none\",\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}\n\
         {\"id\":\"b\",\"response\":\"B\",\"sound\":{\"x\":[1]},\"usage\":\"3 cents\"}\n{\"id\":\"c\",\"response\":\"B\",\"sound\":null}",
    ])
    .unwrap();
    let of = |id: &str| answers.get(id).map(|known| (known.sound, known.prompt_tokens));
    assert_eq!(of("a"), Some((Some(SoundSent::None), Some(7))));
    assert_eq!((of("b"), of("c")), (Some((None, None)), Some((None, None))));
}

#[test]
fn a_repeated_request_replaces_a_failed_one() {
    for text in [
        "{\"id\":\"x\"}\n{\"id\":\"x\",\"response\":\"A\"}",
        "{\"id\":\"x\",\"response\":\"A\"}\n{\"id\":\"x\"}",
    ] {
        assert_eq!(read(&[text]).unwrap().response("x"), Some("A"));
    }
}

#[test]
fn contradictions_name_both_lines() {
    let error =
        read(&["\n{\"id\":\"x\",\"response\":\"A\"}", "{\"id\":\"x\",\"response\":\"B\"}"]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("1.jsonl:1: id `x` has another response in"), "{text}");
    assert!(text.ends_with("0.jsonl:2"), "{text}");
}

#[test]
fn bad_lines_are_listed_and_counted() {
    let text = read(&[&"[]\n".repeat(25)]).unwrap_err().to_string();
    assert!(text.starts_with("25 problems in the answers:"), "{text}");
    assert!(text.contains("0.jsonl:20: expected an object") && text.ends_with("and 5 more"), "{text}");
    assert!(read(&["{\"id\":3}"]).unwrap_err().to_string().contains("0.jsonl:1: expected an object"));
}

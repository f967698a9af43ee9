//! Layouts that no tool's own file in `tests/import` covers, and the account of a join.

use super::vnbench::Labels;
use super::*;

fn read_text(name: &str, text: &str) -> Result<Found, Error> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    read(&path, None, &Columns::default())
}

fn known(ids: &[(&str, &str, u32, &str)]) -> Vec<Known> {
    ids.iter()
        .map(|(id, stem, rotation, kind)| Known {
            id: (*id).to_owned(),
            stem: (*stem).to_owned(),
            rotation: *rotation,
            kind: (*kind).to_owned(),
            gt: "x".to_owned(),
            gt_option: "A".to_owned(),
        })
        .collect()
}

#[test]
fn columns_are_joined_by_the_index_of_their_rows() {
    let text = r#"{"id": {"0": "x", "1": "y", "a": "z"}, "response": {"1": "B", "a": "C", "0": "A"}}"#;
    let found = read_text("a.json", text).unwrap();
    let joined: Vec<(Option<&str>, Option<&str>)> =
        found.replies.iter().map(|reply| (reply.key.id.as_deref(), reply.response.as_deref())).collect();
    assert_eq!(joined, [("x", "A"), ("y", "B"), ("z", "C")].map(|(id, text)| (Some(id), Some(text))));
    // A row without a reply is told; no reply of another row takes its place.
    let apart = r#"{"id": {"0": "x", "1": "y"}, "response": {"1": "B", "2": "A"}}"#;
    let told = read_text("b.json", apart).unwrap_err().to_string();
    assert!(told.contains("expected the key `response`"), "{told}");
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let told = read_text("a.csv", "id,response,response\nx,A,B\n").unwrap_err().to_string();
    assert!(told.contains("2 columns are called `response`: expected one"), "{told}");
    assert!(read_text("b.csv", "id,note,note,response\nx,1,2,B\n").is_ok());
}

#[test]
fn layouts_are_known_by_their_keys() {
    for (name, text, format) in [
        (
            "a.jsonl",
            r#"{"question_id": "v_0", "pred": "B", "gt": "B", "type": "ret_edit1", "try": 0}"#,
            Format::VnbenchA,
        ),
        (
            "b.json",
            r#"{"video_path": "./v.mp4", "pred": null, "gt": 1, "task_type": "ret_edit1", "try": "2"}"#,
            Format::VnbenchB,
        ),
        ("c.jsonl", r#"{"doc_id": 0, "filtered_resps": [["B"]], "target": "B"}"#, Format::LmmsEval),
        ("d.json", r#"[{"index": 0, "id": "x", "prediction": "B"}]"#, Format::VlmEvalKit),
        (
            "e.json",
            r#"{"index": {"0": 0, "1": 1}, "id": {"0": "x", "1": "y"}, "prediction": {"0": "B", "1": null}}"#,
            Format::VlmEvalKit,
        ),
        (
            "f.jsonl",
            "{\"id\": \"x\", \"response\": \"B\"}\n{\"id\": \"y\", \"response\": null}\n",
            Format::Jsonl,
        ),
        ("g.csv", "id,response\nx,\"B, I think\"\n", Format::Csv),
        ("h.tsv", "index\tid\tprediction\n0\tx\tB\n", Format::VlmEvalKit),
    ] {
        let found = read_text(name, text).unwrap();
        assert_eq!(found.format, format, "{name}");
        assert!(!found.replies.is_empty(), "{name}");
    }
    let columns = read_text(
        "e.json",
        r#"{"index": {"0": 0, "1": 1}, "id": {"0": "x", "1": "y"}, "prediction": {"0": "B", "1": null}}"#,
    );
    let responses: Vec<Option<String>> =
        columns.unwrap().replies.into_iter().map(|one| one.response).collect();
    assert_eq!(responses, [Some("B".to_owned()), None]);
}

#[test]
fn what_is_no_result_file_says_what_it_is() {
    for (name, text, wanted) in [
        (
            "a.jsonl",
            "{\"foo\": 1}\n",
            "has an unknown format: its first row has the keys foo; expected one of vnbench-a",
        ),
        ("a.jsonl", "", "it holds no rows"),
        ("a.jsonl", "{\"id\": \"x\", \"response\": \"A\"}\n[]\n", ":2: expected a JSON object"),
        ("a.csv", "who,what\nx,B\n", ":1: expected one of the columns id, sample_id"),
        (
            "a.jsonl",
            r#"{"question_id": "v", "pred": "B", "gt": "B"}"#,
            ":1: expected `question_id` to end in `_` and the try",
        ),
        ("a.xlsx", "no archive", "is not a spreadsheet"),
        ("a.eval", "no archive", "is not an archive"),
    ] {
        let error = read_text(name, text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn failure_markers_are_missing_answers() {
    for marker in [
        "[LMMS_EVAL_REQUEST_FAILED after 5 retries] timeout",
        "[LMMS_EVAL_BUDGET_EXCEEDED]",
        "Failed to obtain answer via API.",
    ] {
        let text = serde_json::json!({"id": "x", "response": marker}).to_string();
        assert_eq!(read_text("a.jsonl", &text).unwrap().replies[0].response, None, "{marker}");
    }
}

#[test]
fn every_row_is_accounted_for() {
    let text = "{\"id\": \"x\", \"response\": \"A\"}\n{\"id\": \"x\", \"response\": \"A\"}\n{\"id\": \"y\", \"response\": null}\n\
        {\"id\": \"y\", \"response\": \"B\"}\n{\"id\": \"z\", \"response\": \"C\"}\n{\"id\": \"z\", \"response\": \"D\"}\n\
        {\"id\": \"lost\", \"response\": \"D\"}\n{\"id\": \"f\", \"response\": null}\n";
    let found = read_text("a.jsonl", text).unwrap();
    let known = known(&[
        ("x", "x", 0, "t"),
        ("y", "y", 0, "t"),
        ("z", "z", 0, "t"),
        ("f", "f", 0, "t"),
        ("gone", "g", 0, "t"),
    ]);
    let (answers, account) = join(&found.replies, &known, Duplicates::First, Some("m"));
    let said: Vec<(&str, Option<&str>)> =
        answers.iter().map(|answer| (answer.id.as_str(), answer.response.as_deref())).collect();
    assert_eq!(said, [("x", Some("A")), ("y", Some("B")), ("z", Some("C")), ("f", None)]);
    assert_eq!(answers[3].status.as_deref(), Some("error"));
    assert_eq!(
        account,
        Account {
            read: 8,
            answered: 4,
            failed: 1,
            unjoined: 1,
            unjoined_first: vec!["line 7: `lost`".to_owned()],
            repeated: 2,
            contradicting: 1,
            contradicting_first: vec!["line 6: `z`".to_owned()],
            other_truth: 0,
            other_truth_first: Vec::new(),
            absent: 1,
            absent_first: vec!["`gone`".to_owned()],
            is_truth: false,
        }
    );
    let (last, _) = join(&found.replies, &known, Duplicates::Last, None);
    assert_eq!(last[2].response.as_deref(), Some("D"));
}

#[test]
fn a_video_with_questions_of_two_types_is_told_apart_by_type() {
    let known = known(&[("p", "v", 0, "ret_edit1"), ("q", "v", 0, "cnt_edit1")]);
    let row = |kind: &str| {
        let text =
            serde_json::json!({"question_id": "v_0", "pred": "B", "gt": "B", "type": kind}).to_string();
        read_text("a.jsonl", &text).unwrap().replies
    };
    assert_eq!(join(&row("cnt_edit1"), &known, Duplicates::First, None).0[0].id, "q");
    assert_eq!(join(&row("other"), &known, Duplicates::First, None).1.unjoined, 1);
}

#[test]
fn names_of_videos_say_type_and_haystack_in_both_orders() {
    use super::vnbench::Stem;
    for (name, kind, haystack) in [
        ("bay_ret_edit1", Some("ret_edit1"), "bay"),
        ("cnt_edit1-bay-0", Some("cnt_edit1"), "bay"),
        ("cnt_edit1-clip-12-3-b", Some("cnt_edit1"), "clip-12"),
        ("ret_edit1-10m-d500-3", Some("ret_edit1"), "10m-d500-3"),
        ("ret_edit1-10s-3", Some("ret_edit1"), "10s-3"),
        ("clp_ret1-250-frames-3", Some("clp_ret1"), "250-frames-3"),
        ("ret_edit1-distractors-2-1h30m-3", Some("ret_edit1"), "distractors-2-1h30m-3"),
        ("ret_edit1-1-5m-3", Some("ret_edit1"), "1-5m-3"),
        ("ret_edit1-10M-tokens-3", Some("ret_edit1"), "10M-tokens-3"),
        ("ret_edit1-2-minutes-3", Some("ret_edit1"), "2-minutes-3"),
        ("ret_edit1-bay-3m2-3", Some("ret_edit1"), "bay-3m2"),
        ("snd_word1-bay-7", Some("snd_word1"), "bay"),
        ("ret_edit1-bay", Some("ret_edit1"), "bay"),
        ("bay", None, "bay"),
    ] {
        assert_eq!(Stem::of(name), Stem { kind, haystack }, "{name}");
    }
    // All types of a haystack are of one haystack, whoever named the videos.
    let rows = ["ret_edit1", "cnt_edit1"].map(|kind| {
        serde_json::json!({"video_path": format!("videos/{kind}-bay-0.mp4"), "prompt": "Q?\nA. x\nB. y", "pred": "A", "gt": 0, "try": 0})
            .to_string()
    });
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("b.jsonl"), rows.join("\n")).unwrap();
    let read = super::vnbench::read(&dir.path().join("b.jsonl"), Labels::Question).unwrap();
    let found: Vec<(&str, &str)> =
        read.iter().map(|own| (own.kind.as_str(), own.haystack.as_str())).collect();
    assert_eq!(found, [("ret_edit1", "bay"), ("cnt_edit1", "bay")]);
}

#[test]
fn labels_of_vnbench_are_taken_as_said() {
    let rows = [
        ("ret_insert1", "What is the name of the landmark in the picture?\nA. x\nB. y\nC. z\nD. w", "B"),
        ("ret_insert2", "What kind of fruit appears in this video?\nA. x\nB. y\nC. z\nD. w", "1"),
        ("ret_edit1", "", "D"),
    ];
    let lines: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(at, (kind, prompt, gt))| {
            let id = format!("7_{kind}_{at}");
            serde_json::json!({"question_id": id, "pred": "y", "gt": gt, "type": kind, "prompt": prompt})
                .to_string()
        })
        .collect();
    let text = lines.join("\n");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("r.jsonl");
    std::fs::write(&path, text).unwrap();
    let kinds = |labels| -> Vec<String> {
        vnbench::read(&path, labels).unwrap().into_iter().map(|row| row.kind).collect()
    };
    assert_eq!(kinds(Labels::Question), ["ret_insert2", "ret_insert1", "ret_edit1"]);
    assert_eq!(kinds(Labels::AsGiven), ["ret_insert1", "ret_insert2", "ret_edit1"]);
    assert_eq!(kinds(Labels::Swapped), ["ret_insert2", "ret_insert1", "ret_edit1"]);
    let own = vnbench::read(&path, Labels::Question).unwrap();
    assert_eq!(
        (own[0].options.clone(), own[0].target),
        (["x", "y", "z", "w"].map(str::to_owned).to_vec(), 1)
    );
    assert_eq!((own[1].target, own[2].options[3].as_str(), own[2].haystack.as_str()), (1, "D", "7"));
}

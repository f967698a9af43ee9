//! `vniah import` of what Python and its libraries write, and of files that are made to do harm, through the real program.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use vniah::dataset::Row;

use super::score::{dataset, stderr, vniah};

/// Imports `name`, which has to succeed, and gives the replies in order of the rows, with what was said.
fn imported(dir: &Path, name: &str) -> (Vec<Value>, String) {
    let output = import(dir, name, &[]);
    assert!(output.status.success(), "{name}: {}", stderr(&output));
    let text = fs::read_to_string(dir.join("a.jsonl")).unwrap();
    let replies = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["response"].clone());
    (replies.collect(), stderr(&output))
}

fn import(dir: &Path, name: &str, more: &[&str]) -> Output {
    vniah(dir, &[&["import", "set", name, "-o", "a.jsonl"], more].concat())
}

/// A wrong letter for each row.
fn letters(rows: &[Row]) -> Vec<&'static str> {
    rows.iter().map(|row| if row.gt_option == "B" { "C" } else { "B" }).collect()
}

/// A spreadsheet whose first sheet holds these rows, as XML of cells.
fn spreadsheet(path: &Path, rows: &str) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let files = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"r1\"/>\
                 </sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{relations}/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    for (name, text) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

fn text_cell(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn a_column_of_right_answers_is_no_column_of_replies() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 1);
    let write = |name: &str, value: &dyn Fn(&Row) -> Value| {
        let lines: Vec<Value> = rows.iter().map(value).collect();
        vniah::files::write_json_lines(&dir.path().join(name), &lines).unwrap();
    };
    // A result file as most scripts write it: `answer` is the right answer.
    write("both.jsonl", &|row| json!({"id": row.id, "answer": row.gt_option, "predict": "B"}));
    let (replies, said) = imported(dir.path(), "both.jsonl");
    assert!(replies.iter().all(|reply| reply == "B"), "{replies:?}");
    assert!(said.contains("ids from `id`, replies from `predict`"), "{said}");
    assert!(!said.contains("warning"), "{said}");

    write("truth.jsonl", &|row| json!({"id": row.id, "answer": row.gt_option}));
    fs::remove_file(dir.path().join("a.jsonl")).unwrap();
    let output = import(dir.path(), "truth.jsonl", &[]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("`answer` often holds the right answer"), "{}", stderr(&output));
    assert!(!dir.path().join("a.jsonl").exists());
    for value in [(|row: &Row| row.gt_option.clone()) as fn(&Row) -> String, |row| row.gt.clone()] {
        write("truth.jsonl", &|row| json!({"id": row.id, "answer": value(row)}));
        let output = import(dir.path(), "truth.jsonl", &["--response-column", "answer"]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("warning: every reply is exactly the right answer"),
            "{}",
            stderr(&output)
        );
    }
    // What else could have been meant is said.
    write("two.jsonl", &|row| json!({"id": row.id, "response": "A", "pred": "B"}));
    let (replies, said) = imported(dir.path(), "two.jsonl");
    assert!(replies.iter().all(|reply| reply == "A"));
    assert!(said.contains("replies from `response`; not from pred"), "{said}");
}

#[test]
fn what_python_writes_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 1);
    let letters = letters(&rows);
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    let pairs = || rows.iter().zip(&letters);
    let all: Vec<Value> = letters.iter().map(|&letter| json!(letter)).collect();

    let records: Vec<String> = pairs()
        .enumerate()
        .map(|(at, (row, letter))| {
            let response = if at == 0 { "NaN".to_owned() } else { format!("\"{letter}\"") };
            format!("{{\"id\": \"{}\", \"response\": {response}}}", row.id)
        })
        .collect();
    let expected: Vec<Value> = std::iter::once(Value::Null).chain(all[1..].iter().cloned()).collect();
    for (name, text) in
        [("nan.json", format!("[\n{}\n]", records.join(",\n"))), ("nan.jsonl", records.join("\n"))]
    {
        write(name, &text);
        assert_eq!(imported(dir.path(), name).0, expected, "{name}");
    }

    let by_id: Value = pairs().map(|(row, letter)| (row.id.clone(), json!(letter))).collect();
    let records_by_id: Value =
        pairs().map(|(row, letter)| (row.id.clone(), json!({"response": letter, "n": 1}))).collect();
    let logs: Vec<Value> = letters
        .iter()
        .enumerate()
        .map(|(at, letter)| json!({"doc_id": at, "resps": [[letter]], "filtered_resps": [letter]}))
        .collect();
    let list: Vec<Value> = pairs().map(|(row, letter)| json!({"id": row.id, "response": letter})).collect();
    for (name, value) in [
        ("by-id.json", by_id.clone()),
        ("records-by-id.json", records_by_id),
        ("logs.json", json!({"args": {}, "model_configs": {}, "logs": logs})),
        ("results.json", json!({"model": "m", "results": list})),
        ("data.json", json!({"data": list, "config": {"temperature": 0}})),
        ("predictions.json", json!({"predictions": by_id})),
    ] {
        for text in [serde_json::to_string_pretty(&value).unwrap(), value.to_string()] {
            write(name, &text);
            assert_eq!(imported(dir.path(), name).0, all, "{name}");
        }
    }
    write("config.json", "{\"model\": \"m\",\n \"runs\": [1, 2]}");
    let output = import(dir.path(), "config.json", &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("an object with the keys model, runs, none of which holds rows"),
        "{}",
        stderr(&output)
    );

    // Pandas writes whole numbers as floats where one is missing.
    let table = rows.iter().skip(1).fold(String::new(), |table, row| table + &row.id + ",3.0\n");
    write("float.csv", &format!("id,response\n{table}{},\n", rows[0].id));
    let (replies, _) = imported(dir.path(), "float.csv");
    assert_eq!(replies[0], Value::Null);
    assert!(replies[1..].iter().all(|reply| reply == "3"), "{replies:?}");

    // A reply that begins with `=` is a formula to the libraries that write spreadsheets.
    let mut sheet = format!("<row r=\"1\">{}{}</row>", text_cell("A1", "id"), text_cell("B1", "prediction"));
    for (at, (row, letter)) in pairs().enumerate() {
        let number = at + 2;
        let row = format!(
            "<row r=\"{number}\">{}<c r=\"B{number}\"><f> {letter}</f><v>0</v></c></row>",
            text_cell(&format!("A{number}"), &row.id)
        );
        sheet += &row;
    }
    spreadsheet(&dir.path().join("equals.xlsx"), &sheet);
    let (replies, _) = imported(dir.path(), "equals.xlsx");
    let formulas: Vec<Value> = letters.iter().map(|letter| json!(format!("= {letter}"))).collect();
    assert_eq!(replies, formulas);
}

#[test]
fn small_files_that_claim_to_hold_much_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path(), 1);
    let head = format!("<row r=\"1\">{}{}</row>", text_cell("A1", "id"), text_cell("B1", "prediction"));
    for far in ["XFD1048576", "ZZZZZZ4294967295", "ZZZZZZZZZ1", "A99999999999"] {
        let row = format!("<row r=\"2\">{}</row>", text_cell(far, "B"));
        spreadsheet(&dir.path().join("far.xlsx"), &(head.clone() + &row));
        let output = import(dir.path(), "far.xlsx", &[]);
        assert_eq!(output.status.code(), Some(3), "{far}: {}", stderr(&output));
    }
    // An archive of a few kilobytes that unpacks to more than is read.
    let mut zip = zip::ZipWriter::new(fs::File::create(dir.path().join("bomb.eval")).unwrap());
    zip.start_file("samples/1.json", zip::write::SimpleFileOptions::default()).unwrap();
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..257 {
        zip.write_all(&spaces).unwrap();
    }
    zip.finish().unwrap();
    let output = import(dir.path(), "bomb.eval", &[]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("unpacks to more than 268435456 bytes"), "{}", stderr(&output));
}

//! Files of rows are refused, in the same words, whether rows are read one by one or as tries of a question.

use std::fs;

use super::tries::RowReader;
use super::*;

/// Two samples of four tries, one open row, and four rows of a group.
fn rows() -> Vec<Row> {
    let names = ["Ann", "Bob", "Cy", "Di"];
    let row = |sample: &str, rotation: usize, group: &str| {
        let mut options = names.map(str::to_owned).to_vec();
        options.rotate_left(rotation);
        Row {
            id: format!("{sample}_{rotation}"),
            sample_id: sample.to_owned(),
            file_name: format!("videos/{sample}.mp4"),
            kind: "ret_edit1".to_owned(),
            task: "retrieval".to_owned(),
            question: "Who?".to_owned(),
            gt: "Cy".to_owned(),
            gt_option: ["C", "B", "A", "D"][rotation].to_owned(),
            options,
            rotation: rotation as u32,
            group_id: group.to_owned(),
            num_frames: 100,
            fps_num: 25,
            ..Row::unstated()
        }
        .completed()
    };
    let of = |sample, group| (0..4).map(move |rotation| (sample, rotation, group));
    let all = of("a", "").chain(of("b", "")).chain(of("c", "g")).chain(of("d", "g"));
    let mut rows: Vec<Row> = all.map(|(sample, rotation, group)| row(sample, rotation, group)).collect();
    let open = Row {
        form: crate::question::Form::Open,
        answer_kind: crate::question::AnswerKind::Number,
        gt: "4".to_owned(),
        answer: "4".to_owned(),
        options: Vec::new(),
        gt_option: String::new(),
        prompt_text: "How many?".to_owned(),
        ..row("e", 0, "")
    };
    rows.push(open);
    rows
}

/// The rows of a file, each parsed by itself, then checked: what reading comes to, whatever is quicker.
fn read_by_line(dir: &Path) -> Result<Vec<Row>, Error> {
    let path = dir.join(METADATA);
    let rows = files::read_json_lines::<Row>(&path)?.collect::<Result<Vec<Row>, _>>()?;
    let rows: Vec<Row> = rows.into_iter().map(Row::completed).collect();
    let told =
        |(at, row)| names::row(row).into_iter().map(move |problem| format!("row {}: {problem}", at + 1));
    refuse(&path, rows.iter().enumerate().flat_map(told))?;
    match consistency::problems(&rows) {
        problems if problems.is_empty() => Ok(rows),
        problems => Err(Error::Inconsistent { path: path.display().to_string(), problems }),
    }
}

fn told<T: std::fmt::Debug>(read: Result<T, Error>) -> Result<T, String> {
    read.map_err(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error} {}", source.unwrap_or_default())
    })
}

/// A change of the rows, and a word of what is said about it.
type Damage = (fn(&mut Vec<Row>), &'static str);

const DAMAGES: &[Damage] = &[
    (|_| (), ""),
    (|rows| drop(rows.remove(2)), "has 4 options but 3 rows"),
    (|rows| drop(rows.remove(0)), "expected one row for each rotation"),
    (|rows| rows.swap(1, 6), ""),
    (|rows| rows[3].id = rows[1].id.clone(), "occurs twice"),
    (|rows| rows[5].id = "b\u{7}".to_owned(), "`id` `b"),
    (|rows| rows[5].id = "x".repeat(501), "longer than 500 characters"),
    (|rows| rows[1].gt_option = "A".to_owned(), "is not option A"),
    (|rows| rows[1].gt_option = "\n".to_owned(), "`gt_option`"),
    (|rows| rows[2].options.swap(1, 2), "are not those of try 0 shifted by 2"),
    (|rows| rows[2].options[3] = "Cy".to_owned(), "two options have the same text"),
    (|rows| rows[2].options.push("Eve".to_owned()), "are not those of try 0"),
    (|rows| rows[2].options.clear(), "is not option A"),
    (|rows| rows[6].rotation = 9, "of `try` 0, 1, 9, 3"),
    (|rows| rows[6].kind = "ret_edit2".to_owned(), "disagrees with `b_0` on type"),
    (|rows| rows[6].task = "ordering".to_owned(), "is of task `ordering`, in `a_0` of `"),
    (|rows| rows[4].file_name = "videos/../x".to_owned(), "row 5: `file_name`"),
    (|rows| rows.iter_mut().for_each(|row| row.kind = "\u{1}".to_owned()), "row 17: `type`"),
    (|rows| rows.truncate(12), "group `g` has one sample"),
    (|rows| rows[16].answer = "5".to_owned(), "answer `5` is not gt `4`"),
    (|rows| rows[9].num_frames = 1 << 40, "row 10: `num_frames`"),
    (|rows| rows[9].fps_den = 0, "row 10: `fps_num/fps_den` is 25/0: expected two numbers from 1 on"),
    (
        |rows| {
            rows.truncate(1);
            rows[0].options = (0..27).map(|at| format!("option {at}")).collect();
        },
        "has 27 options",
    ),
];

#[test]
fn what_rows_contradict_is_told_in_the_same_words() {
    let dir = tempfile::tempdir().unwrap();
    for (at, (damage, word)) in DAMAGES.iter().enumerate() {
        let mut rows = rows();
        damage(&mut rows);
        files::write_json_lines(&dir.path().join(METADATA), &rows).unwrap();
        let found = told(read_rows(dir.path()));
        assert_eq!(found, told(read_by_line(dir.path())), "damage {at}");
        match found {
            Ok(read) => assert!(word.is_empty() && read == rows, "damage {at}"),
            Err(problem) => assert!(!word.is_empty() && problem.contains(word), "damage {at}: {problem}"),
        }
    }
}

#[test]
fn a_line_that_is_no_row_is_told_by_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(METADATA);
    files::write_json_lines(&path, rows()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    for (from, to) in [
        ("\"try\":2", "\"try\":-2"),
        ("\"try\":2", "\"try\":2,\"try\":2"),
        ("\"gt_option\":\"B\"", "\"gt_option\":7"),
        ("\"id\":\"b_3\",", ""),
        ("\"id\":\"d_3\"", "\"id\":\"d_3"),
        ("}\n", "}}\n"),
    ] {
        for text in [text.replacen(from, to, 1), "\n \n".to_owned() + &text.replace(from, to)] {
            fs::write(&path, text).unwrap();
            let found = told(read_rows(dir.path())).unwrap_err();
            assert_eq!(Err(found), told(read_by_line(dir.path())), "{from}");
        }
    }
}

#[test]
fn most_rows_are_read_as_tries() {
    let lines: Vec<String> = rows().iter().map(|row| serde_json::to_string(row).unwrap()).collect();
    let mut reader = RowReader::new();
    let is_try = |line: &String| matches!(reader.read(line.as_bytes()).unwrap(), RowRead::Try(..));
    let tries: Vec<bool> = lines.iter().map(is_try).collect();
    assert_eq!(tries.iter().filter(|is_try| **is_try).count(), 12, "{tries:?}");
}

//! `vniah export` through the real program: what each format holds, that it holds nothing of the machine, and that nothing
//! is written over. That the tools read it, `tests/ecosystem` shows.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde_json::Value;

use super::bench::{Bench, Tree, assert_same, said};

const SPEC: &str = "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"cnt_edit2\"\n";
const FORMATS: [&str; 7] = ["lmms-eval", "vlmevalkit", "inspect", "vnbench", "llava", "swift", "webdataset"];

/// A dataset, and its rows.
fn dataset() -> (Bench, Vec<Value>) {
    let bench = Bench::new(SPEC);
    let tree = bench.made("set");
    let rows = lines(&tree, "metadata.jsonl");
    assert_eq!(rows.len(), 16);
    (bench, rows)
}

fn lines(tree: &Tree, name: &str) -> Vec<Value> {
    let text = std::str::from_utf8(&tree[name]).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Exports with more arguments, and gives everything that is in the directory then.
fn exported(bench: &Bench, format: &str, out: &str, more: &[&str]) -> Tree {
    bench.done(&[&["export", "set", "--as", format, "-o", out], more].concat());
    bench.tree(out)
}

fn is(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == ending)
}

fn prompt(row: &Value) -> String {
    let options = row["options"].as_array().unwrap().iter().zip('A'..);
    let options = options.fold(String::new(), |text, (option, letter)| {
        text + &format!("{letter}. {}\n", option.as_str().unwrap())
    });
    let question = row["question"].as_str().unwrap();
    format!("{question}\n{options}Answer with the option's letter from the given choices directly.")
}

/// A table of tab-separated columns, by the names in its first line.
fn table(tree: &Tree, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_reader(tree[name].as_slice());
    let heads = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    (heads, rows.collect())
}

#[test]
fn an_lmms_eval_task_names_its_files_from_where_it_lies() {
    let (bench, rows) = dataset();
    let tree = exported(&bench, "lmms-eval", "out", &["--name", "my-task"]);
    let whole = bench.tree("set");
    let text = |name: &str| String::from_utf8(tree[name].clone()).unwrap();
    assert_eq!(tree["metadata.jsonl"], whole["metadata.jsonl"]);
    let videos: BTreeSet<&str> = rows.iter().map(|row| row["video_path"].as_str().unwrap()).collect();
    for video in videos {
        let inode = |dir: &str| fs::metadata(bench.path(dir).join(video)).unwrap().ino();
        assert_eq!(inode("set"), inode("out"), "{video} is not linked");
    }
    let task = text("lmms_eval_task/my-task.yaml");
    for wanted in [
        "\ntask: \"my-task\"\n",
        "\ndataset_path: json\n",
        "    test: ../metadata.jsonl\n",
        "\ndoc_to_target: gt_option\n",
        "\ncluster_key: video\nscore_key: hit\n",
    ] {
        assert!(task.contains(wanted), "{wanted}");
    }
    let metrics: Vec<&str> = task.lines().filter_map(|line| line.strip_prefix("  - metric: ")).collect();
    assert_eq!(
        metrics,
        [
            "main",
            "circular",
            "circular_error",
            "per_try",
            "official_circular",
            "official_per_try",
            "\"task_counting\"",
            "\"task_retrieval\"",
            "\"type_cnt_edit2\"",
            "\"type_ret_edit1\""
        ]
    );
    // Each function that the task names is there.
    let (utils, scoring) = (text("lmms_eval_task/utils.py"), text("lmms_eval_task/scoring.py"));
    for call in task.split("!function ").skip(1) {
        let (module, function) = call.split_whitespace().next().unwrap().split_once('.').unwrap();
        let source = if module == "utils" { &utils } else { &scoring };
        assert!(source.contains(&format!("\ndef {function}(")), "{module}.{function}");
    }
    // Within the dataset's own directory, nothing is linked.
    bench.done(&["export", "set", "--to", "lmms-eval"]);
    let added: Vec<String> = bench.tree("set").into_keys().filter(|name| !whole.contains_key(name)).collect();
    assert_eq!(added, ["scoring.py", "utils.py", "vniah.yaml"].map(|name| format!("lmms_eval_task/{name}")));
}

#[test]
fn tables_for_vlmevalkit_have_its_columns() {
    let (bench, rows) = dataset();
    let tree = exported(&bench, "vlmevalkit", "out", &["--sampler", "linspace(3)"]);
    let (heads, table_rows) = table(&tree, "vlmevalkit/vniah_frames.tsv");
    assert_eq!(heads, ["index", "image_path", "question", "A", "B", "C", "D", "answer", "category", "id"]);
    assert_eq!(table_rows.len(), rows.len());
    for (at, (cells, row)) in table_rows.iter().zip(&rows).enumerate() {
        assert_eq!(cells[0], at.to_string());
        assert_eq!(cells[9], row["id"].as_str().unwrap());
        assert_eq!(cells[7], row["gt_option"].as_str().unwrap());
        let options: Vec<&str> =
            row["options"].as_array().unwrap().iter().map(|option| option.as_str().unwrap()).collect();
        assert_eq!(cells[3..7], options);
        let paths: Vec<&str> = cells[1].split('\'').skip(1).step_by(2).collect();
        assert_eq!(cells[1], format!("['{}']", paths.join("', '")), "not a list as Python writes it");
        assert_eq!(paths.len(), 3);
        for path in paths {
            assert!(tree[&format!("vlmevalkit/{path}")].starts_with(b"\xff\xd8"), "{path} is no JPEG");
        }
    }
    let (heads, table_rows) = table(&tree, "vlmevalkit/video/vniah.tsv");
    let (first, last) = (&heads[..7], &heads[7..]);
    assert_eq!(first, ["index", "video", "question", "A", "B", "C", "D"]);
    assert_eq!(last, ["answer", "category", "id", "sample_id", "task", "haystack"]);
    for (cells, row) in table_rows.iter().zip(&rows) {
        assert_eq!(format!("{}.mp4", cells[1]), row["video_path"].as_str().unwrap());
        assert!(tree.contains_key(&format!("{}.mp4", cells[1])));
        assert_eq!(cells[12], row["haystack_ids"][0].as_str().unwrap());
    }
    let register = String::from_utf8(tree["vlmevalkit/register.py"].clone()).unwrap();
    assert!(register.contains("\nNAME = \"vniah\"\n") && !register.contains("{name}"));
    // Without a sampler there are no pictures; with another one, those that are there are no longer right.
    let bare = exported(&bench, "vlmevalkit", "bare", &[]);
    assert!(bare.keys().all(|name| !name.contains("frames")), "{:?}", bare.keys());
    let other = bench.run(&["export", "set", "--to", "vlmevalkit", "-o", "out", "--sampler", "linspace(4)"]);
    assert_eq!(other.status.code(), Some(3));
    assert!(said(&other).contains("`out/vlmevalkit/frames` already exists and differs"), "{}", said(&other));
    assert_same(&tree, &bench.tree("out"));
    // Nor are pictures taken, or taken over, where the rows of another dataset lie.
    fs::create_dir(bench.path("other")).unwrap();
    bench.write("other/metadata.jsonl", "{}\n");
    let other =
        bench.run(&["export", "set", "--to", "vlmevalkit", "-o", "other", "--sampler", "linspace(3)"]);
    assert_eq!(other.status.code(), Some(3));
    assert!(said(&other).contains("`other/metadata.jsonl` already exists and differs"), "{}", said(&other));
    assert!(!bench.path("other/vlmevalkit/frames").exists());
    let needless = bench.run(&["export", "set", "--to", "swift", "-o", "x", "--sampler", "linspace(4)"]);
    assert_eq!((needless.status.code(), bench.path("x").exists()), (Some(2), false));
}

#[test]
fn vnbench_s_layout_is_vnbench_s() {
    let (bench, rows) = dataset();
    let tree = exported(&bench, "vnbench", "out", &[]);
    let annotation: Vec<Value> = serde_json::from_slice(&tree["VNBench-main-4try.json"]).unwrap();
    assert_eq!(annotation.len(), rows.len());
    for (try_, row) in annotation.iter().zip(&rows) {
        let video = try_["video"].as_str().unwrap();
        assert_eq!(
            Some(video),
            row["video_path"].as_str().map(|path| path.replace("videos/", "./VNBench/")).as_deref()
        );
        assert!(tree.contains_key(&video[2..]), "{video}");
        for key in ["question", "options", "gt", "gt_option", "length", "type", "try"] {
            assert_eq!(try_[key], row[key], "{key}");
        }
    }
    // Beside the dataset, whose annotation names the videos where they lie.
    let own = bench.run(&["export", "set", "--to", "vnbench"]);
    assert_eq!(own.status.code(), Some(2), "{}", said(&own));
    assert!(!bench.path("set/VNBench").exists());
}

#[test]
fn training_records_are_conversations() {
    let (bench, rows) = dataset();
    let llava = exported(&bench, "llava", "llava", &[]);
    let records: Vec<Value> = serde_json::from_slice(&llava["llava.json"]).unwrap();
    let swift = exported(&bench, "swift", "swift", &[]);
    let messages = lines(&swift, "swift.jsonl");
    assert_eq!((records.len(), messages.len()), (rows.len(), rows.len()));
    for ((record, message), row) in records.iter().zip(&messages).zip(&rows) {
        let asked = format!("<video>\n{}", prompt(row));
        let turns = serde_json::json!([
            {"from": "human", "value": asked}, {"from": "gpt", "value": row["gt_option"]}
        ]);
        let wanted = serde_json::json!({"id": row["id"], "video": row["video_path"], "conversations": turns});
        assert_eq!(record, &wanted);
        let wanted = serde_json::json!({
            "messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": row["gt_option"]}],
            "videos": [row["video_path"]],
        });
        assert_eq!(message, &wanted);
        let video = row["video_path"].as_str().unwrap();
        assert!(llava.contains_key(video) && swift.contains_key(video), "{video}");
    }
}

#[test]
fn shards_hold_each_sample_once_and_whole() {
    let (bench, rows) = dataset();
    let whole = bench.tree("set");
    let big = exported(&bench, "webdataset", "big", &[]);
    assert_eq!(big.keys().collect::<Vec<_>>(), ["webdataset/shard-000000.tar"]);
    let mut found = Vec::new();
    let mut archive = tar::Archive::new(big["webdataset/shard-000000.tar"].as_slice());
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header().clone();
        assert_eq!((header.mtime().unwrap(), header.uid().unwrap(), header.mode().unwrap()), (0, 0, 0o644));
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        found.push((name, bytes));
    }
    assert_eq!(found.len(), 8);
    for pair in found.chunks(2) {
        let [(json, text), (video, bytes)] = pair else { panic!("a member is alone") };
        let (key, ending) = json.split_once('.').unwrap();
        assert_eq!((ending, video.as_str()), ("json", format!("{key}.mp4").as_str()));
        let json: Value = serde_json::from_slice(text).unwrap();
        let own: Vec<&Value> = rows.iter().filter(|row| row["sample_id"] == key).collect();
        assert_eq!(own.len(), 4);
        assert_eq!(json, serde_json::json!({"sample_id": key, "rows": own}));
        assert!(*bytes == whole[own[0]["video_path"].as_str().unwrap()], "{video}");
    }
}

#[test]
fn shards_are_closed_at_their_size() {
    let spec = format!(
        "{SPEC}[[tasks]]\ntype = \"ord_insert1\"\n[[tasks]]\ntype = \"cnt_insert1\"\n[video]\nquality = 1\n"
    );
    let bench = Bench::new(&spec);
    bench.made("set");
    let tree = exported(&bench, "webdataset", "out", &["--shard-size", "1"]);
    let sizes: Vec<usize> = tree.values().map(Vec::len).collect();
    assert!(sizes.len() > 1, "{sizes:?}");
    assert!(sizes[..sizes.len() - 1].iter().all(|size| *size >= 1_000_000), "{sizes:?}");
    let names: Vec<String> = (0..sizes.len()).map(|at| format!("webdataset/shard-{at:06}.tar")).collect();
    assert_eq!(tree.into_keys().collect::<Vec<_>>(), names);
    // A shard of a larger dataset would be read with these.
    let stale = format!("out/webdataset/shard-{:06}.tar", sizes.len());
    bench.write(&stale, "of another export");
    let again = bench.run(&["export", "set", "--to", "webdataset", "-o", "out", "--shard-size", "1"]);
    assert_eq!(again.status.code(), Some(3));
    assert!(said(&again).contains(&format!("`{stale}` already exists and differs")), "{}", said(&again));
}

#[test]
fn every_format_is_the_same_wherever_it_is_made() {
    let (bench, _) = dataset();
    let (other, _) = dataset();
    for format in FORMATS {
        let more: &[&str] = if format == "vlmevalkit" { &["--sampler", "linspace(2)"] } else { &[] };
        let tree = exported(&bench, format, format, more);
        assert_same(&tree, &exported(&other, format, &format!("deeper/{format}"), more));
        let dir = bench.dir.path().to_str().unwrap();
        for (name, bytes) in tree.iter().filter(|(name, _)| !is(name, "mp4")) {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains(dir), "{format}: {name}");
            // Shards hold videos, in which any bytes may follow each other.
            let is_text = !is(name, "tar") && !is(name, "jpg");
            assert!(!is_text || !text.contains("\"/") && !text.contains("file:"), "{format}: {name}");
        }
        // Made again, it stays; what differs is not written over.
        let again = bench.run(&[&["export", "set", "--to", format, "-o", format], more].concat());
        assert!(again.status.success() && said(&again).contains(": 0 files, "), "{}", said(&again));
        assert_same(&tree, &bench.tree(format));
        let changed = tree.keys().find(|name| !name.contains("frames/")).unwrap();
        let path = bench.path(format).join(changed);
        fs::remove_file(&path).unwrap();
        fs::write(&path, "mine").unwrap();
        let refused = bench.run(&[&["export", "set", "--to", format, "-o", format], more].concat());
        assert_eq!(refused.status.code(), Some(3), "{format}: {changed}");
        assert!(
            said(&refused).contains(&format!("`{format}/{changed}` already exists and differs")),
            "{}",
            said(&refused)
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert!(bench.tree(format).keys().all(|name| !is(name, "new") && !is(name, "partial")));
    }
}

#[test]
fn a_spec_says_what_is_exported() {
    let asked = "[export]\nformats = [\"lmms-eval\", \"vlmevalkit\", \"swift\"]\nsampler = \"linspace(2)\"\n";
    let bench = Bench::new(&format!("{SPEC}{asked}"));
    let tree = bench.made("set");
    for name in
        ["lmms_eval_task/vniah.yaml", "vlmevalkit/vniah_frames.tsv", "vlmevalkit/register.py", "swift.jsonl"]
    {
        assert!(tree.contains_key(name), "{name}");
    }
    // A dataset that is whole gets back what was lost of its exports.
    fs::remove_file(bench.path("set/swift.jsonl")).unwrap();
    let again = bench.generate("set");
    assert!(said(&again).contains("already holds this dataset, whole"), "{}", said(&again));
    assert_same(&tree, &bench.tree("set"));
    // A part is exported once it is merged.
    bench.done(&["generate", "spec.toml", "-o", "part", "--cache", "cache", "--shard", "0/2"]);
    assert!(bench.tree("part").keys().all(|name| !name.contains("lmms_eval_task")));
    // Without the key, nothing is there; all else is the same.
    bench.spec("spec.toml", 1, SPEC);
    let bare = bench.made("bare");
    let differ: Vec<&str> =
        bare.keys().filter(|name| tree[*name] != bare[*name]).map(String::as_str).collect();
    assert_eq!(differ, ["manifest.json", "spec/spec.toml"]);
}

#[test]
fn two_videos_or_samples_that_would_be_one_are_told() {
    let (bench, rows) = dataset();
    let metadata = fs::read_to_string(bench.path("set/metadata.jsonl")).unwrap();
    let first = rows[0]["video_path"].as_str().unwrap();
    let second =
        rows.iter().map(|row| row["video_path"].as_str().unwrap()).find(|path| *path != first).unwrap();
    fs::create_dir(bench.path("set/videos/deeper")).unwrap();
    let deeper = first.replace("videos/", "videos/deeper/");
    fs::rename(bench.path("set").join(second), bench.path("set").join(&deeper)).unwrap();
    bench.write("set/metadata.jsonl", &metadata.replace(second, &deeper));
    let refused = |format: &str| {
        let output = bench.run(&["export", "set", "--to", format, "-o", "out"]);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        assert!(bench.tree("out").is_empty(), "{:?}", bench.tree("out").keys());
        said(&output)
    };
    let told = refused("vnbench");
    assert!(told.contains(&format!("`{first}` and `{deeper}` are both called")), "{told}");
    bench.done(&["export", "set", "--to", "llava", "-o", "both"]);
    // Readers of shards would take `a.1` and `a.2` for one sample `a`.
    let named = |id: &str| format!("\"sample_id\":\"{id}\"");
    let dotted = metadata
        .replace(second, &deeper)
        .replace(&named(rows[0]["sample_id"].as_str().unwrap()), &named("a.1"));
    bench.write("set/metadata.jsonl", &dotted);
    let told = refused("webdataset");
    assert!(told.contains("the sample id `a.1` holds a dot"), "{told}");
}

#[test]
fn rows_that_cannot_be_exported_are_told() {
    let (bench, _) = dataset();
    let metadata = fs::read_to_string(bench.path("set/metadata.jsonl")).unwrap();
    for (text, wanted) in [
        (
            metadata.replace("\"video_path\":\"videos/", "\"video_path\":\"../videos/"),
            "is not a path within the dataset",
        ),
        (
            metadata.replace("\"video_path\":\"videos/", "\"video_path\":\"/videos/"),
            "is not a path within the dataset",
        ),
        (
            metadata.lines().skip(1).fold(String::new(), |text, line| text + line + "\n"),
            "has 4 options but 3 rows",
        ),
    ] {
        bench.write("set/metadata.jsonl", &text);
        let output = bench.run(&["export", "set", "--to", "llava", "-o", "out"]);
        assert_eq!(output.status.code(), Some(3));
        assert!(said(&output).contains(wanted), "{}", said(&output));
        assert!(!bench.path("out").exists());
    }
    bench.write("set/metadata.jsonl", &metadata);
    fs::remove_dir_all(bench.path("set/videos")).unwrap();
    let output = bench.run(&["export", "set", "--to", "webdataset", "-o", "out"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(bench.tree("out").is_empty(), "{:?}", bench.tree("out").keys());
    assert_eq!(bench.run(&["export", "set", "--to", "llava", "--name", "../x"]).status.code(), Some(2));
}

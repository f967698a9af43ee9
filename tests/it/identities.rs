//! What a family and a pack are known by: what their files state, not how.

use std::fs;

use serde_json::Value;

use super::bench::{Bench, said};

const TASK: &str = "[[tasks]]\ntype = \"ret_edit1\"\n";

/// Has the manifest of `set` name a family and a pack by these digests.
fn name(bench: &Bench, family: &str, pack: &str) {
    let path = bench.path("set/manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["templates"][0]["sha256"] = family.into();
    let packs = manifest["needles"].as_array_mut().unwrap();
    let names = packs.iter_mut().find(|named| named["name"] == "names").unwrap();
    names["sha256"] = pack.into();
    fs::write(&path, serde_json::to_vec(&manifest).unwrap()).unwrap();
}

#[test]
fn a_dataset_of_other_contents_says_who_made_it() {
    let bench = Bench::new(TASK);
    bench.made("set");
    name(&bench, &"0".repeat(64), &"1".repeat(64));
    let output = bench.run(&["verify", "set", "--cache", "cache"]);
    assert_eq!(output.status.code(), Some(3));
    let told = said(&output);
    let version = env!("CARGO_PKG_VERSION");
    let line = format!("was made by vniah {version} with other contents of pack `names`, family `ret_edit1`");
    assert!(told.contains(&line) && told.contains("use the vniah that made it"), "{told}");
}

#[test]
fn a_comment_in_a_family_or_a_pack_changes_no_dataset() {
    let bench = Bench::new(&format!(
        "packs = [\"words\"]\n[templates]\npaths = [\"families\"]\n{TASK}pack = \"words\"\n"
    ));
    let family = include_str!("../../templates/ret_edit1.toml");
    let items: String = ["ash", "birch", "cedar", "dogwood", "elm", "fir"]
        .map(|label| format!("[[items]]\nid = \"{label}\"\nlabel = \"{label}\"\n"))
        .concat();
    let pack = format!("id = \"words\"\nlicence = \"CC0-1.0\"\ncredit = \"nobody\"\n{items}");
    fs::create_dir(bench.path("families")).unwrap();
    fs::create_dir(bench.path("words")).unwrap();
    bench.write("families/ret_edit1.toml", family);
    bench.write("words/pack.toml", &pack);
    bench.made("set");
    bench.write("families/ret_edit1.toml", &format!("# A remark.\n\n{family}\n# Another.\n"));
    bench.write("words/pack.toml", &format!("# Trees.\n{pack}"));
    bench.done(&["verify", "set", "--spec", "spec.toml", "--cache", "cache"]);
    // Another alias is another content, even where no plan shows it.
    bench
        .write("words/pack.toml", &pack.replace("label = \"elm\"", "label = \"elm\"\naliases = [\"ulmus\"]"));
    let output = bench.run(&["verify", "set", "--spec", "spec.toml", "--cache", "cache"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output).contains("with other contents of pack `words` than"), "{}", said(&output));
}

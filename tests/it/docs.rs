//! The documentation says what is: commands that exist, links that lead somewhere, a spec that is accepted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::bench::Bench;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// Names of the commands in a help text.
fn commands(arguments: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_vniah")).args(arguments).arg("--help").output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    let help = String::from_utf8(output.stdout).unwrap();
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let lines = list.lines().take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// Inline code of a text that calls the program: the words after its name.
fn calls(text: &str) -> Vec<Vec<String>> {
    let code = text.split('`').skip(1).step_by(2);
    let calls = code.filter_map(|code| code.strip_prefix("vniah "));
    calls.map(|call| call.replace("\\|", "|").split_whitespace().map(str::to_owned).collect()).collect()
}

#[test]
fn commands_shown_exist_and_all_that_exist_are_shown() {
    let known = commands(&[]);
    let mut shown: Vec<String> = Vec::new();
    for call in calls(&readme()) {
        let command = call[0].clone();
        assert!(known.contains(&command), "README shows `vniah {command}`, which does not exist");
        let parts = commands(&[&command]);
        if let (false, Some(words)) = (parts.is_empty(), call.get(1)) {
            for word in words.split('|') {
                assert!(parts.iter().any(|part| part == word), "README shows `vniah {command} {word}`");
            }
        }
        shown.push(command);
    }
    assert!(shown.len() > 6);
    for command in known.iter().filter(|known| *known != "help") {
        assert!(shown.contains(command), "README does not show `vniah {command}`");
    }
}

/// Markdown files of the project, generated ones aside.
fn pages(dir: &Path, found: &mut Vec<PathBuf>) {
    for path in vniah::files::sorted_dir(dir).unwrap() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !["target", "demo"].contains(&name.as_str()) {
            pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let mut found = Vec::new();
    pages(root(), &mut found);
    assert!(found.len() > 8);
    for page in found {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let path = link.split('#').next().unwrap();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            assert!(page.parent().unwrap().join(path).exists(), "{}: {link}", page.display());
        }
    }
}

/// The anchors of a page's headings, as GitHub and the documentation site make them.
fn anchors(page: &str) -> Vec<String> {
    let mut is_code = false;
    let headings = page.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        !is_code && line.starts_with('#')
    });
    let slug = |heading: &str| -> String {
        let words = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        words.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect()
    };
    headings.map(slug).collect()
}

#[test]
fn anchors_of_links_exist() {
    let mut found = Vec::new();
    pages(root(), &mut found);
    let mut checked = 0;
    for page in found {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let Some((path, anchor)) = link.split_once('#').filter(|_| !link.contains("://")) else {
                continue;
            };
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            // A page that is not there is the other test's.
            let Ok(target_text) = fs::read_to_string(&target) else { continue };
            let known = anchors(&target_text);
            assert!(
                known.iter().any(|known| known == anchor),
                "{}: {link}; there are {known:?}",
                page.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked}");
}

#[test]
fn the_site_lists_every_page() {
    let nav = fs::read_to_string(root().join("docs/site/mkdocs.yml")).unwrap();
    for dir in ["docs", "docs/guides"] {
        for path in vniah::files::sorted_dir(&root().join(dir)).unwrap() {
            if path.extension().is_some_and(|extension| extension == "md") {
                let page = path.strip_prefix(root().join("docs")).unwrap().display().to_string();
                assert!(nav.contains(&format!(": {page}\n")), "docs/site/mkdocs.yml does not list `{page}`");
            }
        }
    }
}

#[test]
fn the_spec_of_the_readme_is_accepted() {
    let text = readme();
    let blocks: Vec<&str> =
        text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let [least, more] = blocks[..] else { panic!("README has {} specs", blocks.len()) };
    let bench = Bench::new("");
    bench.write("haystacks.toml", include_str!("../../haystacks.example/haystacks.toml"));
    let least = least.replace("paths = [\"videos/*.mp4\"]", "catalogue = \"haystacks.toml\"");
    for (name, spec) in [("least.toml", least.clone()), ("more.toml", least + more)] {
        assert!(spec.contains("catalogue = \"haystacks.toml\""));
        bench.write(name, &spec);
        bench.done(&["plan", name, "--cache", "cache"]);
    }
}

/// The number before a text of a page, of which thousands are set apart by commas.
fn number_before(page: &str, text: &str) -> usize {
    let page_text = fs::read_to_string(root().join(page)).unwrap();
    let page_text = page_text.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = page_text.split_once(text).unwrap_or_else(|| panic!("{page} does not say `{text}`")).0;
    before.rsplit(' ').next().unwrap().replace(',', "").parse().unwrap()
}

#[test]
fn numbers_in_prose_are_those_of_the_program() {
    let replies = |name: &str| {
        let text = fs::read_to_string(root().join("tests/replies").join(name)).unwrap();
        text.lines().filter(|line| !line.trim().is_empty()).count()
    };
    let metrics = "docs/metrics.md";
    assert_eq!(number_before(metrics, " replies, each with what it says and why,"), replies("replies.jsonl"));
    assert_eq!(number_before(metrics, " more, written from this page alone,"), replies("independent.jsonl"));
    let help =
        Command::new(env!("CARGO_BIN_EXE_vniah")).args(["needles", "import", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let needles = fs::read_to_string(root().join("docs/needles.md")).unwrap();
    for option in ["--least-side", "--most-aspect", "--least-distance"] {
        let default = help.split(&format!(" {option} ")).nth(1).unwrap();
        let default = default.split("[default: ").nth(1).unwrap().split(']').next().unwrap();
        let said = needles.split(&format!("`{option}`")).nth(1).unwrap();
        let said: String = said.split('(').nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
        assert_eq!(said, default, "{option}");
    }
}

#[test]
fn every_type_is_documented_with_its_question() {
    let page = fs::read_to_string(root().join("docs/types.md")).unwrap();
    let mut types = 0;
    for path in vniah::files::sorted_dir(&root().join("templates")).unwrap() {
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let family: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        let general = &family["question"];
        let question = family.get("questions").and_then(|own| own.get("fruits")).unwrap_or(general);
        let line = format!("| `{}` | {} | ", family["type"].as_str().unwrap(), question.as_str().unwrap());
        assert!(page.contains(&line), "docs/types.md has no line that begins with\n{line}");
        types += 1;
    }
    assert_eq!(page.lines().filter(|line| line.starts_with("| `")).count(), types);
}

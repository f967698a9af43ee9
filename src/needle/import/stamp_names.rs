//! What a stamp is called: the sentence of its text file, read as a name.
//!
//! In: the text beside a picture, "A peacock (a male peafowl)." Out: a label, "peacock", other names, "male peafowl", and the
//! Chinese name; or why the sentence is no name.

use super::fault::Fault;

/// A name has no more words.
const MOST_WORDS: usize = 5;
/// Words that make a sentence of what could be a name: "A boxcar is used to carry livestock."
const OF_SENTENCES: &[&str] = &["is", "are", "was", "were", "to", "your", "this", "carry", "carries"];
/// First words that say that the picture shows several things, which counting cannot take for one.
const OF_SEVERAL: &[&str] = &["some", "two", "three", "four", "five", "several", "pair"];
/// Words that open a clause which explains and names nothing.
const ARTICLES: &[&str] = &["a", "an", "the"];
/// How Chinese names begin that count: "one", and a measure word.
const MEASURES: &[&str] = &["一只", "一个", "一把", "一片", "一辆", "一座", "一颗", "一朵", "一条", "一头"];

/// What a stamp is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) label: String,
    pub(super) aliases: Vec<String>,
    pub(super) chinese: Option<String>,
    /// Other Chinese names; a stamp's text has none.
    pub(super) chinese_aliases: Vec<String>,
}

impl Names {
    /// A label, and nothing else.
    pub(super) fn of(label: &str) -> Self {
        Self { label: label.to_owned(), aliases: Vec::new(), chinese: None, chinese_aliases: Vec::new() }
    }
}

/// Reads the text of a stamp: English in the first line, and a line a language, `zh_CN.utf8=...`.
pub(super) fn read(text: &str) -> Result<Names, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let english = text.lines().next().unwrap_or_default().trim();
    if english.is_empty() || is_translation(english) {
        return Err(Fault::Missing("an English name in the first line, before those in other languages"));
    }
    let chinese = text.lines().find_map(|line| line.strip_prefix("zh_CN.utf8=")).and_then(chinese_name);
    let (plain, explained) = without_brackets(first_sentence(english));
    let mut aliases: Vec<String> = explained.iter().flat_map(|text| alternatives(text)).collect();
    let mut name = plain.split(['—', '–']).next().unwrap_or_default();
    if let Some((before, after)) = name.split_once(", also called ") {
        aliases.extend(alternatives(after));
        name = before;
    }
    let explains = |after: &str| ARTICLES.contains(&first_word(after).as_str());
    if let Some((before, _)) = name.split_once(", ").filter(|(_, after)| explains(after)) {
        name = before;
    }
    let label = bare(name);
    let words: Vec<String> = label.split(' ').map(str::to_lowercase).collect();
    let is_sentence = words.len() > MOST_WORDS || words.iter().any(|word| OF_SENTENCES.contains(&&**word));
    if label.is_empty() || is_sentence {
        return Err(Fault::NoName(english.to_owned()));
    }
    if OF_SEVERAL.contains(&&*words[0]) {
        return Err(Fault::Several(english.to_owned()));
    }
    let mut seen = vec![label.to_lowercase()];
    aliases.retain(|alias| {
        let is_new = !alias.is_empty() && !seen.contains(&alias.to_lowercase());
        seen.push(alias.to_lowercase());
        is_new
    });
    Ok(Names { aliases, chinese, ..Names::of(&label) })
}

/// Whether a line is of another language than English: `de.utf8=Ein Hund.`
fn is_translation(line: &str) -> bool {
    line.split_once('=').is_some_and(|(code, _)| {
        code.contains(".utf8") && code.chars().all(|at| at.is_ascii_alphanumeric() || "._@-".contains(at))
    })
}

/// The text up to the first mark that ends a sentence; "$.25" holds none.
fn first_sentence(text: &str) -> &str {
    let ends = |(at, mark): &(usize, char)| {
        let after = &text[at + mark.len_utf8()..];
        matches!(mark, '.' | '!' | '?') && after.chars().next().is_none_or(char::is_whitespace)
    };
    text.char_indices().find(ends).map_or(text, |(at, _)| &text[..at])
}

/// The text outside its round brackets, and what stands in each.
fn without_brackets(text: &str) -> (String, Vec<String>) {
    let (mut plain, mut inside) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        let (within, behind) = after.split_once(')').unwrap_or((after, ""));
        plain.push_str(before.trim_end());
        inside.push(within.to_owned());
        rest = behind;
    }
    plain.push_str(rest);
    (plain, inside)
}

/// The names in an explanation: "a female peafowl, or peacock" holds two.
fn alternatives(text: &str) -> Vec<String> {
    let parts = text.split(',').flat_map(|part| part.split(" or "));
    parts.map(|part| bare(part.trim().strip_prefix("or ").unwrap_or(part))).collect()
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_lowercase()
}

/// A name without article, quotation marks and marks at its end. A capital that only begins the sentence is made small.
fn bare(text: &str) -> String {
    let text = text.replace(['“', '”', '"', '«', '»'], "");
    let text = text.trim().trim_end_matches(['.', '!', '?', ',', ':', ';']);
    let words: Vec<&str> = text.split_whitespace().collect();
    let skipped = usize::from(words.len() > 1 && ARTICLES.contains(&words[0].to_lowercase().as_str()));
    let words = &words[skipped..];
    let mut name = words.join(" ");
    let is_capital = |word: &&str| word.chars().any(char::is_uppercase);
    let is_proper = words.first().is_some_and(|word| word.chars().skip(1).any(char::is_uppercase));
    if skipped == 0 && !is_proper && !words.iter().skip(1).any(is_capital) {
        let first: String = name.chars().take(1).flat_map(char::to_lowercase).collect();
        name = first + &name.chars().skip(1).collect::<String>();
    }
    name
}

/// A Chinese name without its measure word, explanation and marks.
fn chinese_name(text: &str) -> Option<String> {
    let text = text.split(['。', '！', '？', '（', '(', '，', '!', '.']).next().unwrap_or_default().trim();
    let bare = MEASURES.iter().find_map(|measure| text.strip_prefix(measure)).unwrap_or(text);
    let bare = bare.replace(['“', '”'], "");
    (!bare.is_empty()).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> (String, Vec<String>) {
        let names = read(text).unwrap();
        (names.label, names.aliases)
    }

    #[test]
    fn sentences_become_names() {
        for (text, label, aliases) in [
            ("A dog.", "dog", &[][..]),
            ("A dog (poodle).", "dog", &["poodle"]),
            ("An hippopotamus.\n", "hippopotamus", &[]),
            ("A peacock (a male peafowl).", "peacock", &["male peafowl"]),
            (
                "An albino peahen (a female peafowl, or peacock).",
                "albino peahen",
                &["female peafowl", "peacock"],
            ),
            ("A Seville orange, also called a bitter orange.", "Seville orange", &["bitter orange"]),
            ("An inukshuk (or inuksuk), a landmark made of stones. It was used.", "inukshuk", &["inuksuk"]),
            ("Adenium (Desert Rose)", "adenium", &["Desert Rose"]),
            ("The Eiffel tower in Paris.", "Eiffel tower in Paris", &[]),
            ("A “Granny Smith” apple.", "Granny Smith apple", &[]),
            ("A ripe, red tomato!", "ripe, red tomato", &[]),
            ("The caboose—a carriage for the guard.", "caboose", &[]),
            ("A dumper. It carries its load in the front.", "dumper", &[]),
            ("A VW Beetle.", "VW Beetle", &[]),
            ("Teddy bear.", "teddy bear", &[]),
            ("Edward Bear.", "Edward Bear", &[]),
            ("\u{feff}A dog (a dog, or hound).", "dog", &["hound"]),
        ] {
            let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
            assert_eq!(names(text), (label.to_owned(), aliases), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_told() {
        for text in ["A boxcar is used to carry livestock.", "Eat your broccoli!", "(a lamb)", "."] {
            assert_eq!(read(text), Err(Fault::NoName(text.to_owned())), "{text}");
        }
        for text in ["Two wild boars.", "Some cherries.", "A pair of cherries."] {
            assert_eq!(read(text), Err(Fault::Several(text.to_owned())), "{text}");
        }
        for text in ["", "\nde.utf8=Ein Hund.", "de.utf8=Ein Hund.\n", "ca@valencia.utf8=Un gos."] {
            assert!(matches!(read(text), Err(Fault::Missing(_))), "{text}");
        }
    }

    #[test]
    fn chinese_names_lose_measure_word_and_marks() {
        let chinese = |text: &str| read(&format!("A dog.\nde.utf8=x\nzh_CN.utf8={text}\n")).unwrap().chinese;
        assert_eq!(chinese("一只孔雀（一只雄性孔雀）"), Some("孔雀".to_owned()));
        assert_eq!(chinese("野牛！"), Some("野牛".to_owned()));
        assert_eq!(chinese("“富士”苹果。"), Some("富士苹果".to_owned()));
        assert_eq!(chinese("。"), None);
    }
}

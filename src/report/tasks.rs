//! Tasks: what each tests, and the order in which a page shows them.
//!
//! In: names of tasks. Out: sentences, and names in order.

use std::collections::BTreeSet;

use crate::score::OVERALL;

/// A task, as families name it, and what it tests.
struct Task {
    name: &'static str,
    tests: &'static str,
}

/// The tasks of the built-in families: from finding one thing to following several.
const TASKS: [Task; 12] = [
    Task { name: "retrieval", tests: "finds a thing that is shown, and says what it is" },
    Task { name: "existence", tests: "says whether a thing is shown at all" },
    Task { name: "space", tests: "says where in the picture a thing is" },
    Task { name: "grounding", tests: "says when a thing is shown" },
    Task { name: "counting", tests: "counts how often something is shown" },
    Task { name: "ordering", tests: "says in which order things are shown" },
    Task { name: "binding", tests: "keeps apart what belongs to which key" },
    Task { name: "tracking", tests: "follows a state that changes" },
    Task { name: "motion", tests: "says how a thing moves, which no single frame shows" },
    Task { name: "change", tests: "says how a thing changes while it stays where it is" },
    Task { name: "online", tests: "says at a moment of the video what was shown until then" },
    Task { name: "multihop", tests: "links facts that are shown apart" },
];

/// What a task tests; empty for one that no built-in family has.
pub(super) fn tests(name: &str) -> &'static str {
    if name == OVERALL {
        return "mean of the tasks";
    }
    TASKS.iter().find(|task| task.name == name).map_or("", |task| task.tests)
}

/// Names of tasks, each once: those of built-in families first, then others by name.
pub(super) fn ordered<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let names: BTreeSet<&str> = names.collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    // The sort is stable, so that others stay in the order of their names.
    names.sort_by_key(|name| TASKS.iter().position(|task| task.name == *name).unwrap_or(TASKS.len()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::question::{Family, embedded};

    #[test]
    fn the_list_has_the_task_of_every_built_in_family_and_no_other() {
        let families = embedded(Language::En);
        let tasks: BTreeSet<&str> = families.values().map(Family::task).collect();
        assert_eq!(tasks, TASKS.iter().map(|task| task.name).collect::<BTreeSet<_>>());
    }

    #[test]
    fn foreign_tasks_stand_last() {
        let names = ["zoo", "ordering", "art", "retrieval", "ordering"];
        assert_eq!(ordered(names.into_iter()), ["retrieval", "ordering", "art", "zoo"]);
        assert_eq!((tests("zoo"), tests("grounding")), ("", "says when a thing is shown"));
    }
}

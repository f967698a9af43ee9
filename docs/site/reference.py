#!/usr/bin/env python3
"""Writes the pages of the documentation that the program itself determines.

    python3 docs/site/reference.py [--check] [VNIAH]

In: the binary (target/debug/vniah); docs/images/families/examples.json, as scripts/gallery.py makes it. Out: docs/cli.md
from `--help`, docs/gallery.md and the table of families of README.md from `families list`. With --check nothing is
written: exit code 1 names the pages that differ.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "docs/images/families"
NOTE = "<!-- Written by `make reference`. Change the program or docs/site/reference.py instead. -->\n\n"

# What each task tests, in the order in which a reader meets them. A task that is not here comes last, under its name.
TASKS = {
    "retrieval": "Find one thing",
    "existence": "Tell whether something is there",
    "counting": "Count",
    "ordering": "Put things in order",
    "binding": "Tell what belongs to what",
    "multihop": "Follow a chain",
    "space": "Tell where something is",
    "tracking": "Keep track of a state",
    "motion": "Tell how something moves",
    "change": "Tell how something changes",
    "grounding": "Tell when something is shown",
    "online": "Answer while the video goes on",
}
WAYS = {"overlay": "drawn onto the video's frames", "insert": "spliced in as frames of their own", "mix": "mixed into the video's sound"}
LOOKS = {"text": "subtitle", "picture": "full-frame picture", "patch": "small picture", "mover": "moving picture", "clip": "short video", "sound": "sound"}


class Program:
    """The binary, asked for text."""

    def __init__(self, path):
        self.path = path

    def says(self, *arguments):
        output = subprocess.run([self.path, *arguments], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        name = re.escape(pathlib.Path(self.path).name)
        return re.sub(rf"^Usage: {name}\b", "Usage: vniah", output, flags=re.MULTILINE)

    def commands(self, *above):
        """The names under `Commands:`; text that wraps is indented more."""
        part = self.says(*above, "--help").partition("\nCommands:\n")[2].partition("\n\n")[0]
        return re.findall(r"^  ([a-z][a-z-]*)", part, flags=re.MULTILINE)


def help_pages(program, above=()):
    """Each command's name and help, commands before the commands below them."""
    for name in program.commands(*above):
        command = (*above, name)
        yield command, program.says(*command, "--help")
        yield from help_pages(program, command)


def cli(program):
    def block(text):
        lines = [line.rstrip() for line in text.strip().splitlines()]
        return "```text\n" + "\n".join(lines) + "\n```\n"

    parts = [NOTE, "# Commands\n\nThe `--help` of every command. [The README](../README.md#commands) lists what each is for.\n\n",
             "## `vniah`\n\n", block(program.says("--help"))]
    for command, text in help_pages(program):
        parts += [f"\n{'#' * (1 + len(command))} `vniah {' '.join(command)}`\n\n", block(text)]
    return "".join(parts)


def by_task(families):
    """Families of each task, in the order of TASKS."""
    tasks = sorted({family["task"] for family in families},
                   key=lambda task: (list(TASKS).index(task) if task in TASKS else len(TASKS), task))
    return [(task, [family for family in families if family["task"] == task]) for task in tasks]


def number(family):
    fewest, most = family["needles"]
    return str(fewest) if fewest == most else f"{fewest} to {most}"


def percent(share):
    return f"{round(share * 100, 1):g}%"


def forms(family):
    for form in family["forms"]:
        chance = percent(form["chance"]) if "chance" in form else "stated in each row"
        yield f"| {form['form']} | {form['answer_kind']} | `{form['main']}` | {chance} |"


def shown(example):
    lines = [f"> {example['question']}", ">"]
    for letter, option in zip("ABCDEFGHIJ", example["options"]):
        mark = " **(right)**" if option == example["answer"] else ""
        lines.append(f"> - {letter}. {option}{mark}")
    if not example["options"]:
        lines.append(f"> **{example['answer']}** (seconds)" if " - " in example["answer"] else f"> **{example['answer']}**")
    return lines


def gallery(families, examples):
    lines = [NOTE + "# Gallery of question types", "",
             "Each picture shows up to four needles of one video, in order of time. The question and the answer below it are those of",
             "that video. Subtitles are larger than by default. [Question types](types.md) compares all types in one table, and",
             "`vniah families show TYPE` prints one in full with another example.", ""]
    for task, members in by_task(families):
        lines += [f"## {TASKS.get(task, task.capitalize())}: {task}", ""]
        for family in members:
            name, look = family["type"], LOOKS.get(family["look"], family["look"])
            lines += [f"### `{name}`", "", f"![Needles of a video of {name}](images/families/{name}.jpg)", "",
                      *shown(examples[name]), "",
                      f"Needles: {number(family)}, each a {look} of the pack `{family['pack']}`,"
                      f" {WAYS.get(family['way_in'], family['way_in'])}.", "",
                      "| form | answer | main figure | chance |", "|---|---|---|---|", *forms(family), ""]
    return "\n".join(lines).rstrip() + "\n"


def table(families, examples):
    """The families as README shows them."""
    lines = ["| type | looks like | asks, for example |", "|---|---|---|"]
    for _, members in by_task(families):
        for family in members:
            name, example = family["type"], examples[family["type"]]
            lines.append(f'| [`{name}`](docs/gallery.md#{name}) | <img src="docs/images/families/{name}.jpg" width="160" alt=""> '
                         f"| {example['question']} **{example['answer']}** |")
    return "\n".join(lines)


def pages(program):
    """Each page that the program determines, with its text."""
    families = json.loads(program.says("families", "list", "--json"))
    examples = json.loads((PICTURES / "examples.json").read_text(encoding="utf-8"))
    absent = [family["type"] for family in families
              if family["type"] not in examples or not (PICTURES / f"{family['type']}.jpg").exists()]
    if absent:
        sys.exit(f"These types have no picture or example yet: {', '.join(absent)}. `make reference` makes them.")
    readme = ROOT / "README.md"
    before, start, rest = readme.read_text(encoding="utf-8").partition("<!-- families -->\n")
    _, end, after = rest.partition("<!-- /families -->")
    if not start or not end:
        sys.exit("README.md has no place for the families: <!-- families --> to <!-- /families -->")
    return {ROOT / "docs/cli.md": cli(program),
            ROOT / "docs/gallery.md": gallery(families, examples),
            readme: before + start + table(families, examples) + "\n" + end + after}


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    program = Program(arguments[0] if arguments else ROOT / "target/debug/vniah")
    stale = []
    for path, text in pages(program).items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"Not what the program says any more: {', '.join(stale)}. Run `make reference`.")


if __name__ == "__main__":
    main()

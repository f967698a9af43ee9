"""Datasets: made, read, answered and scored."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import vniah
from conftest import DRAWN, HAYSTACK

PROGRAM = Path(sys.executable).with_name("vniah")


def command(*args: object) -> str:
    """What the command line prints."""
    return subprocess.run([PROGRAM, *map(str, args)], check=True, capture_output=True, text=True).stdout


def right(dataset: vniah.Dataset) -> dict[str, Any]:
    return {row.id: row["gt_option"] or row.answer for row in dataset}


def test_rows_are_those_of_the_file(drawn: vniah.Dataset) -> None:
    lines = [json.loads(line) for line in (drawn.path / "metadata.jsonl").read_text().splitlines()]
    assert [row.to_dict() for row in drawn] == lines
    assert [dict(row) for row in drawn] == lines
    assert len(drawn) == len(lines) and drawn[-1].id == lines[-1]["id"]
    assert [row.id for row in drawn[1:3]] == [line["id"] for line in lines[1:3]]
    row = drawn[lines[1]["id"]]
    line = lines[1]
    assert (row.id, row.sample_id, row.type, row.task) == (line["id"], line["sample_id"], line["type"], line["task"])
    assert (row.question, row.options, row.prompt) == (line["question"], line["options"], line["prompt"])
    assert (row.answer, row.answer_kind, row.num_frames) == (line["answer"], "choice", 191)
    assert row.fps == Fraction(30000, 1001)
    assert [needle._asdict() for needle in row.needles] == line["needles"]
    with pytest.raises(IndexError):
        drawn[len(drawn)]
    with pytest.raises(vniah.InputError, match=f"no row `{row.id}x`\nhint: the nearest id is `{row.id}`"):
        drawn[f"{row.id}x"]


def opened_and_scored(path: Path) -> tuple[int, str, float]:
    """What a process of its own reads and scores."""
    dataset = vniah.open(path)
    first = dataset[0].id
    dataset.clear_answers()
    for id, answer in right(dataset).items():
        dataset.answer(id, answer)
    return len(dataset), dataset[first].id, float(dataset.score().overall["circular"])


def test_a_forked_process_reads_and_scores_by_itself(drawn: vniah.Dataset) -> None:
    # What the parent has read and scored has started threads that no fork has.
    mine = opened_and_scored(drawn.path)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.map_async(opened_and_scored, [drawn.path] * 2).get(timeout=60)
    assert found == [mine, mine]


def test_prompts_hold_question_options_and_instruction(drawn: vniah.Dataset) -> None:
    for row in drawn:
        assert row.prompt.startswith(row.question)
        assert all(option in row.prompt for option in row.options)
    open_ones = [row.prompt for row in drawn if not row.options]
    assert any("Answer with the number alone." in prompt for prompt in open_ones)
    assert any("The video lasts 6.37 seconds." in prompt for prompt in open_ones)


def test_samples_hold_their_tries(drawn: vniah.Dataset) -> None:
    samples = drawn.samples
    assert [row.id for sample in samples for row in sample.rows] == [row.id for row in drawn]
    for sample in samples:
        assert {row.sample_id for row in sample.rows} == {sample.id}
        assert len(sample.rows) == max(1, len(sample.options))
        assert (sample.question, sample.prompt) == (sample.rows[0].question, sample.rows[0].prompt)


def test_a_spec_may_be_a_file_a_text_or_a_dictionary(tmp_path: Path, drawn: vniah.Dataset, cache: Path) -> None:
    (tmp_path / "haystacks.toml").write_text(HAYSTACK)
    path = tmp_path / "spec.toml"
    path.write_text(DRAWN)
    value: dict[str, Any] = {
        "seed": 1,
        "name": "drawn",
        "haystacks": {"catalogue": Path("haystacks.toml")},
        "needles": {"duration": "6 frames", "gap": "4 frames"},
        "tasks": [
            {"type": "ret_edit1"},
            {"type": "when_edit1", "form": "open", "durations": ["1s", "2s"]},
            {"type": "cnt_edit1", "form": "open"},
        ],
    }
    digests = {row.id: row["sha256"] for row in drawn}
    specs: list[Any] = [path, str(path), value]
    for number, spec in enumerate(specs):
        made = vniah.generate(spec, tmp_path / f"out{number}", base=tmp_path, cache=cache, progress=False)
        assert {row.id: row["sha256"] for row in made} == digests
    # Called again, it finds all of it.
    again = vniah.generate(path, tmp_path / "out0", cache=cache, progress=False)
    assert again.manifest["format_version"] == 10


def test_the_command_line_makes_the_same_bytes(tmp_path: Path, drawn: vniah.Dataset, cache: Path) -> None:
    (tmp_path / "haystacks.toml").write_text(HAYSTACK)
    (tmp_path / "spec.toml").write_text(DRAWN)
    command("generate", tmp_path / "spec.toml", "-o", tmp_path / "out", "--cache", cache)
    names = {path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert names == {path.relative_to(drawn.path) for path in drawn.path.rglob("*") if path.is_file()}
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (drawn.path / name).read_bytes(), name


def test_answers_are_recorded_and_scored(tmp_path: Path, drawn: vniah.Dataset) -> None:
    dataset = vniah.open(drawn.path)
    replies = right(dataset)
    for id, reply in replies.items():
        dataset.answer(id, "I do not know")
        dataset.answer(id, reply, indices=dataset[id].indices("linspace(4)"))
    assert dataset.answers == replies
    scores = dataset.score()
    assert scores.overall["circular"] == 1.0 and scores.overall["main"]["value"] == 1.0
    assert scores.model == "model" and set(scores.types) == {row.type for row in dataset}
    assert scores["visible"]["known"] == len(dataset.samples)
    # The same by the command line, from the file.
    path = tmp_path / "answers.jsonl"
    dataset.write_answers(path)
    theirs = json.loads(command("score", dataset.path, path, "--model", "model", "--json"))
    assert scores.to_dict() == theirs
    # In every form.
    listed = [{"id": id, "response": reply} for id, reply in replies.items()]
    for answers in (replies, listed, iter(listed), path, str(path), [path]):
        assert vniah.open(drawn.path).score(answers).overall == scores.overall
    named = dataset.score(path)
    assert named.model == "answers" and dataset.score(path, model="mine").model == "mine"
    dataset.clear_answers()
    assert dataset.answers == {} and dataset.score().overall["missing"] == len(dataset)
    with pytest.raises(vniah.InputError, match="no row"):
        dataset.answer("nobody", "A")
    with pytest.raises(vniah.InputError, match="1 answer is to ids that the dataset does not have: .*nobody"):
        dataset.score({"nobody": "A"})


def test_scores_are_written_and_tabled(tmp_path: Path, drawn: vniah.Dataset) -> None:
    scores = drawn.score(right(drawn), sampler="linspace(8)", seed=3, threshold=0.5)
    assert scores["settings"]["sampler"] == "linspace(8)" and scores["settings"]["seed"] == 3
    path = tmp_path / "scores.json"
    scores.write(path)
    scores.write(path)
    assert json.loads(path.read_text()) == scores.to_dict() == json.loads(scores.to_json())
    foreign = tmp_path / "notes.json"
    foreign.write_text("{}")
    with pytest.raises(vniah.UsageError) as caught:
        scores.write(foreign)
    assert caught.value.file == foreign and foreign.read_text() == "{}"
    pandas = pytest.importorskip("pandas")
    table = scores.to_dataframe()
    assert list(table.index) == list(scores.types) and (table["circular"] == 1.0).all()
    assert table.loc["ret_edit1", "main.value"] == 1.0
    verdicts = scores.to_dataframe("verdicts")
    assert len(verdicts) == len(drawn.samples) and isinstance(verdicts, pandas.DataFrame)
    assert list(drawn.to_dataframe()["id"]) == [row.id for row in drawn]


def test_reports_are_those_of_the_command_line(tmp_path: Path, drawn: vniah.Dataset, cache: Path) -> None:
    coverage = drawn.coverage(["linspace(4)", vniah.sampler("fps:1")], indices=True)
    printed = command("coverage", drawn.path, "--sampler", "linspace(4),fps:1", "--json", "--indices")
    assert coverage == json.loads(printed)["samplers"]
    audit = drawn.audit()
    subprocess.run([PROGRAM, "audit", drawn.path, "--json", tmp_path / "audit.json"], capture_output=True)
    assert audit.to_dict() == json.loads((tmp_path / "audit.json").read_text())
    verification = drawn.verify(progress=False)
    assert verification.ok and verification["videos"] == len({row["video_id"] for row in drawn})
    assert verification.differences == []


def test_differences_are_found(tmp_path: Path, films: vniah.Dataset, cache: Path) -> None:
    shutil.copytree(films.path, tmp_path / "set")
    metadata = tmp_path / "set/metadata.jsonl"
    metadata.write_text(metadata.read_text().replace("secret word", "secret name", 1))
    footage = films.manifest["haystacks"][0]["id"]
    assert footage == "bikes"
    changed = vniah.open(tmp_path / "set", haystacks=Path(__file__).parents[1] / ".cache", cache=cache)
    verification = changed.verify(progress=False)
    assert not verification.ok
    assert {difference["file"] for difference in verification.differences} == {"metadata.jsonl"}


def test_baselines_answer(drawn: vniah.Dataset) -> None:
    assert drawn.score(drawn.oracle(progress=False)).overall["circular"] == 1.0
    blind = drawn.blind(seed=2)
    assert blind == drawn.blind(seed=2) and len(blind) == len(drawn)


def test_recipes_become_files_and_exports(tmp_path: Path, recipes: vniah.Dataset, cache: Path) -> None:
    shutil.copytree(recipes.path, tmp_path / "set")
    dataset = vniah.open(tmp_path / "set", haystacks=Path(__file__).parents[1] / ".cache", cache=cache)
    dataset.materialize([dataset.samples[0].id], progress=False)
    assert dataset[0].video == tmp_path / "set" / dataset[0]["file_name"]
    dataset.export("llava", tmp_path / "out", progress=False)
    assert len(json.loads((tmp_path / "out/llava.json").read_text())) == len(dataset)
    with pytest.raises(vniah.UsageError, match="format: `lava` is none of"):
        dataset.export("lava", tmp_path / "out")


def test_datasets_are_pickled(drawn: vniah.Dataset) -> None:
    copy = pickle.loads(pickle.dumps(drawn))
    assert [row.id for row in copy] == [row.id for row in drawn] and copy.path == drawn.path
    sampler = vniah.sampler("linspace(8)")
    assert pickle.loads(pickle.dumps(sampler)) == sampler


def test_samplers_are_those_of_the_command_line() -> None:
    videos: list[tuple[Any, int]] = [(25, 1500), ("30000/1001", 77), (Fraction(24000, 1001), 300), (29.97, 100)]
    names = ["linspace(8)", "qwen-vl-utils", "fps:1,max=64", "videollama3"]
    for fps, frames in videos:
        printed = command("sampler", *names, "--frames", frames, "--fps", fps, "--json")
        taken = json.loads(printed)["samplers"]
        for name in names:
            assert vniah.sampler(name).indices(frames, fps) == taken[vniah.sampler(name).name]["indices"]
    assert {"name", "form", "rule", "used_by"} == set(vniah.samplers()[0])
    with pytest.raises(vniah.UsageError, match=r"hint: `vniah.samplers\(\)` lists all samplers"):
        vniah.sampler("linspce(8)")


def test_replies_are_read() -> None:
    options = ["apple", "pear"]
    assert vniah.extract("The answer is (B).", options)[:2] == ("pear", "B")
    assert vniah.extract("A or B", options) == (None, None, "several", None, None)
    assert vniah.extract("A or B", options, rule="official").letter == "A"
    assert vniah.extract("I count four.", kind="number").answer == "4"
    assert vniah.extract("blue, then red", kind="list", vocabulary=["red", ["blue", "azure"]]).answer == "blue, red"
    assert vniah.extract("0:01 to 0:02.5", kind="spans").answer == "1.00 - 2.50"
    with pytest.raises(vniah.UsageError, match="kind: unknown variant `word`"):
        vniah.extract("x", kind="word")


def test_rows_grade_replies(drawn: vniah.Dataset) -> None:
    for row in drawn:
        reply = row.extract(row["gt_option"] or row.answer)
        assert reply.correct and reply.credit == 1.0 and reply.answer == row.answer
        assert row.extract("hm").correct is False


def test_versions_agree() -> None:
    assert command("--version").strip() == f"vniah {vniah.__version__}"


def test_the_program_ends_with_its_exit_codes(tmp_path: Path) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(PROGRAM), *args], capture_output=True, text=True, cwd=tmp_path)

    assert run("families", "list").returncode == 0
    usage = run("generate")
    assert usage.returncode == 2 and "Usage: vniah generate" in usage.stderr
    missing = run("generate", "absent.toml", "-o", "out")
    assert missing.returncode == 3 and missing.stderr.startswith("error: cannot read `absent.toml`")
    module = subprocess.run([sys.executable, "-m", "vniah", "--version"], capture_output=True, text=True)
    assert (module.returncode, module.stdout) == (0, f"vniah {vniah.__version__}\n")
    # Scripts for clusters call the program, not the interpreter.
    (tmp_path / "haystacks.toml").write_text(HAYSTACK)
    (tmp_path / "spec.toml").write_text(DRAWN)
    script = run("cluster", "slurm", "spec.toml", "-o", "out", "--shards", "2", "--cache", "cache")
    assert str(PROGRAM) in script.stdout and "bin/python" not in script.stdout, script.stdout + script.stderr
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
    arguments = ["cluster", "slurm", "spec.toml", "-o", "out", "--shards", "2", "--cache", "cache"]
    module = subprocess.run(
        [sys.executable, "-m", "vniah", *arguments], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert module.stdout == script.stdout
